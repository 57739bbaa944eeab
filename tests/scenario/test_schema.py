"""The schema accepts what the loader accepts, and sees the mistakes that a schema can see."""

import json
from functools import cache

import jsonschema
import pytest

from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from sim.scenario.schema.patterns import DATE, LENGTH, SHARE
from sim.scenario.schema.schema import schema
from sim.scenario.starter import starter
from sim.scenario.yaml_files import read_tree
from tests.scenario.laws import law, scenario_of
from tests.scenario.test_load import WRONG

SHIPPED = sorted(shipped_folder().rglob("*.yaml"))
PLAIN, OF_DPRK, OF_THREE_PRISONS = None, "dprk.yaml", "laws/three-prisons.yaml"
"""No world, or the file of one, whose names the schema knows."""

UNREADABLE = {
    "alias-of-itself", "empty", "list-of-nothing", "no-yaml", "only-a-comment",
    "brace-that-is-left-open", "quote-that-is-left-open", "tab", "text-with-a-colon",
    "unquoted-comparison", "unquoted-comparison-in-a-block",
}  # fmt: skip
"""No data at all: YAML itself refuses them, or there is nothing to check."""
UNSEEN = {
    # 'exile:null' is a key left empty, as one that takes something out is.
    "colon-without-a-space",
    # Numbers against one another, or against their grade.
    "ages-with-a-gap", "ages-in-custody-with-a-gap", "ages-in-custody-that-end-early",
    "date-outside-its-bounds", "decree-after-the-end", "decree-before-the-start",
    "granted-before-ordered", "lists-due-before-ordered", "range-beside-the-threshold",
    "range-beside-the-value", "shares-not-summing-to-one", "times-free-out-of-order",
    "assumption-graded-a", "grade-c-date-without-a-range", "grade-c-threshold-without-a-range",
    "grade-c-without-a-range", "half-a-range", "probability-without-a-range", "band-with-a-range",
    "range-beside-the-education", "releases-over-no-day", "thresholds-before-the-start",
    "amount-for-all-others-first", "amount-row-of-nobody",
    "exclusion-of-everybody", "misspelt-clause-of-a-variant", "misspelt-decree-of-a-variant",
    "nobody-in-a-place", "outcome-freed", "rank-named-twice", "reduction-by-nothing",
    "case-with-spells-out-of-order", "released-by-nobody", "pardoned-for-merit",
    "band-that-never-holds", "case-with-more-than-its-sentence", "otherwise-before-other-rows",
    "flag-shares-not-summing-to-one", "flag-called-served", "flag-of-a-person-by-offence",
    "flag-without-shares", "flag-band-in-words", "case-of-an-unknown-flag",
    "cap-whose-range-is-of-another-kind", "goal-that-counts-reductions", "odds-times-nothing",
    "table-that-leaves-some-out", "chance-without-a-number", "lists-counted-after-the-grant",
    "rest-at-home-and-shorter", "rest-at-home-revived",
    "end-of-a-case-that-nobody-has", "legal-status-that-nobody-has", "remand-that-nobody-has",
    "case-of-one-who-waits-for-no-trial", "release-of-those-awaiting-trial",
    "end-of-a-case-that-is-closed", "appealing-where-nobody-appeals", "end-of-a-case-with-a-reach",
    "waiting-in-too-many-steps", "judged-on-the-day-of-arrest", "final-sentence-said-twice",
    "case-ill-for-longer-than-held",
    "change-of-an-unknown-health", "two-ways-out-of-a-health", "health-that-goes-in-a-circle",
    "health-that-changes-every-hour", "health-of-four-changes", "changing-health-by-age",
    "changing-health-of-a-file", "health-that-changes-without-a-rate",
    "seasoned-before-judgment", "case-with-a-sentence-before-trial",
    "commutation-of-life-to-life", "commutation-to-life-with-a-range", "death-without-executions",
    "executions-before-judgment", "executions-without-a-number", "more-than-all-without-a-term",
    "abroad-and-shorter", "abroad-and-back", "abroad-and-exiled",
    "struck-from-the-record-and-shorter", "earlier-spells-like-nothing",
    "case-struck-from-the-record-by-expiry", "case-that-served-more-than-its-sentence",
    "case-of-no-sentence-at-all",
    "part-in-question-of-the-rest-at-home", "part-in-question-of-a-table", "part-for-no-offence",
    "parts-beside-an-offence", "part-that-outweighs-the-main-one",
    "credit-of-what-nobody-has", "credit-of-nothing", "credit-with-a-ceiling",
    "served-within-no-time",
    "escorted-by-nobody", "escorts-of-any-number",
    "officers-without-files", "files-by-nobody", "files-of-one-clause", "files-without-an-order",
    "in-force-backwards", "in-force-without-an-end", "in-force-and-granted", "in-force-with-a-cap",
    "in-force-beyond-the-end", "checked-without-being-in-force",
    "lists-counted-from-before-the-order", "granted-by-chance-and-ignorance",
    "granted-by-chance-after-the-end", "anniversary-of-nothing", "anniversaries-left-to-nobody",
    "surprise-on-a-date", "surprise-every-day", "tranche-before-the-grant",
    "tranche-for-all-others-first", "latency-of-two-kinds", "latency-that-leaves-some-in",
    "latency-that-falls", "latency-without-an-end",
    "revival-without-a-window", "revival-of-a-commutation", "revival-by-time-served",
    "release-point-earlier-and-later", "release-point-that-moves-nothing",
    "release-point-of-those-to-come-by-time-served", "release-point-of-the-world-by-camp",
    "amount-graded-c-without-a-range", "reduction-of-half-with-a-range",
    "reduction-with-a-share-for-a-range", "reduction-with-a-release",
    # Missing from a file that extends another, where a schema cannot know what is there.
    "clause-without-when", "decree-without-clauses", "missing-source", "never-granted",
    "number-without-unit", "rests-on-a-wrong-patch", "yearly-without-dates", "without-a-title",
    "snapshot-that-is-not-there", "snapshot-of-another-hash", "stock-of-two-kinds",
    "seasoned-by-a-world", "seasoned-by-the-future",
    "crackdown-on-an-unknown-offence", "crackdown-that-ends-before-it-begins",
    "reach-of-a-yearly-decree", "reach-beside-a-cap", "offences-until-after-the-grant",
    "case-without-an-outcome", "dates-without-every-year", "yearly-and-granted",
    "reduction-with-a-limit-alone",
    # Names of other parts, files and paths.
    "circle", "circle-back", "circle-of-one", "despite-naming-no-exclusion", "extends-no-file",
    "null-that-removes-nothing", "rests-on-a-value-without-a-range", "rests-on-an-unknown-path",
    "rests-on-two-things", "unknown-camp-of-an-origin", "unknown-camp-of-an-offence",
    "number-that-no-offence-has", "unknown-giver-of-reductions",
    # What the reader of YAML drops or does not tell.
    "duplicate-key", "tag-of-a-language", "text-with-a-comma",
}  # fmt: skip
WORDS = {
    "case-of-an-unknown-camp", "case-of-an-unknown-later-offence", "exile-of-an-unknown-origin",
    "unknown-offence", "unknown-source", "part-of-an-unknown-offence",
    "unknown-attribute", "unknown-attribute-of-a-bare-exclusion", "unknown-health",
    "unknown-source-of-a-threshold", "unknown-tag", "flag-asked-with-yes", "misspelt-flag",
    "served-on-no-day", "served-on-no-stage", "tag-beside-the-offence",
    "table-without-everyone-else",
}  # fmt: skip
"""Words of a world, seen only by the schema of that world."""


