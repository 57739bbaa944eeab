"""Who must agree: the officer in charge, then the centre; refused under one clause, the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.effects import outcomes, spent
from sim.custody.decrees.lots import lots
from sim.custody.hazards import NEVER
from sim.custody.streams import Stream
from sim.custody.tables import happens
from sim.scenario.graded import DecreeShare
from sim.scenario.law.clauses import Clause, Review
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def review(
    bench: Bench, decree: Decree, occasion: Occasion, met: Mask, excluded: Mask, kinds: Ints
) -> Docket:
    """Book everybody who meets a clause under the one that he leaves by, if all agree."""
    n = len(bench.rows)
    clauses = list(decree.clauses.values())
    open_to = met & ~np.array([_barred(decree, clause, excluded, n) for clause in clauses])
    eligible = open_to.any(axis=0)
    leaving, cuts = outcomes(bench, clauses, occasion)
    # Open clauses first, the most favourable of them before the others; then those barred.
    tried = leaving + np.where(open_to, 0, np.where(met, NEVER, 2 * NEVER))
    order = np.argsort(tried, axis=0, kind="stable")
    recommended, approved = _answers(bench, decree, occasion, eligible)
    columns = np.arange(n)
    clause = order[0].copy()
    advised, passed = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    for rank in order:
        yes = open_to[rank, columns] & recommended[rank, columns] & ~passed
        clause[yes & ~advised] = rank[yes & ~advised]
        advised |= yes
        agreed = yes & approved[rank, columns]
        clause[agreed] = rank[agreed]
        passed |= agreed
    cut_days = cuts[clause, columns]
    # A cut that will leave nothing is a release, and takes a place where releases are counted.
    freeing = np.array([c.then.release for c in clauses])[clause]
    freeing |= spent(bench, cut_days, occasion)
    return Docket(
        occasion, bench.rows, kinds,
        met, excluded, eligible, advised, passed,
        clause, cut_days, freeing,
    )  # fmt: skip


def _answers(bench: Bench, decree: Decree, occasion: Occasion, eligible: Mask) -> tuple[Mask, Mask]:
    """Recommendation and approval by clause, shape (clauses, n) both; one draw for each."""
    rows = bench.rows[eligible]
    answers = []
    for stream, word in ((Stream.RECOMMENDATION, "recommended"), (Stream.APPROVAL, "approved")):
        yes = np.ones((len(decree.clauses), len(bench.rows)), dtype=np.bool_)
        asked = [_asked(c.review, decree.review, word) for c in decree.clauses.values()]
        if any(share is not None for share in asked):
            words = lots(bench.draws, bench.register, rows, stream, occasion)
            for i, share in enumerate(asked):
                if share is not None:
                    yes[i, eligible] = happens(words, share)
        answers.append(yes)
    return answers[0], answers[1]


def _barred(decree: Decree, clause: Clause, excluded: Mask, n: int) -> Mask:
    """Whom the exclusions bar from a clause; a clause may stand despite some of them."""
    names = list(decree.exclude)
    binding = [excluded[i] for i, name in enumerate(names) if name not in clause.despite]
    return np.asarray(np.logical_or.reduce([np.zeros(n, dtype=np.bool_), *binding]))


def _asked(clause: Review, decree: Review, word: str) -> float | None:
    """Probability of an answer where one is asked for: the clause's own, else the decree's."""
    share: DecreeShare | None = getattr(clause, word) or getattr(decree, word)
    return share.value if share is not None else None
