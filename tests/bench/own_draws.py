"""The floor of a cell's own draws: as many words as it asks for, inverted and written to columns.

What *floor* is to the reference work, for any scenario: the words of each stream are counted while
a cell runs, and as many are drawn by NumPy's Philox, looked up in a table and written.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np

from sim.custody import kernel
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import Prisons
from sim.custody.streams import Draws
from sim.scenario.scenario import Scenario
from tests.bench.floor import SLICES


class Counting(Draws):
    """Draws that count how many words each stream is asked for."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "asked", Counter())

    def column(self, stream, first, count, **address):  # type: ignore[no-untyped-def]
        self.asked[stream, *address.values()] += count
        return Draws(self.seed, self.replication).column(stream, first, count, **address)

    def at(self, stream, person, *, spell, line, **address):  # type: ignore[no-untyped-def]
        self.asked[stream, *address.values()] += len(person)
        return Draws(self.seed, self.replication).at(
            stream, person, spell=spell, line=line, **address
        )

    def several(self, streams, person, *, spell, line):  # type: ignore[no-untyped-def]
        return lambda stream: self.at(stream, person, spell=spell, line=line)


def words_asked(scenario: Scenario, world: Prisons) -> list[int]:
    """Count the words of each stream and occasion that a cell asks for, its people included."""
    draws, compiled = Counting(1, 0), kernel.compiled
    kernel.compiled = None  # which draws some words without asking for them
    try:
        simulate(scenario, world, draws, people=people_at_hand(world, draws))
    finally:
        kernel.compiled = compiled
    return sorted(draws.asked.values())


def floor_of(counts: list[int]) -> Callable[[], list[np.ndarray]]:
    """Return what draws so many words, inverts and writes them."""
    table = np.arange(SLICES, dtype=np.int32)

    def write() -> list[np.ndarray]:
        columns = []
        for number, count in enumerate(counts):
            uniform = np.random.Generator(np.random.Philox(key=[1, number])).random(count)
            columns.append(table[(uniform * SLICES).astype(np.int32)])
        return columns

    return write
