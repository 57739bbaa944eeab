"""Change the law of the engine at random, one expression at a time, and see who notices.

python -m tests.mutants [--number 300] [--laws 600] [--seed 1] [--only bench.py]

Each mutant runs in a process of its own. It faces the random laws and the cases of the shipped
scenarios that run the changed line, the quickest first, until something differs from what the
independent engine does; then the tests of the court. A mutant that nothing notices is listed, with
the change. Mutants of how conditions are read go to the tests of the reader first, since both
engines read the same conditions.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import json
import multiprocessing
import random
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.machinery import ModuleSpec
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from tests.mutants.judges import Judge, Lines, facing, judges, reached
from tests.mutants.mutations import ROOT, Mutant, mutants
from tests.mutants.swapped import swap

COURT = ("sim/custody/decrees/*.py", "sim/custody/release.py", "sim/custody/register.py")
READ = ("sim/scenario/law/predicate.py",)
TESTS_OF_READING = ("tests/scenario/test_predicate.py",)
TESTS_OF_THE_COURT = ("tests/theory/test_time.py", "tests/custody")
"""Asked last, of what random laws seldom meet, such as birthdays on 29 February."""
KNOWN = Path(__file__).with_name("equivalent.toml")
"""Mutants that change nothing which anybody could see, each with the reason."""
ENGINE = ("sim.custody.model", "sim.custody.cases", "sim.scenario.load")
UNTRIED = "not tried"
SECONDS, SECONDS_OF_TESTS = 60, 900
"""A mutant that needs more processor time than this for one judge, or for the tests, hangs."""


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from changed source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)


def noticed_by(mutant: Mutant, judges: Sequence[Judge], kept: Mapping[Judge, object]) -> str:
    """Return which judge notices a mutant of what is imported and read already, or nothing.

    `UNTRIED` where the mutant changes what runs once, at import.
    """
    if not swap(mutant):
        return UNTRIED
    for judge in judges:
        _in_time(SECONDS)
        if found := judge.notices_of(kept[judge]):
            return found
    return ""


def noticed_anew(mutant: Mutant, judges: Sequence[Judge]) -> str:
    """Return which judge notices a mutant that is imported first, or nothing."""
    with _in_place(mutant):
        if _reads(mutant) and not _pass(TESTS_OF_READING):
            return "tests of reading"
        for judge in judges:
            _in_time(SECONDS)
            if found := judge.notices():
                return found
    return ""


def noticed_by_tests(mutant: Mutant) -> str:
    """Say whether the tests of the court notice a mutant."""
    with _in_place(mutant):
        return "" if _pass(TESTS_OF_THE_COURT) else "tests of the court"


def _reads(mutant: Mutant) -> bool:
    return mutant.file in READ


def _try(mutant: Mutant, judges: Sequence[Judge], kept: Mapping[Judge, object]) -> str:
    """Return what notices a mutant, or nothing."""
    if not _reads(mutant):
        found = _in_a_process(partial(noticed_by, mutant, judges, kept), "fork")
        if found != UNTRIED:
            return found
    return _in_a_process(partial(noticed_anew, mutant, judges), "spawn")


@contextmanager
def _in_place(mutant: Mutant) -> Iterator[None]:
    """Have a mutant imported for its module, for the rest of the process."""
    assert not [known for known in sys.modules if known == "sim" or known.startswith("sim.")]
    sys.meta_path.insert(0, _Changed(mutant.module, mutant.source))
    yield


def _in_time(seconds: int) -> None:
    """Let this process end if it takes more processor time; a busy machine is no hang."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _pass(tests: tuple[str, ...]) -> bool:
    import pytest

    _in_time(SECONDS_OF_TESTS)

    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header", "-W", "ignore"]
    return pytest.main([*options, *(str(ROOT / test) for test in tests)]) == 0


