"""The waterfall of every decree: who reached which stage, who was lost on the way, and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED
from sim.custody.decrees.docket import Docket, joined
from sim.custody.decrees.groups import Groups
from sim.custody.hazards import NEVER
from sim.custody.register import BY_DEATH, BY_DECREE, BY_EXPIRY, Register
from sim.scenario.law.decree import Decree
from sim.scenario.law.effects import Effect

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


TOGETHER = 1 << 16
"""At most so many persons of several occasions are counted together."""
Counts = dict[tuple[str, str], Ints]
"""Counts by clause and stage, each shape (groups,)."""
K = TypeVar("K")


def waterfalls(
    register: Register,
    groups: Groups,
    dockets: Mapping[int, Docket],
    decrees: Mapping[str, Decree],
    exiled: NDArray[np.bool_],
) -> dict[tuple[str, str, str], Ints]:
    """Add up the occasions of each decree."""
    order = [(docket.occasion.decree, docket) for docket in dockets.values()]
    kinds = [_likeness(decrees[name], docket) for name, docket in order]
    alike: dict[Hashable, list[Docket]] = {}
    for kind, (_, docket) in zip(kinds, order, strict=True):
        alike.setdefault(kind, []).append(docket)
    found: dict[tuple[str, Hashable], Counts] = {}
    for kind, some in alike.items():
        for batch in _batches(some):
            for name, counts in _counted(register, groups, batch, decrees, exiled):
                _add(found.setdefault((name, kind), {}), counts)
    totals: dict[tuple[str, str, str], Ints] = {}
    for kind, (name, docket) in zip(kinds, order, strict=True):
        own = {(DECREE, "held"): docket.held}
        if docket.occasion.until_day is not None:
            own[DECREE, BEYOND] = docket.beyond
        # With the first of the occasions of a decree that are alike stand the counts of all.
        own |= found.pop((name, kind), {})
        for i, exclusion in enumerate(decrees[name].exclude):
            own[DECREE, f"held and named by {exclusion}"] = docket.named[i]
        _add(totals, {(name, *place): counts for place, counts in own.items()})
    return totals


def _add(totals: dict[K, Ints], counts: Mapping[K, Ints]) -> None:
    """Add counts to totals."""
    for key, found in counts.items():
        totals[key] = totals[key] + found if key in totals else found


def _likeness(decree: Decree, docket: Docket) -> Hashable:
    """Return what is equal of occasions that are counted together: the stages that there are."""
    clauses = decree.clauses.values()
    bound = [tuple(name not in one.despite for name in decree.exclude) for one in clauses]
    effects = [tuple(map(bool, _stages_of(one.then))) for one in clauses]
    asked = docket.takes, docket.reached, docket.reasons, docket.occasion.until_day
    return (
        tuple(bound),
        tuple(map(any, zip(*effects, strict=True))),
        tuple(one is None for one in asked),
    )


def _batches(dockets: Sequence[Docket]) -> Iterator[list[Docket]]:
    """Yield dockets in portions of few persons; one of many stands alone."""
    batch: list[Docket] = []
    persons = 0
    for docket in dockets:
        if batch and persons + len(docket.rows) > TOGETHER:
            yield batch
            batch, persons = [], 0
        batch.append(docket)
        persons += len(docket.rows)
    yield batch


def _counted(
    register: Register,
    groups: Groups,
    dockets: list[Docket],
    decrees: Mapping[str, Decree],
    exiled: NDArray[np.bool_],
) -> Iterator[tuple[str, Counts]]:
    """Count occasions that are alike, for each of their decrees by clause and stage."""
    docket = dockets[0] if len(dockets) == 1 else joined(dockets)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(d.occasion.decree for d in dockets))}
    laws = [decrees[name] for name in numbers]
    sizes = [len(one.rows) for one in dockets]
    law = np.repeat([numbers[one.occasion.decree] for one in dockets], sizes)
    position = np.repeat([one.occasion.position for one in dockets], sizes)
    clauses, exclusions = len(laws[0].clauses), len(laws[0].exclude)
    clause = law * clauses + docket.clause
    stages = {
        **_stages(register, docket, position, exiled, executions=groups.executions),
        **_changed(docket, laws, clause),
    }
    stages |= _beyond_release(register, docket, laws[0], stages["released"])
    by_clause = groups.counts(docket.kinds, list(stages.values()), clause, len(laws) * clauses)
    by_clause = by_clause.reshape(len(stages), len(laws), clauses, -1)
    in_all = by_clause.sum(axis=2)
    masks: list[NDArray[np.bool_]] = []
    for i in range(exclusions):
        given = docket.reasons
        reasons = _reasons(laws[0], docket, i) if given is None else given[:, i]
        masks += [reason & ~docket.eligible for reason in reasons]
    of_all = groups.counts(docket.kinds, [*masks, *docket.met], law, len(laws))
    for n, (name, one) in enumerate(zip(numbers, laws, strict=True)):
        counts = {(DECREE, stage): in_all[s, n] for s, stage in enumerate(stages)}
        for i, exclusion in enumerate(one.exclude):
            counts[DECREE, f"barred by {exclusion}"] = of_all[2 * i, n]
            counts[DECREE, f"barred only by {exclusion}"] = of_all[2 * i + 1, n]
        for i, title in enumerate(one.clauses):
            counts[title, "meets this clause"] = of_all[2 * exclusions + i, n]
            counts |= {(title, stage): by_clause[s, n, i] for s, stage in enumerate(stages)}
        yield name, counts


def _stages_of(effect: Effect) -> tuple[object, ...]:
    """Return the parts of an effect that have stages of their own, if there are any."""
    return (effect.credit, effect.release_point, effect.serve_the_rest, effect.end_the_case,
            effect.abroad, effect.expunge)  # fmt: skip


def _beyond_release(
    register: Register, docket: Docket, decree: Decree, released: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]]:
    """Whose release leads elsewhere than to liberty, or does more."""
    effects, rows = [clause.then for clause in decree.clauses.values()], docket.rows
    found = {}
    if any(effect.serve_the_rest for effect in effects):
        found["sent home"] = released & register.home[rows]
    if any(effect.end_the_case for effect in effects):
        found["case ended"] = released & register.ended[rows]
    if any(effect.abroad for effect in effects):
        found["sent abroad"] = released & register.abroad(rows)
    if any(effect.expunge for effect in effects):
        found["struck from the record"] = released & register.struck(rows)
    return found


def _changed(
    docket: Docket, decrees: Sequence[Decree], number: Ints
) -> dict[str, NDArray[np.bool_]]:
    """Whose term or release point is changed without a release, under the clauses that do so.

    Parameters
    ----------
    number
        For each person the number of his clause among those of all the decrees, shape (n,).
    """
    effects = [clause.then for decree in decrees for clause in decree.clauses.values()]
    kept = docket.granted & ~docket.freeing
    shorter = np.array([effect.commute is not None for effect in effects])
    moved = np.array([effect.release_point is not None for effect in effects])
    credit = np.array([effect.credit is not None for effect in effects])
    fewer = kept & (docket.cut_days > 0)
    found = {"reduced": (fewer & ~credit[number]) | (kept & shorter[number])}
    if credit.any():
        found["credited"] = fewer & credit[number]
    if moved.any():
        found["release point moved"] = kept & moved[number]
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
    register: Register,
    docket: Docket,
    position: Ints,
    exiled: NDArray[np.bool_],
    *,
    executions: bool,
) -> dict[str, NDArray[np.bool_]]:
    """Who reached each stage, and who was lost while waiting.

    Parameters
    ----------
    position
        For each person the position of the decree, shape (n,).
    """
    rows = docket.rows
    cause, left = register.cause[rows], register.left[rows]
    mine = cause == BY_DECREE + position
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
