"""Files of reports: what was told of real pardons, and the scenarios with which it is compared.

A report says whom it counts (released, reduced, beneficiaries), where, and of how many. Like is
compared with like only; a report without anything alike says why, and is listed as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from sim.scenario.blocks import Block, at_least_one
from sim.scenario.contradictions import Found
from sim.scenario.document import located
from sim.scenario.graded import (
    Amount,
    Number,
    Status,
    check_range,
)
from sim.scenario.load import find, is_reports, known_sources, load, named_sources
from sim.scenario.problems import Problem, ScenarioError, dotted, nearest
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree
from sim.scenario.yaml_files import read_tree

Counted = Literal["released", "reduced", "beneficiaries"]
COUNTED: tuple[str, ...] = get_args(Counted)
EVERYWHERE = "all camps"


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


Names = Annotated[tuple[str, ...], BeforeValidator(at_least_one), BeforeValidator(_listed)]


class Whole(Block):
    """Of how many a report tells: those held there, or those who benefited."""

    what: Literal["held", "beneficiaries"] = "held"
    value: Amount
    low: Amount | None = None
    high: Amount | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _range_fits(self) -> Whole:
        check_range(self.value, self.low, self.high, None)
        if min(self.value, self.value if self.low is None else self.low) <= 0:
            raise ValueError("a share of nobody; expected a number above 0")
        return self


class Report(Number):
    """A number that was told of an event, and by whom.

    Beneficiaries are those released and those reduced, each once. `of` makes it a share.
    """

    counts: Counted
    covers: Names
    decree: Names | None = None
    of: Whole | None = None
    outlet: str
    status: Status | None = None
    conflicts_with: Names | None = Field(None, alias="conflicts with")
    not_compared: str | None = Field(None, alias="not compared")

    @model_validator(mode="after")
    def _has_something_alike(self) -> Report:
        if self.of is not None:
            if self.counts == self.of.what:
                raise ValueError(
                    "beneficiaries are all of the beneficiaries; expected another 'of'"
                )
            if self.value > self.of.value:
                raise ValueError(f"{self.value:g} of {self.of.value:g} is more than all of them")
        elif self.not_compared is None and self.covers != (EVERYWHERE,):
            raise ValueError(
                f"a count of some camps has nothing alike: give 'of', cover {EVERYWHERE!r}, or say "
                "why it is 'not compared'"
            )
        return self

    def bounds(self) -> tuple[float, float, float]:
        """Return the report's value, low and high: a share where it is one of some whole."""
        value, low, high = _ends(self)
        if self.of is None:
            return value, low, high
        whole, least, most = _ends(self.of)
        return value / whole, low / most, min(high / least, 1.0)


def _ends(one: Number | Whole) -> tuple[float, float, float]:
    return (
        one.value,
        one.value if one.low is None else one.low,
        one.value if one.high is None else one.high,
    )


class Told(Block):
    """A scenario with which reports are compared; `post hoc` says why it is no forecast."""

    file: str
    note: str | None = None
    post_hoc: str | None = Field(None, alias="post hoc")


class Event(Block):
    """A pardon, the scenarios that tell it, and what was reported of it."""

    note: str | None = None
    variants: Annotated[dict[str, Told], BeforeValidator(at_least_one)]
    reports: dict[str, Report] = Field(default_factory=dict)


class ReportsFile(Block):
    """A file of reports."""

    title: str
    note: str | None = None
    worlds: Names
    events: Annotated[dict[str, Event], BeforeValidator(at_least_one)]


@dataclass(frozen=True)
class Reports:
    """A file of reports, checked, with its scenarios in every world that it names.

    Attributes
    ----------
    scenarios
        By event, variant and world (the name of its file).
    worlds
        Names of the worlds, in the order of the file.
    plain
        The file as plain data.
    """

    name: str
    file: ReportsFile
    worlds: tuple[str, ...]
    scenarios: Mapping[tuple[str, str, str], Scenario]
    sources: tuple[str, ...]
    plain: Mapping[str, object]

    @property
    def title(self) -> str:
        """What the file is called in tables."""
        return self.file.title

    def report(self, event: str, name: str) -> Report:
        """Return a report of an event."""
        return self.file.events[event].reports[name]


def is_reports_file(path: str | Path) -> bool:
    """Tell whether a file is one of reports; False where it cannot be read."""
    try:
        return is_reports(read_tree(find(Path(path), Path()), []))
    except (ScenarioError, OSError):
        return False


