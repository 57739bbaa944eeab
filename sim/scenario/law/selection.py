"""Whom a decree takes where places are few: caps and ranks."""

from __future__ import annotations

import re
from fractions import Fraction
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
from sim.scenario.lengths import read_ratio, read_share
from sim.scenario.problems import shown

Rank = Literal[
    "longest served", "longest served share", "least remaining", "shortest sentence", "oldest",
    "ill first", "lottery",
]  # fmt: skip
_CAP = re.compile(
    r"(?P<places>\d+) (?:per (?P<a>camp)|in all)"
    r"|(?P<share>.+?) of stock(?: per (?P<b>camp)| in all)?"
    r"|until stock <= (?P<goal>.+?) of capacity(?: per (?P<c>camp)| in all)?"
)


class Cap(BaseModel):
    """The most that a decree grants, per camp or in all.

    Attributes
    ----------
    of
        ``persons``: so many ``places``. ``stock``: a share of those held. ``capacity``: as many as
        bring the number held down to a share of the places there are.
    """

    model_config = {"frozen": True}
    places: int = 0
    share: Fraction = Fraction(0)
    of: Literal["persons", "stock", "capacity"] = "persons"
    per: Literal["camp", "all"]

    @property
    def size(self) -> Fraction | int:
        """The number that a range is put around."""
        return self.places if self.of == "persons" else self.share


def _read_cap(value: object) -> Cap | None:
    if isinstance(value, Cap) or value is None:
        return value
    if value == "none":
        return None
    match = _CAP.fullmatch(str(value).strip())
    if match is None:
        expected = (
            "expected 'none', '50 per camp', '5000 in all', '5% of stock' or "
            "'until stock <= 90% of capacity'"
        )
        raise ValueError(f"no cap: {shown(value)}; {expected}")
    per: Literal["camp", "all"] = "camp" if match["a"] or match["b"] or match["c"] else "all"
    if match["share"]:
        return Cap(share=read_share(match["share"]), of="stock", per=per)
    if match["goal"]:
        return Cap(share=read_ratio(match["goal"]), of="capacity", per=per)
    return Cap(places=int(match["places"]), per=per)


def _read_end(value: object) -> object:
    """Read an end of a cap's range: a number of persons, or a share."""
    if isinstance(value, str) and ("%" in value or "/" in value):
        return read_ratio(value)
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | Fraction | None):
        raise ValueError(f"expected a whole number, found {shown(value)}")
    return value


End = Annotated[int | Fraction | None, BeforeValidator(_read_end)]


def end_written(end: float | Fraction) -> str:
    """Write an end of a cap's range."""
    return f"{float(end) * 100:g}%" if isinstance(end, Fraction) else f"{end:g}"


class DecreeCap(Said):
    """A cap, bare or graded; a grade C cap needs a range."""

    value: Annotated[Cap | None, BeforeValidator(_read_cap)]
    low: End = None
    high: End = None

    _bare = model_validator(mode="before")(staticmethod(bare_value))

    @model_validator(mode="after")
    def _range_fits(self) -> Self:
        size = self.value.size if self.value else None
        for end in (self.low, self.high):
            if end is not None and size is not None and type(end) is not type(size):
                kind = "a share such as 5%" if isinstance(size, Fraction) else "a number of persons"
                raise ValueError(f"the range of this cap has {kind} at both ends")
        check_range(size, self.low, self.high, self.grade, end_written)
        return self
