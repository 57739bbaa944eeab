"""From files to scenarios: extends, merging, checking; all mistakes of a file at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from sim.scenario.decree import Decree
from sim.scenario.graded import Block
from sim.scenario.predicate import OneOf, Predicate, leaves
from sim.scenario.problems import Problem, ScenarioError, nearest, shown
from sim.scenario.tree import PATCH, Tree, merged, read_tree
from sim.scenario.world import World

Part = TypeVar("Part", bound=Block)
Context = dict[str, object]

BIBLIOGRAPHY = "sources.bib"
_BIB_KEY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)
WITHOUT_EFFECT = (
    "title", "note", "source", "grade", "status", "cases", "rests on", "extends", "acting body",
    "reported",
)  # fmt: skip


class RestsOn(Block):
    """One assumption to vary alone: the ends of a stated range, or a patch of the files."""

    range_of: str | None = Field(None, alias="range of")
    instead: dict[str, object] | None = None
    note: str | None = None


class Document(Block):
    """A whole file after merging."""

    title: str
    note: str | None = None
    extends: str | None = None
    world: World
    decrees: dict[str, Decree] = Field(default_factory=dict)
    rests_on: dict[str, RestsOn] = Field(default_factory=dict, alias="rests on")


@dataclass(frozen=True)
class Scenario:
    """A world plus zero or more decrees, checked and ready to run.

    ``name`` is the file's name without its ending; ``tree`` keeps the place of every leaf.
    """

    name: str
    document: Document
    tree: Tree
    sources: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the scenario is called in tables."""
        return self.document.title

    @property
    def world(self) -> World:
        """What is assumed about the prisons."""
        return self.document.world

    @property
    def decrees(self) -> Mapping[str, Decree]:
        """The decrees by name, in file order."""
        return self.document.decrees

    @cached_property
    def resolved(self) -> dict[str, object]:
        """The merged file as plain data."""
        plain = self.tree.plain()
        assert isinstance(plain, dict)
        return plain

    @cached_property
    def address(self) -> str:
        """Hash of everything in the files that decides a result, order included.

        Order decides: draws run through offences as written, ties go to the first clause.
        """
        text = json.dumps(deciding(self.resolved), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def problem(self, path: Sequence[str | int], message: str) -> ScenarioError:
        """Return an error located at a key path of this scenario's files."""
        here = self.tree.place(path)
        return ScenarioError([Problem(here.file, here.line, dotted(path), message)])


def dotted(path: Sequence[str | int]) -> str:
    """Write a key path with dots."""
    return ".".join(map(str, path))


def deciding(data: object) -> object:
    """Keep what can change a result: no titles, sources, ranges or cases."""
    if isinstance(data, dict):
        if "value" in data:
            return deciding(data["value"])
        return {k: deciding(v) for k, v in data.items() if k not in WITHOUT_EFFECT}
    if isinstance(data, list):
        return [deciding(v) for v in data]
    return data


def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios: inside the package, or beside it."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "scenarios"


def load(path: str | Path, *, world: str | Path | None = None) -> Scenario:
    """Load and check a scenario or a world.

    Parameters
    ----------
    path
        A YAML file; a name without a folder is also looked up among the shipped files.
    world
        Another world's file, taken in place of the first file of the chain of ``extends``.

    Raises
    ------
    ScenarioError
        With every mistake found in the files.
    """
    file = find(Path(path), Path())
    found: list[Problem] = []
    root = None if world is None else _chain(find(Path(world), Path()), (), found)
    scenario = build(file.stem, _chain(file, (), found, root), found)
    _try_patches(scenario)
    return scenario


def find(path: Path, beside: Path) -> Path:
    """Look for a file beside another, then among the shipped ones."""
    for candidate in (beside / path, shipped_folder() / path):
        if candidate.exists():
            return candidate
    return beside / path


def _chain(
    path: Path, below: tuple[Path, ...], found: list[Problem], root: Tree | None = None
) -> Tree:
    """Read a file and lay it over what it extends; `root` replaces the world at the bottom."""
    tree = read_tree(path, found)
    here = path.resolve()
    assert isinstance(tree.value, Mapping)
    parent = tree.value.get("extends")
    if parent is None:
        return tree if root is None else _other_world(tree, root)
    if here in below:
        circle = " -> ".join(p.name for p in (*below[below.index(here) :], here))
        raise ScenarioError([Problem(str(path), parent.line, "extends", f"a circle: {circle}")])
    if not isinstance(parent.value, str):
        message = f"expected the name of one file, found {shown(parent.plain())}"
        raise ScenarioError([Problem(str(path), parent.line, "extends", message)])
    target = find(Path(parent.value), path.parent)
    if not target.exists():
        message = f"no such file: {parent.value!r}, neither beside this one nor shipped"
        raise ScenarioError([Problem(str(path), parent.line, "extends", message)])
    return merged(_chain(target, (*below, here), found, root), tree, found)


def _other_world(tree: Tree, root: Tree) -> Tree:
    """Take another world in place of the one at the bottom; decrees beside it stay."""
    assert isinstance(tree.value, Mapping)
    if "decrees" not in tree.value:
        return root
    rest = {key: child for key, child in tree.value.items() if key != "world"}
    return merged(root, Tree(rest, tree.file, tree.line))


def build(name: str, tree: Tree, found: Sequence[Problem] = ()) -> Scenario:
    """Check a merged tree and make it a scenario.

    Parameters
    ----------
    name
        What the scenario is called.
    tree
        The merged files.
    found
        Problems met while reading them, which are told with the others.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    sources = known_sources({Path(file).parent for file in tree.files()})
    context: Context = {"words": _words(tree), "sources": sources}
    problems = list(found)
    try:
        document = Document.model_validate(tree.plain(), context=context)
        sound = _Sound(document.world, document.decrees, document.rests_on)
    except ValidationError as error:
        problems += _located(tree, error)
        sound = _sound_parts(tree, context)
    for path, message in _contradictions(tree, sound):
        place = tree.place(path)
        problems.append(Problem(place.file, place.line, dotted(path), message))
    if problems:
        raise ScenarioError(problems)
    return Scenario(name, document, tree, tuple(sorted(sources)))


def _located(tree: Tree, error: ValidationError) -> list[Problem]:
    problems = []
    for line in error.errors(include_url=False):
        path = _path_in_file(tree, line["loc"])
        place, message = tree.place(path), line["msg"]
        if path == ("world",) and line["type"] == "missing":
            message += ": give 'extends: dprk.yaml', or a world of your own"
        problems.append(Problem(place.file, place.line, dotted(path), message))
    return problems


def _path_in_file(tree: Tree, location: Sequence[str | int]) -> tuple[str | int, ...]:
    """Drop what pydantic adds to a location, such as ``value`` where a bare value stands."""
    path: tuple[str | int, ...] = ()
    for position, key in enumerate(location):
        above = tree.at(path)
        assert above is not None
        if tree.at((*path, key)) is not None:
            path = (*path, key)
        elif position == len(location) - 1 and isinstance(above.value, Mapping) and key != "[key]":
            return (*path, key)
    return path


@dataclass(frozen=True)
class _Sound:
    """The parts of a file that are sound by themselves."""

    world: World | None
    decrees: Mapping[str, Decree]
    rests_on: Mapping[str, RestsOn]


def _sound_parts(tree: Tree, context: Context) -> _Sound:
    """Read what can be read of a file with mistakes, so that all of them are told at once."""
    world = None
    with suppress(ValidationError):
        there = tree.at(("world",))
        world = World.model_validate(there.plain() if there else None, context=context)
    decrees = _sound_entries(tree.at(("decrees",)), Decree, context)
    return _Sound(world, decrees, _sound_entries(tree.at(("rests on",)), RestsOn, context))


def _sound_entries(above: Tree | None, kind: type[Part], context: Context) -> dict[str, Part]:
    sound = {}
    if above is not None and isinstance(above.value, Mapping):
        for name, child in above.value.items():
            with suppress(ValidationError):
                sound[name] = kind.model_validate(child.plain(), context=context)
    return sound


def _contradictions(tree: Tree, sound: _Sound) -> Iterator[tuple[tuple[str, ...], str]]:
    """List what no single value shows."""
    world = sound.world
    start, end = (world.start, world.end) if world else (date.min, date.max)
    if world is not None:
        for path, message in world.problems():
            yield ("world", *path), message
    for key, decree in sound.decrees.items():
        for path, message in decree.problems(start, end):
            yield ("decrees", key, *path), message
        if world is not None:
            yield from _unusable(world, key, decree)
    yield from _unknown_ranges(tree, sound.rests_on)


def _try_patches(scenario: Scenario) -> None:
    """Read a scenario with each of its alternatives, so that a mistake there is found now.

    Raises
    ------
    ScenarioError
        With the mistakes of all of them.
    """
    rest = scenario.tree.value
    assert isinstance(rest, Mapping)
    base = Tree({k: v for k, v in rest.items() if k != "rests on"}, scenario.tree.file, 1)
    problems: list[Problem] = []
    for name, entry in scenario.document.rests_on.items():
        patch = scenario.tree.at(("rests on", name, PATCH))
        if entry.instead is None or patch is None:
            continue
        found: list[Problem] = []
        try:
            build(scenario.name, merged(base, patch, found), found)
        except ScenarioError as error:
            here = f"rests on.{name}.{PATCH}"
            problems += [replace(p, path=f"{here}.{p.path}") for p in error.problems]
    if problems:
        raise ScenarioError(problems)


def known_sources(folders: Iterable[Path]) -> frozenset[str]:
    """Keys of the bibliographies in these folders and of the shipped one."""
    keys: set[str] = set()
    for folder in {*folders, shipped_folder()}:
        bibliography = folder / BIBLIOGRAPHY
        if bibliography.is_file():
            keys.update(_BIB_KEY.findall(bibliography.read_text(encoding="utf-8")))
    return frozenset(keys)


def _words(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Collect the words that the world defines, for checking what decrees name."""

    def keys(*path: str) -> tuple[str, ...]:
        found = tree.at(path)
        return tuple(found.value) if found and isinstance(found.value, Mapping) else ()

    tags: set[str] = set()
    for name in keys("world", "offences"):
        found = tree.at(("world", "offences", name, "tags"))
        plain = found.plain() if found else []
        tags.update(map(str, plain if isinstance(plain, list) else [plain]))
    places = (*keys("world", "origins"), *keys("world", "exile", "destinations"))
    return {
        "offence": keys("world", "offences"),
        "tag": tuple(sorted(tags)),
        "camp": keys("world", "camps"),
        "origin": keys("world", "origins"),
        "residence": tuple(dict.fromkeys(places)),
        "health": keys("world", "health", "states"),
        "decree": keys("decrees"),
    }


def _unusable(world: World, key: str, decree: Decree) -> list[tuple[tuple[str, ...], str]]:
    """List what a decree asks of a world that does not model it."""
    found: list[tuple[tuple[str, ...], str]] = []
    here = ("decrees", key)
    if decree.release.exile and decree.release.exile.origin not in world.origins:
        found.append(((*here, "release", "exile", "origin"), "is no origin of this world"))
    if decree.release.exile and world.exile is None:
        found.append(((*here, "release", "exile"), "this world names no destinations of exile"))
    rules: list[tuple[tuple[str, ...], Predicate]] = [
        *(((*here, "clauses", name, "when"), c.when) for name, c in decree.clauses.items()),
        *(((*here, "exclude", name), e.when) for name, e in decree.exclude.items()),
    ]
    petty = any(offence.petty for offence in world.offences.values())
    for path, predicate in rules:
        for leaf in leaves(predicate):
            if isinstance(leaf, OneOf) and leaf.attribute == "gravity" and not petty:
                found.append((path, "this world says of no offence which share is petty"))
    return found


def _unknown_ranges(
    tree: Tree, assumptions: Mapping[str, RestsOn]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, entry in assumptions.items():
        if (entry.range_of is None) == (entry.instead is None):
            yield ("rests on", name), "give either 'range of' or 'instead'"
        elif entry.range_of is not None:
            path = entry.range_of.split(".")
            target = tree.at(path)
            value = target.value if target else None
            if target is None:
                yield ("rests on", name, "range of"), _no_such_path(tree, path)
            elif not (isinstance(value, Mapping) and {"value", "low", "high"} <= set(value)):
                message = f"{entry.range_of!r} names no value with a range ('low' and 'high')"
                yield ("rests on", name, "range of"), message


def _no_such_path(tree: Tree, path: list[str]) -> str:
    """Say at which key a path leaves the file."""
    known = 0
    while tree.at(path[: known + 1]) is not None:
        known += 1
    above = tree.at(path[:known])
    keys = list(above.value) if above is not None and isinstance(above.value, Mapping) else []
    where = f" under {dotted(path[:known])!r}" if known else ""
    return f"no key {path[known]!r}{where}: {nearest(path[known], keys)}"
