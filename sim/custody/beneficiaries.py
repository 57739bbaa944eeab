"""Whom of the eligible decrees grant, by group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.custody.counting import Numbers, crossed
from sim.custody.decrees.docket import Docket
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import WINDOW, Rows
from sim.custody.streams import Draws
from sim.custody.together import Together
from sim.custody.traits import sex_of
from sim.scenario.world import PYONGYANG

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Grants:
    """The eligible at each occasion, and those of them who are granted, by group.

    Parameters
    ----------
    draws
        What the cell was drawn with. Sex is drawn where it is asked for: without the draws it is
        left out.
    """

    def __init__(
        self, prisons: Prisons, register: Register, dockets: Mapping[int, Docket],
        draws: Draws | None,
    ) -> None:  # fmt: skip
        self.register, world = register, prisons.scenario.world
        origins = list(world.origins)
        self.capital = origins.index(PYONGYANG) if PYONGYANG in origins else -1
        self.order = sorted(dockets)
        self.closed = [dockets[number].occasion.close_day for number in self.order]
        self.sizes = {"camp": len(world.camps), "health": len(world.health.states), "origin": 2}
        self.women: Callable[[Rows], Mask] | None = None
        if draws is not None:
            self.sizes["sex"] = 2
            asked = sum(len(docket.rows) for docket in dockets.values())
            self.women = _women(prisons, register, draws, asked)
        self.counts = {
            group: np.zeros((len(self.order), 2, size), dtype=np.int64)
            for group, size in self.sizes.items()
        }

    def count(self, some: Together) -> None:
        """Count those of some occasions: who was eligible, at which, and whether it was granted."""
        eligible, granted, rows, health = (some.docket.eligible, some.docket.granted,
                                           some.docket.rows, some.health)  # fmt: skip
        at = some.of_persons(range(len(some.numbers)))
        if not eligible.all():
            at, granted, rows, health = (at[eligible], granted[eligible], rows[eligible],
                                         health[eligible])  # fmt: skip
        codes = {
            "camp": self.register.camp[rows],
            "health": health,
            "origin": self.register.origin[rows] != self.capital,
        }
        if self.women is not None:
            codes["sex"] = self.women(rows)
        places = np.searchsorted(self.order, some.numbers)
        shape = (len(some.numbers), 2)
        for group, by_group in _by_group((at, granted), shape, codes, self.sizes).items():
            self.counts[group][places] = by_group

    def found(self) -> dict[str, Ints]:
        """Return the counts of all occasions.

        Returns
        -------
        dict
            ``lists closed on``, the day of each occasion, shape (occasions,); ``eligible by G`` and
            ``granted by G``, shape (occasions, groups), for G one of camp, health, origin, sex.
            Groups are the camps and the states of health as the world lists them; from Pyongyang,
            others; men, women.
        """
        found = {"lists closed on": np.array(self.closed, dtype=np.int64)}
        for group, counts in self.counts.items():
            found[f"eligible by {group}"] = counts.sum(axis=1)
            found[f"granted by {group}"] = counts[:, 1]
        return found


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


def _women(
    prisons: Prisons, register: Register, draws: Draws, asked: int
) -> Callable[[Rows], Mask]:
    """Return what says who is a woman, of rows of which so many are asked about in all."""

    def drawn(rows: Rows | slice) -> Mask:
        return sex_of(prisons, draws, register.person[rows], register.line[rows])

    if register.further:
        return lambda rows: register.lasting("women", rows, drawn).astype(np.bool_)
    # Of a scenario alone nobody asks again: marking who has been asked takes longer. Of more than
    # there are, most are asked about more than once: all are drawn, but for millions.
    return drawn(slice(None)).take if len(register) < asked <= WINDOW else drawn
