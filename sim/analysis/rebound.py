"""Rebound: how fast the gap that a pardon leaves in the stock fills again.

All of it is about means over replications; of a single realisation it would say little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.ratios import Ratio, ratio
from sim.scenario.lengths import whole_days

Floats = NDArray[np.float64]
REBOUND_YEARS = (1, 3, 5)


@dataclass(frozen=True)
class Rebound:
    """How much of a gap is left.

    Attributes
    ----------
    initial_gap
        Fewer held than in the baseline at the end of the initial day, persons.
    share_left
        By years after the origin: the gap on that day over the initial one. Negative where more
        are held than in the baseline; None past the horizon.
    half_life_days
        Days from the initial day to the first at whose end half the gap or less is left; None if
        that is not observed within the days simulated.
    """

    initial_gap: float
    share_left: Mapping[int, float | None]
    half_life_days: int | None


def rebound(
    gap_by_day: Floats,
    origin_day: int,
    *,
    release_days: int = 1,
    years: Sequence[int] = REBOUND_YEARS,
) -> Rebound | None:
    """Measure the rebound on a mean gap.

    Parameters
    ----------
    gap_by_day
        Mean over replications of the stock of the baseline minus that of the policy at the end of
        each day, shape (days,).
    origin_day
        First planned release; years count from it.
    release_days
        Days over which the releases are spread: the gap of the last of them is the initial one.
    years
        Whole years after the origin at which the share left is read.

    Returns
    -------
    Rebound or None
        None where there is no gap to fill: the initial one is not above 0, or lies past the
        horizon.
    """
    initial_day = origin_day + release_days - 1
    if not 0 <= initial_day < len(gap_by_day) or not gap_by_day[initial_day] > 0:
        return None
    initial = float(gap_by_day[initial_day])
    filled = np.flatnonzero(gap_by_day[initial_day + 1 :] <= initial / 2)
    return Rebound(
        initial,
        {n: _on(gap_by_day, origin_day + whole_days(n, "year"), initial) for n in years},
        int(filled[0]) + 1 if len(filled) else None,
    )


def _on(gap_by_day: Floats, day: int, initial: float) -> float | None:
    return float(gap_by_day[day]) / initial if day < len(gap_by_day) else None


def shares_left(
    gaps: Floats,
    origin_day: int,
    *,
    release_days: int = 1,
    years: Sequence[int] = REBOUND_YEARS,
) -> dict[int, Ratio | None]:
    """Give the shares of the initial gap left with their simulation error.

    Parameters
    ----------
    gaps
        Paired gaps, baseline minus policy, shape (replications, days).

    Returns
    -------
    dict
        By years after the origin: the mean gap over the mean initial gap with Fieller's interval;
        None past the horizon or where the initial gap is not above 0.
    """
    days = gaps.shape[1]
    initial_day = origin_day + release_days - 1
    found: dict[int, Ratio | None] = {}
    for n in years:
        day = origin_day + whole_days(n, "year")
        known = 0 <= initial_day < days and day < days and gaps[:, initial_day].mean() > 0
        found[n] = ratio(gaps[:, day], gaps[:, initial_day]) if known else None
    return found
