"""Cells computed on a Dask cluster are those computed here, also when a worker dies."""

import json
import subprocess
import sys
import time

import pytest

from sim.study.database import DamagedError
from sim.study.state import state_of
from tests.cli.command import environment, files, program
from tests.study.test_survival import contents

STUDY = ["compare", *files("none", "short", "halves"), "--seed", 5, "--replications"]
FEW, MANY = 4, 40


def dask(what, *words):
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{what}", *map(str, words)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with two workers, each a process of its own that nobody restarts."""
    place = tmp_path_factory.mktemp("dask") / "scheduler.json"
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    running = [dask("scheduler", *here, "--port", 0, "--scheduler-file", place)]
    until = time.monotonic() + 60
    while not _written(place) and time.monotonic() < until:
        time.sleep(0.05)
    running += [
        dask("worker", *here, "--no-nanny", "--nthreads", 1, "--scheduler-file", place,
             "--local-directory", place.parent / f"worker {i}")
        for i in range(2)
    ]  # fmt: skip
    yield place, running
    for process in reversed(running):
        process.kill()
        process.wait()


def _written(place):
    try:
        return bool(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False


def ready(place, workers):
    """Wait until so many workers are connected."""
    from distributed import Client

    with Client(scheduler_file=str(place), timeout=60, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


@pytest.mark.slow
def test_a_cluster_gives_the_same_cells_and_tables_though_a_worker_is_killed(cluster, tmp_path):
    place, running = cluster
    ready(place, 2)
    here = program([*STUDY, MANY, "--workers", 1, "--out", tmp_path / "here"])
    assert here.returncode == 0
    words = [*STUDY, MANY, "--cluster", place, "--out", tmp_path / "there"]
    command = [sys.executable, "-c", EAGER, *map(str, words)]
    study = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    until = time.monotonic() + 60
    while not _begun(tmp_path / "there") and time.monotonic() < until:
        time.sleep(0.02)
    state = state_of(tmp_path / "there")
    assert 0 < state.there < state.wanted  # in the middle
    running[1].kill()
    stdout, stderr = study.communicate(timeout=120)
    assert study.returncode == 0, stderr
    assert stdout == here.stdout
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


EAGER = """
from sim.study import study
study.BATCH_SECONDS = 0.0
from sim.cli import main
main()
"""


def _begun(folder):
    try:
        return state_of(folder).there > 2
    except DamagedError:  # nothing is there yet
        return False


def test_a_cluster_that_does_not_answer_is_told(tmp_path):
    out = tmp_path / "study"
    done = program([*STUDY, FEW, "--cluster", "tcp://127.0.0.1:9", "--out", out])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("--cluster tcp://127.0.0.1:9: no scheduler answers: ")
    assert not out.exists()


@pytest.mark.parametrize("place", ["nowhere", "tcp://", "no such scheme://host:1"])
def test_an_address_that_is_none_is_told(place, tmp_path):
    done = program([*STUDY, FEW, "--cluster", place, "--out", tmp_path / "study"])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"--cluster {place}: expected an address such as tcp://host:8786")
    assert list(tmp_path.iterdir()) == []
