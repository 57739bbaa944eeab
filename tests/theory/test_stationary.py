"""Without decrees nothing changes: twenty years of every shipped world and of extreme ones.

The same evening of each year is compared, since merit makes a yearly ripple. Persons are points
of a Poisson process, and each is held on an evening or not: so the stock of an evening is
Poisson, and so is any part of it that a person's own attributes mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from sim.custody.ends import BY_DEATH
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.streams import ARRIVALS, PAST_RELEASES, Draws
from sim.custody.traits import delays, labelled
from sim.scenario.lengths import whole_days
from sim.scenario.world import World
from tests.theory.chance import assert_dispersion, assert_means, assert_normal, assert_poisson
from tests.theory.theory import sentence_law
from tests.theory.worlds import (
    BY_AGE,
    FALLING_ILL,
    SHIPPED,
    TRIALS,
    extreme_world,
    graded,
    scenario,
    shipped,
    solved,
)

YEARS = 20
HELD = 3000
EXTREME = (
    "extreme", "extreme without returns", "extreme by admissions", "extreme with release points",
    "extreme with trials",
    "extreme by age", "extreme falling ill", "extreme falling ill by admissions",
    "extreme with executions", "extreme falling ill with executions",
)  # fmt: skip
POINTS = [
    {"when": {"offence": "violence"}, "fraction": graded("2/3")},
    {"when": {"sentence": "< 2 years"}, "fraction": graded("1/2"), "at least": graded("6 months"),
     "later by": graded("20 days")},
    {"fraction": graded("1/2"), "earlier by": graded("18 days")},
]  # fmt: skip
"""By offence and by length, with every piece of a release point."""


def made(name: str):
    if name in SHIPPED:
        start = shipped(name, HELD).world.start
        return shipped(name, HELD, end=f"{start.year + YEARS}{start:-%m-%d}")
    changes = {"end": "2021-01-01"}
    if name == "extreme without returns":
        changes["returns"] = None
    plain = extreme_world(**changes)
    if name == "extreme with release points":
        plain["release point"] = POINTS
    if name == "extreme with trials":
        plain |= {"before judgment": TRIALS, "release point": POINTS}
    if name.endswith("with executions"):
        plain["executions"] = {"per year": graded(0.3, "executions per person-year")}
        plain["offences"]["murder"]["death"] = graded("30%")
    if name in ("extreme by age", "extreme with executions"):
        plain["deaths"]["in custody by age"] = BY_AGE
        plain["offences"]["murder"]["life"] = graded("40%")
        plain["delays"] = {"family": "gamma", "shape": graded(1, "shape"),
                           "least": graded("0 days"), "most": graded("2 years")}  # fmt: skip
    if "falling ill" in name:
        plain["health"]["in custody"] = FALLING_ILL
    if name == "extreme falling ill":
        plain |= {"before judgment": TRIALS, "release point": POINTS}
        plain["earlier reductions"]["share"] = graded("25%")
    if name.endswith("by admissions"):
        plain["health"]["of"] = "admissions"
    return scenario({key: part for key, part in plain.items() if part is not None})


@dataclass(frozen=True)
class Observed:
    """What was counted, one row for each replication."""

    world: World
    prisons: Prisons
    start: np.ndarray
    evenings: np.ndarray
    year_days: np.ndarray
    stock: np.ndarray
    health: np.ndarray
    rate: np.ndarray
    rate_squared: np.ndarray
    labelled: np.ndarray
    camps: np.ndarray
    admitted: np.ndarray
    returned: np.ndarray
    exposure: np.ndarray
    died: np.ndarray
    by_place: np.ndarray
    by_offence: np.ndarray
    life: np.ndarray
    imposed: np.ndarray
    ages: np.ndarray

    @property
    def replications(self) -> int:
        return len(self.stock)


def observe(name: str, replications: int, seed: int) -> Observed:
    scenario_, rows = made(name), []
    prisons = solved(scenario_)
    world = scenario_.world
    anniversary = [date(world.start.year + y, *world.start.timetuple()[1:3]) for y in range(21)]
    edges = np.array([(day - world.start).days for day in anniversary])
    for k in range(replications):
        draws = Draws(seed, k)
        people = people_at_hand(prisons, draws)
        register = simulate(scenario_, prisons, draws, people=people).register
        rows.append(count(prisons, draws, register, edges))
    columns = [np.array(part) for part in zip(*rows, strict=True)]
    return Observed(world, prisons, columns[0], edges[1:] - 1, np.diff(edges), *columns[1:])


def count(prisons: Prisons, draws: Draws, r: Register, edges: np.ndarray) -> list[object]:
    world = prisons.scenario.world
    label = world.earlier_reductions
    after = label.after.value if label else 0
    on = labelled(prisons, draws, r.person, r.spell.astype(np.int64), r.line)
    states, camps, origins = len(world.health.states), len(world.camps), len(world.origins)
    held = np.array([(r.admitted <= e) & (r.left > e) for e in edges[1:] - 1])
    new = r.admitted >= 0
    year = np.searchsorted(edges, r.admitted[new], side="right") - 1
    code = r.origin.astype(np.int64) * camps + r.camp
    fixed = new & (r.imposed < LIFE)
    offence = r.offence.astype(np.int64)
    delay = delays(prisons, draws, r.person, r.spell.astype(np.int64), r.line)
    age = (r.admitted - delay - r.born)[new]
    band = age_edges(world)
    group = (r.spell > 0) * states + r.health
    risk = risk_of(prisons, r, np.minimum(r.left, edges[-1] - 1))
    rates = [rate_on(prisons, r, e) for e in edges[1:] - 1]
    dead = (r.cause == BY_DEATH) & (r.left < edges[-1])
    offences, groups = len(world.offences), 2 * states
    return [
        ((r.person < PAST_RELEASES) & (r.spell == 0)).sum(),
        held.sum(axis=1),
        [
            np.bincount(r.health_on(np.flatnonzero(h), e), minlength=states)
            for e, h in zip(edges[1:] - 1, held, strict=True)
        ],
        [rate[h].sum() / 1e12 for rate, h in zip(rates, held, strict=True)],
        [(rate[h].astype(float) ** 2).sum() / 1e24 for rate, h in zip(rates, held, strict=True)],
        [
            (h & on & (e - r.admitted >= after) & (e >= r.judged)).sum()
            for e, h in zip(edges[1:] - 1, held, strict=True)
        ],
        [np.bincount(r.camp[h], minlength=camps) for h in held],
        np.bincount(year, minlength=len(edges) - 1),
        np.bincount(year[r.spell[new] > 0], minlength=len(edges) - 1),
        np.bincount(group, risk, groups),
        np.bincount(group[dead], minlength=groups),
        np.bincount(code[new], minlength=origins * camps),
        np.bincount(offence[new], minlength=offences),
        np.bincount(offence[new & ~fixed], minlength=offences),
        np.bincount(offence[fixed], r.imposed[fixed], offences),
        np.bincount(
            np.maximum(np.searchsorted(band, age, side="right") - 1, 0), minlength=len(band)
        ),
    ]


def rate_on(prisons: Prisons, r: Register, day: int) -> np.ndarray:
    """Hazard of each person on the day after a day, by his age then."""
    bands, course = prisons.scenario.world.deaths.by_age, prisons.steady.course
    if course is not None:
        return course.hazards[r.health_on(np.arange(len(r)), day), r.origin]
    if not bands:
        return r.rate
    first = np.array([whole_days(low, "year") for low, _ in bands])
    band = np.searchsorted(first, day - r.born, side="right") - 1
    return prisons.steady.by_age.rates[r.risk, np.maximum(band, 0)]


def risk_of(prisons: Prisons, r: Register, until: np.ndarray) -> np.ndarray:
    """Probabilities of death of each person's days in custody, summed up to a day."""
    bands, course = prisons.scenario.world.deaths.by_age, prisons.steady.course
    if course is not None:
        found, since, state = np.zeros(len(r)), r.base, r.health.astype(np.int64)
        for change in (r.first_change, r.second_change, until):
            end = np.clip(change, since, np.maximum(until, since))
            found += -np.expm1(-course.hazards[state, r.origin] / 1e12) * (end - since)
            since, state = end, course.following[state]
        return found
    if not bands:
        return -np.expm1(-r.rate / 1e12) * (until - r.base)
    ends = [*(whole_days(low, "year") for low, _ in list(bands)[1:]), 10**6]
    found, since = np.zeros(len(r)), r.base - r.born
    for band, end in enumerate(ends):
        days = np.clip(until - r.born, None, end) - np.clip(since, None, end)
        since = np.clip(since, end, None)
        found += -np.expm1(-prisons.steady.by_age.rates[r.risk, band] / 1e12) * np.maximum(days, 0)
    return found


