"""Commands that run many design points: sweeps, and draws over what is not known."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.drawing import Drawing
from sim.cli.messages import plain_errors, plain_values, say, stop
from sim.cli.options import (
    Cluster,
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
)
from sim.cli.work import Work

if TYPE_CHECKING:
    from sim.analysis.sweeps import SweepQuestion
    from sim.scenario.scenario import Scenario

BaselineFile = Annotated[
    Path | None,
    typer.Option(help="File to compare with. Default: no pardon, in the same world."),
]


def sweep(
    file: Annotated[Path, typer.Argument(help="A scenario file or a sweep file.")],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            help="A key path and its values, such as "
            "'decrees.party-75th.cap=none,20 per camp'; several make a grid."
        ),
    ] = None,
    baseline: BaselineFile = None,
    world: World = None,
    replications: Replications = 20,
    seed: Seed = 1,
    workers: Workers = 0,
    out: Out = None,
    force: Force = False,
    cluster: Cluster = None,
    shard: ShardText = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run variants of a scenario and tabulate what each differs from its baseline.

    All variants are checked before anything runs.
    """
    with plain_errors():
        work = Work(workers, out, force, quiet, shard, cluster)
        asked = _sweep_asked(file, vary or [], baseline, world, replications, seed)
        both = [point for row in asked.rows for point in (row.baseline, row.policy)]
        scenarios = _told_apart([point.scenario for point in both])
        for one, other in asked.repeated:
            say(f"{one} asks the same as {other}")
        if dry_run:
            work.tell(asked.asked, seed)
            return
        from sim.analysis.sweeps import sweep_answer

        began = time.monotonic()
        with work.study() as study:
            work.compute(study, asked.asked, seed)
            if work.shard is not None:
                return
            found = sweep_answer(asked, study)
        from sim.paper.manifest import command_line, described
        from sim.paper.sweeps import about_sweep, sweep_files, sweep_rows, sweep_tables

        seconds = time.monotonic() - began
        so = described(about_sweep(found), scenarios, command_line(), seconds)
        printed = {"rows": list(sweep_rows(found)), "manifest": so} if as_json else None
        work.finish(sweep_files(found), so, sweep_tables(found), printed)


def _sweep_asked(
    file: Path,
    vary: list[str],
    baseline: Path | None,
    world: Path | None,
    replications: int,
    seed: int,
) -> SweepQuestion:
    """Load what is swept: a sweep file, or a scenario and the axes of --vary."""
    from sim.analysis.sweeps import sweep_question
    from sim.scenario.load import load
    from sim.scenario.sweeps.sweep import grid, is_sweep_file, load_sweep
    from sim.scenario.sweeps.sweep import vary as axis
    from sim.scenario.variants import without_decrees

    named = None if baseline is None else load(baseline, world=world)
    if is_sweep_file(file):
        if vary:
            stop("--vary: the sweep file says what is varied; give --vary with a scenario file")
        found = load_sweep(file, world=world)
        compared = named or found.baseline or without_decrees(found.scenario)
        return sweep_question(
            found.scenario, found.variants, compared, title=found.title,
            replications=replications, seed=seed,
        )  # fmt: skip
    scenario = load(file, world=world)
    if not vary:
        stop("nothing to sweep: give --vary PATH=V1,V2, or a sweep file")
    compared = named or without_decrees(scenario)
    variants = grid(scenario, [axis(text) for text in vary], taken=[compared.name, scenario.name])
    return sweep_question(
        scenario, variants, compared, title=scenario.title, replications=replications, seed=seed
    )


