"""What is known of people's earlier spells: how many, how they ended, what pardons they had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED, NEVER_HELD
from sim.custody.ends import BY_DECREE, BY_EXPIRY
from sim.custody.register import Register
from sim.custody.traits import labelled

if TYPE_CHECKING:
    from sim.custody.decrees.facts import Facts

Ints = NDArray[np.int64]


def earlier(facts: Facts) -> Iterator[tuple[Ints, Ints]]:
    """Walk back spell by spell: places among those asked about, and rows of their spells before.

    A spell before the start, of those released then, has no row.
    """
    before = np.full(len(facts.register), -1, dtype=np.int64)
    for ended, following in facts.register.followed:
        before[following] = ended
    places = np.arange(len(facts.rows))
    rows = before[facts.rows]
    while len(places := places[rows >= 0]):
        rows = rows[rows >= 0]
        yield places, rows
        rows = before[rows]


def on_record(register: Register, rows: Ints) -> NDArray[np.bool_]:
    """Say which earlier spells count: neither wiped out before they began nor struck off."""
    return np.asarray((register.kind[rows] != EXTINGUISHED) & ~register.struck(rows))


def under_sentence(register: Register, rows: Ints) -> NDArray[np.bool_]:
    """Say which of those on record were spells under a sentence: not acquitted, no case ended."""
    return on_record(register, rows) & ~register.acquitted(rows) & ~register.ended[rows]


def earlier_spells(facts: Facts) -> Ints:
    """Count earlier spells in custody under a sentence, shape (n,).

    What was wiped out before entry, or is struck from the record, is none.
    """
    count = facts.register.spell[facts.rows].astype(np.int64)
    for places, rows in earlier(facts):
        count[places] -= ~under_sentence(facts.register, rows)
    return count


def days_in_prison(facts: Facts, day: Ints | int) -> Ints:
    """Days held by a day in this spell and in those before of which the register knows."""
    r = facts.register
    days = day - r.admitted[facts.rows].astype(np.int64)
    for places, rows in earlier(facts):
        days[places] += np.where(r.struck(rows), 0, r.left[rows] - r.admitted[rows])
    return days


def last_release(facts: Facts, after: str) -> Ints:
    """Day of the last release of a kind, shape (n,); long before the start without one."""
    r = facts.register
    found = np.full(len(facts.rows), NEVER_HELD, dtype=np.int64)
    if after in ("any", "expiry"):
        found = _before_the_start(facts)
    for places, rows in reversed(list(earlier(facts))):
        of_kind = on_record(r, rows) & _ended(facts, rows, after)
        found[places[of_kind]] = r.left[rows[of_kind]]
    return found


def _before_the_start(facts: Facts) -> Ints:
    """Day of a release before the start, which the first row has; long before it without one."""
    first = facts.rows.astype(np.int64)
    for places, rows in earlier(facts):
        first[places] = rows
    return facts.register.free_since[first].astype(np.int64)


def _ended(facts: Facts, rows: Ints, after: str) -> NDArray[np.bool_]:
    cause = facts.register.cause[rows]
    if after == "any":
        return np.ones(len(rows), dtype=np.bool_)
    if after == "expiry":
        return np.asarray((cause == BY_EXPIRY) & ~facts.register.acquitted(rows))
    if after in facts.decrees:
        return np.asarray(cause == BY_DECREE + facts.decrees.index(after))
    return np.asarray(cause >= BY_DECREE)


def pardons(facts: Facts, by: str) -> Ints:
    """Count cuts and releases by decrees in all spells, the label's included, shape (n,)."""
    r = facts.register
    decree = facts.decrees.index(by) if by in facts.decrees else None
    count = r.reductions(facts.rows, facts.day, decree)
    if decree is None:
        count = count + facts.earlier
    for places, rows in earlier(facts):
        count[places] += r.reductions(rows, facts.day, decree)
        count[places] += _ended(facts, rows, by if decree is not None else "decree")
        if decree is None:
            count[places] += _reduced_before(facts, rows)
    return count


def _reduced_before(facts: Facts, rows: Ints) -> Ints:
    """Count the reductions of an earlier spell before the start: those known, or the label."""
    r, label = facts.register, facts.prisons.scenario.world.label
    found = np.zeros(len(rows), dtype=np.int64)
    if label is not None:
        on = labelled(
            facts.prisons, facts.draws, r.person[rows], r.spell[rows].astype(np.int64), r.line[rows]
        )
        on &= (r.left[rows] - r.admitted[rows] >= label.after.value) & ~r.acquitted(rows)
        found = (on & (r.left[rows] >= r.judged[rows])).astype(np.int64)
    if r.stated:
        stated, sure = r.known("earlier_count", rows)
        found = np.where(sure, stated, found)
    return found
