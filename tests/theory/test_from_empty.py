"""Prisons that start empty, with nobody released before, fill up to the stationary start."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import ARRIVALS, Draws
from tests.theory.chance import assert_means, assert_poisson
from tests.theory.worlds import (
    BY_AGE,
    TRIALS,
    extreme_world,
    graded,
    returns,
    scenario,
    solved,
)

START, FILLING, YEARS = 1941, 60, 66


def fast_world(held: int, kind: str) -> dict:
    """Everything is on, and what came before is soon forgotten."""
    found = extreme_world(
        start=f"{START}-01-01",
        end=f"{START + YEARS}-01-01",
        held=graded(held, "persons"),
        returns=returns(1.3, {"6 months": 1, "2 years": 0.4}),
    )
    if "by age" in kind:
        found["deaths"]["in custody by age"] = BY_AGE
    if "trials" in kind:
        found["before judgment"] = TRIALS
    return found


@pytest.fixture(
    scope="module",
    params=[
        (1000, 12, "plain"),
        pytest.param((1000, 12, "by age"), marks=pytest.mark.slow),
        pytest.param((1000, 12, "trials"), marks=pytest.mark.slow),
        (1000, 12, "by age and trials"),
        pytest.param((3000, 150, "plain"), marks=pytest.mark.slow),
        pytest.param((3000, 150, "by age"), marks=pytest.mark.slow),
        pytest.param((3000, 150, "by age and trials"), marks=pytest.mark.slow),
    ],
    ids=lambda param: f"{param[1]} replications with {param[0]} held, {param[2]}",
)
def filled(request):
    held, replications, kind = request.param
    made = scenario(fast_world(held, kind))
    prisons = solved(made)
    edges = np.array([(date(START + y, 1, 1) - made.world.start).days for y in range(YEARS + 1)])
    rows = []
    for k in range(replications):
        draws = Draws(105, k)
        people = people_at_hand(prisons, draws)
        late = people["person"] >= ARRIVALS
        series = simulate(
            made, prisons, draws, people={name: column[late] for name, column in people.items()}
        ).record.series
        rows.append(
            [
                series["stock"][edges[1:] - 1],
                *(
                    np.add.reduceat(series[name], edges[:-1])
                    for name in ("first admissions", "returns", "deaths in custody", "stock")
                ),
            ]
        )
    return made, prisons, edges, np.array(rows)


def test_it_starts_empty(filled):
    _, _, _, found = filled
    assert np.all(found[:, 0, 0] > 0)
    assert found[:, 2, 0].sum() < 0.5 * found[:, 2, -1].sum()


def test_stock_fills_up_to_the_stationary_one(filled):
    made, _, _, found = filled
    held = made.world.held.value
    assert_poisson(found[:, 0, FILLING:].sum(axis=0), len(found) * held, "stock")


def test_admissions_and_returns_reach_the_stationary_ones(filled):
    _, prisons, edges, found = filled
    steady, days = prisons.steady, np.diff(edges)[FILLING:]
    returns_per_day = steady.admissions_per_day - steady.first_per_day
    assert_means(found[:, 1, FILLING:], steady.first_per_day * days, "first admissions")
    assert_means(found[:, 2, FILLING:], returns_per_day * days, "returns")


def test_deaths_reach_the_stated_hazard(filled):
    made, prisons, _, found = filled
    stated = made.world.deaths.in_custody.value / 365.25
    # A hazard q kills the share 1 - exp(-q) of a day, and merit shifts the mix within the year.
    by_age = prisons.steady.by_age
    most = prisons.steady.hazards.max() if by_age is None else by_age.rates.max()
    coarse = 0.002 + most / 1e12 / 2
    deaths, evenings = found[:, 3, FILLING:], found[:, 4, FILLING:]
    assert_means(deaths - stated * evenings, 0, "deaths", slack=coarse * stated * evenings.mean())
