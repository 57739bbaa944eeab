"""When decrees act: their occasions as whole days of a world.

Day 0 is the world's start. An occasion is one act of a decree: a dated decree has one, a yearly
decree one for each of its dates within the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.scenario.law.dates import Offset
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import On
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Occasion:
    """One act of a decree, in days since the world's start.

    Attributes
    ----------
    close_day
        Lists close: attributes are read and persons selected on this day.
    threshold_day
        The day to which served time, remaining time, shares and ages refer.
    grant_day
        Cuts take effect; those held are granted.
    release_day
        First planned day of release, without latency or spreading.
    rest_day, tranche_days
        Day of release of those in no tranche; of each tranche in the order of the file.
    until_day
        Last day of the offences that the decree reaches; None where it asks for none.
    works
        Whether its review is work, done between the order and the close of lists.
    check_days
        Days on which a standing decree looks at those held; each is read and granted at once.
    late
        Whether it reads those admitted on ``close_day`` alone, after the lists were closed.
    number
        Position in the decree's own calendar: years since year 0 times its dates, plus the date's.
    """

    decree: str
    position: int
    number: int
    ordered_day: int
    close_day: int
    threshold_day: int
    grant_day: int
    release_day: int
    rest_day: int
    tranche_days: tuple[int, ...] = ()
    until_day: int | None = None
    late: bool = False
    check_days: tuple[int, ...] = ()
    works: bool = False


Drawn = Mapping[str, Sequence[tuple[int, int]]]
"""Grants by chance: for each decree its numbers and days."""


def day_read(on: On, occasion: Occasion, start: date) -> int:
    """Return the day on which something is read that says so, in days since the world's start."""
    if isinstance(on.anchor, date):
        return (on.anchor - start).days
    stages = {"lists": occasion.close_day, "grant": occasion.grant_day,
              "release": occasion.release_day, "order": occasion.ordered_day}  # fmt: skip
    return stages[on.anchor] - on.days_before


def occasions(scenario: Scenario, drawn: Drawn | None = None) -> tuple[Occasion, ...]:
    """List the occasions of all decrees within the horizon, in the order in which they act.

    Decrees of one day act by the day ordered, then by name. An occasion whose lists would close
    before the start is past and left out.

    Parameters
    ----------
    drawn
        Grants by chance, as drawn. Without them the first day possible stands for each such
        decree.
    """
    world = scenario.world
    found = [
        occasion
        for position, (name, decree) in enumerate(scenario.decrees.items())
        for number, day in _grants(scenario, name, drawn)
        for occasion in [_occasion(name, position, number, decree, day, world.start)]
        if _first_act(decree, occasion) >= 0 or not decree.recurs
    ]
    return tuple(sorted(found, key=lambda o: (o.close_day, o.ordered_day, o.decree)))


def _first_act(decree: Decree, occasion: Occasion) -> int:
    """Return the day on which an occasion first looks at people."""
    return occasion.close_day if decree.review.work is None else occasion.ordered_day


def _grants(scenario: Scenario, name: str, drawn: Drawn | None) -> list[tuple[int, date]]:
    world, decree = scenario.world, scenario.decrees[name]
    if drawn is not None and name in drawn:
        return [(number, world.start + timedelta(days=day)) for number, day in drawn[name]]
    return decree.grants(world.start, world.end)


def _occasion(
    name: str, position: int, number: int, decree: Decree, granted: date, start: date
) -> Occasion:
    grant_day = (granted - start).days
    close_day = (decree.lists_due.day(granted) - start).days if decree.lists_due else grant_day
    release_day, rest_day, tranche_days = _planned(decree, close_day, grant_day, granted, start)
    match decree.thresholds_on:
        case "lists":
            threshold_day = close_day
        case "grant":
            threshold_day = grant_day
        case "release":
            threshold_day = release_day
        case date() as day:
            threshold_day = (day - start).days
        case Offset(days=days):
            threshold_day = grant_day + days
    ordered_day = (decree.ordered.day(granted) - start).days if decree.ordered else close_day
    until_day = (decree.reach.offences_until.value - start).days if decree.reach else None
    return Occasion(
        name, position, number, ordered_day, close_day, threshold_day, grant_day, release_day,
        rest_day, tranche_days, until_day, check_days=_checks(decree, start),
        works=decree.review.work is not None,
    )  # fmt: skip


