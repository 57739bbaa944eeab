"""Ages on the days on which conditions are read."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
MANY = 4096
"""Dates of so many days are looked up."""
FIRST, LAST = -(1 << 16), 1 << 15
"""Days since the start of which dates are looked up, from the first to the day before the last."""


def completed_years(start: date, born: Ints, days: Ints | int) -> Ints:
    """Completed years of age by birthdays; who is born on 29 February has it on the 28th else."""
    (b_year, b_month, b_day), (n_year, n_month, n_day) = _civil(start, born), _civil(start, days)
    leap = (n_year % 4 == 0) & ((n_year % 100 != 0) | (n_year % 400 == 0))
    b_day = np.where((b_month == 2) & (b_day == 29) & ~leap, 28, b_day)
    before = (n_month < b_month) | ((n_month == b_month) & (n_day < b_day))
    return np.asarray(n_year - b_year - before)


def years_reached(start: date, born: Ints, days: Ints | int) -> Ints:
    """Age in completed years at the end of the calendar year of given days."""
    return np.asarray(_civil(start, days)[0] - _civil(start, born)[0])


def _civil(start: date, numbers: Ints | int) -> tuple[Ints, ...]:
    """Year, month and day of the month of days since the start."""
    days = np.asarray(numbers, dtype=np.int64)
    if days.size < MANY:
        return _counted(start, days)
    inside = (days >= FIRST) & (days < LAST)
    place = (days - FIRST) * inside
    found = tuple(column[place] for column in _tabulated(start))
    rest = np.flatnonzero(~inside)
    for column, values in zip(found, _counted(start, days[rest]), strict=True):
        column[rest] = values
    return found


@lru_cache(maxsize=2)
def _tabulated(start: date) -> tuple[Ints, ...]:
    """Return the same of all days that are looked up, which takes a tenth of the time."""
    return _counted(start, np.arange(FIRST, LAST))


def _counted(start: date, numbers: Ints) -> tuple[Ints, ...]:
    days = np.datetime64(start, "D") + numbers
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    year = years.astype(np.int64) + 1970
    month = (months - years).astype(np.int64) + 1
    return year, month, (days - months).astype(np.int64) + 1
