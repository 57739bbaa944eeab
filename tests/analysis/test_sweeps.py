"""Sweeps: every variant beside the baseline of its own world, paired, as one family."""

import numpy as np
import pytest

from sim.analysis.compare import compare
from sim.analysis.estimates import difference
from sim.analysis.measures import MEASURE
from sim.analysis.outcomes import outcomes
from sim.analysis.sweeps import AS_WRITTEN, sweep_answer, sweep_question
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from sim.scenario.sweeps.sweep import grid, vary
from sim.scenario.variants import without_decrees
from sim.study.study import Ask, Study
from tests.cli.command import file

FREED, HELD, YEARS = "freed by decree", "held 1 year after", "person-years in custody"
CAPS = "decrees.jubilee.cap=none,9 per camp,1 per camp,5 per camp"


@pytest.fixture(scope="module")
def short():
    return load(file("short"))


@pytest.fixture(scope="module")
def none():
    return load(file("none"))


def asked_for(scenario, baseline, *axes, **more):
    variants = grid(scenario, [vary(text) for text in axes])
    return sweep_question(scenario, variants, baseline, title="A sweep", **more)


def answered(asked):
    with Study() as study:
        study.compute(asked.asked, asked.seed)
        return sweep_answer(asked, study)


@pytest.fixture(scope="module")
def caps(short, none):
    return answered(asked_for(short, none, CAPS, replications=4))


# --- What is asked.


def test_the_scenario_as_written_comes_first(short, none):
    asked = asked_for(short, none, CAPS)
    assert [row.label for row in asked.rows] == [
        AS_WRITTEN, "no cap", "cap 9 per camp", "cap 1 per camp", "cap 5 per camp"
    ]  # fmt: skip
    assert asked.rows[0].policy.scenario is short
    assert asked.rows[0].coordinates == ()
    assert asked.rows[3].coordinates == (("decrees.jubilee.cap", "1 per camp"),)
    assert {row.baseline.label for row in asked.rows} == {"none"}


def test_what_rows_share_is_asked_once(short, none):
    asked = asked_for(short, none, CAPS, replications=7).asked
    assert [ask.point.label for ask in asked] == [
        "short", "none", "no cap", "cap 9 per camp", "cap 1 per camp", "cap 5 per camp"
    ]  # fmt: skip
    assert {ask.replications for ask in asked} == {7}


def test_a_variant_of_the_world_has_a_baseline_in_that_world(short, none):
    asked = asked_for(short, none, "world.held=150,250")
    worlds = [row.policy.scenario.world_address for row in asked.rows]
    assert [row.baseline.scenario.world_address for row in asked.rows] == worlds
    assert len(set(worlds)) == 3
    assert not any(row.baseline.scenario.decrees for row in asked.rows)


def test_a_variant_that_moves_the_release_is_measured_from_its_own_day(short, none):
    longer = "decrees.jubilee.release.education=30 days from listing"
    asked = asked_for(short, none, longer)
    # From 16 May 2011: 20 days as written, 30 in the variant.
    days = [str(row.window.date_of(row.window.origin_day)) for row in asked.rows]
    assert days == ["2011-06-05", "2011-06-15"]


def test_a_variant_without_decrees_is_measured_where_the_baseline_is(short):
    # The decree itself is the baseline; its absence is read on the decree's days.
    asked = asked_for(short, short, "decrees.jubilee=null")
    assert len({row.window.origin_day for row in asked.rows}) == 1


def test_variants_that_ask_the_same_are_told(short, none):
    assert asked_for(short, none, "world.held=200,150").repeated == (("held 200", "short"),)


def test_a_baseline_of_another_world_is_refused(short):
    with pytest.raises(ScenarioError, match="differences are paired within one world"):
        asked_for(short, load("no-pardon.yaml"), CAPS)


# --- What comes out.


def test_a_row_as_written_is_the_comparison(caps, short, none):
    known = compare([none, short], replications=4)
    for measure in MEASURE:
        ours = caps.differences.get((AS_WRITTEN, measure))
        theirs = known.differences.get(("short", "none", measure))
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert (ours.estimate, ours.constant) == (theirs.estimate, theirs.constant)
            assert caps.levels[AS_WRITTEN, measure] == known.estimates["short", "short", measure]