def age_edges(world: World) -> list[int]:
    """Ages in days at which a stated band begins, and the end of the last."""
    bands = list(world.ages_at_offence)
    years = [first for first, _ in bands] + [bands[-1][1] + 1]
    return [whole_days(year, "year") for year in years]


@pytest.fixture(
    scope="module",
    params=[
        *((name, 25) for name in SHIPPED),
        ("extreme", 15),
        ("extreme without returns", 15),
        ("extreme with release points", 15),
        ("extreme with trials", 15),
        ("extreme by age", 15),
        ("extreme falling ill", 15),
        ("extreme falling ill by admissions", 15),
        ("extreme with executions", 15),
        ("extreme falling ill with executions", 15),
        *(pytest.param((name, 500), marks=pytest.mark.slow) for name in SHIPPED),
        *(pytest.param((name, 300), marks=pytest.mark.slow) for name in EXTREME),
    ],
    ids=lambda param: f"{param[0]}, {param[1]} replications",
)
def seen(request) -> Observed:
    return observe(*request.param, seed=104)


@pytest.mark.parametrize("name", [n for n in (*SHIPPED, *EXTREME) if "falling ill" not in n])
def test_what_is_solved_gives_back_what_is_stated(name):
    """Exactly, but for the rounding of hazards; whether it holds in a run is tested below."""
    world, steady = made(name).world, solved(made(name)).steady
    joint = steady.stock_joint
    hazards = steady.hazards[steady.hazard_class] / 1e12 * 365.25
    if not world.deaths.by_age:
        overall = (joint * hazards).sum() / joint.sum()
        assert overall == pytest.approx(world.deaths.in_custody.value, rel=1e-6)
    assert steady.admissions_per_day * joint.sum() == pytest.approx(world.held.value, rel=1e-9)
    stated = [state.share.value for state in world.health.states.values()]
    found = joint.sum(axis=1) / joint.sum() if world.health.of == "stock" else steady.health
    assert found == pytest.approx(stated, rel=1e-6)
    relative = [state.in_custody.value for state in world.health.states.values()]
    factors = [origin.hazard.value if origin.hazard else 1 for origin in world.origins.values()]
    shape = np.outer(relative, factors)
    assert hazards / hazards[0, 0] == pytest.approx(shape / shape[0, 0], rel=1e-6)


