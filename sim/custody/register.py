"""The register of spells: columns of who is held, since when, and until when.

``due``, the tolerance and a planned release are the only truth about leaving. A spell ends at
the smallest of its keys: a key is four times the day, plus 0 for death, 1 for expiry, 3 for a
release by decree, which is the order within a day; admissions stand between them with 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.columns import EXTINGUISHED, STATED, Columns
from sim.custody.comparing import everybody
from sim.custody.course import CHANGES, Course
from sim.custody.findings import Findings, Notes
from sim.custody.hazards import NEVER
from sim.custody.points import Points
from sim.custody.sentencing import DEATH as OF_DEATH
from sim.custody.sentencing import LIFE
from sim.custody.soon import Soon
from sim.custody.spells import CLOSED, Ended, Spells
from sim.custody.trials import not_before
from sim.custody.turns import Turns
from sim.custody.wear import Varying, used
from sim.custody.writing import stands
from sim.scenario.law.points import MovedPoint

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

DEATH, EXPIRY, ADMISSION, RELEASE = 0, 1, 2, 3
STAGES = 4
TO_COME = -NEVER
"""Stands for the day of leaving of a spell of which it is not known yet whether it comes."""
NO_OCCASION = -1
WINDOW = 1 << 20
"""Rows of which ended spells are closed together."""
BY_DEATH, BY_EXPIRY, BY_DECREE = 0, 1, 2
"""Causes of leaving; a release by the decree at position p has ``BY_DECREE + p``."""
CAUSES = np.array([BY_DEATH, BY_EXPIRY, BY_EXPIRY, BY_EXPIRY], dtype=np.int16)
"""By the stage of the day, as long as it is not known which decree releases."""


def before_acts(day: int) -> int:
    """Return the key below which spells have ended before merit and decrees act on a day."""
    return day * STAGES + ADMISSION + 1


class Register(Spells):
    """Spells as they run: who leaves when, by which end, and what decrees do to it.

    Beside the columns:

    followed
        Rows of spells that a person came back after, with the rows of the spells that followed.
    stated
        What is known of the first rows beside these columns (`sim.custody.columns.STATED`).
    """

    def __init__(
        self,
        columns: Columns,
        points: Points | None = None,
        *,
        shared: bool = True,
        notes: Notes | None = None,
        varying: Varying | None = None,
        to_come: int = 0,
        lent: Columns | None = None,
    ) -> None:
        super().__init__(columns, shared=shared, varying=varying, lent=lent)
        self.to_come, self.first_to_come = to_come, len(columns["person"]) - to_come
        """Spells that stand there, in the last rows of these columns, and have not come yet."""
        self.further = bool(to_come)
        """Whether another scenario has met these people before."""
        self.points = Points() if points is None else points
        self.has_trials = "judged" in columns
        """Whether people are held before judgment."""
        self.has_moved = False  # whether a decree has moved a release point
        self.said: dict[str, Ints] = {}
        """Flags that are stated and not drawn: values of the first rows, by name."""
        self.parts: dict[int, tuple[tuple[int, int], ...]] = {}
        """Parts of sentences that are stated and not drawn, by row: offence and days of each."""
        self.cuts: list[tuple[int, int, Rows]] = []
        self.credits: list[tuple[int, Rows, Ints]] = []
        """Credits: the position of the decree, rows, and days of each."""
        self.commuted = np.empty(0, dtype=np.intp)
        self.due_before = np.empty(0, dtype=np.int64)
        """Days due of those before the first commutation, if ever."""
        self.spared_death: list[tuple[Rows, int]] = []
        """Rows whose sentence of death became another, and the day."""
        self.to_strike = np.empty(0, dtype=np.intp)
        """Rows that their release by decree strikes from the record."""
        self.to_expel = np.empty(0, dtype=np.intp)
        """Rows of those whom their release by decree sends abroad."""
        self.stated = {name: columns[name] for name in STATED if name in columns}
        self.followed: list[tuple[Rows, Rows]] = []
        self.turns: list[Turns] = []
        """Who is to be read when, of rules that are read again and again."""
        self.up_to = -(1 << 62)
        """Key below which all spells have been closed."""
        self._soon = Soon(once=True)
        self._findings = Findings(self._size, notes)
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

    def tolerance_left(self, rows: Rows) -> Ints:
        """Return what is left of tolerances on the day of leaving alive, where hazards vary."""
        assert self.varying is not None
        left, base = self.left[rows].astype(np.int64), self.base[rows].astype(np.int64)
        names = ("health", "origin", "risk", "born", *CHANGES)
        columns = {name: getattr(self, name)[rows] for name in names}
        return np.asarray(self.tolerance[rows] - used(columns, self.varying, base, left))

    def health_on(self, rows: Rows, day: NDArray[np.integer] | int) -> NDArray[np.int8]:
        """State of health on a day, one for all or one for each, no later than that of leaving."""
        if not isinstance(self.varying, Course):
            return self.health[rows]
        columns = {name: getattr(self, name)[rows] for name in ("health", *CHANGES)}
        return self.varying.state_on(columns, day)

    def in_state_since(self, rows: Rows, day: Ints | int) -> Ints:
        """Day since which health is what it is on a day: of the last change, or of admission."""
        found = self.admitted[rows].astype(np.int64)
        for name in CHANGES:
            change = getattr(self, name)[rows]
            found = np.where(change <= day, np.maximum(change, found), found)
        return found

    def next_change(self, rows: Rows, day: Ints | int) -> Ints:
        """First day after one on which health changes, if people are still held, shape (n,)."""
        found = np.full(len(rows), NEVER, dtype=np.int64)
        for name in reversed(CHANGES):
            change = getattr(self, name)[rows]
            found = np.where(change > day, np.minimum(change, found), found)
        return found

    def endless(self, rows: Rows) -> Mask:
        """Say whose sentence has no term: for life, or of death."""
        return self.imposed[rows] >= LIFE

    def under_death(self, rows: Rows) -> Mask:
        """Say who is under sentence of death."""
        return np.asarray(self.imposed[rows] == OF_DEATH)

    def executed(self, rows: Rows) -> Mask:
        """Say who was executed: who left when a sentence of death was due to be carried out."""
        ended = (self.cause[rows] == BY_EXPIRY) & ~self.acquitted(rows)
        return np.asarray(ended & self.under_death(rows))

    def term(self, rows: Rows) -> Ints:
        """Terms in force, days: the sentence and what was revived, less all cuts.

        No meaning for a sentence without one.
        """
        cut = self.merit_days[rows].astype(np.int64) + self.pardon_days[rows]
        return np.asarray(self.imposed[rows] + self.revived[rows] - cut)

    def acquitted(self, rows: Rows) -> Mask:
        """Say whom the court acquits, or has acquitted."""
        return self.final[rows] >= NEVER

    def begins(self, rows: Rows) -> NDArray[np.int32]:
        """Day from which people serve a final sentence: of admission, where none is held before."""
        return self.final[rows] if self.has_trials else self.admitted[rows]

    def known_from(self, rows: Rows) -> Ints:
        """Day on which a sentence is known: of judgment, or of admission."""
        return np.maximum(self.admitted[rows], self.judged[rows]).astype(np.int64)

    def _apart(self, rows: Rows) -> Mask | None:
        """Mark rows of which ordinary release is not simply the end of the term; None of nobody."""
        if self.has_trials:
            return np.ones(len(rows), dtype=np.bool_)
        if stands(self.point) and not (len(rows) and self.point[0]):
            return None
        apart = self.point[rows] > 0
        return apart if apart.any() else None

    def ends(self, rows: Rows) -> Ints:
        """Day on which the term ends; that of release where the whole term is served."""
        ends = self.due.take(rows).astype(np.int64)
        early = self._apart(rows)
        if early is not None:
            some = rows[early]
            ends[early] = self.admitted[some] + self.term(some) - self.credited[some]
        return ends

    def due_after(self, rows: Rows, terms: Ints, points: NDArray[np.int16]) -> Ints:
        """Day of ordinary release if terms and release points were these."""
        due = self.admitted[rows] + self.points.served(points, terms) - self.credited[rows]
        if self.has_trials:
            return not_before(due, self.judged[rows], self.final[rows])
        return due

    def due_commuted(self, rows: Rows, to: int) -> Ints:
        """Day of ordinary release under another sentence; never, for life."""
        if to >= LIFE:
            return np.full(len(rows), NEVER, dtype=np.int64)
        terms = np.full(len(rows), to, dtype=np.int64)
        return self.due_after(rows, terms, self.points.codes(self.offence[rows], terms))

    def due_after_cut(self, rows: Rows, days: Ints) -> Ints:
        """Day of ordinary release if terms were so many days shorter."""
        due = self.due[rows] - days
        early = self._apart(rows)
        if early is not None:
            some, cut = rows[early], days[early]
            due[early] = self.due_after(some, self.term(some) - cut, self.point[some])
        return np.asarray(due)

    def lasting(
        self, name: str, rows: Rows, find: Callable[[Rows], NDArray[np.generic]]
    ) -> NDArray[np.generic]:
        """Return small numbers of rows that never change; kept, but for those of millions."""
        if self._size > WINDOW:
            return find(rows)
        return self._findings.of(name, rows, self._size, find)

    def known(self, name: str, rows: Rows) -> tuple[Ints, Mask]:
        """Return what is known of rows at the start, and of which rows it is known."""
        blank = STATED[name]
        column = np.append(self.stated.get(name, ()), blank).astype(np.int64)
        found = column[np.minimum(rows, len(column) - 1)]
        return found, found != blank

    def cut(self, rows: Rows, days: Ints, day: int, decree: int) -> None:
        """Shorten terms by decree."""
        self.own("pardon_days")
        self.due[rows] = self.due_after_cut(rows, days)
        self.pardon_days[rows] += days.astype(np.int32)
        self._note_cut(day, decree, rows)
        self.rekey(rows)

    def credit(self, rows: Rows, days: Ints, decree: int) -> None:
        """Count days as served: ordinary release and the end of the term come so much earlier."""
        self.own("credited")
        self.credited[rows] += days.astype(np.int32)
        self.due[rows] -= days.astype(np.int32)
        self.credits.append((decree, rows, days))
        self.rekey(rows)

    def credited_by(self, rows: Rows, decree: int) -> Ints:
        """Days that a decree has credited so far, for each row."""
        found = np.zeros(len(self), dtype=np.int64)
        for by, which, days in self.credits:
            if by == decree:
                found[which] += days
        return found[rows]

    def struck(self, rows: Rows) -> Mask:
        """Say which spells a release by decree has struck from the record."""
        return self._so_released(rows, self.to_strike)

    def abroad(self, rows: Rows) -> Mask:
        """Say who has been sent abroad on release."""
        return self._so_released(rows, self.to_expel)

    def _so_released(self, rows: Rows, planned: Rows) -> Mask:
        """Say who of those planned has been released by decree; no sentence that never began."""
        if not len(planned):
            return np.zeros(len(rows), dtype=np.bool_)
        began = self.kind[rows] != EXTINGUISHED
        return np.asarray(np.isin(rows, planned) & (self.cause[rows] >= BY_DECREE) & began)

    def send_home(self, rows: Rows) -> None:
        """Let people serve the rest of their sentences at home, from their release by decree."""
        self.own("home")
        self.home[rows] = True

    def end_cases(self, rows: Rows) -> None:
        """Let the cases of people end with their release by decree."""
        self.own("ended")
        self.ended[rows] = True

    def commute(self, rows: Rows, to: int, day: int, decree: int) -> None:
        """Put another sentence, counted from the admission, in place of one without a term."""
        self.own("imposed")
        self.own("point")
        first = rows[~np.isin(rows, self.commuted)]
        self.commuted = np.concatenate((self.commuted, first))
        self.due_before = np.concatenate((self.due_before, self.due[first]))
        self.spared_death.append((rows[self.under_death(rows)], day))
        self.imposed[rows] = to
        self.point[rows] = self.points.codes(self.offence[rows], self.imposed[rows])
        self.due[rows] = self.due_commuted(rows, to)
        self._note_cut(day, decree, rows)
        self.rekey(rows)

    def revive(self, rows: Rows, days: Ints) -> None:
        """Add what was remitted of an earlier sentence to terms."""
        self.own("revived")
        self.revived[rows] = days
        self.due[rows] = self.due_after(rows, self.term(rows), self.point[rows])
        self.rekey(rows)

    def move(self, rows: Rows, change: MovedPoint) -> None:
        """Put other pieces in place of release points, and release those concerned accordingly."""
        self.own("point")
        self.has_moved = True
        self.point[rows] = self.points.moved(self.point[rows], change)
        fixed = rows[~self.endless(rows)]
        self.due[fixed] = self.due_after(fixed, self.term(fixed), self.point[fixed])
        self.rekey(rows)

    def _note_cut(self, day: int, decree: int, rows: Rows) -> None:
        if len(rows):  # most sittings of a decree that is in force for years cut nobody
            self.cuts.append((day, decree, rows))

    def reductions(self, rows: Rows, day: Ints | int, decree: int | None = None) -> Ints:
        """Count cuts by decrees (one decree, or all) made before a day, for each row."""
        if not self.cuts:
            return np.zeros(len(rows), dtype=np.int64)
        counts, before = np.zeros((2, len(self)), dtype=np.int64)
        before[rows] = day
        for when, by, which in self.cuts:
            if decree in (None, by):
                counts[which] += when < before[which]
        return counts[rows]
