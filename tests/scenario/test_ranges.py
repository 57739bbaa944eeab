"""Draws of what is not known: the rule by hand, and what a drawn scenario keeps."""

import math
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.draws.drawing import at_quantile, drawn, drawn_together, written_at
from sim.scenario.draws.ranges import Range, Switch, parameters, ranges, switches
from sim.scenario.law.predicate import AgeIs, LengthIs, ShareIs, leaves
from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from sim.scenario.variants import alternatives, same_world
from sim.scenario.written import framed, kind_of, number_of, unframed
from sim.study.execute import solved
from tests.cli.command import file

SHIPPED = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
CLAUSE = "decrees.party-75th.clauses.border crossing and smuggling"
OWN = """\
title: Own
extends: {prisons}
{world}
decrees:
  d:
    source: dailynk-2020-07
    grade: B
    ordered: 2011-05-01
    lists_due: 2011-05-16
    granted: {{value: 2011-06-01, between: [2011-05-20, 2011-06-10]}}
    clauses:
      c:
        when:
          - age at offence: {{value: "< 20 years", low: 17 years, high: 23 years}}
            served share: {{value: ">= 40%", low: 1/4, high: 50%, grade: A, source: kinu-2016}}
          - remaining: {{value: "<= 1 year", low: 6 months, high: 2 years}}
        then: release
    cap: {{value: 5 per camp, low: 1, high: 80}}
    release:
      education: {{value: 50 days from listing, low: 3 days, high: 60 days}}
      over: {{value: 2 days, low: 1 day, high: 5 days}}
    outcomes:
      released: {{value: 5, low: 1, high: 9, unit: persons, source: kinu-2016, grade: A}}
{more}
"""


def shipped(name):
    return load(f"{name}.yaml")


def own(tmp_path, world="", more="", name="own"):
    path = tmp_path / f"{name}.yaml"
    path.write_text(OWN.format(prisons=file("prisons"), world=world, more=more), encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def policy():
    return shipped("2020-anniversary")


@pytest.fixture(scope="module")
def baseline():
    return shipped("no-pardon")


@pytest.fixture(scope="module")
def small():
    return load(file("short")), load(file("none"))


# --- The rule.


@pytest.mark.parametrize(
    ("low", "value", "high", "quantile", "expected"),
    [
        (2, 3, 5, 0, 2), (2, 3, 5, 0.25, 2.5), (2, 3, 5, 0.5, 3), (2, 3, 5, 0.75, 4),
        (2, 3, 5, 1, 5),
        (1, 4, 64, 0.25, 2),  # half way on the logarithm from 4 down to 1
        (1, 4, 64, 0.75, 16),
        (1, 2, 4, 0.25, math.sqrt(2)),  # fourfold is enough
        (1, 2, 3.9, 0.25, 1.5), (0, 2, 100, 0.25, 1), (0, 2, 100, 0.75, 51),
        (1, 1, 3, 0.3, 1), (1, 3, 3, 0.7, 3),  # the value is an end: half of the draws are there
    ],
)  # fmt: skip
def test_draws_lie_on_either_side_of_the_value(low, value, high, quantile, expected):
    assert at_quantile(low, value, high, quantile) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("quantile", [-0.01, 1.01, float("nan")])
def test_a_quantile_lies_between_0_and_1(quantile):
    with pytest.raises(ValueError, match="between 0 and 1"):
        at_quantile(1, 2, 3, quantile)


def test_a_range_holds_its_value():
    with pytest.raises(ValueError, match="does not hold"):
        at_quantile(1, 4, 3, 0.2)


positive = st.floats(0, 1e6)


@given(st.tuples(positive, positive, positive).map(sorted), st.tuples(*[st.floats(0, 1)] * 2))
def test_draws_grow_with_the_quantile_and_stay_within_the_range(ends, quantiles):
    low, value, high = ends
    first, second = (at_quantile(low, value, high, q) for q in sorted(quantiles))
    slack = 1e-12 * high
    assert low - slack <= first <= second + slack <= high + 2 * slack


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (">= 70%", "40%", ">= 40%"), (">=70%", "40%", ">=40%"), ("5 per camp", 7, "7 per camp"),
        ("5000 in all", 7, "7 in all"), ("60 days from listing", "3 days", "3 days from listing"),
        ("60 days from grant", "3 days", "3 days from grant"), ("3 years", "1 year", "1 year"),
        (0.5, 0.25, 0.25), ("60%", "2%", "2%"),
    ],
)  # fmt: skip
def test_what_stands_around_a_number_stays(old, new, expected):
    assert framed(old, new) == expected
    assert unframed(expected) == (str(new) if isinstance(expected, str) else new)


