"""The course of health in custody: days of changes, hazards between them, refusals, cases."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.course import CHANGES, Course
from sim.custody.decrees.standing import Watch
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import prisons
from sim.custody.register import Register
from sim.custody.streams import Draws
from sim.custody.wear import dies_on, used
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from tests.theory.worlds import (
    FALLING_ILL,
    busy_world,
    extreme_world,
    graded,
    health,
    scenario,
    solved,
    world,
)

COURSE = Course(
    following=np.array([1, 2, 2]),
    leaving=np.array([3, 2, 0]),
    hazards=np.array([[2, 0], [5, 7], [30, 11]]),
    longest=2,
)


def made_people(n: int) -> dict[str, np.ndarray]:
    """Spells with small whole numbers, among them ties, nobody's changes and changes long ago."""
    random = np.random.default_rng(5)
    base = random.integers(-3, 4, n)
    first = base + random.integers(-4, 12, n)
    second = first + random.integers(1, 9, n)
    first[random.random(n) < 0.2] = NEVER
    second[(first == NEVER) | (random.random(n) < 0.2)] = NEVER
    return {
        "health": random.integers(0, 3, n), "origin": random.integers(0, 2, n), "base": base,
        "tolerance": random.integers(1, 80, n), "first_change": first, "second_change": second,
    }  # fmt: skip


def state_of(one: dict[str, int], day: int) -> int:
    """Follow the changes one by one, the changes of the day included."""
    state = one["health"]
    for name in CHANGES[:2]:
        if one[name] <= day:
            state = int(COURSE.following[state])
    return state


def test_death_comes_on_the_first_day_on_which_the_hazards_of_the_days_reach_the_tolerance():
    people = made_people(3000)
    found = dies_on(people, COURSE)
    states = COURSE.state_on(people, 6)
    for i in range(3000):
        one = {name: int(column[i]) for name, column in people.items()}
        assert states[i] == state_of(one, 6)
        left, day = one["tolerance"], one["base"]
        while left > 0 and day < 200:
            left -= int(COURSE.hazards[state_of(one, day), one["origin"]])
            day += 1
        assert found[i] == (day if left <= 0 else NEVER), one


def test_hazards_of_two_stretches_add_up_to_those_of_both():
    people, random = made_people(3000), np.random.default_rng(6)
    first = people["base"].astype(np.int64)
    middle = first + random.integers(0, 20, 3000)
    last = middle + random.integers(0, 20, 3000)
    whole = used(people, COURSE, first, last)
    assert np.array_equal(
        whole, used(people, COURSE, first, middle) + used(people, COURSE, middle, last)
    )
    dies = dies_on(people, COURSE)
    some = dies < NEVER
    assert np.all(used(people, COURSE, first, dies)[some] >= people["tolerance"][some])
    assert np.all(used(people, COURSE, first, dies - 1)[some] < people["tolerance"][some])


def test_nobody_and_states_that_nobody_leaves():
    nobody = {name: column[:0] for name, column in made_people(1).items()}
    assert len(dies_on(nobody, COURSE)) == len(COURSE.state_on(nobody, 3)) == 0
    still = Course(np.array([0, 1]), np.zeros(2, dtype=np.int64), np.ones((2, 1), np.int64), 1)
    words = np.array([0, 2**63, 2**64 - 1], dtype=np.uint64)
    changes = still.changes(lambda stream: words, np.array([0, 1, 0]), np.array([0, -5, 9]))
    assert changes["first_change"].tolist() == [NEVER] * 3


def test_a_change_comes_a_day_after_the_admission_at_the_earliest():
    fast = Course(np.array([1, 1]), np.array([10**15, 0]), np.ones((2, 1), np.int64), 1)
    words = np.arange(100, dtype=np.uint64) << np.uint64(57)
    changes = fast.changes(lambda stream: words, 0, np.full(100, 7))["first_change"]
    assert changes.min() == 8


