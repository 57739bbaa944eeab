"""The signs of comparisons, a choice between numbers, and order, as functions over columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel

Ints = NDArray[np.int64]
Key = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.uint64] | NDArray[np.int16]

COMPARE: dict[str, Callable[[Ints, Ints | int], NDArray[np.bool_]]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
}  # fmt: skip


def everybody(mask: NDArray[np.bool_]) -> bool:
    """Say whether all entries are true; in a third of the time of `numpy.all`, where few are."""
    return int(np.count_nonzero(mask)) == mask.size


def stacked(rows: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return masks of one length as the rows of one array; of one alone it is no copy."""
    return rows[0][np.newaxis] if len(rows) == 1 else np.array(rows)


def either(which: NDArray[np.bool_], one: Ints | int, other: Ints) -> Ints:
    """Choose as `numpy.where` does; without a branch for each, which is often guessed wrong."""
    return other + (one - other) * which


FEW = 512
"""So few rows are compared, not counted: to call what counts them takes longer."""


def in_order(keys: Sequence[Key]) -> Ints:
    """Order rows by keys, the first of them above all; who agree in all of them as they stand."""
    if len(keys[0]) <= FEW:
        return np.asarray(np.lexsort(keys[::-1]))
    if kernel.compiled is not None:
        counted = kernel.compiled.in_order(keys)
        if counted is not None:
            return counted
    order = np.argsort(_narrow(keys[-1]), kind="stable")
    for key in keys[-2::-1]:
        order = order[np.argsort(_narrow(key)[order], kind="stable")]
    return np.asarray(order)


def _narrow(key: Key) -> Key | NDArray[np.uint16]:
    """Return a key of two bytes in the same order, if it fits: counted, not compared, in a sort."""
    if key.dtype.itemsize <= 2 or key.dtype.kind == "f" or not len(key):
        return key
    least = key.min()
    return (key - least).astype(np.uint16) if int(key.max()) - int(least) < 1 << 16 else key
