"""The lives of a replication's people while no decree reaches them, kept for all of its scenarios.

What follows an ordinary release depends on the spell and on the day alone: who dies at liberty and
who comes back, when, and with which sentence. The scenario that meets it first finds it out; where
the same spell ends on the same day in another one, the same follows and is not drawn again. Whose
term a decree changes leaves on another day, or by decree: what follows is then found out by
address, as in a scenario alone. Of spells that nothing but merit changes it is kept as well how
they end, so that they need not be met where no decree may reach them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.writing import Lending, is_one, standing

Int32s = NDArray[np.int32]
Columns = dict[str, NDArray[np.generic]]
Numbers = dict[str, NDArray[np.integer]]
NOBODY = -1
"""The number of a spell that is none of these lives."""
ENDED: dict[str, type[np.integer]] = {
    "left": np.int32, "cause": np.int16, "due": np.int32, "key": np.int32, "merit_days": np.int32,
    "merit_count": np.int16,
}  # fmt: skip
"""Columns of a register of which it is known what they come to, with their types."""
UNKNOWN = -1
"""The day of leaving of a spell of which it is not known how it ends, if it does."""


class Finished(NamedTuple):
    """What is left of the register of a scenario, for the next to look at.

    Attributes
    ----------
    columns
        Columns by name.
    commuted
        Rows of sentences that have been commuted.
    numbers
        Number of the spell of each row; `NOBODY` where it is none of these lives.
    same
        So many first rows are the spells of these numbers.
    """

    columns: Numbers
    commuted: NDArray[np.intp]
    numbers: Int32s
    same: int


class Lives:
    """Spells as they follow each other without a decree, as far as a scenario has met them.

    Spells have numbers: those drawn beforehand, of people whom scenarios share, that of their row;
    those that follow come after them.
    """

    def __init__(self, first_rows: int) -> None:
        self.first_rows = self.size = first_rows
        self.left: Int32s = np.full(first_rows, NEVER, dtype=np.int32)
        """Day of the release of which it is known what follows; ``NEVER`` where it is not."""
        self.died: Int32s = np.full(first_rows, NEVER, dtype=np.int32)
        """Day of a death at liberty after it, else ``NEVER``."""
        self.following: Int32s = np.full(first_rows, NOBODY, dtype=np.int32)
        """Number of the spell that follows, else `NOBODY`."""
        self.ended: Numbers = {}
        """What those columns come to, by name, of spells that nothing but merit has changed."""
        self.merit: dict[int, NDArray[np.int8]] = {}
        """By year whether the word of a spell gives it merit, -1 where nobody has asked."""
        self.last: Finished | None = None
        """Columns of the scenario before, if they are still to be looked at."""
        self._parts: list[Columns] = []
        self._everybody: Columns = {}
        self._lending: Lending | None = None

    def add(self, columns: Columns) -> Int32s:
        """Add spells that follow, as they begin; returns their numbers."""
        n = len(columns["person"])
        first, self.size = self.size, self.size + n
        self._parts.append({name: column.copy() for name, column in columns.items()})
        if self.size > len(self.left):
            room = self.size + self.size // 4
            self.left = longer(self.left, room, NEVER)
            self.died = longer(self.died, room, NEVER)
            self.following = longer(self.following, room, NOBODY)
        return np.arange(first, self.size, dtype=np.int32)

    def ends(self) -> Numbers:
        """Return the columns of how spells end, with room for all of them."""
        if not self.ended or len(self.ended["left"]) < self.size:
            room, before = len(self.left), self.ended
            self.ended = {name: np.zeros(room, dtype=dtype) for name, dtype in ENDED.items()}
            self.ended["left"][:] = UNKNOWN
            for name, column in before.items():
                self.ended[name][: len(column)] = column
        return self.ended

    def everybody(self, people: Columns) -> Columns:
        """Return people's columns with those of the spells that follow after them, by number.

        What is known of people alone stays as it is.
        """
        if self.size == self.first_rows:
            return people
        if self._lending is None or self._lending.size != self.size:
            parts = {
                name: (column, *(part[name] for part in self._parts))
                for name, column in people.items()
                if name in self._parts[0]
            }
            one = {
                name for name, each in parts.items()
                if all(len(part) and is_one(part, each[0][0]) for part in each)
            }  # fmt: skip
            apart = {name: parts[name] for name in parts.keys() - one}
            self._lending = Lending(apart, self.size)
            self._everybody = {
                **people,
                **{name: standing(people[name][:1], self.size) for name in one},
                **self._lending.columns(),
            }
        return self._everybody

    def lend(self) -> Columns:
        """Return those of everybody's columns in which not all agree, with room for more rows.

        None of them if it is not known that nobody uses this room.
        """
        return {} if self._lending is None else self._lending.lend()


def longer(column: Int32s, room: int, blank: int) -> Int32s:
    """Return a column with room for more entries, which are blank."""
    more = np.full(room, blank, dtype=column.dtype)
    more[: len(column)] = column
    return more
