"""The compiled functions, called with arrays of NumPy.

Each is the twin of NumPy code, which is the definition, and named after it. Where it returns None
it refuses what it is given: NumPy's code, which comes next, tells the error.
"""

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
Key: TypeAlias = tuple[int, int]

_AT, _SHORT, _INT, _WORD = ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64, ctypes.c_uint64
_RESULT = (_AT, _INT)
SIGNATURES: dict[str, tuple[type, ...]] = {
    "words_run": (*_RESULT, _WORD, _WORD, _INT, _WORD, _WORD, _WORD),
    "words_at": (*_RESULT, _WORD, _WORD, _AT, _WORD),
    "pick": (*_RESULT, _AT, _AT, _INT),
    "pick_up_to": (*_RESULT, _AT, _AT),
    "next_spells": (*_RESULT, *(_AT,) * 4, _INT),
    "below": (*_RESULT, _AT, _WORD),
    "exponential": (*_RESULT, _AT, _AT),
    "days_until_used_up": (*_RESULT, _AT),
    "hazard_used": (*_RESULT, _AT, _AT),
    "hazard_days_until": (*_RESULT, _AT, _AT),
    "fates": (*(_AT,) * 6, _INT, _AT, _AT, _AT, _INT, _WORD, _WORD, _AT, _AT, _AT),
    "past_fates": (_AT, _AT, _AT, *(_INT,) * 5, *(_WORD,) * 4, _AT, _AT),
    "end_spells": (_AT, _AT, _AT, _INT, *(_AT,) * 4, _INT, _SHORT, _AT),
    "held_and_drawn": (*_RESULT, *(_AT,) * 4, _SHORT, _SHORT, *(_WORD,) * 4),
    "put_where": (_AT, _AT, _AT, _INT, _INT),
    "in_order": (*_RESULT, _AT, _INT, _AT),
    "kinds_of": (*_RESULT, _AT, _AT, _INT),
    "tally": (*_RESULT, _AT, _INT, _INT, _INT),
    "movements": (_AT, _AT, _AT, _INT, *(_AT,) * 5, *(_INT,) * 5),
}
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


