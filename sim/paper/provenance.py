"""What a scenario rests on, said in notes and by the marks of its column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.paper.results import Results
from sim.scenario.graded import ASSUMPTION, DERIVED

NOT_SAID = ("cases", "outcomes")
"""Parts of a decree that decide nothing."""


def sources_of(part: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keys of the sources that a part of a file names."""
    said = part.get("source", ())
    return tuple(map(str, said)) if isinstance(said, list | tuple) else (str(said),)


def outlets(part: Mapping[str, object]) -> set[str]:
    """Return who reported a part: several reports of one outlet are one."""
    named = (s for s in sources_of(part) if s not in (ASSUMPTION, DERIVED))
    return {source.split("-")[0] for source in named}


def decrees_of(results: Results, scenario: str) -> dict[str, Mapping[str, object]]:
    """Return the decrees of a scenario as plain data, by name."""
    return _mappings(results.scenarios[scenario].get("decrees"))


def rests_on(results: Results, scenario: str) -> Iterator[str]:
    """Say what is a rumour, inferred, or assumed in a policy, and who reported it."""
    for name, decree in decrees_of(results, scenario).items():
        marks = [f"{kind} {label!r} is {status}" for kind, label, status in _statuses(decree)]
        found = list(assumed(decree))
        if found:
            marks.append("assumed (grade C): " + ", ".join(found))
        said = f"{scenario}, decree {name}: source {', '.join(sources_of(decree))}"
        if len(outlets(decree)) == 1:
            said += " (one outlet)"
        yield "; ".join([said, *marks]) + "."


def column_marks(results: Results, scenario: str) -> tuple[str, ...]:
    """Return the marks of a scenario's column."""
    return marks_of(results.scenarios[scenario])


def marks_of(scenario: Mapping[str, object]) -> tuple[str, ...]:
    """Return the marks of a resolved scenario.

    One without decrees is marked by what its world assumes.
    """
    decrees = _mappings(scenario.get("decrees")).values()
    marks = set()
    if not decrees and any(assumed(scenario.get("world"))):
        marks.add("C")
    for decree in decrees:
        said = {status for _, _, status in _statuses(decree)} | {str(decree.get("status", ""))}
        marks |= {"C" for _ in assumed(decree)}
        marks |= {mark for mark, word in (("R", "rumoured"), ("I", "inferred")) if word in said}
        if len(outlets(decree)) == 1:
            marks.add("1")
    return tuple(mark for mark in ("C", "R", "I", "1") if mark in marks)


def _mappings(part: object) -> dict[str, Mapping[str, object]]:
    """Return the parts of a mapping that are mappings themselves."""
    if not isinstance(part, Mapping):
        return {}
    return {str(key): value for key, value in part.items() if isinstance(value, Mapping)}


def _statuses(decree: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    for kind, key in (("clause", "clauses"), ("exclusion", "exclude")):
        for label, part in _mappings(decree.get(key)).items():
            if part.get("status") in ("rumoured", "inferred"):
                yield kind, label, str(part["status"])


def assumed(part: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Name every part that says that it is grade C, as its file does."""
    if not isinstance(part, Mapping):
        return
    if part.get("grade") == "C":
        yield ".".join(path) or "the decree as a whole"
    for key, value in part.items():
        if key not in NOT_SAID:
            yield from assumed(value, (*path, str(key)))
