"""The groups of people that a waterfall counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.course import Course
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.scenario.world import PYONGYANG

Ints = NDArray[np.int64]
FEW = 16
"""Of so many people one, or fewer, under a mask are counted one by one."""


class Groups:
    """The groups that are counted: everybody, each offence, origin in the capital, ill health.

    People are sorted into kinds by offence, origin and health; a group is a set of kinds. In ill
    health are all whose state is not the first that the world lists.
    """

    def __init__(self, prisons: Prisons) -> None:
        world = prisons.scenario.world
        self.executions = world.executions is not None
        """Whether it is counted who was executed."""
        origins, offences = list(world.origins), list(world.offences)
        self.capital = origins.index(PYONGYANG) if PYONGYANG in origins else -1
        known = (f"from {PYONGYANG}",) if PYONGYANG in origins else ()
        self.names = ("all", *offences, *known, "in ill health")
        kinds = np.arange(4 * len(offences))
        offence = kinds // 4
        members = [kinds >= 0, *(offence == code for code in range(len(offences)))]
        if known:
            members.append(kinds // 2 % 2 == 1)
        members.append(kinds % 2 == 1)
        self.members = np.array(members, dtype=np.int64)

    def kinds(self, register: Register, rows: Rows, day: Ints | int) -> Ints:
        """Kind of each row on a day, one for all or one for each, shape (n,)."""
        if isinstance(register.varying, Course):
            return self._kinds(register, rows, register.health_on(rows, day))
        if kernel.compiled is not None:  # which finds them in less time than it takes to look up
            columns = (register.offence, register.origin, register.health)
            return kernel.compiled.kinds_of(columns, rows, self.capital)

        def found(rows: Rows) -> Ints:
            return self._kinds(register, rows, register.health[rows])

        return register.lasting("kind", rows, found).astype(np.int64)

    def _kinds(self, register: Register, rows: Rows, health: NDArray[np.int8]) -> Ints:
        offence = register.offence[rows].astype(np.int64)
        capital = register.origin[rows] == self.capital
        return np.asarray((offence * 2 + capital) * 2 + (health > 0))

    def nobody(self) -> Ints:
        """Return the counts of nobody, shape (groups,)."""
        return np.zeros(len(self.names), dtype=np.int64)

    def count(self, kinds: Ints) -> Ints:
        """Count people of given kinds by group, shape (groups,)."""
        return self.members @ np.bincount(kinds, minlength=self.members.shape[1])

    def counts(
        self, kinds: Ints, masks: Sequence[NDArray[np.bool_]], part: NDArray[np.integer], parts: int
    ) -> Ints:
        """Count the people of given kinds under each mask by part and group.

        Returns
        -------
        Ints
            Shape (masks, parts, groups); `part` says for each person in which of the parts he is.
        """
        number, n = self.members.shape[1], len(kinds)
        found = np.zeros((len(masks), parts, len(self.members)), dtype=np.int64)
        sizes = [int(np.count_nonzero(mask)) for mask in masks]
        many: list[list[int]] = []  # masks that are alike are counted once
        for k, (mask, under) in enumerate(zip(masks, sizes, strict=True)):
            if under * FEW > n:
                for alike in many:
                    if sizes[alike[0]] == under and np.array_equal(masks[alike[0]], mask):
                        alike.append(k)
                        break
                else:
                    many.append([k])
            elif under:
                rows = np.flatnonzero(mask)
                place = part[rows] * number + kinds[rows]
                few = np.bincount(place, minlength=parts * number)
                found[k] = few.reshape(parts, number) @ self.members.T
        if many:
            each = [masks[alike[0]] for alike in many]
            tallied = self._tallied(kinds, each, part, parts).reshape(len(each), parts, number)
            for alike, tally in zip(many, tallied @ self.members.T, strict=True):
                found[alike] = tally
        return found

    def _tallied(
        self, kinds: Ints, masks: Sequence[NDArray[np.bool_]], part: NDArray[np.integer], parts: int
    ) -> Ints:
        """Count people under each mask by part and kind, shape (masks, parts x kinds)."""
        number = self.members.shape[1]
        if kernel.compiled is not None:
            tallied = kernel.compiled.tally(kinds, masks, part, (parts, number))
            if tallied is not None:
                return tallied.reshape(len(masks), -1)
        which, who = np.nonzero(np.array(masks))
        place = (which * parts + part[who]) * number + kinds[who]
        found = np.bincount(place, minlength=len(masks) * parts * number)
        return np.asarray(found.reshape(len(masks), -1))
