"""A whole file after merging, and what is wrong with it: all of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import TypeVar

from pydantic import Field, ValidationError

from sim.scenario.blocks import Block
from sim.scenario.contradictions import Sound, contradictions
from sim.scenario.graded import Day
from sim.scenario.law.decree import Decree
from sim.scenario.problems import Problem, dotted
from sim.scenario.rests_on import RestsOn
from sim.scenario.tree import Tree
from sim.scenario.vocabulary import words_of_world
from sim.scenario.world import World

Part = TypeVar("Part", bound=Block)
Context = dict[str, object]


class Document(Block):
    """A whole file after merging."""

    title: str
    note: str | None = None
    extends: str | None = None
    world: World
    decrees: dict[str, Decree] = Field(default_factory=dict)
    measured_from: Day | None = Field(None, alias="measured from")
    rests_on: dict[str, RestsOn] = Field(default_factory=dict, alias="rests on")


def read_document(tree: Tree, sources: Collection[str]) -> tuple[Document | None, list[Problem]]:
    """Read a merged tree.

    Returns
    -------
    tuple
        The document, None where it cannot be read, and everything found wrong.
    """
    words = words_of_world(tree)
    context: Context = {"words": words, "sources": sources}
    document, problems = None, []
    try:
        document = Document.model_validate(tree.plain(), context=context)
        sound = Sound(document.world, document.decrees, document.rests_on)
    except ValidationError as error:
        problems = located(tree, error)
        sound = _sound_parts(tree, context)
    for path, message in contradictions(tree, words, sound):
        place = tree.place(path)
        problems.append(Problem(place.file, place.line, dotted(path), message))
    return (None if problems else document), problems


def located(tree: Tree, error: ValidationError) -> list[Problem]:
    """Return what pydantic found wrong as problems with file, line and key path."""
    problems = []
    for line in error.errors(include_url=False):
        path = _path_in_file(tree, line["loc"])
        place, message = tree.place(path), line["msg"]
        if path == ("world",) and tree.at(path) is None:
            message += ": give 'extends: dprk.yaml', or a world of your own"
        problems.append(Problem(place.file, place.line, dotted(path), message))
    return _misspelt(tree, problems)


def _misspelt(tree: Tree, problems: list[Problem]) -> list[Problem]:
    """Tell a misspelt decree or part of one once, where it only lacks what a new one needs."""
    told = list(problems)
    for path in _names_of_parts(tree):
        own = [one for one in told if one.path.startswith(dotted(path) + ".")]
        lacks = [one.message.split("'")[1] for one in own if one.message.endswith("' is missing")]
        above = tree.at(path[:-1])
        assert above is not None
        assert isinstance(above.value, Mapping)
        here = tree.place(path)
        close = get_close_matches(path[-1], [n for n in above.value if n != path[-1]], n=1)
        if own and len(lacks) == len(own) and close:
            message = f"is new and lacks {', '.join(map(repr, lacks))}: did you mean {close[0]!r}?"
            told = [one for one in told if one not in own]
            told.append(Problem(here.file, here.line, dotted(path), message))
    return told


def _names_of_parts(tree: Tree) -> Iterator[tuple[str, ...]]:
    """List the paths of decrees, and of their clauses and exclusions."""
    decrees = tree.at(("decrees",))
    for name, decree in (
        decrees.value.items() if decrees and isinstance(decrees.value, Mapping) else ()
    ):
        yield "decrees", name
        for part in ("clauses", "exclude"):
            found = decree.at((part,))
            if found is not None and isinstance(found.value, Mapping):
                yield from (("decrees", name, part, key) for key in found.value)


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


def _sound_parts(tree: Tree, context: Context) -> Sound:
    """Read what can be read of a file with mistakes, so that all of them are told at once."""
    world = None
    with suppress(ValidationError):
        there = tree.at(("world",))
        world = World.model_validate(there.plain() if there else None, context=context)
    decrees = _sound_entries(tree.at(("decrees",)), Decree, context)
    return Sound(world, decrees, _sound_entries(tree.at(("rests on",)), RestsOn, context))


def _sound_entries(above: Tree | None, kind: type[Part], context: Context) -> dict[str, Part]:
    sound = {}
    if above is not None and isinstance(above.value, Mapping):
        for name, child in above.value.items():
            with suppress(ValidationError):
                sound[name] = kind.model_validate(child.plain(), context=context)
    return sound
