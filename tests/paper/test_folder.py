"""The folder of a run: whole or not at all, and nobody else's files."""

import errno
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.paper import folder as module
from sim.paper.folder import (
    FolderError,
    SaveError,
    check_folder,
    write_folder,
)
from sim.paper.reading import read_tables, read_waterfall
from tests.cli.command import environment

FIRST = {"cells.csv": "a,b\n1,−2\n", "levels.txt": "Levels\n", "scenarios/one.json": "{}\n"}
SECOND = {"cells.csv": "a,b\n3,4\n", "effects-none.txt": "Table 1\n"}
ABOUT = {"seed": 1, "groups": {}}


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in sorted(folder.rglob("*")) if p.is_file()}  # fmt: skip


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
def earlier(tmp_path):
    """A folder with a good run."""
    write_folder(tmp_path / "run", FIRST, ABOUT)
    return tmp_path / "run"


# --- Writing.


def test_a_run_is_its_files_and_a_manifest_with_their_hashes(earlier):
    assert contents(earlier).keys() == {*FIRST, "manifest.json"}
    assert manifest(earlier)["seed"] == 1
    hashes = manifest(earlier)["files_sha256"]
    assert hashes == {name: hashlib.sha256((earlier / name).read_bytes()).hexdigest()
                      for name in FIRST}  # fmt: skip
    assert (earlier / "cells.csv").read_bytes() == FIRST["cells.csv"].encode()


def test_folders_above_are_made(tmp_path):
    write_folder(tmp_path / "a" / "b", FIRST, ABOUT)
    assert (tmp_path / "a" / "b" / "manifest.json").is_file()


def test_a_new_run_replaces_the_files_of_the_earlier_one_and_no_others(earlier):
    (earlier / "notes.md").write_text("mine", encoding="utf-8")
    write_folder(earlier, SECOND, ABOUT)
    assert contents(earlier).keys() == {*SECOND, "notes.md", "manifest.json"}
    assert not (earlier / "scenarios").exists()  # left empty
    assert (earlier / "notes.md").read_text(encoding="utf-8") == "mine"
    assert manifest(earlier)["files_sha256"].keys() == SECOND.keys()


def test_a_file_that_no_run_wrote_is_not_replaced(earlier):
    (earlier / "effects-none.txt").write_text("mine", encoding="utf-8")
    before = contents(earlier)
    with pytest.raises(SaveError, match=r"effects-none\.txt is not of an earlier run"):
        write_folder(earlier, SECOND, ABOUT)
    assert contents(earlier) == before


