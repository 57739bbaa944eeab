"""Ratios of two means, and quantiles, each with its simulation error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimates import LEVEL, ROUNDING

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ratio:
    """A mean over another, or a quantile, and the 95% interval of it.

    ``low`` and ``high`` are None where the interval is not bounded or not to be had: one
    replication, a denominator that cannot be told from 0, too few replications for a quantile.
    """

    value: float
    low: float | None
    high: float | None
    replications: int


def ratio(numerator: Floats, denominator: Floats) -> Ratio | None:
    """Estimate the ratio of two means over the same replications, shapes (n,) both.

    The interval is Fieller's (Journal of the Royal Statistical Society B 16, 1954): all r for
    which the mean of numerator - r denominator does not differ from 0 at the 5% level by Student's
    t with n - 1 degrees of freedom. It allows for the pairing and holds for small n, where the
    delta method does not.

    Returns
    -------
    Ratio or None
        None if the mean of the denominator is 0.

    Raises
    ------
    ValueError
        If the two are not of one length, or empty.
    """
    n = len(numerator)
    if n == 0 or len(denominator) != n:
        raise ValueError(f"a ratio needs pairs; found {n} over {len(denominator)}")
    a, b = float(numerator.mean()), float(denominator.mean())
    if b == 0:
        return None
    value = a / b
    if n < 2:
        return Ratio(value, None, None, n)
    scaled = value * denominator
    largest = max(np.abs(numerator).max(), np.abs(scaled).max())
    if np.ptp(numerator - scaled) <= ROUNDING * largest:  # one ratio in every replication
        return Ratio(value, value, value, n)
    low, high = _fieller(numerator, denominator)
    return Ratio(value, low, high, n)


def _fieller(numerator: Floats, denominator: Floats) -> tuple[float | None, float | None]:
    """Solve (a - r b)^2 <= t^2 var(mean of numerator - r denominator) for r."""
    from sim.custody.special import stdtrit

    n = len(numerator)
    a, b = float(numerator.mean()), float(denominator.mean())
    factor = float(stdtrit(n - 1, 0.5 + LEVEL / 2)) ** 2 / n
    covariance = factor * np.cov(numerator, denominator, ddof=1)
    square = b * b - float(covariance[1, 1])
    if square <= 0:  # the denominator may be 0: no bounded interval
        return None, None
    middle = a * b - float(covariance[0, 1])
    root = math.sqrt(max(middle**2 - square * (a * a - float(covariance[0, 0])), 0.0))
    return (middle - root) / square, (middle + root) / square


def relative(policy: Floats, baseline: Floats, *, averted: bool = False) -> Ratio | None:
    """Estimate a paired difference as a share of the baseline's mean, shapes (n,) both.

    Policy minus baseline, or baseline minus policy where `averted`.
    """
    return ratio(baseline - policy if averted else policy - baseline, baseline)


def per_thousand(difference: Floats, held_on_the_eve: Floats) -> Ratio | None:
    """Estimate a paired difference per 1,000 whom the baseline holds on the eve, shapes (n,).

    It is no measure of a cell, since what it is divided by belongs to the baseline's cell.
    """
    return ratio(1000 * difference, held_on_the_eve)


def quantile(values: Floats, probability: float) -> Ratio:
    """Estimate a quantile of single realisations, shape (n,).

    The value is interpolated linearly. The interval lies between two order statistics and holds
    for every distribution (at least 95%, each tail at most 2.5%, by the binomial; David and
    Nagaraja, Order Statistics, 2003, section 7.1). With fewer than 6 replications the median has
    none; with fewer than 146 the 2.5% quantile has no lower end.

    Raises
    ------
    ValueError
        If there are no values, or the probability does not lie between 0 and 1.
    """
    from sim.custody.special import bdtr

    n = len(values)
    if n == 0 or not 0 < probability < 1:
        raise ValueError(f"no quantile {probability} of {n} values")
    value = float(np.quantile(values, probability))
    # The number of values below the quantile is binomial; below[k] = P(at most k of n).
    below = np.asarray(bdtr(np.arange(n, dtype=np.float64), n, probability))
    tail = (1 - LEVEL) / 2
    first = int(np.searchsorted(below, tail, side="right")) - 1
    last = int(np.searchsorted(below, 1 - tail, side="left"))
    in_order = np.sort(values)
    low = float(in_order[first]) if first >= 0 else None
    high = float(in_order[last]) if last < n else None
    return Ratio(value, low, high, n)
