"""Cases, the unit tests of a law, as a file writes them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from sim.scenario.blocks import Block, as_list, at_least_one, custom, words_of
from sim.scenario.graded import Day, Days
from sim.scenario.law.conditions import FLAGS
from sim.scenario.lengths import in_words, names_no_term, read_date, read_length, whole_days
from sim.scenario.problems import nearest, shown

PLAIN_SENTENCE = whole_days(10, "year")
"""The sentence of a case that says none."""


def _is_known(value: str, info: ValidationInfo) -> str:
    """Refuse a name that the world does not have; it is that of the field that holds it."""
    words = words_of(info).get(str(info.field_name))
    if words is not None and value not in words:
        raise ValueError(f"unknown {info.field_name} {value!r}: {nearest(value, words)}")
    return value


Known = Annotated[str, AfterValidator(_is_known)]


def _read_sentence(value: object) -> object:
    days = value if names_no_term(value) else read_length(value)
    if days == 0:
        raise ValueError("a sentence is a day long at least")
    return days


Sentence = Annotated[int | Literal["life", "death"], BeforeValidator(_read_sentence)]


class Later(Block):
    """A new offence of the person of a case, once he has left."""

    offence: Known | None = None
    sentence: Sentence | None = None
    offence_date: Day = Field(alias="offence date")


class Stay(Block):
    """An earlier spell of the person of a case: from when to when, and how it ended."""

    admitted: Day
    released: Day
    by: str = "expiry"
    offence: Known | None = None
    sentence: Days | None = None
    expunged: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.released <= self.admitted:
            raise ValueError(f"released on {self.released}, not after {self.admitted}")
        if self.sentence is not None and self.sentence < (self.released - self.admitted).days:
            served = in_words((self.released - self.admitted).days)
            raise ValueError(f"has served {served}, more than the sentence")
        if self.expunged and self.by == "expiry":
            raise ValueError("what is struck from the record ended by a decree: say 'by' which")
        return self

    @field_validator("by")
    @classmethod
    def _release_is_known(cls, value: str, info: ValidationInfo) -> str:
        known = ("expiry", *words_of(info).get("decree", ()))
        if value not in known:
            raise ValueError(f"unknown release {value!r}: {nearest(value, known)}")
        return value


class PartSaid(Block):
    """A part of the sentence of the person of a case."""

    offence: Known
    sentence: Days

    @field_validator("sentence")
    @classmethod
    def _is_a_sentence(cls, value: int) -> int:
        if value < 1:
            raise ValueError("a part of a sentence is a day long at least")
        return value


class Who(Block):
    """A hypothetical person of a case; what is not said is plain and favourable."""

    offence: Known | None = None
    gravity: Literal["petty", "ordinary"] = "ordinary"
    sentence: Sentence | None = None
    expected_sentence: Sentence | None = Field(None, alias="expected sentence")
    legal_status: Literal["awaiting trial", "appealing", "final"] = Field(
        "final", alias="legal status"
    )
    time_in_status: Days | None = Field(None, alias="time in legal status")
    parts: tuple[PartSaid, ...] = ()
    served: Days = 0
    admitted: Day | None = None
    offence_date: Day | None = Field(None, alias="offence date")
    born: Day | None = None
    flags: dict[str, object] = Field(default_factory=dict)
    history: tuple[Stay, ...] = ()
    camp: Known | None = None
    origin: Known | None = None
    residence: Known | None = None
    health: Known | None = None
    time_in_state: Days | None = Field(None, alias="time in state of health")
    sex: Literal["women", "men"] = "men"
    age_at_offence: Days | None = Field(None, alias="age at offence")
    reduced: Days | None = None
    reduced_by: Literal["pardon", "merit"] = Field("pardon", alias="reduced by")
    recommended: bool = True
    approved: bool = True
    takes_up: bool = Field(True, alias="takes up")
    credited: Days = 0
    later: Later | None = None

    @field_validator("flags")
    @classmethod
    def _flags_are_known(cls, values: dict[str, object], info: ValidationInfo) -> object:
        return read_flags(values, words_of(info))

    @model_validator(mode="after")
    def _one_stay_after_the_other(self) -> Self:
        for one, other in pairwise(self.history):
            if other.admitted <= one.released:
                raise ValueError("'history' lists earlier spells in order, a day apart at least")
        return self

    @property
    def in_order(self) -> tuple[PartSaid, ...]:
        """The parts, the main one first: the longest, and of equals the first in the file."""
        return tuple(sorted(self.parts, key=lambda part: -part.sentence))

    @property
    def whole(self) -> int | Literal["life", "death"] | None:
        """The sentence: the sum of its parts, where these are given."""
        return sum(part.sentence for part in self.parts) if self.parts else self.sentence

    @property
    def main_offence(self) -> str | None:
        """The offence, that of the main part."""
        return self.in_order[0].offence if self.parts else self.offence

    @model_validator(mode="after")
    def _has_a_sentence_or_expects_one(self) -> Self:
        awaits = self.legal_status == "awaiting trial"
        if awaits and (self.sentence is not None or self.parts):
            raise ValueError("who awaits trial has no sentence; write 'expected sentence'")
        if not awaits and self.expected_sentence is not None:
            raise ValueError("only who awaits trial has an 'expected sentence'; write 'sentence'")
        if awaits and (self.time_in_status is not None or self.reduced or self.credited):
            raise ValueError("who awaits trial does so since his arrest, and nothing is cut yet")
        if self.time_in_status is not None and self.admitted is None and (
            self.time_in_status > self.served
        ):  # fmt: skip
            raise ValueError("'time in legal status' is longer than what is 'served'")
        return self

    @model_validator(mode="after")
    def _so_healthy_since_the_admission(self) -> Self:
        since = self.time_in_state
        if since is not None and self.admitted is None and since > self.served:
            raise ValueError("'time in state of health' is longer than what is 'served'")
        return self

    @model_validator(mode="after")
    def _is_still_held(self) -> Self:
        if self.parts and (self.offence is not None or self.sentence is not None):
            raise ValueError("'parts' say what the sentence is for, and how long: leave out "
                             "'offence' and 'sentence'")  # fmt: skip
        if self.born is not None and self.age_at_offence is not None:
            raise ValueError("give either 'born' or 'age at offence'")
        if self.legal_status == "awaiting trial":
            return self
        term = PLAIN_SENTENCE if self.whole is None else self.whole
        if isinstance(term, int) and self.served + self.credited > term - (self.reduced or 0):
            plain = " (the sentence of a case that says none)" if self.whole is None else ""
            served, left = in_words(self.served), in_words(max(term - (self.reduced or 0), 0))
            raise ValueError(f"has served {served}, more than the term of {left}{plain}")
        return self

    @model_validator(mode="after")
    def _admitted_once(self) -> Self:
        if self.admitted is not None and self.served:
            raise ValueError("give 'served' or 'admitted', not both")
        if self.admitted and self.offence_date and self.offence_date > self.admitted:
            raise ValueError(f"the offence, {self.offence_date}, lies after the admission")
        return self


def read_flags(values: Mapping[str, object], words: Mapping[str, tuple[str, ...]]) -> object:
    """Read what a case says of flags: true or false, a word, a number, a length or a date.

    Raises
    ------
    ValidationError
        With a line for each flag that is unknown or of another kind.
    """
    found: dict[str, object] = {}
    wrong = []
    kinds = {name: kind for kind in FLAGS for name in words.get(kind, ())}
    for name, value in values.items():
        try:
            if name not in kinds:
                raise ValueError(f"unknown flag {name!r}: {nearest(name, kinds)}")
            found[name] = _read_flag(kinds[name], value, words.get(name, ()))
        except ValueError as error:
            wrong.append(InitErrorDetails(type=custom(str(error)), loc=(name,), input=value))
    if wrong:
        raise ValidationError.from_exception_data("flags", wrong)
    return found


def _read_flag(kind: str, value: object, known: tuple[str, ...]) -> object:
    match kind:
        case "length":
            return read_length(value)
        case "date":
            return read_date(value)
        case "category" if value not in known:
            raise ValueError(f"unknown word {shown(value)}: {nearest(str(value), known)}")
        case "boolean" if not isinstance(value, bool):
            raise ValueError(f"expected true or false, found {shown(value)}")
        case "number" if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"expected a whole number, found {shown(value)}")
    return value


Outcome = Literal[
    "stays", "released", "reduced", "barred", "not eligible", "eligible", "exiled", "not exiled",
    "extinguished", "at home", "abroad", "expunged", "case ended",
]  # fmt: skip
OUTCOMES: tuple[str, ...] = get_args(Outcome)


class Expected(Block):
    """What a case expects: the sentence or term after the decree, the day due, that of release."""

    sentence: Literal["life", "death"] | None = None
    term: Days | None = None
    released_on: Day | None = Field(None, alias="released on")
    due_on: Day | None = Field(None, alias="due on")
    revived: Days | None = None
    credited: Days | None = None


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
