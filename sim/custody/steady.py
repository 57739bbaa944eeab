"""The steady state of a world: the rates and hazards that its files leave to be solved.

Stock, shares and the overall hazard are stated; admissions, the base hazard, the first
admissions behind the total, and the probability of the label of earlier reductions follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import BIN_DAYS, Ageing, Survival, age_edges
from sim.custody.course import Course, relative_hazards, together
from sim.custody.hazards import UNIT, StepHazard, per_day
from sim.custody.points import Points
from sim.custody.sentencing import (
    DEATH,
    ENDLESS,
    LIFE,
    SentenceDistribution,
    delay_distribution,
    sentence_distributions,
)
from sim.custody.stays import MeritRule, Stays
from sim.custody.trials import Trials
from sim.custody.wear import Varying
from sim.scenario.lengths import whole_days
from sim.scenario.load import Scenario
from sim.scenario.world import Returns, World

Floats = NDArray[np.float64]
_FOR_EVER = {
    LIFE: "without deaths{}, life sentences would fill the prisons",
    DEATH: "without deaths{} and executions, sentences of death would fill the prisons",
}
AGE_BINS = 260
ITERATIONS = 200
CLOSE = 1e-13
VARYING_CLOSE = 1e-9
"""Where hazards are not constant, the base is solved to this part: they are rounded to more."""
AGES_CLOSE = 1e-7
FLAT, FAR = 0.1, 3.0
MOST_A_YEAR = 10_000.0
"""A hazard under which hardly anybody lives through a day, and sums of which fit an integer."""
EVER = 120


@dataclass(frozen=True)
class Axis:
    """The fixed sentences of a world, one block of them for each kind of offence.

    Offences are of one kind if equal sentences have equal release points. With custody before
    judgment there is a block for each kind and time to judgment, and after them an entry for each
    such time of those who are acquitted.

    Attributes
    ----------
    lengths, codes
        Days and code of the release point of each entry, shape (n,).
    kinds
        Kind of each offence, shape (offences,).
    size
        Entries of a block: the different fixed sentences.
    waits, times
        Days from arrest to judgment of each entry, shape (n,), and how many such times there are;
        None and 1 where all are sentenced at their admission.
    """

    lengths: NDArray[np.int64]
    codes: NDArray[np.int16]
    kinds: NDArray[np.int64]
    size: int
    waits: NDArray[np.int64] | None = None
    times: int = 1

    @staticmethod
    def of(
        points: Points, sentences: tuple[SentenceDistribution, ...], trials: Trials | None = None
    ) -> Axis:
        """Sort offences into kinds."""
        lengths = np.unique(np.concatenate([s.days[s.days < LIFE] for s in sentences]))
        by_offence = np.array([
            points.codes(np.full(len(lengths), j), lengths) for j in range(len(sentences))
        ])  # fmt: skip
        codes, kinds = np.unique(by_offence, axis=0, return_inverse=True)
        size = len(lengths)
        if trials is None:
            return Axis(np.tile(lengths, len(codes)), codes.ravel(), kinds.ravel(), size)
        wait = trials.wait.days
        none = np.zeros(len(wait), dtype=np.int64)
        return Axis(
            np.append(np.tile(lengths, len(codes) * len(wait)), none),
            np.append(np.repeat(codes, len(wait), axis=0).ravel(), none).astype(np.int16),
            kinds.ravel(), size,
            np.append(np.tile(np.repeat(wait, size), len(codes)), wait), len(wait),
        )  # fmt: skip

    def places(
        self, offence: NDArray[np.integer], days: NDArray[np.integer], time: int = 0
    ) -> NDArray[np.int64]:
        """Entries of fixed sentences, of whom a judgment comes after one of the times."""
        block = self.kinds[offence] * self.times + time
        return np.asarray(block * self.size + np.searchsorted(self.lengths[: self.size], days))


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
    points = Points(world)
    trials = Trials.of(scenario)
    axis = Axis.of(points, sentences, trials)
    mix = np.array([offence.share.value for offence in world.offences.values()])
    imposed = np.zeros((len(mix), len(axis.lengths)))
    executions = None
    if world.executions is not None:
        executions = per_day(world.executions.per_year.value)
    endless = np.zeros((len(mix), 1 if executions is None else len(ENDLESS)))
    for j, one in enumerate(sentences):
        fixed = one.days < LIFE
        endless[j, one.days[~fixed] - LIFE] = one.weights[~fixed]
        if trials is None:
            imposed[j, axis.places(np.array(j), one.days[fixed])] = one.weights[fixed]
            continue
        endless[j] *= trials.convicted
        for time, share in enumerate(trials.wait.weights):
            places = axis.places(np.array(j), one.days[fixed], time)
            imposed[j, places] = one.weights[fixed] * (share * trials.convicted)
        imposed[j, -axis.times :] = trials.wait.weights * (1 - trials.convicted)
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
    liberty, returning = _liberty(world), _returning(world.returns)
    age_all = np.tile(_stated_ages(world), (int(group.max()) + 1, 1))
    law, base = _Law(axis, points, mix, imposed, endless, executions), None
    for _ in range(ITERATIONS):
        try:
            found, base = _solve_hazards(world, law, ageing, age_all, base)
        except UnreachableSharesError as error:
            raise scenario.problem(("world", "health", "states"), str(error)) from None
        except ValueError as error:
            raise scenario.problem(("world", "deaths", "in custody"), str(error)) from None
        _refuse_for_ever(scenario, found, endless)
        flow = _Flow(found, mix, imposed, liberty, returning)
        before = age_all
        first, age_first, age_all = _first_admissions(scenario, flow, origin, group)
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


def _refuse_for_ever(scenario: Scenario, found: _Hazards, endless: Floats) -> None:
    """Refuse sentences without a term which nothing ends."""
    where = "" if found.course is None else " in every state of health"
    for place, beside in enumerate(found.stays.beside):
        if np.any(endless[:, place] > 0) and np.any(found.last + beside == 0):
            message = _FOR_EVER[ENDLESS[place]].format(where)
            raise scenario.problem(("world", "deaths", "in custody"), message)


@dataclass(frozen=True)
class _Law:
    """What courts hand down, and how it is served."""

    axis: Axis
    points: Points
    mix: Floats
    imposed: Floats
    endless: Floats
    executions: int | None

    def held(self, stays: Stays) -> Floats:
        """Return expected days held of an admission, by hazard class."""
        return mean_held(stays, self.mix, self.imposed, self.endless)


@dataclass(frozen=True)
class _Hazards:
    """Solved hazards and stays; the class of hazard by (health, origin)."""

    stays: Stays
    average: Stays
    hazard_class: NDArray[np.int64]
    health: Floats
    by_age: StepHazard | None = None
    ageing: Ageing | None = None
    course: Course | None = None
    by_state: tuple[Survival, ...] = ()

    def leaving_in(self, health: int, state: int, kind: int) -> Floats:
        """P(leaving alive in a state of health) by sentence, of those admitted in another."""
        if self.course is None:
            return np.asarray(self.average.leaving[0][kind] * (health == state))
        return np.asarray(self._leaving_in[state][kind])

    @cached_property
    def _leaving_in(self) -> list[Floats]:
        """P(leaving alive) for each state, shape (c, n): who is ever in it less who goes from it.

        Summed by parts over the days held, so that it is exact whatever merit cuts.
        """
        usual = self.average.usual
        found = []
        for one in self.by_state:
            gone = replace(usual, survival=one.fatal()).held.sum(axis=1)
            found.append(np.maximum(one.curve[:, :1] - gone, 0.0))
        return found

    @property
    def last(self) -> NDArray[np.int64]:
        """Hazards of the oldest."""
        return self.stays.hazards if self.by_age is None else self.by_age.rates[:, -1]


def _solve_hazards(
    world: World, law: _Law, ageing: Ageing | None, age_all: Floats, base: float | None
) -> tuple[_Hazards, float]:
    """Solve the base hazard and, where shares are of the stock, the health of admissions.

    The base is sought from a first value on, if there is one.
    """
    if world.health.in_custody:
        return _solve_course(world, law, base)
    factors, origin, stated = _stated_shares(world)
    relative = relative_hazards(world)
    distinct, hazard_class = np.unique(relative, return_inverse=True)
    groups = np.zeros(len(distinct), dtype=np.int64)
    ages: list[tuple[NDArray[np.int64], Floats]] = []
    if ageing is not None:  # ages differ between groups of origins
        _, group = np.unique(factors, return_inverse=True)
        pairs = np.stack(np.broadcast_arrays(relative, group[None, :]), axis=-1).reshape(-1, 2)
        pairs, hazard_class = np.unique(pairs, axis=0, return_inverse=True)
        distinct, groups = pairs[:, 0], pairs[:, 1].astype(np.int64)
        ages = [ageing.at_admission(one) for one in age_all]
    hazard_class = hazard_class.reshape(relative.shape)
    target = world.deaths.in_custody.value
    health = stated
    if base is None:
        base = target / max(float(stated @ relative @ origin), 1e-300)
    tried: list[tuple[float, float]] = []
    for _ in range(ITERATIONS):
        hazards = np.array([per_day(base * factor) for factor in distinct], dtype=np.int64)
        rule = MeritRule.of(world.merit)
        axis = law.axis
        plain = Stays.of(
            hazards, axis.lengths, rule, world.start, law.points, axis.codes, axis.waits,
            law.executions,
        )  # fmt: skip
        found = _Hazards(plain, plain, hazard_class, health)
        if ageing is not None:
            if base * float(distinct.max() * ageing.factors.max()) > MOST_A_YEAR:
                message = f"{target:.3g} a year cannot be reached with these factors by age"
                raise ValueError(message)
            by_age = ageing.hazard(base * distinct)
            alive, worn = ageing.averaged(by_age, ages, groups)
            found = _Hazards(
                replace(plain, survival=ageing.least(by_age)), replace(plain, survival=alive),
                hazard_class, health, by_age, ageing,
            )  # fmt: skip
        held = law.held(found.average)[hazard_class]
        if not np.all(np.isfinite(held)) or target == 0:
            break
        if world.health.of == "stock":
            health = stated / (held @ origin)
            health = health / health.sum()
            found = replace(found, health=health)
        shares = health[:, None] * origin[None, :]
        joint = shares * held
        if ageing is not None:
            weight = shares * law.held(replace(plain, survival=worn))[hazard_class]
        else:
            weight = joint
        overall = float((weight * relative).sum() / joint.sum()) * base
        change = target / overall
        if abs(change - 1) < (CLOSE if ageing is None else VARYING_CLOSE):
            break
        if ageing is not None:  # each try costs more, so the slope is used
            tried.append((np.log(base), np.log(change)))
            base *= float(np.exp(_step(tried)))
        else:
            base *= change
    return found, base


def _stated_shares(world: World) -> tuple[Floats, Floats, Floats]:
    """Factors and shares of origins, and shares of states of health."""
    origins = world.origins.values()
    factors = np.array([o.hazard.value if o.hazard else 1.0 for o in origins])
    origin = np.array([o.share.value for o in origins])
    return factors, origin, np.array([s.share.value for s in world.health.states.values()])


class UnreachableSharesError(ValueError):
    """Shares of health among those held that no shares among admissions can bring about."""


def _solve_course(world: World, law: _Law, base: float | None) -> tuple[_Hazards, float]:
    """Solve the base hazard and the health of admissions where health changes in custody.

    Classes are by state on admission and origin; people are drawn by the least hazards that can
    follow.
    """
    factors, origin, stated = _stated_shares(world)
    relative = relative_hazards(world)
    names = list(world.health.states)
    least = np.array([
        relative[[names.index(one) for one in world.health.reached(name)]].min(axis=0)
        for name in names
    ])  # fmt: skip
    _, group = np.unique(factors, return_inverse=True)
    hazard_class = np.arange(len(names))[:, None] * (int(group.max()) + 1) + group[None, :]
    distinct = np.zeros(int(hazard_class.max()) + 1)
    distinct[hazard_class] = least
    target = world.deaths.in_custody.value
    if base is None:
        base = target / max(float(stated @ relative @ origin), 1e-300)
    tried: list[tuple[float, float]] = []
    for _ in range(ITERATIONS):
        if base * float(relative.max()) > MOST_A_YEAR:
            raise ValueError(f"{target:.3g} a year cannot be reached with these states of health")
        found = _of_a_course(world, law, hazard_class, distinct, base)
        in_state = np.array([
            law.held(replace(found.stays, survival=one))[hazard_class] for one in found.by_state
        ])  # fmt: skip
        if not np.all(np.isfinite(in_state)):
            break
        if world.health.of == "stock":
            health = _admitted_so_that(stated, in_state @ origin, names)
            found = replace(found, health=health)
        if target == 0:
            break
        held = found.health[:, None] * origin[None, :] * in_state
        overall = float((held * relative[:, None, :]).sum() / held.sum()) * base
        change = target / overall
        if abs(change - 1) < VARYING_CLOSE:
            break
        tried.append((np.log(base), np.log(change)))
        base *= float(np.exp(_step(tried)))
    return found, base


def _of_a_course(
    world: World, law: _Law, hazard_class: NDArray[np.int64], least: Floats, base: float
) -> _Hazards:
    """Stays where health changes, given the base hazard and the least factors by class."""
    course, axis = Course.of(world, base), law.axis
    assert course is not None
    hazards = np.array([per_day(base * factor) for factor in least], dtype=np.int64)
    rule = MeritRule.of(world.merit)
    plain = Stays.of(
        hazards, axis.lengths, rule, world.start, law.points, axis.codes, axis.waits,
        law.executions,
    )  # fmt: skip
    days = plain.curves.shape[1]
    if world.label is not None:
        days = max(days, world.label.after.value)
    by_state = course.survival(hazard_class, days)
    if law.executions:
        spared = course.survival(hazard_class, days, law.executions)
        by_state = tuple(replace(one, spared=other)
                         for one, other in zip(by_state, spared, strict=True))  # fmt: skip
    alive = replace(plain, survival=together(by_state))
    *_, stated = _stated_shares(world)
    return _Hazards(plain, alive, hazard_class, stated, course=course, by_state=by_state)


def _admitted_so_that(stated: Floats, held: Floats, names: list[str]) -> Floats:
    """Solve the health of admissions from that of those held.

    Parameters
    ----------
    stated
        Shares of those held by state of health, of these `names`.
    held
        Expected days held in each state, by state on admission, shape (states, states).
    """
    found = np.linalg.solve(held, stated)
    state = int(np.argmin(found))
    if found[state] < -CLOSE * np.abs(found).max():
        raise UnreachableSharesError(
            f"the shares of the stock cannot be reached: those alone who become {names[state]!r} "
            f"in custody are more than {stated[state]:.3g} of it"
        )
    found = np.maximum(found, 0.0)
    return np.asarray(found / found.sum())


def _step(tried: list[tuple[float, float]]) -> float:
    """How far to go from the last of the points tried, by the line through the last two."""
    (x, y), slope = tried[-1], -1.0
    if len(tried) > 1 and tried[-2][0] != x:
        before, other = tried[-2]
        slope = (y - other) / (x - before)
    step = -y / slope if slope < -FLAT else y
    return float(np.clip(step, -FAR, FAR))


def _liberty(world: World) -> StepHazard:
    """Death hazards at liberty by health (kinds) and age (clock)."""
    bands = world.deaths.at_liberty
    edges = age_edges(bands)
    states = world.health.states.values()
    return StepHazard.of(
        edges,
        [[per_day(b.value * s.at_liberty.value) for b in bands.values()] for s in states],
    )


def factor_kind(*, supervision: bool, job: bool, education: bool) -> int:
    """Return the kind of release in the hazards of return."""
    return supervision + 2 * job + 4 * education


def _returning(returns: Returns | None) -> StepHazard | None:
    """Hazards of return by kind of release (supervision, job, education) and time free."""
    if returns is None:
        return None
    steps = returns.by_time_free
    edges = [0, *(step.until.value for step in steps)]
    rates = []
    for kind in range(8):
        offending, detection = returns.offending.value, returns.detection.value
        for bit, effects in ((1, returns.supervision), (2, returns.job), (4, returns.education)):
            if kind & bit:
                offending *= effects.offending.value if effects.offending else 1.0
                detection *= effects.detection.value if effects.detection else 1.0
        rate = offending * min(detection, 1.0) * returns.imprisonment.value
        rates.append([*(per_day(rate * step.factor.value) for step in steps), 0])
    return StepHazard.of(edges, rates)


@dataclass(frozen=True)
class _Flow:
    """From ages at one offence to ages at the next, by origin group, in half-year bins."""

    hazards: _Hazards
    mix: Floats
    imposed: Floats
    liberty: StepHazard
    returning: StepHazard | None
    kept: dict[int, Floats] = field(default_factory=dict)

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
            at = ((np.arange(AGE_BINS) + 1) * BIN_DAYS + delay_days).astype(np.int64)
            state = np.full(AGE_BINS, number)
            before = self.liberty.used(state, at)
            for step, share_back in enumerate(back):
                middle = at + int((step + 0.5) * BIN_DAYS)
                alive = np.exp(-(self.liberty.used(state, middle) - before) / UNIT)
                result[step + 1 :] += (released * alive * share_back)[: AGE_BINS - step - 1]
        return result

    def _ways(self) -> Iterator[tuple[int, int, float]]:
        """States of health on admission and on leaving, with the shares of the first."""
        course = self.hazards.course
        for health, share in enumerate(self.hazards.health):
            yield health, health, share
            state = health
            while course is not None and course.following[state] != state:
                state = int(course.following[state])
                yield health, state, share


def _stated_ages(world: World) -> Floats:
    """Weights of the age at offence by day."""
    stated = np.zeros(int(AGE_BINS * BIN_DAYS))
    for (first_age, last_age), share in world.ages_at_offence.items():
        low, high = whole_days(first_age, "year"), whole_days(last_age + 1, "year")
        stated[low:high] = share.value / (high - low)
    return stated


def _first_admissions(
    scenario: Scenario, flow: _Flow, origin: Floats, group: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """First admissions by origin as shares of all admissions; weights of ages, first and all."""
    world = scenario.world
    stated = _stated_ages(world)
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
