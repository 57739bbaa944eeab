"""Cases, the unit tests of a law, as a file writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.scenario.graded import (
    Block,
    Day,
    Days,
    as_list,
    at_least_one,
    words_of,
)
from sim.scenario.lengths import read_length
from sim.scenario.problems import nearest, shown


def _read_sentence(value: object) -> object:
    return value if value == "life" else read_length(value)


class Who(Block):
    """A hypothetical person of a case; what is not said is plain and favourable."""

    offence: str | None = None
    gravity: Literal["petty", "ordinary"] = "ordinary"
    sentence: Annotated[int | Literal["life"] | None, BeforeValidator(_read_sentence)] = None
    served: Days = 0
    admitted: Day | None = None
    offence_date: Day | None = Field(None, alias="offence date")
    camp: str | None = None
    origin: str | None = None
    residence: str | None = None
    health: str | None = None
    sex: Literal["women", "men"] = "men"
    age_at_offence: Days | None = Field(None, alias="age at offence")
    reduced: Days | None = None
    reduced_by: Literal["pardon", "merit"] = Field("pardon", alias="reduced by")
    recommended: bool = True
    approved: bool = True
    takes_up: bool = Field(True, alias="takes up")

    @field_validator("offence", "camp", "origin", "residence", "health")
    @classmethod
    def _names_are_known(cls, value: str | None, info: ValidationInfo) -> str | None:
        words = words_of(info).get(str(info.field_name))
        if value is not None and words is not None and value not in words:
            raise ValueError(f"unknown {info.field_name} {value!r}: {nearest(value, words)}")
        return value

    @model_validator(mode="after")
    def _admitted_once(self) -> Self:
        if self.admitted is not None and self.served:
            raise ValueError("give 'served' or 'admitted', not both")
        if self.admitted and self.offence_date and self.offence_date > self.admitted:
            raise ValueError(f"the offence, {self.offence_date}, lies after the admission")
        return self


Outcome = Literal[
    "stays", "released", "reduced", "barred", "not eligible", "eligible", "exiled", "not exiled",
    "extinguished",
]  # fmt: skip
OUTCOMES: tuple[str, ...] = get_args(Outcome)


class Expected(Block):
    """What a case expects of a term: its length or what remains after the decree."""

    term: Days | None = None
    released_on: Day | None = Field(None, alias="released on")


def _read_outcome(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Mapping):
        return Expected.model_validate(value, context=info.context)
    if value in OUTCOMES or isinstance(value, Expected):
        return value
    raise ValueError(f"unknown outcome {shown(value)}: {nearest(str(value), OUTCOMES)}")


Outcomes = tuple[Annotated[Outcome | Expected, BeforeValidator(_read_outcome)], ...]


class Case(Block):
    """A unit test of the law: a hypothetical person and what must happen to him."""

    who: Who
    then: Annotated[Outcomes, BeforeValidator(at_least_one), BeforeValidator(as_list)]
