"""Random words into whole numbers, by tables and integer arithmetic alone.

Cut points are rounded once, when a table is built, and hashed into the address of every cell; what
happens at run time is shifts, products and comparisons of integers. So the same tables give the
same numbers on every processor, and a library that builds other tables is seen.

Every inversion uses the upper 32 bits of a word, ``u = word >> 32``; `exponential` uses all 64. A
larger word never gives a smaller number, so a change of distribution moves everybody at the same
quantile.
"""

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.kernel.calls import Pinned

Words: TypeAlias = NDArray[np.uint64]
Numbers: TypeAlias = NDArray[np.integer]
Weights: TypeAlias = Sequence[float] | NDArray[np.float64]
Segment: TypeAlias = tuple[Sequence[int] | Numbers, Weights]
"""Values and their weights."""
Scalar = TypeVar("Scalar", bound=np.generic)

CHUNK = 32768
"""Rows worked on at a time, so that what lies between stays in the cache."""
_HALF = np.uint64(32)
_LOW = np.uint64(2**32 - 1)


def happens(words: Words, probability: float | NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where an event of the given probability happens: where the words are small.

    The probability, one or one per word, is rounded half to even to a multiple of 2**-32.

    Raises
    ------
    ValueError
        If a probability is not a number from 0 to 1.
    """
    if kernel.compiled is not None and isinstance(probability, float) and 0 <= probability <= 1:
        return kernel.compiled.below(words, bound_of(probability))
    exact = np.asarray(probability, dtype=np.float64)
    wrong = ~((exact >= 0) & (exact <= 1))
    if wrong.any():
        raise ValueError(f"a probability must be from 0 to 1, found {exact[wrong].flat[0]}")
    below: NDArray[np.bool_] = (words >> _HALF) < np.rint(exact * 2.0**32).astype(np.uint64)
    return below


def bound_of(probability: float) -> int:
    """Return below what the upper half of a word makes an event of a probability happen."""
    return round(probability * 2.0**32)


class CutTable:
    """Segments of values, each value with the cut point up to which it is drawn.

    Parameters
    ----------
    segments
        Per segment, int32 values and as many weights: at least 0, not all 0. The cut points are
        the cumulative weights over their total, times 2**32, rounded half to even; the last is
        2**32. A value of weight 0 is never drawn.

    Raises
    ------
    ValueError
        If there is no segment, or if values or weights are not of this kind.
    """

    __slots__ = ("_cuts", "_finder", "_pinned", "_starts", "_values", "constant")

    constant: int | None
    """The value, if every segment holds the same one alone."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._cuts, self._starts = _stacked([weights for _, weights in segments], 2**32)
        values = [np.asarray(values, dtype=np.int64) for values, _ in segments]
        for number, (own, length) in enumerate(zip(values, np.diff(self._starts), strict=True)):
            if own.shape != (length,):
                raise ValueError(f"segment {number} needs one int32 value per weight")
        every = np.concatenate(values)
        self._values = _frozen(every.astype(np.int32))
        if (wrong := np.flatnonzero(every != self._values)).size:
            number = int(np.searchsorted(self._starts, wrong[0], side="right")) - 1
            raise ValueError(f"segment {number} needs one int32 value per weight")
        self._finder = _Finder(self._cuts, len(segments))
        self._pinned = _pinned(self._finder, self._starts, self._values)
        first = int(self._values[0])
        self.constant = first if np.all(self._values == first) else None

    @property
    def pinned(self) -> Pinned:
        """The table as the kernel reads it."""
        return self._pinned

    def pick(self, segments: Numbers | int, words: Words) -> NDArray[np.int32]:
        """Return the value of each word, shape (n,), in its segment (one per word, or one)."""
        found = self._compiled(segments, words, index=False)
        if found is not None:
            return found
        _refuse_unknown("segment", segments, len(self._starts) - 1)
        picked = np.empty(len(words), dtype=np.int32)
        for rows in _chunks(len(words)):
            found = self._finder.first_above(_part(segments, rows), words[rows] >> _HALF)
            self._values.take(found, out=picked[rows], mode="clip")
        return picked

    def pick_index(self, segments: Numbers | int, words: Words) -> NDArray[np.int32]:
        """Return the position, from 0, that the value of each word has in its segment."""
        found = self._compiled(segments, words, index=True)
        if found is not None:
            return found
        _refuse_unknown("segment", segments, len(self._starts) - 1)
        picked = np.empty(len(words), dtype=np.int32)
        for rows in _chunks(len(words)):
            segment = _part(segments, rows)
            found = self._finder.first_above(segment, words[rows] >> _HALF)
            np.subtract(found, self._starts[segment], out=picked[rows], casting="same_kind")
        return picked

    def _compiled(
        self, segments: Numbers | int, words: Words, *, index: bool
    ) -> NDArray[np.int32] | None:
        """Do the same in compiled code, if it is there and knows the segments."""
        if kernel.compiled is None:
            return None
        return kernel.compiled.pick(segments, words, self._pinned, index=index)

    def digest(self) -> str:
        """Return the SHA-256 of cut points and values."""
        return _sha256(self._starts, self._cuts, self._values)


class TruncatedTable:
    """Curves of weights w_1, w_2, …, of which a draw sees only those up to its limit.

    An index is drawn from 1 to its limit with probability proportional to its weight. The
    cumulative weights of a curve are scaled to integers C up to 2**31, rounded half to even. With
    ``target = (u * C[limit]) >> 32``, the index is the smallest whose C is above the target. A
    weight that rounding leaves without an integer of its own is never drawn; where that befalls
    every weight up to a limit, the limit is.

    Parameters
    ----------
    curves
        The weights of each curve: at least 0, not all 0.

    Raises
    ------
    ValueError
        If there is no curve, or if weights are not of this kind.
    """

    __slots__ = ("_cuts", "_finder", "_pinned", "_starts")

    def __init__(self, curves: Sequence[Weights]) -> None:
        self._cuts, self._starts = _stacked(curves, 2**31)
        self._finder = _Finder(self._cuts, len(curves))
        self._pinned = _pinned(self._finder, self._starts)

    def pick(self, curve: Numbers | int, limit: Numbers | int, words: Words) -> NDArray[np.int32]:
        """Return an index from 1 to its limit for each word, shape (n,).

        Raises
        ------
        ValueError
            If a limit is less than 1 or beyond the end of its curve.
        """
        if kernel.compiled is not None:
            found = kernel.compiled.pick_up_to(curve, limit, words, self._pinned)
            if found is not None:
                return found
        _refuse_unknown("curve", curve, len(self._starts) - 1)
        if np.any(np.less(limit, 1) | np.greater(limit, np.diff(self._starts)[curve])):
            raise ValueError("a limit must be from 1 to the length of its curve")
        picked = np.empty(len(words), dtype=np.int32)
        for rows in _chunks(len(words)):
            own, last = _part(curve, rows), _part(limit, rows)
            start = self._starts[own]
            target = (words[rows] >> _HALF) * (self._cuts[start + last - 1] & _LOW) >> _HALF
            found = self._finder.first_above(own, target) - start + 1
            np.minimum(found, last, out=picked[rows], casting="same_kind")
        return picked

    def digest(self) -> str:
        """Return the SHA-256 of the cumulative weights."""
        return _sha256(self._starts, self._cuts)


def poisson_table(mean: float) -> CutTable:
    """Return the Poisson distribution as a table of one segment.

    The weights are products of the ratios of neighbours, outwards from the mode: stable for any
    mean, and free of functions that differ between libraries. Beyond 12 standard deviations and
    20 lies less than the 2**-32 that a table resolves.

    Raises
    ------
    ValueError
        If `mean` is not a number from 0 to 10**8.
    """
    if not 0 <= mean <= 10**8:
        raise ValueError(f"the mean of a count must be from 0 to 10**8, found {mean}")
    mode, reach = math.floor(mean), math.ceil(12 * math.sqrt(mean)) + 20
    low = max(0, mode - reach)
    above = np.multiply.accumulate(mean / np.arange(mode + 1, mode + reach + 1))
    below = np.multiply.accumulate(np.arange(mode, low, -1) / mean) if mode else above[:0]
    weights = np.concatenate((below[::-1], [1.0], above))
    return CutTable([(np.arange(low, mode + reach + 1), weights)])


# The exponential. For a word w, 1 - w / 2**64 is v / 2**64 with v = 2**64 - w. A double holds v as
# 2**e times a mantissa, of which 12 bits choose a bucket and 32 more give the gap to the bucket's
# upper edge. With t = gap / edge, at most 2**-12,
#     -log(v / 2**64) = (63 - e) log 2 + log(2 / edge) - log(1 - t),
# and t + t**2 / 2 falls short of -log(1 - t) by at most 5e-12, and by 5e-9 of the whole.

EXPONENTIAL_UNIT = 10**12
_FINE_BITS = 4
"""The terms are summed in sixteenths, so that their rounding stays within a unit."""
_BUCKETS = 4096
_TOP_EXPONENT = 1023 + 63
"""How a double writes the exponent of 2**63."""


def exponential(words: Words) -> NDArray[np.int64]:
    """Return unit exponentials times 10**12: at least 1, at most 64 log 2 times 10**12.

    The larger the word, the larger the value: -log(1 - word / 2**64), short of it by at most 7
    units, and by at most 1 unit and 1e-8 of its size.
    """
    log_two, logs, slopes, bends = _log_tables()
    if kernel.compiled is not None:
        return kernel.compiled.exponential(words, pinned_log_tables())
    values = np.empty(len(words), dtype=np.int64)
    for rows in _chunks(len(words)):
        rest = np.negative(np.maximum(words[rows], np.uint64(1)))
        bits = rest.astype(np.float64).view(np.uint64)
        bucket = (bits >> np.uint64(40)).view(np.int64)
        fine = (_TOP_EXPONENT - (bucket >> 12)) * log_two
        bucket &= _BUCKETS - 1
        fine += logs.take(bucket, mode="clip")
        gap = np.uint64(2**32) - (bits >> np.uint64(8) & _LOW)
        slope = (gap * bends.take(bucket, mode="clip") >> _HALF) + slopes.take(bucket, mode="clip")
        fine += (gap * slope >> _HALF).view(np.int64)
        np.maximum(fine >> _FINE_BITS, 1, out=values[rows])
    return values


def log_table_digest() -> str:
    """Return the SHA-256 of the tables of `exponential`, the only ones not made from a world."""
    log_two, *tables = _log_tables()
    return _sha256(np.array([log_two]), *tables)


@cache
def _log_tables() -> tuple[int, NDArray[np.int64], Words, Words]:
    """Return log 2 and, per bucket, log(2 / edge) and the factors of the gap and of its square.

    In sixteenths of a unit. The logarithms are sums of log((k + 1) / k), whose series is summed in
    integers of 2**-128, since libraries differ in the last bit.
    """
    unit = EXPONENTIAL_UNIT << _FINE_BITS
    logs = [0]
    for k in range(2 * _BUCKETS - 1, _BUCKETS - 1, -1):
        term, step = (2 << 128) // (2 * k + 1), 0
        for odd in range(1, 13, 2):
            step += term // odd
            term //= (2 * k + 1) ** 2
        logs.append(logs[-1] + step)
    log_two, *rounded = ((log * unit + (1 << 127)) >> 128 for log in reversed(logs))
    edges = range(_BUCKETS + 1, 2 * _BUCKETS + 1)
    slopes = np.array([unit // edge for edge in edges], dtype=np.uint64)
    bends = np.array([unit // (2 * edge * edge) for edge in edges], dtype=np.uint64)
    return log_two, _frozen(np.array(rounded)), _frozen(slopes), _frozen(bends)


@cache
def pinned_log_tables() -> Pinned:
    """Return the tables of `exponential` as the kernel reads them, a row for each bucket."""
    log_two, *tables = _log_tables()
    rows = np.stack([table.view(np.int64) for table in tables], axis=1)
    return Pinned([rows], [log_two, _TOP_EXPONENT])


class _Finder:
    """Finds the first key above a number, through a guide by the upper bits of the number.

    Where no key parts a bucket of the guide, the guide knows the answer. Elsewhere it is a few
    keys further on, or searched. The answer is that of ``np.searchsorted(…, side="right")``.
    """

    __slots__ = ("_shift", "bits", "guide", "keys")

    STEPS = 4
    """So many keys are stepped over before they are searched."""

    def __init__(self, keys: Words, segments: int) -> None:
        wanted = (len(keys) // segments).bit_length() + 6
        bits = max(4, min(wanted, 16, 20 - segments.bit_length()))
        self.keys, self.bits, self._shift = keys, bits, np.uint64(32 - bits)
        # Keys up to the lower edge of each bucket, and up to its last number.
        width = np.uint64(1) << self._shift
        first = _up_to((keys + (width - np.uint64(1))) >> self._shift, segments << bits)
        last = _up_to(keys >> self._shift, segments << bits)
        self.guide = _frozen(np.where(first == last, first, ~first).astype(np.int32))

    def first_above(self, segment: Numbers | int, number: Words) -> NDArray[np.int32]:
        """Return the position of the first key above (segment << 32) + number."""
        bucket = (number >> self._shift).view(np.int64)
        bucket += np.asarray(segment, dtype=np.int64) << self.bits
        found = self.guide.take(bucket, mode="clip")
        left = np.flatnonzero(found < 0)
        if not left.size:
            return found
        found[left] = ~found[left]
        own = segment if isinstance(segment, int) or not segment.ndim else segment[left]
        number = number[left] + (np.asarray(own, dtype=np.uint64) << _HALF)
        for _ in range(self.STEPS):
            below = self.keys[found[left]] <= number
            left, number = left[below], number[below]
            if not left.size:
                return found
            found[left] += 1
        found[left] = np.searchsorted(self.keys, number, side="right")
        return found


def _up_to(buckets: Words, count: int) -> NDArray[np.int64]:
    """Count the keys whose bucket is at most each of so many; some may lie beyond the last."""
    return np.cumsum(np.bincount(buckets.view(np.int64), minlength=count)[:count])


def _pinned(
    finder: _Finder, starts: NDArray[np.int64], values: NDArray[np.int32] | None = None
) -> Pinned:
    """Return a table as the kernel reads it; one without values gives positions alone."""
    values = np.zeros(0, dtype=np.int32) if values is None else values
    return Pinned(
        [finder.keys, finder.guide, starts, values],
        [len(finder.keys), finder.bits, len(starts) - 1],
    )


def _stacked(curves: Sequence[Weights], scale: int) -> tuple[Words, NDArray[np.int64]]:
    """Return the scaled cumulative weights of all curves, each plus its curve's number << 32.

    The second array holds where each curve starts, and the end of the last.
    """
    if not curves:
        raise ValueError("a table cannot be empty")
    starts = np.cumsum([0, *(len(curve) for curve in curves)], dtype=np.int64)
    cuts = np.empty(starts[-1], dtype=np.uint64)
    for first, last in _of_one_length(np.diff(starts)):
        weights = np.array(curves[first:last], dtype=np.float64)
        running = np.add.accumulate(weights, axis=1)
        whole = running[:, -1:] if weights.size else np.zeros((last - first, 1))
        right = np.all(weights >= 0, axis=1) & (whole[:, 0] > 0) & (whole[:, 0] < np.inf)
        if not right.all():
            number = first + int(right.argmin())
            raise ValueError(f"weights {number} must be finite, at least 0 and not all 0")
        scaled = np.rint(running / whole * scale).astype(np.uint64)
        scaled += np.arange(first, last, dtype=np.uint64)[:, None] << _HALF
        cuts[starts[first] : starts[last]] = scaled.ravel()
    return _frozen(cuts), _frozen(starts)


def _of_one_length(lengths: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut what is of equal lengths and follows each other into runs, from one to before another."""
    ends = np.flatnonzero(np.diff(lengths)) + 1
    yield from itertools.pairwise([0, *ends.tolist(), len(lengths)])


def _frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    array.flags.writeable = False
    return array


def _refuse_unknown(name: str, numbers: Numbers | int, count: int) -> None:
    """Refuse the number of a segment or curve that is not there."""
    all_of = np.asarray(numbers)
    if all_of.size and not (all_of.min() >= 0 and all_of.max() < count):
        found = f"{all_of.min()} to {all_of.max()}"
        raise ValueError(f"{name} must be from 0 to {count - 1}, found {found}")


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK))


def _part(numbers: Numbers | int, rows: slice) -> Numbers | int:
    return numbers if isinstance(numbers, int) or numbers.ndim == 0 else numbers[rows]


def _sha256(*arrays: NDArray[np.generic]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.kind}{array.dtype.itemsize}{array.shape}".encode())
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()
