"""Who stands before whom, where ranks meet their limits."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.custody.decrees.selection import _by_lot, rank_key


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


@pytest.mark.parametrize("lots", [[9, 4, 4, 1], [4, 4, 4, 4], [4, 1, 9, 2]])
def test_of_equal_lots_the_person_decides(lots):
    person, rows = np.array([50, 8, 7, 60]), np.arange(4)
    register = SimpleNamespace(person=person, spell=np.zeros(4), line=np.zeros(4))
    order = _by_lot(register, rows, [np.zeros(4, dtype=np.int16), np.array(lots)])
    assert order.tolist() == sorted(rows, key=lambda row: (lots[row], person[row]))
