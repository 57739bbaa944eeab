"""Those held when lists closed, counted after the run for all occasions of recurring rules at once.

A spell counts at the lists that close from its admission until it ends or is selected for release.
Of whom an exclusion names by what never changes within a spell, the same holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody.course import CHANGES, Course
from sim.custody.decrees.docket import Docket, batches
from sim.custody.decrees.reading import Reading
from sim.custody.register import BY_DECREE, WINDOW, Register, Rows
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Either, Every, OneOf, Predicate, Tagged

Ints = NDArray[np.int64]
OF_SPELLS = ("offence", "camp", "origin")
"""Categories that are columns of spells and never change."""


def countable(decree: Decree) -> bool:
    """Say whether those held, and those whom exclusions name, can be counted after the run."""
    return decree.reach is None and all(_of_spell(one.when) for one in decree.exclude.values())


def _of_spell(predicate: Predicate) -> bool:
    match predicate:
        case Every(parts) | Either(parts):
            return all(map(_of_spell, parts))
        case OneOf(attribute):
            return attribute in OF_SPELLS
        case Tagged():
            return True
    return False


class HeadCount:
    """The dockets that await their counts, and who was selected for release after how many."""

    def __init__(self, reading: Reading, decrees: Mapping[str, Decree]) -> None:
        self.reading, self.decrees = reading, decrees
        self.closed: list[Docket] = []
        self.bound: list[tuple[int, Rows]] = []

    def close(self, docket: Docket) -> None:
        """Note that lists have closed whose counts are still to come."""
        self.closed.append(docket)

    def bind(self, rows: Rows) -> None:
        """Note who is selected for release, and is before no other decree from now on."""
        self.bound.append((len(self.closed), rows))

    def settle(self, register: Register) -> None:
        """Count, for all lists that have closed, those held and those whom exclusions name.

        And find of which kind, and in which health, those were who met a clause.
        """
        if not self.closed:
            return
        for batch in batches(self.closed):
            self._look_up(register, batch)
        laws = [self.decrees[docket.occasion.decree] for docket in self.closed]
        rules = dict.fromkeys(one.when for decree in laws for one in decree.exclude.values())
        places = {rule: place for place, rule in enumerate(rules, start=1)}
        groups = self.reading.groups
        there = self._there(register, list(places)) @ groups.members.T
        for number, (docket, decree) in enumerate(zip(self.closed, laws, strict=True)):
            docket.held = there[0, number]
            named = [places[exclusion.when] for exclusion in decree.exclude.values()]
            docket.named = there[np.array(named, dtype=np.intp), number]

    def _look_up(self, register: Register, dockets: list[Docket]) -> None:
        """Find the kinds and the health of those in some dockets, on the days they were read."""
        sizes = [len(docket.rows) for docket in dockets]
        rows = np.concatenate([docket.rows for docket in dockets])
        days = np.repeat([docket.occasion.close_day for docket in dockets], sizes)
        kinds, health = (
            self.reading.groups.kinds(register, rows, days),
            register.health_on(rows, days),
        )
        ends = np.cumsum(sizes).tolist()
        for docket, start, end in zip(dockets, [0, *ends], ends, strict=False):
            docket.kinds, docket.health = kinds[start:end], health[start:end]

    def _there(self, register: Register, rules: list[Predicate]) -> Ints:
        """Count those held, and whom of them rules name, by lists and by kind.

        Shape (1 + rules, lists + 1, kinds).
        """
        size, kinds_in_all = len(self.closed), self.reading.groups.members.shape[1]
        selected = np.full(len(register), size, dtype=np.int32)
        for number, rows in reversed(self.bound):
            selected[rows] = number
        moves = np.zeros((1 + len(rules), (size + 1) * kinds_in_all), dtype=np.int64)
        for start in range(0, len(register), WINDOW):
            for rows, first, last, kinds in self._spans(
                register, slice(start, start + WINDOW), selected
            ):
                bench = self.reading.bench(register, rows, self.closed[0].occasion)
                came, went = first * kinds_in_all + kinds, last * kinds_in_all + kinds
                for place, rule in enumerate([None, *rules]):
                    some = slice(None) if rule is None else bench.meets(rule)
                    moves[place] += np.bincount(came[some], minlength=moves.shape[1])
                    moves[place] -= np.bincount(went[some], minlength=moves.shape[1])
        return moves.reshape(len(moves), size + 1, kinds_in_all).cumsum(axis=1)

    def _spans(
        self, register: Register, window: slice, selected: NDArray[np.int32]
    ) -> Iterator[tuple[Rows, Ints, Ints, Ints]]:
        """Yield rows, the lists from which and before which each counts, and their kinds.

        Where health changes, a spell has a span for each state.
        """
        days = np.array([docket.occasion.close_day for docket in self.closed])
        table = np.searchsorted(days, np.arange(days[-1] + 2))

        def lists(day: NDArray[np.integer]) -> Ints:
            """Return the number of the first lists that close on a day or later."""
            return table.take(day, mode="clip")

        # Who leaves by decree does so after all lists of the day.
        left = register.left[window] + (register.cause[window] >= BY_DECREE)
        enter, leave = lists(register.admitted[window]), np.minimum(lists(left), selected[window])
        rows = np.flatnonzero(enter < leave)
        enter, leave, rows = enter[rows], leave[rows], rows + window.start
        if not isinstance(register.varying, Course):
            yield rows, enter, leave, self.reading.groups.kinds(register, rows, 0)
            return
        since = [register.admitted[rows], *(getattr(register, name)[rows] for name in CHANGES)]
        until = [lists(day) for day in since[1:]] + [leave]
        for day, end in zip(since, until, strict=True):
            first, last = np.maximum(enter, lists(day)), np.minimum(end, leave)
            some = first < last
            kinds = self.reading.groups.kinds(register, rows[some], day[some])
            yield rows[some], first[some], last[some], kinds
