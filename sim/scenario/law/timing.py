"""When a decree acts: order, lists, thresholds, grant; once, every year, by chance or in force."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from sim.scenario.blocks import Block
from sim.scenario.graded import Day, MonthDay
from sim.scenario.law.dates import (
    Checked,
    DecreeDay,
    DecreeGrant,
    InForce,
    Offset,
    Surprise,
    Years,
    anniversaries,
    read_offset,
)
from sim.scenario.lengths import in_year, read_date
from sim.scenario.problems import shown

Threshold = Literal["lists", "grant", "release"]


def _read_thresholds_on(value: object) -> object:
    if value in get_args(Threshold) or isinstance(value, Offset):
        return value
    if (offset := read_offset(value)) is not None:
        return offset
    try:
        return read_date(value)
    except ValueError:
        expected = (
            "'lists', 'grant', 'release', a date such as 2020-10-10 or '30 days before the grant'"
        )
        raise ValueError(f"expected {expected}, found {shown(value)}") from None


def _is_date(day: DecreeDay | None) -> bool:
    return day is not None and isinstance(day.value, date)


class Timing(Block):
    """The days of a decree, stated or counted from the grant."""

    ordered: DecreeDay | None = None
    lists_due: DecreeDay | None = None
    thresholds_on: Annotated[Threshold | date | Offset, BeforeValidator(_read_thresholds_on)] = (
        "lists"
    )
    granted: DecreeGrant | None = None
    every: Years | None = None
    dates: tuple[MonthDay, ...] = ()
    since: Day | None = None
    except_every: Years | None = Field(None, alias="except every")
    random: Surprise | None = None
    in_force: InForce | None = Field(None, alias="in force")
    checked: Checked = "daily"

    @property
    def recurs(self) -> bool:
        """Whether there is no one day of the grant in the file: yearly, standing, by chance."""
        return self.granted is None or self.granted.value is None

    @property
    def first_grant(self) -> date | None:
        """The grant, or the first day on which it can be; None for what recurs."""
        if self.in_force is not None:
            return self.in_force.first.value
        if self.granted is None:
            return None
        return self.granted.value or (self.granted.random or (None,))[0]

    def grants(self, start: date, end: date) -> list[tuple[int, date]]:
        """List the days of the grant from start to the day before end, each with its number.

        Where the day is chance, the first one possible stands for it, as number 0.
        """
        if self.first_grant is not None:
            return [(0, self.first_grant)]
        if self.random:
            lead = self.lists_due.value if self.lists_due else None
            first = start - timedelta(days=lead.days) if isinstance(lead, Offset) else start
            return [(0, first)] if first < end else []
        if self.since:
            return anniversaries(self.since, self.every or 1, self.except_every, start, end)
        days = [
            (year * len(self.dates) + index, in_year(year, month_day))
            for year in range(start.year, end.year + 1)
            for index, month_day in enumerate(self.dates)
        ]
        return [(number, day) for number, day in days if start <= day < end]

    def recurring_dates_fit(self) -> None:
        """Refuse what contradicts a decree that comes back."""
        if self.granted or self.random or any(map(_is_date, (self.ordered, self.lists_due))):
            raise ValueError("a yearly decree has 'dates', not 'ordered' or 'granted'")
        if self.since and self.dates:
            raise ValueError("anniversaries 'since' a day have no 'dates'")
        if self.except_every and (not self.since or self.except_every % (self.every or 1)):
            raise ValueError("'except every' names anniversaries among those of 'every'")
        if not self.since and self.every != 1:
            raise ValueError("anniversaries need 'since', the day from which they are counted")
        if not self.since and (not self.dates or len(set(self.dates)) < len(self.dates)):
            raise ValueError("a yearly decree needs 'dates', each once, such as [02-16]")
        if isinstance(self.thresholds_on, date):
            raise ValueError("a yearly decree reads thresholds on 'lists' or 'release'")

    def days_in_order(self) -> None:
        """Refuse days counted from the grant that contradict the others."""
        if self.random and any(map(_is_date, (self.ordered, self.lists_due))):
            raise ValueError("a surprise has no dates: give such as '60 days before the grant'")
        if (self.random or (self.granted and self.granted.random)) and isinstance(
            self.thresholds_on, date
        ):
            raise ValueError("where the grant is chance, thresholds are counted from it")
        granted = self.first_grant or date(2000, 1, 1)
        named = {"ordered": self.ordered, "lists_due": self.lists_due}
        known = [(key, day.day(granted)) for key, day in named.items() if day] + [
            ("granted", granted)
        ]
        fixed = self.granted is not None and self.granted.value is not None
        counted = any(day is not None and not _is_date(day) for day in named.values())
        if fixed and not counted:
            return  # told where the dates stand
        for (first, one), (second, other) in pairwise(known):
            if other < one:
                days = (one - other).days
                raise ValueError(f"{second!r} lies before {first!r}, by {days} days")
