"""Whom decrees reach: how deep they cut, and whom of the eligible they grant, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import in_order
from sim.custody.decrees.docket import Docket
from sim.custody.prisons import Prisons
from sim.custody.register import Register, Rows
from sim.custody.sentencing import LIFE
from sim.custody.streams import Draws
from sim.custody.traits import sex_of
from sim.scenario.world import PYONGYANG

Ints = NDArray[np.int64]
THOUSANDTHS = 1000
FEW = 4
"""Of at most so many times as many possible pairs as there are persons each is counted."""


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
    """Count equal pairs of a day and a value, neither of them negative, shape (n, 3)."""
    width = int(value.max(initial=0)) + 1
    days = np.flatnonzero(np.bincount(day))
    if len(days) * width <= FEW * len(day):
        number = np.zeros(int(day.max(initial=0)) + 1, dtype=np.int64)
        number[days] = np.arange(len(days))
        persons = np.bincount(number[day] * width + value)
        pairs = np.flatnonzero(persons)
        return _columns(days[pairs // width], pairs % width, persons[pairs])
    pairs = (day * width + value)[in_order([day, value])]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    pairs, persons = pairs[first], np.diff(first, append=len(pairs))
    return _columns(pairs // width, pairs % width, persons)


def _columns(*columns: NDArray[np.integer]) -> Ints:
    """Put columns side by side, shape (n, columns)."""
    found = np.empty((len(columns[0]), len(columns)), dtype=np.int64)
    for place, column in enumerate(columns):
        found[:, place] = column
    return found


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
    # Of all occasions together: who was eligible, at which, and whether it was granted.
    eligible = _of_all(order, "eligible", np.bool_)
    rows = _of_all(order, "rows", np.intp)[eligible]
    granted = _of_all(order, "granted", np.bool_)[eligible]
    persons = [np.count_nonzero(docket.eligible) for docket in order]
    place = 2 * np.repeat(np.arange(len(order)), persons) + granted
    codes = {
        "camp": register.camp[rows],
        "health": _of_all(order, "health", np.int8)[eligible],
        "origin": register.origin[rows] != capital,
    }
    if draws is not None:
        codes["sex"] = _women(prisons, register, rows, draws)
    found = {}
    for group, by_group in _by_group(place, 2 * len(order), codes, sizes).items():
        by_group = by_group.reshape(len(order), 2, sizes[group])
        found[f"eligible by {group}"] = by_group.sum(axis=1)
        found[f"granted by {group}"] = by_group[:, 1]
    closed = [docket.occasion.close_day for docket in order]
    return {"lists closed on": np.array(closed, dtype=np.int64), **found}


def _by_group(
    place: Ints, places: int, codes: Mapping[str, NDArray[np.integer]], sizes: Mapping[str, int]
) -> dict[str, Ints]:
    """Count people by place and each group; by name of the group, shape (places, size).

    Where all combinations are fewer than the people, these are counted once, and added up.
    """
    shape = (places, *sizes.values())
    if np.prod(shape) > len(place):
        return {
            group: np.bincount(place * size + codes[group], minlength=places * size).reshape(
                places, size
            )
            for group, size in sizes.items()
        }
    code = place
    for group, size in sizes.items():
        code = code * size + codes[group]
    counts = np.bincount(code, minlength=int(np.prod(shape))).reshape(shape)
    axes = range(1, len(shape))
    return {
        group: counts.sum(axis=tuple(other for other in axes if other != axis))
        for axis, group in zip(axes, sizes, strict=True)
    }


def _of_all(dockets: Sequence[Docket], name: str, dtype: type[np.generic]) -> NDArray[np.generic]:
    """Return a column of the persons of all dockets."""
    none = np.zeros(0, dtype=dtype)
    return np.concatenate([none, *map(attrgetter(name), dockets)])


def _women(prisons: Prisons, register: Register, rows: Rows, draws: Draws) -> Ints:
    def drawn(rows: Rows) -> NDArray[np.bool_]:
        return sex_of(prisons, draws, register.person[rows], register.line[rows])

    # Of a scenario alone nobody asks again: marking who has been asked takes longer.
    found = register.lasting("women", rows, drawn) if register.further else drawn(rows)
    return found.astype(np.int64)
