"""The command line: parse, call, print. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sim.analysis.check import FileResult
    from sim.analysis.compare import Progress
    from sim.scenario.load import Scenario

DONE, FAILED, WRONG_INPUT, DOES_NOT_HOLD, INTERRUPTED = 0, 1, 2, 3, 130
BAR_AFTER_SECONDS = 1

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
Replications = Annotated[
    int, typer.Option(min=1, max=1_000_000, help="Realisations of every scenario.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")]
Workers = Annotated[int, typer.Option(min=0, max=1024, help="Workers; 0 for one per processor.")]
Out = Annotated[Path | None, typer.Option(help="Folder for tables, CSV files and the manifest.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an earlier run in that folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # where a minus sign cannot be written
    app()


def say(text: str) -> None:
    """Tell the user something that is no result."""
    typer.echo(text, err=True)


def stop(message: str, code: int = WRONG_INPUT) -> NoReturn:
    """End with a message and an exit status."""
    say(message)
    raise typer.Exit(code)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn mistakes, failures and interruption into messages and exit statuses."""
    try:
        from sim.paper.folder import FolderError, SaveError
        from sim.scenario.problems import ScenarioError

        try:
            yield
            sys.stdout.flush()
        except SaveError as error:
            stop(str(error), FAILED)
        except (ScenarioError, FolderError) as error:
            stop(str(error))
    except KeyboardInterrupt:
        stop("Interrupted; nothing was saved. The same command begins again.", INTERRUPTED)
    except BrokenPipeError:
        raise  # whoever reads has read enough; Typer ends quietly
    except OSError as error:
        stop(f"{error.filename or 'standard output'}: {error.strerror or error}", FAILED)
    except MemoryError:
        stop("not enough memory; fewer workers, or a smaller world, need less", FAILED)


def _load_all(files: list[Path], world: Path | None) -> list[Scenario]:
    from sim.scenario.load import load
    from sim.scenario.problems import Problem, ScenarioError

    problems: list[Problem] = []
    found: list[Scenario] = []
    for file in files:
        try:
            found.append(load(file, world=world))
        except ScenarioError as error:
            problems += error.problems
        except OSError as error:  # such as a name that is too long
            problems.append(Problem(str(error.filename), 0, "", str(error.strerror)))
        if not str(file).isprintable():
            problems.append(Problem(str(file), 0, "", "a name that cannot be printed; rename it"))
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
    """Simulate one scenario and print its levels and waterfall.

    Levels are measured from the first planned release, where the file plans none from its
    'measured from', and without decrees from the day after the world's start.
    """
    with plain_errors():
        if clock not in ("production", "day"):
            stop(f"--clock: no clock {clock!r}; expected 'production' or 'day'")
        one = trace or clock != "production"
        if one and (out is not None or as_json):
            stop("--trace and --clock day run one replication and save nothing: leave out --out "
                 "and --json")  # fmt: skip
        scenarios = _load_all([file], world)
        if one:
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
    """Compare scenarios with a baseline on common random numbers.

    A scenario without decrees is measured as its baseline is.
    """
    with plain_errors():
        day = _date(align)
        scenarios = _load_all(files, world)
        names = [scenario.name for scenario in scenarios]
        wanted = [_name(text) for text in baseline or names[:1]]
        for name in wanted:
            if name not in names:
                stop(f"--baseline: no {name!r} among the files: {', '.join(names)}")
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
    with plain_errors():
        from sim.paper.folder import read_waterfall

        typer.echo(read_waterfall(folder, None if scenario is None else _name(scenario)))


@app.command()
def table(
    folder: Annotated[Path, typer.Argument(help="The folder of a run.")],
    kind: Annotated[
        str | None, typer.Argument(help="effects, rests-on or levels; default: all there are.")
    ] = None,
) -> None:
    """Print the tables of a run's folder."""
    with plain_errors():
        from sim.paper.folder import read_tables

        typer.echo("\n\n".join(read_tables(folder, kind)))


def _name(text: str) -> str:
    """Return a scenario's name, also where its file is given."""
    return Path(text).stem if text.endswith((".yaml", ".yml")) else text


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

    start = scenario.world.start

    def show(day: int, event: str) -> None:
        typer.echo(f"{start + timedelta(days=day)}  {event}")

    cell = simulate(
        scenario, solved(scenario), Draws(seed, 0), clock=clock, trace=show if trace else None
    )
    stock = cell.record.series["stock"]
    typer.echo(f"{start + timedelta(days=len(stock) - 1)}  {stock[-1]} held at the end")


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
    from sim.paper.folder import (
        SaveError,
        check_folder,
        command_line,
        files_of,
        manifest,
        write_folder,
    )
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
    unsaved = None
    try:  # before anything is printed, so that a reader who leaves early loses nothing
        if out is not None:
            write_folder(out, files_of(found, tables), described)
            say(f"Saved in {out}")
    except SaveError as error:
        unsaved = error
    if as_json:
        typer.echo(json.dumps(json_of(found, described), indent=1, ensure_ascii=False))
    else:
        typer.echo("\n\n\n".join(tables.values()))
    if unsaved is not None:
        raise unsaved


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress | None]:
    """Show a bar with the time left on a terminal, a line a minute elsewhere or uncoloured."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal or console.no_color:
        last = time.monotonic()

        def line(done: int, total: int) -> None:
            nonlocal last
            if time.monotonic() - last >= 60:
                last = time.monotonic()
                say(f"{done} of {total} cells")

        yield line
        return
    began = time.monotonic()
    columns = ("cells", MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with ExitStack() as shown:
        bar = Progress(*columns, console=console, transient=True)
        task = bar.add_task("cells", total=None)

        def move(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if not bar.live.is_started and time.monotonic() - began >= BAR_AFTER_SECONDS:
                shown.enter_context(bar)

        yield move
