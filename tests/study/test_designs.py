"""Designs: where their points lie, and that they are the same everywhere."""

import sys

import numpy as np
import pytest

from sim.study.designs import (
    grid,
    latin_hypercube,
    morris_points,
    one_at_a_time,
    saltelli_points,
    sobol_points,
)

MAKERS = (latin_hypercube, sobol_points)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (200, 117)])
def test_points_have_the_shape_asked_for_and_lie_in_the_cube(make, shape):
    points = make(*shape, 5)
    assert points.shape == shape
    assert points.min() >= 0
    assert points.max() < 1


@pytest.mark.parametrize("make", MAKERS)
def test_a_seed_gives_the_same_points_and_another_one_others(make):
    assert np.array_equal(make(20, 4, 3), make(20, 4, 3))
    assert not np.array_equal(make(20, 4, 3), make(20, 4, 4))


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (-1, 2)])
def test_empty_designs_are_refused(make, shape):
    with pytest.raises(ValueError, match="at least one point and one parameter"):
        make(*shape)


@pytest.mark.parametrize("make", MAKERS)
def test_global_random_numbers_are_left_alone(make):
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    make(16, 3, 1)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


# --- Latin hypercubes.


@pytest.mark.parametrize("points", [1, 10, 200])
def test_a_latin_hypercube_has_one_point_in_each_slice(points):
    for column in latin_hypercube(points, 6, 2).T:
        assert sorted(np.floor(column * points).astype(int)) == list(range(points))


def test_a_parameter_added_at_the_end_moves_no_other():
    assert np.array_equal(latin_hypercube(50, 9, 1)[:, :4], latin_hypercube(50, 4, 1))


def test_an_even_latin_hypercube_halves_every_range():
    assert ((latin_hypercube(200, 117, 1) > 0.5).sum(axis=0) == 100).all()


def test_columns_of_a_latin_hypercube_are_not_related():
    # Rank correlations of unrelated columns of n = 400 points have a standard deviation of 0.05;
    # beyond 6 of them one of the 190 pairs lies with probability 190 x 2e-9 < 1e-6.
    correlations = np.corrcoef(latin_hypercube(400, 20, 7), rowvar=False)
    assert np.abs(correlations[np.triu_indices(20, 1)]).max() < 6 / np.sqrt(399)


# --- Sobol' points.


@pytest.mark.parametrize("points", [1, 13, 64, 100])
def test_more_sobol_points_begin_with_the_fewer(points):
    assert np.array_equal(sobol_points(2 * points, 5, 3)[:points], sobol_points(points, 5, 3))


def test_a_power_of_two_of_sobol_points_is_balanced():
    for column in sobol_points(64, 10, 1).T:
        assert sorted(np.floor(column * 64).astype(int)) == list(range(64))


def test_sobol_points_have_their_limit():
    with pytest.raises(ValueError, match="at most 21201 parameters"):
        sobol_points(2, 21202)


# --- One at a time, and grids.


def test_one_at_a_time_moves_each_parameter_alone_to_both_ends():
    assert one_at_a_time(2).tolist() == [
        [0.5, 0.5], [0, 0.5], [1, 0.5], [0.5, 0], [0.5, 1]
    ]  # fmt: skip
    with pytest.raises(ValueError, match="at least one"):
        one_at_a_time(0)


def test_a_grid_has_every_combination_the_last_varying_fastest():
    assert grid([[0.5], [0, 1], [0.1, 0.2]]).tolist() == [
        [0.5, 0, 0.1], [0.5, 0, 0.2], [0.5, 1, 0.1], [0.5, 1, 0.2]
    ]  # fmt: skip


@pytest.mark.parametrize("levels", [[], [[]], [[0.5], []], [[1.1]], [[float("nan")]]])
def test_levels_that_are_no_quantiles_are_refused(levels):
    with pytest.raises(ValueError, match="at least one"):
        grid(levels)


# --- Points of SALib's indices.


def test_a_step_of_morris_moves_one_parameter_by_two_thirds():
    pytest.importorskip("SALib")
    points = morris_points(6, 4, 4, 1)
    assert points.shape == (30, 4)
    assert np.array_equal(points, morris_points(6, 4, 4, 1))
    assert set(np.round(points * 3).ravel()) <= {0, 1, 2, 3}
    for trajectory in points.reshape(6, 5, 4):
        steps = np.abs(np.diff(trajectory, axis=0))
        assert np.allclose(np.sort(steps, axis=1), [0, 0, 0, 2 / 3])
        assert sorted(steps.argmax(axis=1)) == [0, 1, 2, 3]


@pytest.mark.parametrize("levels", [0, 1, 3])
def test_morris_needs_an_even_number_of_levels(levels):
    with pytest.raises(ValueError, match="an even number"):
        morris_points(2, 2, levels)


def test_saltelli_exchanges_one_column_of_two_samples():
    pytest.importorskip("SALib")
    points = saltelli_points(8, 3, 1).reshape(8, 5, 3)
    first, second = points[:, 0], points[:, -1]
    for j in range(3):
        mixed = first.copy()
        mixed[:, j] = second[:, j]
        assert np.array_equal(points[:, 1 + j], mixed)
    with pytest.raises(ValueError, match="a power of 2"):
        saltelli_points(6, 3)


def test_without_salib_the_user_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(ModuleNotFoundError, match=r"amnesty-sim\[sensitivity\]"):
        morris_points(2, 2)
