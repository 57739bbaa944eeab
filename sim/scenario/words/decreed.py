"""What the words on a decree are written from: the decree, its days and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sim.scenario.law.amounts import Reduce
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import occasions
from sim.scenario.scenario import Scenario
from sim.scenario.words.phrases import day

CLOSING, CHECKING = "when the lists close", "on the day of the check"
Parts = Iterator[tuple[str, str]]
"""Parts of a decree with what it says of them, a sentence a line."""


def when_read(decree: Decree) -> str:
    """Say on which day a decree reads people: at the close of its lists, or at a check."""
    return CHECKING if decree.in_force else CLOSING


class Law:
    """One decree of a scenario, with what its words need beside it.

    Attributes
    ----------
    occasions
        Its acts within the days simulated.
    called
        What the scenario's decrees are called, by name.
    reductions
        What its clauses say of shorter terms.
    """

    def __init__(self, scenario: Scenario, name: str) -> None:
        self.scenario, self.name = scenario, name
        self.decree = scenario.decrees[name]
        self.occasions = [one for one in occasions(scenario) if one.decree == name]
        self.called = {key: decree.title or key for key, decree in scenario.decrees.items()}
        effects = [clause.then for clause in self.decree.clauses.values()]
        self.reductions: list[Reduce] = [one.reduce for one in effects if one.reduce]

    def date(self, days: int) -> str:
        """Write the date of a day of the world."""
        return day(self.scenario.world.start + timedelta(days=days))
