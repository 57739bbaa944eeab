"""Draws planned, run and read: one world to a draw, and impossible worlds told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.compare import compare
from sim.analysis.drawn import Draws, plan_draws
from sim.analysis.ignorance import ignorance, paired_outcomes, read_draws
from sim.analysis.outcomes import Outcomes
from sim.scenario.draws.ranges import parameters
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from sim.study.designs import latin_hypercube, one_at_a_time
from sim.study.study import Study
from tests.cli.command import file

FREED, AVERTED = "freed by decree", "person-years in custody"


@pytest.fixture(scope="module")
def short():
    return load(file("short"))


@pytest.fixture(scope="module")
def none():
    return load(file("none"))


@pytest.fixture(scope="module")
def names(short, none):
    return [one.name for one in parameters((short, none))]


def at(names, **quantiles):
    row = np.full(len(names), 0.5)
    for name, quantile in quantiles.items():
        row[[i for i, known in enumerate(names) if known.endswith(name.replace("_", " "))]] = (
            quantile
        )
    return row


IMPOSSIBLE = {"earlier_reductions.share": 1.0, "earlier_reductions.after": 1.0}


@pytest.fixture(scope="module")
def plan(short, none, names):
    other = replace(short, name="other")
    design = np.vstack([latin_hypercube(5, len(names), 3), at(names, **IMPOSSIBLE)])
    return plan_draws((short, other), none, design)


@pytest.fixture(scope="module")
def found(plan):
    with Study() as study:
        study.compute(plan.asked(2), 1)
        return read_draws(plan, study, 2, 1)


# --- Planning.


def test_all_points_of_a_draw_are_in_one_world(plan, none):
    worlds = [
        {point.scenario.world_address for point in (*draw.policies, draw.baseline)}
        for draw in plan.possible
    ]
    assert all(len(one) == 1 for one in worlds)
    assert len(set.union(*worlds)) == len(worlds)
    assert none.world_address not in set.union(*worlds)


def test_labels_name_the_draw_and_the_scenario(plan):
    first = plan.possible[0]
    assert [p.label for p in (*first.policies, first.baseline)] == [
        "draw 1/short", "draw 1/other", "draw 1/none"
    ]  # fmt: skip
    labels = [point.label for point in plan.points]
    assert len(set(labels)) == len(labels) == 3 * len(plan.possible)


def test_an_impossible_draw_is_left_out_and_told(plan):
    assert [draw.number for draw in plan.possible] == [1, 2, 3, 4, 5]
    (left,) = plan.left_out
    assert left.number == 6
    assert "cannot be reached: only" in left.why
    assert plan.reasons() == {"world.earlier reductions.share": 1}
    assert plan.quantiles.shape == (5, len(plan.parameters))
    assert np.array_equal(plan.quantiles, plan.design[:5])


def test_the_window_moves_with_the_dates_that_are_drawn(short, none, names):
    design = np.array(
        [at(names, **{"release.education": q, "granted": q}) for q in (0.0, 0.5, 1.0)]
    )
    windows = [draw.windows["short"] for draw in plan_draws((short,), none, design).possible]
    # Granted 20 May, 1 or 10 June 2011; education from 16 May for 3, 20 or 30 days.
    released = [str(w.date_of(w.origin_day)) for w in windows]
    assert released == ["2011-05-20", "2011-06-05", "2011-06-15"]


def test_what_comes_with_a_switch_exists_where_it_is_on(plan):
    arrests = plan.names.index("decrees.jubilee.drive.arrests per release")
    switch = plan.names.index("arrest drive")
    assert np.array_equal(plan.exists[:, arrests], plan.quantiles[:, switch] > 0.5)
    assert plan.exists[:, [j for j in range(len(plan.names)) if j != arrests]].all()


def test_workers_plan_the_same_draws(short, none, plan):
    other = replace(short, name="other")
    with ThreadPoolExecutor(2) as executor:
        again = plan_draws((short, other), none, plan.design, executor=executor)
    assert [p.key for p in again.points] == [p.key for p in plan.points]
    assert again.left_out == plan.left_out


def test_a_mistake_in_the_files_is_not_taken_for_an_impossible_draw(short, names):
    other = load("no-pardon.yaml")
    with pytest.raises(ScenarioError, match="one world"):
        plan_draws((short,), other, np.full((1, len(names)), 0.5))


def test_designs_and_names_that_do_not_fit_are_refused(short, none, names):
    with pytest.raises(ValueError, match="a design of shape"):
        plan_draws((short,), none, np.full((2, 3), 0.5))
    with pytest.raises(ValueError, match="different names"):
        plan_draws((short,), short, np.full((1, len(names)), 0.5))
    with pytest.raises(ValueError, match="different names"):
        plan_draws((), none, np.full((1, 0), 0.5))


def test_one_at_a_time_begins_with_the_scenario_as_written(short, none, names):
    made = plan_draws((short,), none, one_at_a_time(len(names))[:1]).possible[0]
    assert made.policies[0].scenario.address == short.address
    assert made.baseline.scenario.address == none.address


# --- Reading.


def test_the_draw_as_written_gives_the_differences_of_a_comparison(short, none, names):
    plan = plan_draws((short,), none, np.full((1, len(names)), 0.5))
    with Study() as study:
        study.compute(plan.asked(3), 7)
        found = read_draws(plan, study, 3, 7)
    known = compare((none, short), replications=3, seed=7)
    for measure in (FREED, AVERTED, "held 1 year after"):
        values = paired_outcomes(plan, found, "short", measure)
        assert values.shape == (1, 3)
        assert values.mean() == known.differences["short", "none", measure].estimate.mean


def outcomes(plan, value):
    """Outcomes made up so that each cell has a value of its own."""
    made = {}
    for draw in plan.possible:
        for point in (*draw.policies, draw.baseline):
            values = {
                window: {measure: np.array(value(point.label, k), dtype=float)
                         for k, measure in enumerate((FREED, AVERTED))}
                for window in plan.policies
            }  # fmt: skip
            empty = np.zeros((2, 0))
            made[point.label] = Outcomes(
                point.label, (), values, empty.astype(np.int32), np.zeros(0),
                empty.astype(np.int64), {}, (),
            )  # fmt: skip
    return made


def test_policies_are_paired_with_the_baseline_of_their_draw(plan):
    def value(label, k):
        draw, name = label.removeprefix("draw ").split("/")
        return [int(draw) * 10 + {"short": 5, "other": 3, "none": 1}[name], 100 * k]

    found = outcomes(plan, value)
    assert paired_outcomes(plan, found, "short", FREED).tolist() == [[4, 0]] * 5
    assert paired_outcomes(plan, found, "other", FREED).tolist() == [[2, 0]] * 5
    assert paired_outcomes(plan, found, "short", AVERTED).tolist() == [[-4, 0]] * 5  # averted


def test_what_one_cell_does_not_observe_is_not_observed(plan):
    found = outcomes(plan, lambda label, k: [np.nan if label == "draw 3/none" else 1.0, 2.0])
    assert paired_outcomes(plan, found, "short", FREED) is None
    assert ignorance(plan, found, "short", FREED) is None


def test_no_possible_draw_observes_nothing(short, none, names):
    nothing = plan_draws((short,), none, np.array([at(names, **IMPOSSIBLE)]))
    assert nothing.possible == ()
    assert nothing.quantiles.shape == nothing.exists.shape == (0, len(names))
    assert ignorance(nothing, {}, "short", FREED) is None


def test_ignorance_puts_everything_together(plan, found):
    result = ignorance(plan, found, "short", FREED)
    assert result.outcomes.shape == (5, 2)
    assert {one.name for one in result.influences} == set(plan.names)
    assert [one.rank for one in result.influences] == list(range(1, len(plan.names) + 1))
    assert result.spread.draws == 5
    assert result.spread.positive == 1
    assert result.split.ignorance > 0
    assert len(result.regrets) == 2
    (pair,) = result.exceeding
    assert (pair.first, pair.second, pair.equal) == ("short", "other", 1.0)  # the same decree
    assert result.reversals == {}


def test_a_single_policy_is_compared_with_nobody(plan, found):
    alone = Draws(
        plan.parameters, ("short",), "none", plan.design,
        tuple(replace(draw, policies=draw.policies[:1]) for draw in plan.possible), plan.left_out,
    )  # fmt: skip
    result = ignorance(alone, found, "short", FREED)
    assert (result.exceeding, result.regrets, result.reversals) == ((), (), {})
