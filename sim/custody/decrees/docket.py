"""What one occasion of a decree decided, person by person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import everybody
from sim.custody.spells import Rows
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Kind = TypeVar("Kind", bound=np.generic)
"""Of which numbers a column is."""
NOTHING, NOBODY = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)


@dataclass
class Docket:
    """What one occasion decided about those who meet one of its clauses.

    Attributes
    ----------
    kinds, health
        Kind of person (`Groups.kinds`) and state of health when read, shape (n,); None where they
        are found after the run, as they were when lists closed.
    held
        Number held and not selected by another decree when lists closed, by group.
    beyond
        Number of those held whose offence the decree's reach leaves out, by group.
    named
        Number of those held whom each exclusion names, whether they meet a clause or not, shape
        (exclusions, groups).
    rows
        Rows of the register that meet a clause, shape (n,).
    met, excluded
        Who meets each clause, shape (clauses, n); whom each exclusion bars, (exclusions, n).
    eligible, recommended, approved, selected, granted
        Who reached each stage, shape (n,).
    clause
        Clause under which a person is booked; the first met for those barred.
    cut_days
        Days to be cut under that clause; 0 for a release.
    freeing
        Whose clause is a release, or whose cut left nothing.
    released_on
        Day on which each goes if released, without latency or spreading, shape (n,).
    declined
        Selected, but does not take it up.
    takes
        Who would take it up, shape (n,); None where nobody is asked.
    reached
        Whose file was done, shape (n,); None where review is no work.
    reasons
        Whom each exclusion bars from a clause that he meets, and whom it alone bars, shape (2,
        exclusions, n), of a decree that looks at parts of sentences; else None.
    queue, camps
        Where places can be passed on: those who ask for them by group and rank, as positions in
        `rows`; their groups.
    moved
        Selected for a cut, but selected for release by another decree before the grant.
    """

    occasion: Occasion
    rows: Rows
    met: Mask
    excluded: Mask
    eligible: Mask
    recommended: Mask
    approved: Mask
    clause: Ints
    cut_days: Ints
    freeing: Mask
    released_on: Ints
    kinds: Ints | None = None
    health: NDArray[np.int8] | None = None
    held: Ints = field(default_factory=lambda: NOTHING)
    beyond: Ints = field(default_factory=lambda: NOTHING)
    named: Ints = field(default_factory=lambda: NOTHING)
    selected: Mask = field(default_factory=lambda: NOBODY)
    granted: Mask = field(default_factory=lambda: NOBODY)
    moved: Mask = field(default_factory=lambda: NOBODY)
    declined: Mask = field(default_factory=lambda: NOBODY)
    takes: Mask | None = None
    reached: Mask | None = None
    reasons: Mask | None = None
    queue: Ints = field(default_factory=lambda: NOTHING)
    camps: Ints = field(default_factory=lambda: NOTHING)

    @property
    def accepted(self) -> Mask:
        """Who is selected and does not decline, shape (n,)."""
        return self.selected if self.takes is None else self.selected & ~self.declined

    def of_whom(self, persons: Mask) -> Rows:
        """Rows of some persons, shape (n,)."""
        return self.rows if everybody(persons) else self.rows[persons]


PERSONS = (
    "rows", "met", "excluded", "eligible", "recommended", "approved", "clause", "cut_days",
    "freeing", "released_on", "selected", "granted", "moved", "declined",
)  # fmt: skip
"""What a docket holds person by person, in the last axis."""
ASKED = ("takes", "reached", "reasons", "kinds", "health")
"""The same, of what is not asked of every decree, or not yet."""

TOGETHER = 1 << 16
"""At most so many persons of several occasions are looked at together."""


def batches(dockets: Mapping[int, Docket], numbers: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers of dockets in portions of few persons; one of many stands alone."""
    batch: list[int] = []
    persons = 0
    for number in numbers:
        more = len(dockets[number].rows)
        if batch and persons + more > TOGETHER:
            yield batch
            batch, persons = [], 0
        batch.append(number)
        persons += more
    yield batch


def part_of(docket: Docket, persons: Mask) -> Docket:
    """Return the docket of some of its persons, shape (n,); itself, if it is all of them."""
    if everybody(persons):
        return docket
    part = replace(docket)
    for name in (*PERSONS, *ASKED):
        column = getattr(docket, name)
        if column is not None:
            setattr(part, name, column[..., persons])
    return part


def joined(dockets: Sequence[Docket], names: Collection[str] = PERSONS) -> Docket:
    """Return one docket of the persons of several of decrees with equally many clauses.

    Counts of those held are those of the first.

    Parameters
    ----------
    names
        Of `PERSONS` what is asked for: the docket has nothing else of them.
    """
    whole = replace(dockets[0])
    together: dict[tuple[int, ...], NDArray[np.generic]] = {}  # stages may be one column
    for name in PERSONS:
        if name not in names:
            delattr(whole, name)
    for name in (*names, *ASKED):
        columns = list(map(attrgetter(name), dockets))
        known = columns if name in PERSONS else [one for one in columns if one is not None]
        same = tuple(map(id, known))
        if known and same not in together:
            together[same] = np.concatenate(known, axis=-1)
        setattr(whole, name, together[same] if known else None)
    return whole


def of_all(dockets: Sequence[Docket], name: str, dtype: type[Kind]) -> NDArray[Kind]:
    """Return a column of the persons of all dockets."""
    columns: list[NDArray[Kind]] = list(map(attrgetter(name), dockets))
    return np.concatenate(columns, dtype=dtype)