def test_a_manifest_that_points_outside_its_folder_removes_nothing_there(earlier, tmp_path):
    outside = tmp_path / "precious.csv"
    outside.write_text("mine", encoding="utf-8")
    told = manifest(earlier)
    told["files_sha256"].update({"../precious.csv": "", str(outside): ""})
    (earlier / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    write_folder(earlier, SECOND, ABOUT)
    assert outside.read_text(encoding="utf-8") == "mine"


# --- Failing.


def fail_on(monkeypatch, name, number=errno.ENOSPC):
    """Let the disk be full when a certain file is written."""
    whole = module._write

    def write(path, text):
        if path.name == name:
            half = path.with_name(name)
            half.parent.mkdir(parents=True, exist_ok=True)
            half.write_bytes(text.encode()[: len(text) // 2])
            raise OSError(number, "No space left on device", str(path))
        whole(path, text)

    monkeypatch.setattr(module, "_write", write)


@pytest.mark.parametrize("name", ["cells.csv", "effects-none.txt", "manifest.json"])
def test_an_earlier_run_outlives_a_full_disk(earlier, monkeypatch, name):
    before = contents(earlier)
    fail_on(monkeypatch, name)
    with pytest.raises(SaveError, match="No space left on device; the run is not saved"):
        write_folder(earlier, SECOND, ABOUT)
    assert contents(earlier) == before


@pytest.mark.parametrize("name", ["cells.csv", "manifest.json"])
def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch, name):
    fail_on(monkeypatch, name)
    with pytest.raises(SaveError):
        write_folder(tmp_path / "a" / "run", FIRST, ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing_behind(earlier, monkeypatch):
    before = contents(earlier)

    def interrupted(path, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(earlier, SECOND, ABOUT)
    assert contents(earlier) == before


def test_files_that_cannot_be_moved_leave_no_half_run(tmp_path, monkeypatch):
    whole, moved = Path.replace, []

    def replace(self, target):
        if len(moved) == 2:
            raise OSError(errno.EIO, "Input/output error", str(target))
        moved.append(target)
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(SaveError, match="Input/output error"):
        write_folder(tmp_path / "run", FIRST, ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_replaced_last(earlier, monkeypatch):
    whole, moved = Path.replace, []

    def replace(self, target):
        moved.append(target.name)
        if target.name == "manifest.json":
            assert contents(earlier).keys() >= SECOND.keys()
            assert not (earlier / "levels.txt").exists()
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    write_folder(earlier, SECOND, ABOUT)
    assert moved == ["cells.csv", "effects-none.txt", "manifest.json"]


LIMITED = """
import resource
from pathlib import Path
from sim.paper.folder import SaveError, write_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_folder(Path("run"), {"small.csv": "a", "cells.csv": "b" * 5000}, {})
except SaveError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_limit_on_file_sizes_is_a_message_and_leaves_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=tmp_path, env=environment(), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "run: File too large; the run is not saved"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


# --- Refusing.


def test_a_new_or_empty_folder_will_do(tmp_path):
    check_folder(tmp_path)
    check_folder(tmp_path / "new" / "run")
    assert list(tmp_path.iterdir()) == []  # nothing is made yet


def test_what_an_interrupted_run_left_does_not_bar_the_next(tmp_path):
    (tmp_path / module.UNFINISHED).mkdir()
    (tmp_path / module.UNFINISHED / "cells.csv").write_text("half", encoding="utf-8")
    check_folder(tmp_path)
    write_folder(tmp_path, FIRST, ABOUT)
    assert contents(tmp_path).keys() == {*FIRST, "manifest.json"}


@pytest.mark.parametrize("others", ["thesis.tex", "manifest.json"])
def test_a_folder_with_other_files_is_refused(tmp_path, others):
    (tmp_path / others).write_text('{"name": "some app"}', encoding="utf-8")
    with pytest.raises(FolderError, match="holds other files; give an empty or a new folder"):
        check_folder(tmp_path)


def test_an_earlier_study_may_go_on_whether_it_has_tables_or_not(earlier, tmp_path):
    check_folder(earlier)
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "cells.sqlite").write_bytes(b"")
    (tmp_path / "begun" / ".lock").write_bytes(b"")
    check_folder(tmp_path / "begun")


def test_a_file_is_no_folder(tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    for path in (file, file / "run"):
        with pytest.raises(FolderError, match="file is a file; give a folder"):
            check_folder(path)


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_runs(tmp_path, monkeypatch):
    def refuse(*words, **more):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(module, "TemporaryDirectory", refuse)
    with pytest.raises(SaveError, match="run cannot be written to: Permission denied"):
        check_folder(tmp_path / "run")


def test_a_name_too_long_is_told(tmp_path):
    with pytest.raises(SaveError, match="cannot be written to: File name too long"):
        check_folder(tmp_path / ("a" * 300))


# --- Reading.


def test_a_folder_without_a_run_has_no_tables(tmp_path):
    for read in (read_waterfall, read_tables):
        for path in (tmp_path, tmp_path / "nowhere"):
            with pytest.raises(FolderError, match=r"holds no run|no such folder"):
                read(path, None)


def test_a_run_without_decrees_has_no_waterfall(earlier):
    with pytest.raises(FolderError, match="has no decrees"):
        read_waterfall(earlier, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "scenario,decree\none,two\n",
        "scenario,decree,clause,stage,group,mean\ns,d,(decree),held,all,many\n",
        "\udcff",
    ],
    ids=["empty", "other columns", "too few columns", "no numbers", "no text"],
)
def test_damaged_files_are_told(tmp_path, text):
    write_folder(tmp_path, {"waterfall.csv": "a"}, ABOUT)
    (tmp_path / "waterfall.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(FolderError, match="are damaged"):
        read_waterfall(tmp_path, None)


def test_tables_are_read_by_kind(earlier):
    assert read_tables(earlier, None) == ["Levels\n"]
    assert read_tables(earlier, "levels") == ["Levels\n"]
    with pytest.raises(FolderError, match="has no table of that kind"):
        read_tables(earlier, "effects")
    with pytest.raises(
        FolderError, match="no kind of table 'figures': expected one of layers, effects"
    ):
        read_tables(earlier, "figures")
