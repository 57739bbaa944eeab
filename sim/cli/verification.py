"""The command of referees."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sim.cli.messages import DOES_NOT_HOLD, plain_errors, say
from sim.cli.options import Folder, Json


def verify(
    folder: Folder,
    cells: Annotated[int, typer.Option(min=0, help="Cells to run again.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Chooses these cells.")] = 1,
    as_json: Json = False,
) -> None:
    """Check that a study's results are what its inputs give.

    Files are compared with the manifest, cells with their checksums; a sample of cells is run
    again, and the data files of a comparison are computed again from the cells. Exit status 3 if
    anything does not hold.
    """
    with plain_errors():
        from sim.paper.verify import verify as check

        found = check(folder, cells, seed)
        if as_json:
            typer.echo(json.dumps({"held": found.held, "broken": found.broken}, indent=1))
        else:
            for line in found.held:
                typer.echo(line)
        for line in found.broken:
            say(f"{folder}: {line}")
        if found.broken:
            raise typer.Exit(DOES_NOT_HOLD)
