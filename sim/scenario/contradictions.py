"""What is wrong with a file that no single value shows: sums, dates, names, what a world lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sim.scenario.impossible_worlds import world_problems
from sim.scenario.law.dates import Offset
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import OneOf, leaves
from sim.scenario.lengths import read_date, read_share
from sim.scenario.pending import wrong_before_judgment
from sim.scenario.problems import dotted, nearest
from sim.scenario.rests_on import RestsOn
from sim.scenario.tree import Tree
from sim.scenario.vocabulary import NAMED, WITHOUT_EFFECT, Words
from sim.scenario.world import World

Path = tuple[str | int, ...]
Found = tuple[Path, str]
"""A key path and what is wrong there."""

SUM_TOLERANCE = 1e-9
SUMS_TO_ONE: dict[tuple[str, ...], tuple[str, ...]] = {
    ("world", "offences"): ("share",),
    ("world", "origins"): ("share",),
    ("world", "ages at offence"): (),
    ("world", "health", "states"): ("share",),
    ("world", "exile", "destinations"): (),
}
"""Where shares must sum to 1, and where in an entry the share stands."""
FIRST_START = date(1600, 1, 1)


@dataclass(frozen=True)
class Sound:
    """The parts of a file that are sound by themselves."""

    world: World | None
    decrees: Mapping[str, Decree]
    rests_on: Mapping[str, RestsOn]


def contradictions(tree: Tree, words: Words, sound: Sound) -> Iterator[Found]:
    """List what no single value shows."""
    yield from _wrong_sums(tree)
    yield from _reserved_names(tree)
    if sound.world is not None and sound.world.start < FIRST_START:
        yield ("world", "start"), f"the calendar is reckoned from {FIRST_START} on"
    if sound.world is not None:
        for path, message in world_problems(sound.world):
            yield ("world", *path), message
    for name in words["decree"]:
        yield from _dates_out_of_order(tree, name)
    judged = sound.world.before_judgment if sound.world is not None else None
    known = tree.at(("world", "before judgment")) is not None
    for name, decree in sound.decrees.items():
        yield from _unusable(tree, words, name, decree)
        for at, message in wrong_before_judgment(decree, judged, known=known):
            yield ("decrees", name, *at), message
    yield from _unknown_ranges(tree, sound.rests_on)


def _wrong_sums(tree: Tree) -> Iterator[Found]:
    for path, shares in summing(tree.at(("world",))).items():
        entries = tree.at(path)
        if entries is None or not isinstance(entries.value, Mapping):
            continue
        with suppress(ValueError):
            leaves_of = [entry.at((*shares, "value")) for entry in entries.value.values()]
            total = sum(read_share(leaf.plain() if leaf else None) for leaf in leaves_of)
            if abs(float(total) - 1) > SUM_TOLERANCE:
                yield path, f"the shares sum to {float(total):.6g}; they must sum to 1"


def _reserved_names(tree: Tree) -> Iterator[Found]:
    """List names that the language itself uses for what has no effect on a result."""
    named = [("world", *path) for path in NAMED]
    decrees = tree.at(("decrees",))
    if decrees is not None and isinstance(decrees.value, Mapping):
        named.append(("decrees",))
        named += [("decrees", d, part) for d in decrees.value for part in ("clauses", "exclude")]
    for path in named:
        found = tree.at(path)
        if found is not None and isinstance(found.value, Mapping):
            for name in found.value:
                if name in (*WITHOUT_EFFECT, "value"):
                    yield (*path, name), f"{name!r} is a key of the language; choose another name"


def _dates_out_of_order(tree: Tree, decree: str) -> Iterator[Found]:
    """List dates of a decree against each other and against the world's horizon."""
    start = _date_at(tree, ("world", "start")) or date.min
    end = _date_at(tree, ("world", "end")) or date.max
    known: list[tuple[Path, date]] = []
    for key in ("ordered", "lists_due", "granted"):
        path: Path = ("decrees", decree, key)
        day = _date_at(tree, path) or _date_at(tree, (*path, "value"))
        if day is not None:
            known.append((path, day))
    for (first, one), (second, other) in pairwise(known):
        if other < one:
            # Blame what the file at hand says, not what it extends.
            if tree.place((*first, "value")).file == tree.file != tree.place(second).file:
                yield first, f"{one} lies after {second[-1]!r}, {other}"
            else:
                yield second, f"{other} lies before {first[-1]!r}, {one}"
    known += _days_named(tree, decree)
    thresholds = ("decrees", decree, "thresholds_on")
    if (day := _date_at(tree, thresholds)) is not None:
        known.append((thresholds, day))
    for path, day in known:
        if day < start:
            yield path, f"{day} lies before the start of the world, {start}"
        elif day >= end:
            yield path, f"{day} does not lie before the world's end, {end}"


def _days_named(tree: Tree, decree: str) -> Iterator[tuple[Path, date]]:
    """List the ends of a grant by chance and of the time in which a decree is in force."""
    for parts in (("granted", "random", 0), ("granted", "random", 1),
                  ("in force", "from"), ("in force", "to")):  # fmt: skip
        path: Path = ("decrees", decree, *parts)
        day = _date_at(tree, path) or _date_at(tree, (*path, "value"))
        if day is not None:
            yield path, day


def _date_at(tree: Tree, path: Path) -> date | None:
    leaf = tree.at(path)
    with suppress(ValueError):
        return read_date(leaf.value) if leaf is not None else None
    return None


def _unusable(tree: Tree, words: Words, name: str, decree: Decree) -> Iterator[Found]:
    """List what a decree asks of a world that does not model it."""
    here = ("decrees", name)
    if exile := decree.release.exile:
        if exile.origin not in words["origin"]:
            known = nearest(exile.origin, words["origin"])
            message = f"{exile.origin!r} is no origin of this world: {known}"
            yield (*here, "release", "exile", "origin"), message
        if tree.at(("world", "exile")) is None:
            message = "this world names no destinations of exile"
            yield (*here, "release", "exile"), message
    granted, start = decree.first_grant, _date_at(tree, ("world", "start"))
    for key, day in (("ordered", decree.ordered), ("lists_due", decree.lists_due)):
        counted = day is not None and isinstance(day.value, Offset)
        if day is not None and counted and granted is not None and start is not None:
            before = (start - day.day(granted)).days
            if before > 0:
                yield (*here, key), f"lies {before} days before the start of the world, {start}"
    if decree.cap.value is not None and decree.cap.value.of == "capacity":
        occupancy = tree.at(("world", "occupancy", "value"))
        if occupancy is not None and occupancy.value == 0:
            yield (*here, "cap"), "this world's occupancy is 0, so it has no capacity"
    offences = [("world", "offences", offence) for offence in words["offence"]]
    if any(tree.at((*offence, "petty")) for offence in offences):
        return
    for path, predicate in decree.conditions():
        if any(isinstance(x, OneOf) and x.attribute == "gravity" for x in leaves(predicate)):
            yield (*here, *path), "this world says of no offence which share is petty"


def _unknown_ranges(tree: Tree, assumptions: Mapping[str, RestsOn]) -> Iterator[Found]:
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


def summing(world: Tree | None) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return where shares must sum to 1 and where the share stands, those of flags included."""
    found = dict(SUMS_TO_ONE)
    flags = world.at(("flags",)) if world is not None else None
    for path, _ in flags.mappings() if flags is not None else ():
        if path[-1:] == ("shares",):
            found["world", "flags", *path] = ()
    return found
