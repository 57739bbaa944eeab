"""Ratios and quantiles: intervals worked out by hand, and how often they cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.ratios import Ratio, per_thousand, quantile, ratio, relative

T2 = 4.302652729911275  # 97.5% point of Student's t with 2 degrees of freedom, from tables


def array(*values):
    return np.array(values, dtype=np.float64)


def test_fiellers_interval_solves_its_equation():
    """At either end the mean of numerator - r denominator is just t standard errors from 0."""
    above, below = array(1, 2, 6), array(10, 12, 11)
    found = ratio(above, below)
    assert found.value == pytest.approx(3 / 11)
    for end in (found.low, found.high):
        rest = above - end * below
        assert abs(rest.mean()) == pytest.approx(T2 * rest.std(ddof=1) / math.sqrt(3))
    assert found.low < found.value < found.high
    assert found.replications == 3


def test_over_a_constant_the_interval_is_students_divided_by_it():
    above = array(1, 2, 6)
    found = ratio(above, array(4, 4, 4))
    half = T2 * above.std(ddof=1) / math.sqrt(3) / 4
    assert found.low == pytest.approx(0.75 - half)
    assert found.high == pytest.approx(0.75 + half)


def test_pairing_narrows_the_interval():
    below = array(100, 150, 200, 250)
    together, apart = array(11, 14, 21, 24), array(24, 21, 14, 11)
    width = [found.high - found.low for found in (ratio(together, below), ratio(apart, below))]
    assert width[0] < width[1] / 5


def test_one_ratio_in_every_replication_has_no_width():
    assert ratio(array(1, 2, 3), array(10, 20, 30)) == Ratio(0.1, 0.1, 0.1, 3)
    assert ratio(array(0, 0), array(3, 5)) == Ratio(0.0, 0.0, 0.0, 2)


def test_a_denominator_near_zero_has_no_bounded_interval():
    found = ratio(array(1, 2, 3), array(-5, 1, 6))
    assert found.value == pytest.approx(3)
    assert (found.low, found.high) == (None, None)


def test_ratios_that_are_not_there():
    assert ratio(array(1, 2), array(-1, 1)) is None
    assert ratio(array(3), array(4)) == Ratio(0.75, None, None, 1)
    for pair in ((array(), array()), (array(1), array(1, 2))):
        with pytest.raises(ValueError, match="a ratio needs pairs"):
            ratio(*pair)


def test_a_difference_relative_to_the_baseline():
    policy, baseline = array(8, 9, 7), array(10, 10, 10)
    assert relative(policy, baseline).value == pytest.approx(-0.2)
    assert relative(policy, baseline, averted=True).value == pytest.approx(0.2)
    low, high = relative(policy, baseline).low, relative(policy, baseline).high
    assert relative(policy, baseline, averted=True).low == pytest.approx(-high)
    assert relative(policy, baseline, averted=True).high == pytest.approx(-low)


def test_per_thousand_held_on_the_eve():
    found = per_thousand(array(-5, -7), array(300, 300))
    assert found.value == pytest.approx(-20)


def test_fiellers_interval_covers_as_often_as_it_says():
    """Of 4,000 intervals 95%; by chance this fails once in a million."""
    rng = np.random.default_rng(5)
    runs, n = 4000, 5
    below = rng.normal(10, 2, (runs, n))
    above = 0.3 * below + rng.normal(0, 1, (runs, n))
    found = [ratio(a, b) for a, b in zip(above, below, strict=True)]
    covered = sum(one.low is None or one.low <= 0.3 <= one.high for one in found)
    low, high = stats.binom.ppf([5e-7, 1 - 5e-7], runs, 0.95)
    assert low <= covered <= high


# --- Quantiles.


def test_the_interval_of_a_median_lies_between_order_statistics():
    """Of 10 values the 2nd and the 9th: P(B <= 1) = 11/1024 and P(B <= 2) = 56/1024 > 2.5%."""
    found = quantile(np.arange(10.0)[::-1], 0.5)
    assert found == Ratio(4.5, 1.0, 8.0, 10)
    assert quantile(np.arange(6.0), 0.5) == Ratio(2.5, 0.0, 5.0, 6)  # each tail 1/64


def test_few_values_bound_no_quantile():
    assert quantile(np.arange(5.0), 0.5) == Ratio(2.0, None, None, 5)  # each tail 1/32
    assert quantile(array(3), 0.5) == Ratio(3.0, None, None, 1)
    assert quantile(np.arange(145.0), 0.025).low is None  # 0.975**145 is more than 2.5%
    assert quantile(np.arange(146.0), 0.025).low == 0.0
    assert quantile(np.arange(146.0), 0.975).high == 145.0


def test_quantiles_that_are_not_there_are_refused():
    for values, probability in ((array(), 0.5), (array(1, 2), 0.0), (array(1, 2), 1.0)):
        with pytest.raises(ValueError, match="no quantile"):
            quantile(values, probability)


def test_the_interval_of_a_quantile_covers_at_least_as_often_as_it_says():
    """Binomial: of 100 values the chance to cover is at least 95%; no simulation is needed."""
    for probability in (0.025, 0.1, 0.5, 0.9, 0.975):
        n = 400
        found = quantile(np.arange(1.0, n + 1), probability)
        # Ranks r < s cover if r <= B < s for B of n values below the quantile.
        chance = stats.binom.cdf(found.high - 1, n, probability)
        chance -= stats.binom.cdf(found.low - 1, n, probability)
        assert 0.95 <= chance < 0.985, probability
