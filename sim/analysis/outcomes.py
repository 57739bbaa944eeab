"""What the cells of a scenario came to: measures, stock and waterfalls over replications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimates import Floats, half_interval
from sim.analysis.measures import MEASURES, Window, measure_all
from sim.study.cells import Summary

Ints = NDArray[np.int64]
Stage = tuple[str, str, str]
"""Decree, clause and stage of a waterfall."""


@dataclass(frozen=True)
class Tally:
    """Counts added up over cells, exactly: sums and sums of squares, shapes (groups,)."""

    cells: int
    total: Ints
    squares: Ints

    def estimate(self, group: int) -> tuple[float, float | None, float | None]:
        """Return the mean of a group's count and the 95% interval of that mean."""
        n, total, squares = self.cells, int(self.total[group]), int(self.squares[group])
        mean = total / n
        if n < 2:
            return mean, None, None
        sd = ((n * squares - total**2) / (n * (n - 1))) ** 0.5
        half = half_interval(sd, n)
        return mean, mean - half, mean + half


@dataclass(frozen=True)
class Outcomes:
    """A scenario's cells, replication by replication.

    Attributes
    ----------
    values
        By window and measure, shape (replications,); NaN where not observed.
    stock
        Held at the end of the first day of each month, shape (replications, months).
    mean_stock
        Mean over replications of those held at the end of each day, shape (days,).
    exiled_to
        Exiled by place over the run, shape (replications, places).
    waterfalls
        By decree, clause and stage.
    groups
        Names of the groups of the waterfalls.
    """

    label: str
    addresses: tuple[str, ...]
    values: Mapping[str, Mapping[str, Floats]]
    stock: NDArray[np.int32]
    mean_stock: Floats
    exiled_to: Ints
    waterfalls: Mapping[Stage, Tally]
    groups: tuple[str, ...]

    def column(self, window: str, measure: str) -> Floats | None:
        """Return a measure's values, shape (replications,), or None if any is not observed."""
        values = self.values[window][measure]
        return None if np.isnan(values).any() else values


def outcomes(
    label: str, summaries: Iterable[Summary], windows: Mapping[str, Window], start: date
) -> Outcomes:
    """Reduce cells, one at a time, to what tables need."""
    addresses: list[str] = []
    values: dict[str, dict[str, list[float]]] = {
        name: {measure.name: [] for measure in MEASURES} for name in windows
    }
    stock, exiled = [], []
    held_in_all: Ints = np.zeros(1, dtype=np.int64)
    sums: dict[Stage, Ints] = {}
    squares: dict[Stage, Ints] = {}
    groups: tuple[str, ...] = ()
    months: list[int] = []
    for summary in summaries:
        addresses.append(summary.address)
        for name, window in windows.items():
            found = measure_all(summary, window)
            for measure, kept in values[name].items():
                value = found[measure]
                kept.append(float("nan") if value is None else value)
        held = summary.series["stock"]
        months = months or _first_days(start, len(held))
        stock.append(held[months].astype(np.int32))
        held_in_all = held_in_all + held  # whole numbers: exact in any order
        exiled.append(summary.exiled_to)
        groups = summary.groups
        for stage, counts in summary.waterfalls.items():
            sums[stage] = sums.get(stage, 0) + counts
            squares[stage] = squares.get(stage, 0) + counts**2
    return Outcomes(
        label, tuple(addresses),
        {name: {m: np.array(kept) for m, kept in found.items()} for name, found in values.items()},
        np.array(stock), held_in_all / max(len(addresses), 1), np.array(exiled),
        {stage: Tally(len(addresses), sums[stage], squares[stage]) for stage in sums}, groups,
    )  # fmt: skip


def _first_days(start: date, days: int) -> list[int]:
    """Days on which a month begins."""
    return [day for day in range(days) if (start + timedelta(days=day)).day == 1]
