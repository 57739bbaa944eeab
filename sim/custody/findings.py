"""What never changes of a spell and is found where it is asked for: found once, then kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Notes = dict[str, NDArray[np.int16]]
"""Small numbers by name, one for each person whom scenarios share."""
UNKNOWN = -1


class Findings:
    """Small numbers of the rows of a register, such as whether a label is on.

    Those of people whom scenarios share, which are the first rows, are kept for all of these.
    """

    def __init__(self, first_rows: int, notes: Notes | None) -> None:
        self.first_rows = first_rows if notes is not None else 0
        self.notes: Notes = notes if notes is not None else {}
        self.columns: Notes = {}

    def of(
        self, name: str, rows: Rows, size: int, find: Callable[[Rows], NDArray[np.generic]]
    ) -> NDArray[np.int16]:
        """Return what is known of rows by a name, and find what is not; `size` rows there are.

        The first time a scenario asks, the rows asked about are looked up. What is asked again
        will be asked on: then all others are, since a call costs more than many rows.
        """
        column, asked_before = self.columns.get(name), name in self.columns
        if name not in self.notes:
            self.notes[name] = np.full(self.first_rows, UNKNOWN, dtype=np.int16)
        if column is None or len(column) < size:
            known = self.notes[name] if column is None else column
            more = np.full(size + size // 4 - len(known), UNKNOWN, dtype=np.int16)
            column = self.columns[name] = np.concatenate((known, more))
        missing = rows[column[rows] == UNKNOWN]
        if len(missing) and asked_before:
            missing = np.flatnonzero(column[:size] == UNKNOWN)
        if len(missing):
            column[missing] = find(missing)
            of_all = missing[missing < self.first_rows]
            self.notes[name][of_all] = column[of_all]
        return np.asarray(column[rows])
