"""Change the law of the engine at random, one expression at a time, and see who notices.

python -m tests.mutants [--number 300] [--laws 600] [--seed 1] [--only bench.py]

Each mutant runs in a process of its own. It faces the random laws beside the independent engine,
and the cases of the shipped scenarios, that run the changed line, until something differs; then
the tests of the court. A mutant that nothing notices is listed, with the change. Mutants of how
conditions are read go to the tests of the reader first, since both engines read the same
conditions.
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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from tests.mutants.judges import ROOT, Judge, Lines, facing, judges, reached
from tests.mutants.mutations import Mutant, mutants

COURT = ("sim/custody/decrees/*.py", "sim/custody/release.py", "sim/custody/register.py")
READ = ("sim/scenario/law/predicate.py",)
TESTS_OF_READING = ("tests/scenario/test_predicate.py",)
TESTS_OF_THE_COURT = ("tests/theory/test_time.py", "tests/custody")
"""Asked last, of what random laws seldom meet, such as birthdays on 29 February."""
KNOWN = Path(__file__).with_name("equivalent.toml")
"""Mutants that change nothing which anybody could see, each with the reason."""
SECONDS = 240
"""A mutant that needs more processor time than this hangs: a quiet one needs a third."""


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from changed source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)


def noticed_by(mutant: Mutant, judges: Sequence[Judge]) -> str:
    """Return what notices a mutant, or nothing."""
    name = ".".join(mutant.path.relative_to(ROOT).with_suffix("").parts)
    assert not [known for known in sys.modules if known == "sim" or known.startswith("sim.")]
    sys.meta_path.insert(0, _Changed(name, mutant.source))
    try:
        if mutant.path.name in {Path(one).name for one in READ} and not _pass(TESTS_OF_READING):
            return "tests of reading"
        found = next(filter(None, (judge.notices() for judge in judges)), "")
        return found or ("" if _pass(TESTS_OF_THE_COURT) else "tests of the court")
    except Exception as error:
        return type(error).__name__


def _pass(tests: tuple[str, ...]) -> bool:
    import pytest

    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header", "-W", "ignore"]
    return pytest.main([*options, *(str(ROOT / test) for test in tests)]) == 0


def _in_a_process(job: tuple[Mutant, Sequence[Judge]]) -> str:
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)

    def work() -> None:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # a busy machine is no hang
        sys.stdout = sys.stderr = open("/dev/null", "w")  # noqa: SIM115, PTH123 - until it ends
        theirs.send(noticed_by(*job))

    process = context.Process(target=work)
    process.start()
    theirs.close()
    try:
        return str(mine.recv())
    except EOFError:
        return "a hang or a crash"
    finally:
        process.join()


def _reach(every: Sequence[Judge], paths: Sequence[Path], workers: int) -> dict[Judge, Lines]:
    """Find which lines each judge runs, in processes of their own."""
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        return dict(zip(every, pool.map(partial(reached, files=paths), every, 4), strict=True))


def main() -> int:
    """Try so many mutants; fail if nothing notices one that is not known to change nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--number", type=int, default=300, help="mutants, at random")
    parser.add_argument("--laws", type=int, default=600, help="random laws to draw them from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="mutants of files whose path ends so")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    paths = [path for pattern in (*COURT, *READ) for path in sorted(ROOT.glob(pattern))]
    every = [one for path in paths if str(path).endswith(asked.only) for one in mutants(path)]
    chosen = random.Random(asked.seed).sample(every, min(asked.number, len(every)))
    began, alive, equal = time.monotonic(), [], 0
    known = {
        (one["file"], one["before"], one["after"]): one["why"]
        for one in tomllib.loads(KNOWN.read_text(encoding="utf-8"))["mutant"]
    }
    reach = _reach(judges(asked.laws, asked.seed), paths, asked.workers)
    minutes = (time.monotonic() - began) / 60
    print(f"{len(reach)} laws and files of cases in {minutes:.0f} minutes", flush=True)
    jobs = [(one, facing(one, reach)) for one in chosen]
    with ThreadPoolExecutor(asked.workers) as pool:
        for number, (one, notice) in enumerate(zip(chosen, pool.map(_in_a_process, jobs),
                                                   strict=True), 1):  # fmt: skip
            file = one.path.relative_to(ROOT).as_posix()
            why = known.get((file, one.before, one.after))
            fate = notice or (f"equal, since {why}" if why else "NOTHING NOTICES")
            print(
                f"{number:4} {fate}: {file}:{one.line}  {one.before}  ->  {one.after}", flush=True
            )
            equal += not notice and why is not None
            if not notice and why is None:
                alive.append(
                    {"file": file, "line": one.line, "before": one.before, "after": one.after}
                )
    minutes = (time.monotonic() - began) / 60
    print(f"{len(chosen)} of {len(every)} mutants in {minutes:.0f} minutes")
    print(f"{len(alive)} that nothing notices, {equal} known to be equal")
    print(json.dumps(alive, indent=1, ensure_ascii=False))
    return 1 if alive else 0


if __name__ == "__main__":
    for heavy in ("numpy", "scipy.optimize", "pydantic", "ruamel.yaml", "simpy", "pandas"):
        importlib.import_module(heavy)
    sys.exit(main())
