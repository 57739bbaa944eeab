"""Escorts home, day by day and camp by camp, from the text of the language."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion
from tests.oracle.law import Spell


@dataclass
class Waiting:
    """Those of one decree who may go once somebody brings them: by ready day, lot and name."""

    first_grant: int
    queue: list[tuple[int, int, Spell]] = field(default_factory=list)
    put_off: int = 0

    def join(self, occasion: Occasion, s: Spell, lot: int) -> None:
        assert s.release_day is not None
        if occasion.late and s.release_day == s.admitted and not s.home:
            return  # never came in
        self.queue.append((s.release_day, lot, s))

    def bring_home(self, decree: Decree, day: int) -> list[Spell]:
        """Those who find no escort today, and stay for another day."""
        assert not isinstance(decree.release.escort, bool)
        pace = Fraction(str(decree.release.escort.turns.value))
        k = day - self.first_grant + 1
        escorts = floor(k * pace) - floor((k - 1) * pace)
        gone: dict[str, int] = {}
        stay, rest = [], []
        for ready, lot, s in sorted(self.queue, key=lambda q: (q[0], q[1], q[2].name)):
            if not s.held:
                continue
            if ready > day:
                rest.append((ready, lot, s))
            elif gone.get(s.camp, 0) < escorts:
                gone[s.camp] = gone.get(s.camp, 0) + 1
            else:
                rest.append((ready, lot, s))
                stay.append(s)
        self.queue = rest
        self.put_off += len(stay)
        return stay
