"""Probabilities that a decree states, person by person: rows of a table, factors on odds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.scenario.law.chances import Chance

Floats = NDArray[np.float64]


def probabilities(bench: Bench, chance: Chance) -> Floats:
    """Return the probability of each person before the decree, shape (n,)."""
    n = len(bench.rows)
    found = np.full(n, chance.value if chance.value is not None else 0.0)
    unsettled = np.ones(n, dtype=np.bool_)
    for row in chance.table:
        own = unsettled if row.when is None else unsettled & bench.meets(row.when)
        found[own] = row.given.value
        unsettled = unsettled & ~own
    for odds in chance.odds:
        whose, factor = bench.meets(odds.whose), odds.times.value
        p = found[whose]
        found[whose] = factor * p / (1 - p + factor * p)
    return found
