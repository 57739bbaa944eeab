"""Cells as bytes: every count of a summary, packed without loss.

A packed cell says what it holds in a line of JSON; the numbers follow as differences along the
first axis (counts by day change little from one day to the next), compressed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.study.cells import Summary

LEVEL = 1
"""Of compression: higher ones take ten times as long for a fifth less."""
KINDS = ("<i1", "<i2", "<i4", "<i8")
CAMP_STOCK, EXILED_TO = "camp stock", "exiled to"
SERIES, CURVE, WATERFALL = "series", "curve", "waterfall"

Ints = NDArray[np.int64]
Name = tuple[str, ...]


def pack(summary: Summary) -> bytes:
    """Write a summary's counts as bytes; its label, replication and address are not part of it."""
    head: list[object] = []
    body = []
    for name, counts in _arrays(summary):
        first = np.zeros_like(counts[:1], dtype=np.int64)
        change: Ints = np.asarray(np.diff(counts.astype(np.int64), axis=0, prepend=first))
        kind = _narrowest(change)
        head.append([list(name), kind, list(counts.shape)])
        body.append(change.astype(kind).tobytes())
    line = json.dumps({"groups": summary.groups, "arrays": head}, ensure_ascii=True).encode()
    return zlib.compress(line + b"\n" + b"".join(body), LEVEL)


def _narrowest(numbers: Ints) -> str:
    """Choose the smallest integers that hold all numbers."""
    if numbers.size == 0:
        return KINDS[0]
    least, most = int(numbers.min()), int(numbers.max())
    return next(k for k in KINDS if np.iinfo(k).min <= least and most <= np.iinfo(k).max)


def unpack(packed: bytes, label: str, replication: int, address: str) -> Summary:
    """Read a packed summary back.

    Raises
    ------
    ValueError
        If the bytes are not those of a packed summary.
    """
    try:
        line, _, body = zlib.decompress(packed).partition(b"\n")
        head = json.loads(line)
        found = dict(_read(head["arrays"], body))
        camp_stock, exiled_to = found[CAMP_STOCK,], found[EXILED_TO,]
        groups = tuple(head["groups"])
    except (zlib.error, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not a packed cell: {error}") from None
    return Summary(
        label, replication, address,
        series={name[1]: counts for name, counts in found.items() if name[0] == SERIES},
        camp_stock=camp_stock.astype(np.int32),
        exiled_to=exiled_to,
        curves={name[1]: counts for name, counts in found.items() if name[0] == CURVE},
        waterfalls={(name[1], name[2], name[3]): counts
                    for name, counts in found.items() if name[0] == WATERFALL},
        groups=groups,
    )  # fmt: skip


def _arrays(summary: Summary) -> Iterator[tuple[Name, Ints]]:
    """Name every array of a summary, in a fixed order."""
    yield (CAMP_STOCK,), summary.camp_stock.astype(np.int64)
    yield (EXILED_TO,), summary.exiled_to
    for kind, mapping in ((SERIES, summary.series), (CURVE, summary.curves)):
        for name, counts in mapping.items():
            yield (kind, name), counts
    for key, counts in summary.waterfalls.items():
        yield (WATERFALL, *key), counts


def _read(head: list[tuple[list[str], str, list[int]]], body: bytes) -> Iterator[tuple[Name, Ints]]:
    sizes = [int(np.prod(shape)) * np.dtype(kind).itemsize for _, kind, shape in head]
    ends = np.cumsum([0, *sizes]).tolist()
    if ends[-1] != len(body):
        raise ValueError("not a packed cell: its length is wrong")
    for (name, kind, shape), (start, end) in zip(head, pairwise(ends), strict=True):
        change = np.frombuffer(body[start:end], dtype=kind).reshape(shape)
        yield tuple(name), np.cumsum(change, axis=0, dtype=np.int64)
