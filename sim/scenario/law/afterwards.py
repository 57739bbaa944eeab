"""What a release by a decree brings: education, days, exile, supervision, job, arrests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.scenario.blocks import Block
from sim.scenario.graded import (
    Days,
    DecreeShare,
    Said,
    bare_value,
    check_range,
    days_written,
)
from sim.scenario.law.waits import DecreeLength, Latency, Tranche
from sim.scenario.law.work import Turns
from sim.scenario.lengths import read_length
from sim.scenario.problems import shown

_EDUCATION = re.compile(r"(.+) from (listing|grant)")


class Education(BaseModel):
    """Days of education, from the close of lists or from the grant; held meanwhile."""

    model_config = {"frozen": True}
    days: int
    start: Literal["listing", "grant"]


def _read_education(value: object) -> Education | None:
    if value is None or isinstance(value, Education):
        return value
    match = _EDUCATION.fullmatch(str(value).strip())
    if match is None:
        expected = "expected such as '60 days from listing' or '60 days from grant'"
        raise ValueError(f"{expected}, found {shown(value)}")
    return Education.model_validate({"days": read_length(match[1]), "start": match[2]})


class DecreeEducation(Said):
    """Education before release, bare or graded, with its range in days."""

    value: Annotated[Education | None, BeforeValidator(_read_education)]
    low: Days | None = None
    high: Days | None = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        days = self.value.days if self.value else None
        check_range(days, self.low, self.high, self.grade, days_written)
        return self


class DecreeOver(Said):
    """Days over which a decree's releases are dealt evenly within each camp."""

    value: Days
    low: Days | None = None
    high: Days | None = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        check_range(self.value, self.low, self.high, self.grade, days_written)
        return self

    @field_validator("value")
    @classmethod
    def _at_least_a_day(cls, value: int) -> int:
        if value < 1:
            raise ValueError("releases take at least 1 day")
        return value


class DecreeExile(Said):
    """Those of one origin go elsewhere, to places that the camp chooses and reports."""

    origin: str
    to: Literal["chosen by camp"]
    approval: DecreeLength | None = None


class Escort(Block):
    """Escort home by few: a release waits its turn."""

    turns: Turns = Field(alias="per camp and day")


def _read_escort(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Mapping):
        return Escort.model_validate(value, context=info.context)
    if isinstance(value, bool | Escort):
        return value
    such_as = "or such as {per camp and day: 10}"
    raise ValueError(f"expected true or false, {such_as}; found {shown(value)}")


class Afterwards(Said):
    """What a release by the decree brings: education, days, escort, exile, supervision, job."""

    education: DecreeEducation | None = None
    tranches: dict[str, Tranche] = Field(default_factory=dict)
    latency: Latency | None = None
    over: DecreeOver | None = None
    escort: Annotated[bool | Escort, BeforeValidator(_read_escort)] = False
    exile: DecreeExile | None = None
    supervision: bool = False
    job: DecreeShare | None = None

    @property
    def turns(self) -> Turns | None:
        """How many of each camp are escorted home on a day; None where all are at once."""
        return self.escort.turns if isinstance(self.escort, Escort) else None

    @model_validator(mode="after")
    def _only_the_last_tranche_takes_all_others(self) -> Self:
        rows = list(self.tranches.values())
        if any(row.when is None for row in rows[:-1]):
            raise ValueError("only the last of the tranches has no 'when'")
        return self


class Drive(Said):
    """Arrests of new people that follow releases by the decree."""

    per_release: DecreeShare = Field(alias="arrests per release")
    within: Days

    @field_validator("within")
    @classmethod
    def _at_least_a_day(cls, value: int) -> int:
        if value < 1:
            raise ValueError("an arrest drive lasts at least 1 day")
        return value
