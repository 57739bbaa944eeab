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

from sim.custody.kernel.operands import (
    Array,
    Columns,
    Int32s,
    Ints,
    Operand,
    Pinned,
    Words,
    address_of,
    checked_words,
    plain,
    refuse_beyond,
    signed,
    typed,
)

Key: TypeAlias = tuple[int, int]
WIDEST = 1 << 20
"""Pairs are counted, and not sorted, where the second number is below this at most."""

_AT, _SHORT, _INT, _WORD = ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64, ctypes.c_uint64
_RESULT = (_AT, _INT)
SIGNATURES: dict[str, tuple[type, ...]] = {
    "key_of": (*_RESULT, _AT),
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
    "crossed": (*_RESULT, _AT, _AT, _INT),
    "pairs": (*_RESULT, _AT, _INT, _INT, *(_AT,) * 4),
    "kinds_of": (*_RESULT, _AT, _AT, _INT),
    "list_moves": (*_RESULT, _AT, _AT, *(_INT,) * 4),
    "tally": (*_RESULT, _AT, _INT, _INT, _INT),
    "movements": (_AT, _AT, _AT, _INT, *(_AT,) * 5, *(_INT,) * 5),
}


class Calls:
    """The functions of a library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        for name, signature in SIGNATURES.items():
            function = getattr(library, name)
            function.argtypes, function.restype = signature, _INT

    def key_of(self, seed: int, path: Sequence[int]) -> Key:
        """Give the key of `numpy.random.SeedSequence` whose spawn key are some 32-bit words."""
        words = [seed >> bits & 0xFFFFFFFF for bits in range(0, max(seed.bit_length(), 128), 32)]
        words += path
        key = (_WORD * 2)()
        self.library.key_of(key, len(words), pack(f"{len(words)}I", *words))
        low, high = key
        return low, high

    def words_run(self, key: Key, first: int, count: int, upper: Sequence[int]) -> Words:
        """Do what `sim.custody.philox.run_words` does."""
        words = np.empty(count, dtype=np.uint64)
        self.library.words_run(address_of(words), count, *key, first, *upper)
        return words

    def words_at(
        self, key: Key, places: Operand, c1: Operand, c2: int, c3: Operand
    ) -> Words | None:
        """Do what `sim.custody.philox.scattered_words` does; refuse what is negative."""
        n = np.size(places)
        columns = Columns(n, places, c1, c3)
        words = np.empty(n, dtype=np.uint64)
        refused = self.library.words_at(address_of(words), n, *key, columns.address, c2)
        return words if refused < 0 else None

    def pick(self, segments: Operand, words: Words, table: Pinned, *, index: bool) -> Int32s | None:
        """Do what `CutTable.pick` does, or `CutTable.pick_index`."""
        n = len(words)
        columns = Columns(n, checked_words(words), segments)
        picked = np.empty(n, dtype=np.int32)
        refused = self.library.pick(address_of(picked), n, columns.address, table.address, index)
        return picked if refused < 0 else None

    def pick_up_to(
        self, curve: Operand, limit: Operand, words: Words, table: Pinned
    ) -> Int32s | None:
        """Do what `TruncatedTable.pick` does."""
        n = len(words)
        columns = Columns(n, checked_words(words), curve, limit)
        picked = np.empty(n, dtype=np.int32)
        refused = self.library.pick_up_to(address_of(picked), n, columns.address, table.address)
        return picked if refused < 0 else None

    def next_spells(
        self, columns: Sequence[Operand], keys: Sequence[Key], tables: Sequence[Pinned],
        segments: tuple[int, int, int], width: int,
    ) -> NDArray[np.int32] | None:  # fmt: skip
        """Do what `sim.custody.persons.drawn_next` does, shape (4, n).

        `columns` are persons, spells, lines and origins.
        """
        n = np.size(columns[0])
        told = Columns(n, *columns)
        words = np.array(keys, dtype=np.uint64)
        places = np.array([*(table.address for table in tables), *segments], dtype=np.int64)
        drawn, at = np.empty((len(tables), n), dtype=np.int32), address_of(places)
        refused = self.library.next_spells(
            address_of(drawn), n, told.address, address_of(words), at, at + 8 * len(tables), width
        )
        return drawn if refused < 0 else None

    def below(self, words: Words, bound: int) -> NDArray[np.bool_]:
        """Say where the upper halves of words lie below a bound of at most 2**32."""
        columns = Columns(len(words), checked_words(words))
        found = np.empty(len(words), dtype=np.bool_)
        self.library.below(address_of(found), len(words), columns.address, bound)
        return found

    def exponential(self, words: Words, logs: Pinned) -> Ints:
        """Do what `sim.custody.tables.exponential` does."""
        columns = Columns(len(words), checked_words(words))
        values = np.empty(len(words), dtype=np.int64)
        self.library.exponential(address_of(values), len(words), columns.address, logs.address)
        return values

    def days_until_used_up(self, tolerance: Array, rate: Operand) -> Ints:
        """Do what `sim.custody.hazards.days_until_used_up` does."""
        n = len(tolerance)
        columns = Columns(n, tolerance, rate)
        days = np.empty(n, dtype=np.int64)
        self.library.days_until_used_up(address_of(days), n, columns.address)
        return days

    def hazard_used(self, kind: Operand, reading: Array, hazard: Pinned) -> Ints | None:
        """Do what `StepHazard.used` does."""
        n = len(reading)
        columns = Columns(n, kind, reading)
        used = np.empty(n, dtype=np.int64)
        refused = self.library.hazard_used(address_of(used), n, columns.address, hazard.address)
        return used if refused < 0 else None

    def hazard_days_until(
        self, tolerance: Array, kind: Operand, reading: Operand, hazard: Pinned
    ) -> Ints | None:
        """Do what `StepHazard.days_until` does."""
        n = len(tolerance)
        columns = Columns(n, kind, reading, tolerance)
        days = np.empty(n, dtype=np.int64)
        refused = self.library.hazard_days_until(
            address_of(days), n, columns.address, hazard.address
        )
        return days if refused < 0 else None

    def fates(
        self, columns: Sequence[Array], rows: Ints, kinds: Ints, days: int, key: Key,
        hazards: tuple[Pinned, Pinned | None], logs: Pinned,
    ) -> tuple[Ints, ...] | None:  # fmt: skip
        """Do what `sim.custody.liberty.fates` does."""
        n, size = len(rows), len(columns[0])
        refuse_beyond(rows, size)
        if len(kinds) != n:
            raise ValueError(f"there must be a kind for each of {n}, found {len(kinds)}")
        told = Columns(size, *columns)
        rows, kinds = np.ascontiguousarray(rows), np.ascontiguousarray(kinds, dtype=np.int64)
        liberty, returning = hazards
        found, counts = np.empty((5, n), dtype=np.int64), np.zeros(2, dtype=np.int64)
        address = address_of(found)
        refused = self.library.fates(
            *(address + 8 * n * k for k in range(5)), address_of(counts), n, address_of(rows),
            address_of(kinds), told.address, days, *key, logs.address, liberty.address,
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
        address = address_of(found)
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
        if not (plain(key, np.int32) and plain(left, np.int32) and plain(cause, np.int16)):
            return None
        rows = np.ascontiguousarray(rows, dtype=np.int64)
        found, counts = np.empty((2, n), dtype=np.int64), np.empty(3, dtype=np.int64)
        address = address_of(found)
        refused = self.library.end_spells(
            address, address + 8 * n, address_of(counts), n, address_of(rows), address_of(key),
            address_of(left), address_of(cause), size, closed, address_of(causes),
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
        n, told = len(left), Columns(len(left), *columns[2:])
        days = typed((left, *columns[:2]), (np.int32,) * 3)
        rows = np.empty(n, dtype=np.int64)
        found = self.library.held_and_drawn(
            address_of(rows), n, *(address_of(column) for column in days), told.address, latest,
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
        self.library.put_where(address_of(column), address_of(values), address_of(where), n, size)
        return True

    def in_order(self, keys: Sequence[Array]) -> Ints | None:
        """Do what `sim.custody.comparing.in_order` does with whole numbers."""
        if not signed(keys):
            return None
        n = len(keys[0])
        columns, numbers = Columns(n, *keys), np.empty((3, n), dtype=np.int64)
        at = address_of(numbers)
        self.library.in_order(at, n, columns.address, len(keys), at + 8 * n)
        return np.asarray(numbers[0])

    def kinds_of(self, columns: Sequence[Array], rows: Ints, capital: int) -> Ints:
        """Do what `Groups.kinds` does; `columns` are offence, origin and health."""
        n, size = len(rows), len(columns[0])
        refuse_beyond(rows, size)
        told, listed = Columns(size, *columns), np.ascontiguousarray(rows, dtype=np.int64)
        kinds = np.empty(n, dtype=np.int64)
        self.library.kinds_of(address_of(kinds), n, address_of(listed), told.address, capital)
        return kinds

    def list_moves(
        self, columns: Sequence[Array], table: Int32s, capital: int, shape: tuple[int, int]
    ) -> Ints | None:
        """Do what `HeadCount._moves` does; `columns` as there, `shape` is that of the moves."""
        n = len(columns[0])
        told, moves = Columns(n, *columns), np.zeros(shape, dtype=np.int64)
        (days,) = typed([table], [np.int32])
        refused = self.library.list_moves(
            address_of(moves), n, told.address, address_of(days), len(days), capital, *shape
        )
        return moves if refused < 0 else None

    def tally(
        self, kinds: Array, masks: Sequence[Array], part: Array, size: tuple[int, int]
    ) -> Ints | None:
        """Do what `Groups.counts` does, by kind: shape (masks, parts, kinds)."""
        columns = Columns(len(kinds), part, kinds, *masks)
        counts = np.zeros((len(masks), *size), dtype=np.int64)
        refused = self.library.tally(
            address_of(counts), len(kinds), columns.address, len(masks), *size
        )
        return counts if refused < 0 else None

    def crossed(self, columns: Sequence[Array], sizes: Sequence[int]) -> Ints | None:
        """Do what `sim.custody.counting.crossed` does."""
        n = len(columns[0])
        told, counts = Columns(n, *columns), np.zeros(sizes, dtype=np.int64)
        refused = self.library.crossed(
            address_of(counts), n, told.address, pack(f"{len(sizes)}q", *sizes), len(sizes)
        )
        return counts if refused < 0 else None

    def pairs(self, first: Array, second: Array, sizes: tuple[int, int]) -> Ints | None:
        """Do what `sim.custody.counting.pairs` does; `sizes` are above all of both numbers."""
        n, (firsts, width) = len(first), sizes
        if width > WIDEST:
            return None
        told, found = Columns(n, first, second), np.empty((n, 3), dtype=np.int64)
        seconds, starts = np.empty(n, dtype=np.int32), np.zeros(firsts + 1, dtype=np.int64)
        counts, seen = np.zeros(width, dtype=np.int64), np.zeros(width // 64 + 1, dtype=np.uint64)
        listed = self.library.pairs(
            address_of(found), n, told.address, firsts, width,
            *(address_of(room) for room in (seconds, starts, counts, seen)),
        )  # fmt: skip
        return found[:listed].copy() if listed >= 0 else None

    def movements(
        self, columns: Sequence[Array], days: int, camps: int, kinds: tuple[int, int, int]
    ) -> tuple[Int32s, Int32s, Ints] | None:
        """Do what `Movements.of` does; `kinds` are those of admission, the causes, the unbegun.

        `columns` are camps, kinds, days of admission and of leaving, and causes.
        """
        n = len(columns[0])
        told = typed(columns, (np.int16, np.int8, np.int32, np.int32, np.int16))
        came = np.zeros((kinds[0], camps, days + 2), dtype=np.int32)
        went = np.zeros((kinds[1], camps, days + 1), dtype=np.int32)
        served = np.zeros((kinds[1], days + 1), dtype=np.int64)
        refused = self.library.movements(
            address_of(came), address_of(went), address_of(served), n,
            *(address_of(column) for column in told), days, camps, *kinds,
        )  # fmt: skip
        return (came, went, served) if refused < 0 else None
