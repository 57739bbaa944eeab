"""Scenarios made from scenarios: one assumption changed, decrees moved, equal worlds."""

from datetime import date, timedelta

import pytest

from sim.scenario.law.predicate import LengthIs, ShareIs, leaves
from sim.scenario.load import load, shipped_folder
from sim.scenario.occasions import first_release_day
from sim.scenario.problems import ScenarioError
from sim.scenario.variants import alternatives, same_world, shifted

ANNIVERSARY = "2020-anniversary"
VARIANTS = sorted(
    path.stem for path in shipped_folder().glob("2020-*.yaml") if path.stem != ANNIVERSARY
)


def shipped(name):
    return load(f"{name}.yaml")


@pytest.fixture(scope="module")
def scenario():
    return shipped(ANNIVERSARY)


@pytest.fixture(scope="module")
def baseline():
    return shipped("no-pardon")


@pytest.fixture(scope="module")
def changed(scenario, baseline):
    return {(a.assumption, a.end): a for a in alternatives(scenario, baseline)}


def write(tmp_path, text, name="own.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load(path)


# --- One assumption changed.


def test_the_2020_pardon_rests_on_six_assumptions(changed):
    ends = {}
    for assumption, end in changed:
        ends.setdefault(assumption, []).append(end)
    assert ends == {
        "number held": ["low", "high"],
        "mortality in custody": ["low", "high"],
        "officer's recommendation": ["low", "high"],
        "bar on earlier reductions": ["instead"],
        "arrest drive": ["instead"],
        "kind of threshold": ["instead"],
    }


@pytest.mark.parametrize(("end", "held"), [("low", 20000), ("high", 100000)])
def test_what_changes_in_the_world_changes_in_the_baseline_too(changed, end, held):
    one = changed["number held", end]
    assert one.scenario.world.held.value == one.baseline.world.held.value == held
    assert not one.baseline.decrees
    same_world(one.scenario, one.baseline)


def test_every_alternative_is_paired_within_one_world(changed):
    for alternative in changed.values():
        same_world(alternative.scenario, alternative.baseline)


def test_what_changes_in_a_decree_leaves_the_baseline(changed, baseline, scenario):
    one = changed["officer's recommendation", "low"]
    clause = one.scenario.decrees["party-75th"].clauses["border crossing and smuggling"]
    assert clause.review.recommended.value == 0.2
    assert one.baseline is baseline
    assert one.scenario.world == scenario.world


def test_an_alternative_may_remove_add_or_replace(changed, scenario):
    bar = changed["bar on earlier reductions", "instead"].scenario.decrees["party-75th"]
    assert list(bar.exclude) == ["serious crime"]
    drive = changed["arrest drive", "instead"].scenario.decrees["party-75th"].drive
    assert (drive.per_release.value, drive.within) == (1, 91)
    clause = changed["kind of threshold", "instead"].scenario.decrees["party-75th"].clauses
    rule = leaves(clause["border crossing and smuggling"].when)
    assert LengthIs("remaining", "<=", 731) in rule
    assert not any(isinstance(leaf, ShareIs) for leaf in rule)
    assert scenario.decrees["party-75th"].drive is None


@pytest.mark.parametrize(
    ("name", "assumption"),
    [("2020-no-reduction-bar", "bar on earlier reductions"), ("2020-arrest-drive", "arrest drive"),
     ("2020-two-years-left", "kind of threshold")],
)  # fmt: skip
def test_a_switch_in_the_file_is_the_variant_that_is_shipped(changed, name, assumption):
    assert changed[assumption, "instead"].scenario.address == shipped(name).address


def test_only_the_assumption_named_is_changed(changed, scenario):
    for alternative in changed.values():
        assert alternative.scenario.address != scenario.address
        assert not alternative.scenario.document.rests_on


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        ("decrees.d.cap", (1, "camp"), (50, "camp")),
        ("decrees.d.release.education", (3, "listing"), (60, "listing")),
        ("decrees.d.clauses.c.when.served share", "3/10", "1/2"),
        ("decrees.d.release.over", 1, 5),
    ],
)
def test_an_end_of_a_range_keeps_what_is_written_around_the_number(tmp_path, path, low, high):
    scenario = write(
        tmp_path,
        f"""\
title: Own
extends: dprk.yaml
decrees:
  d:
    source: dailynk-2020-07
    grade: B
    lists_due: 2020-08-10
    granted: 2020-10-10
    clauses:
      c: {{when: {{served share: {{value: ">= 40%", low: 30%, high: 50%}}}}, then: release}}
    cap: {{value: 5 per camp, low: 1, high: 50}}
    release:
      education: {{value: 50 days from listing, low: 3 days, high: 60 days}}
      over: {{value: 2 days, low: 1 day, high: 5 days}}
rests on: {{one: {{range of: {path}}}}}
""",
    )

    def seen(other):
        decree = other.decrees["d"]
        (rule,) = leaves(decree.clauses["c"].when)
        return {
            "cap": (decree.cap.value.places, decree.cap.value.per),
            "education": (
                decree.release.education.value.days,
                decree.release.education.value.start,
            ),
            "served share": f"{rule.share.numerator}/{rule.share.denominator}",
            "over": decree.release.over.value,
        }[path.rsplit(".", 1)[-1]]

    found = [seen(a.scenario) for a in alternatives(scenario, shipped("no-pardon"))]
    assert found == [low, high]


