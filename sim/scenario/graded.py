"""Numbers that say what they rest on: value, range, unit, sources and grade.

Every number of a world is graded: A reported, B derived from reports, C assumed. One letter,
the worse of two. What rests on memory is grade C with the source ``assumption``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import (
    BeforeValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.scenario.blocks import Block
from sim.scenario.lengths import (
    in_words,
    read_date,
    read_length,
    read_month_day,
    read_sentence,
    read_share,
)
from sim.scenario.problems import nearest, shown

Grade = Literal["A", "B", "C"]
Status = Literal["reported", "rumoured", "inferred", "announced"]
ASSUMPTION = "assumption"
DERIVED = "derived"


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def known_sources(names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """Refuse sources that do not stand in the bibliography."""
    known = (info.context or {}).get("sources")
    if not names:
        raise ValueError("names no source")
    for name in names:
        if known is not None and name not in known and name not in (ASSUMPTION, DERIVED):
            raise ValueError(f"unknown source {name!r}: {nearest(name, known)}")
    return names


def _finite_number(value: object) -> float:
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(read_share(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"expected a number, found {value!r}")
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"expected a finite number, found {value!r}")
    return float(value)


def _positive(value: object) -> float:
    number = _finite_number(value)
    if number < 0:
        raise ValueError(f"cannot be negative; found {value!r}")
    return number


Sources = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Days = Annotated[int, BeforeValidator(read_length)]
SentenceDays = Annotated[int, BeforeValidator(read_sentence)]
ExactShare = Annotated[Fraction, BeforeValidator(read_share)]
Share = Annotated[float, BeforeValidator(lambda value: float(read_share(value)))]
Amount = Annotated[float, BeforeValidator(_positive)]
Day = Annotated[date, BeforeValidator(read_date)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(read_month_day)]

Value = TypeVar("Value", bound=float | Fraction)


def check_range(
    value: float | Fraction | None,
    low: float | Fraction | None,
    high: float | Fraction | None,
    grade: str | None,
    written: Callable[[float | Fraction], str] = "{:g}".format,
) -> None:
    """Refuse half a range, a range that does not hold the value, and grade C without one.

    Raises
    ------
    ValueError
        Saying what to mend.
    """
    if (low is None) != (high is None):
        raise ValueError("a range has both ends: 'low' and 'high'")
    if low is None or high is None:
        if grade == "C" and value is not None:
            raise ValueError("grade C (assumed) needs a range: give 'low' and 'high'")
    elif value is not None and not low <= value <= high:
        texts = [written(number) for number in (low, high, value)]
        raise ValueError(f"the range {texts[0]} to {texts[1]} does not hold {texts[2]}")


def check_assumption(source: tuple[str, ...] | None, grade: str | None) -> None:
    """Refuse an assumption that is not graded C.

    Raises
    ------
    ValueError
        If it is not.
    """
    if source is not None and ASSUMPTION in source and grade != "C":
        raise ValueError("what rests on an assumption is grade C: write 'grade: C'")


def days_written(days: float | Fraction) -> str:
    """Write a number of days as a length."""
    return in_words(round(days))


class Quantity(Block, Generic[Value]):
    """A graded value of a world.

    A length (``3 years``) and a share (``60%``) carry their unit; any other number needs one.
    Grade C without a range is refused, and so is a range that does not hold the value.
    """

    value: Value
    low: Value | None = None
    high: Value | None = None
    unit: str | None = None
    source: Sources
    grade: Grade
    note: str | None = None

    @field_validator("source")
    @classmethod
    def _sources_stand_in_the_bibliography(
        cls, names: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        return known_sources(names, info)

    @model_validator(mode="after")
    def _range_fits(self) -> Quantity[Value]:
        written = days_written if isinstance(self, Length) else "{:g}".format
        check_range(self.value, self.low, self.high, self.grade, written)
        check_assumption(self.source, self.grade)
        return self


class Number(Quantity[Amount]):
    """A graded number of at least 0 that is neither a share nor a length: its unit is named."""

    unit: str


class Proportion(Quantity[Share]):
    """A graded share between 0 and 1."""


class Length(Quantity[Days]):
    """A graded length of time, in days."""


class Said(Block):
    """What part of a decree rests on; what is not said here is inherited from the decree."""

    source: Sources | None = None
    grade: Grade | None = None
    status: Status | None = None
    note: str | None = None

    @field_validator("source")
    @classmethod
    def _sources_stand_in_the_bibliography(
        cls, names: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        return None if names is None else known_sources(names, info)

    @model_validator(mode="after")
    def _assumptions_are_grade_c(self) -> Self:
        check_assumption(self.source, self.grade)
        return self


def bare_value(data: object) -> object:
    """Take a bare value for a graded one that says nothing else."""
    return data if isinstance(data, Mapping) else {"value": data}


class DecreeNumber(Said, Generic[Value]):
    """A number of a decree, bare or graded; grade C needs a range."""

    value: Value
    low: Value | None = None
    high: Value | None = None
    unit: str | None = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        check_range(self.value, self.low, self.high, self.grade)
        return self


class DecreeShare(DecreeNumber[Share]):
    """A probability of a decree."""


def _two_days(value: object) -> object:
    if value is not None and not (isinstance(value, list | tuple) and len(value) == 2):
        raise ValueError(f"expected two days, [first, last]; found {shown(value)}")
    return value


class DecreeDate(Said):
    """A date of a decree; ``between`` is what is not known of it, never chance."""

    value: Day
    between: Annotated[tuple[Day, Day] | None, BeforeValidator(_two_days)] = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _between_holds_it(self) -> Self:
        first, last = self.between or (self.value, self.value)
        if first > last:
            raise ValueError(f"the first day possible, {first}, lies after the last, {last}")
        if not first <= self.value <= last:
            raise ValueError(f"{self.value} does not lie between {first} and {last}")
        if self.between is None and self.grade == "C":
            raise ValueError("grade C (assumed) needs a range: give 'between: [first, last]'")
        return self