def sensitivity(
    files: Files,
    baseline: BaselineFile = None,
    draws: Annotated[
        int, typer.Option(min=8, max=1_000_000, help="Draws; with morris and saltelli, at most.")
    ] = 200,
    design: Annotated[
        str,
        typer.Option(
            help="lhs (Latin hypercube), sobol (points that can be extended), morris (screening "
            "by elementary effects), saltelli (Sobol' indices)."
        ),
    ] = "lhs",
    only: Annotated[
        list[str] | None,
        typer.Option(help="Draw only assumptions whose name holds this text; may be repeated."),
    ] = None,
    replications: Replications = 5,
    align: Annotated[
        str | None, typer.Option(help="Move each scenario's first planned release to this date.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Assumptions shown in a table.")] = 20,
    world: World = None,
    seed: Seed = 1,
    workers: Workers = 0,
    out: Out = None,
    force: Force = False,
    cluster: Cluster = None,
    shard: ShardText = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw all that is not known and tell what the results rest on.

    Every graded range and every switch under 'rests on' is drawn at once; all policies of a draw
    and their baseline share one drawn world.
    """
    with plain_errors():
        day = date_of(align, "--align")
        work = Work(workers, out, force, quiet, shard, cluster)
        policies, compared = _policies(files, baseline, world)
        from sim.analysis.drawn import DESIGNS, chosen_design
        from sim.analysis.question import aligned
        from sim.scenario.draws.ranges import chosen, parameters

        if design not in DESIGNS:
            stop(f"--design: no design {design!r}; expected one of {', '.join(DESIGNS)}")
        moved, like = aligned(policies, day), aligned([compared], day)[0]
        with plain_values("--only"):
            drawn = chosen(parameters((*moved, like)), only or [])
        with plain_values("--draws"):
            points = chosen_design(design, draws, len(drawn), seed)
        Drawing(work, design, points, drawn, replications, seed, rows).run(
            moved, like, as_json=as_json
        )


def attribute(
    file: File,
    baseline: BaselineFile = None,
    world: World = None,
    replications: Replications = 20,
    seed: Seed = 1,
    workers: Workers = 0,
    out: Out = None,
    force: Force = False,
    cluster: Cluster = None,
    shard: ShardText = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Attribute what a decree does to its clauses, by Shapley's shares.

    Every subset of a decree's clauses is run on the same random numbers; a clause's share is its
    mean contribution over all orders in which the clauses could be added.
    """
    with plain_errors():
        from sim.analysis.clauses import clause_question, clause_shares
        from sim.scenario.load import load
        from sim.scenario.variants import without_decrees

        work = Work(workers, out, force, quiet, shard, cluster)
        scenario = load(file, world=world)
        compared = load(baseline, world=world) if baseline else without_decrees(scenario)
        _told_apart([compared, scenario])
        with plain_values(str(file)):
            asked = clause_question(scenario, compared, replications=replications, seed=seed)
        began = time.monotonic()
        with work.study() as study:
            work.compute(study, asked.asked, seed)
            if work.shard is not None:
                return
            found = clause_shares(asked, study)
            tables_sha256 = study.store.tables()
        from sim.paper.clauses import about_clauses, clause_files, clause_rows, clause_table
        from sim.paper.manifest import command_line, described

        about = about_clauses(found, tables_sha256)
        so = described(about, [compared, scenario], command_line(), time.monotonic() - began)
        printed = {"rows": list(clause_rows(found)), "manifest": so} if as_json else None
        work.finish(clause_files(found), so, {"clauses": clause_table(found)}, printed)


def _policies(
    files: list[Path], baseline: Path | None, world: Path | None
) -> tuple[list[Scenario], Scenario]:
    from sim.scenario.load import load
    from sim.scenario.variants import without_decrees

    policies = load_all(files, world)
    compared = load(baseline, world=world) if baseline else without_decrees(policies[0])
    if compared.name in [policy.name for policy in policies]:
        stop(f"--baseline: {compared.name!r} is among the files; it has no difference from itself")
    return policies, compared


def _told_apart(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return each scenario once; refuse two of one name."""
    found: dict[str, Scenario] = {}
    for scenario in scenarios:
        if found.setdefault(scenario.name, scenario).address != scenario.address:
            stop(f"two scenarios are called {scenario.name!r}; rename one")
    return list(found.values())
