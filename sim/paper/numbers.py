"""Numbers as readers see them: no more figures than their grades allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.paper.table import Cell, Kind, Layer

MINUS = "\N{MINUS SIGN}"
PLUS_MINUS = "\N{PLUS-MINUS SIGN}"
NOT_OBSERVED = "not observed"


def significant(value: float, figures: int) -> float:
    """Round to a number of significant figures."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, figures - 1 - math.floor(math.log10(abs(value))))


def count(value: float, figures: int = 2) -> str:
    """Write a number with few figures, thousands separated, and a true minus sign."""
    rounded = significant(value, figures)
    if rounded == 0:
        return "0"
    if not math.isfinite(rounded):
        return "undefined"
    digits = max(0, figures - 1 - math.floor(math.log10(abs(rounded))))
    text = f"{abs(rounded):,.{digits}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: float, figures: int = 2) -> str:
    """Write a difference with its sign."""
    text = count(value, figures)
    return f"+{text}" if significant(value, figures) > 0 else text


def per_cent(value: float, of: float) -> str:
    """Write a relative difference."""
    if of == 0:
        return ""
    share = 100 * value / of
    if abs(share) < 0.005:
        return "0.0%"
    return f"{signed(share, 2 if abs(share) >= 0.1 else 1)}%"


def half_width(low: float | None, high: float | None) -> str:
    """Write a simulation interval as plus or minus half its width."""
    if low is None or high is None:
        return "no interval"
    return PLUS_MINUS + count((high - low) / 2, 2)


MOST_FIGURES = 4
"""No more than so many tell the ends of a narrow range apart."""


def interval(low: float, high: float, *, sign: bool = True, figures: int = 2) -> str:
    """Write a range, with more figures where fewer would make its ends look equal."""
    write = signed if sign else count
    while low != high and figures < MOST_FIGURES and write(low, figures) == write(high, figures):
        figures += 1
    return f"{write(low, figures)} to {write(high, figures)}"


@dataclass(frozen=True)
class Printed:
    """A cell as every format prints it: the same figures, the same words.

    ``layers`` are kinds of doubt with their text, such as ``("error", "±17")``.
    """

    main: str
    relative: str = ""
    layers: tuple[tuple[Kind, str], ...] = ()


def printed(cell: Cell) -> Printed:
    """Round a cell as its grades allow."""
    if cell.value is None:
        return Printed(cell.missing or cell.words)
    if cell.decimals is not None:
        main = decimal(cell.value, cell.decimals)
    else:
        main = signed(cell.value, cell.figures) if cell.signed else count(cell.value, cell.figures)
    relative = "" if cell.of is None or cell.constant else per_cent(cell.value, cell.of)
    return Printed(main, relative, tuple((x.kind, _layer(x, cell)) for x in cell.layers))


def _layer(layer: Layer, cell: Cell) -> str:
    if layer.kind == "error" or layer.low is None or layer.high is None:
        return half_width(layer.low, layer.high)
    return interval(layer.low, layer.high, sign=cell.signed, figures=cell.figures)


def decimal(value: float, digits: int) -> str:
    """Write a number with so many digits after the point."""
    text = f"{abs(value):,.{digits}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text


def plain(text: str) -> str:
    """Return a printed number as programs read it: no thousands separators, an ASCII minus."""
    return text.replace(",", "").replace(MINUS, "-")


def grouped(value: str) -> str:
    """Write what an assumption is set to; the thousands of a whole number apart."""
    return f"{int(value):,}" if value.isdecimal() else value
