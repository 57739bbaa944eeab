"""Figures within a page: drawings whose marks tell their values, with caption and numbers."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from xml.etree import ElementTree

from sim.paper.data import Row, read_csv_text
from sim.paper.figures.look import REPORT
from sim.paper.figures.picture import Hover, Picture
from sim.paper.figures.saving import drawn_with_hovers
from sim.paper.table import GUARD

SVG = "http://www.w3.org/2000/svg"
LINKS = "http://www.w3.org/1999/xlink"
FEW_ROWS = 60
"""Numbers of a figure that stand in the page as a table; more are given as a file alone."""
_ID = re.compile(r'(\sid="|url\(#|href="#)')
_FACE = re.compile(r"'DejaVu Sans'")


def plate(picture: Picture) -> str:
    """Return a figure as HTML: the drawing inline, the caption, and the numbers.

    Raises
    ------
    ValueError
        If a group of marks is not drawn, or has another number of marks than texts.
    """
    data, painted = drawn_with_hovers(picture, REPORT)
    drawing = _inline(data, picture, painted.hovers)
    download = b64encode(picture.numbers.encode()).decode()
    return (
        f'<figure class="plate" id="figure-{_word(picture.name)}">\n'
        f'<div class="view" role="region" tabindex="0" aria-label="{escape(picture.title)}">'
        f"{drawing}</div>\n"
        f"<figcaption><strong>{escape(picture.title)}</strong> {escape(picture.note)} "
        f"<em>{escape(GUARD)}</em></figcaption>\n{_numbers(picture)}\n"
        f'<p class="download"><a download="{escape(picture.name)}.csv" '
        f'href="data:text/csv;base64,{download}">Numbers of this figure (CSV)</a></p>\n</figure>'
    )


def _inline(data: bytes, picture: Picture, hovers: Sequence[Hover]) -> str:
    """Make an SVG part of the page: named for those who cannot see it, its marks telling."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", LINKS)
    root = ElementTree.fromstring(data)
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for hover in hovers:
        _tell(root, hover)
    for key in ("width", "height"):
        root.attrib.pop(key)
    root.set("role", "img")
    root.set("aria-label", f"{picture.title}. {picture.summary}")
    text = ElementTree.tostring(root, encoding="unicode")
    text = _FACE.sub("'DejaVu Sans', Verdana, sans-serif", text)
    return _ID.sub(lambda found: f"{found[1]}{_word(picture.name)}-", text)


def _word(name: str) -> str:
    """Return a name as a part of an identifier."""
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"u{ord(found[0]):x}", name)


def _tell(root: ElementTree.Element, hover: Hover) -> None:
    """Give each mark of a group its text."""
    group = root.find(f".//*[@id='{hover.group}']")
    if group is None:
        raise ValueError(f"no marks {hover.group!r} in the drawing")
    marks = group.findall(f".//{{{SVG}}}use")
    if not marks and len(hover.texts) == 1:
        marks = [group]
    for mark, text in zip(marks, hover.texts, strict=True):
        title = ElementTree.Element(f"{{{SVG}}}title")
        title.text = text
        mark.insert(0, title)


def _numbers(picture: Picture) -> str:
    """Write the numbers as a table, where they are few."""
    rows = read_csv_text(picture.numbers)
    if len(rows) > FEW_ROWS:
        return ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in rows[0])
    body = "\n".join(_row(row) for row in rows)
    return (
        f"<details><summary>Numbers as a table</summary>\n"
        '<div class="scroll" role="region" tabindex="0" '
        f'aria-label="Numbers: {escape(picture.title)}">\n'
        f'<div class="amnesty-table"><table><caption>{escape(picture.title)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div></div></details>"
    )


def _row(row: Row) -> str:
    first, *rest = (str(value) for value in row.values())
    cells = "".join(f"<td>{escape(text)}</td>" for text in rest)
    return f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
