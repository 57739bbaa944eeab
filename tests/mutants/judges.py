"""What may notice a mutant: a random law beside the independent engine, or the cases of a file.

A judge that never runs the changed lines cannot notice, so each is first run on the unchanged
engine, and the lines that it reaches are kept. What a mutant has to face are those that reach it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tests.mutants.mutations import Mutant

ROOT = Path(__file__).resolve().parents[2]
Lines = frozenset[tuple[str, int]]
"""Lines of files, by path and number."""


@dataclass(frozen=True)
class Law:
    """A random world under random decrees: the engine does what the oracle does."""

    seed: int
    number: int

    def notices(self) -> str:
        """Return what disagrees, or nothing."""
        from sim.custody.streams import Draws
        from sim.scenario.problems import ScenarioError
        from tests.oracle.compare import check
        from tests.oracle.rules import file_of
        from tests.oracle.worlds import FLAGS, Chooser, scenario_of

        chance = random.Random(f"{self.seed}/{self.number}")
        some = Chooser(chance.randbytes(12), chance.getrandbits(FLAGS) | chance.getrandbits(FLAGS))
        draws = Draws(some.random.getrandbits(32), 0)
        try:
            file, world = file_of(some, draws)
        except ScenarioError:
            return ""
        stops = some.few(range(world.days), 0, 8)
        try:
            check(scenario_of(file), draws, (stops,), world=world)
        except AssertionError:
            return f"random law {self.number}"
        return ""


@dataclass(frozen=True)
class Cases:
    """The cases of a shipped scenario."""

    path: Path

    def notices(self) -> str:
        """Return the first case that does not hold, or nothing."""
        from sim.custody.cases import run_cases
        from sim.custody.prisons import prisons
        from sim.scenario.load import load

        scenario = load(self.path)
        for verdict in run_cases(scenario, prisons(scenario)):
            if not verdict.ok:
                return f"case {verdict.case!r} of {self.path.stem}"
        return ""


Judge = Law | Cases


def judges(laws: int, seed: int) -> list[Judge]:
    """List random laws, and every shipped scenario that has cases."""
    files = [path for folder in (".", "history", "laws")
             for path in sorted((ROOT / "scenarios" / folder).glob("*.yaml"))]  # fmt: skip
    with_cases = [path for path in files if " cases:" in path.read_text(encoding="utf-8")]
    return [*(Law(seed, number) for number in range(laws)), *map(Cases, with_cases)]


def reached(judge: Judge, files: Iterable[Path]) -> Lines:
    """Run a judge on the unchanged engine and return the lines of the files that it runs.

    Raises
    ------
    ValueError
        If it notices something there.
    """
    names, found = {str(path) for path in files}, set()

    def of_a_line(frame: FrameType, event: str, _: object) -> object:
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return of_a_line

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: of_a_line if frame.f_code.co_filename in names else None)  # type: ignore[arg-type,return-value]
    try:
        notice = judge.notices()
    finally:
        sys.settrace(before)
    if notice:
        raise ValueError(f"without any change: {notice}")
    return frozenset(found)


def facing(mutant: Mutant, reach: dict[Judge, Lines]) -> list[Judge]:
    """List the judges that run the changed expression; all of them where it runs at import."""
    lines = {(str(mutant.path), line) for line in range(mutant.line, mutant.last_line + 1)}
    found = [judge for judge, at in reach.items() if at & lines]
    return found or list(reach)
