"""The steady state of a world: the rates and hazards that its files leave to be solved.

Stock, shares and the overall hazard are stated; admissions, the base hazard, the first
admissions behind the total, and the probability of the label of earlier reductions follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import Ageing
from sim.custody.course import Course
from sim.custody.courts import Axis, Law
from sim.custody.generations import Generations, first_admissions, stated_ages
from sim.custody.hazards import StepHazard
from sim.custody.mortality import (
    ITERATIONS,
    Mortality,
    UnreachableSharesError,
    solve_mortality,
)
from sim.custody.outside import deaths_at_liberty, hazard_of_return
from sim.custody.sentencing import (
    DEATH,
    ENDLESS,
    LIFE,
    SentenceDistribution,
    delay_distribution,
    sentence_distributions,
)
from sim.custody.stays import Stays, mean_held, of_each
from sim.custody.trials import Trials
from sim.custody.wear import Varying
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.integer] | int

_FOR_EVER = {
    LIFE: "without deaths{}, life sentences would fill the prisons",
    DEATH: "without deaths{} and executions, sentences of death would fill the prisons",
}
AGES_CLOSE = 1e-7


@dataclass(frozen=True)
class Steady:
    """A solved world; shares and weights as floats, hazards as integers of 10**-12 per day.

    Attributes
    ----------
    hazards, hazard_class
        Death hazards in custody by class, and the class by (health, origin).
    mix, imposed
        Shares of admissions by offence; P(fixed sentence) by (offence, length).
    endless
        P(sentence without a term) by (offence, sentence): for life and, where anybody may be
        executed, of death.
    health
        Shares of admissions by state of health.
    admissions_per_day, first_per_day
        All admissions and first admissions, per day.
    origin_all, origin_first
        Shares by origin of all and of first admissions.
    age_all, age_first
        Weights of the age at offence, in days, by (origin hazard group, day of age).
    origin_group
        Group of equal hazard by origin.
    label_probability
        P(the label of earlier reductions is on once enough is served).
    stays, average
        Stays from which people of the start are drawn, and those of the steady state. They are the
        same but where hazards are not constant: then whoever is drawn is kept with the probability
        of having met his own hazards, given the least.
    by_age
        Hazards of death in custody by class and age, where they depend on it.
    course
        How health changes in custody, where it does. Then classes are by state on admission, and
        their hazards the least of all states that can follow.
    """

    stays: Stays
    sentences: tuple[SentenceDistribution, ...]
    hazards: NDArray[np.int64]
    hazard_class: NDArray[np.int64]
    mix: Floats
    imposed: Floats
    endless: Floats
    health: Floats
    admissions_per_day: float
    first_per_day: float
    origin_all: Floats
    origin_first: Floats
    age_all: Floats
    age_first: Floats
    origin_group: NDArray[np.int64]
    label_probability: float
    liberty: StepHazard
    returning: StepHazard | None
    axis: Axis
    average: Stays
    by_age: StepHazard | None
    youngest: int
    trials: Trials | None = None
    course: Course | None = None

    @property
    def varying(self) -> Varying | None:
        """Hazards in custody, where they are not constant."""
        return self.by_age if self.course is None else self.course

    def class_of(self, health: Codes, origin: Codes) -> Ints:
        """Return the classes of hazards by health and origin, shape (n,), or () of one of each."""
        return _entry(self.hazard_class, health, origin)

    def rate_of(self, health: Codes, origin: Codes) -> Ints:
        """Return the hazards of death in custody, those at factor 1 where they depend on age."""
        return _entry(self._rates, health, origin)

    @cached_property
    def _rates(self) -> Ints:
        return self.hazards[self.hazard_class]

    @property
    def stock_joint(self) -> Floats:
        """Expected days held by (health, origin) in one day's admissions."""
        return self._joint(self.average)

    @property
    def drawn_joint(self) -> Floats:
        """The same of those drawn at the start."""
        return self._joint(self.stays)

    def _joint(self, stays: Stays) -> Floats:
        held = mean_held(stays, self.mix, self.imposed, self.endless)
        return self.health[:, None] * self.origin_all[None, :] * held[self.hazard_class]

    @cached_property
    def least(self) -> StepHazard:
        """The least hazards that anybody can meet, by class and days since admission."""
        assert self.by_age is not None
        return self.by_age.least_from(self.youngest)

    @property
    def leaving_joint(self) -> Floats:
        """Admissions that leave alive, by (health, origin), in one day's admissions."""
        alive = mean_leaving(self.stays, self.mix, self.imposed)
        return self.health[:, None] * self.origin_all[None, :] * alive[self.hazard_class]


def _entry(table: Ints, health: Codes, origin: Codes) -> Ints:
    """Look up a table by health and origin in one dimension, in a part of the time of two."""
    place = np.multiply(health, table.shape[1], dtype=np.int64) + origin
    return np.asarray(table.ravel()[place])


