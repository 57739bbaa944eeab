"""Tables from the folder of a study alone: the same as from memory, and refusals that help."""

import csv
import json
import re
import shutil
import subprocess

import pytest

from sim.analysis.compare import compare
from sim.analysis.measures import MEASURE
from sim.paper.bibliography import cited_entries, named, references
from sim.paper.data import AS_WRITTEN
from sim.paper.dictionary import dictionary_text, meaning_of
from sim.paper.folder import FolderError, files_of, write_folder
from sim.paper.macros import in_letters, numbers_csv, numbers_json, numbers_tex, said
from sim.paper.manifest import manifest
from sim.paper.parameters import parameters_table
from sim.paper.reading import build_tables
from sim.paper.report import tables_of
from sim.paper.results import read_results, results_of
from sim.paper.table import GUARD
from sim.scenario.load import load
from tests.cli.command import amnesty, file
from tests.paper.compiled import compiles
from tests.paper.made_up import always, comparison, once, varying
from tests.paper.tools import need


@pytest.fixture(scope="module")
def found():
    scenarios = [load(file(name)) for name in ("none", "short", "halves")]
    return compare(scenarios, replications=3, seed=4, assumptions=2)


@pytest.fixture(scope="module")
def folder(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "run"
    write_folder(folder, files_of(found, tables_of(found)), manifest(found, ["amnesty"], 1.0))
    return folder


# --- The folder is enough.


def test_results_read_back_are_those_in_memory(found, folder):
    ours, theirs = results_of(found), read_results(folder)
    assert theirs.estimates == ours.estimates
    assert theirs.differences == ours.differences
    assert theirs.swings == ours.swings
    assert theirs.central == ours.central
    assert (theirs.titles, theirs.windows, theirs.seed) == (ours.titles, ours.windows, 4)
    assert json.loads(json.dumps(ours.scenarios)) == theirs.scenarios


def test_tables_from_the_folder_are_those_that_the_run_saved(folder):
    for name in ("effects-none", "rests-on-short"):
        saved = (folder / f"{name}.txt").read_text(encoding="utf-8")
        kind = name.split("-none")[0].split("-short")[0]
        printed = amnesty("table", folder, kind, "--format", "text")
        assert printed.exit_code == 0
        assert printed.stdout == saved


def test_what_assumptions_are_compared_with_is_in_the_data(found, folder):
    with (folder / "assumptions.csv").open(encoding="utf-8", newline="") as opened:
        rows = [r for r in csv.DictReader(opened) if r["assumption"] == AS_WRITTEN]
    central = {(r["scenario"], r["measure"]): float(r["mean"]) for r in rows}
    for (policy, measure), one in found.central.items():
        name = MEASURE[measure].difference_name
        assert central[policy, name] == pytest.approx(one.estimate.mean, rel=1e-9)
    assert len(rows) == len(found.central) > 0


def test_a_choice_of_measures_and_scenarios_is_kept_in_order(folder):
    [table] = build_tables(folder, "effects", measures=["exiled", "held 1 year after"],
                           scenarios=["halves", "short"])  # fmt: skip
    assert [c.name for c in table.columns] == ["none", "halves", "short"]
    assert [r.label for p in table.panels for r in p.rows] == ["held 1 year after", "exiled"]
    assert {name for name, _ in table.about} == {"halves", "short"}


@pytest.mark.parametrize("kind", ["effects", "levels", "waterfall", "rests-on", "parameters"])
@pytest.mark.parametrize("form", ["text", "latex", "markdown", "csv", "html", "docx"])
def test_every_kind_is_written_in_every_format(kind, form, folder, tmp_path):
    if form == "docx":
        pytest.importorskip("docx")
    out = tmp_path / f"t.{form}"
    result = amnesty("table", folder, kind, "--format", form, "--out", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"Wrote {out}\n")
    found = out.read_bytes()
    if form == "docx":
        assert found.startswith(b"PK")
        return
    assert GUARD in found.decode()
    if kind != "parameters" and form != "csv":
        assert "Title" not in found.decode()
    printed = amnesty("table", folder, kind, "--format", form)
    assert printed.stdout.encode() == found


def test_measures_that_no_baseline_can_have_are_given_as_levels():
    freed = "median months remitted to those freed"
    made = comparison({"policy": {}})
    made.estimates.pop(("none", "policy", freed), None)
    from sim.paper.effects import effects

    table = effects(results_of(made), "none", measures=[freed])
    [row] = [r for p in table.panels for r in p.rows]
    assert row.label == f"{freed} (level)"
    assert row.cells[0].value is None
    assert row.cells[1].value == 100


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["effects", "levels", "waterfall", "rests-on", "parameters"])
@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_every_kind_compiles_alone(kind, engine, folder, tmp_path):
    need(engine)
    made = amnesty("table", folder, kind, "--format", "latex", "--standalone")
    compiles(engine, made.stdout, tmp_path)


