"""Conditional remission of one person: what hangs over him, and what a new offence brings back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario.law.revival import Revival
from sim.scenario.occasions import Occasion

if TYPE_CHECKING:
    from tests.oracle.law import Spell


@dataclass
class Remission:
    """Days remitted on condition; None for a release that may yet happen. The window's start."""

    occasion: Occasion
    rule: Revival
    days: int | None
    start: int | None


def given(occasion: Occasion, rule: Revival, cut: int | None) -> Remission:
    """A remission on the day of its grant: a cut of so many days, or a release (None)."""
    start = None
    if rule.since == "law" or (rule.since == "delivery" and cut is not None):
        start = occasion.grant_day
    return Remission(occasion, rule, cut, start)


def settled(one: Remission, s: Spell) -> Remission:
    """The remission once the person has left."""
    days, start = one.days, one.start
    if days is None:
        days = 0
        if s.cause == one.occasion.decree and s.term is not None and s.left is not None:
            days = s.admitted + s.term - s.credited - s.left
    return Remission(one.occasion, one.rule, days, s.left if start is None else start)


def comes_back(one: Remission, new: Spell, holds: bool) -> bool:
    """Whether a new sentence brings it back: soon enough, of the kind named, with an end."""
    assert one.start is not None
    soon = new.offended <= one.start + one.rule.within.value
    return new.term is not None and not new.acquitted and soon and holds


def suspended_by_day(s: Spell, horizon: int) -> list[tuple[int, int]]:
    """Days on which something was remitted on condition, with how many days."""
    found = []
    for one in s.remissions:
        if one.days is not None:
            found.append((one.occasion.grant_day, one.days))
        elif s.left is not None and s.left < horizon:
            days = settled(one, s).days
            if days:
                found.append((s.left, days))
    return found
