"""Who gets one of few places: by rank, ties by lottery, then by person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.lots import lots
from sim.custody.streams import Stream
from sim.scenario.law.decree import Decree

Ints = NDArray[np.int64]


def select(bench: Bench, decree: Decree, docket: Docket) -> None:
    """Select within the cap by rank, ties by lottery, then by person."""
    docket.selected = docket.approved.copy()
    cap = decree.cap.value
    if cap is None:
        return
    counted = {"releases": docket.freeing, "reductions": ~docket.freeing,
               "both": np.ones(len(docket.rows), dtype=np.bool_)}[decree.counts]  # fmt: skip
    asking = np.flatnonzero(docket.approved & counted)
    rows = docket.rows[asking]
    register = bench.register
    lottery = lots(bench.draws, register, rows, Stream.LOTTERY, docket.occasion)
    keys = [
        lottery if name == "lottery" else _rank_key(bench, name)[asking] for name in decree.rank
    ]
    ties = [register.spell[rows], register.line[rows], register.person[rows], lottery]
    by_camp = cap.per == "camp"
    groups = register.camp[rows] if by_camp else np.zeros(len(rows), dtype=np.int16)
    sorted_by = [np.asarray(key) for key in (*ties, *reversed(keys), groups)]
    order = np.lexsort(tuple(sorted_by))
    place = np.arange(len(rows)) - np.searchsorted(groups[order], groups[order])
    docket.selected[asking[order[place >= cap.places]]] = False


def _rank_key(bench: Bench, name: str) -> NDArray[np.float64] | Ints:
    """Smaller comes first."""
    register, rows = bench.register, bench.rows
    last = np.iinfo(np.int64).max
    if name == "longest served":
        return -bench.served
    if name == "least remaining":
        return np.where(bench.life, last, bench.remaining)
    if name == "shortest sentence":
        return np.where(bench.life, last, bench.sentence)
    if name == "oldest":
        return register.born[rows].astype(np.int64)
    if name == "ill first":
        states = bench.prisons.scenario.world.health.states.values()
        hazards = np.array([state.in_custody.value for state in states])
        return -hazards[register.health[rows]]
    # Exact shares ordered without floats: served/term as whole parts of 2**32.
    term = np.maximum(bench.term, 1)
    return np.where(bench.life, 1, -((bench.served << 32) // term))
