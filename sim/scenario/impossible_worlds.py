"""Worlds whose parts contradict one another: what no single value shows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise

from sim.scenario.flags import flag_problems
from sim.scenario.health import health_problems
from sim.scenario.offences import Placed
from sim.scenario.problems import nearest
from sim.scenario.world import EXECUTIONS, OLDEST, World

Problems = list[tuple[tuple[str, ...], str]]
"""Paths below the world, and messages."""


def world_problems(world: World) -> Problems:
    """List what no single value shows: paths and messages."""
    found: Problems = []
    if world.end <= world.start:
        found.append((("end",), f"must come after the start, {world.start}"))
    found += _final_problems(world)
    if world.occupancy.value == 0:
        found.append((("occupancy",), "nobody in a place: there would be no end of places"))
    for key in ("camps", "offences", "origins"):
        if not getattr(world, key):
            found.append(((key,), "names nothing; expected at least one"))
    parts: list[tuple[str, Mapping[str, Placed]]] = [
        ("origins", world.origins), ("offences", world.offences),
    ]  # fmt: skip
    for key, entries in parts:
        for name, entry in entries.items():
            for camp in entry.by_camp:
                if camp not in world.camps:
                    message = f"unknown camp {camp!r}: {nearest(camp, world.camps)}"
                    found.append(((key, name, "by camp", camp), message))
    for key, said in (
        ("release point", world.release_point), ("before judgment", world.before_judgment),
    ):  # fmt: skip
        if world.stock is not None and said:
            message = "cannot be solved for a stock that is stated or left by decrees"
            found.append(((key,), message))
    found += _execution_problems(world)
    found += _part_problems(world) + _age_problems(world) + _crackdown_problems(world)
    found += _health_problems(world)
    return found + flag_problems(world.flags)


def _execution_problems(world: World) -> Problems:
    if world.executions is None:
        sentenced = [name for name, offence in world.offences.items() if offence.death]
        message = f"needs {EXECUTIONS}, 0 where none are carried out"
        return [(("offences", name, "death"), message) for name in sentenced]
    rate = world.executions.per_year
    if world.before_judgment is not None and max(rate.value, rate.high or 0) > 0:
        message = ("cannot be solved for a world with 'before judgment', in which nobody is "
                   "executed: say 0, or leave one of them out")  # fmt: skip
        return [(("executions", "per year"), message)]
    return []


def _health_problems(world: World) -> Problems:
    found = [(("health", *path), message) for path, message in health_problems(world.health)]
    if not world.health.in_custody:
        return found
    if world.deaths.by_age:
        message = "cannot be solved where health changes in custody; leave one of them out"
        found.append((("deaths", "in custody by age"), message))
    if world.stock is not None and world.stock.snapshot is not None:
        message = ("a file of prisoners does not say since when they are ill: leave 'in "
                   "custody' of 'health' out")  # fmt: skip
        found.append((("stock",), message))
    return found


def _part_problems(world: World) -> Problems:
    return [
        (("offences", name, "tried with", other),
         f"unknown offence {other!r}: {nearest(other, world.offences)}")
        for name, offence in world.offences.items()
        for other in offence.tried_with
        if other not in world.offences
    ]  # fmt: skip


def _final_problems(world: World) -> Problems:
    final = world.final_to_admission
    if final is None:
        return []
    message = ""
    if world.before_judgment is not None:
        message = "'before judgment' says when a sentence becomes final; leave one of them out"
    elif final.value > world.offence_to_admission.value:
        message = "the sentence is not final before the offence"
    return [(("final sentence to admission",), message)] if message else []


def _crackdown_problems(world: World) -> Problems:
    found: Problems = []
    for name, one in world.crackdowns.items():
        here = ("crackdowns", name)
        for offence in one.offences:
            if offence not in world.offences:
                message = f"unknown offence {offence!r}: {nearest(offence, world.offences)}"
                found.append(((*here, "offences"), message))
        if one.last < one.first:
            found.append(((*here, "to"), f"{one.last} lies before 'from', {one.first}"))
        elif one.last < world.start or one.first >= world.end:
            message = f"ends before the world's start, {world.start}, or begins after its end"
            found.append((here, message))
    for (first, one), (second, other) in combinations(world.crackdowns.items(), 2):
        if one.slot(first) == other.slot(second):
            message = f"cannot be told from {first!r} by its number; choose another name"
            found.append((("crackdowns", second), message))
    return found


def _age_problems(world: World) -> Problems:
    found: Problems = []
    offences = list(world.ages_at_offence)
    youngest = min((first for first, _ in offences), default=0)
    places = {"at liberty": list(world.deaths.at_liberty)}
    if world.deaths.by_age:
        places["in custody by age"] = list(world.deaths.by_age)
    listed: list[tuple[tuple[str, ...], list[tuple[int, int]]]] = [
        (("ages at offence",), offences),
        *((("deaths", key), bands) for key, bands in places.items()),
    ]
    for path, bands in listed:
        if any(later[0] != earlier[1] + 1 for earlier, later in pairwise(bands)):
            found.append((path, "ages must follow one another without gap or overlap"))
    for key, bands in places.items():
        if not bands or bands[0][0] > youngest or bands[-1][1] < OLDEST:
            message = f"ages must reach from the youngest at offence, {youngest}, to {OLDEST}"
            found.append((("deaths", key), message))
    return found
