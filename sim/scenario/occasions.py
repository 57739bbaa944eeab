"""When decrees act: their occasions as whole days of a world, and when two scenarios part.

Day 0 is the world's start. An occasion is one act of a decree: a dated decree has one, a yearly
decree one for each of its dates within the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.scenario.law.afterwards import DecreeExile, Education
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Clause, Review
from sim.scenario.law.dates import Offset
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import On, read_days
from sim.scenario.load import Scenario
from sim.scenario.world import Crackdown


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


def first_difference_day(one: Scenario, other: Scenario) -> int | None:
    """First day on which two scenarios can differ; None if never.

    Computed from the files alone: strictly before that day the two are identical, person by
    person. A change in the world is day 0; in titles, sources, ranges and cases never; in rules,
    review, rank or cap the close of lists; in education its earlier start; in what happens at
    release the earlier first planned release. Where cuts stand beside other decrees, days to come
    count from the close of lists.
    """
    days = []
    if one.world_address != other.world_address:
        first = _worlds_part(one, other)
        if first == 0:
            return 0
        days.append(first)
    for name in (*one.decrees, *(n for n in other.decrees if n not in one.decrees)):
        days += _decree_difference(one, other, name)
    return min(days, default=None)


def _worlds_part(one: Scenario, other: Scenario) -> int:
    """Day from which two worlds differ: that of the first crackdown that only one of them has."""
    if one.rest_of_world_address != other.rest_of_world_address:
        return 0
    sides = [scenario.world.crackdowns for scenario in (one, other)]
    firsts = [
        (crackdown.first - one.world.start).days
        for side, others in (sides, sides[::-1])
        for name, crackdown in side.items()
        if name not in others or _campaign(crackdown) != _campaign(others[name])
    ]
    return max(0, min(firsts, default=0))


def _campaign(one: Crackdown) -> object:
    return set(one.offences), one.first, one.last, one.times.value


def _decree_difference(one: Scenario, other: Scenario, name: str) -> list[int]:
    """First day of each occasion of one decree that the two files treat differently."""
    sides = [scenario.decrees.get(name) for scenario in (one, other)]
    calendars = [
        {o.number: o for o in occasions(scenario) if o.decree == name} for scenario in (one, other)
    ]
    others = any(len(scenario.decrees) > 1 for scenario in (one, other))
    company = others or max(map(len, calendars)) > 1
    days = []
    for number in sorted({*calendars[0], *calendars[1]}):
        pair = [calendar.get(number) for calendar in calendars]
        met = [occasion for occasion in pair if occasion is not None]
        first, second = sides
        if first is None or second is None or len(met) < 2:
            days.append(min(occasion.close_day for occasion in met))
            continue
        days += _occasion_difference(first, second, met[0], met[1])
        if company and _bound_apart(first, second, met[0], met[1]):
            days.append(min(occasion.close_day for occasion in met))
    return days


def _bound_apart(one: Decree, other: Decree, first: Occasion, second: Occasion) -> bool:
    """Whether two readings may bind other people for release, which another decree would see.

    A cut frees whose term it uses up by the grant, and of a cut and a release the one counts that
    frees earlier. So the days to come decide who is bound when the lists close.
    """
    cuts = any(not c.then.release for decree in (one, other) for c in decree.clauses.values())
    days = [(o.grant_day, o.release_day, o.rest_day) for o in (first, second)]
    return cuts and days[0] != days[1]


def _occasion_difference(
    one: Decree, other: Decree, first: Occasion, second: Occasion
) -> list[int]:
    days = []
    start = date(2000, 1, 1)  # dates are the same in both
    same_days = all(
        day_read(on, first, start) == day_read(on, second, start) for on in _days_read(one)
    )
    same_read = (
        same_days
        and _rules(one) == _rules(other)
        and first.close_day == second.close_day
        and first.threshold_day == second.threshold_day
        and first.ordered_day == second.ordered_day
        and first.tranche_days == second.tranche_days
        and _by_chance(one) == _by_chance(other)
        and (not one.recurs or one.every or first.grant_day == second.grant_day)
    )
    if not same_read:
        days.append(min(first.close_day, second.close_day))
    if _work(one) != _work(other):
        days.append(min(first.ordered_day, second.ordered_day) + 1)
    if first.grant_day != second.grant_day or one.places != other.places:
        days.append(min(first.grant_day, second.grant_day))
    if apart := set(first.check_days) ^ set(second.check_days):
        days.append(min(apart))
    if _education(one) != _education(other):
        days.append(min(_education_start(one, first), _education_start(other, second)))
    if _afterwards(one) != _afterwards(other) or first.release_day != second.release_day:
        days.append(min(first.release_day, second.release_day))
    return days


def _by_chance(decree: Decree) -> object:
    """Return what decides on which days chance puts the grant."""
    rate = decree.random.rate.value if decree.random else None
    return rate, decree.granted.random if decree.granted else None


def _work(decree: Decree) -> object:
    work = decree.review.work
    return None if work is None else work.deciding


def _education(decree: Decree) -> Education | None:
    return decree.release.education.value if decree.release.education else None


def _education_start(decree: Decree, occasion: Occasion) -> int:
    education = _education(decree)
    if education is None or education.start == "grant":
        return occasion.grant_day
    return occasion.close_day


def _rules(decree: Decree) -> object:
    """Return what decides who is selected, without what it rests on."""

    def clause(c: Clause) -> object:
        return (c.when, c.then.deciding, _probability(c.review), _deciding(c.take_up), c.despite)

    exclusions: Mapping[str, object] = {n: e.when for n, e in decree.exclude.items()}
    clauses = [(name, clause(c)) for name, c in decree.clauses.items()]
    cap = decree.cap.value
    tranches = tuple(tranche.when for tranche in decree.release.tranches.values())
    general = (_probability(decree.review), _deciding(decree.take_up), tranches)
    reach = decree.reach.offences_until.value if decree.reach else None
    return (clauses, exclusions, general, cap, decree.rank, decree.counts, reach)


def _days_read(decree: Decree) -> set[On]:
    """Days on which a decree reads something, other than that of thresholds."""
    amounts = [clause.then.amounts for clause in decree.clauses.values()]
    windows = [one.days_read for one in amounts if one is not None]
    return set().union(*(read_days(rule) for _, rule in decree.conditions()), *windows)


def _probability(review: Review) -> tuple[object, ...]:
    return *map(_deciding, (review.recommended, review.approved)), review.persistent


def _deciding(chance: Chance | None) -> object:
    return None if chance is None else chance.deciding


def _afterwards(decree: Decree) -> object:
    after = decree.release
    drive = decree.drive
    return (
        after.latency.deciding if after.latency else None,
        after.over.value if after.over else 1,
        bool(after.escort),
        after.turns.value if after.turns else None,
        _exile(after.exile),
        after.supervision,
        after.job.value if after.job else None,
        (drive.per_release.value, drive.within) if drive else None,
    )


def _exile(exile: DecreeExile | None) -> object:
    if exile is None:
        return None
    return exile.origin, exile.to, exile.approval.value if exile.approval else 0
