"""Forest: paired differences side by side, with error, chance and assumptions told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.compare import HEADLINE
from sim.analysis.estimates import Difference
from sim.analysis.measures import MEASURE
from sim.paper.data import Row
from sim.paper.figures.legend import key_above
from sim.paper.figures.look import COLOURS, GREY, PALE, Look, canvas, number_axis
from sim.paper.figures.picture import Hover, Painted, Picture, file_name
from sim.paper.numbers import half_width, signed
from sim.paper.results import difference_of
from sim.paper.source import Source

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

KIND = "forest"
Span = tuple[float, float] | None


@dataclass(frozen=True)
class Item:
    """A difference in a measure, and its span when assumptions are changed."""

    label: str
    measure: str
    found: Difference
    span: Span = None

    @property
    def told(self) -> str:
        """The number with its simulation error, as tables have it."""
        e = self.found.estimate
        if self.found.constant:
            return f"{signed(e.mean)} (always)"
        return f"{signed(e.mean)} {half_width(e.low, e.high)}" if e.low is not None else (
            signed(e.mean)
        )  # fmt: skip


def pictures(
    source: Source, scenarios: list[str], baseline: str | None, measures: Sequence[str]
) -> Iterator[Picture]:
    """Draw the differences of policies, one figure for each baseline; or those of variants."""
    shown = list(measures) or list(HEADLINE)
    swept = source.rows("sweep.csv")
    if swept:
        found = {(str(r["variant"]), str(r["measure"])): difference_of(r) for r in swept}
        variants = scenarios or list(dict.fromkeys(variant for variant, _ in found))
        items = [
            Item(variant, m, found[variant, MEASURE[m].difference_name])
            for m in shown
            for variant in variants
            if (variant, MEASURE[m].difference_name) in found
        ]
        yield _picture(source, items, file_name(KIND), "its baseline, by variant")
        return
    if not source.is_comparison:
        raise source.lacks("holds no differences of scenarios as written")
    results = source.results
    for one in [baseline] if baseline else results.baselines:
        items = [
            Item(policy, m, results.differences[policy, one, m], results.span(policy, one, m))
            for m in shown
            for policy in scenarios or results.policies
            if (policy, one, m) in results.differences
        ]
        if items:
            yield _picture(source, items, file_name(KIND, one), one)


def _picture(source: Source, items: list[Item], name: str, baseline: str) -> Picture:
    if not items:
        raise source.lacks("holds no differences in these measures and scenarios")
    by_measure: dict[str, list[Item]] = {}
    for item in items:
        by_measure.setdefault(item.measure, []).append(item)
    said = (
        "Dots: means. Thick lines: simulation error, the 95% interval of the mean. Thin lines: "
        "chance, the middle 95% of single replications. "
    )
    if any(item.span for item in items):
        number = source.results.swing_replications
        said += (
            "Pale bars: span when one listed assumption at a time is changed "
            f"({number} replication{'s' if number > 1 else ''} each). "
        )
    said += "Averted is baseline minus policy, all else is policy minus baseline. "
    labels = dict.fromkeys(item.label for item in items)
    return Picture(
        name, KIND, f"Paired differences from {baseline}", said + source.made,
        "; ".join(f"{item.label}, {MEASURE[item.measure].difference_name}: {item.told}"
                  for item in items) + ".",
        tuple(map(_row, items)), lambda look: _painted(by_measure, list(labels), look),
    )  # fmt: skip


def _row(item: Item) -> Row:
    e, low_high = item.found.estimate, item.span or (None, None)
    return {
        "label": item.label, "measure": MEASURE[item.measure].difference_name,
        "unit": MEASURE[item.measure].unit, "mean": e.mean, "low": e.low, "high": e.high,
        "p2_5": e.p2_5, "p97_5": e.p97_5, "assumptions_low": low_high[0],
        "assumptions_high": low_high[1], "constant": item.found.constant,
        "replications": e.replications,
    }  # fmt: skip


def _painted(by_measure: Mapping[str, list[Item]], labels: list[str], look: Look) -> Painted:
    heights = [1.3 * len(items) + 2.8 for items in by_measure.values()]
    figure = canvas(look, (sum(heights) + 2) * look.line)
    grid = figure.subplots(len(by_measure), 1, height_ratios=heights, squeeze=False)
    hovers = []
    for number, (axes, (measure, items)) in enumerate(
        zip(grid[:, 0], by_measure.items(), strict=True)
    ):
        hovers.append(_panel(axes, items, look, f"hover-{number}"))
        unit = MEASURE[measure].unit
        axes.set_title(f"{MEASURE[measure].difference_name}, {unit}")
    every = [item for items in by_measure.values() for item in items]
    key_above(figure, look, _key(every))
    return Painted(figure, tuple(hovers))


def _panel(axes: Axes, items: list[Item], look: Look, gid: str) -> Hover:
    places = list(range(len(items)))[::-1]
    for y, item in zip(places, items, strict=True):
        e = item.found.estimate
        if item.span:
            low, high = item.span
            axes.barh(y, high - low, left=low, height=0.62, color=PALE, alpha=0.6, linewidth=0)
        if e.p2_5 is not None and e.p97_5 is not None and not item.found.constant:
            axes.plot([e.p2_5, e.p97_5], [y, y], color=COLOURS[0], linewidth=0.9)
        if e.low is not None and e.high is not None and not item.found.constant:
            axes.plot([e.low, e.high], [y, y], color="black", linewidth=2.8,
                      solid_capstyle="butt")  # fmt: skip
        axes.text(1.01, y, item.told, transform=axes.get_yaxis_transform(), va="center",
                  fontsize=0.9 * look.points)  # fmt: skip
    means = [item.found.estimate.mean for item in items]
    (dots,) = axes.plot(means, places, "o", color="black", markersize=0.5 * look.points,
                        markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip
    dots.set_gid(gid)
    axes.axvline(0, color=GREY, linewidth=0.6, zorder=0.5)
    axes.set_yticks(places, [item.label for item in items])
    axes.set_ylim(-0.7, len(items) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    number_axis(axes, "x", min(look.ticks, 5))
    return Hover(gid, tuple(f"{item.label}: {item.told}" for item in items))


def _key(items: Sequence[Item]) -> list[tuple[Artist, str]]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    found: list[tuple[Artist, str]] = []
    if any(item.found.estimate.low is not None for item in items):
        found.append((Line2D([], [], color="black", linewidth=2.8), "simulation error"))
        found.append((Line2D([], [], color=COLOURS[0], linewidth=0.9), "chance"))
    if any(item.span for item in items):
        found.append((Patch(facecolor=PALE, alpha=0.6), "assumptions"))
    return found
