"""The command line: parse, call, print. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sim.analysis.compare import Comparison, Progress
    from sim.scenario.load import Scenario

DONE, FAILED, WRONG_INPUT, DOES_NOT_HOLD, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    name="amnesty",
    help="What would this pardon do to the prisons? Simulate amnesty policies and compare them.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Files = Annotated[list[Path], typer.Argument(help="Scenario files; shipped ones by name.")]
World = Annotated[Path | None, typer.Option(help="Run the decrees in this file's world instead.")]
Replications = Annotated[int, typer.Option(min=1, help="Realisations of every scenario.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")]
Workers = Annotated[int, typer.Option(min=0, help="Workers; 0 for one per processor.")]
Out = Annotated[Path | None, typer.Option(help="Folder for tables, CSV files and the manifest.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an earlier run in that folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        say("Interrupted; nothing was saved. The same command begins again.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FAILED)


def say(text: str) -> None:
    """Tell the user something that is no result."""
    print(text, file=sys.stderr)


def stop(message: str, code: int = WRONG_INPUT) -> NoReturn:
    """End with a message and an exit status."""
    say(message)
    raise typer.Exit(code)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn mistakes in files and folders into messages."""
    from sim.paper.folder import FolderError
    from sim.scenario.problems import ScenarioError

    try:
        yield
    except ScenarioError as error:
        stop(str(error))
    except FolderError as error:
        stop(str(error), FAILED)


def _load_all(files: list[Path], world: Path | None) -> list[Scenario]:
    from sim.scenario.load import load
    from sim.scenario.problems import ScenarioError

    problems, found = [], []
    for file in files:
        try:
            found.append(load(file, world=world))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    names = [scenario.name for scenario in found]
    for name in names:
        if names.count(name) > 1:
            stop(f"two files are called {name!r}; rename one")
    return found


