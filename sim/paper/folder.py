"""A run's folder: tidy CSV files, tables as text, resolved scenarios and the manifest.

A run's files are all written beside their places before the first is moved there, so that an
interrupted or failed run leaves no half-written file and an earlier run is kept until the new one
is complete. Nothing but the manifest carries a time or a version.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
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
    read_csv,
    stock_rows,
    swing_rows,
    waterfall_rows,
)
from sim.paper.waterfall import offence_groups, waterfall_table
from sim.scenario.load import Scenario
from sim.study.cells import MODEL_VERSION

PACKAGES = ("simpy", "numpy", "scipy", "pydantic", "ruamel.yaml", "typer", "rich", "pandas")
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
"""Where files are written before they are moved to their places."""


def manifest(comparison: Comparison, command: list[str], seconds: float) -> dict[str, object]:
    """Describe how a result came about: inputs and their hashes, seed, code, machine."""
    return {
        "format": 1,
        "model_version": MODEL_VERSION,
        "package_version": _version("amnesty-sim"),
        "command": command,
        "seed": comparison.seed,
        "replications": comparison.replications,
        "assumption_replications": comparison.swing_replications,
        "baselines": list(comparison.baselines),
        "policies": list(comparison.policies),
        "generator": "Philox4x64-10, one address per draw",
        "scenarios": {
            s.name: {"title": s.title, "sha256": s.address, "world": s.world.name}
            for s in comparison.scenarios
        },
        "windows": {
            name: {"from": window.date_of(window.origin_day).isoformat()}
            for name, window in comparison.windows.items()
        },
        "tables_sha256": comparison.digests,
        "groups": waterfall_groups(comparison),
        "code": _revision(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }


def waterfall_groups(comparison: Comparison) -> dict[str, list[str]]:
    """Columns of the waterfall table."""
    offences = comparison.scenarios[0].world.offences
    tags = {name: list(offence.tags) for name, offence in offences.items()}
    return offence_groups(tags, comparison.cells[0].groups)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _revision() -> dict[str, str | bool]:
    """Return the commit of the code, ``unknown`` without git."""
    here = Path(__file__).resolve().parent

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True,
                              check=True, timeout=10)  # fmt: skip
        return done.stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return {"commit": "unknown"}


def files_of(comparison: Comparison, tables: Mapping[str, str]) -> dict[str, str]:
    """Texts of a run's files by name, without the manifest."""
    files = {
        "estimates.csv": csv_text(estimate_rows(comparison)),
        "differences.csv": csv_text(difference_rows(comparison)),
        "waterfall.csv": csv_text(waterfall_rows(comparison)),
        "outcomes.csv": csv_text(outcome_rows(comparison)),
        "assumptions.csv": csv_text(swing_rows(comparison)),
        "cells.csv": csv_text(cell_rows(comparison)),
        "stock.csv": csv_text(stock_rows(comparison)),
        "exile.csv": csv_text(exile_rows(comparison, _places(comparison.scenarios[0]))),
    }
    for scenario in comparison.scenarios:
        text = json.dumps(scenario.resolved, indent=1, ensure_ascii=False)
        files[f"scenarios/{scenario.name}.json"] = text + "\n"
    for name, table in tables.items():
        files[f"{name}.txt"] = table + "\n"
    return {name: text for name, text in files.items() if text}


def _places(scenario: Scenario) -> tuple[str, ...]:
    world = scenario.world
    further = tuple(world.exile.destinations) if world.exile else ()
    return tuple(dict.fromkeys((*world.origins, *further)))


def read_waterfall(folder: Path, scenario: str | None) -> str:
    """Write the waterfall tables of a run's folder as plain text.

    Raises
    ------
    FolderError
        If the folder holds no run, or the run no such scenario.
    """
    if _earlier(folder) is None:
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


class FolderError(Exception):
    """A folder cannot take a run, or holds none."""


class SaveError(FolderError):
    """A run cannot be saved."""


def check_folder(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something else, before anything is run.

    Raises
    ------
    FolderError
        If the folder is no folder, or holds files (an earlier run, without ``force``).
    SaveError
        If it cannot be written to.
    """
    try:
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not there.is_dir():
            raise FolderError(f"{there} is a file; give a folder")
        if there == folder and any(entry.name != UNFINISHED for entry in folder.iterdir()):
            if _earlier(folder) is None:
                raise FolderError(f"{folder} holds other files; give an empty or a new folder")
            if not force:
                raise FolderError(f"{folder} holds an earlier run; add --force to replace it")
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
        earlier = _earlier(folder) or frozenset()
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


def _earlier(folder: Path) -> frozenset[str] | None:
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


def command_line() -> list[str]:
    """Return the command as it was typed, without the path of the program."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]
