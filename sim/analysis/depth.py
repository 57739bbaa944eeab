"""Depth and fairness: how much decrees remit to those freed, and to whom they grant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.remissions import THOUSANDTHS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
GROUPINGS = ("sex", "origin", "health", "camp")


def median(tally: Ints) -> float | None:
    """Return the median of counted values; None of nobody.

    Parameters
    ----------
    tally
        Values and how many have them, shape (n, 2), in any order.

    Returns
    -------
    float or None
        The middle value, or the mean of the two in the middle.
    """
    values, counts = tally[np.argsort(tally[:, 0], kind="stable")].T
    reached = np.cumsum(counts)
    total = int(reached[-1]) if len(reached) else 0
    if total == 0:
        return None
    lower = values[np.searchsorted(reached, (total - 1) // 2, side="right")]
    upper = values[np.searchsorted(reached, total // 2, side="right")]
    return float(lower + upper) / 2


def median_between(tally: Ints, first_day: int, end_day: int) -> float | None:
    """Return the median over some days of a tally by day, shape (n, 3): day, value, persons."""
    inside = (tally[:, 0] >= first_day) & (tally[:, 0] < end_day)
    return median(tally[inside, 1:])


def median_served_share(curves: Mapping[str, Ints], first_day: int, end_day: int) -> float | None:
    """Return the median share of the term served by those freed, to a thousandth below."""
    found = median_between(curves["served share of the freed"], first_day, end_day)
    return None if found is None else found / THOUSANDTHS


def grant_rates(
    curves: Mapping[str, Ints], grouping: str, first_day: int, end_day: int
) -> Floats | None:
    """Return the share of the eligible who were granted, by group, shape (groups,).

    A person counts at every occasion whose lists close from the first day to the day before the
    end and find him eligible. NaN for a group of which nobody was; None if the cell was recorded
    without the grouping.

    Parameters
    ----------
    grouping
        One of `GROUPINGS`; `sim.custody.beneficiaries.grants` says what the groups are.
    """
    if f"eligible by {grouping}" not in curves:
        return None
    closed = curves["lists closed on"]
    inside = (closed >= first_day) & (closed < end_day)
    eligible = curves[f"eligible by {grouping}"][inside].sum(axis=0)
    granted = curves[f"granted by {grouping}"][inside].sum(axis=0)
    return np.where(eligible > 0, granted / np.maximum(eligible, 1), np.nan)


def largest_gap(rates: Floats | None) -> float | None:
    """Return the largest rate less the smallest; None with fewer than two groups."""
    if rates is None:
        return None
    known = rates[np.isfinite(rates)]
    return float(known.max() - known.min()) if len(known) > 1 else None
