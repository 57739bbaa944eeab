"""Tolerances are used up day by day, whichever way the days are split."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.custody.hazards import NEVER, StepHazard, days_until_used_up, per_day

LAST = 3000
"""Days to which the naive count goes."""
RATES = st.integers(0, 5000) | st.sampled_from([0, 1])


@st.composite
def hazards(draw):
    steps = draw(st.integers(1, 6))
    kinds = draw(st.integers(1, 3))
    gaps = draw(st.lists(st.integers(1, 500), min_size=steps - 1, max_size=steps - 1))
    row = st.lists(RATES, min_size=steps, max_size=steps)
    rates = draw(st.lists(row, min_size=kinds, max_size=kinds))
    return StepHazard.of([0, *np.cumsum(gaps).tolist()], rates)


def rate_at(hazard: StepHazard, kind: int, reading: int) -> int:
    """Hazard of the day that begins at a clock reading."""
    step = max(i for i, edge in enumerate(hazard.edges.tolist()) if edge <= max(reading, 0))
    return int(hazard.rates[kind, step])


def naive_days(hazard: StepHazard, tolerance: int, kind: int, reading: int) -> int:
    """Add up the hazards of the days until the sum reaches the tolerance."""
    used = 0
    for day in range(LAST):
        used += rate_at(hazard, kind, reading + day)
        if used >= tolerance:
            return day + 1
    last = int(hazard.rates[kind, -1])
    return NEVER if last == 0 else LAST + -(-(tolerance - used) // last)


@given(
    hazards(),
    st.integers(1, 10**6) | st.integers(1, 2000),
    st.integers(0, 2),
    st.integers(0, 2500),
)
def test_days_until_is_adding_day_by_day(hazard, tolerance, kind, reading):
    kind = min(kind, len(hazard.rates) - 1)
    found = hazard.days_until(np.array([tolerance]), np.array([kind]), np.array([reading]))
    assert found.tolist() == [naive_days(hazard, tolerance, kind, reading)]


@given(hazards(), st.integers(0, 2), st.integers(0, 1500), st.integers(0, 1500), st.booleans())
def test_a_tolerance_used_up_to_the_last_unit(hazard, kind, reading, days, to_an_edge):
    """Tolerances that are exactly the sum of some days, up to an edge in particular."""
    kind = min(kind, len(hazard.rates) - 1)
    if to_an_edge and hazard.edges[-1] > reading:
        days = int(hazard.edges[-1]) - reading
    tolerance = sum(rate_at(hazard, kind, reading + day) for day in range(days))
    for near in (tolerance - 1, tolerance, tolerance + 1):
        if near >= 1:
            found = hazard.days_until(np.array([near]), np.array([kind]), np.array([reading]))
            assert found.tolist() == [naive_days(hazard, near, kind, reading)]


@given(hazards(), st.integers(0, 2), st.integers(0, 2500), st.integers(0, 400))
def test_used_is_the_sum_of_the_days_before(hazard, kind, reading, days):
    kind = min(kind, len(hazard.rates) - 1)
    used = hazard.used(np.array([kind, kind]), np.array([reading, reading + days]))
    assert used[1] - used[0] == sum(rate_at(hazard, kind, reading + day) for day in range(days))


@given(
    hazards(), st.integers(1, 10**6), st.integers(0, 2), st.integers(0, 2500),
    st.lists(st.integers(0, 700), max_size=8),
)  # fmt: skip
def test_any_splitting_of_the_days_gives_the_same_day(hazard, tolerance, kind, reading, parts):
    kind = np.array([min(kind, len(hazard.rates) - 1)])
    left, clock, gone = np.array([tolerance]), np.array([reading]), 0
    whole = hazard.days_until(left, kind, clock)
    for part in parts:
        if gone + part >= whole[0]:
            break
        left = left - (hazard.used(kind, clock + part) - hazard.used(kind, clock))
        clock, gone = clock + part, gone + part
    assert left[0] > 0
    rest = hazard.days_until(left, kind, clock)
    assert rest[0] == (NEVER if whole[0] >= NEVER else whole[0] - gone)


@given(
    hazards(), st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(0, 2500),
)  # fmt: skip
def test_columns_are_one_person_at_a_time(hazard, tolerances, reading):
    n = len(tolerances)
    kind = np.arange(n) % len(hazard.rates)
    clock = reading + 37 * np.arange(n)
    together = hazard.days_until(np.array(tolerances), kind, clock)
    for i in range(n):
        alone = hazard.days_until(
            np.array(tolerances[i : i + 1]), kind[i : i + 1], clock[i : i + 1]
        )
        assert alone[0] == together[i]


@given(st.integers(1, 10**14), st.integers(0, 10**10), st.integers(0, 5000))
def test_a_constant_hazard_in_custody_may_be_split(tolerance, rate, days):
    whole = int(days_until_used_up(np.array([tolerance]), np.array([rate]))[0])
    if rate == 0:
        assert whole == NEVER
    elif whole < NEVER:
        assert rate * whole >= tolerance > rate * (whole - 1)
        if days < whole:
            rest = days_until_used_up(np.array([tolerance - rate * days]), np.array([rate]))
            assert days + rest[0] == whole


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=2), hazards(), st.integers(0, 999))
def test_who_bears_more_lasts_longer(tolerances, hazard, reading):
    less, more = sorted(tolerances)
    days = [
        hazard.days_until(np.array([t]), np.array([0]), np.array([reading]))[0]
        for t in (less, more)
    ]
    assert days[0] <= days[1]


def test_hazards_per_day_are_rounded_once():
    assert per_day(365.25) == 10**12
    assert per_day(0.06) == round(0.06 / 365.25 * 10**12)
    assert per_day(0) == 0
