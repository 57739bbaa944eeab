"""Policies against each other over draws, by hand."""

import math

import numpy as np
import pytest

from sim.analysis.robustness import (
    Exceeding,
    Reversal,
    exceeding,
    ranking,
    regrets,
    reversals,
)


def array(*rows):
    return np.array(rows, dtype=np.float64)


OUTCOMES = array([4, 1, 5, 5], [2, 3, 5, 1], [0, 0, 0, 0])
NAMES = ("bold", "steady", "idle")


def test_shares_of_draws_in_which_one_exceeds_another():
    found = exceeding(NAMES, OUTCOMES)
    assert found == (
        Exceeding("bold", "steady", 0.5, 0.25, 0.25),
        Exceeding("bold", "idle", 1.0, 0.0, 0.0),
        Exceeding("steady", "idle", 1.0, 0.0, 0.0),
    )
    assert all(one.above + one.equal + one.below == 1 for one in found)


def test_regret_is_what_is_missing_to_the_best_of_the_draw():
    first, second, last = regrets(NAMES, OUTCOMES)
    assert (first.policy, first.worst, first.worst_draw, first.mean) == ("bold", 2, 1, 0.5)
    assert (second.policy, second.worst, second.worst_draw, second.mean) == ("steady", 4, 3, 1.5)
    assert (last.policy, last.worst, last.mean) == ("idle", 5, 4.25)
    assert (first.leads, second.leads, last.leads) == (0.75, 0.5, 0)  # the third draw is a tie
    assert first.low == pytest.approx(0.5 - 3.182446305284263 * 1 / 2)  # t with 3 degrees, sd 1


def test_where_less_is_better_regret_turns_round():
    first, *others = regrets(NAMES, OUTCOMES, more_is_better=False)
    assert (first.policy, first.worst, first.leads) == ("idle", 0, 1)
    assert {one.policy: one.worst for one in others} == {"bold": 5, "steady": 5}


def test_one_policy_and_one_draw_have_no_regret_and_no_interval():
    (one,) = regrets(["alone"], array([3]))
    assert (one.mean, one.worst, one.leads, one.low) == (0, 0, 1, None)
    assert exceeding(["alone"], array([3])) == ()


def test_policies_are_ranked_by_their_mean():
    assert ranking(NAMES, OUTCOMES) == ("bold", "steady", "idle")
    assert ranking(("a", "b"), array([1, 1], [1, 1])) == ("a", "b")


def test_a_reversal_is_another_order_in_the_other_half():
    quantiles = np.array([0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9])
    first = array([5, 6, 5, 6, 1, 2, 1, 2])[0]
    outcomes = np.array([first, np.full(8, 3.0)])
    assert reversals(("a", "b"), quantiles, outcomes) == (
        Reversal("a", "b", 2.5, -1.5, clear=True),
    )
    assert reversals(("a", "b"), quantiles, outcomes + array([3], [0])) == ()


def test_a_reversal_within_error_is_not_clear():
    quantiles = np.array([0.1, 0.2, 0.8, 0.9])
    outcomes = array([1, -2, 1, 1.5], [0, 0, 0, 0])
    (one,) = reversals(("a", "b"), quantiles, outcomes)
    assert (one.lower, one.upper, one.clear) == (-0.5, 1.25, False)
    (single,) = reversals(("a", "b"), np.array([0.1, 0.9]), array([1, -1], [0, 0]))
    assert not single.clear


def test_a_parameter_seen_in_one_half_reverses_nothing():
    assert reversals(("a", "b"), np.array([0.1, 0.5]), array([1, -1], [0, 0])) == ()


@pytest.mark.parametrize(
    "outcomes", [array([1, 2]), np.zeros((3, 0)), array([1], [math.nan], [2]), np.ones(3)]
)
def test_what_does_not_fit_is_refused(outcomes):
    for judge in (exceeding, regrets, ranking):
        with pytest.raises(ValueError, match=r"expected outcomes|not observed"):
            judge(NAMES, outcomes)
    with pytest.raises(ValueError, match="quantiles for 4 draws"):
        reversals(NAMES, np.ones(3), OUTCOMES)
