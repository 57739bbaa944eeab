"""Rows of tables that can never decide: a row above names all whom they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Compared, Either, Every, OneOf, Predicate, Table
from sim.scenario.law.thresholds import size_of


def useless_rows(decree: Decree) -> Iterator[str]:
    """Say of each row of a decree's tables that never decides which row decides for it."""
    for path, rule in decree.conditions():
        for table in _tables(rule):
            for row, above in decided_above([when for when, _ in table]):
                message = f"row {row} of a table can never decide: row {above} names all of it"
                yield f"{'.'.join(map(str, path))}: {message}"


def decided_above(rows: Sequence[Predicate]) -> Iterator[tuple[int, int]]:
    """Return rows that never decide, each with a row above that names whomever it names.

    Rows count from 1. A row that several rows above cover only together is not found.
    """
    for number, row in enumerate(rows):
        above = next((i for i in range(number) if implies(row, rows[i])), None)
        if above is not None:
            yield number + 1, above + 1


def implies(one: Predicate, other: Predicate) -> bool:
    """Tell whether whoever meets one surely meets the other, as far as their form shows it."""
    if one == other or other == Every(()):
        return True
    match one, other:
        case _, Every(parts):
            return all(implies(one, part) for part in parts)
        case Either(parts), _:
            return all(implies(part, other) for part in parts)
        case _, Either(parts):
            return any(implies(one, part) for part in parts)
        case Every(parts), _:
            return any(implies(part, other) for part in parts)
        case OneOf(attribute, values, among), OneOf(also, others, them) if attribute == also:
            if among and them:
                return set(values) <= set(others)
            return not set(values) & set(others) if among else (
                not them and set(others) <= set(values))  # fmt: skip
        case _:
            return _narrower(one, other)


def _narrower(one: Predicate, other: Predicate) -> bool:
    """Tell whether one comparison of a number is narrower than another of the same number."""
    if not (isinstance(one, Compared) and isinstance(other, Compared)):
        return False
    same: Mapping[str, object] = _but_size(one)
    if type(one) is not type(other) or same != _but_size(other):
        return False
    mine, its = (one.operator, size_of(one)), (other.operator, size_of(other))
    if mine[0] in ("<", "<=") and its[0] in ("<", "<="):
        return mine[1] < its[1] or (mine[1] == its[1] and mine[0] == "<")
    if mine[0] in (">", ">=") and its[0] in (">", ">="):
        return mine[1] > its[1] or (mine[1] == its[1] and mine[0] == ">")
    return False


def _but_size(leaf: Compared) -> Mapping[str, object]:
    """Return what a comparison says apart from its sign and number."""
    sized = ("operator", "days", "years", "share", "day", "number", "count")
    return {key: value for key, value in vars(leaf).items() if key not in sized}


def _tables(rule: Predicate) -> Iterator[tuple[tuple[Predicate, Predicate], ...]]:
    match rule:
        case Every(parts) | Either(parts):
            for part in parts:
                yield from _tables(part)
        case Table(rows):
            yield rows
            for when, then in rows:
                yield from _tables(when)
                yield from _tables(then)
