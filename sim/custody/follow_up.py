"""What became of those released: who returned, who died at liberty, and how long after.

Releases are followed by the calendar month in which they happened and by whole months since each
person's own release. A month counts only for those whom the days simulated follow through all of
it, so that who stops being followed depends on the calendar alone.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED
from sim.custody.ends import BY_DECREE, BY_EXPIRY
from sim.custody.flows import acquitted_rows, executed_rows, on_days
from sim.custody.hazards import NEVER
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.scenario.lengths import whole_days

Ints = NDArray[np.int64]
FOLLOW_UP_MONTHS = 60
"""Months for which a release is followed at most."""
RELEASES = ("expiry", "decree")
FATES = ("at risk", "returned", "died")


def next_spells(register: Register) -> tuple[Rows, Rows]:
    """Rows of those who come back, and of the same persons' next spells."""
    none = np.zeros(0, dtype=np.intp)
    pairs = [(none, none), *register.followed]
    rows, following = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return rows, following


def dying_free(register: Register) -> Rows:
    """Rows of those who die at liberty after their release."""
    return np.flatnonzero(register.died_free < NEVER)


def follow_up(
    prisons: Prisons, register: Register, leavings: Ints, nexts: tuple[Rows, Rows], dead: Rows
) -> dict[str, Ints]:
    """Count by kind of release what became of those released.

    Parameters
    ----------
    leavings
        By cause and day, shape (causes, days): how long somebody is followed depends on his day
        alone.
    nexts
        Rows of those who come back, and of their next spells.
    dead
        Rows of those who die at liberty.

    Returns
    -------
    dict
        For releases by ``expiry`` and by ``decree``: ``at risk after K`` at the start of a month
        and followed through it, ``returned after K`` and ``died after K`` in it, shape (calendar
        months from the world's first, `FOLLOW_UP_MONTHS`). Month m, from 0, has the days after
        release from length(m months) + 1 to length(m + 1 months).
    """
    r, days = register, prisons.days
    month_of, last, months = _calendar(prisons.scenario.world.start, days)
    shape = (len(RELEASES), int(months[-1]) + 1, FOLLOW_UP_MONTHS + 1)
    # The place of a release is that of its kind, its calendar month, and 0 months since.
    of_kind, of_day = shape[1] * shape[2], months * shape[2]

    def count(place: Ints, how_many: Ints | None = None) -> Ints:
        counts = np.bincount(place, how_many, minlength=len(RELEASES) * of_kind)
        return np.asarray(counts.reshape(shape)).astype(np.int64)

    # Everybody as if nothing happened to him, by day; then those to whom something did, by person.
    some = np.flatnonzero(last > 0)
    whole = leavings[(BY_EXPIRY, BY_DECREE), :]
    if len(rows := acquitted_rows(r)):  # theirs is no release from a sentence
        whole[0] -= np.bincount(r.left[rows], minlength=days)[:days]
    if prisons.scenario.world.executions is not None:
        whole[0] -= on_days(r.left[executed_rows(r)], days)
    of_days = whole[:, some].ravel()
    until = of_day[some] + last[some] - 1
    at_risk = count(np.concatenate((until, until + of_kind)), of_days)
    back = nexts[0]
    rows = np.concatenate((back, dead))
    # Of many rows `take` picks in two thirds of the time of an index, but for columns that are one
    # value, which it writes out.
    when = np.concatenate((r.admitted.take(nexts[1]), r.died_free[dead]))
    left = r.left.take(rows).astype(np.int64)
    month, end = month_of.take(when - left, mode="clip"), last.take(left)
    seen = (month < end) & (r.kind[rows] != EXTINGUISHED)
    if r.has_trials:
        seen &= (r.cause[rows] != BY_EXPIRY) | ~r.acquitted(rows)
    release = of_day.take(left) + of_kind * (r.cause.take(rows) >= BY_DECREE)
    chosen = np.flatnonzero(seen)
    split = int(np.count_nonzero(seen[: len(back)]))
    release, month, end = (column.take(chosen) for column in (release, month, end))
    month += release
    returned, died = count(month[:split]), count(month[split:])
    at_risk += returned + died - count(release + end - 1)
    at_risk = np.cumsum(at_risk[..., ::-1], axis=-1)[..., ::-1]
    return {
        f"{fate} after {kind}": np.ascontiguousarray(counts[k, :, :FOLLOW_UP_MONTHS])
        for fate, counts in zip(FATES, (at_risk, returned, died), strict=True)
        for k, kind in enumerate(RELEASES)
    }


@lru_cache(maxsize=8)
def _calendar(start: date, days: int) -> tuple[Ints, Ints, Ints]:
    """Months that have passed since a release, by days since it, shape (days + 1,).

    Then, by the day of a release, shape (days,) each: whole months for which it is followed, and
    its calendar month, 0 for the first.
    """
    ends = np.array([whole_days(m, "month") for m in range(FOLLOW_UP_MONTHS + 1)])
    clock = np.arange(days + 1)
    month_of = np.searchsorted(ends, clock, side="left") - 1
    last = (np.searchsorted(ends, clock, side="right") - 1)[days - 1 - clock[:days]]
    months = (np.datetime64(start, "D") + clock[:days]).astype("datetime64[M]")
    return month_of, last, (months - months[:1]).astype(np.int64)
