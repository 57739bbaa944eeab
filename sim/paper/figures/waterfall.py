"""Waterfall: from those who meet a clause to those freed, and where the others are lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sim.paper.data import Row
from sim.paper.figures.look import COLOURS, GREY, Look, canvas, number_axis
from sim.paper.figures.picture import Hover, Painted, Picture, file_name
from sim.paper.numbers import count, decimal
from sim.paper.results import number_of
from sim.paper.source import Source
from sim.paper.waterfall import DECREE

KIND = "waterfall"
KEPT, LOST, CUT = COLOURS[0], COLOURS[1], COLOURS[4]
HATCH = {KEPT: "", LOST: "////", CUT: "...."}
Means = Mapping[str, float]


@dataclass(frozen=True)
class Bar:
    """A level from 0, or a loss that hangs below the level before it."""

    label: str
    low: float
    high: float
    kind: str
    """``level``, ``loss`` or ``reduced``."""


@dataclass(frozen=True)
class Fall:
    """A decree's bars from top to bottom, and what was reported of it."""

    held: float
    bars: tuple[Bar, ...]
    reported: tuple[tuple[str, float, float | None, float | None, str], ...]
    """Label of the bar, value, low, high, grade."""
    notes: tuple[str, ...] = ()


def pictures(source: Source, scenarios: list[str]) -> Iterator[Picture]:
    """Draw the waterfall of each decree of each scenario."""
    rows = [r for r in source.rows("waterfall.csv") if r["group"] == "all"]
    if not rows:
        raise source.lacks("holds no waterfall: no decrees, or another kind of study")
    outcomes = source.rows("outcomes.csv")
    for name, decree in dict.fromkeys((str(r["scenario"]), str(r["decree"])) for r in rows):
        if scenarios and name not in scenarios:
            continue
        own = {
            str(r["stage"]): number_of(r["mean"]) or 0.0
            for r in rows
            if (r["scenario"], r["decree"], r["clause"]) == (name, decree, DECREE)
        }
        said = [o for o in outcomes if (o["scenario"], o["decree"]) == (name, decree)]
        fall = fall_of(own, said)
        if fall.bars:
            yield _picture(source, name, decree, fall)


def fall_of(means: Means, outcomes: Sequence[Row]) -> Fall:
    """Put the stages of a decree in order, each loss between the levels that it explains.

    Those who are barred stand once: under the exclusion that alone bars them, or under several.
    """

    def mean(stage: str) -> float:
        return means.get(stage, 0.0)

    bars: list[Bar] = [Bar("meet a clause", 0, mean("meets a clause"), "level")]

    def lose(label: str, size: float) -> None:
        if size > 0:
            level = bars[-1].low if bars[-1].kind != "level" else bars[-1].high
            bars.append(Bar(label, level - size, level, "loss"))

    only = {s.removeprefix("barred only by "): n for s, n in means.items()
            if s.startswith("barred only by ")}  # fmt: skip
    for exclusion, number in only.items():
        lose(f"barred: {exclusion}", number)
    lose("barred for several reasons" if only else "barred", mean("barred") - sum(only.values()))
    steps = (
        ("eligible", ()), ("recommended", (("not recommended", "eligible"),)),
        ("approved", (("not approved", "recommended"),)),
        ("selected", (("beyond the cap", "approved"),)),
    )  # fmt: skip
    for stage, losses in steps:
        for label, before in losses:
            lose(label, mean(before) - mean(stage))
        if stage == "eligible":
            bars.append(Bar("eligible", 0, mean("eligible"), "level"))
    for stage, label in WAITING.items():
        lose(label, mean(stage))
    if mean("reduced") > 0:
        bars.append(Bar("term reduced", 0, mean("reduced"), "reduced"))
    bars.append(Bar("released", 0, mean("released"), "level"))
    known = {"released": "released", "reduced": "term reduced", "eligible": "eligible"}
    reported = tuple(
        (known[str(o["stage"])], number_of(o["value"]) or 0.0, number_of(o["low"]),
         number_of(o["high"]), str(o["grade"]))
        for o in outcomes if str(o["stage"]) in known
    )  # fmt: skip
    return Fall(mean("held"), tuple(bars) if mean("meets a clause") > 0 else (), reported,
                tuple(str(o["note"]) for o in outcomes if o["stage"] in known))  # fmt: skip


