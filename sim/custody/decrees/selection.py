"""Who gets one of few places: by rank, ties by lottery, then by person.

Ranked are those alone of whose group more ask than there are places.
"""

from __future__ import annotations

from functools import reduce
from math import sqrt
from operator import and_

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import Key, everybody, in_order
from sim.custody.decrees.bench import Bench
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.lots import lots
from sim.custody.ends import BY_DECREE, NO_OCCASION
from sim.custody.hazards import NEVER
from sim.custody.prisons import places_by_camp
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Stream
from sim.scenario.law.decree import Decree
from sim.scenario.law.selection import Cap

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
LAST = np.iinfo(np.int64).max
"""The key of who stands behind all others."""


def select(bench: Bench, decree: Decree, docket: Docket) -> None:
    """Select within the cap by rank, ties by lottery, then by person."""
    docket.selected = docket.approved
    cap = decree.cap.value
    if cap is None:
        return
    asks = docket.approved
    if decree.counts != "both":
        asks = asks & (docket.freeing if decree.counts == "releases" else ~docket.freeing)
    asking = asks.nonzero()[0]
    by_camp = cap.per == "camp"
    rows = docket.rows[asking]
    groups = bench.register.camp[rows] if by_camp else np.zeros(len(rows), dtype=np.int16)
    room = places(bench, cap)
    if decree.places != "passed on":  # else it matters who is next where nobody is refused
        crowded = (np.bincount(groups, minlength=len(room)) if by_camp else len(rows)) > room
        if not np.count_nonzero(crowded):
            return
        if not everybody(crowded):
            refusing = crowded.take(groups).nonzero()[0]
            asking, groups = asking[refusing], groups[refusing]
    order, within = _in_rank(bench, decree, docket, asking, groups, room)
    queue = asking[order]
    docket.selected = docket.approved.copy()
    docket.selected[asking] = False
    docket.selected[queue[within]] = True
    if decree.places == "passed on":
        docket.queue, docket.camps = queue, groups[order].astype(np.int64)


def _in_rank(
    bench: Bench,
    decree: Decree,
    docket: Docket,
    asking: Ints,
    groups: NDArray[np.int16],
    room: Ints,
) -> tuple[Ints, Mask]:
    """Order those who ask by group and rank; say who of them, in this order, gets a place."""
    register, rows = bench.register, docket.rows[asking]
    keys: list[Key] = [rank_key(bench, name)[asking] for name in decree.rank if name != "lottery"]
    passed_on = decree.places == "passed on"

    def lots_of(some: Rows) -> NDArray[np.uint64]:
        return lots(bench.draws, register, some, Stream.LOTTERY, docket.occasion)

    if "lottery" in decree.rank or passed_on:
        place = decree.rank.index("lottery") if "lottery" in decree.rank else len(keys)
        keys = [groups, *keys[:place], lots_of(rows), *keys[place:]]
        if len(room) > 1 or place or passed_on:
            order = _by_lot(register, rows, keys)
        else:
            order = _first_by_lot(register, rows, keys, int(room[0]))
        camps = groups[order]
        firsts, _ = _bounds(camps, room)
        return order, _within(camps, firsts + room)
    keys = [groups, *keys]
    order, within, level = lined_up(keys, room)
    if len(level):
        some = order[level]
        ranks = [*(key[some] for key in keys), lots_of(rows[some])]
        order[level] = some[_by_lot(register, rows[some], ranks)]
    return order, within


def lined_up(keys: list[Key], room: Ints) -> tuple[Ints, Mask, Ints]:
    """Order rows by keys, the first of which is the group that has its own places.

    Returns the order, and of those who stand so who is within the places; and where those stand
    among whom a lot decides: of equals some within the places, others not.
    """
    order = in_order(keys)
    groups = keys[0][order].astype(np.int64)
    firsts, ends = _bounds(groups, room)
    last = firsts + room
    cut = ((room > 0) & (last < ends)).nonzero()[0]  # groups of more than have a place
    refused, served = order[last[cut]], order[last[cut] - 1]
    alike = reduce(and_, [key[refused] == key[served] for key in keys])
    within = _within(groups, last)
    if not np.count_nonzero(alike):
        return order, within, order[:0]
    first_refused = np.full(len(room), -1)
    first_refused[cut[alike]] = refused[alike]
    likened = first_refused[groups]
    level = (likened >= 0).nonzero()[0]
    equal = reduce(and_, [key[order[level]] == key[likened[level]] for key in keys])
    return order, within, level[equal]


def _within(groups: NDArray[np.integer], last: Ints) -> Mask:
    """Say who stands before the end of the places of his group, where groups stand in order."""
    return np.asarray(np.arange(len(groups)) < last[groups])


