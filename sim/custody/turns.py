"""Whose turn it is: of those held, for whom a rule may have come since it was last read.

Most people cannot meet a rule before a day that follows from what they have served and have left.
They are not read before that day, nor again until their term changes. Reading decides, so a day
that is too early costs time and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.soon import Soon

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
Int32s = NDArray[np.int32]
Mask = NDArray[np.bool_]


class Turns:
    """For each row of a register, the first day on which it has to be read.

    Before it is read that is a day before which the rule cannot come for it, from its admission on.
    The register puts a row back to 0 whenever its term or its day of release may have changed.

    Parameters
    ----------
    least
        Returns, from terms in days, how many days whoever meets the rule has been held at least,
        shape (n,), or one number for all; without it they may meet it on the day they are admitted.
    keeps_pace
        Whether a term that is so many days shorter brings nobody's day nearer by more than these.
    """

    def __init__(
        self, least: Callable[[Ints], Ints | int] | None = None, *, keeps_pace: bool = False
    ):
        self.first_day: Int32s = np.zeros(0, dtype=np.int32)
        self.least, self.keeps_pace = least, keeps_pace
        self.soon = Soon()

    def begin(self, rows: Rows | slice, admitted: Ints, terms: Ints) -> None:
        """Leave rows unread until the rule may come for them, whose terms are no shorter."""
        first = admitted if self.least is None else admitted + self.least(terms)
        self._begin_on(rows, np.minimum(first, NEVER))

    def come(self, rows: Rows, day: int) -> Mask:
        """Say whose turn has come on a day, shape (n,)."""
        return np.asarray(self.first_day[rows] <= day)

    def due(self, day: int, size: int) -> Rows:
        """Return those of so many first rows whose turn has come on a day."""
        return self.soon.below(self.first_day[:size], day + 1)

    def put_off(self, rows: Rows, until: NDArray[np.integer] | int) -> None:
        """Leave rows unread until given days, shape (n,), unless their terms change before."""
        self.first_day[rows] = until

    def at_once(self, rows: Rows, admitted: Int32s) -> None:
        """Let rows be read again whatever was said of them, from their admission on."""
        self._begin_on(rows, admitted)

    def sooner(self, rows: Rows, days: int) -> None:
        """Let rows of those held be read sooner by so many days, the most taken off their terms."""
        if not self.keeps_pace:
            self._begin_on(rows, np.zeros(len(rows), dtype=np.int32))
            return
        self._begin_on(rows, np.maximum(self.first_day[rows] - days, 0))

    def _begin_on(self, rows: Rows | slice, days: NDArray[np.integer]) -> None:
        """Let rows be read from given days on, shape (n,), which may be sooner than before."""
        self.first_day[rows] = days
        self.soon.changed(days, rows, len(self.first_day))

    def reach(self, size: int) -> None:
        """Make room for rows that are added."""
        if size > len(self.first_day):
            more = np.zeros(size + size // 4 - len(self.first_day), dtype=np.int32)
            self.first_day = np.concatenate((self.first_day, more))
