"""Lengths never follow the calendar; dates and recurrences do."""

from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.lengths import (
    FOR_LIFE,
    in_words,
    in_year,
    read_date,
    read_length,
    read_month_day,
    read_share,
    whole_days,
)

DAYS = {"day": Fraction(1), "month": Fraction(36525, 1200), "year": Fraction(36525, 100)}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1 day", 1),
        ("60 days", 60),
        ("1 month", 30),  # 30.4375
        ("2 months", 61),  # 60.875
        ("8 months", 244),  # 243.5, half up
        ("1 year", 365),  # 365.25
        ("2 years", 731),  # 730.5, half up
        ("3 years", 1096),  # 1095.75
        ("5 years", 1826),  # 1826.25
        ("6 years", 2192),  # 2191.5, half up
        ("10 years", 3653),  # 3652.5, half up
        ("15 years", 5479),  # 5478.75
        ("6.9 years", 2520),  # 2520.225
        ("0 months", 0),
        (" 18 months ", 548),  # 547.875
    ],
)
def test_a_length_is_rounded_half_up_to_whole_days(text, days):
    assert read_length(text) == days


@given(st.fractions(0, 10**6, max_denominator=1000), st.sampled_from(sorted(DAYS)))
def test_rounding_is_half_up_for_every_number(number, unit):
    exact = number * DAYS[unit]
    assert whole_days(number, unit) == floor(exact + Fraction(1, 2))


@given(st.integers(0, 1200))
def test_years_and_months_are_one_scale(years):
    assert whole_days(years, "year") == whole_days(12 * years, "month")


def test_every_month_is_longer_than_the_one_before_by_30_or_31_days():
    days = [whole_days(months, "month") for months in range(1201)]
    steps = {later - earlier for earlier, later in pairwise(days)}
    assert steps == {30, 31}


def test_n_complete_months_remain_iff_as_many_days_do():
    """Each length has one greatest number of complete months, for every number to 240."""
    for months in range(1, 241):
        days = whole_days(months, "month")
        assert max(n for n in range(242) if whole_days(n, "month") <= days) == months
        assert max(n for n in range(242) if whole_days(n, "month") <= days - 1) == months - 1


def test_every_whole_month_pair_in_exact_ratio_passes_with_one_day_of_grace():
    """Served s of t months meets the share s/t; one month less does not; t up to 40 years."""
    days = [whole_days(months, "month") for months in range(481)]
    refused_raw = 0
    for t in range(1, 481):
        for s in range(1, t + 1):
            needed = s * days[t] // t
            assert days[s] >= needed, (s, t)
            assert days[s - 1] < needed, (s, t)
            refused_raw += days[s] * t < s * days[t]
    assert refused_raw > 480 * 481 // 2 // 4, "without the grace many round pairs would fail"


@pytest.mark.parametrize("text", ["5", "5.5", 5, 5.0, True, None, ["5 years"]], ids=repr)
def test_a_length_without_unit_says_that_it_needs_one(text):
    with pytest.raises(ValueError, match="a length needs its unit"):
        read_length(text)


@pytest.mark.parametrize("text", ["268435456 days", "735000 years", "9" * 400 + " years"])
def test_a_length_as_long_as_a_sentence_for_life_counts_is_refused(text):
    with pytest.raises(ValueError, match="under 700,000 years"):
        read_length(text)
    assert read_length("268435455 days") == FOR_LIFE - 1


@pytest.mark.parametrize("text", ["5 weeks", "years", "-3 days", "1 year 2 months", "5  moons", ""])
def test_what_is_no_length_is_refused(text):
    with pytest.raises(ValueError, match="no length"):
        read_length(text)


@given(st.integers(1, 60), st.sampled_from(["day", "month", "year"]))
def test_lengths_are_written_as_they_are_read(number, unit):
    days = whole_days(number, unit)
    assert read_length(in_words(days)) == days


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "0 days"), (1, "1 day"), (30, "1 month"), (60, "60 days"), (365, "1 year"),
     (548, "18 months"), (731, "2 years"), (1097, "1097 days")],
)  # fmt: skip
def test_a_length_is_written_in_the_largest_unit_that_fits(days, words):
    assert in_words(days) == words


@pytest.mark.parametrize(
    ("text", "share"),
    [("70%", Fraction(7, 10)), ("0.5 %", Fraction(1, 200)), ("2/3", Fraction(2, 3)),
     (0.7, Fraction(7, 10)), (0.1, Fraction(1, 10)), (1, Fraction(1)), ("100%", Fraction(1)),
     (0, Fraction(0))],
)  # fmt: skip
def test_shares_are_exact(text, share):
    assert read_share(text) == share


@pytest.mark.parametrize("text", ["110%", "-1%", 1.5, "3/2", -0.1])
def test_a_share_lies_between_0_and_1(text):
    with pytest.raises(ValueError, match="a share lies between 0 and 1"):
        read_share(text)


@pytest.mark.parametrize("text", ["many", True, None, "1/0", "nan", "inf", "", "%"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ValueError, match="no share"):
        read_share(text)


def test_dates_are_those_of_the_calendar():
    assert read_date("2020-10-10") == date(2020, 10, 10)
    assert read_date(date(2020, 2, 29)) == date(2020, 2, 29)


@pytest.mark.parametrize(
    "text", ["2020-13-10", "2019-02-29", "20201010", "2020-W41-6", "10.10.2020", 2020, None]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="no date"):
        read_date(text)


def test_the_29th_of_february_is_the_28th_in_common_years():
    leap_day = read_month_day("02-29")
    days = [in_year(year, leap_day) for year in (1900, 2000, 2015, 2016)]
    assert days == [date(1900, 2, 28), date(2000, 2, 29), date(2015, 2, 28), date(2016, 2, 29)]


@pytest.mark.parametrize("text", ["02-30", "13-01", "2-16", "02/16", 216, "2015-02-16"])
def test_what_is_no_day_of_the_year_is_refused(text):
    with pytest.raises(ValueError, match="no day of the year"):
        read_month_day(text)