def test_each_row_is_paired_with_the_baseline_of_its_world(short, none):
    asked = asked_for(short, none, "world.held=150,250", replications=3)
    with Study() as study:
        study.compute(asked.asked, asked.seed)
        found = sweep_answer(asked, study)
        for row in asked.rows:
            held = []
            for point in (row.policy, row.baseline):
                cells = study.summaries(Ask(point, 3), asked.seed)
                start = point.scenario.world.start
                held.append(outcomes(point.label, cells, {"": row.window}, start).column("", YEARS))
            known = difference(*held, averted=True)
            assert found.differences[row.label, YEARS].estimate == known.estimate
            assert known.estimate.mean == pytest.approx(np.mean(held[1] - held[0]))


def test_simultaneous_intervals_are_over_all_rows_that_vary(caps):
    from scipy import stats

    freed = {label: d for (label, m), d in caps.differences.items() if m == FREED}
    varying = [label for label, d in freed.items() if not d.constant]
    assert set(varying) >= {AS_WRITTEN, "no cap"}
    assert len(varying) < len(freed)  # one place a camp is always taken
    found = freed[AS_WRITTEN]
    half = stats.t.ppf(1 - 0.025 / len(varying), 3) * found.estimate.sd / 2
    assert found.low_simultaneous == pytest.approx(found.estimate.mean - half)
    assert found.high_simultaneous == pytest.approx(found.estimate.mean + half)


def test_a_baseline_that_is_the_policy_differs_in_nothing(short):
    found = answered(asked_for(short, short, "decrees.jubilee.cap=1 per camp", replications=2))
    here = {m: d for (label, m), d in found.differences.items() if label == AS_WRITTEN}
    assert here
    assert all(d.constant and d.estimate.mean == 0 for d in here.values())


def test_one_replication_has_no_interval(short, none):
    found = answered(asked_for(short, none, CAPS, replications=1))
    assert all(d.estimate.low is None for d in found.differences.values())
    assert all(v.per_place.low is None for v in found.places[FREED])


# --- The worth of a place.


def test_a_place_is_worth_the_slope_between_neighbouring_caps(caps):
    # `none` has no number and is left out; 1, 5 and 9 are put in order.
    assert caps.reach == "per camp"
    freed = {n: caps.differences[f"cap {n} per camp", FREED].estimate.mean for n in (1, 5, 9)}
    first, second = caps.places[FREED]
    assert (first.places, second.places) == ((1, 5), (5, 9))
    assert first.per_place.mean == pytest.approx((freed[5] - freed[1]) / 4)
    assert second.per_place.mean == pytest.approx((freed[9] - freed[5]) / 4)
    assert freed[1] <= 2  # two camps
    assert 0 < first.per_place.mean <= 2


def test_a_place_is_worth_what_it_averts(caps):
    averted = {n: caps.differences[f"cap {n} per camp", YEARS].estimate.mean for n in (1, 5)}
    assert caps.places[YEARS][0].per_place.mean == pytest.approx((averted[5] - averted[1]) / 4)
    assert averted[5] > averted[1] > 0


@pytest.mark.parametrize(
    "axes",
    [
        ["decrees.jubilee.cap=none,5 per camp"],  # one number
        ["decrees.jubilee.cap=5 per camp,40 in all"],  # two reaches
        ["decrees.jubilee.cap=1 per camp,5 per camp", "world.held=150,250"],  # more is swept
        ["world.held=150,250"],
    ],
    ids=lambda axes: " and ".join(axes),
)
def test_where_more_than_one_number_of_a_cap_is_swept_a_place_has_no_worth(short, none, axes):
    found = answered(asked_for(short, none, *axes, replications=1))
    assert (found.places, found.reach) == ({}, None)


def test_what_is_not_observed_is_left_out(short):
    axes = [
        "decrees.jubilee.ordered=2017-11-01", "decrees.jubilee.lists_due=2017-11-15",
        "decrees.jubilee.granted={value: 2017-12-01, between: [2017-12-01, 2017-12-05]}",
    ]  # fmt: skip
    asked = asked_for(short, without_decrees(short), *axes, replications=1)
    found = answered(asked)
    label = asked.rows[1].label
    assert (AS_WRITTEN, HELD) in found.differences
    assert (label, HELD) not in found.differences
    assert (label, HELD) not in found.levels
