"""Values with a range as files write them: their numbers, and what stands around the numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal

from sim.scenario.law.predicate import AGES
from sim.scenario.law.thresholds import read_on
from sim.scenario.lengths import DAYS_IN, in_words, read_date, read_length, read_ratio, whole_days
from sim.scenario.tree import Scalar, Tree

Path = tuple[str | int, ...]
Kind = Literal["date", "length", "months", "age", "share", "count", "persons", "number"]
"""How a number is rounded and written; ``months`` and ``age`` are in whole months and years."""
STEP: Path = ("world", "sentence step")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL = re.compile(r"\d+\.\d+")
DIGITS = 10
"""Significant digits of a drawn number: fewer than processors disagree about."""
_FRAME = re.compile(
    r"(?P<before>(?:<=|>=|==|<|>)\s*|until stock <= )?(?P<number>.+?)"
    r"(?P<after>(?: of (?:stock|capacity))?(?: per camp| in all)| of (?:stock|capacity)"
    r"| from listing| from grant| (?:before|after) the grant| ago"
    r"| of (?!stock|capacity).+| per (?:complete|started) .+)?"
)


_CAP = re.compile(" (per camp|in all)$")


def has_range(tree: Tree) -> bool:
    """Say whether a value stands here with a range whose ends differ."""
    keys = set(tree.value) if isinstance(tree.value, Mapping) else set()
    if "value" not in keys or not ("between" in keys or {"low", "high"} <= keys):
        return False
    _, low, high = written_ends(tree)
    return low != high


def written_ends(tree: Tree) -> tuple[Scalar, Scalar, Scalar]:
    """Return value, low and high of a value with a range, as written."""
    assert isinstance(tree.value, Mapping)
    entry = tree.value
    if "between" in entry:
        between = entry["between"].plain()
        assert isinstance(between, list)
        low, high = (str(end) for end in between)
        return scalar(entry["value"]), low, high
    return scalar(entry["value"]), scalar(entry["low"]), scalar(entry["high"])


def scalar(tree: Tree) -> Scalar:
    """Return what a leaf says."""
    assert tree.value is None or isinstance(tree.value, str | int | float)
    return tree.value


def framed(old: Scalar, new: Scalar) -> Scalar:
    """Put a number in place of another, and keep what is written around it.

    A threshold keeps its comparison, a cap its reach, and education its start.
    """
    match = _FRAME.fullmatch(old.strip()) if isinstance(old, str) else None
    before, after = (match["before"] or "", match["after"] or "") if match else ("", "")
    return f"{before}{new}{after}" if before or after else new


def unframed(text: Scalar) -> Scalar:
    """Return the number alone: ``70%`` of ``>= 70%``, ``5`` of ``5 per camp``."""
    match = _FRAME.fullmatch(text.strip()) if isinstance(text, str) else None
    return match["number"].strip() if match else text


def attribute_of(path: Path) -> str:
    """Return the attribute of a condition to which a threshold on a path belongs.

    Rows of a table lie below their attribute, and an attribute may name its day of reading.
    """
    keys = [str(key) for key in path]
    while len(keys) > 2 and keys[-3] == "table":
        keys = keys[:-3]
    try:
        return read_on(keys[-1])[0]
    except ValueError:
        return keys[-1]


def kind_of(path: Path, tree: Tree) -> Kind:
    """Say how draws of a value with a range are rounded and written.

    Raises
    ------
    ValueError
        If the range stands around no number.
    """
    assert isinstance(tree.value, Mapping)
    texts = written_ends(tree)
    bare = unframed(texts[0])
    if "between" in tree.value:
        return "date"
    if _CAP.search(str(texts[0])) and str(bare).isdecimal():
        return "count"
    if isinstance(bare, str):
        if bare == "none":
            raise ValueError("a range around no value: give a value between 'low' and 'high'")
        if bare.endswith("%") or "/" in bare:
            return "share"
        if _ISO_DAY.fullmatch(bare) or bare.isdecimal():
            return "count" if bare.isdecimal() else "date"
        if _DECIMAL.fullmatch(bare):
            return "number"
        read_length(bare)
        if attribute_of(path) in AGES:
            return "age"
        whole = path == STEP and all("day" not in in_words(read_length(text)) for text in texts)
        return "months" if whole else "length"
    if bare is None:
        raise ValueError("a range around no value: give a value between 'low' and 'high'")
    unit = tree.value.get("unit")
    return "persons" if unit is not None and unit.value == "persons" else "number"


def number_of(kind: Kind, text: Scalar) -> float:
    """Read a number: days of a length, whole years of an age, the ordinal of a date."""
    bare = unframed(text)
    match kind:
        case "date":
            return read_date(bare).toordinal()
        case "length":
            return read_length(bare)
        case "months" | "age":
            unit = "month" if kind == "months" else "year"
            return round(read_length(bare) / DAYS_IN[unit])
        case _ if isinstance(bare, str) and bare.endswith("%"):
            return float(read_ratio(bare))
        case "share":
            return float(read_ratio(bare))
        case _:
            assert isinstance(bare, str | int | float)
            return float(bare)


def text_of(kind: Kind, number: float) -> Scalar:
    """Write a number as its file would; what is counted in whole units is rounded half up."""
    whole = int(number + 0.5)
    match kind:
        case "date":
            return date.fromordinal(whole).isoformat()
        case "length":
            return f"{whole} day" + ("s" if whole != 1 else "")
        case "months":
            return in_words(whole_days(whole, "month"))
        case "age":
            return f"{whole} years"
        case "share":
            return f"{100 * number:.{DIGITS}g}%"
        case "count" | "persons":
            return whole
        case "number":
            return float(f"{number:.{DIGITS}g}")


def without(tree: Tree, key: str) -> Tree:
    """Return a mapping without one of its keys."""
    assert isinstance(tree.value, Mapping)
    rest = {k: child for k, child in tree.value.items() if k != key}
    return Tree(rest, tree.file, tree.line)
