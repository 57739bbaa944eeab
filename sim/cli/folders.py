"""Commands on the folder of a study: tables, state, joining."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.messages import DOES_NOT_HOLD, plain_errors, stop
from sim.cli.options import Folder, Json, name_of


def waterfall(
    folder: Folder,
    scenario: Annotated[str | None, typer.Option(help="One scenario; default: all.")] = None,
) -> None:
    """Print who is freed, and why not, from the folder of a study."""
    with plain_errors():
        from sim.paper.reading import read_waterfall

        typer.echo(read_waterfall(folder, None if scenario is None else name_of(scenario)))


def table(
    folder: Folder,
    kind: Annotated[
        str | None, typer.Argument(help="effects, rests-on or levels; default: all there are.")
    ] = None,
) -> None:
    """Print the tables of a study's folder."""
    with plain_errors():
        from sim.paper.reading import read_tables

        typer.echo("\n\n".join(read_tables(folder, kind)))


def status(
    folder: Folder,
    verify: Annotated[
        bool, typer.Option("--checksums", help="Check every cell's checksum; exit status 3 if one "
                           "does not hold.")
    ] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Tell which cells a study has, which are missing, and whether a process works on it."""
    with plain_errors():
        from sim.study.state import state_of

        found = state_of(folder, checksums=verify)
        typer.echo(json.dumps(found.as_json(), indent=1) if as_json else found.in_words())
        if found.damaged:
            raise typer.Exit(DOES_NOT_HOLD)


def merge(
    folders: Annotated[list[Path], typer.Argument(help="Folders of the parts.")],
    out: Annotated[Path, typer.Option(help="Folder of the whole; cells that it has stay.")],
) -> None:
    """Join the cells of studies, such as the parts that --shard makes, in one folder.

    Then the command without --shard, with --out on the joined folder, writes the tables.
    """
    with plain_errors():
        from sim.paper.folder import check_folder
        from sim.study.state import joined

        if out.resolve() in {folder.resolve() for folder in folders}:
            stop(f"--out: {out} is one of the parts; give another folder")
        check_folder(out)
        typer.echo(joined(folders, out))
