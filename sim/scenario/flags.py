"""Flags: what else a world's people have (means, children, conduct, fines), by shares.

A flag is drawn once for a person, or anew with each spell. Its shares may differ by what a table
names; they hold of admissions and of the stock alike, since a flag changes nobody's stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.blocks import Block, at_least_one
from sim.scenario.graded import Proportion
from sim.scenario.law.predicate import ATTRIBUTES, YES, Every, Predicate, Tagged, leaves
from sim.scenario.law.when import Condition
from sim.scenario.lengths import read_length
from sim.scenario.problems import nearest

Kind = Literal["boolean", "category", "number", "length", "date"]
OF_A_PERSON = ("sex", "origin")
OF_A_SPELL = (*OF_A_PERSON, "offence", "gravity", "camp", "age at offence")
"""What a flag's shares may differ by: what is known at admission and never changes."""
RESERVED = (*ATTRIBUTES, "remand", "tag", "table", "value", "when", "decree", "flags")
LARGEST = 2**31
_BAND = re.compile(r"(.+) to (.+)")
Shares = Annotated[dict[str, Proportion], BeforeValidator(at_least_one)]


class FlagRow(Block):
    """A row of a flag's table: whom it names, and their shares."""

    note: str | None = None
    when: Condition
    share: Proportion | None = None
    shares: Shares | None = None


class Flag(Block):
    """A flag: who has it, or which value each has.

    ``share`` is that of a boolean flag; ``shares`` those of categories, or of bands such as ``0 to
    99`` (numbers) and ``0 days to 2 years`` (lengths; of a date, before the admission). Within a
    band all whole numbers or days are alike.
    """

    kind: Kind | None = None
    drawn: Literal["once", "each spell"] = "once"
    unit: str | None = None
    note: str | None = None
    share: Proportion | None = None
    shares: Shares | None = None
    by: Annotated[dict[str, FlagRow], BeforeValidator(at_least_one)] = Field(default_factory=dict)

    @property
    def is_a(self) -> Kind:
        """The kind: boolean with a ``share``, a category with ``shares``, or as stated."""
        return self.kind or ("boolean" if self.shares is None else "category")

    @property
    def words(self) -> tuple[str, ...]:
        """Values in the order of their codes; bands as written."""
        return ("false", YES) if self.shares is None else tuple(self.shares)

    def rows(self) -> tuple[tuple[Predicate, tuple[float, ...]], ...]:
        """Whom each row names and the shares of `words` there; the last row names the rest."""
        plain = [(row.when, row.share, row.shares) for row in self.by.values()]
        return tuple(
            (when, _in_order(self.words, share, shares))
            for when, share, shares in (*plain, (Every(()), self.share, self.shares))
        )

    @property
    def bands(self) -> tuple[tuple[int, int], ...]:
        """First and last number or day of each band; of a category its code."""
        if self.is_a in ("boolean", "category"):
            return tuple((code, code) for code in range(len(self.words)))
        return tuple(read_band(self.is_a, text) for text in self.words)

    @model_validator(mode="after")
    def _shares_fit_the_kind(self) -> Self:
        if (self.share is None) == (self.shares is None):
            raise ValueError("a flag has either 'share' or 'shares'")
        if (self.is_a == "boolean") == (self.share is None):
            raise ValueError(f"a {self.is_a} has {'share' if self.share is None else 'shares'!r}")
        if self.is_a == "number" and self.unit is None:
            raise ValueError("'unit' is missing: what the number counts")
        if self.is_a == "date" and self.drawn == "once":
            raise ValueError("a date lies before an admission; write 'drawn: each spell'")
        for row in self.by.values():
            if (row.share is None) != (self.share is None) or (row.share is None) == (
                row.shares is None
            ):
                key = "share" if self.shares is None else "shares"
                raise ValueError(f"each row of 'by' has 'when' and {key!r}, as the flag has")
            for word in row.shares or ():
                if word not in self.words:
                    raise ValueError(f"unknown value {word!r} in 'by': {nearest(word, self.words)}")
        for low, high in self.bands:
            if not 0 <= low <= high < LARGEST:
                raise ValueError("a band goes from a smaller to a larger number")
        return self


def read_band(kind: str, text: str) -> tuple[int, int]:
    """Read ``0 to 99`` or ``0 days to 2 years``, both ends included.

    Raises
    ------
    ValueError
        If it is none.
    """
    match = _BAND.fullmatch(text.strip())
    if kind == "number":
        if match is None or not (match[1].isdecimal() and match[2].isdecimal()):
            raise ValueError(f"no band of numbers: {text!r}; expected such as '0 to 99'")
        return int(match[1]), int(match[2])
    if match is None:
        raise ValueError(f"no band of lengths: {text!r}; expected such as '0 days to 2 years'")
    return read_length(match[1]), read_length(match[2])


def _in_order(
    words: tuple[str, ...], share: Proportion | None, shares: Mapping[str, Proportion] | None
) -> tuple[float, ...]:
    if share is not None:
        return 1 - share.value, share.value
    assert shares is not None
    return tuple(shares[word].value if word in shares else 0.0 for word in words)


def flag_problems(flags: Mapping[str, Flag]) -> list[tuple[tuple[str, ...], str]]:
    """List flags of reserved names, and tables that ask what is not settled at admission."""
    found: list[tuple[tuple[str, ...], str]] = []
    known: dict[str, Flag] = {}
    for name, flag in flags.items():
        if name in RESERVED:
            found.append((("flags", name), f"{name!r} is a word of the language; choose another"))
        settled = OF_A_PERSON if flag.drawn == "once" else OF_A_SPELL
        above = [n for n, one in known.items() if "once" in (one.drawn, flag.drawn)
                 and (one.drawn == "once" or flag.drawn == "each spell")]  # fmt: skip
        above += [n for n, one in known.items() if one.drawn == flag.drawn == "each spell"]
        allowed = (*settled, *above)
        for place, row in flag.by.items():
            for leaf in leaves(row.when):
                asked = "offence" if isinstance(leaf, Tagged) else getattr(leaf, "attribute", "?")
                if asked not in allowed:
                    whose = "of a person" if flag.drawn == "once" else "of a spell"
                    message = (
                        f"a flag {whose} differs by what is settled when it is drawn, "
                        f"not by {asked!r}: {nearest(asked, allowed)}"
                    )
                    found.append((("flags", name, "by", place, "when"), message))
        known[name] = flag
    return found


def flag_words(kinds: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Return names of flags by kind, and the values of categories, for reading conditions.

    Parameters
    ----------
    kinds
        Kind and values by name.
    """
    words: dict[str, tuple[str, ...]] = {}
    for name, (kind, values) in kinds.items():
        words[kind] = (*words.get(kind, ()), name)
        if kind == "category" and name not in RESERVED:
            words[name] = values
    return words