# --- What is listed.


def test_every_range_of_the_shipped_scenario_is_listed_once(policy):
    found = {one.name: one for one in ranges(policy)}
    assert len([path for one in found.values() for path in one.paths]) == len(
        {path for one in found.values() for path in one.paths}
    )
    assert found["world.held"].kind == "persons"
    assert found["world.sentence step"].kind == "months"
    assert found["decrees.party-75th.granted"].kind == "date"
    assert found[f"{CLAUSE}.when.served share"].kind == "share"
    assert found["world.returns.by time free.1.until"].kind == "length"
    assert "world.health.states.well.hazard in custody" not in found  # no range
    assert not any("outcomes" in name or "cases" in name for name in found)


def test_an_alias_is_one_parameter_in_several_places(policy):
    found = {one.name: one for one in ranges(policy)}
    assert len(found["world.offences.theft.sentence.shape"].paths) == 9
    assert len(found["world.offences.theft.sentence.least"].paths) == 9
    assert len(found["world.offences.theft.sentence.most"].paths) == 7
    assert "world.offences.murder.sentence.most" not in found
    assert "world.offences.smuggling.sentence.most" in found


def test_a_cap_that_two_decrees_share_is_one_parameter():
    found = {one.name: one for one in ranges(shipped("2015-anniversary"))}
    assert found["decrees.liberation-70th.cap"].paths == (
        ("decrees", "liberation-70th", "cap"),
        ("decrees", "party-70th", "cap"),
    )
    assert found["decrees.liberation-70th.cap"].kind == "count"


def test_twins_within_one_pair_of_braces_are_no_alias(tmp_path):
    twin = "{value: 0.8, low: 0.5, high: 1, unit: times, source: assumption, grade: C}"
    world = f"world: {{returns: {{job: {{offending: {twin}, detection: {twin}}}}}}}"
    names = {one.name for one in ranges(own(tmp_path, world))}
    assert {"world.returns.job.offending", "world.returns.job.detection"} <= names


def test_a_range_of_one_value_is_nothing_to_draw(small):
    names = {one.name for one in ranges(small[0])}
    assert "world.sentence step" not in names  # one month to one month
    assert "world.health.states.well.hazard in custody" not in names


def test_a_range_around_no_value_is_refused(tmp_path):
    more = "    rank: lottery"
    scenario = own(tmp_path, more=more)
    text = (tmp_path / "own.yaml").read_text(encoding="utf-8")
    path = tmp_path / "capless.yaml"
    path.write_text(text.replace("value: 5 per camp", "value: none"), encoding="utf-8")
    assert ranges(scenario)
    with pytest.raises(ScenarioError, match="around no value"):
        ranges(load(path))


def test_grades_and_sources_are_those_of_the_part_or_of_what_is_around_it(tmp_path):
    found = {one.name: one for one in ranges(own(tmp_path))}
    share = found["decrees.d.clauses.c.when.0.served share"]
    age = found["decrees.d.clauses.c.when.0.age at offence"]
    assert (share.grade, share.source) == ("A", ("kinu-2016",))
    assert (age.grade, age.source) == ("B", ("dailynk-2020-07",))
    assert (age.value, age.low, age.high) == ("< 20 years", "17 years", "23 years")


def test_switches_say_what_they_rest_on(policy):
    found = {one.name: one for one in switches(policy)}
    assert list(found) == ["bar on earlier reductions", "arrest drive", "kind of threshold"]
    assert found["bar on earlier reductions"] == Switch(
        "bar on earlier reductions", "without it", None, ()
    )
    assert found["arrest drive"].grade == "C"
    assert found["arrest drive"].source == ("pri-2012", "rfa-2020-08", "assumption")


def test_a_range_that_comes_with_a_switch_is_listed_with_it(policy):
    found = {one.name: one.switch for one in ranges(policy) if one.switch}
    assert found == {
        "decrees.party-75th.drive.arrests per release": "arrest drive",
        f"{CLAUSE}.when.remaining": "kind of threshold",
    }


def test_parameters_of_several_scenarios_are_listed_once(policy, baseline):
    names = [one.name for one in parameters((policy, shipped("customary"), baseline))]
    assert len(names) == len(set(names))
    assert "decrees.customary.cap" in names
    assert names[-3:] == [one.name for one in switches(policy)]


# --- Drawn scenarios.


