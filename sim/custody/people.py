"""Everybody whom no decree decides on: held at the start, released before, admitted since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.custody.columns import STATED, Columns, Int32s, Ints, Part, Words, Written, columns_of
from sim.custody.persons import first_part, first_spell, without_spared
from sim.custody.prisons import Prisons
from sim.custody.start import count, held_at_start, past_releases
from sim.custody.streams import ARRIVALS, BEFORE, PAST_RELEASES, Draws, Stream

BLOCK = 1 << 16
"""Persons drawn at a time, so that what lies between stays in the cache."""


def people_at_hand(
    prisons: Prisons, draws: Draws, opening: Sequence[Columns] | None = None
) -> Columns:
    """Draw everybody whom no decree decides on: held at the start, past releases, first admissions.

    Parameters
    ----------
    opening
        Those held at the start, and those released before who come back, if they are known.

    Returns
    -------
    Columns
        One entry per column of the register, rows in the order start, past releases, arrivals. A
        column in which everybody has the same value is a view of that one value, not writeable.
    """
    if opening is not None:
        return _after(prisons, draws, opening)
    if prisons.past is not None or prisons.scenario.prisoners is not None:
        raise ValueError("who is held at the start has to be known first")
    held = count(prisons.held_count, draws, Stream.HELD_COUNT)
    admitted = _days_of_arrival(prisons, draws)
    past_count, past = past_releases(prisons, draws)
    if prisons.scenario.ends_on is None:
        draws.expect(held, past_count, len(admitted))
    added = list(_added(prisons, draws))
    most = held + len(admitted) + sum(len(one["person"]) for one in (past, *added))
    written = Written(most, prisons.steady.varying)
    for first, last in _blocks(held):
        written.put(*held_at_start(prisons, draws, first, last))
    written.put(len(past["person"]), past)
    for first, last in _blocks(len(admitted)):
        written.put(*_arrivals(prisons, draws, first, admitted[first:last]))
    for one in added:
        written.put(len(one["person"]), one)
    return written.columns()


def _after(prisons: Prisons, draws: Draws, opening: Sequence[Columns]) -> Columns:
    """Draw whoever comes after a start that is known."""
    admitted = _days_of_arrival(prisons, draws)
    draws.expect(0, 0, len(admitted))
    parts = [*opening, *_added(prisons, draws)]
    beside: dict[str, int] = {**STATED, "exiled_before": 0}
    most = len(admitted) + sum(len(one["person"]) for one in parts)
    written = Written(most, prisons.steady.varying)
    for one in parts:
        written.put(len(one["person"]), {**beside, **one})
    for first, last in _blocks(len(admitted)):
        n, part = _arrivals(prisons, draws, first, admitted[first:last])
        written.put(n, {**beside, **part})
    return written.columns()


def _days_of_arrival(prisons: Prisons, draws: Draws) -> Int32s:
    """Days of the first admissions, in order; the years before the start have their own words."""
    days, first = prisons.days, 0
    if prisons.scenario.ends_on is not None:
        days, first = prisons.scenario.ends_on, PAST_RELEASES
    counts = prisons.admission_count.pick(0, draws.column(Stream.ADMISSION_COUNT, first, days))
    return np.repeat(np.arange(days, dtype=np.int32), counts)


def _blocks(n: int) -> Iterator[tuple[int, int]]:
    """Cut rows into blocks; there is one even of nobody, so that every column has a type."""
    return ((first, min(first + BLOCK, n)) for first in range(0, max(n, 1), BLOCK))


def _arrivals(prisons: Prisons, draws: Draws, first: int, admitted: Int32s) -> tuple[int, Part]:
    """Draw those admitted from the place `first` on; also how many there are."""
    n, start = len(admitted), first
    start += ARRIVALS if prisons.scenario.ends_on is None else BEFORE

    def words_of(stream: Stream) -> Words:
        return draws.column(stream, start, n)

    one = first_part(prisons, words_of, start + np.arange(n), 0, admitted)
    if not prisons.campaigns:
        return n, one
    columns, spared = without_spared(prisons, draws, columns_of(n, one))
    return n - int(spared.sum()), columns


def _added(prisons: Prisons, draws: Draws) -> Iterator[Columns]:
    """Draw those whom crackdowns add."""
    for campaign in prisons.campaigns:
        admitted, person = campaign.added(draws, prisons.days)

        def words(stream: Stream, person: Ints = person) -> Words:
            return draws.at(stream, person, spell=0, line=0)

        yield first_spell(prisons, words, person, 0, admitted, campaign.offence)
