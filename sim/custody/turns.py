"""Whose turn it is: of those held, for whom a rule may have come since it was last read.

Most people cannot meet a rule before a day that follows from what they have served and have left.
They are not read before that day, nor again until their term changes. Reading decides, so a day
that is too early costs time and changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
Int32s = NDArray[np.int32]
Mask = NDArray[np.bool_]


class Turns:
    """For each row of a register, the first day on which it has to be read.

    Before it is read that is the day of admission, or 0 of a row that is added. The register puts a
    row back to 0 whenever its term or its day of release may have changed.
    """

    def __init__(self, admitted: NDArray[np.integer]) -> None:
        self.first_day: Int32s = np.array(admitted, dtype=np.int32)

    def come(self, rows: Rows, day: int) -> Mask:
        """Say whose turn has come on a day, shape (n,)."""
        return np.asarray(self.first_day[rows] <= day)

    def due(self, day: int, size: int) -> Rows:
        """Return those of so many first rows whose turn has come on a day."""
        return np.flatnonzero(self.first_day[:size] <= day)

    def put_off(self, rows: Rows, until: NDArray[np.integer] | int) -> None:
        """Leave rows unread until given days, shape (n,), unless their terms change before."""
        self.first_day[rows] = until

    def at_once(self, rows: Rows | slice) -> None:
        """Let rows be read again whatever was said of them."""
        self.first_day[rows] = 0

    def reach(self, size: int) -> None:
        """Make room for rows that are added."""
        if size > len(self.first_day):
            more = np.zeros(size + size // 4 - len(self.first_day), dtype=np.int32)
            self.first_day = np.concatenate((self.first_day, more))
