"""Running cells: every scenario of a replication on one drawing of its people.

The cells do not depend on the number of workers, on their kind, nor on the order of the tasks.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from sim.custody.columns import Columns
from sim.custody.model import everybody
from sim.custody.model import simulate as run_cell
from sim.custody.prisons import Prisons, prisons
from sim.custody.record import Record
from sim.custody.remembered import Remembered
from sim.custody.streams import Draws
from sim.scenario.scenario import Scenario
from sim.study.cells import Key, Packed, Point, summarise
from sim.study.memory import keep_freed_memory
from sim.study.packing import pack

AHEAD = 4
"""Tasks handed out per worker, so that none waits for the coordinator."""
LOOK_EVERY_SECONDS = 0.5
"""How often the coordinator looks up from waiting."""
WORLDS_KEPT = 4
"""Solved worlds that a process remembers; one takes some 25 MB."""


@dataclass(frozen=True)
class Task:
    """Points of one world, in some replications."""

    points: tuple[Point, ...]
    seed: int
    replications: tuple[int, ...]


_SOLVED: Remembered[str, Prisons] = Remembered(WORLDS_KEPT)


def solved(scenario: Scenario) -> Prisons:
    """Return a scenario's world, solved once while it is remembered.

    Raises
    ------
    ScenarioError
        If the world cannot be solved.
    """
    try:
        return _SOLVED.of(scenario.world_address, lambda: prisons(scenario))
    except (ValueError, OverflowError) as error:  # numbers beyond what tables can hold
        raise scenario.problem(("world",), f"cannot be solved: {error}") from error


def run_task(task: Task) -> list[Packed]:
    """Run the cells of a task, replication by replication.

    Raises
    ------
    ScenarioError
        If the world cannot be solved.
    """
    keep_freed_memory()
    done = []
    # Whoever lives without a decree shows what follows for those whom the others' do not reach.
    order = sorted(
        range(len(task.points)), key=lambda number: bool(task.points[number].scenario.decrees)
    )
    for replication in task.replications:
        draws = Draws(task.seed, replication)
        people: Columns | None = None
        cells: dict[int, Packed] = {}
        for number in order:
            point = task.points[number]
            world = solved(point.scenario)
            if people is None and len(order) > 1:
                people = everybody(world, draws)
            cell = run_cell(point.scenario, world, draws, people=people)
            digest = world.digest()
            address = point.address(task.seed, replication, digest)
            cells[number] = Packed(
                Key(point.key, task.seed, replication), address, point.scenario.world_address,
                digest, pack(summarise(point.label, replication, address, cell.record)),
            )  # fmt: skip
        done += [cells[number] for number in range(len(order))]
    return done


def execute(
    work: Sequence[Task],
    executor: Executor | None,
    *,
    ahead: int = 2 * AHEAD,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[list[Packed]]:
    """Run tasks and yield the cells of each as it is done, in any order.

    Parameters
    ----------
    executor
        Runs the tasks elsewhere; None runs them here, one after another.
    ahead
        Tasks handed out at a time.
    stop
        Asked now and then; once true, no further task is begun and those at hand are finished.
    """
    if executor is None:
        for task in work:
            if stop():
                return
            yield run_task(task)
        return
    left = iter(work)
    waiting: set[Future[list[Packed]]] = set()
    try:
        while True:
            if stop():
                left = iter(())
                waiting = {future for future in waiting if not future.cancel()}
            while len(waiting) < ahead and (following := next(left, None)) is not None:
                waiting.add(executor.submit(run_task, following))
            if not waiting:
                return
            done, waiting = wait(waiting, LOOK_EVERY_SECONDS, FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """Provide workers in processes of their own; None for one, which is this process."""
    if workers <= 1:
        yield None
        return
    server = "forkserver" in multiprocessing.get_all_start_methods()
    # From a clean server, so that no thread or lock of this process is inherited.
    context = multiprocessing.get_context("forkserver" if server else "spawn")
    if isinstance(context, multiprocessing.context.ForkServerContext):
        context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(workers, context, initializer=_leave_with_parent) as pool:
        with _interrupts_held():
            pool.submit(processors)  # the first task starts the processes
        yield pool


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Leave Ctrl-C to this process: those begun meanwhile inherit that it is blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_with_parent() -> None:
    """End this worker when the process that coordinates is gone, however that died."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def simulate(scenario: Scenario, *, seed: int = 1, replication: int = 0) -> Record:
    """Run one scenario in one replication and return its record.

    Raises
    ------
    ScenarioError
        If the scenario's world cannot be solved.
    """
    return run_cell(scenario, solved(scenario), Draws(seed, replication)).record
