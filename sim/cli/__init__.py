"""The command line: parse, call, print. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from sim.cli import designs, evaluation, folders, laws, pictures, runs, verification
from sim.cli.start import one_thread

__all__ = ["app", "main"]

app = typer.Typer(
    name="amnesty",
    help="What would this pardon do to the prisons? Simulate amnesty policies and compare them.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    laws.check, laws.explain, laws.diff, laws.schema, laws.init,
    runs.run, runs.compare, designs.sweep, designs.sensitivity, designs.attribute,
    evaluation.backtest, evaluation.check_theory,
    folders.waterfall, folders.table, folders.status, folders.merge, folders.export,
    pictures.figure, pictures.report,
    verification.verify,
):  # fmt: skip
    app.command()(command)


def _tell_versions(asked: bool) -> None:
    if asked:
        from sim.paper.manifest import versions

        typer.echo(versions())
        raise typer.Exit


@app.callback()
def _amnesty(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_versions, is_eager=True,
                           help="Print the versions of program and model.")
    ] = False,
) -> None:  # fmt: skip
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # where a minus sign cannot be written
    one_thread()
    app()
