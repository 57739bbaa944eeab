"""From which day on a condition can be met, or fail, if nothing but time passes.

A lower bound for each person: on no day before it can the answer be the one that is asked for.
What may change otherwise, or is not reckoned here, may be so on the very next day.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.hazards import NEVER
from sim.scenario.law.clauses import Clause
from sim.scenario.law.predicate import (
    ALL_PARTS,
    THIS_PART,
    AgeIs,
    DateIs,
    Either,
    Every,
    LengthIs,
    NumberIs,
    OneOf,
    PartIs,
    Predicate,
    ShareIs,
    Tagged,
    leaves,
)

Ints = NDArray[np.int64]
FIXED = ("offence", "gravity", "camp", "origin", "sex", "health")
"""Categories that never change within a spell, but for health on days that are known."""
FIXED_DATES = ("admitted", "offence date")
YEAR, SLACK = 365.2425, 3
"""Days of a calendar year, and more than a birthday can be away from so many of them."""


def earliest(bench: Bench, predicate: Predicate, *, met: bool) -> Ints:
    """First day after that of the bench on which a predicate may be met (or not), shape (n,)."""
    match predicate:
        case Every(parts) | Either(parts):
            together = np.maximum if isinstance(predicate, Every) == met else np.minimum
            days = [earliest(bench, part, met=met) for part in parts]
            return np.asarray(together.reduce(days)) if days else _any_day(bench)
        case OneOf(attribute) if attribute in FIXED:
            found = _as_now(bench, predicate, met=met)
            return np.minimum(found, _next_change(bench, attribute))
        case OneOf("sentence"):  # which a commutation alone changes, and has read again
            return _from_judgment(bench, _as_now(bench, predicate, met=met))
        case PartIs(whose, rule) if _plain_parts(bench, rule):
            if whose == THIS_PART and not met:  # by whichever part is in question
                predicate = PartIs(ALL_PARTS, rule)
            return _from_judgment(bench, _as_now(bench, predicate, met=met))
        case NumberIs("parts") | Tagged():
            return _as_now(bench, predicate, met=met)
        case DateIs(attribute) if attribute in FIXED_DATES:
            return _as_now(bench, predicate, met=met)
        case AgeIs("age at offence"):
            return _as_now(bench, predicate, met=met)
        case AgeIs("age", operator, years, None):
            born = bench.register.born[bench.rows].astype(np.int64)
            least = years + (operator in (">", "<="))
            day = born + int(YEAR * least) - SLACK - _ahead(bench)
            return _from(bench, predicate, operator, day, met=met, exact=False)
        case LengthIs() if predicate.on is None and not predicate.counting and not predicate.since:
            return _length(bench, predicate, met=met)
        case ShareIs("term" | "sentence", operator, share, None, ()) if _plain_sentence(
            bench, predicate
        ):
            whole = bench.term if predicate.of == "term" else bench.sentence
            above, below = whole * share.numerator, share.denominator
            needed = above // below if operator in (">=", "<") else -(-above // below) + 1
            day = bench.admitted + needed - _ahead(bench)
            found = _from(bench, predicate, operator, day, met=met)
            found = np.where(bench.endless, NEVER if met else bench.day + 1, found)
            return _from_judgment(bench, found)
    return _any_day(bench)


def _from_judgment(bench: Bench, days: Ints) -> Ints:
    """Let whoever awaits trial be read on any day: with the judgment he has a sentence."""
    return np.where(bench.awaiting, bench.day + 1, days)


def first_days(bench: Bench, clauses: Iterable[Clause]) -> Ints:
    """First day after that of the bench on which any of the clauses may be met, shape (n,)."""
    days = [earliest(bench, clause.when, met=True) for clause in clauses]
    return np.asarray(np.minimum.reduce(days))


def keeps_pace(predicate: Predicate) -> bool:
    """Say whether a cut brings the day on which one may be met nearer by no more than its own days.

    So it is unless the cut may make true at once what was false for good: of a term compared with a
    length, or of parts, of which anything may be asked.
    """
    return not any(
        isinstance(leaf, PartIs)
        or (isinstance(leaf, LengthIs) and leaf.attribute == "term")
        or (isinstance(leaf, ShareIs) and leaf.share > 1)
        for leaf in leaves(predicate)
    )


def _next_change(bench: Bench, attribute: str) -> Ints | int:
    """First day after that of the bench on which a category changes."""
    return bench.next_change if attribute == "health" else NEVER


def _length(bench: Bench, leaf: LengthIs, *, met: bool) -> Ints:
    ahead, due = _ahead(bench), bench.register.due[bench.rows].astype(np.int64)
    if leaf.attribute == "remaining":
        due = bench.register.ends(bench.rows)
    match leaf.attribute:
        case "served":
            day = bench.admitted + leaf.days + (leaf.operator in (">", "<=")) - ahead
            return _from(bench, leaf, leaf.operator, day, met=met)
        case "term":
            return _from_judgment(bench, _as_now(bench, leaf, met=met))
        case "sentence" if _plain_sentence(bench, leaf):
            return _from_judgment(bench, _as_now(bench, leaf, met=met))
        case "remaining" | "until due":
            # What remains falls: "at most" comes about as "at least" does of what is served.
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}[leaf.operator]
            day = due - leaf.days + (leaf.operator in ("<", ">=")) - ahead
            found = _from(bench, leaf, turned, day, met=met)
            found = np.where(bench.endless, NEVER if met else bench.day + 1, found)
            return _from_judgment(bench, found)
    return _any_day(bench)


def _from(
    bench: Bench, leaf: Predicate, operator: str, day: Ints, *, met: bool, exact: bool = True
) -> Ints:
    """Find the day for what begins on a day (``>=``, ``>``), ends there, or holds on it alone."""
    tomorrow = bench.day + 1
    if operator == "==":
        if not met:
            return _any_day(bench)
        return np.where(day >= tomorrow, day, NEVER if exact else tomorrow)
    begins = (operator in (">=", ">")) == met
    if begins:
        return np.maximum(day, tomorrow)
    return np.where((tomorrow < day) | (not exact), tomorrow, NEVER)


def _as_now(bench: Bench, leaf: Predicate, *, met: bool) -> Ints:
    return np.where(bench.meets(leaf) == met, bench.day + 1, NEVER)


def _any_day(bench: Bench) -> Ints:
    return np.full(len(bench.rows), bench.day + 1, dtype=np.int64)


def _ahead(bench: Bench) -> Ints | int:
    """Days from a check to the day of its thresholds; every later one has as many."""
    return bench.threshold_day - bench.day


def _plain_parts(bench: Bench, rule: Predicate) -> bool:
    """Whether no label can change the parts that are asked about as time passes."""
    return all(_plain_sentence(bench, leaf) for leaf in leaves(rule) if isinstance(leaf, LengthIs))


def _plain_sentence(bench: Bench, leaf: LengthIs | ShareIs) -> bool:
    """Whether the sentence is not asked for, or no label can change it as time passes."""
    asks = getattr(leaf, "of", "sentence") == "sentence"
    return not asks or bench.prisons.scenario.world.earlier_reductions is None
