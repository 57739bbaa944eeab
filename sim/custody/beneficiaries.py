"""Whom of the eligible decrees grant, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.custody.counting import Numbers, crossed
from sim.custody.decrees.docket import Docket, days_read, of_all
from sim.custody.prisons import Prisons
from sim.custody.register import Register, Rows
from sim.custody.streams import Draws
from sim.custody.traits import sex_of
from sim.scenario.world import PYONGYANG

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


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
    at = np.repeat(np.arange(len(order), dtype=np.int32), [len(one.rows) for one in order])
    eligible, granted = of_all(order, "eligible", np.bool_), of_all(order, "granted", np.bool_)
    rows, health = of_all(order, "rows", np.intp), _health(register, order)
    if not eligible.all():
        at, granted, rows, health = (at[eligible], granted[eligible], rows[eligible],
                                     health[eligible])  # fmt: skip
    codes = {
        "camp": register.camp[rows],
        "health": health,
        "origin": register.origin[rows] != capital,
    }
    if draws is not None:
        codes["sex"] = _women(prisons, register, rows, draws)
    found = {}
    for group, by_group in _by_group((at, granted), (len(order), 2), codes, sizes).items():
        found[f"eligible by {group}"] = by_group.sum(axis=1)
        found[f"granted by {group}"] = by_group[:, 1]
    closed = [docket.occasion.close_day for docket in order]
    return {"lists closed on": np.array(closed, dtype=np.int64), **found}


def _by_group(
    place: Sequence[Numbers],
    places: tuple[int, ...],
    codes: Mapping[str, Numbers],
    sizes: Mapping[str, int],
) -> dict[str, Ints]:
    """Count people by place and each group; by name of the group, shape (places, size).

    Where all combinations are fewer than the people, these are counted once, and added up.

    Parameters
    ----------
    place
        The numbers by which people have places, shape (n,) each; `places` are above all of them.
    """
    shape = (*sizes.values(), *places)
    if prod(shape) > len(place[0]):
        return {
            group: crossed((*place, codes[group]), (*places, size)) for group, size in sizes.items()
        }
    counts = crossed([*(codes[group] for group in sizes), *place], shape)
    found, axes = {}, range(len(sizes))
    for axis, group in zip(axes, sizes, strict=True):
        by_place = counts.sum(axis=tuple(other for other in axes if other != axis))
        found[group] = np.ascontiguousarray(np.moveaxis(by_place, 0, -1))
    return found


def _health(register: Register, dockets: Sequence[Docket]) -> NDArray[np.int8]:
    """State of health of the persons of dockets when they were read, shape (n,)."""
    if all(docket.health is not None for docket in dockets):
        return of_all(dockets, "health", np.int8)
    found = register.health_on(of_all(dockets, "rows", np.intp), days_read(register, dockets))
    end = 0
    for docket in dockets:
        start, end = end, end + len(docket.rows)
        if docket.health is not None:
            found[start:end] = docket.health
    return found


def _women(prisons: Prisons, register: Register, rows: Rows, draws: Draws) -> Mask:
    def drawn(rows: Rows | slice) -> Mask:
        return sex_of(prisons, draws, register.person[rows], register.line[rows])

    if register.further:
        return register.lasting("women", rows, drawn).astype(np.bool_)
    # Of a scenario alone nobody asks again: marking who has been asked takes longer.
    return drawn(slice(None)).take(rows) if len(rows) > len(register) else drawn(rows)
