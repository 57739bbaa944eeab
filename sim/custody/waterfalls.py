"""The waterfall of every decree: who reached which stage, who was lost on the way, and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED
from sim.custody.decrees.docket import Docket, batches, joined
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
Place = tuple[str, str, str]
"""A decree, a clause and a stage."""
Counts = tuple[Sequence[Place], Ints]
"""Places, and the counts of each, shape (places, groups)."""


def waterfalls(
    register: Register,
    groups: Groups,
    dockets: Mapping[int, Docket],
    decrees: Mapping[str, Decree],
    exiled: NDArray[np.bool_],
) -> dict[Place, Ints]:
    """Add up the occasions of each decree."""
    order = [(docket.occasion.decree, docket) for docket in dockets.values()]
    kinds = [_likeness(decrees[name], docket) for name, docket in order]
    alike: dict[Hashable, list[Docket]] = {}
    for kind, (_, docket) in zip(kinds, order, strict=True):
        alike.setdefault(kind, []).append(docket)
    found: dict[tuple[str, Hashable], Counts] = {}
    for kind, some in alike.items():
        for batch in batches(some):
            for name, places, counts in _counted(register, groups, batch, decrees, exiled):
                before = found.get((name, kind))
                found[name, kind] = places, counts if before is None else before[1] + counts
    totals: dict[Place, Ints] = {}
    for kind, (name, docket) in zip(kinds, order, strict=True):
        own: dict[Place, Ints] = {(name, DECREE, "held"): docket.held}
        if docket.occasion.until_day is not None:
            own[name, DECREE, BEYOND] = docket.beyond
        # With the first of the occasions of a decree that are alike stand the counts of all.
        if (name, kind) in found:
            own.update(zip(*found.pop((name, kind)), strict=True))
        for i, exclusion in enumerate(decrees[name].exclude):
            own[name, DECREE, f"held and named by {exclusion}"] = docket.named[i]
        if next(iter(own)) in totals:
            own = {key: totals[key] + new if key in totals else new for key, new in own.items()}
        totals |= own
    return totals


def _likeness(decree: Decree, docket: Docket) -> Hashable:
    """Return what is equal of occasions that are counted together: the stages that there are."""
    clauses = decree.clauses.values()
    bound = [[name not in one.despite for name in decree.exclude] for one in clauses]
    beyond = [[part is not None and part is not False for part in _stages_of(one.then)]
              for one in clauses]  # fmt: skip
    asked = docket.takes, docket.reached, docket.reasons, docket.occasion.until_day
    return (
        tuple(map(tuple, bound)),
        tuple(map(any, zip(*beyond, strict=True))),
        tuple([one is None for one in asked]),
    )


def _counted(
    register: Register,
    groups: Groups,
    dockets: list[Docket],
    decrees: Mapping[str, Decree],
    exiled: NDArray[np.bool_],
) -> Iterator[tuple[str, Sequence[Place], Ints]]:
    """Count occasions that are alike, for each of their decrees by clause and stage."""
    docket = dockets[0] if len(dockets) == 1 else joined(dockets)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(d.occasion.decree for d in dockets))}
    laws = [decrees[name] for name in numbers]
    sizes = [len(one.rows) for one in dockets]
    law = np.repeat([numbers[one.occasion.decree] for one in dockets], sizes)
    position = np.repeat([one.occasion.position for one in dockets], sizes)
    clauses, exclusions = len(laws[0].clauses), len(laws[0].exclude)
    clause = law * clauses + docket.clause
    changed = _changed(docket, laws, clause)
    reduced = changed.pop("reduced")
    stages = _stages(register, docket, position, exiled, reduced, executions=groups.executions)
    stages |= changed
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
    # Of all decrees at once, in the order of the places that follow: shape (places, laws, groups).
    parts = [in_all, of_all[: 2 * exclusions]]
    for i in range(clauses):
        parts += [of_all[2 * exclusions + i : 2 * exclusions + i + 1], by_clause[:, :, i]]
    counts = np.concatenate(parts).swapaxes(0, 1)
    names = tuple(stages)
    for name, one, own in zip(numbers, laws, counts, strict=True):
        yield name, _places(name, tuple(one.exclude), tuple(one.clauses), names), own


@lru_cache(maxsize=1024)
def _places(
    name: str, exclusions: tuple[str, ...], clauses: tuple[str, ...], stages: tuple[str, ...]
) -> tuple[Place, ...]:
    """Return the places of one decree, which are the same in all replications."""
    places = [(name, DECREE, stage) for stage in stages]
    for bar in exclusions:
        places += [(name, DECREE, f"barred by {bar}"), (name, DECREE, f"barred only by {bar}")]
    for title in clauses:
        places += [(name, title, stage) for stage in ("meets this clause", *stages)]
    return tuple(places)


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
    reduced: NDArray[np.bool_],
    *,
    executions: bool,
) -> dict[str, NDArray[np.bool_]]:
    """Who reached each stage, and who was lost while waiting.

    Parameters
    ----------
    position
        For each person the position of the decree, shape (n,).
    exiled, reduced
        Of all rows who has been exiled; of those here whose term is cut and who stay, shape (n,).
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
        "reduced": reduced,
        "exiled": released & exiled[rows],
        **of_reach,
        "expired waiting": waiting & gone & expired,
        "died waiting": waiting & gone & (cause == BY_DEATH),
        "moved while waiting": docket.moved,
        "still waiting": waiting & ~gone,
        **own,
    }
