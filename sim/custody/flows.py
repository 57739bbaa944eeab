"""Counts by day: admissions, leavings, stock, and what decrees remit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.people import ARREST, EXTINGUISHED, FIRST, RETURN
from sim.custody.prisons import Prisons
from sim.custody.register import BY_DEATH, BY_DECREE, BY_EXPIRY, Register, Rows
from sim.custody.sentencing import LIFE
from sim.scenario.lengths import whole_days

Ints = NDArray[np.int64]
KINDS, CAUSES = 3, 3
VIOLENT = "violent"
"""The tag by which the offences of a world are known as violent."""


def flows(prisons: Prisons, register: Register, next_rows: Rows, exiled: Rows) -> dict[str, Ints]:
    """Count what happens on each day.

    Parameters
    ----------
    next_rows
        Row of the same person's next spell, -1 for none, shape (spells,).
    exiled
        Rows of those freed and sent elsewhere.

    Returns
    -------
    dict
        Counts by name, shape (days,).
    """
    days = prisons.days
    return {
        **_admissions(register, days),
        **_leavings(register, days),
        "deaths at liberty": _on(register.died_free[register.line == 0], days),
        "newly eligible": _on(register.eligible_on, days),
        "reductions by decree": _reductions(register, days),
        "exiled": _on(register.left[exiled], days),
        **_depth(prisons, register),
        **_remitted(register, next_rows, days),
    }


def stock_by_camp(register: Register, days: int, camps: int) -> Ints:
    """Held at the end of each day: admitted by then and not yet left, shape (days, camps)."""
    start = np.maximum(register.admitted, 0).astype(np.int64)
    end = np.minimum(register.left, days).astype(np.int64)
    camp = register.camp.astype(np.int64)
    size = (days + 1) * camps
    inside = start < days
    change = np.bincount((start * camps + camp)[inside], minlength=size)
    change -= np.bincount((end * camps + camp)[inside], minlength=size)
    return np.asarray(np.cumsum(change.reshape(days + 1, camps), axis=0)[:days])


def _on(day: NDArray[np.integer], days: int, weights: NDArray[np.integer] | None = None) -> Ints:
    """Count events, or add up weights, by day, shape (days,)."""
    inside = (day >= 0) & (day < days)
    chosen = None if weights is None else weights[inside]
    counted = np.bincount(day[inside], chosen, minlength=days)
    return np.asarray(counted).astype(np.int64)


def _between(start: NDArray[np.integer], end: NDArray[np.integer], days: int) -> Ints:
    """Count at the end of each day who is from his start day to the day before his end."""
    last = np.minimum(end, days).astype(np.int64)
    first = np.maximum(start, 0).astype(np.int64)
    some = first < last
    change = np.bincount(first[some], minlength=days + 1)
    change -= np.bincount(last[some], minlength=days + 1)
    return np.asarray(np.cumsum(change)[:days]).astype(np.int64)


def _admissions(register: Register, days: int) -> dict[str, Ints]:
    """Count admissions by day and kind."""
    r = register
    came = np.flatnonzero((r.admitted >= 0) & (r.admitted < days) & (r.kind != EXTINGUISHED))
    admitted = np.bincount(
        r.admitted[came].astype(np.int64) * KINDS + r.kind[came], minlength=days * KINDS
    ).reshape(days, KINDS)
    again = came[(r.kind[came] == RETURN) & (r.freed_by[came] >= 0)]
    return {
        "first admissions": admitted[:, FIRST],
        "returns": admitted[:, RETURN],
        "drive arrests": admitted[:, ARREST],
        "returns of the freed": _on(r.admitted[again], days),
    }


def _leavings(register: Register, days: int) -> dict[str, Ints]:
    """Count leavings by day and cause, and the days that those who leave have served."""
    r = register
    gone = np.flatnonzero((r.left < days) & (r.kind != EXTINGUISHED))
    cause = np.minimum(r.cause[gone], BY_DECREE).astype(np.int64)
    left = r.left[gone].astype(np.int64)
    size = days * CAUSES
    number = left * CAUSES + cause
    leavings = np.bincount(number, minlength=size).reshape(days, CAUSES)
    # Sums of whole days stay far below 2**53, so the floats of a weighted count are exact.
    served = np.bincount(number, left - r.admitted[gone], minlength=size).astype(np.int64)
    served = served.reshape(days, CAUSES)
    arrested = np.flatnonzero(r.line != 0)
    return {
        "expiries": leavings[:, BY_EXPIRY],
        "releases by decree": leavings[:, BY_DECREE],
        "deaths in custody": leavings[:, BY_DEATH],
        "deaths in custody of the arrested": _on(
            r.left[arrested[r.cause[arrested] == BY_DEATH]], days
        ),
        "days served until expiry": served[:, BY_EXPIRY],
        "days served until release by decree": served[:, BY_DECREE],
        "days served until death": served[:, BY_DEATH],
    }


def _depth(prisons: Prisons, register: Register) -> dict[str, Ints]:
    """Count who is freed by decree, and how much of the term that remits."""
    r, days = register, prisons.days
    spared = spared_rows(register, days)
    averted = np.minimum(np.minimum(r.due[spared], r.dies[spared]), days) - r.left[spared]
    freed = freed_rows(register, days)
    left, due = r.left[freed].astype(np.int64), r.due[freed].astype(np.int64)
    fixed = r.imposed[freed] < LIFE
    offences = prisons.scenario.world.offences.values()
    violent = np.array([VIOLENT in offence.tags for offence in offences])[r.offence[freed]]
    return {
        "releases from fixed terms": _on(left[fixed], days),
        "days remitted": _on(left[fixed], days, (due - left)[fixed]),
        "days averted": _on(r.left[spared], days, averted.astype(np.int64)),
        "freed with under a year left": _on(left[fixed & (due - left < whole_days(1, "year"))],
                                            days),
        "freed in ill health": _on(left[r.health[freed] > 0], days),
        "freed for violent offences": _on(left[violent], days),
    }  # fmt: skip


def _remitted(register: Register, next_rows: Rows, days: int) -> dict[str, Ints]:
    """Count who would still be held: after a release, after a cut; and who returns meanwhile."""
    r = register
    freed = spared_rows(register, days)
    would_leave = np.minimum(r.due[freed], r.dies[freed])
    cut = np.flatnonzero(r.pardon_days > 0)
    uncut = np.minimum(r.due[cut] + r.pardon_days[cut], r.dies[cut])
    back = np.full(len(freed), NEVER, dtype=np.int64)
    again = next_rows[freed] >= 0
    back[again] = r.admitted[next_rows[freed][again]]
    return {
        "freed who would still be held": _between(r.left[freed], would_leave, days),
        "terms cut that would still run": _between(r.due[cut], uncut, days),
        "returns in remitted time": _on(back[back < would_leave], days),
    }


def spared_rows(register: Register, days: int) -> Rows:
    """Rows of those whom a decree spared custody: those released, and those who never came."""
    return np.asarray(np.flatnonzero((register.cause >= BY_DECREE) & (register.left < days)))


def freed_rows(register: Register, days: int) -> Rows:
    """Rows of those released by decree within the days simulated."""
    rows = spared_rows(register, days)
    return np.asarray(rows[register.kind[rows] != EXTINGUISHED])


def extinguished(register: Register, days: int) -> dict[str, Ints]:
    """Count by day the sentences wiped out before they began, and the days of the fixed ones."""
    r = register
    rows = spared_rows(register, days)
    rows = rows[r.kind[rows] == EXTINGUISHED]
    fixed = rows[r.imposed[rows] < LIFE]
    return {
        "sentences extinguished": _on(r.left[rows], days),
        "days extinguished": _on(r.left[fixed], days, (r.due - r.left)[fixed].astype(np.int64)),
    }


def _reductions(register: Register, days: int) -> Ints:
    counts = np.zeros(days, dtype=np.int64)
    for day, _, rows in register.cuts:
        counts[day] += len(rows)
    return counts
