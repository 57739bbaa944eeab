"""The file of a study's store: opened, recovered after a killed writer, refused when damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

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


class CellFile:
    """A SQLite file with the tables of cells, or a temporary one that goes when it is closed.

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
        self.path, self._read_only = path, read_only
        if path is not None:
            _refuse_broken(path)
        with self.told():
            self.data = self._opened()
        try:
            with self.told():
                try:
                    self._begin()
                except sqlite3.OperationalError as error:
                    half_written = error.sqlite_errorcode & 255 == sqlite3.SQLITE_READONLY
                    if not (self._read_only and half_written):
                        raise
                    self._recover()
                    self._begin()
        except BaseException:
            self.data.close()
            raise

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return sqlite3.connect("")
        if not self._read_only:
            return sqlite3.connect(self.path)
        return sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True)

    def _recover(self) -> None:
        """Let the library take back what a writer that was killed had not finished writing."""
        assert self.path is not None
        self.data.close()
        with closing(sqlite3.connect(self.path)) as writer:
            writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self.data = self._opened()

    def _begin(self) -> None:
        self.data.execute("PRAGMA busy_timeout = 10000")
        found = self.data.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if found:
            self._refuse_foreign()
        if self._read_only:
            if not found:
                raise DamagedError(f"{self.path}: holds no cells yet")
            return
        if self.path is not None:
            self.data.execute("PRAGMA journal_mode = WAL")
            self.data.execute("PRAGMA synchronous = NORMAL")
        if not found:
            with self.data:
                self.data.executescript(
                    f"BEGIN; {TABLES} INSERT INTO meta VALUES ('format', '{FORMAT}'); COMMIT;"
                )

    def _refuse_foreign(self) -> None:
        try:
            row = self.data.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            row = None
        if row is None or not str(row[0]).isdecimal():
            raise DamagedError(f"{self.path}: not a store of cells. {REMEDY}")
        if int(row[0]) > FORMAT:
            raise DamagedError(
                f"{self.path}: written by a newer version of amnesty (format {row[0]}; this one "
                f"knows {FORMAT}); use that version, or another folder"
            )

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn SQLite's errors into those of a store."""
        try:
            yield
        except sqlite3.Error as error:
            where = self.path if self.path is not None else "the temporary store"
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
            if self.path is not None and not self._read_only:
                self.data.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error:
            pass  # a reader is at it, or the disk is full: the next writer tidies up
        finally:
            self.data.close()
