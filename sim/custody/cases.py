"""Cases, the unit tests of a law: hypothetical persons put before a decree.

The decree runs on them through the same court and gate as in a simulation. What a case does not
name is plain and favourable: recommended, approved, within the cap, alive, not returning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.custody import people
from sim.custody.decrees.bench import places
from sim.custody.decrees.court import Court
from sim.custody.decrees.days import completed_years
from sim.custody.hazards import DAYS_PER_YEAR, NEVER
from sim.custody.people import DTYPES, EXTINGUISHED, Columns
from sim.custody.points import Points
from sim.custody.prisons import Prisons
from sim.custody.register import ADMISSION, BY_DECREE, BY_EXPIRY, CLOSED, RELEASE, STAGES, Register
from sim.custody.release import Gate
from sim.custody.sentencing import LIFE
from sim.custody.streams import PAST_RELEASES, Draws, Stream
from sim.scenario.law.cases import PLAIN_SENTENCE, Case, Expected, Who
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Review
from sim.scenario.law.decree import Decree
from sim.scenario.law.selection import DecreeCap
from sim.scenario.lengths import in_words, whole_days
from sim.scenario.load import Scenario
from sim.scenario.occasions import Occasion, occasions, sittings
from sim.scenario.world import PYONGYANG

PLAIN_AGE = whole_days(30, "year")
LONG_AGO, NO_DECREE = -(1 << 28), -1


@dataclass(frozen=True)
class Verdict:
    """The outcome of a case beside what was expected of it."""

    decree: str
    case: str
    ok: bool
    expected: str
    got: str


def run_cases(scenario: Scenario, prisons: Prisons) -> list[Verdict]:
    """Run every case of every decree of a scenario."""
    first = {o.decree: o for o in reversed(occasions(scenario))}
    verdicts = []
    for name, decree in scenario.decrees.items():
        for title, case in decree.cases.items():
            if name in first:
                verdicts.append(_run(scenario, prisons, first[name], decree, title, case))
    return verdicts


@dataclass(frozen=True)
class _Fate:
    """What became of the person of a case."""

    reached: dict[str, bool]
    term_days: int
    left: date | None
    due: date | None
    life: bool
    revived: int
    credited: int


def _run(
    scenario: Scenario, prisons: Prisons, occasion: Occasion, decree: Decree, title: str, case: Case
) -> Verdict:
    fate = _tried(scenario, prisons, occasion, decree, case)
    ok = True
    expected: list[str] = []
    for outcome in case.then:
        if not isinstance(outcome, Expected):
            ok &= fate.reached[outcome]
            expected.append(outcome)
            continue
        if outcome.term is not None:
            ok &= fate.term_days == outcome.term
            expected.append(f"term {in_words(outcome.term)}")
        if outcome.released_on is not None:
            ok &= fate.left == outcome.released_on
            ok &= fate.reached["released"] or fate.reached["at home"]
            expected.append(f"released on {outcome.released_on}")
        if outcome.due_on is not None:
            ok &= fate.due == outcome.due_on
            expected.append(f"due on {outcome.due_on}")
        if outcome.revived is not None:
            ok &= fate.revived == outcome.revived
            expected.append(f"revived {in_words(outcome.revived)}")
        if outcome.credited is not None:
            ok &= fate.credited == outcome.credited
            expected.append(f"credited {in_words(outcome.credited)}")
    return Verdict(occasion.decree, title, bool(ok), ", ".join(expected), _got(fate))


def _tried(
    scenario: Scenario, prisons: Prisons, occasion: Occasion, decree: Decree, case: Case
) -> _Fate:
    """Put the person before the decree, and let time pass until its last release."""
    decrees = {**scenario.decrees, occasion.decree: _favourable(decree, case.who)}
    occasion = _sitting(scenario, occasion, case.who)
    lone = _LoneDraws(0, 0, case.who)
    register = Register(_person(prisons, occasion, case.who), Points(scenario.world))
    _remember(register, scenario, case.who)
    register.said = _flags(prisons, int(register.admitted[0]), case.who)
    if case.who.credited:
        register.credit(np.array([0]), np.array([case.who.credited]), NO_DECREE)
    if case.who.reduced and case.who.reduced_by == "pardon":
        register.cuts.append((LONG_AGO, NO_DECREE, np.array([0])))
    court = Court(prisons, lone, decrees, (occasion,))
    gate = Gate(prisons, lone, decrees, (occasion,), court.arrive)
    last = max(occasion.release_day, occasion.rest_day, *occasion.tranche_days)
    exile = decree.release.exile
    last += exile.approval.value if exile and exile.approval else 0
    if occasion.check_days:
        last += occasion.check_days[-1] - occasion.close_day
        for day in occasion.check_days:
            gate.advance(register, day * STAGES + ADMISSION + 1)
            court.check(register, 0, day)
        court.settle()
    else:
        court.close_lists(register, 0)
        gate.advance(register, occasion.grant_day * STAGES + ADMISSION + 1)
        court.grant(register, 0)
    gate.advance(register, last * STAGES + RELEASE + 1)
    docket = court.dockets[0]
    met = len(docket.rows) > 0
    shorter = any(decree_of == occasion.position for _, decree_of, _ in register.cuts)
    spared = bool(register.cause[0] == BY_DECREE + occasion.position)
    unbegun = bool(register.kind[0] == EXTINGUISHED)
    reached = {
        "released": spared and not unbegun and not register.home[0],
        "extinguished": unbegun,
        "at home": spared and bool(register.home[0]),
        "reduced": bool(met and docket.granted[0] and not docket.freeing[0] and shorter),
        "barred": bool(met and not docket.eligible[0]),
        "eligible": bool(met and docket.eligible[0]),
        "exiled": bool(register.exiled[0]),
    }
    reached["not eligible"] = not reached["eligible"]
    reached["not exiled"] = not reached["exiled"]
    reached["stays"] = not spared
    day = int(register.left[0])
    left = scenario.world.start + timedelta(days=day) if day < NEVER else None
    term = int(register.ends(np.array([0]))[0] - register.admitted[0] + register.credited[0])
    life = bool(register.imposed[0] >= LIFE)
    due = None if life else scenario.world.start + timedelta(days=int(register.due[0]))
    revived = _brought_back(prisons, lone, register, court, gate, case.who)
    credited = int(register.credited_by(np.array([0]), occasion.position)[0])
    return _Fate(reached, term, left, due, life, revived, credited)


def _brought_back(
    prisons: Prisons, lone: Draws, register: Register, court: Court, gate: Gate, who: Who
) -> int:
    """Let the person of a case offend again, if it says so; days revived, 0 if he is still held."""
    if who.later is None:
        return 0
    world, zero = prisons.scenario.world, np.array([0])
    offended = (who.later.offence_date - world.start).days
    gate.advance(register, offended * STAGES + ADMISSION)
    left = int(register.left[0])
    if left >= min(offended, NEVER):
        return 0
    delay = people.delays(prisons, lone, zero, zero + 1, np.zeros(1, dtype=np.uint64))
    admitted = offended + int(np.asarray(delay).ravel()[0])
    values = {name: np.array([getattr(register, name)[0]]) for name in ("born", "origin", "camp")}
    sentence = who.later.sentence
    imposed = LIFE if sentence == "life" else PLAIN_SENTENCE if sentence is None else sentence
    offence = list(world.offences).index(who.later.offence) if who.later.offence else 0
    points = prisons.points.codes(np.array([offence]), np.array([imposed]))
    due = people.due_day(prisons, np.array([admitted]), np.array([imposed]), points)
    fresh = {"person": 0, "line": 0, "spell": int(register.spell[0]) + 1, "residence": 0,
             "kind": people.RETURN, "exiled": 0, "offence": offence, "imposed": imposed,
             "health": 0, "admitted": admitted, "base": admitted, "tolerance": 1, "rate": 0,
             "merit_count": 0, "merit_days": 0, "free_since": left}  # fmt: skip
    values |= {name: np.array([value]) for name, value in fresh.items()}
    new = register.add({**values, "due": due, "point": points})
    court.arrive(register, new, zero)
    return int(register.revived[new[0]])


def _sitting(scenario: Scenario, occasion: Occasion, who: Who) -> Occasion:
    """Find the sitting on a person who is admitted after the lists are closed."""
    if who.admitted is None:
        return occasion
    day = (who.admitted - scenario.world.start).days
    late = [one for one in sittings(scenario) if one.late and one.decree == occasion.decree]
    return next((one for one in late if one.close_day == day), occasion)


def _got(fate: _Fate) -> str:
    words = [
        name
        for name in ("released", "at home", "extinguished", "reduced", "barred", "exiled")
        if fate.reached[name]
    ]
    if not words:
        words = ["stays"] if fate.reached["eligible"] else ["stays, not eligible"]
    words.append("life" if fate.life else f"term {in_words(fate.term_days)}")
    if fate.due is not None:
        words.append(f"due on {fate.due}")
    if fate.revived:
        words.append(f"revived {in_words(fate.revived)}")
    if fate.credited:
        words.append(f"credited {in_words(fate.credited)}")
    if fate.left is not None:
        words.append(f"left on {fate.left}")
    return ", ".join(words)


def _favourable(decree: Decree, who: Who) -> Decree:
    """Return the decree without chance: answers are yes unless the case says no, and no cap."""
    clauses = {
        name: clause.model_copy(
            update={
                "review": _answered(clause.review, who),
                "take_up": _certain(clause.take_up, who.takes_up),
            }
        )
        for name, clause in decree.clauses.items()
    }
    afterwards = decree.release.model_copy(update={"over": None, "latency": None})
    return decree.model_copy(
        update={
            "clauses": clauses,
            "review": _answered(decree.review, who),
            "take_up": _certain(decree.take_up, who.takes_up),
            "cap": DecreeCap(value=None),
            "drive": None,
            "release": afterwards,
        }
    )


def _answered(review: Review, who: Who) -> Review:
    return review.model_copy(
        update={
            "recommended": _certain(review.recommended, who.recommended),
            "approved": _certain(review.approved, who.approved),
            "officers_per_camp": None,
            "files_a_day": None,
        }
    )


def _certain(chance: Chance | None, yes: bool) -> Chance | None:
    """Return the chance as what the case says, whoever it is."""
    sure = {"value": float(yes), "table": (), "odds": ()}
    return None if chance is None else chance.model_copy(update=sure)


def _person(prisons: Prisons, occasion: Occasion, who: Who) -> Columns:
    """Make the one row of a case: served is counted on the day of the thresholds."""
    world = prisons.scenario.world
    admitted = occasion.threshold_day - who.served
    if who.admitted is not None:
        admitted = (who.admitted - world.start).days
    life = who.sentence == "life"
    imposed = who.sentence if isinstance(who.sentence, int) else PLAIN_SENTENCE
    reduced = who.reduced or 0
    merit = who.reduced_by == "merit"
    age = who.age_at_offence if who.age_at_offence is not None else PLAIN_AGE
    offence_day = admitted - world.offence_to_admission.value
    if who.offence_date is not None:
        offence_day = (who.offence_date - world.start).days
    born = offence_day - age
    while _years(prisons, born, offence_day) < round(age / DAYS_PER_YEAR):
        born -= 1  # ages are given in years: the birthday has been reached
    if who.born is not None:
        born = (who.born - world.start).days

    def code(name: str | None, names: Iterable[str]) -> int:
        return list(names).index(name) if name is not None else 0

    origin = code(who.origin, world.origins) if who.origin else _plain_origin(world.origins)
    residence = code(who.residence, places(prisons)) if who.residence else origin
    offence = code(who.offence, world.offences)
    points = prisons.points.codes(np.array([offence]), np.array([imposed]))
    term = np.array([LIFE if life else imposed - reduced])
    due = int(people.due_day(prisons, np.array([admitted]), term, points)[0])
    values: dict[str, int] = {
        "person": PAST_RELEASES, "line": 0, "spell": 0, "born": born, "origin": origin,
        "residence": residence, "exiled": 0, "offence": offence,
        "imposed": LIFE if life else imposed, "health": code(who.health, world.health.states),
        "camp": code(who.camp, world.camps), "admitted": admitted, "base": admitted,
        "tolerance": 1, "rate": 0,
        "point": int(points[0]), "due": due,
        "merit_count": int(merit and reduced > 0), "merit_days": reduced if merit else 0,
        "pardon_days": 0 if merit else reduced, "offence_day": offence_day,
    }  # fmt: skip
    return {name: np.array([value]) for name, value in values.items()}


def _remember(register: Register, scenario: Scenario, who: Who) -> None:
    """Put the earlier spells of a case into the register, each followed by the next."""
    start, decrees = scenario.world.start, list(scenario.decrees)
    rows = [np.array([0])]
    for number, stay in enumerate(who.history):
        one = {name: getattr(register, name)[:1].copy() for name in DTYPES}
        admitted, left = ((day - start).days for day in (stay.admitted, stay.released))
        cause = BY_EXPIRY if stay.by == "expiry" else BY_DECREE + decrees.index(stay.by)
        said = {"spell": number, "admitted": admitted, "base": admitted, "due": left, "left": left,
                "cause": cause, "key": CLOSED, "pardon_days": 0, "merit_days": 0,
                "merit_count": 0, "imposed": left - admitted}  # fmt: skip
        rows.append(register.add(one | {n: np.array([v]) for n, v in said.items()}))
        register.key[rows[-1]] = CLOSED
    register.spell[0] = len(who.history)
    if who.history:
        register.free_since[0] = (who.history[-1].released - start).days
    chain = [*rows[1:], rows[0]]
    register.followed += list(pairwise(chain))


def _flags(prisons: Prisons, admitted: int, who: Who) -> dict[str, NDArray[np.int64]]:
    """State every flag: as the case says, else the first word or the start of the first band."""
    found = {}
    start = prisons.scenario.world.start
    for name, flag in prisons.scenario.world.flags.items():
        plain = flag.bands[0][0]
        value = admitted - plain if flag.is_a == "date" else plain
        said = who.flags.get(name)
        match said:
            case bool():
                value = int(said)
            case int():
                value = said
            case str():
                value = flag.words.index(said)
            case date():
                value = (said - start).days
        found[name] = np.array([value], dtype=np.int64)
    return found


def _plain_origin(origins: Iterable[str]) -> int:
    """Return the first origin that is not the capital, from which people may be exiled."""
    names = list(origins)
    return next((i for i, name in enumerate(names) if name != PYONGYANG), 0)


def _years(prisons: Prisons, born: int, day: int) -> int:
    return int(completed_years(prisons.scenario.world.start, np.array([born]), day)[0])


@dataclass(frozen=True)
class _LoneDraws(Draws):
    """Words under which everything turns out well, and flags are what the case says."""

    who: Who

    def at(
        self,
        stream: Stream,
        person: NDArray[np.int64],
        *,
        spell: NDArray[np.integer] | int,
        line: NDArray[np.uint64] | int,
        occurrence: int = 0,
        salt: int = 0,
    ) -> NDArray[np.uint64]:
        """Return the smallest word for yes, the largest for no."""
        yes = {
            Stream.SEX: self.who.sex == "women",
            Stream.GRAVITY: self.who.gravity == "petty",
            Stream.EARLIER_REDUCTION: False,
            Stream.RETURN: False,
        }.get(stream, True)
        return np.full(len(person), 0 if yes else 2**64 - 1, dtype=np.uint64)