def plain(path):
    return read_tree(path, []).plain()


@cache
def validator(names):
    return jsonschema.Draft202012Validator(schema(load(names) if names else None))


def mistakes(names, data):
    found = validator(names).iter_errors(data)
    return [f"{list(one.absolute_path)}: {one.message}" for one in found]


@pytest.mark.slow
def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator.check_schema(schema(load("dprk-70k.yaml")))
    assert json.loads(json.dumps(schema())) == schema()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_is_valid(path):
    assert mistakes(PLAIN, plain(path)) == []


@pytest.mark.parametrize(
    "path", [p for p in SHIPPED if p.stem != "dprk-70k"], ids=lambda path: path.stem
)
def test_every_shipped_file_uses_the_words_of_its_world(path):
    file = plain(path)
    words = OF_THREE_PRISONS if path.parent.name == "laws" else OF_DPRK
    if "world" in file and "decrees" in file:  # which may have words of its own
        words = path
    assert mistakes(words, file) == []


@pytest.mark.parametrize("path", sorted(WRONG.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_mistake_is_seen_or_known_not_to_be(path):
    if path.stem in UNREADABLE:
        try:
            data = plain(path)
        except ScenarioError:
            return
        assert not isinstance(data, dict) or path.stem == "alias-of-itself"
        return
    seen = bool(mistakes(PLAIN, plain(path)))
    assert seen == (path.stem not in UNSEEN | WORDS)
    assert bool(mistakes(OF_DPRK, plain(path))) == (path.stem not in UNSEEN)


def test_the_lists_of_what_is_not_seen_name_files():
    assert {path.stem for path in WRONG.glob("*.yaml")} >= UNREADABLE | UNSEEN | WORDS


def test_random_files_that_load_are_valid():
    for number in range(12):
        file = law(number)
        scenario_of(file)
        assert mistakes(PLAIN, file) == []
        assert mistakes(OF_DPRK, file) == []


def test_what_a_whole_file_must_have_is_required():
    whole = plain(shipped_folder() / "dprk.yaml")
    assert mistakes(PLAIN, whole) == []
    for key in ("title", "world"):
        assert mistakes(PLAIN, {k: v for k, v in whole.items() if k != key})
    women = {k: v for k, v in whole["world"]["women"].items() if k != "source"}
    assert mistakes(PLAIN, {**whole, "world": {**whole["world"], "women": women}})
    assert mistakes(PLAIN, {**whole, "world": {**whole["world"], "women": None}})


@pytest.mark.parametrize(
    "sweep",
    [
        {"title": "T", "sweep": "a.yaml"},
        {"title": "T", "sweep": "a.yaml", "vary": {"world.held": []}},
        {"title": "T", "sweep": "a.yaml", "variants": {"v": {"note": "n"}}},
        {"title": "T", "sweep": "a.yaml", "variants": {"v": {"change": {"title": "U"}}}},
        {"title": "T", "vary": {"world.held": [1]}},
        {"sweep": "a.yaml", "vary": {"world.held": [1]}},
        {"title": "T", "sweep": "a.yaml", "vary": {"world.held": [1]}, "extends": "b.yaml"},
    ],
    ids=str,
)
def test_mistakes_of_a_sweep_are_seen(sweep):
    assert mistakes(PLAIN, sweep)


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (LENGTH, ["5 years", "1 day", "3.5 years"], ["5", "5 weeks", "five years", "-1 day", 5]),
        (SHARE, ["70%", "2/3", 0.7, 1, "0.5%", "100%"], ["170%", 1.2, "most"]),
        (DATE, ["2020-10-08", "2020-02-29"], ["2020-13-01", "2020-02-30", "2020-04-31", "8.10."]),
    ],
)
def test_patterns_are_those_of_the_language(pattern, right, wrong):
    validator = jsonschema.Draft202012Validator(pattern)
    assert [value for value in right if not validator.is_valid(value)] == []
    assert [value for value in wrong if validator.is_valid(value)] == []


def test_an_editor_shows_what_a_key_means():
    decree = schema()["$defs"]["Decree"]
    assert decree["description"].startswith("A dated act of exclusions and clauses")
    without = [key for key, value in decree["properties"].items() if "description" not in value]
    assert without == []


def test_the_starter_is_valid(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(starter(load("dprk.yaml"), "dprk.yaml"), encoding="utf-8")
    assert mistakes(OF_DPRK, plain(file)) == []