@pytest.mark.slow
def test_macros_compile_and_print_their_numbers(folder, tmp_path):
    need("pdflatex", "pdftotext")
    told = amnesty("table", folder, "--macros").stdout
    body = "\\begin{document}X\\freedByDecreeShort X\\end{document}"
    compiles("pdflatex", f"\\documentclass{{article}}\n{told}{body}\n", tmp_path)
    text = subprocess.run(["pdftotext", tmp_path / "t.pdf", "-"], capture_output=True, text=True,
                          check=True, timeout=60).stdout  # fmt: skip
    [printed] = re.findall(r"newcommand\{\\freedByDecreeShort\}\{(\d+)\}", told)
    assert f"X{printed}X" in text


# --- Refusals.


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["effect"], "no kind of table 'effect': did you mean 'effects'?"),
        (["--measures", "freed by decre"], "did you mean 'freed by decree'?"),
        (["--scenarios", "shrt"], "did you mean 'short'?"),
        (["--baseline", "shrt"], "no baseline in"),
        (["--format", "pdf"], "--format: expected one of text, latex"),
        (["--interval", "under"], "--interval: expected one of below, beside, none"),
        (["--format", "docx"], "give --out FILE.docx"),
        (["--format", "latex", "--label", "x", "--caption", "y"], "names one table"),
        (["effects", "--macros"], "--macros: gives all numbers"),
    ],
)
def test_what_cannot_be_meant_is_told(folder, words, told):
    result = amnesty("table", folder, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_folder_of_an_earlier_version_is_told(folder, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    lines = (old / "assumptions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [x for x in lines if AS_WRITTEN not in x]
    (old / "assumptions.csv").write_text("".join(kept), encoding="utf-8")
    with pytest.raises(FolderError, match="earlier version"):
        read_results(old)
    (old / "differences.csv").write_text("scenario\n1\n", encoding="utf-8")
    with pytest.raises(FolderError, match="damaged"):
        read_results(old)
    (old / "manifest.json").write_text('{"files_sha256": {}}', encoding="utf-8")
    with pytest.raises(FolderError, match="no comparison"):
        read_results(old)
    with pytest.raises(FolderError, match="holds no run"):
        read_results(tmp_path)


# --- Numbers for running text.


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("freed by decree", "FreedByDecree"),
        ("2020-anniversary", "TwentyTwentyAnniversary"),
        ("2015-anniversary-few", "TwentyFifteenAnniversaryFew"),
        ("2019", "TwentyNineteen"),
        ("1999", "NineteenNinetyNine"),
        ("2000", "TwoZeroZeroZero"),
        ("2008", "TwoZeroZeroEight"),
        ("party-75th", "PartySeventyFiveTh"),
        ("held 1 year after", "HeldOneYearAfter"),
        ("50-per-camp", "FiftyPerCamp"),
        ("365 days", "ThreeSixFiveDays"),
        ("07", "ZeroSeven"),
        ("person-years", "PersonYears"),
        ("박", ""),
    ],
)
def test_names_are_letters_as_they_are_read(text, letters):
    assert in_letters(text) == letters


def test_every_macro_has_a_name_of_its_own_in_letters(found):
    names = [one.name for one in said(results_of(found))]
    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z][A-Za-z]*", name) for name in names)


def test_names_that_letters_cannot_tell_apart_get_one():
    made = comparison({"a b": {"exiled": varying(1)}, "a-b": {"exiled": varying(2)},
                       "박": {"exiled": varying(3)}, "정": {"exiled": varying(4)}})  # fmt: skip
    told = {one.name: one.text for one in said(results_of(made))}
    found = [told[n] for n in ("exiledAB", "exiledABB", "exiled", "exiledB")]
    assert found == ["1.0", "2.0", "3.0", "4.0"]  # scenarios in the order of their names


def test_macros_say_what_the_tables_say():
    made = comparison({
        "p-1": {"freed by decree": varying(36_512.0, 1234, 1e6), "exiled": always(0),
                "held 1 year after": varying(-17.2), "returns to custody": once(-3)},
    })  # fmt: skip
    text = numbers_tex(results_of(made))
    for line in (
        r"\newcommand{\freedByDecreePOne}{37{,}000}",
        r"\newcommand{\freedByDecreePOnePerCent}{3.7}",
        r"\newcommand{\freedByDecreePOneError}{1{,}200}",
        r"\newcommand{\freedByDecreePOneChanceLow}{34{,}000}",
        r"\newcommand{\freedByDecreePOneChanceHigh}{39{,}000}",
        r"\newcommand{\heldOneYearAfterPOne}{\ensuremath{-}17}",
        r"\newcommand{\exiledPOne}{0}",
        r"\newcommand{\returnsToCustodyPOne}{\ensuremath{-}3.0}",
        r"\newcommand{\levelHeldOneYearAfterNone}{100}",
        r"\newcommand{\studyReplications}{4}",
    ):
        assert line in text.splitlines(), line
    assert "returnsToCustodyPOneError" not in text  # one replication has none
    assert GUARD in text


