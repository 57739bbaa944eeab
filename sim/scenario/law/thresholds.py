"""Comparisons as texts: a sign and a value with its unit, read into the leaves of a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from sim.scenario.law.predicate import (
    AGES,
    ANCHORS,
    DATES,
    LAST_RELEASE,
    LENGTHS,
    NUMBERS,
    ON,
    SHARES,
    AgeIs,
    Compared,
    CountIs,
    DateIs,
    LengthIs,
    NumberIs,
    OffenceIs,
    On,
    PardonsIs,
    ReleasedIs,
    ShareIs,
    SpellsIs,
)
from sim.scenario.lengths import DAYS_IN, in_units, read_date, read_length, read_share

COMPARISON = re.compile(r"(<=|>=|==|<|>)\s*(.+)")
SWAPPED = {"=>": ">=", "=<": "<=", "≥": ">=", "≤": "<="}
AGO = " ago"
_SHARE = re.compile(r"\d+(?:\.\d+)?\s*%|\d+/\d+")
_BEFORE = rf"(?P<before>\d\S* \w+) before (?P<anchor>{'|'.join(ANCHORS)})"
_ON = re.compile(rf"(?P<name>.+?) (?:on (?P<day>\S+)|{_BEFORE})")
LeafReader = Callable[[str, str, str], Compared]


def read_on(key: str) -> tuple[str, On | None]:
    """Read ``served on 2015-10-10`` or ``age 30 days before grant``: the attribute, and the day.

    Raises
    ------
    ValueError
        If the attribute is not read on another day, or the day is none.
    """
    match = _ON.fullmatch(key)
    if match is None or match["name"] not in ON:
        return key, None
    if match["before"] is not None:
        return match["name"], On(match["anchor"], read_length(match["before"]))  # type: ignore[arg-type]
    if match["day"] in ANCHORS:
        return match["name"], On(match["day"])  # type: ignore[arg-type]
    try:
        return match["name"], On(read_date(match["day"]))
    except ValueError:
        known = ", ".join(repr(f"{match['name']} on {one}") for one in ("2020-10-10", *ANCHORS))
        raise ValueError(f"no day: {match['day']!r}; expected such as {known}") from None


def read_moment(text: str) -> On:
    """Read a day: ``2015-10-10``, ``grant``, ``30 days before grant``.

    Raises
    ------
    ValueError
        If it is none.
    """
    if match := re.fullmatch(_BEFORE, text):
        return On(match["anchor"], read_length(match["before"]))  # type: ignore[arg-type]
    return On(text) if text in ANCHORS else On(read_date(text))  # type: ignore[arg-type]


def leaf_reader(kind: str, on: On | None, counting: tuple[str, ...]) -> LeafReader:
    """Return the function that reads a comparison of an attribute of some kind."""
    plain = _READERS[kind]

    def reader(name: str, operator: str, text: str) -> Compared:
        leaf = plain(name, operator, text)
        if isinstance(leaf, LengthIs | ShareIs):
            return replace(leaf, on=on, counting=counting)
        return replace(leaf, on=on) if isinstance(leaf, AgeIs) else leaf

    return reader


def kind_of_attribute(name: str) -> str | None:
    """Say how an attribute of every world is compared; None if it is no such attribute."""
    kinds = {"length": (*LENGTHS, LAST_RELEASE), "number": NUMBERS, "share": SHARES,
             "age": AGES, "date": DATES}  # fmt: skip
    return next((kind for kind, names in kinds.items() if name in names), None)


def no_comparison(kind: str, text: str, found: object, reader: LeafReader, name: str) -> str:
    """Say how a comparison is written that has none of the signs."""
    for sign in (text[:2], text[:1]):
        if sign in SWAPPED:
            return f"expected a comparison; write {SWAPPED[sign]!r} for {sign!r}"
    example = {"share": ">= 70%", "length": ">= 5 years", "age": ">= 5 years",
               "date": "< 2015-07-09"}  # fmt: skip
    try:
        reader(name, ">=", text)
        such = f">= {text}"
    except ValueError:
        such = example.get(kind, ">= 1")
    return f"expected a comparison such as {such!r}, found {found!r}"


def share_meant(name: str, text: str) -> str:
    """Say how a share served is asked for where ``served: ">= 1/2 of sentence"`` stands."""
    share, _, whole = text.strip().partition(" of ")
    if not name.startswith("served") or not _SHARE.fullmatch(share):
        return ""
    of = " of sentence" if "sentence" in (whole or name) else ""
    return f"; ask a share of 'served share{of}', such as '>= {share}'"


def size_of(leaf: Compared) -> Fraction | int:
    """Return the number with which a leaf compares."""
    match leaf:
        case LengthIs(days=size) | ReleasedIs(days=size) | AgeIs(years=size):
            return size
        case NumberIs(number=size) | CountIs(count=size) | PardonsIs(count=size):
            return size
        case SpellsIs(count=size):
            return size
        case ShareIs(share=share) | OffenceIs(size=share):
            return share
        case DateIs(day=day):
            return day.toordinal()


def contradiction(leaves: Sequence[Compared]) -> bool:
    """Tell whether the comparisons of a band can never hold together."""
    if len({type(leaf) for leaf in leaves}) > 1:
        return False  # a date and a time since: what lies between depends on the day of reading
    whole = not isinstance(leaves[0], ShareIs | OffenceIs)
    low, high = [], []
    for leaf in leaves:
        size, strict = size_of(leaf), leaf.operator in ("<", ">")
        if leaf.operator in (">", ">=", "=="):
            low.append((size + 1, 0) if whole and strict else (size, int(strict)))
        if leaf.operator in ("<", "<=", "=="):
            high.append((size - 1, 0) if whole and strict else (size, -int(strict)))
    return bool(low and high) and max(low) > min(high)


def _length(name: str, operator: str, text: str) -> LengthIs:
    return LengthIs(name, operator, read_length(text))  # type: ignore[arg-type]


def _age(name: str, operator: str, text: str) -> AgeIs:
    days = read_length(text)
    years = round(days / DAYS_IN["year"])
    if in_units(days)[1] != "year":
        raise ValueError(f"ages are compared in whole years; found {text!r}")
    return AgeIs(name, operator, years)  # type: ignore[arg-type]


def _share(name: str, operator: str, text: str) -> ShareIs:
    if operator == "==":
        raise ValueError("a served share is never compared with '=='; use a band")
    if not text.strip().endswith("%") and "/" not in text:
        raise ValueError(
            f"a served share is a per cent or a fraction such as '70%' or '2/3'; found {text!r}"
        )
    return ShareIs(SHARES[name], operator, read_share(text))  # type: ignore[arg-type]


def _date(name: str, operator: str, text: str) -> DateIs | LengthIs:
    """Read ``< 2015-07-09``, or the time that has passed since: ``>= 2 years ago``."""
    if text.strip().endswith(AGO):
        return replace(_length(name, operator, text.strip().removesuffix(AGO)), since=True)
    try:
        return DateIs(name, operator, read_date(text.strip()))  # type: ignore[arg-type]
    except ValueError:
        expected = "expected such as '< 2015-07-09' or '>= 2 years ago'"
        raise ValueError(f"neither a date nor a time ago: {text!r}; {expected}") from None


def _number(name: str, operator: str, text: str) -> NumberIs:
    return NumberIs(name, operator, _whole(text))  # type: ignore[arg-type]


def released_reader(after: str, on: On | None) -> LeafReader:
    """Return the function that reads a comparison of the time since a release of one kind."""

    def reader(name: str, operator: str, text: str) -> ReleasedIs:
        return ReleasedIs(after, operator, read_length(text), on)  # type: ignore[arg-type]

    return reader


def offence_number(name: str, operator: str, text: str) -> OffenceIs:
    """Read a comparison of a number of the offence."""
    try:
        return OffenceIs(name, operator, Fraction(text.strip()), in_days=False)  # type: ignore[arg-type]
    except ValueError:
        raise ValueError(f"expected a number, found {text!r}") from None


def offence_length(name: str, operator: str, text: str) -> OffenceIs:
    """Read a comparison of a length that belongs to the offence."""
    return OffenceIs(name, operator, Fraction(read_length(text)), in_days=True)  # type: ignore[arg-type]


def read_pardons(by: str, operator: str, text: str) -> PardonsIs:
    """Read a comparison of a number of pardons ever."""
    return PardonsIs(by, operator, _whole(text))  # type: ignore[arg-type]


def read_count(by: str, operator: str, text: str) -> CountIs:
    """Read a comparison of a number of reductions."""
    return CountIs(by, operator, _whole(text))  # type: ignore[arg-type]


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(f"expected a whole number, found {text!r}")
    return int(text)


_READERS: Mapping[str, LeafReader] = {
    "length": _length, "age": _age, "share": _share, "date": _date, "number": _number,
}  # fmt: skip
