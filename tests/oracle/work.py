"""Review as work, file by file and day by day, from the text of the language."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from sim.scenario.law.decree import Decree
from tests.oracle.law import Spell


@dataclass
class Desk:
    """The queues of a decree: files in hand by the key of their turn, and whose are done."""

    waiting: dict[str, list[tuple[tuple[object, ...], Spell]]] = field(default_factory=dict)
    done: set[tuple[int, int, int]] = field(default_factory=set)

    def join(self, camp: str, key: tuple[object, ...], s: Spell) -> None:
        self.waiting.setdefault(camp, []).append((key, s))

    def work(self, decree: Decree, day_of_work: int) -> None:
        """Do what a camp's officers do on their first, second, … day."""
        review = decree.review
        assert review.officers_per_camp is not None
        assert review.files_a_day is not None
        pace = Fraction(str(review.officers_per_camp.value)) * Fraction(
            str(review.files_a_day.value)
        )
        files = floor(day_of_work * pace) - floor((day_of_work - 1) * pace)
        for camp, queue in self.waiting.items():
            left = files
            rest = []
            for key, s in sorted(queue, key=lambda file: file[0]):
                if not s.held:
                    continue  # costs nothing
                if left:
                    self.done.add(s.name)
                    left -= 1
                else:
                    rest.append((key, s))
            self.waiting[camp] = rest
