"""Whom the law names: predicates evaluated over the columns of those held.

Thresholds that lie on a later day project served and remaining time from the term known when
lists close; everything else is read at the close. A sentence for life, or of death, is longer than
any number of days; its term, remaining time and served share have no meaning, and such a leaf is
false, negated or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, or_

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import COMPARE
from sim.custody.decrees.days import years_reached
from sim.custody.decrees.facts import Facts
from sim.custody.decrees.history import (
    days_in_prison,
    earlier,
    earlier_spells,
    last_release,
    pardons,
    under_sentence,
)
from sim.custody.prisons import Prisons
from sim.custody.sentencing import LIFE
from sim.custody.streams import Stream, decree_salt
from sim.custody.traits import or_stated
from sim.scenario.law.predicate import (
    ANY_PART,
    EXPECTED,
    IN_STATE,
    IN_STATUS,
    THIS_PART,
    WORDS,
    AgeIs,
    Compared,
    CountIs,
    DateIs,
    Either,
    Every,
    LengthIs,
    NumberIs,
    OffenceIs,
    On,
    OneOf,
    PardonsIs,
    PartIs,
    Predicate,
    ReleasedIs,
    ShareIs,
    SpellsIs,
    Table,
    Tagged,
    asks_each_part,
)
from sim.scenario.lengths import WITHOUT_TERM
from sim.scenario.occasions import day_read
from sim.scenario.prisoners import FLAG

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Bench(Facts):
    """Those before the decree on one day, and who of them meets a condition."""

    def codes(self, attribute: str) -> tuple[NDArray[np.integer], tuple[str, ...]]:
        """Category codes of the rows and the names of the codes."""
        world, r, rows = self.prisons.scenario.world, self.register, self.rows
        match attribute:
            case "offence":
                return self.offences, tuple(world.offences)
            case "camp":
                return r.camp[rows], tuple(world.camps)
            case "origin":
                return r.origin[rows], tuple(world.origins)
            case "residence":
                return r.residence[rows], places(self.prisons)
            case "health":
                return r.health_on(rows, self.day), tuple(world.health.states)
            case "sex":
                return self.women.astype(np.int8), ("men", "women")
            case "gravity":
                return self.petty.astype(np.int8), ("ordinary", "petty")
            case "legal status":
                return 2 - self.pending.astype(np.int8) - self.awaiting, WORDS[attribute]
        return self.flag(attribute), world.flags[attribute].words

    def flag(self, name: str) -> Ints:
        """Value of a flag: the code of a word, a number, days; of a date the day, shape (n,)."""
        if name not in self.flags:
            r, rows = self.register, self.rows
            flag = self.prisons.scenario.world.flags[name]
            spell = r.spell[rows].astype(np.int64) if flag.drawn == "each spell" else 0
            words = self.draws.at(Stream.FLAG, r.person[rows], spell=spell, line=r.line[rows],
                                  salt=decree_salt(name))  # fmt: skip
            table = [when for when, _ in flag.rows()]
            found = self.prisons.flags[name].values(self.first_row(table), words)
            if flag.is_a == "date":
                found = r.admitted[rows] - found
            # What is drawn once is stated for good; else it is of the spell at the start.
            found = np.asarray(
                or_stated(self.prisons, FLAG + name, found, r.person[rows], spell, r.line[rows]),
                dtype=np.int64,
            )
            said = r.said.get(name)
            self.flags[name] = found if said is None else np.where(rows < len(said), said, found)
        return self.flags[name]

    def first_row(self, table: Sequence[Predicate], part: int = 0) -> Ints:
        """Return the number of the first row that names each, shape (n,); -1 without one."""
        found = np.full(len(self.rows), -1, dtype=np.int64)
        for number, when in enumerate(table):
            found[(found < 0) & self.meets_in(when, part)] = number
        return found

    def meets(self, predicate: Predicate) -> Mask:
        """Say who meets a predicate, shape (n,); one about the part in question: with any part."""
        if not asks_each_part(predicate):
            return self.meets_in(predicate, 0)
        met = [self.meets_in(predicate, part) & there for part, there in
               enumerate(self.parts.there)]  # fmt: skip
        return np.asarray(np.logical_or.reduce(met))

    def meets_in(self, predicate: Predicate, part: int) -> Mask:
        """Say who meets a predicate if a part of the sentence is in question, shape (n,)."""
        match predicate:
            case Every(parts):
                masks = [self.meets_in(one, part) for one in parts]
                return reduce(and_, masks) if masks else np.ones(len(self.rows), dtype=np.bool_)
            case Either(parts):
                masks = [self.meets_in(one, part) for one in parts]
                return reduce(or_, masks) if masks else np.zeros(len(self.rows), dtype=np.bool_)
            case Table(rows):
                row = self.first_row([when for when, _ in rows], part)
                masks = [(row == i) & self.meets_in(then, part)
                         for i, (_, then) in enumerate(rows)]  # fmt: skip
                return np.asarray(np.logical_or.reduce(masks))
            case OneOf("sentence" | "expected sentence" as which, values, among):
                return self._without_term(which, values, among=among)
            case OneOf(attribute, values, among):
                codes, names = self.codes(attribute)
                wanted = np.array([(name in values) == among for name in names], dtype=np.bool_)
                return wanted.take(codes)  # in half the time of an index
            case Tagged(tag, carries):
                offences = self.prisons.scenario.world.offences.values()
                wanted = np.array([(tag in offence.tags) == carries for offence in offences])
                return wanted.take(self.offences)
            case PartIs(whose, rule):
                return self._of_parts(whose, rule, part)
            case _:
                return self._compared(predicate)

    def _without_term(self, which: str, values: Sequence[str], *, among: bool) -> Mask:
        """Say whose sentence, or expected sentence, is for life or of death, or is not."""
        imposed = self.register.imposed[self.rows]
        met = np.isin(imposed, [WITHOUT_TERM[value] for value in values])
        known = self.awaiting if which == EXPECTED else ~self.awaiting
        return np.asarray((met == among) & known)

    def _of_parts(self, whose: str, rule: Predicate, part: int) -> Mask:
        """Say of whose parts a rule holds: of any, of all, or of the one in question."""
        there = self.parts.there
        if whose == THIS_PART:
            return self._part(part).meets(rule)
        met = np.array([self._part(number).meets(rule) for number in range(len(there))])
        if whose == ANY_PART:
            return np.asarray((met & there).any(axis=0))
        return np.asarray((met | ~there).all(axis=0))

    def _part(self, number: int) -> Bench:
        """Return the same people as if one part were the whole of their sentences."""
        one = replace(self, flags={}, among=None)
        # Where what is found is kept.
        one.__dict__["offences"] = self.parts.offences[number]
        one.__dict__["sentence"] = self.parts.days[number]
        return one

    def _compared(self, leaf: Compared) -> Mask:
        """Say of whom a comparison holds, shape (n,)."""
        match leaf:
            case LengthIs():
                return self._length(leaf)
            case AgeIs(_, operator, years):
                return COMPARE[operator](self._age_of(leaf), years)
            case ShareIs():
                return self._share(leaf)
            case DateIs(attribute, operator, day):
                start = self.prisons.scenario.world.start
                found = COMPARE[operator](self.date_of(attribute), (day - start).days)
                return found & ~self.pending if attribute == "sentence final" else found
            case NumberIs(attribute, operator, number):
                return COMPARE[operator](self._number(attribute), number)
            case OffenceIs():
                return self._of_offence(leaf)
            case SpellsIs(rule, operator, count):
                return COMPARE[operator](self._spells(rule), count)
            case ReleasedIs(after, operator, days, on):
                return COMPARE[operator](self.day_of(on) - last_release(self, after), days)
            case PardonsIs(by, operator, count):
                return COMPARE[operator](pardons(self, by), count)
            case CountIs(by, operator, count):
                return COMPARE[operator](self._reductions(by), count)

    def _number(self, attribute: str) -> Ints:
        """Return a number that everybody has, shape (n,)."""
        match attribute:
            case "parts":
                return self.parts.number
            case "earlier spells":
                return earlier_spells(self)
        return self.flag(attribute)

    def _spells(self, rule: Predicate) -> Ints:
        """Count the earlier spells of which a rule holds, each read on the day it ended."""
        r, count = self.register, np.zeros(len(self.rows), dtype=np.int64)
        for places, rows in earlier(self):
            left = r.left[rows].astype(np.int64)
            ended = Bench(r, self.prisons, self.draws, self.decrees, rows, left, left,
                          self.occasion)  # fmt: skip
            count[places] += ended.meets(rule) & under_sentence(r, rows)
        return count

    def _of_offence(self, leaf: OffenceIs) -> Mask:
        """Compare a number of the offence; false where it has none."""
        offences = self.prisons.scenario.world.offences.values()
        numbers = [one.numbers.get(leaf.name) for one in offences]
        # Exact, and so few that they are compared one by one.
        held = [n is not None and _exactly(Fraction(str(n.value)), leaf) for n in numbers]
        return np.asarray(np.array(held)[self.offences])

    def day_of(self, on: On | None) -> Ints | int:
        """Day to which a leaf refers: that of the thresholds unless it names another."""
        if on is None:
            return self.threshold_day
        return day_read(on, self.occasion, self.prisons.scenario.world.start)

    def date_of(self, attribute: str) -> Ints:
        """Day of a date that every person has, shape (n,)."""
        world = self.prisons.scenario.world
        match attribute:
            case "admitted":
                return self.admitted
            case "offence date":
                return self.offence_day
            case "sentence final" if self.register.has_trials:
                return self.register.final[self.rows].astype(np.int64)
            case "sentence final":
                delay = world.final_to_admission
                final = self.admitted - (delay.value if delay else 0)
                return np.maximum(final, self.offence_day)
        return self.flag(attribute)

    @property
    def _has_term(self) -> Mask:
        """Who has a term: no sentence for life or of death, and none that is only expected."""
        return ~self.endless & ~self.awaiting if self.register.has_trials else ~self.endless

    def _served(self, leaf: LengthIs | ShareIs) -> Ints:
        """Days served by the day of reading, with the cuts that count as served."""
        r, rows = self.register, self.rows
        served = self.served
        if leaf.on is not None:
            served = served + (self.day_of(leaf.on) - self.threshold_day)
        if "merit" in leaf.counting:
            served = served + r.merit_days[rows]
        if "pardon" in leaf.counting:
            cut = self.sentence - self.term - r.merit_days[rows] + r.revived[rows]
            served = served + np.where(self.endless, 0, cut)  # nothing is cut there
        if "credit" in leaf.counting:
            served = served + r.credited[rows]
        return served

    def _length(self, leaf: LengthIs) -> Mask:
        compare, ahead = COMPARE[leaf.operator], self.day_of(leaf.on) - self.threshold_day
        match leaf.attribute:
            case "served":
                return compare(self._served(leaf), leaf.days)
            case "time in prison":
                return compare(days_in_prison(self, self.day_of(leaf.on)), leaf.days)
            case "sentence":  # life, and death, are longer than any number of days
                found = compare(self.sentence, leaf.days)
                return found & ~self.awaiting if self.register.has_trials else found
            case "term":
                return compare(self.term, leaf.days) & self._has_term
            case "remaining":
                return compare(self.remaining - ahead, leaf.days) & self._has_term
            case "until due":
                return compare(self.until_due - ahead, leaf.days) & self._has_term
            case _ if leaf.attribute == EXPECTED:
                imposed = self.register.imposed[self.rows].astype(np.int64)
                return compare(np.minimum(imposed, LIFE), leaf.days) & self.awaiting
            case _ if leaf.attribute == IN_STATUS:
                return compare(self.day_of(leaf.on) - self.in_status_since, leaf.days)
            case _ if leaf.attribute == IN_STATE:
                since = self.register.in_state_since(self.rows, self.day)
                return compare(self.day_of(leaf.on) - since, leaf.days)
        if leaf.since:
            found = compare(self.day_of(leaf.on) - self.date_of(leaf.attribute), leaf.days)
            return found & ~self.pending if leaf.attribute == "sentence final" else found
        return compare(self.flag(leaf.attribute), leaf.days)

    def _share(self, leaf: ShareIs) -> Mask:
        """With x the exact share of the whole, ``>=`` means at least its floor, ``>`` above its
        ceiling; ``<`` and ``<=`` are their negations.
        """  # noqa: D205 - one sentence
        whole = self.term if leaf.of == "term" else self.sentence
        known = self._has_term
        if leaf.of == EXPECTED:
            whole = self.register.imposed[self.rows].astype(np.int64)
            known = self.awaiting & ~self.endless
        above, below = whole * leaf.share.numerator, leaf.share.denominator
        if leaf.operator in (">=", "<"):
            reached = self._served(leaf) >= above // below
        else:
            reached = self._served(leaf) > -(-above // below)
        return (reached if leaf.operator in (">=", ">") else ~reached) & known

    def _age_of(self, leaf: AgeIs) -> Ints:
        if leaf.attribute == "age at offence":
            return self.age(self.delayed)
        if leaf.attribute == "age":
            return self.age(self.day_of(leaf.on))
        born = self.register.born[self.rows].astype(np.int64)
        return years_reached(self.prisons.scenario.world.start, born, self.day_of(leaf.on))

    def _reductions(self, by: str) -> Ints:
        r, rows = self.register, self.rows
        if by == "merit":
            return r.merit_count[rows].astype(np.int64)
        if by in self.decrees:
            return r.reductions(rows, self.day, self.decrees.index(by))
        pardons = r.reductions(rows, self.day) + self.earlier
        return pardons + r.merit_count[rows] if by == "any" else pardons


def places(prisons: Prisons) -> tuple[str, ...]:
    """Names of places of residence, in the order of their codes: origins, then destinations."""
    world = prisons.scenario.world
    destinations = tuple(world.exile.destinations) if world.exile else ()
    return tuple(dict.fromkeys((*world.origins, *destinations)))


def _exactly(number: Fraction, leaf: OffenceIs) -> bool:
    compare = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq}[leaf.operator]
    return bool(compare(number, leaf.size))
