"""When those released go: by tranche, late by latency, spread over days."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.lots import lots
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws, Stream
from sim.custody.tables import CutTable
from sim.scenario.law.decree import Decree
from sim.scenario.law.waits import Latency
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]


def release_days(bench: Bench, decree: Decree, occasion: Occasion) -> Ints:
    """Day on which each goes if released: that of the first tranche that names him, shape (n,)."""
    n = len(bench.rows)
    days = np.empty(n, dtype=np.int64)
    days.fill(occasion.rest_day)
    if not decree.release.tranches:
        return days
    unsettled = np.ones(n, dtype=np.bool_)
    for tranche, day in zip(decree.release.tranches.values(), occasion.tranche_days, strict=True):
        own = unsettled if tranche.when is None else unsettled & bench.meets(tranche.when)
        days[own] = day
        unsettled = unsettled & ~own
    return days


def deal_releases(
    draws: Draws,
    register: Register,
    rows: Rows,
    on: Ints,
    decree: Decree,
    occasion: Occasion,
    origins: Sequence[str],
) -> None:
    """Plan releases: after approval of an exile, late by latency, then spread over days.

    They are spread evenly within each camp and day, by lottery.
    """
    exile = decree.release.exile
    if exile is not None and exile.approval is not None:
        sent = (register.origin[rows] == origins.index(exile.origin)) & ~register.exiled[rows]
        on = on + sent * exile.approval.value
    planned = on
    if decree.release.latency is not None and len(rows):
        planned = on + _late(draws, register, rows, decree.release.latency, occasion)
    days = decree.release.over.value if decree.release.over and not occasion.late else 1
    if days > 1 and len(rows):
        lottery = lots(draws, register, rows, Stream.LOTTERY, occasion)
        order = np.lexsort((register.line[rows], register.person[rows], lottery,
                            on, register.camp[rows]))  # fmt: skip
        together = register.camp[rows][order] * (on.max() + 1) + on[order]
        place = np.arange(len(rows)) - np.searchsorted(together, together)
        planned = planned.copy()
        planned[order] += place % days
    register.plan(rows, planned)


def _late(
    draws: Draws, register: Register, rows: Rows, latency: Latency, occasion: Occasion
) -> NDArray[np.int32]:
    """Draw how many days each release is late."""
    if latency.value is not None:
        return np.full(len(rows), latency.value, dtype=np.int32)
    return _table(latency).pick(0, lots(draws, register, rows, Stream.LATENCY, occasion))


@lru_cache(maxsize=64)
def _table(latency: Latency) -> CutTable:
    weights = latency.weights
    return CutTable([(np.arange(len(weights)), weights)])
