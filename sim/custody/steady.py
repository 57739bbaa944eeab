"""The steady state of a world: the rates and hazards that its files leave to be solved.

Stock, shares and the overall hazard are stated; admissions, the base hazard, the first
admissions behind the total, and the probability of the label of earlier reductions follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import DAYS_PER_YEAR, UNIT, StepHazard, per_day
from sim.custody.points import Points
from sim.custody.sentencing import LIFE, SentenceDistribution, sentence_distributions
from sim.custody.stays import MeritRule, Stays
from sim.scenario.lengths import whole_days
from sim.scenario.load import Scenario
from sim.scenario.world import Returns, World

Floats = NDArray[np.float64]
BIN_DAYS = DAYS_PER_YEAR / 2
AGE_BINS = 260
ITERATIONS = 200
CLOSE = 1e-13
EVER = 120


@dataclass(frozen=True)
class Axis:
    """The fixed sentences of a world, one block of them for each kind of offence.

    Offences are of one kind if equal sentences have equal release points.

    Attributes
    ----------
    lengths, codes
        Days and code of the release point of each entry, shape (n,).
    kinds
        Kind of each offence, shape (offences,).
    """

    lengths: NDArray[np.int64]
    codes: NDArray[np.int16]
    kinds: NDArray[np.int64]

    @staticmethod
    def of(points: Points, sentences: tuple[SentenceDistribution, ...]) -> Axis:
        """Sort offences into kinds."""
        lengths = np.unique(np.concatenate([s.days[s.days < LIFE] for s in sentences]))
        by_offence = np.array([
            points.codes(np.full(len(lengths), j), lengths) for j in range(len(sentences))
        ])  # fmt: skip
        codes, kinds = np.unique(by_offence, axis=0, return_inverse=True)
        return Axis(np.tile(lengths, len(codes)), codes.ravel(), kinds.ravel())

    def places(self, offence: NDArray[np.integer], days: NDArray[np.integer]) -> NDArray[np.int64]:
        """Entries of fixed sentences."""
        block = len(self.lengths) // (int(self.kinds.max()) + 1)
        return np.asarray(self.kinds[offence] * block + np.searchsorted(self.lengths[:block], days))


@dataclass(frozen=True)
class Steady:
    """A solved world; shares and weights as floats, hazards as integers of 10**-12 per day.

    Attributes
    ----------
    hazards, hazard_class
        Death hazards in custody by class, and the class by (health, origin).
    mix, imposed
        Shares of admissions by offence; P(fixed sentence) by (offence, length).
    life
        P(life) by offence.
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
    """

    stays: Stays
    sentences: tuple[SentenceDistribution, ...]
    hazards: NDArray[np.int64]
    hazard_class: NDArray[np.int64]
    mix: Floats
    imposed: Floats
    life: Floats
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

    @property
    def stock_joint(self) -> Floats:
        """Expected days held by (health, origin) in one day's admissions."""
        held = mean_held(self.stays, self.mix, self.imposed, self.life)
        return self.health[:, None] * self.origin_all[None, :] * held[self.hazard_class]

    @property
    def leaving_joint(self) -> Floats:
        """Admissions that leave alive, by (health, origin), in one day's admissions."""
        alive = mean_leaving(self.stays, self.mix, self.imposed)
        return self.health[:, None] * self.origin_all[None, :] * alive[self.hazard_class]


def mean_held(stays: Stays, mix: Floats, imposed: Floats, life: Floats) -> Floats:
    """Return expected days held of an admission, by hazard class."""
    fixed = stays.held.sum(axis=1) @ imposed.T
    return np.asarray((fixed + life_days(life[None, :], stays.life_held[:, None])) @ mix)


