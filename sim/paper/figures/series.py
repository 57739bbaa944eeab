"""What stock and gap have in common: lines over the years, bands of chance and of ignorance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.trajectories import Ends, Trajectory
from sim.paper.data import Row
from sim.paper.figures.legend import key_above
from sim.paper.figures.look import GREY, Look, Pen, calendar_axis, canvas, number_axis
from sim.paper.figures.picture import Hover, Painted
from sim.paper.numbers import count
from sim.paper.source import Source

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

STEP_DAYS = 7
NEAR_DAYS = 10
"""Around a planned release every day is drawn, elsewhere one of `STEP_DAYS`."""
BEFORE_DAYS = 730
Mark = tuple[int, str, str]
CHANCE, IGNORANCE = 0.35, 0.22
"""How dense the bands are."""


@dataclass(frozen=True)
class Line:
    """One scenario's series on the days drawn, and its ends when assumptions change."""

    name: str
    found: Trajectory
    ends: Ends | None = None
    beside: Ends | None = None
    """Ends of the baseline in the same runs."""


@dataclass(frozen=True)
class Chart:
    """Series of several scenarios.

    Attributes
    ----------
    days
        Days drawn, since the world's start.
    marks
        Planned releases of dated decrees: day, name of the decree, scenario.
    yearly
        By scenario: days of planned releases of yearly decrees.
    """

    measure: str
    unit: str
    start: date
    days: Sequence[int]
    lines: Sequence[Line]
    marks: Sequence[Mark]
    yearly: Mapping[str, Sequence[int]]
    pens: Mapping[str, Pen]
    ignorance: str
    zero: bool = False

    def date_of(self, day: int) -> date:
        """Return the calendar date of a day."""
        return self.start + timedelta(days=day)

    def rows(self) -> Iterator[Row]:
        """One row per scenario and day drawn."""
        for line in self.lines:
            for i, day in enumerate(self.days):
                yield {
                    "scenario": line.name, "day": self.date_of(day).isoformat(),
                    "measure": self.measure, "unit": self.unit, **_numbers(line, i),
                }  # fmt: skip

    def paint(self, look: Look) -> Painted:
        """Draw all scenarios as written, then each with its ends when assumptions change."""
        facets = [line for line in self.lines if line.ends is not None]
        deep = -(-len(facets) // look.columns)
        wide = min(len(facets), look.columns) or 1
        top = max(0.42 * look.width, 12 * look.line)
        low = min(max(0.55 * look.width / wide, 9 * look.line), 0.75 * top)
        figure = canvas(look, top + low * deep + (2 + 2 * deep) * look.line)
        grid = figure.add_gridspec(1 + deep, wide, height_ratios=[top, *[low] * deep])
        axes = figure.add_subplot(grid[0, :])
        hovers = self._main(axes, look)
        first: Axes | None = None
        for i, line in enumerate(facets):
            place = grid[1 + i // look.columns, i % look.columns]
            inner = figure.add_subplot(place, sharey=first) if first else figure.add_subplot(place)
            first = first or inner
            self._facet(inner, line, look, outer=i % look.columns == 0)
        key_above(figure, look, self._key(axes, facets=bool(facets)))
        return Painted(figure, tuple(hovers))

    def _dates(self) -> list[int]:
        return [self.date_of(day).toordinal() for day in self.days]

    def _main(self, axes: Axes, look: Look) -> list[Hover]:
        x = self._dates()
        for line in self.lines:
            pen = self.pens[line.name]
            if np.isfinite(line.found.p2_5).any():
                axes.fill_between(x, line.found.p2_5, line.found.p97_5, color=pen.colour,
                                  alpha=CHANCE, linewidth=0)  # fmt: skip
            axes.plot(x, line.found.mean, color=pen.colour, linestyle=pen.dashes)
        self._finish(axes, look, ticks=8)
        axes.set_ylabel(f"{self.measure}, {self.unit}")
        self._mark(axes, look)
        return list(self._hover(axes))

    def _facet(self, axes: Axes, line: Line, look: Look, *, outer: bool) -> None:
        x, pen = self._dates(), self.pens[line.name]
        assert line.ends is not None
        axes.fill_between(x, line.ends.low, line.ends.high, facecolor=pen.colour, alpha=IGNORANCE,
                          edgecolor="none")  # fmt: skip
        if line.beside is not None:
            for end in (line.beside.low, line.beside.high):
                axes.plot(x, end, color=GREY, linewidth=0.7, linestyle=(0, (1, 1)))
        if np.isfinite(line.found.p2_5).any():
            axes.fill_between(x, line.found.p2_5, line.found.p97_5, color=pen.colour,
                              alpha=CHANCE + IGNORANCE, linewidth=0)  # fmt: skip
        axes.plot(x, line.found.mean, color=pen.colour, linestyle=pen.dashes)
        self._finish(axes, look, ticks=4, of=line.name)
        axes.set_title(line.name)
        if outer:
            axes.set_ylabel(self.unit)
        else:
            axes.tick_params(labelleft=False)

    def _finish(self, axes: Axes, look: Look, ticks: int, of: str | None = None) -> None:
        """Give the axes dates, and upright lines where decrees release: of one scenario, or all."""
        number_axis(axes, "y", 5)
        few = max(2, int(ticks * look.width / (16 * look.line)))
        calendar_axis(
            axes, self.date_of(self.days[0]), self.date_of(self.days[-1]), min(ticks, few)
        )
        if self.zero:
            axes.axhline(0, color=GREY, linewidth=0.6, zorder=0.5)
        for day in dict.fromkeys(day for day, _, owner in self.marks if of in (None, owner)):
            axes.axvline(self.date_of(day).toordinal(), color=GREY, linewidth=0.6, zorder=0.5,
                         linestyle=(0, (4, 2)))  # fmt: skip

    def _mark(self, axes: Axes, look: Look) -> None:
        """Name the decrees above their days; ticks on the axis stand for yearly ones."""
        span = max(self.days[-1] - self.days[0], 1)
        free: list[float] = []
        for day in sorted({day for day, _, _ in self.marks}):
            names = list(dict.fromkeys(name for at, name, _ in self.marks if at == day))
            text = " · ".join(names) if len(names) < 3 else f"{len(names)} decrees"
            at = (day - self.days[0]) / span
            size = len(text) * 0.55 * look.points / 72 / look.width
            left = at if at + size < 1 else at - size
            level = next((i for i, end in enumerate(free) if end < left), len(free))
            free[level : level + 1] = [left + size]
            axes.annotate(
                text, (self.date_of(day).toordinal(), 1), xycoords=("data", "axes fraction"),
                xytext=(2 if left == at else -2, 2 + level * 1.1 * look.points),
                textcoords="offset points", ha="left" if left == at else "right", va="bottom",
                color=GREY, fontsize=0.85 * look.points, annotation_clip=False,
            )  # fmt: skip
        for name, days in self.yearly.items():
            x = [self.date_of(day).toordinal() for day in days if day >= self.days[0]]
            axes.plot(x, [0.015] * len(x), "|", color=self.pens[name].colour, markersize=5,
                      transform=axes.get_xaxis_transform())  # fmt: skip

    def _hover(self, axes: Axes) -> Iterator[Hover]:
        """Lay marks that are not seen on the first days of months."""
        kept = [i for i, day in enumerate(self.days) if i % 4 == 0 or day == self.days[-1]]
        for number, line in enumerate(self.lines):
            known = [i for i in kept if np.isfinite(line.found.mean[i])]
            if not known:
                continue
            x = [self.date_of(self.days[i]).toordinal() for i in known]
            (unseen,) = axes.plot(x, line.found.mean[known], "o", markersize=5, alpha=0.004,
                                  color=self.pens[line.name].colour, markeredgewidth=0)  # fmt: skip
            unseen.set_gid(f"hover-{number}")
            yield Hover(f"hover-{number}", tuple(self._told(line, i) for i in known))

    def _told(self, line: Line, i: int) -> str:
        f = line.found
        text = f"{line.name}, {self.date_of(self.days[i])}: {count(float(f.mean[i]), 3)}"
        if np.isfinite(f.p2_5[i]):
            text += f" (chance {count(float(f.p2_5[i]), 3)} to {count(float(f.p97_5[i]), 3)})"
        return text

    def _key(self, axes: Axes, *, facets: bool) -> list[tuple[Artist, str]]:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        found: list[tuple[Artist, str]] = [
            (Line2D([], [], color=self.pens[x.name].colour, linestyle=self.pens[x.name].dashes),
             x.name)
            for x in self.lines
        ]  # fmt: skip
        if any(np.isfinite(x.found.p2_5).any() for x in self.lines):
            found.append((Patch(facecolor=GREY, alpha=CHANCE + IGNORANCE), "chance"))
        if facets:
            found.append((Patch(facecolor=GREY, alpha=IGNORANCE), self.ignorance))
            if any(line.beside is not None for line in self.lines):
                edge = Line2D([], [], color=GREY, linewidth=0.7, linestyle=(0, (1, 1)))
                found.append((edge, "ends for the baseline"))
        return found


def drawn_days(days: int, marks: Sequence[Mark]) -> list[int]:
    """Choose the days that are drawn: one a week, and all around planned releases.

    Dated decrees change nothing before they act, so two years before the first are enough.
    """
    releases = [day for day, _, _ in marks]
    first = max(min(releases, default=0) - BEFORE_DAYS, 0)
    near = {d for r in releases for d in range(r - NEAR_DAYS, r + NEAR_DAYS + 1)}
    return sorted(d for d in {*range(first, days, STEP_DAYS), days - 1} | near if first <= d < days)


def marks_of(source: Source, names: Sequence[str]) -> list[Mark]:
    """Gather the planned releases of dated decrees of some scenarios."""
    days = source.scenarios[names[0]].world.days
    found = [(day, decree, name) for name in names for day, decree in source.release_days(name)]
    return sorted(mark for mark in found if 0 <= mark[0] < days)


def _numbers(line: Line, i: int) -> Row:
    f, ends = line.found, line.ends
    return {
        "mean": float(f.mean[i]), "low": _known(f.low[i]), "high": _known(f.high[i]),
        "p2_5": _known(f.p2_5[i]), "p97_5": _known(f.p97_5[i]), "replications": f.replications,
        "assumptions_low": None if ends is None else _known(ends.low[i]),
        "assumptions_high": None if ends is None else _known(ends.high[i]),
    }  # fmt: skip


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
