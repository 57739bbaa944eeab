"""What counts as an earlier reduction, and what it changes of a person's term."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.decrees.bench import Bench
from sim.custody.ends import BY_DECREE
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.occasions import Occasion
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

DRAWS = Draws(203, 0)
WORLD = busy_world(held=graded(500, "persons"), end="2004-01-01")
CUT, AFTER = 183, 122
"""Six months are cut by the label, which is on after four months served."""


@pytest.fixture(scope="module")
def benches() -> list[Bench]:
    """Those held on the last day, with and without the label in the world."""
    found = []
    for one in (WORLD, {key: part for key, part in WORLD.items() if key != "earlier reductions"}):
        made = scenario(one)
        register = simulate(made, solved(made), DRAWS).register
        day = made.world.days - 1
        rows = register.held(day)
        act = Occasion("d", 0, 0, day, day, day, day, day, day)
        found.append(Bench(register, solved(made), DRAWS, (), rows, day, day, act))
    return found


def meets(bench: Bench, condition: dict) -> np.ndarray:
    return bench.meets(ConditionReader({}).read(condition))


def test_the_label_is_longer_sentence_and_a_reduction_and_nothing_else(benches):
    with_label, without = benches
    assert np.array_equal(with_label.rows, without.rows)
    for name in ("served", "remaining", "term", "endless"):
        assert np.array_equal(getattr(with_label, name), getattr(without, name)), name
    on = meets(with_label, {"reductions": {"by": "pardon", "count": ">= 1"}})
    assert 100 < on.sum() < len(on) - 100
    assert with_label.served[on].min() >= AFTER
    fixed = ~with_label.endless
    longer = np.minimum(CUT, without.sentence) * on  # a short sentence is doubled at most
    assert np.array_equal((with_label.sentence - without.sentence)[fixed], longer[fixed])
    for condition in ({"served share": ">= 1/2"}, {"remaining": "<= 1 year"},
                      {"reductions": {"by": "merit", "count": ">= 1"}}):  # fmt: skip
        assert np.array_equal(meets(with_label, condition), meets(without, condition))
    assert not meets(without, {"reductions": {"by": "pardon", "count": ">= 1"}}).any()


def test_merit_and_pardon_are_counted_apart_and_together(benches):
    bench, r = benches[0], benches[0].register
    merits = r.merit_count[bench.rows]
    assert merits.max() >= 2
    pardoned = meets(bench, {"reductions": {"by": "pardon"}}).astype(int)
    for count in range(4):
        by_merit = meets(bench, {"reductions": {"by": "merit", "count": f">= {count}"}})
        assert np.array_equal(by_merit, merits >= count)
        assert np.array_equal(
            meets(bench, {"reductions": f">= {count}"}), merits + pardoned >= count
        )


@pytest.mark.parametrize("later", [0, 1])
def test_a_reduction_of_the_same_day_is_not_an_earlier_one(later):
    def act(name: str, day: int, **changes: object) -> dict:
        granted = f"2003-04-{15 + day}"
        return decree(
            ordered=None, lists_due=None, granted=granted, review={}, cap="none", drive=None,
            release={}, title=name, **changes,
        )  # fmt: skip

    everybody = {"served": ">= 0 days"}
    cut = {"cut": {"when": everybody, "then": {"reduce": {"by": "1 month"}}}}
    free = {"free": {"when": everybody, "then": "release"}}
    named = {"by": "a", "count": ">= 1"}
    decrees = {
        "a": act("cuts", 0, clauses=cut, exclude={}),
        "b": act("frees", later, clauses=free, exclude={"cut": {"reductions": named}}),
    }
    made = scenario(WORLD, decrees)
    cell = simulate(made, solved(made), DRAWS)
    falls, day = cell.record.waterfalls, day_of(made, "2003-04-15")
    assert cell.record.series["reductions by decree"][day] > 200
    barred = falls["b", "(decree)", "barred"][0]
    if later:
        assert barred > 200
    else:
        assert barred == 0
        assert falls["b", "(decree)", "eligible"][0] == falls["b", "(decree)", "held"][0]


def test_who_is_selected_for_release_is_outside_other_decrees_until_out():
    everybody = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}
    plain = {"exclude": {}, "clauses": everybody, "drive": None, "ordered": None}
    decrees = {
        "first": decree(**plain, review={"recommended": 0.5}, cap="none",
                        release={"education": "60 days from listing"}),
        "second": decree(**plain, review={}, cap="none", release={}, lists_due=None),
    }  # fmt: skip
    made = scenario(WORLD, decrees)
    cell = simulate(made, solved(made), DRAWS)
    r, day = cell.register, day_of(made, "2003-04-15")
    first, second = (
        next(d for d in cell.dockets.values() if d.occasion.decree == name) for name in decrees
    )
    waiting = first.rows[first.selected & (r.left[first.rows] >= day)]
    waiting = waiting[r.cause[waiting] >= BY_DECREE]
    assert len(waiting) > 100
    assert not np.isin(waiting, second.rows).any()
    assert np.all(r.left[waiting] == day_of(made, "2003-04-30"))
    held = (r.admitted <= day) & (r.left >= day)
    gone = held & (r.left == day) & (r.cause < BY_DECREE)
    selected = np.isin(np.arange(len(r)), first.rows[first.selected])
    assert np.array_equal(second.rows, np.flatnonzero(held & ~gone & ~selected))
