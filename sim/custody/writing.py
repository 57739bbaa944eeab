"""How columns grow: room for rows that follow, and one value that stands for all of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from weakref import ref

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.generic]
LINE = 64
"""Columns in one piece of memory begin at multiples of so many bytes."""


def room_for(rows: int) -> int:
    """Return how many rows there should be room for where so many are there, and more will come."""
    return rows + rows // 2


def standing(value: Column, n: int) -> Column:
    """Let one value, shape () or (1,), stand for a column, which is not writeable."""
    column = np.ndarray((n,), value.dtype, value, strides=(0,))
    column.flags.writeable = False
    return column


def stands(column: Column) -> bool:
    """Say whether one value stands for all rows of a column."""
    return not column.strides[0]


def is_one(value: Column | int, one: np.generic) -> bool:
    """Say whether a number, or every entry of a column that has some, is a certain one."""
    if isinstance(value, int):
        return bool(value == one)
    return bool(value[0] == one and (stands(value) or (value == one).all()))


def with_room(column: Column, room: int) -> Column | None:
    """Return the longer column whose first part this is, if it has that room."""
    base = column.base
    if not isinstance(base, np.ndarray) or not column.flags.writeable or len(base) < room:
        return None
    same = base.dtype == column.dtype and base.ctypes.data == column.ctypes.data
    return base[:room] if same and base.strides == column.strides else None


def written_on(column: Column, first: int, last: int, value: Column | int, room: int) -> Column:
    """Write values for the rows of a column from one on to before another.

    Returns a column of `room` rows, the same if it had them. One value may go on standing for all.
    There has to be a row to write.
    """
    if first and stands(column) and is_one(value, column[0]):
        return column if len(column) == room else standing(column[:1], room)
    if stands(column) or len(column) < room:
        before, column = column, np.empty(room, dtype=column.dtype)
        column[:first] = before[:first]
    column[first:last] = value
    return column


class Lending:
    """Columns in one piece of memory, with room behind each that one borrower at a time may use.

    Their rows never change; what stands in the room is the borrower's.

    Parameters
    ----------
    parts
        By name the columns that follow each other in one, all of `size` rows together.
    """

    def __init__(self, parts: Mapping[str, Sequence[Column]], size: int) -> None:
        self.size, self.room, length = size, room_for(size), 0
        self._places: dict[str, tuple[slice, np.dtype[np.generic]]] = {}
        for name, (first, *_) in parts.items():
            end = length + self.room * first.itemsize
            self._places[name], length = (slice(length, end), first.dtype), -(-end // LINE) * LINE
        self._memory = np.empty(length, dtype=np.uint8)
        self._lent: Callable[[], Column | None] = lambda: None
        for name, column in self._columns(self._memory).items():
            np.concatenate(parts[name], out=column[:size])

    def columns(self) -> dict[str, Column]:
        """Return the columns without their room."""
        return {name: column[: self.size] for name, column in self._columns(self._memory).items()}

    def lend(self) -> dict[str, Column]:
        """Return the columns with their room; none of them while somebody holds any that was lent.

        All that are lent, and parts of them, hold the same view of the memory: once it is gone,
        nobody looks at the room any more.
        """
        if self._lent() is not None:
            return {}
        view: NDArray[np.uint8] = np.frombuffer(self._memory.data, dtype=np.uint8)
        self._lent = ref(view)
        return self._columns(view)

    def _columns(self, memory: NDArray[np.uint8]) -> dict[str, Column]:
        return {name: memory[place].view(dtype) for name, (place, dtype) in self._places.items()}
