"""What follows an ordinary release, and how spells end, taken from lives that were met before.

Lives are those of `sim.custody.lives`: here they meet the register of one scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.ends import BY_EXPIRY, TO_COME
from sim.custody.hazards import NEVER
from sim.custody.lives import ENDED, NOBODY, UNKNOWN, Finished, Int32s, Lives, Numbers, longer
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.spells import BLANK, Rows
from sim.custody.writing import stands

Mask = NDArray[np.bool_]
CHANGED = ("occasion", "pardon_days", "revived", "credited")
"""Columns in which it shows that a decree has selected somebody for release or changed his term.

But for commutations and other release points, which a register notes apart. An effect that shows
nowhere of these has to be named here.
"""


class _Courses(NamedTuple):
    """Which of the first `n` spells take a course that is known if no decree changes them.

    Attributes
    ----------
    known
        Whether it is known how they end and what follows, or that they are held to the end.
    followed, leads
        Whether they end with an ordinary release; whether another spell follows upon it.
    leaders
        Rows of the latter.
    """

    n: int
    known: Mask
    followed: Mask
    leads: Mask
    leaders: Rows


class Sequels:
    """What one scenario takes from the lives, and what it finds out for them."""

    def __init__(self, lives: Lives, names: tuple[str, ...]) -> None:
        _keep(lives)
        self.lives, self.names = lives, names
        self._number: Int32s = np.arange(lives.size, dtype=np.int32)
        """Number of the spell of each row."""
        self.same = lives.size
        """So many first rows of this scenario are the spells of these numbers."""
        self.to_come = lives.size - lives.first_rows
        self.settled: Mask = np.zeros(self.same, dtype=np.bool_)
        """Which of them have passed: nothing more happens to them, even if they are still held."""
        self.open: Rows | None = None
        """Of those rows the ones that are held or may come, once all that can pass have passed."""
        self._courses: _Courses | None = None

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

    def pass_by(
        self, register: Register, first: int = NEVER, last: int = NEVER
    ) -> tuple[Rows, Rows]:
        """Let spells that no decree has changed pass at once, if it is known how they end or stand.

        And those that follow upon them. Left out are spells that meet any day from `first` to
        `last`, if there are such days, on which decrees may act: who leaves on the first of them
        does so before. It has to be settled what follows those who have left alive so far.

        Returns
        -------
        tuple
            Rows of those who come back after a spell that has passed, and of their next spells.
        """
        r, lives, none = register, self.lives, np.empty(0, dtype=np.intp)
        if not lives.ended:
            return none, none
        if self._courses is None:
            self._courses = _courses(lives, self.same)
        n, known, followed, leads, leaders = self._courses
        free = known & _left_alone({name: getattr(r, name) for name in CHANGED}, r.commuted)[:n]
        if last < NEVER:
            free &= (lives.ended["left"][:n] <= first) | (r.admitted[:n] > last)
        passing = free & (r.left[:n] == NEVER) & ~self.settled[:n]
        before, after, staying = [none], [none], [none]
        back = leaders[passing[leaders]]
        while len(back):
            new = lives.following[back].astype(np.intp)
            before.append(back)
            after.append(new)
            there = free[new]
            staying.append(new[~there])
            rows = new[there]
            passing[rows] = True
            r.to_come -= len(rows)
            back = rows[leads[rows]]
        r.come(np.concatenate(staying))
        r.own("merit_days", "merit_count", "died_free")
        for name, column in lives.ended.items():
            _put(getattr(r, name)[:n], column[:n], passing)
        _put(r.died_free[:n], lives.died[:n], passing & followed)
        self.settled[:n] |= passing
        if last == NEVER:  # of all others something may still be heard
            to_be_held = (r.left[: self.same] == NEVER) | (r.left[: self.same] == TO_COME)
            self.open = np.flatnonzero(to_be_held & ~self.settled)
        return np.concatenate(before), np.concatenate(after)

    def leave(self, register: Register) -> None:
        """Leave a finished register to the next scenario, which keeps how its spells have ended."""
        if not register.has_moved:
            columns = {name: getattr(register, name) for name in (*ENDED, *CHANGED, "admitted")}
            self.lives.last = Finished(columns, register.commuted, self._number, self.same)

    def knows_merit(self, year: int) -> bool:
        """Whether a scenario has asked for the lots of a year."""
        return year in self.lives.merit

    def merit(
        self, register: Register, year: int, latest: int, drawn: Callable[[Rows], Mask]
    ) -> Rows:
        """Rows of those held, admitted by a day, to whom the lot of a year gives merit.

        Those of whom it is not known are `drawn`.
        """
        held, found = self._held(register, latest), self.lives.merit[year]
        known = np.full(len(held), -1, dtype=np.int8)
        before = int(np.searchsorted(held, min(len(found), self.same)))
        known[:before] = found[held[:before]]
        others = np.flatnonzero(known < 0)
        if len(others):
            known[others] = drawn(held[others])
            number = self._numbers(register, held[others])
            of_lives = np.flatnonzero(number != NOBODY)
            if len(of_lives):
                self._merit_of(year)[number[of_lives]] = known[others[of_lives]]
        return held[np.flatnonzero(known == 1)]

    def _held(self, register: Register, latest: int) -> Rows:
        """Rows of those held, admitted by a day, with a term, to whom more may happen."""
        r = register
        if self.open is not None:
            rows = np.concatenate((self.open, np.arange(self.same, len(r))))
            held = (r.left[rows] == NEVER) & (r.admitted[rows] <= latest) & ~r.endless(rows)
            return np.asarray(rows[held])
        there = (r.left == NEVER) & (r.admitted <= latest) & (r.imposed < LIFE)
        there[: self.same] &= ~self.settled
        return np.flatnonzero(there)

    def learn_merit(self, register: Register, year: int, latest: int, given: Rows) -> None:
        """Keep who of those held, admitted by a day, have been given merit by the lot of a year."""
        there = (register.left == NEVER) & (register.admitted <= latest)
        known = (there & (register.imposed < LIFE)).view(np.int8) - np.int8(1)
        known[given] = 1
        found = self._merit_of(year)
        found[: self.same] = known[: self.same]
        added = self._number[self.same : len(known)]
        of_lives = np.flatnonzero(added != NOBODY)
        found[added[of_lives]] = known[self.same + of_lives]

    def _merit_of(self, year: int) -> NDArray[np.int8]:
        """Return what is known of the lots of a year, with room for all lives."""
        found = self.lives.merit.setdefault(year, np.empty(0, dtype=np.int8))
        if len(found) < self.lives.size:
            more = np.full(self.lives.size, -1, dtype=np.int8)
            more[: len(found)] = found
            self.lives.merit[year] = found = more
        return found

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


def _keep(lives: Lives) -> None:
    """Keep how spells have ended that no decree has changed in the scenario before."""
    if lives.last is None:
        return
    columns, commuted, numbers, n = lives.last
    lives.last, ends = None, lives.ends()
    left, cause = columns["left"], columns["cause"]
    unknown = ends["left"][:n] == UNKNOWN
    rows = n + np.flatnonzero(numbers[n : len(left)] != NOBODY)
    if not (len(rows) or unknown.any()):
        return
    alone = _left_alone(columns, commuted) & (columns["admitted"] < NEVER)
    there = alone & (cause < BY_EXPIRY)  # dead, or still held
    out = alone & (cause == BY_EXPIRY)
    known = unknown & (there[:n] | (out[:n] & (lives.left[:n] == left[:n])))
    number = numbers[rows]
    some = np.flatnonzero(there[rows] | (out[rows] & (lives.left[number] == left[rows])))
    rows, number = rows[some], number[some]
    for name, column in ends.items():
        _put(column[:n], columns[name][:n], known)
        column[number] = columns[name][rows]


def _courses(lives: Lives, n: int) -> _Courses:
    """Look up whose course is known before a scenario begins, of the first `n` spells.

    What the scenario itself finds out is of spells that have ended, and none of these pass.
    """
    n = min(n, len(lives.ended["left"]))
    ends, cause = lives.ended["left"][:n], lives.ended["cause"][:n]
    followed = (lives.left[:n] == ends) & (cause == BY_EXPIRY)
    known = (followed | (cause < BY_EXPIRY)) & (ends != UNKNOWN)
    leads = followed & (lives.following[:n] != NOBODY)
    return _Courses(n, known, followed, leads, np.flatnonzero(leads))


def _left_alone(columns: Numbers, commuted: Rows) -> Mask:
    """Say which spells no decree has changed so far, or selected for release, shape (rows,)."""
    found = np.ones(len(columns["occasion"]), dtype=np.bool_)
    found[commuted] = False
    for name in CHANGED:
        if not stands(columns[name]):  # while one value stands for all, it is blank
            found &= columns[name] == BLANK[name]
    return found


def _put(column: NDArray[np.integer], values: NDArray[np.integer], where: Mask) -> None:
    """Write values where a mask says so; without a branch, which would often be guessed wrong."""
    if kernel.compiled is not None and kernel.compiled.put_where(column, values, where):
        return
    column += (values - column) * where
