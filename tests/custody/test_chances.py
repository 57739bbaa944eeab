"""Who says yes with which probability, who takes it up, and how many places there are."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.chances import probabilities
from sim.custody.decrees.selection import places
from sim.custody.model import simulate
from sim.custody.prisons import places_by_camp
from sim.custody.streams import Draws
from sim.scenario.law.chances import Chance
from sim.scenario.law.selection import DecreeCap
from sim.scenario.occasions import Occasion
from tests.theory.worlds import busy_world, customary, day_of, decree, graded, scenario, solved

DRAWS = Draws(77, 0)
WORLD = busy_world(held=graded(3000, "persons"), end="2003-07-01")
FEAST = "2001-02-16"


@pytest.fixture(scope="module")
def bench() -> Bench:
    """Those held half way."""
    made = scenario(WORLD)
    register = simulate(made, solved(made), DRAWS, clock=[day_of(made, FEAST)]).register
    day = made.world.days - 1
    act = Occasion("d", 0, 0, day, day, day, day, day, day)
    return Bench(register, solved(made), DRAWS, (), register.held(day), day, day, act)


def chance(**parts: object) -> Chance:
    return Chance.model_validate(parts)


def test_the_first_row_that_holds_decides(bench):
    table = [{"when": {"offence": "theft"}, "is": 0.2}, {"when": {"sex": "women"}, "is": 0.5},
             {"otherwise": 1}]  # fmt: skip
    found = probabilities(bench, chance(table=table))
    theft = bench.register.offence[bench.rows] == list(WORLD["offences"]).index("theft")
    assert set(found[theft]) == {0.2}
    assert set(found[~theft & bench.women]) == {0.5}
    assert set(found[~theft & ~bench.women]) == {1}


@pytest.mark.parametrize(
    ("p", "factor", "after"), [(0.5, 3, 0.75), (0.6, 3, 9 / 11), (0, 9, 0), (1, 0.1, 1)]
)
def test_odds_are_multiplied_on_their_own_scale(bench, p, factor, after):
    found = probabilities(bench, chance(value=p, odds={"times": factor, "for": {"sex": "women"}}))
    assert found[bench.women] == pytest.approx(after, abs=1e-12)
    assert set(found[~bench.women]) == {p}


def test_factors_on_odds_are_multiplied_with_each_other(bench):
    both = [{"times": 2, "for": {"sex": "women"}}, {"times": 3, "for": {"served": ">= 0 days"}}]
    found = probabilities(bench, chance(value=0.5, odds=both))
    assert found[bench.women] == pytest.approx(6 / 7)
    assert found[~bench.women] == pytest.approx(3 / 4)


def feasts(**review: object):
    """Everybody's term is cut by a day on every feast, if the centre approves."""
    cut = {"all": {"when": {"served": ">= 0 days"}, "then": {"reduce": {"by": "1 day"}}}}
    made = scenario(WORLD, {"c": customary(clauses=cut, cap="none", drive=None, review=review)})
    return simulate(made, solved(made), DRAWS)


def cuts_of(cell):
    """Numbers of cuts of those held through the first two feasts."""
    (one, _, first), (two, _, second) = cell.register.cuts[:2]
    r = cell.register
    fixed = ~r.endless(np.arange(len(r)))
    through = np.flatnonzero(fixed & (r.admitted <= one) & (r.left > two) & (r.due - two > 30))
    return np.isin(through, first), np.isin(through, second)


def test_an_answer_is_drawn_anew_on_each_occasion_unless_it_is_persistent():
    first, second = cuts_of(feasts(approved=0.5))
    n = len(first)
    assert n > 1000
    # Independent halves agree in half of the cases: 5 standard errors, one false alarm in 2e6.
    assert abs((first == second).mean() - 0.5) < 5 * 0.5 / np.sqrt(n)
    first, second = cuts_of(feasts(approved=0.5, persistent=True))
    assert (first == second).all()
    assert abs(first.mean() - 0.5) < 5 * 0.5 / np.sqrt(len(first))


def test_who_declines_stays_and_is_counted():
    """The share of those selected who take it up: 5 standard errors, one false alarm in 2e6."""
    made = scenario(WORLD, {"p": decree(drive=None, review={}, **{"take-up": 0.3})})
    falls = simulate(made, solved(made), DRAWS).record.waterfalls
    counts = {stage: int(falls["p", "(decree)", stage][0]) for stage in ("selected", "declined")}
    assert counts["selected"] > 100
    share = counts["declined"] / counts["selected"]
    assert abs(share - 0.7) < 5 * np.sqrt(0.21 / counts["selected"])


def cap(text: str) -> object:
    return DecreeCap.model_validate(text).value


def test_places_follow_the_stock_of_the_evening_before(bench):
    r, day = bench.register, bench.day
    held = (r.admitted < day) & (r.left >= day)
    stock = np.bincount(r.camp[held], minlength=len(WORLD["camps"]))
    assert places(bench, cap("7 per camp")).tolist() == [7] * len(stock)
    assert places(bench, cap("10% of stock")).tolist() == [stock.sum() // 10]
    assert places(bench, cap("10% of stock per camp")).tolist() == (stock // 10).tolist()
    room = places_by_camp(solved(scenario(WORLD)))
    goal = np.maximum(stock - room // 2, 0).tolist()
    assert places(bench, cap("until stock <= 50% of capacity per camp")).tolist() == goal
    goal = max(0, stock.sum() - room.sum() * 3 // 4)
    assert places(bench, cap("until stock <= 75% of capacity")).tolist() == [goal]
    assert places(bench, cap("until stock <= 900% of capacity in all")).tolist() == [0]


def test_a_goal_for_the_stock_is_reached_to_the_person():
    everybody = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}
    goal = "until stock <= 50% of capacity"
    law = decree(
        ordered=None, lists_due=None, exclude={}, clauses=everybody, review={}, cap=goal,
        counts="releases", release={}, drive=None,
    )  # fmt: skip
    made = scenario(WORLD, {"p": law})
    record = simulate(made, solved(made), DRAWS).record
    day = day_of(made, "2003-04-15")
    before = int(record.series["stock"][day - 1])
    room = int(places_by_camp(solved(made)).sum())
    assert before - int(record.series["releases by decree"][day]) == room // 2
