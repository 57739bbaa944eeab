"""Custody before judgment: how long people await trial, who is convicted, and who appeals.

Without it an admission is one to serve a final sentence. With it an admission is an arrest.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.blocks import Block
from sim.scenario.graded import Length, Number, Proportion
from sim.scenario.lengths import in_units, in_words, whole_days

MOST_STEPS = 60
"""So many lengths of a time before judgment may be told apart."""


class Lasting(Block):
    """A time before judgment: whole steps between two bounds, with a stated mean.

    ``mean`` is the mean after bounds and rounding to steps; times outside the bounds are set to the
    nearer one. ``shape`` is the shape of a gamma or the sigma of a log-normal distribution.
    """

    family: Literal["gamma", "log-normal"]
    mean: Length
    shape: Number
    least: Length
    most: Length
    step: Length

    @model_validator(mode="after")
    def _steps_between_bounds(self) -> Self:
        if not 1 <= self.least.value < self.most.value:
            raise ValueError("'least' must be a day at least, and shorter than 'most'")
        if self.shape.value <= 0:
            raise ValueError("'shape' must be above 0")
        if self.step.value < 1:
            raise ValueError("'step' must be a day at least")
        number, unit = in_units(self.step.value)
        longest = whole_days(MOST_STEPS * number, unit)
        if self.most.value > longest:
            raise ValueError(
                f"'most' is more than {MOST_STEPS} steps, {in_words(longest)}; take a longer 'step'"
            )
        return self


class AwaitingTrial(Block):
    """From arrest to judgment: how long, and the share that is convicted; others are acquitted."""

    lasts: Lasting
    convicted: Proportion


class Appealing(Block):
    """The share of those convicted whose sentence is not final yet, and how long it is not."""

    share: Proportion
    lasts: Lasting


class BeforeJudgment(Block):
    """What lies between an arrest and a final sentence."""

    awaiting_trial: AwaitingTrial = Field(alias="awaiting trial")
    appealing: Appealing | None = None

    @property
    def longest(self) -> int:
        """Most days from an arrest to a final sentence."""
        appeal = self.appealing.lasts.most.value if self.appealing else 0
        return self.awaiting_trial.lasts.most.value + appeal
