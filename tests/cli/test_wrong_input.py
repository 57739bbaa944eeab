"""Every bad input, through every command that reads it: told, and nothing run or written."""

import importlib
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from sim.cli.messages import OUR_OWN
from tests.cli.command import amnesty, changed, copies, file, program

HELD = "held: {value: 200, low: 100, high: 400, unit: persons, source: assumption, grade: C}"


def edit(name, *pairs):
    def make(folder: Path) -> Path:
        copies(folder, "short")
        for old, new in pairs:
            changed(folder, name, old, new)
        return folder / "short.yaml"

    return make


def written(text):
    def make(folder: Path) -> Path:
        copies(folder)
        path = folder / "short.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def circle(folder):
    copies(folder, "short")
    changed(folder, "prisons", "title:", "extends: short.yaml\ntitle:")
    return folder / "short.yaml"


def duplicate(folder):
    copies(folder, "short")
    return changed(
        folder, "short", "    grade: C\n    status", "    grade: C\n    grade: C\n    status"
    )


def directory(folder):
    (folder / "short.yaml").mkdir()
    return folder / "short.yaml"


NOBODY_DIES_AND_ALL_RETURN = (
    ("life: {value: 2%", "life: {value: 0%"),
    ("in custody: {value: 0.08, low: 0.02", "in custody: {value: 0, low: 0"),
    ("15 to 49: {value: 0.01, low: 0.005", "15 to 49: {value: 0, low: 0"),
    ("50 to 110: {value: 0.05, low: 0.02", "50 to 110: {value: 0, low: 0"),
    ("{value: 0.8, low: 0.5, high: 1.2", "{value: 900, low: 0.5, high: 900"),
    ("{value: 40%, low: 20%, high: 60%", "{value: 100%, low: 20%, high: 100%"),
    ("{value: 50%, low: 30%, high: 70%", "{value: 100%, low: 30%, high: 100%"),
)  # fmt: skip
BAD = {
    "a typo in a key": (
        edit("short", ("lists_due:", "list_due:")),
        r"short\.yaml:9: decrees\.jubilee\.list_due: unknown key.*did you mean 'lists_due'",
    ),
    "an unknown offence": (
        edit("short", ("{offence: robbery}\n", "{offence: robery}\n")),
        r"short\.yaml:12: decrees\.jubilee\.exclude\.robbers.*'robery': did you mean 'robbery'",
    ),
    "shares that do not sum to 1": (
        edit("prisons", ("share: {value: 60%, low: 30%", "share: {value: 61%, low: 30%")),
        r"prisons\.yaml:\d+: world\.offences: the shares sum to 1\.01; they must sum to 1",
    ),
    "a missing source": (
        edit("prisons", (HELD, HELD.replace("source: assumption, ", ""))),
        r"prisons\.yaml:8: world\.held\.source: 'source' is missing",
    ),
    "grade C without a range": (
        edit("prisons", (HELD, HELD.replace("low: 100, high: 400, ", ""))),
        r"prisons\.yaml:8: world\.held: grade C \(assumed\) needs a range: give 'low' and 'high'",
    ),
    "a number without unit": (
        edit("prisons", (HELD, HELD.replace("unit: persons, ", ""))),
        r"prisons\.yaml:8: world\.held\.unit: 'unit' is missing",
    ),
    "a threshold without unit": (
        edit(
            "short",
            ('"< 3 years", low: 2 years, high: 4 years', '"< 3", low: 2 years, high: 4 years'),
        ),
        r"short\.yaml:17: decrees\.jubilee\.clauses\.short sentence\.when\.sentence.*'3 years'",
    ),
    "an unreachable mean": (
        edit(
            "prisons",
            (
                "mean: {value: 2 years, low: 1 year, high: 3 years",
                "mean: {value: 6 years, low: 1 year, high: 6 years",
            ),
        ),
        r"prisons\.yaml:\d+: world\.offences\.theft\.sentence\.mean: .*mean",
    ),
    "more people than can be counted": (
        edit("prisons", (HELD, HELD.replace("200", "1e30").replace("400", "1e30"))),
        r"prisons\.yaml:\d+: world\S*: .*1e\+?30",
    ),
    "returns above the total": (
        edit("prisons", *NOBODY_DIES_AND_ALL_RETURN),
        r"prisons\.yaml:\d+: world\.returns: returns alone \(1\.00 per admission\) exceed",
    ),
    "a decree before the start": (
        edit("short", ("ordered: 2011-05-02", "ordered: 2009-05-02")),
        r"short\.yaml:8: decrees\.jubilee\.ordered: 2009-05-02 lies before the start",
    ),
    "granted before ordered": (
        edit(
            "short",
            (
                "{value: 2011-06-01, between: [2011-05-20, 2011-06-10]}",
                "{value: 2011-05-01, between: [2011-05-01, 2011-06-10]}",
            ),
        ),
        r"short\.yaml:10: decrees\.jubilee\.granted: 2011-05-01 lies before 'lists_due', 2011",
    ),
    "a circular extends": (circle, r"(short|prisons)\.yaml:\d: extends: a circle: .*short\.yaml"),
    "a duplicate key": (
        duplicate,
        r"short\.yaml:7: decrees\.jubilee\.grade: the key 'grade' stands here twice",
    ),
    "no such day": (
        edit("short", ("ordered: 2011-05-02", "ordered: 2020-13-10")),
        r"short\.yaml:8: decrees\.jubilee\.ordered.*no date: '2020-13-10'",
    ),
    "an empty file": (written(""), r"short\.yaml: is empty; expected a scenario or a world"),
    "a directory": (
        directory,
        r"short\.yaml: (is a folder; expected a YAML file|a folder without a scenario)",
    ),
    "a binary file": (written(bytes(range(256))), r"short\.yaml: is no UTF-8 text; expected YAML"),
    "a binary file of ascii": (written(b"\x00\x01\x02"), r"short\.yaml: no YAML: "),
    "a picture": (written(b"\x89PNG\r\n\x1a\n"), r"short\.yaml: is no UTF-8 text; expected YAML"),
    "no file": (lambda folder: folder / "short.yaml", r"short\.yaml: no such file"),
    "no YAML": (written("title: [a\n"), r"short\.yaml:\d: no YAML: "),
    "a list": (written("- a\n- b\n"), r"short\.yaml:1: expected keys such as 'title:'"),
    "extends nothing": (
        edit("short", ("extends: prisons.yaml", "extends: prison.yaml")),
        r"short\.yaml:2: extends: no such file: 'prison\.yaml', neither beside",
    ),
    "a name too long": (lambda folder: folder / ("a" * 300), r"a{300}: File name too long"),
}


