"""What a clause would do to each person: days cut, and the planned day of leaving."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import either
from sim.custody.decrees.bench import Bench
from sim.custody.decrees.divided import Divided
from sim.custody.hazards import NEVER
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.scenario.law.amounts import WHOLES, DecreeAmount, Limited, Part, Per
from sim.scenario.law.clauses import Clause
from sim.scenario.law.decree import Decree
from sim.scenario.law.effects import Commute, Effect
from sim.scenario.lengths import WITHOUT_TERM, complete_units
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def outcomes(
    bench: Bench,
    clauses: list[Clause],
    occasion: Occasion,
    released_on: Ints,
    parts: Divided | None = None,
) -> tuple[Ints, Ints, Mask]:
    """Under each clause: planned day of leaving, days cut, who is freed; shape (clauses, n).

    Parameters
    ----------
    released_on
        Day on which each would go if released, shape (n,).
    parts
        What of each sentence the clauses fall on; None where they fall on all of it.
    """
    n = len(bench.rows)
    leaving = np.array([released_on] * len(clauses))
    cuts = np.zeros((len(clauses), n), dtype=np.int64)
    frees = np.empty((len(clauses), n), dtype=np.bool_)
    frees.fill(True)  # in half the time of `numpy.ones`, where few are
    for i, clause in enumerate(clauses):
        if parts is not None:
            bench.pardonable = parts.days[i]
        if clause.then.lets_out:
            if parts is not None and (divide := parts.most_days[i] < NEVER).any():
                cuts[i, divide] = parts.most_days[i, divide]
                due = due_under(bench.register, bench.rows, clause.then, cuts[i])
                frees[i] = ~divide | used_up(bench.register, bench.rows, due, occasion)
                leaving[i] = np.where(frees[i], leaving[i], due)
            continue
        if (amounts := clause.then.amounts) is not None:
            cuts[i] = cut_by(bench, amounts) * ~bench.endless
        if parts is not None and clause.then.reduce is not None:
            cuts[i] = np.minimum(cuts[i], parts.most_days[i])
        if clause.then.credit is not None:  # no day is credited twice
            before = bench.register.credited_by(bench.rows, occasion.position)
            cuts[i] = np.maximum(cuts[i] - before, 0)
        due = due_under(bench.register, bench.rows, clause.then, cuts[i])
        frees[i] = used_up(bench.register, bench.rows, due, occasion)
        leaving[i] = either(frees[i], leaving[i], due)
    return leaving, cuts, frees


def due_under(register: Register, rows: Rows, effect: Effect, cut_days: Ints) -> Ints:
    """Day of ordinary release of each row if an effect were applied, shape (n,)."""
    if effect.divisible:  # of a release: where parts of the sentence are left
        return register.due_after_cut(rows, cut_days)
    if effect.credit is not None:
        return register.due[rows] - cut_days
    due = register.due[rows].astype(np.int64)
    if effect.commute is not None:
        changed = commuted(register, rows, effect.commute)
        due[changed] = register.due_commuted(rows[changed], effect.commute.to.value)
    if effect.release_point is not None:
        points = register.points.moved(register.point[rows], effect.release_point)
        moved = register.due_after(rows, register.term(rows), points)
        due = np.where(register.endless(rows), due, moved)
    return due


def commuted(register: Register, rows: Rows, commute: Commute) -> Mask:
    """Say whose sentence is one that a commutation replaces."""
    return np.asarray(register.imposed[rows] == WITHOUT_TERM[commute.source])


def used_up(register: Register, rows: Rows, due: Ints, occasion: Occasion) -> Mask:
    """Say for whom a changed day of ordinary release is not later than the grant."""
    # The day of an execution that nobody orders yet is no day of ordinary release.
    sooner = register.endless(rows) | (due < register.due[rows])
    return np.asarray(sooner & (due <= occasion.grant_day))


def apply(register: Register, rows: Rows, effect: Effect, cut_days: Ints, by: Occasion) -> None:
    """Make an effect that leaves something to serve take effect on the day of the grant."""
    if effect.divisible:
        some = cut_days > 0
        register.cut(rows[some], cut_days[some], by.grant_day, by.position)
    elif effect.credit is not None:
        some = cut_days > 0
        register.credit(rows[some], cut_days[some], by.position)
    elif effect.commute is not None:
        register.commute(rows, effect.commute.to.value, by.grant_day, by.position)
    elif effect.release_point is not None:
        register.move(rows, effect.release_point)


def meets(bench: Bench, clause: Clause) -> Mask:
    """Who meets a clause: his conditions, with a sentence to which its effect can be given."""
    met = bench.meets(clause.when)
    if bench.register.has_trials:
        met &= bench.pending == clause.then.end_the_case
    if clause.then.commute is not None:
        return np.asarray(met & commuted(bench.register, bench.rows, clause.then.commute))
    match given_to(clause.then):
        case "terms":
            return met & ~bench.endless
        case "nobody held":
            return np.zeros(len(met), dtype=np.bool_)
    return met


def given_to(effect: Effect) -> Literal["pending", "all", "terms", "without a term", "nobody held"]:
    """To which sentences an effect is given: cuts to those with a term, commutations to none.

    A case is ended that is pending, whatever sentence is expected; all else is given to those whose
    sentence is final.
    """
    if effect.end_the_case:
        return "pending"
    if effect.commute is not None:
        return "without a term"
    if effect.release_point is not None and "those held" not in effect.release_point.reach:
        return "nobody held"
    return "all" if effect.release else "terms"


def named(bench: Bench, decree: Decree, clause: Clause) -> Mask:
    """Who meets the conditions of a clause and no exclusion that binds it."""
    met = bench.meets(clause.when)
    for name, exclusion in decree.exclude.items():
        if name not in clause.despite:
            met &= ~bench.meets(exclusion.when)
    return met


def cut_by(bench: Bench, reduce: Limited) -> Ints:
    """Days that a reduction or a credit gives: within its limits, down to its ceiling."""
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
    whole = np.maximum(_whole(bench, part), 0)
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


def _whole(bench: Bench, part: Part) -> Ints:
    if part.of == "pardonable parts" and bench.pardonable is not None:
        return np.where(bench.endless, 0, bench.pardonable)
    if part.of in ("sentence", "pardonable parts"):
        return bench.sentence * ~bench.endless
    if part.first is not None or part.last is not None:
        return _served_within(bench, part)
    if part.of not in WHOLES:
        return bench.flag(part.of)
    lengths = {"term": bench.term, "served": bench.served, "remaining": bench.remaining,
               "until due": bench.until_due, "remand": bench.remand}  # fmt: skip
    return lengths[part.of]


def _served_within(bench: Bench, part: Part) -> Ints:
    """Days served between two days, both included; the day of reading is not served yet."""
    first = bench.register.admitted[bench.rows].astype(np.int64)
    if part.first is not None:
        first = np.maximum(first, bench.day_of(part.first))
    last: Ints | int = bench.threshold_day
    if part.last is not None:
        last = np.minimum(last, bench.day_of(part.last) + 1)
    return np.asarray(last - first)
