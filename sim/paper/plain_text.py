"""Tables as plain text: those that have a look of their own, and all others as a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap

from sim.paper.assumptions import assumptions_text
from sim.paper.effects import effects_text
from sim.paper.layout import laid_out
from sim.paper.levels import levels_text
from sim.paper.sensitivity_table import sensitivity_text
from sim.paper.sheet import Align, Head, Interval, Line, Sheet
from sim.paper.table import Table
from sim.paper.waterfall import waterfall_text

WIDTH = 100
PAGE = 132
LABEL, WORDS = 44, 30
"""Characters beyond which a label or a column of words is broken into lines."""


def plain_text(table: Table, *, interval: Interval = "below", caption: str | None = None) -> str:
    """Write a table as plain text; ``below`` gives each kind the look that a run prints."""
    looks: dict[str, Callable[[Table], str]] = {
        "effects": effects_text, "rests-on": assumptions_text, "waterfall": waterfall_text,
        "draws": sensitivity_text,
    }  # fmt: skip
    kind = next((kind for kind in looks if table.name.startswith(kind)), None)
    if interval == "below" and caption is None:
        if kind is not None:
            return looks[kind](table)
        if table.name == "levels" and len(table.columns) == 1:
            return levels_text(table)
    return _text(table, interval, table.numbered_title if caption is None else caption)


def _text(table: Table, interval: Interval, title: str) -> str:
    found = laid_out(table, interval, PAGE)
    lines = [*wrap(title, WIDTH), table.guard, ""]
    for sheet in found.sheets:
        lines += [*_sheet(sheet, table.stub), ""]
    notes = [note for sheet in found.sheets for note in sheet.notes]
    notes += [*found.notes, *(f"{m}: {t}." for m, t in (*found.marks, *found.footnotes))]
    for note in notes:
        lines += wrap(note, WIDTH, subsequent_indent="  ")
    return "\n".join(lines)


def _sheet(sheet: Sheet, stub: str) -> Iterator[str]:
    """Lay out one block in characters."""
    grid = list(_heads(sheet, stub))
    number = len(grid)
    for panel, lines in sheet.panels:
        if panel:
            grid.append([panel.upper(), *([""] * len(sheet.aligns))])
        grid += [row for line in lines for row in _rows(line, sheet, indent=bool(panel))]
    widths = [max(len(row[i]) for row in grid) for i in range(len(sheet.aligns) + 1)]
    aligns: list[Align] = ["words", *sheet.aligns]
    for at, row in enumerate(grid):
        if at == number:
            yield "-" * (sum(widths) + 2 * (len(widths) - 1))
        cells = (
            text.ljust(width) if align == "words" else text.rjust(width)
            for text, width, align in zip(row, widths, aligns, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _heads(sheet: Sheet, stub: str) -> Iterator[list[str]]:
    names = list(_spread(sheet.heads))
    if sum(bool(group.text) for group in sheet.groups) > 1:  # one alone is said by the title
        yield ["", *_spread(sheet.groups)]
    yield [stub, *names]
    if sheet.below:
        yield ["", *(head.text for head in sheet.below)]


def _spread(heads: Sequence[Head]) -> Iterator[str]:
    """Put each heading over the last of its columns."""
    for head in heads:
        marks = f" [{','.join(head.marks)}]" if head.marks else ""
        yield from [*([""] * (head.span - 1)), head.text + marks]


def _rows(line: Line, sheet: Sheet, *, indent: bool) -> Iterator[list[str]]:
    """Write a line; words beyond their width go to further ones."""
    label = "  " * (line.depth + indent) + line.label
    hang = " " * (len(label) - len(label.lstrip()) + 2)
    cells: list[list[str]] = [wrap(label, LABEL, subsequent_indent=hang) or [""]]
    at = 0
    for slot in line.slots:
        marks = f" [{','.join(slot.marks)}]" if slot.marks else ""
        cells += [[""]] * (slot.span - 1)
        at += slot.span
        text = slot.text + marks
        cells.append(wrap(text, WORDS) or [""] if sheet.aligns[at - 1] == "words" else [text])
    for k in range(max(map(len, cells))):
        yield [cell[k] if k < len(cell) else "" for cell in cells]
