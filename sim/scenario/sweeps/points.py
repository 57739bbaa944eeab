"""Variants of one scenario: a grid over key paths, or changes laid over its merged file.

All points are built and checked, and the mistakes of all of them told, before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from pathlib import Path

from sim.scenario.load import build
from sim.scenario.problems import Problem, ScenarioError, nearest
from sim.scenario.scenario import Scenario
from sim.scenario.sweeps.axes import (
    CHANGEABLE,
    OPTION,
    Axis,
    astray,
    fit,
    in_label,
    last_keys,
    lay,
    placed,
)
from sim.scenario.sweeps.labels import in_words
from sim.scenario.tree import Tree, merged

MOST_POINTS = 10_000


@dataclass(frozen=True)
class Variant:
    """A scenario changed in some places.

    ``label`` is unique in its sweep and fit for a file name; ``scenario`` has it as its name.
    ``coordinates`` are key paths with the values written there, empty for a named variant.
    Cases and ``rests on`` of the scenario that is swept are left out: they tell what held before
    the change.
    """

    label: str
    coordinates: tuple[tuple[str, str], ...]
    scenario: Scenario
    note: str | None = None


def grid(
    scenario: Scenario, axes: Sequence[Axis], *, taken: Iterable[str] = ()
) -> list[Variant]:  # fmt: skip
    """Cross axes over a scenario; the last axis varies fastest.

    Where a graded value stands, ``value`` is replaced; source, grade and range stay. A path that
    the file does not have is taken where the language allows it.

    Parameters
    ----------
    taken
        Names that no label may have, such as that of the baseline.

    Returns
    -------
    list of Variant
        One for each point; none without axes.

    Raises
    ------
    ScenarioError
        With the mistakes of all points.
    """
    mark = str(Path(scenario.tree.file).parent / OPTION)  # sources are looked up beside the file
    here = [
        Axis(axis.path, tuple((text, placed(leaf, mark)) for text, leaf in axis.points))
        for axis in axes
    ]
    making = Making(scenario, mark, list(taken))
    variants = making.grid(here, "")
    making.finish()
    return variants


def paired(variants: Sequence[Variant], baseline: Scenario) -> list[Scenario]:
    """Give each variant the baseline of its own world.

    Parameters
    ----------
    baseline
        A scenario of the world that is swept. What a variant changes in the world is changed in
        its baseline too; variants of one world share one.

    Returns
    -------
    list of Scenario
        One for each variant, in order: `baseline` itself where the world is unchanged.

    Raises
    ------
    ScenarioError
        If the baseline's decrees do not fit a changed world.
    """
    known, problems = {baseline.world_address: baseline}, []
    for variant in variants:
        address = variant.scenario.world_address
        if address in known:
            continue
        world = variant.scenario.tree.at(("world",))
        assert world is not None
        assert isinstance(baseline.tree.value, Mapping)
        tree = Tree({**baseline.tree.value, "world": world}, baseline.tree.file, 1)
        try:
            known[address] = build(f"{baseline.name} ({variant.label})", _without_cases(tree, ""))
        except ScenarioError as error:
            problems += [_so_with(p, [variant.label]) for p in error.problems]
    if problems:
        raise ScenarioError(problems)
    return [known[variant.scenario.world_address] for variant in variants]


def repeated(scenario: Scenario, variants: Iterable[Variant]) -> list[tuple[str, str]]:
    """List variants that ask nothing new: label, and what asks the same before it.

    The scenario that is swept counts as the first. Two are the same if their files decide the
    same (``Scenario.address``); ``70%`` and ``7/10`` are told apart, though their results agree.
    """
    first: dict[str, str] = {scenario.address: scenario.name}
    same = []
    for variant in variants:
        known = first.setdefault(variant.scenario.address, variant.label)
        if known != variant.label:
            same.append((variant.label, known))
    return same


@dataclass
class Making:
    """Builds variants of one scenario and keeps their mistakes.

    What they change stands in the file `mark`; `taken` are labels not to be given again.
    """

    scenario: Scenario
    mark: str
    taken: list[str]
    found: list[Problem] = field(default_factory=list)
    elsewhere: dict[Problem, list[str]] = field(default_factory=dict)

    def changed(self, name: str, patch: Tree, note: str | None, above: str) -> list[Variant]:
        """Build the variant that lays a patch over the scenario; none if it has mistakes."""
        label, problems = self._label(name), list[Problem]()
        assert isinstance(patch.value, Mapping)
        for key, child in patch.value.items():
            if key not in CHANGEABLE:
                message = f"unknown key {key!r}: {nearest(key, CHANGEABLE)}"
                problems.append(Problem(child.file, child.line, key, message))
        tree = merged(self.scenario.tree, patch, problems)
        scenario = self._build(label, tree, problems, above)
        return [] if scenario is None else [Variant(label, (), scenario, note)]

    def grid(self, axes: Sequence[Axis], above: str) -> list[Variant]:
        """Build the points of a grid."""
        problems = list(astray(self.scenario.tree, axes))
        lost = {problem.path for problem in problems}
        axes = [axis for axis in axes if axis.name not in lost]  # the others have mistakes too
        points = prod(len(axis.points) for axis in axes)
        if points > MOST_POINTS:
            problems.append(axes[0].problem(f"a grid of {points} points; at most {MOST_POINTS}"))
        self._note(problems, "", above)
        if points > MOST_POINTS or not axes:
            return []
        names, short, made = [axis.name for axis in axes], last_keys(axes), []
        for point in product(*(axis.points for axis in axes)):
            texts = [text for text, _ in point]
            said = [
                in_words(path, in_label(text, leaf), leaf)
                for path, (text, leaf) in zip(short, point, strict=True)
            ]
            label = self._label(", ".join(said))
            changed = self.scenario.tree
            for axis, (_, leaf) in zip(axes, point, strict=True):
                changed = lay(changed, axis.path, leaf)
            scenario = self._build(label, changed, [], above)
            if scenario is not None:
                made.append(Variant(label, tuple(zip(names, texts, strict=True)), scenario))
        return made

    def finish(self) -> None:
        """Raise what was found."""
        problems = [*self.found, *(_so_with(p, labels) for p, labels in self.elsewhere.items())]
        if problems:
            raise ScenarioError(problems)

    def _label(self, text: str) -> str:
        label = fit(text, [self.scenario.name, *self.taken])
        self.taken.append(label)
        return label

    def _build(
        self, label: str, changed: Tree, problems: list[Problem], above: str
    ) -> Scenario | None:
        title = Tree(f"{self.scenario.title}: {label}", self.mark, 0)
        assert isinstance(changed.value, Mapping)
        tree = Tree({**changed.value, "title": title}, changed.file, changed.line)
        try:
            return build(label, _without_cases(tree, self.mark), problems)
        except ScenarioError as error:
            self._note(error.problems, label, above)
            return None

    def _note(self, problems: Iterable[Problem], label: str, above: str) -> None:
        for p in problems:
            if p.file != self.mark:
                self.elsewhere.setdefault(p, []).append(label)
            elif Path(self.mark).name == OPTION:
                self.found.append(replace(p, file=OPTION))
            else:
                self.found.append(replace(p, path=above + p.path))


def _so_with(problem: Problem, labels: Sequence[str]) -> Problem:
    """Say which variants bring about a mistake that stands in a file they do not write."""
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    return replace(problem, message=f"{problem.message} (with {labels[0]!r}{more})")


def _without_cases(tree: Tree, mark: str) -> Tree:
    """Leave out ``rests on``, and the cases that do not stand in the file `mark`."""
    assert isinstance(tree.value, Mapping)
    kept = {key: child for key, child in tree.value.items() if key != "rests on"}
    decrees = kept.get("decrees")
    if decrees is not None and isinstance(decrees.value, Mapping):
        own = {name: _own_cases(decree, mark) for name, decree in decrees.value.items()}
        kept["decrees"] = Tree(own, decrees.file, decrees.line)
    return Tree(kept, tree.file, tree.line)


def _own_cases(decree: Tree, mark: str) -> Tree:
    cases = decree.at(("cases",))
    if cases is None or not isinstance(cases.value, Mapping):
        return decree
    assert isinstance(decree.value, Mapping)
    own = {name: case for name, case in cases.value.items() if case.file == mark}
    rest = {key: child for key, child in decree.value.items() if key != "cases"}
    if own:
        rest["cases"] = Tree(own, cases.file, cases.line)
    return Tree(rest, decree.file, decree.line)
