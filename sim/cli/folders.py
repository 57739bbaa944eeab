"""Commands on the folder of a study: tables, state, joining."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from sim.cli.messages import DOES_NOT_HOLD, plain_errors, plain_values, say, stop
from sim.cli.options import Folder, Json, listed, name_of

if TYPE_CHECKING:
    from sim.paper.printing import Format, Look
    from sim.paper.sheet import Interval
    from sim.paper.table import Table


NEVER_SAVED = ("parameters", "stress")
"""Kinds of tables that runs do not save as text."""


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
        str | None,
        typer.Argument(help="effects, levels, waterfall, rests-on, sweep, draws, backtest, "
                       "parameters or stress (a checklist); default: all that the run printed."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="text, latex, markdown, csv, html or docx."),
    ] = None,
    measures: Annotated[
        str | None, typer.Option(help="Measures shown, apart by commas; default: the headlines.")
    ] = None,
    scenarios: Annotated[
        str | None, typer.Option(help="Scenarios shown, apart by commas; default: all.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(help="With what effects are compared; default: each baseline.")
    ] = None,
    caption: Annotated[str | None, typer.Option(help="Caption of a single table.")] = None,
    label: Annotated[str | None, typer.Option(help="LaTeX label of a single table.")] = None,
    interval: Annotated[
        str | None, typer.Option(help="Intervals below their numbers, beside them, or none.")
    ] = None,
    page: Annotated[
        float | None, typer.Option("--page-width", min=40, max=1000, help="Text width of the page "
                                   "in millimetres, for LaTeX; wider tables are split.")
    ] = None,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="A whole LaTeX document or HTML page.")
    ] = False,
    macros: Annotated[
        bool, typer.Option("--macros", help="Numbers for running text as LaTeX macros in place "
                           "of tables; with --out as .tex, .csv and .json.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; default: print.")] = None,
) -> None:  # fmt: skip
    """Print the tables of a study's folder, made from its data files alone.

    Without options, tables are printed as the run saved them.
    """
    with plain_errors():
        from sim.paper.printing import FORMATS, INTERVALS, write_numbers
        from sim.paper.reading import build_tables, read_tables
        from sim.paper.results import read_results

        if macros:
            _only_macros(kind, form, measures, scenarios)
            results = read_results(folder)
            if out is None:
                from sim.paper.macros import numbers_tex

                typer.echo(numbers_tex(results), nl=False)
            else:
                say("Wrote " + ", ".join(map(str, write_numbers(results, out))))
            return
        _one_of("--format", form, FORMATS)
        _one_of("--interval", interval, INTERVALS)
        changed = (form, measures, scenarios, baseline, caption, label, interval, page, out)
        if not standalone and kind not in NEVER_SAVED and all(x is None for x in changed):
            typer.echo("\n\n".join(read_tables(folder, kind)))
            return
        look = _look(form, interval, caption, label, page, standalone=standalone)
        if look.format == "docx" and out is None:
            stop("--format docx: a Word document cannot be printed; give --out FILE.docx")
        tables = build_tables(
            folder, kind, measures=listed(measures), baseline=_name(baseline),
            scenarios=[name_of(text) for text in listed(scenarios)],
        )  # fmt: skip
        _deliver(tables, look, out)


def _only_macros(*others: str | None) -> None:
    if any(other is not None for other in others):
        stop("--macros: gives all numbers of the study; leave out KIND, --format, --measures and "
             "--scenarios")  # fmt: skip


def _name(text: str | None) -> str | None:
    return None if text is None else name_of(text)


def _one_of(option: str, word: str | None, words: Sequence[str]) -> None:
    """Refuse a word that an option does not know."""
    if word is not None and word not in words:
        stop(f"{option}: expected one of {', '.join(words)}; found {word!r}")


def _look(
    form: str | None,
    interval: str | None,
    caption: str | None,
    label: str | None,
    page: float | None,
    *,
    standalone: bool,
) -> Look:
    """Put together how tables are printed; words are known to be right."""
    from sim.paper.printing import PAGE_MM, Look

    return Look(
        cast("Format", form or "text"), cast("Interval | None", interval), caption, label,
        standalone, page or PAGE_MM,
    )  # fmt: skip


def _deliver(tables: Sequence[Table], look: Look, out: Path | None) -> None:
    """Write tables to a file, or print them."""
    from sim.paper.printing import print_tables
    from sim.paper.word import MissingWordError

    try:
        found = print_tables(tables, look)
    except MissingWordError as error:
        stop(f"--format docx: {error}")
    if isinstance(found, str) and out is None:
        typer.echo(found, nl=False)
    elif out is not None:
        out.write_bytes(found if isinstance(found, bytes) else found.encode())
        say(f"Wrote {out}")


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


def export(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder for the files; may be the study's own.")],
    form: Annotated[
        str, typer.Option("--format", help="csv, or parquet (which needs pyarrow).")
    ] = "csv",
    series: Annotated[
        list[str] | None,
        typer.Option(help="A count by day, such as stock; may be repeated. Default: all."),
    ] = None,
) -> None:
    """Write a study's cells as tidy tables: counts by day and waterfalls, per replication."""
    with plain_errors():
        from sim.paper.export import FORMATS
        from sim.paper.export import export as write

        if form not in FORMATS:
            stop(f"--format: no format {form!r}; expected one of {', '.join(FORMATS)}")
        with plain_values("--series" if series else "--format"):
            for path in write(folder, out, form, series or []):
                typer.echo(str(path))


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
