"""What never changes of a spell and is found where it is asked for: found once, then kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Notes = dict[str, NDArray[np.int16]]
"""Small numbers by name, one for each of the first rows, which scenarios share."""
UNKNOWN = -1
NOTHING = np.zeros(0, dtype=np.int16)
AT_FIRST = 2
"""So many times what is asked of rows is looked up for these alone."""


class Findings:
    """Small numbers of the rows of a register, such as whether a label is on.

    Those of the first rows, which scenarios share, are kept for all of these.
    """

    def __init__(self, first_rows: int, notes: Notes | None) -> None:
        self.first_rows = first_rows if notes is not None else 0
        self.notes: Notes = notes if notes is not None else {}
        self.columns: Notes = {}
        self.times: dict[str, int] = {}

    def of(
        self, name: str, rows: Rows, size: int, find: Callable[[Rows], NDArray[np.generic]]
    ) -> NDArray[np.int16]:
        """Return what is known of rows by a name, and find what is not; `size` rows there are.

        The first times that a scenario asks about rows of which it is not known, these are looked
        up. What is asked again and again will be asked on: then all others are, since a call costs
        more than many rows.
        """
        column = self.columns.get(name)
        noted = self.notes.setdefault(name, NOTHING)
        if len(noted) < self.first_rows:
            more = np.full(self.first_rows - len(noted), UNKNOWN, dtype=np.int16)
            self.notes[name] = np.concatenate((noted, more))
        if column is None and len(rows) and rows.max() < len(self.notes[name]):
            found = self.notes[name].take(rows)
            if not (found == UNKNOWN).any():  # as of most people in further scenarios
                return np.asarray(found)
        if column is None or len(column) < size:
            known = self.notes[name] if column is None else column
            more = np.full(size + size // 4 - len(known), UNKNOWN, dtype=np.int16)
            column = self.columns[name] = np.concatenate((known, more))
        found = column.take(rows)
        missing = rows[found == UNKNOWN]
        if not len(missing):
            return np.asarray(found)
        self.times[name] = self.times.get(name, 0) + 1
        if self.times[name] > AT_FIRST:
            missing = np.flatnonzero(column[:size] == UNKNOWN)
        elif len(missing) * 4 > size:  # of many some may be asked about more than once
            asked = np.zeros(size, dtype=np.bool_)
            asked[missing] = True
            missing = np.flatnonzero(asked)
        column[missing] = find(missing)
        of_all = missing[missing < self.first_rows]
        self.notes[name][of_all] = column[of_all]
        return np.asarray(column.take(rows))
