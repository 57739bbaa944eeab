"""Lengths, shares with a day's grace, and ages by birthdays, against their definitions."""

from __future__ import annotations

import operator
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import ceil, floor, gcd

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.days import completed_years
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.predicate import ShareIs, opposite
from sim.scenario.lengths import in_words, in_year, read_length, read_share, whole_days
from sim.scenario.occasions import Occasion
from tests.theory.worlds import scenario, solved, world

MONTHS = 480
OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
             "==": operator.eq}  # fmt: skip
TODAY = 700


@cache
def plain_prisons() -> Prisons:
    return solved(scenario(world()))


def months(number: int) -> int:
    """Days of whole months, from the definition: 365.25 / 12 days each, rounded half up."""
    return floor(number * Fraction(36525, 1200) + Fraction(1, 2))


def bench(served, term, *, merit_days=0, threshold_day=TODAY) -> Bench:
    """People who have served so many days of their terms on the threshold day."""
    register = register_of(np.atleast_1d(served), np.atleast_1d(term), merit_days, threshold_day)
    return bench_of(register, np.arange(len(register)), threshold_day)


def bench_of(register: Register, rows, threshold_day=TODAY) -> Bench:
    act = Occasion("d", 0, 0, TODAY, TODAY, TODAY, TODAY, TODAY, TODAY)
    return Bench(register, plain_prisons(), None, (), rows, TODAY, threshold_day, act)


def register_of(served, term, merit_days=0, threshold_day=TODAY) -> Register:
    n = len(served)
    zero = np.zeros(n, dtype=np.int64)
    admitted = threshold_day - served
    names = ("person", "line", "spell", "born", "origin", "residence", "exiled", "offence",
             "health", "camp", "base", "rate", "merit_count")  # fmt: skip
    columns = dict.fromkeys(names, zero)
    return Register(
        {
            **columns,
            "kind": zero,
            "imposed": term + merit_days,
            "tolerance": zero + 1,
            "admitted": admitted,
            "due": admitted + term,
            "merit_days": zero + merit_days,
        }
    )


def meets(people: Bench, condition: dict) -> np.ndarray:
    return people.meets(ConditionReader({}).read(condition))


# --- Lengths.


