"""Exile: where those freed are sent, by destination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.paper.data import Row
from sim.paper.figures.legend import key_above
from sim.paper.figures.look import Look, canvas, number_axis, pens
from sim.paper.figures.picture import Hover, Painted, Picture
from sim.paper.numbers import count
from sim.paper.results import number_of
from sim.paper.source import Source

if TYPE_CHECKING:
    from matplotlib.artist import Artist

KIND = "exile"


def pictures(source: Source, scenarios: list[str]) -> Iterator[Picture]:
    """Draw how many are exiled to each place over the run."""
    rows = [r for r in source.rows("exile.csv") if not scenarios or r["scenario"] in scenarios]
    if not rows:
        raise source.lacks("exiles nobody")
    known = pens(source.baselines, source.policies)

    def paint(look: Look) -> Painted:
        from matplotlib.lines import Line2D

        places = _places(rows)
        names = list(dict.fromkeys(str(r["scenario"]) for r in rows))
        height = (0.6 + 0.55 * len(names)) * len(places) + 5
        figure = canvas(look, height * look.line)
        axes = figure.subplots()
        hovers: list[Hover] = []
        entries: list[tuple[Artist, str]] = []
        for number, name in enumerate(names):
            pen = known[name]
            own = [r for r in rows if r["scenario"] == name]
            # The first scenario stands uppermost within its place.
            shift = (len(names) - 1) / 2 - number
            y = [len(places) - 1 - places.index(str(r["place"])) + 0.7 * shift / len(names)
                 for r in own]  # fmt: skip
            for place, row in zip(y, own, strict=True):
                low, high = number_of(row["p2_5"]), number_of(row["p97_5"])
                if low is not None and high is not None:
                    axes.plot([low, high], [place, place], color=pen.colour, linewidth=0.9)
            (dots,) = axes.plot([number_of(r["mean"]) or 0.0 for r in own], y, pen.marker,
                                color=pen.colour, markersize=0.55 * look.points)  # fmt: skip
            dots.set_gid(f"hover-{number}")
            told = [f"{name}, {r['place']}: {count(number_of(r['mean']) or 0)}" for r in own]
            hovers.append(Hover(f"hover-{number}", tuple(told)))
            mark = Line2D([], [], color=pen.colour, marker=pen.marker, linestyle="none")
            entries.append((mark, name))
        axes.set_yticks(range(len(places)), places[::-1])
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", linewidth=0.3)
        axes.set_xlim(0, None)
        number_axis(axes, "x", look.ticks)
        axes.set_xlabel("persons exiled over the days simulated")
        key_above(figure, look, entries)
        return Painted(figure, tuple(hovers))

    yield Picture(
        KIND, KIND, "Exiled by destination",
        "Marks: means over replications; lines: the middle 95% of single ones. " + source.made,
        "; ".join(f"{r['scenario']}, {r['place']}: {count(number_of(r['mean']) or 0)}"
                  for r in rows) + ".",
        tuple(rows), paint,
    )  # fmt: skip


def _places(rows: Sequence[Row]) -> list[str]:
    """List places, those to which most are sent first."""
    most: dict[str, float] = {}
    for row in rows:
        place, mean = str(row["place"]), number_of(row["mean"]) or 0.0
        most[place] = max(mean, most.get(place, 0.0))
    return sorted(most, key=lambda place: (-most[place], place))
