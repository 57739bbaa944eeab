"""Comparisons: who is paired with whom, on which days, and what varies."""

from datetime import date

import numpy as np
import pytest

from sim.analysis.compare import HEADLINE, Comparison, compare, span
from sim.analysis.measures import MEASURES
from sim.analysis.outcomes import Outcomes
from sim.analysis.question import aligned
from sim.scenario.load import load
from sim.scenario.occasions import first_release_day
from sim.scenario.problems import ScenarioError
from sim.scenario.variants import alternatives
from sim.study.execute import simulate
from tests.cli.command import changed, copies, file

DECREE_ONLY = ("eligible",)  # counts whom a decree lists, not what befalls anybody


@pytest.fixture(scope="module")
def of():
    """Scenarios by name, read once."""
    names = ("none", "none-either", "short", "halves", "selects-none", "yearly")
    return {name: load(file(name)) for name in names}


@pytest.fixture(scope="module")
def found(of):
    """One comparison with two baselines and the runs of one assumption at a time."""
    scenarios = [of[name] for name in ("none", "halves", "yearly", "short")]
    return compare(
        scenarios, baselines=["none", "yearly"], replications=4, seed=3, assumptions=2
    )  # fmt: skip


def values(comparison: Comparison, label: str, window: str, measure: str) -> list[float]:
    return comparison.outcomes[label].values[window][measure].tolist()


def same(one: Outcomes, other: Outcomes, window: str) -> None:
    """The same cells, as far as one window shows."""
    assert one.addresses == other.addresses
    for measure, found in one.values[window].items():
        np.testing.assert_array_equal(found, other.values[window][measure], err_msg=measure)
    np.testing.assert_array_equal(one.stock, other.stock)
    np.testing.assert_array_equal(one.exiled_to, other.exiled_to)


# --- Pairs.


def test_policies_stand_in_the_order_of_the_files(found):
    assert found.policies == ("halves", "yearly", "short")
    assert found.baselines == ("none", "yearly")


def test_a_baseline_with_decrees_is_itself_compared_with_the_first(found):
    pairs = {(policy, baseline) for policy, baseline, _ in found.differences}
    assert pairs == {
        ("halves", "none"), ("yearly", "none"), ("short", "none"),
        ("halves", "yearly"), ("short", "yearly"),
    }  # fmt: skip


def test_differences_are_those_of_the_cells(found):
    for (policy, baseline, measure), d in found.differences.items():
        ours = np.array(values(found, policy, policy, measure))
        theirs = np.array(values(found, baseline, policy, measure))
        averted = next(m.averted for m in MEASURES if m.name == measure)
        expected = (theirs - ours if averted else ours - theirs).mean()
        assert d.estimate.mean == pytest.approx(expected, abs=1e-9)
        assert d.baseline_mean == pytest.approx(theirs.mean())


def test_estimates_are_levels_in_the_policys_own_window(found):
    for (label, window, measure), e in found.estimates.items():
        assert e.mean == pytest.approx(np.mean(values(found, label, window, measure)))
        assert window == label or label in found.baselines


def test_the_first_file_is_the_baseline_by_default(of):
    result = compare([of["halves"], of["short"]], replications=1)
    assert result.baselines == ("halves",)
    assert result.policies == ("short",)
    assert {baseline for _, baseline, _ in result.differences} == {"halves"}


def test_a_single_scenario_has_levels_and_no_differences(of):
    result = compare([of["short"]], replications=2, assumptions=2)
    assert result.policies == ("short",)
    assert not result.differences
    assert not result.swings
    assert ("short", "short", "freed by decree") in result.estimates


def test_a_baseline_named_twice_counts_once(of):
    result = compare([of["none"], of["short"]], baselines=["none", "none"], replications=1)
    assert result.baselines == ("none",)


def test_an_unknown_baseline_or_a_repeated_name_is_refused(of):
    with pytest.raises(ValueError, match="no baseline 'nobody' among the scenarios: none, short"):
        compare([of["none"], of["short"]], baselines=["nobody"], replications=1)
    with pytest.raises(ValueError, match="two scenarios are called 'short'"):
        compare([of["short"], of["short"]], replications=1)


