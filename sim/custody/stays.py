"""How long people stay: expected days held by sentence and hazard, with merit cuts and deaths.

In the steady state the number held who were admitted ``a`` days ago is the admissions of a day
times the probability of still being held. A person with ``k`` merit cuts is held while ``a`` does
not exceed the sentence less the cuts; the number of cuts so far is binomial in the number of
merit dates since he had served long enough. So every weight is a sum of one-dimensional curves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import Survival
from sim.custody.hazards import DAYS_PER_YEAR, UNIT
from sim.custody.points import Points
from sim.scenario.lengths import in_year
from sim.scenario.world import Merit

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class MeritRule:
    """The yearly merit cut; probability 0 where a world has none."""

    month_day: tuple[int, int]
    after_days: int
    probability: float
    cut_days: int

    @staticmethod
    def of(merit: Merit | None) -> MeritRule:
        """Read it from a world."""
        if merit is None or merit.cut.value == 0:
            return MeritRule((1, 1), 0, 0.0, 0)
        return MeritRule(merit.each, merit.after.value, merit.probability.value, merit.cut.value)

    def dates_before(self, start: date, days: int) -> NDArray[np.int64]:
        """Days before the start, increasing, on which merit was given in the last `days` days.

        The day before the start is left out: its cut ends no stay before the start and is given
        to those then held (`sim.custody.people`).
        """
        found: list[int] = []
        year = start.year
        while True:
            before = (start - in_year(year, self.month_day)).days
            if before > days:
                return np.array(found, dtype=np.int64)
            if before > 1:
                found.append(before)
            year -= 1
            if year < 1:
                return np.array(found, dtype=np.int64)


def binomial_curves(trials: NDArray[np.int64], probability: float) -> Floats:
    """P(k successes) for each number of trials, shape (k, len(trials)); tiny tails dropped."""
    from sim.custody.special import binom

    numbers = np.arange(int(trials.max(initial=0)) + 1)  # few, for very many days
    k = numbers[:, None] if probability > 0 else np.zeros((1, 1), dtype=np.int64)
    with np.errstate(invalid="ignore"):
        each = binom(numbers, k) * probability**k * (1 - probability) ** np.maximum(numbers - k, 0)
    curves = np.where(k <= numbers, each, 0.0)[:, trials]
    keep = np.flatnonzero(curves.max(axis=1, initial=0.0) > NEGLIGIBLE)
    return np.asarray(curves[: int(keep.max(initial=0)) + 1], dtype=np.float64)


@dataclass(frozen=True)
class Stays:
    """Expected days held in the steady state.

    Attributes
    ----------
    hazards
        Death hazards per day of the classes, integers of 10**-12, shape (c,).
    lengths
        Fixed sentences, days, increasing, shape (n,).
    curves
        P(k merit cuts after a days), shape (k, longest), entry ``a - 1`` for a = 1, 2, …
    cut_days
        Days of one merit cut.
    merit
        The merit rule.
    points, codes
        Release points, and the code of each length, shape (n,); where the release point depends on
        the offence, lengths stand once for each kind of offence.
    waits
        Days from arrest to judgment of each entry, shape (n,), before which nobody leaves; None
        where all are sentenced at their admission. An entry of length 0 leaves at judgment.
    survival
        By class and days since admission, where hazards are not constant.
    executions
        Hazard of execution per day, in units of 10**-12, of those under sentence of death; None
        where nobody is.
    """

    hazards: NDArray[np.int64]
    lengths: NDArray[np.int64]
    curves: Floats
    merit: MeritRule
    points: Points
    codes: NDArray[np.int16]
    waits: NDArray[np.int64] | None = None
    survival: Survival | None = None
    executions: int | None = None

    @staticmethod
    def of(
        hazards: NDArray[np.int64],
        lengths: NDArray[np.int64],
        merit: MeritRule,
        start: date,
        points: Points,
        codes: NDArray[np.int16],
        waits: NDArray[np.int64] | None = None,
        executions: int | None = None,
    ) -> Stays:
        """Set up the curves for a world that starts on a date."""
        longest = int(lengths.max(initial=1))
        if waits is not None:
            longest = max(longest, int(waits.max()))
        elapsed = np.arange(1, longest + 1)
        dates = merit.dates_before(start, longest)
        trials = np.searchsorted(dates, elapsed - merit.after_days, side="right")
        curves = binomial_curves(trials, merit.probability)
        return Stays(hazards, lengths, curves, merit, points, codes, waits, executions=executions)

    @cached_property
    def weights(self) -> Floats:
        """Weight of (class, cuts, days elapsed): shape (c, k, longest), entry ``a - 1``."""
        longest = self.curves.shape[1]
        if self.survival is not None:
            alive = self.survival.curve[:, :longest]
        else:
            elapsed = np.arange(longest, dtype=np.float64)
            alive = np.exp(-self.hazards[:, None] / UNIT * elapsed)
        return np.asarray(alive[:, None, :] * self.curves[None, :, :])

    @cached_property
    def held_until(self) -> Floats:
        """Weights summed up to a day, shape (c, k, longest + 1)."""
        classes, cuts, longest = self.weights.shape
        sums = np.zeros((classes, cuts, longest + 1))
        np.cumsum(self.weights, axis=2, out=sums[:, :, 1:])
        return sums

    @cached_property
    def limits(self) -> NDArray[np.int64]:
        """Most days elapsed while held, by cuts and sentence, shape (k, n); 0 where never."""
        cuts = np.arange(len(self.curves))[:, None] * self.merit.cut_days
        return self._served(np.maximum(self.lengths[None, :] - cuts, 0))

    def _served(self, terms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Days held of terms, shape (…, n): what is to be served, and until judgment at least."""
        days = terms
        if not self.points.whole:
            days = self.points.served(np.broadcast_to(self.codes, terms.shape), terms)
        return days if self.waits is None else np.maximum(days, self.waits)

    @cached_property
    def held(self) -> Floats:
        """Expected days held by class, cuts and sentence, shape (c, k, n)."""
        return self._held_after(np.zeros_like(self.limits))

    def held_since(self, served: int) -> Floats:
        """Return expected days held after `served` days and under a sentence, shape (c, k, n)."""
        first = np.full_like(self.limits, served)
        return self._held_after(first if self.waits is None else np.maximum(first, self.waits))

    def _held_after(self, first: NDArray[np.int64]) -> Floats:
        """Return expected days held beyond the first ones, shape (c, k, n)."""
        sums = self.held_until
        cuts = np.arange(len(self.curves))[:, None]
        first = np.minimum(first, self.limits)
        return np.asarray(sums[:, cuts, self.limits] - sums[:, cuts, first])

    @property
    def beside(self) -> tuple[int, ...]:
        """Hazards beside that of death, by sentence without a term: for life none, of death one."""
        return (0,) if self.executions is None else (0, self.executions)

    @cached_property
    def endless_held(self) -> Floats:
        """Expected days held of sentences without a term, by class, shape (c, sentences).

        Infinite where nothing ends them.
        """
        return self.endless_since(0)

    def endless_since(self, served: int) -> Floats:
        """Return expected days held of these after the first `served`, shape (c, sentences)."""
        if self.survival is not None:
            found = [self.survival.with_hazard(one).since(served) for one in self.beside]
            return np.stack(found, axis=-1)
        hazards = self.hazards[:, None] + np.array(self.beside)
        with np.errstate(divide="ignore"):
            held = -1 / np.expm1(-hazards / UNIT)
        return np.asarray(held * np.exp(-hazards / UNIT * served) if served else held)

    def not_executed(self, served: NDArray[np.int64]) -> Floats:
        """P(not executed after numbers of days), by sentence, shape (days, sentences)."""
        return np.exp(-np.array(self.beside) / UNIT * served[:, None])

    @cached_property
    def usual(self) -> Stays:
        """The same, averaged over the day of admission within the year of merit."""
        elapsed = np.arange(1, self.curves.shape[1] + 1)
        years = np.maximum(elapsed - self.merit.after_days, 0) / DAYS_PER_YEAR
        fewer = np.floor(years).astype(np.int64)
        reached = elapsed >= self.merit.after_days
        odd = np.where(reached, years - fewer, 0.0)
        low = binomial_curves(fewer, self.merit.probability)
        high = binomial_curves(fewer + 1, self.merit.probability)
        k = max(len(low), len(high))
        return replace(self, curves=_rows(low, k) * (1 - odd) + _rows(high, k) * odd)

    def but_for_death(self, weights: Floats, bins: NDArray[np.int64]) -> Floats:
        """P(held but for death) of the weights of sentences, by bin and days since admission.

        Parameters
        ----------
        weights, bins
            Of each sentence, shape (n,).

        Returns
        -------
        NDArray
            Shape (bins, longest), entry ``a - 1`` for a = 1, 2, …
        """
        usual = self.usual
        longest = usual.curves.shape[1]
        found = np.zeros((int(bins.max()) + 1, longest))
        for curve, limits in zip(usual.curves, usual.limits, strict=True):
            ends = np.zeros((len(found), longest + 1))
            np.add.at(ends, (bins, limits), weights)
            reached = np.cumsum(ends[:, ::-1], axis=1)[:, ::-1][:, 1:]
            found += reached * curve
        return found

    @cached_property
    def leaving(self) -> tuple[Floats, NDArray[np.int64]]:
        """P(leaving alive), shape (c, n), and the usual days held by who does, shape (n,).

        Who is admitted on any day of the year leaves alive unless he dies while held: one less
        the daily risk times the expected days held, averaged over the day of admission.
        """
        average = self.usual
        if self.survival is not None:
            dead = replace(average, survival=self.survival.fatal()).held.sum(axis=1)
        else:
            dead = -np.expm1(-self.hazards / UNIT)[:, None] * average.held.sum(axis=1)
        # Where next to nobody survives, the difference may fall below 0 by rounding.
        alive = np.maximum(1 - dead, 0.0)
        cuts = np.arange(len(average.curves)) @ average.curves
        met = np.maximum(self._served(self.lengths), 1)
        stay = self.lengths - np.rint(cuts[met - 1] * self.merit.cut_days).astype(np.int64)
        return alive, np.maximum(self._served(np.maximum(stay, 0)), 1)


def _rows(curves: Floats, k: int) -> Floats:
    """Return exactly k rows, zeros appended."""
    return np.concatenate((curves, np.zeros((k - len(curves), curves.shape[1]))))


def mean_held(stays: Stays, mix: Floats, imposed: Floats, endless: Floats) -> Floats:
    """Return expected days held of an admission, by hazard class."""
    fixed = stays.held.sum(axis=1) @ imposed.T
    return np.asarray((fixed + of_each(endless, stays.endless_held).sum(axis=-1)) @ mix)


def of_each(endless: Floats, days: Floats) -> Floats:
    """Return expected days of sentences without a term, shape (c, offences, sentences).

    They are 0 where there is no such sentence, whatever the hazard.

    Parameters
    ----------
    endless, days
        Shares of them by (offence, sentence), and days by (class, sentence).
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(endless > 0, endless * days[:, None, :], 0.0))