def _bounds(groups: Key, room: Ints) -> tuple[Ints, Ints]:
    """Position of the first of each group, and of the first after it, where groups stand in order.

    Shape (groups,); of a group without anybody both are that of the next.
    """
    bounds = groups.searchsorted(np.arange(len(room) + 1, dtype=groups.dtype))
    return bounds[:-1], bounds[1:]


def _by_lot(register: Register, rows: Rows, keys: list[Key]) -> Ints:
    """Order rows by keys, the first of them above all; one is a lot, so names hardly ever count."""
    order = np.lexsort(keys[::-1])
    alike = reduce(and_, [key[order[1:]] == key[order[:-1]] for key in keys])
    if alike.any():
        ties = (*_names(register, rows), *reversed(keys))
        order = np.lexsort(tuple(np.asarray(key) for key in ties))
    return np.asarray(order)


def _first_by_lot(register: Register, rows: Rows, keys: list[Key], places: int) -> Ints:
    """Order by lot, which is the second key, those of one group who may get one of the places.

    They are sought where that many lots are likely to lie; nobody else is looked at again.
    """
    lottery = keys[1]
    likely = (places + 4 * sqrt(places) + 16) / max(len(rows), 1)
    if likely < 1:
        near = np.flatnonzero(lottery < np.uint64(likely * 2.0**64))
        if len(near) >= places:
            order = _by_lot(register, rows[near], [key[near] for key in keys])
            return np.asarray(near[order])
    return _by_lot(register, rows, keys)


def _names(register: Register, rows: Rows) -> tuple[NDArray[np.generic], ...]:
    return register.spell[rows], register.line[rows], register.person[rows]


def pass_on(register: Register, docket: Docket) -> None:
    """Give the places of those who are gone or decline to the next in rank who are still there.

    Whoever is offered such a place counts as selected, and may decline it in turn.
    """
    queue, groups = docket.queue, docket.camps
    if not len(queue):
        return
    rows = docket.rows[queue]
    there = register.left[rows] == NEVER
    gone = docket.selected[queue] & ~there & (register.cause[rows] < BY_DECREE)
    empty = np.bincount(groups[gone | docket.declined[queue]], minlength=groups[-1] + 1)
    waiting = ~docket.selected[queue] & there & (register.occasion[rows] == NO_OCCASION)
    queue, groups = queue[waiting], groups[waiting]
    takes = np.ones(len(queue), dtype=np.bool_) if docket.takes is None else docket.takes[queue]
    before = np.cumsum(takes) - takes  # who took a place before, in all groups
    if len(queue):
        before -= before[np.searchsorted(groups, groups)]
    offered = before < empty[groups]
    docket.selected[queue[offered]] = True
    docket.declined[queue[offered & ~takes]] = True


def places(bench: Bench, cap: Cap) -> Ints:
    """Places by camp or, as one group, in all; shape (groups,).

    The stock is that of the evening before, less those whom a decree has selected for release;
    numbers of persons are rounded down.
    """
    camps = len(bench.prisons.scenario.world.camps)
    if cap.of == "persons":
        return np.full(camps if cap.per == "camp" else 1, cap.places, dtype=np.int64)
    r, day = bench.register, bench.day
    held = (r.base < day) & (r.left >= day) & (r.occasion == NO_OCCASION)
    stock = np.bincount(r.camp[held], minlength=camps).astype(np.int64)
    room = places_by_camp(bench.prisons) if cap.of == "capacity" else stock
    if cap.per == "all":
        stock, room = stock.sum(keepdims=True), room.sum(keepdims=True)
    part = room * cap.share.numerator // cap.share.denominator
    return part if cap.of == "stock" else np.maximum(stock - part, 0)


def rank_key(bench: Bench, name: str) -> NDArray[np.float64] | Ints:
    """Smaller comes first."""
    register, rows = bench.register, bench.rows
    if name == "longest served":
        return -bench.served
    if name == "least remaining":
        return np.where(bench.endless | bench.awaiting, LAST, bench.remaining)
    if name == "shortest sentence":
        return np.where(bench.endless | bench.awaiting, LAST, bench.sentence)
    if name == "oldest":
        return register.born[rows].astype(np.int64)
    if name == "ill first":
        states = bench.prisons.scenario.world.health.states.values()
        hazards = np.array([state.in_custody.value for state in states])
        return -hazards[register.health_on(rows, bench.day)]
    # Exact shares ordered without floats: served/term as whole parts of 2**32.
    term = np.maximum(bench.term, 1)
    # Life stands last, also after those who were admitted only after the day that counts.
    return np.where(bench.endless | bench.awaiting, LAST, -((bench.served << 32) // term))
