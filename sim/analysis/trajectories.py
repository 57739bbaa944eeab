"""Daily series over replications: means with simulation error, chance and ignorance kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.estimates import LEVEL, Floats, half_interval

TAIL = (1 - LEVEL) / 2


@dataclass(frozen=True)
class Trajectory:
    """A series over replications, shapes (days,) all.

    ``low`` and ``high`` bound the mean (simulation error); between ``p2_5`` and ``p97_5`` lie 95%
    of single realisations, day by day. One replication has neither: they are NaN.
    """

    mean: Floats
    low: Floats
    high: Floats
    p2_5: Floats
    p97_5: Floats
    replications: int

    def at(self, days: Sequence[int]) -> Trajectory:
        """Keep some days."""
        kept = list(days)
        return Trajectory(
            self.mean[kept], self.low[kept], self.high[kept], self.p2_5[kept], self.p97_5[kept],
            self.replications,
        )  # fmt: skip


def trajectory(values: Floats) -> Trajectory:
    """Estimate a series from replications, shape (replications, days).

    A day on which any replication is NaN (not observed) is NaN throughout.
    """
    n = len(values)
    mean = values.mean(axis=0)
    if n < 2:
        unknown = np.full_like(mean, np.nan)
        return Trajectory(mean, unknown, unknown, unknown, unknown, n)
    half = half_interval(1.0, n) * values.std(axis=0, ddof=1)
    low, high = np.quantile(values, [TAIL, 1 - TAIL], axis=0)
    return Trajectory(mean, mean - half, mean + half, low, high, n)


@dataclass(frozen=True)
class Ends:
    """Lowest and highest mean, day by day, when what is assumed changes; shapes (days,) both."""

    low: Floats
    high: Floats


def span(means: Iterable[Floats]) -> Ends:
    """Return the span of the means of one-at-a-time runs, the unchanged one among them.

    Parameters
    ----------
    means
        One series of means per run, shapes (days,), all over the same replications.
    """
    runs = np.stack(list(means))
    return Ends(runs.min(axis=0), runs.max(axis=0))


def middle(means: Iterable[Floats]) -> Ends:
    """Return the middle 95% of the means of draws, day by day; series of shape (days,)."""
    low, high = np.quantile(np.stack(list(means)), [TAIL, 1 - TAIL], axis=0)
    return Ends(low, high)


def running(values: Floats) -> Trajectory:
    """Follow the mean of the first 1, 2, ... n replications; values of shape (n,).

    Chance is left out (NaN): it does not narrow. The interval of the first is NaN.
    """
    n = len(values)
    count = np.arange(1, n + 1)
    mean = np.cumsum(values) / count
    half = np.full(n, np.nan)
    for k in range(2, n + 1):  # centred anew each time: no cancellation
        half[k - 1] = half_interval(float(values[:k].std(ddof=1)), k)
    unknown = np.full(n, np.nan)
    return Trajectory(mean, mean - half, mean + half, unknown, unknown, n)