class Calls:
    """The functions of a library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        for name, signature in SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes, function.restype = signature, _INT

    def words_run(self, key: Key, first: int, count: int, upper: Sequence[int]) -> Words:
        """Do what `sim.custody.philox.run_words` does."""
        words = np.empty(count, dtype=np.uint64)
        self.library.words_run(_address(words), count, *key, first, *upper)
        return words

    def words_at(
        self, key: Key, places: Operand, c1: Operand, c2: int, c3: Operand
    ) -> Words | None:
        """Do what `sim.custody.philox.scattered_words` does; refuse what is negative."""
        n = np.size(places)
        columns = _Columns(n, places, c1, c3)
        words = np.empty(n, dtype=np.uint64)
        refused = self.library.words_at(_address(words), n, *key, columns.address, c2)
        return words if refused < 0 else None

    def pick(self, segments: Operand, words: Words, table: Pinned, *, index: bool) -> Int32s | None:
        """Do what `CutTable.pick` does, or `CutTable.pick_index`."""
        n = len(words)
        columns = _Columns(n, _words(words), segments)
        picked = np.empty(n, dtype=np.int32)
        refused = self.library.pick(_address(picked), n, columns.address, table.address, index)
        return picked if refused < 0 else None

    def pick_up_to(
        self, curve: Operand, limit: Operand, words: Words, table: Pinned
    ) -> Int32s | None:
        """Do what `TruncatedTable.pick` does."""
        n = len(words)
        columns = _Columns(n, _words(words), curve, limit)
        picked = np.empty(n, dtype=np.int32)
        refused = self.library.pick_up_to(_address(picked), n, columns.address, table.address)
        return picked if refused < 0 else None

    def next_spells(
        self, columns: Sequence[Operand], keys: Sequence[Key], tables: Sequence[Pinned],
        segments: tuple[int, int, int], width: int,
    ) -> NDArray[np.int32] | None:  # fmt: skip
        """Do what `sim.custody.persons.drawn_next` does, shape (4, n).

        `columns` are persons, spells, lines and origins.
        """
        n = np.size(columns[0])
        told = _Columns(n, *columns)
        words = np.array(keys, dtype=np.uint64)
        places = np.array([*(table.address for table in tables), *segments], dtype=np.int64)
        drawn, at = np.empty((len(tables), n), dtype=np.int32), _address(places)
        refused = self.library.next_spells(
            _address(drawn), n, told.address, _address(words), at, at + 8 * len(tables), width
        )
        return drawn if refused < 0 else None

    def below(self, words: Words, bound: int) -> NDArray[np.bool_]:
        """Say where the upper halves of words lie below a bound of at most 2**32."""
        columns = _Columns(len(words), _words(words))
        found = np.empty(len(words), dtype=np.bool_)
        self.library.below(_address(found), len(words), columns.address, bound)
        return found

    def exponential(self, words: Words, logs: Pinned) -> Ints:
        """Do what `sim.custody.tables.exponential` does."""
        columns = _Columns(len(words), _words(words))
        values = np.empty(len(words), dtype=np.int64)
        self.library.exponential(_address(values), len(words), columns.address, logs.address)
        return values

    def days_until_used_up(self, tolerance: Array, rate: Operand) -> Ints:
        """Do what `sim.custody.hazards.days_until_used_up` does."""
        n = len(tolerance)
        columns = _Columns(n, tolerance, rate)
        days = np.empty(n, dtype=np.int64)
        self.library.days_until_used_up(_address(days), n, columns.address)
        return days

    def hazard_used(self, kind: Operand, reading: Array, hazard: Pinned) -> Ints | None:
        """Do what `StepHazard.used` does."""
        n = len(reading)
        columns = _Columns(n, kind, reading)
        used = np.empty(n, dtype=np.int64)
        refused = self.library.hazard_used(_address(used), n, columns.address, hazard.address)
        return used if refused < 0 else None

    def hazard_days_until(
        self, tolerance: Array, kind: Operand, reading: Operand, hazard: Pinned
    ) -> Ints | None:
        """Do what `StepHazard.days_until` does."""
        n = len(tolerance)
        columns = _Columns(n, kind, reading, tolerance)
        days = np.empty(n, dtype=np.int64)
        refused = self.library.hazard_days_until(_address(days), n, columns.address, hazard.address)
        return days if refused < 0 else None

    def fates(
        self, columns: Sequence[Array], rows: Ints, kinds: Ints, days: int, key: Key,
        hazards: tuple[Pinned, Pinned | None], logs: Pinned,
    ) -> tuple[Ints, ...] | None:  # fmt: skip
        """Do what `sim.custody.liberty.fates` does."""
        n, size = len(rows), len(columns[0])
        _refuse_beyond(rows, size)
        if len(kinds) != n:
            raise ValueError(f"there must be a kind for each of {n}, found {len(kinds)}")
        told = _Columns(size, *columns)
        rows, kinds = np.ascontiguousarray(rows), np.ascontiguousarray(kinds, dtype=np.int64)
        liberty, returning = hazards
        found, counts = np.empty((5, n), dtype=np.int64), np.zeros(2, dtype=np.int64)
        address = _address(found)
        refused = self.library.fates(
            *(address + 8 * n * k for k in range(5)), _address(counts), n, _address(rows),
            _address(kinds), told.address, days, *key, logs.address, liberty.address,
            None if returning is None else returning.address,
        )  # fmt: skip
        if refused >= 0:
            return None
        dead, back = counts.tolist()
        return (*found[:2, :dead], *found[2:, :back])

    def past_fates(
        self, n: int, first: int, window: int, days: int, kind: int, keys: tuple[Key, Key],
        hazard: Pinned, logs: Pinned,
    ) -> tuple[Ints, ...]:  # fmt: skip
        """Do what `sim.custody.liberty.past_fates` does."""
        found = np.empty((3, n), dtype=np.int64)
        address = _address(found)
        count = self.library.past_fates(
            *(address + 8 * n * k for k in range(3)), n, first, window, days, kind,
            *keys[0], *keys[1], logs.address, hazard.address,
        )  # fmt: skip
        return tuple(found[:, :count])

    def end_spells(
        self, rows: Ints, key: Array, left: Array, cause: Array, closed: int, causes: Array
    ) -> tuple[Ints, Ints, int] | None:
        """Do what `Register._end` does: rows who leave alive, places of the freed, first day."""
        n, size = len(rows), len(key)
        if not (_plain(key, np.int32) and _plain(left, np.int32) and _plain(cause, np.int16)):
            return None
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        found, counts = np.empty((2, n), dtype=np.int64), np.empty(3, dtype=np.int64)
        address = _address(found)
        refused = self.library.end_spells(
            address, address + 8 * n, _address(counts), n, _address(rows), _address(key),
            _address(left), _address(cause), size, closed, _address(causes),
        )  # fmt: skip
        if refused >= 0:
            return None
        alive, freed, first = counts.tolist()
        return found[0, :alive], found[1, :freed], first

    def held_and_drawn(
        self, left: Array, columns: Sequence[Array], latest: int, longest: int, key: Key,
        occurrence: int, bound: int,
    ) -> Ints:  # fmt: skip
        """Find those held, admitted by a day, with a sentence and a word below given bounds.

        `columns` are the days of admission, sentences, persons, spells and lines.
        """
        n, told = len(left), _Columns(len(left), *columns[2:])
        days = _typed((left, *columns[:2]), (np.int32,) * 3)
        rows = np.empty(n, dtype=np.int64)
        found = self.library.held_and_drawn(
            _address(rows), n, *(_address(column) for column in days), told.address, latest,
            longest, *key, occurrence, bound,
        )  # fmt: skip
        return rows[:found].copy()

    def put_where(self, column: Array, values: Array, where: NDArray[np.bool_]) -> bool:
        """Put values into a column where a mask says so; not if they are of no such kind."""
        n, size = len(column), column.itemsize
        alike = values.dtype == column.dtype and column.dtype.kind == "i" and size in (2, 4)
        for array in (column, values, where):
            alike &= array.shape == (n,) and array.flags.c_contiguous and array.flags.aligned
        if not (alike and column.flags.writeable):
            return False
        self.library.put_where(_address(column), _address(values), _address(where), n, size)
        return True

    def in_order(self, keys: Sequence[Array]) -> Ints | None:
        """Do what `sim.custody.comparing.in_order` does with whole numbers."""
        if not _signed(keys):
            return None
        n = len(keys[0])
        columns, numbers = _Columns(n, *keys), np.empty((3, n), dtype=np.int64)
        at = _address(numbers)
        self.library.in_order(at, n, columns.address, len(keys), at + 8 * n)
        return np.asarray(numbers[0])

    def kinds_of(self, columns: Sequence[Array], rows: Ints, capital: int) -> Ints:
        """Do what `Groups.kinds` does; `columns` are offence, origin and health."""
        n, size = len(rows), len(columns[0])
        _refuse_beyond(rows, size)
        told, listed = _Columns(size, *columns), np.ascontiguousarray(rows, dtype=np.int64)
        kinds = np.empty(n, dtype=np.int64)
        self.library.kinds_of(_address(kinds), n, _address(listed), told.address, capital)
        return kinds

    def tally(
        self, kinds: Array, masks: Sequence[Array], part: Array, size: tuple[int, int]
    ) -> Ints | None:
        """Do what `Groups.counts` does, by kind: shape (masks, parts, kinds)."""
        columns = _Columns(len(kinds), part, kinds, *masks)
        counts = np.zeros((len(masks), *size), dtype=np.int64)
        refused = self.library.tally(
            _address(counts), len(kinds), columns.address, len(masks), *size
        )
        return counts if refused < 0 else None

    def movements(
        self, columns: Sequence[Array], days: int, camps: int, kinds: tuple[int, int, int]
    ) -> tuple[Int32s, Int32s, Ints] | None:
        """Do what `Movements.of` does; `kinds` are those of admission, the causes, the unbegun.

        `columns` are camps, kinds, days of admission and of leaving, and causes.
        """
        n = len(columns[0])
        told = _typed(columns, (np.int16, np.int8, np.int32, np.int32, np.int16))
        came = np.zeros((kinds[0], camps, days + 2), dtype=np.int32)
        went = np.zeros((kinds[1], camps, days + 1), dtype=np.int32)
        served = np.zeros((kinds[1], days + 1), dtype=np.int64)
        refused = self.library.movements(
            _address(came), _address(went), _address(served), n,
            *(_address(column) for column in told), days, camps, *kinds,
        )  # fmt: skip
        return (came, went, served) if refused < 0 else None


class _Columns:
    """Operands as the library reads them, kept as long as it does; the address is of bytes."""

    __slots__ = ("_arrays", "address")

    def __init__(self, n: int, *operands: Operand) -> None:
        self._arrays = [_operand(operand, n) for operand in operands]
        told: list[int] = []
        for array in self._arrays:
            told += _address(array), array.strides[0] if array.ndim else 0, KINDS[array.dtype]
        self.address = pack(f"{len(told)}q", *told)


def _typed(columns: Sequence[Array], types: Sequence[type[np.generic]]) -> list[Array]:
    """Return columns of one length as the library expects them: of certain types, without gaps."""
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ValueError(f"columns must be of one length, found {sorted(lengths)}")
    return [np.ascontiguousarray(*one) for one in zip(columns, types, strict=True)]


def _plain(array: Array, kind: type[np.generic]) -> bool:
    """Say whether an array is of a type, whole and writeable, so that the library may write it."""
    return array.dtype == kind and array.flags.carray


def _address(array: Array) -> int:
    """Return where an array is; of one that is whole and writeable in a third of the time."""
    flags = array.flags
    if array.size and flags.c_contiguous and flags.writeable:
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    return array.ctypes.data


def _operand(value: Operand, n: int) -> Array:
    """Return whole numbers in a type that the library knows: one, or one for each of n rows."""
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    if array.dtype not in KINDS:
        array = array.astype(np.int64, casting="same_kind")
    if array.ndim and array.shape != (n,):
        raise ValueError(f"there must be one number, or one for each of {n}, found {array.shape}")
    return array


def _signed(keys: Sequence[Array]) -> bool:
    """Say whether keys are whole numbers, so that as 64 bits with a sign they stand in order."""
    return all(key.dtype in KINDS and key.dtype != np.uint64 for key in keys)


def _refuse_beyond(rows: Ints, size: int) -> None:
    if len(rows) and not (rows.min() >= 0 and rows.max() < size):
        raise IndexError(f"rows must be from 0 to {size - 1}")


def _words(words: Words) -> Words:
    if words.dtype != np.uint64 or words.ndim != 1:
        raise ValueError("words must be 64 bits each, in one dimension")
    return words
