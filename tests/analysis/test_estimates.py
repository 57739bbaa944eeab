"""Estimates and paired differences, each definition on numbers worked out by hand."""

import math

import numpy as np
import pytest

from sim.analysis.estimates import Difference, Estimate, difference, estimate, family

T3 = 3.182446305284263  # 97.5% point of Student's t with 3 degrees of freedom, from tables
T1 = 12.706204736174698  # with 1 degree


def array(*values):
    return np.array(values, dtype=np.float64)


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


# --- Estimates.


def test_the_interval_is_students():
    found = estimate(array(1, 2, 3, 6))
    sd = math.sqrt((4 + 1 + 0 + 9) / 3)
    assert found.mean == 3
    assert found.sd == close(sd)
    assert found.low == close(3 - T3 * sd / 2)
    assert found.high == close(3 + T3 * sd / 2)
    assert found.replications == 4


def test_chance_is_the_middle_of_single_realisations_not_of_the_mean():
    found = estimate(np.arange(41.0))  # 2.5% of 40 steps is one step
    assert (found.p2_5, found.p97_5) == (close(1), close(39))
    between = estimate(array(0, 10))
    assert (between.p2_5, between.p97_5) == (close(0.25), close(9.75))


def test_more_replications_shrink_the_error_and_not_the_chance():
    few, many = (np.tile(array(0, 1, 2, 3, 4), n) for n in (4, 400))
    narrow, wide = estimate(many), estimate(few)
    ratio = (wide.high - wide.low) / (narrow.high - narrow.low)
    assert 9 < ratio < 11.5
    assert (wide.p2_5, wide.p97_5) == (narrow.p2_5, narrow.p97_5)


def test_two_replications_have_an_interval():
    found = estimate(array(4, 6))
    assert found.sd == close(math.sqrt(2))
    assert found.high == close(5 + T1)


def test_one_replication_has_no_interval():
    assert estimate(array(7)) == Estimate(7.0, None, None, None, None, None, 1)


# --- Differences.


def test_a_difference_is_paired_and_policy_minus_baseline():
    found = difference(array(11, 13, 12, 18), array(10, 11, 9, 12))
    assert found.estimate == estimate(array(1, 2, 3, 6))
    assert found.baseline_mean == 10.5
    assert not found.constant


def test_what_is_averted_is_baseline_minus_policy():
    policy, baseline = array(11, 13, 12, 18), array(10, 11, 9, 12)
    averted = difference(policy, baseline, averted=True)
    assert averted.estimate.mean == -3
    assert averted.estimate.low == close(-difference(policy, baseline).estimate.high)
    assert averted.estimate.p2_5 == close(-difference(policy, baseline).estimate.p97_5)
    assert averted.baseline_mean == 10.5


def test_pairing_gain_is_the_variance_of_independent_runs_over_that_of_paired_ones():
    policy, baseline = array(1, 5, 3), array(0, 4, 1)  # variances 4 and 13/3; differences 1, 1, 2
    found = difference(policy, baseline)
    assert found.pairing_gain == close((4 + 13 / 3) / (1 / 3))


def test_a_constant_difference_has_a_degenerate_interval():
    found = difference(array(5, 8, 13), array(2, 5, 10))
    assert found.constant
    assert found.estimate == Estimate(3.0, 0.0, 3.0, 3.0, 3.0, 3.0, 3)
    assert found.pairing_gain is None


def test_identical_runs_differ_by_exactly_nothing():
    same = array(0.1, 0.2, 0.3)
    found = difference(same, same.copy())
    assert found.constant
    assert found.estimate == Estimate(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3)


def test_rounding_of_floats_does_not_make_a_constant_vary():
    baseline = array(1_100_001, 1_234_567, 999_983) / 365.25
    policy = (array(1_100_001, 1_234_567, 999_983) + 100) / 365.25
    assert np.ptp(policy - baseline) > 0  # or this test says nothing
    found = difference(policy, baseline)
    assert found.constant
    assert found.estimate.low == found.estimate.high == close(100 / 365.25)


def test_one_replication_is_no_constant():
    found = difference(array(5), array(2))
    assert not found.constant
    assert found.estimate == Estimate(3.0, None, None, None, None, None, 1)
    assert family([found]) == [found]


# --- Families.


def of(mean, sd, n=4):
    """A difference with a given mean and standard deviation."""
    half = T3 * sd / 2
    return Difference(
        Estimate(mean, sd, mean - half, mean + half, mean, mean, n), 10.0, constant=False
    )


def always(mean):
    return Difference(Estimate(mean, 0.0, mean, mean, mean, mean, 4), 10.0, constant=True)


def p_of(t, degrees=3):
    """Two-sided p of Student's t with 3 degrees of freedom, in closed form."""
    assert degrees == 3
    x = t / math.sqrt(3)
    return 1 - 2 / math.pi * (x / (1 + x * x) + math.atan(x))


def test_one_difference_needs_no_correction():
    [found] = family([of(6.0, 4.0)])
    assert found.low_simultaneous == close(found.estimate.low)
    assert found.high_simultaneous == close(found.estimate.high)
    assert found.p_adjusted == close(p_of(3))


def test_simultaneous_intervals_are_bonferronis():
    found = family([of(6.0, 4.0), of(2.0, 4.0), of(-1.0, 4.0)])
    t_point = 4.856655877  # where two tails of t with 3 degrees hold 0.05 / 3
    assert p_of(t_point) == pytest.approx(0.05 / 3, rel=1e-6)
    for d in found:
        assert d.low_simultaneous == pytest.approx(d.estimate.mean - t_point * 2, rel=1e-6)
        assert d.high_simultaneous == pytest.approx(d.estimate.mean + t_point * 2, rel=1e-6)


def test_p_values_are_holms():
    means = [4.0, 20.0, 12.0, 5.0]  # t of 2, 10, 6 and 2.5
    found = family([of(mean, 4.0) for mean in means])
    smallest, second, third, last = p_of(10), p_of(6), p_of(2.5), p_of(2)
    assert found[1].p_adjusted == close(4 * smallest)
    assert found[2].p_adjusted == close(3 * second)
    assert found[3].p_adjusted == close(2 * third)
    assert found[0].p_adjusted == close(max(last, 2 * third))  # never below the one before
    assert 2 * third > last


def test_p_values_stay_at_most_one():
    found = family([of(0.1, 4.0), of(0.0, 4.0), of(-0.2, 4.0)])
    assert [d.p_adjusted for d in found] == [1.0, 1.0, 1.0]


def test_p_values_do_not_depend_on_order_or_sign():
    found = family([of(4.0, 4.0), of(-20.0, 4.0)])
    turned = family([of(20.0, 4.0), of(-4.0, 4.0)])
    assert [d.p_adjusted for d in found] == [d.p_adjusted for d in reversed(turned)]


def test_a_constant_difference_is_left_out_of_its_family():
    with_constant = family([of(6.0, 4.0), always(0.0), of(2.0, 4.0), always(-7.0)])
    without = family([of(6.0, 4.0), of(2.0, 4.0)])
    assert [with_constant[0], with_constant[2]] == without
    for i, mean in ((1, 0.0), (3, -7.0)):
        d = with_constant[i]
        assert (d.low_simultaneous, d.high_simultaneous, d.p_adjusted) == (mean, mean, None)


def test_a_family_of_constants_only():
    assert [d.p_adjusted for d in family([always(0.0), always(1.0)])] == [None, None]
    assert family([]) == []
