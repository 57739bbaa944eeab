"""Amounts of time as laws write them: lengths, shares, so many days for each month, and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, model_validator

from sim.scenario.graded import Block, Said, at_least_one, bare_value, check_range, days_written
from sim.scenario.law.predicate import Every, Predicate
from sim.scenario.law.rows import Row, conditions_of, in_order
from sim.scenario.lengths import read_length, read_share
from sim.scenario.problems import shown

Whole = Literal["sentence", "term", "served", "remaining", "until due"]
"""What an amount may be a share of, or be counted over."""
Unit = Literal["day", "month", "year"]
WHOLES: tuple[str, ...] = get_args(Whole)
_OF = "|".join(WHOLES)
_SHARE = re.compile(rf"(.+) of ({_OF})")
_PER = re.compile(rf"(.+) per (complete|started) (?:([1-9]\d*) )?(day|month|year)s? ({_OF})")
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
    """An amount: days, an exact fraction of a length, or days for each period of it."""

    model_config = {"frozen": True}
    of: Literal["days"] | Whole
    days: int = 0
    fraction: Fraction = Fraction(0)
    per: Per | None = None

    @property
    def size(self) -> Fraction | int:
        """The number that a range is about: days, or the fraction."""
        return self.fraction if self.of != "days" and self.per is None else self.days


def read_part(value: object) -> Part:
    """Read an amount.

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
    if match := _PER.fullmatch(text):
        period = {"number": match[3] or 1, "unit": match[4], "complete": match[2] == "complete"}
        return Part.model_validate({"of": match[5], "days": read_length(match[1]), "per": period})
    if match := _SHARE.fullmatch(text):
        return Part.model_validate({"of": match[2], "fraction": read_share(match[1])})
    try:
        return Part(of="days", days=read_length(value))
    except ValueError:
        message = f"no amount: {shown(value)}; expected such as {SUCH_AS}"
        if " per " in text:
            message += ": complete or started, and of " + ", ".join(WHOLES)
        raise ValueError(message) from None


def _read_end(value: object) -> Fraction | int | None:
    """Read an end of a range: the number of an amount alone."""
    if value is None or isinstance(value, Fraction | int):
        return value
    text = str(value).strip()
    return read_share(text) if text.endswith("%") or "/" in text else read_length(text)


End = Annotated[Fraction | int | None, BeforeValidator(_read_end)]


class OneAmount(Said):
    """An amount, bare or graded; its range is of its number: the length, or the share."""

    value: Annotated[Part, BeforeValidator(read_part)]
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


class DecreeAmount(Said):
    """One amount for all, bare or graded, or a table of amounts; whom no row names has none."""

    one: OneAmount | None = None
    table: Annotated[tuple[Row[OneAmount], ...], BeforeValidator(at_least_one)] = ()

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


class Reduce(Block):
    """A cut of the term: by an amount within limits, down to a ceiling, or both.

    ``at least`` and ``at most`` bound what ``by`` gives. ``to`` is a ceiling on the new term; it
    only ever shortens.
    """

    by: DecreeAmount | None = None
    at_least: DecreeAmount | None = Field(None, alias="at least")
    at_most: DecreeAmount | None = Field(None, alias="at most")
    to: DecreeAmount | None = None

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.by is None and self.to is None:
            raise ValueError("'by' is missing (or 'to', a ceiling on the term)")
        if self.by is not None and self.by.nothing:
            raise ValueError("'by' cuts nothing: an amount above 0, or a range that holds one")
        if self.by is None and (self.at_least or self.at_most):
            raise ValueError("'at least' and 'at most' bound 'by', which is missing")
        return self

    @property
    def amounts(self) -> tuple[DecreeAmount, ...]:
        """What is said, in the order in which it is applied."""
        said = (self.by, self.at_least, self.at_most, self.to)
        return tuple(amount for amount in said if amount is not None)

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List the conditions of tables with their key paths."""
        for name, field in type(self).model_fields.items():
            amount = getattr(self, name)
            if amount is not None:
                for path, when in conditions_of(amount.table):
                    yield (field.alias or name, *path), when
