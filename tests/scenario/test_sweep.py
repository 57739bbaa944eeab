"""Sweeps: axes as users write them, files, all mistakes at once, and rules in their direction."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.check import check_files
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.law.predicate import ShareIs, leaves
from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from sim.scenario.sweeps.sweep import grid, is_sweep_file, load_sweep, paired, repeated, vary
from sim.study.execute import solved

DECREE = "party-75th"
HERE = f"decrees.{DECREE}"
SHARE = f"{HERE}.clauses.border crossing and smuggling.when.served share"
SWEEPS = sorted(path.name for path in (shipped_folder() / "sweeps").glob("*.yaml"))


@pytest.fixture(scope="module")
def scenario():
    return load("2020-anniversary.yaml")


def points(scenario, *texts):
    return grid(scenario, [vary(text) for text in texts])


def told(scenario, *texts):
    with pytest.raises(ScenarioError) as error:
        points(scenario, *texts)
    return [str(problem) for problem in error.value.problems]


def decree_of(variant):
    return variant.scenario.decrees[DECREE]


# --- Axes as they are written.


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ("world.held=20000,70000", ("world", "held"), [20000, 70000]),
        (f"{HERE}.cap=none,20 per camp", ("decrees", DECREE, "cap"), ["none", "20 per camp"]),
        ("a.served share=>= 40%, > 2/3 ,<5 years", ("a", "served share"),
         [">= 40%", "> 2/3", "<5 years"]),
        ("a=null,~,true,false,none,no", ("a",), [None, None, True, False, "none", "no"]),
        ("a=1,-1,1.5,1e3,1_000,02-16,2020-10-08,2020-13-45", ("a",),
         [1, -1, 1.5, 1000.0, 1000, "02-16", "2020-10-08", "2020-13-45"]),
        ("a='x, y',\"x, y\",''", ("a",), ["x, y", "x, y", ""]),
        ("a='it''s, so',b", ("a",), ["it's, so", "b"]),
        ('a="x\\", y",b', ("a",), ['x", y', "b"]),
        ("a=officer's,others'", ("a",), ["officer's", "others'"]),
        ("a=[murder, robbery],[theft]", ("a",), [["murder", "robbery"], ["theft"]]),
        ("a={value: '5, or so', low: 1},x", ("a",), [{"value": "5, or so", "low": 1}, "x"]),
        ('a."b.c".d=1', ("a", "b.c", "d"), [1]),
        ("a.'b=c, d'.e=1", ("a", "b=c, d", "e"), [1]),
        ("rests.officer's advice=1", ("rests", "officer's advice"), [1]),
        (" a . b = 1 ", ("a", "b"), [1]),
        ("a==", ("a",), ["="]),
        ("a=x [1,y", ("a",), ["x [1", "y"]),
        ("a=x: y,- z,# w,&v,*u,!t,%s,@r", ("a",),
         ["x: y", "- z", "# w", "&v", "*u", "!t", "%s", "@r"]),
    ],
)  # fmt: skip
def test_an_axis_is_a_path_and_values(text, path, values):
    axis = vary(text)
    assert axis.path == path
    assert [leaf.plain() for _, leaf in axis.points] == values


def test_an_axis_keeps_what_was_written():
    axis = vary("world.held= 20000 , 70000")
    assert (axis.name, [text for text, _ in axis.points]) == ("world.held", ["20000", "70000"])
    assert vary('a."b.c".d=1').name == 'a."b.c".d'
    assert vary(vary('a."b.c".d=1').name + "=2").path == ("a", "b.c", "d")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty key"),
        ("=1", "an empty key"),
        ("a..b=1", "an empty key"),
        ("a.=1", "an empty key"),
        ("a", "expected a path and its values"),
        ('"a"b=1', "expected a path and its values"),
        ("a=", "an empty value; write null"),
        ("a=1,", "an empty value; write null"),
        ("a=1,,2", "an empty value; write null"),
        ("a=[1", "no YAML: '[1'"),
        ("a='1", 'no YAML: "\'1"'),
        ("a={b: 1, b: 2}", "the key 'b' stands here twice"),
        ("a={b.c: 1}", "a key has no dot"),
        ("a=x\udc80", "holds half a character"),
    ],
)
def test_what_is_no_axis_is_told(text, message):
    with pytest.raises(ScenarioError) as error:
        vary(text)
    (problem,) = error.value.problems
    assert problem.file == "--vary"
    assert problem.path == text.replace("\udc80", "\\udc80")
    assert message in problem.message


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8")) | st.text("ab.,='\"[]{}:>-!&*#% \n1"))
def test_any_text_is_an_axis_or_told(text):
    for word in (text, f"a={text}", f"a.{text}=1"):
        try:
            axis = vary(word)
        except ScenarioError as error:
            found = {problem.file for problem in error.problems}
        else:
            found = {leaf.file for _, leaf in axis.points}
            assert axis.path
        assert found == {"--vary"}


# --- Grids.


def test_a_grid_crosses_axes_and_the_last_varies_fastest(scenario):
    found = points(scenario, f"{SHARE}=>= 40%,>= 70%", f"{HERE}.cap=none,20 per camp")
    assert [v.label for v in found] == [
        "served share at least 40%, no cap", "served share at least 40%, cap 20 per camp",
        "served share at least 70%, no cap", "served share at least 70%, cap 20 per camp",
    ]  # fmt: skip
    assert found[1].coordinates == ((SHARE, ">= 40%"), (f"{HERE}.cap", "20 per camp"))
    assert [v.scenario.name for v in found] == [v.label for v in found]
    for variant, (share, cap) in zip(found, product((40, 70), (None, 20)), strict=True):
        (rule,) = [
            leaf
            for leaf in leaves(decree_of(variant).clauses["border crossing and smuggling"].when)
            if isinstance(leaf, ShareIs)
        ]
        assert rule.share * 100 == share
        assert (decree_of(variant).cap.value and decree_of(variant).cap.value.places) == cap


def test_no_axes_make_no_points(scenario):
    assert grid(scenario, []) == []


def test_the_value_of_a_graded_number_changes_and_its_source_stays(scenario):
    before = scenario.world.held
    (variant,) = points(scenario, "world.held=70000")
    after = variant.scenario.world.held
    assert after == before.model_copy(update={"value": 70000.0})
    assert (after.source, after.grade, after.low) == (before.source, before.grade, before.low)


def test_a_mapping_is_laid_over_a_graded_number(scenario):
    (variant,) = points(scenario, "world.held={value: 200000, high: 300000}")
    held = variant.scenario.world.held
    assert (held.value, held.low, held.high, held.unit) == (200000, 20000, 300000, "persons")
    assert variant.label == "held 200000"


def test_an_end_of_a_range_can_be_named(scenario):
    (variant,) = points(scenario, "world.held.high=50000")
    assert variant.scenario.world.held.high == 50000
    assert repeated(scenario, [variant]) == [
        ("high of held 50000", "2020-anniversary")
    ]  # decides nothing


def test_a_bare_value_becomes_a_graded_one(scenario):
    found = points(scenario, f"{HERE}.cap.value=20 per camp", f"{HERE}.cap.grade=B")
    assert decree_of(found[0]).cap.value.places == 20
    assert decree_of(found[0]).cap.grade == "B"
    assert found[0].label == "cap 20 per camp, grade of cap B"


def test_null_removes_a_key_or_an_entry_of_a_list(scenario):
    (variant,) = points(scenario, f"{HERE}.exclude.sentence already reduced=null")
    assert list(decree_of(variant).exclude) == ["serious crime"]
    assert variant.scenario.address == load("2020-no-reduction-bar.yaml").address
    (variant,) = points(scenario, f"{HERE}.exclude.serious crime.when.offence.1=null")
    rule = decree_of(variant).exclude["serious crime"].when
    assert rule.values == ("murder", "human trafficking")


def test_a_key_that_the_language_allows_is_added(scenario):
    (variant,) = points(scenario, f"{HERE}.rank=oldest")
    assert decree_of(variant).rank == ("oldest",)
    text = f"{HERE}.exclude.drugs={{offence: drugs}}"
    (variant,) = points(scenario, text)
    assert list(decree_of(variant).exclude)[-1] == "drugs"
    (variant,) = points(scenario, f"{HERE}.review.recommended=50%")
    assert decree_of(variant).review.recommended.value == 0.5
    assert decree_of(variant).review.approved == scenario.decrees[DECREE].review.approved


def test_the_scenario_that_is_swept_stays_as_it_was(scenario):
    before = scenario.resolved
    points(scenario, f"{HERE}.cap=20 per camp", "world.held=20000")
    assert scenario.tree.plain() == before == load("2020-anniversary.yaml").resolved


def test_a_variant_differs_from_the_file_in_its_coordinates_alone(scenario):
    (variant,) = points(scenario, f"{HERE}.release.over=5 days")
    one, other = dict(scenario.resolved), dict(variant.scenario.resolved)
    assert other["world"] == one["world"]
    one, other = (dict(plain["decrees"][DECREE]) for plain in (one, other))
    assert "cases" not in other  # they tell the law before the change
    assert "rests on" not in variant.scenario.resolved
    del one["cases"]
    assert one.pop("release") | {"over": None} == other.pop("release") | {"over": None}
    assert one == other


# --- Labels.


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (f"{HERE}.cap=none", "no cap"), (f"{HERE}.cap=20 per camp", "cap 20 per camp"),
        (f"{HERE}.release.education=null", "without education"),
        (f"{HERE}.exclude.sentence already reduced=null", "without sentence already reduced"),
        (f"{HERE}.exclude.serious crime.when.offence.1=null", "without entry 2 of offence"),
        (f"{HERE}.release.supervision=true", "with supervision"),
        (f"{HERE}.release.supervision=false", "without supervision"),
        (f"{HERE}.thresholds_on=lists", "thresholds read when lists close"),
        (f"{HERE}.thresholds_on=grant", "thresholds read at the grant"),
        (f"{HERE}.thresholds_on=2020-10-10", "thresholds read 2020-10-10"),
        (f"{HERE}.release.job.value=30%", "job 30%"), ("world.held=30000", "held 30000"),
        (f"{SHARE}=>= 40%", "served share at least 40%"),
    ],
)  # fmt: skip
def test_a_label_is_in_words(scenario, text, label):
    (variant,) = points(scenario, text)
    assert variant.label == label
    assert variant.scenario.title.endswith(f": {label}")
    assert variant.coordinates[0][0] == text.split("=")[0]


def test_labels_are_unique_and_fit_for_file_names(scenario):
    axes = [vary(f"{HERE}.release.job=1/3,33%,1/3"), vary("world.women=27%")]
    labels = [v.label for v in grid(scenario, axes)]
    assert labels == [
        "job 1-3, women 27%", "job 33%, women 27%", "job 1-3, women 27% (2)",
    ]  # fmt: skip


def test_labels_tell_axes_with_equal_last_keys_apart(scenario):
    found = points(scenario, "world.offences.theft.petty=50%", "world.offences.fraud.petty=30%")
    assert [v.label for v in found] == ["petty of theft 50%, petty of fraud 30%"]


@pytest.mark.parametrize(
    ("written", "label"),
    [(">= 5 years", "at least 5 years"), ("<=5 years", "at most 5 years"), ("> 5", "over 5"),
     ("< 5", "under 5"), ("> 4 years and <= 8 years", "over 4 years and at most 8 years"),
     ("a/b\\c:d*e?f", "a-b-c-d-e-f"), ("..", "variant"), ("a\tb\nc", "a-b-c"), ("[a, b]", "a, b"),
     ("\ud83d", "-"), ("x" * 200, "x" * 80), ("평양", "평양"), ("taken", "taken (2)"),
     ("TAKEN", "TAKEN (2)")],
)  # fmt: skip
def test_what_a_file_name_cannot_hold_is_left_out_of_a_label(written, label):
    from sim.scenario.sweeps.axes import fit

    assert fit(written, ["Taken"]) == label


def test_points_that_are_the_same_scenario_are_told(scenario):
    found = points(scenario, f"{HERE}.cap=none,20 per camp,'20 per camp'")
    assert repeated(scenario, found) == [
        ("no cap", "2020-anniversary"), ("cap 20 per camp (2)", "cap 20 per camp"),
    ]  # fmt: skip


# --- Mistakes of a grid: all of all points at once.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HERE}.cap=20 percamp", "--vary: {h}.cap: no cap: '20 percamp'; expected 'none', "),
        (f"{HERE}.capp=none", "--vary: {h}.capp: unknown key 'capp': did you mean 'cap'?"),
        (f"{HERE}.capp=null", "--vary: {h}.capp: no key 'capp' under '{h}': did you mean 'cap'?"),
        ("decrees.party-75.cap=none", "no key 'party-75' under 'decrees': did you mean '{d}'?"),
        ("decree.party-75th.cap=none", "no key 'decree' that decides a result: did you mean"),
        ("title=Another", "no key 'title' that decides a result: expected one of: decrees, "),
        (f"{HERE}.clauses.border crossing.then=release",
         "no key 'border crossing' under '{h}.clauses': did you mean 'border crossing and smugg"),
        (f"{HERE}.exclude.drugs=5", "no key 'drugs' under '{h}.exclude': expected one of: "),
        (f"{HERE}.exclude.drugs={{offence: drug}}", "unknown offence 'drug': did you mean 'drugs'"),
        (f"{HERE}.exclude.drugs={{offence: drugs, grade: C}}", "unknown attribute 'grade'"),
        (f"{HERE}.clauses.economic crime.when.gravityy=petty", "unknown attribute 'gravityy'"),
        (f"{HERE}.review.recommended={{value: 50%, grade: C}}", "grade C (assumed) needs a range"),
        ("world.held=200000", "the range 20000 to 100000 does not hold 200000 (with 'held 200000"),
        ("world.held=many", "--vary: world.held.value: expected a number, found 'many'"),
        ("world.offences.theft.share=25%", ("world.offences: the shares sum to 1.01; they must sum "
         "to 1 (with 'share 25%')")),
        (f"{HERE}.granted=2020-10-20", "2020-10-20 does not lie between 2020-10-01 and"),
        (f"{HERE}.exclude.serious crime.when.offence.3=theft", "no entry '3' under "),
        (f"{HERE}.clauses.economic crime=null,release", "expected a mapping"),
    ],
)  # fmt: skip
def test_a_point_that_is_no_scenario_is_told(scenario, text, message):
    found = told(scenario, text)
    assert any(message.format(h=HERE, d=DECREE) in line for line in found), found


def test_all_mistakes_of_all_points_are_told_at_once(scenario):
    found = told(
        scenario, f"{HERE}.cap=a,b,none", f"{HERE}.rank=oldest,youngest",
        f"{HERE}.clauses.smuggling.then=release", "world.held=200000,300000",
    )  # fmt: skip
    for word in ("no cap: 'a'", "no cap: 'b'", "'youngest'", "no key 'smuggling'", "200000",
                 "300000"):  # fmt: skip
        assert sum(word in line for line in found) == 1, (word, found)
    assert len(found) == 6


def test_a_mistake_that_only_a_combination_makes_is_told_with_it(scenario):
    texts = (f"{HERE}.lists_due=2020-08-10,2020-10-03", f"{HERE}.granted=2020-10-02,2020-10-08")
    (line,) = told(scenario, *texts)
    assert "2020-10-02 lies before 'lists_due', 2020-10-03" in line
    assert "(with 'lists closed 2020-10-03, granted 2020-10-02')" in line


def test_mistakes_that_cancel_are_none(scenario):
    texts = (
        "world.offences.theft.share=25%", "world.offences.fraud.share=9%",
    )  # fmt: skip
    (variant,) = points(scenario, *texts)
    assert variant.label == "share of theft 25%, share of fraud 9%"


@pytest.mark.parametrize("other", ["world.held=30000", "world.held.value=30000"])
def test_one_value_is_varied_by_one_axis(scenario, other):
    (line,) = told(scenario, "world.held=20000", other)
    assert "one axis for each value" in line


def test_a_grid_beyond_all_bounds_is_refused_before_it_is_built(scenario):
    many = ",".join(f"{n} per camp" for n in range(101))
    (line,) = told(scenario, f"{HERE}.cap={many}", f"{HERE}.release.over="
                   + ",".join(f"{n} days" for n in range(1, 101)))  # fmt: skip
    assert "a grid of 10100 points; at most 10000" in line


# --- Sweep files.

PRISONS = """\
title: Small
extends: dprk.yaml
world: {held: {value: 2000, low: 1000}}
"""
BASE = """\
title: Base
extends: prisons.yaml
decrees:
  jubilee:
    source: dailynk-2020-07
    grade: A
    ordered: 2020-07-23
    lists_due: 2020-08-10
    granted: 2020-10-08
    clauses:
      all: {when: {served share: ">= 50%"}, then: release}
    cases:
      half is enough: {who: {sentence: 4 years, served: 2 years}, then: released}
