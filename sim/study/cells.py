"""Cells: one design point in one replication, and what is kept of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.record import Record
from sim.scenario.scenario import Scenario

MODEL_VERSION = "2"
"""Changes whenever the same files and seed would give other cells."""


@dataclass(frozen=True)
class Point:
    """A design point: a scenario under the label by which a study knows it."""

    label: str
    scenario: Scenario

    @property
    def key(self) -> str:
        """Hash of what decides the point's cells, without the tables that are solved from it."""
        text = f"{MODEL_VERSION}\n{self.scenario.address}"
        return hashlib.sha256(text.encode()).hexdigest()

    def address(self, seed: int, replication: int, digest: str) -> str:
        """Hash of all that decides a cell: files, seed, replication, tables, model version."""
        parts = (MODEL_VERSION, self.scenario.address, str(seed), str(replication), digest)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Summary:
    """What is kept of a cell: counts, never people.

    Attributes
    ----------
    series
        Counts by name and day, shape (days,).
    camp_stock
        Stock by camp at the end of each day, shape (days, camps).
    exiled_to
        Exiled by place over the run, shape (places,).
    curves
        Counts by name that are not by calendar day, of any shape.
    waterfalls
        Counts by (decree, clause, stage), shape (groups,).
    """

    label: str
    replication: int
    address: str
    series: Mapping[str, NDArray[np.int64]]
    camp_stock: NDArray[np.int32]
    exiled_to: NDArray[np.int64]
    curves: Mapping[str, NDArray[np.int64]]
    waterfalls: Mapping[tuple[str, str, str], NDArray[np.int64]]
    groups: tuple[str, ...]


def summarise(label: str, replication: int, address: str, record: Record) -> Summary:
    """Keep what estimates need."""
    return Summary(
        label, replication, address,
        {name: counts.astype(np.int64) for name, counts in record.series.items()},
        record.stock_by_camp.astype(np.int32), record.exiled_to.sum(axis=0),
        record.curves, record.waterfalls, record.groups,
    )  # fmt: skip


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
        return checksum_of(self.key, self.address, self.packed)


@dataclass(frozen=True)
class Wanted:
    """Cells that a study asks for: replications 0 to n − 1 of a labelled design point."""

    label: str
    point: str
    seed: int
    replications: int


def checksum_of(key: Key, address: str, packed: bytes) -> bytes:
    """Hash a cell's bytes and where they belong."""
    head = f"{key.point}|{key.seed}|{key.replication}|{address}|"
    return hashlib.sha256(head.encode() + packed).digest()
