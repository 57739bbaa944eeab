"""A pardon as declared law: exclusions, clauses, review, cap, dates and what follows.

Parts of a decree that do not say what they rest on inherit source and grade from the decree.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from sim.scenario.blocks import as_list, at_least_one, custom
from sim.scenario.graded import (
    Day,
    Grade,
    Number,
    Sources,
    Status,
    check_assumption,
    known_sources,
)
from sim.scenario.law.afterwards import Afterwards, Drive
from sim.scenario.law.cases import Case
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Clause, Exclusion, Review
from sim.scenario.law.dates import (
    Offset,
)
from sim.scenario.law.effects import Effect
from sim.scenario.law.points import BOTH, KNOWN, known_at_admission
from sim.scenario.law.predicate import Predicate, asks_each_part, leaves
from sim.scenario.law.reach import Reach
from sim.scenario.law.selection import DecreeCap, Rank
from sim.scenario.law.timing import Timing
from sim.scenario.problems import nearest

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


class Decree(Timing):
    """A dated act of exclusions and clauses, once or every year."""

    title: str | None = None
    note: str | None = None
    acting_body: str | None = Field(None, alias="acting body")
    reported: Day | None = None
    source: Sources
    grade: Grade
    status: Status | None = None
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

    @cached_property
    def gives(self) -> frozenset[str]:
        """What follows under one of its clauses at least, by names of fields of `Effect`."""
        effects, fields = [clause.then for clause in self.clauses.values()], Effect.model_fields
        return frozenset(name for name in fields if any(getattr(one, name) for one in effects))

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
        if self.in_force:
            self._standing_fits()
        elif self.checked != "daily":
            raise ValueError("'checked' belongs to a decree 'in force'")
        if self.every:
            self.recurring_dates_fit()
        elif self.in_force:
            pass
        elif self.dates:
            raise ValueError("'dates' belong to 'every: year'")
        elif self.since or self.except_every:
            raise ValueError("'since' and 'except every' belong to 'every', such as '5 years'")
        elif (self.granted is None) == (self.random is None):
            kinds = "'every: year' with 'dates', or 'random: {rate: 0.5}'"
            if self.granted:
                raise ValueError("'granted' and 'random' exclude each other")
            raise ValueError(f"'granted' is missing (or {kinds})")
        self.days_in_order()
        return self

    @model_validator(mode="after")
    def _work_has_its_days(self) -> Self:
        wrong = [
            InitErrorDetails(
                type=custom("files are the work of a whole decree: write it under its 'review'"),
                loc=("clauses", name, "review", "files a day"),
                input=None,
            )
            for name, clause in self.clauses.items()
            if clause.review.work is not None
        ]
        if wrong:
            raise ValidationError.from_exception_data("review", wrong)
        if self.review.work is not None and (self.ordered is None or self.in_force or self.reach):
            raise ValueError("files are done from 'ordered' to the close of lists: give both days")
        return self

    def _standing_fits(self) -> None:
        """Refuse what a decree that looks at everybody again and again cannot have."""
        if self.granted or self.every or self.dates or self.random or self.lists_due:
            raise ValueError("a decree 'in force' has no 'granted', 'lists_due', 'every', 'random'")
        if self.cap.value is not None or self.places != "lost":
            raise ValueError("a decree 'in force' has no cap: each goes as soon as he qualifies")
        if self.release.over:
            raise ValueError("a decree 'in force' spreads no releases: leave 'over' out")
        if self.reach:
            raise ValueError("a decree 'in force' meets whoever is held: it has no 'reach'")
        if isinstance(self.thresholds_on, date):
            raise ValueError("a decree 'in force' reads thresholds on the day of each check")

    @model_validator(mode="after")
    def _tranches_follow_the_grant(self) -> Self:
        for name, tranche in self.release.tranches.items():
            out, wrong = tranche.out.value, None
            if isinstance(out, Offset):
                wrong = "tranches go after the grant, not before" if out.days < 0 else None
            elif self.recurs:
                wrong = "where the grant has no date, tranches go such as '30 days after the grant'"
            elif self.first_grant is not None and out < self.first_grant:
                wrong = f"{out} lies before 'granted', {self.first_grant}"
            if wrong is not None:
                at = ("release", "tranches", name, "out")
                line = InitErrorDetails(type=custom(wrong), loc=at, input=None)
                raise ValidationError.from_exception_data("tranches", [line])
        return self

    @model_validator(mode="after")
    def _a_goal_for_the_stock_counts_releases(self) -> Self:
        goal = self.cap.value is not None and self.cap.value.of == "capacity"
        if goal and self.counts != "releases":
            raise ValueError("places until the stock is low enough are counted in releases")
        return self

    @model_validator(mode="after")
    def _ranks_each_once(self) -> Self:
        twice = next((rank for i, rank in enumerate(self.rank) if rank in self.rank[:i]), None)
        if twice is not None:
            raise ValueError(f"'rank' names {twice!r} twice; the second time it decides nothing")
        return self

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Predicate]]:
        """List every condition of the decree with its key path."""
        for name, exclusion in self.exclude.items():
            yield ("exclude", name), exclusion.when
        for name, clause in self.clauses.items():
            yield ("clauses", name, "when"), clause.when
            for at, when in clause.then.conditions():
                yield ("clauses", name, "then", *at), when
            for key, chance in _chances(clause.review, clause.take_up):
                yield from ((("clauses", name, *key, *at), p) for at, p in chance.conditions())
        for key, chance in _chances(self.review, self.take_up):
            yield from (((*key, *at), p) for at, p in chance.conditions())
        for name, tranche in self.release.tranches.items():
            if tranche.when is not None:
                yield ("release", "tranches", name, "when"), tranche.when

    @cached_property
    def asks_each_part(self) -> bool:
        """Whether it looks at the parts of a sentence one by one."""
        rules = [clause.when for clause in self.clauses.values()]
        return any(map(asks_each_part, [*rules, *(one.when for one in self.exclude.values())]))

    @cached_property
    def answers(self) -> frozenset[str]:
        """Which answers are drawn under any clause: recommended, approved, take-up."""
        both = [(clause.review, clause.take_up) for clause in self.clauses.values()]
        asked = [_chances(*one) for one in (*both, (self.review, self.take_up))]
        return frozenset(key[-1] for chances in asked for key, _ in chances)

    @model_validator(mode="after")
    def _nobody_is_exiled_abroad(self) -> Self:
        wrong = [
            InitErrorDetails(
                type=custom("who is sent abroad is not exiled: write two decrees"),
                loc=("clauses", name, "then", "abroad"),
                input=None,
            )
            for name, clause in self.clauses.items()
            if clause.then.abroad and self.release.exile is not None
        ]
        if wrong:
            raise ValidationError.from_exception_data("abroad", wrong)
        return self

    @model_validator(mode="after")
    def _reach_fits(self) -> Self:
        if self.reach is None:
            return self
        until, wrong = self.reach.offences_until.value, None
        if self.granted is None:
            wrong = "a decree with a reach is granted once: 'granted', not 'dates'"
        elif self.granted.value is None:
            wrong = "a decree with a reach is granted on a day that is known"
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
    def _those_to_come_are_known(self) -> Self:
        wrong: list[InitErrorDetails] = []

        def say(message: str, *path: str) -> None:
            wrong.append(InitErrorDetails(type=custom(message), loc=("clauses", *path), input=path))

        for name, clause in self.clauses.items():
            moved = clause.then.release_point
            if moved is None:
                continue
            if self.reach is not None or self.in_force is not None:
                if moved.reach != BOTH:
                    other = "reach" if self.reach is not None else "in force"
                    message = f"'for' and the decree's {other!r} both say who is met; leave one out"
                    say(message, name, "then", "release point", "for")
                continue
            if "those to come" not in moved.reach:
                continue
            rules: list[tuple[Predicate, str, tuple[str, ...]]] = [(clause.when, "", ("when",))]
            binding = {n: e.when for n, e in self.exclude.items() if n not in clause.despite}
            rules += [(rule, f"exclusion {n!r}: ", ()) for n, rule in binding.items()]
            for rule, whose, path in rules:
                unknown = [leaf for leaf in leaves(rule) if not known_at_admission(leaf)]
                if unknown:
                    what = repr(getattr(unknown[0], "attribute", "this"))
                    day = " on a named day" if getattr(unknown[0], "on", None) else ""
                    message = f"{whose}{what}{day} cannot be asked of those to come, only {KNOWN}"
                    say(f"{message}; or write 'for: those held'", name, *path)
        if wrong:
            raise ValidationError.from_exception_data("release point", wrong)
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
