"""What a decree changes of release points: which pieces, by how much, and for whom."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.blocks import Block, as_list
from sim.scenario.graded import (
    ExactShare,
    Said,
    bare_value,
    check_range,
)
from sim.scenario.law.predicate import (
    THIS_PART,
    AgeIs,
    Leaf,
    LengthIs,
    NumberIs,
    OneOf,
    PartIs,
    Tagged,
)
from sim.scenario.law.waits import DecreeLength

KNOWN = "offence, gravity, sentence, term, parts, camp, origin, residence, health, sex and ages"
"""What may be asked of those to come: it is known when a sentence begins."""
Reach = Literal["those held", "those to come"]
BOTH: tuple[Reach, ...] = ("those held", "those to come")


class DecreeFraction(Said):
    """An exact share of a decree, bare or graded."""

    value: ExactShare
    low: ExactShare | None = None
    high: ExactShare | None = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        check_range(self.value, self.low, self.high, self.grade, str)
        return self


class MovedPoint(Block):
    """What a decree puts in place of pieces of a release point; the other pieces stay."""

    fraction: DecreeFraction | None = None
    earlier_by: DecreeLength | None = Field(None, alias="earlier by")
    later_by: DecreeLength | None = Field(None, alias="later by")
    at_least: DecreeLength | None = Field(None, alias="at least")
    reach: Annotated[tuple[Reach, ...], BeforeValidator(as_list)] = Field(BOTH, alias="for")

    @model_validator(mode="after")
    def _moves_something(self) -> Self:
        if not self.pieces:
            raise ValueError("moves nothing; expected 'fraction', 'earlier by' or 'at least'")
        if self.earlier_by is not None and self.later_by is not None:
            raise ValueError("'earlier by' and 'later by' exclude each other")
        return self

    @property
    def pieces(self) -> dict[str, Said]:
        """What is replaced, by its name."""
        names = ("fraction", "earlier_by", "later_by", "at_least")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    @property
    def shift_days(self) -> int | None:
        """Days by which release comes later (earlier if negative); None where it says nothing."""
        if self.earlier_by is not None:
            return -self.earlier_by.value
        return None if self.later_by is None else self.later_by.value

    @property
    def deciding(self) -> object:
        """What can change a result."""
        fraction: Fraction | None = self.fraction.value if self.fraction else None
        least = self.at_least.value if self.at_least else None
        return (fraction, self.shift_days, least, tuple(sorted(self.reach)))


def known_at_admission(leaf: Leaf) -> bool:
    """Say whether a condition can be read of those to come."""
    if isinstance(leaf, LengthIs):
        return leaf.attribute in ("sentence", "term") and leaf.on is None
    known = ("offence", "gravity", "camp", "origin", "residence", "health", "sex")
    if isinstance(leaf, OneOf):
        return leaf.attribute in known
    if isinstance(leaf, PartIs):
        return leaf.whose != THIS_PART
    if isinstance(leaf, NumberIs):
        return leaf.attribute == "parts"
    return isinstance(leaf, Tagged) or (isinstance(leaf, AgeIs) and leaf.on is None)
