"""What theory says of a world with merit, and the queue that the package itself is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.infinite_server import Floats, InfiniteServer, Ints, daily, sentence_law
from sim.scenario.lengths import in_year
from sim.scenario.world import Merit

__all__ = ["Floats", "InfiniteServer", "Ints", "MeritServer", "daily", "sentence_law"]


@dataclass(frozen=True)
class MeritServer:
    """Custody with a yearly merit cut, followed through the calendar date by date."""

    server: InfiniteServer

    @property
    def rule(self) -> Merit:
        """The cut."""
        found = self.server.scenario.world.merit
        assert found is not None
        return found

    def dates(self, first: int, last: int) -> list[int]:
        """Days of merit, relative to the world's start, from one day to another."""
        start = self.server.scenario.world.start
        years = range(start.year + first // 365 - 2, start.year + last // 365 + 3)
        days = [(in_year(year, self.rule.each) - start).days for year in years]
        return [day for day in days if first <= day <= last]

    def held(self, evening: int) -> Floats:
        """P(held on an evening, with k cuts) by (k, sentence, days since admission).

        Death is left out. Who has nothing left after a cut leaves on the next day.
        """
        lengths = np.flatnonzero(self.server.imposed)
        since = np.arange(int(lengths.max()) + 1)
        admitted = evening - since
        most = len(self.dates(evening - int(since[-1]), evening))
        chance, cut = self.rule.probability.value, self.rule.cut.value
        state = np.zeros((most + 1, len(lengths), len(since)))
        state[0] = 1.0
        due = (
            admitted[None, None, :]
            + lengths[None, :, None]
            - (cut * np.arange(most + 1)[:, None, None])
        )
        for day in self.dates(evening - int(since[-1]), evening):
            state = np.where(due > day, state, 0.0)
            may = admitted <= day - self.rule.after.value
            given = np.where(may, state * chance, 0.0)
            state = state - given
            nothing_left = due[1:] <= day
            state[1:] += np.where(nothing_left & (day < evening), 0.0, given[:-1])
            if day == evening:
                return np.asarray(state)
        return np.where(due > evening, state, 0.0)

    def joint(self, evening: int) -> Floats:
        """Evenings held in a day's admissions, by (k, sentence, days since admission)."""
        lengths = np.flatnonzero(self.server.imposed)
        found = self.held(evening) * self.server.imposed[lengths][None, :, None]
        return np.asarray(found * self.server.alive[None, None, : found.shape[2]])
