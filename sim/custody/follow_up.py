"""What became of those released: who returned, who died at liberty, and how long after.

Releases are followed by the calendar month in which they happened and by whole months since each
person's own release. A month counts only for those whom the days simulated follow through all of
it, so that who stops being followed depends on the calendar alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.people import EXTINGUISHED
from sim.custody.prisons import Prisons
from sim.custody.register import BY_DEATH, BY_DECREE, Register, Rows
from sim.scenario.lengths import whole_days

Ints = NDArray[np.int64]
FOLLOW_UP_MONTHS = 60
"""Months for which a release is followed at most."""
RELEASES = ("expiry", "decree")
FATES = ("at risk", "returned", "died")
_SPELL_BITS = 16


def next_spells(register: Register) -> Rows:
    """Row of the same person's next spell, -1 where there is none, shape (spells,)."""
    found = np.full(len(register), -1, dtype=np.intp)
    if not register.spell.any():
        return found  # nobody came back
    person, spell = register.person, register.spell.astype(np.int64)
    arrested = register.line != 0
    rows = np.flatnonzero(~arrested)
    if len(rows) == len(register):
        key = (person << _SPELL_BITS) + spell
    else:
        key = (person[rows] << _SPELL_BITS) + spell[rows]
    order = np.argsort(key, kind="stable")
    follows = np.flatnonzero(np.diff(key[order]) == 1)
    found[rows[order[follows]]] = rows[order[follows + 1]]
    rows = np.flatnonzero(arrested)
    rows = rows[np.lexsort((spell[rows], person[rows], register.line[rows]))]
    same = (np.diff(register.line[rows]) == 0) & (np.diff(person[rows]) == 0)
    follows = np.flatnonzero(same & (np.diff(spell[rows]) == 1))
    found[rows[follows]] = rows[follows + 1]
    return found


def follow_up(prisons: Prisons, register: Register, next_rows: Rows) -> dict[str, Ints]:
    """Count by kind of release what became of those released.

    Returns
    -------
    dict
        For releases by ``expiry`` and by ``decree``: ``at risk after K`` at the start of a month
        and followed through it, ``returned after K`` and ``died after K`` in it, shape (calendar
        months from the world's first, `FOLLOW_UP_MONTHS`). Month m, from 0, has the days after
        release from length(m months) + 1 to length(m + 1 months).
    """
    r, days = register, prisons.days
    rows = np.flatnonzero((r.left < days) & (r.cause != BY_DEATH) & (r.kind != EXTINGUISHED))
    left = r.left[rows].astype(np.int64)
    nexts = next_rows[rows]
    back = np.where(nexts >= 0, r.admitted[nexts], NEVER)
    died = r.died_free[rows]
    wait = np.minimum(np.minimum(back, died) - left, days)
    ends = np.array([whole_days(m, "month") for m in range(FOLLOW_UP_MONTHS + 1)])
    clock = np.arange(days + 1)
    month = (np.searchsorted(ends, clock, side="left") - 1)[wait]
    followed = (np.searchsorted(ends, clock, side="right") - 1)[days - 1 - left]
    cohort = calendar_months(prisons)[left]
    cohorts = int(calendar_months(prisons)[-1]) + 1
    place = ((r.cause[rows] >= BY_DECREE) * cohorts + cohort) * (FOLLOW_UP_MONTHS + 1)
    size = len(RELEASES) * cohorts * (FOLLOW_UP_MONTHS + 1)

    def by_month(chosen: NDArray[np.bool_], which: Ints) -> Ints:
        counts = np.bincount((place + which)[chosen], minlength=size)
        return counts.reshape(len(RELEASES), cohorts, FOLLOW_UP_MONTHS + 1).astype(np.int64)

    seen = month < followed
    last = by_month(followed > 0, np.minimum(month, followed - 1))
    at_risk = np.cumsum(last[..., ::-1], axis=-1)[..., ::-1]
    returned = by_month(seen & (back < died), month)
    dead = by_month(seen & (died < back), month)
    return {
        f"{fate} after {kind}": np.ascontiguousarray(counts[k, :, :FOLLOW_UP_MONTHS])
        for fate, counts in zip(FATES, (at_risk, returned, dead), strict=True)
        for k, kind in enumerate(RELEASES)
    }


def calendar_months(prisons: Prisons) -> Ints:
    """Calendar month of each day, 0 for that of the world's start, shape (days,)."""
    first = np.datetime64(prisons.scenario.world.start, "D")
    months = (first + np.arange(prisons.days)).astype("datetime64[M]")
    return np.asarray((months - months[:1]).astype(np.int64))