def _checks(decree: Decree, start: date) -> tuple[int, ...]:
    if decree.in_force is None:
        return ()
    return tuple((day - start).days for day in decree.in_force.checks(decree.checked))


def check_on(decree: Decree, first: Occasion, day: int, start: date) -> Occasion:
    """Return the act of a standing decree on the day of one of its checks."""
    granted = start + timedelta(days=day)
    release, rest, tranches = _planned(decree, day, day, granted, start)
    reading = {"lists": day, "grant": day, "release": release}
    offset = decree.thresholds_on
    threshold = day + offset.days if isinstance(offset, Offset) else reading[str(offset)]
    return replace(
        first, close_day=day, grant_day=day, threshold_day=threshold, release_day=release,
        rest_day=rest, tranche_days=tranches,
    )  # fmt: skip


def _planned(
    decree: Decree, close_day: int, grant_day: int, granted: date, start: date
) -> tuple[int, int, tuple[int, ...]]:
    """Return the first planned day of release, that of those in no tranche, and each tranche's.

    Nobody goes before the grant, nor before the end of education.
    """
    rest = grant_day
    education = decree.release.education
    if education is not None and education.value is not None:
        begins = close_day if education.value.start == "listing" else grant_day
        rest = max(grant_day, begins + education.value.days)
    named = list(decree.release.tranches.values())
    days = tuple(max(rest, (one.out.day(granted) - start).days) for one in named)
    for_all = bool(named) and named[-1].when is None
    return min(days if for_all else (rest, *days)), rest, days


def sittings(scenario: Scenario, drawn: Drawn | None = None) -> tuple[Occasion, ...]:
    """List the occasions, and after them the sittings on those admitted later within a reach.

    A sitting reads those admitted on its day, by the thresholds of that day or, where that is
    later, of the decree's; it grants on the day, or with the decree if that is later. Sittings of
    a decree are one occurrence: who is read has one lot, whenever he is admitted.
    """
    found = occasions(scenario, drawn)
    late = [one for occasion in found for one in _late(scenario, occasion)]
    return (*found, *late)


def _late(scenario: Scenario, first: Occasion) -> list[Occasion]:
    """List a decree's sittings on each day on which somebody within its reach may come."""
    if first.until_day is None:
        return []
    world, decree = scenario.world, scenario.decrees[first.decree]
    last = min(first.until_day + world.longest_delay, world.days - 1)
    assert decree.first_grant is not None
    found = []
    for day in range(max(first.close_day + 1, 0), last + 1):
        grant = max(first.grant_day, day)
        release, rest, tranches = _planned(decree, day, grant, decree.first_grant, world.start)
        reading = {"lists": day, "grant": grant, "release": release}
        threshold = reading.get(str(decree.thresholds_on), max(first.threshold_day, day))
        found.append(replace(
            first, close_day=day, threshold_day=threshold, grant_day=grant, release_day=release,
            rest_day=rest, tranche_days=tranches, late=True,
        ))  # fmt: skip
    return found


def first_release_day(scenario: Scenario) -> int | None:
    """First planned release day of a scenario's dated decrees; None without any."""
    days = [o.release_day for o in occasions(scenario) if not scenario.decrees[o.decree].recurs]
    return min(days, default=None)


def last_release_day(scenario: Scenario) -> int | None:
    """Last planned release day of a scenario's dated decrees; None without any."""
    days = []
    for occasion in occasions(scenario):
        decree = scenario.decrees[occasion.decree]
        if not decree.recurs:
            spread, late = decree.release.over, decree.release.latency
            last = max(occasion.release_day, *occasion.tranche_days, occasion.rest_day)
            wait = (spread.value - 1 if spread else 0) + (late.longest if late else 0)
            exile = decree.release.exile
            wait += exile.approval.value if exile and exile.approval else 0
            days.append(last + wait)
    return max(days, default=None)