rests on: {held: {range of: world.held}}
"""
GOOD = """\
title: A sweep
sweep: base.yaml
baseline: none.yaml
variants:
  two thirds:
    note: more
    change:
      decrees:
        jubilee:
          clauses: {all: {when: {served share: ">= 2/3"}}}
          cases: {half is too little: {who: {sentence: 4 years, served: 2 years}, then: stays}}
  fewer held: {change: {world: {held: {value: 1500}}}}
vary:
  decrees.jubilee.cap:
    [none, 5 per camp, {value: 7 per camp, low: 1, high: 9, grade: C, source: assumption}]
"""


SWEEP = "title: T\nsweep: base.yaml\n"
CHANGE = "variants:\n  a:\n    change:\n"


def folder(tmp_path, text=GOOD, **files):
    files = {"prisons": PRISONS, "base": BASE, "none": "title: N\nextends: prisons.yaml\n", **files}
    for name, content in {**files, "sweep": text}.items():
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    return tmp_path / "sweep.yaml"


def test_a_sweep_file_names_variants_and_a_grid_beside_them(tmp_path):
    sweep = load_sweep(folder(tmp_path))
    assert (sweep.name, sweep.title, sweep.note) == ("sweep", "A sweep", None)
    assert (sweep.scenario.name, sweep.baseline.name) == ("base", "none")
    assert [(v.label, v.coordinates, v.note) for v in sweep.variants] == [
        ("two thirds", (), "more"),
        ("fewer held", (), None),
        ("no cap", (("decrees.jubilee.cap", "none"),), None),
        ("cap 5 per camp", (("decrees.jubilee.cap", "5 per camp"),), None),
        ("cap 7 per camp", (("decrees.jubilee.cap", ("{value: 7 per camp, low: 1, high: 9, "
                             "grade: C, source: assumption}")),), None),
    ]  # fmt: skip
    first, fewer, *caps = (v.scenario for v in sweep.variants)
    assert list(first.decrees["jubilee"].cases) == ["half is too little"]
    assert not fewer.decrees["jubilee"].cases
    assert first.title == "Base: two thirds"
    assert fewer.world.held.value == 1500
    assert next(s.decrees["jubilee"].cap.value for s in caps) is None
    assert caps[2].decrees["jubilee"].cap.high == 9
    assert not any(s.document.rests_on for s in (first, fewer, *caps))


def test_each_variant_has_the_baseline_of_its_own_world(tmp_path):
    sweep = load_sweep(folder(tmp_path))
    found = paired(sweep.variants, sweep.baseline)
    assert [b.name for b in found] == ["none", "none (fewer held)", "none", "none", "none"]
    for variant, baseline in zip(sweep.variants, found, strict=True):
        assert baseline.world_address == variant.scenario.world_address
        assert not baseline.decrees


def test_variants_of_one_world_share_a_baseline(scenario):
    found = points(scenario, "world.held=20000,30000", f"{HERE}.cap=none,9 per camp")
    one, two, three, four = paired(found, load("no-pardon.yaml"))
    assert one is two
    assert three is four
    assert one.world.held.value == 20000
    assert three.world.held.value == 30000


def test_a_baseline_that_does_not_fit_a_changed_world_is_told_with_the_sweep(tmp_path):
    own = """\
