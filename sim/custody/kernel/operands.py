"""What the compiled functions are called with: arrays, where they are, and of which type."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from struct import pack
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
Int32s: TypeAlias = NDArray[np.int32]
Array: TypeAlias = NDArray[np.generic]
Operand: TypeAlias = Array | int
"""One number for each row, or one for all."""
KINDS = {
    np.dtype(name): kind
    for kind, names in enumerate((["int8"], ["int16"], ["int32"], ["int64"], ["bool", "uint8"],
                                  ["uint64"]))
    for name in names
}  # fmt: skip
"""How the library calls the types of columns."""


class Pinned:
    """Arrays that never change, and numbers, as the library reads them: addresses taken once."""

    __slots__ = ("_told", "address", "arrays", "numbers")

    def __init__(self, arrays: Sequence[Array], numbers: Sequence[int] = ()) -> None:
        self.arrays = tuple(np.ascontiguousarray(array) for array in arrays)
        self.numbers = tuple(numbers)
        places = [array.ctypes.data for array in self.arrays]
        self._told = np.array([*places, *self.numbers], dtype=np.int64)
        self.address = self._told.ctypes.data

    def __reduce__(self) -> tuple[type[Pinned], tuple[Sequence[Array], Sequence[int]]]:
        """Take the addresses anew where a copy is made."""
        return Pinned, (self.arrays, self.numbers)


class Columns:
    """Operands as the library reads them, kept as long as it does; the address is of bytes."""

    __slots__ = ("_arrays", "address")

    def __init__(self, n: int, *operands: Operand) -> None:
        self._arrays = [_array_of(one, n) for one in operands]
        told: list[int] = []
        for array in self._arrays:
            told += address_of(array), array.strides[0] if array.ndim else 0, KINDS[array.dtype]
        self.address = pack(f"{len(told)}q", *told)


def typed(columns: Sequence[Array], types: Sequence[type[np.generic]]) -> list[Array]:
    """Return columns of one length as the library expects them: of certain types, without gaps."""
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ValueError(f"columns must be of one length, found {sorted(lengths)}")
    return [np.ascontiguousarray(*one) for one in zip(columns, types, strict=True)]


def plain(array: Array, kind: type[np.generic]) -> bool:
    """Say whether an array is of a type, whole and writeable, so that the library may write it."""
    return array.dtype == kind and array.flags.carray


def address_of(array: Array) -> int:
    """Return where an array is; of one that is whole and writeable in a third of the time."""
    flags = array.flags
    if array.size and flags.c_contiguous and flags.writeable:
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    return array.ctypes.data


def _array_of(value: Operand, n: int) -> Array:
    """Return whole numbers in a type that the library knows: one, or one for each of n rows."""
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    if array.dtype not in KINDS:
        array = array.astype(np.int64, casting="same_kind")
    if array.ndim and array.shape != (n,):
        raise ValueError(f"there must be one number, or one for each of {n}, found {array.shape}")
    return array


def signed(keys: Sequence[Array]) -> bool:
    """Say whether keys are whole numbers, so that as 64 bits with a sign they stand in order."""
    return all(key.dtype in KINDS and key.dtype != np.uint64 for key in keys)


def refuse_beyond(rows: Ints, size: int) -> None:
    """Refuse rows that are not there."""
    if len(rows) and not (rows.min() >= 0 and rows.max() < size):
        raise IndexError(f"rows must be from 0 to {size - 1}")


def checked_words(words: Words) -> Words:
    """Refuse what is no column of words."""
    if words.dtype != np.uint64 or words.ndim != 1:
        raise ValueError("words must be 64 bits each, in one dimension")
    return words
