"""What differs between two scenarios: in words, by value, and from which day on.

Decrees are compared sentence by sentence, in the words of `sim.scenario.words.decree`. What these
words do not tell, such as the order of clauses, and all of a world, is compared by key path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sim.scenario.first_difference import first_difference_day
from sim.scenario.scenario import Scenario, deciding
from sim.scenario.sweeps.axes import flat
from sim.scenario.words.decree import STAGES, Statement, decree_in_words
from sim.scenario.words.phrases import day, sentence

WORLD = "The world"
BY_PATH = "By key"
ABSENT = "absent"
FIRST = "the first file"


@dataclass(frozen=True)
class Change:
    """One thing that two scenarios say differently.

    Attributes
    ----------
    decree
        The decree in which it stands; None outside decrees.
    stage
        Its heading: a stage of a decree, or the world.
    about
        The part of the decree, or a key path.
    one, other
        What each of the two says; empty where it says nothing.
    """

    decree: str | None
    stage: str
    about: str
    one: str
    other: str


@dataclass(frozen=True)
class Difference:
    """What differs between two scenarios.

    ``first_day`` is the first day on which they can differ in a result; None if on none.
    """

    one: str
    other: str
    changes: tuple[Change, ...]
    first_day: date | None
    other_world: bool

    def as_json(self) -> dict[str, object]:
        """Return the difference as plain data."""
        first = self.first_day.isoformat() if self.first_day else None
        return {"differs": [asdict(change) for change in self.changes], "first_day": first}

    def in_words(self) -> str:
        """Write the difference as text, stage by stage."""
        lines, decree, stage = [], None, None
        for change in self.changes:
            if (change.decree, change.stage) != (decree, stage):
                decree, stage = change.decree, change.stage
                lines += ["", f"{stage}, in “{decree}”" if decree else stage]
            if change.stage in (WORLD, BY_PATH):
                values = f"{change.one} in {self.one}, {change.other} in {self.other}"
                lines.append(f"  {change.about}: {values}")
                continue
            lines += [f"  {self.one}: {change.one}"] if change.one else []
            lines += [f"  {self.other}: {change.other}"] if change.other else []
        said = self._verdict()
        return "\n".join([sentence(said) if said.startswith(FIRST) else said, *lines])

    def _verdict(self) -> str:
        two = f"{self.one} and {self.other}"  # a name keeps its small letter
        if not self.changes:
            return f"{two} are the same."
        if self.first_day is None:
            same = f"{two} are identical, person by person, on every day"
            return f"{same}; what differs changes no result."
        first = day(self.first_day)
        if self.other_world:
            return f"The worlds of {two} differ: results can differ from day 0 on, {first}."
        same = f"{two} are identical, person by person, before {first}"
        return f"{same}: on that day they can differ for the first time."


def difference(one: Scenario, other: Scenario) -> Difference:
    """Compare two scenarios; titles, cases and what they rest on are left out.

    Parameters
    ----------
    one, other
        The scenarios. Dates of a result are those of the first one's world.
    """
    first = first_difference_day(one, other)
    names = [one.name, other.name]
    if names[0] == names[1]:
        names = [FIRST, "the second file"]
    return Difference(
        names[0],
        names[1],
        changes=(*changes_in_words(one, other), *_values(one, other)),
        first_day=None if first is None else one.world.start + timedelta(days=first),
        other_world=one.world_address != other.world_address and first == 0,
    )


def changes_in_words(one: Scenario, other: Scenario) -> tuple[Change, ...]:
    """List the sentences on decrees that differ, in the order of the stages.

    How comparisons are read, and what holds of every decree of several clauses, is left out.
    """
    found: list[Change] = []
    for name in dict.fromkeys((*one.decrees, *other.decrees)):
        sides = [
            {(s.stage, s.about): s for s in decree_in_words(scenario, name) if not s.general}
            if name in scenario.decrees
            else {}
            for scenario in (one, other)
        ]
        keys = dict.fromkeys((*sides[0], *sides[1]))
        for stage, about in sorted(keys, key=lambda key: STAGES.index(key[0])):
            said, instead = (_own(sides[i], sides[1 - i], (stage, about)) for i in (0, 1))
            if said or instead:
                found.append(Change(name, stage, about, said, instead))
    return tuple(found)


_Sides = Mapping[tuple[str, str], Statement]


def _own(one: _Sides, other: _Sides, key: tuple[str, str]) -> str:
    """Return the sentences on a part that only one of two decrees says."""
    sentences = one[key].sentences if key in one else ()
    known = other[key].sentences if key in other else ()
    return " ".join(text for text in sentences if text not in known)


def _values(one: Scenario, other: Scenario) -> Iterator[Change]:
    """List differences of the world, and those that change a result but no sentence."""
    a, b = one.resolved, other.resolved
    for path, old, new in unlike(a["world"], b["world"], "world"):
        yield Change(None, WORLD, path, old, new)
    if one.document.measured_from != other.document.measured_from:
        yield Change(None, BY_PATH, "measured from", _measured(one), _measured(other))
    for name in one.decrees:
        if name in other.decrees and not _told(one, other, name):
            sides = [deciding(x.decrees[name].model_dump(by_alias=True)) for x in (one, other)]
            for path, old, new in unlike(sides[0], sides[1], f"decrees.{name}"):
                yield Change(name, BY_PATH, path, old, new)


def _told(one: Scenario, other: Scenario, name: str) -> bool:
    return any(change.decree == name for change in changes_in_words(one, other))


def _measured(scenario: Scenario) -> str:
    first = scenario.document.measured_from
    return first.isoformat() if first else ABSENT


def unlike(one: object, other: object, path: str) -> Iterator[tuple[str, str, str]]:
    """Walk two pieces of plain data; yield the path, old and new value of what differs.

    A key that only one of them has counts as one difference; so does another order of keys.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            below = path if key == "value" else f"{path}.{key}"
            if key in one and key in other:
                yield from unlike(one[key], other[key], below)
            else:
                yield below, _written(one, key), _written(other, key)
        orders = [[k for k in one if k in other], [k for k in other if k in one]]
        if orders[0] != orders[1]:
            first, second = (f"in the order {', '.join(order)}" for order in orders)
            yield path, first, second
    elif one != other:
        yield path, flat(one), flat(other)


def _written(side: dict[str, object], key: str) -> str:
    return flat(side[key]) if key in side else ABSENT