def test_months_are_rounded_half_up():
    for number in range(1, MONTHS + 1):
        assert whole_days(number, "month") == months(number)
        assert read_length(f"{number} months") == months(number)
        assert read_length(in_words(months(number))) == months(number)
        if number % 12 == 0:
            assert whole_days(number // 12, "year") == months(number)


@given(st.fractions(0, 200, max_denominator=1000), st.sampled_from(["day", "month", "year"]))
def test_any_length_is_rounded_half_up(number, unit):
    per = {"day": Fraction(1), "month": Fraction(36525, 1200), "year": Fraction(36525, 100)}[unit]
    days = whole_days(number, unit)
    assert days - Fraction(1, 2) <= number * per < days + Fraction(1, 2)


def test_complete_months_remain_iff_the_remaining_days_reach_their_length():
    remaining = np.arange(0, months(241))
    people = bench(np.full(len(remaining), 100), remaining + 100)
    for number in range(1, 241):
        found = meets(people, {"remaining": f">= {number} months"})
        assert np.array_equal(found, remaining >= months(number))


@given(
    st.sampled_from(["served", "remaining", "term", "sentence", "until due"]),
    st.sampled_from(list(OPERATORS)),
    st.integers(0, 60),
)
def test_lengths_compare_whole_days_without_grace(attribute, sign, years):
    served = np.arange(0, months(300), 13)
    people = bench(served, served[::-1] + 40, merit_days=7)
    value = {
        "served": served,
        "remaining": served[::-1] + 40 - served,
        "until due": served[::-1] + 40 - served,
        "term": served[::-1] + 40,
        "sentence": served[::-1] + 47,
    }[attribute]
    found = meets(people, {attribute: f"{sign} {years} years"})
    assert np.array_equal(found, OPERATORS[sign](value, months(12 * years)))


def test_five_years_served_are_1826_days_whatever_the_calendar():
    people = bench(np.array([1825, 1826, 1827]), np.full(3, 4000))
    assert meets(people, {"served": ">= 5 years"}).tolist() == [False, True, True]
    assert meets(people, {"served": "> 5 years"}).tolist() == [False, False, True]


# --- Shares.


@pytest.mark.parametrize("most", [20 * 12, pytest.param(MONTHS, marks=pytest.mark.slow)])
def test_every_pair_of_whole_months_in_exact_ratio_passes_as_stated(most):
    ratios: dict[tuple[int, int], list[int]] = {}
    for whole in range(1, most + 1):
        for part in range(1, whole + 1):
            common = gcd(part, whole)
            ratios.setdefault((part // common, whole // common), []).append(common)
    days = np.array([months(n) for n in range(most + 2)])
    whole, part = np.tril_indices(most)
    served, term = days[part + 1], days[whole + 1]
    # In exact ratio, one month less, and one month more.
    exact = register_of(np.concatenate((served, days[part], days[part + 2])), np.tile(term, 3))
    row_of = np.full((most + 1, most + 1), -1)
    row_of[part + 1, whole + 1] = np.arange(len(part))
    pairs = 0
    for (above, below), times in ratios.items():
        k = np.array(times)
        rows, n = row_of[k * above, k * below], len(k)
        people = bench_of(exact, np.concatenate((rows, rows + len(part), rows + 2 * len(part))))
        share = Fraction(above, below)
        reached = people.meets(ShareIs("term", ">=", share)).reshape(3, n)
        assert reached[[0, 2]].all(), (share, k[~reached[0]])
        assert not reached[1].any(), (share, k[reached[1]])
        assert np.array_equal(people.meets(ShareIs("term", "<", share)), ~reached.ravel())
        beyond = people.meets(ShareIs("term", ">", share)).reshape(3, n)
        assert not beyond[:2].any(), share
        assert beyond[2].all(), share
        assert np.array_equal(people.meets(ShareIs("term", "<=", share)), ~beyond.ravel())
        pairs += n
    assert pairs == most * (most + 1) // 2


@given(st.integers(1, 3000), st.integers(1, 20_000), st.integers(0, 20_000), st.integers(0, 3000))
@example(7, 1826, 1278, 10)
def test_shares_have_one_days_grace(part, term, served, rest):
    share = Fraction(part, part + rest)
    exact = share * term
    people = bench(served, term)
    expected = {
        ">=": served >= floor(exact),
        ">": served > ceil(exact),
        "<": served < floor(exact),
        "<=": served <= ceil(exact),
    }
    for sign, answer in expected.items():
        leaf = ShareIs("term", sign, share)
        assert people.meets(leaf).tolist() == [answer]
        assert people.meets(opposite(leaf)).tolist() == [not answer]


@given(st.integers(1, 4000), st.integers(0, 400), st.integers(0, 4000), st.integers(1, 99))
def test_shares_of_the_sentence_count_what_was_cut(term, cut, served, per_cent):
    people = bench(served, term, merit_days=cut)
    found = meets(people, {"served share of sentence": f">= {per_cent}%"})
    assert found.tolist() == [served >= floor(Fraction(per_cent, 100) * (term + cut))]


@given(st.integers(1, 5000), st.integers(1, 98), st.integers(1, 60))
def test_bands_meet_without_gap_or_overlap(term, low, width):
    high = min(low + width, 100)
    people = bench(np.arange(term + 1), np.full(term + 1, term))
    below = meets(people, {"served share": f"< {low}%"})
    band = meets(people, {"served share": f">= {low}% and < {high}%"})
    above = meets(people, {"served share": f">= {high}%"})
    assert np.all(below.astype(int) + band + above == 1)
    below = meets(people, {"served share": f"<= {low}%"})
    band = meets(people, {"served share": f"> {low}% and <= {high}%"})
    above = meets(people, {"served share": f"> {high}%"})
    assert np.all(below.astype(int) + band + above == 1)


def test_three_and_a_half_of_five_years_are_seventy_per_cent():
    people = bench(np.array([months(42), months(42) - 1]), np.full(2, months(60)))
    assert months(42) * 10 < months(60) * 7  # a raw ratio refuses
    assert meets(people, {"served share": ">= 70%"}).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "share"),
    [("70%", Fraction(7, 10)), ("2/3", Fraction(2, 3)), ("12.5%", Fraction(1, 8)),
     (0.7, Fraction(7, 10)), ("0.1", Fraction(1, 10)), (1, Fraction(1))],
)  # fmt: skip
def test_shares_are_exact(text, share):
    assert read_share(text) == share


def test_thresholds_on_a_later_day_count_what_will_be_served_by_then():
    later = TODAY + 60
    people = bench(np.array([500, 499]), np.array([1000, 1000]), threshold_day=later)
    assert people.day == TODAY
    assert meets(people, {"served": ">= 500 days"}).tolist() == [True, False]
    assert meets(people, {"served share": ">= 50%"}).tolist() == [True, False]
    assert meets(people, {"remaining": "<= 500 days"}).tolist() == [True, False]


# --- Ages.


def years_of(born: date, day: date) -> int:
    """Completed years by birthdays; 29 February is kept on the 28th in common years."""
    years = day.year - born.year
    try:
        birthday = born.replace(year=day.year)
    except ValueError:
        birthday = date(day.year, 2, 28)
    return years if day >= birthday else years - 1


DATES = st.dates(date(1880, 1, 1), date(2120, 12, 31))
NEAR = st.integers(-3, 3)


@given(start=DATES, born=DATES, day=DATES)
@example(date(2015, 1, 1), date(2000, 2, 29), date(2015, 2, 28))
@example(date(2015, 1, 1), date(2000, 2, 29), date(2016, 2, 28))
@example(date(2015, 1, 1), date(2000, 2, 29), date(2016, 2, 29))
@example(date(2015, 1, 1), date(2000, 2, 28), date(2015, 2, 28))
@example(date(2015, 1, 1), date(1900, 3, 1), date(2015, 2, 28))
@example(date(2035, 1, 1), date(2004, 2, 29), date(2040, 2, 28))
@example(date(2095, 1, 1), date(2004, 2, 29), date(2100, 2, 28))
def test_completed_years_follow_the_calendar(start, born, day):
    found = completed_years(start, np.array([(born - start).days]), (day - start).days)
    assert found.tolist() == [years_of(born, day)]


@given(
    born=st.dates(date(1930, 1, 1), date(2010, 12, 31)) | st.sampled_from(
        [date(year, 2, 29) for year in range(1932, 2010, 4)]),
    years=st.integers(0, 90), step=NEAR, day=DATES,
)  # fmt: skip
def test_completed_years_around_birthdays(born, years, step, day):
    start = date(2015, 1, 1)
    when = in_year(born.year + years, (born.month, born.day)) + timedelta(days=step)
    found = completed_years(start, np.array([(born - start).days]), (when - start).days)
    assert found.tolist() == [years_of(born, when)]
    if step == 0:
        assert found.tolist() == [years]
    if step == -1:
        assert found.tolist() == [years - 1]
    assert day  # any other date is drawn by the test above


@given(st.integers(1, 9998), st.tuples(st.integers(1, 12), st.integers(1, 28)))
def test_a_yearly_day_is_on_its_date(year, month_day):
    assert in_year(year, month_day) == date(year, *month_day)
    leap = date(year, 2, 28) + timedelta(days=1) == date(year, 3, 1)
    assert in_year(year, (2, 29)) == date(year, 2, 28 if leap else 29)
