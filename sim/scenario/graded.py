"""Numbers that say what they rest on: value, range, unit, sources and grade.

Every number of a world is graded: A reported, B derived from reports, C assumed. One letter,
the worse of two. What rests on memory is grade C with the source ``assumption``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetPydanticSchema,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from sim.scenario.lengths import (
    in_words,
    read_date,
    read_length,
    read_month_day,
    read_sentence,
    read_share,
)
from sim.scenario.problems import nearest, shown, unknown_key

Grade = Literal["A", "B", "C"]
Status = Literal["reported", "rumoured", "inferred", "announced"]
ASSUMPTION = "assumption"
DERIVED = "derived"


AS_READ = GetPydanticSchema(lambda *_: core_schema.any_schema())
"""Of a type whose values a reader has made: nothing is built to look at them again."""


def custom(message: str) -> PydanticCustomError:
    """Return a validation error with this very message."""
    return PydanticCustomError("amnesty", "{message}", {"message": message})


class Block(BaseModel):
    """A mapping of a file: frozen, and every unknown key is refused with the nearest word."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _speak_plainly(cls, data: object, handler: ModelWrapValidatorHandler[Block]) -> Block:
        try:
            return handler(data)
        except ValidationError as error:
            keys = [field.alias or name for name, field in cls.model_fields.items()]
            lines = [
                InitErrorDetails(
                    type=custom(_plain(line, keys)), loc=line["loc"], input=line["input"]
                )
                for line in error.errors(include_url=False)
            ]
            raise ValidationError.from_exception_data(cls.__name__, lines) from None


_EXPECTED = {
    "model_type": "a mapping of keys",
    "dict_type": "a mapping of keys",
    "string_type": "a word or a text",
    "tuple_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
}
_GRADED = "low: …, high: …, source: assumption, grade: C}"
_SUCH = {
    "Number": f"{{value: …, unit: …, {_GRADED}",
    "Proportion": f"{{value: 70%, {_GRADED}",
    "Length": f"{{value: 5 years, {_GRADED}",
    "Reduce": "{by: 3 years}",
    "Credit": "{by: 30 days}",
    "Commute": "{from: life, to: 20 years}",
    "Drive": "{arrests per release: 50%, within: 3 months}",
    "InForce": "{from: 2018-01-01, to: 2018-12-31}",
    "MovedPoint": "{fraction: 1/2}",
    "Reach": "{offences until: 2020-07-01}",
    "Review": "{recommended: 60%}",
    "Revival": "{within: 5 years, from: law}",
    "Surprise": "{rate: 0.5}",
    "Tranche": "{when: {health: ill}, out: 30 days after the grant}",
}
"""How a mapping is written whose keys a file leaves out."""
_QUOTED = re.compile(r"'([^']*)'")


def _plain(line: ErrorDetails, keys: list[str]) -> str:
    """Say what pydantic found in words that name what stands in the file."""
    kind, found, path = line["type"], line["input"], line["loc"]
    if kind == "extra_forbidden" and len(path) == 1:
        return unknown_key(str(path[0]), keys)
    if kind == "missing":
        return f"{path[-1]!r} is missing"
    if kind == "literal_error":
        words = _QUOTED.findall(line["ctx"]["expected"])
        return f"unknown word {shown(found)}: {nearest(str(found), words)}"
    if kind == "model_type" and line["ctx"]["class_name"] in _SUCH:
        return f"expected such as {_SUCH[line['ctx']['class_name']]}, found {shown(found)}"
    if kind == "dict_type" and path[-1] == "exclude":
        return f"expected such as {{serious crime: {{offence: murder}}}}, found {shown(found)}"
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {shown(found)}"
    return line["msg"].removeprefix("Value error, ")


def at_least_one(value: object) -> object:
    """Refuse an empty list or mapping."""
    if isinstance(value, Collection) and not value:
        raise ValueError("names nothing; expected at least one")
    return value


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


def as_list(value: object) -> object:
    """Read one thing as a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def words_of(info: ValidationInfo) -> dict[str, tuple[str, ...]]:
    """Names that the world gives, by category."""
    words: dict[str, tuple[str, ...]] = (info.context or {}).get("words", {})
    return words
