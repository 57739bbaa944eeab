"""The days that chance gives to decrees: a grant on any of some days, grants by surprise."""

from __future__ import annotations

import numpy as np

from sim.custody.exponentials import exponential
from sim.custody.streams import Draws, Stream, decree_salt
from sim.scenario.scenario import Scenario

UNIT, DAYS_PER_YEAR = 10**12, 365.25
"""The unit of hazards, as of tolerances; the days by which a yearly rate is divided."""


def drawn_grants(scenario: Scenario, draws: Draws) -> dict[str, list[tuple[int, int]]]:
    """Draw the grants of decrees whose day is chance: numbers and days since the start.

    Addressed by decree and number alone, so that no other decree and no person matters.
    """
    world, found = scenario.world, {}
    for name, decree in scenario.decrees.items():
        salt = decree_salt(name)
        if decree.random is not None:
            rate = round(decree.random.rate.value / DAYS_PER_YEAR * UNIT)
            found[name] = _surprises(draws, salt, rate, world.days)
        elif decree.granted is not None and decree.granted.random is not None:
            first, last = ((day - world.start).days for day in decree.granted.random)
            word = int(draws.column(Stream.GRANT_DAY, 0, 1, salt=salt)[0])
            found[name] = [(0, first + ((word >> 32) * (last - first + 1) >> 32))]
    return found


def _surprises(draws: Draws, salt: int, rate: int, days: int) -> list[tuple[int, int]]:
    """List the days on which the hazard, a rate each day, has used up the waits so far."""
    if rate == 0:
        return []
    count = 16
    while True:
        waits = np.cumsum(exponential(draws.column(Stream.SURPRISE, 0, count, salt=salt)))
        if waits[-1] > rate * days:
            break
        count *= 2
    on = np.maximum(-(-waits // rate) - 1, 0)
    return [(number + 1, int(day)) for number, day in enumerate(on) if day < days]
