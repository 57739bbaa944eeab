"""Sweep files: a scenario, the changes in which it is tried, and what they are compared with.

A variant is a change laid over the scenario as a file is laid over the one that it extends; a
grid crosses axes of values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from sim.scenario.blocks import Block, at_least_one
from sim.scenario.load import find, is_sweep, load
from sim.scenario.problems import Problem, ScenarioError, dotted
from sim.scenario.scenario import Scenario
from sim.scenario.sweeps.axes import Axis, flat, keys, vary
from sim.scenario.sweeps.points import Making, Variant, grid, paired, repeated
from sim.scenario.tree import Tree
from sim.scenario.variants import same_world
from sim.scenario.yaml_files import read_tree

__all__ = [
    "Axis",
    "Sweep",
    "Variant",
    "grid",
    "is_sweep_file",
    "load_sweep",
    "paired",
    "repeated",
    "vary",
]


@dataclass(frozen=True)
class Sweep:
    """A sweep file, checked and ready to run.

    ``scenario`` is what is swept, unchanged; ``baseline`` what all are compared with, if named.
    """

    name: str
    title: str
    note: str | None
    scenario: Scenario
    baseline: Scenario | None
    variants: tuple[Variant, ...]


class _Named(Block):
    note: str | None = None
    change: Annotated[dict[str, object], BeforeValidator(at_least_one)]


class _File(Block):
    title: str
    note: str | None = None
    sweep: str
    baseline: str | None = None
    variants: dict[str, _Named] = Field(default_factory=dict)
    vary: dict[str, Annotated[tuple[object, ...], BeforeValidator(at_least_one)]] = Field(
        default_factory=dict
    )


def is_sweep_file(path: str | Path) -> bool:
    """Tell whether a file is a sweep; False where it cannot be read, which loading it will tell."""
    try:
        return is_sweep(read_tree(find(Path(path), Path()), []))
    except ScenarioError:
        return False


def load_sweep(path: str | Path, *, world: str | Path | None = None) -> Sweep:
    """Load and check a sweep file, the scenarios that it names, and all variants.

    Parameters
    ----------
    path
        A YAML file; a name is also looked up among the shipped files.
    world
        Another world's file in place of that of the scenarios.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    file = find(Path(path), Path())
    found: list[Problem] = []
    tree = read_tree(file, found)
    found = [problem for problem in found if not _is_axis(tree, problem)]
    written = _read(tree, found)
    scenario = _named_file(tree, "sweep", world, found)
    baseline = _named_file(tree, "baseline", world, found)
    if scenario is None or written is None:
        raise ScenarioError(found)
    making = Making(scenario, str(file), [baseline.name] if baseline else [], found)
    variants = []
    for name, entry in written.variants.items():
        patch = tree.at(("variants", name, "change"))
        assert patch is not None
        variants += making.changed(name, patch, entry.note, f"variants.{name}.change.")
    variants += making.grid(_axes(tree, written, making), "vary.")
    making.finish()
    if baseline is not None:
        same_world(baseline, scenario)
        paired(variants, baseline)
    return Sweep(file.stem, written.title, written.note, scenario, baseline, tuple(variants))


def _is_axis(tree: Tree, problem: Problem) -> bool:
    """Tell whether a key with dots is the path of an axis, which alone may have them."""
    axes = tree.at(("vary",))
    if axes is None or not isinstance(axes.value, Mapping):
        return False
    paths = [f"vary.{key}" for key in axes.value]
    return problem.path in paths and problem.message.startswith("a key has no dot")


def _read(tree: Tree, found: list[Problem]) -> _File | None:
    """Read a sweep file's own keys."""
    try:
        written = _File.model_validate(tree.plain())
    except ValidationError as error:
        for line in error.errors(include_url=False):
            place = tree.place(line["loc"])
            found.append(Problem(place.file, place.line, dotted(line["loc"]), line["msg"]))
        return None
    if not written.variants and not written.vary:
        found.append(Problem(tree.file, tree.line, "", "varies nothing: give 'variants' or 'vary'"))
    return written


def _named_file(
    tree: Tree, key: str, world: str | Path | None, found: list[Problem]
) -> Scenario | None:
    """Load the scenario that a sweep names, None where that fails or none is named."""
    name = tree.at((key,))
    if name is None or not isinstance(name.value, str):
        return None
    target = find(Path(name.value), Path(tree.file).parent)
    try:
        if target.exists():
            return load(target, world=world)
        message = f"no such file: {name.value!r}, neither beside this one nor shipped"
        found.append(Problem(name.file, name.line, key, message))
    except ScenarioError as error:
        found += error.problems
    except OSError as error:  # such as a name that is too long
        found.append(Problem(name.file, name.line, key, error.strerror or str(error)))
    return None


def _axes(tree: Tree, written: _File, making: Making) -> list[Axis]:
    """Read the axes of a sweep file."""
    axes = []
    for text in written.vary:
        values = tree.at(("vary", text))
        assert values is not None
        assert isinstance(values.value, list)
        try:
            path, rest = keys(text)
            if rest:
                raise ValueError(f"expected a path such as 'world.held', found {text!r}")
        except ValueError as error:
            making.found.append(Problem(values.file, values.line, f"vary.{text}", str(error)))
            continue
        axes.append(Axis(path, tuple((flat(leaf.plain()), leaf) for leaf in values.value)))
    return axes
