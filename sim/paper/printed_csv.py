"""Tables as CSV: the printed numbers, one line per cell, for spreadsheets and archives."""

from __future__ import annotations

from collections.abc import Iterator

from sim.paper.data import Row, csv_text
from sim.paper.numbers import plain, printed
from sim.paper.table import LAYERS, Cell, Table


def table_csv(*tables: Table) -> str:
    """Write tables as CSV, rounded as in every other format; a minus sign is a hyphen here."""
    return csv_text(row for table in tables for row in _rows(table))


def _rows(table: Table) -> Iterator[Row]:
    for panel in table.panels:
        for row in panel.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell == Cell():
                    continue
                yield {
                    "table": table.name, "panel": panel.name, "row": row.label,
                    "column": column.name, "unit": row.unit or column.unit,
                    **_numbers(cell),
                    "marks": " ".join((*column.marks, *cell.marks)),
                    "words": "; ".join(x for x in (cell.words, cell.footnote) if x),
                    "missing": cell.missing, "note": table.guard,
                }  # fmt: skip


def _numbers(cell: Cell) -> dict[str, str]:
    """Write the number of a cell and the ends of its layers; nothing for words."""
    one = printed(cell)
    numbers = {"value": plain(one.main) if cell.value is not None else ""}
    numbers["per_cent"] = plain(one.relative.removesuffix("%"))
    numbers["constant"] = "" if cell.value is None else str(cell.constant).lower()
    layers = dict(one.layers)
    numbers["error"] = plain(layers.get("error", "")).lstrip("\N{PLUS-MINUS SIGN}")
    if numbers["error"] == "no interval":
        numbers["error"] = ""
    for kind in LAYERS[1:]:
        low, _, high = plain(layers.get(kind, "")).partition(" to ")
        numbers |= {f"{kind}_low": low, f"{kind}_high": high}
    return numbers
