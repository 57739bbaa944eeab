"""Estimates and paired differences, with simulation error and chance kept apart.

*Simulation error* is a 95% interval of the mean and shrinks with replications; *chance* is the
range in which 95% of single realisations fall. Neither says anything about ignorance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEVEL = 0.95
ROUNDING = 1e-12
"""Differences that vary by less than this share of the values do not vary: floats are rounded."""


@dataclass(frozen=True)
class Estimate:
    """The mean of a measure over replications.

    ``low`` and ``high`` bound the mean (simulation error); ``p2_5`` and ``p97_5`` hold 95% of
    single realisations. One replication has neither: all are None.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    p2_5: float | None
    p97_5: float | None
    replications: int


@dataclass(frozen=True)
class Difference:
    """A paired estimate of policy minus baseline (baseline minus policy where averted).

    ``low_simultaneous`` and ``high_simultaneous`` cover all policies of one measure at once
    (Bonferroni); ``p_adjusted`` is Holm's. A constant difference has a degenerate interval and no
    p-value and does not count in its family. ``pairing_gain`` is the variance of the difference
    of independent runs over that of the paired ones.
    """

    estimate: Estimate
    baseline_mean: float
    constant: bool
    low_simultaneous: float | None = None
    high_simultaneous: float | None = None
    p_adjusted: float | None = None
    pairing_gain: float | None = None


def _t(probability: float, degrees: int) -> float:
    from sim.custody.special import stdtrit

    return float(stdtrit(degrees, probability))


def half_interval(sd: float, replications: int) -> float:
    """Half the 95% interval of a mean, by Student's t."""
    return _t(0.5 + LEVEL / 2, replications - 1) * sd / math.sqrt(replications)


def estimate(values: Floats) -> Estimate:
    """Estimate a mean from independent replications, shape (n,)."""
    n = len(values)
    mean = float(values.mean())
    if n < 2:
        return Estimate(mean, None, None, None, None, None, n)
    p2_5, p97_5 = (float(q) for q in np.quantile(values, [0.025, 0.975]))
    sd = float(values.std(ddof=1))
    half = half_interval(sd, n)
    return Estimate(mean, sd, mean - half, mean + half, p2_5, p97_5, n)


def difference(policy: Floats, baseline: Floats, *, averted: bool = False) -> Difference:
    """Estimate a paired difference, shapes (n,) both, replication by replication."""
    values = baseline - policy if averted else policy - baseline
    if len(values) < 2:
        return Difference(estimate(values), float(baseline.mean()), constant=False)
    largest = max(np.abs(policy).max(), np.abs(baseline).max())
    if np.ptp(values) <= ROUNDING * largest:
        always = float(values[0])
        found = Estimate(always, 0.0, always, always, always, always, len(values))
        return Difference(found, float(baseline.mean()), constant=True)
    apart = policy.var(ddof=1) + baseline.var(ddof=1)
    gain = float(apart / values.var(ddof=1))
    return Difference(estimate(values), float(baseline.mean()), constant=False, pairing_gain=gain)


def family(differences: list[Difference]) -> list[Difference]:
    """Add simultaneous intervals and Holm's p-values to the differences of one measure."""
    from sim.custody.special import stdtr

    counted = [i for i, d in enumerate(differences) if not d.constant and d.estimate.sd is not None]
    result = list(differences)
    p_values: dict[int, float] = {}
    for i in counted:
        e = differences[i].estimate
        assert e.sd is not None
        error = e.sd / e.replications**0.5
        half = _t(1 - (1 - LEVEL) / 2 / len(counted), e.replications - 1) * error
        p_values[i] = float(2 * stdtr(e.replications - 1, -abs(e.mean) / error))
        result[i] = _with(result[i], e.mean - half, e.mean + half)
    worst = 0.0
    for rank, i in enumerate(sorted(counted, key=p_values.__getitem__)):
        worst = max(worst, min(1.0, p_values[i] * (len(counted) - rank)))
        d = result[i]
        result[i] = _with(d, d.low_simultaneous, d.high_simultaneous, worst)
    for i, d in enumerate(differences):
        if d.constant:
            result[i] = _with(d, d.estimate.mean, d.estimate.mean)
    return result


def _with(
    d: Difference, low: float | None, high: float | None, p: float | None = None
) -> Difference:
    return Difference(d.estimate, d.baseline_mean, d.constant, low, high, p, d.pairing_gain)
