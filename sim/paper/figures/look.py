"""How figures look: widths of journals, colours, lines and marks that survive grey print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from sim.paper.numbers import MINUS
from sim.paper.table import GUARD

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

MM_PER_INCH = 25.4
Letters = Literal["outlines", "letters"]


@dataclass(frozen=True)
class Look:
    """Width and size of type of a figure; ``letters`` keeps text in an SVG as text."""

    width_mm: float
    points: float
    letters: Letters = "outlines"

    @property
    def width(self) -> float:
        """Width in inches."""
        return self.width_mm / MM_PER_INCH

    @property
    def narrow(self) -> bool:
        """Whether two panels of ordinary size do not fit beside each other."""
        return self.width_mm / self.points < 16

    @property
    def columns(self) -> int:
        """How many small panels fit beside each other."""
        return 2 if self.narrow else 3

    @property
    def ticks(self) -> int:
        """How many long numbers fit below an axis that shares the width with its labels."""
        return max(2, min(6, int(self.width * 72 / (11 * self.points))))

    @property
    def line(self) -> float:
        """Height of a line of type, in inches."""
        return self.points * 1.35 / 72


STYLES = {
    "single": Look(84, 7), "middle": Look(129, 7.5), "double": Look(174, 8), "slide": Look(254, 13),
}  # fmt: skip
"""Widths of one column, one and a half, and two, as journals have them; and a slide."""
REPORT = Look(190, 9, "letters")

# Okabe and Ito's colours, without the yellow that white paper swallows; black is the baseline's.
Dashes = Literal["-"] | tuple[float, tuple[float, ...]]
BASELINE = "#000000"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES: tuple[Dashes, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (5, 1.2, 1, 1.2)),
    (0, (1, 1)),
    (0, (8, 1, 1, 1, 1, 1)),
    (0, (3, 3)),
)
MARKERS = ("o", "s", "^", "D", "v", "P")
GREY = "#666666"
PALE = "#BBBBBB"


@dataclass(frozen=True)
class Pen:
    """How one scenario is drawn wherever it appears."""

    colour: str
    dashes: Dashes
    marker: str


def pens(baselines: Sequence[str], policies: Iterable[str]) -> dict[str, Pen]:
    """Give every scenario its own colour, dashes and marker, the same in all figures of a study."""
    others = [policy for policy in dict.fromkeys(policies) if policy not in baselines[:1]]
    found = {baselines[0]: Pen(BASELINE, "-", "x")} if baselines else {}
    for i, name in enumerate(dict.fromkeys([*others, *baselines[1:]])):
        dash = DASHES[(i + i // len(DASHES)) % len(DASHES)]
        found[name] = Pen(COLOURS[i % len(COLOURS)], dash, MARKERS[i % len(MARKERS)])
    return found


def canvas(look: Look, height: float) -> Figure:
    """Make an empty figure with the guard below it; height in inches, the guard left out."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(look.width, height + 1.6 * look.line), layout="constrained")
    figure.supxlabel(GUARD, x=0.01, ha="left", fontsize=0.8 * look.points, style="italic")
    return figure


def settings(look: Look) -> dict[RcKeyType, object]:
    """Return matplotlib's settings: type shipped with it, thin lines, nothing random."""
    return {
        "font.family": ["DejaVu Sans", *_further()],
        "font.size": look.points,
        "axes.labelsize": look.points,
        "axes.titlesize": look.points,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "axes.unicode_minus": True,
        "xtick.labelsize": 0.9 * look.points,
        "ytick.labelsize": 0.9 * look.points,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "legend.fontsize": 0.9 * look.points,
        "legend.frameon": False,
        "legend.handlelength": 2.6,
        "lines.linewidth": 0.15 * look.points,
        "hatch.linewidth": 0.4,
        "pdf.fonttype": 42,
        "svg.fonttype": "none" if look.letters == "letters" else "path",
        "svg.hashsalt": "amnesty",
        "svg.id": None,
        "path.simplify": True,
    }


FURTHER = (
    "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "UnDotum", "Malgun Gothic", "AppleGothic",
)  # fmt: skip
"""Typefaces with Korean letters, which the shipped one lacks; used where one is installed."""


def _further() -> list[str]:
    from matplotlib.font_manager import fontManager

    there = {font.name for font in fontManager.ttflist}
    return [name for name in FURTHER if name in there][:1]


def written(value: float, _: object = None) -> str:
    """Write a tick: thousands separated, a minus sign as one."""
    text = f"{abs(value):,.10g}"
    return f"{MINUS}{text}" if value < 0 and text != "0" else text


def number_axis(
    axes: Axes, which: Literal["x", "y"], ticks: int = 6, *, whole: bool = False
) -> None:
    """Give one axis few and readable numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(written))
    axis.set_major_locator(MaxNLocator(ticks, integer=whole))


def calendar_axis(axes: Axes, first: date, last: date, ticks: int) -> None:
    """Give the horizontal axis years."""
    years = range(first.year + (first > date(first.year, 1, 1)), last.year + 1)
    step = -(-len(years) // ticks) or 1
    shown = [year for year in years if (year - years[0]) % step == 0]
    axes.set_xticks([date(year, 1, 1).toordinal() for year in shown], [str(y) for y in shown])
    axes.set_xlim(first.toordinal(), last.toordinal())
