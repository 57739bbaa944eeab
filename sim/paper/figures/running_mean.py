"""Running mean: how a difference settles as replications are added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from sim.analysis.measures import MEASURE
from sim.analysis.trajectories import Trajectory, running
from sim.paper.data import Row
from sim.paper.figures.look import GREY, Look, Pen, canvas, number_axis, pens
from sim.paper.figures.picture import Hover, Painted, Picture, file_name
from sim.paper.figures.tornado import MAIN
from sim.paper.numbers import half_width, signed
from sim.paper.results import number_of
from sim.paper.source import Source

KIND = "running-mean"
Found = dict[str, Trajectory]


def pictures(
    source: Source, scenarios: list[str], baseline: str | None, measures: Sequence[str]
) -> Iterator[Picture]:
    """Draw the running mean of paired differences with its interval."""
    cells = source.rows("cells.csv")
    if not cells or len(source.about["scenarios"]) < 2:
        raise source.lacks("holds no differences replication by replication")
    if source.about["replications"] < 3:
        raise source.lacks("has fewer than three replications: no mean to follow")
    values: dict[tuple[str, str, str], list[float | None]] = {}
    for row in cells:
        key = (str(row["scenario"]), str(row["measured_for"]), str(row["measure"]))
        values.setdefault(key, []).append(number_of(row["value"]))
    for one in [baseline] if baseline else source.baselines[:1]:
        for measure in measures or (MAIN,):
            found = {}
            for policy in scenarios or source.policies:
                pair = [values.get((s, policy, measure), []) for s in (policy, one)]
                if policy != one and all(x and None not in x for x in pair):
                    ours, theirs = (np.array(x, dtype=np.float64) for x in pair)
                    averted = MEASURE[measure].averted is not None
                    found[policy] = running(theirs - ours if averted else ours - theirs)
            if found:
                yield _picture(source, found, one, measure, several=bool(measures))


def _picture(
    source: Source, found: Found, baseline: str, measure: str, *, several: bool
) -> Picture:
    name = MEASURE[measure].difference_name
    words = (baseline, measure) if several else (baseline,)
    return Picture(
        file_name(KIND, *words), KIND, f"Running mean of {name}, difference from {baseline}",
        "Lines: mean of the first so many replications; bands: its 95% interval (simulation "
        "error). " + source.made,
        "; ".join(f"{p} settles at {_told(t, -1)}" for p, t in found.items()) + ".",
        tuple(_rows(found, baseline, measure)),
        partial(_painted, found, pens(source.baselines, source.policies), measure),
    )  # fmt: skip


def _told(found: Trajectory, at: int) -> str:
    low, high = float(found.low[at]), float(found.high[at])
    error = "" if np.isnan(low) else f" {half_width(low, high)}"
    return f"{signed(float(found.mean[at]))}{error}"


def _rows(found: Found, baseline: str, measure: str) -> Iterator[Row]:
    for policy, one in found.items():
        for i in range(one.replications):
            unknown = i == 0
            yield {
                "scenario": policy, "baseline": baseline,
                "measure": MEASURE[measure].difference_name, "unit": MEASURE[measure].unit,
                "replications": i + 1, "mean": float(one.mean[i]),
                "low": None if unknown else float(one.low[i]),
                "high": None if unknown else float(one.high[i]),
            }  # fmt: skip


def _painted(found: Found, known: Mapping[str, Pen], measure: str, look: Look) -> Painted:
    wide = min(look.columns, len(found))
    deep = -(-len(found) // wide)
    each = max(0.5 * look.width / wide, 8 * look.line)
    figure = canvas(look, deep * (each + 2 * look.line))
    grid = figure.subplots(deep, wide, squeeze=False)
    hovers = []
    for number, axes in enumerate(grid.flat):
        if number >= len(found):
            axes.set_axis_off()
            continue
        policy, one = list(found.items())[number]
        pen = known[policy]
        x = np.arange(1, one.replications + 1)
        axes.fill_between(x, one.low, one.high, color=pen.colour, alpha=0.25, linewidth=0)
        axes.plot(x, one.mean, color=pen.colour, linestyle=pen.dashes)
        axes.axhline(float(one.mean[-1]), color=GREY, linewidth=0.6, linestyle=(0, (1, 1)))
        (unseen,) = axes.plot(x, one.mean, "o", markersize=5, alpha=0.004, color=pen.colour,
                              markeredgewidth=0)  # fmt: skip
        unseen.set_gid(f"hover-{number}")
        told = [
            f"{policy}, {n} replications: {_told(one, n - 1)}"
            for n in range(1, one.replications + 1)
        ]
        hovers.append(Hover(f"hover-{number}", tuple(told)))
        axes.set_title(policy)
        # The interval of the first few is so wide that it would hide the rest.
        first = min(4, one.replications - 1)
        low, high = float(np.nanmin(one.low[first:])), float(np.nanmax(one.high[first:]))
        if high > low:
            axes.set_ylim(low - 0.15 * (high - low), high + 0.15 * (high - low))
        number_axis(axes, "y", 4)
        number_axis(axes, "x", 4, whole=True)
        axes.set_xlim(1, one.replications)
        if number // wide == deep - 1 or number + wide >= len(found):
            axes.set_xlabel("replications")
    figure.supylabel(f"{MEASURE[measure].difference_name}, {MEASURE[measure].unit}",
                     fontsize=look.points)  # fmt: skip
    return Painted(figure, tuple(hovers))
