"""Those outside: who dies at liberty, who comes back into custody, and when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.exponentials import exponential, pinned_log_tables
from sim.custody.hazards import NEVER
from sim.custody.outside import factor_kind
from sim.custody.prisons import Prisons
from sim.custody.streams import PAST_RELEASES, Draws, Stream

Ints = NDArray[np.int64]


class Leavers(NamedTuple):
    """The columns of a register (`sim.custody.register`) that decide what follows a release."""

    left: NDArray[np.int32]
    health: NDArray[np.int8]
    born: NDArray[np.int32]
    tolerance: Ints
    rate: Ints
    base: NDArray[np.int32]
    person: Ints
    spell: NDArray[np.int16]
    line: NDArray[np.uint64]

    def tolerance_left(self, rows: Ints) -> Ints:
        """Return the tolerances that are left on the day of release."""
        inside = self.left[rows].astype(np.int64) - self.base[rows]
        return np.asarray(self.tolerance[rows] - self.rate[rows] * inside)

    def ages(self, rows: Ints) -> Ints:
        """Return ages on the day of release, in days."""
        return np.asarray(self.left[rows].astype(np.int64) - self.born[rows])


class Fates(NamedTuple):
    """What becomes of rows listed: those who die at liberty, and those who come back.

    Attributes
    ----------
    dead, died
        Places in the list, and days of death, beyond the horizon if need be.
    back, when, rest
        Places in the list, days of return within the horizon, and the tolerance left then.
    """

    dead: Ints
    died: Ints
    back: Ints
    when: Ints
    rest: Ints


def fates(prisons: Prisons, draws: Draws, leavers: Leavers, rows: Ints, kinds: Ints) -> Fates:
    """Find who dies at liberty before the horizon, and who returns before he dies.

    Parameters
    ----------
    rows
        Rows of those who left alive, shape (n,).
    kinds
        Kinds of their releases (`sim.custody.outside.factor_kind`), shape (n,).
    """
    liberty, returning, days = prisons.steady.liberty, prisons.steady.returning, prisons.days
    if kernel.compiled is not None:
        hazards = (liberty.pinned, None if returning is None else returning.pinned)
        key = draws.key_words(Stream.RETURN)
        found = kernel.compiled.fates(leavers, rows, kinds, days, key, hazards, pinned_log_tables())
        if found is not None:
            return Fates(*found)
    left = leavers.left[rows].astype(np.int64)
    health, age = leavers.health[rows].astype(np.int64), leavers.ages(rows)
    back = np.full(len(rows), NEVER, dtype=np.int64)
    if returning is not None:
        words = draws.at(
            Stream.RETURN, leavers.person[rows],
            spell=leavers.spell[rows].astype(np.int64), line=leavers.line[rows],
        )  # fmt: skip
        lasts = exponential(words)
        # The day is sought only of those who come back before the end.
        some = np.flatnonzero(lasts <= returning.used(kinds, days - 1 - left))
        free = np.zeros(len(some), dtype=np.int64)
        back[some] = left[some] + returning.days_until(lasts[some], kinds[some], free)
    tolerance, outside = leavers.tolerance_left(rows), np.minimum(back, days - 1) - left
    used = liberty.used(health, age + outside) - liberty.used(health, age)
    dies = used >= tolerance
    dead, home = np.flatnonzero(dies), np.flatnonzero(~dies & (back < days))
    died = left[dead] + liberty.days_until(tolerance[dead], health[dead], age[dead])
    return Fates(dead, died, home, back[home], tolerance[home] - used[home])


def past_fates(prisons: Prisons, draws: Draws, n: int) -> tuple[Ints, Ints, Ints]:
    """Find who of n persons released before the start comes back within the horizon.

    Returns
    -------
    tuple
        Their numbers, from 0; how many days before the start they were released; their days of
        return.
    """
    returning, days, window = prisons.steady.returning, prisons.days, prisons.past_window_days
    kind = factor_kind(supervision=False, job=False, education=False)
    if returning is None:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    if kernel.compiled is not None:
        keys = draws.key_words(Stream.RELEASED_AGO), draws.key_words(Stream.RETURN)
        who, ago, back = kernel.compiled.past_fates(
            n, PAST_RELEASES, window, days, kind, keys, returning.pinned, pinned_log_tables()
        )
        return who, ago, back
    half = np.uint64(32)
    ago = (draws.column(Stream.RELEASED_AGO, PAST_RELEASES, n) >> half).astype(np.int64)
    ago = 1 + (ago * window >> 32)
    tolerance = exponential(draws.column(Stream.RETURN, PAST_RELEASES, n))
    # The day is sought only of those who come back within the horizon.
    reach = returning.used(np.full(n, kind), ago + days - 1)
    some = np.flatnonzero(tolerance <= reach)
    free = np.zeros(len(some), dtype=np.int64)
    back = returning.days_until(tolerance[some], np.full(len(some), kind), free) - ago[some]
    inside = (back >= 0) & (back < days)
    return some[inside], ago[some[inside]], back[inside]
