"""Review as work: how many files are done by which day, and whose."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.custody.decrees.work import Desks
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.law.work import Work
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

WORLD = busy_world(held=graded(600, "persons"), end="2003-07-01")
ORDERED, LISTS, GRANT = "2003-02-01", "2003-03-01", "2003-03-05"
EVERYBODY = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}


def some(number: float) -> dict:
    return {"value": number, "low": number, "high": number}


def run(officers: float, files: float, order: str = "joining", **changes: object):
    law = decree(
        granted=GRANT, exclude={}, clauses=EVERYBODY, cap="none", release={}, drive=None,
        rank="oldest",
        review={"officers per camp": some(officers), "files a day": some(files), "order": order},
        **changes,
    )  # fmt: skip
    for key in ("ordered", "lists_due", "granted"):
        day = {"ordered": ORDERED, "lists_due": LISTS, "granted": GRANT}[key]
        law[key] = {"value": day, "between": [day, day]}
    made = scenario(WORLD, {"p": law})
    return simulate(made, solved(made), Draws(4, 0)), made


def stages(cell, *names: str) -> list[int]:
    return [int(cell.record.waterfalls["p", "(decree)", name][0]) for name in names]


def test_files_are_counted_down_to_whole_ones():
    work = Work.model_construct(officers=Number(3), files=Number(0.7), order="joining")
    assert [work.done_by(day) for day in range(6)] == [0, 2, 4, 6, 8, 10]
    exact = Work.model_construct(officers=Number(1), files=Number(0.1), order="joining")
    assert exact.done_by(10) == 1  # not 0.9999


class Number:
    """A number as a decree writes it."""

    def __init__(self, value: float) -> None:
        self.value = value


def test_each_camp_does_its_files_and_no_more():
    cell, made = run(1, 0.5)
    eligible, lost, listed = stages(cell, "eligible", "not reached", "recommended")
    days = day_of(made, LISTS) - day_of(made, ORDERED)
    camps = len(WORLD["camps"])
    assert eligible == lost + listed
    assert 0 < listed <= camps * (days // 2)
    assert (
        listed > camps * (days // 2) * 0.8
    )  # a few of those reached die or leave before the lists
    cell, _ = run(5, 100)
    eligible, lost, listed = stages(cell, "eligible", "not reached", "recommended")
    assert lost == 0
    assert listed == eligible > 300


@pytest.mark.parametrize("order", ["joining", "rank", "lottery"])
def test_whose_file_comes_first(order):
    cell, made = run(1, 0.5, order)
    r, camps = cell.register, len(WORLD["camps"])
    freed = r.occasion >= 0
    day = day_of(made, ORDERED)
    held = (r.admitted <= day) & (r.left > day_of(made, LISTS))
    newcomers = (r.admitted > day) & (r.admitted <= day_of(made, LISTS))
    if order == "joining":
        assert not (freed & newcomers).any()
    if order == "rank":  # the oldest: nobody left out is older than the youngest reached
        for camp in range(camps):
            mine = held & (r.camp == camp)
            if (mine & freed).any():
                assert r.born[mine & freed].max() <= r.born[mine & ~freed].min()
    if order == "lottery":
        older = r.born[held & freed].mean() - r.born[held & ~freed].mean()
        spread = r.born[held].std() / np.sqrt((held & freed).sum())
        assert abs(older) < 5 * spread  # one false alarm in 2e6


def test_exiles_wait_for_approval():
    wait = {"value": "20 days", "low": "1 day", "high": "30 days"}
    exile = {"origin": "hills", "to": "chosen by camp", "approval": wait}
    law = decree(
        exclude={}, cap="none", review={}, drive=None, release={"exile": exile},
        clauses={"all": {"when": {"remaining": ">= 2 years"}, "then": "release"}},
    )  # fmt: skip
    made = scenario(WORLD, {"p": law})
    record = simulate(made, solved(made), Draws(4, 0)).record
    day = day_of(made, "2003-04-15")
    assert set(np.flatnonzero(record.series["releases by decree"])) == {day, day + 20}
    assert set(np.flatnonzero(record.series["exiled"])) == {day + 20}


def test_no_file_is_done_before_it_joins():
    """The first in the order joins on the fifth day, when all that can be done is done."""
    work = SimpleNamespace(done_by=lambda days: min(days, 1))
    desks = Desks(SimpleNamespace(), work, SimpleNamespace(ordered_day=0, close_day=9))
    last = np.array([99, 99])
    assert desks._worked(np.array([5, 0]), last).tolist() == [False, True]
    assert desks._worked(np.array([1, 0]), last).tolist() == [True, False]
    # Who has left meanwhile costs nothing.
    assert desks._worked(np.array([0, 0]), np.array([0, 99])).tolist() == [False, True]
