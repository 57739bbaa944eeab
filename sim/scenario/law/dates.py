"""The days of a decree: dates, offsets from the grant, anniversaries, and chance in a date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, field_validator, model_validator

from sim.scenario.blocks import Block
from sim.scenario.graded import (
    Amount,
    Day,
    Days,
    DecreeDate,
    DecreeNumber,
    Said,
    bare_value,
    check_range,
    days_written,
)
from sim.scenario.lengths import in_year, read_date, read_length
from sim.scenario.problems import shown

_OFFSET = re.compile(r"(.+?) (before|after) the grant")
_YEARS = re.compile(r"(\d+) years?")


class Offset(BaseModel):
    """A day counted from the grant: so many days after it, or before it if negative."""

    model_config = {"frozen": True}
    days: int


def read_offset(value: object) -> Offset | None:
    """Read ``60 days before the grant``; None if it is none."""
    match = _OFFSET.fullmatch(str(value).strip())
    if match is None:
        return None
    days = read_length(match[1])
    return Offset(days=-days if match[2] == "before" else days)


def _read_day(value: object) -> date | Offset:
    if isinstance(value, Offset):
        return value
    offset = read_offset(value)
    if offset is not None:
        return offset
    try:
        return read_date(value)
    except ValueError as error:
        raise ValueError(f"{error}, or '60 days before the grant'") from None


def _two_days(value: object) -> object:
    if value is not None and not (isinstance(value, list | tuple) and len(value) == 2):
        raise ValueError(f"expected two days, [first, last]; found {shown(value)}")
    return value


class DecreeDay(Said):
    """A date, or days before or after the grant; what is not known of it is never chance."""

    value: Annotated[date | Offset, BeforeValidator(_read_day)]
    between: Annotated[tuple[Day, Day] | None, BeforeValidator(_two_days)] = None
    low: Days | None = None
    high: Days | None = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        if isinstance(self.value, Offset):
            if self.between is not None:
                raise ValueError("days from the grant have a range in days: 'low' and 'high'")
            check_range(abs(self.value.days), self.low, self.high, self.grade, days_written)
            return self
        if self.low is not None or self.high is not None:
            raise ValueError("a date has a range of days: 'between: [first, last]'")
        check_between(self.value, self.between, self.grade)
        return self

    def day(self, granted: date) -> date:
        """Return the day, given that of the grant."""
        if isinstance(self.value, Offset):
            return granted + timedelta(days=self.value.days)
        return self.value


def check_between(value: date, between: tuple[date, date] | None, grade: str | None) -> None:
    """Refuse a range of days that does not hold the day, and grade C without one.

    Raises
    ------
    ValueError
        Saying what to mend.
    """
    first, last = between or (value, value)
    if first > last:
        raise ValueError(f"the first day possible, {first}, lies after the last, {last}")
    if not first <= value <= last:
        raise ValueError(f"{value} does not lie between {first} and {last}")
    if between is None and grade == "C":
        raise ValueError("grade C (assumed) needs a range: give 'between: [first, last]'")


class DecreeGrant(Said):
    """The day of the grant: a date, or (``random``) any of some days, all alike likely."""

    value: Day | None = None
    between: Annotated[tuple[Day, Day] | None, BeforeValidator(_two_days)] = None
    random: Annotated[tuple[Day, Day] | None, BeforeValidator(_two_days)] = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: object) -> object:
        return data if isinstance(data, Mapping) else {"value": data}

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.value is None) == (self.random is None):
            raise ValueError("give a date, or 'random: [first, last]'")
        if self.value is not None:
            check_between(self.value, self.between, self.grade)
        if self.random is not None:
            if self.between is not None:
                raise ValueError("'random' is chance, 'between' is what is not known: give one")
            if self.random[0] > self.random[1]:
                first, last = self.random
                raise ValueError(f"the first day possible, {first}, lies after the last, {last}")
        return self


class Rate(DecreeNumber[Amount]):
    """How often in a year, on average."""

    @field_validator("value")
    @classmethod
    def _sometimes(cls, value: float) -> float:
        if not 0 < value <= 12:
            raise ValueError("a rate lies above 0 and is at most 12 per year")
        return value


class Surprise(Block):
    """Grants that nobody foresees: each day alike, so many a year on average."""

    rate: Rate


class InForce(Block):
    """The first and the last day on which a standing decree is in force."""

    first: DecreeDate = Field(alias="from")
    last: DecreeDate = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last.value < self.first.value:
            raise ValueError(f"{self.last.value} lies before 'from', {self.first.value}")
        return self

    def checks(self, every: Checked) -> list[date]:
        """List the days on which it is checked."""
        days = (self.last.value - self.first.value).days
        return [self.first.value + timedelta(days=day) for day in range(0, days + 1, STEP[every])]


Checked = Literal["daily", "weekly"]
STEP: dict[Checked, int] = {"daily": 1, "weekly": 7}


def _read_every(value: object) -> int:
    """Read ``year`` or ``5 years``: the years from one to the next."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _YEARS.fullmatch(str(value).strip())
    if value == "year" or (match is not None and int(match[1]) > 0):
        return 1 if match is None else int(match[1])
    raise ValueError(f"expected 'year' or such as '5 years', found {shown(value)}")


Years = Annotated[int, BeforeValidator(_read_every)]


def anniversaries(
    founding: date, every: int, skipped: int | None, start: date, end: date
) -> list[tuple[int, date]]:
    """List the anniversaries from start to the day before end, each with its number of years.

    Parameters
    ----------
    every
        Years from one to the next, counted from the founding.
    skipped
        Anniversaries that belong to another decree: every so many years.
    """
    found = []
    for year in range(max(start.year, founding.year + 1), end.year + 1):
        age, day = year - founding.year, in_year(year, (founding.month, founding.day))
        mine = age % every == 0 and (skipped is None or age % skipped != 0)
        if mine and start <= day < end:
            found.append((age, day))
    return found
