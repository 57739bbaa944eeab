"""Spells as they run: who comes, who is held, who ends when, and whose turn it is to be read.

``due``, the tolerance and a planned release are the only truth about leaving. A spell ends at
the smallest of its keys: a key is four times the day, plus 0 for death, 1 for expiry, 3 for a
release by decree, which is the order within a day; admissions stand between them with 2.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.columns import Columns
from sim.custody.comparing import everybody
from sim.custody.ends import (
    CAUSES,
    DEATH,
    EXPIRY,
    NO_OCCASION,
    RELEASE,
    STAGES,
    TO_COME,
    before_acts,
)
from sim.custody.hazards import NEVER
from sim.custody.points import Points
from sim.custody.soon import Soon
from sim.custody.spells import CLOSED, WINDOW, Ended, Rows
from sim.custody.terms import Terms
from sim.custody.turns import Turns
from sim.custody.wear import Varying
from sim.custody.writing import stands

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Running(Terms):
    """Spells that begin and end as the days pass, and who of those held awaits which rule."""

    def __init__(
        self,
        columns: Columns,
        points: Points | None,
        *,
        shared: bool,
        varying: Varying | None,
        to_come: int,
        lent: Columns | None,
    ) -> None:
        super().__init__(columns, points, shared=shared, varying=varying, lent=lent)
        self.to_come, self.first_to_come = to_come, len(columns["person"]) - to_come
        """Spells that stand there, in the last rows of these columns, and have not come yet."""
        self.further = bool(to_come)
        """Whether another scenario has met these people before."""
        self.turns: list[Turns] = []
        """Who is to be read when, of rules that are read again and again."""
        self.up_to = -(1 << 62)
        """Key below which all spells have been closed."""
        self._soon = Soon(once=True)
        for start in range(0, self._size, WINDOW):
            self._find_end(slice(start, start + WINDOW))
        if to_come:
            self.left[self.first_to_come :], self.key[self.first_to_come :] = TO_COME, CLOSED

    def add(self, columns: Columns) -> Rows:
        """Add rows; columns that say nothing yet are blank. Returns the new rows."""
        if not len(columns["person"]):
            return np.empty(0, dtype=np.intp)
        first = self.lengthen(columns)
        for turns in self.turns:
            turns.reach(self._size)
        self._begin(slice(first, self._size))
        return np.arange(first, self._size)

    @property
    def certain(self) -> int:
        """Number of spells of which it is known that they come."""
        return self._size - self.to_come

    def come(self, rows: Rows) -> None:
        """Let spells come that stand there."""
        self.to_come -= len(rows)
        self.left[rows] = NEVER
        self._begin(rows)

    def finish(self) -> None:
        """Let those spells never come that have not come at the end."""
        if self.to_come:
            rows = np.flatnonzero(self.left == TO_COME)
            for name in ("admitted", "judged", "final") if self.has_trials else ("admitted",):
                self.own(name)
                getattr(self, name)[rows] = NEVER
            self.left[rows] = NEVER
            self.to_come = 0

    def await_turns(self, turns: Turns) -> None:
        """Keep from now on whose turn it is under a rule."""
        self.turns.append(turns)
        turns.reach(self._size)
        for start in range(0, self._size, WINDOW):
            self._let_wait(turns, slice(start, min(start + WINDOW, self._size)))
            turns.put_off(np.flatnonzero(self.left[start : start + WINDOW] != NEVER) + start, NEVER)

    def _begin(self, rows: Rows | slice) -> None:
        """Find the ends of spells that are new, and when rules may come for them."""
        self._find_end(rows)
        for turns in self.turns:
            self._let_wait(turns, rows)

    def _let_wait(self, turns: Turns, rows: Rows | slice) -> None:
        """Leave rows unread until a rule may come for them."""
        admitted = self.admitted[rows].astype(np.int64)
        terms = np.zeros_like(admitted)
        if not self.has_trials:  # else a judgment, and no term, may settle when a spell ends
            terms = np.maximum(self.due[rows] - admitted, 0)
        turns.begin(rows, admitted, terms)

    def rekey(self, rows: Rows, cut_days: int | None = None) -> None:
        """Find anew which end comes first, after a term has changed; let rules be read again.

        Where nothing but a cut of at most so many days has changed it, they come that much sooner.
        """
        self._find_end(rows)
        for turns in self.turns:
            if cut_days is None:
                turns.at_once(rows, self.admitted[rows])
            else:
                turns.sooner(rows, cut_days)

    def select(self, rows: Rows, number: int) -> None:
        """Select people for release by an occasion: from then on no other asks after them."""
        self.own("occasion")
        self.occasion[rows] = number
        for turns in self.turns:
            turns.put_off(rows, NEVER)

    def plan(self, rows: Rows, days: NDArray[np.integer]) -> None:
        """Plan on which days people go, shape (n,), by the occasion that has selected them.

        It is the only one that does: nothing was planned before, and no rule is read again.
        """
        self.own("release")
        self.release[rows] = days
        self.key[rows] = ends = np.minimum(self.key[rows], days * STAGES + RELEASE)
        self._soon.changed(ends, rows, self._size)

    def _find_end(self, rows: Rows | slice) -> None:
        """Find which end comes first."""
        ends = np.minimum(self.dies[rows] * STAGES + DEATH, self.due[rows] * STAGES + EXPIRY)
        if not stands(self.release):  # else nobody's release is planned
            ends = np.minimum(ends, self.release[rows] * STAGES + RELEASE)
        self.key[rows] = ends
        self._soon.changed(ends, rows, self._size)

    def close(self, limit: int, first: int = 0) -> Iterator[Ended]:
        """End spells from a row on whose key lies below the limit.

        Of millions of rows a window at a time, so that what lies between is small.
        """
        self.up_to = max(self.up_to, limit)
        for start in range(first, len(self), WINDOW):
            if len(self) > WINDOW:
                rows = (self.key[start : start + WINDOW] < limit).nonzero()[0] + start
            else:
                rows = self._soon.below(self.key, limit)
            if not len(rows):
                continue
            ended = self._end(rows)
            for turns in self.turns:
                turns.put_off(rows, NEVER)
            yield ended

    def _end(self, rows: Rows) -> Ended:
        """End spells on the day and at the stage of their keys."""
        if kernel.compiled is not None:
            found = kernel.compiled.end_spells(
                rows, self.key, self.left, self.cause, CLOSED, CAUSES
            )
            if found is not None:
                return Ended(len(rows), *found)
        key = self.key[rows]
        stages = (key & (STAGES - 1)).astype(np.uint8)  # the remainder, in a part of the time
        self.left[rows] = days = key // STAGES
        self.cause[rows] = CAUSES[stages]
        self.key[rows] = CLOSED
        lives = stages != DEATH
        freed = np.flatnonzero(stages[lives] == RELEASE)
        return Ended(len(rows), rows[lives], freed, int(days[lives].min(initial=NEVER)))

    def until(self, rows: Rows) -> NDArray[np.int32]:
        """Day on which spells have ended, or will end as things are."""
        return np.minimum(self.left[rows], self.key[rows] // STAGES)

    def held(self, day: int, *, alone: bool = False) -> Rows:
        """Rows held when decrees act on a day, once the register is up to date.

        If `alone`, only those whom no occasion has selected for release.
        """
        rows = np.flatnonzero((self.left == NEVER) & (self.admitted <= day))
        if alone and not stands(self.occasion):  # while one value stands for all, nobody is
            rows = rows[self.occasion[rows] == NO_OCCASION]
        return rows

    def awaited(self, turns: Turns, day: int, over: Mask | None = None) -> Rows:
        """Rows held on a day whose turn has come, of those whom no occasion has selected.

        For whom it is `over`, shape (rows,) at least, and whose spell has ended, closed or not, has
        no turn any more; nobody has one before his admission.
        """
        rows = turns.due(day, len(self))
        there = self.occasion[rows] == NO_OCCASION
        if over is not None:
            there &= ~over[rows]
        if self.further:  # of those whose spells are met again some have passed or may never come
            there &= self.left[rows] == NEVER
        if self.up_to < (limit := before_acts(day)):
            there &= self.key[rows] >= limit
        if everybody(there):
            return rows
        turns.put_off(rows.compress(~there), NEVER)
        return rows.compress(there)
