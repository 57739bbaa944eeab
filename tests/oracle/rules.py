"""Random decrees over the whole language, most of whose thresholds somebody just meets or misses.

Dates are those on which something happens to a person of the world: an admission, a birthday, a
due day. Lengths, shares and amounts are those of somebody held on the day that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sim.custody.columns import Columns
from sim.custody.hazards import NEVER
from sim.custody.model import everybody
from sim.custody.prisons import Prisons, prisons
from sim.custody.sentencing import LIFE
from sim.custody.streams import Draws
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.occasions import occasions
from sim.scenario.pending import statuses_named
from tests.oracle.flags import ask_of_a_flag, flags_of
from tests.oracle.law import birthdays, day_of_year
from tests.oracle.stocks import with_flags
from tests.oracle.worlds import (
    FEASTS,
    LENGTHS,
    REST,
    Chooser,
    Node,
    bare_world,
    graded,
    scenario_of,
    without_nones,
    world_of,
)

NAMES = ("beta", "alpha", "gamma")
BARS = ("first bar", "second bar")
SHARES = ("0%", "1/3", "50%", "2/3", "70%", "100%")
EVERYBODY = {"served": ">= 0 days"}
OPERATORS = ("<", "<=", ">", ">=")
RANKS = (
    "longest served", "longest served share", "least remaining", "shortest sentence", "oldest",
    "ill first", "lottery",
)  # fmt: skip
FORTY = 40
MOST = 800
"""Persons of one world, so that no law takes long."""


def file_of(some: Chooser, draws: Draws) -> tuple[Node, Prisons]:
    """What a file says of a random world under up to three random decrees; the world solved.

    Raises
    ------
    ScenarioError
        If the world cannot be: a label nobody can bear, returns beyond admissions.
    """
    world = world_of(some)
    if flags := flags_of(some, world):
        world["flags"] = flags
        stock = world.get("stock", {})
        if "snapshot" in stock:
            stock["snapshot"] = with_flags(some, stock["snapshot"], flags, world["start"])
    solved = prisons(scenario_of({"title": "random", "world": world}))
    people = everybody(solved, draws)
    if len(people["person"]) > MOST:  # whom their release points let go soon, many admitted a day
        world["held"] = graded(2, "persons")
        solved = prisons(scenario_of({"title": "random", "world": world}))
        people = everybody(solved, draws)
    decrees = _Decrees(some, world, people).all()
    return {"title": "random", "world": world, "decrees": decrees}, solved


@dataclass(frozen=True)
class _Person:
    """What is known of somebody without any decree; `due` is None for life."""

    admitted: int
    due: int | None
    imposed: int
    born: int
    falls_ill: int


class _Decrees:
    def __init__(self, some: Chooser, world: Node, people: Columns) -> None:
        self.some, self.world = some, world
        self.start, self.end = (date.fromisoformat(world[key]) for key in ("start", "end"))
        self.last = (self.end - self.start).days - 1
        c: dict[str, Any] = {name: column.tolist() for name, column in people.items()}
        never = [NEVER] * len(c["admitted"])
        columns = (c["admitted"], c["due"], c["imposed"], c["born"], c.get("first_change", never))
        self.people = [
            _Person(admitted, None if due >= NEVER else due, *others)
            for admitted, due, *others in zip(*columns, strict=True)
        ]
        self.wide = some.often(0.6)  # decrees for nearly everybody, which meet in one person
        self.names: Sequence[str] = some.one((NAMES[:1], NAMES[:2], NAMES, NAMES, NAMES, NAMES))

    def all(self) -> Node:
        days = [self.start + timedelta(days=day) for day in self._pool()]
        found = {name: self._decree(days) for name in self.names}
        said = str(found)
        named = {name for name in self.names
                 if f"'by': '{name}'" in said or f"'after': '{name}'" in said}  # fmt: skip
        return without_nones({
            name: decree if name in named else self.some.maybe(decree, 0.95)
            for name, decree in found.items()
        })  # fmt: skip

    def _pool(self) -> list[int]:
        """Few days, the first and the last among them, so that decrees and merit meet on one."""
        some, merit = self.some, self.world.get("merit")
        pool = [some.random.randint(0, self.last)]
        for _ in range(4):
            pool += self._moments(some.one(self.people)) if self.people else []
        if merit:
            month, day = map(int, merit["each"].split("-"))
            for year in (self.start.year, self.start.year + 1):
                pool.append((day_of_year(year, month, day) - self.start).days)
        within = [day for day in pool if 0 <= day <= self.last]
        return [0, self.last, *some.few(within, min(3, len(within)), 4)]

    def _moments(self, person: _Person) -> list[int]:
        label = self.world.get("earlier reductions")
        days = {"0 days": 0, "30 days": 30, "6 months": 183}
        after = days[label["after"]["value"]] if label else 0
        born = self.start + timedelta(days=person.born)
        year = self.some.random.randint(self.start.year, self.end.year)
        birthday = (day_of_year(year, born.month, born.day) - self.start).days
        due = [] if person.due is None else [person.due, person.due - 1]
        return [person.admitted, person.admitted + after, birthday, birthday - 1, *due]

    def _decree(self, days: Sequence[date]) -> Node:
        some = self.some
        frame = {**REST, **self._dates(days), "release": self._afterwards()}
        if "in force" in frame:  # which lets go whom it meets, day by day
            frame["release"].pop("over", None)
        if "reach" in frame and some.often(0.6):  # so that a sentence may be over as it begins
            frame["release"].pop("education", None)
        look = _Look(some, self.world, self.names, self.people, self._readings(frame))
        excluded = [name for name in BARS if some.often(0.3 if self.wide else 0.5)]
        frame["release"] |= self._waits(look, frame)
        clauses = some.first(("one", "two", "three"), 1)
        counts = some.one(("releases", "reductions", "both"))
        caps = ["2 in all", "5 in all", "1 per camp", "3 per camp", "0 in all", "0 per camp",
                "10% of stock", "25% of stock per camp", "1/2 of stock"]  # fmt: skip
        if counts == "releases":
            caps += ["until stock <= 70% of capacity", "until stock <= 75% of capacity per camp",
                     "until stock <= 110% of capacity"]  # fmt: skip
        made = {name: self._clause(look, excluded, frame) for name in clauses}
        if "exile" in frame["release"]:  # nobody is exiled abroad
            for clause in made.values():
                if not isinstance(clause["then"], str):
                    clause["then"].pop("abroad", None)
        if "reach" in frame or "in force" in frame:  # which says itself who of those to come is met
            for clause in made.values():
                if "release point" in clause["then"]:
                    clause["then"]["release point"].pop("for", None)
        return frame | without_nones({
            "exclude": {name: look.rule() for name in excluded},
            "clauses": made,
            "review": (some.maybe(self._review(look), 0.5) or {}) | self._work(frame),
            "take-up": some.maybe(self._chance(look), 0.25),
            "places": some.one(("passed on", "lost")) if "in force" not in frame else "lost",
            "cap": None if {"reach", "in force"} & set(frame) else some.maybe(some.one(caps), 0.6),
            "rank": some.few(RANKS, 1, 2),
            "counts": counts,
            "drive": some.maybe({
                "arrests per release": some.one(("60%", "100%", "0%")),
                "within": some.one(("90 days", "1 day")),
            }, 0.5),
        })  # fmt: skip

    def _readings(self, frame: Node) -> list[tuple[int, int, int]]:
        """Days of the close of lists, of thresholds and of the grant, of each occasion."""
        release = {name: one for name, one in frame["release"].items() if name != "exile"}
        one = {"when": EVERYBODY, "then": "release"}
        bare = frame | {"release": release, "clauses": {"one": one}}
        world = bare_world(self.world["start"], self.world["end"])  # whose days are the same
        data = {"title": "random", "world": world, "decrees": {"bare": bare}}
        found = occasions(scenario_of(data))
        return [(o.close_day, o.threshold_day, o.grant_day) for o in found]

    def _dates(self, days: Sequence[date]) -> Node:
        some = self.some
        readings = ("lists", "grant", "release")
        if some.often(0.3):
            feasts = some.few((*FEASTS, *(f"{day:%m-%d}" for day in days[2:])), 1, 4)
            return {
                "every": "year",
                "dates": list(dict.fromkeys(feasts)),
                "thresholds_on": some.one(readings),
            }
        if some.often(0.25):
            return self._by_chance(days)
        if some.often(0.4 if "in custody" in self.world["health"] else 0.2):
            return self._in_force(days)
        before = [day for day in days if day < days[1]] or days  # a reach needs days after it
        early = before if some.often(0.4) else days
        ordered, due, granted = sorted(some.one(early) for _ in range(3))
        until = granted - timedelta(days=some.one((0, 0, 30, 100, 300)))
        # Who waits long for a judgment keeps a reach open, which sits on every day until then.
        reach = some.maybe({"offences until": until.isoformat()}, self._how_often_a_reach())
        if reach is not None:
            due = max(due, granted - timedelta(days=some.one((0, 30, 100))))
        elif some.often(0.4):  # long enough that another decree may come before
            due = max(days[0], granted - timedelta(days=some.one((100, 400))))
            ordered = min(ordered, due)
        ordered = max(ordered, due - timedelta(days=200))  # files are worked at on every day
        shifted = due + timedelta(days=some.random.randint(-400, 400))
        threshold = min(max(shifted, days[0]), days[1])
        lead = f"{(granted - due).days} days before the grant"
        return without_nones(
            {
                "ordered": some.maybe(ordered.isoformat(), 0.5),
                "lists_due": some.maybe(some.one((due.isoformat(), due.isoformat(), lead))),
                "granted": granted.isoformat(),
                "reach": reach,
                "thresholds_on": some.one((*readings, threshold.isoformat())),
            }
        )

    def _how_often_a_reach(self) -> float:
        if (judged := self.world.get("before judgment")) is None:
            return 0.6
        return 0.6 if judged["awaiting trial"]["lasts"]["most"]["value"] == "60 days" else 0.3

    def _work(self, frame: Node) -> Node:
        """Files done a day, where a decree has the days for it."""
        some = self.some
        if "ordered" not in frame or {"reach", "in force"} & set(frame) or some.often(0.4):
            return {}
        return {"officers per camp": some.one((1, 2, 0.5)), "files a day": some.one((0.1, 1, 20)),
                "order": some.one(("joining", "rank", "lottery"))}  # fmt: skip

    def _in_force(self, days: Sequence[date]) -> Node:
        """In force from a day to another, checked daily or weekly."""
        some = self.some
        first = some.one(days)
        lasts = some.one((0, 1, 30, 100, 300))
        last = min(first + timedelta(days=lasts), days[1])
        ordered = some.one([day for day in days if day <= first])
        return without_nones({
            "in force": {"from": first.isoformat(), "to": last.isoformat()},
            "checked": "weekly" if lasts > 100 else some.one(("daily", "daily", "weekly")),
            "ordered": some.maybe(ordered.isoformat(), 0.3),
            "thresholds_on": some.one(("lists", "grant", "release", "40 days after the grant")),
        })  # fmt: skip

    def _by_chance(self, days: Sequence[date]) -> Node:
        """Anniversaries, surprises, a grant on any of some days; lists some days before."""
        some = self.some
        lead = some.one((0, 1, 40, 200))
        readings = ("lists", "grant", "release", "30 days before the grant",
                    "400 days after the grant")  # fmt: skip
        found = {
            "lists_due": some.maybe(f"{lead} days before the grant"),
            "ordered": some.maybe(f"{lead + some.one((0, 5))} days before the grant", 0.4),
            "thresholds_on": some.one(readings),
        }
        kind = some.random.randrange(3)
        if kind == 0:
            found |= {"random": {"rate": some.one((0.3, 1, 1, 3, 12))}}
        elif kind == 1:
            first, last = sorted(some.one(days) for _ in range(2))
            if (first - days[0]).days < lead:
                found["lists_due"] = found["ordered"] = None
            found |= {"granted": {"random": [first.isoformat(), last.isoformat()]}}
        else:
            founded = some.one(days) - timedelta(days=some.one((0, 365, 3652, 25_000)))
            every = some.one((1, 1, 2, 5))
            found |= {"every": f"{every} years", "since": founded.isoformat(),
                      "except every": some.maybe(f"{2 * every} years", 0.4)}  # fmt: skip
        return without_nones(found)

    def _waits(self, look: _Look, frame: Node) -> Node:
        """Tranches by class, and releases that are late."""
        some = self.some
        tranches = {}
        for name in some.first(("first", "second", "third"), 0):
            outs = [f"{some.one((0, 1, 30, 500))} days after the grant"]
            if isinstance(granted := frame.get("granted"), str):
                day = date.fromisoformat(granted) + timedelta(days=some.one((0, 20, 300)))
                outs.append(day.isoformat())
            tranches[name] = {"when": look.predicate(), "out": some.one(outs)}
        if tranches and some.often(0.4):
            tranches[list(tranches)[-1]].pop("when")
        shares = [{"within": "0 days", "is": "20%"}, {"within": "7 days", "is": "60%"},
                  {"within": "150 days", "is": "100%"}]  # fmt: skip
        latencies = ("1 day", "40 days", {"mean": "20 days", "most": "90 days"},
                     {"shares": shares}, {"shares": shares[2:]})  # fmt: skip
        return without_nones({
            "tranches": some.maybe(tranches or None, 0.5),
            "latency": some.maybe(some.one(latencies), 0.15 if "reach" in frame else 0.4),
        })  # fmt: skip

    def _afterwards(self) -> Node:
        some = self.some
        education = some.one(("60 days", "60 days", "400 days", "1 day", "0 days"))
        exile = without_nones({
            "origin": some.one(list(self.world["origins"])), "to": "chosen by camp",
            "approval": some.maybe(some.one(("30 days", "1 day", "400 days")), 0.4),
        })  # fmt: skip
        return without_nones(
            {
                "education": some.maybe(f"{education} from {some.one(('listing', 'grant'))}", 0.5),
                "over": some.maybe(some.one(("2 days", "5 days", "1 day")), 0.5),
                "escort": some.one((True, False, {"per camp and day": some.one((1, 2, 0.3))})),
                "exile": some.maybe(exile) if "exile" in self.world else None,
                "supervision": some.often(0.5),
                "job": some.maybe(some.one(("50%", "100%", "0%")), 0.5),
            }
        )

    def _review(self, look: _Look) -> Node:
        return without_nones({
            "recommended": self.some.maybe(self._chance(look)),
            "approved": self.some.maybe(self._chance(look)),
            "persistent": self.some.often(0.3),
        })  # fmt: skip

    def _chance(self, look: _Look) -> Node:
        """One probability, or a table of them, or either with odds that differ."""
        some = self.some
        chances = ("50%", "80%", "100%", "0%")
        found: Node = {"value": some.one(chances)}
        if some.often(0.3):
            rows = [{"when": look.predicate(), "is": some.one(chances)} for _ in range(2)]
            found = {"table": [*rows[: some.one((1, 2))], {"otherwise": some.one(chances)}]}
        if some.often(0.3):
            found["odds"] = {"times": some.one((3, 0.2, 40)), "for": look.predicate()}
        return found["value"] if len(found) == 1 and "value" in found else found

    def _clause(self, look: _Look, excluded: Sequence[str], frame: Node) -> Node:
        some = self.some
        effect = self._effect(look)
        if effect == "end the case" and "reach" in frame:
            effect = "release"
        divisible = effect == "release" or "release" in effect or "reduce" in effect
        narrow = look.rule() if divisible else look.predicate()
        despite = [name for name in excluded if some.often(0.3)] or None
        when = EVERYBODY if some.often(0.5 if self.wide else 0.1) else narrow
        if (
            not isinstance(effect, str)
            and "release point" in effect
            and effect["release point"].get("for") != "those held"
        ):
            when, despite = look.known_at_admission(), list(excluded) or None
        elif "in force" in frame and "in custody" in self.world["health"] and some.often(0.4):
            when = {"health": some.one(list(self.world["health"]["states"]))}
        if self._nobody(when, ends=effect == "end the case"):
            when = EVERYBODY
        return without_nones({
            "when": when,
            "then": effect,
            "review": some.maybe(self._review(look), 0.3),
            "take-up": some.maybe(self._chance(look), 0.2),
            "despite": despite,
        })  # fmt: skip

    def _nobody(self, when: Node, *, ends: bool) -> bool:
        """Whether a clause asks outright for a legal status to which its effect is not given."""
        if "legal status" not in str(when):
            return False
        words = {"offence number": ("points",), "offence length": ("maximum",)}
        for name, flag in self.world.get("flags", {}).items():
            kind = flag.get("kind") or ("category" if "shares" in flag else "boolean")
            words[kind] = (*words.get(kind, ()), name)
        named = set(
            statuses_named(ConditionReader({**words, "decree": NAMES}, each_part=True).read(when))
        )
        return bool(named) and (named == {"final"} if ends else "final" not in named)

    def _condition(self, look: _Look) -> Node:
        """On which condition something is remitted, if on any."""
        some = self.some
        if some.often(0.5):
            return {}
        when = look.known_at_admission()
        if some.often(0.2):
            when = {"offence date": f">= {self.start + timedelta(days=some.one((200, 900)))}"}
        return {"revived if": without_nones({
            "when": when if some.often(0.6) else None,
            "within": some.one(("5 years", "400 days", "90 days", "0 days")),
            "from": some.one(("law", "release", "delivery", None)),
        })}  # fmt: skip

    def _effect(self, look: _Look) -> Node:
        some = self.some
        if "before judgment" in self.world and some.often(0.35):
            return "end the case"
        if "executions" in self.world and some.often(0.25):
            to = some.one(("life", "life", "20 years", "3 years", "1 year"))
            return {"commute": {"from": "death", "to": to}}
        if some.often(0.45):
            if some.often(0.3):
                return {"release": True, **some.one((
                    {"abroad": True}, {"expunge": True}, {"abroad": True, "expunge": True},
                    {"expunge": True, **self._condition(look)},
                ))}  # fmt: skip
            return {"release": True, **self._condition(look)} if some.often(0.4) else "release"
        if some.often(0.3):
            return {"serve the rest": "at home"}
        if some.often(0.4):
            return {"credit": {key: one for key, one in look.cut().items() if key != "to"}
                    or {"by": "10 days"}}  # fmt: skip
        if some.often(0.7):
            return {"reduce": look.cut(), **self._condition(look)}
        if some.often(0.3):
            return {"commute": {"from": "life", "to": some.one(("3 years", "1 year", "20 years"))}}
        pieces = {
            "fraction": some.one(("1/3", "1/2", "90%", "0%", "100%")),
            some.one(("earlier by", "later by")): some.one(("18 days", "200 days", "0 days")),
            "at least": some.one(("28 days", "300 days", "0 days")),
        }
        few = some.few(sorted(pieces), 1, 3)
        reach = some.one((None, None, "those held", "those to come"))
        return {"release point": without_nones({k: pieces[k] for k in few} | {"for": reach})}


@dataclass(frozen=True)
class _Look:
    """Writes what a decree may ask of those it looks at, on its own days."""

    some: Chooser
    world: Node
    names: Sequence[str]
    people: Sequence[_Person]
    readings: Sequence[tuple[int, int, int]]

    def predicate(self, depth: int = 2) -> Node:
        """Conditions over the whole grammar."""
        some = self.some
        if depth and some.often(0.2):
            return [self.predicate(depth - 1) for _ in range(some.one((1, 2, 2)))]
        leaves: list[Callable[[], Node]] = [
            self._length, self._length, self._share, self._age, self._category, self._reductions,
            self._date, self._flag, self._history, self._parts,
        ]  # fmt: skip
        if "before judgment" in self.world:
            leaves += [self._status, self._status]
        if "executions" in self.world:
            leaves += [self._without_term, self._without_term]
        found: dict[str, Node] = {}
        for _ in range(some.one((1, 1, 1, 2))):
            if depth and some.often(0.1):
                found.update(self._table(depth))
            elif depth and some.often(0.15):
                found["not"] = self.predicate(depth - 1)
            else:
                found.update(some.one(leaves)())
        return found

    def _without_term(self) -> Node:
        """Who is sentenced to death, or for life, or expects to be."""
        some = self.some
        words = some.one(("death", "death", "life", ["life", "death"]))
        asked = ["sentence"]
        if "before judgment" in self.world:
            asked.append("expected sentence")
        found = {some.one(asked): words}
        return {"not": found} if some.often(0.3) else found

    def _status(self) -> Node:
        """What is asked of custody before judgment."""
        some = self.some
        pending = ["awaiting trial"]
        if "appealing" in self.world["before judgment"]:
            pending.append("appealing")
        size = some.one(("0 days", "1 day", "20 days", "6 months", *LENGTHS))
        if (found := self._somebody()) is not None and some.often(0.6):
            person, _, threshold, _ = found
            served = max(threshold - person.admitted, 0)
            imposed = person.imposed if person.imposed < LIFE else served
            size = f"{some.one((served, imposed))} days"
        sign = some.one((*OPERATORS, "=="))
        match some.one(("status", "status", "expected", "since", "share")):
            case "expected":
                return {"expected sentence": f"{sign} {size}"}
            case "since":
                return {"time in legal status" + self._day(): f"{sign} {size}"}
            case "share":
                key = "served share of expected sentence" + self._day()
                return {key: f"{some.one(OPERATORS)} {some.one(SHARES)}"}
        word = some.one(pending)
        return {"legal status": some.one(({"not": word}, {"not": "final"}, [word, "final"]))}

    def rule(self) -> Node:
        """Conditions of a clause or an exclusion, which may be about the part in question."""
        some = self.some
        if some.often(0.6):
            return self.predicate()
        this = {"this part": self._of_a_part(2)}
        with_another = {**this, **some.one((self._length, self._age, self._category))()}
        return some.one((this, this, {"not": this}, with_another, [this, self.predicate(1)]))

    def _of_a_part(self, depth: int = 1) -> Node:
        """What a part is for, and how long it is."""
        some = self.some
        if depth and some.often(0.15):
            return [self._of_a_part(depth - 1) for _ in range(2)]
        if depth and some.often(0.15):
            return {"not": self._of_a_part(depth - 1)}
        sizes = ("1 month", "6 months", "183 days", "1 year", "366 days", *LENGTHS)
        length = {"sentence": f"{some.one((*OPERATORS, '=='))} {some.one(sizes)}"}
        if "executions" in self.world and some.often(0.3):
            length = {"sentence": some.one(("death", "life"))}
        if some.often(0.1):
            length = {"sentence": {"table": [{"when": self._offence(), "is": length["sentence"]},
                                             {"otherwise": ">= 6 months"}]}}  # fmt: skip
        return some.one((length, self._offence(), {**self._offence(), **length}))  # type: ignore[no-any-return]

    def _offence(self) -> Node:
        for _ in range(20):
            if "offence" in (found := self._category()):
                return found
        return {"offence": next(iter(self.world["offences"]))}

    def _parts(self) -> Node:
        some = self.some
        if some.often(0.3):
            return {"parts": some.one((">= 2", "== 1", "< 3", "> 1"))}
        return {some.one(("any part", "all parts")): self._of_a_part()}

    def known_at_admission(self) -> Node:
        """What may be asked of those to come."""
        some = self.some
        if some.often(0.4):
            return {"sentence": ">= 0 days"}
        size = f"{some.one((*OPERATORS, '=='))} {some.one(LENGTHS)}"
        length = {some.one(("sentence", "term")): size}
        age = {some.one(("age", "age at offence")): f"{some.one(OPERATORS)} {FORTY} years"}
        camp = {"camp": some.one(list(self.world["camps"]))}
        return some.one(
            (length, age, camp, self._parts(), {"sex": "women"}, {"not": [length, age]})
        )

    def _table(self, depth: int) -> Node:
        """A threshold that differs from row to row; a few tables have no last row."""
        some = self.some
        leaf = some.one((self._length, self._share, self._age))
        attribute, first = next(iter(leaf().items()))
        rows = [{"when": self.predicate(depth - 1), "is": first}]
        for _ in range(some.one((0, 1))):
            rows.append({"when": self.predicate(depth - 1), "is": self._again(leaf, attribute)})
        if some.often(0.7):
            rows.append({"otherwise": self._again(leaf, attribute)})
        return {attribute: {"table": rows}}

    def _again(self, leaf: Callable[[], Node], attribute: str) -> str:
        """Another threshold of one attribute."""
        for _ in range(20):
            other = leaf()
            if attribute in other and isinstance(other[attribute], str):
                return str(other[attribute])
        if attribute.startswith("served share"):
            return ">= 50%"
        return ">= 30 years" if attribute.startswith("age") else ">= 30 days"

    def _day(self) -> str:
        """The day on which something is read, as a key says it; mostly that of the thresholds."""
        some = self.some
        if some.often(0.7):
            return ""
        start = date.fromisoformat(self.world["start"])
        some_day = start + timedelta(days=some.one((-90, 30, 500)))
        return some.one((
            f" on {some_day}", " on grant", " on release", " on order", " on lists",
            " 30 days before grant", " 1 month before release", " 1 day before order",
        ))  # fmt: skip

    def _date(self) -> Node:
        some = self.some
        attribute = some.one(("admitted", "offence date", "sentence final"))
        start = date.fromisoformat(self.world["start"])
        days, threshold = some.one((-900, -100, 0, 200)), 0
        if (found := self._somebody()) is not None and some.often(0.7):
            days, threshold = found[0].admitted, found[2]
        sign = some.one((*OPERATORS, "=="))
        if some.often(0.5) and threshold >= days:
            return {attribute + self._day(): f"{sign} {threshold - days} days ago"}
        return {attribute: f"{sign} {start + timedelta(days=days)}"}

    def _history(self) -> Node:
        """Earlier spells, releases and pardons; most people here have none."""
        some = self.some
        days = some.one(("0 days", "30 days", "200 days", "2 years"))
        sign = some.one(("<", "<=", ">", ">="))
        match some.one(("like", "spells", "pardons", "prison", "release", "release")):
            case "like":
                leaves = (self._offence, self._parts, self._plain_share, self._plain_share)
                alike = {} if some.often(0.2) else dict(some.one(leaves)())
                if not alike or some.often(0.3):
                    alike["sentence"] = f"{sign} {some.one(LENGTHS)}"
                if some.often(0.3):
                    alike = {"not": alike}
                count = some.maybe(some.one((">= 1", "< 1", "== 1", "> 1")), 0.7)
                return {"earlier spells": without_nones({**alike, "count": count})}
            case "spells":
                return {"earlier spells": some.one((">= 1", "< 1", "== 0", "> 1", "<= 1", "== 2"))}
            case "pardons":
                count = some.one((">= 1", "== 0", "< 2", "> 1"))
                by = some.one(("any", "any", *self.names))
                return {"earlier pardons": {"by": by, "count": count}}
            case "prison":
                return {"time in prison" + self._day(): f"{sign} {days}"}
        after = some.one(("any", "expiry", "decree", *self.names))
        return {
            "time since last release" + self._day(): {"value": f"{sign} {days}", "after": after}
        }

    def _plain_share(self) -> Node:
        some = self.some
        attribute = some.one(("served share", "served share of sentence"))
        return {attribute: f"{some.one(OPERATORS)} {some.one(SHARES)}"}

    def _flag(self) -> Node:
        if not self.world.get("flags"):
            return self._category()
        name = self.some.one(list(self.world["flags"]))
        return ask_of_a_flag(self.some, name, self.world["start"])

    def cut(self) -> Node:
        some = self.some
        nothing = {"value": "0 days", "low": "0 days", "high": "1 year"}
        amounts = (
            "1 day", "6 months", "1 year", "1/4 of sentence", "1/2 of remaining", "2/3 of term",
            "100% of remaining", "half the term", "1/4 of pardonable parts", nothing,
            "1/300 of remaining",
        )  # fmt: skip
        limits = ("half the sentence", "half the term", "4 months", "1/3 of remaining")
        amount = some.one(amounts)
        if (found := self._somebody()) is not None and some.often(0.3):
            person, _, _, grant = found
            if person.due is not None and person.due > grant:  # leaves nothing, or the last day
                amount = f"{max(person.due - grant - some.one((0, 1)), 1)} days"
        if some.often(0.4):
            amount = self._per_period()
        ceiling = some.one(("1 year", "2 years", "70% of sentence", "half the term", "400 days"))
        if some.often(0.15):
            return {"to": ceiling}
        by: Node = amount
        if some.often(0.2):
            by = {"table": [{"when": self.predicate(1), "is": amount},
                            {"when": self.predicate(0), "is": some.one(amounts)}]}  # fmt: skip
            if some.often(0.5):
                by["table"].append({"otherwise": some.one(amounts)})
        return without_nones({
            "by": by,
            "at least": some.maybe(some.one(("10 days", "1/5 of served")), 0.2),
            "at most": some.maybe(some.one(limits), 0.4),
            "to": some.maybe(ceiling, 0.15),
        })  # fmt: skip

    def _per_period(self) -> str:
        """So many days for each month, year or so many days of a length."""
        some = self.some
        period = some.one(("month", "month", "3 months", "year", "30 days"))
        whole = some.one(("remaining", "remaining", "served", "term", "sentence", "until due",
                          "pardonable parts"))  # fmt: skip
        days = some.one(("1 day", "7 days", "15 days", "60 days"))
        if "before judgment" in self.world and some.often(0.7):
            whole = "remand"
            if some.often(0.5):
                return f"{some.one(('1/2', '100%'))} of {whole}"
        elif some.often(0.3):
            whole = self._served_within()
        elif "days in bad conditions" in self.world.get("flags", {}) and some.often(0.5):
            whole = "days in bad conditions"
            if some.often(0.3):
                return f"1/3 of {whole}"
        return f"{days} per {some.one(('complete', 'started'))} {period} {whole}"

    def _served_within(self) -> str:
        """Served time from a day, to a day, or both."""
        some, start = self.some, date.fromisoformat(self.world["start"])
        first, last = sorted(some.one((-900, -90, 0, 200, 500)) for _ in range(2))
        early = some.one((f"{start + timedelta(days=first)}", "1 year before grant", "order"))
        late = some.one((f"{start + timedelta(days=last)}", "lists", "30 days before release"))
        ends = some.few([f" from {early}", f" to {late}"], 1, 2)
        return "served" + "".join(sorted(ends))

    def _somebody(self) -> tuple[_Person, int, int, int] | None:
        """Somebody who may be held when lists close, and the days of that occasion."""
        if not self.readings:
            return None
        close, threshold, grant = self.some.one(self.readings)
        held = [
            person
            for person in self.people
            if person.admitted <= close and (person.due is None or person.due > close)
        ]
        return (self.some.one(held), close, threshold, grant) if held else None

    def _length(self) -> Node:
        some = self.some
        attribute = some.one(("sentence", "term", "served", "served", "remaining", "until due"))
        sizes = ("0 days", "1 day", "30 days", "6 months", *LENGTHS)
        size = some.one(sizes)
        if (found := self._somebody()) is not None and some.often(0.7):
            person, _, threshold, _ = found
            days = {"served": threshold - person.admitted, "sentence": person.imposed}
            if person.due is not None:
                left = person.due - threshold
                term = person.due - person.admitted
                days |= {"remaining": left, "until due": left, "term": term}
            if 0 <= days.get(attribute, -1) < LIFE:
                size = f"{days[attribute]} days"
        if "in custody" in self.world["health"] and some.often(0.3):
            return self._time_in_state(sizes)
        if some.often(0.1):
            return {attribute: f">= {some.one(sizes[:4])} and < {some.one(sizes[4:])}"}
        threshold = f"{some.one((*OPERATORS, '=='))} {size}"
        if attribute == "served" and some.often(0.2):
            return {attribute: {"value": threshold, "counting": self._counted()}}
        if attribute in ("served", "remaining", "until due"):
            attribute += self._day()
        return {attribute: threshold}

    def _time_in_state(self, sizes: Sequence[str]) -> Node:
        """How long somebody has been as he is, to the day."""
        some, size = self.some, self.some.one(sizes)
        if (found := self._somebody()) is not None and some.often(0.7):
            person, _, threshold, _ = found
            since = person.falls_ill if person.falls_ill <= threshold else person.admitted
            size = f"{max(threshold - since, 0)} days"
        sign = some.one((*OPERATORS, "=="))
        return {"time in state of health" + self._day(): f"{sign} {size}"}

    def _share(self) -> Node:
        some = self.some
        attribute = some.one(("served share", "served share of sentence"))
        share = some.one(SHARES)
        if (found := self._somebody()) is not None and some.often(0.7):
            person, _, threshold, _ = found
            if person.due is not None:  # exactly his share, or half a day beside it
                whole = {"served share": person.due - person.admitted}.get(attribute)
                whole = 2 * (person.imposed if whole is None else whole)
                part = 2 * (threshold - person.admitted) + some.one((-1, 0, 1))
                share = f"{part}/{whole}" if 0 <= part <= whole else share
        if some.often(0.1):
            return {attribute: f"> {some.one(SHARES[:3])} and <= {some.one(SHARES[3:])}"}
        threshold = f"{some.one(OPERATORS)} {share}"
        if attribute == "served share of sentence" and some.often(0.3):
            return {attribute: {"value": threshold, "counting": self._counted()}}
        return {attribute + self._day(): threshold}

    def _counted(self) -> str | list[str]:
        return self.some.one(("merit", "pardon", "credit", ["merit", "pardon", "credit"]))  # type: ignore[no-any-return]

    def _age(self) -> Node:
        some = self.some
        attribute = some.one(("age", "age at offence", "age reached in the year"))
        years = some.one((16, 18, FORTY))
        if (found := self._somebody()) is not None and some.often(0.7):
            person, _, threshold, _ = found
            start = date.fromisoformat(self.world["start"])
            delay = int(self.world["offence to admission"]["value"].split()[0])
            days = {"age": threshold, "age at offence": person.admitted - delay}
            years = birthdays(start, person.born, days.get(attribute, threshold))
        on = self._day() if attribute != "age at offence" else ""
        return {attribute + on: f"{some.one((*OPERATORS, '=='))} {years} years"}

    def _category(self) -> Node:
        some, world = self.some, self.world
        places = [*world["origins"], *world.get("exile", {}).get("destinations", ())]
        words = {
            "offence": list(world["offences"]),
            "camp": list(world["camps"]),
            "origin": list(world["origins"]),
            "residence": list(dict.fromkeys(places)),
            "health": list(world["health"]["states"]),
            "sex": ["women", "men"],
        }
        if any("petty" in offence for offence in world["offences"].values()):
            words["gravity"] = ["petty", "ordinary"]
        tags = sorted({tag for offence in world["offences"].values() for tag in offence["tags"]})
        name = some.one(list(words))
        if "in custody" in world["health"] and some.often(0.5):
            name = "health"
        numbers = sorted({n for one in world["offences"].values() for n in one.get("numbers", ())})
        if name == "offence" and numbers and some.often(0.6):
            size = {"points": some.one(("2.5", "1", "3")), "maximum": "5 years"}
            asked = some.one(numbers)
            leaf = {asked: f"{some.one((*OPERATORS, '=='))} {size[asked]}"}
            return {name: {"not": leaf} if some.often(0.3) else leaf}
        if name == "offence" and tags and some.often(0.5):
            tagged = {"tag": some.one(tags)}
            return {name: {"not": tagged} if some.often(0.3) else tagged}
        value = some.few(words[name], 1, 2)
        if some.often(0.3):
            return {name: {"not": value}}
        return {name: value[0] if len(value) == 1 else value}

    def _reductions(self) -> Node:
        some = self.some
        count = some.one((">= 1", "== 0", "< 2", "> 1", "<= 1"))
        by = some.one(("any", "pardon", "merit", *self.names))
        return {"reductions": {"by": by, "count": count} if some.often(0.5) else count}
