"""Rebound on gaps made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.rebound import rebound, shares_left

YEAR, THREE, FIVE = 365, 1096, 1826


def gap(days, **on):
    """A gap that keeps its value until the next day given."""
    found = np.zeros(days)
    for day, value in sorted((int(name[1:]), value) for name, value in on.items()):
        found[day:] = value
    return found


def test_shares_and_half_life_are_those_of_the_initial_gap():
    left = gap(3000, d100=80, d300=41, d400=40, d600=20, d1500=-8)
    found = rebound(left, 100)
    assert found.initial_gap == 80
    assert found.share_left == {1: 40 / 80, 3: 20 / 80, 5: -8 / 80}
    assert found.half_life_days == 300  # 41 is more than half, 40 is not


def test_years_count_from_the_first_release_and_the_gap_from_the_last():
    left = gap(3000, d100=30, d101=70, d102=100, d450=100, d465=90, d466=10, d1196=5, d1926=1)
    found = rebound(left, 100, release_days=3)
    assert found.initial_gap == 100
    assert found.share_left == {1: 0.9, 3: 0.05, 5: 0.01}
    assert found.half_life_days == 466 - 102


def test_what_lies_past_the_horizon_is_not_observed():
    left = gap(100 + THREE, d100=10)
    found = rebound(left, 100)
    assert found.share_left == {1: 1.0, 3: None, 5: None}
    assert found.half_life_days is None
    assert rebound(gap(100 + THREE + 1, d100=10), 100).share_left[3] == 1.0


def test_without_a_gap_there_is_no_rebound():
    assert rebound(np.zeros(3000), 100) is None
    assert rebound(gap(3000, d100=-5), 100) is None
    assert rebound(gap(100, d10=5), 100) is None
    assert rebound(gap(3000, d5=5), -1) is None
    assert rebound(gap(101, d100=5), 100, release_days=2) is None


def test_a_gap_that_falls_by_half_in_a_day():
    assert rebound(gap(200, d100=10, d101=5), 100).half_life_days == 1


def test_exponential_decay_has_its_half_life():
    left = np.concatenate((np.zeros(50), 1000 * 0.5 ** (np.arange(2500) / 400)))
    found = rebound(left, 50)
    assert found.half_life_days == 400
    assert found.share_left[1] == pytest.approx(0.5 ** (YEAR / 400))
    assert found.share_left[5] == pytest.approx(0.5 ** (FIVE / 400))


def test_shares_have_the_error_of_a_paired_ratio():
    """Every replication keeps half: whatever the gaps, the ratio does not vary."""
    one = gap(2000, d100=10, d300=5)
    found = shares_left(np.array([one, 2 * one, 7 * one]), 100)
    assert (found[1].value, found[1].low, found[1].high) == (0.5, 0.5, 0.5)
    assert found[5] is not None
    assert shares_left(np.array([one[:600], one[:600]]), 100)[3] is None
    varied = np.array([gap(500, d100=10, d300=4), gap(500, d100=10, d300=6)])
    found = shares_left(varied, 100)[1]
    assert found.value == 0.5
    assert found.low < 0.5 < found.high
    assert shares_left(np.zeros((3, 500)), 100) == {1: None, 3: None, 5: None}


def test_the_mean_gap_is_what_shares_are_of():
    gaps = np.array([gap(2000, d100=10, d300=1), gap(2000, d100=30, d300=9)])
    of_means = rebound(gaps.mean(axis=0), 100)
    assert shares_left(gaps, 100)[1].value == pytest.approx(of_means.share_left[1])