def _in_a_process(ask: Callable[[], str], method: str) -> str:
    """Return what is noticed by a question asked in a process of its own; an error notices too.

    A forked process has what is imported here, one that is spawned imports anew.
    """
    context = multiprocessing.get_context(method)
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(ask, theirs))
    process.start()
    theirs.close()
    try:
        return str(mine.recv())
    except EOFError:
        return "a hang or a crash"
    finally:
        process.join()


def _answer(ask: Callable[[], str], theirs: Connection) -> None:
    sys.stdout = sys.stderr = open("/dev/null", "w")  # noqa: SIM115, PTH123 - until it ends
    try:
        theirs.send(ask())
    except Exception as error:
        theirs.send(type(error).__name__)


def _reach(
    every: Sequence[Judge], paths: Sequence[Path], folder: Path, workers: int
) -> dict[Judge, Lines]:
    """Find which lines each judge runs, in processes of their own; who is quick comes first."""
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        asked = partial(reached, files=paths, folder=folder)
        found = zip(every, pool.map(asked, every, 4), strict=True)
    in_order = sorted(found, key=lambda one: one[1][0])
    return {judge: lines for judge, (_, lines) in in_order}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--number", type=int, default=300, help="mutants, at random")
    parser.add_argument("--laws", type=int, default=600, help="random laws to face")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="mutants of files whose path ends so")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def _equivalent() -> dict[tuple[str, str, str], str]:
    """Why mutants change nothing that anybody could see: by file, before and after."""
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8"))["mutant"]
    return {(one["file"], one["before"], one["after"]): one["why"] for one in known}


def main() -> int:
    """Try so many mutants; fail if nothing notices one that is not known to change nothing."""
    asked, began, alive, equal = _asked(), time.monotonic(), [], 0
    paths = [path for pattern in (*COURT, *READ) for path in sorted(ROOT.glob(pattern))]
    every = [one for path in paths if str(path).endswith(asked.only) for one in mutants(path)]
    chosen = random.Random(asked.seed).sample(every, min(asked.number, len(every)))
    known = _equivalent()
    with TemporaryDirectory() as folder, ThreadPoolExecutor(asked.workers) as pool:
        reach = _reach(judges(asked.laws, asked.seed), paths, Path(folder), asked.workers)
        minutes = (time.monotonic() - began) / 60
        print(f"{len(reach)} laws and files of cases in {minutes:.0f} minutes", flush=True)
        for name in ENGINE:
            importlib.import_module(name)
        kept = {judge: judge.kept(Path(folder)) for judge in reach}
        tried = pool.map(lambda one: _try(one, facing(one, reach), kept), chosen)
        quiet = []
        for number, (one, notice) in enumerate(zip(chosen, tried, strict=True), 1):
            print(f"{number:4} {notice or 'no law notices'}: {one}", flush=True)
            if not notice:
                quiet.append(one)
        asks = [partial(noticed_by_tests, one) for one in quiet]
        tried = pool.map(lambda ask: _in_a_process(ask, "spawn"), asks)
        for one, notice in zip(quiet, tried, strict=True):
            why = known.get((one.file, one.before, one.after))
            print(f"{notice or (why and f'equal, since {why}') or 'NOTHING NOTICES'}: {one}",
                  flush=True)  # fmt: skip
            equal += not notice and why is not None
            if not notice and why is None:
                alive.append({"file": one.file, "line": one.line, "before": one.before,
                              "after": one.after})  # fmt: skip
    minutes = (time.monotonic() - began) / 60
    print(f"{len(chosen)} of {len(every)} mutants in {minutes:.0f} minutes")
    print(f"{len(alive)} that nothing notices, {equal} known to be equal")
    print(json.dumps(alive, indent=1, ensure_ascii=False))
    return 1 if alive else 0


if __name__ == "__main__":
    for heavy in ("numpy", "scipy.optimize", "pydantic", "yaml", "simpy", "pandas"):
        importlib.import_module(heavy)
    sys.exit(main())
