"""Change the law of the engine at random, one expression at a time, and see who notices.

python -m tests.mutants [--number 300] [--laws 600] [--seed 1] [--only bench.py]

Each mutant runs in a process of its own. It faces the random laws and the cases of the shipped
scenarios and the tests of the court that run the changed line, the quickest first, until something
differs from what the independent engine does or a test fails. A mutant that nothing notices is
listed, with the change. Mutants of how conditions are read go to the tests of the reader first,
since both engines read the same conditions. Of what nothing notices, those known to
change nothing which anybody could see are told with the reason.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from functools import partial
from importlib.machinery import ModuleSpec
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from tests.mutants.judges import Judge, Law, Lines, Tests, facing, judges, reached
from tests.mutants.known import known_to_be_equal
from tests.mutants.mutations import ROOT, Mutant, mutants
from tests.mutants.swapped import swap

COURT = (
    "sim/custody/decrees/*.py", "sim/custody/release.py", "sim/custody/ends.py",
    "sim/custody/terms.py", "sim/custody/running.py", "sim/custody/register.py",
)  # fmt: skip
READ = ("sim/scenario/law/predicate.py",)
TESTS_OF_READING = ("tests/scenario/test_predicate.py",)
READINGS = 60
"""Random laws that mutants of how conditions are read face, which takes a reading of each."""
ENGINE = ("sim.custody.model", "sim.custody.cases", "sim.scenario.load")
UNTRIED = "not tried"
SECONDS = 60
"""A mutant that needs more processor time than this for one judge hangs."""


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


def noticed_anew(mutant: Mutant, judges: Sequence[Judge], folder: Path) -> str:
    """Return which judge notices a mutant that is imported first, or nothing."""
    with _in_place(mutant):
        if _reads(mutant):
            for path in TESTS_OF_READING:
                if found := Tests(ROOT / path).notices():
                    return found
        laws = 0
        for judge in judges:
            found = ""
            _in_time(SECONDS)
            if not _reads(mutant):
                found = judge.notices_of(judge.kept(folder))
            elif not isinstance(judge, Law) or (laws := laws + 1) <= READINGS:
                found = judge.notices()
            if found:
                return found
    return ""


def _reads(mutant: Mutant) -> bool:
    return mutant.file in READ


def _try(
    mutant: Mutant, judges: Sequence[Judge], kept: Mapping[Judge, object], folder: Path
) -> str:
    """Return what notices a mutant, or nothing."""
    if not _reads(mutant):
        found = _in_a_process(partial(noticed_by, mutant, judges, kept), "fork")
        if found != UNTRIED:
            return found
    return _in_a_process(partial(noticed_anew, mutant, judges, folder), "spawn")


@contextmanager
def _in_place(mutant: Mutant) -> Iterator[None]:
    """Have a mutant imported for its module, for the rest of the process."""
    assert not [known for known in sys.modules if known == "sim" or known.startswith("sim.")]
    sys.meta_path.insert(0, _Changed(mutant.module, mutant.source))
    yield


def _in_time(seconds: int) -> None:
    """Let this process end if it takes more processor time; a busy machine is no hang."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


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


def _quietly(judge: Judge, files: Sequence[Path], folder: Path) -> tuple[float, Lines]:
    """Find which lines a judge runs, without a word of tests."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        return reached(judge, files, folder)


def _reach(
    every: Sequence[Judge], paths: Sequence[Path], folder: Path, workers: int
) -> dict[Judge, Lines]:
    """Find which lines each judge runs, in processes of their own; who is quick comes first."""
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        sys.stdout.flush()
        asked = partial(_quietly, files=paths, folder=folder)
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


def main() -> int:
    """Try so many mutants; fail if nothing notices one that is not known to change nothing."""
    asked, began = _asked(), time.monotonic()
    paths = [path for pattern in (*COURT, *READ) for path in sorted(ROOT.glob(pattern))]
    every = [one for path in paths if str(path).endswith(asked.only) for one in mutants(path)]
    chosen = random.Random(asked.seed).sample(every, min(asked.number, len(every)))
    found: dict[Mutant, str] = {}
    with TemporaryDirectory() as name, ThreadPoolExecutor(asked.workers) as pool:
        folder = Path(name)
        reach = _reach(judges(asked.laws, asked.seed), paths, folder, asked.workers)
        minutes = (time.monotonic() - began) / 60
        print(f"{len(reach)} laws and files of cases, tests in {minutes:.0f} minutes", flush=True)
        for module in ENGINE:
            importlib.import_module(module)
        kept = {judge: judge.kept(folder) for judge in reach}
        tried = pool.map(lambda one: _try(one, facing(one, reach), kept, folder), chosen)
        for number, (one, notice) in enumerate(zip(chosen, tried, strict=True), 1):
            found[one] = notice
            print(f"{number:4} {notice or 'NOTHING NOTICES'}: {one}", flush=True)
    quiet = [one for one, notice in found.items() if not notice]
    why = {one: known_to_be_equal(one) for one in quiet}
    for reason, count in Counter(filter(None, why.values())).most_common():
        print(f"{count:4} equal: {reason}")
    alive = [one for one in quiet if why[one] is None]
    minutes = (time.monotonic() - began) / 60
    print(
        f"{len(chosen)} of {len(every)} mutants in {minutes:.0f} minutes: "
        f"{len(chosen) - len(quiet)} noticed, {len(quiet) - len(alive)} known to be equal, "
        f"{len(alive)} that nothing notices"
    )
    for one in alive:
        print(f"nothing notices: {one}")
    return 1 if alive else 0
