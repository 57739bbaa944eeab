"""The command as a process: streams, terminals, interruption and readers who leave early."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from tests.cli.command import PROGRAM, environment, file, files, program

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")
PAIR = ["compare", *files("none", "short"), "--replications", "2"]

TOLD = """
import sys
from sim.study import execute
whole = execute.run_task
def told(*words):
    print("begun", file=sys.stderr, flush=True)
    return whole(*words)
execute.run_task = told
from sim.cli import main
main()
"""
"""The command, telling when the first cell is begun."""


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


AT_ONCE = "from sim import cli; cli.BAR_AFTER_SECONDS = 0; cli.main()"


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


@POSIX
def test_an_interrupted_run_says_so_and_leaves_nothing(tmp_path):
    out = tmp_path / "run"
    words = [*PAIR[:-1], "100000", "--workers", "2", "--out", out]
    running = start((sys.executable, "-c", TOLD), words)
    assert running.stderr.readline() == "begun\n"
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 130, stderr
    assert stdout == ""
    said = [line for line in stderr.splitlines() if line != "begun"]
    assert said == ["Interrupted; nothing was saved. The same command begins again."]
    assert list(tmp_path.iterdir()) == []


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
def test_a_full_disk_is_told_and_the_earlier_run_is_kept(tmp_path):
    out = tmp_path / "run"
    assert program([*PAIR, "--out", out]).returncode == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    running = start(
        (sys.executable, "-c", LIMITED), [*PAIR, "--seed", "2", "--out", out, "--force"]
    )
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == 1
    assert stdout.startswith("Table 1.")
    assert stderr == f"{out}: File too large; the run is not saved\n"
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_equal_runs_print_and_save_the_same_whatever_the_order_of_hashes(tmp_path):
    texts = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        words = [*PAIR, "--assumptions", "1", "--out", out]
        done = program(words, PYTHONHASHSEED=seed)
        saved = {p.relative_to(out): p.read_bytes() for p in out.rglob("*")
                 if p.is_file() and p.name != "manifest.json"}  # fmt: skip
        texts.append((done.stdout, saved))
    assert texts[0] == texts[1]
