"""Counts by day: admissions, leavings, stock, and what decrees remit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.columns import ARREST, EXTINGUISHED, FIRST, RETURN
from sim.custody.ends import BY_DEATH, BY_DECREE, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sentencing import DEATH as OF_DEATH
from sim.custody.spells import Rows
from sim.custody.writing import stands

Ints = NDArray[np.int64]
Counts = NDArray[np.int32]
"""Numbers of spells: of all together there are fewer than 32 bits can tell."""
KINDS, CAUSES = 4, 4
"""Kinds of admission; causes of leaving. The last of both is a sentence that never began."""
UNBEGUN = CAUSES - 1
SPAN = 1 << 18
"""Rows counted at a time, so that what lies between is small."""


@dataclass(frozen=True)
class Movements:
    """Who comes and who goes, counted once for everything that is told of it.

    Attributes
    ----------
    came
        Admissions by kind, camp and day, shape (kinds, camps, days + 1); first those before the
        start.
    went
        Leavings by cause, camp and day, shape (causes, camps, days); one cause stands for all
        decrees.
    served
        Days served by those who leave, by cause and day, shape (causes, days).
    """

    came: Counts
    went: Counts
    served: Ints

    @staticmethod
    def of(register: Register, days: int, camps: int) -> Movements:
        """Count a finished register."""
        r, size = register, (KINDS, CAUSES, EXTINGUISHED)
        if kernel.compiled is not None:
            columns = (r.camp, r.kind, r.admitted, r.left, r.cause)
            found = kernel.compiled.movements(columns, days, camps, size)
            if found is not None:
                came, went, served = found
                return Movements(came[..., : days + 1], went[..., :days], served[:, :days])
        came = np.zeros(KINDS * (days + 2) * camps, dtype=np.int32)
        went = np.zeros(CAUSES * (days + 1) * camps, dtype=np.int32)
        served = np.zeros(CAUSES * (days + 1), dtype=np.int64)
        for start in range(0, len(register), SPAN):
            rows = slice(start, start + SPAN)
            kind, camp = r.kind[rows].astype(np.int64), r.camp[rows]
            day = np.clip(r.admitted[rows], -1, days) + 1
            came += np.bincount((kind * camps + camp) * (days + 2) + day, minlength=len(came))
            cause = np.clip(r.cause[rows], 0, BY_DECREE).astype(np.int64)
            cause[kind == EXTINGUISHED] = UNBEGUN
            end = np.minimum(r.left[rows], days)
            went += np.bincount((cause * camps + camp) * (days + 1) + end, minlength=len(went))
            # Sums of whole days stay far below 2**53, so the floats of a weighted count are exact.
            stay = r.left[rows] - r.admitted[rows]
            code = cause * (days + 1) + end
            served += np.bincount(code, stay, minlength=len(served)).astype(np.int64)
        return Movements(
            came.reshape(KINDS, camps, days + 2)[..., : days + 1],
            went.reshape(CAUSES, camps, days + 1)[..., :days],
            served.reshape(CAUSES, days + 1)[:, :days],
        )

    @cached_property
    def leavings(self) -> Ints:
        """Leavings by cause and day, shape (causes, days)."""
        return np.asarray(self.went.sum(axis=1, dtype=np.int32)).astype(np.int64)

    def stock_by_camp(self) -> Ints:
        """Held at the end of each day: admitted by then and not yet left, shape (days, camps)."""
        came = self.came.sum(axis=0, dtype=self.came.dtype)
        came[:, 1:] -= self.went.sum(axis=0, dtype=self.went.dtype)
        return np.ascontiguousarray(np.cumsum(came, axis=1, dtype=came.dtype)[:, 1:].T, np.int64)


def flows(
    prisons: Prisons,
    register: Register,
    movements: Movements,
    dead: Rows,
    exiled: Rows,
) -> dict[str, Ints]:
    """Count what happens on each day.

    Parameters
    ----------
    dead
        Rows of those who die at liberty.
    exiled
        Rows of those freed and sent elsewhere.

    Returns
    -------
    dict
        Counts by name, shape (days,).
    """
    days = prisons.days
    seen = np.flatnonzero(register.eligible_on < days)
    return {
        **_admissions(register, movements, days),
        **_leavings(register, movements, days, dying=prisons.scenario.world.executions is not None),
        "deaths at liberty": on_days(register.died_free[dead[register.line[dead] == 0]], days),
        "newly eligible": on_days(register.eligible_on[seen], days),
        "reductions by decree": _reductions(register, days),
        "exiled": on_days(register.left[exiled], days),
    }


def on_days(
    day: NDArray[np.integer], days: int, weights: NDArray[np.integer] | None = None
) -> Ints:
    """Count events, or add up weights, by day, shape (days,)."""
    if len(day) and not (day.min() >= 0 and day.max() < days):
        inside = (day >= 0) & (day < days)
        day, weights = day[inside], None if weights is None else weights[inside]
    return np.asarray(np.bincount(day, weights, minlength=days)).astype(np.int64)


def between(start: NDArray[np.integer], end: NDArray[np.integer], days: int) -> Ints:
    """Count at the end of each day who is from his start day to the day before his end."""
    last = np.minimum(end, days).astype(np.int64)
    first = np.maximum(start, 0).astype(np.int64)
    if not (some := first < last).all():
        first, last = first[some], last[some]
    change = np.bincount(first, minlength=days + 1)
    change -= np.bincount(last, minlength=days + 1)
    return np.asarray(np.cumsum(change)[:days]).astype(np.int64)


def _admissions(register: Register, movements: Movements, days: int) -> dict[str, Ints]:
    """Count admissions by day and kind."""
    admitted = movements.came[..., 1:].sum(axis=1, dtype=np.int32).astype(np.int64)
    again = np.flatnonzero(register.freed_by >= 0)
    again = again[register.kind[again] == RETURN]
    return {
        "first admissions": admitted[FIRST],
        "returns": admitted[RETURN],
        "drive arrests": admitted[ARREST],
        "returns of the freed": on_days(register.admitted[again], days),
    }


def _leavings(
    register: Register, movements: Movements, days: int, *, dying: bool
) -> dict[str, Ints]:
    """Count leavings by day and cause, and the days that those who leave have served."""
    leavings, served = movements.leavings, movements.served
    of_trials = before_judgment(register, days) if register.has_trials else {}
    of_death = executions(register, days) if dying else {}
    others = of_trials.get("acquittals", 0) + of_death.get("executions", 0)
    until = of_trials.get("days served until acquittal", 0)
    until = until + of_death.get("days served until execution", 0)
    brought = not stands(register.line) or register.line[:1].any()
    arrested = np.flatnonzero(register.line > 0) if brought else np.zeros(0, dtype=np.intp)
    arrested = arrested[register.cause[arrested] == BY_DEATH]
    return {
        "expiries": leavings[BY_EXPIRY] - others,
        "releases by decree": leavings[BY_DECREE],
        "deaths in custody": leavings[BY_DEATH],
        "deaths in custody of the arrested": on_days(register.left[arrested], days),
        "days served until expiry": served[BY_EXPIRY] - until,
        "days served until release by decree": served[BY_DECREE],
        "days served until death": served[BY_DEATH],
        **of_trials,
        **of_death,
    }


def executed_rows(register: Register) -> Rows:
    """Rows of those who were executed."""
    rows = np.flatnonzero(register.cause == BY_EXPIRY)
    return np.asarray(rows[register.executed(rows)])


def executions(register: Register, days: int) -> dict[str, Ints]:
    """Count executions by day and, at its end, who is under sentence of death."""
    r, rows = register, executed_rows(register)
    rows = rows[r.left[rows] < days]
    stay = (r.left[rows] - r.admitted[rows]).astype(np.int64)
    spared = [(rows, np.full(len(rows), day)) for rows, day in r.spared_death]
    still = np.flatnonzero((r.imposed == OF_DEATH) & (r.final < NEVER))
    under = np.concatenate([still, *(rows for rows, _ in spared)])
    until = np.concatenate([r.left[still], *(day for _, day in spared)])
    since = np.maximum(r.admitted[under], r.judged[under])
    return {
        "executions": on_days(r.left[rows], days),
        "days served until execution": on_days(r.left[rows], days, stay),
        "under sentence of death": between(since, until, days),
    }


def acquitted_rows(register: Register) -> Rows:
    """Rows of those who left on the day of judgment, acquitted."""
    if not register.has_trials:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero((register.cause == BY_EXPIRY) & (register.final >= NEVER))


def before_judgment(register: Register, days: int) -> dict[str, Ints]:
    """Count by day acquittals and, at its end, who awaits trial and whose sentence is not final."""
    r, rows = register, acquitted_rows(register)
    rows = rows[r.left[rows] < days]
    stay = (r.left[rows] - r.admitted[rows]).astype(np.int64)
    judged, final = np.minimum(r.judged, r.left), np.minimum(r.final, r.left)
    return {
        "acquittals": on_days(r.left[rows], days),
        "days served until acquittal": on_days(r.left[rows], days, stay),
        "awaiting trial": between(r.admitted, judged, days),
        "appealing": between(judged, final, days),
    }


def _reductions(register: Register, days: int) -> Ints:
    counts = np.zeros(days, dtype=np.int64)
    for day, _, rows in register.cuts:
        counts[day] += len(rows)
    return counts
