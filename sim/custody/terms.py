"""What sentences come to: terms, the days on which they end, and health on a day of a spell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import Columns
from sim.custody.course import CHANGES, Course
from sim.custody.ends import BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.points import Points
from sim.custody.sentencing import DEATH as OF_DEATH
from sim.custody.sentencing import LIFE
from sim.custody.spells import Rows, Spells
from sim.custody.trials import not_before
from sim.custody.wear import Varying, used
from sim.custody.writing import stands

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Terms(Spells):
    """Spells with what their sentences come to; nothing of it changes them.

    Attributes
    ----------
    points
        The release points that codes stand for.
    has_trials
        Whether people are held before judgment.
    """

    def __init__(
        self,
        columns: Columns,
        points: Points | None,
        *,
        shared: bool,
        varying: Varying | None,
        lent: Columns | None,
    ) -> None:
        super().__init__(columns, shared=shared, varying=varying, lent=lent)
        self.points = Points() if points is None else points
        self.has_trials = "judged" in columns

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
