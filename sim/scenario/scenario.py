"""A scenario: a world plus zero or more decrees, read, checked and ready to run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sim.scenario.document import Document
from sim.scenario.law.decree import Decree
from sim.scenario.prisoners import Prisoners
from sim.scenario.problems import Problem, ScenarioError, dotted
from sim.scenario.tree import Tree
from sim.scenario.vocabulary import WITHOUT_EFFECT
from sim.scenario.world import World

CHANCE = 3
"""Standard deviations of a Poisson number within which a stock is in balance."""


@dataclass(frozen=True)
class Scenario:
    """A world plus zero or more decrees, checked and ready to run.

    ``name`` is the file's name without its ending; ``tree`` keeps the place of every leaf. A file
    of prisoners, or the world and decrees of the years before, stand beside it where it has them;
    such a past ends on the day ``ends_on``.
    """

    name: str
    document: Document
    tree: Tree
    sources: tuple[str, ...]
    prisoners: Prisoners | None = field(default=None, compare=False)
    past: Scenario | None = field(default=None, compare=False)
    ends_on: int | None = None

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
        return _hashed(deciding(self.resolved))

    @cached_property
    def world_address(self) -> str:
        """Hash of everything in the files that decides the world, order included."""
        return _hashed(deciding(self.resolved["world"]))

    @cached_property
    def rest_of_world_address(self) -> str:
        """Hash of the world but for its crackdowns, which change nothing before their day."""
        world = self.resolved["world"]
        assert isinstance(world, dict)
        return _hashed(deciding({k: v for k, v in world.items() if k != "crackdowns"}))

    @property
    def imbalance(self) -> str | None:
        """Say that a file's prisoners are not as many as the world's admissions keep."""
        if self.prisoners is None:
            return None
        count, kept = self.prisoners.count, self.world.held.value
        if abs(count - kept) <= CHANCE * max(kept, 1) ** 0.5:
            return None
        return (
            f"the file has {count} prisoners, the world's admissions keep {kept:g}: the stock will "
            "drift there, and nothing is scaled"
        )

    def problem(self, path: Sequence[str | int], message: str) -> ScenarioError:
        """Return an error located at a key path of this scenario's files."""
        here = self.tree.place(path)
        return ScenarioError([Problem(here.file, here.line, dotted(path), message)])


def _hashed(data: object) -> str:
    text = json.dumps(data, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def deciding(data: object) -> object:
    """Keep what can change a result: no titles, sources, ranges or cases."""
    if isinstance(data, dict):
        if "value" in data:
            return deciding(data["value"])
        return {k: deciding(v) for k, v in data.items() if k not in WITHOUT_EFFECT}
    if isinstance(data, list):
        return [deciding(v) for v in data]
    return data
