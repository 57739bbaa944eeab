"""Wrong turns of someone who uses the command for the first time: each is told the way on."""

import shutil
import subprocess
from importlib.metadata import version

import pytest

from sim.paper.manifest import _revision
from sim.study.cells import MODEL_VERSION
from tests.cli.command import amnesty, copies, file, files


def test_the_version_of_program_and_model_is_told():
    result = amnesty("--version")
    assert result.exit_code == 0
    assert result.stdout == f"amnesty {version('amnesty-sim')}, model version {MODEL_VERSION}\n"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("short.yml", "short.yaml"),
        ("shrot.yaml", "short.yaml"),
        ("2020-aniversary.yaml", "2020-anniversary.yaml"),
        ("laws/france-199.yaml", "laws/france-1999.yaml"),
    ],
)
def test_a_misspelt_file_is_told_with_the_nearest(tmp_path, monkeypatch, asked, meant):
    copies(tmp_path, "short")
    monkeypatch.chdir(tmp_path)
    result = amnesty("check", asked)
    assert result.exit_code == 2
    assert result.stderr == f"{asked}: no such file; did you mean '{meant}'?\n"
    result = amnesty("run", "short.yaml", "--world", asked)
    assert (result.exit_code, result.stderr) == (
        2,
        f"{asked}: no such file; did you mean '{meant}'?\n",
    )


def test_no_file_is_suggested_that_only_ends_alike(tmp_path, monkeypatch):
    copies(tmp_path, "short")
    monkeypatch.chdir(tmp_path)
    assert amnesty("check", "xyz.yaml").stderr == "xyz.yaml: no such file\n"
    assert amnesty("check", "nowhere/xyz.yaml").stderr == "nowhere/xyz.yaml: no such file\n"


def test_one_file_alone_is_said_to_be_compared_with_nothing():
    result = amnesty("compare", file("short"), "--replications", 1)
    assert result.exit_code == 0
    assert "One file alone is compared with nothing" in result.stderr
    result = amnesty("compare", *files("none", "short"), "--replications", 1)
    assert "alone" not in result.stderr


def test_assumptions_of_files_that_list_none_are_told():
    result = amnesty(
        "compare", *files("none", "short", "halves"), "--replications", 1, "--assumptions", 1
    )
    assert result.exit_code == 0
    assert "--assumptions: halves: no 'rests on' in the file" in result.stderr
    result = amnesty("compare", *files("none", "short"), "--replications", 1, "--assumptions", 1)
    assert "--assumptions" not in result.stderr
    result = amnesty("compare", *files("none", "halves"), "--replications", 1)
    assert "--assumptions" not in result.stderr


def test_folders_above_studies_name_them_and_tables_name_what_makes_them(tmp_path):
    amnesty("compare", *files("none", "short"), "--replications", 1, "--out", tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    result = amnesty("table", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"{tmp_path} holds no run; below it do {tmp_path / 'one'}, {tmp_path / 'two'}\n"
    )
    for words in (("sweep",), ("rests-on",), ("rests-on", "--format", "latex")):
        result = amnesty("table", tmp_path / "one", *words)
        assert result.exit_code == 2
        assert "has no table of that kind; it is made by" in result.stderr


def test_measures_are_asked_for_by_what_tables_call_them(tmp_path):
    study = tmp_path / "study"
    amnesty("compare", *files("none", "short"), "--replications", 2, "--out", study)
    printed = amnesty("table", study, "effects", "--measures", "deaths averted,freed by decree")
    assert printed.exit_code == 0
    assert "deaths averted" in printed.stdout
    named = amnesty(
        "table", study, "effects", "--measures", "deaths in custody or after,freed by decree"
    )
    assert named.stdout == printed.stdout
    wrong = amnesty("table", study, "effects", "--measures", "deaths avertet")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "did you mean 'deaths averted'?" in wrong.stderr


def test_a_package_below_the_repository_of_a_paper_does_not_take_its_commit(tmp_path):
    def git(*words):
        subprocess.run(["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c",
                        *words], check=True, capture_output=True)  # fmt: skip

    git("init")
    code = tmp_path / "env" / "code.py"
    code.parent.mkdir()
    code.touch()
    git("commit", "--allow-empty", "-m", "a paper")
    assert _revision(code) == {"commit": "unknown"}
    git("add", "env/code.py")
    git("commit", "-m", "its own code")
    found = _revision(code)
    assert len(str(found["commit"])) == 40
    assert found["changed"] is False
