"""What is known of those before a decree: lengths, shares, ages, dates, as columns.

Thresholds that lie on a later day project served and remaining time from the term known when
lists close; everything else is read at the close. The term, remaining time and served share of a
sentence for life, or of death, have no meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar, cast, overload

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.days import completed_years
from sim.custody.parts import Parts, parts_of
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws
from sim.custody.traits import delays, labelled, petty, sex_of
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
T = TypeVar("T")


def _at(places: Rows, days: Ints | int) -> Ints | int:
    """Return the days of some, where each has his own."""
    return np.asarray(days[places]) if isinstance(days, np.ndarray) else days


class Found(Generic[T]):
    """What is found of people when it is first asked for, and kept with them from then on.

    What was found of all is not found again of some of them, but taken when it is asked for.
    """

    def __init__(self, find: Callable[[Facts], T]) -> None:
        self.find, self.name, self.__doc__ = find, find.__name__, find.__doc__

    @overload
    def __get__(self, facts: None, owner: type[Facts]) -> Self: ...
    @overload
    def __get__(self, facts: Facts, owner: type[Facts]) -> T: ...
    def __get__(self, facts: Facts | None, owner: type[Facts]) -> Self | T:
        """Return what is found; without people, as a class asks for it, itself."""
        if facts is None:
            return self
        known = None if facts.among is None else vars(facts.among[0]).get(self.name)
        if facts.among is not None and isinstance(known, np.ndarray):
            vars(facts)[self.name] = of_some = known[facts.among[1]]
            return cast("T", of_some)
        found = vars(facts)[self.name] = self.find(facts)
        return found


@dataclass
class Facts:
    """Those before the decree on one day: what can be asked of them.

    Attributes
    ----------
    rows
        Rows of the register, shape (n,).
    day
        Day on which attributes are read: one for all, or one for each.
    threshold_day
        Day to which served and remaining time, shares and ages refer.
    occasion
        The act of the decree, from whose stages other days of reading are counted.
    """

    register: Register
    prisons: Prisons
    draws: Draws
    decrees: tuple[str, ...]
    rows: Rows
    day: Ints | int
    threshold_day: Ints | int
    occasion: Occasion
    flags: dict[str, Ints] = field(default_factory=dict)
    pardonable: Ints | None = None
    """Days of the parts of each sentence that a clause falls on; None where it is all of it."""
    among: tuple[Facts, Rows] | None = None
    """All those of whom these are some, and their places."""

    def some(self, places: Rows) -> Self:
        """Return those in some places, in order; what is found of all is not found again."""
        if len(places) == len(self.rows):
            return self
        flags = {flag: values[places] for flag, values in self.flags.items()}
        pardonable = None if self.pardonable is None else self.pardonable[places]
        return type(self)(
            self.register, self.prisons, self.draws, self.decrees, self.rows[places],
            _at(places, self.day), _at(places, self.threshold_day), self.occasion, flags,
            pardonable, among=(self, places),
        )  # fmt: skip

    @Found
    def offences(self) -> NDArray[np.integer]:
        """Codes of the offences."""
        return self.register.offence[self.rows]

    @Found
    def parts(self) -> Parts:
        """The parts of the sentences."""
        return parts_of(self.prisons, self.draws, self.register, self.rows, self.sentence)

    @Found
    def endless(self) -> Mask:
        """Sentences without a term: for life, and of death."""
        return self.register.endless(self.rows)

    @Found
    def admitted(self) -> Ints:
        """Day of admission."""
        return self.register.admitted.take(self.rows).astype(np.int64)

    @Found
    def awaiting(self) -> Mask:
        """Who awaits trial: held, and not judged."""
        if not self.register.has_trials:
            return np.zeros(len(self.rows), dtype=np.bool_)
        return np.asarray(self.day < self.register.judged[self.rows])

    @Found
    def pending(self) -> Mask:
        """Whose sentence is not final: who awaits trial, or appeals."""
        return np.asarray(self.day < self.register.final[self.rows])

    @Found
    def in_status_since(self) -> Ints:
        """Day since which each has had his legal status."""
        r, rows = self.register, self.rows
        since = np.where(self.pending, r.judged[rows], r.final[rows])
        return np.where(self.awaiting, r.admitted[rows], since).astype(np.int64)

    @Found
    def remand(self) -> Ints:
        """Days held before the sentence became final; of a pending case those so far."""
        r, rows = self.register, self.rows
        until = np.minimum(r.final[rows].astype(np.int64), self.threshold_day)
        return np.asarray(np.maximum(until - r.admitted[rows], 0))

    @property
    def next_change(self) -> Ints:
        """First day after that of the bench on which health changes; ``NEVER`` without one."""
        return self.register.next_change(self.rows, self.day)

    @Found
    def served(self) -> Ints:
        """Days served by the threshold day."""
        return self.threshold_day - self.admitted

    @Found
    def ends(self) -> Ints:
        """Day on which the term ends; no meaning without one."""
        return self.register.ends(self.rows)

    @property
    def remaining(self) -> Ints:
        """Days from the threshold day to the end of the term; no meaning without one."""
        return self.ends - self.threshold_day

    @Found
    def until_due(self) -> Ints:
        """Days from the threshold day to ordinary release; no meaning without a term."""
        return self.register.due.take(self.rows).astype(np.int64) - self.threshold_day

    @Found
    def term(self) -> Ints:
        """Term in force, days; no meaning for a sentence without one."""
        found = self.ends - self.admitted
        if self.register.credits:  # what is credited brings the end nearer, and leaves the term
            found = found + self.register.credited[self.rows]
        return found

    @Found
    def labelled(self) -> Mask:
        """The label of an earlier reduction by pardon is on."""
        label = self.prisons.scenario.world.label
        if label is None:
            return np.zeros(len(self.rows), dtype=np.bool_)
        r, rows = self.register, self.rows

        def drawn(rows: Rows) -> Mask:
            spell = r.spell[rows].astype(np.int64)
            return labelled(self.prisons, self.draws, r.person[rows], spell, r.line[rows])

        on = r.lasting("label", rows, drawn).astype(np.bool_)
        on &= self.admitted <= self.day - label.after.value
        return on & ~self.awaiting if r.has_trials else on

    @Found
    def sentence(self) -> Ints:
        """Sentence imposed, days: with the cut before the label; without a term, beyond all."""
        r, rows = self.register, self.rows
        known = r.imposed[rows].astype(np.int64)
        label, before = self.prisons.scenario.world.label, np.zeros(1, dtype=np.int64)
        if label is not None:  # a product takes a part of the time of `numpy.where`
            before = np.minimum(label.cut.value, known) * self.labelled
        if r.stated:
            stated, sure = r.known("earlier_days", rows)
            before = np.where(sure, stated, before)
        return known + before

    @Found
    def earlier(self) -> Ints:
        """Number of reductions by pardon before the start: what is known of it, or the label."""
        found = self.labelled.astype(np.int64)
        if self.register.stated:
            stated, sure = self.register.known("earlier_count", self.rows)
            found = np.where(sure, stated, found)
        return found

    @Found
    def delayed(self) -> Ints:
        """Day of the offence if nothing is known but the time from it to admission."""
        r, rows = self.register, self.rows
        spell = r.spell[rows].astype(np.int64)
        delay = delays(self.prisons, self.draws, r.person[rows], spell, r.line[rows])
        found = self.admitted - delay
        if r.stated:
            stated, known = r.known("offence_day", rows)
            found = np.where(known, stated, found)
        return found

    @Found
    def offence_day(self) -> Ints:
        """Day of the offence: nobody offends again before the day after his release."""
        return np.maximum(self.delayed, self.register.free_since[self.rows].astype(np.int64) + 1)

    @Found
    def women(self) -> Mask:
        """Women."""
        r = self.register

        def drawn(rows: Rows) -> Mask:
            return sex_of(self.prisons, self.draws, r.person[rows], r.line[rows])

        return r.lasting("women", self.rows, drawn).astype(np.bool_)

    @Found
    def petty(self) -> Mask:
        """Petty offences."""
        r = self.register

        def drawn(rows: Rows) -> Mask:
            return petty(
                self.prisons, self.draws, r.person[rows], r.spell[rows].astype(np.int64),
                r.line[rows], r.offence[rows].astype(np.int64),
            )  # fmt: skip

        return r.lasting("petty", self.rows, drawn).astype(np.bool_)

    def age(self, days: Ints | int) -> Ints:
        """Completed years by birthdays on given days."""
        start = self.prisons.scenario.world.start
        born = self.register.born[self.rows].astype(np.int64)
        return completed_years(start, born, days)
