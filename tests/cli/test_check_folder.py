"""`amnesty check` on folders: every file below, told apart; nothing there is a mistake."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.cli.command import ROOT, amnesty, copies, file, program

SWEEP = """\
title: Halves in two sizes
sweep: halves.yaml
vary: {decrees.mercy.cap: [none, 5 in all]}
"""


def test_a_folder_is_every_file_below_it(tmp_path):
    copies(tmp_path, "short", "none")
    below = tmp_path / "below"
    below.mkdir()
    copies(below, "short")
    shutil.copy(file("short"), below / "again.yml")
    (tmp_path / "notes.txt").write_text("no scenario", encoding="utf-8")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "wrong.yaml").write_text("no: scenario\n", encoding="utf-8")
    alone = amnesty("check", tmp_path / "short.yaml")
    result = amnesty("check", tmp_path)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    names = ["below/again.yml", "below/prisons.yaml", "below/short.yaml",
             "none.yaml", "prisons.yaml", "short.yaml"]  # fmt: skip
    assert [line.split(": ")[0] for line in lines] == [str(tmp_path / name) for name in names]
    assert alone.stdout.strip() in lines


def test_the_mistakes_of_all_files_are_told_and_counted(tmp_path):
    copies(tmp_path, "short", "wrong-case")
    held = amnesty("check", tmp_path)
    assert held.exit_code == 3
    (tmp_path / "typo.yaml").write_text("title: x\nextend: short.yaml\n", encoding="utf-8")
    wrong = amnesty("check", tmp_path)
    assert wrong.exit_code == 2
    assert "typo.yaml:2" in wrong.stderr
    assert "in order" in wrong.stdout


def test_json_of_a_folder_is_that_of_its_files(tmp_path):
    copies(tmp_path, "short", "none")
    names = [tmp_path / name for name in ("none.yaml", "prisons.yaml", "short.yaml")]
    folder, each = amnesty("check", tmp_path, "--json"), amnesty("check", *names, "--json")
    assert json.loads(folder.stdout) == json.loads(each.stdout)


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_folder_without_files_is_a_mistake(tmp_path, words):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "notes.txt").write_text("nothing", encoding="utf-8")
    result = amnesty("check", tmp_path, *words)
    assert result.exit_code == 2
    assert "without a scenario file" in result.stderr
    if words:
        [found] = json.loads(result.stdout)["files"]
        assert not found["ok"]
        assert found["errors"][0]["file"] == str(tmp_path)


def test_sweeps_and_worlds_below_a_folder_are_told_apart(tmp_path):
    copies(tmp_path, "halves")
    (tmp_path / "sizes.yaml").write_text(SWEEP, encoding="utf-8")
    result = amnesty("check", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert "sizes.yaml: in order" in result.stdout


def test_shipped_folders_go_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = amnesty("check", "sweeps")
    assert result.exit_code == 0
    assert "2020-education.yaml: in order" in result.stdout


def test_the_cases_of_the_history_hold():
    result = amnesty("check", "history")
    assert result.exit_code == 0, result.stdout
    years = [line.rpartition("/")[2][:4] for line in result.stdout.splitlines()]
    assert {"2010", "2012", "2015", "2018", "2020", "2022", "2025"} <= set(years)


@pytest.mark.parametrize("command", ["run", "compare", "explain"])
def test_other_commands_refuse_a_folder(tmp_path, command):
    copies(tmp_path, "short")
    assert amnesty(command, tmp_path).exit_code == 2


@pytest.mark.slow
def test_every_shipped_file_is_in_order():
    result = program(["check", ROOT / "scenarios"])
    assert result.returncode == 0, result.stdout + result.stderr
    found = result.stdout.splitlines()
    assert len(found) == len(list((ROOT / "scenarios").rglob("*.yaml")))
    assert all("in order" in line for line in found)
