"""Tables as HTML: a figure with a table, headings with their scope, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from sim.paper.layout import Layout, laid_out
from sim.paper.sheet import Interval, Line, Sheet
from sim.paper.table import Table

STYLE = """
.amnesty-table { font-family: Georgia, "Noto Serif", "Noto Serif CJK KR", serif; overflow-x: auto; }
.amnesty-table table { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid;
  font-variant-numeric: tabular-nums lining-nums; margin: 0 auto; }
.amnesty-table caption { padding: 0.4em; }
.amnesty-table th { font-weight: normal; padding: 0.15em 0.5em; vertical-align: bottom; }
.amnesty-table thead tr:last-child th { border-bottom: 1px solid; }
.amnesty-table thead th.group { border-bottom: 1px solid; text-align: center; }
.amnesty-table td { padding: 0.1em 0.5em; text-align: right; white-space: nowrap; }
.amnesty-table td.words, .amnesty-table tbody th { text-align: left; white-space: normal; }
.amnesty-table td.across { text-align: center; }
.amnesty-table tr.minor td { font-size: 80%; padding-top: 0; line-height: 1; }
.amnesty-table tr.panel th { font-style: italic; padding-top: 0.5em; }
.amnesty-table .notes { font-size: 80%; max-width: 60em; margin: 0.5em auto; }
"""


def html(
    table: Table,
    *,
    interval: Interval = "below",
    caption: str | None = None,
    standalone: bool = False,
) -> str:
    """Write a table as HTML; ``standalone`` makes it a page with its style."""
    found = laid_out(table, interval)
    body = "\n".join(_figure(found, table.numbered_title if caption is None else caption))
    return page(body) if standalone else body + "\n"


def page(body: str) -> str:
    """Put tables in a page of their own that asks for nothing from elsewhere."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Tables</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _figure(found: Layout, title: str) -> Iterator[str]:
    sheet = found.sheets[0]
    yield '<figure class="amnesty-table">'
    yield f"<table>\n<caption>{escape(title)}</caption>\n<thead>"
    if any(head.text for head in sheet.groups):
        yield _row([_th("", 1), *(_th(h.text, h.span, h.marks, "group") for h in sheet.groups)])
    single = not any(head.span > 1 for head in sheet.heads)
    kind = "" if single else "group"
    yield _row([
        _th(found.table.stub, 1), *(_th(h.text, h.span, h.marks, kind) for h in sheet.heads)
    ])  # fmt: skip
    if sheet.below:
        yield _row([_th("", 1), *(_th(head.text, 1) for head in sheet.below)])
    yield "</thead>"
    for panel, lines in sheet.panels:
        yield "<tbody>"
        if panel:
            yield (f'<tr class="panel"><th scope="rowgroup" colspan="{len(sheet.aligns) + 1}">'
                   f"{escape(panel)}</th></tr>")  # fmt: skip
        yield from (_line(line, sheet, indent=bool(panel)) for line in lines)
        yield "</tbody>"
    yield '</table>\n<figcaption class="notes">'
    yield f"<p><em>{escape(found.table.guard)}</em></p>"
    yield from (f"<p>{escape(note)}</p>" for note in (*sheet.notes, *found.notes))
    marks = (*found.marks, *found.footnotes)
    yield from (f"<p>{_raised((mark,))} {escape(text)}</p>" for mark, text in marks)
    yield "</figcaption>\n</figure>"


def _th(text: str, span: int, marks: Sequence[str] = (), kind: str = "") -> str:
    wide = f' colspan="{span}"' if span > 1 else ""
    named = f' class="{kind}"' if kind and text else ""
    scope = ' scope="colgroup"' if span > 1 else ' scope="col"'
    return f"<th{scope}{wide}{named}>{escape(text)}{_raised(marks)}</th>"


def _raised(marks: Sequence[str]) -> str:
    return f"<sup>{escape(','.join(marks))}</sup>" if marks else ""


def _row(cells: Sequence[str], kind: str = "") -> str:
    return f"<tr{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{''.join(cells)}</tr>"


def _line(line: Line, sheet: Sheet, *, indent: bool) -> str:
    depth = line.depth + indent
    space = f' style="padding-left: {0.5 + depth}em"' if depth else ""
    cells, at = [f'<th scope="row"{space}>{escape(line.label)}</th>'], 0
    for slot in line.slots:
        kind = ' class="words"' if sheet.aligns[at] == "words" else ""
        kind = f' class="across" colspan="{slot.span}"' if slot.span > 1 else kind
        cells.append(f"<td{kind}>{escape(slot.text)}{_raised(slot.marks)}</td>")
        at += slot.span
    return _row(cells, "minor" if line.minor else "")
