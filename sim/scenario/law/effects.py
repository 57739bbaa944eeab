"""What a clause gives: release, or a shorter term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, ValidationInfo, model_validator

from sim.scenario.graded import Block
from sim.scenario.law.amounts import DecreeAmount, Reduce
from sim.scenario.law.predicate import Predicate
from sim.scenario.problems import shown


class Effect(Block):
    """What follows for those who qualify; ``then: release`` is ``{release: true}``."""

    release: bool = False
    reduce: Reduce | None = None

    @model_validator(mode="after")
    def _gives_one_thing(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name)]
        if not given:
            raise ValueError("gives nothing; expected 'release' or such as {reduce: {by: 3 years}}")
        if len(given) > 1:
            raise ValueError(f"'{given[0]}' and '{given[1]}' exclude each other")
        return self

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List the conditions of its tables with their key paths."""
        if self.reduce is not None:
            for path, when in self.reduce.conditions():
                yield ("reduce", *path), when

    @property
    def deciding(self) -> object:
        """What can change a result: the effect without what it rests on."""
        cut = self.reduce
        names = ("by", "at_least", "at_most", "to")
        return (self.release, cut and [_value(getattr(cut, name)) for name in names])


def _value(amount: DecreeAmount | None) -> object:
    return None if amount is None else amount.deciding


def _read_effect(value: object, info: ValidationInfo) -> object:
    """Choose what is meant before pydantic does, so that a mistake gives one message."""
    if value == "release":
        return Effect(release=True)
    if isinstance(value, Mapping):
        return Effect.model_validate(value, context=info.context)
    if isinstance(value, Effect):
        return value
    expected = "expected 'release' or such as {reduce: {by: 3 years}}"
    raise ValueError(f"unknown effect {shown(value)}: {expected}")


ThenEffect = Annotated[Effect, BeforeValidator(_read_effect)]
