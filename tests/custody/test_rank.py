"""Who stands before whom, where ranks meet their limits."""

from types import SimpleNamespace

import numpy as np

from sim.custody.decrees.selection import rank_key


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
