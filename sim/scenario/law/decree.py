"""A pardon as declared law: exclusions, clauses, review, cap, dates and what follows.

Parts of a decree that do not say what they rest on inherit source and grade from the decree.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from sim.scenario.graded import (
    Block,
    Day,
    DecreeDate,
    Grade,
    MonthDay,
    Number,
    Sources,
    Status,
    as_list,
    at_least_one,
    check_assumption,
    custom,
    known_sources,
)
from sim.scenario.law.afterwards import Afterwards, Drive
from sim.scenario.law.cases import Case
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Clause, Exclusion, Review
from sim.scenario.law.predicate import Predicate
from sim.scenario.law.reach import Reach
from sim.scenario.law.selection import DecreeCap, Rank
from sim.scenario.lengths import read_date
from sim.scenario.problems import nearest, shown

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


def _chances(review: Review, take_up: Chance | None) -> Iterator[tuple[tuple[str, ...], Chance]]:
    """List the probabilities of a decree or clause with their key paths."""
    for key, chance in (
        (("review", "recommended"), review.recommended),
        (("review", "approved"), review.approved),
        (("take-up",), take_up),
    ):
        if chance is not None:
            yield key, chance


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
    reach: Reach | None = None
    exclude: dict[str, Exclusion] = Field(default_factory=dict)
    clauses: Annotated[dict[str, Clause], BeforeValidator(at_least_one)]
    review: Review = Review()
    cap: DecreeCap = DecreeCap(value=None)
    rank: Annotated[tuple[Rank, ...], BeforeValidator(lambda v: tuple(as_list(v)))] = ("lottery",)
    counts: Literal["releases", "reductions", "both"] = "releases"
    places: Literal["lost", "passed on"] = "lost"
    take_up: Chance | None = Field(None, alias="take-up")
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
    def _a_goal_for_the_stock_counts_releases(self) -> Self:
        goal = self.cap.value is not None and self.cap.value.of == "capacity"
        if goal and self.counts != "releases":
            raise ValueError("places until the stock is low enough are counted in releases")
        return self

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List every condition of the decree with its key path."""
        for name, exclusion in self.exclude.items():
            yield ("exclude", name), exclusion.when
        for name, clause in self.clauses.items():
            yield ("clauses", name, "when"), clause.when
            for key, chance in _chances(clause.review, clause.take_up):
                yield from ((("clauses", name, *key, *at), p) for at, p in chance.conditions())
        for key, chance in _chances(self.review, self.take_up):
            yield from (((*key, *at), p) for at, p in chance.conditions())

    @model_validator(mode="after")
    def _reach_fits(self) -> Self:
        if self.reach is None:
            return self
        until, wrong = self.reach.offences_until.value, None
        if self.granted is None:
            wrong = "a decree with a reach is granted once: 'granted', not 'dates'"
        elif until > self.granted.value:
            wrong = f"{until} lies after 'granted', {self.granted.value}: nobody pardons in advance"
        elif self.cap.value is not None:
            wrong = "a reach goes on, and a cap is dealt out once: leave one of them out"
        if wrong is not None:
            line = InitErrorDetails(
                type=custom(wrong), loc=("reach", "offences until"), input=until
            )
            raise ValidationError.from_exception_data("reach", [line])
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
