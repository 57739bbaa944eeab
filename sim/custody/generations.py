"""From one spell to the next: how old people are who leave, who come back, and who come first.

Those who come for the first time are who is left of all admissions, whose ages are stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import BIN_DAYS
from sim.custody.hazards import UNIT, StepHazard
from sim.custody.mortality import CLOSE, ITERATIONS, Mortality
from sim.scenario.lengths import whole_days
from sim.scenario.scenario import Scenario
from sim.scenario.world import World

Floats = NDArray[np.float64]

AGE_BINS = 260


@dataclass(frozen=True)
class Generations:
    """From ages at one offence to ages at the next, by origin group, in half-year bins."""

    hazards: Mortality
    mix: Floats
    imposed: Floats
    liberty: StepHazard
    returning: StepHazard | None
    kept: dict[int, Floats] = field(default_factory=dict)
    kept_at_liberty: dict[tuple[int, int], Floats] = field(default_factory=dict)

    def released(
        self, ages: Floats, health: int, origin: int, delay_days: int, state: int
    ) -> Floats:
        """Ages, in bins before the delay, of those who leave alive, from those at offence.

        Of those admitted in one state of health, those who leave in another.
        """
        found = self.hazards
        kind = int(found.hazard_class[health, origin])
        stay = found.average.leaving[1]
        years = np.minimum((stay / BIN_DAYS).astype(np.int64), AGE_BINS - 1)
        if found.by_age is None:
            weights = found.leaving_in(health, state, kind) * (self.mix @ self.imposed)
            by_bin = np.bincount(years, weights, AGE_BINS)
            return np.asarray(np.convolve(ages, by_bin)[:AGE_BINS])
        return np.asarray(self._alive(kind, delay_days, years) @ ages)

    def _alive(self, kind: int, delay_days: int, years: NDArray[np.int64]) -> Floats:
        """P(leaving alive in a bin of age) by bin of age at offence, shape (bins, bins)."""
        if kind not in self.kept:
            found = self.hazards
            assert found.ageing is not None
            assert found.by_age is not None
            weights = self.mix @ self.imposed
            still = found.average.but_for_death(weights, years)
            at = ((np.arange(AGE_BINS) + 0.5) * BIN_DAYS + delay_days).astype(np.int64)
            deaths = found.ageing.of_age(found.by_age, kind, at, still.shape[1]).fatal().curve
            sentenced = np.bincount(years, weights)
            alive = sentenced[None, :] - deaths[:, :-1] @ still.T
            bins = np.arange(AGE_BINS)
            moved = np.zeros((2 * AGE_BINS, AGE_BINS))
            for later, reached in enumerate(np.maximum(alive, 0.0).T):
                moved[bins + later, bins] = reached
            self.kept[kind] = moved[:AGE_BINS]
        return self.kept[kind]

    def next_ages(self, ages: Floats, origin: int, delay_days: int) -> Floats:
        """Ages at offence of those who return, from the ages of those admitted."""
        result = np.zeros(AGE_BINS)
        if self.returning is None:
            return result
        spans = np.arange(0, int(self.returning.edges[-1]) + BIN_DAYS, BIN_DAYS)
        kind = np.zeros(len(spans), dtype=np.int64)
        left = np.exp(-self.returning.used(kind, spans.astype(np.int64)) / UNIT)
        back = left[:-1] - left[1:]
        for health, number, share in self._ways():
            released = self.released(ages, health, origin, delay_days, number) * share
            alive = self._alive_at_liberty(number, delay_days, len(back))
            for step, share_back in enumerate(back):
                here = released * alive[step] * share_back
                result[step + 1 :] += here[: AGE_BINS - step - 1]
        return result

    def _alive_at_liberty(self, state: int, delay_days: int, steps: int) -> Floats:
        """P(alive in the middle of each half-year at liberty) by bin, shape (steps, bins)."""
        if (state, delay_days) not in self.kept_at_liberty:
            at = ((np.arange(AGE_BINS) + 1) * BIN_DAYS + delay_days).astype(np.int64)
            middles = ((np.arange(steps) + 0.5) * BIN_DAYS).astype(np.int64)[:, None] + at
            days = np.concatenate((at, middles.ravel()))
            used = self.liberty.used(np.full(len(days), state), days)
            before, until = used[:AGE_BINS], used[AGE_BINS:].reshape(steps, AGE_BINS)
            self.kept_at_liberty[state, delay_days] = np.exp(-(until - before) / UNIT)
        return self.kept_at_liberty[state, delay_days]

    def _ways(self) -> Iterator[tuple[int, int, float]]:
        """States of health on admission and on leaving, with the shares of the first."""
        course = self.hazards.course
        for health, share in enumerate(self.hazards.health):
            yield health, health, share
            state = health
            while course is not None and course.following[state] != state:
                state = int(course.following[state])
                yield health, state, share


def stated_ages(world: World) -> Floats:
    """Weights of the age at offence by day."""
    stated = np.zeros(int(AGE_BINS * BIN_DAYS))
    for (first_age, last_age), share in world.ages_at_offence.items():
        low, high = whole_days(first_age, "year"), whole_days(last_age + 1, "year")
        stated[low:high] = share.value / (high - low)
    return stated


def first_admissions(
    scenario: Scenario, flow: Generations, origin: Floats, group: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """First admissions by origin as shares of all admissions; weights of ages, first and all."""
    world = scenario.world
    stated = stated_ages(world)
    days = np.arange(len(stated))
    bins = np.minimum((days / BIN_DAYS).astype(np.int64), AGE_BINS - 1)
    width = np.bincount(bins, minlength=AGE_BINS)
    delay = world.offence_to_admission.value
    first = np.zeros(len(origin))
    age_first = np.zeros((int(group.max()) + 1, len(days)))
    age_all = np.zeros_like(age_first)
    for g in range(len(age_first)):
        one = int(np.flatnonzero(group == g)[0])
        everyone = stated
        for _ in range(ITERATIONS):
            back = flow.next_ages(np.bincount(bins, everyone, AGE_BINS).astype(float), one, delay)
            if back.sum() >= 1:
                message = (f"returns alone ({back.sum():.2f} per admission) exceed the total of "
                           "admissions; lower offending, detection or imprisonment")  # fmt: skip
                raise scenario.problem(("world", "returns"), message)
            returners = (back / width)[bins]
            new = np.maximum(stated - returners, 0.0)
            new *= (1 - back.sum()) / new.sum()
            if np.abs(new + returners - everyone).sum() < CLOSE:
                break
            everyone = new + returners
        first[group == g] = origin[group == g] * (1 - back.sum())
        age_first[g], age_all[g] = new, everyone
    return first, age_first, age_all
