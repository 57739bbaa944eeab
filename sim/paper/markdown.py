"""Tables as Markdown with pipes, as GitHub and Pandoc read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim.paper.layout import laid_out
from sim.paper.sheet import Interval, Line, Sheet, Slot
from sim.paper.table import Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~^$])")
INDENT = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}"


def escaped(text: str) -> str:
    """Escape text for Markdown; line breaks become spaces."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def markdown(table: Table, *, interval: Interval = "below", caption: str | None = None) -> str:
    """Write a table as Markdown; layers below a number are rows of their own."""
    found = laid_out(table, interval)
    sheet = found.sheets[0]
    title = table.numbered_title if caption is None else caption
    lines = [f"**{escaped(title)}**", "", f"*{escaped(table.guard)}*", ""]
    heads = _heads(sheet)
    lines.append(_joined([escaped(table.stub), *heads]))
    lines.append(_joined([":--", *("---" if a == "words" else "--:" for a in sheet.aligns)]))
    for panel, rows in sheet.panels:
        if panel:
            lines.append(_joined([f"**{escaped(panel)}**", *([""] * len(sheet.aligns))]))
        lines += [_joined([_label(row), *_cells(row)]) for row in rows]
    lines.append("")
    for note in (*sheet.notes, *found.notes):
        lines += [escaped(note), ""]
    for mark, text in (*found.marks, *found.footnotes):
        lines += [f"{_raised(mark)} {escaped(text)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _heads(sheet: Sheet) -> list[str]:
    """Join the headings of each column: there is one line for them."""
    heads: list[str] = []
    below = [head.text for head in sheet.below] or [""] * len(sheet.aligns)
    for head in sheet.heads:
        marks = _raised(",".join(head.marks)) if head.marks else ""
        for unit in below[len(heads) : len(heads) + head.span]:
            said = ", ".join(escaped(part) for part in (head.text, unit) if part)
            heads.append(said + marks)
    return heads


def _label(line: Line) -> str:
    return INDENT * line.depth + escaped(line.label)


def _cells(line: Line) -> Iterator[str]:
    """Fill the columns; what spans several stands in the last."""
    for slot in line.slots:
        yield from [""] * (slot.span - 1)
        yield _cell(slot)


def _cell(slot: Slot) -> str:
    return escaped(slot.text) + (_raised(",".join(slot.marks)) if slot.marks else "")


def _raised(mark: str) -> str:
    return f"<sup>{escaped(mark)}</sup>"


def _joined(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