def life_days(life: Floats, held: Floats | float) -> Floats:
    """Return expected days held of life sentences; 0 where there are none, whatever the hazard."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(life > 0, life * held, 0.0))


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
    axis = Axis.of(points, sentences)
    mix = np.array([offence.share.value for offence in world.offences.values()])
    imposed = np.zeros((len(mix), len(axis.lengths)))
    life = np.zeros(len(mix))
    for j, one in enumerate(sentences):
        fixed = one.days < LIFE
        imposed[j, axis.places(np.array(j), one.days[fixed])] = one.weights[fixed]
        life[j] = one.weights[~fixed].sum()
    factors = np.array([o.hazard.value if o.hazard else 1.0 for o in world.origins.values()])
    _, group = np.unique(factors, return_inverse=True)
    origin = np.array([o.share.value for o in world.origins.values()])

    def stays_at(hazards: NDArray[np.int64]) -> Stays:
        rule = MeritRule.of(world.merit)
        return Stays.of(hazards, axis.lengths, rule, world.start, points, axis.codes)

    stays, hazard_class, health = _hazards(world, stays_at, factors, origin, (mix, imposed, life))
    if np.any(life > 0) and np.any(stays.hazards == 0):
        path = ("world", "deaths", "in custody")
        raise scenario.problem(path, "without deaths, life sentences would fill the prisons")
    held = mean_held(stays, mix, imposed, life)
    joint = health[:, None] * origin[None, :] * held[hazard_class]
    admissions = world.held.value / joint.sum() if joint.sum() > 0 else 0.0
    liberty = _liberty(world)
    returning = _returning(world.returns)
    flow = _Flow(stays, hazard_class, health, mix, imposed, liberty, returning)
    first, age_first, age_all = _first_admissions(scenario, flow, origin, group)
    return Steady(
        stays, sentences, stays.hazards, hazard_class, mix, imposed, life, health,
        admissions, admissions * first.sum(), origin, first / first.sum(),
        age_all, age_first, group,
        _label_probability(scenario, stays, mix, imposed, life, joint, hazard_class),
        liberty, returning, axis,
    )  # fmt: skip


def _hazards(
    world: World,
    stays_at: Callable[[NDArray[np.int64]], Stays],
    factors: Floats,
    origin: Floats,
    sentences: tuple[Floats, Floats, Floats],
) -> tuple[Stays, NDArray[np.int64], Floats]:
    """Solve the base hazard and, where shares are of the stock, the health of admissions."""
    states = list(world.health.states.values())
    relative = np.array([s.in_custody.value for s in states])[:, None] * factors[None, :]
    distinct, hazard_class = np.unique(relative, return_inverse=True)
    hazard_class = hazard_class.reshape(relative.shape)
    stated = np.array([s.share.value for s in states])
    target = world.deaths.in_custody.value
    base, health = target / max(float(stated @ relative @ origin), 1e-300), stated
    for _ in range(ITERATIONS):
        hazards = np.array([per_day(base * factor) for factor in distinct], dtype=np.int64)
        stays = stays_at(hazards)
        held = mean_held(stays, *sentences)[hazard_class]
        if not np.all(np.isfinite(held)) or target == 0:
            break
        if world.health.of == "stock":
            health = stated / (held @ origin)
            health = health / health.sum()
        joint = health[:, None] * origin[None, :] * held
        overall = float((joint * relative).sum() / joint.sum()) * base
        change = target / overall
        if abs(change - 1) < CLOSE:
            break
        base *= change
    return stays, hazard_class, health


def _liberty(world: World) -> StepHazard:
    """Death hazards at liberty by health (kinds) and age (clock)."""
    bands = world.deaths.at_liberty
    edges = [0, *(whole_days(ages[0], "year") for ages in list(bands)[1:])]
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

    stays: Stays
    hazard_class: NDArray[np.int64]
    health: Floats
    mix: Floats
    imposed: Floats
    liberty: StepHazard
    returning: StepHazard | None

    def next_ages(self, ages: Floats, origin: int, delay_days: int) -> Floats:
        """Ages at offence of those who return, from the ages of those admitted."""
        result = np.zeros(AGE_BINS)
        if self.returning is None:
            return result
        leaving, stay = self.stays.leaving
        years = np.minimum((stay / BIN_DAYS).astype(np.int64), AGE_BINS - 1)
        spans = np.arange(0, int(self.returning.edges[-1]) + BIN_DAYS, BIN_DAYS)
        kind = np.zeros(len(spans), dtype=np.int64)
        left = np.exp(-self.returning.used(kind, spans.astype(np.int64)) / UNIT)
        back = left[:-1] - left[1:]
        for health, share in enumerate(self.health):
            weights = leaving[self.hazard_class[health, origin]] * (self.mix @ self.imposed)
            by_bin = np.bincount(years, weights, AGE_BINS)
            released = np.convolve(ages, by_bin)[:AGE_BINS] * share
            at = ((np.arange(AGE_BINS) + 1) * BIN_DAYS + delay_days).astype(np.int64)
            state = np.full(AGE_BINS, health)
            before = self.liberty.used(state, at)
            for step, share_back in enumerate(back):
                middle = at + int((step + 0.5) * BIN_DAYS)
                alive = np.exp(-(self.liberty.used(state, middle) - before) / UNIT)
                result[step + 1 :] += (released * alive * share_back)[: AGE_BINS - step - 1]
        return result


def _first_admissions(
    scenario: Scenario, flow: _Flow, origin: Floats, group: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """First admissions by origin as shares of all admissions; weights of ages, first and all."""
    world = scenario.world
    days = np.arange(int(AGE_BINS * BIN_DAYS))
    stated = np.zeros(len(days))
    for (first_age, last_age), share in world.ages_at_offence.items():
        low, high = whole_days(first_age, "year"), whole_days(last_age + 1, "year")
        stated[low:high] = share.value / (high - low)
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
    life: Floats,
    joint: Floats,
    hazard_class: NDArray[np.int64],
) -> float:
    """P(label) such that its share of the stock is the stated one."""
    label = scenario.world.label
    if label is None or label.share.value == 0 or joint.sum() == 0:
        return 0.0
    served = label.after.value
    fixed = stays.held_since(served).sum(axis=1) @ imposed.T
    forever = life_days(life[None, :], stays.life_held[:, None])
    forever = forever * np.exp(-stays.hazards / UNIT * served)[:, None]
    since = ((fixed + forever) @ mix)[hazard_class]
    held = mean_held(stays, mix, imposed, life)[hazard_class]
    share = float((joint / held * since).sum() / joint.sum())
    if label.share.value > share:
        message = (
            f"a share of {label.share.value:.3g} cannot be reached: only {share:.3g} of those held "
            f"have served {label.after.value} days"
        )
        raise scenario.problem(("world", "earlier reductions", "share"), message)
    return label.share.value / share
