"""What results rest on: every definition by hand, indices of functions whose indices are known."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.attribution import place_values, shapley
from sim.analysis.indices import morris_indices, sobol_indices
from sim.analysis.sensitivity import (
    influences,
    partial_rank_correlations,
    split_variance,
    spread,
    welch_half_width,
)
from sim.study.designs import latin_hypercube, morris_points, saltelli_points


def array(*rows):
    return np.array(rows, dtype=np.float64)


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-12)


# --- Swings.


def test_a_swing_is_upper_half_minus_lower_half():
    design = array([0.1, 0.9], [0.2, 0.4], [0.6, 0.8], [0.9, 0.1])
    outcomes = array([1, 3], [4, 4], [9, 11], [6, 8])  # means 2, 4, 10, 7
    wide, narrow = influences(["first", "second"], design, outcomes)
    assert (wide.name, wide.rank, narrow.name, narrow.rank) == ("first", 1, "second", 2)
    assert (wide.lower, wide.upper, wide.swing) == (3, 8.5, 5.5)
    assert (narrow.lower, narrow.upper, narrow.swing) == (5.5, 6, 0.5)
    # Variances 2 and 4.5 of two draws each: s.e. sqrt(3.25), degrees 3.25^2 / (1 + 2.25^2).
    degrees = 3.25**2 / (1 + 2.25**2)
    half = stats.t.ppf(0.975, degrees) * math.sqrt(3.25)
    assert (wide.low, wide.high) == (close(5.5 - half), close(5.5 + half))
    half = stats.t.ppf(1 - 0.025 / 2, degrees) * math.sqrt(3.25)
    assert (wide.low_simultaneous, wide.high_simultaneous) == (close(5.5 - half), close(5.5 + half))


def test_the_interval_is_welchs():
    lower, upper = np.array([1.0, 4, 2, 8, 3]), np.array([7.0, 7.5, 9])
    known = stats.ttest_ind(upper, lower, equal_var=False).confidence_interval(0.95)
    assert welch_half_width(lower, upper) == close((known.high - known.low) / 2)


def test_the_middle_belongs_to_the_lower_half_and_to_a_switch_that_is_off():
    (one,) = influences(["switch"], array([0.5], [0.5], [0.51]), array([1], [3], [10]))
    assert (one.lower, one.upper, one.swing) == (2, 10, 8)
    assert one.low is None  # a single draw on one side


def test_what_has_no_draw_on_a_side_has_no_swing_and_comes_last():
    design = array([0.1, 0.9], [0.3, 0.2], [0.2, 0.8])
    found = influences(["low only", "both"], design, array([1], [2], [3]))
    assert [one.name for one in found] == ["both", "low only"]
    assert (found[1].swing, found[1].upper, found[1].lower) == (None, None, 2)


def test_outcomes_that_never_vary_have_a_swing_of_exactly_nothing():
    design = latin_hypercube(20, 3)
    for one in influences(["a", "b", "c"], design, np.full((20, 2), 7.0)):
        assert (one.swing, one.low, one.high) == (0, 0, 0)
        assert (one.low_simultaneous, one.high_simultaneous) == (0, 0)
        assert one.partial is None


def test_one_draw_has_no_swing():
    (one,) = influences(["a"], array([0.7]), array([3, 5]))
    assert (one.lower, one.upper, one.swing, one.low, one.partial) == (None, 4, None, None, None)


def test_a_parameter_is_judged_where_it_exists():
    design = array([0.1], [0.2], [0.3], [0.8], [0.9], [0.7])
    exists = np.array([[True], [True], [False], [True], [True], [False]])
    outcomes = array([1], [2], [100], [5], [8], [200])
    (one,) = influences(["comes with a switch"], design, outcomes, exists=exists)
    assert (one.lower, one.upper) == (1.5, 6.5)


@pytest.mark.parametrize(
    ("design", "outcomes", "names"),
    [
        (array([0.1], [0.2]), array([1]), ["a"]),
        (array([0.1], [0.2]), array([1], [2]), ["a", "b"]),
        (array([0.1], [0.2]), array([1], [math.nan]), ["a"]),
        (np.zeros((0, 1)), np.zeros((0, 3)), ["a"]),
    ],
)
def test_what_does_not_fit_is_refused(design, outcomes, names):
    with pytest.raises(ValueError, match=r"shape|names|not observed|no draws"):
        influences(names, design, outcomes)


def test_simultaneous_intervals_hold_together():
    # Nothing has an effect: in at most 5% of studies any of 8 intervals misses zero. Of 400 more
    # than 44 miss with probability 1e-6 (binomial, 5%).
    rng = np.random.default_rng(5)
    missed = 0
    for _ in range(400):
        found = influences(list("abcdefgh"), rng.random((40, 8)), rng.normal(size=(40, 1)))
        missed += any(one.low_simultaneous * one.high_simultaneous > 0 for one in found)
    assert stats.binom.sf(44, 400, 0.05) < 1e-6
    assert missed <= 44


def test_pointwise_intervals_cover_the_known_swing():
    # y = x + z, both uniform: the swing of x is 1/2. Of 500 intervals fewer than 448 cover with
    # probability below 1e-6 if each covers in 95%.
    rng = np.random.default_rng(6)
    covered = 0
    for _ in range(500):
        design = rng.random((50, 2))
        found = {one.name: one for one in influences("xz", design, design.sum(axis=1)[:, None])}
        covered += found["x"].low <= 0.5 <= found["x"].high
    assert stats.binom.cdf(447, 500, 0.95) < 1e-6
    assert covered >= 448


# --- Partial rank correlations.


def test_a_partial_rank_correlation_follows_from_three_rank_correlations():
    design = array([0.1, 0.5], [0.4, 0.2], [0.3, 0.9], [0.8, 0.6], [0.9, 0.1], [0.6, 0.8])
    means = np.array([1.0, 30, 2, 900, 40, 50])
    first, second, out = (stats.rankdata(x) for x in (*design.T, means))
    r = np.corrcoef([first, second, out])
    by_hand = (r[0, 2] - r[0, 1] * r[1, 2]) / math.sqrt((1 - r[0, 1] ** 2) * (1 - r[1, 2] ** 2))
    assert partial_rank_correlations(design, means)[0] == close(by_hand)


def test_a_rank_correlation_does_not_depend_on_the_scale():
    design = latin_hypercube(60, 3, 2)
    means = design[:, 0] + design[:, 1] ** 2
    assert partial_rank_correlations(design, np.exp(5 * means)) == pytest.approx(
        partial_rank_correlations(design, means)
    )


def test_what_cannot_be_correlated_is_undefined():
    design = np.column_stack([latin_hypercube(30, 2), np.full(30, 0.5)])
    found = partial_rank_correlations(design, design[:, 0])
    assert np.isnan(found[2])
    assert np.isnan(partial_rank_correlations(latin_hypercube(5, 4), np.arange(5.0))).all()
    twins = np.column_stack([design[:, 0]] * 2)
    assert np.isnan(partial_rank_correlations(twins, design[:, 1])).all()
    assert np.isnan(partial_rank_correlations(design, np.ones(30))).all()


# --- Spread, ignorance and chance.


def test_the_spread_is_of_means_of_draws():
    found = spread(np.column_stack([np.arange(-1.0, 40), np.arange(-1.0, 40)]))
    assert (found.low, found.high) == (close(0), close(38))  # 2.5% of 40 steps is one step
    assert (found.negative, found.zero, found.positive) == (1 / 41, 1 / 41, 39 / 41)
    assert (found.draws, found.replications, found.mean) == (41, 2, 19)
    assert spread(array([3, 5])).low == spread(array([3, 5])).high == 4


def test_what_replications_do_to_all_draws_alike_is_chance():
    found = split_variance(array([1, 2], [5, 6], [3, 4]))
    assert found.ignorance == close(4)  # the means 1.5, 5.5 and 3.5
    assert found.chance == close(0.5)
    assert found.share == close(4 / 4.5)


def test_the_split_by_hand_with_a_remainder():
    # Means of draws 2 and 6, of replications 3 and 5; remainders of 1 each: mean square 4.
    found = split_variance(array([2, 2], [4, 8]))
    assert found.ignorance == close(8 - 4 / 2)
    assert found.chance == close((0 + 8) / 2)


@pytest.mark.parametrize("outcomes", [array([1, 2, 3]), array([1], [2], [3])])
def test_one_draw_or_one_replication_cannot_be_split(outcomes):
    assert split_variance(outcomes) is None


def test_nothing_that_varies_has_no_share():
    found = split_variance(np.full((4, 3), 2.0))
    assert (found.ignorance, found.chance, found.share) == (0, 0, None)


def test_the_split_is_unbiased_with_and_without_common_random_numbers():
    # Variances 4 between draws; 1 of replications, common to draws or not; 9 of the remainder.
    # Means over 600 studies lie within 5 standard errors but for a chance below 1e-6 each.
    rng = np.random.default_rng(8)
    for common in (True, False):
        found = []
        for _ in range(600):
            draws = 2 * rng.normal(size=(40, 1))
            replications = rng.normal(size=(1 if common else 40, 5))
            one = split_variance(draws + replications + 3 * rng.normal(size=(40, 5)))
            found.append((one.ignorance, one.chance))
        means, errors = np.mean(found, axis=0), np.std(found, axis=0) / math.sqrt(600)
        assert np.all(np.abs(means - [4, 10]) < 5 * errors)


# --- Morris and Sobol'.


def ishigami(points):
    x = -math.pi + 2 * math.pi * points
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_ishigamis_function_are_the_known_ones():
    pytest.importorskip("SALib")
    found = sobol_indices(["a", "b", "c"], ishigami(saltelli_points(4096, 3, 1)), seed=0)
    v = math.pi**4
    variance = 49 / 8 + 0.1 * v / 5 + 0.01 * v**2 / 18 + 0.5
    first = [0.5 * (1 + 0.1 * v / 5) ** 2 / variance, 49 / 8 / variance, 0]
    interaction = 8 * 0.01 * v**2 / 225 / variance
    total = [first[0] + interaction, first[1], interaction]
    assert [one.first for one in found] == pytest.approx(first, abs=0.02)
    assert [one.total for one in found] == pytest.approx(total, abs=0.02)
    assert all(0 < one.total_half < 0.1 for one in found)
    again = sobol_indices(["a", "b", "c"], ishigami(saltelli_points(4096, 3, 1)), seed=0)
    assert found == again


def test_morris_finds_the_slopes_of_a_plane_and_no_interaction():
    pytest.importorskip("SALib")
    points = morris_points(10, 3, 4, 1)
    found = morris_indices(["a", "b", "c"], points, points @ [3, -2, 0], seed=0)
    assert [one.mu_star for one in found] == pytest.approx([3, 2, 0], abs=1e-12)
    assert [one.mu for one in found] == pytest.approx([3, -2, 0], abs=1e-12)
    assert [one.sigma for one in found] == pytest.approx([0, 0, 0], abs=1e-12)
    assert [one.half for one in found] == pytest.approx([0, 0, 0], abs=1e-12)


def test_morris_finds_an_interaction():
    pytest.importorskip("SALib")
    points = morris_points(40, 2, 4, 2)
    one, other = morris_indices(["a", "b"], points, points[:, 0] * points[:, 1])
    # An effect of one is the other's level: 0, 1/3, 2/3 or 1, of standard deviation up to 0.43.
    assert 0.2 < one.mu_star < 0.8
    assert one.sigma > 0.2
    assert other.sigma > 0.2


def test_a_design_with_a_point_missing_has_no_indices():
    with pytest.raises(ValueError, match="every point"):
        sobol_indices(["a", "b"], np.ones(7))
    with pytest.raises(ValueError, match="every point"):
        morris_indices(["a", "b"], np.ones((5, 2)), np.ones(5))
    with pytest.raises(ValueError, match="is missing"):
        sobol_indices(["a", "b"], np.array([1, 2, 3, math.nan]))
    with pytest.raises(ValueError, match="no variance to split"):
        sobol_indices(["a", "b"], np.ones(8))


# --- Shapley.


def test_shapleys_shares_of_two_clauses_are_means_over_two_orders():
    by_subset = {
        frozenset(): np.array([0.0, 1]), frozenset("a"): np.array([4.0, 5]),
        frozenset("b"): np.array([2.0, 3]), frozenset("ab"): np.array([10.0, 9]),
    }  # fmt: skip
    found = shapley(by_subset)
    # a adds 4 alone and 8 after b in the first replication, 4 and 6 in the second.
    assert found["a"].mean == close((6 + 5) / 2)
    assert found["b"].mean == close((4 + 3) / 2)
    assert found["a"].sd == close(math.sqrt(0.5))
    assert found["a"].mean + found["b"].mean == close(((10 - 0) + (9 - 1)) / 2)


def test_the_glove_game_has_its_known_shares():
    # One left glove (a) and two right ones (b, c): pairs are worth 1; shares 2/3, 1/6, 1/6.
    worth = {frozenset(s): float("a" in s and len(s) > 1) for s in
             ("", "a", "b", "c", "ab", "ac", "bc", "abc")}  # fmt: skip
    found = shapley({s: np.full(3, v) for s, v in worth.items()})
    assert [found[x].mean for x in "abc"] == [close(2 / 3), close(1 / 6), close(1 / 6)]
    assert found["a"].low == found["a"].high == found["a"].mean  # always the same


def test_a_clause_that_adds_nothing_has_no_share_and_equals_share_alike():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=6)
    by_subset = {
        frozenset(s): noise * len(set(s) & {"a", "b"}) ** 2
        for s in ("", "a", "b", "n", "ab", "an", "bn", "abn")
    }
    found = shapley(by_subset)
    assert found["n"].mean == close(0)
    assert found["a"].mean == close(found["b"].mean)


def test_one_clause_has_everything():
    found = shapley({frozenset(): np.array([1.0]), frozenset(["x"]): np.array([4.0])})
    assert found["x"].mean == 3
    assert found["x"].low is None


def test_missing_subsets_too_many_clauses_and_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"no outcome for the clauses \[\] \(1 missing\)"):
        shapley({frozenset("a"): np.ones(2)})
    with pytest.raises(ValueError, match="1 to 8 clauses; found 9"):
        shapley({frozenset("abcdefghi"): np.ones(2)})
    with pytest.raises(ValueError, match="1 to 8 clauses; found 0"):
        shapley({})
    with pytest.raises(ValueError, match="the same replications"):
        shapley({frozenset(): np.ones(2), frozenset("a"): np.ones(3)})


# --- The worth of a place.


def test_a_place_is_worth_the_paired_slope_between_caps():
    one, other = place_values([10, 20, 60], [array(1, 2), array(3, 6), array(3, 6)])
    assert one.places == (10, 20)
    assert one.per_place.mean == close((0.2 + 0.4) / 2)
    assert one.per_place.sd == close(math.sqrt(0.02))
    assert (other.per_place.mean, other.per_place.low, other.per_place.high) == (0, 0, 0)


def test_caps_increase_and_fit_their_outcomes():
    with pytest.raises(ValueError, match="must increase"):
        place_values([10, 10], [np.ones(2)] * 2)
    with pytest.raises(ValueError, match="1 outcomes for 2 caps"):
        place_values([10, 20], [np.ones(2)])
    with pytest.raises(ValueError, match="the same replications"):
        place_values([10, 20], [np.ones(2), np.ones(3)])
    assert place_values([10], [np.ones(2)]) == ()
