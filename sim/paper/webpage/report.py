"""The report of a study: one HTML file with its words, tables and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from sim.paper.bibliography import references
from sim.paper.figures.drawing import pictures_of
from sim.paper.figures.picture import Picture
from sim.paper.figures.saving import need_matplotlib
from sim.paper.folder import FolderError, SaveError
from sim.paper.html import STYLE, html
from sim.paper.reading import OTHERS, build_tables, read_tables
from sim.paper.source import Source
from sim.paper.table import GUARD, MARKS, Table
from sim.paper.webpage import words
from sim.paper.webpage.plates import plate

HERE = Path(__file__).parent
NAME = "report.html"
"""The report's file within a study's folder, unless told otherwise."""
GRADES = (
    "Every number of world and decrees has a grade: A reported, B derived from reports, C assumed. "
    "Most are assumed. Two reports of one outlet count as one source."
)
UNBUILT = ("layers", "clauses")
"""Kinds of tables that are shown as the run saved them."""


def report(folder: Path) -> str:
    """Write the report of a study as one HTML page.

    Raises
    ------
    FolderError
        If the folder holds no run or damaged files, or matplotlib is not installed.
    DamagedError
        If a cell is damaged.
    """
    need_matplotlib()
    source = Source(folder)
    title = words.heading(source)
    sections = [(name, text) for name, text in _sections(source, folder) if text]
    body = "\n".join(
        f'<section aria-labelledby="{_anchor(name)}">\n<h2 id="{_anchor(name)}">{escape(name)}</h2>'
        f"\n{text}\n</section>"
        for name, text in sections
    )
    listed = "".join(
        f'<li><a href="#{_anchor(name)}">{escape(name)}</a></li>' for name, _ in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}{_file('style.css')}</style>\n</head>\n"
        '<body>\n<a class="jump" href="#content">Skip to the report</a>\n'
        f'<header>\n<h1>{escape(title)}</h1>\n<p class="guard">{escape(GUARD)}</p>\n'
        f'<nav aria-label="Contents"><ol>{listed}</ol></nav>\n</header>\n'
        f'<main id="content" tabindex="-1">\n{body}\n</main>\n'
        f"<footer><p>{escape(source.made)} {escape(GUARD)}</p></footer>\n"
        f"<script>{_file('script.js')}</script>\n</body>\n</html>\n"
    )


def write_report(folder: Path, out: Path | None = None) -> Path:
    """Write the report of a study to a file, by default ``report.html`` in its folder.

    Raises
    ------
    FolderError
        As `report`.
    SaveError
        If the file cannot be written.
    """
    text = report(folder)
    path = folder / NAME if out is None else out
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise SaveError(f"{path}: {error.strerror or error}") from None
    return path


def _sections(source: Source, folder: Path) -> Iterator[tuple[str, str]]:
    known = references(folder)
    found = pictures_of(folder).pictures if source.scenarios else ()

    def plates(*kinds: str) -> str:
        return _plates(found, kinds)

    yield "Question", _joined(words.question(source))
    yield "Answer", _joined(words.headline(source)) + plates("forest")
    yield "The scenarios in words", _joined(words.scenarios(source, known))
    yield "What differs", _joined(words.differences(source, known))
    yield "Effects", _joined(_main_tables(source, folder))
    yield "Over the years", plates("gap", "stock")
    yield "Who is freed, and why not", plates("waterfall") + _tables(source, folder, "waterfall")
    yield "After release", plates("incidence", "exile")
    yield "What it rests on", plates("tornado") + _joined(_rests(source, folder))
    values = _folded("All values", build_tables(folder, "parameters"))
    listed = f"<h3>Sources</h3>{words.sources(source, known)}"
    yield "Assumptions, grades, sources", words.paragraph(GRADES) + _marks() + values + listed
    yield (
        "How it was computed",
        plates("running-mean")
        + _folded("The STRESS-DES checklist", build_tables(folder, "stress")),
    )
    yield "How to make it again", _joined(words.again(source))


def _main_tables(source: Source, folder: Path) -> Iterator[str]:
    if not source.is_comparison:
        files = source.about["files_sha256"]
        kind = next((kind for kind, file in OTHERS.items() if file in files), None)
        yield from _saved(folder)
        if kind == "sweep":
            yield _shown(build_tables(folder, kind))
        return
    single = len(source.results.titles) == 1
    yield _shown(build_tables(folder, "levels" if single else "effects"))


def _rests(source: Source, folder: Path) -> Iterator[str]:
    if "influences.csv" in source.about["files_sha256"]:
        yield _shown(build_tables(folder, "draws"))
    elif source.is_comparison and source.results.swings:
        yield _shown(build_tables(folder, "rests-on"))


def _tables(source: Source, folder: Path, kind: str) -> str:
    """Show tables of a kind that only comparisons with decrees have."""
    if not source.is_comparison or not source.results.waterfall:
        return ""
    return _shown(build_tables(folder, kind))


def _saved(folder: Path) -> Iterator[str]:
    """Show the tables for which there is nothing but the text that the run saved."""
    for kind in UNBUILT:
        try:
            texts = read_tables(folder, kind)
        except FolderError:
            continue
        yield from (f'<pre tabindex="0">{escape(text)}</pre>' for text in texts)


def _shown(tables: Iterable[Table]) -> str:
    """Write tables for the page; intervals stand beside, so that rows can be sorted."""
    return "\n".join(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.title)}">\n'
        f"{html(table, interval='beside')}</div>"
        for table in tables
    )


def _folded(name: str, tables: Iterable[Table]) -> str:
    return f"<details><summary>{escape(name)}</summary>\n{_shown(tables)}\n</details>"


def _plates(pictures: Sequence[Picture], kinds: Sequence[str]) -> str:
    chosen = [picture for kind in kinds for picture in pictures if picture.kind == kind]
    return "\n".join(map(plate, chosen))


def _marks() -> str:
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(text)}</dd>" for k, text in MARKS.items())
    return f'<p>Marks beside numbers and headings:</p><dl class="marks">{rows}</dl>'


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _anchor(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
