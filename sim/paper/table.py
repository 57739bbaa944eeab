"""A printed table: what stands where, in numbers and words; nothing about how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

GUARD = "Scenario results under stated assumptions; not estimates of what happened."
Kind = Literal["error", "chance", "assumptions"]
LAYERS: tuple[Kind, ...] = ("error", "chance", "assumptions")
MARKS = {
    "C": "rests on values that are assumed (grade C)",
    "R": "rests on a rumour, in whole or in part",
    "I": "is inferred, in whole or in part",
    "1": "reported by one outlet alone",
    "=": "the same in every replication",
    "*": "the simultaneous interval excludes zero",
}
"""What the marks of columns and cells mean."""


@dataclass(frozen=True)
class Layer:
    """One layer of doubt around a number.

    ``error`` is the 95% interval of a mean over replications, ``chance`` holds the middle 95% of
    single replications, ``assumptions`` the span when assumptions are changed. One replication
    has an error without ends.
    """

    kind: Kind
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Cell:
    """A number with what is doubtful about it, or words.

    Attributes
    ----------
    value
        The number; None for words, for what is missing, and for an empty cell.
    figures, decimals
        Significant figures, or if given, digits after the point.
    signed
        Whether it is a difference, which carries its sign.
    of
        What a relative number is relative to, in the unit of the value.
    constant
        The same in every replication.
    missing
        Why there is no number.
    footnote
        Said of this cell alone.
    keys
        Sources that the words name, as keys of the bibliography.
    """

    value: float | None = None
    figures: int = 2
    decimals: int | None = None
    signed: bool = False
    of: float | None = None
    constant: bool = False
    layers: tuple[Layer, ...] = ()
    marks: tuple[str, ...] = ()
    missing: str = ""
    words: str = ""
    footnote: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column; ``relative`` adds its numbers in per cent of the baseline."""

    name: str
    unit: str = ""
    marks: tuple[str, ...] = ()
    words: bool = False
    relative: bool = False


@dataclass(frozen=True)
class Group:
    """A heading over neighbouring columns, from the first up to and without the last."""

    name: str
    first: int
    last: int
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row with one cell for each column; ``depth`` indents its label."""

    label: str
    cells: tuple[Cell, ...]
    unit: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Panel:
    """Rows under a heading, which may be empty."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table before it is printed in any format.

    Attributes
    ----------
    name
        Short name of the table, unique in a study: ``effects-no-pardon``.
    number, title
        As in the text form; other formats number tables themselves.
    legend
        What the columns' names stand for.
    measured
        By column name: the ISO date from which it is measured.
    stub
        Heading of the rows' labels.
    fixed
        Columns repeated when the others are split over several blocks.
    notes, about, made
        What is said of the table, of one column (with its name), and how the numbers were made;
        one paragraph each, in this order.
    long
        Whether it may run over several pages.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    made: str = ""
    number: int | None = None
    legend: tuple[tuple[str, str], ...] = ()
    measured: tuple[tuple[str, str], ...] = ()
    stub: str = ""
    groups: tuple[Group, ...] = ()
    fixed: int = 0
    long: bool = False
    guard: str = GUARD

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the columns.

        Raises
        ------
        ValueError
            If a row has another number of cells.
        """
        for panel in self.panels:
            for row in panel.rows:
                if len(row.cells) != len(self.columns):
                    raise ValueError(f"{row.label!r}: {len(row.cells)} cells, not "
                                     f"{len(self.columns)}")  # fmt: skip

    @property
    def numbered_title(self) -> str:
        """The title as the text form has it."""
        return self.title if self.number is None else f"Table {self.number}. {self.title}"

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks that columns and cells carry, in the order of their list."""
        cells = [cell for panel in self.panels for row in panel.rows for cell in row.cells]
        used = {mark for cell in cells for mark in cell.marks}
        used |= {mark for column in self.columns for mark in column.marks}
        used |= {mark for group in self.groups for mark in group.marks}
        used |= {"=" for cell in cells if cell.constant}
        return tuple(mark for mark in MARKS if mark in used)

    def only(self, kept: Sequence[int]) -> Table:
        """Return the table with some of its columns, by index."""
        place = {old: new for new, old in enumerate(kept)}
        groups = []
        for group in self.groups:
            inside = [place[i] for i in range(group.first, group.last) if i in place]
            if inside:
                groups.append(replace(group, first=min(inside), last=max(inside) + 1))
        panels = tuple(
            Panel(panel.name, tuple(replace(row, cells=tuple(row.cells[i] for i in kept))
                                    for row in panel.rows))
            for panel in self.panels
        )  # fmt: skip
        columns = tuple(self.columns[i] for i in kept)
        names = {column.name for column in columns}
        return replace(
            self, columns=columns, panels=panels, groups=tuple(groups),
            legend=tuple(pair for pair in self.legend if pair[0] in names),
            measured=tuple(pair for pair in self.measured if pair[0] in names),
            about=tuple(pair for pair in self.about if pair[0] in names),
        )  # fmt: skip
