"""What a clause gives: release, an end of the case, a shorter term, an earlier release point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from sim.scenario.blocks import Block
from sim.scenario.graded import (
    DecreeNumber,
    SentenceDays,
    check_range,
    days_written,
)
from sim.scenario.law.amounts import Credit, Limited, Reduce
from sim.scenario.law.points import MovedPoint
from sim.scenario.law.predicate import Predicate
from sim.scenario.law.revival import Revival
from sim.scenario.lengths import FOR_LIFE, OF_DEATH
from sim.scenario.problems import shown

END_THE_CASE = "end the case"


class NewSentence(DecreeNumber[SentenceDays]):
    """A length of a sentence, or ``life``."""

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        if self.value == OF_DEATH:
            raise ValueError("expected a length such as '20 years', or 'life'; found 'death'")
        if max(self.low or 0, self.high or 0) >= FOR_LIFE:
            raise ValueError("the ends of a range are lengths; 'life' is none")
        if self.value == FOR_LIFE and self.low is not None:
            raise ValueError("'life' has no range")
        check_range(self.value, self.low, self.high, self.grade, days_written)
        return self


class Commute(Block):
    """Another sentence in place of one for life or of death, counted from the admission."""

    source: Literal["life", "death"] = Field(alias="from")
    to: NewSentence

    @model_validator(mode="after")
    def _is_milder(self) -> Self:
        if self.source == "life" and self.to.value == FOR_LIFE:
            raise ValueError("a sentence for life becomes a shorter one: expected 'to' a length")
        return self

    @property
    def deciding(self) -> object:
        """What can change a result."""
        return self.source, self.to.value


BESIDE = ("revived_if", "expunge", "abroad")
"""What stands beside another effect."""


class Effect(Block):
    """What follows for those who qualify; ``then: release`` is ``{release: true}``."""

    release: bool = False
    end_the_case: bool = Field(False, alias="end the case")
    serve_the_rest: Literal["at home"] | None = Field(None, alias="serve the rest")
    reduce: Reduce | None = None
    credit: Credit | None = None
    commute: Commute | None = None
    release_point: MovedPoint | None = Field(None, alias="release point")
    revived_if: Revival | None = Field(None, alias="revived if")
    expunge: bool = False
    abroad: bool = False

    @model_validator(mode="after")
    def _gives_one_thing(self) -> Self:
        fields = type(self).model_fields.items()
        given = [field.alias or name for name, field in fields
                 if name not in BESIDE and getattr(self, name)]  # fmt: skip
        if not given:
            raise ValueError("gives nothing; expected 'release' or such as {reduce: {by: 3 years}}")
        if len(given) > 1:
            raise ValueError(f"'{given[0]}' and '{given[1]}' exclude each other")
        if self.revived_if and given[0] not in ("release", "reduce"):
            raise ValueError(f"'revived if' belongs to a release or a reduction, not '{given[0]}'")
        for name in ("expunge", "abroad"):
            if getattr(self, name) and not self.release:
                raise ValueError(f"'{name}' belongs to a release, not '{given[0]}'")
        if self.abroad and self.revived_if:
            raise ValueError("who is sent abroad does not come back: leave out 'revived if'")
        return self

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List the conditions of its tables with their key paths."""
        for name in ("reduce", "credit"):
            amounts: Limited | None = getattr(self, name)
            if amounts is not None:
                for path, when in amounts.conditions():
                    yield (name, *path), when

    @property
    def deciding(self) -> object:
        """What can change a result: the effect without what it rests on."""
        return (
            self.release,
            self.end_the_case,
            self.serve_the_rest,
            self.reduce and self.reduce.deciding,
            self.credit and self.credit.deciding,
            self.commute and self.commute.deciding,
            self.release_point and self.release_point.deciding,
            self.revived_if and self.revived_if.deciding,
            self.expunge,
            self.abroad,
        )

    @property
    def amounts(self) -> Limited | None:
        """The days that it takes off the term or credits; None if it does neither."""
        return self.reduce or self.credit

    @property
    def lets_out(self) -> bool:
        """Whether it lets people out of prison on the day of release, free or to their homes."""
        return self.release or self.end_the_case or self.serve_the_rest is not None

    @property
    def divisible(self) -> bool:
        """Whether it can fall on some parts of a sentence and leave the others: release or cut."""
        return self.release or self.reduce is not None

    @property
    def shortens(self) -> bool:
        """Whether it is a cut or a commutation, which count as reductions."""
        return self.reduce is not None or self.commute is not None


def _read_effect(value: object, info: ValidationInfo) -> object:
    """Choose what is meant before pydantic does, so that a mistake gives one message."""
    if value == "release":
        return Effect(release=True)
    if value == END_THE_CASE:
        return Effect.model_validate({END_THE_CASE: True})
    if isinstance(value, Mapping):
        return Effect.model_validate(value, context=info.context)
    if isinstance(value, Effect):
        return value
    expected = "expected 'release', 'end the case' or such as {reduce: {by: 3 years}}"
    if isinstance(value, list):
        expected = (
            "what goes together stands in one mapping, such as {release: true, expunge: true}"
        )
    raise ValueError(f"unknown effect {shown(value)}: {expected}")


ThenEffect = Annotated[Effect, BeforeValidator(_read_effect)]
