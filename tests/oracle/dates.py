"""Days by chance and days of release, one by one, from the text of the language."""

from __future__ import annotations

from itertools import count

from sim.custody.exponentials import exponential
from sim.custody.streams import Draws, Stream, decree_salt
from sim.scenario.law.decree import Decree
from sim.scenario.law.waits import Latency
from sim.scenario.occasions import Occasion
from sim.scenario.scenario import Scenario
from tests.oracle.law import Facts, holds

TRILLION = 10**12


def grants_by_chance(scenario: Scenario, draws: Draws) -> dict[str, list[tuple[int, int]]]:
    """The grants whose day is chance: a day of some, or the days of a Poisson process."""
    found: dict[str, list[tuple[int, int]]] = {}
    start = scenario.world.start
    for name, decree in scenario.decrees.items():
        if decree.granted is not None and decree.granted.random is not None:
            first, last = decree.granted.random
            word = int(draws.column(Stream.GRANT_DAY, 0, 1, salt=decree_salt(name))[0]) >> 32
            drawn = word * ((last - first).days + 1) // 2**32
            found[name] = [(0, (first - start).days + drawn)]
        if decree.random is not None:
            found[name] = []
            a_day = round(decree.random.rate.value / 365.25 * TRILLION)
            used, waits, day = 0, 0, -1
            for number in count(1):
                word = draws.column(Stream.SURPRISE, number - 1, 1, salt=decree_salt(name))
                waits += int(exponential(word)[0])
                while day < 0 or used < waits:
                    day, used = day + 1, used + a_day
                    if day >= scenario.world.days:
                        break
                if day >= scenario.world.days:
                    break
                found[name].append((number, day))
    return found


def goes_on(decree: Decree, occasion: Occasion, f: Facts) -> int:
    """The day on which a person goes if released: that of the first tranche that names him."""
    for tranche, day in zip(decree.release.tranches.values(), occasion.tranche_days, strict=True):
        if tranche.when is None or holds(tranche.when, f):
            return day
    return occasion.rest_day


def days_late(latency: Latency, word: int) -> int:
    """The number of days by which a release is late, from the upper half of its word."""
    if latency.value is not None:
        return latency.value
    drawn, reached = word >> 32, 0.0
    total = 0.0
    for weight in latency.weights:
        total += weight
    for day, weight in enumerate(latency.weights):
        reached += weight
        if drawn < round(reached / total * 2**32):
            return day
    raise AssertionError("all are out in the end")
