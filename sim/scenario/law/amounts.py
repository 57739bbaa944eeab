"""Amounts of time as laws write them: lengths, shares, so many days for each month, and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, model_validator

from sim.scenario.blocks import Block, at_least_one, words_of
from sim.scenario.graded import (
    Said,
    bare_value,
    check_range,
    days_written,
)
from sim.scenario.law.predicate import Every, On, Predicate
from sim.scenario.law.rows import Row, conditions_of, in_order
from sim.scenario.law.thresholds import read_moment
from sim.scenario.lengths import read_length, read_share
from sim.scenario.problems import shown

Whole = Literal[
    "sentence", "term", "served", "remaining", "until due", "remand", "pardonable parts"
]
"""What an amount may be a share of, or be counted over."""
Unit = Literal["day", "month", "year"]
WHOLES: tuple[str, ...] = get_args(Whole)
_SHARE = re.compile(r"([\d.]\S*(?:\s*%)?)\s+of (.+)")
_PER = re.compile(r"(.+) per (complete|started) (?:([1-9]\d*) )?(day|month|year)s? (.+)")
_WITHIN = re.compile(r"served(?: from (?P<first>.+?))?(?: to (?P<last>.+))?")
HALF = re.compile(r"half the (sentence|term)")
SUCH_AS = (
    "'3 years', 'half the sentence', '1/4 of remaining', '15 days per complete month remaining'"
)


class Per(BaseModel):
    """For each complete, or each started, period of so many units."""

    model_config = {"frozen": True}
    number: int
    unit: Unit
    complete: bool


class Part(BaseModel):
    """An amount: days, an exact fraction of a length, or days for each period of it.

    ``of`` is 'days', one of `WHOLES` or a flag that is a length; ``first`` and ``last`` are the
    days, both included, within which served time counts.
    """

    model_config = {"frozen": True}
    of: str
    days: int = 0
    fraction: Fraction = Fraction(0)
    per: Per | None = None
    first: On | None = None
    last: On | None = None

    @property
    def size(self) -> Fraction | int:
        """The number that a range is about: days, or the fraction."""
        return self.fraction if self.of != "days" and self.per is None else self.days


def _whole(text: str, flags: tuple[str, ...]) -> dict[str, object] | None:
    """Read of what an amount is a share; None if it is nothing that has a length."""
    if text in WHOLES or text in flags:
        return {"of": text}
    if (match := _WITHIN.fullmatch(text)) is None:
        return None
    ends = {name: read_moment(end) for name, end in match.groupdict().items() if end}
    days = [ends[name].anchor for name in ("first", "last") if name in ends]
    if all(isinstance(day, date) for day in days) and sorted(days, key=str) != days:
        raise ValueError(f"{text!r} ends before it begins")
    return {"of": "served", **ends}


def read_part(value: object, flags: tuple[str, ...] = ()) -> Part:
    """Read an amount, of which flags that are lengths may be the whole.

    Raises
    ------
    ValueError
        If the text is none.
    """
    if isinstance(value, Part):
        return value
    text = str(value).strip()
    if match := HALF.fullmatch(text):
        return Part.model_validate({"of": match[1], "fraction": Fraction(1, 2)})
    if (match := _PER.fullmatch(text)) and (whole := _whole(match[5], flags)):
        period = {"number": match[3] or 1, "unit": match[4], "complete": match[2] == "complete"}
        return Part.model_validate({**whole, "days": read_length(match[1]), "per": period})
    if (match := _SHARE.fullmatch(text)) and (whole := _whole(match[2], flags)):
        return Part.model_validate({**whole, "fraction": read_share(match[1])})
    try:
        return Part(of="days", days=read_length(value))
    except ValueError:
        message = f"no amount: {shown(value)}; expected such as {SUCH_AS}"
        if " per " in text:
            message += ": complete or started, and of " + ", ".join((*WHOLES, *flags))
        raise ValueError(message) from None


def _read_value(value: object, info: ValidationInfo) -> Part:
    return read_part(value, words_of(info).get("length", ()))


def _read_end(value: object) -> Fraction | int | None:
    """Read an end of a range: the number of an amount alone."""
    if value is None or isinstance(value, Fraction | int):
        return value
    text = str(value).strip()
    if " of " in text or " per " in text:
        number = re.split(" of | per ", text)[0]
        raise ValueError(f"the range of an amount is of its number alone: write {number}")
    return read_share(text) if text.endswith("%") or "/" in text else read_length(text)


End = Annotated[Fraction | int | None, BeforeValidator(_read_end)]


class OneAmount(Said):
    """An amount, bare or graded; its range is of its number: the length, or the share."""

    value: Annotated[Part, BeforeValidator(_read_value)]
    low: End = None
    high: End = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: object) -> object:
        full = bare_value(data)
        assert isinstance(full, Mapping)
        ranged = "low" in full or "high" in full
        if ranged and (half := HALF.fullmatch(str(full.get("value")).strip())):
            raise ValueError(f"a value with a range is a number: write '1/2 of {half[1]}'")
        return full

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        size = self.value.size
        ends = [end for end in (self.low, self.high) if end is not None]
        if any(isinstance(end, Fraction) != isinstance(size, Fraction) for end in ends):
            kind = "shares such as 1/4" if isinstance(size, Fraction) else "lengths such as 7 days"
            raise ValueError(f"the ends of this range are {kind}")
        written = str if isinstance(size, Fraction) else days_written
        check_range(size, self.low, self.high, self.grade, written)
        return self


# Made here, where it has a name by which another process finds it.
AmountRow = Row[OneAmount]


class DecreeAmount(Said):
    """One amount for all, bare or graded, or a table of amounts; whom no row names has none."""

    one: OneAmount | None = None
    table: Annotated[tuple[AmountRow, ...], BeforeValidator(at_least_one)] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_or_a_table(cls, data: object, info: ValidationInfo) -> object:
        """Read one amount here, so that a mistake is placed where the file has it."""
        if isinstance(data, Mapping) and "table" in data:
            return data
        return {"one": OneAmount.model_validate(data, context=info.context)}

    @model_validator(mode="after")
    def _rows_in_order(self) -> Self:
        in_order(self.table)
        return self

    @property
    def rows(self) -> tuple[tuple[Predicate, OneAmount], ...]:
        """Whom each row names, in order, and the amount there; one for all is a single row."""
        if self.one is not None:
            return ((Every(()), self.one),)
        return tuple((row.named, row.given) for row in self.table)

    @property
    def nothing(self) -> bool:
        """Whether it is one amount of nothing, without a range that holds more."""
        return self.one is not None and self.one.value.size == 0 and not self.one.high

    @property
    def deciding(self) -> object:
        """What decides, without what it rests on."""
        return tuple((when, amount.value) for when, amount in self.rows)


class Limited(Block):
    """An amount within limits."""

    by: DecreeAmount | None = None
    at_least: DecreeAmount | None = Field(None, alias="at least")
    at_most: DecreeAmount | None = Field(None, alias="at most")
    to: DecreeAmount | None = None

    @property
    def amounts(self) -> tuple[DecreeAmount, ...]:
        """What is said, in the order in which it is applied."""
        said = (self.by, self.at_least, self.at_most, self.to)
        return tuple(amount for amount in said if amount is not None)

    @property
    def deciding(self) -> object:
        """What decides, without what it rests on."""
        said = (self.by, self.at_least, self.at_most, self.to)
        return [None if amount is None else amount.deciding for amount in said]

    @property
    def days_read(self) -> set[On]:
        """Days between which served time counts, other than that of the thresholds."""
        parts = [one.value for amount in self.amounts for _, one in amount.rows]
        return {day for part in parts for day in (part.first, part.last) if day is not None}

    @property
    def wholes(self) -> set[str]:
        """Of what its amounts are shares, or over what they are counted."""
        return {one.value.of for amount in self.amounts for _, one in amount.rows}

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List the conditions of tables with their key paths."""
        for name, field in type(self).model_fields.items():
            amount = getattr(self, name)
            if amount is not None:
                for path, when in conditions_of(amount.table):
                    yield (field.alias or name, *path), when


class Credit(Limited):
    """Days that count as served: an amount within limits, no day of it twice."""

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.to is not None:
            raise ValueError("'to' is a ceiling on a term, and a credit leaves the term as it is")
        if self.by is None:
            raise ValueError("'by' is missing, such as '6 days per complete 30 days served'")
        if self.by.nothing:
            raise ValueError("'by' credits nothing: an amount above 0, or a range that holds one")
        return self


class Reduce(Limited):
    """A cut of the term: by an amount within limits, down to a ceiling, or both.

    ``at least`` and ``at most`` bound what ``by`` gives. ``to`` is a ceiling on the new term; it
    only ever shortens.
    """

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.by is None and self.to is None:
            raise ValueError("'by' is missing (or 'to', a ceiling on the term)")
        if self.by is not None and self.by.nothing:
            raise ValueError("'by' cuts nothing: an amount above 0, or a range that holds one")
        if self.by is None and (self.at_least or self.at_most):
            raise ValueError("'at least' and 'at most' bound 'by', which is missing")
        return self
