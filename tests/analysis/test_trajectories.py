"""Series over replications: day by day they are the estimates of single days."""

import numpy as np
import pytest

from sim.analysis.estimates import estimate
from sim.analysis.survival import LifeTable, observed_incidence, risk_at
from sim.analysis.trajectories import middle, running, span, trajectory

VALUES = np.random.default_rng(5).normal(100, 15, (40, 7))


def test_every_day_of_a_trajectory_is_the_estimate_of_that_day():
    found = trajectory(VALUES)
    for day in range(7):
        one = estimate(VALUES[:, day])
        ours = [getattr(found, k)[day] for k in ("mean", "low", "high", "p2_5", "p97_5")]
        assert ours == pytest.approx([one.mean, one.low, one.high, one.p2_5, one.p97_5])


def test_one_replication_has_a_mean_and_no_bands():
    found = trajectory(VALUES[:1])
    assert (found.mean == VALUES[0]).all()
    assert np.isnan([found.low, found.high, found.p2_5, found.p97_5]).all()


def test_a_day_that_one_replication_does_not_observe_is_not_observed():
    holed = VALUES.copy()
    holed[3, 2] = np.nan
    found = trajectory(holed)
    for values in (found.mean, found.low, found.high, found.p2_5, found.p97_5):
        assert np.isnan(values).tolist() == [day == 2 for day in range(7)]


def test_the_running_mean_is_the_estimate_of_the_first_replications():
    values = VALUES[:, 0]
    found = running(values)
    assert np.isnan(found.low[0])
    for n in range(2, 41):
        one = estimate(values[:n])
        ours = [found.mean[n - 1], found.low[n - 1], found.high[n - 1]]
        assert ours == pytest.approx([one.mean, one.low, one.high])


def test_ends_hold_all_runs_or_the_middle_of_draws():
    runs = [np.array([0.0, 5.0]), np.array([-3.0, 6.0]), np.array([2.0, 5.5])]
    assert (span(runs).low.tolist(), span(runs).high.tolist()) == ([-3.0, 5.0], [2.0, 6.0])
    draws = [np.array([float(i)]) for i in range(1001)]
    assert middle(draws).low == pytest.approx(25)
    assert middle(draws).high == pytest.approx(975)


def test_incidence_stays_where_all_are_gone_and_ends_where_the_days_end():
    gone = LifeTable(np.array([4, 1, 0]), np.array([2, 1, 0]), np.array([1, 0, 0]))
    assert observed_incidence(gone).returned.tolist() == [0.5, 0.75, 0.75]
    assert observed_incidence(gone).free.tolist() == [0.25, 0.0, 0.0]
    followed = LifeTable(np.array([4, 1, 0]), np.array([2, 0, 0]), np.array([1, 0, 0]))
    assert observed_incidence(followed).returned.tolist()[:2] == [0.5, 0.5]
    assert risk_at(followed, 3) is None
    nobody = LifeTable(np.zeros(3, int), np.zeros(3, int), np.zeros(3, int))
    assert risk_at(nobody, 1) is None
