"""Counts of persons by what several columns of small numbers say of them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.comparing import in_order

Ints = NDArray[np.int64]
Numbers = NDArray[np.integer] | NDArray[np.bool_]
FEW = 4
"""Of at most so many times as many possible pairs as there are persons each is counted."""


def crossed(columns: Sequence[Numbers], sizes: Sequence[int]) -> Ints:
    """Count persons by every combination of some numbers.

    Parameters
    ----------
    columns
        Each shape (n,); there is one at least.
    sizes
        By column above all its numbers; the smallest number is 0.

    Returns
    -------
    Ints
        Shape (sizes).

    Raises
    ------
    ValueError
        If a number is negative, or not below its size.
    """
    if kernel.compiled is not None:
        counted = kernel.compiled.crossed(columns, sizes)
        if counted is not None:
            return counted
    code = np.ravel_multi_index(tuple(columns), tuple(sizes))
    return np.bincount(code, minlength=prod(sizes)).reshape(sizes)


def pairs(first: Ints, second: Ints) -> Ints:
    """Count equal pairs of two numbers, neither of them negative.

    Returns
    -------
    Ints
        Shape (n, 3): both numbers, and how many persons there are of them; sorted.
    """
    width = int(second.max(initial=0)) + 1
    if kernel.compiled is not None:
        counted = kernel.compiled.pairs(first, second, (int(first.max(initial=0)) + 1, width))
        if counted is not None:
            return counted
    firsts = np.flatnonzero(np.bincount(first))
    if len(firsts) * width <= FEW * len(first):
        number = np.zeros(int(first.max(initial=0)) + 1, dtype=np.int64)
        number[firsts] = np.arange(len(firsts))
        persons = np.bincount(number[first] * width + second)
        found = np.flatnonzero(persons)
        return _side_by_side(firsts[found // width], found % width, persons[found])
    codes = (first * width + second)[in_order([first, second])]
    start = np.flatnonzero(np.diff(codes, prepend=-1))
    codes, persons = codes[start], np.diff(start, append=len(codes))
    return _side_by_side(codes // width, codes % width, persons)


def _side_by_side(*columns: NDArray[np.integer]) -> Ints:
    """Put columns side by side, shape (n, columns)."""
    found = np.empty((len(columns[0]), len(columns)), dtype=np.int64)
    for place, column in enumerate(columns):
        found[:, place] = column
    return found
