"""The register of spells: columns of who is held, since when, and until when.

``due``, the tolerance and a planned release are the only truth about leaving. A spell ends at
the smallest of its keys: a key is four times the day, plus 0 for death, 1 for expiry, 3 for a
release by decree, which is the order within a day; admissions stand between them with 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.people import FIRST, Columns, dies_on
from sim.custody.sentencing import LIFE

Ints = NDArray[np.int64]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

DEATH, EXPIRY, ADMISSION, RELEASE = 0, 1, 2, 3
STAGES = 4
CLOSED = np.iinfo(np.int32).max
BY_DEATH, BY_EXPIRY, BY_DECREE = 0, 1, 2
"""Causes of leaving; a release by the decree at position p has ``BY_DECREE + p``."""

DTYPES: dict[str, type[np.generic]] = {
    "person": np.int64, "line": np.uint64, "spell": np.int16, "kind": np.int8,
    "born": np.int32, "origin": np.int8, "residence": np.int8, "exiled": np.bool_,
    "exiled_before": np.bool_,
    "offence": np.int8, "imposed": np.int32, "health": np.int8, "camp": np.int16,
    "admitted": np.int32, "base": np.int32, "tolerance": np.int64, "rate": np.int64,
    "due": np.int32, "dies": np.int32, "merit_count": np.int16, "merit_days": np.int32,
    "pardon_days": np.int32, "occasion": np.int16, "release": np.int32, "key": np.int32,
    "left": np.int32, "cause": np.int16, "freed_by": np.int16, "died_free": np.int32,
    "eligible_on": np.int32,
}  # fmt: skip
BLANK: dict[str, int] = {
    "pardon_days": 0, "occasion": -1, "release": NEVER, "left": NEVER, "cause": -1,
    "freed_by": -1, "died_free": NEVER, "eligible_on": NEVER, "kind": FIRST,
    "exiled_before": 0,
}  # fmt: skip


class Register:
    """Rows of spells, in no particular order; rows are only ever added.

    Attributes are columns, one entry per row:

    person, line, spell
        Address of the spell (`sim.custody.streams`).
    born, admitted, due, dies, release, left, died_free
        Days; ``dies`` is the day of death if held for ever, ``release`` a planned release by
        decree, ``died_free`` the day of a death at liberty after this spell, else ``NEVER``.
    base, tolerance, rate
        Last day before the hazard of custody counts, the tolerance left then, and its hazard.
    imposed, merit_days, pardon_days, merit_count
        Sentence drawn, days cut by merit and by decrees, number of merit cuts.
    exiled, exiled_before
        Whether the person has been exiled; whether after an earlier spell.
    occasion
        Occasion that has selected the spell for release, -1 if none.
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

    def __init__(self, columns: Columns) -> None:
        for name, dtype in DTYPES.items():
            setattr(self, name, np.empty(0, dtype=dtype))
        self.cuts: list[tuple[int, int, Rows]] = []
        self.add(columns)

    def __len__(self) -> int:
        """Return the number of spells."""
        return len(self.person)

    def copy(self) -> Register:
        """Return an independent register with the same rows."""
        other = Register.__new__(Register)
        other.cuts = list(self.cuts)
        for name in DTYPES:
            setattr(other, name, getattr(self, name).copy())
        return other

    def add(self, columns: Columns) -> Rows:
        """Add rows; columns that say nothing yet are blank. Returns the new rows."""
        n = len(columns["person"])
        first = len(self)
        for name, dtype in DTYPES.items():
            if name in columns:
                new = columns[name].astype(dtype)
            elif name in BLANK:
                new = np.full(n, BLANK[name], dtype=dtype)
            elif name == "dies":
                new = dies_on(*(columns[c].astype(np.int64) for c in ("base", "tolerance", "rate"))
                              ).astype(dtype)  # fmt: skip
            else:
                new = np.full(n, CLOSED, dtype=dtype)  # the key, which follows from the others
            setattr(self, name, np.concatenate((getattr(self, name), new)))
        rows = np.arange(first, first + n)
        self.rekey(rows)
        return rows

    def rekey(self, rows: Rows) -> None:
        """Find anew which end comes first, after a term or a planned release has changed."""
        ends = np.minimum(self.dies[rows] * STAGES + DEATH, self.due[rows] * STAGES + EXPIRY)
        self.key[rows] = np.minimum(ends, self.release[rows] * STAGES + RELEASE)

    def close(self, limit: int) -> Rows:
        """End every spell whose key lies below the limit; returns the rows."""
        rows = np.flatnonzero(self.key < limit)
        stage = self.key[rows] % STAGES
        self.left[rows] = self.key[rows] // STAGES
        self.cause[rows] = np.where(stage == DEATH, BY_DEATH, BY_EXPIRY)
        self.key[rows] = CLOSED
        return rows

    def held(self, day: int) -> Rows:
        """Rows held when decrees act on a day, once the register is up to date."""
        return np.flatnonzero((self.left == NEVER) & (self.admitted <= day))

    def is_life(self, rows: Rows) -> Mask:
        """Say who serves a life sentence."""
        return self.imposed[rows] >= LIFE

    def cut(self, rows: Rows, days: Ints, day: int, decree: int) -> None:
        """Shorten terms by decree."""
        self.due[rows] -= days.astype(np.int32)
        self.pardon_days[rows] += days.astype(np.int32)
        self.cuts.append((day, decree, rows))
        self.rekey(rows)

    def reductions(self, rows: Rows, day: int, decree: int | None = None) -> Ints:
        """Count cuts by decrees (one decree, or all) made before a day, for each row."""
        counts = np.zeros(len(self), dtype=np.int64)
        for when, by, which in self.cuts:
            if when < day and decree in (None, by):
                counts[which] += 1
        return counts[rows]