def test_the_three_files_of_numbers_agree(found, folder, tmp_path):
    out = tmp_path / "numbers.tex"
    result = amnesty("table", folder, "--macros", "--out", out)
    assert result.exit_code == 0
    results = results_of(found)
    assert out.read_text(encoding="utf-8") == numbers_tex(results)
    assert out.with_suffix(".csv").read_text(encoding="utf-8") == numbers_csv(results)
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert told == json.loads(numbers_json(results))
    with out.with_suffix(".csv").open(encoding="utf-8", newline="") as opened:
        rows = {r["name"]: r for r in csv.DictReader(opened)}
    assert rows.keys() == told["numbers"].keys()
    freed = found.differences["short", "none", "freed by decree"].estimate.mean
    assert float(rows["freedByDecreeShort"]["value"]) == pytest.approx(freed, rel=1e-9)
    assert amnesty("table", folder, "--macros").stdout == numbers_tex(results)


# --- Parameters and sources.


def graded(part):
    """Count the values of a file that carry a grade of their own."""
    if isinstance(part, list):
        return sum(map(graded, part))
    if not isinstance(part, dict):
        return 0
    if "value" in part:
        return 1
    return sum(graded(v) for k, v in part.items() if k not in ("cases", "outcomes", "rests on"))


@pytest.mark.parametrize("name", ["dprk.yaml", "2020-anniversary.yaml", "dprk-70k.yaml"])
def test_every_graded_value_stands_in_the_parameter_table(name):
    scenario = load(name)
    table = parameters_table({"s": scenario.resolved}, references())
    shown = 0
    for panel in table.panels:
        owners = {r.label for r in panel.rows}
        assert len(owners) == len(panel.rows), panel.name
        for row in panel.rows:
            value, range_, _, grade, source = row.cells
            assert value.words
            assert grade.words in "ABC"
            assert grade.words != "C" or range_.words or "decree" in panel.name
            assert source.keys
            shown += _stands_for(row.label, panel.name, scenario.resolved)
    assert shown == graded({k: v for k, v in scenario.resolved.items() if k != "rests on"})


def _stands_for(label, panel, resolved):
    """Say for how many places a row stands."""
    if ": " not in label:
        return 1
    rest, first = label.split(": ")
    if first != "each":
        return len(first.split(", "))
    return sum(_has(part, rest.split(", ")) for part in resolved["world"][panel].values())


def _has(part, keys):
    for key in keys:
        part = part.get(key) if isinstance(part, dict) else None
    return part is not None


def test_decrees_of_one_name_in_two_scenarios_are_told_apart():
    one = {"world": {}, "decrees": {"d": {"cap": {"value": 5, "grade": "C", "source": "x-1"}}}}
    two = {"world": {}, "decrees": {"d": {"cap": {"value": 6, "grade": "C", "source": "x-1"}}}}
    table = parameters_table({"a": one, "b": two}, {})
    assert [p.name for p in table.panels] == ["a, decree d", "b, decree d"]
    assert [p.name for p in parameters_table({"a": one, "b": one}, {}).panels] == ["decree d"]


def test_thresholds_have_the_source_of_the_decree_around_them():
    decree = {"source": "daily-1", "grade": "A", "granted": {
        "value": "2020-10-08", "between": ["2020-10-01", "2020-10-10"]}}  # fmt: skip
    [panel] = parameters_table({"a": {"world": {}, "decrees": {"d": decree}}}, {}).panels
    [row] = panel.rows
    assert [c.words for c in row.cells] == [
        "2020-10-08", "2020-10-01 to 2020-10-10", "", "A", "daily-1",
    ]  # fmt: skip
    assert row.cells[-1].keys == ("daily-1",)


def test_sources_are_named_by_author_and_year(tmp_path):
    (tmp_path / "sources.bib").write_text(
        "% a comment\n@misc{b-2, author = {{The {Daily}}}, year = {2019}, title={B, or {not}},}\n"
        '@article{b-1,\n author = "The Daily",\n year = 2019\n}\n@book{c, title = {No author}}\n',
        encoding="utf-8",
    )
    known = references(tmp_path)
    assert named(("b-1", "b-2", "c", "derived", "nowhere"), known) == (
        "The Daily 2019a; The Daily 2019b; c n.d.; derived; nowhere"
    )
    assert known["b-2"].title == "B, or not"
    assert known["un-coi-2014"].year == "2014"
    shorts = [one.short for one in known.values()]
    assert len(shorts) == len(set(shorts))


