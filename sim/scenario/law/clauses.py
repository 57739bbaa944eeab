"""What a decree says of whom: conditions, effects, who must agree, who is barred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)

from sim.scenario.graded import (
    DecreeShare,
    Said,
    as_list,
    words_of,
)
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.effects import ThenEffect
from sim.scenario.law.predicate import Predicate


class Review(Said):
    """Who must agree: the officer in charge (recommended), then the centre (approved)."""

    recommended: DecreeShare | None = None
    approved: DecreeShare | None = None


def _read_predicate(data: object, info: ValidationInfo) -> Predicate:
    return ConditionReader(words_of(info), (info.context or {}).get("sources")).read(data)


Condition = Annotated[Predicate, BeforeValidator(_read_predicate)]


class Exclusion(Said):
    """Who is barred: a condition, or ``when:`` beside what it rests on."""

    when: Condition

    @model_validator(mode="wrap")
    @classmethod
    def _bare_condition(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        bare = not (isinstance(data, Mapping) and "when" in data)
        return handler({"when": data} if bare else data)


class Clause(Said):
    """Who qualifies (``when``), what follows (``then``), and who must agree."""

    when: Condition
    then: ThenEffect
    review: Review = Review()
    despite: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()
