"""Whom the law names: predicates evaluated over the columns of those held.

Thresholds that lie on a later day project served and remaining time from the term known when
lists close; everything else is read at the close. A life sentence is longer than any number of
days; its term, remaining time and served share have no meaning, and such a leaf is false, negated
or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody import people
from sim.custody.hazards import NEVER
from sim.custody.prisons import Prisons
from sim.custody.register import Register, Rows
from sim.custody.sentencing import LIFE
from sim.custody.streams import Draws
from sim.scenario.law.predicate import (
    AgeIs,
    CountIs,
    Either,
    Every,
    LengthIs,
    OneOf,
    Predicate,
    ShareIs,
    Tagged,
)

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

COMPARE: dict[str, Callable[[Ints, Ints | int], Mask]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
}  # fmt: skip


@dataclass
class Bench:
    """Those before the decree on one day: what can be asked of them.

    Attributes
    ----------
    rows
        Rows of the register, shape (n,).
    day
        Day on which attributes are read.
    threshold_day
        Day to which served and remaining time, shares and ages refer.
    """

    register: Register
    prisons: Prisons
    draws: Draws
    decrees: tuple[str, ...]
    rows: Rows
    day: int
    threshold_day: int

    @cached_property
    def life(self) -> Mask:
        """Life sentences."""
        return self.register.is_life(self.rows)

    @cached_property
    def served(self) -> Ints:
        """Days served by the threshold day."""
        return self.threshold_day - self.register.admitted[self.rows].astype(np.int64)

    @cached_property
    def remaining(self) -> Ints:
        """Days from the threshold day to the end of the term; no meaning for life."""
        return self.register.due[self.rows].astype(np.int64) - self.threshold_day

    @cached_property
    def term(self) -> Ints:
        """Term in force, days; no meaning for life."""
        return self.served + self.remaining

    @cached_property
    def labelled(self) -> Mask:
        """The label of an earlier reduction by pardon is on."""
        label = self.prisons.scenario.world.earlier_reductions
        if label is None:
            return np.zeros(len(self.rows), dtype=np.bool_)
        r, rows = self.register, self.rows
        on = people.labelled(
            self.prisons, self.draws, r.person[rows], r.spell[rows].astype(np.int64), r.line[rows]
        )
        return on & (self.day - r.admitted[rows] >= label.after.value)

    @cached_property
    def sentence(self) -> Ints:
        """Sentence imposed, days: the term plus every cut, those before the label included."""
        r, rows = self.register, self.rows
        known = self.term + r.merit_days[rows] + r.pardon_days[rows]
        label = self.prisons.scenario.world.earlier_reductions
        if label is None:
            return known
        return known + np.where(self.labelled, np.minimum(label.cut.value, known), 0)

    @cached_property
    def delayed(self) -> Ints:
        """Day of the offence if nothing is known but the time from it to admission."""
        r, rows = self.register, self.rows
        spell = r.spell[rows].astype(np.int64)
        delay = people.delays(self.prisons, self.draws, r.person[rows], spell, r.line[rows])
        found = r.admitted[rows].astype(np.int64) - delay
        if r.offended is not None:
            known = np.append(r.offended.astype(np.int64), NEVER)
            stated = known[np.minimum(rows, len(known) - 1)]
            found = np.where(stated < NEVER, stated, found)
        return found

    @cached_property
    def offence_day(self) -> Ints:
        """Day of the offence: nobody offends again before the day after his release."""
        return np.maximum(self.delayed, self.register.free_since[self.rows].astype(np.int64) + 1)

    @cached_property
    def women(self) -> Mask:
        """Women."""
        r, rows = self.register, self.rows
        return people.sex_of(self.prisons, self.draws, r.person[rows], r.line[rows])

    @cached_property
    def petty(self) -> Mask:
        """Petty offences."""
        r, rows = self.register, self.rows
        return people.petty(
            self.prisons, self.draws, r.person[rows], r.spell[rows].astype(np.int64),
            r.line[rows], r.offence[rows].astype(np.int64),
        )  # fmt: skip

    def age(self, days: Ints | int) -> Ints:
        """Completed years by birthdays on given days."""
        start = self.prisons.scenario.world.start
        born = self.register.born[self.rows].astype(np.int64)
        return completed_years(start, born, days)

    def codes(self, attribute: str) -> tuple[NDArray[np.integer], tuple[str, ...]]:
        """Category codes of the rows and the names of the codes."""
        world, r, rows = self.prisons.scenario.world, self.register, self.rows
        match attribute:
            case "offence":
                return r.offence[rows], tuple(world.offences)
            case "camp":
                return r.camp[rows], tuple(world.camps)
            case "origin":
                return r.origin[rows], tuple(world.origins)
            case "residence":
                return r.residence[rows], places(self.prisons)
            case "health":
                return r.health[rows], tuple(world.health.states)
            case "sex":
                return self.women.astype(np.int8), ("men", "women")
            case "gravity":
                return self.petty.astype(np.int8), ("ordinary", "petty")
        raise ValueError(f"no category: {attribute}")

    def meets(self, predicate: Predicate) -> Mask:
        """Say who meets a predicate, shape (n,)."""
        match predicate:
            case Every(parts):
                masks = [self.meets(part) for part in parts]
                return np.asarray(
                    np.logical_and.reduce([np.ones(len(self.rows), dtype=np.bool_), *masks])
                )
            case Either(parts):
                masks = [self.meets(part) for part in parts]
                return np.asarray(
                    np.logical_or.reduce([np.zeros(len(self.rows), dtype=np.bool_), *masks])
                )
            case OneOf(attribute, values, among):
                codes, names = self.codes(attribute)
                wanted = np.array([name in values for name in names])
                return np.asarray(wanted[codes] == among)
            case Tagged(tag, carries):
                offences = self.prisons.scenario.world.offences.values()
                wanted = np.array([tag in offence.tags for offence in offences])
                return np.asarray(wanted[self.register.offence[self.rows]] == carries)
            case LengthIs(attribute, operator, days):
                return self._length(attribute, operator, days)
            case AgeIs(attribute, operator, years):
                return COMPARE[operator](self._age_of(attribute), years)
            case ShareIs():
                return self._share(predicate)
            case CountIs(by, operator, count):
                return COMPARE[operator](self._reductions(by), count)

    def _length(self, attribute: str, operator: str, days: int) -> Mask:
        if attribute == "served":
            return COMPARE[operator](self.served, days)
        lengths = {"sentence": "sentence", "term": "term", "remaining": "remaining",
                   "until due": "remaining"}  # fmt: skip
        found: Ints = getattr(self, lengths[attribute])
        if attribute == "sentence":  # life is longer than any number of days
            return COMPARE[operator](np.where(self.life, LIFE, found), days)
        return COMPARE[operator](found, days) & ~self.life

    def _share(self, leaf: ShareIs) -> Mask:
        """With x the exact share of the whole, ``>=`` means at least its floor, ``>`` above its
        ceiling; ``<`` and ``<=`` are their negations.
        """  # noqa: D205 - one sentence
        whole = self.term if leaf.of == "term" else self.sentence
        above, below = whole * leaf.share.numerator, leaf.share.denominator
        if leaf.operator in (">=", "<"):
            reached = self.served >= above // below
        else:
            reached = self.served > -(-above // below)
        return (reached if leaf.operator in (">=", ">") else ~reached) & ~self.life

    def _age_of(self, attribute: str) -> Ints:
        if attribute == "age":
            return self.age(self.threshold_day)
        return self.age(self.delayed)

    def _reductions(self, by: str) -> Ints:
        r, rows = self.register, self.rows
        if by == "merit":
            return r.merit_count[rows].astype(np.int64)
        if by in self.decrees:
            return r.reductions(rows, self.day, self.decrees.index(by))
        pardons = r.reductions(rows, self.day) + self.labelled
        return pardons + r.merit_count[rows] if by == "any" else pardons


def places(prisons: Prisons) -> tuple[str, ...]:
    """Names of places of residence, in the order of their codes: origins, then destinations."""
    world = prisons.scenario.world
    destinations = tuple(world.exile.destinations) if world.exile else ()
    return tuple(dict.fromkeys((*world.origins, *destinations)))


def completed_years(start: date, born: Ints, days: Ints | int) -> Ints:
    """Completed years of age by birthdays; who is born on 29 February has it on the 28th else."""
    zero = np.datetime64(start, "D")
    birth, now = zero + born, zero + np.asarray(days, dtype=np.int64)
    b_year, b_month, b_day = _civil(birth)
    n_year, n_month, n_day = _civil(now)
    leap = (n_year % 4 == 0) & ((n_year % 100 != 0) | (n_year % 400 == 0))
    b_day = np.where((b_month == 2) & (b_day == 29) & ~leap, 28, b_day)
    before = (n_month < b_month) | ((n_month == b_month) & (n_day < b_day))
    return np.asarray(n_year - b_year - before)


def _civil(days: NDArray[np.datetime64]) -> tuple[Ints, Ints, Ints]:
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    year = years.astype(np.int64) + 1970
    month = (months - years).astype(np.int64) + 1
    return year, month, (days - months).astype(np.int64) + 1