def test_stock_is_what_the_world_says_on_every_anniversary(seen):
    held = seen.world.held.value
    assert_poisson(seen.start.sum(), seen.replications * held, "at the start")
    assert_poisson(seen.stock.sum(axis=0), seen.replications * held, "stock")
    assert_dispersion(seen.stock, held)


def test_admissions_and_returns_are_the_same_every_year(seen):
    steady = seen.prisons.steady
    assert_means(seen.admitted, steady.admissions_per_day * seen.year_days, "admissions")
    per_day = steady.admissions_per_day - steady.first_per_day
    assert_means(seen.returned, per_day * seen.year_days, "returns")
    if seen.world.returns is None:
        assert seen.returned.sum() == 0
    else:
        assert seen.returned.sum() > 100 * seen.replications
    first = seen.admitted - seen.returned
    expected = steady.first_per_day * seen.year_days * seen.replications
    assert_poisson(first.sum(axis=0), expected, "first admissions")


def test_hazard_of_those_held_is_the_stated_one_every_year(seen):
    stated = seen.world.deaths.in_custody.value / 365.25 * seen.world.held.value
    assert_normal(
        seen.rate.sum(axis=0), stated * seen.replications,
        np.sqrt(seen.rate_squared.sum(axis=0)), "sum of hazards",
    )  # fmt: skip


def test_deaths_follow_the_hazard_of_each_state_in_first_and_later_spells(seen):
    expected, deaths = seen.exposure.sum(axis=0), seen.died.sum(axis=0)
    possible = expected > 0
    assert deaths[~possible].sum() == 0
    assert_normal(
        deaths[possible], expected[possible], np.sqrt(expected[possible]), "deaths in custody"
    )


