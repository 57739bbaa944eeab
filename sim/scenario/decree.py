"""A pardon as declared law: exclusions, clauses, review, cap, dates and what follows.

Parts of a decree that do not say what they rest on inherit source and grade from the decree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from sim.scenario.graded import (
    Block,
    Day,
    Days,
    DecreeDate,
    DecreeShare,
    Grade,
    MonthDay,
    Number,
    Said,
    Sources,
    Status,
    at_least_one,
    bare_value,
    check_assumption,
    check_range,
    custom,
    days_written,
    known_sources,
)
from sim.scenario.lengths import read_date, read_length, read_share
from sim.scenario.predicate import Predicate, PredicateReader
from sim.scenario.problems import nearest, shown

Rank = Literal[
    "longest served", "longest served share", "least remaining", "shortest sentence", "oldest",
    "ill first", "lottery",
]  # fmt: skip
_CAP = re.compile(r"(\d+) (per camp|in all)")
_EDUCATION = re.compile(r"(.+) from (listing|grant)")
_PART = re.compile(r"(.+) of (sentence|term|remaining)")
HALF = re.compile(r"half the (sentence|term)")


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


class Cap(BaseModel):
    """The most that a decree grants: per camp, or in all."""

    model_config = {"frozen": True}
    places: int
    per: Literal["camp", "all"]


def _read_cap(value: object) -> Cap | None:
    if isinstance(value, Cap) or value is None:
        return value
    if value == "none":
        return None
    match = _CAP.fullmatch(str(value).strip())
    if match is None:
        expected = "expected 'none', '50 per camp' or '5000 in all'"
        raise ValueError(f"no cap: {shown(value)}; {expected}")
    return Cap(places=int(match[1]), per="camp" if match[2] == "per camp" else "all")


class DecreeCap(Said):
    """A cap, bare or graded; a grade C cap needs a range."""

    value: Annotated[Cap | None, BeforeValidator(_read_cap)]
    low: int | None = None
    high: int | None = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        places = self.value.places if self.value else None
        check_range(places, self.low, self.high, self.grade)
        return self


class Part(BaseModel):
    """An amount: a length in days, or an exact fraction of sentence, term or remaining."""

    model_config = {"frozen": True}
    of: Literal["days", "sentence", "term", "remaining"]
    days: int = 0
    fraction: Fraction = Fraction(0)


def _read_part(value: object) -> Part:
    if isinstance(value, Part):
        return value
    text = str(value).strip()
    if match := HALF.fullmatch(text):
        return Part.model_validate({"of": match[1], "fraction": Fraction(1, 2)})
    if match := _PART.fullmatch(text):
        return Part.model_validate({"of": match[2], "fraction": read_share(match[1])})
    try:
        return Part(of="days", days=read_length(value))
    except ValueError:
        expected = "such as '3 years', 'half the sentence' or '1/4 of remaining'"
        raise ValueError(f"no amount: {shown(value)}; expected {expected}") from None


Amount = Annotated[Part, BeforeValidator(_read_part)]


class Reduce(Block):
    """A cut of the term, never more than ``at most``."""

    by: Amount
    at_most: Amount | None = Field(None, alias="at most")


class Reduction(Block):
    """The effect of a clause that shortens the term."""

    reduce: Reduce


class Review(Said):
    """Who must agree: the officer in charge (recommended), then the centre (approved)."""

    recommended: DecreeShare | None = None
    approved: DecreeShare | None = None


def _context_words(info: ValidationInfo) -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = (info.context or {}).get("words", {})
    return words


def _read_predicate(data: object, info: ValidationInfo) -> Predicate:
    return PredicateReader(_context_words(info), (info.context or {}).get("sources")).read(data)


Condition = Annotated[Predicate, BeforeValidator(_read_predicate)]


def _read_effect(value: object, info: ValidationInfo) -> object:
    """Choose what is meant before pydantic does, so that a mistake gives one message."""
    if isinstance(value, Mapping):
        return Reduction.model_validate(value, context=info.context)
    if value == "release" or isinstance(value, Reduction):
        return value
    expected = "expected 'release' or such as {reduce: {by: 3 years}}"
    raise ValueError(f"unknown effect {shown(value)}: {expected}")


Effect = Annotated[Literal["release"] | Reduction, BeforeValidator(_read_effect)]


class Exclusion(Said):
    """Who is barred: a condition, or ``when:`` beside what it rests on."""

    when: Condition

    @model_validator(mode="wrap")
    @classmethod
    def _bare_condition(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        bare = not (isinstance(data, Mapping) and "when" in data)
        return handler({"when": data} if bare else data)


class Clause(Said):
    """Who qualifies (``when``), what follows (``then``), and who must agree."""

    when: Condition
    then: Effect
    review: Review = Review()
    despite: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()


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


class Afterwards(Said):
    """What a release by the decree brings: education, days, escort, exile, supervision, job."""

    education: DecreeEducation | None = None
    over: DecreeOver | None = None
    escort: bool = False
    exile: DecreeExile | None = None
    supervision: bool = False
    job: DecreeShare | None = None


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


def _read_sentence(value: object) -> object:
    return value if value == "life" else read_length(value)


class Who(Block):
    """A hypothetical person of a case; what is not said is plain and favourable."""

    offence: str | None = None
    gravity: Literal["petty", "ordinary"] = "ordinary"
    sentence: Annotated[int | Literal["life"] | None, BeforeValidator(_read_sentence)] = None
    served: Days = 0
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

    @field_validator("offence", "camp", "origin", "residence", "health")
    @classmethod
    def _names_are_known(cls, value: str | None, info: ValidationInfo) -> str | None:
        words = _context_words(info).get(str(info.field_name))
        if value is not None and words is not None and value not in words:
            raise ValueError(f"unknown {info.field_name} {value!r}: {nearest(value, words)}")
        return value


Outcome = Literal[
    "stays", "released", "reduced", "barred", "not eligible", "eligible", "exiled", "not exiled",
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
    then: Annotated[Outcomes, BeforeValidator(at_least_one), BeforeValidator(_as_list)]


Threshold = Literal["lists", "grant", "release"]


def _read_thresholds_on(value: object) -> object:
    if value in get_args(Threshold):
        return value
    try:
        return read_date(value)
    except ValueError:
        expected = "'lists', 'grant', 'release' or a date such as 2020-10-10"
        raise ValueError(f"expected {expected}, found {shown(value)}") from None


REPORTABLE = ("held", "eligible", "recommended", "approved", "released", "reduced", "exiled")


def _read_stage(value: object) -> str:
    if value not in REPORTABLE:
        raise ValueError(f"unknown stage {value!r}: {nearest(str(value), REPORTABLE)}")
    return str(value)


ReportedStage = Annotated[str, BeforeValidator(_read_stage)]


class Decree(Block):
    """A dated act of exclusions and clauses, once or every year."""

    title: str | None = None
    note: str | None = None
    acting_body: str | None = Field(None, alias="acting body")
    reported: Day | None = None
    source: Sources
    grade: Grade
    status: Status | None = None
    ordered: DecreeDate | None = None
    lists_due: DecreeDate | None = None
    thresholds_on: Annotated[Threshold | date, BeforeValidator(_read_thresholds_on)] = "lists"
    granted: DecreeDate | None = None
    every: Literal["year"] | None = None
    dates: tuple[MonthDay, ...] = ()
    exclude: dict[str, Exclusion] = Field(default_factory=dict)
    clauses: Annotated[dict[str, Clause], BeforeValidator(at_least_one)]
    review: Review = Review()
    cap: DecreeCap = DecreeCap(value=None)
    rank: Annotated[tuple[Rank, ...], BeforeValidator(lambda v: tuple(_as_list(v)))] = ("lottery",)
    counts: Literal["releases", "reductions", "both"] = "releases"
    release: Afterwards = Afterwards()
    drive: Drive | None = None
    outcomes: dict[ReportedStage, Number] = Field(default_factory=dict)
    cases: dict[str, Case] = Field(default_factory=dict)

    @field_validator("source")
    @classmethod
    def _sources_stand_in_the_bibliography(
        cls, names: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        return known_sources(names, info)

    @model_validator(mode="after")
    def _assumptions_are_grade_c(self) -> Self:
        check_assumption(self.source, self.grade)
        return self

    @model_validator(mode="after")
    def _dates_fit(self) -> Self:
        if self.every:
            if self.granted or self.lists_due or self.ordered:
                raise ValueError("a yearly decree has 'dates', not 'ordered' or 'granted'")
            if not self.dates or len(set(self.dates)) < len(self.dates):
                raise ValueError("a yearly decree needs 'dates', each once, such as [02-16]")
            if isinstance(self.thresholds_on, date):
                raise ValueError("a yearly decree reads thresholds on 'lists' or 'release'")
        elif self.dates:
            raise ValueError("'dates' belong to 'every: year'")
        elif self.granted is None:
            raise ValueError("'granted' is missing (or 'every: year' with 'dates')")
        return self

    @model_validator(mode="after")
    def _despite_names_exclusions(self) -> Self:
        wrong = [
            InitErrorDetails(
                type=custom(f"names no exclusion: {word!r}; {nearest(word, self.exclude)}"),
                loc=("clauses", name, "despite"),
                input=word,
            )
            for name, clause in self.clauses.items()
            for word in clause.despite
            if word not in self.exclude
        ]
        if wrong:
            raise ValidationError.from_exception_data("despite", wrong)
        return self
