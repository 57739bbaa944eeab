"""Few escorts: how many go on a day, who first, and who does not live to see it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.ends import BY_DECREE
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.law.work import Turns
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

WORLD = busy_world(held=graded(600, "persons"), end="2003-12-01")
GRANT = "2003-03-05"
EVERYBODY = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}


def few(number: float) -> dict:
    return {"per camp and day": {"value": number, "low": number, "high": number}}


def law(escort: object, granted: str = GRANT, **release: object) -> dict:
    made = decree(
        granted=granted, exclude={}, clauses=EVERYBODY, cap="none", review={}, drive=None,
        release={"escort": escort, **release}, ordered=None, lists_due=None,
    )  # fmt: skip
    made["granted"] = {"value": granted, "between": [granted, granted]}
    return made


def run(**laws: dict):
    made = scenario(WORLD, laws)
    cell = simulate(made, solved(made), Draws(4, 0))
    return cell, made


def by_camp_and_day(cell, made) -> np.ndarray:
    """Releases by the decree, by camp and by day since the grant."""
    r, start = cell.register, day_of(made, GRANT)
    out = np.flatnonzero((r.cause == BY_DECREE) & (r.left < made.world.days))
    counts = np.zeros((len(WORLD["camps"]), made.world.days - start), dtype=np.int64)
    np.add.at(counts, (r.camp[out], r.left[out] - start), 1)
    return counts


def left_of(cell) -> dict[tuple[int, int, int], tuple[int, int]]:
    """Camp and day of leaving of those whom the first decree has freed, by name."""
    r = cell.register
    return {
        (int(r.person[i]), int(r.line[i]), int(r.spell[i])): (int(r.camp[i]), int(r.left[i]))
        for i in np.flatnonzero((r.cause == BY_DECREE) & (r.spell == 0))
    }


def test_each_camp_sends_so_many_a_day_until_nobody_waits():
    cell, made = run(p=law(few(3)))
    waterfall = cell.record.waterfalls
    lost = sum(waterfall["p", "(decree)", s][0] for s in ("expired waiting", "died waiting"))
    assert lost > 0
    for days in by_camp_and_day(cell, made):
        last = np.flatnonzero(days).max()
        assert (days[:last] == 3).all()
        assert last > 10
        assert not days[last + 1 :].any()


def test_a_rate_below_one_is_one_every_so_many_days():
    turns = Turns.model_validate({"value": 0.4, "low": 0.1, "high": 1})
    assert [turns.on_day(day) for day in range(1, 11)] == [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]
    cell, made = run(p=law(few(0.4)))
    for days in by_camp_and_day(cell, made):
        assert days[:10].tolist() == [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]


def test_more_escorts_than_people_change_nothing():
    free, few_of_them = run(p=law(escort=True))[0], run(p=law(few(10_000)))[0]
    assert (free.register.left == few_of_them.register.left).all()


def test_who_could_go_first_goes_first_and_then_the_lot_decides():
    one, made = run(p=law(few(2), over="2 days"))
    free, start = left_of(run(p=law(escort=True, over="2 days"))[0]), day_of(made, GRANT)
    days = left_of(one)
    for camp in {camp for camp, _ in days.values()}:
        went = [[day for name, (of, day) in days.items() if of == camp and free[name][1] == ready]
                for ready in (start, start + 1)]  # fmt: skip
        assert went[1]
        assert max(went[0]) <= min(went[1])


def test_two_decrees_have_escorts_of_their_own():
    late = "2003-03-06"
    second = law(few(1), granted=late)
    alone = run(p=law(few(2)))[0]
    both = run(p=law(few(2)), q=second)[0]
    ours, theirs = left_of(both), left_of(alone)
    assert len(ours) > 100
    assert all(theirs[name] == where for name, where in ours.items())


@pytest.mark.parametrize("days", ["400 days from grant"])
def test_education_comes_before_the_wait(days):
    cell, made = run(p=law(few(2), education=days))
    assert by_camp_and_day(cell, made).sum() == 0