title: Own
extends: prisons.yaml
decrees:
  old: {source: dailynk-2020-07, grade: A, granted: 2015-03-01,
        clauses: {c: {when: {offence: drugs}, then: release}}}
"""
    text = """\
title: T
sweep: base.yaml
baseline: own.yaml
variants: {later: {change: {world: {start: 2016-01-01}}}}
"""
    with pytest.raises(ScenarioError) as error:
        load_sweep(folder(tmp_path, text, own=own))
    (problem,) = error.value.problems
    assert problem.file.endswith("own.yaml")
    assert (
        problem.message
        == "2015-03-01 lies before the start of the world, 2016-01-01 (with 'later')"
    )


def test_a_sweep_in_another_world_takes_its_baseline_along(tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(PRISONS.replace("2000", "3000"), encoding="utf-8")
    sweep = load_sweep("sweeps/2020-education.yaml", world=other)
    worlds = [s.world for s in (sweep.scenario, sweep.baseline)]
    worlds += [v.scenario.world for v in sweep.variants]
    assert [world.held.value for world in worlds] == [3000] * 5


def test_sources_beside_the_sweep_are_known(tmp_path):
    (tmp_path / "sources.bib").write_text("@misc{own-2025, title = {Own}}\n", encoding="utf-8")
    text = """\
