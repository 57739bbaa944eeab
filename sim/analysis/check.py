"""Checking files: mistakes, worlds that cannot be solved, and the cases of the decrees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from sim.custody.cases import run_cases
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from sim.study.execute import solved


class Mistake(TypedDict):
    """One mistake in one file."""

    file: str
    line: int
    path: str
    message: str


class CaseResult(TypedDict):
    """The outcome of one case."""

    decree: str
    case: str
    ok: bool
    expected: str
    got: str


class FileResult(TypedDict):
    """What checking found in one file."""

    file: str
    ok: bool
    errors: list[Mistake]
    cases: list[CaseResult]
    warnings: list[str]


def check_files(files: Sequence[Path]) -> list[FileResult]:
    """Check each file and run its cases."""
    return [_check(file) for file in files]


def _check(file: Path) -> FileResult:
    result: FileResult = {
        "file": str(file), "ok": True, "errors": [], "cases": [], "warnings": []
    }  # fmt: skip
    try:
        scenario = load(file)
        for verdict in run_cases(scenario, solved(scenario)):
            result["cases"].append({
                "decree": verdict.decree, "case": verdict.case, "ok": verdict.ok,
                "expected": verdict.expected, "got": verdict.got,
            })  # fmt: skip
        for name, decree in scenario.decrees.items():
            if not decree.cases:
                result["warnings"].append(f"decree {name!r} has no cases")
    except ScenarioError as error:
        result["errors"] = [
            {"file": p.file, "line": p.line, "path": p.path, "message": p.message}
            for p in error.problems
        ]
    except OSError as error:  # such as a name that is too long
        message = error.strerror or str(error)
        result["errors"] = [{"file": str(file), "line": 0, "path": "", "message": message}]
    result["ok"] = not result["errors"] and all(case["ok"] for case in result["cases"])
    return result
