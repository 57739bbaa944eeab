"""Whom decrees reach: how deep they cut, and whom of the eligible they grant, by group."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.docket import Docket
from sim.custody.prisons import Prisons
from sim.custody.register import Register, Rows
from sim.custody.sentencing import LIFE
from sim.custody.streams import Draws
from sim.custody.traits import sex_of
from sim.scenario.world import PYONGYANG

Ints = NDArray[np.int64]
THOUSANDTHS = 1000


def depth(register: Register, freed: Rows) -> dict[str, Ints]:
    """Tell how much those freed by decree had served, and how much was remitted.

    Fixed terms only: for a life sentence, or a case that was ended, neither has a meaning.

    Returns
    -------
    dict
        ``served share of the freed`` (of the term in force, in thousandths, rounded down) and
        ``days remitted to the freed`` (from release to the day due), each shape (n, 3): the day of
        release, the value, the number of persons; sorted by day and value.
    """
    r = register
    rows = freed[(r.imposed[freed] < LIFE) & ~r.ended[freed]]
    left, due = r.left[rows].astype(np.int64), r.due[rows].astype(np.int64)
    admitted = r.admitted[rows].astype(np.int64)
    term = r.ends(rows) - admitted + r.credited[rows]
    share = (left - admitted) * THOUSANDTHS // term
    return {
        "served share of the freed": _tally(left, share),
        "days remitted to the freed": _tally(left, due - left),
    }


def _tally(day: Ints, value: Ints) -> Ints:
    """Count equal pairs of a day and a value that is not negative, shape (n, 3)."""
    pairs, persons = np.unique((day << 32) + value, return_counts=True)
    return np.column_stack((pairs >> 32, pairs & 0xFFFFFFFF, persons)).astype(np.int64)


def grants(
    prisons: Prisons, register: Register, dockets: Mapping[int, Docket], draws: Draws | None
) -> dict[str, Ints]:
    """Count at each occasion the eligible and those of them who are granted, by group.

    Parameters
    ----------
    draws
        What the cell was drawn with. Sex is drawn where it is asked for: without the draws it is
        left out.

    Returns
    -------
    dict
        ``lists closed on``, the day of each occasion, shape (occasions,); ``eligible by G`` and
        ``granted by G``, shape (occasions, groups), for G one of camp, health, origin, sex. Groups
        are the camps and the states of health as the world lists them; from Pyongyang, others;
        men, women.
    """
    world = prisons.scenario.world
    capital = list(world.origins).index(PYONGYANG) if PYONGYANG in world.origins else -1
    sizes = {"camp": len(world.camps), "health": len(world.health.states), "origin": 2}
    if draws is not None:
        sizes["sex"] = 2
    order = [dockets[number] for number in sorted(dockets)]
    none = np.zeros(0, dtype=np.intp)
    # Of all occasions together: who was eligible, at which, and whether it was granted.
    rows = np.concatenate([none, *(docket.rows[docket.eligible] for docket in order)])
    granted = np.concatenate(
        [none.astype(np.bool_), *(docket.granted[docket.eligible] for docket in order)]
    )
    sizes_of = [int(docket.eligible.sum()) for docket in order]
    occasion = np.repeat(np.arange(len(order)), sizes_of)
    codes = {
        "camp": register.camp[rows],
        "health": np.concatenate(
            [none.astype(np.int8), *(docket.health[docket.eligible] for docket in order)]
        ),
        "origin": (register.origin[rows] != capital).astype(np.int64),
    }
    if draws is not None:
        codes["sex"] = _women(prisons, register, rows, draws)
    found = {}
    for group, size in sizes.items():
        place = occasion * size + codes[group]
        for word, counted in (("eligible", place), ("granted", place[granted])):
            count = np.bincount(counted, minlength=len(order) * size)
            found[f"{word} by {group}"] = count.reshape(len(order), size)
    closed = [docket.occasion.close_day for docket in order]
    return {"lists closed on": np.array(closed, dtype=np.int64), **found}


def _women(prisons: Prisons, register: Register, rows: Rows, draws: Draws) -> Ints:
    def drawn(rows: Rows) -> NDArray[np.bool_]:
        return sex_of(prisons, draws, register.person[rows], register.line[rows])

    # Of a scenario alone nobody asks again: marking who has been asked takes longer.
    found = register.lasting("women", rows, drawn) if register.further else drawn(rows)
    return found.astype(np.int64)
