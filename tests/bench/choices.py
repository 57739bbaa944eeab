"""Choices of the engine on their own: each piece beside the one that it was chosen over."""

from collections.abc import Callable, Mapping

import numpy as np

from sim.custody.counting import crossed
from sim.custody.tables import CutTable

ROWS, ROUNDS, VALUES, DAYS, CAMPS, FEW = 1_000_000, 7, 10_000, 3_653, 12, 0.02
Pieces = Mapping[str, tuple[Callable[[], object], Callable[[], object]]]


def choices() -> Pieces:
    """Return by name the piece that was not chosen, and the one that was."""
    source = np.random.Generator(np.random.Philox(1))
    words = source.integers(0, 1 << 64, ROWS, dtype=np.uint64)
    values = np.arange(1, VALUES + 1)
    weights = np.exp(-0.5 * ((np.log(values) - 7) / 0.8) ** 2) / values
    table, sums = CutTable([(values, weights)]), np.cumsum(weights) / weights.sum()

    def by_floats() -> object:
        return values.take(np.searchsorted(sums[:-1], (words >> np.uint64(11)) * 2.0**-53, "right"))

    admitted = source.integers(0, DAYS, ROWS, dtype=np.int64)
    left = admitted + source.integers(1, DAYS, ROWS)
    narrow = admitted.astype(np.int32), left.astype(np.int32)
    camp = source.integers(0, CAMPS, ROWS).astype(np.int16)
    few = source.random(ROWS) < FEW

    def held(came: np.ndarray, went: np.ndarray) -> list[int]:
        return [int(np.count_nonzero((came <= day) & (went > day))) for day in range(0, DAYS, 365)]

    def by_masks() -> object:
        return [column[few] for column in (*narrow, camp)]

    def by_rows() -> object:
        rows = few.nonzero()[0]
        return [column.take(rows) for column in (*narrow, camp)]

    return {
        "floats_over_cut_points": (by_floats, lambda: table.pick(0, words)),
        "wide_over_narrow_columns": (lambda: held(admitted, left), lambda: held(*narrow)),
        "sorting_over_counting": (
            lambda: np.unique(admitted * CAMPS + camp, return_counts=True),
            lambda: crossed((narrow[0], camp), (DAYS, CAMPS)),
        ),
        "masks_over_rows": (by_masks, by_rows),
    }