def test_health_of_the_stock_or_of_admissions_is_the_stated_one(seen):
    shares = np.array([state.share.value for state in seen.world.health.states.values()])
    if seen.world.health.of == "stock":
        expected = shares * seen.world.held.value * seen.replications
        assert_poisson(seen.health.sum(axis=0), expected[None, :], "health of the stock")
    else:
        assert np.allclose(seen.prisons.steady.health, shares, rtol=1e-12)


def test_share_that_bears_the_label_is_the_stated_one_every_year(seen):
    label = seen.world.earlier_reductions
    stated = label.share.value if label else 0.0
    expected = stated * seen.world.held.value * seen.replications
    assert_poisson(seen.labelled.sum(axis=0), expected, "labelled")


def test_admissions_by_camp_and_origin_are_the_stated_ones(seen):
    joint = places_of(seen.world)
    total = seen.admitted.sum(axis=1, keepdims=True)
    assert_means(seen.by_place - total * joint.ravel(), 0, "camp and origin")


def places_of(world: World) -> np.ndarray:
    """P(origin, camp) of an admission; at most one origin has its own shares by camp."""
    sizes = np.array([camp.size.value for camp in world.camps.values()])
    sizes = sizes / sizes.sum()
    shares = np.array([origin.share.value for origin in world.origins.values()])
    own = [o for o, origin in enumerate(world.origins.values()) if origin.by_camp]
    if not own:
        return shares[:, None] * sizes
    (one,) = own
    stated = list(world.origins.values())[one].by_camp
    known = np.array([stated[c].value if c in stated else np.nan for c in world.camps])
    free = np.isnan(known)
    rest = shares[one] - sizes[~free] @ known[~free]
    within = np.where(free, rest / sizes[free].sum(), known)
    joint = shares[:, None] / (1 - shares[one]) * (1 - within) * sizes
    joint[one] = within * sizes
    return joint


def test_offences_of_admissions_are_in_the_stated_shares(seen):
    shares = np.array([offence.share.value for offence in seen.world.offences.values()])
    total = seen.admitted.sum(axis=1, keepdims=True)
    assert_means(seen.by_offence - total * shares, 0, "offences")
    offences = seen.world.offences.values()
    shares = np.array([sum(x.value for x in (o.life, o.death) if x) for o in offences])
    assert_means(seen.life - seen.by_offence * shares, 0, "sentences without a term")


def test_mean_sentences_are_the_stated_ones(seen):
    offences = seen.world.offences.values()
    stated = np.array([offence.sentence.mean.value for offence in offences])
    for offence, solved_one in zip(offences, seen.prisons.steady.sentences, strict=True):
        assert solved_one.mean_days == pytest.approx(offence.sentence.mean.value, rel=1e-9)
        days, weights = sentence_law(offence.sentence, seen.world.sentence_step.value)
        fixed = solved_one.days < LIFE
        assert np.array_equal(solved_one.days[fixed], days)
        own = solved_one.weights[fixed] / solved_one.weights[fixed].sum()
        assert np.allclose(own, weights, rtol=1e-6, atol=1e-12)
    fixed = seen.by_offence - seen.life
    assert_means(seen.imposed - fixed * stated, 0, "sentences")


def test_ages_at_offence_are_the_stated_ones_but_for_returns_beyond_the_oldest(seen):
    steady, edges = seen.prisons.steady, age_edges(seen.world)
    stated = [share.value for share in seen.world.ages_at_offence.values()]
    by_day = np.array([steady.age_all[g] / steady.age_all[g].sum() for g in steady.origin_group])
    day = steady.origin_all @ by_day
    solved_ages = np.add.reduceat(day, edges)
    beyond = solved_ages[-1]
    assert np.all(np.abs(solved_ages[:-1] - stated) <= beyond + 1e-9)
    assert beyond < 0.03
    assert day[: edges[0]].sum() == 0
    total = seen.admitted.sum(axis=1, keepdims=True)
    gap = seen.ages[:, : len(edges)] - total * solved_ages
    # Ages at a return are solved in steps of half a year, hence to about a part in a hundred.
    assert_means(gap, 0, "ages at offence", slack=0.01 * solved_ages * total.mean())


def test_first_admissions_are_numbered_from_their_own_first_id(seen):
    draws = Draws(104, 0)
    people = people_at_hand(seen.prisons, draws)
    arrivals = np.sort(people["person"][people["person"] >= ARRIVALS])
    assert np.array_equal(arrivals, ARRIVALS + np.arange(len(arrivals)))
