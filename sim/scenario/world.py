"""What is assumed about the prisons: every number graded, every share accounted for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.before_judgment import BeforeJudgment
from sim.scenario.flags import Flag, flag_problems
from sim.scenario.graded import (
    Block,
    Day,
    Length,
    MonthDay,
    Number,
    Proportion,
    as_list,
    at_least_one,
)
from sim.scenario.health import HealthStates, health_problems
from sim.scenario.offences import Delays, Offence, Placed
from sim.scenario.problems import nearest
from sim.scenario.release_point import ReleasePoint

OLDEST = 100
MOST_YEARS = 60
"""So many years before the start may be simulated."""
PYONGYANG = "Pyongyang"
_AGES = re.compile(r"(\d+) to (\d+)")


class Camp(Block):
    """A prison: its size as a weight among admissions, and where it lies."""

    size: Number
    province: str


class Origin(Placed):
    """Where people come from; ``hazard`` multiplies their deaths in custody."""

    hazard: Number | None = None


def _read_ages(text: object) -> tuple[int, int]:
    """Read ``14 to 17``: ages in completed years, both ends included."""
    match = _AGES.fullmatch(str(text).strip())
    if match is None or int(match[1]) > int(match[2]):
        raise ValueError(f"no ages: {text!r}; expected such as '14 to 17'")
    return int(match[1]), int(match[2])


Ages = Annotated[tuple[int, int], BeforeValidator(_read_ages)]


class Deaths(Block):
    """Deaths per person and year: the overall hazard in custody, and at liberty by age.

    ``by_age`` are factors on the hazard in custody; without them it does not depend on age.
    """

    in_custody: Number = Field(alias="in custody")
    by_age: dict[Ages, Number] = Field(default_factory=dict, alias="in custody by age")
    at_liberty: dict[Ages, Number] = Field(alias="at liberty")


EXECUTIONS = "the world's 'executions': how many per person under sentence of death and year"


class Executions(Block):
    """Executions per person under sentence of death and year; 0 where none are carried out."""

    per_year: Number = Field(alias="per year")


class Merit(Block):
    """A cut for merit on one date a year, for those who have served long enough."""

    each: MonthDay
    after: Length
    probability: Proportion
    cut: Length


class EarlierReductions(Block):
    """The label of earlier reductions by pardon: its share of the stock, and what was cut."""

    share: Proportion
    after: Length
    cut: Length


class Effects(Block):
    """Factors of supervision, job or education on the parts of a return."""

    offending: Number | None = None
    detection: Number | None = None


class TimeFree(Block):
    """The factor on offending until a time after release."""

    until: Length
    factor: Number


class Returns(Block):
    """Return = offending x detection x imprisonment, by time free."""

    offending: Number
    detection: Proportion
    imprisonment: Proportion
    by_time_free: Annotated[tuple[TimeFree, ...], BeforeValidator(at_least_one)] = Field(
        alias="by time free"
    )
    supervision: Effects = Effects()
    job: Effects = Effects()
    education: Effects = Effects()

    @model_validator(mode="after")
    def _times_in_order(self) -> Returns:
        ends = [step.until.value for step in self.by_time_free]
        if ends != sorted(set(ends)):
            raise ValueError("'by time free' must list times in increasing order")
        return self


class Exile(Block):
    """Where the exiled are sent, and how many go."""

    compliance: Proportion
    destinations: dict[str, Proportion]


class Crackdown(Block):
    """Days, both included, on which so many times the usual number is admitted for offences."""

    offences: Annotated[tuple[str, ...], BeforeValidator(at_least_one), BeforeValidator(as_list)]
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    times: Number

    def slot(self, name: str) -> int:
        """Return the number, below 2**15, that sets the people of a crackdown apart by its name."""
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2]) >> 1


class Snapshot(Block):
    """A file of prisoners in place of a drawn stock; the hash of its bytes is filled in."""

    file: str
    sha256: str | None = None


def read_snapshot(value: object) -> object:
    """Take the name of a file for the whole of it."""
    return {"file": value} if isinstance(value, str) else value


def read_past(value: object) -> object:
    """Take decrees by name; a file's name has been replaced by its decrees before."""
    return at_least_one(value)


