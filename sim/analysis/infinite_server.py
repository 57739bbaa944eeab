"""Custody as a queue without waiting: what theory says of a world, by plain sums over days.

Nothing here uses the package's own solver or its draws. The command `check-theory` and the tests
of theory hold the model against it.

Source: Eick, Massey and Whitt (1993), Management Science 39, 241-252, on the M/G/infinity queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from sim.scenario.lengths import in_units, whole_days
from sim.scenario.offences import Sentences
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def daily(rate_per_year: float) -> float:
    """Hazard per day, to the resolution of 10**-12 in which the model counts."""
    return round(rate_per_year / 365.25 * 1e12) / 1e12


def sentence_law(sentences: Sentences, step_days: int) -> tuple[Ints, Floats]:
    """Sentences in days and their probabilities, from the distribution's own definition."""
    number, unit = in_units(step_days)
    least, most = sentences.least.value, sentences.most.value
    days, count = [], 1
    while (length := whole_days(count * number, unit)) <= most:
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
        return np.asarray(np.exp(-self.q * np.arange(len(self.imposed))))

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
