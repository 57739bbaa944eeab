"""Of people drawn by the least hazards nobody may have lived to the start, and nobody may come."""

import numpy as np
import pytest

from sim.custody.columns import Written


def part(n: int) -> dict[str, np.ndarray | int]:
    numbers = np.arange(n, dtype=np.int64)
    return {"person": numbers, "kind": 0, "admitted": 0, "base": -1, "tolerance": numbers + 5,
            "rate": 1}  # fmt: skip


@pytest.mark.parametrize("drawn", [0, 3])
def test_where_nobody_is_left_of_those_drawn_there_are_columns_of_nobody(drawn):
    written = Written(drawn, None)
    written.put(0, part(0))
    columns = written.columns()
    assert {"person", "kind", "admitted", "dies"} <= columns.keys()
    assert all(len(column) == 0 for column in columns.values())


def test_who_comes_after_nobody_is_alone():
    written = Written(3, None)
    written.put(0, part(0))
    written.put(2, part(2))
    columns = written.columns()
    assert columns["person"].tolist() == [0, 1]
    assert columns["dies"].tolist() == [4, 5]
