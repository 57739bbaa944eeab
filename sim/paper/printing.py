"""Tables and numbers written in any format, to a file or for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sim.paper.folder import FolderError
from sim.paper.html import html, page
from sim.paper.latex import PAGE, document, latex
from sim.paper.macros import numbers_csv, numbers_json, numbers_tex
from sim.paper.markdown import markdown
from sim.paper.plain_text import plain_text
from sim.paper.printed_csv import table_csv
from sim.paper.results import Results
from sim.paper.sheet import Interval
from sim.paper.table import Table
from sim.paper.word import word

Format = Literal["text", "latex", "markdown", "csv", "html", "docx"]
FORMATS: tuple[str, ...] = get_args(Format)
INTERVALS: tuple[str, ...] = get_args(Interval)
PAGE_MM = 165
"""Text width of a page, in millimetres, unless said otherwise."""


@dataclass(frozen=True)
class Look:
    """How tables are printed.

    Attributes
    ----------
    interval
        By default below the numbers; beside them where words may be broken into lines.
    width_mm
        Text width of a LaTeX page.
    """

    format: Format = "text"
    interval: Interval | None = None
    caption: str | None = None
    label: str | None = None
    standalone: bool = False
    width_mm: float = PAGE_MM


def print_tables(tables: Sequence[Table], look: Look) -> str | bytes:
    """Write tables in one format; a Word document is bytes.

    Raises
    ------
    FolderError
        If one caption or label is given for several tables.
    MissingWordError
        If python-docx is wanted and not installed.
    """
    if len(tables) > 1 and (look.caption is not None or look.label is not None):
        names = ", ".join(table.name for table in tables)
        raise FolderError(f"a caption or label names one table, and these are several: {names}")
    match look.format:
        case "latex":
            return _latex(tables, look)
        case "html":
            found = [html(t, interval=_interval(t, look), caption=look.caption) for t in tables]
            return page("\n".join(found)) if look.standalone else "\n".join(found)
        case "markdown":
            texts = [markdown(t, interval=_interval(t, look), caption=look.caption) for t in tables]
            return "\n\n".join(texts)
        case "csv":
            return table_csv(*tables)
        case "docx":
            beside = look.interval or (_interval(tables[0], look) if tables else "below")
            return word(*tables, interval=beside, caption=look.caption)
        case "text":
            below = look.interval or "below"
            texts = [plain_text(t, interval=below, caption=look.caption) for t in tables]
            return "\n\n\n".join(texts) + "\n"


def _interval(table: Table, look: Look) -> Interval:
    """Choose where intervals stand: not below words that are broken into lines."""
    return look.interval or ("beside" if table.name.startswith("draws") else "below")


def _latex(tables: Sequence[Table], look: Look) -> str:
    width = PAGE * look.width_mm / PAGE_MM
    body = "\n\n".join(
        latex(t, interval=_interval(t, look), caption=look.caption, label=look.label, width=width)
        for t in tables
    )
    return document(body) if look.standalone else body + "\n"


def write_numbers(results: Results, file: Path) -> list[Path]:
    """Write the numbers of a study beside each other as ``.tex``, ``.csv`` and ``.json``."""
    texts = {".tex": numbers_tex(results), ".csv": numbers_csv(results),
             ".json": numbers_json(results)}  # fmt: skip
    written = []
    for ending, text in texts.items():
        written.append(file.with_suffix(ending))
        written[-1].write_text(text, encoding="utf-8", newline="")
    return written
