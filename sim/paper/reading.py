"""Tables read back from the folder of a run."""

from __future__ import annotations

import json
from pathlib import Path

from sim.paper.data import read_csv
from sim.paper.folder import FolderError, earlier_files
from sim.paper.manifest import MANIFEST
from sim.paper.waterfall import waterfall_table


def read_waterfall(folder: Path, scenario: str | None) -> str:
    """Write the waterfall tables of a run's folder as plain text.

    Raises
    ------
    FolderError
        If the folder holds no run, or the run no such scenario.
    """
    if earlier_files(folder) is None:
        raise FolderError(f"{folder} holds no run")
    if not (folder / "waterfall.csv").is_file():
        raise FolderError(f"the run in {folder} has no decrees")
    try:
        groups = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["groups"]
        rows = read_csv(folder / "waterfall.csv")
        outcomes = folder / "outcomes.csv"
        reported = read_csv(outcomes) if outcomes.is_file() else []
        names = list(dict.fromkeys(row["scenario"] for row in rows))
        tables = {name: waterfall_table(rows, reported, name, groups) for name in names}
        if not tables:
            raise ValueError("no rows")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FolderError(f"the files of the run in {folder} are damaged") from None
    if scenario is not None and scenario not in names:
        raise FolderError(f"no scenario {scenario!r} with decrees in {folder}: {', '.join(names)}")
    return "\n\n\n".join(tables[name] for name in names if scenario in (None, name))


TABLES = ("effects", "levels", "waterfall", "rests-on")


def read_tables(folder: Path, kind: str | None) -> list[str]:
    """Read the tables of a run's folder, all or of one kind.

    Raises
    ------
    FolderError
        If the folder holds no run, or the run no such table.
    """
    if kind is not None and kind not in TABLES:
        raise FolderError(f"no kind of table {kind!r}: expected one of {', '.join(TABLES)}")
    try:
        described = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = [n for n in described["files_sha256"] if n.endswith(".txt")]
        found = [n for k in TABLES if kind in (None, k) for n in names if n.startswith(k)]
        tables = [(folder / name).read_text(encoding="utf-8") for name in found]
    except (OSError, ValueError, KeyError, TypeError):
        raise FolderError(f"{folder} holds no run") from None
    if not tables:
        raise FolderError(f"the run in {folder} has no table of that kind")
    return tables
