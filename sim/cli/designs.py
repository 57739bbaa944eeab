"""Commands that run many design points: sweeps, and draws over what is not known."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.messages import plain_errors, plain_values, say, stop
from sim.cli.options import (
    Cluster,
    DryRun,
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
    from sim.paper.ignorance import Layers
    from sim.scenario.load import Scenario

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
        from sim.paper.data import csv_text, resolved_files
        from sim.paper.manifest import command_line, described
        from sim.paper.sweeps import sweep_rows, sweep_table

        rows = list(sweep_rows(found))
        tables = {"sweep": sweep_table(found)}
        scenarios = [row.policy.scenario for row in asked.rows]
        about = {"seed": seed, "replications": replications, "title": asked.title,
                 "tables_sha256": dict(found.tables)}  # fmt: skip
        described_so = described(about, scenarios, command_line(), time.monotonic() - began)
        files = {"sweep.csv": csv_text(rows), "sweep.txt": tables["sweep"] + "\n",
                 **resolved_files(scenarios)}  # fmt: skip
        printed = {"rows": rows, "manifest": described_so} if as_json else None
        work.finish(files, described_so, tables, printed)


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
    from sim.scenario.sweep import grid, is_sweep_file, load_sweep
    from sim.scenario.sweep import vary as axis
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
    draws: Annotated[int, typer.Option(min=8, max=100_000, help="Draws of all that is not known.")]
    = 200,
    design: Annotated[str, typer.Option(help="lhs (Latin hypercube) or sobol.")] = "lhs",
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
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Draw all that is not known and tell what the results rest on.

    Every graded range and every switch under 'rests on' is drawn at once; all policies of a draw
    and their baseline share one drawn world.
    """
    with plain_errors():
        day = date_of(align, "--align")
        if design not in DESIGNS:
            stop(f"--design: no design {design!r}; expected one of {', '.join(DESIGNS)}")
        work = Work(workers, out, force, quiet)
        policies, compared = _policies(files, baseline, world)
        from sim.analysis.question import aligned

        Drawing(work, draws, design, replications, seed, rows).run(
            aligned(policies, day), aligned([compared], day)[0], as_json=as_json
        )


DESIGNS = {"lhs": "Latin hypercube", "sobol": "Sobol' points"}


def _policies(
    files: list[Path], baseline: Path | None, world: Path | None
) -> tuple[list[Scenario], Scenario]:
    from sim.scenario.load import load
    from sim.scenario.variants import without_decrees

    policies = load_all(files, world)
    compared = load(baseline, world=world) if baseline else without_decrees(policies[0])
    if compared.name in [policy.name for policy in policies]:
        stop(f"--baseline: {compared.name!r} is among the files; compare it with itself is nothing")
    return policies, compared


class Drawing:
    """Draws, runs and tells."""

    def __init__(
        self, work: Work, draws: int, design: str, replications: int, seed: int, rows: int
    ) -> None:
        self.work, self.draws, self.design = work, draws, design
        self.replications, self.seed, self.rows = replications, seed, rows

    def run(self, policies: list[Scenario], baseline: Scenario, *, as_json: bool) -> None:
        """Plan the draws, compute their cells beside those as written, print and save."""
        from sim.analysis.compare import answer
        from sim.analysis.ignorance import plan_draws, read_draws
        from sim.analysis.question import question
        from sim.scenario.ranges import parameters
        from sim.study.designs import latin_hypercube, sobol_points
        from sim.study.execute import processes

        began = time.monotonic()
        made = {"lhs": latin_hypercube, "sobol": sobol_points}[self.design]
        written = question([baseline, *policies], replications=self.replications, seed=self.seed)
        known = parameters((*policies, baseline))
        with plain_values("--draws"):
            design = made(self.draws, len(known), self.seed)
        with self.work.study() as study:
            with processes(self.work.workers) as executor:
                plan = plan_draws(policies, baseline, design, executor=executor)
            asked = [*written.asked, *plan.asked(self.replications)]
            self.work.compute(study, asked, self.seed)
            central = answer(written, study)
            found = read_draws(plan, study, self.replications, self.seed)
        from sim.paper.ignorance import layers_of

        layers = layers_of(central, plan, found, DESIGNS[self.design], self.seed)
        self._finish(layers, time.monotonic() - began, as_json=as_json)

    def _finish(self, layers: Layers, seconds: float, *, as_json: bool) -> None:
        from sim.paper.ignorance import files_of_layers, ignorance_tables
        from sim.paper.manifest import command_line, described

        written = layers.written
        about = {
            "seed": self.seed, "replications": self.replications, "draws": self.draws,
            "possible_draws": len(layers.plan.possible), "design": layers.design,
            "tables_sha256": written.digests,
        }  # fmt: skip
        so = described(about, written.scenarios, command_line(), seconds)
        tables = ignorance_tables(layers, self.rows)
        files, data = files_of_layers(layers, tables)
        self.work.finish(files, so, tables, {**data, "manifest": so} if as_json else None)
