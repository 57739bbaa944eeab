"""What theory says of a world, worked out without the package's solver: plain sums over days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from sim.scenario.lengths import in_words, in_year, whole_days
from sim.scenario.load import Scenario
from sim.scenario.world import Merit, Sentences

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def daily(rate_per_year: float) -> float:
    """Hazard per day, to the resolution of 10**-12 in which the model counts."""
    return round(rate_per_year / 365.25 * 1e12) / 1e12


def sentence_law(sentences: Sentences, step_days: int) -> tuple[Ints, Floats]:
    """Sentences in days and their probabilities, from the distribution's own definition."""
    number, unit = in_words(step_days).split()
    least, most = sentences.least.value, sentences.most.value
    days, count = [], 1
    while (length := whole_days(count * int(number), unit.rstrip("s"))) <= most:
        days += [length] if length >= least else []
        count += 1
    grid = np.array(days)
    middles = (grid[1:] + grid[:-1]) / 2
    shape = sentences.shape.value

    def weights(log_scale: float) -> Floats:
        scale = np.exp(log_scale)
        gamma = sentences.family == "gamma"
        law = stats.gamma(shape, scale=scale) if gamma else stats.lognorm(shape, scale=scale)
        ends = law.cdf([least, most]) if sentences.truncated else (0.0, 1.0)
        mass = np.diff([ends[0], *law.cdf(middles), ends[1]])
        return np.asarray(mass / mass.sum())

    def excess(log_scale: float) -> float:
        return float(weights(log_scale) @ grid) - sentences.mean.value

    middle = np.log(sentences.mean.value)
    return grid, weights(optimize.brentq(excess, middle - 4, middle + 4, xtol=1e-14))


@dataclass(frozen=True)
class InfiniteServer:
    """Custody as M/G/infinity: Poisson admissions, fixed terms, one hazard of death, no merit.

    A person admitted on a day is held on the evenings of the days 0 to L - 1 after it, unless he
    has died: after ``a`` days he is alive with probability exp(-q a).
    """

    scenario: Scenario

    @property
    def q(self) -> float:
        """Hazard of death per day."""
        return daily(self.scenario.world.deaths.in_custody.value)

    @cached_property
    def laws(self) -> list[tuple[Ints, Floats]]:
        """Fixed sentences by offence."""
        world = self.scenario.world
        step = world.sentence_step.value
        return [sentence_law(offence.sentence, step) for offence in world.offences.values()]

    @cached_property
    def life(self) -> float:
        """Share of life sentences among admissions."""
        offences = self.scenario.world.offences.values()
        return sum(o.share.value * o.life.value for o in offences if o.life)

    @cached_property
    def by_offence(self) -> Floats:
        """P(offence and fixed sentence of L days), shape (offences, longest + 1)."""
        offences = self.scenario.world.offences.values()
        longest = max(int(days.max()) for days, _ in self.laws)
        result = np.zeros((len(self.laws), longest + 1))
        for row, one, (days, weights) in zip(result, offences, self.laws, strict=True):
            row[days] = weights * one.share.value * (1 - (one.life.value if one.life else 0))
        return result

    @cached_property
    def imposed(self) -> Floats:
        """P(fixed sentence of L days), by L."""
        return np.asarray(self.by_offence.sum(axis=0))

    @cached_property
    def alive(self) -> Floats:
        """P(alive a days after admission), by a."""
        return np.exp(-self.q * np.arange(len(self.imposed)))

    @cached_property
    def longer(self) -> Floats:
        """P(a fixed sentence above a days), by a."""
        return np.asarray(self.imposed.sum() - np.cumsum(self.imposed))

    @cached_property
    def stay(self) -> float:
        """Mean number of evenings held of an admission."""
        fixed = float(self.alive @ self.longer)
        return fixed + (self.life / (1 - np.exp(-self.q)) if self.life else 0.0)

    @property
    def admissions(self) -> float:
        """Admissions per day that keep the stock."""
        return self.scenario.world.held.value / self.stay

    def left_after(self, days: int) -> float:
        """Share of the fixed-term stock that is still held so many days later."""
        later = self.alive[days:] @ self.longer[days:]
        return float(later / (self.alive @ self.longer))

    @cached_property
    def residual(self) -> Floats:
        """Weights of the days to the end of the term among those held, by days."""
        found = np.zeros_like(self.imposed)
        for length in np.flatnonzero(self.imposed):
            found[1 : length + 1] += self.imposed[length] * self.alive[:length][::-1]
        return found


@dataclass(frozen=True)
class MeritServer:
    """Custody with a yearly merit cut, followed through the calendar date by date."""

    server: InfiniteServer

    @property
    def rule(self) -> Merit:
        """The cut."""
        found = self.server.scenario.world.merit
        assert found is not None
        return found

    def dates(self, first: int, last: int) -> list[int]:
        """Days of merit, relative to the world's start, from one day to another."""
        start = self.server.scenario.world.start
        years = range(start.year + first // 365 - 2, start.year + last // 365 + 3)
        days = [(in_year(year, self.rule.each) - start).days for year in years]
        return [day for day in days if first <= day <= last]

    def held(self, evening: int) -> Floats:
        """P(held on an evening, with k cuts) by (k, sentence, days since admission).

        Death is left out. Who has nothing left after a cut leaves on the next day.
        """
        lengths = np.flatnonzero(self.server.imposed)
        since = np.arange(int(lengths.max()) + 1)
        admitted = evening - since
        most = len(self.dates(evening - int(since[-1]), evening))
        chance, cut = self.rule.probability.value, self.rule.cut.value
        state = np.zeros((most + 1, len(lengths), len(since)))
        state[0] = 1.0
        due = (
            admitted[None, None, :]
            + lengths[None, :, None]
            - (cut * np.arange(most + 1)[:, None, None])
        )
        for day in self.dates(evening - int(since[-1]), evening):
            state = np.where(due > day, state, 0.0)
            may = admitted <= day - self.rule.after.value
            given = np.where(may, state * chance, 0.0)
            state = state - given
            nothing_left = due[1:] <= day
            state[1:] += np.where(nothing_left & (day < evening), 0.0, given[:-1])
            if day == evening:
                return np.asarray(state)
        return np.where(due > evening, state, 0.0)

    def joint(self, evening: int) -> Floats:
        """Evenings held in a day's admissions, by (k, sentence, days since admission)."""
        lengths = np.flatnonzero(self.server.imposed)
        found = self.held(evening) * self.server.imposed[lengths][None, :, None]
        return np.asarray(found * self.server.alive[None, None, : found.shape[2]])
