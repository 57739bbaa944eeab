"""Sentences for several offences before a decree: which of their parts a clause falls on.

A cut falls on the parts that the clause names and no exclusion bars. It never exceeds their sum,
and never brings the whole below the other parts; so does a release where other parts are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.hazards import NEVER
from sim.scenario.law.clauses import Clause
from sim.scenario.law.decree import Decree

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Divided:
    """What is open to people part by part.

    Attributes
    ----------
    open_to
        Who may be given something under each clause, shape (clauses, n).
    most_days
        The most that a clause may take off the term; `NEVER` where nothing of the sentence is left
        out, or nothing is open. Shape (clauses, n).
    days
        Days of the parts that each clause falls on; of those to whom nothing is open the whole
        sentence. Shape (clauses, n).
    reasons
        Whom each exclusion bars from a clause that he meets; whom it alone bars. Shape (2,
        exclusions, n).
    """

    open_to: Mask
    most_days: Ints
    days: Ints
    reasons: Mask


def divided(bench: Bench, decree: Decree, met: Mask) -> Divided:
    """Find what of their sentences is open to people under each clause.

    Parameters
    ----------
    met
        Who meets each clause with any part, shape (clauses, n).
    """
    there, days = bench.parts.there, bench.parts.days
    parts = range(len(there))
    bars = {name: np.array([bench.meets_in(one.when, part) for part in parts])
            for name, one in decree.exclude.items()}  # fmt: skip
    open_to, most_days = np.zeros_like(met), np.full(met.shape, NEVER, dtype=np.int64)
    falls_on = np.tile(bench.sentence, (len(met), 1))
    reasons = np.zeros((2, len(bars), met.shape[1]), dtype=np.bool_)
    for i, clause in enumerate(decree.clauses.values()):
        named = there & np.array([bench.meets_in(clause.when, part) for part in parts])
        binding = [name for name in bars if name not in clause.despite]
        free = named & ~_any([bars[name] for name in binding], named)
        open_to[i] = met[i] & _given(clause, free, there)
        rest = there & ~free
        left = bench.term - np.where(rest, days, 0).sum(axis=0)
        most = np.minimum(np.where(free, days, 0).sum(axis=0), left)
        divide = open_to[i] & rest.any(axis=0)
        most_days[i, divide] = np.maximum(most, 0)[divide]
        falls_on[i, divide] = np.where(free, days, 0).sum(axis=0)[divide]
        for number, name in enumerate(bars):
            if name in binding:
                others = [bars[other] for other in binding if other != name]
                without = met[i] & _given(clause, named & ~_any(others, named), there)
                reasons[0, number] |= met[i] & (bars[name] & named).any(axis=0)
                reasons[1, number] |= without & ~open_to[i]
    return Divided(open_to, most_days, falls_on, reasons)


def _any(masks: Sequence[Mask], like: Mask) -> Mask:
    return np.asarray(np.logical_or.reduce([np.zeros_like(like), *masks]))


def _given(clause: Clause, free: Mask, there: Mask) -> Mask:
    """Who may be given an effect: some part is free, or all where it cannot be divided."""
    if clause.then.divisible:
        return np.asarray(free.any(axis=0))
    return np.asarray((free | ~there).all(axis=0))
