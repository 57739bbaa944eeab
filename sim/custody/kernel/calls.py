"""The compiled functions, called with arrays of NumPy.

Each does what the function of the same purpose in `sim.custody.philox`, `sim.custody.tables` or
`sim.custody.hazards` does. It returns None where it refuses what it is given: NumPy's code, which
comes next, tells the error.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]
Int32s: TypeAlias = NDArray[np.int32]
Operand: TypeAlias = NDArray[np.generic] | int
"""One number for each row, or one for all."""

_POINTER, _INT, _WORD = ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint64
_COLUMN = (_POINTER, _INT, _INT)
_WORDS = (_POINTER, _INT)
_FINDER = (_POINTER, _INT, _POINTER, _INT)
_RESULT = (_POINTER, _INT)
SIGNATURES: dict[str, tuple[type, ...]] = {
    "words_run": (*_RESULT, _WORD, _WORD, _INT, _WORD, _WORD, _WORD),
    "words_at": (*_RESULT, _WORD, _WORD, *_COLUMN, *_COLUMN, _WORD, *_COLUMN),
    "pick": (*_RESULT, *_WORDS, *_COLUMN, _INT, *_FINDER, _POINTER, _POINTER),
    "pick_up_to": (*_RESULT, *_WORDS, *_COLUMN, _INT, *_COLUMN, *_FINDER, _POINTER),
    "below": (*_RESULT, *_WORDS, _WORD),
    "exponential": (*_RESULT, *_WORDS, _INT, _INT, _POINTER, _POINTER, _POINTER),
    "days_until_used_up": (*_RESULT, *_COLUMN, *_COLUMN),
}
KINDS = {
    np.dtype(name): kind
    for kind, names in enumerate((["int8"], ["int16"], ["int32"], ["int64"], ["bool", "uint8"],
                                  ["uint64"]))
    for name in names
}  # fmt: skip
"""How the library calls the types of operands."""


class Pinned:
    """Arrays that never change, with their addresses: of a table, taken once."""

    __slots__ = ("addresses", "arrays")

    def __init__(self, *arrays: NDArray[np.generic]) -> None:
        self.arrays = tuple(np.ascontiguousarray(array) for array in arrays)
        self.addresses = tuple(array.ctypes.data for array in self.arrays)

    def __reduce__(self) -> tuple[type[Pinned], tuple[NDArray[np.generic], ...]]:
        """Take the addresses anew where a copy is made."""
        return Pinned, self.arrays


class Calls:
    """The functions of a library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        for name, signature in SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes, function.restype = signature, _INT

    def words_run(
        self, key: tuple[int, int], first: int, count: int, upper: Sequence[int]
    ) -> Words:
        """Do what `sim.custody.philox.run_words` does."""
        words = np.empty(count, dtype=np.uint64)
        self.library.words_run(words.ctypes.data, count, *key, first, *upper)
        return words

    def words_at(
        self, key: tuple[int, int], places: Operand, c1: Operand, c2: int, c3: Operand
    ) -> Words | None:
        """Do what `sim.custody.philox.scattered_words` does; refuse what is negative."""
        n = np.size(places)
        at, one, three = (_operand(part, n) for part in (places, c1, c3))
        words = np.empty(n, dtype=np.uint64)
        refused = self.library.words_at(
            words.ctypes.data, n, *key, *_told(at), *_told(one), c2, *_told(three)
        )
        return words if refused < 0 else None

    def pick(
        self, segments: Operand, count: int, words: Words, table: Pinned, bits: int, *, index: bool
    ) -> Int32s | None:
        """Do what `CutTable.pick` does, or `CutTable.pick_index`.

        `table` holds cut points, guide, starts and values.
        """
        n = len(words)
        own, given = _operand(segments, n), _words(words)
        keys, guide, starts, values = table.addresses
        picked = np.empty(n, dtype=np.int32)
        refused = self.library.pick(
            picked.ctypes.data, n, *_told(given)[:2], *_told(own), count,
            keys, len(table.arrays[0]), guide, bits, None if index else values, starts,
        )  # fmt: skip
        return picked if refused < 0 else None

    def pick_up_to(
        self, curve: Operand, count: int, limit: Operand, words: Words, table: Pinned, bits: int
    ) -> Int32s | None:
        """Do what `TruncatedTable.pick` does. `table` holds cut points, guide and starts."""
        n = len(words)
        own, last, given = _operand(curve, n), _operand(limit, n), _words(words)
        keys, guide, starts = table.addresses
        picked = np.empty(n, dtype=np.int32)
        refused = self.library.pick_up_to(
            picked.ctypes.data, n, *_told(given)[:2], *_told(own), count, *_told(last),
            keys, len(table.arrays[0]), guide, bits, starts,
        )  # fmt: skip
        return picked if refused < 0 else None

    def below(self, words: Words, bound: int) -> NDArray[np.bool_]:
        """Say where the upper halves of words lie below a bound of at most 2**32."""
        given = _words(words)
        found = np.empty(len(words), dtype=np.bool_)
        self.library.below(found.ctypes.data, len(words), *_told(given)[:2], bound)
        return found

    def exponential(self, words: Words, log_two: int, top: int, tables: Pinned) -> Ints:
        """Do what `sim.custody.tables.exponential` does, with its tables."""
        given = _words(words)
        values = np.empty(len(words), dtype=np.int64)
        self.library.exponential(
            values.ctypes.data, len(words), *_told(given)[:2], log_two, top, *tables.addresses
        )
        return values

    def days_until_used_up(self, tolerance: Operand, rate: Operand) -> Ints:
        """Do what `sim.custody.hazards.days_until_used_up` does."""
        n = max(np.size(tolerance), np.size(rate)) if np.size(tolerance) else 0
        left, used = _operand(tolerance, n), _operand(rate, n)
        days = np.empty(n, dtype=np.int64)
        self.library.days_until_used_up(days.ctypes.data, n, *_told(left), *_told(used))
        return days


def _operand(value: Operand, n: int) -> NDArray[np.generic]:
    """Return whole numbers in a type that the library knows: one, or one for each of n rows."""
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    if array.dtype not in KINDS:
        array = array.astype(np.int64, casting="same_kind")
    if array.ndim and array.shape != (n,):
        raise ValueError(f"there must be one number, or one for each of {n}, found {array.shape}")
    return array


def _words(words: Words) -> Words:
    if words.dtype != np.uint64 or words.ndim != 1:
        raise ValueError("words must be 64 bits each, in one dimension")
    return words


def _told(array: NDArray[np.generic]) -> tuple[int, int, int]:
    """Return address, stride and kind."""
    return array.ctypes.data, array.strides[0] if array.ndim else 0, KINDS[array.dtype]
