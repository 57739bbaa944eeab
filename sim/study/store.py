"""The store of a study: every cell that was ever computed, in one SQLite file.

One process writes, in transactions of a batch of cells; others may read meanwhile. A cell is found
by its design point (files and model version), seed and replication, and carries a checksum. What
was committed survives the death of the process at any moment.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self
from urllib.parse import quote

from sim.study.cells import MODEL_VERSION, Point, Summary
from sim.study.packing import unpack

FILE = "cells.sqlite"
LOCK = ".lock"
FORMAT = 1
"""Of the file. A newer one is refused, never misread."""
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE world (address TEXT PRIMARY KEY, tables TEXT NOT NULL) STRICT;
CREATE TABLE point (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, world TEXT NOT NULL,
    model_version TEXT NOT NULL, resolved TEXT NOT NULL
) STRICT;
CREATE TABLE wanted (
    position INTEGER PRIMARY KEY, label TEXT NOT NULL, point TEXT NOT NULL, seed TEXT NOT NULL,
    replications INTEGER NOT NULL
) STRICT;
CREATE TABLE cell (
    point TEXT NOT NULL, seed TEXT NOT NULL, replication INTEGER NOT NULL, address TEXT NOT NULL,
    checksum BLOB NOT NULL, packed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX cell_key ON cell (point, seed, replication);
"""


REMEDY = "Put a copy of it back, or move it away to begin again"
FULL = "What was committed is kept: make room, and the same command goes on"
HEADER = b"SQLite format 3\0"


class StoreError(Exception):
    """The store cannot be written or read now: a full disk, a folder that is read-only."""


class DamagedError(StoreError):
    """The file is no store, is broken, or was written by a newer version."""


@dataclass(frozen=True, order=True)
class Key:
    """By what a cell is found: hash of its design point, seed, replication."""

    point: str
    seed: int
    replication: int


@dataclass(frozen=True)
class Packed:
    """A cell as it is stored."""

    key: Key
    address: str
    world: str
    tables: str
    packed: bytes

    @property
    def checksum(self) -> bytes:
        """Hash of the bytes and of where they belong."""
        return _checksum(self.key, self.address, self.packed)


@dataclass(frozen=True)
class Wanted:
    """Cells that a study asks for: replications 0 to n − 1 of a labelled design point."""

    label: str
    point: str
    seed: int
    replications: int


def _checksum(key: Key, address: str, packed: bytes) -> bytes:
    head = f"{key.point}|{key.seed}|{key.replication}|{address}|"
    return hashlib.sha256(head.encode() + packed).digest()


