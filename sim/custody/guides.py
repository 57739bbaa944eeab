"""Finding keys in sorted tables of whole numbers, through a guide by their upper bits."""

import numpy as np
from numpy.typing import NDArray

from sim.custody.words import HALF, Numbers, Words, frozen


class Finder:
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
        self.guide = frozen(np.where(first == last, first, ~first).astype(np.int32))

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
        number = number[left] + (np.asarray(own, dtype=np.uint64) << HALF)
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
