"""Flags as tables: which value each person has, by shares that may differ from row to row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.tables import CutTable
from sim.scenario.flags import Flag

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
_LOW, _HALF = np.uint64(2**32 - 1), np.uint64(32)


class FlagTable:
    """One flag's shares, a segment for each row of its table.

    A word's upper half chooses the band, its lower half the number within it; all numbers of a
    band are alike.
    """

    def __init__(self, flag: Flag) -> None:
        codes = range(len(flag.words))
        self.table = CutTable([(codes, shares) for _, shares in flag.rows()])
        bands = np.array(flag.bands, dtype=np.int64)
        self._first, self._width = bands[:, 0], bands[:, 1] - bands[:, 0] + 1

    def values(self, rows: Ints, words: Words) -> Ints:
        """Return a value for each word, shape (n,), by the row of the table that holds.

        Codes of words, numbers, or days (of a date, before the admission).
        """
        codes = self.table.pick(rows, words)
        within = (words & _LOW) * self._width[codes].astype(np.uint64) >> _HALF
        return self._first[codes] + within.astype(np.int64)

    def digest(self) -> str:
        """Return a text that differs with what is drawn."""
        return f"{self.table.digest()} {self._first.tolist()} {self._width.tolist()}"
