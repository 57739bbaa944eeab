"""Commands that simulate: one scenario, or several compared."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.messages import plain_errors, say, shown_progress, stop
from sim.cli.options import (
    DryRun,
    File,
    Files,
    Force,
    Json,
    Out,
    Quiet,
    Replications,
    Seed,
    ShardText,
    Workers,
    World,
    date_of,
    load_all,
    name_of,
)

if TYPE_CHECKING:
    from sim.analysis.question import Question
    from sim.scenario.load import Scenario
    from sim.study.study import Crew, Shard, Study


def run(
    file: File,
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
        scenarios = load_all([file], world)
        if one:
            _trace(scenarios[0], seed, clock, trace=trace)
            return
        from sim.analysis.question import question

        asked = question(scenarios, replications=replications, seed=seed)
        Work(workers, out, force, quiet).answer(asked, as_json=as_json)


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
    shard: ShardText = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with a baseline on common random numbers.

    A scenario without decrees is measured as its baseline is.
    """
    with plain_errors():
        from sim.analysis.question import question

        day = date_of(align, "--align")
        part = shard_of(shard, out)
        scenarios = load_all(files, world)
        names = [scenario.name for scenario in scenarios]
        wanted = [name_of(text) for text in baseline or names[:1]]
        for name in wanted:
            if name not in names:
                stop(f"--baseline: no {name!r} among the files: {', '.join(names)}")
        asked = question(
            scenarios, baselines=wanted, replications=replications, seed=seed, align=day,
            assumptions=assumptions,
        )  # fmt: skip
        work = Work(workers, out, force, quiet, part)
        if dry_run:
            work.tell(asked)
        else:
            work.answer(asked, as_json=as_json)


def shard_of(text: str | None, out: Path | None) -> Shard | None:
    """Read which part of a study is to be computed."""
    from sim.study.study import Shard

    if text is None:
        return None
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        stop(f"--shard: expected a part and the number of parts, such as 2/8; found {text!r}")
    if out is None:
        stop("--shard: give --out as well; a part is kept for 'amnesty merge'")
    return Shard(int(number), int(of))


class Work:
    """How a study is computed and where it is kept."""

    def __init__(
        self,
        workers: int,
        out: Path | None,
        force: bool = False,
        quiet: bool = False,
        shard: Shard | None = None,
    ) -> None:
        from sim.paper.folder import check_folder
        from sim.study.execute import processors

        if out is not None:
            check_folder(out)
        self.workers, self.out, self.force = workers or processors(), out, force
        self.quiet, self.shard = quiet, shard

    def _crew(self) -> Crew:
        from sim.study.study import Crew

        return Crew(self.workers)

    def tell(self, asked: Question) -> None:
        """Tell what would be computed, and how long that takes."""
        from sim.study.study import expected_seconds, open_to_look

        with open_to_look(None if self.force else self.out) as study:
            plan = study.plan(asked.asked, asked.seed, self.shard)
            seconds = expected_seconds(plan, self.workers)
        typer.echo(f"{plan.there} cells are there already; {plan.to_compute} to compute")
        for ask in asked.asked:
            typer.echo(f"  {ask.point.label}: {ask.replications} replications")
        if plan.missing:
            typer.echo(f"some {_lasting(seconds)} with {self.workers} workers")

    def answer(self, asked: Question, *, as_json: bool = False) -> None:
        """Compute what is missing, print the results and save them."""
        from sim.analysis.compare import answer
        from sim.study.study import Study

        began = time.monotonic()
        with Study(self.out, afresh=self.force) as study:
            self.compute(study, asked)
            if self.shard is not None:
                return
            found = answer(asked, study)
        from sim.paper.data import as_json as json_of
        from sim.paper.folder import SaveError, files_of, write_folder
        from sim.paper.manifest import command_line, manifest
        from sim.paper.report import tables_of

        described = manifest(found, command_line(), time.monotonic() - began)
        tables = tables_of(found)
        unsaved = None
        try:  # before anything is printed, so that a reader who leaves early loses nothing
            if self.out is not None:
                write_folder(self.out, files_of(found, tables), described)
                say(f"Saved in {self.out}")
        except SaveError as error:
            unsaved = error
        if as_json:
            typer.echo(json.dumps(json_of(found, described), indent=1, ensure_ascii=False))
        else:
            typer.echo("\n\n\n".join(tables.values()))
        if unsaved is not None:
            raise unsaved

    def compute(self, study: Study, asked: Question) -> None:
        """Compute the missing cells and tell which were there."""
        with shown_progress(self.quiet) as progress:
            plan = study.compute(
                asked.asked, asked.seed, crew=self._crew(), shard=self.shard, progress=progress
            )
        if self.out is None:
            return
        for key in plan.damaged:
            say(f"A cell was damaged and was computed again: replication {key.replication} of "
                f"point {key.point[:12]}")  # fmt: skip
        changed = f" ({', '.join(plan.changed)} changed)" if plan.changed else ""
        if plan.there or self.shard is not None:
            say(f"{plan.there} cells were there, {plan.to_compute} computed{changed}")


def _lasting(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


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
