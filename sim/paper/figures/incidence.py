"""Cumulative incidence of return and of death after release, each competing with the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.readings import MONTHS_PER_YEAR
from sim.analysis.trajectories import Trajectory, trajectory
from sim.paper.data import Row
from sim.paper.figures.legend import key_above
from sim.paper.figures.look import GREY, Look, Pen, canvas, number_axis, pens
from sim.paper.figures.picture import Hover, Painted, Picture
from sim.paper.source import Source

KIND = "incidence"
FATES = ("returned to custody", "died at liberty")


@dataclass(frozen=True)
class Curve:
    """What became of those whom a scenario released: per cent by months since release."""

    label: str
    scenario: str
    release: str
    fates: tuple[Trajectory, Trajectory]
    pen: Pen


def pictures(source: Source, scenarios: list[str]) -> Iterator[Picture]:
    """Draw incidence after release by decree, beside that after expiry in the baseline."""
    if not source.policies:
        raise source.lacks("is no study of scenarios over the years")
    known = pens(source.baselines, source.policies)
    curves = []
    if not scenarios:
        curves += _curve(source, source.baselines[0], "expiry", Pen(GREY, "-", "x"))
    for name in scenarios or source.policies:
        curves += _curve(source, name, "decree", known[name])
    if not curves:
        raise source.lacks("follows nobody who was released for a month")
    yield Picture(
        KIND, KIND, "Return to custody and death at liberty after release",
        "Cumulative incidence by months since each person's own release, of those released in the "
        "five years from the first planned release; death and return compete (Aalen and Johansen). "
        "Means over replications, with the middle 95% of single ones where there are several. "
        + source.made,
        "; ".join(f"{c.label}: {_at(c, 12)}" for c in curves) + ".",
        tuple(row for curve in curves for row in _rows(curve)),
        lambda look: _painted(curves, look),
    )  # fmt: skip


def _curve(source: Source, name: str, release: str, pen: Pen) -> list[Curve]:
    """Return the curve of a kind of release; none where nobody was followed for a month."""
    returned, died = source.incidence(name, release)
    if np.isnan(returned[:, 0]).any():
        return []
    fates = trajectory(100 * returned), trajectory(100 * died)
    words = "expiry" if release == "expiry" else "decree"
    return [Curve(f"{name}, after {words}", name, release, fates, pen)]


def _at(curve: Curve, months: int) -> str:
    """Say what is known at some months."""
    known = int(np.isfinite(curve.fates[0].mean).sum())
    month = min(months, known)
    back, dead = (fate.mean[month - 1] for fate in curve.fates)
    return f"after {month} months {back:.1f}% have returned and {dead:.1f}% have died"


def _rows(curve: Curve) -> Iterator[Row]:
    for fate, found in zip(FATES, curve.fates, strict=True):
        for month in range(int(np.isfinite(found.mean).sum())):
            several = found.replications > 1
            yield {
                "scenario": curve.scenario, "release": curve.release, "measure": fate,
                "months": month + 1, "unit": "per cent of those released",
                "mean": float(found.mean[month]),
                **{key: float(getattr(found, key)[month]) if several else None
                   for key in ("low", "high", "p2_5", "p97_5")},
                "replications": found.replications,
            }  # fmt: skip


def _painted(curves: Sequence[Curve], look: Look) -> Painted:
    from matplotlib.lines import Line2D

    height = max(0.42 * look.width, 12 * look.line)
    figure = canvas(look, 2 * height if look.narrow else height)
    grid = (figure.subplots(2, 1) if look.narrow else figure.subplots(1, 2)).flat
    hovers = []
    for place, (axes, fate) in enumerate(zip(grid, FATES, strict=True)):
        for number, curve in enumerate(curves):
            found = curve.fates[place]
            known = int(np.isfinite(found.mean).sum())
            x, mean = np.arange(known + 1), np.concatenate(([0.0], found.mean[:known]))
            if found.replications > 1:
                low, high = (np.concatenate(([0.0], end[:known]))
                             for end in (found.p2_5, found.p97_5))  # fmt: skip
                axes.fill_between(x, low, high, color=curve.pen.colour, alpha=0.2, linewidth=0)
            axes.plot(x, mean, color=curve.pen.colour, linestyle=curve.pen.dashes)
            (unseen,) = axes.plot(x[1:], mean[1:], "o", markersize=5, alpha=0.004,
                                  color=curve.pen.colour, markeredgewidth=0)  # fmt: skip
            gid = f"hover-{place}-{number}"
            unseen.set_gid(gid)
            told = [f"{curve.label}, {m} months: {v:.1f}%" for m, v in enumerate(mean[1:], 1)]
            hovers.append(Hover(gid, tuple(told)))
        axes.set_title(fate)
        axes.set_ylabel("% of those released")
        axes.set_xlabel("months since release")
        axes.set_xlim(0, None)
        axes.set_ylim(0, None)
        number_axis(axes, "y", 5)
        _, last = axes.get_xlim()
        axes.set_xticks(range(0, int(last) + 1, MONTHS_PER_YEAR if last > 13 else 3))
    entries = [
        (Line2D([], [], color=c.pen.colour, linestyle=c.pen.dashes), c.label) for c in curves
    ]  # fmt: skip
    key_above(figure, look, [*entries])
    return Painted(figure, tuple(hovers))
