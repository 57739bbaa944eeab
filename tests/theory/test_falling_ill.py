"""Health that changes in custody: the states of the stock against the closed form of a chain.

With one way out of each state the probability of being alive in a state some days after admission
is a sum of powers. That is compared with runs, with the flow into a state by Little's law,
and with what is solved.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.ends import BY_DEATH
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.sentencing import LIFE
from sim.custody.streams import Draws
from tests.theory.chance import assert_poisson, assert_shares
from tests.theory.worlds import graded, health, offence, scenario, solved, world

REPLICATIONS, HELD = 60, 2000
PLAIN = world(
    held=graded(HELD, "persons"),
    offences={
        "theft": offence("60%", "14 months", most="4 years"),
        "murder": offence("40%", "40 months", life="20%"),
    },
    health={
        "states": {
            "well": health("90%", 1), "ill": health("10%", 3), "dying": health("0%", 30),
        },
        "in custody": {
            "falls ill": {"from": "well", "to": "ill", "per year": graded(0.3, "per year")},
            "grows worse": {"from": "ill", "to": "dying", "per year": graded(0.15, "per year")},
        },
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def seen():
    """The world, and the spells of all replications."""
    made = scenario(PLAIN)
    prisons = solved(made)
    names = ("admitted", "left", "health", "first_change", "second_change", "imposed", "cause",
             "dies")  # fmt: skip
    parts = []
    for k in range(REPLICATIONS):
        draws = Draws(107, k)
        people = people_at_hand(prisons, draws)
        register = simulate(made, prisons, draws, people=people).register
        parts.append([getattr(register, name) for name in names])
    columns = [np.concatenate(part).astype(np.int64) for part in zip(*parts, strict=True)]
    return made, prisons, dict(zip(names, columns, strict=True))


def alive(prisons, days: np.ndarray) -> np.ndarray:
    """P(alive and in a state so many days after admission), shape (states, days): sums of powers.

    Each state is left by death or by a change; who leaves the first for the second on a day is in
    the second that evening.
    """
    course = prisons.steady.course
    dies, goes = course.hazards[:, 0] / 1e12, course.leaving / 1e12
    stays = np.exp(-(dies + goes))
    moves = np.exp(-dies) * -np.expm1(-goes)
    well, ill, _ = prisons.steady.health

    def two(x: float, y: float) -> np.ndarray:
        """Sum of x**i y**j over i + j = days - 1."""
        return (x**days - y**days) / (x - y)

    def three(x: float, y: float, z: float) -> np.ndarray:
        """Sum of x**i y**j z**k over i + j + k = days - 2."""
        return (two(x, z) - two(y, z)) / (x - y)

    x, y, z = stays
    return np.array([
        well * x**days,
        well * moves[0] * two(x, y) + ill * y**days,
        well * moves[0] * moves[1] * three(x, y, z) + ill * moves[1] * two(y, z),
    ])  # fmt: skip


def expected(prisons) -> np.ndarray:
    """Days held in each state of an admission."""
    steady = prisons.steady
    longest = 60_000
    held = alive(prisons, np.arange(longest, dtype=float))
    sums = np.cumsum(held, axis=1)
    by_sentence = sums[:, steady.axis.lengths - 1]
    fixed = by_sentence @ (steady.mix @ steady.imposed)
    return fixed + sums[:, -1] * (steady.mix @ steady.endless[:, 0])


def state_on(c: dict[str, np.ndarray], day: int) -> np.ndarray:
    fallen = (c["first_change"] <= day).astype(int) + (c["second_change"] <= day)
    return np.minimum(c["health"] + fallen, 2)


def test_states_of_the_stock_are_those_of_the_chain_on_every_evening(seen):
    made, prisons, c = seen
    by_state = prisons.steady.admissions_per_day * expected(prisons)
    assert by_state.sum() == pytest.approx(HELD, rel=1e-6)
    assert by_state.min() > 20
    for evening in (0, 365, 1000, made.world.days - 1):
        held = (c["admitted"] <= evening) & (c["left"] > evening)
        found = np.bincount(state_on(c, evening)[held], minlength=3)
        assert_poisson(found, REPLICATIONS * by_state, f"states of health on {evening}")


def test_solved_hazard_is_the_mean_over_those_states(seen):
    made, prisons, _ = seen
    held = expected(prisons)
    hazards = prisons.steady.course.hazards[:, 0] / 1e12 * 365.25
    stated = made.world.deaths.in_custody.value
    assert (held * hazards).sum() / held.sum() == pytest.approx(stated, rel=1e-6)


def test_deaths_of_each_state_follow_its_hazard(seen):
    made, prisons, c = seen
    risk = -np.expm1(-prisons.steady.course.hazards[:, 0] / 1e12)
    a_day = prisons.steady.admissions_per_day * expected(prisons) * risk
    dead = (c["cause"] == BY_DEATH) & (c["left"] >= 1) & (c["left"] < made.world.days)
    before = np.minimum(
        c["health"] + (c["first_change"] < c["left"]) + (c["second_change"] < c["left"]), 2
    )
    found = np.bincount(before[dead], minlength=3)
    assert_poisson(found, REPLICATIONS * (made.world.days - 1) * a_day, "deaths by state")


def test_those_ill_are_those_who_fall_ill_times_the_days_that_they_stay_so(seen):
    """Little's law, for those admitted well and not yet worse."""
    made, prisons, c = seen
    new = (c["health"] == 0) & (c["first_change"] < c["left"])
    falls = new & (c["first_change"] >= 0) & (c["first_change"] < made.world.days)
    course = prisons.steady.course
    goes, dies = course.leaving[0] / 1e12, course.hazards[0, 0] / 1e12
    well = prisons.steady.admissions_per_day * expected(prisons)[0]
    # Of those well, all but those whose term ends on the day itself fall ill in prison.
    a_day = well * np.exp(-dies) * -np.expm1(-goes)
    ends = (c["health"] == 0) & (c["first_change"] == c["left"]) & (c["cause"] != BY_DEATH)
    ends &= (c["left"] >= 0) & (c["left"] < made.world.days)
    found = falls.sum() + ends.sum()
    assert_poisson(found, REPLICATIONS * made.world.days * a_day, "falling ill")
    # Of short sentences all days of those who fall ill early on are known.
    short = c["imposed"] <= 730
    days = np.minimum(c["second_change"], c["left"]) - c["first_change"]
    early = falls & short & (c["first_change"] < 300)
    assert c["left"][early].max() < NEVER
    mean = days[early].mean()
    ill_then = new & short
    evening = 900
    there = ill_then & (c["first_change"] <= evening) & (
        np.minimum(c["second_change"], c["left"]) > evening
    )  # fmt: skip
    a_year = early.sum() / 300
    assert there.sum() == pytest.approx(a_year * mean, rel=0.05)


def test_time_served_of_the_dying_at_the_start_is_that_of_the_chain(seen):
    _, prisons, c = seen
    steady = prisons.steady
    held = (c["admitted"] <= 0) & (c["left"] > 0) & (c["imposed"] < LIFE) & (state_on(c, 0) == 2)
    days = np.arange(int(steady.axis.lengths.max()))
    reach = np.array([(steady.mix @ steady.imposed)[steady.axis.lengths > d].sum() for d in days])
    weights = alive(prisons, days.astype(float))[2] * reach
    assert held.sum() > 500
    assert_shares(np.bincount(-c["admitted"][held], minlength=len(days)), weights, "time served")
