"""What happened to whom, day by day: the finished register of a run as a set of events.

An event is (day, kind, person, line, spell, details). Two runs are identical, person by person,
before the first day on which their events differ.
"""

from __future__ import annotations

import numpy as np

from sim.custody.columns import DTYPES
from sim.custody.ends import BY_DECREE
from sim.custody.hazards import NEVER
from sim.custody.model import Cell
from sim.custody.register import Register
from sim.scenario.scenario import Scenario

Event = tuple[object, ...]
DRAWN = ("born", "origin", "offence", "imposed", "health", "camp", "admitted", "base", "tolerance",
         "rate", "kind", "exiled_before")  # fmt: skip

OF_THE_ROW = ("point", "key")
"""Columns that say something of a register and nothing of a person."""


def events(scenario: Scenario, cell: Cell) -> set[Event]:
    """List admissions, leavings, deaths at liberty, cuts and findings of eligibility."""
    r = cell.register
    names = list(scenario.decrees)
    address = columns(r, "person", "line", "spell")
    found: set[Event] = set()
    for who, drawn in zip(address, columns(r, *DRAWN), strict=True):
        if drawn[6] < NEVER:
            found.add((max(drawn[6], 0), "admitted", *who, *drawn))
    fate = columns(r, "left", "cause", "residence", "exiled", "due", "merit_days", "pardon_days")
    for who, (left, cause, *rest) in zip(address, fate, strict=True):
        if left < NEVER:
            by = names[cause - BY_DECREE] if cause >= BY_DECREE else cause
            found.add((left, "left", *who, by, *rest))
    for name in ("died_free", "eligible_on"):
        for who, (day,) in zip(address, columns(r, name), strict=True):
            if day < NEVER:
                found.add((day, name, *who))
    for day, decree, rows in r.cuts:
        found |= {(day, "cut", *address[row], names[decree]) for row in rows}
    return found


def columns(register: Register, *names: str) -> list[tuple[int, ...]]:
    """Rows of some columns as plain numbers."""
    return list(zip(*(getattr(register, name).tolist() for name in names), strict=True))


def first_difference(one: set[Event], other: set[Event]) -> int | None:
    """First day on which the events differ."""
    return min((event[0] for event in one ^ other), default=None)


def assert_same_until(one: Cell, other: Cell, day: int, but: tuple[str, ...] = ()) -> None:
    """Every series is the same before a day; one that only one of them has is 0."""
    nothing = np.zeros(day, dtype=np.int64)
    for name in (one.record.series.keys() | other.record.series.keys()) - set(but):
        sides = [cell.record.series.get(name, nothing)[:day] for cell in (one, other)]
        assert np.array_equal(*sides), name
    assert np.array_equal(one.record.stock_by_camp[:day], other.record.stock_by_camp[:day])
    assert np.array_equal(one.record.exiled_to[:day], other.record.exiled_to[:day])


def assert_same_record(one: Cell, other: Cell) -> None:
    """Every series and every waterfall is the same."""
    assert one.record.series.keys() == other.record.series.keys()
    assert_same_until(one, other, len(one.record.stock_by_camp))
    assert one.record.waterfalls.keys() == other.record.waterfalls.keys()
    for key, counts in one.record.waterfalls.items():
        assert np.array_equal(counts, other.record.waterfalls[key]), key


def assert_same(one: Cell, other: Cell) -> None:
    """Registers and records are the same, row by row."""
    for name in DTYPES:
        assert np.array_equal(getattr(one.register, name), getattr(other.register, name)), name
    assert_same_record(one, other)


def persons(cell: Cell, days: int) -> dict[str, np.ndarray]:
    """Columns of those who come within the horizon, sorted by address."""
    r = cell.register
    rows = np.flatnonzero(r.admitted < days)
    rows = rows[np.lexsort((r.spell[rows], r.line[rows], r.person[rows]))]
    found = {name: getattr(r, name)[rows] for name in DTYPES if name not in OF_THE_ROW}
    found["struck"], found["abroad"] = r.struck(rows), r.abroad(rows)
    found["ends"], found["known from"] = r.ends(rows), r.known_from(rows)
    pairs = np.zeros(len(r), dtype=np.int64)
    for before, after in r.followed:
        pairs[before] = r.spell[after]
    found["followed by"] = pairs[rows]
    return found


def same_persons(one: Cell, other: Cell, days: int) -> None:
    """Persons are the same, in whichever rows they stand."""
    ours, theirs = persons(one, days), persons(other, days)
    for name in ours:
        assert np.array_equal(ours[name], theirs[name]), name
