"""The signs of comparisons, and a choice between numbers, as functions over columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

COMPARE: dict[str, Callable[[Ints, Ints | int], NDArray[np.bool_]]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal,
}  # fmt: skip


def either(which: NDArray[np.bool_], one: Ints | int, other: Ints) -> Ints:
    """Choose as `numpy.where` does; without a branch for each, which is often guessed wrong."""
    return other + (one - other) * which
