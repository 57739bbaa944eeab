"""Review as work: whose files are reached before the lists close.

The queue of each camp is formed when the decree is ordered, of those who would qualify if nothing
else happened; who is admitted later joins on his day. Work starts on the day after the order and
ends with the lists. A file of one who has left costs nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.lots import lots
from sim.custody.decrees.selection import rank_key
from sim.custody.ends import BY_DECREE
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Stream
from sim.scenario.law.decree import Decree
from sim.scenario.law.work import Work
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Key = NDArray[np.float64] | Ints | NDArray[np.uint64]


class Desks:
    """The queues of all camps for one occasion: whose file joined when, and its turn."""

    def __init__(self, decree: Decree, work: Work, occasion: Occasion) -> None:
        self.decree, self.work, self.occasion = decree, work, occasion
        self.joined: list[tuple[int, Rows, list[Key]]] = []

    def join(self, bench: Bench, qualified: Mask) -> None:
        """Add the files of those who qualify on the day of the bench."""
        rows, register = bench.rows[qualified], bench.register
        lot = lots(bench.draws, register, rows, Stream.FILE, self.occasion)
        keys: list[Key] = []
        if self.work.order == "rank":
            for name in self.decree.rank:
                keys.append(lot if name == "lottery" else rank_key(bench, name)[qualified])
        elif self.work.order == "joining":
            keys.append(np.full(len(rows), bench.day, dtype=np.int64))
        ids: list[Key] = [register.person[rows], register.line[rows].astype(np.uint64),
                          register.spell[rows].astype(np.int64)]  # fmt: skip
        self.joined.append((int(bench.day), rows, [*keys, lot, *ids]))

    def reached(self, register: Register, rows: Rows) -> Mask:
        """Say whose files are done when the lists close, shape as `rows`."""
        days = np.concatenate([np.full(len(r), day) for day, r, _ in self.joined])
        files = np.concatenate([r for _, r, _ in self.joined])
        keys = [np.concatenate(one) for one in zip(*(k for _, _, k in self.joined), strict=True)]
        order = np.lexsort((*reversed(keys), register.camp[files]))
        days, files = days[order], files[order]
        # Who leaves by decree leaves in the evening, after the day's work.
        last = register.left[files].astype(np.int64) - (register.cause[files] < BY_DECREE)
        camps = register.camp[files]
        done = np.zeros(len(files), dtype=np.bool_)
        for camp in np.unique(camps):
            first, end = np.searchsorted(camps, [camp, camp + 1])
            done[first:end] = self._worked(days[first:end], last[first:end])
        found = np.zeros(len(register), dtype=np.bool_)
        found[files[done]] = True
        return np.asarray(found[rows])

    def _worked(self, joined: Ints, last: Ints) -> Mask:
        """Go through the working days of one camp, its files in their order."""
        done = np.zeros(len(joined), dtype=np.bool_)
        before, ordered = 0, self.occasion.ordered_day
        for day in range(ordered + 1, self.occasion.close_day + 1):
            after = self.work.done_by(day - ordered)
            there = np.flatnonzero(~done & (joined <= day) & (last >= day))
            done[there[: after - before]] = True
            before = after
        return done
