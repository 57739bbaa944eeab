"""When two scenarios part: the first day on which they can differ, by the files alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sim.scenario.law.afterwards import DecreeExile, Education
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Clause, Review
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import On, asks_each_part, read_days
from sim.scenario.occasions import Occasion, day_read, occasions
from sim.scenario.scenario import Scenario
from sim.scenario.world import Crackdown


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
    both = (one, other)
    cuts = any(
        not (c.then.release or c.then.end_the_case)
        for decree in both
        for c in decree.clauses.values()
    )
    # A release of some parts of a sentence is a cut.
    cuts |= any(asks_each_part(rule) for decree in both for _, rule in decree.conditions())
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