def test_alternatives_know_the_sources_beside_the_file(tmp_path):
    (tmp_path / "sources.bib").write_text("@misc{own-2025, title = {Own}}\n", encoding="utf-8")
    text = "title: Own\nextends: 2020-anniversary.yaml\ndecrees: {party-75th: {source: own-2025}}\n"
    scenario = write(tmp_path, text)
    assert len(alternatives(scenario, shipped("no-pardon"))) == 9


# --- Variants that are shipped.

ADDED = {"title", "cases", "rests on", "extends", "note"}


def differences(one, other, path=()):
    """List the paths at which two files differ in what decides a result."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if key not in ADDED:
                yield from differences(one.get(key), other.get(key), (*path, key))
    elif one != other:
        yield ".".join(path)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("2020-50-per-camp", {"cap", "rank"}),
        ("2020-no-exile", {"release.exile"}),
        ("2020-no-reduction-bar", {"exclude.sentence already reduced"}),
        ("2020-no-recommendation", {"clauses.border crossing and smuggling.review"}),
        (
            "2020-two-years-left",
            {
                "clauses.border crossing and smuggling.when.served share",
                "clauses.border crossing and smuggling.when.remaining",
            },
        ),
        ("2020-arrest-drive", {"drive"}),
    ],
)
def test_a_variant_differs_in_what_its_name_says(scenario, name, paths):
    other = shipped(name)
    found = set(differences(scenario.resolved, other.resolved))
    assert found == {f"decrees.party-75th.{path}" for path in paths}
    same_world(scenario, other)


def test_every_variant_of_2020_is_compared():
    assert len(VARIANTS) == 6


# --- Decrees moved.


def test_all_dates_of_a_dated_decree_move_by_one_number_of_days(scenario):
    before, after = scenario.decrees["party-75th"], shifted(scenario, -100).decrees["party-75th"]
    step = timedelta(days=-100)
    assert after.ordered.value == before.ordered.value + step
    assert after.lists_due.value == before.lists_due.value + step
    assert after.granted.value == before.granted.value + step
    assert after.granted.between == tuple(day + step for day in before.granted.between)
    assert after.thresholds_on == before.thresholds_on == "lists"


@pytest.mark.parametrize("name", ["2015-anniversary", "2019-surprise", "2020-50-per-camp"])
def test_moving_there_and_back_changes_nothing(name):
    one = shipped(name)
    assert shifted(one, 0).address == one.address
    assert shifted(shifted(one, 37), -37).address == one.address
    assert shifted(one, 37).address != one.address
    assert first_release_day(shifted(one, 37)) == first_release_day(one) + 37


def test_a_day_on_which_thresholds_are_read_moves_too(tmp_path):
    text = (
        "title: Own\nextends: 2020-anniversary.yaml\n"
        "decrees: {party-75th: {thresholds_on: 2020-10-01}}\n"
    )
    moved = shifted(write(tmp_path, text), 31)
    assert moved.decrees["party-75th"].thresholds_on == date(2020, 11, 1)


def test_yearly_decrees_do_not_move():
    one = shipped("customary")
    assert shifted(one, 1000).address == one.address


def test_a_decree_moved_out_of_the_horizon_is_refused(scenario):
    with pytest.raises(ScenarioError, match="does not lie before the world's end"):
        shifted(scenario, 5000)


# --- Worlds.


def test_scenarios_of_one_world_may_be_paired(baseline):
    for name in ("customary", "2015-anniversary", "2019-surprise", ANNIVERSARY):
        same_world(shipped(name), baseline)


def test_sources_and_ranges_make_no_other_world(tmp_path, baseline):
    text = "title: Own\nextends: dprk.yaml\nworld: {women: {source: kinu-2016, high: 41%}}\n"
    same_world(write(tmp_path, text), baseline)


@pytest.mark.parametrize("patch", ["held: {value: 36001}", "end: 2025-12-31", "exile: null"])
def test_scenarios_of_different_worlds_are_not_paired(tmp_path, baseline, patch):
    other = write(tmp_path, f"title: Own\nextends: dprk.yaml\nworld: {{{patch}}}\n")
    with pytest.raises(ScenarioError, match="differences are paired within one world"):
        same_world(other, baseline)


def test_the_two_shipped_worlds_are_not_paired(baseline):
    with pytest.raises(ScenarioError, match=r"nineteen prisons.*twelve prisons"):
        same_world(shipped("dprk-70k"), baseline)