def test_paths_are_the_same_whatever_is_decreed():
    """Days of changes are known with the admission, also of those that a release forestalls."""
    plain = extreme_world(held=graded(400, "persons"))
    plain["health"]["in custody"] = FALLING_ILL
    law = {
        "source": "assumption", "grade": "C",
        "granted": {"value": "2003-02-01", "between": ["2003-02-01", "2003-02-01"]},
        "clauses": {"dying": {"when": {"health": "dying"}, "then": "release"}},
        "cases": {},
    }  # fmt: skip
    without, with_law = scenario(plain), scenario(plain, {"mercy": law})
    at = solved(without)
    one = simulate(without, at, Draws(3, 0)).register
    other = simulate(with_law, at, Draws(3, 0)).register
    freed = np.flatnonzero(other.cause >= 2)
    assert len(freed) > 5
    assert set(other.health_on(freed, other.left[freed]).tolist()) == {2}
    assert (other.health[freed] < 2).any()
    first = [
        {(int(r.person[i]), int(r.admitted[i])): [int(getattr(r, name)[i]) for name in CHANGES]
         for i in np.flatnonzero(r.spell == 0)}
        for r in (one, other)
    ]  # fmt: skip
    assert len(first[0]) > 1000
    assert first[0] == first[1]


def test_a_world_without_changes_keeps_one_value_for_all():
    register = simulate(scenario(world()), solved(scenario(world())), Draws(1, 0)).register
    people = people_at_hand(solved(scenario(world())), Draws(1, 0))
    assert not set(CHANGES) & set(people)
    assert np.all(register.first_change == NEVER)
    assert not any(Register(people).first_change.strides)


def test_a_standing_decree_reads_again_whose_health_has_changed(monkeypatch):
    plain = busy_world(held=graded(300, "persons"), end="2004-01-01")
    plain["health"]["in custody"] = FALLING_ILL
    law = {
        "source": "assumption", "grade": "C",
        "in force": {"from": "2001-06-01", "to": "2003-06-30"},
        "exclude": {"early": {"served": "< 2 months"}},
        "clauses": {
            "dying": {"when": {"health": "dying"}, "then": "release"},
            "no longer well": {
                "when": {"not": {"health": "well"}, "served": ">= 1 year"}, "then": "release",
            },
        },
    }  # fmt: skip
    made = scenario(plain, {"mercy": law})
    short = simulate(made, solved(made), Draws(9, 0)).record
    monkeypatch.setattr(
        Watch, "_again", lambda self, bench: np.full(len(bench.rows), bench.day + 1)
    )
    long = simulate(made, solved(made), Draws(9, 0)).record
    assert short.waterfalls["mercy", "dying", "released"][0] > 20
    assert short.waterfalls.keys() == long.waterfalls.keys()
    for name, counts in short.waterfalls.items():
        assert np.array_equal(counts, long.waterfalls[name]), name


def refused(plain: dict) -> str:
    with pytest.raises(ScenarioError) as wrong:
        prisons(scenario(plain))
    return str(wrong.value)


def test_shares_of_the_stock_that_cannot_be_are_refused():
    plain = extreme_world()
    fast = {"from": "well", "to": "dying", "per year": graded(4, "per year")}
    plain["health"]["in custody"] = {"collapse": fast}
    assert "those alone who become 'dying' in custody are more than 0.15" in refused(plain)


def test_life_without_deaths_in_a_state_is_refused():
    plain = extreme_world()
    plain["health"]["states"]["well"] = health("40%", 0)
    plain["health"]["in custody"] = FALLING_ILL
    assert "without deaths in every state of health, life sentences" in refused(plain)


@pytest.mark.slow
def test_shipped_law_releases_who_has_fallen_ill():
    made = load("laws/gravely-ill.yaml")
    solved, late = prisons(made), []
    for replication in range(4):
        r = simulate(made, solved, Draws(7, replication)).register
        freed = np.flatnonzero(r.cause >= 2)
        state = r.health_on(freed, r.left[freed])
        assert set(state.tolist()) == {1, 2}
        fallen = freed[(r.health[freed] < 2) & (state == 2) & (r.admitted[freed] > 1500)]
        last = np.where(r.health[fallen] == 1, r.first_change[fallen], r.second_change[fallen])
        late += (r.left[fallen] - last).tolist()
    assert len(late) > 20
    # A standing decree looks at them on the day on which they fall ill, but for its exclusion.
    assert np.mean(np.equal(late, 0)) > 0.8
    assert min(late) >= 0
