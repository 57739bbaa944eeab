"""What a decree says of whom: conditions, effects, who must agree, who is barred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    model_validator,
)

from sim.scenario.graded import (
    Said,
    as_list,
)
from sim.scenario.law.chances import Chance
from sim.scenario.law.effects import ThenEffect
from sim.scenario.law.predicate import Every
from sim.scenario.law.when import Condition


class Review(Said):
    """Who must agree: the officer in charge (recommended), then the centre (approved).

    What is ``persistent`` is answered once for a person, whatever the occasion.
    """

    recommended: Chance | None = None
    approved: Chance | None = None
    persistent: bool = False


class Exclusion(Said):
    """Who is barred: a condition, or ``when:`` beside what it rests on."""

    when: Condition

    @model_validator(mode="wrap")
    @classmethod
    def _bare_condition(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        bare = not (isinstance(data, Mapping) and "when" in data)
        read = handler({"when": data} if bare else data)
        if read.when == Every(()):
            raise ValueError("an exclusion without a condition bars everybody; say whom it names")
        return read


class Clause(Said):
    """Who qualifies (``when``), what follows (``then``), and who must agree."""

    when: Condition
    then: ThenEffect
    review: Review = Review()
    take_up: Chance | None = Field(None, alias="take-up")
    despite: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()
