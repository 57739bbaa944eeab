"""Rows that come before a limit: as if all were looked through every time."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody import soon
from sim.custody.soon import Soon


@pytest.mark.parametrize("few", [1, 16])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_is_what_a_look_through_all_finds(seed, few, monkeypatch):
    monkeypatch.setattr(soon, "FEW", few)
    random = np.random.default_rng(seed)
    column = random.integers(0, 1000, 300 if seed % 2 else 5000).astype(np.int32)
    one, limit = Soon(), 0
    for _ in range(200):
        limit += int(random.integers(0, 12))
        found = one.below(column, limit)
        assert np.array_equal(found, np.flatnonzero(column < limit))
        later = random.choice(found, min(len(found), 20), replace=False)
        column[later] = random.integers(limit, 1000 + limit, len(later))
        some = random.choice(len(column), 10, replace=False)
        column[some] = random.integers(0, 1000, len(some))
        one.changed(column[some], some, len(column))
        if random.random() < 0.2:
            first = len(column)
            column = np.append(column, random.integers(0, 1000, 7).astype(np.int32))
            one.changed(column[first:], slice(first, len(column)), len(column))


@pytest.mark.parametrize("few", [1, 16])
def test_what_is_over_once_returned_is_not_returned_again(few, monkeypatch):
    monkeypatch.setattr(soon, "FEW", few)
    random, one = np.random.default_rng(1), Soon(once=True)
    column, seen = random.integers(0, 300, 2000), []
    for limit in range(0, 310, 5):
        for _ in range(2):
            found = one.below(column, limit)
            assert np.array_equal(found, np.flatnonzero(column < limit))
            column[found] = 10_000
            seen += found.tolist()
        sooner = np.flatnonzero((column < 300) & (random.random(2000) < 0.01))
        column[sooner] = np.maximum(column[sooner] - 40, limit)
        one.changed(column[sooner], sooner, len(column))
    assert sorted(seen) == list(range(2000))