def test_entries_that_are_cited_are_a_bibliography_of_their_own(tmp_path):
    keys = {"un-coi-2014", "hrw-2007", "assumption", "nowhere"}
    text = cited_entries(keys)
    assert re.findall(r"^@\w+\{([^,]+),", text, re.M) == ["hrw-2007", "un-coi-2014"]
    assert text.count("{") == text.count("}")
    (tmp_path / "sources.bib").write_text(text, encoding="utf-8")
    assert references(tmp_path)["hrw-2007"] == references()["hrw-2007"]
    assert cited_entries(keys, tmp_path) == text


# --- The data dictionary.


def test_every_column_of_every_file_is_in_the_data_dictionary(found):
    files = files_of(found, tables_of(found))
    rows = list(csv.DictReader(dictionary_text(files).splitlines()))
    told = {(r["file"], r["column"]) for r in rows}
    for name, text in files.items():
        if name.endswith(".csv") and name != "data-dictionary.csv":
            for column in text.splitlines()[0].split(","):
                assert (name, column) in told
    assert all(r["meaning"] for r in rows)


# --- Sweeps, draws, attributions.

PAIR = (file("short"), "--baseline", file("none"), "--replications", 2)
OTHERS = {
    "sensitivity": (*PAIR, "--draws", 8, "--workers", 1),
    "sweep": (*PAIR, "--vary", "world.held=100,200"),
    "attribute": PAIR,
}


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """Folders of other studies than comparisons, by command."""
    folders = {}
    for command, words in OTHERS.items():
        folders[command] = tmp_path_factory.mktemp("others") / command
        result = amnesty(command, *words, "--out", folders[command])
        assert result.exit_code == 0, result.stderr
    return folders


@pytest.mark.parametrize("command", OTHERS)
def test_every_column_of_other_studies_is_described(command, others):
    texts = {p.name: p.read_text(encoding="utf-8") for p in others[command].glob("*.csv")}
    assert texts
    assert dictionary_text(texts).count("\n") > len(texts)


def test_a_sweep_is_a_table_of_its_variants(others):
    with (others["sweep"] / "sweep.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    [table] = build_tables(others["sweep"])
    body = {r.label: r.cells for p in table.panels for r in p.rows}
    assert list(body) == list(dict.fromkeys(r["variant"] for r in rows))
    [freed] = [i for i, c in enumerate(table.columns) if c.name == "freed by decree"]
    for row in rows:
        if row["measure"] == "freed by decree":
            assert body[row["variant"]][freed].value == float(row["mean"])
    [two] = build_tables(others["sweep"], "sweep", measures=["exiled", "eligible"])
    assert [c.name for c in two.columns] == ["exiled", "eligible"]


def test_draws_are_a_table_of_assumptions_with_their_sources(others):
    with (others["sensitivity"] / "influences.csv").open(encoding="utf-8", newline="") as opened:
        rows = [r for r in csv.DictReader(opened) if r["measure"] == "freed by decree"]
    [table] = build_tables(others["sensitivity"])
    body = {r.label: r.cells for r in table.panels[0].rows}
    held = next(r for r in rows if r["assumption"] == "world.held")
    written, grade, source, swing, lower, upper = body["number held"]
    assert written.words == "200 (100 to 400) persons"
    assert (grade.words, source.words) == ("C", "assumption")
    assert (swing.value, lower.value, upper.value) == (
        float(held["swing"]), float(held["lower_half"]), float(held["upper_half"]),
    )  # fmt: skip
    assert len(body) == min(20, len(rows))
    saved = next(others["sensitivity"].glob("rests-on-draws-*.txt")).read_text(encoding="utf-8")
    printed = amnesty("table", others["sensitivity"], "draws", "--format", "text").stdout
    swings = r"[+−]?[\d.,]+ ±[\d.,]+\*?(?: +[+−]?[\d.,]+){2}"
    assert re.findall(swings, printed) == re.findall(swings, saved) != []
    assert "off or on: without it" in printed


@pytest.mark.parametrize("command", OTHERS)
def test_other_studies_have_their_parameters_and_no_effects(command, others):
    [table] = build_tables(others[command], "parameters")
    assert table.panels[0].rows
    with pytest.raises(FolderError, match="no comparison"):
        build_tables(others[command], "effects")


def test_a_column_that_nobody_described_is_told():
    with pytest.raises(KeyError, match="'shoe_size'"):
        meaning_of("cells.csv", "shoe_size")
    assert dictionary_text({"notes.txt": "a,b\n", "empty.csv": ""}) == ""
