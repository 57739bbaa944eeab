"""Flags have the shares that a world states, of whom its tables name, in the stock and later.

Every family of assertions fails by chance with probability 1e-6 at most (`tests.theory.chance`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from sim.custody.decrees.bench import Bench
from sim.custody.model import Cell, simulate
from sim.custody.prisons import Prisons
from sim.custody.streams import Draws
from sim.scenario.occasions import Occasion
from tests.contracts.events import assert_same_record
from tests.theory.chance import assert_means
from tests.theory.worlds import busy_world, graded, scenario, solved

FLAGS = {
    "has means": {
        "share": graded(0.2),
        "by": {"women": {"when": {"sex": "women"}, "share": graded(0.6)}},
    },
    "conduct": {
        "drawn": "each spell",
        "shares": {"good": graded(0.5), "fair": graded(0.3), "bad": graded(0.2)},
        "by": {"the rich": {"when": {"has means": True}, "shares": {"bad": graded(1)}}},
    },
    "fines": {"kind": "number", "unit": "fines", "shares": {"0 to 0": graded(0.5),
                                                            "1 to 10": graded(0.5)}},
    "child born": {"kind": "date", "drawn": "each spell",
                   "shares": {"0 days to 99 days": graded(1)}},
}  # fmt: skip
WORLD = busy_world(held=graded(4000, "persons"), end="2003-01-01", flags=FLAGS)


@dataclass(frozen=True)
class Run:
    prisons: Prisons
    cell: Cell
    draws: Draws

    def bench(self, rows: np.ndarray) -> Bench:
        act = Occasion("d", 0, 0, 0, 0, 0, 0, 0, 0)
        return Bench(self.cell.register, self.prisons, self.draws, (), rows, 0, 0, act)


@pytest.fixture(scope="module")
def run() -> Run:
    found, draws = scenario(WORLD), Draws(77, 0)
    return Run(solved(found), simulate(found, solved(found), draws), draws)


def rows_of(run: Run, *, start: bool) -> np.ndarray:
    r = run.cell.register
    return np.flatnonzero((r.admitted < 0) if start else (r.admitted >= 0) & (r.spell == 0))


@pytest.mark.parametrize("start", [True, False], ids=["stock", "admissions"])
def test_shares_are_those_stated_in_the_stock_as_among_admissions(run, start):
    bench = run.bench(rows_of(run, start=start))
    means, women = bench.flag("has means"), bench.women
    assert_means(means[women], 0.6, "women with means")
    assert_means(means[~women], 0.2, "men with means")
    conduct = bench.flag("conduct")
    assert set(conduct[means == 1]) == {2}
    poor = np.stack([conduct[means == 0] == code for code in range(3)], axis=1)
    assert_means(poor, [0.5, 0.3, 0.2], "conduct of those without means")


def test_within_a_band_all_numbers_are_alike(run):
    fines = run.bench(rows_of(run, start=True)).flag("fines")
    shares = np.stack([fines == number for number in range(11)], axis=1)
    assert_means(shares, [0.5, *[0.05] * 10], "fines")


def test_a_date_lies_before_the_admission_of_its_spell(run):
    rows = rows_of(run, start=False)
    ago = run.cell.register.admitted[rows] - run.bench(rows).flag("child born")
    assert (ago.min(), ago.max()) == (0, 99)
    assert_means(ago, 49.5, "days before admission")


def test_what_is_drawn_once_stays_with_a_person_and_the_rest_is_drawn_anew(run):
    r = run.cell.register
    again = np.flatnonzero((r.spell > 0) & (r.person < 2**40))
    first = {int(person): row for row, person in enumerate(r.person) if r.spell[row] == 0}
    before = np.array([first[int(person)] for person in r.person[again]])
    assert len(again) > 50
    same = {name: run.bench(before).flag(name) == run.bench(again).flag(name)
            for name in ("has means", "fines", "conduct")}  # fmt: skip
    assert same["has means"].all()
    assert same["fines"].all()
    assert not same["conduct"].all()


def test_a_flag_more_changes_no_other_draw(run):
    fewer = {name: FLAGS[name] for name in ("fines", "has means")}
    other = scenario({**WORLD, "flags": dict(reversed(fewer.items()))})
    cell = simulate(other, solved(other), run.draws)
    assert_same_record(run.cell, cell)
    again = Run(solved(other), cell, run.draws)
    for name in fewer:
        rows = rows_of(run, start=True)
        assert np.array_equal(run.bench(rows).flag(name), again.bench(rows).flag(name))