@pytest.mark.parametrize(
    ("old", "new"),
    [("held: {value: 200", "held: {value: 201"), ("end: 2018-01-01", "end: 2018-01-02")],
)
def test_unequal_worlds_and_horizons_are_refused(of, tmp_path, old, new):
    copies(tmp_path, "short")
    changed(tmp_path, "prisons", old, new)
    with pytest.raises(ScenarioError, match="paired within one world"):
        compare([of["none"], load(tmp_path / "short.yaml")], replications=1)


def test_another_note_or_range_makes_no_other_world(of, tmp_path):
    copies(tmp_path, "short")
    changed(tmp_path, "prisons", "held: {value: 200, low: 100", "held: {value: 200, low: 50")
    compare([of["none"], load(tmp_path / "short.yaml")], replications=1)


# --- Exactly nothing.


@pytest.mark.parametrize("other", ["none-either", "selects-none"])
def test_no_pardon_differs_by_exactly_nothing(of, other):
    result = compare([of["none"], of[other]], replications=3, seed=11)
    for (policy, _, measure), d in result.differences.items():
        if measure in DECREE_ONLY and policy == "selects-none":
            continue
        assert d.constant, measure
        assert (d.estimate.mean, d.estimate.low, d.estimate.high) == (0.0, 0.0, 0.0), measure
    assert result.estimates["none", other, "person-years in custody"].mean > 500


def test_a_decree_that_selects_none_is_another_design_point(of):
    result = compare([of["none"], of["selects-none"]], replications=1)
    addresses = {found.addresses for found in result.outcomes.values()}
    assert len(addresses) == 2
    everyday = [simulate(of[name]) for name in ("none", "selects-none")]
    for name, counts in everyday[0].series.items():
        if name != "newly eligible":
            np.testing.assert_array_equal(counts, everyday[1].series[name], err_msg=name)
    eligible = everyday[1].waterfalls["empty promise", "(decree)", "eligible"]
    assert eligible.max() > 100  # everyone is listed, and none selected


def test_nothing_differs_before_lists_close(of):
    series = [simulate(of[name], seed=5).series["stock"] for name in ("none", "short")]
    opened = (date(2011, 6, 5) - date(2010, 1, 1)).days
    np.testing.assert_array_equal(series[0][:opened], series[1][:opened])
    assert (series[0][opened:] != series[1][opened:]).any()


# --- Common random numbers.


def test_common_random_numbers_shrink_the_variance(found):
    d = found.differences["short", "none", "held 1 year after"]
    assert d.pairing_gain > 3


def test_a_scenario_has_the_same_cells_whatever_it_is_compared_with(of, found):
    alone = compare([of["short"]], replications=4, seed=3)
    same(alone.outcomes["short"], found.outcomes["short"], "short")


def test_seeds_and_replications_differ(of):
    result = compare([of["none"]], replications=3, seed=1)
    other = compare([of["none"]], replications=3, seed=2)
    stocks = {tuple(row) for c in (result, other) for row in c.outcomes["none"].stock.tolist()}
    assert len(stocks) == 6


# --- Days.


def test_aligning_moves_dated_scenarios_and_no_others(of):
    day = date(2012, 10, 9)
    moved = aligned([of["none"], of["yearly"], of["short"], of["halves"]], day)
    target = (day - date(2010, 1, 1)).days
    assert [first_release_day(s) for s in moved] == [None, None, target, target]
    assert moved[0].address == of["none"].address
    assert moved[1].address == of["yearly"].address
    decree = moved[2].decrees["jubilee"]
    shift = target - first_release_day(of["short"])
    assert (decree.ordered.value - date(2011, 5, 2)).days == shift
    assert (decree.lists_due.value - date(2011, 5, 16)).days == shift
    assert (decree.granted.value - date(2011, 6, 1)).days == shift


def test_after_aligning_every_window_starts_on_one_day(of):
    day = date(2012, 10, 9)
    names = ("none", "yearly", "short", "halves")
    result = compare([of[n] for n in names], replications=1, align=day)
    assert {w.date_of(w.origin_day) for w in result.windows.values()} == {day}


def test_aligning_to_its_own_day_changes_nothing(of):
    result = compare([of["short"]], replications=1)
    again = compare([of["short"]], replications=1, align=date(2011, 6, 5))
    same(result.outcomes["short"], again.outcomes["short"], "short")


@pytest.mark.parametrize("day", [date(2009, 6, 1), date(2009, 12, 31), date(2018, 1, 1), date.max])
def test_aligning_outside_the_horizon_is_refused(of, day):
    with pytest.raises(ScenarioError, match=f"--align: {day} must not come before"):
        aligned([of["none"], of["short"]], day)


