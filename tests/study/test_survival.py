"""A study survives the death of its processes, a full disk and a folder that cannot be written."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.study.database import DamagedError
from sim.study.state import state_of
from sim.study.store import FILE, LOCK, Store
from sim.study.study import drop
from tests.cli.command import environment, file, files, program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

STUDY = ["compare", *files("none", "short", "halves"), "--assumptions", 1, "--seed", 5]
FEW, MANY = 12, 60
"""Replications."""
EAGER = """
from sim.study import study
study.CREW_FROM_SECONDS = study.BATCH_SECONDS = 0.0
from sim.cli import main
main()
"""
"""The command, with workers from the second task on and a commit after each."""


def contents(folder):
    """Every cell, and every file that carries no time."""
    with Store(folder / FILE, read_only=True) as store:
        cells = {key: (address, packed) for key, address, _, packed in store._rows()}
    kept = {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (FILE, LOCK, "manifest.json")
    }
    return cells, kept


def start(out, workers, replications=FEW):
    words = [*STUDY, "--replications", replications, "--out", out, "--workers", workers]
    return subprocess.Popen(
        [sys.executable, "-c", EAGER, *map(str, words)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True,
    )  # fmt: skip


def workers_of(process):
    """Process ids of the workers: descendants that have no child of their own."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(state[1])
    below, found = {process.pid}, set()
    while below:
        below = {child for child, parent in parents.items() if parent in below}
        found |= below
    return sorted(found - {parents[pid] for pid in found})


def undisturbed(out, replications):
    """Run the study; return what it left, and how many seconds that took."""
    began = time.monotonic()
    running = start(out, 2, replications)
    _, stderr = running.communicate(timeout=300)
    assert running.returncode == 0, stderr
    return contents(out), time.monotonic() - began


def killed(out, replications, moment, victim):
    """Kill a running study at a moment; tell whether cells were stored and others missing."""
    running = start(out, 2, replications)
    time.sleep(moment)
    alive = running.poll() is None
    workers = workers_of(running) if alive and victim == "a worker" else []
    if workers:
        os.kill(workers[-1], signal.SIGKILL)
        running.communicate(timeout=60)
    else:
        running.kill()
        running.communicate(timeout=60)
    state = begun(out)
    if state is None:
        return False
    assert state.damaged == 0
    return alive and 0 < state.there < state.wanted


def begun(out):
    """Look at a study, all checksums too; None before it has a store."""
    try:
        return state_of(out, checksums=True)
    except DamagedError:
        return None


def disturbed(out, replications, seconds, kills):
    """Kill a study again and again, then let it end; return how many kills hit it half done."""
    chance = random.Random(kills)
    hits = 0
    for _ in range(kills):
        moment = 0.4 + chance.random() * seconds * 0.5
        hits += killed(out, replications, moment, chance.choice(["a worker", "the coordinator"]))
        state = begun(out)
        if state is not None and state.there > 0.9 * state.wanted:
            drop(out)  # begin again, so that the next kill finds something missing
    running = start(out, 2, replications)
    _, stderr = running.communicate(timeout=300)
    assert running.returncode == 0, stderr
    return hits


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds its workers in /proc")
@pytest.mark.parametrize(
    ("replications", "kills", "at_least"),
    [
        pytest.param(FEW, 2, 0, marks=pytest.mark.slow),
        pytest.param(MANY, 20, 15, marks=pytest.mark.slow),
    ],
)
def test_a_study_killed_at_random_moments_ends_as_if_undisturbed(
    tmp_path, replications, kills, at_least
):
    (cells, files), seconds = undisturbed(tmp_path / "undisturbed", replications)
    out = tmp_path / "study"
    hits = disturbed(out, replications, seconds, kills)
    assert hits >= at_least, hits
    found = contents(out)
    assert found[0] == cells
    assert found[1] == files


def test_a_killed_worker_is_told_and_the_cells_are_kept(tmp_path):
    out = tmp_path / "study"
    running = start(out, 2)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        state = begun(out)
        if state is not None and state.there > 3 and len(workers_of(running)) >= 2:
            break
        time.sleep(0.02)
    os.kill(workers_of(running)[-1], signal.SIGKILL)
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout) == (1, "")
    assert "a worker process was killed (too little memory? fewer workers need less)" in stderr
    assert "cells are kept, the same command goes on" in stderr


@pytest.mark.slow
def test_workers_leave_when_the_coordinator_is_killed(tmp_path):
    running = start(tmp_path / "study", 2)
    until = time.monotonic() + 60
    while len(workers := workers_of(running)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    workers = workers_of(running)
    running.kill()
    running.communicate(timeout=60)
    until = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


@pytest.mark.slow
def test_a_second_process_on_a_study_says_so_and_leaves(tmp_path):
    out = tmp_path / "study"
    running = start(out, 1, 50 * MANY)  # it has to outlast the start of the second
    until = time.monotonic() + 60
    while not (out / FILE).is_file() and time.monotonic() < until:
        time.sleep(0.01)
    second = program([*STUDY, "--out", out])
    assert (second.returncode, second.stdout) == (2, "")
    *_, told = second.stderr.splitlines()
    assert told == f"{out}: another process works on this study; wait until it has ended"
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=120)
    assert running.returncode == 130, stderr


# --- Disks.


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MB: the cells of several seconds, stored every second or so."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_told_and_what_was_stored_is_kept(small_disk, tmp_path):
    out = small_disk / "study"
    done = program([*STUDY, "--replications", 20 * MANY, "--out", out, "--workers", 1])
    assert (done.returncode, done.stdout) == (1, "")
    assert "cells.sqlite: database or disk is full. What was committed is kept" in done.stderr
    state = state_of(out, checksums=True)
    assert 0 < state.there < state.wanted
    assert state.damaged == 0
    moved = tmp_path / "larger disk"
    moved.mkdir()
    for path in out.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    again = program([*STUDY, "--replications", FEW, "--out", moved])
    assert again.returncode == 0
    (there,) = (line for line in again.stderr.splitlines() if " cells were there" in line)
    assert int(there.split()[0]) > 0


def test_a_folder_that_cannot_be_written_to_is_told(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = program([*STUDY, "--out", small_disk / "study"])
    assert (done.returncode, done.stdout) == (1, "")
    assert "study cannot be written to: Read-only file system" in done.stderr


@pytest.mark.slow
def test_a_study_on_a_read_only_disk_can_be_looked_at(small_disk):
    out = small_disk / "study"
    words = ["run", file("none"), "--replications", 1, "--out", out]
    assert program(words).returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert program(["status", out]).stdout.startswith(f"{out}: 1 of 1 cells")
    assert program(["table", out]).returncode == 0
    again = program(words)
    assert (again.returncode, again.stdout) == (1, "")


# --- Extending.


@pytest.mark.slow
def test_extending_leaves_what_was_there_byte_by_byte(tmp_path):
    out = tmp_path / "study"
    words = ["compare", *files("none", "short"), "--out", out, "--replications"]
    assert program([*words, 10]).returncode == 0
    before, _ = contents(out)
    done = program([*words, 20])
    assert done.stderr.startswith("20 cells were there, 20 computed\n")
    after, _ = contents(out)
    assert len(after) == 40
    assert {key: after[key] for key in before} == before