class Seasoned(Block):
    """A stock that past decrees have left: these act in the years before the start."""

    years: int = Field(ge=1, le=MOST_YEARS)
    decrees: Annotated[dict[str, object], BeforeValidator(read_past)]


class Stock(Block):
    """Where those held on day 0 come from, if they are not drawn from the steady state."""

    snapshot: Annotated[Snapshot | None, BeforeValidator(read_snapshot)] = None
    seasoned: Seasoned | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Stock:
        if (self.snapshot is None) == (self.seasoned is None):
            raise ValueError("give either 'snapshot' or 'seasoned'")
        return self


class World(Block):
    """What is assumed about the prisons and the people in and out of them."""

    name: str
    start: Day
    end: Day
    held: Number
    sentence_step: Length = Field(alias="sentence step")
    camps: dict[str, Camp]
    occupancy: Number
    offences: dict[str, Offence]
    origins: dict[str, Origin]
    women: Proportion
    ages_at_offence: dict[Ages, Proportion] = Field(alias="ages at offence")
    offence_to_admission: Length = Field(alias="offence to admission")
    delays: Delays | None = None
    final_to_admission: Length | None = Field(None, alias="final sentence to admission")
    before_judgment: BeforeJudgment | None = Field(None, alias="before judgment")
    health: HealthStates
    deaths: Deaths
    executions: Executions | None = None
    merit: Merit | None = None
    release_point: Annotated[tuple[ReleasePoint, ...], BeforeValidator(as_list)] = Field(
        (), alias="release point"
    )
    earlier_reductions: EarlierReductions | None = Field(None, alias="earlier reductions")
    returns: Returns | None = None
    exile: Exile | None = None
    flags: dict[str, Flag] = Field(default_factory=dict)
    crackdowns: dict[str, Crackdown] = Field(default_factory=dict)
    stock: Stock | None = None

    @property
    def days(self) -> int:
        """Days simulated: from the start to the day before the end."""
        return (self.end - self.start).days

    @property
    def label(self) -> EarlierReductions | None:
        """The label of earlier reductions; none where past decrees are simulated in its place."""
        seasoned = self.stock is not None and self.stock.seasoned is not None
        return None if seasoned else self.earlier_reductions

    @property
    def longest_delay(self) -> int:
        """Most days from an offence to the admission with a final sentence."""
        delay = self.delays.most.value if self.delays else self.offence_to_admission.value
        return delay + (self.before_judgment.longest if self.before_judgment else 0)

    @property
    def offences_differ(self) -> bool:
        """Whether the offences of some camp differ from those of others."""
        return any(offence.by_camp for offence in self.offences.values())

    def problems(self) -> list[tuple[tuple[str, ...], str]]:
        """List what no single value shows: paths and messages."""
        found: list[tuple[tuple[str, ...], str]] = []
        if self.end <= self.start:
            found.append((("end",), f"must come after the start, {self.start}"))
        found += self._final_problems()
        if self.occupancy.value == 0:
            found.append((("occupancy",), "nobody in a place: there would be no end of places"))
        for key in ("camps", "offences", "origins"):
            if not getattr(self, key):
                found.append(((key,), "names nothing; expected at least one"))
        parts: list[tuple[str, Mapping[str, Placed]]] = [
            ("origins", self.origins), ("offences", self.offences),
        ]  # fmt: skip
        for key, entries in parts:
            for name, entry in entries.items():
                for camp in entry.by_camp:
                    if camp not in self.camps:
                        message = f"unknown camp {camp!r}: {nearest(camp, self.camps)}"
                        found.append(((key, name, "by camp", camp), message))
        for key, said in (
            ("release point", self.release_point), ("before judgment", self.before_judgment),
        ):  # fmt: skip
            if self.stock is not None and said:
                message = "cannot be solved for a stock that is stated or left by decrees"
                found.append(((key,), message))
        found += self._execution_problems()
        found += self._part_problems() + self._age_problems() + self._crackdown_problems()
        found += self._health_problems()
        return found + flag_problems(self.flags)

    def _execution_problems(self) -> list[tuple[tuple[str, ...], str]]:
        if self.executions is None:
            sentenced = [name for name, offence in self.offences.items() if offence.death]
            message = f"needs {EXECUTIONS}, 0 where none are carried out"
            return [(("offences", name, "death"), message) for name in sentenced]
        rate = self.executions.per_year
        if self.before_judgment is not None and max(rate.value, rate.high or 0) > 0:
            message = ("cannot be solved for a world with 'before judgment', in which nobody is "
                       "executed: say 0, or leave one of them out")  # fmt: skip
            return [(("executions", "per year"), message)]
        return []

    def _health_problems(self) -> list[tuple[tuple[str, ...], str]]:
        found = [(("health", *path), message) for path, message in health_problems(self.health)]
        if not self.health.in_custody:
            return found
        if self.deaths.by_age:
            message = "cannot be solved where health changes in custody; leave one of them out"
            found.append((("deaths", "in custody by age"), message))
        if self.stock is not None and self.stock.snapshot is not None:
            message = ("a file of prisoners does not say since when they are ill: leave 'in "
                       "custody' of 'health' out")  # fmt: skip
            found.append((("stock",), message))
        return found

    def _part_problems(self) -> list[tuple[tuple[str, ...], str]]:
        return [
            (("offences", name, "tried with", other),
             f"unknown offence {other!r}: {nearest(other, self.offences)}")
            for name, offence in self.offences.items()
            for other in offence.tried_with
            if other not in self.offences
        ]  # fmt: skip

    def _final_problems(self) -> list[tuple[tuple[str, ...], str]]:
        final = self.final_to_admission
        if final is None:
            return []
        message = ""
        if self.before_judgment is not None:
            message = "'before judgment' says when a sentence becomes final; leave one of them out"
        elif final.value > self.offence_to_admission.value:
            message = "the sentence is not final before the offence"
        return [(("final sentence to admission",), message)] if message else []

    def _crackdown_problems(self) -> list[tuple[tuple[str, ...], str]]:
        found: list[tuple[tuple[str, ...], str]] = []
        for name, one in self.crackdowns.items():
            here = ("crackdowns", name)
            for offence in one.offences:
                if offence not in self.offences:
                    message = f"unknown offence {offence!r}: {nearest(offence, self.offences)}"
                    found.append(((*here, "offences"), message))
            if one.last < one.first:
                found.append(((*here, "to"), f"{one.last} lies before 'from', {one.first}"))
            elif one.last < self.start or one.first >= self.end:
                message = f"ends before the world's start, {self.start}, or begins after its end"
                found.append((here, message))
        for (first, one), (second, other) in combinations(self.crackdowns.items(), 2):
            if one.slot(first) == other.slot(second):
                message = f"cannot be told from {first!r} by its number; choose another name"
                found.append((("crackdowns", second), message))
        return found

    def _age_problems(self) -> list[tuple[tuple[str, ...], str]]:
        found: list[tuple[tuple[str, ...], str]] = []
        offences = list(self.ages_at_offence)
        youngest = min((first for first, _ in offences), default=0)
        places = {"at liberty": list(self.deaths.at_liberty)}
        if self.deaths.by_age:
            places["in custody by age"] = list(self.deaths.by_age)
        listed: list[tuple[tuple[str, ...], list[tuple[int, int]]]] = [
            (("ages at offence",), offences),
            *((("deaths", key), bands) for key, bands in places.items()),
        ]
        for path, bands in listed:
            if any(later[0] != earlier[1] + 1 for earlier, later in pairwise(bands)):
                found.append((path, "ages must follow one another without gap or overlap"))
        for key, bands in places.items():
            if not bands or bands[0][0] > youngest or bands[-1][1] < OLDEST:
                message = f"ages must reach from the youngest at offence, {youngest}, to {OLDEST}"
                found.append((("deaths", key), message))
        return found
