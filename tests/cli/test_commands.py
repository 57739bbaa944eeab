"""What each command prints, saves and refuses, called as users call it."""

import json
import re
import subprocess
import sys

import pytest
import typer.main

from sim.cli import app
from sim.paper import folder as saving
from tests.cli.command import amnesty, changed, copies, file, files

ESTIMATE = {
    "measured_for", "measure", "group", "day", "unit", "mean", "sd", "low", "high", "p2_5", "p97_5",
    "replications",
}  # fmt: skip
DIFFERENCE = (ESTIMATE - {"measured_for"}) | {
    "scenario", "baseline", "low_simultaneous", "high_simultaneous", "p_adjusted", "constant",
    "baseline_mean", "pairing_gain", "percent", "percent_low", "percent_high",
}  # fmt: skip
WATERFALL = {
    "scenario", "decree", "clause", "stage", "group", "mean", "low", "high", "replications",
}  # fmt: skip
DAY = re.compile(r"\d{4}-\d\d-\d\d")
NUMBER = (int, float)


def names(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


# --- Help.

COMMANDS = typer.main.get_command(app).commands


def test_the_commands_are_those_that_are_documented_here():
    assert set(COMMANDS) == {
        "check",
        "explain",
        "diff",
        "schema",
        "init",
        "run",
        "compare",
        "sweep",
        "sensitivity",
        "attribute",
        "backtest",
        "check-theory",
        "waterfall",
        "table",
        "figure",
        "report",
        "status",
        "merge",
        "export",
        "verify",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name):
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.name}"
        assert parameter.help.rstrip().endswith("."), f"{name} {parameter.name}"
    shown = amnesty(name, "--help")
    assert shown.exit_code == 0
    assert command.help.split("\n")[0] in " ".join(shown.stdout.split())
    for parameter in command.params:
        option = max(parameter.opts, key=len)
        assert option in shown.stdout


def test_without_a_command_the_help_is_shown():
    assert "Usage: " in amnesty().output
    assert amnesty("-h").exit_code == 0


def test_the_help_page_loads_no_library_but_that_of_the_command_line():
    asked = "import sys; sys.argv = ['amnesty', '--help']; import sim.cli"
    told = "except SystemExit: print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{asked}\ntry: sim.cli.main()\n{told}"],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    loaded = set(done.stdout.splitlines()[-1].split())
    assert {"sim", "typer"} <= loaded
    assert not loaded & {"numpy", "scipy", "pandas", "pydantic", "simpy", "yaml", "matplotlib"}


