"""What is known of those before a decree: lengths, shares, ages, dates, as columns.

Thresholds that lie on a later day project served and remaining time from the term known when
lists close; everything else is read at the close. The term, remaining time and served share of a
sentence for life, or of death, have no meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.days import completed_years
from sim.custody.parts import Parts, parts_of
from sim.custody.prisons import Prisons
from sim.custody.register import Register, Rows
from sim.custody.streams import Draws
from sim.custody.traits import delays, labelled, petty, sex_of
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


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

    def some(self, places: Rows) -> Self:
        """Return those in some places, in order; what is found of all is not found again."""
        if len(places) == len(self.rows):
            return self
        part = replace(self, rows=self.rows[places], flags={})
        for name, found in vars(self).items():
            if name == "flags":
                part.flags |= {flag: values[places] for flag, values in found.items()}
            elif name != "rows" and isinstance(found, np.ndarray):
                part.__dict__[name] = found[places]
        return part

    @cached_property
    def offences(self) -> NDArray[np.integer]:
        """Codes of the offences."""
        return self.register.offence[self.rows]

    @cached_property
    def parts(self) -> Parts:
        """The parts of the sentences."""
        return parts_of(self.prisons, self.draws, self.register, self.rows, self.sentence)

    @cached_property
    def endless(self) -> Mask:
        """Sentences without a term: for life, and of death."""
        return self.register.endless(self.rows)

    @cached_property
    def admitted(self) -> Ints:
        """Day of admission."""
        return self.register.admitted[self.rows].astype(np.int64)

    @cached_property
    def awaiting(self) -> Mask:
        """Who awaits trial: held, and not judged."""
        if not self.register.has_trials:
            return np.zeros(len(self.rows), dtype=np.bool_)
        return np.asarray(self.day < self.register.judged[self.rows])

    @cached_property
    def pending(self) -> Mask:
        """Whose sentence is not final: who awaits trial, or appeals."""
        return np.asarray(self.day < self.register.final[self.rows])

    @cached_property
    def in_status_since(self) -> Ints:
        """Day since which each has had his legal status."""
        r, rows = self.register, self.rows
        since = np.where(self.pending, r.judged[rows], r.final[rows])
        return np.where(self.awaiting, r.admitted[rows], since).astype(np.int64)

    @cached_property
    def remand(self) -> Ints:
        """Days held before the sentence became final; of a pending case those so far."""
        r, rows = self.register, self.rows
        until = np.minimum(r.final[rows].astype(np.int64), self.threshold_day)
        return np.asarray(np.maximum(until - r.admitted[rows], 0))

    @property
    def next_change(self) -> Ints:
        """First day after that of the bench on which health changes; ``NEVER`` without one."""
        return self.register.next_change(self.rows, self.day)

    @cached_property
    def served(self) -> Ints:
        """Days served by the threshold day."""
        return self.threshold_day - self.admitted

    @cached_property
    def remaining(self) -> Ints:
        """Days from the threshold day to the end of the term; no meaning without one."""
        return self.register.ends(self.rows) - self.threshold_day

    @cached_property
    def until_due(self) -> Ints:
        """Days from the threshold day to ordinary release; no meaning without a term."""
        return self.register.due[self.rows].astype(np.int64) - self.threshold_day

    @cached_property
    def term(self) -> Ints:
        """Term in force, days; no meaning for a sentence without one."""
        found = self.served + self.remaining
        if self.register.credits:  # what is credited brings the end nearer, and leaves the term
            found = found + self.register.credited[self.rows]
        return found

    @cached_property
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
        on &= self.day - self.admitted >= label.after.value
        return on & ~self.awaiting if r.has_trials else on

    @cached_property
    def sentence(self) -> Ints:
        """Sentence imposed, days: with the cut before the label; without a term, beyond all."""
        r, rows = self.register, self.rows
        known = r.imposed[rows].astype(np.int64)
        label, before = self.prisons.scenario.world.label, np.zeros_like(known)
        if label is not None:  # a product takes a part of the time of `numpy.where`
            before = np.minimum(label.cut.value, known) * self.labelled
        if r.stated:
            stated, sure = r.known("earlier_days", rows)
            before = np.where(sure, stated, before)
        return known + before

    @cached_property
    def earlier(self) -> Ints:
        """Number of reductions by pardon before the start: what is known of it, or the label."""
        found = self.labelled.astype(np.int64)
        if self.register.stated:
            stated, sure = self.register.known("earlier_count", self.rows)
            found = np.where(sure, stated, found)
        return found

    @cached_property
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

    @cached_property
    def offence_day(self) -> Ints:
        """Day of the offence: nobody offends again before the day after his release."""
        return np.maximum(self.delayed, self.register.free_since[self.rows].astype(np.int64) + 1)

    @cached_property
    def women(self) -> Mask:
        """Women."""
        r = self.register

        def drawn(rows: Rows) -> Mask:
            return sex_of(self.prisons, self.draws, r.person[rows], r.line[rows])

        return r.lasting("women", self.rows, drawn).astype(np.bool_)

    @cached_property
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
