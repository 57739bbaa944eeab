"""Rows of tables of amounts and probabilities: the first whose person it is decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Self, TypeVar

from pydantic import Field, model_validator
from pydantic_core import InitErrorDetails, ValidationError

from sim.scenario.blocks import custom
from sim.scenario.graded import Said
from sim.scenario.law.predicate import Every, Predicate
from sim.scenario.law.when import Condition

Given = TypeVar("Given", bound=Said)


class Row(Said, Generic[Given]):
    """A row of a table: whom it names and what it says of them; the last may name all others."""

    when: Condition | None = None
    own: Given | None = Field(None, alias="is")
    otherwise: Given | None = None

    @model_validator(mode="after")
    def _of_some_or_of_all_others(self) -> Self:
        some = self.when is not None and self.own is not None and self.otherwise is None
        others = self.otherwise is not None and self.when is None and self.own is None
        if not (some or others):
            raise ValueError("a row has 'when' and 'is', or is {otherwise: …}")
        return self

    @property
    def named(self) -> Predicate:
        """Whom the row names, those above left out."""
        return Every(()) if self.when is None else self.when

    @property
    def given(self) -> Given:
        """What the row says of them."""
        given = self.otherwise if self.own is None else self.own
        assert given is not None
        return given


def in_order(rows: Sequence[Row[Given]]) -> None:
    """Refuse rows below that of all others.

    Raises
    ------
    ValidationError
        With a line for each such row.
    """
    message = "'otherwise' is the last row: those below never hold"
    wrong = [
        InitErrorDetails(type=custom(message), loc=("table", i), input=None)
        for i, row in enumerate(rows[:-1])
        if row.otherwise is not None
    ]
    if wrong:
        raise ValidationError.from_exception_data("table", wrong)


def conditions_of(rows: Sequence[Row[Given]]) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
    """List the conditions of a table with their key paths."""
    for i, row in enumerate(rows):
        if row.when is not None:
            yield ("table", i, "when"), row.when