@pytest.mark.parametrize(
    "words",
    [
        ["pardon"],
        ["check"],
        ["compare"],
        ["run"],
        ["run", "a.yaml", "b.yaml"],
        ["run", "none.yaml", "--replications", "0"],
        ["run", "none.yaml", "--replications", "many"],
        ["run", "none.yaml", "--seed", "-1"],
        ["run", "none.yaml", "--workers", "-1"],
        ["run", "none.yaml", "--colour"],
        ["compare", "none.yaml", "--assumptions", "-1"],
        ["waterfall"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_on_stderr(words):
    result = amnesty(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


# --- check.


def test_files_in_order_are_said_to_be():
    result = amnesty("check", *files("short", "none"))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{file('short')}: in order; 2 cases hold",
        f"{file('none')}: in order; 0 cases hold",
    ]
    assert result.stderr == ""


def test_a_case_that_does_not_hold_ends_with_3():
    result = amnesty("check", *files("wrong-case", "short"))
    assert result.exit_code == 3
    told, other = result.stdout.splitlines()
    assert told == (
        f"{file('wrong-case')}: jubilee: a robber is freed: expected released; "
        "got barred, term 2 years, due on 2013-04-16"
    )
    assert other.endswith("2 cases hold")


def test_a_decree_without_cases_is_warned_of():
    result = amnesty("check", file("no-cases"))
    assert result.exit_code == 0
    assert result.stderr == f"{file('no-cases')}: decree 'untried' has no cases\n"


def test_a_file_that_cannot_be_compared_as_it_is_is_warned_of(tmp_path):
    copies(tmp_path, "none", "yearly")
    yearly = changed(tmp_path, "yearly", "measured from: 2011-07-15\n", "")
    result = amnesty("check", yearly)
    assert result.exit_code == 0
    assert f"{yearly}: cannot be compared yet: give 'measured from: DATE'" in result.stderr
    assert "cannot be compared" not in amnesty("check", file("yearly")).stderr


def test_a_day_of_measurement_that_has_no_effect_is_warned_of(tmp_path):
    copies(tmp_path, "halves", "short")
    short = changed(tmp_path, "short", "extends:", "measured from: 2011-05-01\nextends:")
    told = amnesty("check", short)
    assert told.exit_code == 0
    assert (
        "'measured from: 2011-05-01' has no effect: a decree plans its first release" in told.stderr
    )


def test_a_mistake_outweighs_a_case_that_does_not_hold(tmp_path):
    result = amnesty("check", file("wrong-case"), tmp_path / "nothing.yaml")
    assert result.exit_code == 2
    assert "nothing.yaml: no such file" in result.stderr
    assert "a robber is freed" in result.stdout


def test_mistakes_of_all_files_are_told_at_once(tmp_path):
    copies(tmp_path, "short", "halves")
    changed(tmp_path, "short", "ordered:", "orderd:")
    changed(tmp_path, "halves", "clauses:", "clause:")
    for command in ("check", "compare"):
        result = amnesty(command, tmp_path / "short.yaml", tmp_path / "halves.yaml")
        assert result.exit_code == 2
        assert "short.yaml:8: decrees.jubilee.orderd: unknown key" in result.stderr
        assert re.search(r"halves\.yaml:\d+: decrees\.mercy\.clause: unknown", result.stderr)


def test_check_json(tmp_path):
    copies(tmp_path, "short")
    bad = changed(tmp_path, "short", "ordered:", "orderd:")
    result = amnesty("check", file("wrong-case"), bad, file("no-cases"), "--json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert set(told) == {"files"}
    wrong, broken, untried = told["files"]
    for entry in told["files"]:
        assert set(entry) == {"file", "ok", "errors", "cases", "warnings"}
        assert isinstance(entry["ok"], bool)
    assert (wrong["ok"], wrong["errors"]) == (False, [])
    assert {"decree": "jubilee", "case": "a robber is freed", "ok": False, "expected": "released",
            "got": "barred, term 2 years, due on 2013-04-16"} in wrong["cases"]  # fmt: skip
    assert [case["ok"] for case in wrong["cases"]] == [True, True, False]
    [error] = broken["errors"]
    assert error == {
        "file": str(bad), "line": 8, "path": "decrees.jubilee.orderd",
        "message": "unknown key 'orderd': did you mean 'ordered'?",
    }  # fmt: skip
    assert (untried["ok"], untried["cases"]) == (True, [])
    assert untried["warnings"] == ["decree 'untried' has no cases"]


def test_shipped_files_are_found_by_name():
    result = amnesty("check", "no-pardon.yaml", "customary.yaml")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "no-pardon.yaml: in order; 0 cases hold"


# --- run.


def test_run_prints_levels_and_the_waterfall_and_nothing_else():
    result = amnesty("run", file("short"), "--replications", 2)
    assert result.exit_code == 0
    assert result.stdout.startswith("Levels: Everybody with a short sentence is freed\n")
    assert "Table 2. Who is freed, and why not: short" in result.stdout
    assert result.stderr == ""


def test_run_without_decrees_prints_levels():
    result = amnesty("run", file("none"), "--replications", 2)
    assert result.exit_code == 0
    assert "Measured from 2010-01-02" in result.stdout
    assert re.search(r"^held 5 years after +\d", result.stdout, re.M)
    assert re.search(r"^months remitted per person freed +none freed$", result.stdout, re.M)
    assert "Table 2" not in result.stdout


def test_run_of_a_world_is_run_without_decrees():
    worlds = amnesty("run", file("prisons"), "--replications", 2).stdout
    none = amnesty("run", file("none"), "--replications", 2).stdout
    assert worlds.splitlines()[1:] == none.splitlines()[1:]


@pytest.mark.parametrize("name", ["no-pardon", "customary", "2015-anniversary-few"])
def test_shipped_scenarios_run_in_another_world(name):
    result = amnesty("run", f"{name}.yaml", "--world", file("prisons"), "--replications", 1)
    if name == "2015-anniversary-few":  # names states of health that the small world has not
        assert result.exit_code == 2
        assert "'malnourished'" in result.stderr
    elif name == "customary":  # names offences
        assert result.exit_code == 2
        assert "'murder'" in result.stderr
    else:
        assert result.exit_code == 0


SMALL = """\
title: The shipped prisons with fewer people
extends: dprk.yaml
world:
  held: {value: 600, low: 600, high: 600, unit: persons, source: assumption, grade: C}
"""


def test_shipped_scenarios_run_and_compare(tmp_path):
    world = tmp_path / "small.yaml"
    world.write_text(SMALL, encoding="utf-8")
    result = amnesty("run", "customary.yaml", "--world", world, "--replications", 1)
    assert result.exit_code == 0
    assert "Measured from 2015-02-16" in result.stdout
    assert "decree customary" in result.stdout
    result = amnesty(
        "compare", "no-pardon.yaml", "customary.yaml", "2020-anniversary.yaml", "--baseline",
        "no-pardon", "--baseline", "customary", "--align", "2020-10-09", "--world", world,
        "--replications", 2,
    )  # fmt: skip
    assert result.exit_code == 0
    assert "Each policy replaces the customary pardons" in result.stdout
    assert result.stdout.count("2020-anniversary is measured from 2020-10-09") == 2


def test_run_json():
    told = json.loads(amnesty("run", file("short"), "--replications", 3, "--json").stdout)
    assert list(told) == ["scenarios", "waterfalls", "outcomes", "manifest"]
    [scenario] = told["scenarios"]
    assert scenario["name"] == "short"
    for row in scenario["estimates"]:
        assert set(row) == ESTIMATE
        assert DAY.fullmatch(row["day"])
        assert all(isinstance(row[key], NUMBER) for key in ("mean", "sd", "low", "high"))
        assert row["low"] <= row["mean"] <= row["high"]
        assert (row["group"], row["replications"]) == ("all", 3)
    assert told["waterfalls"]
    assert told["manifest"]["seed"] == 1


def test_one_replication_has_no_interval_in_json():
    told = json.loads(amnesty("run", file("short"), "--replications", 1, "--json").stdout)
    for row in told["scenarios"][0]["estimates"]:
        assert [row[key] for key in ("sd", "low", "high", "p2_5", "p97_5")] == [None] * 5


# --- --trace and --clock.

ORDER = (
    r"up to date;",
    r"merit:",
    r"(jubilee|summer): lists,|(jubilee|summer): grant,",
    r"\d+ released by decree$",
    r"\d+ held$",
)


@pytest.mark.parametrize("clock", ["production", "day"])
@pytest.mark.parametrize("name", ["short", "yearly"])
def test_trace_prints_events_in_the_order_of_the_day(clock, name):
    result = amnesty("run", file(name), "--trace", "--clock", clock)
    assert result.exit_code == 0
    *events, last = result.stdout.splitlines()
    assert re.fullmatch(r"2017-12-31  \d+ held at the end", last)
    places = []
    for event in events:
        day, text = event.split("  ", 1)
        assert DAY.fullmatch(day)
        [slot] = [i for i, pattern in enumerate(ORDER) if re.match(pattern, text)]
        places.append((day, slot))
    assert places == sorted(places)
    assert {slot for _, slot in places} == ({0, 1, 2} if clock == "production" else {0, 1, 2, 3, 4})


def test_both_clocks_end_with_the_same_stock():
    ends = {amnesty("run", file("short"), "--clock", clock, "--trace").stdout.splitlines()[-1]
            for clock in ("day", "production")}  # fmt: skip
    assert len(ends) == 1


def test_an_unknown_clock_is_refused():
    result = amnesty("run", file("none"), "--clock", "sundial")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--clock: no clock 'sundial'; expected 'production' or 'day'" in result.stderr


@pytest.mark.parametrize("more", [["--json"], ["--out", "results"]], ids=" ".join)
def test_a_trace_saves_nothing_and_says_so(tmp_path, monkeypatch, more):
    monkeypatch.chdir(tmp_path)
    result = amnesty("run", file("none"), "--trace", *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "leave out --out and --json" in result.stderr
    assert list(tmp_path.iterdir()) == []


# --- compare.


def test_compare_prints_effects_and_nothing_else():
    result = amnesty("compare", *files("none", "short"), "--replications", 2)
    assert result.exit_code == 0
    assert result.stdout.startswith("Table 1. Effects: difference from none\n")
    assert result.stderr == ""


def test_two_baselines_give_two_tables_and_assumptions_a_third():
    result = amnesty(
        "compare", *files("none", "yearly", "short"), "--baseline", "none", "--baseline",
        file("yearly"), "--replications", 2, "--assumptions", 1,
    )  # fmt: skip
    assert result.exit_code == 0
    titles = re.findall(r"^Table.*", result.stdout, re.M)
    assert titles == [
        "Table 1. Effects: difference from none",
        "Table 1. Effects: difference from yearly",
        "Table 3. What it rests on: short, difference from none",
    ]


def test_the_same_seed_prints_the_same_and_another_does_not():
    words = ["compare", *files("none", "short"), "--replications", 2]
    first = amnesty(*words, "--seed", 5).stdout
    assert amnesty(*words, "--seed", 5, "--workers", 2).stdout == first
    assert amnesty(*words, "--seed", 6).stdout != first


def test_compare_json():
    result = amnesty(
        "compare", *files("none", "short", "halves"), "--replications", 3, "--assumptions", 1,
        "--json",
    )  # fmt: skip
    told = json.loads(result.stdout)
    assert list(told) == [
        "scenarios", "differences", "rebounds", "waterfalls", "assumptions", "outcomes",
        "manifest",
    ]  # fmt: skip
    assert [s["name"] for s in told["scenarios"]] == ["none", "short", "halves"]
    for scenario in told["scenarios"]:
        assert scenario["estimates"]
        assert all(set(row) == ESTIMATE for row in scenario["estimates"])
    for row in told["differences"]:
        assert set(row) == DIFFERENCE
        assert (row["baseline"], row["group"]) == ("none", "all")
        assert isinstance(row["constant"], bool)
        if row["constant"]:
            assert row["p_adjusted"] is None
            assert row["low"] == row["high"] == row["mean"]
        else:
            assert 0 <= row["p_adjusted"] <= 1
            assert row["low_simultaneous"] <= row["low"] <= row["mean"] <= row["high"]
    assert all(set(row) == WATERFALL for row in told["waterfalls"])
    assert {row["scenario"] for row in told["waterfalls"]} == {"short", "halves"}
    assert {row["assumption"] for row in told["assumptions"]} == {
        "number held", "what counts as short", "bar on robbers", "arrest drive",
    }  # fmt: skip
    manifest = told["manifest"]
    assert manifest["policies"] == ["short", "halves"]
    assert manifest["baselines"] == ["none"]
    assert {"code", "packages", "python", "scenarios", "tables_sha256", "command"} <= set(manifest)


def test_a_scenario_without_decrees_is_compared_on_its_baselines_days():
    result = amnesty("compare", *files("short", "none"), "--replications", 2)
    assert result.exit_code == 0
    assert "none is measured from 2011-06-05" in result.stdout


def test_a_window_past_the_horizon_is_not_observed():
    result = amnesty("compare", *files("none", "halves"), "--replications", 2, "--align",
                     "2017-12-31")  # fmt: skip
    assert result.exit_code == 0
    assert re.search(r"^  held 1 year after +not observed +not observed$", result.stdout, re.M)
    assert re.search(r"^  freed by decree +not observed +not observed$", result.stdout, re.M)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--align", "soon"], "--align: no date: 'soon'; expected YYYY-MM-DD"),
        (["--align", "2020-13-10"], "--align: no date: '2020-13-10'"),
        (["--align", "2009-12-31"], "--align: 2009-12-31 must not come before the world's start"),
        (["--align", "2018-01-01"], "nor after its last day, 2017-12-31"),
        (["--align", "9999-12-31"], "nor after its last day, 2017-12-31"),
        (["--align", "2010-01-10"], "short.yaml:8: decrees.jubilee.ordered: 2009-12-07 lies"),
        (["--baseline", "nobody"], "--baseline: no 'nobody' among the files: none, short"),
        (["--baseline", "none", "--baseline", "no"], "--baseline: no 'no' among the files"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, list) else None,
)
def test_options_that_do_not_fit_are_refused(tmp_path, words, message):
    out = tmp_path / "out"
    result = amnesty("compare", *files("none", "short"), *words, "--out", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert not out.exists()


def test_two_files_of_one_name_are_refused(tmp_path):
    copies(tmp_path, "short")
    result = amnesty("compare", file("none"), file("short"), tmp_path / "short.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "two files are called 'short'; rename one\n"


def test_unequal_worlds_are_refused(tmp_path):
    copies(tmp_path, "short")
    changed(tmp_path, "prisons", "held: {value: 200", "held: {value: 201")
    result = amnesty("compare", file("none"), tmp_path / "short.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "differences are paired within one world" in result.stderr


# --- --out, waterfall, table.


def test_out_saves_the_tables_the_data_and_the_manifest(tmp_path):
    out = tmp_path / "new" / "run"
    words = ["compare", *files("none", "short"), "--replications", 2, "--out", out]
    result = amnesty(*words)
    assert result.exit_code == 0
    assert result.stderr == f"Saved in {out}\n"
    assert names(out) == {
        "manifest.json", "estimates.csv", "differences.csv", "waterfall.csv", "outcomes.csv",
        "cells.csv", "stock.csv", "exile.csv", "effects-none.txt", "scenarios/none.json",
        "scenarios/short.json", "cells.sqlite", ".lock", "rebound.csv", "data-dictionary.csv",
    }  # fmt: skip
    assert (out / "effects-none.txt").read_text(encoding="utf-8") == result.stdout
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    study = {"manifest.json", "cells.sqlite", ".lock"}
    assert set(manifest["files_sha256"]) == names(out) - study
    again = amnesty(*words)
    assert (again.exit_code, again.stdout) == (0, result.stdout)
    assert again.stderr == f"4 cells were there, 0 computed\nSaved in {out}\n"
    assert amnesty(*words, "--force").stderr == f"Saved in {out}\n"


def test_waterfall_prints_what_the_run_counted(tmp_path):
    out = tmp_path / "run"
    run = amnesty("run", file("short"), "--replications", 2, "--out", out)
    printed = amnesty("waterfall", out)
    assert printed.exit_code == 0
    assert printed.stdout in run.stdout
    assert amnesty("waterfall", out, "--scenario", "short").stdout == printed.stdout
    assert amnesty("waterfall", out, "--scenario", file("short")).stdout == printed.stdout


def test_waterfall_of_several_scenarios_and_of_one(tmp_path):
    out = tmp_path / "run"
    amnesty("compare", *files("none", "short", "halves"), "--replications", 1, "--out", out)
    titles = re.findall(r"^Table 2.*", amnesty("waterfall", out).stdout, re.M)
    assert [title.split()[-1] for title in titles] == ["short", "halves"]
    one = amnesty("waterfall", out, "--scenario", "halves")
    assert re.findall(r"^Table 2.*", one.stdout, re.M) == [titles[1]]
    result = amnesty("waterfall", out, "--scenario", "none")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no scenario 'none' with decrees" in result.stderr


def test_table_prints_what_the_run_saved(tmp_path):
    out = tmp_path / "run"
    run = amnesty("compare", *files("none", "short"), "--replications", 2, "--assumptions", 1,
                  "--out", out)  # fmt: skip
    effects = amnesty("table", out, "effects").stdout
    rests_on = amnesty("table", out, "rests-on").stdout
    assert effects.strip() in run.stdout
    assert rests_on.startswith("Table 3.")
    assert amnesty("table", out).stdout.split("\n\n\n")[0].strip() == effects.strip()
    result = amnesty("table", out, "levels")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("command", ["waterfall", "table"])
def test_a_folder_without_a_run_is_told(tmp_path, command):
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "cells.sqlite").touch()
    for folder, told in (
        (tmp_path, " holds no run"),
        (tmp_path / "nowhere", ": no such folder"),
        (file("none"), " holds no run: it is a file; give the folder of a study"),
        (
            tmp_path / "begun",
            " holds no run yet, but cells of one; the command that began it goes on",
        ),
    ):
        result = amnesty(command, folder)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"{folder}{told}\n"


def test_a_run_without_decrees_has_no_waterfall(tmp_path):
    amnesty("run", file("none"), "--replications", 1, "--out", tmp_path / "run")
    result = amnesty("waterfall", tmp_path / "run")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has no decrees" in result.stderr


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    for more in ([], ["--force"]):
        result = amnesty("run", file("none"), "--out", tmp_path, *more)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "holds other files; give an empty or a new folder" in result.stderr
    assert names(tmp_path) == {"thesis.tex"}


def test_results_are_printed_though_they_cannot_be_saved(tmp_path, monkeypatch):
    def full(path, text):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(saving, "_write", full)
    result = amnesty("run", file("none"), "--replications", 1, "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert result.stdout.startswith("Levels: No pardon\n")
    assert "run: No space left on device; the run is not saved" in result.stderr
    assert names(tmp_path) == {"run/cells.sqlite", "run/.lock"}  # the cells are kept


# --- Unusual worlds.


def test_a_world_that_holds_nobody_gives_zeros(tmp_path):
    copies(tmp_path, "none", "short", "yearly")
    changed(tmp_path, "prisons", "held: {value: 200, low: 100", "held: {value: 0, low: 0")
    paths = [tmp_path / f"{name}.yaml" for name in ("none", "short", "yearly")]
    result = amnesty("compare", *paths, "--replications", 2)
    assert result.exit_code == 0, result.stderr
    rows = re.findall(r"^  (?:held|person|freed|deaths|returns).*", result.stdout, re.M)
    assert rows
    assert all(row.split("  ", 2)[2].split("  ")[-1] == "0 (always)" for row in rows)
    for path in paths:
        run = amnesty("run", path, "--replications", 2)
        assert run.exit_code == 0
        assert re.search(r"^held 5 years after +0 +error ±0", run.stdout, re.M)
    assert amnesty("check", *paths).exit_code == 0


def test_a_world_of_one_camp(tmp_path):
    copies(tmp_path, "short")
    changed(tmp_path, "prisons", """\
    south:
      province: coast
      size: {value: 2, low: 1, high: 5, unit: weight, source: assumption, grade: C}
""", "")  # fmt: skip
    result = amnesty("run", tmp_path / "short.yaml", "--replications", 2)
    assert result.exit_code == 0
    assert re.search(r"^released by the decree +\d", result.stdout, re.M)


@pytest.mark.parametrize(("end", "code"), [("2010-01-02", 2), ("2010-01-03", 0)])
def test_a_horizon_of_one_day_has_no_eve(tmp_path, end, code):
    copies(tmp_path, "none")
    changed(tmp_path, "prisons", "end: 2018-01-01", f"end: {end}")
    result = amnesty("run", tmp_path / "none.yaml", "--replications", 2)
    assert result.exit_code == code
    if code:
        assert result.stdout == ""
        assert "prisons.yaml:7: world.end: the first day with an eve, 2010-01-02," in result.stderr
    else:
        assert re.search(r"^held on the eve +\d", result.stdout, re.M)
        assert re.search(r"^person-years in custody +not observed$", result.stdout, re.M)


@pytest.mark.slow
def test_a_million_held(tmp_path):
    copies(tmp_path, "none", "short")
    held = "held: {value: 1000000, low: 100, high: 2000000"
    changed(tmp_path, "prisons", "held: {value: 200, low: 100, high: 400", held)
    paths = [tmp_path / f"{name}.yaml" for name in ("none", "short")]
    result = amnesty("compare", *paths, "--replications", 1, "--workers", 1)
    assert result.exit_code == 0
    [held] = re.findall(r"^  held on the eve +([\d,]+)", result.stdout, re.M)
    assert abs(int(held.replace(",", "")) - 1_000_000) < 20_000
