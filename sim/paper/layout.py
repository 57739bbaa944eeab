"""Where the cells of a table stand on a page, for all formats that have rows and columns.

Text is plain Unicode here; each format escapes it in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

from sim.paper.numbers import PLUS_MINUS, printed
from sim.paper.sheet import AROUND, Align, Head, Interval, Sheet, footnote, lines_of, widths_of
from sim.paper.table import LAYERS, MARKS, Cell, Column, Row, Table

WORDS = 25
"""Characters to which a column of words may shrink; its lines are then broken."""


@dataclass(frozen=True)
class Layout:
    """A table laid out: its sheets, footnotes by letter, and notes with what marks mean."""

    table: Table
    sheets: tuple[Sheet, ...]
    footnotes: tuple[tuple[str, str], ...]
    marks: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def laid_out(table: Table, interval: Interval = "below", width: float | None = None) -> Layout:
    """Lay out a table.

    Parameters
    ----------
    interval
        Whether layers of doubt stand below their numbers, in columns beside them, or are left out.
    width
        Characters in which a sheet must fit; columns that do not fit go to further sheets. None
        for one sheet of any width.
    """
    table = _steady(table)
    footnotes = _footnotes(table)
    sheets = tuple(_sheet(part, interval, footnotes) for part in _parts(table, interval, width))
    marks = tuple((mark, MARKS[mark]) for mark in table.marks)
    told = tuple((letter, text) for text, letter in footnotes.items())
    return Layout(table, sheets, told, marks, tuple(_notes(table, interval)))


def _steady(table: Table) -> Table:
    """Mark what was the same in every replication instead of writing layers without width."""

    def cell(one: Cell) -> Cell:
        steady = one.layers and all(x.low is not None and x.low == x.high for x in one.layers)
        return replace(one, constant=True, layers=()) if steady else one

    def row(one: Row) -> Row:
        return replace(one, cells=tuple(map(cell, one.cells)))

    panels = tuple(replace(p, rows=tuple(map(row, p.rows))) for p in table.panels)
    return replace(table, panels=panels)


def _parts(table: Table, interval: Interval, width: float | None) -> Iterator[Table]:
    """Split a table by columns; the fixed ones and one more stand in every part."""
    total = len(table.columns)
    fixed = list(range(min(table.fixed, total)))
    rest = list(range(len(fixed), total))
    if width is None or not rest or table.long:
        yield table
        return

    def fits(block: Sequence[int]) -> bool:
        sheet = _sheet(table.only([*fixed, *block]), interval, {})
        pairs = zip(sheet.widths, sheet.aligns, strict=True)
        spare = sum(max(0.0, size - WORDS) for size, align in pairs if align == "words")
        return sheet.width - spare <= width

    blocks: list[list[int]] = []
    for column in rest:
        if blocks and fits([*blocks[-1], column]):
            blocks[-1].append(column)
        else:
            blocks.append([column])
    size = -(-len(rest) // len(blocks))
    even = [rest[i : i + size] for i in range(0, len(rest), size)]
    for block in even if all(map(fits, even)) else blocks:
        yield table.only([*fixed, *block])


def _footnotes(table: Table) -> dict[str, str]:
    """Give a letter to every footnote; equal ones share it."""
    texts = [
        text
        for panel in table.panels
        for row in panel.rows
        for cell in row.cells
        if (text := footnote(cell))
    ]
    letters = [*ascii_lowercase, *(a + b for a in ascii_lowercase for b in ascii_lowercase)]
    return dict(zip(dict.fromkeys(texts), letters, strict=False))


def _sheet(table: Table, interval: Interval, footnotes: dict[str, str]) -> Sheet:
    physical = [_physical(table, i, interval) for i in range(len(table.columns))]
    panels = tuple(
        (panel.name, tuple(lines_of(panel.rows, physical, interval, footnotes)))
        for panel in table.panels
    )
    lines = [line for _, lines in panels for line in lines]
    aligns = tuple(
        align for column, names in zip(table.columns, physical, strict=True)
        for align in _aligns(column, names)
    )  # fmt: skip
    heads = tuple(
        Head(c.name, len(names), c.marks) for c, names in zip(table.columns, physical, strict=True)
    )
    below = tuple(
        Head(_unit(name, names, column))
        for column, names in zip(table.columns, physical, strict=True)
        for name in names
    )
    widths = widths_of(heads, below, lines)
    labels = max((2 * line.depth + len(line.label) for line in lines), default=0)
    return Sheet(
        _groups(table, physical), heads, below if any(head.text for head in below) else (),
        aligns, tuple(widths), max(labels, len(table.stub)), panels,
        tuple(_own_notes(table)),
    )  # fmt: skip


def _physical(table: Table, column: int, interval: Interval) -> list[str]:
    """Name the columns on paper that one column takes, relative numbers first."""
    cells = [row.cells[column] for panel in table.panels for row in panel.rows]
    one = table.columns[column]
    found = [printed(cell) for cell in cells]
    names = ["%"] if one.relative and any(p.relative for p in found) else []
    names.append("number")
    if interval == "beside":
        kinds = {kind for p in found for kind, _ in p.layers}
        names += [kind for kind in LAYERS if kind in kinds]
    return names


def _aligns(column: Column, names: Sequence[str]) -> Iterator[Align]:
    for name in names:
        if name in ("%", "number"):
            yield "words" if column.words else "number"
        else:
            yield "range"


def _unit(name: str, names: Sequence[str], column: Column) -> str:
    """Name one of the columns on paper that a column takes."""
    if name == "number":
        return column.unit or ("absolute" if "%" in names else "")
    return PLUS_MINUS if name == "error" else name


def _groups(table: Table, physical: Sequence[Sequence[str]]) -> tuple[Head, ...]:
    """Put headings over groups of columns, and nothing over the others."""
    if not table.groups:
        return ()
    heads, column = [], 0
    for group in table.groups:
        if group.first > column:
            heads.append(Head("", sum(map(len, physical[column : group.first]))))
        span = sum(map(len, physical[group.first : group.last]))
        heads.append(Head(group.name, span, group.marks))
        column = group.last
    if column < len(physical):
        heads.append(Head("", sum(map(len, physical[column:]))))
    return tuple(heads)


def _own_notes(table: Table) -> Iterator[str]:
    """Tell what the columns are, from when they are measured, and what they rest on."""
    if table.legend:
        yield "; ".join(f"{name}: {title}" for name, title in table.legend) + "."
    days = dict.fromkeys(day for _, day in table.measured)
    if len(days) == 1:
        yield f"Measured from {next(iter(days))}."
    elif days:
        yield "Measured from: " + ", ".join(f"{n} {day}" for n, day in table.measured) + "."
    yield from (note for _, note in table.about)


def _notes(table: Table, interval: Interval) -> Iterator[str]:
    """Tell of the layers as they stand below or beside the numbers."""
    for note in table.notes:
        kind = next((kind for kind in LAYERS if note.startswith(f"{kind}: ")), None)
        if kind is None or interval == "beside":
            yield note
        elif interval == "below":
            before, after = AROUND[kind]
            inside = PLUS_MINUS if kind == "error" else " "
            yield f"{before}{inside}{after} {note}"
    if table.made:
        yield table.made