@pytest.mark.parametrize("name", SHIPPED)
def test_one_half_for_everything_is_the_scenario_as_written(name):
    one = shipped(name)
    other = load("no-pardon.yaml", world="dprk-70k.yaml") if name == "dprk-70k" else None
    other = other or shipped("no-pardon")
    at = {found.name: 0.5 for found in parameters((one, other))}
    assert tuple(s.address for s in drawn(one, other, at)) == (one.address, other.address)
    assert tuple(s.address for s in drawn(one, other, {})) == (one.address, other.address)


def test_quantiles_0_and_1_are_the_ends_as_written(policy):
    for one in ranges(policy):
        tree = policy.tree.at(one.paths[0])
        if tree is None:  # where its switch is on
            continue
        assert kind_of(one.paths[0], tree) == one.kind
        for quantile, end in ((0, one.low), (0.5, one.value), (1, one.high)):
            text = written_at(one.kind, one.value, one.low, one.high, quantile)
            assert number_of(one.kind, text) == number_of(one.kind, end), one.name


def test_ends_are_the_one_at_a_time_variants(policy, baseline):
    quantile = {"low": 0.0, "high": 1.0}
    named = {n: e.range_of for n, e in policy.document.rests_on.items() if e.range_of}
    ends = [a for a in alternatives(policy, baseline) if a.end in quantile]
    assert len(ends) == 6
    for one in ends:
        made = drawn(policy, baseline, {named[one.assumption]: quantile[one.end]})
        assert [s.address for s in made] == [one.scenario.address, one.baseline.address]


@pytest.mark.parametrize(
    ("switch", "variant"),
    [("bar on earlier reductions", "2020-no-reduction-bar"), ("arrest drive", "2020-arrest-drive"),
     ("kind of threshold", "2020-two-years-left")],
)  # fmt: skip
def test_a_switch_that_is_on_is_the_variant_that_is_shipped(policy, baseline, switch, variant):
    on, theirs = drawn(policy, baseline, {switch: 0.51})
    assert on.address == shipped(variant).address
    assert theirs.address == baseline.address
    assert drawn(policy, baseline, {switch: 0.5})[0].address == policy.address


def test_what_comes_with_a_switch_is_drawn_where_it_is_on(policy, baseline):
    name = "decrees.party-75th.drive.arrests per release"
    on, _ = drawn(policy, baseline, {"arrest drive": 0.9, name: 0.25})
    assert on.decrees["party-75th"].drive.per_release.value == 0.5  # between 0% and 100%
    off, _ = drawn(policy, baseline, {"arrest drive": 0.1, name: 0.25})
    assert off.address == policy.address


def test_what_an_alias_shares_is_drawn_once(policy, baseline):
    made, _ = drawn(policy, baseline, {"world.offences.theft.sentence.shape": 0.75})
    shapes = {o.sentence.shape.value for o in made.world.offences.values()}
    assert shapes == {3.75}  # half way from 2.5 to 5


def test_every_kind_is_rounded_and_written_as_its_file_would(tmp_path, small):
    scenario = own(tmp_path)
    at = {
        "decrees.d.granted": 0.6,  # 2011-06-01 and a fifth of nine days: two days
        "decrees.d.clauses.c.when.0.age at offence": 0.6,  # 20 and a fifth of three: 21
        "decrees.d.clauses.c.when.0.served share": 0.25,  # half way from 40% down to 25%
        "decrees.d.clauses.c.when.1.remaining": 0.25,  # fourfold: 365 days times sqrt(183/365)
        "decrees.d.cap": 0.75,  # 5 times the square root of 16
        "decrees.d.release.education": 0.75,  # 50 days times sqrt(60/50): 54.8
        "decrees.d.release.over": 0.25,  # 2 days over sqrt(2): 1.41
    }
    made = drawn(scenario, small[1], at)[0].decrees["d"]
    assert made.granted.value == date(2011, 6, 3)
    assert leaves(made.clauses["c"].when) == (
        AgeIs("age at offence", "<", 21),
        ShareIs("term", ">=", Fraction(65, 200)),
        LengthIs("remaining", "<=", 258),
    )
    assert (made.cap.value.places, made.cap.value.per) == (20, "camp")
    assert (made.release.education.value.days, made.release.education.value.start) == (
        55,
        "listing",
    )
    assert made.release.over.value == 1


def test_persons_are_whole_and_steps_of_sentences_whole_months(policy, baseline):
    made = drawn(policy, baseline, {"world.held": 0.6, "world.sentence step": 0.65})[1].world
    exact = 36000 * (100000 / 36000) ** 0.2
    assert made.held.value == round(exact) != exact
    assert made.sentence_step.value == 61  # 1 month times 6 to the power 0.3, 1.71: two months


