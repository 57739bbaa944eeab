"""Random words into unit exponentials, by integer arithmetic alone.

The only tables that are not made from a world: their logarithms are summed in integers, so that
they are the same on every processor.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.kernel.operands import Pinned
from sim.custody.words import HALF, LOW, Words, chunks, frozen, sha256

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
    for rows in chunks(len(words)):
        rest = np.negative(np.maximum(words[rows], np.uint64(1)))
        bits = rest.astype(np.float64).view(np.uint64)
        bucket = (bits >> np.uint64(40)).view(np.int64)
        fine = (_TOP_EXPONENT - (bucket >> 12)) * log_two
        bucket &= _BUCKETS - 1
        fine += logs.take(bucket, mode="clip")
        gap = np.uint64(2**32) - (bits >> np.uint64(8) & LOW)
        slope = (gap * bends.take(bucket, mode="clip") >> HALF) + slopes.take(bucket, mode="clip")
        fine += (gap * slope >> HALF).view(np.int64)
        np.maximum(fine >> _FINE_BITS, 1, out=values[rows])
    return values


def log_table_digest() -> str:
    """Return the SHA-256 of the tables of `exponential`, the only ones not made from a world."""
    log_two, *tables = _log_tables()
    return sha256(np.array([log_two]), *tables)


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
    return log_two, frozen(np.array(rounded)), frozen(slopes), frozen(bends)


@cache
def pinned_log_tables() -> Pinned:
    """Return the tables of `exponential` as the kernel reads them, a row for each bucket.

    The two factors fit 32 bits each, and stand in one number.
    """
    log_two, logs, slopes, bends = _log_tables()
    rows = np.stack([logs, (bends << HALF | slopes).view(np.int64)], axis=1)
    return Pinned([rows], [log_two, _TOP_EXPONENT])
