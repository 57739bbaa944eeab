"""Replicating until precise: the rule on the paired differences of cells that are really run."""

import numpy as np
import pytest

from sim.analysis.compare import HEADLINE, answer
from sim.analysis.precise import Wish, replicate, rule_for
from sim.analysis.question import question, read
from sim.scenario.load import load
from sim.study.precision import verdict
from sim.study.study import Study
from tests.cli.command import file, files

FREED, HELD = "freed by decree", "held 1 year after"


@pytest.fixture(scope="module")
def scenarios():
    return [load(path) for path in files("none", "short", "halves")]


@pytest.fixture(scope="module")
def pair(scenarios):
    return question(scenarios[:2])


def until(asked, *wishes, budget=60):
    rule = rule_for(asked, wishes, budget)
    with Study() as opened:
        asked, judged = replicate(asked, rule, opened)
        opened.compute(asked.asked, asked.seed)  # the one-at-a-time runs as well
        return asked, judged, answer(asked, opened)


# --- What is asked for.


def test_a_wish_is_about_every_policy_and_every_baseline(scenarios):
    asked = question(scenarios, baselines=["none", "short"])
    rule = rule_for(asked, [Wish(FREED, 0.05), Wish(HELD, absolute=20.0)], 100)
    pairs = ["halves against none", "short against none", "halves against short"]
    assert set(rule.relative) == {f"{FREED}, {one}" for one in pairs}
    assert set(rule.absolute) == {f"{HELD}, {one}" for one in pairs}
    assert set(rule.relative.values()) == {0.05}
    assert set(rule.absolute.values()) == {20.0}
    assert rule.budget == 100


def test_two_wishes_for_one_measure_are_one_that_either_fulfils(pair):
    rule = rule_for(pair, [Wish(FREED, 0.05), Wish(FREED, absolute=3.0)], 50)
    name = f"{FREED}, short against none"
    assert (rule.relative, rule.absolute) == ({name: 0.05}, {name: 3.0})


def test_what_cannot_be_asked_for_is_refused(scenarios, pair):
    with pytest.raises(ValueError, match="no measure 'freed'"):
        rule_for(pair, [Wish("freed", 0.05)], 50)
    with pytest.raises(ValueError, match="one scenario alone has no differences"):
        rule_for(question(scenarios[1:2]), [Wish(FREED, 0.05)], 50)
    with pytest.raises(ValueError, match="must be above 0; found 0"):
        rule_for(pair, [Wish(FREED, 0.0)], 50)
    with pytest.raises(ValueError, match="no measure to be precise about"):
        rule_for(pair, [Wish(FREED)], 50)
    with pytest.raises(ValueError, match="a budget of 7 allows no answer"):
        rule_for(pair, [Wish(FREED, 0.05)], 7)


# --- When it ends.


@pytest.mark.slow
def test_it_ends_where_the_rule_ends_on_the_differences_of_many_replications(pair):
    asked, judged, found = until(pair, Wish(FREED, 0.15), Wish(HELD, 0.2))
    name = f"{FREED}, short against none"
    with Study() as study:
        many = question(pair.scenarios, replications=40)
        study.compute(many.asked, many.seed)
        cells = read(many, study)
        values = {
            f"{measure}, short against none": cells["short"].column("short", measure)
            - cells["none"].column("short", measure)
            for measure in (FREED, HELD)
        }
    known = verdict(values, rule_for(pair, [Wish(FREED, 0.15), Wish(HELD, 0.2)], 40))
    assert known.solved_at is not None
    assert (judged.solved_at, judged.replications) == (known.solved_at, known.replications)
    assert asked.replications == known.replications == known.solved_at + 5
    half = (found.differences["short", "none", FREED].estimate.high
            - found.differences["short", "none", FREED].estimate.low) / 2  # fmt: skip
    mean = found.differences["short", "none", FREED].estimate.mean
    assert half <= 0.15 * mean
    assert judged.measures[name].half_width == pytest.approx(half, rel=1e-9)
    assert judged.measures[name].mean == pytest.approx(mean, rel=1e-12)


@pytest.mark.slow
def test_a_study_with_more_cells_ends_at_the_same_number(tmp_path, pair):
    first, judged, _ = until(pair, Wish(FREED, 0.15))
    with Study(tmp_path) as study:
        study.compute(question(pair.scenarios, replications=30).asked, pair.seed)
        before = study.store.there()
        again, same = replicate(pair, rule_for(pair, [Wish(FREED, 0.15)], 60), study)
        assert study.store.there() == before
    assert (again.replications, same) == (first.replications, judged)


def test_what_never_varies_is_precise_at_once(scenarios):
    # Nobody is freed by a decree that only cuts terms, or by none: the difference is always 0.
    asked = question([scenarios[0], load(file("none-either"))])
    asked, judged, _ = until(asked, *(Wish(measure, 0.01) for measure in HEADLINE))
    assert (judged.solved_at, asked.replications) == (3, 8)
    assert all(one.constant for one in judged.measures.values())


def test_the_budget_ends_it(pair):
    asked, judged, _ = until(pair, Wish(FREED, 1e-6), budget=9)
    assert (judged.solved_at, judged.stop, asked.replications) == (None, True, 9)
    assert judged.reason.startswith("the budget of 9 replications is spent; not precise enough: ")


def test_replications_asked_for_say_nothing(pair):
    more = question(pair.scenarios, replications=40)
    assert until(more, Wish(FREED, 0.2))[0].replications == (
        until(pair, Wish(FREED, 0.2))[0].replications
    )


@pytest.mark.slow
def test_the_runs_of_one_assumption_at_a_time_take_no_more_than_there_are(pair):
    asked = question(pair.scenarios, replications=40, assumptions=30)
    assert asked.few == 30
    found, _, comparison = until(asked, Wish(FREED, 0.2))
    assert found.replications < 30
    assert found.few == comparison.swing_replications == found.replications
    assert found.pairs == asked.pairs


def test_a_measure_beyond_the_horizon_is_refused(scenarios):
    from datetime import date

    late = question(scenarios[:2], align=date(2017, 12, 31))
    with Study() as study, pytest.raises(ValueError, match="not observed; the window ends after"):
        replicate(late, rule_for(late, [Wish(HELD, 0.5)], 20), study)


def test_differences_are_policy_minus_baseline_replication_by_replication(pair):
    asked, judged, found = until(pair, Wish(HELD, 0.5))
    cells = found.outcomes
    paired = cells["short"].column("short", HELD) - cells["none"].column("short", HELD)
    assert len(paired) == asked.replications
    reached = judged.measures[f"{HELD}, short against none"]
    assert reached.mean == pytest.approx(np.mean(paired), rel=1e-12)
    assert reached.mean < 0  # who is freed is not held
