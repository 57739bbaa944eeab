r"""Tables as LaTeX: booktabs, siunitx columns, threeparttable notes, caption and label.

Text is escaped, also against the traps of ``\\``: a bracket or a star after it is taken as its
option, so both are put in braces everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim.paper.layout import Layout, laid_out
from sim.paper.numbers import plain
from sim.paper.sheet import Align, Head, Interval, Line, Sheet, Slot, broken
from sim.paper.table import Table
from sim.paper.tex import cited, escaped, label_of
from sim.paper.tex_columns import column_types

PAGE = 109
"""Characters of small type on a text width of 165 mm."""
PACKAGES = ("booktabs", "siunitx", "threeparttable", "array", "longtable")
PREAMBLE = r"""\documentclass{article}
\usepackage[margin=22mm]{geometry}
\usepackage{iftex}
\ifpdftex
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
  \usepackage{textcomp}
\else
  \usepackage{fontspec}
\fi
"""
KOREAN = r"""% Korean needs XeLaTeX or LuaLaTeX and a font that has it; any other may be named here.
\newcommand{\tryfont}[2]{\IfFontExistsTF{#1}{\setmainfont{#1}}{#2}}
\tryfont{Noto Serif CJK KR}{\tryfont{NanumMyeongjo}{\tryfont{UnBatang}{\tryfont{Batang}{}}}}
"""
SETTINGS = (
    r"\sisetup{group-separator={,}, group-minimum-digits=4, group-digits=integer, "
    r"retain-explicit-plus=true, table-align-text-after=false}"
)
TIGHT = "\\\\[-3.2pt]"
"""The end of a line whose layers follow below it."""


def latex(
    table: Table,
    *,
    interval: Interval = "below",
    caption: str | None = None,
    label: str | None = None,
    width: float = PAGE,
    standalone: bool = False,
) -> str:
    r"""Write a table as LaTeX.

    It needs the packages booktabs, siunitx, threeparttable and array, a long one longtable; any
    engine will do, but Korean needs XeLaTeX or LuaLaTeX and a font that has it. Floats are
    ``table*``: as wide as the page in an article of two columns. A long table cannot stand in two
    columns; put ``\onecolumn`` before it.

    Parameters
    ----------
    caption, label
        The table's title and ``tab:`` with its name by default. The caption is text, not LaTeX.
    width
        Characters in which a block must fit; see `PAGE`.
    standalone
        Write a whole document.
    """
    found = laid_out(table, interval, width)
    title = escaped(table.title if caption is None else caption)
    name = label if label is not None else f"tab:{label_of(table.name)}"
    if table.long:
        body = _long(found, title, name, width)
    else:
        parts = len(found.sheets)
        body = "\n\n".join(_float(found, i, parts, title, name, width) for i in range(parts))
    return document(body) if standalone else body


def document(body: str) -> str:
    """Put tables in a document of their own."""
    korean = KOREAN if re.search("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]", body) else ""
    packages = "".join(f"\\usepackage{{{package}}}\n" for package in PACKAGES)
    start = "\\begin{document}\n\\pagestyle{empty}\n"
    return f"{PREAMBLE}{korean}{packages}{start}{body}\n\\end{{document}}\n"


def _float(found: Layout, part: int, parts: int, title: str, name: str, width: float) -> str:
    """Write one sheet as a float; further ones keep the number of the first."""
    sheet, last = found.sheets[part], part == parts - 1
    more = f" (part {part + 1} of {parts})" if parts > 1 else ""
    labelled = f"\\label{{{name}}}" if part == 0 else ""
    back = "" if part == 0 else "\\addtocounter{table}{-1}\n"
    lines = [
        "\\begin{table*}[tp]",
        f"{back}\\centering{_type_size(sheet, width)}",
        f"\\setlength{{\\tabcolsep}}{{3pt}}{SETTINGS}",
        "\\begin{threeparttable}",
        f"\\caption{{{title}{more}}}{labelled}",
        *_tabular(found, sheet, width, "tnote"),
        "\\begin{tablenotes}[flushleft]\\scriptsize",
        *_notes(found, sheet, whole=last),
        "\\end{tablenotes}",
        "\\end{threeparttable}",
        "\\end{table*}",
    ]
    return "\n".join(lines)


def _type_size(sheet: Sheet, width: float) -> str:
    """Choose the type: smaller where a single column is wider than the page."""
    words = "words" in sheet.aligns  # their lines can be broken
    # Small type is wider for its height: these are widths of a digit over that of small type.
    for size, relative in (("small", 1.0), ("footnotesize", 0.92), ("scriptsize", 0.84)):
        if words or sheet.width * relative <= width:
            return f"\\{size}"
    return "\\tiny"


def _long(found: Layout, title: str, name: str, width: float) -> str:
    """Write a table that may run over pages; its notes follow it."""
    sheet = found.sheets[0]
    head, body = _head(found, sheet), _body(sheet, "textsuperscript")
    number = len(sheet.aligns) + 1
    lines = [
        f"\\begingroup\\footnotesize\\setlength{{\\tabcolsep}}{{3pt}}{SETTINGS}",
        "\\setlength{\\LTcapwidth}{\\textwidth}",
        f"\\begin{{longtable}}{{{column_types(sheet, width)}}}",
        f"\\caption{{{title}}}\\label{{{name}}}\\\\",
        *head,
        "\\endfirsthead",
        f"\\multicolumn{{{number}}}{{@{{}}l}}{{\\tablename\\ \\thetable, continued}}\\\\",
        *head,
        "\\endhead",
        "\\bottomrule",
        "\\endfoot",
        *body,
        "\\end{longtable}",
        "\\par\\noindent\\scriptsize\\raggedright",
        *(note.removeprefix("\\item ") + "\\par" for note in _notes(found, sheet, whole=True)),
        "\\endgroup",
    ]  # fmt: skip
    return "\n".join(lines)


def _tabular(found: Layout, sheet: Sheet, width: float, note: str) -> Iterator[str]:
    yield f"\\begin{{tabular}}{{{column_types(sheet, width)}}}"
    yield from _head(found, sheet)
    yield from _body(sheet, note)
    yield "\\bottomrule"
    yield "\\end{tabular}"


def _head(found: Layout, sheet: Sheet) -> list[str]:
    """Write the rules and headings, the outermost first."""
    lines = ["\\toprule"]
    if any(head.text for head in sheet.groups):
        lines += _spanned("", sheet.groups)
    low = bool(sheet.below) and any(head.span > 1 for head in sheet.heads)
    stub = escaped(found.table.stub)
    heads = [
        _spanning(head.span, _stack(head, width, align), align)
        for head, align, width in _with_columns(sheet)
    ]
    lines.append(" & ".join(["" if low else stub, *heads]) + " \\\\")
    if sheet.below:
        lines += _cmidrules(sheet.heads, least=2) if low else []
        units = [f"{{{escaped(head.text)}}}" for head in sheet.below]
        lines.append(" & ".join([stub if low else "", *units]) + " \\\\")
    return [*lines, "\\midrule"]


def _with_columns(sheet: Sheet) -> Iterator[tuple[Head, Align, float]]:
    at = 0
    for head in sheet.heads:
        yield head, sheet.aligns[at], sum(sheet.widths[at : at + head.span])
        at += head.span


def _spanning(span: int, text: str, align: Align = "number") -> str:
    return f"\\multicolumn{{{span}}}{{{'l' if align == 'words' else 'c'}}}{{{text}}}"


def _stack(head: Head, width: float, align: Align) -> str:
    """Put the lines of a heading one above the other, marks after the last."""
    lines = [escaped(line) for line in broken(head.text, width)]
    text = r"\\".join([*lines[:-1], lines[-1] + _marks(head.marks)])
    return text if len(lines) == 1 else f"\\shortstack{'[l]' if align == 'words' else ''}{{{text}}}"


def _spanned(first: str, heads: Sequence[Head]) -> list[str]:
    cells = [_spanning(head.span, escaped(head.text) + _marks(head.marks)) for head in heads]
    return [" & ".join([first, *cells]) + " \\\\", *_cmidrules(heads)]


def _cmidrules(heads: Sequence[Head], least: int = 1) -> list[str]:
    """Draw rules under headings that stand over so many columns."""
    rules, at = [], 2
    for head in heads:
        if head.text and head.span >= least:
            rules.append(f"\\cmidrule(lr){{{at}-{at + head.span - 1}}}")
        at += head.span
    return ["".join(rules)]


def _marks(marks: Sequence[str], note: str = "textsuperscript") -> str:
    return f"\\{note}{{{','.join(escaped(mark) for mark in marks)}}}" if marks else ""


def _body(sheet: Sheet, note: str) -> list[str]:
    lines: list[str] = []
    for number, (panel, rows) in enumerate(sheet.panels):
        if number:
            lines.append("\\addlinespace")
        if panel:
            columns = len(sheet.aligns) + 1
            name = escaped(panel[0].upper() + panel[1:])
            lines.append(f"\\multicolumn{{{columns}}}{{@{{}}l}}{{\\textit{{{name}}}}} \\\\*")
        for row, next_row in zip(rows, [*rows[1:], None], strict=True):
            end = "\\\\" if next_row is None or not next_row.minor else TIGHT
            lines.append(_line(row, sheet, note, indent=bool(panel)) + end)
    return lines


def _line(line: Line, sheet: Sheet, note: str, *, indent: bool) -> str:
    depth = line.depth + indent
    label = line.label[:1].upper() + line.label[1:]
    space = f"\\hspace*{{{depth}em}}" if depth and label else ""
    cells, at = [space + escaped(label)], 0
    for slot in line.slots:
        cells.append(_slot(slot, line, sheet, at, note))
        at += slot.span
    return " & ".join(cells) + " "


def _slot(slot: Slot, line: Line, sheet: Sheet, at: int, note: str) -> str:
    """Write what stands in one place; what is no number is braced in a column of numbers."""
    if not slot.text:
        return " & ".join([""] * slot.span)
    marks = _marks(slot.marks, note)
    if slot.number and slot.span == 1 and sheet.aligns[at] == "number":
        return plain(slot.text) + marks
    text = cited(slot.keys) if slot.keys else escaped(slot.text)
    if line.minor:
        text = f"{{\\scriptsize {text}}}"
    if slot.span > 1:
        return f"\\multicolumn{{{slot.span}}}{{c}}{{{text}{marks}}}"
    return f"{{{text}{marks}}}" if sheet.aligns[at] == "number" else text + marks


def _notes(found: Layout, sheet: Sheet, *, whole: bool) -> Iterator[str]:
    """Write the guard, what is said of this part, and below the last part what is said of all.

    Marks are told below every part that has them.
    """
    yield f"\\item \\emph{{{escaped(found.table.guard)}}}"
    notes = [*sheet.notes, *(found.notes if whole else ["Further notes: see the last part."])]
    yield f"\\item {' '.join(map(escaped, notes))}"
    used = {
        mark for _, lines in sheet.panels for ln in lines for sl in ln.slots for mark in sl.marks
    }
    used |= {mark for head in (*sheet.groups, *sheet.heads) for mark in head.marks}
    told = [
        f"\\textsuperscript{{{escaped(mark)}}}\\,{escaped(text)}"
        for mark, text in (*found.marks, *found.footnotes)
        if mark in used
    ]
    if told:
        yield f"\\item {'; '.join(told)}."
