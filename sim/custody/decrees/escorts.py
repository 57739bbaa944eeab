"""Few escorts: who is to go home waits for a turn, camp by camp and day by day.

Each decree has its own escorts, for all its occasions together. On a day those go who have waited
longest, then by lot; whoever has left meanwhile costs nobody a turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.lots import lots
from sim.custody.hazards import NEVER
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws, Stream
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]


@dataclass
class _Queue:
    """Those who wait under one decree: rows, the day from which each may go, lots; shape (n,)."""

    first_day: int
    rows: Rows
    ready: Ints
    lots: NDArray[np.uint64]

    def keep(self, chosen: NDArray[np.bool_]) -> None:
        """Let the others leave the queue."""
        self.rows, self.ready, self.lots = (
            self.rows[chosen], self.ready[chosen], self.lots[chosen],
        )  # fmt: skip


class Escorts:
    """The queues of all decrees whose escorts are few."""

    def __init__(
        self, draws: Draws, decrees: Mapping[str, Decree], occasions: tuple[Occasion, ...]
    ):
        self.draws, self.decrees = draws, decrees
        self.first_days: dict[str, int] = {}
        for occasion in occasions:
            if decrees[occasion.decree].release.turns is not None:
                earliest = self.first_days.get(occasion.decree, occasion.grant_day)
                self.first_days[occasion.decree] = min(earliest, occasion.grant_day)
        self.queues: dict[str, _Queue] = {}

    def join(self, register: Register, rows: Rows, occasion: Occasion) -> None:
        """Let those whose release has just been planned wait, from their planned day on."""
        name = occasion.decree
        if name not in self.first_days:
            return
        ready = register.release[rows].astype(np.int64)
        if occasion.late:  # a sentence that never began has nobody to bring home
            begun = (ready > register.admitted[rows]) | register.home[rows]
            rows, ready = rows[begun], ready[begun]
        words = lots(self.draws, register, rows, Stream.LOTTERY, occasion)
        one = self.queues.get(name)
        if one is None:
            self.queues[name] = _Queue(self.first_days[name], rows, ready, words)
            return
        one.rows, one.ready = np.concatenate((one.rows, rows)), np.concatenate((one.ready, ready))
        one.lots = np.concatenate((one.lots, words))

    def next_day(self, register: Register) -> int:
        """Day on which the next of those who wait may go; ``NEVER`` if nobody waits."""
        days = [register.release[q.rows].min() for q in self.queues.values() if len(q.rows)]
        return int(min(days, default=NEVER))

    def turn(self, register: Register, day: int) -> None:
        """Put off, by a day, the releases of this day for which no escort is left."""
        for decree, queue in self.queues.items():
            queue.keep(register.left[queue.rows] == NEVER)
            now = np.flatnonzero(register.release[queue.rows] <= day)
            if not len(now):
                continue
            rows, number = queue.rows[now], self.decrees[decree].release.turns
            assert number is not None
            camps, lot = register.camp[rows].astype(np.int64), queue.lots[now]
            name = (register.spell[rows], register.line[rows], register.person[rows])
            order = np.lexsort((*name, lot, queue.ready[now], camps))
            late = _place_in(camps[order]) >= number.on_day(day - queue.first_day + 1)
            put_off = rows[order[late]]
            register.own("release")
            register.release[put_off] = day + 1
            register.rekey(put_off)
            stays = np.ones(len(queue.rows), dtype=np.bool_)
            stays[now[order[~late]]] = False
            queue.keep(stays)


def _place_in(groups: Ints) -> Ints:
    """Position of each entry within its group, where groups stand together in order."""
    n = len(groups)
    starts = np.flatnonzero(np.append(n > 0, groups[1:] != groups[:-1]))
    return np.arange(n) - np.repeat(starts, np.diff(np.append(starts, n)))
