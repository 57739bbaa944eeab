"""What is not known of a scenario: its values with a range, and its structural switches.

Listed here, drawn in `sim.scenario.draws.drawing`. A value that several places share through a YAML
alias is one range with several paths, since it is one statement about the prisons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.scenario.problems import dotted
from sim.scenario.scenario import Scenario
from sim.scenario.tree import PATCH, Tree, merged
from sim.scenario.vocabulary import WITHOUT_EFFECT
from sim.scenario.written import Kind, Path, has_range, kind_of, written_ends

PARTS = ("world", "decrees")


@dataclass(frozen=True)
class Range:
    """A value that its file gives as a range.

    Attributes
    ----------
    name
        The dotted path of the first place at which it stands.
    paths
        All places: several where a YAML alias shares one value.
    kind
        How its draws are rounded and written.
    value, low, high
        As written; of a date, ``low`` and ``high`` are the ends of ``between``.
    grade, source
        Its own, or those of the part of the decree in which it stands.
    switch
        The switch that has to be on for it to exist; None where it always does.
    """

    name: str
    paths: tuple[Path, ...]
    kind: Kind
    value: str
    low: str
    high: str
    unit: str | None
    grade: str | None
    source: tuple[str, ...]
    switch: str | None = None


@dataclass(frozen=True)
class Switch:
    """A structural alternative: an entry of ``rests on`` with ``instead``."""

    name: str
    note: str | None
    grade: str | None
    source: tuple[str, ...]


def ranges(scenario: Scenario) -> tuple[Range, ...]:
    """List every value with a range, in file order; those that a switch brings come last.

    Raises
    ------
    ScenarioError
        If a range stands around no value, such as a cap of ``none``.
    """
    found = {one.name: one for one in _listed(scenario, scenario.tree, None)}
    known = {path: one.name for one in found.values() for path in one.paths}
    for switch, patch in patches(scenario).items():
        for one in _listed(scenario, merged(scenario.tree, patch), switch):
            name = next((known[path] for path in one.paths if path in known), one.name)
            new = tuple(path for path in one.paths if path not in known)
            if name in found:  # a place that the switch adds to what is there already
                found[name] = replace(found[name], paths=(*found[name].paths, *new))
            else:
                found[name] = one
            known.update(dict.fromkeys(new, name))
    return tuple(found.values())


def switches(scenario: Scenario) -> tuple[Switch, ...]:
    """List the structural alternatives, in file order."""
    return tuple(
        Switch(name, scenario.document.rests_on[name].note, *_worst_said(patch))
        for name, patch in patches(scenario).items()
    )


def patches(scenario: Scenario) -> dict[str, Tree]:
    """Return the patch of each structural switch by name."""
    found = {}
    for name, entry in scenario.document.rests_on.items():
        patch = scenario.tree.at(("rests on", name, PATCH))
        if entry.instead is not None and patch is not None:
            found[name] = patch
    return found


def names_by_path(scenario: Scenario) -> dict[Path, str]:
    """Return the name of the range to which each place belongs."""
    return {path: one.name for one in ranges(scenario) for path in one.paths}


def shared_places(scenario: Scenario) -> list[list[Path]]:
    """List the groups of places that share one value, such as by an alias."""
    return [list(one.paths) for one in ranges(scenario) if len(one.paths) > 1]


def parameters(scenarios: Sequence[Scenario]) -> tuple[Range | Switch, ...]:
    """List what is not known of several scenarios of one world, each name once.

    Ranges of the first scenario come first, and all switches last.

    Raises
    ------
    ScenarioError
        If two scenarios give one value of their world different ranges: there would be no one
        world to draw.
    """
    found: dict[str, Range | Switch] = {}
    for scenario in scenarios:
        for one in ranges(scenario):
            other = found.setdefault(one.name, one)
            assert isinstance(other, Range)
            ends = [(x.value, x.low, x.high) for x in (one, other)]
            if one.name.startswith("world.") and ends[0] != ends[1]:
                message = (
                    f"the range {one.low} to {one.high} is not that of the other scenarios, "
                    f"{other.low} to {other.high}; all are drawn in one world"
                )
                raise scenario.problem(one.paths[0], message)
    for scenario in scenarios:
        for switch in switches(scenario):
            found.setdefault(switch.name, switch)
    return tuple(found.values())


def chosen(known: Sequence[Range | Switch], texts: Sequence[str]) -> tuple[Range | Switch, ...]:
    """Keep the parameters whose names hold one of the texts; all without a text.

    What comes with a switch is kept only with its switch.

    Raises
    ------
    ValueError
        If a text names none.
    """
    for text in texts:
        if not any(text in one.name for one in known):
            raise ValueError(f"{text!r} is in the name of no assumption that has a range")
    kept = [one for one in known if not texts or any(text in one.name for text in texts)]
    switches_kept = {one.name for one in kept if isinstance(one, Switch)}
    return tuple(
        one for one in kept if isinstance(one, Switch) or one.switch in (None, *switches_kept)
    )


def ranged(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Walk the values with a range in file order, with their paths."""
    if has_range(tree):
        yield path, tree
    elif isinstance(tree.value, Mapping):
        for key, child in tree.value.items():
            if key not in WITHOUT_EFFECT:
                yield from ranged(child, (*path, key))
    elif isinstance(tree.value, list | tuple):
        for i, child in enumerate(tree.value):
            yield from ranged(child, (*path, i))


def _listed(scenario: Scenario, tree: Tree, switch: str | None) -> Iterator[Range]:
    """List the ranges of a tree; what one alias shares is one range."""
    groups: dict[object, list[tuple[Path, Tree]]] = {}
    for part in PARTS:
        below = tree.at((part,))
        for path, found in ranged(below, (part,)) if below is not None else ():
            # A variant may have changed what an alias shared; then it is another range.
            key = (found.file, found.line, found.column, repr(found.plain()))
            groups.setdefault(key, []).append((path, found))
    for group in groups.values():
        path, found = group[0]
        try:
            kind = kind_of(path, found)
        except ValueError as error:
            raise scenario.problem(path, str(error)) from None
        value, low, high = map(str, written_ends(found))
        assert isinstance(found.value, Mapping)
        unit = found.value.get("unit")
        yield Range(
            dotted(path), tuple(p for p, _ in group), kind, value, low, high,
            None if unit is None else str(unit.value),
            next(iter(_inherited(tree, path, "grade")), None), _inherited(tree, path, "source"),
            switch,
        )  # fmt: skip


def _inherited(tree: Tree, path: Path, key: str) -> tuple[str, ...]:
    """Return what a part says it rests on, or what the nearest part around it says."""
    parts = (tree.at(path[:length]) for length in range(len(path), 0, -1))
    said = (_said(part, key) for part in parts if part is not None)
    return next(filter(None, said), ())


def _said(part: Tree, key: str) -> tuple[str, ...]:
    found = part.at((key,))
    plain = found.plain() if found is not None else []
    return tuple(map(str, plain if isinstance(plain, list) else [plain]))


def _worst_said(patch: Tree) -> tuple[str | None, tuple[str, ...]]:
    """Return the worst grade and all sources that a patch names."""
    grades: list[str] = []
    sources: list[str] = []
    for _, found in patch.mappings():
        grades += _said(found, "grade")
        sources += _said(found, "source")
    return max(grades, default=None), tuple(dict.fromkeys(sources))
