"""A study: the cells that are asked for, those there already, and the way from one to the other."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from sim.study.cells import Key, Packed, Point, Summary, Wanted
from sim.study.database import StoreError
from sim.study.execute import AHEAD, Task, execute, processes
from sim.study.lock import Lock
from sim.study.store import FILE, LOCK, Store

BATCH_SECONDS = 1.0
"""Cells wait at most so long before they are committed."""
BATCH_CELLS = 256
CREW_FROM_SECONDS = 2.0
"""Processes take most of a second to start and solve their world anew; less work is done here."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Ask:
    """Replications 0 to n − 1 of a design point."""

    point: Point
    replications: int


@dataclass(frozen=True)
class Plan:
    """What a study has to do.

    Attributes
    ----------
    there
        Cells that are asked for and there already.
    missing
        Tasks that compute the others.
    to_compute
        The number of cells of those tasks.
    damaged
        Cells there whose checksum does not hold; they are computed again.
    changed
        Labels whose files changed since the study asked for them last.
    """

    there: int
    missing: tuple[Task, ...]
    to_compute: int
    damaged: tuple[Key, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Shard:
    """One of several parts of a study, computed apart: part 1 to `of`."""

    number: int
    of: int


class InterruptedStudyError(Exception):
    """Ctrl-C: what was finished is kept."""

    def __init__(self, done: int, total: int, *, kept: bool) -> None:
        super().__init__(done, total, kept)
        self.done, self.total, self.kept = done, total, kept


class WorkerLostError(Exception):
    """A worker process died."""


@dataclass(frozen=True)
class Crew:
    """Who runs the tasks: an executor, or processes on this machine."""

    workers: int = 1
    executor: Executor | None = None

    @contextmanager
    def at_work(self) -> Iterator[tuple[Executor | None, int]]:
        """Provide an executor, None for this process, and how many tasks to hand out."""
        if self.executor is not None:
            yield self.executor, AHEAD * max(self.workers, 1)
            return
        with processes(self.workers) as pool:
            yield pool, AHEAD * self.workers


class Study:
    """Cells of scenarios, in a folder that can be extended, or for this process alone.

    Parameters
    ----------
    folder
        Where the store is; None for a temporary one.
    afresh
        Whether to drop the cells that the folder has.
    read_only
        Whether to leave the folder as it is; another process may work on it meanwhile.

    Raises
    ------
    BusyError
        If another process works on this folder.
    StoreError
        If the store cannot be opened or made.
    """

    def __init__(
        self, folder: Path | None = None, *, afresh: bool = False, read_only: bool = False
    ) -> None:
        self.folder = folder
        with ExitStack() as opened:
            if folder is not None and not read_only:
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                    opened.enter_context(Lock(folder / LOCK))
                    if afresh:
                        drop(folder)
                except OSError as error:
                    raise StoreError(f"{folder}: {error.strerror or error}") from None
            path = None if folder is None else folder / FILE
            self.store = opened.enter_context(Store(path, read_only=read_only))
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        """Return the study itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store and let go of the folder."""
        self._opened.close()

    def plan(self, asked: Sequence[Ask], seed: int, shard: Shard | None = None) -> Plan:
        """Find what is there and what is missing, nothing twice."""
        wanted = _cells(asked, seed, shard)
        there = self.store.there() & wanted.keys()
        damaged = self.store.damaged(there) if there else []
        sound = there - set(damaged)
        missing = {key: point for key, point in wanted.items() if key not in sound}
        before = {w.label: w.point for w in self.store.wanted()}
        return Plan(
            len(sound), tuple(tasks(missing)), len(missing), tuple(damaged),
            tuple(a.point.label for a in asked
                  if before.get(a.point.label, a.point.key) != a.point.key),
        )  # fmt: skip

    def compute(
        self,
        asked: Sequence[Ask],
        seed: int,
        *,
        crew: Crew | None = None,
        shard: Shard | None = None,
        progress: Progress | None = None,
    ) -> Plan:
        """Compute the cells that are missing, commit them batch by batch, and return the plan.

        Raises
        ------
        InterruptedStudyError
            After Ctrl-C; cells that were finished are kept.
        ScenarioError
            If a world cannot be solved.
        StoreError
            If cells cannot be written.
        WorkerLostError
            If a worker process died.
        """
        plan = self.plan(asked, seed, shard)
        wanted = [Wanted(a.point.label, a.point.key, seed, a.replications) for a in asked]
        self.store.describe((a.point for a in asked), wanted)
        if not plan.missing:
            return plan
        total, done = plan.there + plan.to_compute, plan.there
        with _interrupts() as stop:
            batch = _Batch(self.store)
            try:
                for cells in _run(plan.missing, crew or Crew(), stop):
                    batch.add(cells)
                    done += len(cells)
                    if progress is not None:
                        progress(done, total)
            except BrokenExecutor:
                batch.commit()
                raise WorkerLostError(self._lost(done, total)) from None
            batch.commit()
        if done < total:
            raise InterruptedStudyError(done, total, kept=self.folder is not None)
        return plan

    def _lost(self, done: int, total: int) -> str:
        kept = (
            f"; {done} of {total} cells are kept, the same command goes on" if self.folder else ""
        )
        return f"a worker process was killed (too little memory? fewer workers need less){kept}"

    def summaries(self, ask: Ask, seed: int) -> Iterator[Summary]:
        """Read the cells of a design point, replication by replication.

        Raises
        ------
        KeyError
            If one is not there.
        DamagedError
            If one is damaged.
        """
        key = ask.point.key
        for replication in range(ask.replications):
            yield self.store.summary(Key(key, seed, replication), ask.point.label)


def open_to_look(folder: Path | None) -> Study:
    """Open a study to see what is there; a folder without one is left without one."""
    if folder is None or not (folder / FILE).is_file():
        return Study()
    return Study(folder, read_only=True)


def expected_seconds(plan: Plan, workers: int) -> float:
    """Time the first missing task and infer how long all of them take."""
    if not plan.missing:
        return 0.0
    began = time.monotonic()
    for _ in execute(plan.missing[:1], None):
        pass
    cells = sum(len(task.points) * len(task.replications) for task in plan.missing[:1])
    return (time.monotonic() - began) / cells * plan.to_compute / workers


def drop(folder: Path) -> None:
    """Remove the store of a folder."""
    for ending in ("", "-wal", "-shm", "-journal"):
        (folder / f"{FILE}{ending}").unlink(missing_ok=True)


def _run(work: Sequence[Task], crew: Crew, stop: Callable[[], bool]) -> Iterator[list[Packed]]:
    """Run the first task here; call in the crew for the others if that is worth the while."""
    began = time.monotonic()
    alone = work[:1] if crew.executor is None else ()
    yield from execute(alone, None, stop=stop)
    rest = work[len(alone) :]
    expected_seconds = (time.monotonic() - began) * len(rest)
    if crew.executor is None and (crew.workers <= 1 or expected_seconds < CREW_FROM_SECONDS):
        yield from execute(rest, None, stop=stop)
        return
    with crew.at_work() as (executor, ahead):
        yield from execute(rest, executor, ahead=ahead, stop=stop)


class _Batch:
    """Gathers cells until it is time to commit them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cells: list[Packed] = []
        self._since = time.monotonic()

    def add(self, cells: Sequence[Packed]) -> None:
        self._cells += cells
        late = time.monotonic() - self._since >= BATCH_SECONDS
        if late or len(self._cells) >= BATCH_CELLS:
            self.commit()

    def commit(self) -> None:
        if self._cells:
            self._store.add(self._cells)
        self._cells = []
        self._since = time.monotonic()


def _cells(asked: Sequence[Ask], seed: int, shard: Shard | None) -> dict[Key, Point]:
    """Every cell asked for, once; of a shard every n-th drawing of people."""
    groups: dict[tuple[int, str], dict[Key, Point]] = {}
    for ask in asked:
        key, world = ask.point.key, ask.point.scenario.world_address
        for replication in range(ask.replications):
            group = groups.setdefault((replication, world), {})
            group.setdefault(Key(key, seed, replication), ask.point)
    chosen = sorted(groups) if shard is None else sorted(groups)[shard.number - 1 :: shard.of]
    return {key: point for group in chosen for key, point in groups[group].items()}


def tasks(missing: Mapping[Key, Point]) -> list[Task]:
    """Group cells by world and replication, so that drawings of people are shared.

    With few worlds, replications come first: any prefix of the work is a smaller study. With
    many, a world's replications stay together, since each process has to solve it.
    """
    groups: dict[tuple[int, str], list[Key]] = {}
    for key, point in missing.items():
        groups.setdefault((key.replication, point.scenario.world_address), []).append(key)
    if len({world for _, world in groups}) <= MANY_WORLDS:
        return [
            Task(tuple(missing[key] for key in keys), keys[0].seed, (replication,))
            for (replication, _), keys in groups.items()
        ]
    together: dict[tuple[str, ...], list[Key]] = {}
    for keys in groups.values():
        together.setdefault(tuple(key.point for key in keys), []).extend(keys)
    return [
        Task(
            tuple({key.point: missing[key] for key in keys}.values()), keys[0].seed,
            tuple(dict.fromkeys(key.replication for key in keys)),
        )
        for keys in together.values()
    ]  # fmt: skip


MANY_WORLDS = 16
"""From here on a world's replications are run together."""


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into a request to stop; the second one stops at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set  # signals are not ours here
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
