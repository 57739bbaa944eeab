"""Random words into whole numbers, by tables and integer arithmetic alone.

Cut points are rounded once, when a table is built, and hashed into the address of every cell; what
happens at run time is shifts, products and comparisons of integers. So the same tables give the
same numbers on every processor, and a library that builds other tables is seen.

Every inversion uses the upper 32 bits of a word, ``u = word >> 32``; an exponential uses all 64. A
larger word never gives a smaller number, so a change of distribution moves everybody at the same
quantile.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.guides import Finder
from sim.custody.kernel.operands import Pinned
from sim.custody.words import HALF, LOW, Numbers, Words, chunks, frozen, sha256

Weights: TypeAlias = Sequence[float] | NDArray[np.float64]
Segment: TypeAlias = tuple[Sequence[int] | Numbers, Weights]
"""Values and their weights."""


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
    below: NDArray[np.bool_] = (words >> HALF) < np.rint(exact * 2.0**32).astype(np.uint64)
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

    constant: int | None
    """The value, if every segment holds the same one alone."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._cuts, self._starts = _stacked([weights for _, weights in segments], 2**32)
        values = [np.asarray(values, dtype=np.int64) for values, _ in segments]
        for number, (own, length) in enumerate(zip(values, np.diff(self._starts), strict=True)):
            if own.shape != (length,):
                raise ValueError(f"segment {number} needs one int32 value per weight")
        every = np.concatenate(values)
        self._values = frozen(every.astype(np.int32))
        if (wrong := np.flatnonzero(every != self._values)).size:
            number = int(np.searchsorted(self._starts, wrong[0], side="right")) - 1
            raise ValueError(f"segment {number} needs one int32 value per weight")
        first = int(self._values[0])
        self.constant = first if np.all(self._values == first) else None

    @cached_property
    def _finder(self) -> Finder:
        """Finds cut points; made when first asked, which a world that is only checked never is."""
        return Finder(self._cuts, len(self._starts) - 1)

    @cached_property
    def pinned(self) -> Pinned:
        """The table as the kernel reads it."""
        return _pinned(self._finder, self._starts, self._values)

    def pick(self, segments: Numbers | int, words: Words) -> NDArray[np.int32]:
        """Return the value of each word, shape (n,), in its segment (one per word, or one)."""
        found = self._compiled(segments, words, index=False)
        if found is not None:
            return found
        _refuse_unknown("segment", segments, len(self._starts) - 1)
        picked = np.empty(len(words), dtype=np.int32)
        for rows in chunks(len(words)):
            found = self._finder.first_above(_part(segments, rows), words[rows] >> HALF)
            self._values.take(found, out=picked[rows], mode="clip")
        return picked

    def pick_index(self, segments: Numbers | int, words: Words) -> NDArray[np.int32]:
        """Return the position, from 0, that the value of each word has in its segment."""
        found = self._compiled(segments, words, index=True)
        if found is not None:
            return found
        _refuse_unknown("segment", segments, len(self._starts) - 1)
        picked = np.empty(len(words), dtype=np.int32)
        for rows in chunks(len(words)):
            segment = _part(segments, rows)
            found = self._finder.first_above(segment, words[rows] >> HALF)
            np.subtract(found, self._starts[segment], out=picked[rows], casting="same_kind")
        return picked

    def _compiled(
        self, segments: Numbers | int, words: Words, *, index: bool
    ) -> NDArray[np.int32] | None:
        """Do the same in compiled code, if it is there and knows the segments."""
        if kernel.compiled is None:
            return None
        return kernel.compiled.pick(segments, words, self.pinned, index=index)

    def digest(self) -> str:
        """Return the SHA-256 of cut points and values."""
        return sha256(self._starts, self._cuts, self._values)


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

    def __init__(self, curves: Sequence[Weights]) -> None:
        self._cuts, self._starts = _stacked(curves, 2**31)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._cuts, len(self._starts) - 1)

    @cached_property
    def _pinned(self) -> Pinned:
        return _pinned(self._finder, self._starts)

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
        for rows in chunks(len(words)):
            own, last = _part(curve, rows), _part(limit, rows)
            start = self._starts[own]
            target = (words[rows] >> HALF) * (self._cuts[start + last - 1] & LOW) >> HALF
            found = self._finder.first_above(own, target) - start + 1
            np.minimum(found, last, out=picked[rows], casting="same_kind")
        return picked

    def digest(self) -> str:
        """Return the SHA-256 of the cumulative weights."""
        return sha256(self._starts, self._cuts)


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


def _pinned(
    finder: Finder, starts: NDArray[np.int64], values: NDArray[np.int32] | None = None
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
        scaled += np.arange(first, last, dtype=np.uint64)[:, None] << HALF
        cuts[starts[first] : starts[last]] = scaled.ravel()
    return frozen(cuts), frozen(starts)


def _of_one_length(lengths: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut what is of equal lengths and follows each other into runs, from one to before another."""
    ends = np.flatnonzero(np.diff(lengths)) + 1
    yield from itertools.pairwise([0, *ends.tolist(), len(lengths)])


def _refuse_unknown(name: str, numbers: Numbers | int, count: int) -> None:
    """Refuse the number of a segment or curve that is not there."""
    all_of = np.asarray(numbers)
    if all_of.size and not (all_of.min() >= 0 and all_of.max() < count):
        found = f"{all_of.min()} to {all_of.max()}"
        raise ValueError(f"{name} must be from 0 to {count - 1}, found {found}")


def _part(numbers: Numbers | int, rows: slice) -> Numbers | int:
    return numbers if isinstance(numbers, int) or numbers.ndim == 0 else numbers[rows]
