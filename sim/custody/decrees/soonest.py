"""How soon after an admission merit or a decree can reach a person, if at all.

A lower bound for everybody, from the rules alone: until then nothing changes a spell, so that those
who come back need not be known before. Whoever is not known has not been touched: his term is that
of his sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

from sim.custody.prisons import Prisons
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Either, Every, LengthIs, Predicate, ShareIs
from sim.scenario.occasions import Occasion, check_on

Ints = NDArray[np.int64]


def soonest(
    prisons: Prisons,
    decrees: Mapping[str, Decree],
    occasions: tuple[Occasion, ...],
    merit_days: Sequence[int],
    days: int,
) -> dict[int, int]:
    """Return for how many days after its admission a spell cannot be touched, by day of an act.

    Acts are cuts for merit and the reading of people by decrees; on other days nobody is touched.
    Every day is one on which anybody may be touched where a decree looks at newcomers otherwise
    than at those who meet its clauses: in its reach, in files that queue, under caps that follow
    the stock, in the exclusions of a standing decree, in what is revived or taken back on a return,
    in rules for those to come.
    """
    merit = prisons.steady.stays.merit
    found = dict.fromkeys(merit_days, merit.after_days)
    shortest = int(prisons.steady.stays.lengths.min(initial=days))
    for occasion in occasions:
        decree = decrees[occasion.decree]
        if looks_at_newcomers(decree):
            return dict.fromkeys(range(days), 0)
        acts = occasion.check_days or (occasion.close_day,)
        if occasion.check_days:  # thresholds never lie further ahead than on the first check
            start = prisons.scenario.world.start
            occasion = check_on(decree, occasion, occasion.check_days[0], start)
        ahead = occasion.threshold_day - occasion.close_day
        clauses = decree.clauses.values()
        # A term is cut on or after the day on which a rule reaches it: until then it is whole.
        bound = min(_least_of_all(one.when, shortest, ahead) for one in clauses)
        for day in acts:
            found[day] = min(bound, found.get(day, bound))
    return found


def looks_at_newcomers(decree: Decree) -> bool:
    """Say whether a decree looks at those who come otherwise than at who meets its clauses."""
    cap = decree.cap.value
    effects = [clause.then for clause in decree.clauses.values()]
    return (
        decree.reach is not None
        or (decree.in_force is not None and bool(decree.exclude))
        or decree.review.work is not None
        or (cap is not None and cap.of != "persons")
        or any(one.revived_if or one.release_point or one.serve_the_rest for one in effects)
    )


@lru_cache(maxsize=4096)
def _least_of_all(predicate: Predicate, shortest: int, ahead: int) -> int:
    """Return what `held_at_least` does of the shortest term."""
    return int(np.asarray(held_at_least(predicate, np.array([shortest]), ahead)).item())


def held_at_least(predicate: Predicate, terms: Ints, ahead: int) -> Ints | int:
    """Days for which whoever meets a predicate has been held when lists close, at least.

    One number for each, shape (n,), or one for all.

    Time served is that on the day of the thresholds, so many days ahead; of what asks for none a
    person may meet it on the day of his admission, wherever that day lies.

    Parameters
    ----------
    terms
        Terms in force, or less; shape (n,).
    """
    match predicate:
        case Every(parts) | Either(parts) if parts:
            together = np.maximum if isinstance(predicate, Every) else np.minimum
            return reduce(together, [held_at_least(p, terms, ahead) for p in parts])
        case LengthIs("served", ">=" | ">" | "==", days, None, ()):
            return max(days - ahead, 0)
        case ShareIs(_, ">=" | ">", share, None, ()):
            return np.maximum(terms * share.numerator // share.denominator - ahead, 0)
        case LengthIs("remaining", "<=" | "<" | "==", days, None, ()):
            return np.maximum(terms - days - ahead, 0)
    return 0
