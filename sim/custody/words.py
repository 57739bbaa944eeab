"""Random words and the whole numbers that they meet: halves, portions, and hashes of tables."""

import hashlib
from collections.abc import Iterator
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
Numbers: TypeAlias = NDArray[np.integer]
Scalar = TypeVar("Scalar", bound=np.generic)

CHUNK = 32768
"""Rows worked on at a time, so that what lies between stays in the cache."""
HALF = np.uint64(32)
LOW = np.uint64(2**32 - 1)


def chunks(n: int) -> Iterator[slice]:
    """Cut so many rows into portions."""
    return (slice(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK))


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return an array that nobody can write to any more."""
    array.flags.writeable = False
    return array


def sha256(*arrays: NDArray[np.generic]) -> str:
    """Return the SHA-256 of arrays, their types and shapes, the same on every processor."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.kind}{array.dtype.itemsize}{array.shape}".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()
