"""A standing decree: on each check those for whom it may have come, and nobody else.

On every check everybody held could be read. Most of them cannot qualify before a day that follows
from what they have served and have left; they are not looked at before that day, nor again until
their term changes. Reading decides, so a day that is too early costs time and changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.docket import Docket, joined, part_of
from sim.custody.decrees.earliest import earliest
from sim.custody.decrees.groups import Groups
from sim.custody.hazards import NEVER
from sim.custody.register import NO_OCCASION, Register, Rows
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Watch:
    """Who is still to be looked at, and from which day; what was decided so far.

    Columns are as long as the register: ``next_day``, the first day on which a row has to be read
    (``NEVER`` once it is settled); ``due``, the term and the day of release for which that holds;
    ``seen`` and ``barred``, whether it has been read, and been kept out, before.
    """

    def __init__(self, decree: Decree, first: Occasion, groups: Groups) -> None:
        self.decree, self.first, self.groups = decree, first, groups
        self.next_day = np.zeros(0, dtype=np.int32)
        self.due = np.zeros(0, dtype=np.int64)
        self.seen = np.zeros(0, dtype=np.bool_)
        self.barred = np.zeros(0, dtype=np.bool_)
        self.parts: list[Docket] = []
        self.kept_out: list[Docket] = []
        self.held = np.zeros(len(groups.names), dtype=np.int64)
        self.named = np.zeros((len(decree.exclude), len(groups.names)), dtype=np.int64)

    def awaited(self, register: Register, day: int) -> Rows:
        """Rows to read on a day: held, not selected for release, and their day has come."""
        self._grow(register)
        standing = register.standing()
        changed = np.flatnonzero(standing != self.due)
        self.due[changed] = standing[changed]
        again = changed[self.next_day[changed] < NEVER]
        soon = np.minimum(self.next_day[again], day)  # nobody is read before his admission
        self.next_day[again] = np.maximum(soon, register.admitted[again])
        rows = np.flatnonzero(self.next_day <= day)
        gone = register.left[rows] != NEVER
        self.next_day[rows[gone]] = NEVER
        rows = rows[~gone]
        return np.asarray(rows[register.occasion[rows] == NO_OCCASION])

    def _grow(self, register: Register) -> None:
        known, n = len(self.due), len(register)
        if known == n:
            return
        self.next_day = np.concatenate((self.next_day, register.admitted[known:]))
        self.due = np.concatenate((self.due, register.standing()[known:]))
        self.seen = np.concatenate((self.seen, np.zeros(n - known, dtype=np.bool_)))
        self.barred = np.concatenate((self.barred, np.zeros(n - known, dtype=np.bool_)))

    def note(self, register: Register, docket: Docket, bench: Bench) -> None:
        """Keep what a check decided, and settle from which day the others are looked at again."""
        kept_out = ~docket.eligible & ~self.barred[docket.rows]
        self.barred[docket.rows[~docket.eligible]] = True
        if kept_out.any():
            self.kept_out.append(part_of(docket, kept_out))
        if docket.eligible.any():
            self.parts.append(part_of(docket, docket.eligible))
        self._nobody = part_of(docket, np.zeros(len(docket.rows), dtype=np.bool_))
        self.due[bench.rows] = register.standing()[bench.rows]
        self.next_day[bench.rows] = np.minimum(self._again(bench), NEVER)
        self.next_day[docket.rows[docket.eligible]] = NEVER

    def meet(self, register: Register, bench: Bench) -> None:
        """Count those read for the first time, and whom of them exclusions name, before a grant."""
        new = ~self.seen[bench.rows]
        if not new.any():
            return
        self.seen[bench.rows] = True
        kinds = self.groups.kinds(register, bench.rows)
        self.held += self.groups.count(kinds[new])
        for i, exclusion in enumerate(self.decree.exclude.values()):
            self.named[i] += self.groups.count(kinds[new & bench.meets(exclusion.when)])

    def _again(self, bench: Bench) -> Ints:
        """First day after the check on which each may have to be booked otherwise than so far."""
        found = np.full(len(bench.rows), NEVER, dtype=np.int64)
        barred = self.barred[bench.rows]
        for clause in self.decree.clauses.values():
            meets = earliest(bench, clause.when, met=True)
            free = meets
            for name, exclusion in self.decree.exclude.items():
                if name not in clause.despite:
                    free = np.maximum(free, earliest(bench, exclusion.when, met=False))
            found = np.minimum(found, np.where(barred, free, meets))
        return found

    def docket(self) -> Docket:
        """Return one docket of all who were eligible on some check, or barred and on none."""
        taken = np.zeros(len(self.due), dtype=np.bool_)
        for one in self.parts:
            taken[one.rows] = True
        rest = [part_of(one, ~taken[one.rows]) for one in self.kept_out]
        whole = joined([*self.parts, *rest]) if self.parts or rest else self._nobody
        whole.occasion, whole.held, whole.named = self.first, self.held, self.named
        return whole
