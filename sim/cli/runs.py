"""Commands that simulate: one scenario, or several compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.messages import plain_errors, say, stop
from sim.cli.options import (
    Budget,
    Cluster,
    DryRun,
    File,
    Files,
    Force,
    Json,
    Out,
    PrecisionText,
    Quiet,
    Replications,
    Seed,
    ShardText,
    Workers,
    World,
    date_of,
    load_all,
    name_of,
    wishes_of,
)
from sim.cli.work import Work

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


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
        work = Work(workers, out, force, quiet)
        scenarios = load_all([file], world)
        if one:
            _trace(scenarios[0], seed, clock, trace=trace)
            return
        from sim.analysis.question import question

        asked = question(scenarios, replications=replications, seed=seed)
        work.answer(asked, as_json=as_json)


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
    precision: PrecisionText = None,
    budget: Budget = 1000,
    out: Out = None,
    force: Force = False,
    cluster: Cluster = None,
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
        work = Work(workers, out, force, quiet, shard, cluster)
        wishes = wishes_of(precision or [])
        scenarios = load_all(files, world)
        names = [scenario.name for scenario in scenarios]
        wanted = [name_of(text) for text in baseline or names[:1]]
        for name in wanted:
            if name not in names:
                stop(f"--baseline: no {name!r} among the files: {', '.join(names)}; a baseline's "
                     "file stands among them")  # fmt: skip
        if len(names) == 1:
            say("One file alone is compared with nothing, so levels follow. A baseline's file "
                "stands before it, such as no-pardon.yaml.")  # fmt: skip
        without = [one.name for one in scenarios if one.decrees and not one.document.rests_on]
        if assumptions and without:
            say(f"--assumptions: {', '.join(without)}: no 'rests on' in the file, so nothing is "
                "changed there; 'amnesty sensitivity' draws all that has a range")  # fmt: skip
        asked = question(
            scenarios, baselines=wanted, replications=replications, seed=seed, align=day,
            assumptions=assumptions,
        )  # fmt: skip
        if dry_run and wishes:
            work.rule(asked, wishes, budget)
            typer.echo("At most, should --precision take the whole budget:")
            asked = replace(asked, replications=budget)
        if dry_run:
            work.tell(asked.asked, asked.seed)
        else:
            work.answer(asked, as_json=as_json, wishes=wishes, budget=budget)


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
