"""The columns in which people are kept: their types, kinds of admission, and how they are written.

A column in which all agree is one value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.course import CHANGES
from sim.custody.hazards import NEVER
from sim.custody.streams import Stream
from sim.custody.wear import Varying, dies_on
from sim.custody.writing import room_for, standing

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Words = NDArray[np.uint64]
Value = NDArray[np.integer] | int
"""One value per person, or one for all."""
Part = Mapping[str, NDArray[np.generic] | int]
Columns = dict[str, NDArray[np.generic]]
WordsOf = Callable[[Stream], Words]
DTYPES: dict[str, type[np.generic]] = {
    "person": np.int64, "line": np.uint64, "spell": np.int16, "kind": np.int8,
    "born": np.int32, "origin": np.int8, "residence": np.int8, "exiled": np.bool_,
    "exiled_before": np.bool_,
    "offence": np.int8, "imposed": np.int32, "health": np.int8, "camp": np.int16,
    "admitted": np.int32, "base": np.int32, "tolerance": np.int64, "rate": np.int64,
    "due": np.int32, "dies": np.int32, "merit_count": np.int16, "merit_days": np.int32,
    "pardon_days": np.int32, "occasion": np.int16, "release": np.int32, "key": np.int32,
    "left": np.int32, "cause": np.int16, "freed_by": np.int16, "died_free": np.int32,
    "eligible_on": np.int32, "free_since": np.int32, "point": np.int16,
    "revived": np.int32,
    "risk": np.int16,
    "credited": np.int32,
    "home": np.bool_,
    "judged": np.int32, "final": np.int32, "ended": np.bool_,
    **dict.fromkeys(CHANGES, np.int32),
}  # fmt: skip
"""Types of the register's columns."""
STATED = {"offence_day": NEVER, "earlier_count": -1, "earlier_days": -1}
"""Columns beside the register's, of a known start: what stands there if a row says nothing."""
FIRST, RETURN, ARREST, EXTINGUISHED = 0, 1, 2, 3
"""Kinds of admission: first, return after a spell, arrest in a drive; none at all, where a decree
wiped the sentence out before it began."""
NEVER_HELD = -(1 << 28)
"""The day since which a person is free who was not held before."""


def columns_of(n: int, part: Part) -> Columns:
    """Make a column of every value."""
    return {
        name: value
        if isinstance(value, np.ndarray) and value.shape == (n,)
        else standing(np.asarray(value), n)
        for name, value in part.items()
    }


class Written:
    """Columns being written part by part; one value stands for all while nobody differs."""

    def __init__(self, most: int, varying: Varying | None) -> None:
        self.most, self.size = most, 0
        self.room = room_for(most)
        self.varying = varying
        self.same: dict[str, int] = {}
        self.full: Columns = {}
        self.nobody: Part = {}

    def put(self, n: int, part: Part) -> None:
        """Write `n` persons after those who are there."""
        if not n and self.most:
            self.nobody = part
            return
        first, self.size = self.size, self.size + n
        for name, value in {**part, "dies": dies_on(part, self.varying)}.items():
            if name not in self.full:
                if np.ndim(value) == 0 and self.same.setdefault(name, int(value)) == value:
                    continue
                if name in self.same and np.all(value == self.same[name]):
                    continue
                self.full[name] = np.empty(self.room, dtype=DTYPES.get(name, np.int64))
                if name in self.same:
                    self.full[name][:first] = self.same.pop(name)
            self.full[name][first : self.size] = value

    def columns(self) -> Columns:
        """Return what is written; columns of nobody, where nobody lived to the start or came."""
        if not self.same and not self.full:
            self.most = 0
            self.put(0, self.nobody)
        same = {
            name: np.broadcast_to(np.asarray(value, dtype=DTYPES.get(name, np.int64)), (self.size,))
            for name, value in self.same.items()
        }
        return {**same, **{name: column[: self.size] for name, column in self.full.items()}}
