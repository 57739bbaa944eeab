"""What a decree says of whom: conditions, effects, who must agree, who is barred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    model_validator,
)

from sim.scenario.blocks import as_list
from sim.scenario.graded import Said
from sim.scenario.law.chances import Chance
from sim.scenario.law.effects import ThenEffect
from sim.scenario.law.predicate import Every, asks_each_part
from sim.scenario.law.when import Rule
from sim.scenario.law.work import Capacity, Order, Work


class Review(Said):
    """Who must agree: the officer in charge (recommended), then the centre (approved).

    What is ``persistent`` is answered once for a person, whatever the occasion.
    """

    recommended: Chance | None = None
    approved: Chance | None = None
    persistent: bool = False
    officers_per_camp: Capacity | None = Field(None, alias="officers per camp")
    files_a_day: Capacity | None = Field(None, alias="files a day")
    order: Order | None = None

    @model_validator(mode="after")
    def _work_is_whole(self) -> Self:
        if (self.officers_per_camp is None) != (self.files_a_day is None):
            raise ValueError("'officers per camp' and 'files a day' belong together")
        if self.order and self.files_a_day is None:
            raise ValueError("'order' is that of files: give 'officers per camp', 'files a day'")
        return self

    @property
    def work(self) -> Work | None:
        """Review as work done; None where every file is reached."""
        if self.officers_per_camp is None or self.files_a_day is None:
            return None
        return Work.model_construct(
            officers=self.officers_per_camp, files=self.files_a_day, order=self.order or "joining"
        )


class Exclusion(Said):
    """Who is barred: a condition, or ``when:`` beside what it rests on."""

    when: Rule

    @model_validator(mode="wrap")
    @classmethod
    def _bare_condition(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        bare = not (isinstance(data, Mapping) and "when" in data)
        read = handler({"when": data} if bare else data)
        if read.when == Every(()):
            raise ValueError("an exclusion without a condition bars everybody; say whom it names")
        return read


class Clause(Said):
    """Who qualifies (``when``), what follows (``then``), and who must agree."""

    when: Rule
    then: ThenEffect
    review: Review = Review()
    take_up: Chance | None = Field(None, alias="take-up")
    despite: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()

    @model_validator(mode="after")
    def _falls_on_parts(self) -> Self:
        if asks_each_part(self.when) and not self.then.divisible:
            raise ValueError(
                "only a release or a cut falls on parts of a sentence: "
                "write 'any part' or 'all parts' for 'this part'"
            )
        return self
