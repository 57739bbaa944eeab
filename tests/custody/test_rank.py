"""Who stands before whom, where ranks meet their limits."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.custody.decrees.selection import _in_order, rank_key


def test_life_is_last_even_after_who_came_after_the_day_that_counts():
    bench = SimpleNamespace(
        served=np.array([-40, 0, 100, 400]),
        term=np.array([100, 100, 200, 0]),
        endless=np.array([False, False, False, True]),
        awaiting=np.zeros(4, dtype=bool),
        register=None,
        rows=np.arange(4),
    )
    assert np.argsort(rank_key(bench, "longest served share")).tolist() == [2, 1, 0, 3]


@pytest.mark.parametrize("n", [0, 1, 500])
def test_rows_stand_in_the_order_of_their_keys(n):
    """Whatever their type and range: lexicographic, and as they stand where all keys agree."""
    random = np.random.default_rng(n)
    camps = random.integers(0, 5, n).astype(np.int16)
    keys = [
        -random.integers(0, 40, n),
        random.random(n).round(1),
        np.where(random.random(n) < 0.5, np.iinfo(np.int64).max, random.integers(0, 9, n)),
        random.integers(2**64 - 9, 2**64, n, dtype=np.uint64),
        random.integers(-(2**40), 2**40, n),
    ]
    for some in ([camps, key] for key in keys):
        assert np.array_equal(_in_order(some), np.lexsort(some[::-1]))
    assert np.array_equal(_in_order([camps, *keys]), np.lexsort([*reversed(keys), camps]))
