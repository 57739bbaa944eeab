"""Commands that put the model to the test: reports of real pardons, and theory."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.messages import DOES_NOT_HOLD, plain_errors, say, stop
from sim.cli.options import Cluster, Force, Json, Out, Quiet, Seed, Workers
from sim.cli.work import Work

if TYPE_CHECKING:
    from sim.scenario.reports import Reports

REPORTS = Path("history/reports.yaml")


def backtest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of reports; default: the shipped history.")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=8, max=1_000_000, help="Draws of what is not known.")
    ] = 100,
    replications: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Realisations of every draw.")
    ] = 2,
    seed: Seed = 1,
    workers: Workers = 0,
    out: Out = None,
    force: Force = False,
    cluster: Cluster = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score reports of real pardons by their percentiles in what their scenarios give.

    Alike is compared with alike; what has nothing alike is listed with the reason. The scores
    judge no file as wrong: the exit status is 0 whatever they are.
    """
    with plain_errors():
        work = Work(workers, out, force, quiet, None, cluster)
        every = _loaded(files or [REPORTS])
        _score(work, every, draws, replications, seed, as_json=as_json)


def _loaded(files: list[Path]) -> list[Reports]:
    """Load files of reports, all their mistakes told at once."""
    from sim.analysis.backtest import compared
    from sim.scenario.problems import Problem, ScenarioError
    from sim.scenario.reports import load_reports

    problems: list[Problem] = []
    found: list[Reports] = []
    for file in files:
        try:
            found.append(load_reports(file))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    addresses: dict[str, str] = {}
    for reports in found:
        if [one.name for one in found].count(reports.name) > 1:
            stop(f"two files are called {reports.name!r}; rename one")
        if next(compared(reports), None) is None:
            stop(f"{reports.name}: no report has anything alike; nothing to compare")
        for scenario in reports.scenarios.values():
            if addresses.setdefault(scenario.name, scenario.address) != scenario.address:
                stop(f"two scenarios are called {scenario.name!r}; rename one")
    return found


def _score(
    work: Work, every: list[Reports], draws: int, replications: int, seed: int, *, as_json: bool
) -> None:
    """Draw, compute, score, print and save."""
    from sim.analysis.backtest import plan_predictions, read_backtest

    began = time.monotonic()
    if not work.quiet:
        say(f"Drawing {draws} worlds for each group of scenarios")
    with work.crew() as crew, crew.at_work() as (executor, _):
        plans = [plan_predictions(one, draws, seed, executor=executor) for one in every]
    gaps = {name: found for plan in plans for name, found in plan.left_out.items()}
    for name, found in gaps.items():
        if len(found) == draws:
            stop(f"{name}: no draw describes a possible world; the first: {found[0].why}")
    with work.study() as study:
        asked = [ask for plan in plans for ask in plan.asked(replications)]
        work.compute(study, asked, seed)
        scored = read_backtest(every, plans, study, replications, seed)
    from sim.paper import backtest as paper
    from sim.paper.manifest import command_line, described

    seconds = time.monotonic() - began
    so = described(
        paper.about_backtest(scored), paper.scenarios_of(scored), command_line(), seconds
    )
    printed = {"rows": paper.rows_of(scored), "manifest": so} if as_json else None
    work.finish(paper.backtest_files(scored), so, paper.printed_tables(scored), printed)


def check_theory(
    replications: Annotated[
        int, typer.Option(min=2, max=100_000, help="Realisations of every world.")
    ] = 20,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Hold the model against closed forms of queueing theory, on the worlds of theory/.

    Exit status 3 if a simulated value lies outside the band that chance allows it.
    """
    with plain_errors():
        from sim.analysis.theory import check_theory as checked
        from sim.paper.plain_text import plain_text
        from sim.paper.theory import theory_rows, theory_table

        found = checked(replications, seed)
        if as_json:
            told = {"checks": list(theory_rows(found)), "replications": replications, "seed": seed}
            typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
        else:
            typer.echo(plain_text(theory_table(found, replications, seed)))
        for one in found:
            if not one.holds:
                say(f"{one.subject}: {one.quantity}: {one.simulated:.6g} lies outside "
                    f"{one.low:.6g} to {one.high:.6g}")  # fmt: skip
    if not all(one.holds for one in found):
        raise typer.Exit(DOES_NOT_HOLD)
