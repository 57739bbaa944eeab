"""What may notice a mutant: a random law beside the independent engine, cases, or tests.

A judge that never runs the changed lines cannot notice, so each is first run on the unchanged
engine, and the lines that it reaches are kept. What a mutant has to face are those that reach it.

The unchanged engine does what the independent one does, or there is no beginning. So what it left
is kept as well, with the law as it was read and its world as it was solved, and a mutant is held
to that: whoever leaves otherwise than with the unchanged engine leaves otherwise than he should.
"""

from __future__ import annotations

import pickle
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tests.mutants.mutations import ROOT, Mutant

if TYPE_CHECKING:  # nothing of the engine is imported before a mutant is in its place
    from sim.custody.model import Cell
    from sim.custody.prisons import Prisons
    from sim.custody.streams import Draws
    from sim.scenario.scenario import Scenario

TESTS = ("tests/custody/test_*.py", "tests/theory/test_time.py")
"""Tests of what random laws seldom meet, such as birthdays on 29 February."""
ELSEWHERE = ("test_kernel.py", "test_kernel_rows.py", "test_ageing.py", "test_tables.py",
             "test_streams.py", "test_roots.py")  # fmt: skip
"""Long tests of other things than the law."""
Lines = frozenset[tuple[str, int]]
"""Lines of files, by path and number."""


Run = tuple["Scenario", "Prisons", "Draws", str | Sequence[int]]
"""A scenario, its world, what is drawn, and another clock: its days, or ``day`` for all of them."""


class _Ran:
    """What is run beside the independent engine."""

    name: str

    def drawn(self) -> Run | None:
        """Return what is run; none if what is drawn is refused."""
        raise NotImplementedError

    def agrees(self) -> bool:
        """Say whether the engine does what the oracle does."""
        from tests.oracle.compare import check

        run = self.drawn()
        if run is None:
            return True
        scenario, world, draws, stops = run
        try:
            check(scenario, draws, (stops,), world=world)
        except AssertionError:
            return False
        return True

    def notices(self) -> str:
        """Return what disagrees with the oracle, or nothing."""
        return "" if self.agrees() else self.name

    def keep(self, folder: Path) -> None:
        """Keep what is run, and what the engine leaves of it."""
        run = self.drawn()
        kept = None if run is None else (run, _left(*run))
        self._kept(folder).write_bytes(pickle.dumps(kept))

    def notices_of(self, kept: Any) -> str:
        """Return what is left otherwise than when it was kept, or nothing."""
        return "" if kept is None or _left(*kept[0]) == kept[1] else self.name

    def kept(self, folder: Path) -> Any:
        """Return what is kept."""
        return pickle.loads(self._kept(folder).read_bytes())

    def _kept(self, folder: Path) -> Path:
        return folder / f"{self.name}.pickle"


@dataclass(frozen=True)
class Law(_Ran):
    """A random world under random decrees: the engine does what the oracle does."""

    seed: int
    number: int

    @property
    def name(self) -> str:  # type: ignore[override]
        """How it is called."""
        return f"random law {self.number}"

    def drawn(self) -> Run | None:
        """Draw the law and its world; none if what is drawn is refused."""
        from sim.custody.streams import Draws
        from sim.scenario.problems import ScenarioError
        from tests.oracle.rules import file_of
        from tests.oracle.worlds import FLAGS, Chooser, scenario_of

        chance = random.Random(f"{self.seed}/{self.number}")
        some = Chooser(chance.randbytes(12), chance.getrandbits(FLAGS) | chance.getrandbits(FLAGS))
        draws = Draws(some.random.getrandbits(32), 0)
        try:
            file, world = file_of(some, draws)
        except ScenarioError:
            return None
        stops = some.few(range(world.days), 0, 8)
        return scenario_of(file), world, Draws(draws.seed, draws.replication), stops


@dataclass(frozen=True)
class Dense(_Ran):
    """A law of which many people meet every part."""

    name: str

    def drawn(self) -> Run:
        """Return the law in its world."""
        from sim.custody.streams import Draws
        from tests.oracle.test_dense import BY_DAY, LAWS, WORLDS
        from tests.theory.worlds import scenario, solved

        world, decrees = LAWS[self.name]
        made = scenario(WORLDS[world], decrees)
        return made, solved(made), Draws(5, 1), "day" if self.name in BY_DAY else (0, 181, 500)


@dataclass(frozen=True)
class Cases:
    """The cases of a shipped scenario."""

    path: Path

    def notices(self) -> str:
        """Return the first case that does not hold, or nothing."""
        from sim.custody.prisons import prisons
        from sim.scenario.load import load

        scenario = load(self.path)
        return self._first(scenario, prisons(scenario))

    def keep(self, folder: Path) -> None:
        """Keep the scenario and its world."""
        from sim.custody.prisons import prisons
        from sim.scenario.load import load

        scenario = load(self.path)
        self._kept(folder).write_bytes(pickle.dumps((scenario, prisons(scenario))))

    def notices_of(self, kept: Any) -> str:
        """Return the first case that does not hold, or nothing."""
        return self._first(*kept)

    def kept(self, folder: Path) -> Any:
        """Return what is kept."""
        return pickle.loads(self._kept(folder).read_bytes())

    def _kept(self, folder: Path) -> Path:
        return folder / f"cases-{self.path.stem}.pickle"

    def _first(self, scenario: Scenario, world: Prisons) -> str:
        from sim.custody.cases import run_cases

        verdicts = run_cases(scenario, world)
        return next(
            (f"case {one.case!r} of {self.path.stem}" for one in verdicts if not one.ok), ""
        )