@app.command()
def check(files: Files, as_json: Json = False) -> None:
    """Check files and run the cases of their decrees.

    Exit status 2 if a file is wrong, 3 if a case does not hold.
    """
    from sim.analysis.check import check_files

    results = check_files(files)
    if as_json:
        print(json.dumps({"files": results}, indent=1, ensure_ascii=False))
    wrong = [error for result in results for error in result["errors"]]
    failed = 0
    for result in results:
        for error in result["errors"]:
            say(f"{error['file']}:{error['line']}: {error['path']}: {error['message']}")
        for case in result["cases"]:
            failed += not case["ok"]
            if not case["ok"] and not as_json:
                print(f"{result['file']}: {case['decree']}: {case['case']}: expected "
                      f"{case['expected']}; got {case['got']}")  # fmt: skip
        for warning in result["warnings"]:
            say(f"{result['file']}: {warning}")
        if result["ok"] and not as_json:
            print(f"{result['file']}: in order; {len(result['cases'])} cases hold")
    if wrong:
        raise typer.Exit(WRONG_INPUT)
    if failed:
        raise typer.Exit(DOES_NOT_HOLD)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="A scenario file; a shipped one by name.")],
    world: World = None,
    replications: Replications = 20,
    seed: Seed = 1,
    workers: Workers = 0,
    out: Out = None,
    force: Force = False,
    clock: Annotated[str, typer.Option(help="production, or day: every process every day.")] = (
        "production"
    ),
    trace: Annotated[
        bool,
        typer.Option("--trace", help="Print the first replication's events."),
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate one scenario and print its levels and waterfall."""
    with plain_errors():
        scenarios = _load_all([file], world)
        if trace or clock != "production":
            _trace(scenarios[0], seed, clock, trace=trace)
            return
        _compare(scenarios, [], replications, seed, workers, None, 0, out, force, as_json, quiet)


@app.command()
def compare(
    files: Files,
    baseline: Annotated[
        list[str] | None,
        typer.Option(help="Compare with this scenario; may be given twice. Default: the first."),
    ] = None,
    align: Annotated[
        str | None,
        typer.Option(
            help="Move each scenario's first planned release to this date, so that rules "
            "rather than years are compared."
        ),
    ] = None,
    world: World = None,
    replications: Replications = 20,
    seed: Seed = 1,
    workers: Workers = 0,
    assumptions: Annotated[
        int,
        typer.Option(
            min=0,
            help="Replications of the runs that vary one assumption at a "
            "time, as files list under 'rests on'; 0 for none.",
        ),
    ] = 0,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with a baseline on common random numbers."""
    with plain_errors():
        scenarios = _load_all(files, world)
        names = [scenario.name for scenario in scenarios]
        wanted = [Path(b).stem if b.endswith(".yaml") else b for b in baseline or names[:1]]
        for name in wanted:
            if name not in names:
                stop(f"no baseline {name!r} among the files: {', '.join(names)}")
        day = _date(align)
        _compare(
            scenarios, wanted, replications, seed, workers, day, assumptions, out, force,
            as_json, quiet,
        )  # fmt: skip


@app.command()
def waterfall(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    scenario: Annotated[str | None, typer.Option(help="One scenario; default: all.")] = None,
) -> None:
    """Print who is freed, and why not, from the folder of a run."""
    from sim.paper.folder import read_waterfall

    with plain_errors():
        print(read_waterfall(folder, scenario))


@app.command()
def table(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    kind: Annotated[
        str | None, typer.Argument(help="effects, rests-on or levels; default: all there are.")
    ] = None,
) -> None:
    """Print the tables of a run's folder."""
    from sim.paper.folder import read_tables

    with plain_errors():
        print("\n\n".join(read_tables(folder, kind)))


def _date(text: str | None) -> date | None:
    from sim.scenario.lengths import read_date

    try:
        return None if text is None else read_date(text)
    except ValueError as error:
        stop(f"--align: {error}")


def _trace(scenario: Scenario, seed: int, clock: str, *, trace: bool) -> None:
    """Run the first replication and print events as they happen."""
    from datetime import timedelta

    from sim.custody.model import simulate
    from sim.custody.streams import Draws
    from sim.study.execute import solved

    if clock not in ("production", "day"):
        stop(f"--clock: no clock {clock!r}; expected 'production' or 'day'")
    start = scenario.world.start

    def show(day: int, event: str) -> None:
        print(f"{start + timedelta(days=day)}  {event}")

    cell = simulate(
        scenario, solved(scenario), Draws(seed, 0), clock=clock, trace=show if trace else None
    )
    stock = cell.record.series["stock"]
    print(f"{start + timedelta(days=len(stock) - 1)}  {stock[-1]} held at the end")


def _compare(
    scenarios: list[Scenario],
    baselines: list[str],
    replications: int,
    seed: int,
    workers: int,
    align: date | None,
    assumptions: int,
    out: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    from sim.analysis.compare import compare as run_comparison
    from sim.paper.data import as_json as json_of
    from sim.paper.folder import check_folder, command_line, files_of, manifest, write_folder
    from sim.paper.report import tables_of
    from sim.study.execute import processors

    if out is not None:
        check_folder(out, force=force)
    began = time.monotonic()
    with _progress(quiet) as progress:
        found = run_comparison(
            scenarios, baselines=baselines, replications=replications, seed=seed,
            workers=workers or processors(), align=align, assumptions=assumptions,
            progress=progress,
        )  # fmt: skip
    described = manifest(found, command_line(), time.monotonic() - began)
    tables = tables_of(found)
    if as_json:
        print(json.dumps(json_of(found, described), indent=1, ensure_ascii=False))
    else:
        print("\n\n\n".join(tables.values()))
    if out is not None:
        write_folder(out, files_of(found, tables), described)
        say(f"Saved in {out}")
    _ = Comparison if TYPE_CHECKING else None


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress | None]:
    """Show a bar with the time left on a terminal, a line a minute elsewhere."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        last = time.monotonic()

        def line(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= 60:
                last = time.monotonic()
                say(f"{done} of {total} cells")

        yield line
        return
    columns = ("cells", MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("cells", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
