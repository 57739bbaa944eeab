"""Sentences of death against Little's law, and what ends them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.sentencing import DEATH
from sim.custody.streams import Draws
from sim.scenario.problems import ScenarioError
from tests.theory.chance import assert_poisson, assert_shares
from tests.theory.worlds import graded, offence, scenario, solved, world

REPLICATIONS, HELD, PER_YEAR = 40, 2000, 0.25
YEAR = 365.25
EVENINGS = [0, 1000, 3652, 7304]


def dying(per_year: float = PER_YEAR, deaths: float = 0.05, **changes: object):
    """A world of twenty years in which some of those sentenced for violence are to die."""
    violence = offence("40%", "30 months", life="2%") | {"death": graded("3%")}
    plain: dict[str, object] = {
        "end": "2021-01-01",
        "held": graded(HELD, "persons"),
        "offences": {"theft": offence("60%", "14 months", most="4 years"), "violence": violence},
        "deaths": {
            "in custody": graded(deaths, "per person-year"),
            "at liberty": {"15 to 110": graded(0.01, "per person-year")},
        },
        "executions": {"per year": graded(per_year, "executions per person-year")},
    }
    return scenario(world(**(plain | changes)))


@pytest.fixture(scope="module")
def seen():
    """The world, its series added up, and the days served at the start under sentence of death."""
    made = dying()
    prisons = solved(made)
    total: dict[str, np.ndarray] = {}
    served = []
    for k in range(REPLICATIONS):
        draws = Draws(107, k)
        cell = simulate(made, prisons, draws, people=people_at_hand(prisons, draws))
        for name, counts in cell.record.series.items():
            total[name] = total.get(name, 0) + counts
        r = cell.register
        served.append(-r.admitted[(r.imposed == DEATH) & (r.admitted < 0)])
    return made, prisons, total, np.concatenate(served).astype(np.int64)


def daily(prisons) -> tuple[float, float]:
    """Hazards of death and of execution, per day."""
    steady = prisons.steady
    return float(steady.hazards[0]) / 1e12, steady.stays.executions / 1e12


def waiting(prisons) -> float:
    """Expected number under sentence of death on an evening: admissions times the mean wait."""
    death, execution = daily(prisons)
    return prisons.steady.admissions_per_day * 0.4 * 0.03 / (1 - np.exp(-death - execution))


def test_those_under_sentence_of_death_are_admissions_times_the_mean_wait(seen):
    _, prisons, total, _ = seen
    found = [total["under sentence of death"][evening] for evening in EVENINGS]
    assert_poisson(found, REPLICATIONS * waiting(prisons), "under sentence of death")


def test_executions_are_as_many_as_the_hazard_says_for_twenty_years(seen):
    made, prisons, total, _ = seen
    death, execution = daily(prisons)
    expected = waiting(prisons) * (1 - np.exp(-execution)) * np.exp(-death)  # death comes first
    days = np.arange(made.world.days)
    by_time = [total["executions"][days // 1500 == part].sum() for part in range(4)]
    assert_poisson(by_time, REPLICATIONS * expected * 1500, "executions")


def test_time_served_under_sentence_of_death_is_exponential_at_the_start(seen):
    _, prisons, _, served = seen
    edges = np.array([1, 100, 300, 700, 1500, 3000, 1 << 28])
    left = np.exp(-sum(daily(prisons)) * (edges - 1))
    assert_shares(np.histogram(served, edges)[0], left[:-1] - left[1:], "days served")


def test_the_stated_hazard_is_that_of_deaths_without_executions(seen):
    made, prisons, total, _ = seen
    per_day = made.world.deaths.in_custody.value / YEAR
    assert prisons.steady.hazards[0] / 1e12 == pytest.approx(per_day, rel=1e-9)
    expected = HELD * (1 - np.exp(-per_day)) * made.world.days * REPLICATIONS
    assert_poisson([total["deaths in custody"].sum()], expected, "deaths in custody")


def test_where_nobody_is_executed_a_sentence_of_death_is_served_as_one_for_life():
    made = dying(per_year=0)
    steady = solved(made).steady
    assert np.array_equal(steady.stays.endless_held[:, 0], steady.stays.endless_held[:, 1])
    series = simulate(made, solved(made), Draws(1, 0)).record.series
    assert series["executions"].sum() == 0
    assert series["under sentence of death"].min() > 0


def test_executions_alone_keep_the_prisons_from_filling():
    held = solved(dying(deaths=0, offences={
        "violence": offence("100%", "30 months") | {"death": graded("3%")},
    })).steady.stays.endless_held  # fmt: skip
    assert np.isinf(held[:, 0]).all()
    assert held[:, 1] == pytest.approx(YEAR / PER_YEAR, rel=1e-2)
    with pytest.raises(ScenarioError, match="sentences of death would fill the prisons"):
        solved(dying(per_year=0, deaths=0, offences={
            "violence": offence("100%", "30 months") | {"death": graded("3%")},
        }))  # fmt: skip
