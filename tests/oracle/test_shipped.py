"""Every shipped scenario, person by person: the engine does what the oracle does, on every clock.

Held and caps are scaled down together, so that the caps bind as they do at full size.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sim.custody.prisons import Prisons, prisons
from sim.custody.streams import Draws
from sim.scenario.load import build, load, shipped_folder
from sim.scenario.scenario import Scenario, deciding
from sim.scenario.tree import Tree, replaced
from tests.oracle.compare import check

HISTORY = sorted(shipped_folder().glob("history/2*.yaml"))
FILES = sorted(shipped_folder().glob("*.yaml"))
HELD = 600
LARGER = 6_000
FULL = 10**9
DRAWS = Draws(seed=20200708, replication=0)
STOPS = (0, 1, 180, 181, 900, 1373, 2030, 2031, 2110, 3000, 4017)
AT_FULL_SIZE = "2020-anniversary"
KINDS = ("no-pardon", "customary", "2015-anniversary", "2019-surprise", "2020-50-per-camp")
"""One of each kind; the others differ from these by a line, and are examined larger."""
QUICK = ("2019-surprise", "2020-50-per-camp")
"""Random laws have yearly decrees, and none, as well."""
FOUND_NOBODY = {("2015-no-limit", "party-70th")}
"""Without a limit the first wave of 2015 leaves nobody for the second, the day after."""


def scaled(scenario: Scenario, held: int) -> Scenario:
    """The same scenario with so many held, and caps in proportion."""
    assert isinstance(scenario.tree.value, Mapping)
    top = {key: child for key, child in scenario.tree.value.items() if key != "rests on"}
    tree = Tree(top, scenario.tree.file, 1)
    few = {"value": held, "unit": "persons", "source": "derived", "grade": "B"}
    leaves = {key: Tree(value, "scaled", 1) for key, value in few.items()}
    tree = replaced(tree, ("world", "held"), Tree(leaves, "scaled", 1))
    for name, decree in scenario.decrees.items():
        cap = decree.cap.value
        if cap is not None:
            places = max(1, round(cap.places * held / scenario.world.held.value))
            text = f"{places} per camp" if cap.per == "camp" else f"{places} in all"
            tree = replaced(tree, ("decrees", name, "cap"), Tree(text, "scaled", 1))
    return build(scenario.name, tree)


SOLVED: dict[str, Prisons] = {}


def solved(scenario: Scenario) -> Prisons:
    """One solution for all scenarios of one world."""
    world = json.dumps(deciding(scenario.resolved["world"]))
    if world not in SOLVED:
        SOLVED[world] = prisons(scenario)
    return SOLVED[world]


def _same(file: Path, held: int, clocks: Sequence[str | Sequence[int]]) -> None:
    scenario = load(file)
    if held < scenario.world.held.value:
        scenario = scaled(scenario, held)
    oracle, _ = check(scenario, DRAWS, clocks, world=solved(scenario))
    granted = {
        docket.occasion.decree
        for docket in oracle.dockets
        for stage, _, _ in docket.stages
        if stage == "granted"
    }
    nobody = {decree for name, decree in FOUND_NOBODY if name == scenario.name}
    assert set(scenario.decrees) - nobody <= granted


def test_there_are_scenarios():
    assert AT_FULL_SIZE in [file.stem for file in FILES]
    assert len(HISTORY) >= 8


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in KINDS],
)
def test_small(name):
    _same(shipped_folder() / f"{name}.yaml", HELD, [STOPS])


@pytest.mark.slow
@pytest.mark.parametrize("file", [*FILES, *HISTORY], ids=lambda file: file.stem)
def test_larger(file):
    _same(file, LARGER, ["day", STOPS])


@pytest.mark.slow
def test_full_size():
    _same(shipped_folder() / f"{AT_FULL_SIZE}.yaml", FULL, ["day", STOPS])