def test_other_dates_that_leave_the_horizon_with_it_are_told_with_their_lines(of):
    with pytest.raises(ScenarioError) as told:
        aligned([of["short"]], date(2010, 1, 10))
    message = str(told.value)
    assert "short.yaml:8: decrees.jubilee.ordered: 2009-12-07 lies before the start" in message
    assert "(moved by -511 days, to align with 2010-01-10)" in message


def test_a_scenario_without_decrees_is_read_on_the_days_of_its_baseline(of):
    result = compare([of["short"], of["none"]], replications=2)
    back = compare([of["none"], of["short"]], replications=2)
    assert result.windows["none"] == back.windows["short"]
    for measure in ("held 1 year after", "deaths in custody", "person-years in custody"):
        ours = result.differences["none", "short", measure].estimate
        theirs = back.differences["short", "none", measure].estimate
        assert ours.mean == pytest.approx(-theirs.mean)


def test_a_window_past_the_horizon_has_no_differences(of):
    result = compare([of["none"], of["halves"]], replications=2, align=date(2017, 12, 31))
    eve = {"held on the eve", "occupancy on the eve"}
    assert {m for _, _, m in result.differences} == eve
    assert {m for _, _, m in result.estimates} == eve


# --- One assumption at a time.


def test_every_listed_assumption_is_run_at_its_ends(found):
    told = [(s.policy, s.assumption, s.end, s.value) for s in found.swings]
    assert told == [
        ("short", "number held", "low", "100"),
        ("short", "number held", "high", "400"),
        ("short", "what counts as short", "low", "2 years"),
        ("short", "what counts as short", "high", "4 years"),
        ("short", "bar on robbers", "instead", "without it"),
        ("short", "arrest drive", "instead", "with it"),
    ]
    assert all(set(HEADLINE) <= set(s.differences) for s in found.swings)


def test_an_assumption_about_the_world_changes_the_paired_baseline_too(of, found):
    alternative = alternatives(of["short"], of["none"])[1]
    assert alternative.baseline.world.held.value == 400
    swing = found.swings[1]
    direct = compare(
        [alternative.baseline, alternative.scenario], replications=2, seed=3
    )  # fmt: skip
    for measure, d in swing.differences.items():
        expected = direct.differences["short", "none", measure].estimate
        assert d.estimate == expected, measure
        assert d.baseline_mean == direct.differences["short", "none", measure].baseline_mean
    held = swing.differences["held 1 year after"]
    assert held.baseline_mean > 1.5 * found.central["short", "held 1 year after"].baseline_mean


def test_an_assumption_about_the_decree_keeps_the_baseline(found):
    for swing in found.swings[2:]:
        for measure in HEADLINE:
            before = found.central["short", measure].baseline_mean
            assert swing.differences[measure].baseline_mean == before


def test_the_central_row_rests_on_the_same_replications_as_the_swings(found):
    assert found.swing_replications == 2
    first = values(found, "short", "short", "freed by decree")[:2]
    assert found.central["short", "freed by decree"].estimate.mean == np.mean(first)
    assert found.central["short", "freed by decree"].estimate.replications == 2


def test_swings_have_no_more_replications_than_the_comparison(of):
    result = compare([of["none"], of["short"]], replications=1, assumptions=5)
    assert result.swing_replications == 1
    assert {s.differences["exiled"].estimate.replications for s in result.swings} == {1}


def test_the_span_holds_every_swing_and_the_mean_and_is_of_the_first_baseline(found):
    low, high = span(found, "short", "none", "freed by decree")
    means = [s.differences["freed by decree"].estimate.mean for s in found.swings]
    means.append(found.differences["short", "none", "freed by decree"].estimate.mean)
    assert (low, high) == (min(means), max(means))
    assert span(found, "short", "yearly", "freed by decree") is None
    assert span(found, "halves", "none", "freed by decree") is None  # lists nothing


def test_without_assumptions_nothing_else_is_run(of):
    told = []
    result = compare([of["none"], of["short"]], replications=3, progress=lambda *n: told.append(n))
    assert told == [(2, 6), (4, 6), (6, 6)]
    assert result.swings == ()
    assert span(result, "short", "none", "freed by decree") is None
