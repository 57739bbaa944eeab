"""The columns of spells: who, since when, until when, with which sentence.

A column in which all agree is one value. Columns that never change are shared between registers of
the same people; the others are a register's own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import DTYPES, FIRST, NEVER_HELD, Columns
from sim.custody.course import CHANGES
from sim.custody.hazards import NEVER
from sim.custody.wear import Varying, dies_on
from sim.custody.writing import room_for, standing, stands, with_room, written_on

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
WINDOW = 1 << 20
"""So many rows are worked on together, so that of millions what lies between is small."""
CLOSED = np.iinfo(np.int32).max
"""The key of a spell that has ended, or has not come."""

CHANGING = (
    "residence", "exiled", "due", "merit_count", "merit_days", "pardon_days", "occasion",
    "release", "key", "left", "cause", "died_free", "eligible_on", "kind",
)  # fmt: skip
"""Columns that change after a spell is added; the others may be shared between registers."""
SELDOM = (
    "residence", "exiled", "merit_count", "merit_days", "pardon_days", "died_free", "kind",
    "occasion", "release", "eligible_on",
)  # fmt: skip
"""Those of them that a law may never touch: one value stands for all until something is written."""
BLANK: dict[str, int] = {
    "pardon_days": 0, "occasion": -1, "release": NEVER, "left": NEVER, "cause": -1,
    "freed_by": -1, "died_free": NEVER, "eligible_on": NEVER, "kind": FIRST,
    "exiled_before": 0, "key": CLOSED, "free_since": NEVER_HELD, "point": 0, "revived": 0,
    "credited": 0, "home": 0, "risk": 0, "judged": NEVER_HELD, "final": NEVER_HELD, "ended": 0,
    **dict.fromkeys(CHANGES, NEVER),
}  # fmt: skip


class Ended(NamedTuple):
    """Spells that have ended together.

    Attributes
    ----------
    size
        How many they are.
    alive
        Rows of those who leave alive, by expiry until it is known by which decree.
    freed
        Places among these of those who are released by decree.
    first
        First day on which one of them leaves.
    """

    size: int
    alive: NDArray[np.intp]
    freed: Ints
    first: int


class Spells:
    """Rows of spells, in no particular order; rows are only ever added.

    Attributes are columns, one entry per row:

    person, line, spell
        Address of the spell (`sim.custody.streams`).
    born, admitted, due, dies, release, left, died_free
        Days; ``dies`` is the day of death if held for ever, ``release`` a planned release by
        decree, ``died_free`` the day of a death at liberty after this spell, else ``NEVER``.
    base, tolerance, rate
        Last day before the hazard of custody counts, the tolerance left then, and its hazard, or
        that at factor 1 where it depends on age.
    risk
        Class of the hazard in custody, where it depends on age.
    health, first_change, second_change, third_change
        State of health on admission, and days on which it changes in custody.
    imposed, merit_days, pardon_days, merit_count
        Sentence drawn, days cut by merit and by decrees, number of merit cuts.
    exiled, exiled_before
        Whether the person has been exiled; whether after an earlier spell.
    occasion
        Occasion that has selected the spell for release, -1 if none.
    revived
        Days of an earlier sentence that are served after this one.
    home
        Who serves the rest at home once released by decree.
    credited
        Days that count as served by decree, beside those served.
    judged, final
        Days of judgment and on which the sentence becomes final, which for those acquitted is
        never; long ago where all are sentenced at their admission.
    ended
        Whose case a decree ends, once released by it.
    point
        Code of the release point (`sim.custody.points`); 0 is the whole term.
    kind
        Kind of admission (`sim.custody.people`).
    free_since
        Day of the release before this spell, ``NEVER_HELD`` if there was none.
    freed_by
        Position of the decree that ended the person's spell before this one, -1 if none did.
    """

    person: Ints
    line: NDArray[np.uint64]
    spell: NDArray[np.int16]
    kind: NDArray[np.int8]
    born: NDArray[np.int32]
    origin: NDArray[np.int8]
    residence: NDArray[np.int8]
    exiled: Mask
    exiled_before: Mask
    offence: NDArray[np.int8]
    imposed: NDArray[np.int32]
    health: NDArray[np.int8]
    camp: NDArray[np.int16]
    admitted: NDArray[np.int32]
    base: NDArray[np.int32]
    tolerance: Ints
    rate: Ints
    due: NDArray[np.int32]
    dies: NDArray[np.int32]
    merit_count: NDArray[np.int16]
    merit_days: NDArray[np.int32]
    pardon_days: NDArray[np.int32]
    occasion: NDArray[np.int16]
    release: NDArray[np.int32]
    key: NDArray[np.int32]
    left: NDArray[np.int32]
    cause: NDArray[np.int16]
    freed_by: NDArray[np.int16]
    died_free: NDArray[np.int32]
    eligible_on: NDArray[np.int32]
    point: NDArray[np.int16]
    revived: NDArray[np.int32]
    credited: NDArray[np.int32]
    home: Mask
    judged: NDArray[np.int32]
    final: NDArray[np.int32]
    ended: Mask
    free_since: NDArray[np.int32]
    risk: NDArray[np.int16]
    first_change: NDArray[np.int32]
    second_change: NDArray[np.int32]
    third_change: NDArray[np.int32]

    def __init__(
        self, columns: Columns, *, shared: bool, varying: Varying | None, lent: Columns | None
    ) -> None:
        self.varying = varying
        self._all: Columns = {}
        """Columns with room for more rows, of which those in use are parts."""
        self._shared: set[str] = set(DTYPES)
        self._size = len(columns["person"])
        self._room = room_for(self._size)
        lent = {} if lent is None else lent
        self._lent: set[str] = set(lent)
        """Columns of which the first rows are shared and the room alone is this register's own."""
        self._all.update(lent)
        columns = {**columns, **{name: column[: self._size] for name, column in lent.items()}}
        for name, column in self._complete(columns).items():
            setattr(self, name, column)
            if not shared and (roomy := with_room(column, self._room)) is not None:
                self._all[name] = roomy
                self._shared.discard(name)
            seldom = name in SELDOM and stands(column)
            if name in CHANGING and not seldom:
                if shared or not column.flags.writeable:
                    self.own(name)
                self._shared.discard(name)

    def __len__(self) -> int:
        """Return the number of spells."""
        return self._size

    def _complete(self, columns: Columns) -> Columns:
        """Bring columns to their types and fill in those that say nothing yet."""
        n = len(columns["person"])
        full: Columns = {}
        for name, dtype in DTYPES.items():
            if name in columns:
                full[name] = columns[name].astype(dtype, copy=False)
            elif name == "dies":
                full[name] = dies_on(columns, self.varying).astype(dtype)
            else:
                full[name] = standing(np.asarray(BLANK[name], dtype=dtype), n)
        return full

    def lengthen(self, columns: Columns) -> int:
        """Add rows; columns that say nothing yet are blank. Returns the first of them."""
        first = self._size
        self._size += len(columns["person"])
        if self._size > self._room:
            self._room = room_for(self._size)
            self._all, self._lent = {}, set()
        known = (
            columns if "dies" in columns else {**columns, "dies": dies_on(columns, self.varying)}
        )
        for name in DTYPES:
            value = known[name] if name in known else BLANK[name]
            whole = self._all[name] if name in self._all else getattr(self, name)
            whole = written_on(whole, first, self._size, value, self._room)
            if not stands(whole) and name not in self._lent:
                self._shared.discard(name)
            self._all[name] = whole
            setattr(self, name, whole[: self._size])
        return first

    def _longer(self, name: str, column: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return a column with room for more rows, which is this register's own."""
        self._shared.discard(name)
        self._lent.discard(name)
        longer = np.empty(self._room, dtype=DTYPES[name])
        longer[: len(column)] = column
        return longer

    def own(self, *names: str) -> None:
        """Make columns this register's own before they change, if they are not yet."""
        for name in names:
            if name in self._shared:
                self._all[name] = self._longer(name, getattr(self, name))
                setattr(self, name, self._all[name][: self._size])
