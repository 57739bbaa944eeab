"""Whom an occasion reads: those within a decree's reach, and who of them meets its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import stacked
from sim.custody.decrees.bench import Bench
from sim.custody.decrees.docket import NOTHING
from sim.custody.decrees.earliest import first_days, keeps_pace
from sim.custody.decrees.effects import given_to, meets
from sim.custody.decrees.groups import Groups
from sim.custody.decrees.soonest import held_at_least
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import WINDOW, Rows
from sim.custody.streams import Draws
from sim.custody.turns import Turns
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Predicate
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Rule = tuple[int, tuple[tuple[Predicate, str], ...]]


class Reading:
    """Reads people under the rules of a scenario's decrees, each as often as it has to be."""

    def __init__(
        self,
        prisons: Prisons,
        draws: Draws,
        decrees: Mapping[str, Decree],
        occasions: tuple[Occasion, ...],
        recurring: Mapping[int, int],
    ) -> None:
        self.prisons, self.draws, self.decrees = prisons, draws, decrees
        self.names, self.occasions = tuple(decrees), occasions
        self.groups = Groups(prisons)
        self.recurring = recurring
        self.turns: dict[int, Turns] = {}

    def turns_of(self, register: Register, number: int) -> Turns | None:
        """Whose turn it is under the rule of an occasion; None where the rule is read but once."""
        first = self.recurring.get(number)
        if first is None:
            return None
        if first not in self.turns:
            occasion = self.occasions[first]
            rules = [one.when for one in self.decrees[occasion.decree].clauses.values()]
            ahead = occasion.threshold_day - occasion.close_day

            def least(terms: Ints) -> Ints | int:
                return reduce(np.minimum, [held_at_least(rule, terms, ahead) for rule in rules])

            turns = Turns(least, keeps_pace=all(map(keeps_pace, rules)))
            self.turns[first] = turns
            register.await_turns(turns)
        return self.turns[first]

    def bench(
        self, register: Register, rows: Rows, occasion: Occasion, day: int | None = None
    ) -> Bench:
        """Put people before an occasion, as they are when its lists close or on another day."""
        return Bench(register, self.prisons, self.draws, self.names, rows,
                     occasion.close_day if day is None else day, occasion.threshold_day,
                     occasion)  # fmt: skip

    def who_meets(
        self,
        register: Register,
        rows: Rows,
        occasion: Occasion,
        turns: Turns | None,
        *,
        counted: bool,
    ) -> tuple[Ints, Ints, Bench, Ints, Mask, Mask]:
        """Find who meets a clause; count, if asked to, those held and those whom exclusions name.

        If they are not counted here, it must be their turn, and their kinds are left to others. Of
        millions of people a window at a time, so that what lies between is small. Returns counts by
        group and by exclusion and group; then those who meet a clause, their kinds, which clauses
        they meet, and which exclusions name them.
        """
        decree = self.decrees[occasion.decree]
        held = self.groups.nobody()
        named = np.zeros((len(decree.exclude), len(held)), dtype=np.int64)
        parts = []
        for start in range(0, max(len(rows), 1), WINDOW):
            bench = self.bench(register, rows[start : start + WINDOW], occasion)
            if not counted:
                places, met = self._met(bench, decree, turns)
                bench = bench.some(places)
                parts.append((bench.rows, NOTHING, met, _excluded(bench, decree)))
                continue
            kinds = self.groups.kinds(register, bench.rows, occasion.close_day)
            excluded = _excluded(bench, decree)
            held += self.groups.count(kinds)
            for counts, mask in zip(named, excluded, strict=True):
                counts += self.groups.count(kinds[mask])
            come = None
            if turns is not None:
                come = np.flatnonzero(turns.come(bench.rows, occasion.close_day))
                bench = bench.some(come)
            places, met = self._met(bench, decree, turns)
            bench = bench.some(places)
            places = places if come is None else come[places]
            parts.append((bench.rows, kinds[places], met, excluded.take(places, axis=1)))
        if len(parts) == 1:
            return held, named, bench, *parts[0][1:]
        found, kinds, met, excluded = (
            np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)
        )
        return held, named, self.bench(register, found, occasion), kinds, met, excluded

    def _met(self, bench: Bench, decree: Decree, turns: Turns | None) -> tuple[Ints, Mask]:
        """Places on the bench of those who meet a clause, and which clauses they meet.

        When it is the turn of the others again follows from the clauses; if they are no more than
        these they are simply read again the next time.
        """
        clauses = decree.clauses.values()
        met = stacked([meets(bench, clause) for clause in clauses])
        any_clause = met[0] if len(met) == 1 else np.logical_or.reduce(met)
        places = np.asarray(any_clause).nonzero()[0]
        if turns is not None and 2 * len(places) < len(bench.rows):
            turns.put_off(bench.rows, np.where(any_clause, 0, first_days(bench, clauses)))
        return places, met.take(places, axis=1)

    def reached(
        self, register: Register, rows: Rows, occasion: Occasion, until_day: int
    ) -> tuple[Rows, Ints]:
        """Keep whose offences a decree reaches; count the others of those held by group."""
        reached = self.bench(register, rows, occasion).offence_day <= until_day
        if occasion.late:  # who is admitted later and not reached was never before the decree
            return rows[reached], self.groups.nobody()
        beyond = self.groups.count(self.groups.kinds(register, rows[~reached], occasion.close_day))
        return rows[reached], beyond


def _excluded(bench: Bench, decree: Decree) -> Mask:
    """Say whom each exclusion names, shape (exclusions, n)."""
    if not decree.exclude:
        return np.zeros((0, len(bench.rows)), dtype=np.bool_)
    return stacked([bench.meets(exclusion.when) for exclusion in decree.exclude.values()])


def recurring(decrees: Mapping[str, Decree], occasions: tuple[Occasion, ...]) -> dict[int, int]:
    """Return, of each occasion that shares its rule with another, the first that has the rule.

    Rules are alike if their clauses name the same persons and sentences and their thresholds lie as
    many days from the close of lists.
    """
    alike: dict[Rule, list[int]] = {}
    for number, occasion in enumerate(occasions):
        if not occasion.check_days and not occasion.late:
            clauses = decrees[occasion.decree].clauses.values()
            rule = tuple((clause.when, given_to(clause.then)) for clause in clauses)
            ahead = occasion.threshold_day - occasion.close_day
            alike.setdefault((ahead, rule), []).append(number)
    return {number: some[0] for some in alike.values() if len(some) > 1 for number in some}
