"""A scenario is the same alone, first or further of a replication: records and persons."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, reject, settings
from hypothesis import strategies as st

from sim.custody.ends import BY_DECREE, BY_EXPIRY
from sim.custody.lives import NOBODY, Lives
from sim.custody.model import Cell, everybody, simulate
from sim.custody.prisons import Prisons
from sim.custody.streams import Draws
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.study.cells import Point
from sim.study.execute import Task, run_task, solved
from tests.contracts.events import same_persons
from tests.oracle.compare import same_records
from tests.oracle.rules import file_of
from tests.oracle.worlds import FLAGS, Chooser, Node, scenario_of

SHIPPED = Path(__file__).parents[2] / "scenarios"
WORDS = st.binary(min_size=4, max_size=4)
FLAG_WORDS = st.binary(min_size=FLAGS // 4, max_size=FLAGS // 4)
SEEN = (
    "known", "known to die", "known to come back", "known to come back twice", "found out",
    "left on another day", "freed by a decree", "learned later",
)  # fmt: skip
"""What must have happened to somebody in some further scenario."""


def group_of(file: Node, some: Chooser) -> list[Scenario]:
    """The scenario, its world without a decree, and with one of its decrees, in any order."""
    names = sorted(file["decrees"])
    smaller = [{}, *({name: file["decrees"][name]} for name in some.few(names, 0, 1))]
    found = [scenario_of(file)]
    for decrees in smaller:
        try:
            found.append(scenario_of({**file, "decrees": decrees}))
        except ScenarioError:
            continue  # it names another decree
    some.random.shuffle(found)
    return [*found, found[0]]


def compare(
    group: Sequence[Scenario], world: Prisons, seed: int, clocks: Sequence[str | list[int]]
) -> Counter[str]:
    """Run scenarios one after another on the same people, and each alone."""
    together, seen = Draws(seed, 0), Counter[str]()
    people, cells = everybody(world, together), dict[int, Cell]()
    for place, (one, clock) in enumerate(zip(group, clocks, strict=True)):
        lives = together.shelf.lives
        left, size = lives.left.copy(), lives.size
        further = simulate(one, world, together, people=people, clock=clock)
        if id(one) not in cells:
            cells[id(one)] = simulate(one, world, Draws(seed, 0))
        alone = cells[id(one)]
        same_records(alone.record, further.record)
        same_persons(alone, further, world.days)
        if place:
            _count(further, together.shelf.lives, left, world.days, seen)
            seen["learned later"] += together.shelf.lives.size - size
    return seen


def _count(cell: Cell, lives: Lives, left: np.ndarray, days: int, seen: Counter[str]) -> None:
    """Count what was taken from the lives, as they were known before, and what was not."""
    r, n = cell.register, lives.first_rows
    left = left[:n]
    out = (r.left[:n] < days) & (r.cause[:n] == BY_EXPIRY)
    known = out & (r.left[:n] == left)
    seen["known"] += int(known.sum())
    seen["known to die"] += int((lives.died[:n][known] < days).sum())
    back = lives.following[:n][known]
    back = back[back != NOBODY]
    seen["known to come back"] += len(back)
    seen["known to come back twice"] += int((lives.following[back] != NOBODY).sum())
    seen["found out"] += int((out & ~known).sum())
    seen["left on another day"] += int((out & (left < days) & ~known).sum())
    seen["freed by a decree"] += int((r.cause[:n] >= BY_DECREE).sum())


def examined(address: bytes, flags: int) -> Counter[str]:
    some = Chooser(address, flags)
    seed = some.random.getrandbits(32)
    try:
        file, world = file_of(some, Draws(seed, 0))
    except ScenarioError:
        reject()
    note(json.dumps(file, indent=1))
    group = group_of(file, some)
    clocks = ["day" if some.often(0.1) else some.few(range(world.days), 0, 8) for _ in group]
    return compare(group, world, seed, clocks)


def _run(examples: int) -> Counter[str]:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(WORDS, WORDS, WORDS, FLAG_WORDS)
    def examine(one: bytes, two: bytes, three: bytes, kept: bytes) -> None:
        half = FLAGS // 8
        flags = int.from_bytes(kept[:half]) | int.from_bytes(kept[half:])
        seen.update(examined(one + two + three, flags))

    examine()
    return seen


def test_random_laws_are_the_same_alone_first_and_further():
    assert _run(6)["known"]


@pytest.mark.slow
def test_many_random_laws_are_the_same_alone_first_and_further():
    seen = _run(500)
    assert not [what for what in SEEN if not seen[what]]


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[Scenario]]:
    """All shipped scenarios that can be run, by world."""
    found: dict[str, list[Scenario]] = {}
    for file in sorted(SHIPPED.rglob("*.yaml")):
        try:
            one = load(file)
        except ScenarioError:  # a sweep, or a file of reports
            continue
        found.setdefault(one.world_address, []).append(one)
    return {address: group for address, group in found.items() if len(group) > 1}


@pytest.mark.slow
@pytest.mark.parametrize("turned", [False, True])
def test_shipped_scenarios_are_the_same_alone_first_and_further(shipped, turned):
    assert sum(map(len, shipped.values())) > 12
    for group in shipped.values():
        order = group[::-1] if turned else group
        compare(order, solved(order[0]), 7, ["production"] * len(order))


def test_tasks_are_the_same_in_any_order(shipped):
    group = max(shipped.values(), key=len)[:4]
    points = [Point(f"s{number}", one) for number, one in enumerate(group)]
    forth, back = (run_task(Task(tuple(order), 3, (0, 2))) for order in (points, points[::-1]))
    alone = [cell for number in (0, 2) for point in points
             for cell in run_task(Task((point,), 3, (number,)))]  # fmt: skip
    assert forth == alone
    assert sorted(forth, key=str) == sorted(back, key=str)


def test_of_millions_no_lives_are_kept(monkeypatch, shipped):
    group = max(shipped.values(), key=len)[:2]
    monkeypatch.setattr("sim.custody.model.WINDOW", 1000)
    draws = Draws(3, 0)
    people = everybody(solved(group[0]), draws)
    cells = [simulate(one, solved(one), draws, people=people) for one in group]
    assert draws.shelf.lives.size == len(people["person"])
    for one, cell in zip(group, cells, strict=True):
        same_records(simulate(one, solved(one), Draws(3, 0)).record, cell.record)