@dataclass(frozen=True)
class Tests:
    """The tests of one file."""

    path: Path

    def notices(self) -> str:
        """Return the name of the file if a test in it fails, or nothing."""
        import pytest

        options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header", "-W", "ignore"]
        return "" if pytest.main([*options, str(self.path)]) == 0 else self.path.name

    def keep(self, folder: Path) -> None:
        """Keep nothing: tests make what they need."""

    def notices_of(self, _: Any) -> str:
        """Return the name of the file if a test in it fails, or nothing."""
        return self.notices()

    def kept(self, _: Path) -> Any:
        """Return nothing, since nothing is kept."""
        return None


Judge = Law | Dense | Cases | Tests


def judges(laws: int, seed: int) -> list[Judge]:
    """List random and dense laws, shipped scenarios that have cases, and the tests of the court."""
    from tests.oracle.test_dense import LAWS

    files = [path for folder in (".", "history", "laws")
             for path in sorted((ROOT / "scenarios" / folder).glob("*.yaml"))]  # fmt: skip
    with_cases = [path for path in files if " cases:" in path.read_text(encoding="utf-8")]
    tests = [path for pattern in TESTS for path in sorted(ROOT.glob(pattern))
             if path.name not in ELSEWHERE]  # fmt: skip
    return [*map(Dense, LAWS), *map(Tests, tests), *(Law(seed, number) for number in range(laws)),
            *map(Cases, with_cases)]  # fmt: skip


def reached(judge: Judge, files: Iterable[Path], folder: Path) -> tuple[float, Lines]:
    """Run a judge on the unchanged engine, and keep what it leaves.

    Returns
    -------
    tuple
        The processor time in seconds that it takes once kept, about, and the lines of the files it
        runs.

    Raises
    ------
    ValueError
        If it notices something there.
    """
    if isinstance(judge, _Ran) and not judge.agrees():
        raise ValueError(f"without any change: {judge.notices()}")
    judge.keep(folder)
    kept, began = judge.kept(folder), time.process_time()
    with _traced({str(path) for path in files}) as found:
        noticed = judge.notices_of(kept)
    if noticed:
        raise ValueError(f"without any change: {noticed}")
    return time.process_time() - began, frozenset(found)


@contextmanager
def _traced(names: set[str]) -> Iterator[set[tuple[str, int]]]:
    """Collect the lines of files that are run."""
    found: set[tuple[str, int]] = set()

    def of_a_line(frame: FrameType, event: str, _: object) -> object:
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return of_a_line

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: of_a_line if frame.f_code.co_filename in names else None)  # type: ignore[arg-type,return-value]
    try:
        yield found
    finally:
        sys.settrace(before)


def _left(scenario: Scenario, world: Prisons, draws: Draws, other: str | Sequence[int]) -> bytes:
    """Return a digest of who left when, and of the record, on the production clock and another."""
    from sim.custody.model import simulate
    from sim.custody.streams import Draws

    found = sha256()
    for clock in ("production", other):
        # Of this run alone: what is noted with draws would be there the second time.
        again = Draws(draws.seed, draws.replication)
        for part in _parts(simulate(scenario, world, again, clock=clock), world.days):
            found.update(part)
    return found.digest()


def _parts(cell: Cell, days: int) -> Iterator[bytes]:
    """Yield who is held when and leaves how, in the order of persons, and the record."""
    import numpy as np

    r, record = cell.register, cell.record
    every = np.flatnonzero(r.admitted < days)
    rows = every[np.lexsort((r.spell[every], r.line[every], r.person[every]))]
    left = r.left[rows] < days
    for name in ("person", "line", "spell", "admitted", "base", "born", "offence", "health",
                 "camp", "origin", "residence", "exiled", "imposed", "due", "tolerance",
                 "merit_count", "merit_days", "pardon_days", "revived", "credited", "home",
                 "ended", "freed_by"):  # fmt: skip
        yield getattr(r, name)[rows].tobytes()
    for name in ("left", "died_free", "eligible_on"):
        yield np.minimum(getattr(r, name)[rows], days).tobytes()
    yield np.where(left, r.cause[rows], -1).tobytes()
    yield r.abroad(rows).tobytes() + r.struck(rows).tobytes()
    yield record.stock_by_camp.tobytes() + record.exiled_to.tobytes()
    for counts in (record.series, record.curves, record.waterfalls):
        for key, values in counts.items():
            yield repr(key).encode() + values.tobytes()


def facing(mutant: Mutant, reach: dict[Judge, Lines]) -> list[Judge]:
    """List the judges that run the changed expression; all of them where it runs at import.

    The tests that bear the name of the file come first.
    """
    lines = {(str(mutant.path), line) for line in range(mutant.line, mutant.last_line + 1)}
    found = [judge for judge, at in reach.items() if at & lines] or list(reach)
    its_own = f"test_{mutant.path.name}"
    return sorted(found, key=lambda one: not (isinstance(one, Tests) and one.path.name == its_own))
