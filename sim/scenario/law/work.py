"""Work done day by day: so many officers with so many files, so many escorts home."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field, field_validator

from sim.scenario.blocks import Block
from sim.scenario.graded import Amount, DecreeNumber

Order = Literal["joining", "rank", "lottery"]


class Capacity(DecreeNumber[Amount]):
    """How many: officers of a camp, or files that one of them does in a day."""

    @field_validator("value")
    @classmethod
    def _some(cls, value: float) -> float:
        if value <= 0:
            raise ValueError("work is done by somebody: give a number above 0")
        return value


def done_by(days: int, pace: Fraction) -> int:
    """Return how many of something are done after so many days, rounded down."""
    return int(days * pace)


class Turns(DecreeNumber[Amount]):
    """How many of each camp are escorted home on a day; 0.5 is one every other day."""

    @field_validator("value")
    @classmethod
    def _some(cls, value: float) -> float:
        if value <= 0:
            raise ValueError("somebody is escorted: give a number above 0")
        return value

    def on_day(self, number: int) -> int:
        """Return how many are escorted on the first, second, … day."""
        pace = Fraction(str(self.value))
        return done_by(number, pace) - done_by(number - 1, pace)


class Work(Block):
    """Files that the officers of each camp do, a day and in all."""

    officers: Capacity = Field(alias="officers per camp")
    files: Capacity = Field(alias="files a day")
    order: Order = "joining"

    def done_by(self, days: int) -> int:
        """Return how many files a camp has done after so many days of work, rounded down."""
        a_day = Fraction(str(self.officers.value)) * Fraction(str(self.files.value))
        return done_by(days, a_day)

    @property
    def deciding(self) -> object:
        """What decides, without what it rests on."""
        return self.officers.value, self.files.value, self.order
