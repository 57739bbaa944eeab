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
    file: Annotated[
        Path, typer.Argument(help="A file of reports; default: the shipped history.")
    ] = REPORTS,
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
        from sim.scenario.reports import load_reports

        work = Work(workers, out, force, quiet, None, cluster)
        reports = load_reports(file)
        _score(work, reports, draws, replications, seed, as_json=as_json)


def _score(
    work: Work, reports: Reports, draws: int, replications: int, seed: int, *, as_json: bool
) -> None:
    """Draw, compute, score, print and save."""
    from sim.analysis.backtest import compared, plan_predictions, scores

    began = time.monotonic()
    if next(compared(reports), None) is None:
        stop(f"{reports.name}: no report has anything alike; nothing to compare")
    if not work.quiet:
        say(f"Drawing {draws} worlds for each group of scenarios")
    with work.crew() as crew, crew.at_work() as (executor, _):
        plan = plan_predictions(reports, draws, seed, executor=executor)
    empty = [name for name, gaps in plan.left_out.items() if len(gaps) == draws]
    if empty:
        stop(f"{empty[0]}: no draw describes a possible world; the first: "
             f"{plan.left_out[empty[0]][0].why}")  # fmt: skip
    with work.study() as study:
        work.compute(study, plan.asked(replications), seed)
        found = scores(reports, plan, study, replications, seed)
    from sim.paper.backtest import backtest_rows, backtest_tables, left_out_rows
    from sim.paper.data import csv_text, resolved_files
    from sim.paper.manifest import command_line, described
    from sim.paper.plain_text import plain_text

    about = {
        "kind": "backtest", "seed": seed, "replications": replications, "draws": draws,
        "title": reports.title,
        "impossible_draws": {name: len(gaps) for name, gaps in plan.left_out.items()},
    }  # fmt: skip
    scenarios = list({s.name: s for s in reports.scenarios.values()}.values())
    so = described(about, scenarios, command_line(), time.monotonic() - began)
    rows = list(backtest_rows(reports, found))
    tables = {table.name: plain_text(table) for table in backtest_tables(rows, about)}
    files = {"backtest.csv": csv_text(rows), "left-out.csv": csv_text(left_out_rows(plan))}
    files |= resolved_files(scenarios)
    files |= {f"{name}.txt": text + "\n" for name, text in tables.items()}
    printed = {"rows": rows, "manifest": so} if as_json else None
    work.finish({name: text for name, text in files.items() if text}, so, tables, printed)


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
