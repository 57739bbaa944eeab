"""Running cells: every scenario of a replication on one drawing of its people.

The cells do not depend on the number of workers, nor on the order in which they are run.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from sim.custody.model import simulate as run_cell
from sim.custody.people import Columns, Prisons, people_at_hand, prisons
from sim.custody.record import Record
from sim.custody.streams import Draws
from sim.scenario.load import Scenario
from sim.study.cells import Point, Summary, summarise

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Task:
    """All points of one world in one replication."""

    points: tuple[Point, ...]
    seed: int
    replication: int


_SOLVED: dict[str, Prisons] = {}
_LOCK = Lock()


def solved(scenario: Scenario) -> Prisons:
    """Return a scenario's world, solved once per process.

    Raises
    ------
    ScenarioError
        If the world cannot be solved.
    """
    address = scenario.world_address
    with _LOCK:
        if address not in _SOLVED:
            try:
                _SOLVED[address] = prisons(scenario)
            except (ValueError, OverflowError) as error:  # numbers beyond what tables can hold
                raise scenario.problem(("world",), f"cannot be solved: {error}") from error
        return _SOLVED[address]


def run_task(task: Task, keep: Callable[[Point, Summary], Kept]) -> list[Kept]:
    """Run the points of a task, in order."""
    draws = Draws(task.seed, task.replication)
    people: Columns | None = None
    kept = []
    for point in task.points:
        world = solved(point.scenario)
        if people is None:
            people = people_at_hand(world, draws)
        cell = run_cell(point.scenario, world, draws, people=people)
        address = point.address(task.seed, task.replication, world.digest())
        kept.append(keep(point, summarise(point.label, task.replication, address, cell.record)))
    return kept


def tasks(points: Sequence[Point], seed: int, replications: int) -> list[Task]:
    """Group points by world and replication, replications first."""
    worlds: dict[str, list[Point]] = {}
    for point in points:
        worlds.setdefault(point.scenario.world_address, []).append(point)
    return [
        Task(tuple(group), seed, replication)
        for replication in range(replications)
        for group in worlds.values()
    ]


def execute(
    work: Sequence[Task],
    keep: Callable[[Point, Summary], Kept],
    *,
    workers: int = 1,
    processes: bool = False,
) -> Iterator[list[Kept]]:
    """Run tasks and yield what is kept of each, in the order of the tasks.

    Parameters
    ----------
    workers
        Number of workers; 1 runs in this thread.
    processes
        Whether workers are processes, not threads.
    """
    for task in work:
        for point in task.points[:1]:
            solved(point.scenario)
    if workers <= 1:
        for task in work:
            yield run_task(task, keep)
        return
    with _processes(workers) if processes else ThreadPoolExecutor(workers) as executor:
        waiting: list[Future[list[Kept]]] = []
        left = iter(work)
        try:
            for task in left:
                waiting.append(executor.submit(run_task, task, keep))
                if len(waiting) >= 4 * workers:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()


def _processes(workers: int) -> Executor:
    """Start workers from a clean process, so that no thread or lock is inherited."""
    server = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if server else "spawn")
    if isinstance(context, multiprocessing.context.ForkServerContext):
        context.set_forkserver_preload([__name__])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the process that coordinates."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
