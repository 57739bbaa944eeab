"""Release points of a world: at which part of the term people ordinarily leave."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from sim.scenario.blocks import Block
from sim.scenario.graded import ExactShare, Length, Quantity
from sim.scenario.law.predicate import (
    Either,
    Every,
    LengthIs,
    OneOf,
    Predicate,
    Table,
    Tagged,
    leaves,
)
from sim.scenario.law.when import Condition

KNOWN = "offence, its tags, and sentence"
"""What may decide which release point holds: it is known when a sentence begins."""


class ExactProportion(Quantity[ExactShare]):
    """A graded share between 0 and 1, kept as an exact fraction."""


class ReleasePoint(Block):
    """A fraction of the term, so many days earlier or later, after a least time served."""

    when: Condition | None = None
    fraction: ExactProportion
    earlier_by: Length | None = Field(None, alias="earlier by")
    later_by: Length | None = Field(None, alias="later by")
    at_least: Length | None = Field(None, alias="at least")

    @model_validator(mode="after")
    def _is_a_point(self) -> Self:
        if self.earlier_by is not None and self.later_by is not None:
            raise ValueError("'earlier by' and 'later by' exclude each other")
        if self.when is not None and _has_table(self.when):
            raise ValueError("a release point of the world has no table; write a row for each case")
        for leaf in leaves(self.when) if self.when is not None else ():
            sentence = isinstance(leaf, LengthIs) and leaf.attribute == "sentence"
            offence = isinstance(leaf, OneOf) and leaf.attribute == "offence"
            if not (sentence or offence or isinstance(leaf, Tagged)):
                raise ValueError(f"a release point of the world depends on {KNOWN} alone")
        return self

    @property
    def shift_days(self) -> int:
        """Days by which release comes later than the fraction; earlier if negative."""
        if self.earlier_by is not None:
            return -self.earlier_by.value
        return self.later_by.value if self.later_by is not None else 0


def _has_table(rule: Predicate) -> bool:
    if isinstance(rule, Every | Either):
        return any(map(_has_table, rule.parts))
    return isinstance(rule, Table)
