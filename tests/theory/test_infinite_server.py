"""Custody without merit and returns is M/G/infinity: stock, ages of spells, terms, deaths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.custody.ends import BY_DEATH, BY_EXPIRY
from sim.custody.sentencing import LIFE
from tests.theory.chance import (
    assert_dispersion,
    assert_means,
    assert_normal,
    assert_poisson,
    assert_shares,
)
from tests.theory.theory import InfiniteServer
from tests.theory.worlds import cells, graded, offence, scenario, solved, world

REPLICATIONS = 100
EVENINGS = (-1, 0, 1, 90, 181, 365, 730, 1095, 1461, 1825)
NAMES = ("admitted", "left", "due", "dies", "offence", "imposed", "cause")


@dataclass(frozen=True)
class Spells:
    """Spells of all replications, and the theory of their world."""

    theory: InfiniteServer
    days: int
    stock: NDArray[np.int64]
    rep: NDArray[np.int64]
    column: dict[str, NDArray[np.int64]]

    def held(self, evening: int) -> NDArray[np.bool_]:
        c = self.column
        return (c["admitted"] <= evening) & (c["left"] > evening)


def spells(made, seed) -> Spells:
    prisons = solved(made)
    parts, stock = [], []
    for k, cell in enumerate(cells(made, seed, REPLICATIONS, prisons)):
        r = cell.register
        parts.append([np.full(len(r), k), *(getattr(r, name).astype(np.int64) for name in NAMES)])
        stock.append(cell.record.series["stock"])
    rep, *columns = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Spells(
        InfiniteServer(made), made.world.days, np.array(stock), rep,
        dict(zip(NAMES, columns, strict=True)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fixed() -> Spells:
    return spells(scenario(world()), seed=101)


@pytest.fixture(scope="module")
def forever() -> Spells:
    offences = {
        "theft": offence("60%", "14 months", most="4 years"),
        "murder": offence("40%", "30 months", family="log-normal", shape=0.6, life="30%"),
    }
    deaths = {
        "in custody": graded(0.4, "per person-year"),
        "at liberty": {"15 to 110": graded(0.01, "per person-year")},
    }
    return spells(scenario(world(offences=offences, deaths=deaths)), seed=102)


@pytest.fixture(scope="module", params=["fixed", "forever"])
def both(request) -> Spells:
    return request.getfixturevalue(request.param)


def test_admissions_keep_the_stock(both):
    solved_rate = solved(both.theory.scenario).steady.admissions_per_day
    assert solved_rate == pytest.approx(both.theory.admissions, rel=1e-9)


def test_admissions_are_poisson_day_by_day(both):
    a = both.column["admitted"]
    per_day = np.bincount(a[a >= 0], minlength=both.days)
    assert_poisson(per_day, REPLICATIONS * both.theory.admissions)
    by_cell = np.bincount(both.rep[a >= 0] * both.days + a[a >= 0], minlength=per_day.size * 100)
    mean = both.theory.admissions
    dispersion = ((by_cell - mean) ** 2).sum() / mean
    n = len(by_cell)
    assert_normal(dispersion, n, np.sqrt(n * (2 + 1 / mean)), "dispersion of daily admissions")


def test_stock_is_poisson_with_admissions_times_stay(both):
    held = both.theory.scenario.world.held.value
    assert held == pytest.approx(both.theory.admissions * both.theory.stay)
    counts = np.array([np.bincount(both.rep[both.held(e)], minlength=100) for e in EVENINGS])
    assert_poisson(counts.sum(axis=1), REPLICATIONS * held, "pooled")
    assert_poisson(counts, held, "one by one")
    assert_dispersion(counts.T, held)


def test_the_recorded_stock_is_that_of_the_spells(both):
    for evening in EVENINGS[1:]:
        counts = np.bincount(both.rep[both.held(evening)], minlength=REPLICATIONS)
        assert np.array_equal(counts, both.stock[:, evening])


@pytest.mark.parametrize("evening", EVENINGS)
def test_age_of_spells_in_the_stock(both, evening):
    c, held = both.column, both.held(evening)
    fixed = held & (c["imposed"] < LIFE)
    ages = np.bincount((evening - c["admitted"])[fixed], minlength=len(both.theory.alive))
    assert_shares(ages, both.theory.alive * both.theory.longer, "age of spell", len(EVENINGS))


@pytest.mark.parametrize("evening", EVENINGS)
def test_residual_terms_in_the_stock(both, evening):
    c, held = both.column, both.held(evening)
    fixed = held & (c["imposed"] < LIFE)
    remaining = np.bincount((c["due"] - evening)[fixed], minlength=len(both.theory.residual))
    assert_shares(remaining, both.theory.residual, "residual term", len(EVENINGS))


@pytest.mark.parametrize("evening", EVENINGS)
def test_sentences_in_the_stock_are_length_biased(both, evening):
    c, held = both.column, both.held(evening)
    fixed = held & (c["imposed"] < LIFE)
    evenings = np.concatenate(([0.0], np.cumsum(both.theory.alive)[:-1]))
    weights = both.theory.by_offence * evenings
    size = weights.shape[1]
    found = np.bincount(c["offence"][fixed] * size + c["imposed"][fixed], minlength=weights.size)
    possible = weights.ravel() > 0
    assert found[~possible].sum() == 0
    assert_shares(found[possible], weights.ravel()[possible], "sentence", len(EVENINGS))


def test_days_held_in_the_window_are_the_sum_of_the_stock(both):
    c = both.column
    inside = np.minimum(c["left"], both.days) - np.maximum(c["admitted"], 0)
    by_cell = np.bincount(both.rep, np.maximum(inside, 0), REPLICATIONS)
    assert np.array_equal(by_cell, both.stock.sum(axis=1))


def test_littles_law_with_realised_stays(both):
    c = both.column
    came = c["admitted"] >= 0
    # Stays are followed to their end, also beyond the horizon.
    stay = np.minimum(c["due"], c["dies"]) - c["admitted"]
    by_cell = np.bincount(both.rep[came], stay[came], REPLICATIONS) / both.days
    assert_means(both.stock.mean(axis=1) - by_cell, 0, "L = lambda W")
    count = np.bincount(both.rep[came], minlength=REPLICATIONS)
    mean_stay = stay[came].mean()
    assert_normal(mean_stay, both.theory.stay, stay[came].std() / np.sqrt(count.sum()), "mean stay")


def test_share_that_dies_before_the_end_of_the_sentence(both):
    c = both.column
    whole = (c["admitted"] >= 0) & (c["admitted"] + c["imposed"] < both.days)
    length, died = c["imposed"][whole], c["cause"][whole] == BY_DEATH
    assert np.all(c["cause"][whole][~died] == BY_EXPIRY)
    lengths, which = np.unique(length, return_inverse=True)
    cases, deaths = np.bincount(which), np.bincount(which, died)
    chance = 1 - np.exp(-both.theory.q * lengths)
    enough = cases * np.minimum(chance, 1 - chance) > 50
    assert enough.sum() > 20
    assert_normal(
        deaths[enough], (cases * chance)[enough], np.sqrt(cases * chance * (1 - chance))[enough],
        "deaths before the end",
    )  # fmt: skip


def test_time_to_death_is_a_truncated_exponential(both):
    c, q = both.column, both.theory.q
    whole = (c["admitted"] >= 0) & (c["admitted"] + c["imposed"] < both.days)
    died = whole & (c["cause"] == BY_DEATH)
    served, length = (c["left"] - c["admitted"])[died], c["imposed"][died]
    assert served.min() >= 1
    assert np.all(served <= length)
    # The distribution function at and before the day of death brackets a uniform number.
    ends = [np.expm1(-q * (served - step)) / np.expm1(-q * length) for step in (1, 0)]
    uniform = ends[0] + (ends[1] - ends[0]) * np.random.default_rng(7).random(len(served))
    assert_shares(np.histogram(uniform, 40, (0, 1))[0], np.ones(40), "time to death")


def test_from_the_start_death_has_no_memory(both):
    c, q = both.column, both.theory.q
    start = c["admitted"] < 0
    days = (c["dies"] + 1)[start]
    assert days.min() >= 1
    found = np.histogram(np.exp(-q * (days - np.random.default_rng(8).random(len(days)))), 40)
    assert_shares(found[0], np.diff(found[1]), "day of death of those held at the start")


def test_life_sentences_end_with_death_alone(forever):
    c = forever.column
    life = c["imposed"] >= LIFE
    assert not np.any(life & (c["cause"] == BY_EXPIRY))
    admitted = np.bincount(forever.rep[life & (c["admitted"] >= 0)], minlength=REPLICATIONS)
    expected = forever.theory.admissions * forever.theory.life
    assert_poisson(admitted.sum(), REPLICATIONS * expected * forever.days)
    counts = [(life & forever.held(evening)).sum() for evening in EVENINGS]
    assert_poisson(counts, REPLICATIONS * expected / -np.expm1(-forever.theory.q), "life in stock")


@pytest.mark.parametrize("evening", EVENINGS)
def test_time_served_of_life_is_geometric(forever, evening):
    c = forever.column
    life = forever.held(evening) & (c["imposed"] >= LIFE)
    served = (evening - c["admitted"])[life]
    found = np.bincount(served, minlength=served.max() + 1)
    weights = np.exp(-forever.theory.q * np.arange(len(found)))
    weights[-1] /= -np.expm1(-forever.theory.q)
    assert_shares(found, weights, "time served of life", len(EVENINGS))
