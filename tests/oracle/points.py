"""Release points, one person at a time: which holds, what a decree puts in its place, which day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from sim.scenario.law.effects import Effect
from sim.scenario.law.points import MovedPoint
from sim.scenario.law.predicate import Either, Every, LengthIs, OneOf, Predicate, Tagged
from sim.scenario.lengths import FOR_LIFE
from sim.scenario.world import World
from tests.oracle.judgment import leaves_on

if TYPE_CHECKING:
    from tests.oracle.law import Spell


@dataclass(frozen=True)
class Point:
    """A share of the term, so many days later, and a least time served."""

    share: Fraction = Fraction(1)
    later: int = 0
    least: int = 0


def point_of(world: World, offence: str, imposed: int | None) -> Point:
    """The first row of the world that names the offence and the sentence; else the whole term."""
    for row in world.release_point:
        if row.when is None or _names(world, row.when, offence, imposed):
            later = row.later_by.value if row.later_by else 0
            if row.earlier_by:
                later = -row.earlier_by.value
            return Point(row.fraction.value, later, row.at_least.value if row.at_least else 0)
    return Point()


def _names(world: World, rule: Predicate, offence: str, imposed: int | None) -> bool:
    if isinstance(rule, Every):
        return all(_names(world, part, offence, imposed) for part in rule.parts)
    if isinstance(rule, Either):
        return any(_names(world, part, offence, imposed) for part in rule.parts)
    if isinstance(rule, OneOf):
        return (offence in rule.values) == rule.among
    if isinstance(rule, Tagged):
        return (rule.tag in world.offences[offence].tags) == rule.carries
    assert isinstance(rule, LengthIs)
    days = 10**9 if imposed is None else imposed
    if rule.operator == "<":
        return days < rule.days
    if rule.operator == "<=":
        return days <= rule.days
    if rule.operator == ">":
        return days > rule.days
    if rule.operator == ">=":
        return days >= rule.days
    return days == rule.days


def served(point: Point, term: int) -> int:
    """Days to serve of a term: a day at least, the term at most."""
    days = floor(point.share * term) + point.later
    if days < point.least:
        days = point.least
    if days < 1:
        days = 1
    return min(days, term)


def moved(point: Point, change: MovedPoint) -> Point:
    """Other pieces in place of those that a decree replaces."""
    if change.fraction is not None:
        point = replace(point, share=change.fraction.value)
    if change.earlier_by is not None:
        point = replace(point, later=-change.earlier_by.value)
    if change.later_by is not None:
        point = replace(point, later=change.later_by.value)
    if change.at_least is not None:
        point = replace(point, least=change.at_least.value)
    return point


def reaches(effect: Effect, s: Spell) -> bool:
    """Whether an effect can do anything for those serving life, or for those who do not."""
    if effect.release or effect.end_the_case:
        return True
    if effect.commute is not None:
        return s.kind == effect.commute.source
    if effect.release_point is not None and "those held" not in effect.release_point.reach:
        return False
    return s.imposed is not None


def due_under(world: World, effect: Effect, s: Spell, cut: int | None) -> int:
    """The day of ordinary release if the effect were applied now."""
    if effect.commute is not None:
        to = effect.commute.to.value
        if to == FOR_LIFE:
            return 10**9
        return s.admitted + served(point_of(world, s.offence, to), to)
    assert s.term is not None
    if effect.release_point is not None:
        due = s.admitted + served(moved(s.point, effect.release_point), s.term) - s.credited
        return leaves_on(s, due)
    assert cut is not None
    if effect.credit is not None:
        assert s.due is not None
        return s.due - cut
    days = s.term - cut
    return s.admitted + (served(s.point, days) if days > 0 else days) - s.credited