def test_numbers_are_written_with_ten_figures(policy, baseline):
    made = drawn(policy, baseline, {"world.deaths.in custody": 0.6})[1].world
    exact = 0.06 * (0.2 / 0.06) ** 0.2
    assert made.deaths.in_custody.value == float(f"{exact:.10g}") != exact


# --- Shares that sum to one.


def test_shares_are_brought_back_to_one_in_proportion(small):
    made = drawn(*small, {"world.offences.theft.share": 1.0})[0].world.offences
    assert made["theft"].share.value == pytest.approx(80 / 120, abs=1e-12)
    assert made["robbery"].share.value == pytest.approx(40 / 120, abs=1e-12)


def test_all_groups_of_shares_sum_to_one_in_every_draw(policy, baseline):
    at = {one.name: (17 * i % 40 + 1) / 42 for i, one in enumerate(parameters((policy, baseline)))}
    world = drawn(policy, baseline, at)[0].world
    groups = [
        [o.share.value for o in world.offences.values()],
        [o.share.value for o in world.origins.values()],
        [s.value for s in world.ages_at_offence.values()],
        [h.share.value for h in world.health.states.values()],
        [d.value for d in world.exile.destinations.values()],
    ]
    for shares in groups:
        assert sum(shares) == pytest.approx(1, abs=1e-9)


def test_a_share_may_be_carried_beyond_its_range_and_the_file_still_holds(small):
    at = {"world.offences.theft.share": 0.0, "world.offences.robbery.share": 0.0}
    made = drawn(*small, at)[0].world.offences  # 30% and 20%
    assert made["theft"].share.value == pytest.approx(0.6, abs=1e-12)
    at = {"world.health.states.well.share": 1.0, "world.health.states.ill.share": 0.0}
    states = drawn(*small, at)[0].world.health.states  # 90% and 10% need no change
    assert (states["well"].share.value, states["ill"].share.value) == (0.9, 0.1)
    at = {"world.origins.Pyongyang.share": 0.0}
    origins = drawn(*small, at)[0].world.origins  # 10% and 80%, that is one ninth
    assert origins["Pyongyang"].share.value == pytest.approx(1 / 9, abs=1e-12)
    assert origins["coast"].share.value == pytest.approx(8 / 9, abs=1e-12)


def test_a_share_without_a_range_stays(tmp_path, small):
    world = (
        "world: {offences: {theft: {share: 50%}, robbery: {share: {value: 30%}},"
        " fraud: {share: {value: 20%, source: kinu-2016, grade: A},"
        " sentence: {family: gamma, mean: {value: 2 years, source: kinu-2016, grade: A},"
        " shape: {value: 2, unit: shape, source: kinu-2016, grade: A},"
        " least: {value: 1 month, source: kinu-2016, grade: A},"
        " most: {value: 9 years, source: kinu-2016, grade: A}}}}}"
    ).replace("{share: 50%}", "{share: {value: 50%}}")
    scenario = own(tmp_path, world)
    made = drawn_together((scenario,), {"world.offences.theft.share": 1.0})[0].world.offences
    assert made["fraud"].share.value == 0.2
    assert made["theft"].share.value == pytest.approx(0.8 * 80 / 110, abs=1e-12)
    assert made["robbery"].share.value == pytest.approx(0.8 * 30 / 110, abs=1e-12)


def test_shares_that_are_all_drawn_as_nothing_are_no_world(tmp_path):
    world = "world: {exile: {destinations: {coast: {low: 0%}, islands: {low: 0%}}}}"
    scenario = own(tmp_path, world)
    names = [f"world.exile.destinations.{place}" for place in ("coast", "islands")]
    with pytest.raises(ScenarioError, match=r"exile\.destinations: all shares .* drawn as 0"):
        drawn_together((scenario,), dict.fromkeys(names, 0.0))


# --- Several scenarios in one world.


def test_policies_and_baseline_of_a_draw_are_in_one_world(policy, baseline):
    customary = shipped("customary")
    at = {one.name: 0.3 for one in parameters((policy, customary, baseline))}
    made = drawn_together((policy, customary, baseline), at)
    assert {one.world_address for one in made} != {policy.world_address}
    for one in made:
        same_world(one, made[0])
    assert made[1].decrees["customary"].cap.value.places == 3  # 5 / 5 ** 0.4 = 2.63
    assert [one.name for one in made] == ["2020-anniversary", "customary", "no-pardon"]


