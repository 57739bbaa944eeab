"""What a run leaves behind: counts by day, and the waterfall of every decree.

Everything is a sum over spells, so the order of rows does not matter. Nothing is averaged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees import Docket, group_names
from sim.custody.hazards import NEVER
from sim.custody.law import places
from sim.custody.people import ARREST, FIRST, RETURN, Prisons
from sim.custody.register import BY_DEATH, BY_DECREE, BY_EXPIRY, Register
from sim.custody.sentencing import LIFE
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
STAGES = (
    "held", "meets a clause", "barred", "eligible", "applied", "recommended", "listed", "approved",
    "selected", "granted", "released", "reduced", "exiled", "expired waiting", "died waiting",
    "moved while waiting", "still waiting",
)  # fmt: skip
DECREE = "(decree)"
"""Stands for a decree as a whole where clauses are listed."""


@dataclass(frozen=True)
class Record:
    """One cell: series by day, and waterfalls.

    Attributes
    ----------
    series
        Counts by name, shape (days,): ``stock`` at the end of the day, flows on the day.
    stock_by_camp
        Stock at the end of the day by camp, shape (days, camps).
    exiled_to
        Exiled on the day by place, shape (days, places).
    waterfalls
        Counts by (decree, clause, stage), shape (groups,); the clause ``(decree)`` stands for
        the whole. Stages ``barred by X`` and ``barred only by X`` name exclusions.
    groups, camps, places
        Names of the groups, camps and places counted.
    """

    series: Mapping[str, Ints]
    stock_by_camp: Ints
    exiled_to: Ints
    waterfalls: Mapping[tuple[str, str, str], Ints]
    groups: tuple[str, ...]
    camps: tuple[str, ...]
    places: tuple[str, ...]


def record(
    prisons: Prisons,
    register: Register,
    dockets: Mapping[int, Docket],
    occasions: tuple[Occasion, ...],
    decrees: Mapping[str, object],
    *,
    stock_by_camp: Ints | None = None,
) -> Record:
    """Count a finished register.

    Parameters
    ----------
    stock_by_camp
        Heads counted day by day, if the census was taken so; otherwise the stock follows from
        admissions and leavings.
    """
    days = prisons.days
    r = register
    camps = len(prisons.scenario.world.camps)

    def on(day: NDArray[np.integer], weights: NDArray[np.integer] | None = None) -> Ints:
        inside = (day >= 0) & (day < days)
        chosen = None if weights is None else weights[inside]
        counted = np.bincount(day[inside], chosen, minlength=days)
        return np.asarray(counted).astype(np.int64)

    if stock_by_camp is None:
        stock_by_camp = _stock_by_camp(register, days, camps)
    gone = r.left < NEVER
    dead, expired = gone & (r.cause == BY_DEATH), gone & (r.cause == BY_EXPIRY)
    freed = gone & (r.cause >= BY_DECREE)
    arrested = r.line != 0
    end = np.minimum(np.minimum(r.due, r.dies), days).astype(np.int64)
    fixed = freed & (r.imposed < LIFE)
    left = np.where(gone, r.left, 0).astype(np.int64)
    exiled = freed & r.exiled & ~r.exiled_before
    series = {
        "stock": stock_by_camp.sum(axis=1),
        "first admissions": on(r.admitted[r.kind == FIRST]),
        "returns": on(r.admitted[r.kind == RETURN]),
        "drive arrests": on(r.admitted[r.kind == ARREST]),
        "returns of the freed": on(r.admitted[(r.kind == RETURN) & (r.freed_by >= 0)]),
        "expiries": on(r.left[expired]),
        "releases by decree": on(r.left[freed]),
        "deaths in custody": on(r.left[dead]),
        "deaths in custody of the arrested": on(r.left[dead & arrested]),
        "deaths at liberty": on(r.died_free[~arrested]),
        "newly eligible": on(r.eligible_on),
        "reductions by decree": _reductions(register, days),
        "exiled": on(r.left[exiled]),
        "days remitted": on(r.left[fixed], (r.due - left)[fixed]),
        "days averted": on(r.left[freed], (end - left)[freed]),
    }
    names = places(prisons)
    exiled_to = np.zeros((days, len(names)), dtype=np.int64)
    np.add.at(exiled_to, (r.left[exiled], r.residence[exiled]), 1)
    return Record(
        series, stock_by_camp, exiled_to, _waterfalls(register, dockets, decrees, exiled),
        group_names(prisons), tuple(prisons.scenario.world.camps), names,
    )  # fmt: skip


def _stock_by_camp(register: Register, days: int, camps: int) -> Ints:
    """Held at the end of each day: admitted by then and not yet left."""
    start = np.maximum(register.admitted, 0).astype(np.int64)
    end = np.minimum(register.left, days).astype(np.int64)
    camp = register.camp.astype(np.int64)
    size = (days + 1) * camps
    inside = start < days
    change = np.bincount((start * camps + camp)[inside], minlength=size)
    change -= np.bincount((end * camps + camp)[inside], minlength=size)
    return np.asarray(np.cumsum(change.reshape(days + 1, camps), axis=0)[:days])


def heads_by_camp(register: Register, day: int, camps: int) -> Ints:
    """Count heads at the end of a day, once the register is up to date."""
    rows = register.held(day)
    return np.bincount(register.camp[rows], minlength=camps).astype(np.int64)


def _reductions(register: Register, days: int) -> Ints:
    counts = np.zeros(days, dtype=np.int64)
    for day, _, rows in register.cuts:
        counts[day] += len(rows)
    return counts


def _waterfalls(
    register: Register,
    dockets: Mapping[int, Docket],
    decrees: Mapping[str, object],
    exiled: NDArray[np.bool_],
) -> dict[tuple[str, str, str], Ints]:
    """Add up the occasions of each decree."""
    totals: dict[tuple[str, str, str], Ints] = {}

    def add(key: tuple[str, str, str], counts: Ints) -> None:
        totals[key] = totals.get(key, 0) + counts.astype(np.int64)

    for docket in dockets.values():
        name = docket.occasion.decree
        decree = decrees[name]
        add((name, DECREE, "held"), docket.held)
        stages = _stages(register, docket, exiled)
        for stage, mask in stages.items():
            add((name, DECREE, stage), docket.groups[:, mask].sum(axis=1))
        for i, exclusion in enumerate(getattr(decree, "exclude", {})):
            any_reason = docket.excluded[i] & ~docket.eligible
            only = any_reason & (docket.excluded.sum(axis=0) == 1)
            add((name, DECREE, f"held and named by {exclusion}"), docket.named[i])
            add((name, DECREE, f"barred by {exclusion}"), docket.groups[:, any_reason].sum(axis=1))
            add((name, DECREE, f"barred only by {exclusion}"), docket.groups[:, only].sum(axis=1))
        for i, clause in enumerate(getattr(decree, "clauses", {})):
            add((name, clause, "meets this clause"), docket.groups[:, docket.met[i]].sum(axis=1))
            for stage, mask in stages.items():
                booked = mask & (docket.clause == i)
                add((name, clause, stage), docket.groups[:, booked].sum(axis=1))
    return totals


def _stages(
    register: Register, docket: Docket, exiled: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]]:
    """Who reached each stage, and who was lost while waiting."""
    rows = docket.rows
    cause, left = register.cause[rows], register.left[rows]
    mine = cause == BY_DECREE + docket.occasion.position
    released = docket.granted & docket.freeing & mine
    granted_free = docket.granted & docket.freeing
    waiting = (docket.selected & ~docket.granted & ~docket.moved) | (granted_free & ~released)
    gone = left < NEVER
    return {
        "meets a clause": np.ones(len(rows), dtype=np.bool_),
        "barred": ~docket.eligible,
        "eligible": docket.eligible,
        "applied": docket.eligible,
        "recommended": docket.recommended,
        "listed": docket.recommended,
        "approved": docket.approved,
        "selected": docket.selected,
        "granted": docket.granted,
        "released": released,
        "reduced": docket.granted & ~docket.freeing,
        "exiled": released & exiled[rows],
        "expired waiting": waiting & gone & (cause == BY_EXPIRY),
        "died waiting": waiting & gone & (cause == BY_DEATH),
        "moved while waiting": docket.moved,
        "still waiting": waiting & ~gone,
    }
