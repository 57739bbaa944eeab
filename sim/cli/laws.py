"""Commands on files, which run no simulation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from sim.cli.messages import DOES_NOT_HOLD, WRONG_INPUT, plain_errors, say
from sim.cli.options import Files, Json

if TYPE_CHECKING:
    from sim.analysis.check import FileResult


def check(files: Files, as_json: Json = False) -> None:
    """Check files and run the cases of their decrees.

    Exit status 2 if a file is wrong, 3 if a case does not hold.
    """
    with plain_errors():
        from sim.analysis.check import check_files
        from sim.scenario.problems import Problem

        results = check_files(files)
        if as_json:
            typer.echo(json.dumps({"files": results}, indent=1, ensure_ascii=False))
        for result in results:
            for error in result["errors"]:
                say(str(Problem(**error)))
            for warning in result["warnings"]:
                say(f"{result['file']}: {warning}")
            for line in [] if as_json else _verdict(result):
                typer.echo(line)
    wrong = any(result["errors"] for result in results)
    failed = any(not case["ok"] for result in results for case in result["cases"])
    if wrong:
        raise typer.Exit(WRONG_INPUT)
    if failed:
        raise typer.Exit(DOES_NOT_HOLD)


def _verdict(result: FileResult) -> Iterator[str]:
    """Tell the cases of a file that fail, or that it is in order."""
    for case in result["cases"]:
        if not case["ok"]:
            yield (
                f"{result['file']}: {case['decree']}: {case['case']}: expected "
                f"{case['expected']}; got {case['got']}"
            )
    if result["ok"]:
        cases = len(result["cases"])
        yield f"{result['file']}: in order; {cases} case{'s hold' if cases != 1 else ' holds'}"
