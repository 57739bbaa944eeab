"""A run's folder: tidy CSV files, tables as text, resolved scenarios and the manifest.

The store of its cells lies beside them and is not touched here.

A run's files are all written beside their places before the first is moved there, so that an
interrupted or failed run leaves no half-written file and an earlier run is kept until the new one
is complete. Nothing but the manifest carries a time or a version.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.analysis.compare import Comparison
from sim.paper.data import (
    cell_rows,
    csv_text,
    difference_rows,
    estimate_rows,
    exile_rows,
    outcome_rows,
    rebound_rows,
    resolved_files,
    stock_rows,
    swing_rows,
    waterfall_rows,
)
from sim.paper.manifest import MANIFEST
from sim.scenario.scenario import Scenario
from sim.study.store import FILE, LOCK

UNFINISHED = ".unfinished"
"""Where files are written before they are moved to their places."""
OF_A_STUDY = frozenset([FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", LOCK, UNFINISHED])


def files_of(comparison: Comparison, tables: Mapping[str, str]) -> dict[str, str]:
    """Texts of a run's files by name, without the manifest."""
    files = {
        "estimates.csv": csv_text(estimate_rows(comparison)),
        "differences.csv": csv_text(difference_rows(comparison)),
        "rebound.csv": csv_text(rebound_rows(comparison)),
        "waterfall.csv": csv_text(waterfall_rows(comparison)),
        "outcomes.csv": csv_text(outcome_rows(comparison)),
        "assumptions.csv": csv_text(swing_rows(comparison)),
        "cells.csv": csv_text(cell_rows(comparison)),
        "stock.csv": csv_text(stock_rows(comparison)),
        "exile.csv": csv_text(exile_rows(comparison, _places(comparison.scenarios[0]))),
    }
    files |= resolved_files(comparison.scenarios)
    for name, table in tables.items():
        files[f"{name}.txt"] = table + "\n"
    return {name: text for name, text in files.items() if text}


def _places(scenario: Scenario) -> tuple[str, ...]:
    world = scenario.world
    further = tuple(world.exile.destinations) if world.exile else ()
    return tuple(dict.fromkeys((*world.origins, *further)))


class FolderError(Exception):
    """A folder cannot take a run, or holds none."""


class SaveError(FolderError):
    """A run cannot be saved."""


def no_run(folder: Path) -> FolderError:
    """Say why a folder holds no run, and what to do about it."""
    if not folder.exists():
        return FolderError(f"{folder}: no such folder")
    if not folder.is_dir():
        return FolderError(f"{folder} holds no run: it is a file; give the folder of a study")
    if (folder / "cells.sqlite").is_file():
        return FolderError(
            f"{folder} holds no run yet, but cells of one; the command that began it goes on"
        )
    below = sorted(str(file.parent) for file in folder.glob("*/manifest.json"))
    return FolderError(
        f"{folder} holds no run" + (f"; below it do {', '.join(below)}" if below else "")
    )


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a study, before anything is run.

    Raises
    ------
    FolderError
        If the folder is no folder, or holds other files.
    SaveError
        If it cannot be written to.
    """
    try:
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not there.is_dir():
            raise FolderError(f"{there} is a file; give a folder")
        names = {entry.name for entry in folder.iterdir()} if there == folder else set()
        if names - OF_A_STUDY and earlier_files(folder) is None:
            raise FolderError(f"{folder} holds other files; give an empty or a new folder")
        with TemporaryDirectory(dir=there, prefix=UNFINISHED):
            pass  # it can be written to
    except OSError as error:
        raise SaveError(f"{folder} cannot be written to: {error.strerror or error}") from None


def write_folder(folder: Path, files: Mapping[str, str], described: dict[str, object]) -> None:
    """Write a run's files, the manifest with their hashes last.

    An earlier run in the folder is replaced once all files of the new one are written.

    Raises
    ------
    SaveError
        If a file cannot be written, or would replace one that no run wrote. Then nothing changes.
    """
    hashes = {name: hashlib.sha256(_bytes(text)).hexdigest() for name, text in files.items()}
    described = {**described, "files_sha256": hashes}
    texts = {**files, MANIFEST: json.dumps(described, indent=1, ensure_ascii=False) + "\n"}
    new = [path for path in (folder, *folder.absolute().parents) if not path.exists()]
    try:
        earlier = earlier_files(folder) or frozenset()
        _refuse_foreign(folder, texts, earlier)
        for name, text in texts.items():
            _write(folder / UNFINISHED / name, text)
        _put_in_place(folder, list(files), earlier)
    except BaseException as error:
        shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
        for path in new:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            message = f"{folder}: {error.strerror or error}; the run is not saved"
            raise SaveError(message) from None
        raise


def earlier_files(folder: Path) -> frozenset[str] | None:
    """Name the files of the run in a folder, the manifest included; None if it holds no run."""
    try:
        hashes = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files_sha256"]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
    return frozenset([*hashes, MANIFEST]) if isinstance(hashes, dict) else None


def _refuse_foreign(folder: Path, texts: Mapping[str, str], earlier: frozenset[str]) -> None:
    for name in texts:
        if name not in earlier and (folder / name).exists():
            raise SaveError(f"{folder / name} is not of an earlier run; the run is not saved")


def _put_in_place(folder: Path, files: Sequence[str], earlier: frozenset[str]) -> None:
    """Move files to their places, drop what only the earlier run had, then the manifest."""
    moved = []
    try:
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            moved.append(name)
            (folder / UNFINISHED / name).replace(folder / name)
        _drop(folder, earlier - {*files, MANIFEST})
        (folder / UNFINISHED / MANIFEST).replace(folder / MANIFEST)
    except BaseException:
        _drop(folder, set(moved) - earlier)
        raise
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)


def _drop(folder: Path, names: Iterable[str]) -> None:
    """Remove files of a run, and the folders that this leaves empty; nothing outside the folder."""
    for path in (folder / name for name in names):
        if path.parent.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
            if path.parent != folder:
                with suppress(OSError):
                    path.parent.rmdir()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_bytes(text))


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")  # YAML can write what UTF-8 cannot
