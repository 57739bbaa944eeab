"""Who dies in custody: the base hazard, solved so that those held die as often as a world states.

The hazard is the base times factors of health and origin, and of age where a world says so; or it
is that of the state that people are in, where health changes. The health of admissions follows from
that of the stock, where it is the stock's that is stated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import Ageing, Survival
from sim.custody.course import Course, relative_hazards, together
from sim.custody.courts import Law
from sim.custody.hazards import StepHazard
from sim.custody.stays import Stays
from sim.scenario.world import World

Floats = NDArray[np.float64]
CLOSE = 1e-13
ITERATIONS = 200
VARYING_CLOSE = 1e-9
"""Where hazards are not constant, the base is solved to this part: they are rounded to more."""
FLAT, FAR = 0.1, 3.0
MOST_A_YEAR = 10_000.0
"""A hazard under which hardly anybody lives through a day, and sums of which fit an integer."""


@dataclass(frozen=True)
class Mortality:
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


def solve_mortality(
    world: World, law: Law, ageing: Ageing | None, age_all: Floats, base: float | None
) -> tuple[Mortality, float]:
    """Solve the base hazard and, where shares are of the stock, the health of admissions.

    The base is sought from a first value on, if there is one.
    """
    if world.health.in_custody:
        return _solve_course(world, law, base)
    if ageing is None:
        return _solve_constant(world, law, base)
    return _solve_ageing(world, law, ageing, age_all, base)


def _solve_constant(world: World, law: Law, base: float | None) -> tuple[Mortality, float]:
    """Solve where the hazard of a person stays what it is."""
    _, origin, stated = _stated_shares(world)
    relative = relative_hazards(world)
    distinct, hazard_class = np.unique(relative, return_inverse=True)
    hazard_class = hazard_class.reshape(relative.shape)
    target = world.deaths.in_custody.value
    base = _first(target, stated @ relative @ origin) if base is None else base
    health = stated
    for _ in range(ITERATIONS):
        stays = law.stays(world, base * distinct)
        held = law.held(stays)[hazard_class]
        if not np.all(np.isfinite(held)) or target == 0:
            break
        health = _admitted(world, stated, health, held @ origin)
        joint = health[:, None] * origin[None, :] * held
        overall = float((joint * relative).sum() / joint.sum()) * base
        change = target / overall
        if abs(change - 1) < CLOSE:
            break
        base *= change
    return Mortality(stays, stays, hazard_class, health), base


def _solve_ageing(
    world: World, law: Law, ageing: Ageing, age_all: Floats, base: float | None
) -> tuple[Mortality, float]:
    """Solve where hazards depend on age, which differs between groups of origins."""
    factors, origin, stated = _stated_shares(world)
    relative = relative_hazards(world)
    _, group = np.unique(factors, return_inverse=True)
    pairs = np.stack(np.broadcast_arrays(relative, group[None, :]), axis=-1).reshape(-1, 2)
    pairs, hazard_class = np.unique(pairs, axis=0, return_inverse=True)
    distinct, groups = pairs[:, 0], pairs[:, 1].astype(np.int64)
    hazard_class = hazard_class.reshape(relative.shape)
    ages = [ageing.at_admission(one) for one in age_all]
    target = world.deaths.in_custody.value
    base = _first(target, stated @ relative @ origin) if base is None else base
    health = stated
    tried: list[tuple[float, float]] = []
    for _ in range(ITERATIONS):
        if base * float(distinct.max() * ageing.factors.max()) > MOST_A_YEAR:
            raise ValueError(f"{target:.3g} a year cannot be reached with these factors by age")
        plain = law.stays(world, base * distinct)
        by_age = ageing.hazard(base * distinct)
        alive, worn = ageing.averaged(by_age, ages, groups)
        average = replace(plain, survival=alive)
        held = law.held(average)[hazard_class]
        if not np.all(np.isfinite(held)) or target == 0:
            break
        health = _admitted(world, stated, health, held @ origin)
        shares = health[:, None] * origin[None, :]
        weight = shares * law.held(replace(plain, survival=worn))[hazard_class]
        overall = float((weight * relative).sum() / (shares * held).sum()) * base
        change = target / overall
        if abs(change - 1) < VARYING_CLOSE:
            break
        tried.append((np.log(base), np.log(change)))  # each try costs more: the slope is used
        base *= float(np.exp(_step(tried)))
    least = replace(plain, survival=ageing.least(by_age))
    return Mortality(least, average, hazard_class, health, by_age, ageing), base


def _first(target: float, relative: Floats) -> float:
    """Return the base hazard with which to begin: as if all were held equally long."""
    return target / max(float(relative), 1e-300)


def _admitted(world: World, stated: Floats, before: Floats, held: Floats) -> Floats:
    """Shares of health on admission that give those stated, where these are of the stock."""
    if world.health.of != "stock":
        return before
    health = stated / held
    return np.asarray(health / health.sum())


def _stated_shares(world: World) -> tuple[Floats, Floats, Floats]:
    """Factors and shares of origins, and shares of states of health."""
    origins = world.origins.values()
    factors = np.array([o.hazard.value if o.hazard else 1.0 for o in origins])
    origin = np.array([o.share.value for o in origins])
    return factors, origin, np.array([s.share.value for s in world.health.states.values()])


class UnreachableSharesError(ValueError):
    """Shares of health among those held that no shares among admissions can bring about."""


def _solve_course(world: World, law: Law, base: float | None) -> tuple[Mortality, float]:
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
    base = _first(target, stated @ relative @ origin) if base is None else base
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
    world: World, law: Law, hazard_class: NDArray[np.int64], least: Floats, base: float
) -> Mortality:
    """Stays where health changes, given the base hazard and the least factors by class."""
    course = Course.of(world, base)
    assert course is not None
    plain = law.stays(world, base * least)
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
    return Mortality(plain, alive, hazard_class, stated, course=course, by_state=by_state)


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
