"""A standing decree: on each check those for whom it may have come, and nobody else.

On every check everybody held could be read; only those are whose turn has come
(`sim.custody.turns`), and nobody for whom the decree has once come.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.docket import Docket, joined, part_of
from sim.custody.decrees.earliest import earliest
from sim.custody.decrees.groups import Groups
from sim.custody.hazards import NEVER
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.turns import Turns
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Watch:
    """Who is still to be looked at, and from which day; what was decided so far.

    Columns are at least as long as the register: whether a row has been ``seen``, has been
    ``barred``, and is ``settled`` since the decree has come for it.
    """

    def __init__(self, register: Register, decree: Decree, first: Occasion, groups: Groups) -> None:
        self.decree, self.first, self.groups = decree, first, groups
        self.turns = Turns()
        register.await_turns(self.turns)
        self.seen, self.barred, self.settled = np.zeros((3, len(register)), dtype=np.bool_)
        self.checked = -1
        self.parts: list[Docket] = []
        self.kept_out: list[Docket] = []
        self.latest: Docket | None = None
        self.held = np.zeros(len(groups.names), dtype=np.int64)
        self.named = np.zeros((len(decree.exclude), len(groups.names)), dtype=np.int64)

    def awaited(self, register: Register, day: int) -> Rows:
        """Rows to read on a day: held, not selected for release, and their day has come."""
        self._reach(len(self.turns.first_day))
        self.checked = day
        return register.awaited(self.turns, day, self.settled)

    def _reach(self, size: int) -> None:
        """Make room for rows that are added."""
        if size > len(self.seen):
            more = np.zeros((3, size - len(self.seen)), dtype=np.bool_)
            columns = np.stack((self.seen, self.barred, self.settled))
            self.seen, self.barred, self.settled = np.concatenate((columns, more), axis=1)

    def count_late(self, register: Register, new: Rows) -> None:
        """Count as held those just added who were held on a check that has been made."""
        days = np.array(self.first.check_days)
        place = np.searchsorted(days, register.admitted[new])
        day = np.append(days, NEVER)[place]
        there = (day <= self.checked) & (register.until(new) > day)
        late = new[there]
        self._reach(len(self.turns.first_day))
        self.seen[late] = True
        self.held += self.groups.count(self.groups.kinds(register, late, day[there]))

    def note(self, docket: Docket, bench: Bench) -> None:
        """Keep what a check decided, and settle from which day the others are looked at again."""
        kept_out = ~docket.eligible & ~self.barred[docket.rows]
        self.barred[docket.rows[~docket.eligible]] = True
        if kept_out.any():
            self.kept_out.append(part_of(docket, kept_out))
        if docket.eligible.any():
            self.parts.append(part_of(docket, docket.eligible))
        self.latest = docket
        self.turns.put_off(bench.rows, self._again(bench))
        self.settled[docket.rows[docket.eligible]] = True

    def meet(self, register: Register, bench: Bench) -> None:
        """Count those read for the first time, and whom of them exclusions name, before a grant."""
        new = ~self.seen[bench.rows]
        if not new.any():
            return
        self.seen[bench.rows] = True
        kinds = self.groups.kinds(register, bench.rows, bench.day)
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
        taken = np.zeros(len(self.seen), dtype=np.bool_)
        for one in self.parts:
            taken[one.rows] = True
        rest = [part_of(one, ~taken[one.rows]) for one in self.kept_out]
        if not self.parts and not rest:
            assert self.latest is not None
            rest = [part_of(self.latest, np.zeros(len(self.latest.rows), dtype=np.bool_))]
        whole = joined([*self.parts, *rest])
        whole.occasion, whole.held, whole.named = self.first, self.held, self.named
        return whole
