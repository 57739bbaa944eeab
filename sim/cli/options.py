"""Options and arguments that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.messages import say, stop

if TYPE_CHECKING:
    from sim.analysis.precise import Wish
    from sim.scenario.scenario import Scenario

Files = Annotated[list[Path], typer.Argument(help="Scenario files; shipped ones by name.")]
File = Annotated[Path, typer.Argument(help="A scenario file; a shipped one by name.")]
Folder = Annotated[Path, typer.Argument(help="The folder of a study.")]
World = Annotated[Path | None, typer.Option(help="Run the decrees in this file's world instead.")]
Replications = Annotated[
    int, typer.Option(min=1, max=1_000_000, help="Realisations of every scenario.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")]
Workers = Annotated[
    int, typer.Option(min=0, max=1024, help="Worker processes; 0 for one per processor.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the study: cells, tables, CSV files, manifest. Cells that it has are not "
        "computed again."
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Drop the cells that the folder has and begin afresh.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Tell what would be computed and how long it takes; then end."),
]
PrecisionText = Annotated[
    list[str] | None,
    typer.Option(
        "--precision",
        help="Replicate until the differences are this precise (half the 95% interval): 5% of "
        "each headline difference, or MEASURE=5%, or MEASURE=20 in its unit; may be repeated. "
        "Then --replications says nothing.",
    ),
]
Budget = Annotated[
    int, typer.Option(min=8, max=1_000_000, help="Most replications that --precision may take.")
]
Cluster = Annotated[
    str | None,
    typer.Option(
        help="Address (tcp://...) or scheduler file of a Dask cluster that exists, whose workers "
        "compute the cells."
    ),
]
ShardText = Annotated[
    str | None,
    typer.Option(
        "--shard",
        help="Compute one part of the study, such as 2/8, into --out; 'amnesty merge' joins them.",
    ),
]


def load_all(files: list[Path], world: Path | None) -> list[Scenario]:
    """Load files, all their mistakes told at once."""
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
        if found and found[-1].imbalance:
            say(f"{file}: {found[-1].imbalance}")
    if problems:
        raise ScenarioError(problems)
    names = [scenario.name for scenario in found]
    for name in names:
        if names.count(name) > 1:
            stop(f"two files are called {name!r}; rename one")
    return found


def name_of(text: str) -> str:
    """Return a scenario's name, also where its file is given."""
    return Path(text).stem if text.endswith((".yaml", ".yml")) else text


def listed(text: str | None) -> list[str]:
    """Return what stands between commas."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def date_of(text: str | None, option: str) -> date | None:
    """Read a date given to an option."""
    from sim.scenario.lengths import read_date

    try:
        return None if text is None else read_date(text)
    except ValueError as error:
        stop(f"{option}: {error}")


def wishes_of(texts: list[str]) -> list[Wish]:
    """Read how precise differences shall be."""
    from sim.analysis.compare import HEADLINE
    from sim.analysis.precise import Wish
    from sim.scenario.lengths import read_share

    wishes = []
    for text in texts:
        measure, equals, width = text.rpartition("=")
        try:
            share = float(read_share(width.strip())) if width.strip().endswith("%") else None
            number = float(width) if share is None else None
        except ValueError:
            stop(f"--precision: expected a share such as 5%, or MEASURE=20; found {text!r}")
        if share is None and not equals:
            stop(f"--precision: {text!r} has no unit; name a measure, MEASURE={text}, or give a "
                 "share such as 5%")  # fmt: skip
        names = [measure.strip()] if equals else HEADLINE
        wishes += [Wish(name, share, number) for name in names]
    return wishes
