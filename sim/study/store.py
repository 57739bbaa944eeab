"""The store of a study: every cell that was ever computed, in one SQLite file.

One process writes, in transactions of a batch of cells; others may read meanwhile. A cell is found
by its design point (files and model version), seed and replication, and carries a checksum. What
was committed survives the death of the process at any moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from sim.study.cells import MODEL_VERSION, Key, Packed, Point, Summary, Wanted, checksum_of
from sim.study.database import REMEDY, CellFile, DamagedError, StoreError
from sim.study.packing import unpack

FILE = "cells.sqlite"
LOCK = ".lock"


class Store(CellFile):
    """Cells in a file, or in a temporary one that goes when it is closed (see `CellFile`)."""

    # --- Cells.

    def there(self) -> frozenset[Key]:
        """Return the keys of all cells, whether sound or not."""
        with self.told():
            rows = self.data.execute("SELECT point, seed, replication FROM cell")
            return frozenset(Key(point, int(seed), number) for point, seed, number in rows)

    def number(self, wanted: Wanted | None = None) -> int:
        """Count the cells, or those of what is wanted that are there; from the index alone."""
        with self.told():
            if wanted is None:
                return int(self.data.execute("SELECT count(*) FROM cell").fetchone()[0])
            return int(
                self.data.execute(
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
            if (wanted is None or key in wanted) and checksum != checksum_of(key, address, packed)
        )

    def _rows(self) -> Iterator[tuple[Key, str, bytes, bytes]]:
        with self.told():
            rows = self.data.execute(
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
        with self.told():
            row = self.data.execute(
                "SELECT address, checksum, packed FROM cell WHERE point = ? AND seed = ? "
                "AND replication = ?",
                (key.point, str(key.seed), key.replication),
            ).fetchone()
        if row is None:
            raise KeyError(key)
        address, checksum, packed = row
        if checksum != checksum_of(key, address, packed):
            raise DamagedError(
                f"{self.path}: the cell of {label}, replication {key.replication}, is damaged; "
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
        with self.told(), self.data:
            for cell in cells:
                self._same_tables(cell.world, cell.tables)
            self.data.executemany(
                "INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, ?, ?)",
                [(c.key.point, str(c.key.seed), c.key.replication, c.address, c.checksum, c.packed)
                 for c in cells],
            )  # fmt: skip

    def _same_tables(self, world: str, tables: str) -> None:
        """Refuse cells of other tables: numbers of two libraries would be mixed unseen."""
        self.data.execute("INSERT OR IGNORE INTO world VALUES (?, ?)", (world, tables))
        known = self.data.execute(
            "SELECT tables FROM world WHERE address = ?", (world,)
        ).fetchone()[0]
        if known != tables:
            raise StoreError(
                f"{self.path}: this machine's libraries yield other tables (hash {tables[:12]}) "
                f"than those of the cells there ({known[:12]}); use the pinned requirements, or "
                "another folder"
            )

    def tables(self) -> dict[str, str]:
        """Hashes of the tables by hash of the world."""
        with self.told():
            return dict(self.data.execute("SELECT address, tables FROM world"))

    # --- What the study asks for.

    def describe(self, points: Iterable[Point], wanted: Sequence[Wanted]) -> None:
        """Note the resolved design points and which cells are asked for."""
        rows = [
            (p.key, p.scenario.name, p.scenario.title, p.scenario.world_address, MODEL_VERSION,
             json.dumps(p.scenario.resolved, ensure_ascii=True))
            for p in points
        ]  # fmt: skip
        with self.told(), self.data:
            self.data.executemany("INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?, ?, ?)", rows)
            self.data.execute("DELETE FROM wanted")
            self.data.executemany(
                "INSERT INTO wanted VALUES (?, ?, ?, ?, ?)",
                [(i, w.label, w.point, str(w.seed), w.replications) for i, w in enumerate(wanted)],
            )

    def wanted(self) -> list[Wanted]:
        """Return what was asked for last, in order."""
        with self.told():
            rows = self.data.execute(
                "SELECT label, point, seed, replications FROM wanted ORDER BY position"
            )
            return [Wanted(label, point, int(seed), number) for label, point, seed, number in rows]

    def resolved(self) -> dict[str, tuple[str, dict[str, object]]]:
        """Return name and resolved files of every design point, by its key."""
        with self.told():
            rows = self.data.execute("SELECT key, name, resolved FROM point").fetchall()
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
            with other.told():
                points = other.data.execute("SELECT * FROM point").fetchall()
            world_of = {row[0]: row[3] for row in points}
            taken: list[Packed] = []
            for key, address, checksum, packed in other._rows():
                if checksum != checksum_of(key, address, packed):
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
            with self.told(), self.data:
                self.data.executemany(
                    "INSERT OR IGNORE INTO point VALUES (?, ?, ?, ?, ?, ?)", points
                )
        return len(self.there())

    def _same_cell(self, key: Key, packed: bytes, path: Path) -> None:
        """Refuse a cell that two stores hold with different counts."""
        with self.told(), closing(self.data.cursor()) as cursor:
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
