"""Whom a rule names: conditions on attributes, read from a decree into a small tree.

All keys of a mapping are required; a list of mappings is any of them; of a table the first row that
holds decides. ``not`` is pushed to the leaves at once, so that a leaf without meaning (the served
share of a life sentence) is false whether negated or not; so is a table of which no row holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

Operator = Literal["<", "<=", ">", ">=", "=="]
OPPOSITE: dict[str, tuple[Operator, ...]] = {
    "<": (">=",), "<=": (">",), ">": ("<=",), ">=": ("<",), "==": ("<", ">"),
}  # fmt: skip
SENTENCE, EXPECTED = "sentence", "expected sentence"
IN_STATUS = "time in legal status"
IN_STATE = "time in state of health"
LENGTHS = (
    "sentence", "term", "served", "remaining", "until due", "time in prison", EXPECTED, IN_STATUS,
    IN_STATE,
)  # fmt: skip
SHARES = {
    "served share": "term",
    "served share of sentence": "sentence",
    f"served share of {EXPECTED}": EXPECTED,
}
AGES = ("age", "age at offence", "age reached in the year")
DATES = ("admitted", "offence date", "sentence final")
LEGAL_STATUS = "legal status"
AWAITING, APPEALING, FINAL = "awaiting trial", "appealing", "final"
CATEGORIES = (
    "offence", "gravity", "camp", "origin", "residence", "health", "sex", LEGAL_STATUS,
)  # fmt: skip
WORDS = {
    "gravity": ("petty", "ordinary"),
    "sex": ("women", "men"),
    LEGAL_STATUS: (AWAITING, APPEALING, FINAL),
}
OF_A_STATUS = (LEGAL_STATUS, EXPECTED, IN_STATUS)
"""What is asked only of a world that has custody before judgment."""
NUMBERS = ("earlier spells", "parts")
ANY_PART, ALL_PARTS, THIS_PART = PARTS = ("any part", "all parts", "this part")
"""Which parts of a sentence for several offences a condition is about."""
OF_A_SPELL = ("offence", "sentence", "term", "served", *SHARES, *PARTS[:2], "parts", "not")
"""What may be asked of an earlier spell."""
OF_A_PART = ("offence", "sentence", "not")
"""What may be asked of a part."""
LAST_RELEASE = "time since last release"
ATTRIBUTES = (
    *LENGTHS, *SHARES, *AGES, *DATES, *CATEGORIES, *NUMBERS, LAST_RELEASE, "earlier pardons",
    "reductions", *PARTS, "not",
)  # fmt: skip
ON = (
    "served", "remaining", "until due", *SHARES, "age", "age reached in the year",
    "time in prison", IN_STATUS, IN_STATE, LAST_RELEASE, *DATES,
)  # fmt: skip
"""Attributes that may be read on another day: ``served on 2015-10-10``."""
ANCHORS = ("lists", "grant", "release", "order")
COUNTED = ("merit", "pardon", "credit")
"""Cuts and credits that may count as time served."""
YES, NO = "true", "false"


@dataclass(frozen=True)
class On:
    """A day on which something is read: a date, or so many days before a stage of the decree."""

    anchor: date | Literal["lists", "grant", "release", "order"]
    days_before: int = 0


class Joined:
    """A condition made of others, which are looked through once."""

    @cached_property
    def asks_each_part(self) -> bool:
        """Whether one of them is about the part in question."""
        assert isinstance(self, Every | Either | Table)
        return any(map(asks_each_part, leaves(self)))


@dataclass(frozen=True)
class Every(Joined):
    """All parts hold."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Either(Joined):
    """Any part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Table(Joined):
    """Rows of whom and what: the first row whose person it is decides; without one, false."""

    rows: tuple[tuple[Predicate, Predicate], ...]


@dataclass(frozen=True)
class OneOf:
    """A category is among the values, or (``among`` false) is not."""

    attribute: str
    values: tuple[str, ...]
    among: bool = True


@dataclass(frozen=True)
class Tagged:
    """The offence carries the tag, or does not."""

    tag: str
    carries: bool = True


@dataclass(frozen=True)
class LengthIs:
    """A length compared with whole days; with ``since``, the time that has passed since a date.

    ``on`` is the day of reading, None for that of the thresholds; ``counting`` names the cuts that
    count as time served.
    """

    attribute: str
    operator: Operator
    days: int
    on: On | None = None
    counting: tuple[str, ...] = ()
    since: bool = False


@dataclass(frozen=True)
class AgeIs:
    """An age in completed years, by birthdays, compared with whole years."""

    attribute: str
    operator: Operator
    years: int
    on: On | None = None


@dataclass(frozen=True)
class ShareIs:
    """The served share compared with an exact fraction, with one day's grace."""

    of: str
    operator: Operator
    share: Fraction
    on: On | None = None
    counting: tuple[str, ...] = ()


