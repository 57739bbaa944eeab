"""Commands that draw: figures, and the report of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.messages import plain_errors, say
from sim.cli.options import Folder, listed, name_of


def report(
    folder: Folder,
    out: Annotated[
        Path | None, typer.Option(help="File to write; default: report.html in the folder.")
    ] = None,
) -> None:
    """Write one HTML page with a study's words, tables and figures; it can be read offline."""
    with plain_errors():
        from sim.paper.webpage.report import write_report

        say(f"Wrote {write_report(folder, out)}")


def figure(
    folder: Folder,
    kind: Annotated[
        str,
        typer.Argument(help="stock, gap, forest, tornado, waterfall, incidence, exile, "
                       "running-mean, or all that the study allows."),
    ] = "all",
    style: Annotated[
        str,
        typer.Option(help="Width: single (84 mm), middle (129), double (174 mm), or slide."),
    ] = "double",
    form: Annotated[
        str, typer.Option("--format", help="pdf, svg, png; several apart by commas.")
    ] = "pdf,svg,png",
    measures: Annotated[
        str | None,
        typer.Option(help="Measures of forest, tornado and running-mean, apart by commas."),
    ] = None,
    scenarios: Annotated[
        str | None, typer.Option(help="Scenarios drawn, apart by commas; default: all.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="One baseline of several; default: each.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; default: figures in the study's.")
    ] = None,
) -> None:  # fmt: skip
    """Draw the figures of a study from its folder alone, each with its numbers as CSV."""
    with plain_errors():
        from sim.paper.figures.drawing import Choice, draw

        choice = Choice(
            tuple(name_of(text) for text in listed(scenarios)),
            None if baseline is None else name_of(baseline), tuple(listed(measures)),
        )  # fmt: skip
        written, missing = draw(
            folder, kind, out=out, style=style, formats=listed(form) or [form], choice=choice
        )
        for path in written:
            typer.echo(str(path))
        for name, why in missing.items():
            say(f"no {name}: {why}")