@pytest.mark.parametrize("command", ["check", "run", "compare", "compare second", "--world"])
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_nothing_is_run_or_written(tmp_path, name, command):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    make, message = BAD[name]
    path = make(folder)
    shutil.copy(file("none"), folder)
    if not (folder / "prisons.yaml").exists():
        shutil.copy(file("prisons"), folder)
    words = {
        "check": ["check", path],
        "run": ["run", path, "--out", out],
        "compare": ["compare", path, folder / "none.yaml", "--out", out],
        "compare second": ["compare", folder / "none.yaml", path, "--out", out, "--json"],
        "--world": ["run", file("none"), "--world", path, "--out", out],
    }[command]
    before = sorted(folder.rglob("*"))
    result = amnesty(*words)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert re.search(message, result.stderr), result.stderr
    assert sorted(folder.rglob("*")) == before
    assert not out.exists()


def test_an_alternative_whose_world_cannot_be_solved_is_told_before_anything_runs(tmp_path):
    copies(tmp_path, "none", "short")
    changed(tmp_path, "short", "  number held: {range of: world.held}",
            "  mean of theft: {range of: world.offences.theft.sentence.mean}")  # fmt: skip
    changed(tmp_path, "prisons", "mean: {value: 2 years, low: 1 year, high: 3 years",
            "mean: {value: 2 years, low: 1 year, high: 6 years")  # fmt: skip
    out = tmp_path / "out"
    words = ["compare", tmp_path / "none.yaml", tmp_path / "short.yaml", "--out", out]
    result = amnesty(*words, "--replications", 1, "--assumptions", 1)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "world.offences.theft.sentence.mean" in result.stderr
    assert not out.exists()
    assert amnesty(*words, "--replications", 1).exit_code == 0  # the value itself can be reached


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    copies(tmp_path, "none")
    whole = Path.read_bytes

    def refuse(self):
        if self.name == "none.yaml":
            raise PermissionError(13, "Permission denied", str(self))
        return whole(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    for command in ("check", "run"):
        result = amnesty(command, tmp_path / "none.yaml")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"{tmp_path / 'none.yaml'}: cannot be read: Permission denied\n"


def test_a_world_needs_no_title_of_its_own_to_be_told_apart(tmp_path):
    shutil.copy(file("prisons"), tmp_path / "prisons.yaml")
    changed(tmp_path, "prisons", "title: Two small prisons\n", "")
    result = amnesty("check", tmp_path / "prisons.yaml")
    assert result.exit_code == 2
    assert "'title' is missing" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
def test_a_file_whose_name_is_no_text_is_told(tmp_path):
    copies(tmp_path, "none")
    path = (tmp_path / "none.yaml").rename(tmp_path / os.fsdecode(b"b\xff.yaml"))
    result = amnesty("run", path, "--replications", 1)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a name that cannot be printed; rename it" in result.stderr


@pytest.mark.parametrize(("old", "new"), [
    ("No pardon", '"\\ud83d"'), ("title", '"ti\\udc00tle"'),
])  # fmt: skip
def test_half_a_character_is_refused(tmp_path, old, new):
    copies(tmp_path, "none")
    changed(tmp_path, "none", old, new)
    out = tmp_path / "run"
    done = program(["run", tmp_path / "none.yaml", "--replications", 1, "--out", out])
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds half a character, which no file can hold" in done.stderr
    assert not out.exists()


def test_mistakes_that_are_named_by_their_module_are_there():
    for module, kinds in OUR_OWN.items():
        for kind in kinds:
            assert issubclass(getattr(importlib.import_module(module), kind), Exception)
            assert getattr(importlib.import_module(module), kind).__module__ == module
