"""Checking that a study's folder says what its inputs give.

Files are compared with the hashes in the manifest, cells with their checksums; a sample of cells is
run again and must be equal, count by count; what tables are made of is computed again from the
cells and must agree to nine digits.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from sim.paper.again import made_again
from sim.paper.dictionary import NAME as DICTIONARY
from sim.paper.dictionary import dictionary_text
from sim.paper.folder import FolderError, no_run
from sim.paper.manifest import MANIFEST, OF_THE_MAKING, described
from sim.scenario.load import from_resolved
from sim.scenario.scenario import Scenario
from sim.study.cells import MODEL_VERSION, Key, Point, Summary, Wanted
from sim.study.database import DamagedError
from sim.study.execute import Task, run_task
from sim.study.packing import unpack
from sim.study.store import FILE, Store
from sim.study.study import open_to_look

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Verification:
    """What was checked, in words, and what does not hold."""

    held: tuple[str, ...]
    broken: tuple[str, ...]


def verify(folder: Path, sample: int, seed: int) -> Verification:
    """Check a study's folder.

    Parameters
    ----------
    sample
        Cells to run again; at most all.
    seed
        Chooses them.

    Raises
    ------
    FolderError
        If the folder holds no study with results.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        hashes = dict(manifest["files_sha256"])
    except FileNotFoundError:
        raise no_run(folder) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise FolderError(f"{folder} holds no study with results") from None
    held: list[str] = []
    broken = list(_files(folder, hashes))
    held.append(f"{len(hashes) - len(broken)} of {len(hashes)} files are as they were written")
    if not (folder / FILE).is_file():
        missing = (
            f"{FILE}: missing, so that no cell can be checked; the command in {MANIFEST} makes the "
            "cells again"
        )
        return Verification(tuple(held), (*broken, missing))
    try:
        for said, wrong in _cells(folder, manifest, sample, seed):
            held += said
            broken += wrong
    except DamagedError as error:
        broken.append(str(error))
    return Verification(tuple(held), tuple(broken))


def _files(folder: Path, hashes: Mapping[str, str]) -> Iterator[str]:
    """Name the files that are not what the manifest says."""
    for name, wanted in hashes.items():
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            yield f"{name}: missing"
            continue
        if found != wanted:
            yield f"{name}: changed since it was written"


def _cells(
    folder: Path, manifest: Mapping[str, object], sample: int, seed: int
) -> Iterator[tuple[list[str], list[str]]]:
    """Check cells against their checksums, their inputs, and themselves run again."""
    if manifest.get("model_version") != MODEL_VERSION:
        told = (
            f"computed by model version {manifest.get('model_version')}, this is {MODEL_VERSION}; "
            "use the package of the manifest"
        )
        yield [], [told]
        return
    with Store(folder / FILE, read_only=True) as store:
        damaged = [_told(store, key) for key in store.damaged()]
        number, resolved, wanted = store.number(), store.resolved(), store.wanted()
        yield [f"{number - len(damaged)} of {number} cells agree with their checksums"], damaged
        known = {key: from_resolved(name, data, FILE) for key, (name, data) in resolved.items()}
        wrong = [f"{s.name}: its cells do not belong to its files" for k, s in known.items()
                 if Point(s.name, s).key != k]  # fmt: skip
        there = [(w, k) for w in wanted for k in range(w.replications)]
        chosen = random.Random(seed).sample(there, min(sample, len(there)))
        again = [text for w, k in chosen if (text := _again(store, known[w.point], w, k))]
        yield [f"{len(chosen) - len(again)} of {len(chosen)} cells run again are equal"], [
            *wrong, *again,
        ]  # fmt: skip
    if not damaged:
        yield _derived(folder, manifest)


def _told(store: Store, key: Key) -> str:
    label = next((w.label for w in store.wanted() if w.point == key.point), key.point[:12])
    return f"the cell of {label}, replication {key.replication}, seed {key.seed}: damaged"


def _again(store: Store, scenario: Scenario, wanted: Wanted, replication: int) -> str | None:
    """Run a cell again; say what differs."""
    where = f"the cell of {wanted.label}, replication {replication}, seed {wanted.seed}"
    try:
        stored = store.summary(Key(wanted.point, wanted.seed, replication), wanted.label)
    except KeyError:
        return f"{where}: missing"
    except DamagedError:
        return f"{where}: damaged"
    (cell,) = run_task(Task((Point(wanted.label, scenario),), wanted.seed, (replication,)))
    if cell.address != stored.address:
        return f"{where}: other tables on this machine (address {cell.address[:12]})"
    differs = _differs(stored, unpack(cell.packed, wanted.label, replication, cell.address))
    return f"{where}: {differs} differ" if differs else None


def _differs(one: Summary, other: Summary) -> str | None:
    """Name the first counts that differ."""
    for kind in ("series", "curves", "waterfalls"):
        ours, theirs = getattr(one, kind), getattr(other, kind)
        for name in {**ours, **theirs}:
            if name not in ours or name not in theirs:
                return str(name)
            if not np.array_equal(ours[name], theirs[name]):
                return str(name)
    for name in ("camp_stock", "exiled_to"):
        if not np.array_equal(getattr(one, name), getattr(other, name)):
            return name
    return None


def _derived(folder: Path, manifest: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """Compute from the cells again what the tables are made of, and what the manifest says."""
    try:
        with open_to_look(folder) as study:
            made = made_again(folder, manifest, study)
    except FolderError as error:
        return [], [str(error)]
    except KeyError:
        return [], [f"{MANIFEST}: it asks for cells that are not there"]
    files = {**made.files, DICTIONARY: dictionary_text(made.files)}
    wrong = [
        f"{name}: {what}"
        for name, text in files.items()
        if (what := _unlike((folder / name), text)) is not None
    ]
    so = json.loads(json.dumps(described(made.about, made.scenarios, [], 0.0)))
    other = [key for key in so.keys() - OF_THE_MAKING if not _same(key, so[key], manifest.get(key))]
    told = [f"{MANIFEST}: {key!r} does not follow from the cells" for key in sorted(other)]
    told += [f"{MANIFEST}: it names no {name}" for name in files if name not in _names(manifest)]
    return [f"{len(files) - len(wrong)} of {len(files)} files follow from the cells"], [
        *wrong, *told,
    ]  # fmt: skip


def _same(key: str, made: object, said: object) -> bool:
    """Compare what a manifest says; a store may hold worlds that were asked for later."""
    if key == "tables_sha256" and isinstance(made, Mapping) and isinstance(said, Mapping):
        return said.items() <= made.items()
    return made == said


def _names(manifest: Mapping[str, object]) -> Mapping[str, str]:
    return cast("Mapping[str, str]", manifest["files_sha256"])


def _unlike(path: Path, text: str) -> str | None:
    """Say how a file differs from what its cells give; None if it does not."""
    try:
        written = path.read_text(encoding="utf-8")
    except OSError:
        return "missing"
    if path.suffix != ".csv":
        return None if written == text else "does not follow from the cells"
    ours, theirs = (list(csv.reader(io.StringIO(one))) for one in (written, text))
    if len(ours) != len(theirs):
        return f"{len(ours)} lines, of which the cells give {len(theirs)}"
    for line, (mine, other) in enumerate(zip(ours, theirs, strict=True), 1):
        if len(mine) != len(other) or not all(map(_alike, mine, other)):
            return f"line {line} does not follow from the cells"
    return None


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        first, second = float(one), float(other)
    except ValueError:
        return False
    return abs(first - second) <= TOLERANCE * max(abs(first), abs(second))
