"""What follows an ordinary release, taken from lives that another scenario has met.

Lives are those of `sim.custody.lives`: here they meet the register of one scenario.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.lives import NOBODY, Int32s, Lives, longer
from sim.custody.register import BY_EXPIRY, Register, Rows
from sim.custody.sentencing import LIFE

Mask = NDArray[np.bool_]


class Sequels:
    """What one scenario takes from the lives, and what it finds out for them."""

    def __init__(self, lives: Lives, names: tuple[str, ...]) -> None:
        self.lives, self.names = lives, names
        self._number: Int32s = np.arange(lives.size, dtype=np.int32)
        """Number of the spell of each row."""
        self.same = lives.size
        """So many first rows of this scenario are the spells of these numbers."""
        self.to_come = lives.size - lives.first_rows

    def known(self, register: Register, rows: Rows) -> Mask:
        """Say of those who have left of whom it is known what follows, shape (n,)."""
        number = self._numbers(register, rows)
        known = (number != NOBODY) & (register.cause[rows] == BY_EXPIRY)
        return np.asarray(known & (self.lives.left[number] == register.left[rows]))

    def repeat(self, register: Register, rows: Rows) -> tuple[Rows, Rows]:
        """Let what is known follow; returns the rows of who comes back, and those of his return."""
        number = self._numbers(register, rows)
        register.own("died_free")
        register.died_free[rows] = self.lives.died[number]
        following = self.lives.following[number]
        back = following != NOBODY
        new = following[back].astype(np.intp)
        register.come(new)
        return rows[back], new

    def learn(self, register: Register, rows: Rows, back: Rows, new: Rows) -> None:
        """Keep what follows those whom no decree has reached.

        Parameters
        ----------
        rows
            Rows of whom it was found out.
        back, new
            Rows of those of them who come back, and the rows just added for them.
        """
        if register.has_moved:
            return
        lives, rows = self.lives, rows[self._untouched(register, rows)]
        number = self._number[rows]
        lives.left[number] = register.left[rows]
        lives.died[number] = register.died_free[rows]
        lives.following[number] = NOBODY
        own = self.known(register, back)
        if own.any():
            before, after = back[own], new[own]
            whole = slice(new[0], new[-1] + 1) if own.all() else after  # added, they stand together
            following = lives.add({name: getattr(register, name)[whole] for name in self.names})
            lives.following[self._number[before]] = following
            self._number[after] = following

    def knows_merit(self, year: int) -> bool:
        """Whether a scenario has asked for the lots of a year."""
        return year in self.lives.merit

    def merit(
        self, register: Register, year: int, latest: int, drawn: Callable[[Rows], Mask]
    ) -> Rows:
        """Rows of those held, admitted by a day, to whom the lot of a year gives merit.

        Those of whom it is not known are `drawn`.
        """
        known = np.full(len(register), -1, dtype=np.int8)
        found = self.lives.merit[year]
        rows = min(len(found), self.same)
        known[:rows] = found[:rows]
        there = (register.left == NEVER) & (register.admitted <= latest)
        held = np.flatnonzero(there & (known != 0))
        held = held[~register.endless(held)]
        others = held[known[held] < 0]
        if len(others):
            known[others] = drawn(others)
            self._keep_merit(year, known)
        return np.asarray(held[known[held] == 1])

    def learn_merit(self, register: Register, year: int, latest: int, given: Rows) -> None:
        """Keep who of those held, admitted by a day, have been given merit by the lot of a year."""
        there = (register.left == NEVER) & (register.admitted <= latest)
        asked = there & (register.imposed < LIFE)
        known = np.where(asked, 0, -1).astype(np.int8)
        known[given] = 1
        self._keep_merit(year, known)

    def _keep_merit(self, year: int, known: NDArray[np.int8]) -> None:
        """Keep what has been found, by row, -1 where it has not."""
        found = np.full(self.lives.size, -1, dtype=np.int8)
        before = self.lives.merit.get(year, found[:0])
        found[: len(before)] = before
        found[: self.same] = known[: self.same]
        added = self._number[self.same : len(known)]
        of_lives = np.flatnonzero(added != NOBODY)
        found[added[of_lives]] = known[self.same + of_lives]
        self.lives.merit[year] = found

    def _untouched(self, register: Register, rows: Rows) -> Mask:
        """Say of those who have left which spells went as they go without a decree.

        Whether all of them are found, and only they, matters for time alone.
        """
        r = register
        own = (self._numbers(r, rows) != NOBODY) & (r.cause[rows] == BY_EXPIRY)
        changed = (r.pardon_days[rows] > 0) | (r.revived[rows] > 0) | (r.credited[rows] > 0)
        return np.asarray(own & ~changed)

    def _numbers(self, register: Register, rows: Rows) -> Int32s:
        if len(register) > len(self._number):
            self._number = longer(self._number, len(register) * 5 // 4, NOBODY)
        return np.asarray(self._number[rows])
