"""The parameter table: every graded value of scenarios with its range, grade and sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.paper.bibliography import Reference, named
from sim.paper.provenance import NOT_SAID, sources_of
from sim.paper.table import Cell, Column, Panel, Row, Table

Plain = Mapping[str, object]
GENERAL = "general"
GRADES = "Grades: A reported, B derived from reports, C assumed; the worse of two."


@dataclass(frozen=True)
class Graded:
    """A part of a resolved scenario that is written with ``value``, and where it stands."""

    path: tuple[str | int, ...]
    entry: Plain
    grade: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """A graded value of a file, at the path of its section and the path within it."""

    section: str
    path: tuple[str, ...]
    value: str
    range: str
    unit: str
    grade: str
    sources: tuple[str, ...]


def parameters_table(
    scenarios: Mapping[str, Plain], known: Mapping[str, Reference], *, name: str = "parameters"
) -> Table:
    """Build the table of all graded values of scenarios, by section.

    What several places of a section share stands once; worlds that scenarios share, too.

    Parameters
    ----------
    scenarios
        Resolved files as plain data, by name.
    known
        The bibliography.
    """
    found: dict[Value, None] = {}
    several = len({repr(one.get("world")) for one in scenarios.values()}) > 1
    shared = _shared(scenarios)
    for label, scenario in scenarios.items():
        found |= dict.fromkeys(_of(scenario, label, shared, several=several))
    panels = [
        Panel(section, tuple(_rows([v for v in found if v.section == section], known)))
        for section in dict.fromkeys(one.section for one in found)
    ]
    columns = [Column(name, words=True) for name in ("value", "range", "unit", "grade", "sources")]
    return Table(
        name, "Parameters: " + ", ".join(scenarios), tuple(columns), tuple(panels),
        notes=(GRADES,), stub="parameter", long=True,
    )  # fmt: skip


def _shared(scenarios: Mapping[str, Plain]) -> frozenset[str]:
    """Name the decrees that are one in all scenarios that have them."""
    found: dict[str, set[str]] = {}
    for scenario in scenarios.values():
        decrees = scenario.get("decrees")
        for name, decree in decrees.items() if isinstance(decrees, Mapping) else ():
            found.setdefault(str(name), set()).add(repr(decree))
    return frozenset(name for name, texts in found.items() if len(texts) == 1)


def _of(scenario: Plain, label: str, shared: frozenset[str], *, several: bool) -> Iterator[Value]:
    for part in graded_parts(scenario):
        top, name, *_ = *part.path, ""
        if top == "world":
            own = scenario["world"]
            inner = own[name] if isinstance(own, Mapping) else None
            nested = not (isinstance(inner, Mapping) and "value" in inner)
            section = f"{label}, " if several else ""
            section += str(name) if nested else GENERAL
            path = part.path[2 if nested else 1 :]
        else:
            section = f"{'' if name in shared else f'{label}, '}decree {name}"
            path = part.path[2:]
        words = tuple(str(key + 1) if isinstance(key, int) else key for key in path)
        yield Value(
            section, words, written(part.entry["value"]), written_range(part.entry),
            str(part.entry.get("unit", "")), part.grade, part.sources,
        )  # fmt: skip


def graded_parts(scenario: Plain) -> Iterator[Graded]:
    """Walk the values of a resolved scenario that are written with ``value``, in file order.

    Those without sources or a grade have those of the part around them.
    """
    for top in ("world", "decrees"):
        yield from _walk(scenario.get(top), (top,), (), "")


def _walk(
    part: object, path: tuple[str | int, ...], sources: tuple[str, ...], grade: str
) -> Iterator[Graded]:
    if isinstance(part, list):
        for number, child in enumerate(part):
            yield from _walk(child, (*path, number), sources, grade)
    if not isinstance(part, Mapping):
        return
    sources, grade = sources_of(part) or sources, str(part.get("grade", grade))
    if "value" in part:
        yield Graded(path, part, grade, sources)
        return
    for key, child in part.items():
        if key not in NOT_SAID:
            yield from _walk(child, (*path, str(key)), sources, grade)


def written(value: object) -> str:
    """Write a value as its file does, thousands separated."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}".replace("-", "\N{MINUS SIGN}")


def written_range(part: Plain) -> str:
    """Write the range of a value, or the dates between which it lies; empty if it has none."""
    between = part.get("between")
    low, high = between if isinstance(between, list) and len(between) == 2 else (
        part.get("low"), part.get("high")
    )  # fmt: skip
    if low is None or high is None:
        return ""
    return f"{written(low)} to {written(high)}"


def _rows(values: Sequence[Value], known: Mapping[str, Reference]) -> Iterator[Row]:
    """Write the values of a section, those that are the same but for where they stand as one."""
    groups: dict[object, list[Value]] = {}
    for one in values:
        # "shape" of every offence is one statement; "low" of two camps is not.
        key = (one.path[1:], one.value, one.range, one.unit, one.grade, one.sources)
        groups.setdefault(key if len(one.path) > 1 else one, []).append(one)
    owners = {one.path[0] for one in values if one.path}
    for group in groups.values():
        one = group[0]
        cells = [one.value, one.range, one.unit, one.grade]
        source = Cell(words=named(one.sources, known), keys=one.sources)
        label = _label([value.path for value in group], len(owners))
        yield Row(label, (*(Cell(words=text) for text in cells), source))


def _label(paths: Sequence[tuple[str, ...]], owners: int) -> str:
    if len(paths) == 1:
        return ", ".join(paths[0]) or "value"
    rest = ", ".join(paths[0][1:])
    first = list(dict.fromkeys(path[0] for path in paths))
    return f"{rest}: {'each' if len(first) == owners else ', '.join(first)}"