def load_reports(path: str | Path) -> Reports:
    """Load and check a file of reports, and the scenarios that it names, in every world.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    file = find(Path(path), Path())
    found: list[Problem] = []
    tree = read_tree(file, found)
    sources = known_sources({file.parent})
    try:
        written = ReportsFile.model_validate(tree.plain(), context={"sources": sources})
    except ValidationError as error:
        raise ScenarioError([*found, *located(tree, error)]) from None
    worlds = {Path(name).stem: name for name in written.worlds}
    scenarios: dict[tuple[str, str, str], Scenario] = {}
    for event, one in written.events.items():
        for variant, told in one.variants.items():
            for world, named in worlds.items():
                where = ("events", event, "variants", variant, "file")
                scenario = _scenario(tree, where, told.file, named, found)
                if scenario is not None:
                    name = f"{world} {scenario.name}"
                    scenarios[event, variant, world] = replace(scenario, name=name)
    for path_of, message in _contradictions(written, scenarios):
        _tell(found, tree, path_of, message)
    if found:
        raise ScenarioError(found)
    return Reports(
        file.stem, written, tuple(worlds), scenarios, tuple(sorted(sources)), _plain(tree)
    )


def _plain(tree: Tree) -> Mapping[str, object]:
    plain = tree.plain()
    assert isinstance(plain, Mapping)
    return plain


def reports_from_plain(
    name: str, plain: Mapping[str, object], scenarios: Mapping[str, Scenario]
) -> Reports:
    """Make a file of reports again from its plain data and its scenarios by name.

    Its sources are taken as they are.

    Raises
    ------
    KeyError
        If a scenario is missing.
    ValueError
        If the data are no file of reports.
    """
    sources = named_sources(plain)
    written = ReportsFile.model_validate(plain, context={"sources": sources})
    worlds = tuple(Path(world).stem for world in written.worlds)
    found = {
        (event, variant, world): scenarios[f"{world} {Path(told.file).stem}"]
        for event, one in written.events.items()
        for variant, told in one.variants.items()
        for world in worlds
    }
    return Reports(name, written, worlds, found, tuple(sorted(sources)), plain)


def _tell(found: list[Problem], tree: Tree, path: Sequence[str | int], message: str) -> None:
    place = tree.place(path)
    found.append(Problem(place.file, place.line, dotted(path), message))


def _scenario(
    tree: Tree, where: tuple[str, ...], name: str, world: str, found: list[Problem]
) -> Scenario | None:
    """Load a variant in a world; None where that fails."""
    beside = Path(tree.file).parent
    target, of = find(Path(name), beside), find(Path(world), beside)
    for path, here, text in ((target, where, name), (of, ("worlds",), world)):
        if not path.is_file():
            message = f"no such file: {text!r}, neither beside this one nor shipped"
            _tell(found, tree, here, message)
            return None
    try:
        return load(target, world=of)
    except ScenarioError as error:
        found += error.problems
        return None


def _contradictions(
    written: ReportsFile, scenarios: Mapping[tuple[str, str, str], Scenario]
) -> Iterator[Found]:
    """List what no single value shows: names of decrees, of camps and of other reports."""
    camps = {camp for scenario in scenarios.values() for camp in scenario.world.camps}
    for event, one in written.events.items():
        ours = [scenario for key, scenario in scenarios.items() if key[0] == event]
        for name, report in one.reports.items():
            here = ("events", event, "reports", name)
            for other in report.conflicts_with or ():
                if other not in one.reports or other == name:
                    others = [known for known in one.reports if known != name]
                    message = f"no other report {other!r} of this event: {nearest(other, others)}"
                    yield (*here, "conflicts with"), message
            if report.not_compared is not None or not ours:
                continue
            for camp in report.covers:
                if camp not in camps | {EVERYWHERE}:
                    message = f"unknown camp {camp!r}: {nearest(camp, camps | {EVERYWHERE})}"
                    yield (*here, "covers"), message
            for decree in report.decree or ():
                for scenario in ours:
                    if decree not in scenario.decrees:
                        yield (
                            (*here, "decree"),
                            (
                                f"{scenario.name} has no decree {decree!r}: "
                                f"{nearest(decree, scenario.decrees)}"
                            ),
                        )
