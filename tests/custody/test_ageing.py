"""Deaths in custody by age: bounds, refusals, stocks from elsewhere, lives that end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.custody.ends import BY_DEATH
from sim.custody.hazards import StepHazard
from sim.custody.model import everybody, simulate
from sim.custody.prisons import prisons
from sim.custody.sentencing import LIFE
from sim.custody.steady import solve
from sim.custody.streams import Draws
from sim.custody.wear import dies_on
from sim.scenario.problems import ScenarioError
from tests.theory.worlds import BY_AGE, extreme_world, graded, merit, offence, scenario

ONE_BAND = {"10 to 120": graded(1, "times")}
STEEP = {
    "10 to 49": graded(1, "times"),
    "50 to 69": graded(10, "times"),
    "70 to 120": graded(200, "times"),
}


def aged(bands=BY_AGE, held=400, **changes):
    plain = extreme_world(end="2003-01-01", held=graded(held, "persons"), **changes)
    plain["deaths"]["in custody by age"] = bands
    return scenario(plain)


@given(
    st.lists(st.integers(1, 400), max_size=4),
    st.lists(st.integers(0, 90), min_size=5, max_size=5),
    st.integers(0, 1200), st.integers(0, 600), st.integers(0, 900),
)  # fmt: skip
def test_nobody_meets_less_than_the_least(gaps, rates, reading, older, days):
    hazard = StepHazard.of([0, *np.cumsum(gaps).tolist()], [rates[: len(gaps) + 1]])
    least, kind = hazard.least_from(reading), np.array([0])
    since = np.array([reading + older])
    met = hazard.used(kind, since + days) - hazard.used(kind, since)
    assert least.used(kind, np.array([days])) <= met


def test_one_band_of_factor_one_solves_as_none():
    plain = extreme_world(end="2003-01-01")
    known, one = solve(scenario(plain)), solve(aged(ONE_BAND, held=3000))
    assert one.admissions_per_day == pytest.approx(known.admissions_per_day, rel=1e-6)
    assert one.first_per_day == pytest.approx(known.first_per_day, rel=1e-6)
    assert one.label_probability == pytest.approx(known.label_probability, rel=1e-6)
    assert one.health == pytest.approx(known.health, rel=1e-6)
    assert one.drawn_joint == pytest.approx(one.stock_joint, rel=1e-6)
    by_class = known.hazards[known.hazard_class]
    assert one.by_age.rates[one.hazard_class, 0] == pytest.approx(by_class, rel=1e-6)
    assert one.age_all == pytest.approx(known.age_all, abs=1e-9)


def test_factors_count_by_their_ratios_alone():
    doubled = {band: graded(2 * one["value"], "times") for band, one in BY_AGE.items()}
    one, other = solve(aged()), solve(aged(doubled))
    assert one.admissions_per_day == pytest.approx(other.admissions_per_day, rel=1e-6)
    assert one.by_age.rates == pytest.approx(other.by_age.rates, rel=1e-6)


def test_a_level_that_the_factors_cannot_give_is_refused():
    with pytest.raises(ScenarioError, match="cannot be reached with these factors by age"):
        solve(aged({"10 to 110": graded(0, "times"), "111 to 120": graded(1, "times")}))


def test_who_never_dies_cannot_serve_life():
    with pytest.raises(ScenarioError, match="life sentences would fill the prisons"):
        solve(aged({"10 to 59": graded(1, "times"), "60 to 120": graded(0, "times")}))


def test_lives_end_where_hazards_rise_with_age():
    """Half of the murderers serve life; where age does not count they would pile up."""
    parts = {
        "deaths": {
            "in custody": graded(0.01, "per year"),
            "at liberty": {"15 to 110": graded(0.01, "per year")},
        },
        "offences": {
            "theft": offence("90%", "14 months", most="4 years"),
            "murder": offence("10%", "40 months", life="50%"),
        },
        "earlier_reductions": None,
    }
    worlds = {}
    for name in ("plain", "aged"):
        made = extreme_world(end="2003-01-01", held=graded(2000, "persons"), **parts)
        made = {key: part for key, part in made.items() if part is not None}
        if name == "aged":
            made["deaths"]["in custody by age"] = STEEP
        worlds[name] = prisons(scenario(made))
    years = {name: one.steady.average.endless_held.max() / 365.25 for name, one in worlds.items()}
    assert years["plain"] > 2 * years["aged"]
    people = everybody(worlds["aged"], Draws(3, 0))
    life = (people["base"] == -1) & (people["imposed"] >= LIFE)
    assert life.sum() > 100


def test_the_last_day_of_youth_counts_as_youth():
    """The hazard of a day is that of the age on the evening before."""
    made = prisons(aged({"10 to 39": graded(0, "times"), "40 to 120": graded(1000, "times")},
                        held=300))  # fmt: skip
    register = simulate(made.scenario, made, Draws(7, 0)).register
    dead = register.cause == BY_DEATH
    assert dead.sum() > 20
    age = register.left[dead] - register.born[dead]
    assert age.min() > 14610  # 40 years
    deadly = StepHazard.of([0, 14610], [[0, 10**14]])
    one = {"base": np.full(3, 100), "tolerance": np.full(3, 10**12), "risk": np.zeros(3)}
    born = 100 - np.array([14609, 14610, 14611])
    assert dies_on(one | {"born": born}, deadly).tolist() == [102, 101, 101]


def test_a_stock_of_the_past_keeps_what_is_left_of_tolerances():
    seasoned = {"seasoned": {"years": 2, "decrees": {"feast": {
        "source": "assumption", "grade": "C", "every": "year", "dates": ["02-16"],
        "clauses": {"all": {"when": {"served": ">= 1 year"}, "then": "release"}},
        "cap": "5 in all",
    }}}}  # fmt: skip
    made = prisons(aged(stock=seasoned, merit=merit("50%", "3 months", each="05-05")))
    people = everybody(made, Draws(11, 0))
    held = people["base"] == -1
    assert held.sum() > 200
    assert (people["tolerance"][held] > 0).all()
    assert (people["dies"][held] >= 0).all()
