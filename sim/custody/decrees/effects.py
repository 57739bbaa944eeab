"""What a clause would do to each person: days cut, and the planned day of leaving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.scenario.law.clauses import Clause, Part
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def spent(bench: Bench, cut_days: Ints, occasion: Occasion) -> Mask:
    """Whose term a cut uses up by the grant."""
    left = bench.register.due[bench.rows] - cut_days
    return np.asarray((cut_days > 0) & (left <= occasion.grant_day))


def outcomes(bench: Bench, clauses: list[Clause], occasion: Occasion) -> tuple[Ints, Ints]:
    """Planned day of leaving and days cut under each clause, shape (clauses, n) both."""
    n = len(bench.rows)
    leaving = np.full((len(clauses), n), occasion.release_day, dtype=np.int64)
    cuts = np.zeros((len(clauses), n), dtype=np.int64)
    due = bench.register.due[bench.rows].astype(np.int64)
    for i, clause in enumerate(clauses):
        if clause.then != "release":
            reduce = clause.then.reduce
            cut = _amount(bench, reduce.by)
            if reduce.at_most is not None:
                cut = np.minimum(cut, _amount(bench, reduce.at_most))
            cuts[i] = np.where(bench.life, 0, np.maximum(cut, 0))
            kept = due - cuts[i]
            leaving[i] = np.where(spent(bench, cuts[i], occasion), leaving[i], kept)
    return leaving, cuts


def meets(bench: Bench, clause: Clause) -> Mask:
    """Who meets a clause; a cut in days does not reach a life sentence."""
    met = bench.meets(clause.when)
    return met if clause.then == "release" else met & ~bench.life


def _amount(bench: Bench, part: Part) -> Ints:
    """Days of an amount; fractions are rounded down to whole days."""
    n = len(bench.rows)
    if part.of == "days":
        return np.full(n, part.days, dtype=np.int64)
    whole = {"sentence": bench.sentence, "term": bench.term, "remaining": bench.remaining}[part.of]
    return whole * part.fraction.numerator // part.fraction.denominator
