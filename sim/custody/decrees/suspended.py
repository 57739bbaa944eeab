"""What a new sentence brings back: remissions on condition, and the rest of one served at home.

A remission is suspended over the spell in which it was given. Whoever comes back for an offence
within the window, with a sentence of the kind named, serves it after the new term; over whoever
comes back otherwise it stays suspended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.decrees.bench import Bench
from sim.custody.ends import BY_DECREE
from sim.custody.flows import between
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws
from sim.scenario.law.revival import Revival
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
OPEN = -(1 << 30)
"""Stands for a day that is not known before the person has left."""


@dataclass
class Remission:
    """What one occasion has remitted under one clause and its condition.

    Attributes
    ----------
    rows
        Spells over which it is suspended, shape (n,).
    days
        Days remitted; ``OPEN`` for a release that has not happened yet.
    start
        Day from which the window runs; ``OPEN`` before it is known.
    """

    occasion: Occasion
    rule: Revival
    rows: Rows
    days: Ints
    start: Ints


class Suspended:
    """The conditional remissions of a run, as they stand, and what was done by them."""

    def __init__(self, prisons: Prisons, draws: Draws) -> None:
        self.prisons, self.draws = prisons, draws
        self.standing: list[Remission] = []
        self.given: list[tuple[Occasion, Rows, Ints]] = []
        self.revived: list[tuple[Rows, Ints]] = []
        self.taken_back: list[tuple[Rows, Ints]] = []
        """New spells of those who were at home, and the days left of the sentence before."""

    def give(self, occasion: Occasion, rule: Revival, rows: Rows, cut_days: Ints) -> None:
        """Note a remission on the day of its grant: days of a cut, ``OPEN`` for a release."""
        if not len(rows):
            return
        start = np.full(len(rows), OPEN, dtype=np.int64)
        if rule.since == "law":
            start[:] = occasion.grant_day
        elif rule.since == "delivery":
            start[cut_days != OPEN] = occasion.grant_day
        self.given.append((occasion, rows, cut_days))
        self.standing.append(Remission(occasion, rule, rows, cut_days, start))

    def arrive(self, register: Register, before: Rows, new: Rows) -> None:
        """Find what the new spells of people revive, and hang the rest over these spells."""
        if not (self.standing or register.home[before].any()) or not len(new):
            return
        days = np.zeros(len(new), dtype=np.int64)
        for one in self.standing:
            self._return(register, one, before, new, days)
        some = days > 0
        if some.any():
            self.revived.append((new[some], days[some]))
        rest = _rest_at_home(register, before, new)
        if rest.any():
            self.taken_back.append((new[rest > 0], rest[rest > 0]))
        days += rest
        some = days > 0
        if some.any():
            register.revive(new[some], days[some])

    def counted(self, register: Register, days: int) -> dict[str, Ints]:
        """Count by day what was remitted on condition, and what was brought back, shape (days,)."""
        found = {name: np.zeros(days, dtype=np.int64)
                 for name in ("days suspended", "days revived", "sentences revived")}  # fmt: skip
        for occasion, rows, cut in self.given:
            freed = cut == OPEN
            found["days suspended"][occasion.grant_day] += cut[~freed].sum()
            rows = rows[freed]
            rows = rows[register.left[rows] < days]
            left = register.left[rows]
            np.add.at(found["days suspended"], left, remitted(register, rows, occasion))
        for rows, number in self.revived:
            np.add.at(found["days revived"], register.admitted[rows], number)
            np.add.at(found["sentences revived"], register.admitted[rows], 1)
        return found

    def at_home(self, register: Register, nexts: tuple[Rows, Rows], days: int) -> dict[str, Ints]:
        """Count who serves a sentence at home at the end of each day, and who is taken back.

        Parameters
        ----------
        nexts
            Rows of those who come back, and of their next spells.
        """
        r = register
        ends = np.minimum(r.due, r.died_free)
        ends[nexts[0]] = np.minimum(ends[nexts[0]], r.admitted[nexts[1]])
        rows = np.flatnonzero(r.home & (r.cause >= BY_DECREE) & (r.left < days))
        found = {name: np.zeros(days, dtype=np.int64)
                 for name in ("taken back from home", "days taken back")}  # fmt: skip
        for new, rest in self.taken_back:
            np.add.at(found["taken back from home"], r.admitted[new], 1)
            np.add.at(found["days taken back"], r.admitted[new], rest)
        return {"serving at home": between(r.left[rows], ends[rows], days), **found}

    def _return(
        self, register: Register, one: Remission, before: Rows, new: Rows, revived: Ints
    ) -> None:
        """Let one remission meet those who return; adds to the days revived of each new spell."""
        own = np.isin(one.rows, before)
        if not own.any():
            return
        order = np.argsort(before)
        place = order[np.searchsorted(before[order], one.rows[own])]
        days, start = self._settled(register, one, own)
        known = register.known_from(new)
        bench = Bench(register, self.prisons, self.draws, (), new, known, known, one.occasion)
        met = ~register.endless(new) & ~register.acquitted(new)
        met &= bench.meets(one.rule.when) if one.rule.when else True
        within = bench.offence_day[place] <= start + one.rule.within.value
        back = met[place] & within & (days > 0)
        np.add.at(revived, place[back], days[back])
        stays = ~back & (days > 0)
        one.rows = np.concatenate((one.rows[~own], new[place[stays]]))
        one.days = np.concatenate((one.days[~own], days[stays]))
        one.start = np.concatenate((one.start[~own], start[stays]))

    def _settled(self, register: Register, one: Remission, own: Mask) -> tuple[Ints, Ints]:
        """Days remitted and start of the window of those who have left, shape (n,) both."""
        rows, days, start = one.rows[own], one.days[own].copy(), one.start[own].copy()
        left = register.left[rows].astype(np.int64)
        freed = days == OPEN
        days[freed] = remitted(register, rows[freed], one.occasion)
        start[start == OPEN] = left[start == OPEN]
        return days, start


def _rest_at_home(register: Register, before: Rows, new: Rows) -> Ints:
    """Days left of a sentence served at home when a new spell begins; a new one for life has none.

    What has been served at home by then is served. Nothing is left where no new sentence follows.
    """
    there = register.home[before] & (register.cause[before] >= BY_DECREE)
    rest = register.due[before].astype(np.int64) - register.admitted[new]
    there &= ~register.endless(new) & ~register.acquitted(new)
    return np.where(there, np.maximum(rest, 0), 0)


def remitted(register: Register, rows: Rows, occasion: Occasion) -> Ints:
    """Days that a release by an occasion's decree has remitted; none of a life sentence."""
    left = register.left[rows].astype(np.int64)
    by_it = register.cause[rows] == BY_DECREE + occasion.position
    days = register.ends(rows) - left
    return np.where(by_it & ~register.endless(rows), days, 0)
