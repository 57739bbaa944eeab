"""Philox 4x64-10 as a function of its counter, for whole arrays of counters.

A counter-based generator has no history: its words are a function of a key and of a counter of
four 64-bit words (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as
1, 2, 3"). NumPy offers the generator as a sequence; this module offers it as the function, so that
the words of a few thousand scattered persons cost a few thousand evaluations.

The words are those of ``np.random.Philox(key=key, counter=counter - 1).random_raw(4)``, bit for
bit: NumPy adds one to its counter before it makes a block.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
Places: TypeAlias = NDArray[np.int64]
Upper: TypeAlias = tuple[int, int, int]
"""Words 1 to 3 of a counter."""

ROUNDS = 10
MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
"""What each half of the key grows by from round to round."""

CHUNK = 8192
"""Counters worked on at a time: the seven buffers of a chunk, 900 kB, fit a second-level cache."""

_HALF = np.array([[32]], dtype=np.uint64)
_LOW = np.array([[0xFFFFFFFF]], dtype=np.uint64)
_SWAPPED = np.array(MULTIPLIERS[::-1], dtype=np.uint64)[:, None]
_UPPER = np.array([m >> 32 for m in MULTIPLIERS], dtype=np.uint64)[:, None]
_LOWER = np.array([m & 0xFFFFFFFF for m in MULTIPLIERS], dtype=np.uint64)[:, None]


def philox_words(key: Words, c0: Words, c1: Words | int, c2: Words | int, c3: Words | int) -> Words:
    """Return the four words of each counter.

    Parameters
    ----------
    key
        The two words of the key, shape (2,).
    c0, c1, c2, c3
        The words of the counters, lowest first: arrays of shape (n,), or one number for all.

    Returns
    -------
    Words
        Shape (n, 4).
    """
    words = np.empty((len(c0), 4), dtype=np.uint64)
    for rows, even, odd in _blocks(key, c0, c1, c2, c3):
        words[rows, 0::2] = even.T
        words[rows, 1::2] = odd.T
    return words


def philox_lane(
    key: Words,
    lane: NDArray[np.integer],
    c0: Words,
    c1: Words | int,
    c2: Words | int,
    c3: Words | int,
) -> Words:
    """Return one word of each counter: the one that `lane` (0 to 3) names.

    Equal to ``philox_words(key, c0, c1, c2, c3)[np.arange(n), lane]`` in a quarter of the memory.
    """
    words = np.empty(len(c0), dtype=np.uint64)
    block = np.empty(4 * CHUNK, dtype=np.uint64)
    column = np.arange(CHUNK)
    for rows, even, odd in _blocks(key, c0, c1, c2, c3):
        size = even.shape[1]
        lanes = block[: 4 * size].reshape(4, size)
        lanes[0::2] = even
        lanes[1::2] = odd
        place = lane[rows] * size
        place += column[:size]
        np.take(block, place, out=words[rows], mode="clip")
    return words


def _blocks(
    key: Words, c0: Words, c1: Words | int, c2: Words | int, c3: Words | int
) -> Iterator[tuple[slice, Words, Words]]:
    """Yield the rows of each chunk with its words 0 and 2, and its words 1 and 3."""
    n = len(c0)
    counters = [np.broadcast_to(np.asarray(c, dtype=np.uint64), n) for c in (c0, c1, c2, c3)]
    keys = _round_keys(key)
    buffers = np.empty((7, 2, min(n, CHUNK)), dtype=np.uint64)
    for start in range(0, n, CHUNK):
        rows = slice(start, min(start + CHUNK, n))
        even, odd, *scratch = buffers[:, :, : rows.stop - start]
        even[0], odd[0], even[1], odd[1] = (c[rows] for c in counters)
        yield rows, *_encrypt(keys, even, odd, scratch)


def _round_keys(key: Words) -> list[Words]:
    """Return the key of every round, each of shape (2, 1)."""
    words = [int(word) for word in key]
    return [
        np.array([(k + r * w) % 2**64 for k, w in zip(words, WEYL, strict=True)], dtype=np.uint64)[
            :, None
        ]
        for r in range(ROUNDS)
    ]


def _encrypt(
    keys: list[Words], even: Words, odd: Words, scratch: list[Words]
) -> tuple[Words, Words]:
    """Run the rounds in place on words 0 and 2 (`even`) and 1 and 3 (`odd`), shape (2, n).

    A round multiplies words 0 and 2 by their constants to 128 bits. The low halves become words 3
    and 1, the high halves words 2 and 0 once mixed with the old odd words and with the key. NumPy
    has no 128-bit product: the high half is put together from products of 32-bit halves.
    """
    other, upper, lower, middle, carry = scratch
    for key in keys:
        np.multiply(even[::-1], _SWAPPED, out=other)
        np.right_shift(even, _HALF, out=upper)
        np.bitwise_and(even, _LOW, out=lower)
        np.multiply(lower, _LOWER, out=middle)
        np.right_shift(middle, _HALF, out=middle)
        np.multiply(upper, _LOWER, out=carry)
        np.add(middle, carry, out=middle)
        np.bitwise_and(middle, _LOW, out=carry)
        np.multiply(lower, _UPPER, out=lower)
        np.add(lower, carry, out=lower)
        np.multiply(upper, _UPPER, out=upper)
        np.right_shift(middle, _HALF, out=middle)
        np.add(upper, middle, out=upper)
        np.right_shift(lower, _HALF, out=lower)
        np.add(upper, lower, out=upper)
        np.bitwise_xor(upper[::-1], odd, out=even)
        np.bitwise_xor(even, key, out=even)
        odd, other = other, odd
    return even, odd


def words_of_keys(
    keys: NDArray[np.uint64], places: Places, c1: Words, c2: int, c3: Words
) -> NDArray[np.uint64]:
    """Return the words at the same places under several keys, in one evaluation.

    A call costs as much as some thousand words: for few places, many keys cost what one does.

    Parameters
    ----------
    keys
        Shape (k, 2).
    places, c1, c3
        As for `scattered_words`, shape (n,) or () for all.

    Returns
    -------
    Words
        Shape (k, n).
    """
    k, n = len(keys), len(places)
    each1, each3 = (np.broadcast_to(part, n) for part in (c1, c3))
    buffers = np.empty((7, 2, k, n), dtype=np.uint64)
    even, odd = buffers[0], buffers[1]
    even[0], odd[0], even[1], odd[1] = (places >> 2).view(np.uint64), each1, np.uint64(c2), each3
    flat = [part.reshape(2, k * n) for part in buffers]
    rounds = np.arange(ROUNDS, dtype=np.uint64)[:, None, None] * np.array(WEYL, dtype=np.uint64)
    grown = (keys + rounds).transpose(0, 2, 1)  # round, half, key; wraps round as it should
    even_words, odd_words = _encrypt(list(np.repeat(grown, n, axis=2)), flat[0], flat[1], flat[2:])
    lanes = np.stack((even_words[0], odd_words[0], even_words[1], odd_words[1]))
    lane = np.broadcast_to(places & 3, (k, n)).ravel()
    return np.asarray(lanes[lane, np.arange(k * n)].reshape(k, n))


def run_words(key: Words, first: int, count: int, upper: Upper) -> Words:
    """Return the words at places `first` to ``first + count - 1``, by NumPy's own generator.

    The words of the counters [0, `upper`], [1, `upper`] and so on make a sequence: place ``p``
    holds word ``p % 4`` of the block whose counter starts with ``p // 4``.
    """
    counter = sum(word << (64 * i) for i, word in enumerate((first // 4, *upper)))
    # NumPy adds 1 to the counter before it makes a block: start one below.
    generator = np.random.Philox(key=key, counter=(counter - 1) % 2**256)
    skip = first % 4
    return generator.random_raw(skip + count)[skip:]


# Scattered places: where they are dense, a run over them all costs less than the function of the
# counter. The costs, as measured, decide which way is taken and never what comes out.

WORD_NS, RUN_NS = 4, 9_000
"""Cost of a run, in nanoseconds: per word, and once."""
SPARSE_NS, CALL_NS = 75, 130_000
"""Cost of the function of the counter, in nanoseconds: per word, and once."""
FEW = CALL_NS // RUN_NS
"""So many places get a run each."""
BLOCK = 8192
"""So many places, in the order given, are judged together as sparse or dense."""
GROUPS, WORTH_A_GROUP = 8, 1000
"""So many groups of equal upper words are taken apart, while so many places are left."""


def scattered_words(key: Words, places: Places, c1: Words, c2: int, c3: Words) -> Words:
    """Return the words at any places (int64) under any upper words, in the cheapest way.

    `c1` and `c3` have the shape of `places`, or () if they hold for all.
    """
    words = np.empty(len(places), dtype=np.uint64)
    each1, each3 = (np.broadcast_to(part, places.shape) for part in (c1, c3))
    if len(places) <= FEW:
        for row, place in enumerate(places.tolist()):
            words[row] = run_words(key, place, 1, (int(each1[row]), c2, int(each3[row])))[0]
        return words
    if _is_one(c1) and _is_one(c3):
        return _alike_words(key, places, (int(each1[0]), c2, int(each3[0])))
    left = np.arange(len(places))
    for _ in range(GROUPS):
        if len(left) < WORTH_A_GROUP:
            break
        upper = (int(each1[left[0]]), c2, int(each3[left[0]]))
        alike = (each1[left] == upper[0]) & (each3[left] == upper[2])
        rows, left = left[alike], left[~alike]
        words[rows] = _alike_words(key, places[rows], upper)
    words[left] = _sparse_words(key, places[left], (each1[left], c2, each3[left]))
    return words


def _is_one(part: Words) -> bool:
    return part.ndim == 0 or bool((part == part[0]).all())


def _sparse_words(key: Words, places: Places, upper: tuple[Words | int, int, Words | int]) -> Words:
    """Return the words at `places` by the function of the counter."""
    return philox_lane(key, places & 3, (places >> 2).view(np.uint64), *upper)


def _alike_words(key: Words, places: Places, upper: Upper) -> Words:
    """Return the words at `places` under the same upper words."""
    words = np.empty(len(places), dtype=np.uint64)
    sparse = np.ones(len(places), dtype=np.bool_)
    for start, stop, first, span in _dense_stretches(places):
        words[start:stop] = run_words(key, first, span, upper)[places[start:stop] - first]
        sparse[start:stop] = False
    if sparse.any():
        words[sparse] = _sparse_words(key, places[sparse], upper)
    return words


def _dense_stretches(places: Places) -> list[tuple[int, int, int, int]]:
    """Return the stretches of `places` for which a run is the cheaper way.

    A stretch is (start, stop, lowest place, length of the run): all of `places`, or blocks of it.
    """
    n = len(places)
    starts = np.arange(0, n, BLOCK)
    stops = np.minimum(starts + BLOCK, n)
    first = np.minimum.reduceat(places, starts)
    # Between places that are far apart, nanoseconds do not fit 64 bits.
    span = (np.maximum.reduceat(places, starts) - first).astype(np.float64) + 1
    as_run, as_sparse = RUN_NS + WORD_NS * span, SPARSE_NS * (stops - starts)
    dense = as_run <= as_sparse
    in_blocks = int(np.minimum(as_run, as_sparse).sum()) + (0 if dense.all() else CALL_NS)
    lowest = int(first.min())
    whole = int(places.max()) - lowest + 1
    if RUN_NS + WORD_NS * whole <= in_blocks:
        return [(0, n, lowest, whole)]
    stretches = np.stack((starts, stops, first, span), axis=1)[dense]
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in stretches]
