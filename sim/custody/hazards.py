"""Tolerances used up at piecewise constant hazards, in exact integers.

A person's tolerance is a unit exponential in units of 10**-12; a hazard is an integer of the
same unit per day, rounded once when a world is loaded. He dies (or returns) on the first day on
which the exact sum of the days' hazards reaches the tolerance, so any splitting of the days
gives the same day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.kernel.operands import Pinned

UNIT = 10**12
NEVER = 1 << 28
"""A day that does not come."""
DAYS_PER_YEAR = 365.25
EXACT = 2**52
"""Integers below this are divided as floats, and the quotient rounded up is exact."""

Days = NDArray[np.int64]
Tolerance = NDArray[np.int64]


def per_day(rate_per_year: float) -> int:
    """Hazard per day in units of 10**-12, rounded once."""
    return round(rate_per_year / DAYS_PER_YEAR * UNIT)


def days_until_used_up(tolerance: Tolerance, rate: NDArray[np.int64]) -> Days:
    """Days at a constant hazard until the tolerance is used up; ``NEVER`` at hazard 0."""
    if kernel.compiled is not None and tolerance.ndim == 1:
        return kernel.compiled.days_until_used_up(tolerance, rate)
    safe = np.maximum(rate, 1)
    if max(tolerance.max(initial=0), safe.max(initial=0)) < EXACT > -tolerance.min(initial=0):
        # Integers below 2**52 divide without passing a whole number: the quotient is further from
        # it than it is rounded. Dividing integers takes three times as long.
        days = np.minimum(np.ceil(tolerance / safe), NEVER).astype(np.int64)
    else:
        days = np.minimum(-(-tolerance // safe), NEVER)
    return days if np.all(rate > 0) else np.where(rate > 0, days, NEVER)


@dataclass(frozen=True)
class StepHazard:
    """Hazards that change with a clock (age, time free) at given days.

    Attributes
    ----------
    edges
        Clock readings at which the hazard changes, in days, shape (m,), the first 0.
    rates
        Hazard per day from each edge to the next, shape (kinds, m); the last goes on for ever.
    """

    edges: NDArray[np.int64]
    rates: NDArray[np.int64]

    @staticmethod
    def of(edges: Sequence[int], rates: Sequence[Sequence[int]]) -> StepHazard:
        """Make one from plain numbers."""
        return StepHazard(np.array(edges, dtype=np.int64), np.array(rates, dtype=np.int64))

    @cached_property
    def sums(self) -> NDArray[np.int64]:
        """Exact sums of the days' hazards before each edge, shape (kinds, m)."""
        parts = self.rates[:, :-1] * np.diff(self.edges)
        zero = np.zeros((len(self.rates), 1), dtype=np.int64)
        return np.concatenate((zero, np.cumsum(parts, axis=1)), axis=1)

    def least_from(self, reading: int) -> StepHazard:
        """Return the least hazard of any clock that stands at a reading or beyond, by days since.

        Its sum over some days is never above that of such a clock.
        """
        ends = np.append(self.edges[1:], NEVER)
        open_ = ends > reading
        least = np.minimum.accumulate(self.rates[:, open_][:, ::-1], axis=1)[:, ::-1]
        edges = np.append(0, ends[open_][:-1] - reading)
        return StepHazard(edges, np.ascontiguousarray(least))

    @cached_property
    def pinned(self) -> Pinned:
        """The hazards as the kernel reads them."""
        kinds, steps = self.rates.shape
        return Pinned([self.edges, self.sums, self.rates], [steps, kinds])

    def used(self, kind: NDArray[np.integer], reading: Days) -> Tolerance:
        """Return the sum of the hazards of the days before each clock reading."""
        if kernel.compiled is not None and np.ndim(reading) == 1:
            found = kernel.compiled.hazard_used(kind, reading, self.pinned)
            if found is not None:
                return found
        step = np.searchsorted(self.edges, reading, side="right") - 1
        step = np.maximum(step, 0)
        within = self.rates[kind, step] * (reading - self.edges[step])
        return np.asarray(self.sums[kind, step] + within)

    def days_until(self, tolerance: Tolerance, kind: NDArray[np.integer], reading: Days) -> Days:
        """Days from a clock reading until the tolerance is used up; ``NEVER`` if it lasts."""
        if kernel.compiled is not None and np.ndim(tolerance) == 1:
            found = kernel.compiled.hazard_days_until(tolerance, kind, reading, self.pinned)
            if found is not None:
                return found
        target = self.used(kind, reading) + tolerance
        sums = self.sums
        step = (sums[kind, 1:] < target[:, None]).sum(axis=1)
        rate = self.rates[kind, step]
        beyond = days_until_used_up(target - sums[kind, step], rate)
        days = self.edges[step] + beyond - reading
        return np.where(beyond >= NEVER, NEVER, np.minimum(days, NEVER))
