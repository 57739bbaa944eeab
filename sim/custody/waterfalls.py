"""The waterfall of every decree: who reached which stage, who was lost on the way, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED
from sim.custody.decrees.docket import Docket, of_all
from sim.custody.decrees.groups import Groups
from sim.custody.ends import BY_DEATH, BY_DECREE, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.register import Register
from sim.custody.together import Together
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
Place = tuple[str, str, str]
"""A decree, a clause and a stage."""
Counts = tuple[Sequence[Place], Ints]
"""Places, and the counts of each, shape (places, groups)."""


class Waterfalls:
    """The waterfalls of all decrees, added up from occasions that are counted together."""

    def __init__(
        self,
        register: Register,
        groups: Groups,
        decrees: Mapping[str, Decree],
        exiled: NDArray[np.bool_],
    ) -> None:
        self.register, self.groups, self.decrees, self.exiled = register, groups, decrees, exiled
        self.found: dict[tuple[str, int], Counts] = {}
        """By decree and likeness of its occasions."""
        self.likeness: dict[int, int] = {}

    def count(self, some: Together) -> None:
        """Count some occasions."""
        self.likeness |= dict.fromkeys(some.numbers, some.likeness)
        for name, places, counts in _counted(self.register, self.groups, some, self.exiled):
            before = self.found.get((name, some.likeness))
            counted = counts if before is None else before[1] + counts
            self.found[name, some.likeness] = places, counted

    def totals(self, dockets: Mapping[int, Docket]) -> dict[Place, Ints]:
        """Add up the occasions of each decree, all of which have been counted."""
        totals: dict[Place, Ints] = {}
        for number, docket in dockets.items():
            name = docket.occasion.decree
            held = (name, DECREE, "held")
            own = {} if held in totals else totals  # where the decree has come up, to be added
            own[held] = docket.held
            if docket.occasion.until_day is not None:
                own[name, DECREE, BEYOND] = docket.beyond
            # With the first of the occasions of a decree that are alike stand the counts of all.
            counted = self.found.pop((name, self.likeness[number]), None)
            if counted is not None:
                own.update(zip(*counted, strict=True))
            for i, exclusion in enumerate(self.decrees[name].exclude):
                own[name, DECREE, f"held and named by {exclusion}"] = docket.named[i]
            if own is not totals:
                for place, new in own.items():
                    totals[place] = totals[place] + new if place in totals else new
        return totals


def _counted(
    register: Register, groups: Groups, some: Together, exiled: NDArray[np.bool_]
) -> Iterator[tuple[str, Sequence[Place], Ints]]:
    """Count occasions that are alike, for each of their decrees by clause and stage."""
    docket, kinds, laws = some.docket, some.kinds, list(some.laws.values())
    numbers = {name: number for number, name in enumerate(some.laws)}
    clauses, exclusions = len(laws[0].clauses), len(laws[0].exclude)
    law = some.of_persons([numbers[one.occasion.decree] for one in some.dockets])
    cause = some.of_persons([BY_DECREE + one.occasion.position for one in some.dockets])
    clause = law if clauses == 1 else law * clauses + docket.clause
    changed = _changed(some, laws, clause)
    reduced = changed.pop("reduced")
    stages = _stages(register, docket, cause, exiled, reduced, executions=groups.executions)
    stages |= changed
    stages |= _beyond_release(register, docket, laws[0], stages["released"])
    masks: list[NDArray[np.bool_]] = []
    for i in range(exclusions):
        given = docket.reasons
        reasons = _reasons(laws[0], docket, i) if given is None else given[:, i]
        masks += [reason & ~docket.eligible for reason in reasons]
    # Whoever has a place here meets a clause: of one clause that is everybody.
    masks += [stages["meets a clause"]] if clauses == 1 else [*docket.met]
    if clauses == 1:
        counted = groups.counts(kinds, [*stages.values(), *masks], law, len(laws))
        in_all, of_all = counted[: len(stages)], counted[len(stages) :]
        by_clause = in_all[:, :, np.newaxis]
    else:
        by_clause = groups.counts(kinds, list(stages.values()), clause, len(laws) * clauses)
        by_clause = by_clause.reshape(len(stages), len(laws), clauses, -1)
        in_all, of_all = by_clause.sum(axis=2), groups.counts(kinds, masks, law, len(laws))
    # Of all decrees at once, in the order of the places that follow: shape (places, laws, groups).
    parts = [in_all, of_all[: 2 * exclusions]]
    for i in range(clauses):
        parts += [of_all[2 * exclusions + i : 2 * exclusions + i + 1], by_clause[:, :, i]]
    counts = np.concatenate(parts).swapaxes(0, 1)
    names = tuple(stages)
    for (name, one), own in zip(some.laws.items(), counts, strict=True):
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


def _beyond_release(
    register: Register, docket: Docket, decree: Decree, released: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]]:
    """Whose release leads elsewhere than to liberty, or does more."""
    rows, found = docket.rows, {}
    if "serve_the_rest" in decree.gives:
        found["sent home"] = released & register.home[rows]
    if "end_the_case" in decree.gives:
        found["case ended"] = released & register.ended[rows]
    if "abroad" in decree.gives:
        found["sent abroad"] = released & register.abroad(rows)
    if "expunge" in decree.gives:
        found["struck from the record"] = released & register.struck(rows)
    return found


def _changed(
    some: Together, decrees: Sequence[Decree], number: NDArray[np.integer]
) -> dict[str, NDArray[np.bool_]]:
    """Whose term or release point is changed without a release, under the clauses that do so.

    Parameters
    ----------
    number
        For each person the number of his clause among those of all the decrees, shape (n,).
    """
    kept = some.docket.granted & ~some.docket.freeing
    given = decrees[0].gives  # where one of the decrees credits or moves, all do
    if not kept.any():
        shown = {"credit": "credited", "release_point": "release point moved"}
        names = [name for effect, name in shown.items() if effect in given]
        return dict.fromkeys(["reduced", *names], kept)
    effects = [clause.then for decree in decrees for clause in decree.clauses.values()]
    shorter = np.array([effect.commute is not None for effect in effects])
    moved = np.array([effect.release_point is not None for effect in effects])
    credit = np.array([effect.credit is not None for effect in effects])
    fewer = kept & (of_all(some.dockets, "cut_days", np.int64) > 0)
    found = {"reduced": (fewer & ~credit[number]) | (kept & shorter[number])}
    if "credit" in given:
        found["credited"] = fewer & credit[number]
    if "release_point" in given:
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
    own_cause: NDArray[np.int32],
    exiled: NDArray[np.bool_],
    reduced: NDArray[np.bool_],
    *,
    executions: bool,
) -> dict[str, NDArray[np.bool_]]:
    """Who reached each stage, and who was lost while waiting.

    Parameters
    ----------
    own_cause
        For each person the cause of a release by the decree, shape (n,).
    exiled, reduced
        Of all rows who has been exiled; of those here whose term is cut and who stay, shape (n,).
    """
    rows = docket.rows
    cause = register.cause[rows]
    granted_free = docket.granted & docket.freeing
    released = granted_free & (cause == own_cause)
    waiting = docket.selected & ~docket.granted & ~docket.moved
    if docket.takes is not None:
        waiting &= ~docket.declined
    waiting |= granted_free & ~released
    unbegun = released & (register.kind[rows] == EXTINGUISHED)
    gone = waiting & (register.left[rows] < NEVER) if waiting.any() else waiting
    own = {} if docket.takes is None else {"declined": docket.declined}
    if docket.reached is not None:
        own["not reached"] = docket.eligible & ~docket.reached
    expired = cause == BY_EXPIRY
    if executions:
        killed = register.executed(rows)
        own["executed waiting"] = gone & killed
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
        "expired waiting": gone & expired,
        "died waiting": gone & (cause == BY_DEATH),
        "moved while waiting": docket.moved,
        "still waiting": waiting & ~gone,
        **own,
    }
