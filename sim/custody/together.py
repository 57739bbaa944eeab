"""Occasions that are counted together: their dockets as one.

Of hundreds of occasions each has few persons. Where the same is told of several, it is found of
all their persons at once, up to some number of them; an occasion of many stands alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.course import Course
from sim.custody.decrees.docket import PERSONS, Docket, batches, joined
from sim.custody.decrees.groups import Groups
from sim.custody.register import Register
from sim.scenario.law.decree import Decree

Ints = NDArray[np.int64]
APART = frozenset(
    ("credit", "release_point", "serve_the_rest", "end_the_case", "abroad", "expunge")
)
"""Effects that have stages of their own."""


@dataclass(frozen=True)
class Together:
    """Some occasions that are alike, and those before them.

    Attributes
    ----------
    likeness
        A number that only those bear that are alike.
    numbers, dockets
        The numbers of the occasions, and their dockets.
    docket
        One docket of all their persons, of which it has what is counted.
    kinds, health
        Kinds of these persons (`Groups.kinds`), and their states of health when they were read,
        shape (n,).
    laws
        The decrees whose occasions they are, by name.
    """

    likeness: int
    numbers: Sequence[int]
    dockets: Sequence[Docket]
    docket: Docket
    kinds: Ints
    health: NDArray[np.int8]
    laws: Mapping[str, Decree]

    def of_persons(self, numbers: Sequence[int]) -> NDArray[np.int32]:
        """Give each person the number of his occasion, of one for each of them; shape (n,)."""
        sizes = [len(one.rows) for one in self.dockets]
        return np.repeat(np.array(numbers, dtype=np.int32), sizes)


def together(
    register: Register, groups: Groups, dockets: Mapping[int, Docket], decrees: Mapping[str, Decree]
) -> Iterator[Together]:
    """Yield all occasions of a finished register, by their numbers, with those that are alike."""
    alike: dict[Hashable, list[int]] = {}
    for number, docket in dockets.items():
        equal = _likeness(decrees[docket.occasion.decree], docket)
        alike.setdefault(equal, []).append(number)
    for likeness, numbers in enumerate(alike.values()):
        for batch in batches(dockets, numbers):
            some = [dockets[number] for number in batch]
            laws = {one.occasion.decree: decrees[one.occasion.decree] for one in some}
            docket = some[0] if len(some) == 1 else joined(some, _counted_of(some[0], laws))
            kinds, health = docket.kinds, docket.health
            if kinds is None or health is None:
                days = _days_read(register, some)
                kinds = groups.kinds(register, docket.rows, days)
                health = register.health_on(docket.rows, days)
            yield Together(likeness, batch, some, docket, kinds, health, laws)


def _likeness(decree: Decree, docket: Docket) -> Hashable:
    """Return what is equal of occasions that are counted together: the stages that there are."""
    clauses = decree.clauses
    bound: tuple[tuple[bool, ...], ...] = ()
    if decree.exclude:
        bound = tuple([tuple([name not in clause.despite for name in decree.exclude])
                       for clause in clauses.values()])  # fmt: skip
    return (
        len(clauses), bound, decree.gives & APART,
        docket.takes is None, docket.reached is None, docket.reasons is None,
        docket.kinds is None, docket.occasion.until_day is None,
    )  # fmt: skip


def _counted_of(docket: Docket, laws: Mapping[str, Decree]) -> set[str]:
    """Return what is counted of the persons of dockets like one, by the names of columns."""
    law = next(iter(laws.values()))
    left_out = {"released_on", "cut_days"}
    if len(law.clauses) == 1:
        left_out.add("clause")
        if not law.exclude:  # else it tells whom an exclusion bars
            left_out.add("met")
    if not law.exclude:
        left_out.add("excluded")
    if docket.takes is None:
        left_out.add("declined")
    return set(PERSONS) - left_out


def _days_read(register: Register, dockets: Sequence[Docket]) -> Ints | int:
    """Day on which lists closed, for each person of all dockets, where it matters for health."""
    if not isinstance(register.varying, Course):
        return 0
    days = [docket.occasion.close_day for docket in dockets]
    return np.repeat(days, [len(docket.rows) for docket in dockets])
