"""What is assumed about the prisons: every number graded, every share accounted for."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.before_judgment import BeforeJudgment
from sim.scenario.blocks import Block, as_list, at_least_one
from sim.scenario.flags import Flag
from sim.scenario.graded import (
    Day,
    Length,
    MonthDay,
    Number,
    Proportion,
)
from sim.scenario.health import HealthStates
from sim.scenario.offences import Delays, Offence, Placed
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
