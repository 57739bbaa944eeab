"""What a run leaves behind: counts by day, and the waterfall of every decree.

Everything is a sum over spells, so the order of rows does not matter. Nothing is averaged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees import Docket, Groups
from sim.custody.hazards import NEVER
from sim.custody.law import places
from sim.custody.people import ARREST, FIRST, RETURN, Prisons
from sim.custody.register import BY_DEATH, BY_DECREE, BY_EXPIRY, Register
from sim.custody.sentencing import LIFE
from sim.scenario.decree import Decree

Ints = NDArray[np.int64]
STAGES = (
    "held", "meets a clause", "barred", "eligible", "applied", "recommended", "listed", "approved",
    "selected", "granted", "released", "reduced", "exiled", "expired waiting", "died waiting",
    "moved while waiting", "still waiting",
)  # fmt: skip
DECREE = "(decree)"
"""Stands for a decree as a whole where clauses are listed."""
KINDS, CAUSES = 3, 3


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
    curves
        Counts by name that are not by calendar day, of any shape.
    waterfalls
        Counts by (decree, clause, stage), shape (groups,); the clause ``(decree)`` stands for
        the whole. Stages ``barred by X`` and ``barred only by X`` name exclusions.
    groups, camps, places
        Names of the groups, camps and places counted.
    """

    series: Mapping[str, Ints]
    stock_by_camp: Ints
    exiled_to: Ints
    curves: Mapping[str, Ints]
    waterfalls: Mapping[tuple[str, str, str], Ints]
    groups: tuple[str, ...]
    camps: tuple[str, ...]
    places: tuple[str, ...]


def record(
    prisons: Prisons,
    register: Register,
    dockets: Mapping[int, Docket],
    decrees: Mapping[str, Decree],
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
    if stock_by_camp is None:
        camps = len(prisons.scenario.world.camps)
        stock_by_camp = _stock_by_camp(register, prisons.days, camps)
    sent = register.exiled & ~register.exiled_before & (register.cause >= BY_DECREE)
    series = {
        "stock": stock_by_camp.sum(axis=1),
        **_admissions(register, prisons.days),
        **_leavings(register, prisons.days),
        "deaths at liberty": _on(register.died_free[register.line == 0], prisons.days),
        "newly eligible": _on(register.eligible_on, prisons.days),
        "reductions by decree": _reductions(register, prisons.days),
        "exiled": _on(register.left[sent], prisons.days),
    }
    exiled = np.flatnonzero(sent)
    names, groups = places(prisons), Groups(prisons)
    exiled_to = np.zeros((prisons.days, len(names)), dtype=np.int64)
    np.add.at(exiled_to, (register.left[exiled], register.residence[exiled]), 1)
    return Record(
        series, stock_by_camp, exiled_to, {}, _waterfalls(register, groups, dockets, decrees, sent),
        groups.names, tuple(prisons.scenario.world.camps), names,
    )  # fmt: skip


def _on(day: NDArray[np.integer], days: int, weights: NDArray[np.integer] | None = None) -> Ints:
    """Count events, or add up weights, by day, shape (days,)."""
    inside = (day >= 0) & (day < days)
    chosen = None if weights is None else weights[inside]
    counted = np.bincount(day[inside], chosen, minlength=days)
    return np.asarray(counted).astype(np.int64)


def _admissions(register: Register, days: int) -> dict[str, Ints]:
    """Count admissions by day and kind."""
    r = register
    came = np.flatnonzero((r.admitted >= 0) & (r.admitted < days))
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
    """Count leavings by day and cause, and what releases by decree remit."""
    r = register
    gone = np.flatnonzero(r.left < days)
    cause = np.minimum(r.cause[gone], BY_DECREE).astype(np.int64)
    leavings = np.bincount(
        r.left[gone].astype(np.int64) * CAUSES + cause, minlength=days * CAUSES
    ).reshape(days, CAUSES)
    freed = gone[cause == BY_DECREE]
    arrested = np.flatnonzero(r.line != 0)
    left = r.left[freed].astype(np.int64)
    fixed = r.imposed[freed] < LIFE
    end = np.minimum(np.minimum(r.due[freed], r.dies[freed]), days).astype(np.int64)
    return {
        "expiries": leavings[:, BY_EXPIRY],
        "releases by decree": leavings[:, BY_DECREE],
        "deaths in custody": leavings[:, BY_DEATH],
        "deaths in custody of the arrested": _on(
            r.left[arrested[r.cause[arrested] == BY_DEATH]], days
        ),
        "releases from fixed terms": _on(left[fixed], days),
        "days remitted": _on(left[fixed], days, (r.due[freed] - left)[fixed]),
        "days averted": _on(left, days, end - left),
    }


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
    groups: Groups,
    dockets: Mapping[int, Docket],
    decrees: Mapping[str, Decree],
    exiled: NDArray[np.bool_],
) -> dict[tuple[str, str, str], Ints]:
    """Add up the occasions of each decree."""
    totals: dict[tuple[str, str, str], Ints] = {}
    for docket in dockets.values():
        name = docket.occasion.decree
        counts = {
            (DECREE, "held"): docket.held,
            **_counted(register, groups, docket, decrees[name], exiled),
        }
        for (clause, stage), found in counts.items():
            key = (name, clause, stage)
            totals[key] = totals.get(key, 0) + found.astype(np.int64)
    return totals


def _counted(
    register: Register,
    groups: Groups,
    docket: Docket,
    decree: Decree,
    exiled: NDArray[np.bool_],
) -> dict[tuple[str, str], Ints]:
    """Count one occasion by clause and stage."""
    stages = _stages(register, docket, exiled)
    masks = {(DECREE, stage): mask for stage, mask in stages.items()}
    for i, exclusion in enumerate(decree.exclude):
        any_reason, only = _reasons(decree, docket, i)
        any_reason, only = any_reason & ~docket.eligible, only & ~docket.eligible
        masks[DECREE, f"barred by {exclusion}"] = any_reason
        masks[DECREE, f"barred only by {exclusion}"] = only
    for i, clause in enumerate(decree.clauses):
        masks[clause, "meets this clause"] = docket.met[i]
        booked = docket.clause == i
        for stage, mask in stages.items():
            masks[clause, stage] = mask & booked
    counts = {key: groups.count(docket.kinds[mask]) for key, mask in masks.items()}
    for i, exclusion in enumerate(decree.exclude):
        counts[DECREE, f"held and named by {exclusion}"] = docket.named[i]
    return counts


def _reasons(
    decree: Decree, docket: Docket, number: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whom one exclusion keeps out of a clause that he meets; whom it alone keeps out."""
    some = np.zeros(len(docket.rows), dtype=np.bool_)
    alone = some.copy()
    names = list(decree.exclude)
    for clause, met in zip(decree.clauses.values(), docket.met, strict=True):
        if names[number] in clause.despite:
            continue
        kept_out = docket.excluded[number] & met
        others = [
            docket.excluded[i]
            for i, name in enumerate(names)
            if i != number and name not in clause.despite
        ]
        some |= kept_out
        alone |= kept_out & ~np.logical_or.reduce([np.zeros_like(met), *others])
    return some, alone


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
        "reduced": docket.granted & ~docket.freeing & (docket.cut_days > 0),
        "exiled": released & exiled[rows],
        "expired waiting": waiting & gone & (cause == BY_EXPIRY),
        "died waiting": waiting & gone & (cause == BY_DEATH),
        "moved while waiting": docket.moved,
        "still waiting": waiting & ~gone,
    }
