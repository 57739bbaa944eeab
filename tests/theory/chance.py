"""Tests of means, counts and distributions that state how often they fail by chance.

Each function is one family of assertions: it fails by chance with probability `FALSE_ALARM` at
most, whatever the number of comparisons (Bonferroni). The seeds are fixed, so that a family that
holds today holds tomorrow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FALSE_ALARM = 1e-6
LEAST_EXPECTED = 20.0
"""Cells of a chi-square test are joined until this many are expected in each."""
ENDS = 3
"""So many cells at either end of a distribution are tested one by one."""


def assert_poisson(counts: ArrayLike, means: ArrayLike, what: str = "counts") -> None:
    """Counts are Poisson with these means; each is judged by its own exact tails."""
    found, expected = np.broadcast_arrays(np.asarray(counts), np.asarray(means, dtype=float))
    level = FALSE_ALARM / found.size / 2
    low, high = stats.poisson.cdf(found, expected), stats.poisson.sf(found - 1, expected)
    wrong = (low < level) | (high < level)
    assert not wrong.any(), f"{what}: {found[wrong]} against {expected[wrong]} at {where(wrong)}"


def assert_dispersion(counts: ArrayLike, means: ArrayLike, what: str = "dispersion") -> None:
    """Rows of large independent Poisson counts, shape (n, k), vary as such, column by column."""
    found, expected = np.broadcast_arrays(np.asarray(counts), np.asarray(means, dtype=float))
    squares = ((found - expected) ** 2 / expected).sum(axis=0)
    level = FALSE_ALARM / 2 / squares.size
    low, high = stats.chi2.isf([1 - level, level], len(found))
    wrong = (squares < low) | (squares > high)
    assert not wrong.any(), f"{what}: {squares[wrong]} outside {low} to {high} at {where(wrong)}"


def assert_means(
    samples: ArrayLike, means: ArrayLike, what: str = "means", *, slack: ArrayLike = 0.0
) -> None:
    """Columns of independent rows, shape (n, k), have these means, give or take the slack."""
    found = np.asarray(samples, dtype=float)
    found = found.reshape(len(found), -1)
    expected = np.broadcast_to(np.asarray(means, dtype=float).ravel(), found.shape[1:])
    n = len(found)
    error = found.std(axis=0, ddof=1) / np.sqrt(n)
    gap = np.abs(found.mean(axis=0) - expected)
    limit = stats.t.isf(FALSE_ALARM / 2 / found.shape[1], n - 1) * error
    wrong = gap > np.maximum(limit, 1e-9 * np.abs(expected)) + slack
    assert not wrong.any(), (
        f"{what}: {found.mean(axis=0)[wrong]} ± {error[wrong]} against {expected[wrong]} "
        f"at {where(wrong)}"
    )


def assert_normal(values: ArrayLike, means: ArrayLike, deviations: ArrayLike, what: str) -> None:
    """Sums of many independent parts have these means and known standard deviations."""
    found, expected, sd = np.broadcast_arrays(values, means, deviations)
    z = (found - expected) / sd
    wrong = np.abs(z) > stats.norm.isf(FALSE_ALARM / 2 / found.size)
    assert not wrong.any(), f"{what}: {found[wrong]} against {expected[wrong]}, z = {z[wrong]}"


def assert_shares(counts: ArrayLike, weights: ArrayLike, what: str, families: int = 1) -> None:
    """Counts of independent persons fall into cells in proportion to the weights.

    All cells together by chi-square; the first and the last ones, where an error of a day would
    show, by their own binomial tails as well.
    """
    found, weight = np.asarray(counts, dtype=float), np.asarray(weights, dtype=float)
    assert np.all(found[weight == 0] == 0), f"{what}: somebody where nobody can be"
    n, share, level = found.sum(), weight / weight.sum(), FALSE_ALARM / families / 2
    there = np.flatnonzero(weight)
    ends = np.union1d(there[:ENDS], there[-ENDS:])
    low = stats.binom.cdf(found[ends], n, share[ends])
    high = stats.binom.sf(found[ends] - 1, n, share[ends])
    wrong = np.minimum(low, high) < level / 2 / len(ends)
    assert not wrong.any(), f"{what}: {found[ends]} against {n * share[ends]} at the ends"
    cells, expected = joined(found, n * share)
    assert len(cells) > 1, f"{what}: too few to be tested"
    p = stats.chisquare(cells, expected, sum_check=False).pvalue
    assert p > level, f"{what}: p = {p}; {cells} against {expected}"


def joined(
    found: NDArray[np.float64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Join neighbouring cells until enough is expected in each."""
    group, number, have = np.zeros(len(expected), dtype=int), 0, 0.0
    left = float(expected.sum())
    for place, one in enumerate(expected.tolist()):
        if have >= LEAST_EXPECTED and left >= LEAST_EXPECTED:
            number, have = number + 1, 0.0
        group[place] = number
        have, left = have + one, left - one
    return np.bincount(group, found), np.bincount(group, expected)


def where(wrong: NDArray[np.bool_]) -> list[object]:
    """Positions of what is wrong."""
    return [tuple(int(i) for i in place) for place in np.argwhere(wrong)]
