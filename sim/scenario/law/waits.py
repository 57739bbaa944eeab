"""When those selected for release go: tranches by class, and the days that a release is late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.blocks import at_least_one
from sim.scenario.graded import (
    Days,
    DecreeNumber,
    DecreeShare,
    Said,
    check_range,
    days_written,
)
from sim.scenario.law.dates import DecreeDay
from sim.scenario.law.when import Condition

LONGEST_LATENCY = 36_525
"""Days beyond which no release is late: a hundred years."""


class Tranche(Said):
    """Some of those released, and the day on which they go; without ``when`` all others."""

    when: Condition | None = None
    out: DecreeDay


class ShareWithin(Said):
    """The share of releases that have happened within some days of the day of release."""

    within: Days
    share: DecreeShare = Field(alias="is")


class DecreeLength(DecreeNumber[Days]):
    """A length of time of a decree."""


class Latency(Said):
    """Days from the day of release until a person is out: the same for all, or by chance.

    Attributes
    ----------
    value
        Days, the same for all.
    mean, most
        Chance: each day alike, so that the mean would be ``mean``; at the latest after ``most``.
    shares
        Chance: which share is out within how many days; within a step all days are alike likely.
    """

    value: Days | None = None
    low: Days | None = None
    high: Days | None = None
    mean: DecreeLength | None = None
    most: Days | None = None
    shares: Annotated[tuple[ShareWithin, ...], BeforeValidator(at_least_one)] = ()

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: object) -> object:
        return data if isinstance(data, Mapping) else {"value": data}

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.value is not None) + (self.mean is not None) + bool(self.shares) != 1:
            raise ValueError("give a length, or 'mean' and 'most', or 'shares'")
        if (self.mean is None) != (self.most is None):
            raise ValueError("'mean' and 'most' belong together")
        if self.value is None and (self.low is not None or self.high is not None):
            raise ValueError("a range belongs to a length; give it to 'mean' or to each share")
        check_range(self.value, self.low, self.high, self.grade, days_written)
        if self.longest > LONGEST_LATENCY:
            raise ValueError(f"a release is at most {LONGEST_LATENCY} days late")
        return self

    @model_validator(mode="after")
    def _shares_rise_to_all(self) -> Self:
        before, reached = -1, 0.0
        for row in self.shares:
            low = row.share.value if row.share.low is None else row.share.low
            if row.within <= before or row.share.value < reached or low < reached:
                raise ValueError("days and shares must rise from row to row, and ranges not meet")
            before = row.within
            reached = row.share.value if row.share.high is None else row.share.high
        if self.shares and self.shares[-1].share.value != 1:
            raise ValueError("the last share must be 100%: all are out in the end")
        return self

    @property
    def longest(self) -> int:
        """The most days that a release can be late."""
        if self.shares:
            return self.shares[-1].within
        return self.value if self.value is not None else self.most or 0

    @property
    def weights(self) -> list[float]:
        """The probability of each number of days, from 0 to the longest.

        Sums and products alone, in one order, so that every processor has the same.
        """
        if self.value is not None:
            return [0.0] * self.value + [1.0]
        if self.mean is not None:
            stay, left, found = self.mean.value / (1 + self.mean.value), 1.0, []
            for _ in range(self.longest):
                found.append(left * (1 - stay))
                left *= stay
            return [*found, left]
        found, before, reached = [], -1, 0.0
        for row in self.shares:
            days = row.within - before
            found += [(row.share.value - reached) / days] * days
            before, reached = row.within, row.share.value
        return found

    @property
    def deciding(self) -> object:
        """What decides, without what it rests on."""
        shares = tuple((row.within, row.share.value) for row in self.shares)
        return self.value, self.mean.value if self.mean else None, self.most, shares
