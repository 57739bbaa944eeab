"""The person of a case, and a decree under which nothing but its law stands in his way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import DTYPES, Columns
from sim.custody.decrees.bench import places
from sim.custody.decrees.days import completed_years
from sim.custody.ends import BY_DECREE, BY_EXPIRY
from sim.custody.hazards import DAYS_PER_YEAR, NEVER
from sim.custody.persons import due_day
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.spells import CLOSED
from sim.custody.streams import PAST_RELEASES, Draws, Stream
from sim.scenario.law.cases import PLAIN_SENTENCE, Who
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Review
from sim.scenario.law.decree import Decree
from sim.scenario.law.selection import DecreeCap
from sim.scenario.lengths import WITHOUT_TERM, whole_days
from sim.scenario.occasions import Occasion
from sim.scenario.scenario import Scenario
from sim.scenario.world import PYONGYANG

PLAIN_AGE = whole_days(30, "year")
NOT_YET = NEVER - 1
"""A day on which a sentence becomes final, but not while a case looks on."""


def favourable(decree: Decree, who: Who) -> Decree:
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


def person(prisons: Prisons, occasion: Occasion, who: Who) -> Columns:
    """Make the one row of a case: served is counted on the day of the thresholds."""
    world = prisons.scenario.world
    admitted = occasion.threshold_day - who.served
    if who.admitted is not None:
        admitted = (who.admitted - world.start).days
    sentence = who.expected_sentence if who.expected_sentence is not None else who.whole
    imposed = days_imposed(sentence)
    endless = imposed >= LIFE
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
    offence = code(who.main_offence, world.offences)
    points = prisons.points.codes(np.array([offence]), np.array([imposed]))
    term = np.array([imposed if endless else imposed - reduced])
    due = int(due_day(prisons, np.array([admitted]), term, points)[0])
    values: dict[str, int] = {
        "person": PAST_RELEASES, "line": 0, "spell": 0, "born": born, "origin": origin,
        "residence": residence, "exiled": 0, "offence": offence,
        "imposed": imposed, "health": code(who.health, world.health.states),
        "camp": code(who.camp, world.camps), "admitted": admitted, "base": admitted,
        "tolerance": 1, "rate": 0,
        "point": int(points[0]), "due": due,
        "merit_count": int(merit and reduced > 0), "merit_days": reduced if merit else 0,
        "pardon_days": 0 if merit else reduced, "offence_day": offence_day,
    }  # fmt: skip
    if who.time_in_state is not None:
        values["first_change"] = occasion.threshold_day - who.time_in_state
    if prisons.steady.trials is not None:
        values |= _judged(who, admitted, due, occasion.threshold_day)
    return {name: np.array([value]) for name, value in values.items()}


def days_imposed(sentence: int | str | None) -> int:
    """Days of a sentence of a case; the plain one if it says none."""
    if isinstance(sentence, str):
        return WITHOUT_TERM[sentence]
    return PLAIN_SENTENCE if sentence is None else sentence


def _judged(who: Who, admitted: int, due: int, threshold_day: int) -> dict[str, int]:
    """Return when the person of a case is judged: what has not happened yet does not happen."""
    since = admitted
    if who.time_in_status is not None:
        since = threshold_day - who.time_in_status
    if who.legal_status == "awaiting trial":
        return {"judged": NEVER, "final": NOT_YET, "due": NEVER}
    final = NOT_YET if who.legal_status == "appealing" else since
    return {"judged": since, "final": final, "due": max(due, since)}


def remember(register: Register, scenario: Scenario, who: Who) -> None:
    """Put the earlier spells of a case into the register, each followed by the next."""
    start, decrees = scenario.world.start, list(scenario.decrees)
    rows = [np.array([0])]
    for number, stay in enumerate(who.history):
        one = {name: getattr(register, name)[:1].copy() for name in DTYPES}
        admitted, left = ((day - start).days for day in (stay.admitted, stay.released))
        cause = BY_EXPIRY if stay.by == "expiry" else BY_DECREE + decrees.index(stay.by)
        stayed = left - admitted
        imposed = stayed if stay.sentence is None else stay.sentence
        expired = stay.by == "expiry"  # where something was cut, then for merit
        offence = int(one["offence"][0])
        if stay.offence is not None:
            offence = list(scenario.world.offences).index(stay.offence)
        said = {"spell": number, "admitted": admitted, "base": admitted, "left": left,
                "due": left if expired else admitted + imposed, "cause": cause, "key": CLOSED,
                "pardon_days": 0, "merit_days": imposed - stayed if expired else 0,
                "merit_count": int(expired and imposed > stayed), "imposed": imposed,
                "offence": offence, "point": 0, "judged": admitted, "final": admitted,
                "ended": 0}  # fmt: skip
        rows.append(register.add(one | {n: np.array([v]) for n, v in said.items()}))
        register.key[rows[-1]] = CLOSED
        register.parts[int(rows[-1][0])] = ((offence, imposed),)
        if stay.expunged:
            register.to_strike = np.union1d(register.to_strike, rows[-1])
    register.own("spell", "free_since")
    register.spell[0] = len(who.history)
    if who.history:
        register.free_since[0] = (who.history[-1].released - start).days
    chain = [*rows[1:], rows[0]]
    register.followed += list(pairwise(chain))


def parts_of_case(register: Register, scenario: Scenario, who: Who) -> tuple[tuple[int, int], ...]:
    """Return the parts of the sentence of a case by offence and days; one, if it says none."""
    offences = list(scenario.world.offences)
    if not who.parts:
        return ((int(register.offence[0]), int(register.imposed[0])),)
    return tuple((offences.index(part.offence), part.sentence) for part in who.in_order)


def flags_of(prisons: Prisons, admitted: int, who: Who) -> dict[str, NDArray[np.int64]]:
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
class LoneDraws(Draws):
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
