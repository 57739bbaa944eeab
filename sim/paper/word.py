"""Tables as Word documents; needs python-docx, the extra ``word``."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sim.paper.layout import Layout, laid_out
from sim.paper.sheet import Head, Interval, Line, Sheet
from sim.paper.table import Table

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell as Place

Side = Literal["left", "center", "right"]
PAGE = 130
"""Characters of 8 points across a landscape page of A4."""
FONT_POINTS, SMALL_POINTS = 8, 6.5
RULE = {"val": "single", "sz": "8", "space": "0", "color": "000000"}


class MissingWordError(Exception):
    """Word documents need a library that is not installed."""


def word(
    *tables: Table,
    interval: Interval = "below",
    caption: str | None = None,
) -> bytes:
    """Write tables as one Word document, landscape, each part of a wide table on its own page.

    The file's times are fixed, so that equal tables give equal documents.

    Raises
    ------
    MissingWordError
        If python-docx is not installed.
    """
    try:
        import docx
    except ModuleNotFoundError:
        message = "Word documents need python-docx: pip install 'amnesty-sim[word]'"
        raise MissingWordError(message) from None
    document = docx.Document()
    _prepare(document)
    for number, table in enumerate(tables):
        found = laid_out(table, interval, PAGE)
        for part, sheet in enumerate(found.sheets):
            if number or part:
                document.add_paragraph().paragraph_format.page_break_before = True
            _write(document, found, sheet, part, caption)
    file = io.BytesIO()
    document.save(file)
    return _without_times(file.getvalue())


def _without_times(document: bytes) -> bytes:
    """Pack a document anew, so that no part tells when it was written."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(document)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
    return file.getvalue()


def _prepare(document: Document) -> None:
    """Turn the page, choose the type, and fix what would differ from one run to the next."""
    from datetime import UTC, datetime

    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(15)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(FONT_POINTS)
    style.paragraph_format.space_after = Pt(0)
    core = document.core_properties
    core.author, core.title, core.comments = "", "Tables", ""
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)


def _write(document: Document, found: Layout, sheet: Sheet, part: int, caption: str | None) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT

    title = found.table.numbered_title if caption is None else caption
    parts = len(found.sheets)
    more = f" (part {part + 1} of {parts})" if parts > 1 else ""
    document.add_paragraph().add_run(title + more).bold = True
    heads = _heads(found, sheet)
    rows = len(heads) + sum(bool(panel) + len(lines) for panel, lines in sheet.panels)
    grid = document.add_table(rows=rows, cols=len(sheet.aligns) + 1)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    places = [list(row.cells) for row in grid.rows]
    for cells, (stub, level) in zip(places, heads, strict=False):
        _heading(cells, stub, level)
    at = len(heads)
    for panel, lines in sheet.panels:
        if panel:
            _fill(places[at][0].merge(places[at][-1]), panel, italic=True)
            at += 1
        for line in lines:
            _line(places[at], line, sheet, indent=bool(panel))
            at += 1
    for row, edge in ((0, "top"), (len(heads) - 1, "bottom"), (rows - 1, "bottom")):
        _rule(grid.rows[row].cells, edge)
    document.add_paragraph().add_run(found.table.guard).italic = True
    for note in (*sheet.notes, *(found.notes if part == parts - 1 else ())):
        document.add_paragraph(note)
    for mark, text in (*found.marks, *found.footnotes):
        paragraph = document.add_paragraph()
        paragraph.add_run(mark).font.superscript = True
        paragraph.add_run(f" {text}")


def _heads(found: Layout, sheet: Sheet) -> list[tuple[str, Sequence[Head]]]:
    """List the lines of headings, the outermost first, each with that of the labels."""
    levels: list[tuple[str, Sequence[Head]]] = [(found.table.stub, sheet.heads)]
    if any(head.text for head in sheet.groups):
        levels.insert(0, ("", sheet.groups))
    if sheet.below:
        levels.append(("", sheet.below))
    return levels


def _heading(cells: Sequence[Place], stub: str, heads: Sequence[Head]) -> None:
    _fill(cells[0], stub)
    at = 1
    for head in heads:
        place = cells[at].merge(cells[at + head.span - 1]) if head.span > 1 else cells[at]
        _fill(place, head.text, head.marks, side="center")
        at += head.span


def _line(cells: Sequence[Place], line: Line, sheet: Sheet, *, indent: bool) -> None:
    _fill(cells[0], "\N{EM SPACE}" * (line.depth + indent) + line.label)
    at = 1
    for slot in line.slots:
        place = cells[at].merge(cells[at + slot.span - 1]) if slot.span > 1 else cells[at]
        side: Side = "left" if sheet.aligns[at - 1] == "words" else "right"
        _fill(place, slot.text, slot.marks, side="center" if slot.span > 1 else side,
              small=line.minor)  # fmt: skip
        at += slot.span


def _fill(
    place: Place,
    text: str,
    marks: Sequence[str] = (),
    *,
    side: Side = "left",
    small: bool = False,
    italic: bool = False,
) -> None:
    """Write into a place of the grid; marks are raised."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = place.paragraphs[0]
    sides = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER,
             "right": WD_ALIGN_PARAGRAPH.RIGHT}  # fmt: skip
    paragraph.alignment = sides[side]
    run = paragraph.add_run("".join(c if c.isprintable() else " " for c in text))
    run.italic = italic
    run.font.size = Pt(SMALL_POINTS if small else FONT_POINTS)
    if marks:
        paragraph.add_run(",".join(marks)).font.superscript = True


def _rule(cells: Sequence[Place], edge: str) -> None:
    """Draw a rule above or below a row: tables have three, and none that stands."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for place in cells:
        properties = place._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        if borders.find(qn(f"w:{edge}")) is None:
            line = OxmlElement(f"w:{edge}")
            for key, value in RULE.items():
                line.set(qn(f"w:{key}"), value)
            borders.append(line)
