"""Probabilities of a decree that may differ from person to person: by rows, by odds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import InitErrorDetails, ValidationError

from sim.scenario.blocks import as_list, at_least_one, custom
from sim.scenario.graded import (
    Amount,
    DecreeNumber,
    DecreeShare,
    Said,
    Share,
    bare_value,
    check_range,
)
from sim.scenario.law.predicate import Predicate
from sim.scenario.law.rows import Row, conditions_of, in_order
from sim.scenario.law.when import Condition


class Times(DecreeNumber[Amount]):
    """A factor on odds."""

    @field_validator("value")
    @classmethod
    def _above_zero(cls, value: float) -> float:
        if value <= 0:
            raise ValueError("odds are multiplied by a number above 0")
        return value


class Odds(Said):
    """A factor on the odds of those who meet a condition: p becomes xp / (1 - p + xp)."""

    times: Times
    whose: Condition = Field(alias="for")


def _bare(data: object) -> object:
    """Take a bare value for a graded one; a table stands in place of a value."""
    return bare_value(data) if not (isinstance(data, Mapping) and "table" in data) else data


# Made here, where it has a name by which another process finds it.
ShareRow = Row[DecreeShare]


class Chance(Said):
    """A probability: one for all or a table by attributes, with factors on the odds of some."""

    value: Share | None = None
    low: Share | None = None
    high: Share | None = None
    unit: str | None = None
    table: Annotated[tuple[ShareRow, ...], BeforeValidator(at_least_one)] = ()
    odds: Annotated[tuple[Odds, ...], BeforeValidator(lambda v: tuple(as_list(v)))] = ()

    _bare = model_validator(mode="before")(staticmethod(_bare))

    @model_validator(mode="after")
    def _one_or_a_table(self) -> Self:
        if (self.value is None) == (not self.table):
            raise ValueError("give either a probability or a 'table' of them")
        if self.table and (self.low is not None or self.high is not None):
            raise ValueError("a table has no range; its rows have")
        check_range(self.value, self.low, self.high, self.grade)
        return self

    @model_validator(mode="after")
    def _rows_leave_nobody_out(self) -> Self:
        """Demand a row for all others, the last, so that no probability is a hidden choice."""
        in_order(self.table)
        if self.table and self.table[-1].otherwise is None:
            message = "the last row must be for all others, such as {otherwise: 50%}"
            place = ("table", len(self.table) - 1)
            wrong = InitErrorDetails(type=custom(message), loc=place, input=None)
            raise ValidationError.from_exception_data("table", [wrong])
        return self

    @property
    def certain(self) -> bool:
        """Whether everybody has the same answer, whatever is drawn."""
        return self.value in (0, 1)

    @property
    def deciding(self) -> object:
        """What decides, without what it rests on."""
        rows = tuple((row.named, row.given.value) for row in self.table)
        return self.value, rows, tuple((o.times.value, o.whose) for o in self.odds)

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List the conditions with their key paths."""
        yield from conditions_of(self.table)
        for i, odds in enumerate(self.odds):
            yield ("odds", i, "for"), odds.whose