@dataclass(frozen=True)
class DateIs:
    """A date compared with a date."""

    attribute: str
    operator: Operator
    day: date


@dataclass(frozen=True)
class NumberIs:
    """A number that a person has, such as a flag, compared with a whole number."""

    attribute: str
    operator: Operator
    number: int


@dataclass(frozen=True)
class SpellsIs:
    """A number of earlier spells of which a rule holds, read as they ended."""

    rule: Predicate
    operator: Operator
    count: int


@dataclass(frozen=True)
class CountIs:
    """A number of earlier reductions, by pardon, by merit, by any, or by a named decree."""

    by: str
    operator: Operator
    count: int


@dataclass(frozen=True)
class ReleasedIs:
    """The time since the last release by expiry, by decree, by a named decree, or by any.

    Longer than any length for whoever was never so released.
    """

    after: str
    operator: Operator
    days: int
    on: On | None = None


@dataclass(frozen=True)
class PardonsIs:
    """A number of pardons ever, in all spells, by any decree or by a named one."""

    by: str
    operator: Operator
    count: int


@dataclass(frozen=True)
class OffenceIs:
    """A number of the offence, or a length in days; without meaning for an offence without it."""

    name: str
    operator: Operator
    size: Fraction
    in_days: bool


@dataclass(frozen=True)
class PartIs:
    """What any part of a sentence, all of its parts, or the part in question is for, and how long.

    The part in question is the one of which a clause asks whether its effect falls on it, and an
    exclusion whether it is barred.
    """

    whose: str
    rule: Predicate


Compared = (
    LengthIs
    | AgeIs
    | ShareIs
    | DateIs
    | NumberIs
    | CountIs
    | ReleasedIs
    | PardonsIs
    | OffenceIs
    | SpellsIs
)
Leaf = OneOf | Tagged | PartIs | Compared
Predicate = Every | Either | Table | Leaf


def opposite(predicate: Predicate) -> Predicate:
    """Return the negation, pushed to the leaves; the rows of a table still decide in order."""
    match predicate:
        case Every(parts):
            return Either(tuple(map(opposite, parts)))
        case Either(parts):
            return Every(tuple(map(opposite, parts)))
        case Table(rows):
            return Table(tuple((when, opposite(then)) for when, then in rows))
        case OneOf():
            return replace(predicate, among=not predicate.among)
        case Tagged():
            return replace(predicate, carries=not predicate.carries)
        case PartIs(whose, rule):
            other = {ANY_PART: ALL_PARTS, ALL_PARTS: ANY_PART}.get(whose, whose)
            return PartIs(other, opposite(rule))
        case _:
            return either(replace(predicate, operator=op) for op in OPPOSITE[predicate.operator])


def either(parts: Iterable[Predicate]) -> Predicate:
    """Return that any part holds; a part alone stays itself."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Either(found)


def leaves(predicate: Predicate) -> tuple[Leaf, ...]:
    """List the leaves in the order written, those of a table's rows included."""
    return tuple(_leaves(predicate))


def _leaves(predicate: Predicate) -> Iterator[Leaf]:
    match predicate:
        case Every(parts) | Either(parts):
            for part in parts:
                yield from _leaves(part)
        case Table(rows):
            for when, then in rows:
                yield from _leaves(when)
                yield from _leaves(then)
        case _:
            yield predicate


def asks_each_part(predicate: Predicate) -> bool:
    """Say whether a predicate is about the part in question, and so answered part by part."""
    if isinstance(predicate, Joined):
        return predicate.asks_each_part
    return isinstance(predicate, PartIs) and predicate.whose == THIS_PART


def read_days(predicate: Predicate) -> frozenset[On]:
    """Return the days on which a predicate reads what it says to read on another day."""
    return frozenset(on for leaf in leaves(predicate) if (on := getattr(leaf, "on", None)))
