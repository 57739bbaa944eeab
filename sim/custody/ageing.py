"""Deaths in custody by age, as the steady state needs them: survival averaged over ages.

Ages at admission do not depend on sentence or health. So what is solved needs no more than, for
each class of hazard, the mean over ages of the probability of being alive some days after
admission. People of the start are drawn as if everybody met the least hazard that anybody can
meet, and kept with the probability that is left: so their ages, stays and sentences are together
exactly those of survivors, without a table of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import DAYS_PER_YEAR, UNIT, StepHazard, per_day
from sim.scenario.lengths import whole_days
from sim.scenario.world import Ages, World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BIN_DAYS = DAYS_PER_YEAR / 2
SMALL = 500.0
"""Exponents up to this are far from what a float can hold."""
DELAY_DAYS = 30
"""Delays are averaged within so many days."""


@dataclass(frozen=True)
class Survival:
    """What is left of people, by class and days since admission.

    Attributes
    ----------
    curve
        Shape (c, n + 1): the weight of those held since so many days, from 0, but for the end of
        the term: the probability of being alive, or its product with a factor on the hazard.
    last
        Hazard per day, in units of 10**-12, by which the last entry decreases for ever, shape (c,).
    rest
        Sum from the last entry on, shape (c,), where it does not decrease by one hazard; then no
        day beyond it is asked for.
    spared
        The same where executions act beside, if that cannot be told from these.
    """

    curve: Floats
    last: Ints
    rest: Floats | None = None
    spared: Survival | None = None

    def with_hazard(self, hazard: int) -> Survival:
        """Return the same where another hazard, the same on all days, acts beside."""
        if not hazard:
            return self
        if self.rest is not None:
            assert self.spared is not None
            return self.spared
        days = np.arange(self.curve.shape[1])
        return Survival(self.curve * np.exp(-hazard / UNIT * days), self.last + hazard)

    def since(self, days: int) -> Floats:
        """Sum over all days from one on, shape (c,); infinite where nobody leaves in the end."""
        n = self.curve.shape[1] - 1
        if self.rest is not None:
            assert days <= n
            return np.asarray(self.curve[:, days:n].sum(axis=1) + self.rest)
        with np.errstate(divide="ignore"):
            rest = self.curve[:, n] / -np.expm1(-self.last / UNIT)
        rest = rest * np.exp(-self.last / UNIT * max(days - n, 0))
        return np.asarray(self.curve[:, min(days, n) : n].sum(axis=1) + rest)

    def after(self, days: Ints) -> Floats:
        """Weights after numbers of days, shape (days, c)."""
        n = self.curve.shape[1] - 1
        beyond = np.maximum(days - n, 0)[:, None]
        rest = np.exp(-self.last / UNIT * beyond)
        return np.asarray(self.curve[:, np.minimum(days, n)].T * rest)

    def fatal(self) -> Survival:
        """Return the deaths of each day, of a curve of probabilities."""
        deaths = -np.diff(self.curve, axis=1)
        return Survival(np.append(deaths, np.zeros((len(deaths), 1)), axis=1), self.last)


@dataclass(frozen=True)
class Ageing:
    """How the hazard of death in custody changes with age.

    Attributes
    ----------
    edges
        Days of age at which the factor changes, the first 0.
    factors
        Factor on the hazard from each edge on.
    youngest
        Least age at admission, days.
    days
        Days for which curves are tabulated: beyond them everybody is of the last age, and beyond
        the longest sentence.
    delays, shares
        Days from offence to admission, and their shares.
    """

    edges: list[int]
    factors: Floats
    youngest: int
    days: int
    delays: Floats
    shares: Floats

    @staticmethod
    def of(world: World, longest: int, delays: Floats, shares: Floats) -> Ageing | None:
        """Read it from a world; None where hazards do not know age."""
        bands = world.deaths.by_age
        if not bands:
            return None
        edges = age_edges(bands)
        youngest = whole_days(min(first for first, _ in world.ages_at_offence), "year")
        group = (delays / DELAY_DAYS).astype(np.int64)
        weight = np.bincount(group, shares)
        mean = np.bincount(group, shares * delays)[weight > 0] / weight[weight > 0]
        factors = np.array([band.value for band in bands.values()])
        days = max(edges[-1] - youngest, longest, 1)
        return Ageing(edges, factors, youngest, days, mean, weight[weight > 0] / weight.sum())

    def hazard(self, relative: Floats) -> StepHazard:
        """Hazards by class, given the hazards a year at factor 1."""
        return StepHazard.of(
            self.edges, [[per_day(one * factor) for factor in self.factors] for one in relative]
        )

    def least(self, hazard: StepHazard) -> Survival:
        """Survival of those who meet the least hazard that anybody can meet."""
        clock = np.arange(self.days + 1)
        lowest = hazard.least_from(self.youngest)
        sums = [lowest.used(np.full(len(clock), c), clock) for c in range(len(hazard.rates))]
        return Survival(np.exp(-np.array(sums) / UNIT), hazard.rates[:, -1])

    def at_admission(self, ages: Floats) -> tuple[Ints, Floats]:
        """Ages at admission, days, and their weights, from the weights of ages at offence.

        Ages stand for half years; what lies between two of them is shared out so that the mean is
        kept.
        """
        bins = (np.arange(len(ages)) / BIN_DAYS).astype(np.int64)
        weight = np.bincount(bins, ages)
        mean = float(self.shares @ self.delays)
        steps = (self.delays - mean) / BIN_DAYS
        whole = np.floor(steps).astype(np.int64)
        found = np.zeros(len(weight) + int(whole.max() - whole.min()) + 2)
        for step, odd, share in zip(whole - whole.min(), steps - whole, self.shares, strict=True):
            found[step : step + len(weight)] += weight * share * (1 - odd)
            found[step + 1 : step + 1 + len(weight)] += weight * share * odd
        some = np.flatnonzero(found)
        middle = (some + whole.min() + 0.5) * BIN_DAYS + mean
        return np.rint(middle).astype(np.int64), found[some] / found.sum()

    def averaged(
        self, hazard: StepHazard, ages: list[tuple[Ints, Floats]], groups: Ints
    ) -> tuple[Survival, Survival]:
        """Survival by class, averaged over ages, and the same times the factor at the age.

        Parameters
        ----------
        ages
            Ages at admission and their weights, by group.
        groups
            Group of each class.
        """
        n, last = self.days + 1, max(int(days[-1]) for days, _ in ages)
        clock = np.arange(last + n)
        band = np.searchsorted(self.edges, clock, side="right") - 1
        factor = self.factors[np.maximum(band, 0)]
        alive = np.zeros((len(groups), n))
        worn = np.zeros_like(alive)
        for c, group in enumerate(groups):
            days, shares = ages[int(group)]
            for age, weight, left in _each(hazard, c, days, shares, n):
                alive[c] += weight * left
                worn[c] += weight * left * factor[age : age + n]
        return Survival(alive, hazard.rates[:, -1]), Survival(worn, hazard.rates[:, -1])

    def of_age(self, hazard: StepHazard, kind: int, ages: Ints, days: int) -> Survival:
        """Survival in a class over some days by age at admission, shape (ages, days + 1)."""
        each = _each(hazard, kind, ages, np.ones(len(ages)), days + 1)
        curves = [left for _, _, left in each]
        return Survival(np.array(curves), np.full(len(ages), hazard.rates[kind, -1]))


def age_edges(bands: Mapping[Ages, object]) -> list[int]:
    """Days of age at which bands begin; the first reaches down to birth."""
    return [0, *(whole_days(first, "year") for first, _ in list(bands)[1:])]


def _each(
    hazard: StepHazard, kind: int, ages: Ints, weights: Floats, n: int
) -> Iterator[tuple[int, float, Floats]]:
    """Yield age, weight and survival over n days of each age at admission."""
    clock = np.arange(int(ages[-1]) + n)
    used = hazard.used(np.full(len(clock), kind), clock) / UNIT
    if used[-1] < SMALL:  # one exponential for all ages, where it does not run out of floats
        left = np.exp(-used)
        for age, weight in zip(ages.tolist(), weights, strict=True):
            yield age, float(weight), left[age : age + n] * np.exp(used[age])
        return
    for age, weight in zip(ages.tolist(), weights, strict=True):
        yield age, float(weight), np.exp(used[age] - used[age : age + n])
