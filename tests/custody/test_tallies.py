"""Counts of many persons in one go: as if each were looked at alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sim.custody import beneficiaries, counting
from sim.custody.decrees.bench import Bench
from sim.custody.model import everybody
from sim.custody.register import Register
from sim.custody.remissions import _bearing
from sim.custody.streams import Draws
from sim.scenario.occasions import occasions
from tests.theory.worlds import busy_world, customary, graded, scenario, solved


@pytest.mark.parametrize("few", [0, 4, 1000])
@pytest.mark.parametrize("n", [0, 1, 700])
def test_equal_pairs_are_counted_or_sorted_alike(n, few, by_numpy, monkeypatch):
    monkeypatch.setattr(counting, "FEW", few)
    random = np.random.default_rng(n)
    day, value = random.choice([3, 40, 41, 900], n), random.integers(0, 30, n)
    pairs = Counter(zip(day.tolist(), value.tolist(), strict=True))
    found = counting.pairs(day, value)
    assert found.dtype == np.int64
    assert found.shape == (len(pairs), 3)
    assert found.tolist() == [[*pair, pairs[pair]] for pair in sorted(pairs)]


@pytest.mark.parametrize("n", [0, 500])
def test_who_bears_which_sign_on_which_day(n):
    random = np.random.default_rng(n)
    day, signs = random.integers(0, 20, n), random.random((3, n)) < 0.4
    found = _bearing(day, 25, list(signs))
    for counts, sign in zip(found, signs, strict=True):
        assert np.array_equal(counts, np.bincount(day[sign], minlength=25))


def test_what_is_found_of_all_is_taken_for_some_of_them():
    made = scenario(busy_world(held=graded(150, "persons"), end="2004-01-01"), {"p": customary()})
    prisons, draws = solved(made), Draws(3, 0)
    register = Register(everybody(prisons, draws), varying=prisons.steady.varying)
    rows = np.flatnonzero(register.admitted <= 200)
    names = ("served", "remaining", "term", "sentence", "endless", "petty", "women", "labelled")
    for days in (200, np.full(len(rows), 200)):
        bench = Bench(register, prisons, draws, ("p",), rows, days, days, occasions(made)[0])
        whole = {name: getattr(bench, name) for name in names[::2]}
        some = bench.some(np.arange(0, len(rows), 3))
        assert bench.some(np.arange(len(rows))) is bench
        fresh = Bench(register, prisons, draws, ("p",), rows[::3], 200, 200, occasions(made)[0])
        for name in names:
            assert np.array_equal(getattr(some, name), getattr(fresh, name))
            if name in whole:
                assert np.array_equal(getattr(some, name), whole[name][::3])


@pytest.mark.parametrize("n", [0, 20, 3000])
@pytest.mark.parametrize("places", [0, 2, 40])
def test_people_are_counted_by_each_group(n, places):
    """Whether all combinations are counted together, as of many people, or each group apart."""
    random = np.random.default_rng(n + places)
    n = n if places else 0
    sizes = {"camp": 5, "health": 3, "sex": 2}
    place, granted = random.integers(0, max(places, 1), n), random.random(n) < 0.4
    codes = {group: random.integers(0, size, n) for group, size in sizes.items()}
    found = beneficiaries._by_group((place, granted), (places, 2), codes, sizes)
    for group, size in sizes.items():
        counted = np.zeros((places, 2, size), dtype=np.int64)
        np.add.at(counted, (place, granted.astype(int), codes[group]), 1)
        assert found[group].tolist() == counted.tolist()
