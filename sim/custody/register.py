"""The register of spells: what merit and decrees do to them, and what is known beside columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED, STATED, Columns
from sim.custody.ends import BY_DECREE
from sim.custody.findings import Findings, Notes
from sim.custody.points import Points
from sim.custody.running import Running
from sim.custody.spells import WINDOW, Rows
from sim.custody.wear import Varying
from sim.scenario.law.points import MovedPoint

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Register(Running):
    """Spells as they run, and what decrees do to them.

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
        super().__init__(
            columns, points, shared=shared, varying=varying, to_come=to_come, lent=lent
        )
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
        self._findings = Findings(self._size, notes)

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