def mean_leaving(stays: Stays, mix: Floats, imposed: Floats) -> Floats:
    """P(an admission leaves alive), by hazard class."""
    return np.asarray(stays.leaving[0] @ imposed.T @ mix)


def solve(scenario: Scenario) -> Steady:
    """Solve the steady state of a scenario's world.

    Raises
    ------
    ScenarioError
        If a stated mean, the label's share or the returns cannot be had.
    """
    world = scenario.world
    sentences = sentence_distributions(scenario)
    trials = Trials.of(scenario)
    law = Law.of(scenario, sentences, trials)
    axis, mix, imposed, endless = law.axis, law.mix, law.imposed, law.endless
    factors = np.array([o.hazard.value if o.hazard else 1.0 for o in world.origins.values()])
    _, group = np.unique(factors, return_inverse=True)
    origin = np.array([o.share.value for o in world.origins.values()])

    delay = delay_distribution(scenario)
    waits, shares = np.array([float(world.offence_to_admission.value)]), np.ones(1)
    if delay is not None:
        waits, shares = delay.days.astype(np.float64), delay.weights
    longest = int(axis.lengths.max(initial=1))
    if axis.waits is not None:
        longest = max(longest, int(axis.waits.max()))
    ageing = Ageing.of(world, longest, waits, shares)
    liberty, returning = deaths_at_liberty(world), hazard_of_return(world.returns)
    age_all = np.tile(stated_ages(world), (int(group.max()) + 1, 1))
    base = None
    for _ in range(ITERATIONS):
        try:
            found, base = solve_mortality(world, law, ageing, age_all, base)
        except UnreachableSharesError as error:
            raise scenario.problem(("world", "health", "states"), str(error)) from None
        except ValueError as error:
            raise scenario.problem(("world", "deaths", "in custody"), str(error)) from None
        _refuse_for_ever(scenario, found, endless)
        flow = Generations(found, mix, imposed, liberty, returning)
        before = age_all
        first, age_first, age_all = first_admissions(scenario, flow, origin, group)
        # Survival depends on ages, and ages on who survives to return.
        if ageing is None or np.abs(age_all - before).sum() < AGES_CLOSE:
            break
    stays, average, health = found.stays, found.average, found.health
    held = mean_held(average, mix, imposed, endless)
    joint = health[:, None] * origin[None, :] * held[found.hazard_class]
    admissions = world.held.value / joint.sum() if joint.sum() > 0 else 0.0
    return Steady(
        stays, sentences, stays.hazards, found.hazard_class, mix, imposed, endless, health,
        admissions, admissions * first.sum(), origin, first / first.sum(),
        age_all, age_first, group,
        _label_probability(
            scenario, average, mix, imposed, endless, joint, found.hazard_class, trials
        ),
        liberty, returning, axis, average, found.by_age,
        ageing.youngest if ageing is not None else 0, trials, found.course,
    )  # fmt: skip


def _refuse_for_ever(scenario: Scenario, found: Mortality, endless: Floats) -> None:
    """Refuse sentences without a term which nothing ends."""
    where = "" if found.course is None else " in every state of health"
    for place, beside in enumerate(found.stays.beside):
        if np.any(endless[:, place] > 0) and np.any(found.last + beside == 0):
            message = _FOR_EVER[ENDLESS[place]].format(where)
            raise scenario.problem(("world", "deaths", "in custody"), message)


def _label_probability(
    scenario: Scenario,
    stays: Stays,
    mix: Floats,
    imposed: Floats,
    endless: Floats,
    joint: Floats,
    hazard_class: NDArray[np.int64],
    trials: Trials | None,
) -> float:
    """P(label) such that its share of the stock is the stated one."""
    label = scenario.world.label
    if label is None or label.share.value == 0 or joint.sum() == 0:
        return 0.0
    served = label.after.value
    fixed = stays.held_since(served).sum(axis=1) @ imposed.T
    since_then = stays.endless_since(served)
    if trials is not None:  # nobody's sentence is reduced before judgment
        later = [stays.endless_since(max(served, int(wait))) for wait in trials.wait.days]
        since_then = np.tensordot(trials.wait.weights, np.array(later), 1)
    forever = of_each(endless, since_then).sum(axis=-1)
    since = ((fixed + forever) @ mix)[hazard_class]
    held = mean_held(stays, mix, imposed, endless)[hazard_class]
    share = float((joint / held * since).sum() / joint.sum())
    if label.share.value > share:
        message = (
            f"a share of {label.share.value:.3g} cannot be reached: only {share:.3g} of those held "
            f"have served {label.after.value} days"
        )
        raise scenario.problem(("world", "earlier reductions", "share"), message)
    return label.share.value / share
