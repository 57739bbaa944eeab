"""What differs between two scenarios: each difference is told, and nothing else."""

import copy
from datetime import date
from random import Random

import pytest

from sim.scenario.first_difference import first_difference_day
from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from sim.scenario.words.difference import BY_PATH, WORLD, Change, difference, unlike
from tests.scenario.laws import law, scenario_of

SHIPPED = sorted(shipped_folder().glob("*.yaml"))
POLICIES = [path for path in SHIPPED if path.stem not in ("dprk-70k",)]
ABOUT_2020 = "title: Own\nextends: 2020-anniversary.yaml\ndecrees:\n  party-75th:\n"
PARTY = "party-75th"


@pytest.fixture(scope="module")
def plan():
    return load("2020-anniversary.yaml")


def other(tmp_path, text):
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def changed(tmp_path, line):
    return other(tmp_path, f"{ABOUT_2020}    {line}\n")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_file_is_the_same_as_itself(path):
    found = difference(load(path), load(path))
    assert (found.changes, found.first_day) == ((), None)
    assert found.in_words() == "The first file and the second file are the same."
    assert found.as_json() == {"differs": [], "first_day": None}


def test_a_title_and_cases_are_no_difference(tmp_path, plan):
    own = changed(tmp_path, "cases: {a petty thief is freed on his second day: null}")
    assert difference(plan, own).changes == ()
    assert difference(plan, own).in_words() == "2020-anniversary and own are the same."


def test_a_cap_is_told_by_its_sentences_and_from_the_close_of_lists_on(plan):
    found = difference(plan, load("2020-50-per-camp.yaml"))
    assert found.first_day == date(2020, 8, 10)
    assert [(one.decree, one.stage, one.about) for one in found.changes] == [
        (PARTY, "Selection", about) for about in ("cap", "rank", "places")
    ]
    cap = found.changes[0]
    assert cap.one == "There is no limit on numbers."
    assert cap.other.startswith("At most 50 persons may be selected from each camp (10 to 200 is")
    assert found.as_json()["first_day"] == "2020-08-10"
    words = found.in_words()
    assert words.startswith(
        "2020-anniversary and 2020-50-per-camp are identical, person by person, before 10 August "
        "2020: on that day they can differ for the first time.\n\nSelection, in “party-75th”\n"
        "  2020-anniversary: There is no limit on numbers.\n  2020-50-per-camp: At most 50"
    )


def test_only_the_sentences_that_differ_are_told(plan):
    found = difference(plan, load("2020-two-years-left.yaml"))
    (clause,) = found.changes
    assert clause.about == "clause border crossing and smuggling"
    assert "at least seven tenths (70%) of the term." in clause.one
    assert "at most 2 years left to the end of the term." in clause.other
    assert clause.other.endswith("Note: the rule that was reported of the releases themselves.")


@pytest.mark.parametrize(
    ("line", "stage", "first"),
    [
        ("note: a remark", "The act", None),
        ("status: reported", "The act", None),
        ("ordered: 2020-07-24", "Dates", date(2020, 8, 10)),
        ("granted: {value: 2020-10-07}", "Dates", date(2020, 10, 7)),
        ("granted: {between: [2020-10-02, 2020-10-09]}", "Dates", None),
        ("thresholds_on: grant", "Dates", date(2020, 8, 10)),
        ("exclude: {serious crime: {when: {offence: murder}}}", "Who is barred", date(2020, 8, 10)),
        ("clauses: {economic crime: {when: {gravity: null}}}", "Who qualifies", date(2020, 8, 10)),
        ("review: {approved: {value: 80%}}", "Review", date(2020, 8, 10)),
        ("cap: {value: 9 in all}", "Selection", date(2020, 8, 10)),
        ("release: {education: {value: 50 days from listing}}", "Release", date(2020, 8, 10)),
        ("release: {over: {value: 3 days}}", "Release", date(2020, 10, 9)),
        ("release: {escort: false}", "Release", date(2020, 10, 9)),
        ("release: {job: {value: 60%}}", "Release", date(2020, 10, 9)),
        ("outcomes: {released: {value: 6000}}", "What was reported", None),
    ],
)
def test_each_stage_tells_its_difference_and_its_first_day(tmp_path, plan, line, stage, first):
    found = difference(plan, changed(tmp_path, line))
    assert found.changes[0].stage == stage
    assert found.first_day == first
    assert all(change.stage != BY_PATH for change in found.changes)
    if first is None:
        assert "identical, person by person, on every day; what differs changes no result." in (
            found.in_words()
        )