def _refuse_broken(path: Path) -> None:
    """Refuse a file that is no database or is cut short, before anything is written to it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from None
    if not head:
        return
    if not head.startswith(HEADER) or len(head) < 100:
        raise DamagedError(f"{path}: not a store of cells. {REMEDY}")
    page_bytes = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    logged = path.with_name(f"{path.name}-wal")  # its pages are not all in the file yet
    if size < pages * (65536 if page_bytes == 1 else page_bytes) and not logged.exists():
        raise DamagedError(f"{path}: damaged (cut short); nothing was changed. {REMEDY}")


class Store:
    """Cells in a file, or in a temporary one that goes when it is closed.

    Parameters
    ----------
    path
        The file; None for a temporary store.
    read_only
        Whether to leave the file as it is; another process may write to it meanwhile.

    Raises
    ------
    StoreError
        If the file cannot be opened or made.
    DamagedError
        If it is no store, or a newer version's.
    """

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        self._path, self._read_only = path, read_only
        if path is not None:
            _refuse_broken(path)
        with self._told():
            self._data = self._opened()
        try:
            with self._told():
                try:
                    self._begin()
                except sqlite3.OperationalError as error:
                    half_written = error.sqlite_errorcode & 255 == sqlite3.SQLITE_READONLY
                    if not (self._read_only and half_written):
                        raise
                    self._recover()
                    self._begin()
        except BaseException:
            self._data.close()
            raise

    def _opened(self) -> sqlite3.Connection:
        if self._path is None:
            return sqlite3.connect("")
        if not self._read_only:
            return sqlite3.connect(self._path)
        return sqlite3.connect(f"file:{quote(str(self._path))}?mode=ro", uri=True)

    def _recover(self) -> None:
        """Let the library take back what a writer that was killed had not finished writing."""
        assert self._path is not None
        self._data.close()
        with closing(sqlite3.connect(self._path)) as writer:
            writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._data = self._opened()

    def _begin(self) -> None:
        self._data.execute("PRAGMA busy_timeout = 10000")
        found = self._data.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if found:
            self._refuse_foreign()
        if self._read_only:
            if not found:
                raise DamagedError(f"{self._path}: holds no cells yet")
            return
        if self._path is not None:
            self._data.execute("PRAGMA journal_mode = WAL")
            self._data.execute("PRAGMA synchronous = NORMAL")
        if not found:
            with self._data:
                self._data.executescript(
                    f"BEGIN; {TABLES} INSERT INTO meta VALUES ('format', '{FORMAT}'); COMMIT;"
                )

    def _refuse_foreign(self) -> None:
        try:
            row = self._data.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            row = None
        if row is None or not str(row[0]).isdecimal():
            raise DamagedError(f"{self._path}: not a store of cells. {REMEDY}")
        if int(row[0]) > FORMAT:
            raise DamagedError(
                f"{self._path}: written by a newer version of amnesty (format {row[0]}; this one "
                f"knows {FORMAT}); use that version, or another folder"
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn SQLite's errors into those of a store."""
        try:
            yield
        except sqlite3.Error as error:
            where = self._path if self._path is not None else "the temporary store"
            broken = isinstance(error, sqlite3.DatabaseError) and not isinstance(
                error, sqlite3.OperationalError
            )
            if broken:
                raise DamagedError(f"{where}: damaged ({error}). {REMEDY}") from None
            kept = ". " + FULL if "full" in str(error) else ""
            raise StoreError(f"{where}: {error}{kept}") from None

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file; what was added stays. Without a writer it is one file again."""
        try:
            if self._path is not None and not self._read_only:
                self._data.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error:
            pass  # a reader is at it, or the disk is full: the next writer tidies up
        finally:
            self._data.close()

    # --- Cells.

    def there(self) -> frozenset[Key]:
        """Return the keys of all cells, whether sound or not."""
        with self._told():
            rows = self._data.execute("SELECT point, seed, replication FROM cell")
            return frozenset(Key(point, int(seed), number) for point, seed, number in rows)

    def number(self, wanted: Wanted | None = None) -> int:
        """Count the cells, or those of what is wanted that are there; from the index alone."""
        with self._told():
            if wanted is None:
                return int(self._data.execute("SELECT count(*) FROM cell").fetchone()[0])
            return int(
                self._data.execute(
                    "SELECT count(*) FROM cell WHERE point = ? AND seed = ? AND replication < ?",
                    (wanted.point, str(wanted.seed), wanted.replications),
                ).fetchone()[0]
            )

    def damaged(self, keys: Iterable[Key] | None = None) -> list[Key]:
        """Return the keys of cells whose checksum does not hold, among these or all."""
        wanted = None if keys is None else set(keys)
        return sorted(
            key
            for key, address, checksum, packed in self._rows()
            if (wanted is None or key in wanted) and checksum != _checksum(key, address, packed)
        )

    def _rows(self) -> Iterator[tuple[Key, str, bytes, bytes]]:
        with self._told():
            rows = self._data.execute(
                "SELECT point, seed, replication, address, checksum, packed FROM cell"
            )
            for point, seed, number, address, checksum, packed in rows:
                yield Key(point, int(seed), number), address, checksum, packed

    def summary(self, key: Key, label: str) -> Summary:
        """Read one cell.

        Raises
        ------
        KeyError
            If there is none.
        DamagedError
            If it is damaged.
        """
        with self._told():
            row = self._data.execute(
                "SELECT address, checksum, packed FROM cell WHERE point = ? AND seed = ? "
                "AND replication = ?",
                (key.point, str(key.seed), key.replication),
            ).fetchone()
        if row is None:
            raise KeyError(key)
        address, checksum, packed = row
        if checksum != _checksum(key, address, packed):
            raise DamagedError(
                f"{self._path}: the cell of {label}, replication {key.replication}, is damaged; "
                "run again to compute it anew"
            )
        return unpack(packed, label, key.replication, address)

    def add(self, cells: Sequence[Packed]) -> None:
        """Add or replace cells, all or none.

        Raises
        ------
        StoreError
            If they cannot be written, or rest on other tables than the cells of their world.
        """
        with self._told(), self._data:
            for cell in cells:
                self._same_tables(cell.world, cell.tables)
            self._data.executemany(
                "INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, ?, ?)",
                [(c.key.point, str(c.key.seed), c.key.replication, c.address, c.checksum, c.packed)
                 for c in cells],
            )  # fmt: skip

    def _same_tables(self, world: str, tables: str) -> None:
        """Refuse cells of other tables: numbers of two libraries would be mixed unseen."""
        self._data.execute("INSERT OR IGNORE INTO world VALUES (?, ?)", (world, tables))
        known = self._data.execute(
            "SELECT tables FROM world WHERE address = ?", (world,)
        ).fetchone()[0]
        if known != tables:
            raise StoreError(
                f"{self._path}: this machine's libraries yield other tables (hash {tables[:12]}) "
                f"than those of the cells there ({known[:12]}); use the pinned requirements, or "
                "another folder"
            )

    def tables(self) -> dict[str, str]:
        """Hashes of the tables by hash of the world."""
        with self._told():
            return dict(self._data.execute("SELECT address, tables FROM world"))

    # --- What the study asks for.

    def describe(self, points: Iterable[Point], wanted: Sequence[Wanted]) -> None:
        """Note the resolved design points and which cells are asked for."""
        rows = [
            (p.key, p.scenario.name, p.scenario.title, p.scenario.world_address, MODEL_VERSION,
             json.dumps(p.scenario.resolved, ensure_ascii=True))
            for p in points
        ]  # fmt: skip
        with self._told(), self._data:
            self._data.executemany("INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._data.execute("DELETE FROM wanted")
            self._data.executemany(
                "INSERT INTO wanted VALUES (?, ?, ?, ?, ?)",
                [(i, w.label, w.point, str(w.seed), w.replications) for i, w in enumerate(wanted)],
            )

    def wanted(self) -> list[Wanted]:
        """Return what was asked for last, in order."""
        with self._told():
            rows = self._data.execute(
                "SELECT label, point, seed, replications FROM wanted ORDER BY position"
            )
            return [Wanted(label, point, int(seed), number) for label, point, seed, number in rows]

    def resolved(self) -> dict[str, tuple[str, dict[str, object]]]:
        """Return name and resolved files of every design point, by its key."""
        with self._told():
            rows = self._data.execute("SELECT key, name, resolved FROM point").fetchall()
        return {key: (name, json.loads(resolved)) for key, name, resolved in rows}

    def starts(self) -> dict[str, date]:
        """Return the first day simulated of every design point."""
        return {
            key: date.fromisoformat(data["world"]["start"])  # type: ignore[index]
            for key, (_, data) in self.resolved().items()
        }

    # --- Merging.

    def take_all(self, path: Path) -> int:
        """Take every sound cell of another store that is not there; return how many.

        Raises
        ------
        StoreError
            If one cell has two contents, or the tables differ.
        DamagedError
            If the other file is no store.
        """
        with Store(path, read_only=True) as other:
            worlds, have = other.tables(), self.there()
            with other._told():
                points = other._data.execute("SELECT * FROM point").fetchall()
            world_of = {row[0]: row[3] for row in points}
            taken: list[Packed] = []
            for key, address, checksum, packed in other._rows():
                if checksum != _checksum(key, address, packed):
                    continue
                if key in have:
                    self._same_cell(key, packed, path)
                    continue
                world = world_of.get(key.point, "")
                if world not in worlds:
                    raise DamagedError(f"{path}: damaged (a cell without its world). {REMEDY}")
                taken.append(Packed(key, address, world, worlds[world], packed))
                if len(taken) >= BATCH:
                    self.add(taken)
                    have |= {cell.key for cell in taken}
                    taken.clear()
            self.add(taken)
            with self._told(), self._data:
                self._data.executemany(
                    "INSERT OR IGNORE INTO point VALUES (?, ?, ?, ?, ?, ?)", points
                )
        return len(self.there())

    def _same_cell(self, key: Key, packed: bytes, path: Path) -> None:
        """Refuse a cell that two stores hold with different counts."""
        with self._told(), closing(self._data.cursor()) as cursor:
            ours = cursor.execute(
                "SELECT packed FROM cell WHERE point = ? AND seed = ? AND replication = ?",
                (key.point, str(key.seed), key.replication),
            ).fetchone()[0]
        if ours != packed and not _equal(ours, packed):
            raise StoreError(
                f"{path}: replication {key.replication} of point {key.point[:12]} differs from the "
                "one there already; the two were not computed by the same model"
            )


BATCH = 256
"""Cells in memory at once while merging."""


def _equal(one: bytes, other: bytes) -> bool:
    """Compare what is packed: two machines may compress it differently."""
    import zlib

    return zlib.decompress(one) == zlib.decompress(other)
