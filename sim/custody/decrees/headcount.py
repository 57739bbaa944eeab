"""Those held when lists closed, counted after the run for all occasions of recurring rules at once.

A spell counts at the lists that close from its admission until it ends or is selected for release.
Of whom an exclusion names by what never changes within a spell, the same holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.counting import crossed
from sim.custody.course import CHANGES, Course
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.reading import Reading
from sim.custody.ends import BY_DECREE
from sim.custody.register import Register
from sim.custody.spells import WINDOW, Rows
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
        """Count, for all lists that have closed, those held and those whom exclusions name."""
        if not self.closed:
            return
        laws = [self.decrees[docket.occasion.decree] for docket in self.closed]
        rules = dict.fromkeys(one.when for decree in laws for one in decree.exclude.values())
        places = {rule: place for place, rule in enumerate(rules, start=1)}
        groups = self.reading.groups
        there = self._there(register, list(places)) @ groups.members.T
        named: dict[tuple[int, ...], Ints] = {}
        for number, (docket, decree) in enumerate(zip(self.closed, laws, strict=True)):
            docket.held = there[0, number]
            rules_of = decree.exclude.values()
            own = tuple([places[one.when] for one in rules_of]) if rules_of else ()
            if own not in named:
                named[own] = there[np.array(own, dtype=np.intp)]
            docket.named = named[own][:, number]

    def _there(self, register: Register, rules: list[Predicate]) -> Ints:
        """Count those held, and whom of them rules name, by lists and by kind.

        Shape (1 + rules, lists + 1, kinds).
        """
        shape = (len(self.closed) + 1, self.reading.groups.members.shape[1])
        selected = np.full(len(register), len(self.closed), dtype=np.int32)
        for number, rows in reversed(self.bound):
            selected[rows] = number
        moves = np.zeros((1 + len(rules), *shape), dtype=np.int64)
        for start in range(0, len(register), WINDOW):
            window = slice(start, start + WINDOW)
            if not rules:
                moves[0] += self._moves(register, window, selected, shape)
                continue
            for rows, first, last, kinds in self._spans(register, window, selected):
                bench = self.reading.bench(register, rows, self.closed[0].occasion)
                moves[0] += _in_and_out(first, last, kinds, shape)
                for place, rule in enumerate(rules, start=1):
                    some = bench.meets(rule)
                    moves[place] += _in_and_out(first[some], last[some], kinds[some], shape)
        return moves.cumsum(axis=1)

    def _moves(
        self, register: Register, window: slice, selected: NDArray[np.int32],
        shape: tuple[int, int],
    ) -> Ints:  # fmt: skip
        """Count by lists and by kind who counts from them on, less who does no more."""
        r, groups = register, self.reading.groups
        if kernel.compiled is not None and not isinstance(register.varying, Course):
            ended = _ended(register, window)
            columns = (r.admitted[window], ended, selected[window],
                       r.offence[window], r.origin[window], r.health[window])  # fmt: skip
            found = kernel.compiled.list_moves(columns, self._lists(), groups.capital, shape)
            if found is not None:
                return found
        moves = np.zeros(shape, dtype=np.int64)
        for _, first, last, kinds in self._spans(register, window, selected):
            moves += _in_and_out(first, last, kinds, shape)
        return moves

    def _lists(self) -> NDArray[np.int32]:
        """Return the number of the first lists that close on a day or later, by day.

        The last is that of all days after.
        """
        days = np.array([docket.occasion.close_day for docket in self.closed])
        return np.searchsorted(days, np.arange(days[-1] + 2)).astype(np.int32)

    def _spans(
        self, register: Register, window: slice, selected: NDArray[np.int32]
    ) -> Iterator[tuple[Rows, NDArray[np.int32], NDArray[np.int32], Ints]]:
        """Yield rows, the lists from which and before which each counts, and their kinds.

        Where health changes, a spell has a span for each state.
        """
        table = self._lists()

        def lists(day: NDArray[np.integer]) -> NDArray[np.int32]:
            """Return the number of the first lists that close on a day or later."""
            return table.take(day, mode="clip")

        enter = lists(register.admitted[window])
        leave = np.minimum(lists(_ended(register, window)), selected[window])
        rows = np.arange(window.start, window.start + len(enter))
        if not isinstance(register.varying, Course):  # who counts nowhere comes and goes at once
            np.maximum(leave, enter, out=leave)
            yield rows, enter, leave, self.reading.groups.kinds(register, rows, 0)
            return
        since = [register.admitted[rows], *(getattr(register, name)[rows] for name in CHANGES)]
        until = [lists(day) for day in since[1:]] + [leave]
        for day, end in zip(since, until, strict=True):
            first, last = np.maximum(enter, lists(day)), np.minimum(end, leave)
            some = first < last
            kinds = self.reading.groups.kinds(register, rows[some], day[some])
            yield rows[some], first[some], last[some], kinds


def _ended(register: Register, window: slice) -> NDArray[np.int32]:
    """First day on whose lists a spell counts no more: who leaves by decree does so after them."""
    return register.left[window] + (register.cause[window] >= BY_DECREE)


def _in_and_out(
    first: NDArray[np.int32], last: NDArray[np.int32], kinds: Ints, shape: tuple[int, int]
) -> Ints:
    """Count by lists and by kind who counts from some lists on, less who does before others."""
    return crossed((first, kinds), shape) - crossed((last, kinds), shape)
