"""What a decree says of whom: conditions, effects, who must agree, who is barred."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationInfo,
    model_validator,
)

from sim.scenario.graded import (
    Block,
    DecreeShare,
    Said,
    as_list,
    words_of,
)
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.predicate import Predicate
from sim.scenario.lengths import read_length, read_share
from sim.scenario.problems import shown

_PART = re.compile(r"(.+) of (sentence|term|remaining)")
HALF = re.compile(r"half the (sentence|term)")


class Part(BaseModel):
    """An amount: a length in days, or an exact fraction of sentence, term or remaining."""

    model_config = {"frozen": True}
    of: Literal["days", "sentence", "term", "remaining"]
    days: int = 0
    fraction: Fraction = Fraction(0)


def _read_part(value: object) -> Part:
    if isinstance(value, Part):
        return value
    text = str(value).strip()
    if match := HALF.fullmatch(text):
        return Part.model_validate({"of": match[1], "fraction": Fraction(1, 2)})
    if match := _PART.fullmatch(text):
        return Part.model_validate({"of": match[2], "fraction": read_share(match[1])})
    try:
        return Part(of="days", days=read_length(value))
    except ValueError:
        expected = "such as '3 years', 'half the sentence' or '1/4 of remaining'"
        raise ValueError(f"no amount: {shown(value)}; expected {expected}") from None


Amount = Annotated[Part, BeforeValidator(_read_part)]


class Reduce(Block):
    """A cut of the term, never more than ``at most``."""

    by: Amount
    at_most: Amount | None = Field(None, alias="at most")


class Reduction(Block):
    """The effect of a clause that shortens the term."""

    reduce: Reduce


class Review(Said):
    """Who must agree: the officer in charge (recommended), then the centre (approved)."""

    recommended: DecreeShare | None = None
    approved: DecreeShare | None = None


def _read_predicate(data: object, info: ValidationInfo) -> Predicate:
    return ConditionReader(words_of(info), (info.context or {}).get("sources")).read(data)


Condition = Annotated[Predicate, BeforeValidator(_read_predicate)]


def _read_effect(value: object, info: ValidationInfo) -> object:
    """Choose what is meant before pydantic does, so that a mistake gives one message."""
    if isinstance(value, Mapping):
        return Reduction.model_validate(value, context=info.context)
    if value == "release" or isinstance(value, Reduction):
        return value
    expected = "expected 'release' or such as {reduce: {by: 3 years}}"
    raise ValueError(f"unknown effect {shown(value)}: {expected}")


Effect = Annotated[Literal["release"] | Reduction, BeforeValidator(_read_effect)]


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
    then: Effect
    review: Review = Review()
    despite: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()
