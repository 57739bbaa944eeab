"""When people ordinarily leave: release points of a world and of decrees, in whole days served.

A point is a fraction of the term in force, so many days earlier or later, after a least time
served; never beyond the term, never before the first day. Code 0 is the whole term.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import COMPARE
from sim.custody.sentencing import LIFE
from sim.scenario.law.points import MovedPoint
from sim.scenario.law.predicate import Either, Every, LengthIs, OneOf, Predicate, Tagged
from sim.scenario.world import World

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Point:
    """A fraction of the term, days by which release comes later, and the least days served."""

    numerator: int = 1
    denominator: int = 1
    shift: int = 0
    least: int = 0


class Points:
    """The release points known in a run: those of the world, and those that decrees make of them.

    Parameters
    ----------
    world
        The world, whose rows have the codes 1, 2, …; without one, everybody serves the whole term.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world
        self.known = [Point()]
        for row in world.release_point if world is not None else ():
            share, least = row.fraction.value, row.at_least.value if row.at_least else 0
            self.known.append(Point(share.numerator, share.denominator, row.shift_days, least))

    @property
    def whole(self) -> bool:
        """Whether everybody serves the whole term, whatever his offence and sentence."""
        return self.world is None or not self.world.release_point

    def codes(self, offence: NDArray[np.integer], imposed: NDArray[np.integer]) -> Codes:
        """Codes of the world's points for offences (their positions) and sentences in days."""
        found = np.zeros(len(imposed), dtype=np.int16)
        if self.world is None:
            return found
        for i, row in reversed(list(enumerate(self.world.release_point))):
            if row.when is None:
                found[:] = i + 1
            else:
                found[_named(self.world, row.when, offence, imposed)] = i + 1
        return found

    def served(self, codes: NDArray[np.integer], terms: NDArray[np.integer]) -> Ints:
        """Days to serve of terms in days; 0 of a term of 0, and no meaning for life."""
        rules = np.array([(p.numerator, p.denominator, p.shift, p.least) for p in self.known])
        numerator, denominator, shift, least = np.moveaxis(rules[codes], -1, 0)
        days = np.maximum(terms * numerator // denominator + shift, np.maximum(least, 1))
        return np.asarray(np.clip(days, 0, terms))

    def moved(self, codes: Codes, change: MovedPoint) -> Codes:
        """Codes after a decree has replaced some pieces of the points; new ones are added."""
        found = codes.copy()
        for code in np.unique(codes):
            new = _replaced(self.known[code], change)
            if new not in self.known:
                self.known.append(new)
            found[codes == code] = self.known.index(new)
        return found


def _replaced(point: Point, change: MovedPoint) -> Point:
    if change.fraction is not None:
        share = change.fraction.value
        point = replace(point, numerator=share.numerator, denominator=share.denominator)
    if change.shift_days is not None:
        point = replace(point, shift=change.shift_days)
    if change.at_least is not None:
        point = replace(point, least=change.at_least.value)
    return point


def _named(
    world: World, rule: Predicate, offence: NDArray[np.integer], imposed: NDArray[np.integer]
) -> Mask:
    """Whom a row of the world names; nothing but offence and sentence is asked."""
    match rule:
        case Every(parts):
            named = [_named(world, part, offence, imposed) for part in parts]
            return np.asarray(np.logical_and.reduce(named))
        case Either(parts):
            named = [_named(world, part, offence, imposed) for part in parts]
            return np.asarray(np.logical_or.reduce(named))
        case OneOf(_, values, among):
            wanted = np.array([name in values for name in world.offences])
            return np.asarray(wanted[offence] == among)
        case Tagged(tag, carries):
            wanted = np.array([tag in one.tags for one in world.offences.values()])
            return np.asarray(wanted[offence] == carries)
        case LengthIs(_, operator, days):
            return COMPARE[operator](np.minimum(imposed, LIFE).astype(np.int64), days)
    raise ValueError(f"no part of a release point: {rule}")
