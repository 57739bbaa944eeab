"""Probabilities by rows and odds, and places under a cap: plain ifs, person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor

from sim.scenario.law.chances import Chance
from sim.scenario.law.decree import Decree
from sim.scenario.law.selection import Cap
from sim.scenario.world import World
from tests.oracle.law import Facts, Spell, holds


def chance_for(chance: Chance, f: Facts) -> float:
    """The probability of one person: the first row that holds, then every factor on the odds."""
    p = chance.value
    for row in chance.table:
        if p is None and (row.when is None or holds(row.when, f)):
            p = row.given.value
    assert p is not None
    for odds in chance.odds:
        if holds(odds.whose, f):
            p = odds.times.value * p / (1 - p + odds.times.value * p)
    return p


def asked(decree: Decree, clause: str, kind: str) -> tuple[Chance, bool] | None:
    """Who is asked under a clause, with what probability, and whether once and for all."""
    own, general = decree.clauses[clause].review, decree.review
    if getattr(own, kind) is not None:
        return getattr(own, kind), own.persistent
    if getattr(general, kind) is not None:
        return getattr(general, kind), general.persistent
    return None


def rooms(world: World) -> list[int]:
    """Places of each camp: those held by size, over the occupancy, rounded half up."""
    if world.occupancy.value == 0:
        return []
    held, crowded = Fraction(str(world.held.value)), Fraction(str(world.occupancy.value))
    sizes = [Fraction(str(camp.size.value)) for camp in world.camps.values()]
    return [floor(held * size / sum(sizes) / crowded + Fraction(1, 2)) for size in sizes]


def places(cap: Cap, camps: Iterable[str], spells: Iterable[Spell], day: int,
           room: Mapping[str, int]) -> dict[str, int]:  # fmt: skip
    """Places by camp, or under the name ``all``.

    The stock is who was held the evening before and is not selected for release.
    """
    groups = list(camps) if cap.per == "camp" else ["all"]
    if cap.of == "persons":
        return dict.fromkeys(groups, cap.places)
    stock: Counter[str] = Counter()
    for s in spells:
        if s.base < day and (s.left is None or s.left >= day) and s.waits_for is None:
            stock[s.camp] += 1
    held, built = dict(stock), dict(room)
    if cap.per == "all":
        held, built = {"all": sum(held.values())}, {"all": sum(built.values())}
    found = {}
    for group in groups:
        if cap.of == "stock":
            found[group] = floor(cap.share * held.get(group, 0))
        else:
            found[group] = max(0, held.get(group, 0) - floor(cap.share * built[group]))
    return found
