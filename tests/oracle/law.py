"""What a decree says of one person: plain numbers and plain ifs, from the text of the design.

Nothing here knows how the engine under test reads the same decree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import (
    AgeIs,
    Compared,
    CountIs,
    DateIs,
    Either,
    Every,
    LengthIs,
    NumberIs,
    OffenceIs,
    On,
    OneOf,
    PardonsIs,
    PartIs,
    Predicate,
    ReleasedIs,
    ShareIs,
    SpellsIs,
    Table,
    Tagged,
)
from sim.scenario.occasions import Occasion
from sim.scenario.world import World
from tests.oracle.effects import cut_days
from tests.oracle.judgment import OF_ITSELF, given_to, in_status_since, status_on
from tests.oracle.parts import Open, Part, of_part, open_parts
from tests.oracle.points import Point, due_under, reaches
from tests.oracle.reading import age_reached, dates_of, day_on, word_of
from tests.oracle.suspended import Remission

ENDLESS = 10**9
"""The length of a life sentence: longer than any other."""


@dataclass
class Spell:
    """One stay of one person, as it is now.

    `imposed`, `term` and `due` are None for life, and for one who is condemned to death.
    """

    person: int
    line: int
    spell: int
    admitted: int
    base: int
    due: int | None
    """The day of ordinary release."""
    imposed: int | None
    term: int | None
    point: Point
    offence: str
    petty: bool
    health: str
    camp: str
    origin: str
    residence: str
    exiled: bool
    woman: bool
    born: int
    tolerance: int
    rate: int
    merits: int
    labelled: bool
    delay: int = 0
    """Days from the offence to admission."""
    free_since: int | None = None
    """The day of the release before."""
    earlier: tuple[int, int] | None = None
    """Reductions by pardon before the start, and the days cut by them, where they are known."""
    cuts: list[tuple[int, str]] = field(default_factory=list)
    merit_day: int | None = None
    waits_for: Occasion | None = None
    release_day: int | None = None
    dies: int | None = None
    """The day of death if held for ever, or the horizon."""
    left: int | None = None
    cause: str | None = None
    died_free: int | None = None
    freed_by: str | None = None
    """The decree that ended the person's spell before this one."""
    eligible_on: int | None = None
    """The first day on which he was eligible under a decree."""
    exiled_on: int | None = None
    judged: int | None = None
    """The day of judgment; None where all are sentenced at their admission."""
    final: int | None = None
    """The day on which the sentence becomes final; None for those acquitted."""
    ended: bool = False
    """Whether a decree ends the case, once it lets him go."""
    commuted: bool = False
    condemned: bool = False
    """Whether he is under sentence of death."""
    executed_on: int | None = None
    """The day of execution, if the sentence of death stands; None beyond the horizon."""
    spared_on: int | None = None
    """The day on which a decree put another sentence in place of that of death."""
    ended_first: int | None = None
    """The day on which his sentence would have ended before it was commuted; None for never."""
    home: bool = False
    """Whether he serves the rest at home once released by decree."""
    abroad: bool = False
    """Whether his release by decree sends him abroad."""
    expunge: bool = False
    """Whether his release by decree strikes the conviction from the record."""
    rest: int = 0
    """Days left of a sentence at home, which are served after this one."""
    credits: list[tuple[str, int]] = field(default_factory=list)
    """Days that count as served, with the decree that gave them."""
    remissions: list[Remission] = field(default_factory=list)
    """Given in this spell, on condition."""
    hanging: list[Remission] = field(default_factory=list)
    """Given in an earlier spell, and not brought back so far."""
    revived: int = 0
    cut_days: int = 0
    flags: dict[str, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    """What the sentence is for, the main part first, as it was passed."""
    before: Spell | None = None
    """His spell before this one; None if it ended before the start, or never was."""
    changes: list[tuple[int, str]] = field(default_factory=list)
    """Days on which his health changes in custody, and into what."""

    @property
    def kind(self) -> str:
        """Whether the sentence has a term, and if not what it is."""
        if self.imposed is not None:
            return "term"
        return "death" if self.condemned else "life"

    @property
    def ends_on(self) -> int | None:
        """The day on which the sentence ends without decrees; None for never."""
        return self.executed_on if self.condemned and not self.acquitted else self.due

    @property
    def acquitted(self) -> bool:
        return self.judged is not None and self.final is None

    def health_on(self, day: int) -> str:
        """His state of health on a day, the changes of the day included."""
        return next((state for when, state in reversed(self.changes) if when <= day), self.health)

    @property
    def credited(self) -> int:
        return sum(days for _, days in self.credits)

    @property
    def unbegun(self) -> bool:
        """Whether a decree wiped out the sentence before it began."""
        return (
            self.waits_for is not None
            and self.waits_for.late
            and self.left == self.admitted
            and not self.home
            and self.cause not in (None, *OF_ITSELF)
        )

    @property
    def freed(self) -> bool:
        """Whether a decree let him out."""
        return self.cause not in (None, *OF_ITSELF)

    @property
    def struck(self) -> bool:
        """Whether the spell is struck from the record."""
        return self.expunge and self.freed and not self.unbegun

    @property
    def on_record(self) -> bool:
        """Whether it was a spell under a sentence of which anybody may know."""
        return not (self.unbegun or self.struck or self.acquitted or self.ended)

    @property
    def gone(self) -> bool:
        """Whether he is abroad."""
        return self.abroad and self.freed and not self.unbegun

    @property
    def offended(self) -> int:
        """The day of the offence; nobody offends again before the day after his release."""
        day = self.admitted - self.delay
        if self.free_since is not None and day <= self.free_since:
            return self.free_since + 1
        return day

    @property
    def held(self) -> bool:
        return self.left is None

    @property
    def name(self) -> tuple[int, int, int]:
        return self.person, self.line, self.spell


@dataclass(frozen=True)
class Facts:
    """What a decree sees of a person when lists close; None where life leaves it undefined."""

    sentence: int
    term: int | None
    served: int
    remaining: int | None
    until_due: int | None
    age_at_offence: int
    words: dict[str, str]
    tags: tuple[str, ...]
    by_merit: int
    by_pardon: int
    by_decree: tuple[str, ...]
    occasion: Occasion | None
    start: date
    threshold: int
    born: int
    dates: dict[str, int]
    flags: dict[str, int]
    cuts: dict[str, int]
    """Days cut for merit and by pardon."""
    history: History
    numbers: dict[str, Fraction]
    """What the offence has."""
    status: str
    since: int
    """Since when it has been that."""
    expected: int
    """The sentence expected, while he awaits trial."""
    health: str
    healthy_since: int
    """Since when he has been so healthy, or ill."""
    remand: int
    """Days held before the sentence became final."""
    world: World
    parts: tuple[Part, ...]
    """Of the sentence as the law sees it; what was cut before the start belongs to the main one."""
    pardonable: int | None = None
    """Days of the parts that a clause falls on; None where it is the whole sentence."""
    kind: str = "term"
    """What the sentence is, or the one expected: of some length, for life, of death."""
    question: int = 0
    """The part that is in question."""

    def day(self, on: On | None) -> int:
        """The day to which a comparison refers."""
        if on is None:
            return self.threshold
        assert self.occasion is not None
        return day_on(on, self.occasion, self.start)

    def served_by(self, rule: LengthIs | ShareIs) -> int:
        """Days served by the day of reading, with the cuts that count."""
        served = self.served + self.day(rule.on) - self.threshold
        for cut in rule.counting:
            served += self.cuts[cut]
        return served


@dataclass(frozen=True)
class History:
    """A person's earlier spells, and the pardons of all, as known on the day lists close."""

    world: World
    now: Spell
    close: int
    before: int
    """Reductions of this spell before the start: those known, or the label."""

    def earlier(self) -> list[Spell]:
        """His spells before, the latest first."""
        found, s = [], self.now.before
        while s is not None:
            found.append(s)
            s = s.before
        return found

    def spells(self) -> int:
        first = self.earlier()[-1] if self.now.before is not None else self.now
        return first.spell + sum(s.on_record for s in self.earlier())

    def like(self, rule: Predicate) -> int:
        """How many spells a rule names, each as it was when it ended."""
        count = 0
        for s in self.earlier():
            assert s.left is not None
            if s.on_record:
                count += holds(rule, facts(self.world, s, s.left, s.left))
        return count

    def days_before(self) -> int:
        return sum((s.left or 0) - s.admitted for s in self.earlier() if not s.struck)

    def last_release(self, after: str) -> int | None:
        """The day; of those released before the start, who left by expiry, it is given."""
        for s in self.earlier():
            kind = s.cause if s.cause in OF_ITSELF else "decree"
            if not s.unbegun and not s.struck and after in ("any", kind, s.cause):
                return s.left
        first = self.earlier()[-1] if self.now.before is not None else self.now
        if first.spell > 0 and after in ("any", "expiry"):
            return first.free_since
        return None

    def pardons(self, by: str) -> int:
        """Cuts and releases in all spells, by one decree or by any; the label is one by any."""
        count = sum(day < self.close and by in ("any", name) for day, name in self.now.cuts)
        if by == "any":
            count += self.before
        label = self.world.label
        for s in self.earlier():
            count += sum(by in ("any", name) for _, name in s.cuts)
            if s.cause not in OF_ITSELF and by in ("any", s.cause):
                count += 1
            assert s.left is not None
            if by == "any" and s.earlier is not None:
                count += s.earlier[0]
            elif (
                by == "any"
                and s.labelled
                and label
                and (s.left - s.admitted >= label.after.value)
                and not s.acquitted
                and status_on(s, s.left) != "awaiting trial"
            ):
                count += 1
        return count


def day_of_year(year: int, month: int, day: int) -> date:
    """The date of a yearly day; 29 February is the 28th in common years."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def birthdays(start: date, born: int, day: int) -> int:
    """Completed years of age on a day."""
    birth, today = start + timedelta(days=born), start + timedelta(days=day)
    years = today.year - birth.year
    if today < day_of_year(today.year, birth.month, birth.day):
        years -= 1
    return years


def facts(
    world: World, s: Spell, close: int, threshold: int, occasion: Occasion | None = None
) -> Facts:
    """Read a person on the day lists close; lengths and age are those of the threshold day."""
    offence = world.offences[s.offence]
    label = world.label
    labelled = bool(s.labelled and label and close - s.admitted >= label.after.value)
    status = status_on(s, close)
    awaits = status == "awaiting trial"
    labelled = labelled and not awaits
    sentence = ENDLESS if s.imposed is None else s.imposed
    before, lost = (1, label.cut.value) if labelled and label else (0, 0)
    if s.earlier is not None:
        before, lost = s.earlier
    elif s.imposed is not None:
        lost = min(lost, s.imposed)
    if s.imposed is not None:
        sentence += lost
    ends = None if s.term is None else s.admitted + s.term - s.credited
    merit = by_pardon = 0
    if s.term is not None and s.imposed is not None:
        merit = s.imposed + s.revived - s.term - s.cut_days
        by_pardon = sentence + s.revived - s.term - merit
    said = {name: word_of(world.flags[name], value) for name, value in s.flags.items()
            if world.flags[name].kind in (None, "boolean", "category")}  # fmt: skip
    earlier = [name for day, name in s.cuts if day < close]
    return Facts(
        sentence=ENDLESS if awaits else sentence,
        term=None if awaits else s.term,
        served=threshold - s.admitted,
        remaining=None if ends is None or awaits else ends - threshold,
        until_due=None if s.due is None or awaits else s.due - threshold,
        age_at_offence=birthdays(world.start, s.born, s.admitted - s.delay),
        words={
            "offence": s.offence, "gravity": "petty" if s.petty else "ordinary",
            "camp": s.camp, "origin": s.origin, "residence": s.residence,
            "health": s.health_on(close), "sex": "women" if s.woman else "men",
            "legal status": status, **said,
        },
        tags=offence.tags,
        by_merit=s.merits,
        by_pardon=len(earlier) + before,
        by_decree=tuple(earlier),
        occasion=occasion,
        start=world.start,
        threshold=threshold,
        born=s.born,
        dates=dates_of(world, s.admitted, s.offended, s.flags, s.final),
        flags=s.flags,
        health=s.health_on(close),
        healthy_since=max([s.admitted, *(day for day, _ in s.changes if day <= close)]),
        cuts={"merit": merit, "pardon": by_pardon, "credit": s.credited},
        numbers={name: Fraction(str(one.value)) for name, one in offence.numbers.items()},
        history=History(world, s, close, before),
        status=status,
        since=in_status_since(s, close),
        expected=ENDLESS if s.imposed is None else s.imposed,
        remand=max(min(threshold, s.final if s.final is not None else threshold) - s.admitted, 0),
        world=world,
        parts=_parts(s, sentence),
        kind=s.kind,
    )  # fmt: skip


def _parts(s: Spell, sentence: int) -> tuple[Part, ...]:
    if s.imposed is None:
        return (Part(s.offence, None),)
    if s.commuted or not s.parts:
        return (Part(s.offence, sentence),)
    main, *beside = s.parts
    assert main.days is not None
    return (Part(main.offence, main.days + sentence - s.imposed), *beside)


def names_him(rule: Predicate, f: Facts) -> bool:
    """Whether a rule holds with any part in question."""
    return any(holds(rule, replace(f, question=number)) for number in range(len(f.parts)))


def compare(one: int, operator: str, other: int) -> bool:
    if operator == "<":
        return one < other
    if operator == "<=":
        return one <= other
    if operator == ">":
        return one > other
    if operator == ">=":
        return one >= other
    return one == other


def reaches_share(served: int, of: int, operator: str, share: Fraction) -> bool:
    """Compare a served share, with one day's grace for `>=` and none given away for `>`."""
    exact = share * of
    if operator == ">=":
        return served >= floor(exact)
    if operator == ">":
        return served > ceil(exact)
    if operator == "<":
        return not served >= floor(exact)
    assert operator == "<="
    return not served > ceil(exact)


def holds(rule: Predicate, f: Facts) -> bool:
    if isinstance(rule, Every):
        return all(holds(part, f) for part in rule.parts)
    if isinstance(rule, Either):
        return any(holds(part, f) for part in rule.parts)
    if isinstance(rule, Table):
        for when, then in rule.rows:
            if holds(when, f):
                return holds(then, f)
        return False
    if isinstance(rule, OneOf) and rule.attribute in ("sentence", "expected sentence"):
        if (f.status == "awaiting trial") != (rule.attribute == "expected sentence"):
            return False
        return (f.kind in rule.values) == rule.among
    if isinstance(rule, OneOf):
        return (f.words[rule.attribute] in rule.values) == rule.among
    if isinstance(rule, Tagged):
        return (rule.tag in f.tags) == rule.carries
    if isinstance(rule, PartIs):
        if rule.whose == "this part":
            return holds(rule.rule, of_part(f.world, f, f.question))
        held = [holds(rule.rule, of_part(f.world, f, n)) for n in range(len(f.parts))]
        return any(held) if rule.whose == "any part" else all(held)
    return compares(rule, f)


def compares(rule: Compared, f: Facts) -> bool:
    """A comparison of one of his numbers; false where life leaves the number undefined."""
    if getattr(rule, "attribute", "") == "sentence final" and f.status != "final":
        return False
    if isinstance(rule, ShareIs):
        return shares(rule, f)
    if isinstance(rule, LengthIs):
        length = length_of(rule, f)
        return length is not None and compare(length, rule.operator, rule.days)
    if isinstance(rule, AgeIs):
        return compare(age_of(rule, f), rule.operator, rule.years)
    if isinstance(rule, DateIs):
        return compare(f.dates[rule.attribute], rule.operator, (rule.day - f.start).days)
    if isinstance(rule, OffenceIs):
        return of_offence(rule, f)
    if isinstance(rule, ReleasedIs):
        since = f.history.last_release(rule.after)
        return compare(ENDLESS if since is None else f.day(rule.on) - since,
                       rule.operator, rule.days)  # fmt: skip
    if isinstance(rule, PardonsIs):
        return compare(f.history.pardons(rule.by), rule.operator, rule.count)
    if isinstance(rule, SpellsIs):
        return compare(f.history.like(rule.rule), rule.operator, rule.count)
    if isinstance(rule, NumberIs):
        return compare(number_of(rule, f), rule.operator, rule.number)
    return compare(reductions_of(rule, f), rule.operator, rule.count)


def of_offence(rule: OffenceIs, f: Facts) -> bool:
    number = f.numbers.get(rule.name)
    if number is None:
        return False
    return {"<": number < rule.size, "<=": number <= rule.size, ">": number > rule.size,
            ">=": number >= rule.size, "==": number == rule.size}[rule.operator]  # fmt: skip


def shares(rule: ShareIs, f: Facts) -> bool:
    if rule.of == "expected sentence":
        if f.status != "awaiting trial" or f.expected == ENDLESS:
            return False
        return reaches_share(f.served_by(rule), f.expected, rule.operator, rule.share)
    if f.term is None:
        return False
    whole = f.term if rule.of == "term" else f.sentence
    return reaches_share(f.served_by(rule), whole, rule.operator, rule.share)


def number_of(rule: NumberIs, f: Facts) -> int:
    if rule.attribute == "earlier spells":
        return f.history.spells()
    if rule.attribute == "parts":
        return len(f.parts)
    return f.flags[rule.attribute]


def length_of(rule: LengthIs, f: Facts) -> int | None:
    """A length, None where life leaves it undefined."""
    if rule.since:
        return f.day(rule.on) - f.dates[rule.attribute]
    if rule.attribute in f.flags:
        return f.flags[rule.attribute]
    if rule.attribute == "served":
        return f.served_by(rule)
    if rule.attribute == "time in prison":
        return f.history.days_before() + f.day(rule.on) - f.dates["admitted"]
    if rule.attribute in ("remaining", "until due"):
        left = f.remaining if rule.attribute == "remaining" else f.until_due
        return None if left is None else left - (f.day(rule.on) - f.threshold)
    if rule.attribute == "time in state of health":
        return f.day(rule.on) - f.healthy_since
    if rule.attribute == "time in legal status":
        return f.day(rule.on) - f.since
    awaits = f.status == "awaiting trial"
    if rule.attribute == "expected sentence":
        return f.expected if awaits else None
    return {"sentence": None if awaits else f.sentence, "term": f.term}[rule.attribute]


def age_of(rule: AgeIs, f: Facts) -> int:
    if rule.attribute == "age":
        return birthdays(f.start, f.born, f.day(rule.on))
    if rule.attribute == "age reached in the year":
        return age_reached(f.start, f.born, f.day(rule.on))
    return f.age_at_offence


def reductions_of(rule: CountIs, f: Facts) -> int:
    if rule.by == "pardon":
        return f.by_pardon
    if rule.by == "merit":
        return f.by_merit
    if rule.by == "any":
        return f.by_pardon + f.by_merit
    return sum(name == rule.by for name in f.by_decree)


def leaves_nothing(s: Spell, due: int, occasion: Occasion) -> bool:
    """Whether an earlier day of release leaves nothing on the grant day."""
    earlier = s.due is None or due < s.due
    return earlier and due <= occasion.grant_day


@dataclass(frozen=True)
class Offer:
    """A clause that a person meets, and what it gives; the days of a cut, if it is one."""

    clause: str
    cut: int | None
    leaves_on: int
    """The planned day of leaving, without spreading."""
    bound: int = 0
    """1 where a new offence may bring it back, 2 where it is served at home."""


@dataclass(frozen=True)
class Standing:
    """How a person stands before a decree: what he meets, and what bars him."""

    offers: tuple[Offer, ...]
    """Under the clauses that are open to him, or if he is barred, under those that he meets; the
    most favourable first."""
    met: tuple[str, ...]
    named_by: frozenset[str]
    """Exclusions that name him, whatever he meets."""
    barred: bool
    barred_by: frozenset[str]
    """Exclusions that bar him from a clause that he meets."""
    barred_only_by: frozenset[str]
    """Exclusions without which, by itself, he would not be barred."""


def standing(
    world: World, decree: Decree, occasion: Occasion, s: Spell, f: Facts, goes: int
) -> Standing:
    """Try a person, who would be released on a day, under every clause and every exclusion."""
    met: list[Offer] = []
    opened: list[Open] = []
    for name, clause in decree.clauses.items():
        if not reaches(clause.then, s) or not given_to(clause.then, f.status):
            continue
        one = open_parts(decree, clause, f, holds)
        if not one.met:
            continue
        asked = replace(f, pardonable=one.days)
        cut = None if clause.then.reduce is None else cut_days(clause.then.reduce, asked)
        if one.most is not None and clause.then.release:
            cut = one.most
        elif one.most is not None and cut is not None:
            cut = min(cut, one.most)
        if clause.then.credit is not None:
            before = sum(days for name, days in s.credits if name == occasion.decree)
            cut = max(cut_days(clause.then.credit, asked) - before, 0)
        leaves_on = goes
        bound = 1 if clause.then.revived_if is not None else 0
        if clause.then.serve_the_rest is not None:
            bound = 2
        elif not clause.then.end_the_case and (not clause.then.release or cut is not None):
            due = due_under(world, clause.then, s, cut)
            if not leaves_nothing(s, due, occasion):  # else a release by the decree
                leaves_on = due
        met.append(Offer(name, cut, leaves_on, bound))
        opened.append(one)
    free = [offer for offer, one in zip(met, opened, strict=True) if one.anything]
    barred = bool(met) and not free
    return Standing(
        offers=tuple(
            sorted(met if barred else free, key=lambda offer: (offer.leaves_on, offer.bound))
        ),
        met=tuple(offer.clause for offer in met),
        named_by=frozenset(
            name for name, rule in decree.exclude.items() if names_him(rule.when, f)
        ),
        barred=barred,
        barred_by=frozenset(name for one in opened if barred for name in one.barring),
        barred_only_by=frozenset(name for one in opened if barred for name in one.barring_alone),
    )


def is_ill(world: World, health: str) -> bool:
    """Whoever is not in the first state of health that the world lists."""
    return health != next(iter(world.health.states))


def rank_key(decree: Decree, world: World, s: Spell, f: Facts, lot: int) -> tuple[object, ...]:
    """Order of candidates for places: smaller first; ties by lottery, then by id."""
    key: list[object] = []
    for rank in decree.rank:
        if rank == "longest served":
            key.append(-f.served)
        elif rank == "longest served share":
            key.append((1, 0) if f.term is None else (0, -Fraction(f.served, f.term)))
        elif rank == "least remaining":
            key.append((1, 0) if f.remaining is None else (0, f.remaining))
        elif rank == "shortest sentence":
            key.append(f.sentence)
        elif rank == "oldest":
            key.append(s.born)
        elif rank == "ill first":
            key.append(-world.health.states[f.health].in_custody.value)
        else:
            assert rank == "lottery"
            key.append(lot)
    return (*key, lot, s.person, s.line, s.spell)
