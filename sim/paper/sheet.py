"""One block of a table as lines and columns on paper, in plain Unicode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Literal

from sim.paper.numbers import Printed, printed
from sim.paper.table import LAYERS, Cell, Kind, Row

Interval = Literal["below", "beside", "none"]
Align = Literal["number", "range", "words"]
AROUND: dict[Kind, tuple[str, str]] = {
    "error": ("(", ")"), "chance": ("[", "]"), "assumptions": ("{", "}"),
}  # fmt: skip
"""What stands around each layer below a number."""
SMALL = 0.8
"""How much narrower the type of layers below a number is."""
GAP = 1.4
"""Characters between columns."""
HEADING = 12
"""Characters beyond which a heading is broken into lines."""


@dataclass(frozen=True)
class Slot:
    """What stands in a place of the grid; ``number`` says that it is one."""

    text: str = ""
    span: int = 1
    marks: tuple[str, ...] = ()
    number: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of the grid; ``minor`` ones hold layers of the line above."""

    label: str
    depth: int
    slots: tuple[Slot, ...]
    minor: bool = False


@dataclass(frozen=True)
class Head:
    """A heading over some columns."""

    text: str
    span: int = 1
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One block of a table, as wide as a page: headings from the outside in, lines, and notes.

    Its notes are those on its own columns.
    """

    groups: tuple[Head, ...]
    heads: tuple[Head, ...]
    below: tuple[Head, ...]
    aligns: tuple[Align, ...]
    widths: tuple[float, ...]
    label_width: float
    panels: tuple[tuple[str, tuple[Line, ...]], ...]
    notes: tuple[str, ...]

    @property
    def width(self) -> float:
        """Characters that the sheet takes, gaps included."""
        apart = sum(head.span > 1 for head in self.heads)
        return self.label_width + sum(self.widths) + GAP * len(self.widths) + apart


def lines_of(
    rows: Sequence[Row],
    physical: Sequence[Sequence[str]],
    interval: Interval,
    footnotes: dict[str, str],
) -> Iterator[Line]:
    """Lay out the rows of a panel; a label that the row above has is not repeated."""
    above = ""
    for row in rows:
        shown = replace(row, label="") if row.label == above else row
        yield from _row(shown, physical, interval, footnotes)
        above = row.label


def _row(
    row: Row, physical: Sequence[Sequence[str]], interval: Interval, footnotes: dict[str, str]
) -> Iterator[Line]:
    """Lay out a row: its numbers, and below them the layers that any cell has."""
    found = [printed(cell) for cell in row.cells]
    slots: list[Slot] = []
    for cell, one, names in zip(row.cells, found, physical, strict=True):
        slots += _numbers(cell, one, names, footnotes)
    label = row.label
    if label and row.unit and row.unit not in label:
        label = f"{label[:-1]}, {row.unit})" if label[-1] == ")" else f"{label} ({row.unit})"
    yield Line(label, row.depth, tuple(slots))
    if interval != "below":
        return
    below = [_below(cell, one) for cell, one in zip(row.cells, found, strict=True)]
    for k in range(max(map(len, below), default=0)):
        texts = [lines[k] if k < len(lines) else "" for lines in below]
        yield Line("", row.depth, tuple(
            Slot(text, len(names)) for text, names in zip(texts, physical, strict=True)
        ), minor=True)  # fmt: skip


def _numbers(
    cell: Cell, one: Printed, names: Sequence[str], footnotes: dict[str, str]
) -> Iterator[Slot]:
    """Fill the columns on paper of one cell."""
    letter = footnotes.get(footnote(cell), "")
    constant = ("=",) if cell.constant else ()
    marks = (*constant, *cell.marks, *((letter,) if letter else ()))
    if cell.value is None:
        yield Slot(one.main, len(names), marks, keys=cell.keys)
        return
    layers = dict(one.layers)
    for name in names:
        if name == "number":
            yield Slot(one.main, 1, marks, number=one.main != "undefined")
        elif name == "%":
            yield Slot(one.relative.removesuffix("%"), 1, number=bool(one.relative))
        else:
            kind = next(k for k in LAYERS if k == name)
            yield Slot(layers.get(kind, ""))


def _below(cell: Cell, one: Printed) -> list[str]:
    """Write the layers of a cell, each in its own brackets."""
    lines = []
    for kind, text in one.layers:
        before, after = AROUND[kind]
        lines.append(f"{before}{text}{after}")
    return lines


def broken(text: str, width: float) -> list[str]:
    """Break a heading into lines about as wide as its column."""
    return wrap(text, max(int(width), HEADING), break_long_words=False) or [""]


def widths_of(heads: Sequence[Head], below: Sequence[Head], lines: Sequence[Line]) -> list[float]:
    """Widths of the columns on paper in characters, from what stands in them."""
    widths = [float(len(head.text)) for head in below]
    sides = [[0.0, 0.0] for _ in below]
    spans: list[tuple[int, int, float]] = []
    for line in lines:
        at = 0
        for slot in line.slots:
            size = len(slot.text) * (SMALL if line.minor else 1) + 0.6 * len(slot.marks)
            if slot.number:  # aligned at the point, so both sides need room
                before, _, after = slot.text.partition(".")
                sides[at][0] = max(sides[at][0], len(before))
                sides[at][1] = max(sides[at][1], len(after) + bool(after) + 0.6 * len(slot.marks))
                widths[at] = max(widths[at], sum(sides[at]))
            elif slot.span == 1:
                widths[at] = max(widths[at], size)
            else:
                spans.append((at, slot.span, size))
            at += slot.span
    at = 0
    for head in heads:
        wanted = max(map(len, broken(head.text, HEADING))) + 0.6 * len(head.marks)
        spans.append((at, head.span, wanted))
        at += head.span
    for first, span, size in spans:
        short = size - sum(widths[first : first + span]) - GAP * (span - 1)
        if short > 0:
            for i in range(first, first + span):
                widths[i] += short / span
    return widths


def footnote(cell: Cell) -> str:
    """Tell what is said of a cell alone; words beside a number are said there too."""
    beside = cell.words if cell.value is not None else ""
    return "; ".join(part for part in (beside, cell.footnote) if part)
