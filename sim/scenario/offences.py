"""Offences of a world: their shares, tags and numbers, and the sentences that courts hand down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from sim.scenario.blocks import Block
from sim.scenario.graded import (
    Length,
    Number,
    Proportion,
    Quantity,
)

ROUNDING = 1e-9
"""What sums of shares may be off by, being sums of floats."""


class Spread(Block):
    """How lengths of time differ between people: a family, its shape, and bounds.

    ``shape`` is the shape of a gamma or the sigma of a log-normal distribution.
    """

    family: Literal["gamma", "log-normal"]
    shape: Number
    least: Length
    most: Length

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if not self.least.value < self.most.value:
            raise ValueError("'least' must be shorter than 'most'")
        if self.shape.value <= 0:
            raise ValueError("'shape' must be above 0")
        return self


class Delays(Spread):
    """How the time from offence to admission differs between people, around its stated mean."""


class Sentences(Spread):
    """The sentences that courts hand down for an offence.

    ``mean`` is the mean after bounds and rounding to the world's step; sentences outside the
    bounds are set to the nearer bound unless ``truncated``. ``shape`` is the shape of a gamma or
    the sigma of a log-normal distribution.
    """

    mean: Length
    truncated: bool = False


def _number_or_length(data: object, info: ValidationInfo) -> object:
    """Choose by the value what is meant, so that a mistake gives one message."""
    value = data.get("value") if isinstance(data, Mapping) else None
    kind = Length if isinstance(value, str) else Number
    return data if isinstance(data, Quantity) else kind.model_validate(data, context=info.context)


class Placed(Block):
    """What a share of admissions has, and of the admissions of some camps another share."""

    share: Proportion
    by_camp: dict[str, Proportion] = Field(default_factory=dict, alias="by camp")


class OtherPart(Block):
    """Another offence for which a sentence is passed as well, and how much of it that part takes.

    The part takes from ``least`` to ``most`` of the whole sentence, each as likely.
    """

    probability: Proportion
    least: Proportion
    most: Proportion

    @model_validator(mode="after")
    def _bounds_in_order(self) -> OtherPart:
        if self.least.value > self.most.value:
            raise ValueError("'least' must not be more than 'most'")
        return self


class Offence(Placed):
    """An offence: its share of admissions, its tags, its sentences, and numbers of its own."""

    sentence: Sentences
    tags: tuple[str, ...] = ()
    petty: Proportion | None = None
    life: Proportion | None = None
    death: Proportion | None = None
    numbers: dict[str, Annotated[Number | Length, BeforeValidator(_number_or_length)]] = Field(
        default_factory=dict
    )
    tried_with: dict[str, OtherPart] = Field(default_factory=dict, alias="tried with")

    @model_validator(mode="after")
    def _shares_sum_to_one_at_most(self) -> Offence:
        shares = [one.value for one in (self.life, self.death) if one is not None]
        if sum(shares) > 1 + ROUNDING:
            raise ValueError("'life' and 'death' are shares of the same: they sum to 100% at most")
        return self

    @model_validator(mode="after")
    def _is_the_main_part(self) -> Offence:
        most = [other.most.value for other in self.tried_with.values()]
        if most and sum(most) + max(most) > 1 + ROUNDING:
            raise ValueError(
                "'tried with': the other parts could outweigh the main one; the 'most' of all, "
                "and the largest of them once more, sum to 100% at most"
            )
        return self
