"""Whom a rule names: conditions on attributes, read from a decree into a small tree.

All keys of a mapping are required; a list of mappings is any of them; ``not`` is pushed to the
leaves at once, so that a leaf without meaning (the served share of a life sentence) is false
whether negated or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Operator = Literal["<", "<=", ">", ">=", "=="]
OPPOSITE: dict[str, tuple[Operator, ...]] = {
    "<": (">=",), "<=": (">",), ">": ("<=",), ">=": ("<",), "==": ("<", ">"),
}  # fmt: skip
LENGTHS = ("sentence", "term", "served", "remaining", "until due")
SHARES = {"served share": "term", "served share of sentence": "sentence"}
AGES = ("age", "age at offence")
CATEGORIES = ("offence", "gravity", "camp", "origin", "residence", "health", "sex")
WORDS = {"gravity": ("petty", "ordinary"), "sex": ("women", "men")}
ATTRIBUTES = (*LENGTHS, *SHARES, *AGES, *CATEGORIES, "reductions", "not")


@dataclass(frozen=True)
class Every:
    """All parts hold."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Either:
    """Any part holds."""

    parts: tuple[Predicate, ...]


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
    """A length compared with whole days."""

    attribute: str
    operator: Operator
    days: int


@dataclass(frozen=True)
class AgeIs:
    """An age in completed years, by birthdays, compared with whole years."""

    attribute: str
    operator: Operator
    years: int


@dataclass(frozen=True)
class ShareIs:
    """The served share compared with an exact fraction, with one day's grace."""

    of: str
    operator: Operator
    share: Fraction


@dataclass(frozen=True)
class CountIs:
    """A number of earlier reductions, by pardon, by merit, by any, or by a named decree."""

    by: str
    operator: Operator
    count: int


Leaf = OneOf | Tagged | LengthIs | AgeIs | ShareIs | CountIs
Predicate = Every | Either | Leaf


def opposite(predicate: Predicate) -> Predicate:
    """Return the negation, pushed to the leaves."""
    match predicate:
        case Every(parts):
            return Either(tuple(map(opposite, parts)))
        case Either(parts):
            return Every(tuple(map(opposite, parts)))
        case OneOf(attribute, values, among):
            return OneOf(attribute, values, not among)
        case Tagged(tag, carries):
            return Tagged(tag, not carries)
        case LengthIs(attribute, operator, days):
            return either(LengthIs(attribute, op, days) for op in OPPOSITE[operator])
        case AgeIs(attribute, operator, years):
            return either(AgeIs(attribute, op, years) for op in OPPOSITE[operator])
        case ShareIs(of, operator, share):
            return either(ShareIs(of, op, share) for op in OPPOSITE[operator])
        case CountIs(by, operator, count):
            return either(CountIs(by, op, count) for op in OPPOSITE[operator])


def either(parts: Iterable[Predicate]) -> Predicate:
    """Return that any part holds; a part alone stays itself."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Either(found)


def leaves(predicate: Predicate) -> tuple[Leaf, ...]:
    """List the leaves in the order written."""
    if isinstance(predicate, Every | Either):
        return tuple(leaf for part in predicate.parts for leaf in leaves(part))
    return (predicate,)
