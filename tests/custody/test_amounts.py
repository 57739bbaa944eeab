"""So many days for each month: whole months by one rule, every number of them to 240."""

from datetime import date

import numpy as np
import pytest

from sim.custody.decrees.effects import periods
from sim.scenario.law.amounts import Per, read_part
from sim.scenario.law.predicate import On
from sim.scenario.lengths import complete_units, whole_days


def counted(days, *, unit="month", number=1, complete=True):
    return int(periods(np.array([days]), Per(number=number, unit=unit, complete=complete))[0])


@pytest.mark.parametrize("n", range(1, 241))
def test_a_month_is_complete_on_its_last_day_and_the_next_begins_after_it(n):
    days = whole_days(n, "month")
    assert [counted(days - 1), counted(days), counted(days + 1)] == [n - 1, n, n]
    started = [counted(d, complete=False) for d in (days - 1, days, days + 1)]
    assert started == [n, n, n + 1]


def test_nothing_has_no_period():
    assert [counted(0), counted(0, complete=False), counted(1, complete=False)] == [0, 0, 1]


@pytest.mark.parametrize(("unit", "number"), [("day", 30), ("month", 3), ("year", 1), ("year", 2)])
def test_periods_of_several_units(unit, number):
    for n in range(1, 40):
        days = whole_days(n * number, unit)
        one = {"unit": unit, "number": number}
        assert [counted(days - 1, **one), counted(days, **one)] == [n - 1, n]
        assert [counted(d, **one, complete=False) for d in (days, days + 1)] == [n, n + 1]


def test_complete_units_of_numbers_and_arrays_agree():
    days = np.arange(4000)
    for unit in ("day", "month", "year"):
        assert complete_units(days, unit).tolist() == [complete_units(d, unit) for d in range(4000)]


def test_an_amount_is_read_from_its_text():
    part = read_part("15 days per complete month remaining")
    assert (part.of, part.days, part.per) == (
        "remaining", 15, Per(number=1, unit="month", complete=True))  # fmt: skip
    part = read_part("1 month per started 30 days until due")
    assert (part.of, part.days, part.per) == (
        "until due", 30, Per(number=30, unit="day", complete=False))  # fmt: skip
    part = read_part("6 days per complete 30 days served from 2012-07-24 to grant")
    assert (part.of, part.first, part.last) == ("served", On(date(2012, 7, 24)), On("grant"))
    assert read_part("1/2 of served to 1 year before lists").last == On("lists", 365)
    assert read_part("1/2 of parole", ("parole",)).of == "parole"
    for wrong in (
        "15 days per month remaining",
        "15 days per complete week remaining",
        "per complete month remaining",
        "15 days per complete 0 months served",
        "1/2 of parole",
        "1/2 of remaining from 2012-07-24",
    ):
        with pytest.raises(ValueError, match="no amount"):
            read_part(wrong)


def test_a_started_day_is_a_day():
    for unit, number, found in (("day", 1, [0, 1, 2]), ("month", 1, [0, 1, 1])):
        per = Per(number=number, unit=unit, complete=False)
        assert periods(np.array([0, 1, 2]), per).tolist() == found