title: T
sweep: 2020-anniversary.yaml
variants: {a: {change: {decrees: {party-75th: {source: own-2025}}}}}
"""
    sweep = load_sweep(folder(tmp_path, text))
    assert repeated(sweep.scenario, sweep.variants) == [("a", "2020-anniversary")]


def test_a_name_is_not_that_of_the_scenario_or_the_baseline(tmp_path):
    change = "{change: {decrees: {jubilee: {rank: oldest}}}}"
    variants = f"variants: {{base: {change}, None: {change}}}\n"
    text = f"{SWEEP}baseline: none.yaml\n{variants}"
    sweep = load_sweep(folder(tmp_path, text))
    assert [v.label for v in sweep.variants] == ["base (2)", "None (2)"]


WRONG = {
    "no title": ("sweep: base.yaml\nvary: {world.held: [1]}\n", "sweep.yaml:1: title: 'title' is"),
    "nothing named": (SWEEP, "sweep.yaml:1: varies nothing: give 'variants' or 'vary'"),
    "no scenario": ("title: T\nvary: {world.held: [1]}\n",
                    "sweep.yaml:1: sweep: 'sweep' is missing"),
    "no such scenario": ("title: T\nsweep: bass.yaml\nvary: {world.held: [1]}\n",
                         "sweep.yaml:2: sweep: no such file: 'bass.yaml', neither beside"),
    "no such baseline": (SWEEP + "baseline: non.yaml\nvary: {world.held: [1500]}\n",
                         "sweep.yaml:3: baseline: no such file: 'non.yaml', neither"),
    "a sweep of a sweep": ("title: T\nsweep: sweep.yaml\nvary: {world.held: [1]}\n",
                           "sweep.yaml:1: is a sweep; expected a scenario"),
    "an unknown key": (SWEEP + "varry: {}\nvary: {world.held: [1500]}\n",
                       "sweep.yaml:3: varry: unknown key 'varry': did you mean 'vary'?"),
    "an unknown key of a variant": (SWEEP + "variants:\n  a:\n    chnge: {}\n",
                                    "sweep.yaml:5: variants.a.chnge: unknown key 'chnge': did you"),
    "an unknown key of a change": (SWEEP + "variants:\n  a:\n    change:\n      decree: {}\n",
                                   ("sweep.yaml:6: variants.a.change.decree: unknown key 'decree': "
                                   "did you mean 'decrees'?")),
    "a change that extends": (SWEEP + "variants: {a: {change: {extends: dprk.yaml}}}\n",
                              "sweep.yaml:3: variants.a.change.extends: unknown key 'extends'"),
    "an empty change": (SWEEP + "variants: {a: {change: {}}}\n",
                        "sweep.yaml:3: variants.a.change: names nothing"),
    "a variant that is a word": (SWEEP + "variants: {a: less}\n",
                                 "sweep.yaml:3: variants.a: expected a mapping of keys, found"),
    "variants that are a list": (SWEEP + "variants: [a]\n",
                                 "sweep.yaml:3: variants: expected a mapping of keys, found"),
    "an axis that is a value": (SWEEP + "vary: {world.held: 1500}\n",
                                "sweep.yaml:3: vary.world.held: expected a list, found 1500"),
    "an axis without values": (SWEEP + "vary: {world.held: []}\n",
                               "sweep.yaml:3: vary.world.held: names nothing"),
    "a path that is none": (SWEEP + "vary: {world..held: [1500]}\n",
                            "sweep.yaml:3: vary.world..held: an empty key"),
    "a typo in a change": (
        SWEEP + CHANGE + "      decrees:\n        jubilee:\n          capp: 5\n",
        "sweep.yaml:8: variants.a.change.decrees.jubilee.capp: unknown key 'capp': did you mean"),
    "null that removes nothing": (
        SWEEP + "variants: {a: {change: {decrees: {jubilee: {clauses: {al: null}}}}}}\n",
        "sweep.yaml:3: variants.a.change.decrees.jubilee.clauses.al: null removes nothing: did"),
    "a wrong value of an axis": (
        SWEEP + "vary:\n  decrees.jubilee.cap:\n    - none\n    - 5 percamp\n",
        "sweep.yaml:6: vary.decrees.jubilee.cap: no cap: '5 percamp'; expected 'none'"),
    "a path that leads nowhere": (
        SWEEP + "vary: {decrees.jubile.cap: [none]}\n",
        "sweep.yaml:3: vary.decrees.jubile.cap: no key 'jubile' under 'decrees': did you mean"),
    "a number without a source": (
        SWEEP + "variants: {a: {change: {world: {mercy: {value: 1}}}}}\n",
        "sweep.yaml:3: variants.a.change.world.mercy: unknown key 'mercy'"),
    "an assumption without a range": (
        SWEEP + CHANGE + "      decrees: {jubilee: {cap: {value: 5 per camp, grade: C}}}\n",
        "sweep.yaml:6: variants.a.change.decrees.jubilee.cap: grade C (assumed) needs a range"),
    "a mistake in the file below": (
        SWEEP + "variants: {a: {change: {world: {start: 2020-08-01}}}}\n",
        ("base.yaml:7: decrees.jubilee.ordered: 2020-07-23 lies before the start of the world, "
        "2020-08-01 (with 'a')")),
    "a key with a dot elsewhere": (SWEEP + "variants: {a.b: {change: {world: {name: x}}}}\n",
                                   "sweep.yaml:3: variants.a.b: a key has no dot"),
    "a key twice": (SWEEP + "sweep: base.yaml\nvary: {world.held: [1500]}\n",
                    "sweep.yaml:3: sweep: the key 'sweep' stands here twice"),
    "another world's baseline": (SWEEP + "baseline: dprk.yaml\nvary: {world.name: [x]}\n",
                                 "differences are paired within one world"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_of_a_sweep_file_is_told_with_its_place(tmp_path, name):
    text, message = WRONG[name]
    path = folder(tmp_path, text)
    with pytest.raises(ScenarioError) as error:
        load_sweep(path)
    found = [str(problem).replace(f"{tmp_path}/", "") for problem in error.value.problems]
    assert any(message in line for line in found), found
    (result,) = check_files([path])
    assert [e["message"] for e in result["errors"]] == [p.message for p in error.value.problems]


def test_all_mistakes_of_a_sweep_file_are_told_at_once(tmp_path):
    text = """\
