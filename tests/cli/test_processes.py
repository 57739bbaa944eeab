"""The command as a process: streams, terminals, interruption and readers who leave early."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from sim.study.state import state_of
from tests.cli.command import PROGRAM, environment, file, files, program

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")
PAIR = ["compare", *files("none", "short"), "--replications", "2"]

TOLD = """
import sys
from sim.study import study
whole = study.execute
def told(*words, **more):
    for cells in whole(*words, **more):
        print("begun", file=sys.stderr, flush=True)
        yield cells
study.execute = told
from sim.cli import main
main()
"""
"""The command, telling when the cells of a task are there."""


def start(program, words, **more):
    return subprocess.Popen(
        [*program, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", env=environment(), **more,
    )  # fmt: skip


def test_results_stand_on_stdout_and_messages_on_stderr(tmp_path):
    out = tmp_path / "run"
    done = program([*PAIR, "--json", "--out", out])
    assert done.returncode == 0
    assert json.loads(done.stdout)["manifest"]["command"][1:3] == ["compare", str(file("none"))]
    assert done.stderr == f"Saved in {out}\n"


@pytest.mark.parametrize("more", [{}, {"NO_COLOR": "1"}], ids=str)
def test_output_without_a_terminal_is_plain(more):
    done = program(PAIR, **more)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout


AT_ONCE = (
    "from sim import cli; from sim.cli import messages; messages.BAR_AFTER_SECONDS = 0; cli.main()"
)


@POSIX
@pytest.mark.parametrize(
    ("more", "words", "bar"),
    [({}, [], True), ({"NO_COLOR": "1"}, [], False), ({}, ["--quiet"], False)],
    ids=["coloured", "no colour", "quiet"],
)
def test_a_terminal_shows_a_bar_unless_told_otherwise(more, words, bar):
    import pty

    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, *map(str, PAIR), *words], stdout=subprocess.PIPE,
        stderr=theirs, env=environment(TERM="xterm", **more), check=True,
    )  # fmt: skip
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        shown = os.read(ours, 4096).decode(errors="replace")  # what a terminal holds unread
    except OSError:
        shown = ""
    os.close(ours)
    assert (re.search(r"cells .*\d/4", shown) is not None) == bar, shown
    assert bar or shown == ""
    assert b"\x1b" not in done.stdout


def interrupted(words):
    """Start a command and send Ctrl-C to all its processes once cells are there."""
    running = start((sys.executable, "-c", TOLD), words, start_new_session=True)
    for _ in range(8):
        assert running.stderr.readline() == "begun\n"
    os.killpg(running.pid, signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout) == (130, ""), stderr
    return [line for line in stderr.splitlines() if line != "begun"]


@POSIX
@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.slow), "2"])
def test_an_interrupted_study_says_what_is_kept_and_goes_on(tmp_path, workers):
    out = tmp_path / "run"
    words = [*PAIR[:-1], "3000", "--workers", workers]
    (said,) = interrupted([*words, "--out", out])
    found = re.fullmatch(
        r"Interrupted; (\d+) of 6000 cells are kept\. The same command goes on from there\.", said
    )
    assert found, said
    kept = int(found[1])
    assert 8 <= kept < 6000
    assert state_of(out).there == kept
    again = program([*PAIR[:-1], str(kept // 2 + 3), "--out", out])
    assert again.returncode == 0
    assert again.stderr.startswith(f"{kept} cells were there, ")


@pytest.mark.slow
@POSIX
def test_an_interrupted_run_without_a_folder_saves_nothing(tmp_path):
    said = interrupted([*PAIR[:-1], "3000"])
    assert said == [
        "Interrupted; nothing was saved. With --out, cells that are done would be kept."
    ]


@POSIX
def test_a_reader_who_leaves_early_sees_no_traceback_and_loses_nothing(tmp_path):
    out = tmp_path / "run"
    with start(PROGRAM, [*PAIR, "--out", out]) as running:
        running.stdout.close()
        stderr = running.stderr.read()
    assert running.returncode == 1
    assert stderr == f"Saved in {out}\n"
    assert (out / "manifest.json").is_file()


@POSIX
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
def test_a_full_standard_output_is_told():
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        done = subprocess.run(
            [*PROGRAM, "check", str(file("none"))], stdout=full, stderr=subprocess.PIPE, text=True,
            env=environment(), check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "standard output: No space left on device\n"


@pytest.mark.slow
def test_a_terminal_without_the_minus_sign_is_no_failure():
    done = subprocess.run(
        [*PROGRAM, *map(str, PAIR)], env=environment(PYTHONIOENCODING="latin-1"),
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u2212" in done.stdout
    assert b"error \xb1" in done.stdout


LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
from sim.cli import main
main()
"""


@POSIX
@pytest.mark.slow
def test_a_full_disk_is_told_and_the_earlier_run_is_kept(tmp_path):
    out = tmp_path / "run"
    assert program([*PAIR, "--out", out]).returncode == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    tables = {p.name for p in before} - {".lock", "cells.sqlite"}
    running = start((sys.executable, "-c", LIMITED), [*PAIR, "--seed", "2", "--out", out])
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 1
    assert stdout == ""
    assert re.fullmatch(r".*cells.sqlite: (database or disk is full|disk I/O error)\n", stderr)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.name in tables} == {
        p: text for p, text in before.items() if p.name in tables
    }
    assert state_of(out, checksums=True).damaged == 0
    assert program([*PAIR, "--out", out]).stderr.startswith("4 cells were there, 0 computed")


@pytest.mark.slow
def test_equal_runs_print_and_save_the_same_whatever_the_order_of_hashes(tmp_path):
    texts = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        words = [*PAIR, "--assumptions", "1", "--out", out]
        done = program(words, PYTHONHASHSEED=seed)
        saved = {p.relative_to(out): p.read_bytes() for p in out.rglob("*")
                 if p.is_file() and p.name not in ("manifest.json", "cells.sqlite")}  # fmt: skip
        texts.append((done.stdout, saved))
    assert texts[0] == texts[1]
