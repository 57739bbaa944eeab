"""Whom an occasion reads: those within a decree's reach, and who of them meets its clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.earliest import first_days
from sim.custody.decrees.effects import given_to, meets
from sim.custody.decrees.groups import Groups
from sim.custody.prisons import Prisons
from sim.custody.register import WINDOW, Register, Rows
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
    ) -> None:
        self.prisons, self.draws, self.decrees = prisons, draws, decrees
        self.names = tuple(decrees)
        self.groups = Groups(prisons)
        self.rules = _recurring(decrees, occasions)
        self.turns: dict[Rule, Turns] = {}

    def turns_of(self, register: Register, number: int) -> Turns | None:
        """Whose turn it is under the rule of an occasion; None where the rule is read but once."""
        rule = self.rules.get(number)
        if rule is None:
            return None
        if rule not in self.turns:
            self.turns[rule] = Turns(register.admitted)
            register.turns.append(self.turns[rule])
        return self.turns[rule]

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

        Of millions of people a window at a time, so that what lies between is small. Returns
        counts by group and by exclusion and group; then those who meet a clause, their kinds,
        which clauses they meet, and which exclusions name them.
        """
        decree = self.decrees[occasion.decree]
        held = np.zeros(len(self.groups.names), dtype=np.int64)
        named = np.zeros((len(decree.exclude), len(held)), dtype=np.int64)
        parts = []
        for start in range(0, max(len(rows), 1), WINDOW):
            bench = self.bench(register, rows[start : start + WINDOW], occasion)
            if counted:
                kinds, excluded = self._sorted(bench, decree, occasion)
                held += self.groups.count(kinds)
                for counts, mask in zip(named, excluded, strict=True):
                    counts += self.groups.count(kinds[mask])
            places, met = self._met(bench, decree, occasion, turns)
            bench = bench.some(places)
            if counted:
                kinds, excluded = kinds[places], excluded.take(places, axis=1)
            else:
                kinds, excluded = self._sorted(bench, decree, occasion)
            parts.append((bench.rows, kinds, met, excluded))
        if len(parts) == 1:
            return held, named, bench, kinds, met, excluded
        found, kinds, met, excluded = (
            np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)
        )
        return held, named, self.bench(register, found, occasion), kinds, met, excluded

    def _sorted(self, bench: Bench, decree: Decree, occasion: Occasion) -> tuple[Ints, Mask]:
        """Kinds of people, shape (n,), and whom each exclusion names, shape (exclusions, n)."""
        barring = [bench.meets(exclusion.when) for exclusion in decree.exclude.values()]
        excluded = np.array(barring, dtype=np.bool_).reshape(len(barring), len(bench.rows))
        return self.groups.kinds(bench.register, bench.rows, occasion.close_day), excluded

    def _met(
        self, bench: Bench, decree: Decree, occasion: Occasion, turns: Turns | None
    ) -> tuple[Rows, Mask]:
        """Places on the bench of those who meet a clause, and which clauses they meet."""
        clauses = decree.clauses.values()
        places = np.arange(len(bench.rows))
        if turns is not None:
            places = np.flatnonzero(turns.come(bench.rows, occasion.close_day))
            if len(places) < len(bench.rows):
                bench = bench.some(places)
        met = np.array([meets(bench, clause) for clause in clauses])
        any_clause = met.any(axis=0)
        if turns is not None:
            turns.put_off(bench.rows, np.where(any_clause, 0, first_days(bench, clauses)))
        some = np.flatnonzero(any_clause)
        return places[some], met.take(some, axis=1)

    def reached(self, register: Register, rows: Rows, occasion: Occasion) -> tuple[Rows, Ints]:
        """Keep whose offences a decree reaches; count the others of those held by group."""
        nobody = np.zeros(len(self.groups.names), dtype=np.int64)
        if occasion.until_day is None:
            return rows, nobody
        reached = self.bench(register, rows, occasion).offence_day <= occasion.until_day
        if occasion.late:  # who is admitted later and not reached was never before the decree
            return rows[reached], nobody
        beyond = self.groups.count(self.groups.kinds(register, rows[~reached], occasion.close_day))
        return rows[reached], beyond


def _recurring(decrees: Mapping[str, Decree], occasions: tuple[Occasion, ...]) -> dict[int, Rule]:
    """Return the rules of those occasions that share theirs with another.

    Rules are alike if their clauses name the same persons and sentences and their thresholds lie as
    many days from the close of lists.
    """
    rules: dict[int, Rule] = {
        number: (
            occasion.threshold_day - occasion.close_day,
            tuple((c.when, given_to(c.then)) for c in decrees[occasion.decree].clauses.values()),
        )
        for number, occasion in enumerate(occasions)
        if not occasion.check_days and not occasion.late
    }
    times = Counter(rules.values())
    return {number: rule for number, rule in rules.items() if times[rule] > 1}
