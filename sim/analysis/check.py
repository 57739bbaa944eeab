"""Checking files and folders: mistakes, worlds that cannot be solved, the cases of the decrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from sim.analysis.measures import window_of
from sim.custody.cases import run_cases
from sim.scenario.law.tables import useless_rows
from sim.scenario.load import find, load
from sim.scenario.problems import ENDINGS, ScenarioError
from sim.scenario.reports import is_reports_file, load_reports
from sim.scenario.scenario import Scenario
from sim.scenario.sweeps.sweep import is_sweep_file, load_sweep, paired, repeated
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
    """Check each file and run its cases; of a folder every YAML file below it, in order."""
    return [result for file in files for result in _checked(file)]


def _checked(path: Path) -> Iterator[FileResult]:
    """Check a file, or all files of a folder; a folder without any is a mistake."""
    folder = _folder(path)
    if folder is None:
        yield _check(path)
        return
    files = [file for file in sorted(folder.rglob("*")) if _is_meant(file, folder)]
    for file in files:
        yield _check(file)
    if not files:
        message = "a folder without a scenario file (.yaml or .yml)"
        yield _result(path, [{"file": str(path), "line": 0, "path": "", "message": message}])


def _folder(path: Path) -> Path | None:
    """Return the folder that a path names, if it names one."""
    try:
        found = find(path, Path())
        return found if found.is_dir() else None
    except OSError:  # such as a name that is too long: told when the file is read
        return None


def _is_meant(file: Path, folder: Path) -> bool:
    """Tell whether a file of a folder is YAML and not hidden."""
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return file.suffix in ENDINGS and not hidden and file.is_file()


def _result(file: Path, errors: list[Mistake]) -> FileResult:
    return {"file": str(file), "ok": not errors, "errors": errors, "cases": [], "warnings": []}


def _check(file: Path) -> FileResult:
    result = _result(file, [])
    try:
        if is_reports_file(file):
            for scenario in load_reports(file).scenarios.values():
                solved(scenario)
        elif is_sweep_file(file):
            _check_sweep(file, result)
        else:
            scenario = load(file)
            _run_cases(scenario, "", result)
            _warn(scenario, "", result)
            _warn_of_the_day(scenario, result)
            if scenario.imbalance:
                result["warnings"].append(scenario.imbalance)
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


def _check_sweep(file: Path, result: FileResult) -> None:
    """Load a sweep, solve the worlds of all its variants and run the cases that these write."""
    sweep = load_sweep(file)
    solved(sweep.scenario)
    for variant in sweep.variants:
        _run_cases(variant.scenario, f"{variant.label}: ", result)
        if not variant.coordinates:
            _warn(variant.scenario, f"{variant.label}: ", result)
    if sweep.baseline is not None:
        for baseline in paired(sweep.variants, sweep.baseline):
            solved(baseline)
    for label, first in repeated(sweep.scenario, sweep.variants):
        result["warnings"].append(f"{label!r} is the same as {first!r}")


def _run_cases(scenario: Scenario, above: str, result: FileResult) -> None:
    for verdict in run_cases(scenario, solved(scenario)):
        result["cases"].append({
            "decree": above + verdict.decree, "case": verdict.case, "ok": verdict.ok,
            "expected": verdict.expected, "got": verdict.got,
        })  # fmt: skip


def _warn(scenario: Scenario, above: str, result: FileResult) -> None:
    for name, decree in scenario.decrees.items():
        if not decree.cases:
            result["warnings"].append(f"{above}decree {name!r} has no cases")
        for row in useless_rows(decree):
            result["warnings"].append(f"{above}decree {name!r}, {row}")


def _warn_of_the_day(scenario: Scenario, result: FileResult) -> None:
    """Say so if no day tells from when on a scenario is measured, or another than the file's."""
    try:
        window = window_of(scenario)
    except ScenarioError as error:
        result["warnings"] += [f"cannot be compared yet: {p.message}" for p in error.problems]
        return
    stated, day = scenario.document.measured_from, window.date_of(window.origin_day)
    if stated not in (None, day):
        planned = f"a decree plans its first release on {day}, from which it is measured"
        result["warnings"].append(f"'measured from: {stated}' has no effect: {planned}")
