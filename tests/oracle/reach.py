"""Who is before a decree with a reach, and when, from the text of the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.scenario.occasions import Drawn, Occasion, occasions
from sim.scenario.scenario import Scenario
from sim.scenario.world import World
from tests.oracle.judgment import OF_ITSELF
from tests.oracle.law import Spell


def sittings(scenario: Scenario, drawn: Drawn) -> Iterator[Occasion]:
    """A day in court for each day after the close on which somebody in reach may be admitted."""
    world = scenario.world
    for first in occasions(scenario, drawn):
        decree = scenario.decrees[first.decree]
        if decree.reach is None:
            continue
        until = (decree.reach.offences_until.value - world.start).days
        for day in range(world.days):
            if day <= first.close_day or day > until + longest_wait(world):
                continue
            grant = day if day > first.grant_day else first.grant_day
            release = grant
            education = decree.release.education
            if education is not None and education.value is not None:
                since = day if education.value.start == "listing" else grant
                release = max(release, since + education.value.days)
            rest, tranches = release, []
            for tranche in decree.release.tranches.values():
                assert decree.granted is not None
                assert decree.granted.value is not None
                out = (tranche.out.day(decree.granted.value) - world.start).days
                tranches.append(max(out, rest))
            if tranches:
                others = list(decree.release.tranches.values())[-1].when is not None
                release = min([*tranches, rest] if others else tranches)
            if not isinstance(decree.thresholds_on, str):  # a date, or days from the grant
                threshold = max(day, first.threshold_day)
            else:
                threshold = {"lists": day, "grant": grant, "release": release}[decree.thresholds_on]
            yield replace(
                first, close_day=day, threshold_day=threshold, grant_day=grant,
                release_day=release, rest_day=rest, tranche_days=tuple(tranches), late=True,
            )  # fmt: skip


def longest_wait(world: World) -> int:
    """The most days from an offence to a final sentence."""
    most = world.offence_to_admission.value if world.delays is None else world.delays.most.value
    if world.before_judgment is not None:
        most += world.before_judgment.awaiting_trial.lasts.most.value
        if world.before_judgment.appealing is not None:
            most += world.before_judgment.appealing.lasts.most.value
    return most


def reaches(occasion: Occasion, s: Spell) -> bool:
    return occasion.until_day is None or s.offended <= occasion.until_day


def never_began(s: Spell, occasion: Occasion | None) -> bool:
    """Whether a decree wiped out the sentence before it began."""
    if s.home or s.cause in (None, *OF_ITSELF):
        return False
    return occasion is not None and occasion.late and s.left == s.admitted
