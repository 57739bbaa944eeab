"""The waterfall of every decree: who reached which stage, who was lost on the way, and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.groups import Groups
from sim.custody.hazards import NEVER
from sim.custody.register import BY_DEATH, BY_DECREE, BY_EXPIRY, Register
from sim.scenario.law.decree import Decree

Ints = NDArray[np.int64]
STAGES = (
    "held", "meets a clause", "barred", "eligible", "applied", "recommended", "listed", "approved",
    "selected", "granted", "released", "reduced", "exiled", "expired waiting", "died waiting",
    "moved while waiting", "still waiting", "declined", "not reached", "beyond its reach",
    "extinguished",
)  # fmt: skip
BEYOND, UNBEGUN = "beyond its reach", "extinguished"
"""Stages of decrees with a reach: held for an offence after it; a sentence that never began."""
DECREE = "(decree)"
"""Stands for a decree as a whole where clauses are listed."""


def waterfalls(
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
        counts = {(DECREE, "held"): docket.held}
        if docket.occasion.until_day is not None:
            counts[DECREE, BEYOND] = docket.beyond
        counts |= _counted(register, groups, docket, decrees[name], exiled)
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
    dying = groups.executions
    stages = {**_stages(register, docket, exiled, executions=dying), **_changed(decree, docket)}
    if any(clause.then.serve_the_rest for clause in decree.clauses.values()):
        stages["sent home"] = stages["released"] & register.home[docket.rows]
    if any(clause.then.end_the_case for clause in decree.clauses.values()):
        stages["case ended"] = stages["released"] & register.ended[docket.rows]
    if any(clause.then.abroad for clause in decree.clauses.values()):
        stages["sent abroad"] = stages["released"] & register.abroad(docket.rows)
    if any(clause.then.expunge for clause in decree.clauses.values()):
        stages["struck from the record"] = stages["released"] & register.struck(docket.rows)
    clauses = list(decree.clauses)
    by_clause = groups.counts(docket.kinds, list(stages.values()), docket.clause, len(clauses))
    counts = {
        (DECREE, stage): each.sum(axis=0) for stage, each in zip(stages, by_clause, strict=True)
    }
    masks = {}
    for i, exclusion in enumerate(decree.exclude):
        found = docket.reasons
        any_reason, only = _reasons(decree, docket, i) if found is None else found[:, i]
        masks[f"barred by {exclusion}"] = any_reason & ~docket.eligible
        masks[f"barred only by {exclusion}"] = only & ~docket.eligible
    everybody = np.zeros_like(docket.clause)
    of_all = groups.counts(docket.kinds, [*masks.values(), *docket.met], everybody, 1)[:, 0]
    counts |= {(DECREE, stage): of_all[i] for i, stage in enumerate(masks)}
    for i, clause in enumerate(clauses):
        counts[clause, "meets this clause"] = of_all[len(masks) + i]
        counts |= {(clause, stage): each[i] for stage, each in zip(stages, by_clause, strict=True)}
    for i, exclusion in enumerate(decree.exclude):
        counts[DECREE, f"held and named by {exclusion}"] = docket.named[i]
    return counts


def _changed(decree: Decree, docket: Docket) -> dict[str, NDArray[np.bool_]]:
    """Whose term or release point is changed without a release, under the clauses that do so."""
    effects = [clause.then for clause in decree.clauses.values()]
    kept = docket.granted & ~docket.freeing
    shorter = np.array([effect.commute is not None for effect in effects])
    moved = np.array([effect.release_point is not None for effect in effects])
    credit = np.array([effect.credit is not None for effect in effects])
    fewer = kept & (docket.cut_days > 0)
    found = {"reduced": (fewer & ~credit[docket.clause]) | (kept & shorter[docket.clause])}
    if credit.any():
        found["credited"] = fewer & credit[docket.clause]
    if moved.any():
        found["release point moved"] = kept & moved[docket.clause]
    return found


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
    register: Register, docket: Docket, exiled: NDArray[np.bool_], *, executions: bool
) -> dict[str, NDArray[np.bool_]]:
    """Who reached each stage, and who was lost while waiting."""
    rows = docket.rows
    cause, left = register.cause[rows], register.left[rows]
    mine = cause == BY_DECREE + docket.occasion.position
    released = docket.granted & docket.freeing & mine
    granted_free = docket.granted & docket.freeing
    waiting = docket.selected & ~docket.declined & ~docket.granted & ~docket.moved
    waiting |= granted_free & ~released
    unbegun = released & (register.kind[rows] == EXTINGUISHED)
    gone = left < NEVER
    own = {} if docket.takes is None else {"declined": docket.declined}
    if docket.reached is not None:
        own["not reached"] = docket.eligible & ~docket.reached
    expired = cause == BY_EXPIRY
    if executions:
        killed = register.executed(rows)
        own["executed waiting"] = waiting & gone & killed
        expired &= ~killed
    of_reach = {} if docket.occasion.until_day is None else {UNBEGUN: unbegun}
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
        "released": released & ~unbegun,
        "exiled": released & exiled[rows],
        **of_reach,
        "expired waiting": waiting & gone & expired,
        "died waiting": waiting & gone & (cause == BY_DEATH),
        "moved while waiting": docket.moved,
        "still waiting": waiting & ~gone,
        **own,
    }
