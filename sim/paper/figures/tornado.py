"""Tornado: how far each assumption, changed alone or with all others, moves a difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

from sim.analysis.measures import MEASURE
from sim.paper.data import Row
from sim.paper.figures.legend import key_above
from sim.paper.figures.look import COLOURS, GREY, Look, canvas, number_axis
from sim.paper.figures.picture import Hover, Painted, Picture, file_name
from sim.paper.numbers import grouped, signed
from sim.paper.results import number_of
from sim.paper.source import Source
from sim.paper.studies import names_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

KIND = "tornado"
MAIN = "held 1 year after"
"""The measure that is drawn unless others are named."""
MOST = 15
FILLS = {"low": (COLOURS[4], "////"), "high": (COLOURS[1], ""), "instead": (COLOURS[2], "....")}
"""Colour and hatching by end, so that grey print tells them apart."""
LABEL_LETTERS = 34
"""Letters of a name on one line."""


@dataclass(frozen=True)
class Swing:
    """Where an assumption moves a mean: ends with what is set there."""

    assumption: str
    ends: tuple[tuple[str, str, float], ...]
    """End (``low``, ``high`` or ``instead``), what it is set to, and the mean."""

    def width(self, central: float) -> float:
        """How wide the bar is."""
        means = [central, *(mean for _, _, mean in self.ends)]
        return max(means) - min(means)


@dataclass(frozen=True)
class Tornado:
    """The swings of a measure of a policy, widest first, around its mean."""

    measure: str
    central: float
    swings: tuple[Swing, ...]
    hidden: int


def pictures(source: Source, scenarios: list[str], measures: Sequence[str]) -> Iterator[Picture]:
    """Draw the swings of each policy and measure."""
    drawn = source.rows("influences.csv")
    if not drawn and not source.is_comparison:
        raise source.lacks("changes no assumptions")
    if not drawn and not source.results.swings:
        raise source.lacks("has no runs in which assumptions are changed (compare --assumptions)")
    for policy in scenarios or source.policies:
        for measure in measures or (MAIN,):
            found = _of_draws(source, drawn, policy, measure) if drawn else (
                _one_at_a_time(source, policy, measure)
            )  # fmt: skip
            if found is not None and found.swings:
                yield _picture(source, policy, found, several=bool(measures), draws=bool(drawn))


def _one_at_a_time(source: Source, policy: str, measure: str) -> Tornado | None:
    results = source.results
    central = results.central.get((policy, measure))
    if central is None:
        return None
    ends: dict[str, list[tuple[str, str, float]]] = {}
    for one in results.swings:
        if one.policy == policy and measure in one.differences:
            mean = one.differences[measure].estimate.mean
            ends.setdefault(one.assumption, []).append((one.end, one.value, mean))
    return _sorted(measure, central.estimate.mean, [Swing(k, tuple(v)) for k, v in ends.items()])


def _of_draws(source: Source, rows: Sequence[Row], policy: str, measure: str) -> Tornado | None:
    """Take the means over draws in the lower and the upper half of each range."""
    name = MEASURE[measure].difference_name
    means = [
        number_of(r["mean"]) for r in source.rows("draws.csv")
        if (r["scenario"], r["measure"]) == (policy, name)
    ]  # fmt: skip
    known = [mean for mean in means if mean is not None]
    named = dict(names_of(source.scenarios[policy].resolved))
    swings = []
    for row in rows:
        low, high = number_of(row["lower_half"]), number_of(row["upper_half"])
        if (row["scenario"], row["measure"]) == (policy, name) and None not in (low, high):
            assert low is not None
            assert high is not None
            ends = (("low", "", low), ("high", "", high))
            path = str(row["assumption"])
            swings.append(Swing(named.get(path, path.removeprefix("world.")), ends))
    return _sorted(measure, sum(known) / len(known), swings) if known else None


def _sorted(measure: str, central: float, swings: list[Swing]) -> Tornado:
    swings.sort(key=lambda one: -one.width(central))
    return Tornado(measure, central, tuple(swings[:MOST]), len(swings[MOST:]))


def _picture(source: Source, policy: str, found: Tornado, *, several: bool, draws: bool) -> Picture:
    name = MEASURE[found.measure].difference_name
    baseline = source.baselines[0]
    if draws:
        said = (
            "Bars: mean over the draws in the lower and in the upper half of each range, all else "
            "varying as well; the upright line is the mean over all draws. "
        )
    else:
        number = source.results.swing_replications
        said = (
            "Bars: the mean when one assumption at a time is set to what stands at their ends "
            f"({number} replication{'s' if number > 1 else ''} each); the upright line is the mean "
            "as written, in the same replications. "
        )
    said += f"{found.hidden} further assumptions are not drawn. " if found.hidden else ""
    words = (policy, found.measure) if several else (policy,)
    rows: tuple[Row, ...] = tuple(
        {"scenario": policy, "baseline": baseline, "measure": name, "assumption": s.assumption,
         "end": end, "value": value, "mean": mean, "central": found.central}
        for s in found.swings for end, value, mean in s.ends
    )  # fmt: skip
    return Picture(
        file_name(KIND, *words), KIND,
        f"What it rests on: {policy}, {name}, difference from {baseline}", said + source.made,
        f"Bars around {signed(found.central)}, widest first: "
        + "; ".join(f"{s.assumption} from {_range(s)}" for s in found.swings) + ".",
        rows, lambda look: _painted(found, look),
    )  # fmt: skip


def _range(swing: Swing) -> str:
    return " to ".join(signed(mean) for _, _, mean in swing.ends)


def _painted(found: Tornado, look: Look) -> Painted:
    names = [_short(swing.assumption) for swing in found.swings]
    lines = max(name.count("\n") + 1 for name in names)
    figure = canvas(look, (max(1.7, 0.9 * lines) * len(names) + 3) * look.line)
    axes = figure.subplots()
    places = list(range(len(found.swings)))[::-1]
    hovers: list[Hover] = []
    for y, swing in zip(places, found.swings, strict=True):
        # The farther end first: both may lie on one side of the mean.
        for end, value, mean in sorted(swing.ends, key=lambda one: -abs(one[2] - found.central)):
            colour, hatch = FILLS.get(end, FILLS["instead"])
            (bar,) = axes.barh(y, mean - found.central, left=found.central, height=0.62,
                               color=colour, hatch=hatch, edgecolor="white",
                               linewidth=0)  # fmt: skip
            gid = f"hover-{len(hovers)}"
            bar.set_gid(gid)
            hovers.append(
                Hover(gid, (f"{swing.assumption}, {grouped(value) or end}: {signed(mean)}",))
            )
        _ends(axes, swing, found.central, y, look)
    axes.axvline(found.central, color="black", linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.6, zorder=0.5)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    number_axis(axes, "x", look.ticks)
    axes.margins(x=0.3 if look.narrow else 0.14)
    axes.set_ylim(-0.7, len(places) - 0.3)
    measure = MEASURE[found.measure]
    axes.set_xlabel(f"{measure.difference_name}, difference in {measure.unit}")
    key_above(figure, look, _key(found))
    return Painted(figure, tuple(hovers))


def _ends(axes: Axes, swing: Swing, central: float, y: int, look: Look) -> None:
    """Write at the ends of a bar what is set there; nothing where both ends are one."""
    sides: dict[bool, list[tuple[float, str]]] = {}
    for end, value, mean in swing.ends:
        text = grouped(value) if end != "instead" else ""
        sides.setdefault(mean >= central, []).append((mean, text))
    for right, ends in sides.items():
        farthest = max(ends) if right else min(ends)
        text = ", ".join(text for _, text in sorted(ends, reverse=not right) if text)
        axes.annotate(
            text, (farthest[0], y), xytext=(3 if right else -3, 0), textcoords="offset points",
            ha="left" if right else "right", va="center", fontsize=0.8 * look.points, color=GREY,
        )  # fmt: skip


def _short(text: str) -> str:
    """Break a long name into lines."""
    return fill(text.replace(".", ", "), LABEL_LETTERS)


def _key(found: Tornado) -> list[tuple[Artist, str]]:
    from matplotlib.patches import Patch

    words = {"low": "low end", "high": "high end", "instead": "instead of what is written"}
    used = {end if end in FILLS else "instead" for s in found.swings for end, _, _ in s.ends}
    return [
        (Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0), words[end])
        for end, (colour, hatch) in FILLS.items() if end in used
    ]  # fmt: skip