def test_another_world_is_told_by_path_and_from_day_0_on():
    found = difference(load("dprk.yaml"), load("dprk-70k.yaml"))
    assert found.first_day == date(2015, 1, 1)
    told = {one.about: (one.one, one.other) for one in found.changes}
    assert told["world.held"] == ("36000", "70000")
    assert told["world.name"] == ("twelve prisons", "nineteen prisons")
    assert told["world.camps.Wonsan"][0] == "absent"
    assert len([path for path in told if path.startswith("world.camps.")]) == 7
    words = found.in_words()
    assert words.startswith(
        "The worlds of dprk and dprk-70k differ: results can differ from day 0 on, 1 January 2015."
    )
    assert "\n  world.held: 36000 in dprk, 70000 in dprk-70k\n" in words


def test_a_source_of_the_world_is_a_difference_that_changes_no_result(tmp_path):
    own = other(tmp_path, "title: Own\nextends: no-pardon.yaml\nworld: {women: {grade: A}}\n")
    found = difference(load("no-pardon.yaml"), own)
    assert found.changes == (Change(None, WORLD, "world.women.grade", "B", "A"),)
    assert found.first_day is None


def test_the_order_of_the_worlds_names_is_a_difference():
    one, two = {"a": {"x": 1}, "b": 2}, {"b": 2, "a": {"x": 1}}
    assert list(unlike(one, two, "world")) == [("world", "in the order a, b", "in the order b, a")]


def test_the_order_of_clauses_is_told_by_key(tmp_path):
    head = "title: T\nextends: dprk.yaml\ndecrees:\n  d:\n    source: dailynk-2020-07\n"
    head += "    grade: A\n    granted: 2020-10-08\n    clauses:\n"
    one = "      a: {when: {sex: women}, then: release}\n"
    two = "      b: {when: {offence: theft}, then: release}\n"
    first = other(tmp_path, head + one + two)
    second = other(tmp_path, head + two + one)
    found = difference(first, second)
    assert found.first_day == date(2020, 10, 8)
    assert found.changes == (
        Change("d", BY_PATH, "decrees.d.clauses", "in the order a, b", "in the order b, a"),
    )


def test_a_decree_of_one_file_alone_is_told_whole(plan):
    found = difference(load("no-pardon.yaml"), plan)
    assert found.first_day == date(2020, 8, 10)
    assert all(change.one == "" and change.other for change in found.changes)
    assert {change.decree for change in found.changes} == {PARTY}


def test_a_first_day_of_measurement_is_told(tmp_path):
    own = other(tmp_path, "title: Own\nextends: customary.yaml\nmeasured from: 2016-02-16\n")
    found = difference(load("customary.yaml"), own)
    assert found.changes == (Change(None, BY_PATH, "measured from", "2015-02-16", "2016-02-16"),)
    assert found.first_day is None


def test_whatever_can_change_a_result_of_the_shipped_policies_is_told_in_words():
    scenarios = [load(path) for path in POLICIES]
    for one in scenarios:
        for two in scenarios:
            found = difference(one, two)
            assert bool(found.changes) >= (first_difference_day(one, two) is not None)
            assert not [change for change in found.changes if change.stage == BY_PATH
                        and change.about != "measured from"]  # fmt: skip


@pytest.mark.slow
def test_whatever_can_change_a_result_of_random_laws_is_told():
    """A key of the first decree is dropped at random: what parts the two must be told."""
    pairs = 0
    for number in range(25):
        some = Random(number)
        file = law(number)
        mutilated = copy.deepcopy(file)
        decree = mutilated["decrees"]["beta"]
        decree.pop(some.choice(sorted(decree)))
        try:
            one, two = scenario_of(file), scenario_of(mutilated)
        except ScenarioError:
            continue
        found = difference(one, two)
        assert found.first_day is None or found.changes
        pairs += found.first_day is not None
    assert pairs > 5
