"""Crackdowns: days on which more, or fewer, people are admitted for some offences than usual.

Ordinary admissions keep their addresses. Where there are more, people are added whose ids are their
own, day by day; where there are fewer, each is spared or not by a draw at his own address.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.steady import Steady
from sim.custody.streams import CRACKDOWNS, Draws, Stream, decree_salt
from sim.custody.tables import CutTable, happens, poisson_table
from sim.scenario.scenario import Scenario
from sim.scenario.world import Crackdown

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]
DAY_BITS, SLOT_BITS = 15, 30
"""Bits of an id for the persons of a day, and for the days of a crackdown."""
MOST_A_DAY = 10_000


@dataclass(frozen=True)
class Campaign:
    """A crackdown on whole days, solved: who is added, and who is spared.

    Attributes
    ----------
    first_day, last_day
        Both included.
    offences
        Whether an offence is meant, by code, shape (offences,).
    kept
        Probability that an ordinary admission takes place; 1 where there are more.
    count, offence
        Persons added on a day; the offence of each.
    first_id, salt
        Where its persons and its draws stand.
    """

    first_day: int
    last_day: int
    offences: Mask
    kept: float
    count: CutTable
    offence: CutTable
    first_id: int
    salt: int

    def added(self, draws: Draws, days: int) -> tuple[Ints, Ints]:
        """Days of admission and ids of those added before the horizon, shape (n,) both."""
        first, last = max(self.first_day, 0), min(self.last_day, days - 1)
        span = max(last - first + 1, 0)
        words = draws.column(Stream.CRACKDOWN_COUNT, first, span, salt=self.salt)
        counts = self.count.pick(0, words).astype(np.int64)
        day = np.repeat(np.arange(first, first + span), counts)
        place = np.arange(len(day)) - np.repeat(np.cumsum(counts) - counts, counts)
        return day, self.first_id + (day << DAY_BITS) + place

    def spared(
        self, draws: Draws, who: tuple[Ints, Ints, Words], admitted: Ints, offence: Ints
    ) -> Mask:
        """Say which ordinary admissions, of these persons, spells and lines, do not take place."""
        spared = np.zeros(len(admitted), dtype=np.bool_)
        if self.kept == 1:
            return spared
        meant = (admitted >= self.first_day) & (admitted <= self.last_day) & self.offences[offence]
        rows = np.flatnonzero(meant)
        person, spell, line = who[0][rows], who[1][rows], who[2][rows]
        words = draws.at(Stream.CRACKDOWN_SPARED, person, spell=spell, line=line, salt=self.salt)
        spared[rows] = ~happens(words, self.kept)
        return spared

    def digest(self) -> str:
        """Return the hash of its tables."""
        return f"{self.count.digest()} {self.offence.digest()} {round(self.kept * 2**32)}"


def campaigns(scenario: Scenario, steady: Steady) -> tuple[Campaign, ...]:
    """Solve the crackdowns of a world.

    Raises
    ------
    ScenarioError
        If one adds more than `MOST_A_DAY` people a day.
    """
    return tuple(
        _campaign(scenario, steady, name, one) for name, one in scenario.world.crackdowns.items()
    )


def _campaign(scenario: Scenario, steady: Steady, name: str, one: Crackdown) -> Campaign:
    world = scenario.world
    meant = np.array([offence in one.offences for offence in world.offences])
    mix = np.where(meant, steady.mix, 0.0)
    mean = steady.admissions_per_day * mix.sum() * max(one.times.value - 1, 0.0)
    if mean > MOST_A_DAY:
        message = f"adds {mean:.0f} people a day; at most {MOST_A_DAY} can be drawn"
        raise scenario.problem(("world", "crackdowns", name, "times"), message)
    weights = mix if mix.sum() > 0 else meant.astype(np.float64)
    return Campaign(
        (one.first - world.start).days, (one.last - world.start).days, meant,
        min(one.times.value, 1.0), poisson_table(mean),
        CutTable([(np.arange(len(mix)), weights)]),
        CRACKDOWNS + (one.slot(name) << SLOT_BITS), decree_salt(f"crackdown {name}"),
    )  # fmt: skip