WAITING = {
    "expired waiting": "term ran out while waiting",
    "died waiting": "died while waiting",
    "executed waiting": "executed while waiting",
    "moved while waiting": "taken by another decree",
    "still waiting": "still waiting at the end",
}


def _picture(source: Source, name: str, decree: str, fall: Fall) -> Picture:
    said = (
        f"Persons, means over replications. Of {count(fall.held, 3)} held when lists close. Solid: "
        "those who reach a stage; hatched: those lost on the way. Yearly decrees: sum over "
        "occasions. "
    )
    if fall.reported:
        said += "Diamonds: what was reported, with the range that the reports allow, and grade"
        said += "".join(f"; {note}" for note in dict.fromkeys(fall.notes) if note) + ". "
    rows: tuple[Row, ...] = tuple(
        {"scenario": name, "decree": decree, "bar": bar.label, "kind": bar.kind,
         "persons": bar.high - bar.low, "from": bar.low, "to": bar.high}
        for bar in fall.bars
    )  # fmt: skip
    return Picture(
        file_name(KIND, name, decree), KIND,
        f"Who is freed, and why not: {name}, decree {decree}", said + source.made,
        "; ".join(f"{bar.label}: {count(bar.high - bar.low)}" for bar in fall.bars) + ".",
        rows, partial(_painted, fall),
    )  # fmt: skip


def _painted(fall: Fall, look: Look) -> Painted:
    figure = canvas(look, (1.6 * len(fall.bars) + 3.5) * look.line)
    axes = figure.subplots()
    places = {bar.label: len(fall.bars) - 1 - i for i, bar in enumerate(fall.bars)}
    hovers = []
    for i, bar in enumerate(fall.bars):
        colour = {"level": KEPT, "loss": LOST, "reduced": CUT}[bar.kind]
        (drawn,) = axes.barh(
            places[bar.label], bar.high - bar.low, left=bar.low, height=0.66, color=colour,
            hatch=HATCH[colour], edgecolor="white", linewidth=0,
        )  # fmt: skip
        drawn.set_gid(f"hover-{i}")
        size = bar.high - bar.low
        share = f" ({decimal(100 * size / fall.held, 1)}% of held)" if fall.held else ""
        hovers.append(Hover(f"hover-{i}", (f"{bar.label}: {count(size)}{share}",)))
        text = count(size) if bar.kind != "loss" else f"\N{MINUS SIGN}{count(size)}"
        axes.annotate(
            text, (bar.high, places[bar.label]), xytext=(3, 0), textcoords="offset points",
            va="center", fontsize=0.9 * look.points,
        )  # fmt: skip
    for label, value, low, high, grade in fall.reported:
        y = places.get(label)
        if y is None:
            continue
        if low is not None and high is not None:
            axes.plot([low, high], [y - 0.45, y - 0.45], color="black", linewidth=0.9)
        axes.plot([value], [y - 0.45], "D", color="black", markersize=0.45 * look.points,
                  clip_on=False)  # fmt: skip
        axes.annotate(
            f"reported {count(value)} ({grade})", (high or value, y - 0.45), xytext=(5, 0),
            textcoords="offset points", va="center", fontsize=0.85 * look.points, color=GREY,
        )  # fmt: skip
    axes.set_yticks(list(places.values()), list(places))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.9, len(places) - 0.4)
    axes.margins(x=0.16)
    axes.set_xlim(0, None)
    number_axis(axes, "x", look.ticks)
    axes.set_xlabel("persons")
    return Painted(figure, tuple(hovers))
