"""On which days something is decided: what follows from a scenario's law and its calendar alone.

The same in all replications but where the days of decrees are chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.custody.calendar import drawn_grants
from sim.custody.decrees.reading import recurring
from sim.custody.decrees.soonest import looks_at_newcomers, soonest
from sim.custody.decrees.who_has_left import days_unasked
from sim.custody.prisons import Prisons
from sim.custody.remembered import Remembered
from sim.custody.streams import Draws
from sim.scenario.lengths import in_year
from sim.scenario.occasions import Drawn, Occasion, sittings
from sim.scenario.scenario import Scenario

SCENARIOS_KEPT = 16
"""Timetables that a process remembers; one of 400 occasions takes half a megabyte."""


@dataclass(frozen=True)
class Timetable:
    """The days of a scenario on which merit or decrees act, and what follows from them.

    Attributes
    ----------
    occasions
        Acts of decrees, and their sittings on those who come later.
    agenda
        Their stages in order: the day, the number of the occasion, and ``queue``, ``lists``,
        ``grant`` or ``check``.
    merit_days
        Days of the yearly cut for merit.
    patience
        For how many days after its admission a spell cannot be touched, by day of an act.
    recurring
        The first occasion with the same rule, of each that shares its rule with another.
    looks_at_newcomers
        Whether a decree looks at those who come otherwise than at who meets its clauses.
    unasked
        Days of the agenda on which nobody asks who has left.
    """

    occasions: tuple[Occasion, ...]
    agenda: tuple[tuple[int, int, str], ...]
    merit_days: tuple[int, ...]
    patience: Mapping[int, int]
    recurring: Mapping[int, int]
    looks_at_newcomers: bool
    unasked: frozenset[int]


_FOUND: Remembered[tuple[str, int], Timetable] = Remembered(SCENARIOS_KEPT)


def timetable(scenario: Scenario, prisons: Prisons, draws: Draws, days: int) -> Timetable:
    """Return a scenario's timetable for so many days, found once while it is remembered."""
    drawn = drawn_grants(scenario, draws)
    if drawn:
        return _found(scenario, prisons, drawn, days)
    return _FOUND.of((scenario.address, days), lambda: _found(scenario, prisons, drawn, days))


def _found(scenario: Scenario, prisons: Prisons, drawn: Drawn, days: int) -> Timetable:
    decrees, found = scenario.decrees, sittings(scenario, drawn)
    agenda, merit_days = _agenda(found, days), _merit_days(prisons, days)
    by_turn = recurring(decrees, found)
    return Timetable(
        found, agenda, merit_days, soonest(prisons, decrees, found, merit_days, days), by_turn,
        any(map(looks_at_newcomers, decrees.values())),
        days_unasked(decrees, found, agenda, by_turn).difference(merit_days),
    )  # fmt: skip


def _merit_days(prisons: Prisons, until: int) -> tuple[int, ...]:
    """Days of the yearly merit cut before a day."""
    rule, world = prisons.steady.stays.merit, prisons.scenario.world
    if rule.probability == 0:
        return ()
    years = range(world.start.year, world.end.year + 1)
    days = [(in_year(year, rule.month_day) - world.start).days for year in years]
    return tuple(day for day in days if 0 <= day < until)


def _agenda(found: tuple[Occasion, ...], days: int) -> tuple[tuple[int, int, str], ...]:
    """Stages in order: by day, then as the decrees act; lists before grants of one occasion."""
    stages = []
    for number, occasion in enumerate(found):
        order = (occasion.ordered_day, occasion.decree, occasion.number)
        if occasion.check_days:
            stages += [(day, *order, 0, number, "check") for day in occasion.check_days]
            continue
        if occasion.works:
            days_of_work = range(occasion.ordered_day, occasion.close_day + 1)
            stages += [(day, *order, -1, number, "queue") for day in days_of_work]
        stages.append((occasion.close_day, *order, 0, number, "lists"))
        stages.append((occasion.grant_day, *order, 1, number, "grant"))
    return tuple((s[0], s[5], s[6]) for s in sorted(stages) if 0 <= s[0] < days)