title: T
sweep: base.yaml
variants:
  a: {change: {decrees: {jubilee: {cap: five}}}}
  b: {change: {decrees: {jubilee: {rank: tallest, clauses: {all: {then: relase}}}}}}
vary:
  decrees.jubilee.counts: [releases, beans]
  decrees.jubilee.titel: [x]
"""
    with pytest.raises(ScenarioError) as error:
        load_sweep(folder(tmp_path, text))
    assert [(p.line, p.path) for p in error.value.problems] == [
        (4, "variants.a.change.decrees.jubilee.cap"),
        (5, "variants.b.change.decrees.jubilee.clauses.all.then"),
        (5, "variants.b.change.decrees.jubilee.rank"),
        (7, "vary.decrees.jubilee.counts"),
        (8, "vary.decrees.jubilee.titel"),
    ]


def test_a_mistake_of_the_scenario_is_told_with_those_of_the_sweep(tmp_path):
    path = folder(tmp_path, SWEEP + "vari: 1\n", base=BASE.replace("lists_due", "list_due"))
    with pytest.raises(ScenarioError) as error:
        load_sweep(path)
    assert {p.path for p in error.value.problems} == {"vari", "decrees.jubilee.list_due"}


def test_what_is_no_yaml_is_no_sweep(tmp_path):
    for name, text in (("list", "- a\n"), ("empty", ""), ("broken", "a: [\n")):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        assert not is_sweep_file(tmp_path / f"{name}.yaml")
    assert not is_sweep_file(tmp_path / "none.yaml")
    assert not is_sweep_file("2020-anniversary.yaml")
    assert is_sweep_file("sweeps/2020-threshold.yaml")


def test_a_sweep_is_no_scenario(tmp_path):
    with pytest.raises(ScenarioError) as error:
        load(folder(tmp_path))
    (problem,) = error.value.problems
    assert problem.message.startswith("is a sweep; expected a scenario or a world")


def test_check_runs_the_cases_that_variants_write_and_warns(tmp_path):
    (result,) = check_files([folder(tmp_path)])
    assert result["ok"]
    assert [(c["decree"], c["case"]) for c in result["cases"]] == [
        ("two thirds: jubilee", "half is too little")
    ]
    assert result["warnings"] == ["fewer held: decree 'jubilee' has no cases"]
    wrong = GOOD.replace("then: stays", "then: released")
    (result,) = check_files([folder(tmp_path, wrong)])
    assert not result["ok"]
    assert not result["errors"]


def test_check_solves_the_worlds_of_variants(tmp_path):
    mean = "world.offences.border crossing.sentence.mean"  # five years is the longest term
    text = f"{SWEEP}vary: {{{mean}: [4 years, {{value: 6 years, high: 7 years}}]}}\n"
    (result,) = check_files([folder(tmp_path, text)])
    (error,) = result["errors"]
    assert error["path"] == mean
    load_sweep(tmp_path / "sweep.yaml")  # it is not wrong as a file


# --- The sweeps that are shipped: rules work in the direction in which they are written.


@pytest.mark.parametrize("name", SWEEPS)
def test_a_shipped_sweep_is_in_order(name):
    (result,) = check_files([shipped_folder() / "sweeps" / name])
    assert result["ok"], (result["errors"], result["cases"])
    sweep = load_sweep(f"sweeps/{name}")
    assert sweep.baseline.name == "no-pardon"
    for variant in sweep.variants:
        assert variant.coordinates or variant.note
        assert variant.scenario.world_address == sweep.scenario.world_address


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("world") / "small.yaml"
    path.write_text(PRISONS, encoding="utf-8")
    return path


class Outcome:
    """Who reached each stage of the decree in one replication, as persons."""

    def __init__(self, scenario):
        cell = simulate(scenario, solved(scenario), Draws(7, 0))
        (docket,) = cell.dockets.values()
        register, rows = cell.register, docket.rows

        def people(rows):
            columns = (register.person[rows], register.spell[rows], register.line[rows])
            return frozenset(zip(*(column.tolist() for column in columns), strict=True))

        for stage in ("eligible", "recommended", "selected", "granted"):
            setattr(self, stage, people(rows[getattr(docket, stage)]))
        freed = rows[docket.granted & (register.cause[rows] >= 2)]
        self.released = people(freed)
        start = np.datetime64(scenario.world.start, "D")
        self.days = sorted({str(start + int(day)) for day in register.left[freed]})
        self.stock = cell.record.series["stock"].tolist()


@pytest.fixture(scope="module")
def outcomes(small):
    found = {}
    for name in SWEEPS:
        sweep = load_sweep(f"sweeps/{name}", world=small)
        found["as announced"] = Outcome(sweep.scenario)
        for variant in sweep.variants:
            found[name.removesuffix(".yaml"), variant.label] = Outcome(variant.scenario)
    return found


@pytest.fixture
def open_(outcomes):
    return lambda label: outcomes["2020-left-open", label]


@pytest.fixture
def announced(outcomes):
    found = outcomes["as announced"]
    assert len(found.eligible) > 100
    assert len(found.released) > 50
    return found


def test_a_cap_changes_who_is_selected_among_the_same_people(small, announced, open_):
    uncapped = open_("capped in all")  # 2,000 places for 2,000 held
    assert uncapped.selected == announced.selected
    assert uncapped.stock == announced.stock
    sweep = load_sweep("sweeps/2020-left-open.yaml", world=small)
    (capped,) = (v.scenario for v in sweep.variants if v.label == "capped in all")
    before = announced.selected
    for places in (50, 20, 0):
        texts = f"{HERE}.cap={{value: {places} in all, low: 0}}"
        (variant,) = points(capped, texts)
        found = Outcome(variant.scenario)
        assert found.eligible == announced.eligible
        assert len(found.selected) == places
        assert found.selected <= before
        before = found.selected


def test_to_bar_fewer_frees_nobody_less_and_to_bar_more_nobody_more(announced, open_):
    none, merit = open_("nobody barred as reduced before"), open_("merit bars too")
    assert merit.eligible < announced.eligible < none.eligible
    assert merit.recommended < announced.recommended < none.recommended
    assert merit.released < announced.released < none.released


def test_to_ask_for_more_recommendations_makes_nobody_eligible_less(announced, open_):
    found = open_("recommendation for every clause")
    assert found.eligible == announced.eligible
    assert found.recommended < announced.recommended
    assert found.released < announced.released
    # The officers of border crossers and smugglers answer as before.
    asked_before = open_("without the economic clause")
    assert asked_before.recommended <= found.recommended


def test_the_two_clauses_share_the_eligible_between_them(announced, open_):
    economic = open_("without border crossers and smugglers")
    others = open_("without the economic clause")
    assert economic.eligible | others.eligible == announced.eligible
    assert not economic.eligible & others.eligible
    assert economic.eligible
    assert others.eligible
    assert economic.released | others.released == announced.released


def test_without_a_word_on_gravity_more_are_eligible(announced, open_):
    found = open_("economic offences of any gravity")
    assert announced.eligible < found.eligible
    assert announced.released < found.released


def test_to_bar_whom_no_clause_names_changes_nothing(announced, open_):
    found = open_("drugs barred too")
    assert found.eligible == announced.eligible
    assert found.stock == announced.stock


DAYS = ("when lists close", "at the grant")


@pytest.mark.parametrize("day", DAYS)
def test_a_lower_threshold_loses_nobody(outcomes, day):
    found = [
        outcomes["2020-threshold", f"served share at least {share}%, thresholds read {day}"]
        for share in (40, 50, 60, 70)
    ]
    for lower, higher in pairwise(found):
        assert higher.eligible < lower.eligible
        assert higher.released < lower.released


@pytest.mark.parametrize("share", [40, 50, 60, 70])
def test_to_read_the_threshold_later_loses_nobody(outcomes, share):
    lists, grant = (
        outcomes["2020-threshold", f"served share at least {share}%, thresholds read {day}"]
        for day in DAYS
    )
    assert lists.eligible < grant.eligible


def test_seven_tenths_on_the_lists_is_the_rule_as_announced(outcomes, announced):
    found = outcomes[
        "2020-threshold", "served share at least 70%, thresholds read when lists close"
    ]
    assert (found.released, found.stock) == (announced.released, announced.stock)


def test_education_moves_releases_and_loses_those_who_leave_meanwhile(outcomes, announced):
    listing, grant, none = (
        outcomes["2020-education", label]
        for label in (
            "education 60 days from listing",
            "education 60 days from grant",
            "without education",
        )
    )
    # Lists close on 10 August, the grant is on 8 October; releases take two days.
    assert listing.days == ["2020-10-09", "2020-10-10"]
    assert grant.days == ["2020-12-07", "2020-12-08"]
    assert none.days == ["2020-10-08", "2020-10-09"]
    assert listing.stock == announced.stock
    assert listing.granted == grant.granted == none.granted
    assert grant.released < listing.released <= none.released
