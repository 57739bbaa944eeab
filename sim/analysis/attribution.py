"""Which part of a decree does what: Shapley's shares of its clauses, and the worth of a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import factorial

import numpy as np

from sim.analysis.estimates import Estimate, Floats, difference

MOST_CLAUSES = 8
"""Clauses whose subsets are all run: 256 scenarios."""


@dataclass(frozen=True)
class PlaceValue:
    """What one more place under a cap brings, between two neighbouring caps.

    Attributes
    ----------
    places
        The two caps.
    per_place
        Slope with its simulation interval, paired replication by replication.
    """

    places: tuple[int, int]
    per_place: Estimate


def shapley(values: Mapping[frozenset[str], Floats]) -> dict[str, Estimate]:
    """Attribute an outcome to the clauses of a decree.

    A clause's share is its mean marginal contribution over all orders in which clauses could
    be added. The shares of all clauses add up to the outcome of the decree less that of the
    decree without clauses, in every replication.

    Parameters
    ----------
    values
        Outcomes of one measure by set of clauses, shape (replications,), for every subset of
        the clauses, the empty one included.

    Returns
    -------
    dict
        By clause: the share with its simulation interval, paired replication by replication.

    Raises
    ------
    ValueError
        If a subset is missing, clauses are too many, or replications differ.

    Source: Shapley (1953), Contributions to the Theory of Games II, 307-317.
    """
    everyone = sorted(frozenset().union(*values)) if values else []
    n = len(everyone)
    if not 1 <= n <= MOST_CLAUSES:
        raise ValueError(f"Shapley's shares need 1 to {MOST_CLAUSES} clauses; found {n}")
    subsets = [frozenset(s) for size in range(n + 1) for s in combinations(everyone, size)]
    missing = [sorted(s) for s in subsets if s not in values]
    if missing:
        raise ValueError(f"no outcome for the clauses {missing[0]} ({len(missing)} missing)")
    if len({values[s].shape for s in subsets}) > 1 or values[subsets[0]].ndim != 1:
        raise ValueError("all subsets need the same replications, shape (replications,)")
    found = {}
    for clause in everyone:
        others = [s for s in subsets if clause not in s]
        total = np.zeros_like(values[subsets[0]], dtype=np.float64)
        for subset in others:
            weight = factorial(len(subset)) * factorial(n - len(subset) - 1) / factorial(n)
            total += weight * (values[subset | {clause}] - values[subset])
        found[clause] = difference(total, np.zeros_like(total)).estimate
    return found


def place_values(caps: Sequence[int], outcomes: Sequence[Floats]) -> tuple[PlaceValue, ...]:
    """Compute what one more place brings between neighbouring caps.

    Parameters
    ----------
    caps
        Places, in increasing order.
    outcomes
        Of one measure at each cap, shape (replications,), on common random numbers.

    Raises
    ------
    ValueError
        If caps do not increase or shapes differ.
    """
    if len(caps) != len(outcomes):
        raise ValueError(f"{len(outcomes)} outcomes for {len(caps)} caps")
    if any(more <= fewer for fewer, more in pairwise(caps)):
        raise ValueError(f"caps must increase; found {list(caps)}")
    if len({values.shape for values in outcomes}) > 1:
        raise ValueError("all caps need the same replications")
    return tuple(
        PlaceValue(
            (fewer, more), difference(above / (more - fewer), below / (more - fewer)).estimate
        )
        for (fewer, below), (more, above) in pairwise(zip(caps, outcomes, strict=True))
    )
