"""Ages by birthdays, and by years."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.custody.decrees.days import (
    FIRST,
    LAST,
    MANY,
    _civil,
    _counted,
    completed_years,
    years_reached,
)


def test_birthdays_on_29_february_in_centuries():
    start = date(1999, 1, 1)
    born = np.array([(date(1996, 2, 29) - start).days])
    for on, age in ((date(2000, 2, 28), 3), (date(2000, 2, 29), 4), (date(2001, 2, 27), 4),
                    (date(2001, 2, 28), 5), (date(2096, 2, 28), 99), (date(2096, 2, 29), 100),
                    (date(2100, 2, 27), 103), (date(2100, 2, 28), 104)):  # fmt: skip
        assert completed_years(start, born, (on - start).days).tolist() == [age]


def test_ages_reached_in_the_year_go_by_years_alone():
    start = date(2001, 1, 1)
    born = np.array([(date(1980, 12, 31) - start).days, (date(1981, 1, 1) - start).days])
    for on in (date(2001, 1, 1), date(2001, 12, 31)):
        assert years_reached(start, born, (on - start).days).tolist() == [21, 20]


def test_dates_that_are_looked_up_are_those_that_are_counted():
    start = date(2004, 2, 29)
    around = np.concatenate([np.arange(edge - 3000, edge + 3000) for edge in (FIRST, 0, LAST)])
    for days in (around, np.append(around, [-160_000, 90_000])):
        found, expected = _civil(start, days), _counted(start, days)
        assert len(days) >= MANY
        for mine, other in zip(found, expected, strict=True):
            assert np.array_equal(mine, other)
