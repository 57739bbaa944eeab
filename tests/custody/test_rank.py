"""Who stands before whom, where ranks meet their limits."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.custody.comparing import in_order
from sim.custody.decrees.selection import _by_lot, _first_by_lot, rank_key


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


@pytest.mark.parametrize("most", [2**64, 40])  # of small lots too many lie where few are sought
@pytest.mark.parametrize("n", [0, 1, 7, 400])
def test_who_may_get_a_place_by_lot(n, most):
    random = np.random.default_rng(n)
    rows = np.arange(n)
    register = SimpleNamespace(
        spell=rows % 3, line=np.zeros(n, dtype=np.uint64), person=random.permutation(n)
    )
    lottery = random.integers(0, most, n, dtype=np.uint64)
    for upside_down in (lottery, ~lottery):  # of great ones too few
        keys = [np.zeros(n, dtype=np.int16), upside_down, random.integers(0, 2, n)]
        order = _by_lot(register, rows, keys)
        for places in (0, 1, 3, n // 5, n, n + 1):
            found = _first_by_lot(register, rows, keys, places)
            assert found[:places].tolist() == order[:places].tolist()


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
        random.integers(0, 100_000, n),  # a little more than two bytes hold
    ]
    for some in ([camps, key] for key in keys):
        assert np.array_equal(in_order(some), np.lexsort(some[::-1]))
    assert np.array_equal(in_order([camps, *keys]), np.lexsort([*reversed(keys), camps]))
