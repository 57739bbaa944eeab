"""What a clause would do to each person: days cut, and the planned day of leaving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.hazards import NEVER
from sim.scenario.law.amounts import DecreeAmount, Part, Per, Reduce
from sim.scenario.law.clauses import Clause
from sim.scenario.lengths import complete_units
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def spent(bench: Bench, cut_days: Ints, occasion: Occasion) -> Mask:
    """Whose term a cut uses up by the grant."""
    left = bench.register.due[bench.rows] - cut_days
    return np.asarray((cut_days > 0) & (left <= occasion.grant_day))


def outcomes(
    bench: Bench, clauses: list[Clause], occasion: Occasion, released_on: Ints
) -> tuple[Ints, Ints]:
    """Planned day of leaving and days cut under each clause, shape (clauses, n) both.

    Parameters
    ----------
    released_on
        Day on which each would go if released, shape (n,).
    """
    n = len(bench.rows)
    leaving = np.tile(released_on, (len(clauses), 1))
    cuts = np.zeros((len(clauses), n), dtype=np.int64)
    due = bench.register.due[bench.rows].astype(np.int64)
    for i, clause in enumerate(clauses):
        if clause.then.reduce is not None:
            cuts[i] = np.where(bench.life, 0, cut_by(bench, clause.then.reduce))
            kept = due - cuts[i]
            leaving[i] = np.where(spent(bench, cuts[i], occasion), leaving[i], kept)
    return leaving, cuts


def meets(bench: Bench, clause: Clause) -> Mask:
    """Who meets a clause; a cut in days does not reach a life sentence."""
    met = bench.meets(clause.when)
    return met if clause.then.release else met & ~bench.life


def cut_by(bench: Bench, reduce: Reduce) -> Ints:
    """Days that a reduction takes off each term: within its limits, down to its ceiling."""
    cut = np.zeros(len(bench.rows), dtype=np.int64)
    if reduce.by is not None:
        cut = amount_of(bench, reduce.by, 0)
    if reduce.at_least is not None:
        cut = np.maximum(cut, amount_of(bench, reduce.at_least, 0))
    if reduce.at_most is not None:
        cut = np.minimum(cut, amount_of(bench, reduce.at_most, NEVER))
    if reduce.to is not None:
        cut = np.maximum(cut, bench.term - amount_of(bench, reduce.to, NEVER))
    return cut


def amount_of(bench: Bench, amount: DecreeAmount, unnamed: int) -> Ints:
    """Days of an amount by the first row that names each; `unnamed` for whom no row names."""
    if amount.one is not None:
        return days_of(bench, amount.one.value)
    row = bench.first_row([when for when, _ in amount.rows])
    days = np.full(len(bench.rows), unnamed, dtype=np.int64)
    for number, (_, one) in enumerate(amount.rows):
        days = np.where(row == number, days_of(bench, one.value), days)
    return days


def days_of(bench: Bench, part: Part) -> Ints:
    """Days of an amount, never below 0; fractions are rounded down to whole days."""
    if part.of == "days":
        return np.full(len(bench.rows), part.days, dtype=np.int64)
    whole = np.maximum(_whole(bench, part.of), 0)
    if part.per is None:
        return whole * part.fraction.numerator // part.fraction.denominator
    return part.days * periods(whole, part.per)


def periods(days: Ints, per: Per) -> Ints:
    """Complete or started periods within whole days of at least 0."""
    units = complete_units(days, per.unit)
    if per.complete:
        return units // per.number
    # A period is started by a day beyond the end of the one before.
    begun = np.where(days > 0, complete_units(np.maximum(days - 1, 0), per.unit) + 1, 0)
    return -(-begun // per.number)


def _whole(bench: Bench, of: str) -> Ints:
    if of == "sentence":
        return np.where(bench.life, 0, bench.sentence)
    lengths = {"term": bench.term, "served": bench.served, "remaining": bench.remaining,
               "until due": bench.remaining}  # fmt: skip
    return lengths[of]
