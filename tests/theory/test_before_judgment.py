"""Custody before judgment against Little's law, and the stays of those acquitted and convicted."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.ends import BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.sentencing import LIFE
from sim.custody.streams import Draws
from tests.theory.chance import assert_means, assert_poisson, assert_shares
from tests.theory.worlds import TRIALS, extreme_world, graded, scenario, solved, world

REPLICATIONS, HELD = 60, 2000
DEATHS = {
    "in custody": graded(0.2, "per person-year"),
    "at liberty": {"15 to 110": graded(0.01, "per person-year")},
}


@pytest.fixture(scope="module")
def seen():
    """A world with deaths, and the spells of all replications."""
    made = scenario(world(held=graded(HELD, "persons"), deaths=DEATHS, before_judgment=TRIALS))
    prisons = solved(made)
    names = ("admitted", "left", "judged", "final", "due", "imposed", "cause")
    parts, series = [], []
    for k in range(REPLICATIONS):
        draws = Draws(106, k)
        people = people_at_hand(prisons, draws)
        cell = simulate(made, prisons, draws, people=people)
        parts.append([getattr(cell.register, name) for name in names])
        series.append(cell.record.series)
    columns = [np.concatenate(part).astype(np.int64) for part in zip(*parts, strict=True)]
    return made, prisons, dict(zip(names, columns, strict=True)), series


def phase_days(prisons) -> float:
    """Expected days awaiting trial of an admission, with deaths on the way."""
    wait, hazard = prisons.steady.trials.wait, prisons.steady.hazards[0] / 1e12
    return float(wait.weights @ ((1 - np.exp(-hazard * wait.days)) / (1 - np.exp(-hazard))))


def test_those_awaiting_trial_are_admissions_times_the_days_of_the_phase(seen):
    made, prisons, c, series = seen
    expected = prisons.steady.admissions_per_day * phase_days(prisons)
    evenings = [-1, 0, 365, 1000, made.world.days - 1]
    found = [((c["admitted"] <= e) & (np.minimum(c["judged"], c["left"]) > e)).sum()
             for e in evenings]  # fmt: skip
    assert_poisson(found, REPLICATIONS * expected, "awaiting trial")
    recorded = [sum(one["awaiting trial"][e] for one in series) for e in evenings[1:]]
    assert recorded == found[1:]


def test_time_since_arrest_of_those_awaiting_trial_is_that_of_the_phase(seen):
    _, prisons, c, _ = seen
    wait, hazard = prisons.steady.trials.wait, prisons.steady.hazards[0] / 1e12
    held = (c["admitted"] <= 0) & (c["judged"] > 0) & (c["left"] > 0)
    days = np.arange(wait.days.max())
    beyond = np.array([wait.weights[wait.days > day].sum() for day in days])
    weights = beyond * np.exp(-hazard * days)
    assert_shares(np.bincount(-c["admitted"][held], minlength=len(days)), weights, "since arrest")


def test_the_stated_share_is_convicted_and_the_others_leave_on_the_day_of_judgment(seen):
    made, prisons, c, series = seen
    new = (c["admitted"] >= 0) & (c["admitted"] < made.world.days)
    share = prisons.steady.trials.convicted
    assert_shares(np.bincount(c["final"][new] < NEVER, minlength=2), [1 - share, share], "verdict")
    wait = (c["judged"] - c["admitted"])[new]
    law = prisons.steady.trials.wait
    assert_shares(np.bincount(wait)[law.days], law.weights, "days to judgment")
    free = (c["final"] >= NEVER) & (c["cause"] == BY_EXPIRY)
    assert np.array_equal(c["left"][free], c["judged"][free])
    inside = free & (c["left"] < made.world.days)
    assert sum(one["acquittals"].sum() for one in series) == inside.sum() > 1000
    stay = (c["left"] - c["admitted"])[inside]
    assert sum(one["days served until acquittal"].sum() for one in series) == stay.sum()


def test_who_is_convicted_stays_for_his_sentence_and_until_judgment(seen):
    _, _, c, _ = seen
    some = (c["final"] < NEVER) & (c["imposed"] < LIFE)
    due = np.maximum(c["admitted"] + c["imposed"], c["judged"])
    assert np.array_equal(c["due"][some], due[some])
    assert (c["judged"] > c["admitted"] + c["imposed"])[some].any()


def test_flows_are_constant_and_balanced(seen):
    made, prisons, _, series = seen
    years = made.world.days // 365
    for name, rate in (
        ("first admissions", prisons.steady.first_per_day),
        ("stock", made.world.held.value),
        ("awaiting trial", prisons.steady.admissions_per_day * phase_days(prisons)),
    ):
        by_year = [one[name][: years * 365].reshape(years, 365).mean(axis=1) for one in series]
        assert_means(by_year, rate, name)
    went = ("acquittals", "expiries", "deaths in custody")
    change = [one["first admissions"].sum() - sum(one[name].sum() for name in went)
              - (one["stock"][-1] - one["stock"][0]) for one in series]  # fmt: skip
    first = [sum(int(one[name][0]) for name in went) - int(one["first admissions"][0])
             for one in series]  # fmt: skip
    assert np.array_equal(np.array(change), -np.array(first))


def test_a_world_where_all_are_acquitted_and_one_where_none_is():
    for convicted, name in ((0, "expiries"), (1, "acquittals")):
        trials = {"awaiting trial": {**TRIALS["awaiting trial"], "convicted": graded(convicted)}}
        plain = extreme_world(
            held=graded(300, "persons"), end="2003-01-01", before_judgment=trials,
            earlier_reductions=None,
        )  # fmt: skip
        made = scenario({key: part for key, part in plain.items() if part is not None})
        series = simulate(made, solved(made), Draws(1, 0)).record.series
        assert series[name].sum() == 0
        assert series["stock"].min() > 200
