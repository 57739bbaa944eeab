"""The commands on laws in words, called as users call them."""

import json
from pathlib import Path

import pytest

from tests.cli.command import amnesty, changed, copies, file


def test_a_law_is_printed_in_words():
    result = amnesty("explain", "2020-anniversary.yaml")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "least seven tenths (70%) of the" in " ".join(result.stdout.split())


def test_a_law_is_printed_as_markdown_with_citations():
    result = amnesty("explain", "2020-anniversary.yaml", "--format", "markdown")
    assert result.stdout.startswith("# Pardon for the party's 75th anniversary, as announced\n")
    assert "\n### Who is barred\n" in result.stdout
    assert "[@dailynk-2020-07]" in result.stdout


def test_a_law_is_printed_as_latex_with_citations_and_paired_quotation_marks():
    text = amnesty("explain", "2020-anniversary.yaml", "--format", "latex").stdout
    assert text.startswith("\\section*{Pardon for the party's 75th anniversary, as announced}\n")
    assert "reported by \\cite{dailynk-2020-07}, grade A" in text
    assert "Barred as ``serious crime'' are those" in text
    assert "(70\\%)" in text
    assert text.count("\\begin{itemize}") == text.count("\\end{itemize}") == 3


def test_a_law_is_printed_as_data():
    told = json.loads(amnesty("explain", file("short"), "--format", "json").stdout)
    assert set(told) == {"heading", "name", "paragraphs", "items", "closing", "sections"}
    assert told["name"] == "short"


def test_a_sweep_is_explained_too():
    result = amnesty("explain", "sweeps/2020-left-open.yaml")
    assert "Variant: merit bars too" in result.stdout


@pytest.mark.parametrize("words", [["explain", "none.yaml", "--format", "html"], ["explain"]])
def test_wrong_usage_of_explain_is_told(words):
    result = amnesty(*words)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("command", ["explain", "diff"])
def test_mistakes_are_told_before_anything_is_printed(tmp_path, command):
    wrong = copies(tmp_path) / "wrong.yaml"
    wrong.write_text("title: Wrong\nextends: prisons.yaml\ndecree: {}\n", encoding="utf-8")
    files = [wrong] if command == "explain" else [tmp_path / "absent.yaml", wrong]
    result = amnesty(command, *files)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "did you mean 'decrees'?" in result.stderr
    assert ("absent.yaml: no such file" in result.stderr) == (command == "diff")


def test_a_difference_is_printed_with_its_first_day():
    files = ["2020-anniversary.yaml", "2020-arrest-drive.yaml"]
    result = amnesty("diff", *files)
    assert result.exit_code == 0
    assert "identical, person by person, before 9 October 2020" in result.stdout
    told = json.loads(amnesty("diff", *files, "--json").stdout)
    assert set(told) == {"differs", "first_day"}
    assert told["first_day"] == "2020-10-09"
    assert [set(one) for one in told["differs"]] == [
        {"decree", "stage", "about", "one", "other"}
    ] * len(told["differs"])


def test_the_same_file_twice_is_the_same():
    result = amnesty("diff", file("short"), file("short"))
    assert result.stdout == "The first file and the second file are the same.\n"
    told = json.loads(amnesty("diff", file("short"), file("short"), "--json").stdout)
    assert told == {"differs": [], "first_day": None}


def test_a_sweep_is_no_scenario_to_compare():
    result = amnesty("diff", "2020-anniversary.yaml", "sweeps/2020-education.yaml")
    assert result.exit_code == 2
    assert "is a sweep; expected a scenario" in result.stderr


def test_the_schema_is_json():
    assert json.loads(amnesty("schema").stdout)["$schema"].startswith("https://json-schema.org/")
    named = amnesty("schema", "--words-of", "dprk.yaml").stdout
    assert "human trafficking" in named
    assert amnesty("schema", "--words-of", "none.yaml").exit_code == 2


def test_a_starter_is_written_checked_and_never_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = amnesty("init")
    assert result.exit_code == 0
    assert result.stdout == "my-pardon.yaml\nsources.bib\n"
    assert result.stderr == "Next: amnesty check my-pardon.yaml\n"
    assert amnesty("check", "my-pardon.yaml").exit_code == 0
    assert amnesty("run", "my-pardon.yaml", "--replications", "1", "--quiet").exit_code == 0
    again = amnesty("init")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "is not overwritten" in again.stderr


def test_a_starter_in_a_world_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.chdir(copies(tmp_path))
    assert amnesty("init", "own", "--world", "prisons.yaml").exit_code == 0
    assert "\nextends: prisons.yaml " in Path("own.yaml").read_text(encoding="utf-8")
    assert amnesty("check", "own.yaml").exit_code == 0


def test_a_shipped_file_is_copied(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert amnesty("init", "--copy", "2020-anniversary.yaml").stdout == (
        "2020-anniversary.yaml\nsources.bib\n"
    )
    changed(tmp_path, "2020-anniversary", "    cap: none\n", "    cap: 50 per camp\n")
    assert amnesty("check", "2020-anniversary.yaml").exit_code == 0
    both = amnesty("init", "x", "--copy", "2020-anniversary.yaml", "--world", "dprk.yaml")
    assert (both.exit_code, Path("x.yaml").exists()) == (2, False)
    assert amnesty("init", "--copy", "2020-anniversery.yaml").exit_code == 2
