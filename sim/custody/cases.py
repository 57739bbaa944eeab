"""Cases, the unit tests of a law: hypothetical persons put before a decree.

The decree runs on them through the same court and gate as in a simulation. What a case does not
name is plain and favourable: recommended, approved, within the cap, alive, not returning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim.custody.columns import EXTINGUISHED, RETURN
from sim.custody.decrees.court import Court
from sim.custody.decrees.docket import Docket
from sim.custody.ends import ADMISSION, BY_DECREE, RELEASE, STAGES
from sim.custody.hazards import NEVER
from sim.custody.hypothetical import (
    LoneDraws,
    days_imposed,
    favourable,
    flags_of,
    parts_of_case,
    person,
    remember,
)
from sim.custody.persons import due_day
from sim.custody.points import Points
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.release import Gate
from sim.custody.streams import Draws
from sim.custody.traits import delays
from sim.scenario.law.cases import Case, Expected, Who
from sim.scenario.law.decree import Decree
from sim.scenario.lengths import WITHOUT_TERM, in_words
from sim.scenario.occasions import Occasion, occasions, sittings
from sim.scenario.scenario import Scenario

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
    sentence: str | None
    """What a sentence without a term is called."""
    revived: int
    credited: int
    awaits: bool
    too_late: date | None
    """The day of the admission, where the decree has read everybody before it."""


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
        if outcome.sentence is not None:
            ok &= fate.sentence == outcome.sentence
            expected.append(f"sentence {outcome.sentence}")
        if outcome.term is not None:
            ok &= fate.sentence is None and fate.term_days == outcome.term
            expected.append(f"term {in_words(outcome.term)}")
        if outcome.released_on is not None:
            ok &= fate.left == outcome.released_on
            ok &= any(fate.reached[word] for word in ("released", "at home", "case ended"))
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
    decrees = {**scenario.decrees, occasion.decree: favourable(decree, case.who)}
    occasion = _sitting(scenario, occasion, case.who)
    lone = LoneDraws(0, 0, case.who)
    register = _put_in(scenario, prisons, occasion, case.who)
    court = Court(prisons, lone, decrees, (occasion,))
    gate = Gate(prisons, lone, decrees, (occasion,), court.arrive)
    _heard(register, court, gate, occasion, decree)
    reached = _reached(register, court.dockets[0], occasion)
    day = int(register.left[0])
    left = scenario.world.start + timedelta(days=day) if day < NEVER else None
    term = int(register.ends(np.array([0]))[0] - register.admitted[0] + register.credited[0])
    imposed = int(register.imposed[0])
    sentence = next((word for word, days in WITHOUT_TERM.items() if days == imposed), None)
    waits = int(register.due[0]) >= NEVER
    due = None if sentence or waits else scenario.world.start + timedelta(days=int(register.due[0]))
    revived = _brought_back(prisons, lone, register, court, gate, case.who)
    credited = int(register.credited_by(np.array([0]), occasion.position)[0])
    awaits = case.who.legal_status == "awaiting trial"
    admitted, read = int(register.admitted[0]), (occasion.close_day, *occasion.check_days)[-1]
    late = scenario.world.start + timedelta(days=admitted) if admitted > read else None
    return _Fate(reached, term, left, due, sentence, revived, credited, awaits, late)


def _put_in(scenario: Scenario, prisons: Prisons, occasion: Occasion, who: Who) -> Register:
    """Make a register of the person of a case alone, with what is known of him."""
    register = Register(person(prisons, occasion, who), Points(scenario.world))
    remember(register, scenario, who)
    register.parts[0] = parts_of_case(register, scenario, who)
    register.said = flags_of(prisons, int(register.admitted[0]), who)
    if who.credited:
        register.credit(np.array([0]), np.array([who.credited]), NO_DECREE)
    if who.reduced and who.reduced_by == "pardon":
        register.cuts.append((LONG_AGO, NO_DECREE, np.array([0])))
    return register


def _heard(
    register: Register, court: Court, gate: Gate, occasion: Occasion, decree: Decree
) -> None:
    """Take the register before the court, and let time pass until the last release."""
    last = max(occasion.release_day, occasion.rest_day, *occasion.tranche_days)
    exile = decree.release.exile
    last += exile.approval.value if exile and exile.approval else 0
    if occasion.check_days:
        last += occasion.check_days[-1] - occasion.close_day
        for day in occasion.check_days:
            gate.advance(register, day * STAGES + ADMISSION + 1)
            court.check(register, 0, day)
        court.settle(register)
    else:
        court.close_lists(register, 0)
        gate.advance(register, occasion.grant_day * STAGES + ADMISSION + 1)
        court.grant(register, 0)
    gate.advance(register, last * STAGES + RELEASE + 1)


def _reached(register: Register, docket: Docket, occasion: Occasion) -> dict[str, bool]:
    """Say what befell the only person of a register, by the words of outcomes."""
    met = len(docket.rows) > 0
    shorter = any(decree_of == occasion.position for _, decree_of, _ in register.cuts)
    spared = bool(register.cause[0] == BY_DECREE + occasion.position)
    unbegun = bool(register.kind[0] == EXTINGUISHED)
    reached = {
        "released": spared and not (unbegun or register.home[0] or register.ended[0]),
        "case ended": spared and bool(register.ended[0]),
        "extinguished": unbegun,
        "at home": spared and bool(register.home[0]),
        "reduced": bool(met and docket.granted[0] and not docket.freeing[0] and shorter),
        "barred": bool(met and not docket.eligible[0]),
        "eligible": bool(met and docket.eligible[0]),
        "exiled": bool(register.exiled[0]),
        "abroad": bool(register.abroad(np.array([0]))[0]),
        "expunged": bool(register.struck(np.array([0]))[0]),
    }
    reached["not eligible"] = not reached["eligible"]
    reached["not exiled"] = not reached["exiled"]
    reached["stays"] = not spared
    return reached


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
    delay = delays(prisons, lone, zero, zero + 1, np.zeros(1, dtype=np.uint64))
    admitted = offended + int(np.asarray(delay).ravel()[0])
    values = {name: np.array([getattr(register, name)[0]]) for name in ("born", "origin", "camp")}
    sentence = who.later.sentence
    imposed = days_imposed(sentence)
    offence = list(world.offences).index(who.later.offence) if who.later.offence else 0
    points = prisons.points.codes(np.array([offence]), np.array([imposed]))
    due = due_day(prisons, np.array([admitted]), np.array([imposed]), points)
    fresh = {"person": 0, "line": 0, "spell": int(register.spell[0]) + 1, "residence": 0,
             "kind": RETURN, "exiled": 0, "offence": offence, "imposed": imposed,
             "health": 0, "admitted": admitted, "base": admitted, "tolerance": 1, "rate": 0,
             "merit_count": 0, "merit_days": 0, "free_since": left, "judged": admitted,
             "final": admitted}  # fmt: skip
    values |= {name: np.array([value]) for name, value in fresh.items()}
    new = register.add({**values, "due": due, "point": points})
    register.parts[int(new[0])] = ((offence, imposed),)
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
        for name in (
            "released",
            "case ended",
            "at home",
            "extinguished",
            "reduced",
            "barred",
            "exiled",
            "abroad",
            "expunged",
        )
        if fate.reached[name]
    ]
    if not words:
        words = ["stays"] if fate.reached["eligible"] else ["stays, not eligible"]
    if fate.too_late is not None:
        words.append(f"admitted on {fate.too_late} and so after the lists closed")
    if fate.awaits:
        words.append("awaiting trial")
    else:
        words.append(fate.sentence or f"term {in_words(fate.term_days)}")
    if fate.due is not None:
        words.append(f"due on {fate.due}")
    if fate.revived:
        words.append(f"revived {in_words(fate.revived)}")
    if fate.credited:
        words.append(f"credited {in_words(fate.credited)}")
    if fate.left is not None:
        words.append(f"left on {fate.left}")
    return ", ".join(words)