def test_one_name_is_one_draw_in_all_scenarios(policy):
    capped = shipped("2020-50-per-camp")
    made = drawn_together((policy, capped), {f"{CLAUSE}.review.recommended": 0.25})
    found = [
        one.decrees["party-75th"].clauses["border crossing and smuggling"].review.recommended.value
        for one in made
    ]
    assert found == [pytest.approx(math.sqrt(0.6 * 0.2))] * 2


def test_a_switch_of_the_world_changes_the_world_of_all(tmp_path, small):
    more = (
        "rests on: {harsher: {instead: {world: {women: {value: 30%}},"
        " decrees: {d: {cap: {value: 9 per camp}}}}}}"
    )
    scenario = own(tmp_path, more=more)
    ours, theirs = drawn(scenario, small[1], {"harsher": 1.0})
    assert ours.world.women.value == theirs.world.women.value == 0.3
    assert ours.decrees["d"].cap.value.places == 9
    off, _ = drawn(scenario, small[1], {"harsher": 0.0})
    assert off.address == scenario.address


def test_two_switches_of_one_name_must_agree_about_the_world(tmp_path):
    pair = [
        own(tmp_path, name=f"own{share}", more=(
            f"rests on: {{harsher: {{instead: {{world: {{women: {{value: {share}%}}}}}}}}}}"
        ))
        for share in (30, 35)
    ]  # fmt: skip
    with pytest.raises(ScenarioError, match="another scenario changes the world otherwise"):
        drawn_together(pair, {"harsher": 1.0})


def test_other_ranges_of_one_world_are_refused(tmp_path, small):
    scenario = own(tmp_path, "world: {women: {high: 41%}}")
    with pytest.raises(ScenarioError, match=r"10% to 40%.*10% to 41%.*one world"):
        drawn(scenario, small[1], {})


def test_other_worlds_are_refused(policy, small):
    with pytest.raises(ScenarioError, match=r"one world"):
        drawn(small[0], shipped("no-pardon"), {})


def test_an_unknown_name_is_refused(small):
    with pytest.raises(ValueError, match=r"nothing to draw is called 'world\.hold'"):
        drawn(*small, {"world.hold": 0.1})


@pytest.mark.parametrize("quantile", [-0.5, 2.0, float("nan")])
@pytest.mark.parametrize("name", ["world.held", "arrest drive"])
def test_no_quantile_is_refused(small, name, quantile):
    with pytest.raises(ValueError, match="between 0 and 1"):
        drawn(*small, {name: quantile})


# --- Draws that are no world.


def test_times_out_of_order_are_no_world(tmp_path, small):
    world = (
        "world: {returns: {by time free: [{until: {value: 3 years, low: 1 year, high: 9 years,"
        " source: assumption, grade: C}, factor: {value: 1, low: 1, high: 1, unit: times,"
        " source: assumption, grade: C}}, {until: {value: 8 years, low: 5 years, high: 10 years,"
        " source: assumption, grade: C}, factor: {value: 0.3, low: 0, high: 1, unit: times,"
        " source: assumption, grade: C}}]}}"
    )
    scenario = own(tmp_path, world)
    first, second = (f"world.returns.by time free.{i}.until" for i in (0, 1))
    assert drawn_together((scenario,), {first: 0.9, second: 0.5})
    with pytest.raises(ScenarioError, match="in increasing order"):
        drawn_together((scenario,), {first: 1.0, second: 0.0})


def test_a_camp_that_its_people_cannot_fill_is_no_world(policy, baseline):
    at = {"world.origins.Pyongyang.share": 0.0, "world.origins.Pyongyang.by camp.Kangdong": 1.0,
          "world.camps.Kangdong.size": 1.0}  # fmt: skip
    made, _ = drawn(policy, baseline, at)
    with pytest.raises(ScenarioError, match="contradicts the overall share of Pyongyang"):
        solved(made)


def test_ranges_are_equal_for_equal_files(policy):
    assert ranges(policy) == ranges(shipped("2020-anniversary"))
    assert all(isinstance(one, Range) for one in ranges(policy))


def test_a_switch_may_remove_what_rests_on_names(tmp_path, small):
    path = "decrees.d.clauses.c.when.1.remaining"
    more = (
        "rests on: {closeness: {range of: decrees.d.release.over},"
        " no spreading: {instead: {decrees: {d: {release: {over: null}}}}}}"
    )
    scenario = own(tmp_path, more=more)
    made, _ = drawn(scenario, small[1], {"no spreading": 1.0, path: 1.0})
    assert made.decrees["d"].release.over is None
    assert leaves(made.decrees["d"].clauses["c"].when)[-1] == LengthIs("remaining", "<=", 731)
