"""Days by chance against theory: surprises, a day of some, how late releases are."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.calendar import drawn_grants
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.law.waits import Latency
from sim.scenario.occasions import occasions
from tests.theory.worlds import busy_world, customary, day_of, decree, graded, scenario, solved

WORLD = busy_world(held=graded(2000, "persons"), end="2005-01-01")
SEEDS = 2000
BARE = {key: part for key, part in customary().items() if key not in ("every", "dates")}


def by_chance(**dates: object):
    return scenario(WORLD, {"c": {**BARE, **dates}})


def test_surprises_are_a_poisson_process():
    """Counts have their mean and variance, days are spread evenly: 5 standard errors each."""
    made = by_chance(random={"rate": {"value": 1.5, "low": 1, "high": 2}})
    days = made.world.days
    found = [drawn_grants(made, Draws(seed, 0))["c"] for seed in range(SEEDS)]
    counts = np.array([len(one) for one in found])
    mean = 1.5 * days / 365.25
    assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / SEEDS)
    assert abs(counts.var() / mean - 1) < 5 * np.sqrt(2 / SEEDS)
    on = np.array([day for one in found for _, day in one])
    assert abs(on.mean() / days - 0.5) < 5 * np.sqrt(1 / 12 / len(on))
    assert on.min() >= 0
    assert on.max() < days
    for one in found:
        assert [number for number, _ in one] == list(range(1, len(one) + 1))
        assert [day for _, day in one] == sorted(day for _, day in one)


def test_a_grant_falls_on_each_of_some_days_alike():
    made = by_chance(granted={"random": ["2003-02-03", "2003-02-07"]})
    days = [drawn_grants(made, Draws(seed, 0))["c"][0][1] for seed in range(SEEDS)]
    first = day_of(made, "2003-02-03")
    counts = np.bincount(np.array(days) - first, minlength=5)
    assert len(counts) == 5
    # Chi square with 4 degrees of freedom: 30 is exceeded once in 2e5.
    assert ((counts - SEEDS / 5) ** 2 / (SEEDS / 5)).sum() < 30


def test_days_by_chance_are_the_decree_s_own():
    one = by_chance(granted={"random": ["2003-02-03", "2003-08-07"]})
    same = {**BARE, "granted": {"random": ["2003-02-03", "2003-08-07"]}}
    both = scenario(WORLD, {"a": decree(), "c": same})
    assert drawn_grants(one, Draws(5, 3)) == drawn_grants(both, Draws(5, 3))


def test_lists_that_would_close_before_the_start_are_past():
    early = {"value": "5000 days before the grant", "low": "1 day", "high": "5000 days"}
    made = scenario(WORLD, {"c": customary(lists_due=early)})
    assert occasions(made) == ()


def late_by(latency: object) -> np.ndarray:
    law = decree(
        exclude={}, clauses={"all": {"when": {"remaining": ">= 2 years"}, "then": "release"}},
        cap="none", review={}, drive=None, release={"latency": latency},
    )  # fmt: skip
    made = scenario(WORLD, {"p": law})
    r = simulate(made, solved(made), Draws(9, 0)).register
    return r.release[r.release < NEVER] - day_of(made, "2003-04-15")


def test_latency_is_what_it_says():
    """Shares out by each day of a list, mean of a geometric: 5 standard errors."""
    sure = {"value": "4 days", "low": "1 day", "high": "9 days"}
    assert set(late_by(sure)) == {4}
    steps = [{"within": "0 days", "is": "20%"}, {"within": "10 days", "is": "60%"},
             {"within": "50 days", "is": "100%"}]  # fmt: skip
    late = late_by({"shares": steps})
    assert len(late) > 300
    for days, share in ((0, 0.2), (5, 0.4), (10, 0.6), (30, 0.8), (49, 0.99)):
        assert abs((late <= days).mean() - share) < 5 * np.sqrt(share * (1 - share) / len(late))
    assert late.max() <= 50
    by_chance = late_by({"mean": {"value": "10 days", "low": "1 day", "high": "20 days"},
                         "most": "400 days"})  # fmt: skip
    assert abs(by_chance.mean() - 10) < 5 * np.sqrt(110 / len(by_chance))


@pytest.mark.parametrize("most", [0, 3, 40])
def test_what_would_be_later_still_is_out_on_the_last_day(most):
    latency = Latency.model_validate({"mean": "9 days", "most": f"{most} days"})
    assert len(latency.weights) == most + 1
    assert sum(latency.weights) == pytest.approx(1)
    assert latency.weights[-1] == pytest.approx(0.9**most)


def test_tranches_go_on_their_days():
    after = {"value": "30 days after the grant", "low": "1 day", "high": "60 days"}
    law = decree(
        exclude={}, clauses={"all": {"when": {"remaining": ">= 1 year"}, "then": "release"}},
        cap="none", review={}, drive=None,
        release={"tranches": {"women": {"when": {"sex": "women"}, "out": after}}},
    )  # fmt: skip
    made = scenario(WORLD, {"p": law})
    record = simulate(made, solved(made), Draws(9, 0)).record
    out = record.series["releases by decree"]
    day = day_of(made, "2003-04-15")
    assert set(np.flatnonzero(out)) == {day, day + 30}
    assert 0.1 < out[day + 30] / out.sum() < 0.9
