"""Commands on files, which run no simulation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.messages import DOES_NOT_HOLD, WRONG_INPUT, plain_errors, say, stop
from sim.cli.options import Json, load_all
from sim.cli.start import to_stay

if TYPE_CHECKING:
    from sim.analysis.check import FileResult
    from sim.scenario.scenario import Scenario


class Format(StrEnum):
    """How a law in words is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    LATEX = "latex"
    JSON = "json"


def check(
    files: Annotated[
        list[Path], typer.Argument(help="Files, or folders with files; shipped ones by name.")
    ],
    as_json: Json = False,
) -> None:
    """Check files and run the cases of their decrees; of a folder every file below it.

    Exit status 2 if a file is wrong or a folder has none, 3 if a case does not hold.
    """
    with plain_errors():
        with to_stay():
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


def explain(
    file: Annotated[
        Path, typer.Argument(help="A scenario, a sweep or reports; shipped ones by name.")
    ],
    form: Annotated[
        Format,
        typer.Option("--format", help="Plain text, Markdown or LaTeX with citations, or JSON."),
    ] = Format.TEXT,
) -> None:
    """Write the decrees of a file in plain English, fit for an appendix.

    The words are written from what is run, not from the file's text.
    """
    with plain_errors():
        with to_stay():
            from sim.scenario.reports import is_reports_file, load_reports
            from sim.scenario.sweeps.sweep import is_sweep_file, load_sweep
            from sim.scenario.words.explanation import as_markdown, as_text, explained

        if is_reports_file(file):
            reports = load_reports(file)
            section, sources = explained(reports), reports.sources
        elif is_sweep_file(file):
            sweep = load_sweep(file)
            section, sources = explained(sweep), sweep.scenario.sources
        else:
            (scenario,) = load_all([file], None)
            section, sources = explained(scenario), scenario.sources
        match form:
            case Format.TEXT:
                typer.echo(as_text(section))
            case Format.MARKDOWN:
                typer.echo(as_markdown(section, sources))
            case Format.LATEX:
                from sim.paper.law_tex import law_tex

                typer.echo(law_tex(section, sources), nl=False)
            case Format.JSON:
                typer.echo(json.dumps(section.as_json(), indent=1, ensure_ascii=False))


def diff(
    one: Annotated[Path, typer.Argument(help="A scenario file; a shipped one by name.")],
    other: Annotated[Path, typer.Argument(help="The scenario with which it is compared.")],
    as_json: Json = False,
) -> None:
    """Tell in words what differs between two scenarios, and from which day on."""
    with plain_errors():
        with to_stay():
            from sim.scenario.words.difference import difference

        found = difference(*_two(one, other))
        told = json.dumps(found.as_json(), indent=1, ensure_ascii=False)
        typer.echo(told if as_json else found.in_words())


def _two(one: Path, other: Path) -> tuple[Scenario, Scenario]:
    """Load two files, which may be called the same; the mistakes of both are told."""
    from sim.scenario.problems import Problem, ScenarioError

    found: list[Scenario] = []
    problems: list[Problem] = []
    for file in (one, other):
        try:
            found += load_all([file], None)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found[0], found[1]


def schema(
    words_of: Annotated[
        Path | None,
        typer.Option(help="Allow only the offences, camps, places and sources of this world."),
    ] = None,
) -> None:
    """Print the JSON Schema of files, with which an editor helps while one writes."""
    with plain_errors():
        from sim.scenario.schema.schema import schema as schema_of

        known = None if words_of is None else load_all([words_of], None)[0]
        typer.echo(json.dumps(schema_of(known), indent=1, ensure_ascii=False))


def init(
    name: Annotated[
        str | None, typer.Argument(help="What the file is called; default: my-pardon.")
    ] = None,
    world: Annotated[
        Path | None, typer.Option(help="The world of the starter; default: dprk.yaml.")
    ] = None,
    original: Annotated[
        str | None,
        typer.Option("--copy", help="Copy this shipped file instead, to change a line of it."),
    ] = None,
) -> None:
    """Write a commented pardon to begin from, with the sources, in the current folder.

    Nothing is overwritten.
    """
    with plain_errors():
        from sim.scenario.starter import copy, start

        if original is not None and world is not None:
            stop("--copy: a copy keeps its world; leave out --world")
        if original is not None:
            written = copy(Path(), original, name)
        else:
            (found,) = load_all([world or Path("dprk.yaml")], None)
            written = start(Path(), name or "my-pardon", found)
        for file in written:
            typer.echo(str(file))
        say(f"Next: amnesty check {written[0]}")
