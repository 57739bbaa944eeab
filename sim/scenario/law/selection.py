"""Whom a decree takes where places are few: caps and ranks."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    model_validator,
)

from sim.scenario.graded import (
    Said,
    bare_value,
    check_range,
)
from sim.scenario.problems import shown

Rank = Literal[
    "longest served", "longest served share", "least remaining", "shortest sentence", "oldest",
    "ill first", "lottery",
]  # fmt: skip
_CAP = re.compile(r"(\d+) (per camp|in all)")


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
