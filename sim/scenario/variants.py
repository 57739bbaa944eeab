"""Scenarios made from scenarios: one assumption changed, or all decrees moved to a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.scenario.load import build
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree, merged, replaced
from sim.scenario.written import framed, scalar, without


@dataclass(frozen=True)
class Alternative:
    """A scenario with one assumption changed, and the baseline that it is compared with."""

    assumption: str
    end: str
    value: str
    scenario: Scenario
    baseline: Scenario


def alternatives(scenario: Scenario, baseline: Scenario) -> list[Alternative]:
    """Make the one-at-a-time variants that a scenario's ``rests on`` lists.

    What an assumption changes in the world, it changes in the baseline as well.
    """
    made = []
    base = without(scenario.tree, "rests on")  # a change may remove what another entry names
    for name in scenario.document.rests_on:
        for end, patch in _patches(scenario, name):
            changed = build(scenario.name, merged(base, patch))
            value = patch.value
            assert isinstance(value, Mapping)
            world = {"world": value["world"]} if "world" in value else {}
            paired = baseline
            if world:
                paired = build(baseline.name, merged(baseline.tree, Tree(world, patch.file, 0)))
            made.append(Alternative(name, end, _shown(scenario, name, end), changed, paired))
    return made


def _shown(scenario: Scenario, name: str, end: str) -> str:
    """Say to what the assumption is set."""
    entry = scenario.document.rests_on[name]
    if entry.range_of is None:
        return entry.note or "changed"
    leaf = scenario.tree.at([*entry.range_of.split("."), end])
    return str(leaf.value) if leaf is not None else end


def _patches(scenario: Scenario, name: str) -> list[tuple[str, Tree]]:
    entry = scenario.document.rests_on[name]
    if entry.instead is not None:
        patch = scenario.tree.at(("rests on", name, "instead"))
        assert patch is not None
        return [("instead", patch)]
    assert entry.range_of is not None
    path = entry.range_of.split(".")
    return [(end, _with_end(scenario.tree, path, end)) for end in ("low", "high")]


def _with_end(tree: Tree, path: list[str], end: str) -> Tree:
    """Return a patch that sets a graded value to one end of its range."""
    graded = tree.at(path)
    assert graded is not None
    assert isinstance(graded.value, Mapping)
    old, new = graded.value["value"], graded.value[end]
    text = framed(scalar(old), scalar(new))  # such as a comparison or '5 per camp' stays
    patch = Tree({"value": Tree(text, new.file, new.line)}, new.file, new.line)
    for key in reversed(path):
        patch = Tree({key: patch}, new.file, new.line)
    return patch


def shifted(scenario: Scenario, days: int) -> Scenario:
    """Move every date of a scenario's dated decrees by a number of days.

    Yearly decrees do not move.
    """
    tree = scenario.tree
    for name, decree in scenario.decrees.items():
        if decree.recurs:
            continue
        for key in ("ordered", "lists_due", "granted", "thresholds_on"):
            path = ("decrees", name, key)
            found = tree.at(path)
            if found is not None:
                tree = replaced(tree, path, _moved(found, days))
        for tranche in decree.release.tranches:
            place = ("decrees", name, "release", "tranches", tranche, "out")
            found = tree.at(place)
            if found is not None:
                tree = replaced(tree, place, _moved(found, days))
    return build(scenario.name, tree)


def _moved(tree: Tree, days: int) -> Tree:
    if isinstance(tree.value, Mapping):
        moved = {k: _moved(v, days) if k in ("value", "between") else v
                 for k, v in tree.value.items()}  # fmt: skip
        return replace(tree, value=moved)
    if isinstance(tree.value, list):
        return replace(tree, value=[_moved(child, days) for child in tree.value])
    try:
        day = date.fromisoformat(str(tree.value))
    except ValueError:
        return tree
    return replace(tree, value=(day + timedelta(days=days)).isoformat())


def same_world(first: Scenario, second: Scenario) -> None:
    """Refuse to pair scenarios whose worlds differ.

    Raises
    ------
    ScenarioError
        If the worlds, their horizons included, are not equal.
    """
    if first.world_address != second.world_address:
        message = (
            f"its world ({first.world.name}) is not that of {second.name} ({second.world.name}); "
            "differences are paired within one world"
        )
        raise ScenarioError([Problem(first.tree.file, 0, "world", message)])


def without_decrees(scenario: Scenario, name: str = "no-pardon") -> Scenario:
    """Return the scenario of no pardon in the same world."""
    world = scenario.tree.at(("world",))
    assert world is not None
    title = Tree("No pardon", scenario.tree.file, 0)
    return build(name, Tree({"title": title, "world": world}, scenario.tree.file, 0))
