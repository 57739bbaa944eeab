"""Those to come: whose release point a decree has moved before they are admitted."""

from __future__ import annotations

import numpy as np

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.effects import due_under, named
from sim.custody.hazards import NEVER
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws
from sim.scenario.law.clauses import Clause
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion


class Newcomers:
    """Rules for those admitted after the lists of their decree have closed.

    They are read at their admission (at judgment, where people are held before it), are neither
    reviewed nor counted under a cap, and are held to a rule from the day of the grant on.
    """

    def __init__(self, prisons: Prisons, draws: Draws) -> None:
        self.prisons, self.draws = prisons, draws
        self.rules: list[tuple[Decree, Occasion, list[Clause]]] = []

    def begin(self, register: Register, decree: Decree, occasion: Occasion) -> None:
        """Put a decree's rules for those to come in force, on the day of its grant."""
        clauses = [
            clause
            for clause in decree.clauses.values()
            if decree.reach is None
            and clause.then.release_point
            and "those to come" in clause.then.release_point.reach
        ]
        if clauses:
            self.rules.append((decree, occasion, clauses))
            self._apply(register, np.arange(len(register)), decree, occasion, clauses)

    def arrive(self, register: Register, rows: Rows) -> None:
        """Hold rows just added to the rules in force, in the order in which these began."""
        for decree, occasion, clauses in self.rules:
            self._apply(register, rows, decree, occasion, clauses)

    def _apply(
        self,
        register: Register,
        rows: Rows,
        decree: Decree,
        occasion: Occasion,
        clauses: list[Clause],
    ) -> None:
        """Move the release points of those admitted since; the most favourable clause holds."""
        rows = rows[(register.begins(rows) > occasion.close_day) & (register.left[rows] == NEVER)]
        rows = rows[~register.endless(rows) & ~register.acquitted(rows)]
        known = register.known_from(rows)
        bench = Bench(register, self.prisons, self.draws, (), rows, known, known, occasion)
        due = np.full((len(clauses), len(rows)), NEVER, dtype=np.int64)
        for i, clause in enumerate(clauses):
            met = named(bench, decree, clause)
            none = np.zeros(int(met.sum()), dtype=np.int64)
            due[i, met] = due_under(register, rows[met], clause.then, none)
        best = np.argmin(due, axis=0)
        for i, clause in enumerate(clauses):
            own = rows[(best == i) & (due[i] < NEVER)]
            before = register.due[own].copy()
            assert clause.then.release_point is not None
            register.move(own, clause.then.release_point)
            # Who is past his point by then leaves on the day after the rule has begun.
            late = own[register.due[own] <= occasion.grant_day]
            before = before[register.due[own] <= occasion.grant_day]
            register.due[late] = np.minimum(before, occasion.grant_day + 1)
            register.rekey(late)
