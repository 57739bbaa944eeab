"""How comparisons are to be read, in words: their days, what counts as served, their limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sim.scenario.law.predicate import (
    THIS_PART,
    AgeIs,
    DateIs,
    LengthIs,
    On,
    PartIs,
    Predicate,
    ReleasedIs,
    ShareIs,
    leaves,
)
from sim.scenario.words.phrases import COMPARED, day, length, listed

WITHOUT_LIFE = ("term", "remaining", "until due")
"""Lengths that a life sentence does not have."""
DATED = {
    "admitted": "who were admitted",
    "offence date": "whose offence was committed",
    "sentence final": "whose sentence became final",
}
_DATES = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after", "==": "on"}
_STAGES = {
    "lists": "the day on which the lists close",
    "grant": "the day of the grant",
    "release": "the first planned day of release",
    "order": "the day of the order",
}
_CUTS = {"merit": "for merit", "pardon": "by pardon"}


def reckoned(leaf: LengthIs | ShareIs | AgeIs | ReleasedIs) -> str:
    """Say in brackets to which day a comparison refers and what counts as served; or nothing."""
    said = [] if leaf.on is None else [f"reckoned to {day_in_words(leaf.on)}"]
    if not isinstance(leaf, AgeIs | ReleasedIs) and leaf.counting:
        cuts = listed([_CUTS[word] for word in leaf.counting if word in _CUTS])
        counted = [f"cuts {cuts}"] if cuts else []
        counted += ["days credited"] if "credit" in leaf.counting else []
        said.append(f"{listed(counted)} counted as served")
    return f" ({', '.join(said)})" if said else ""


def day_in_words(on: On) -> str:
    """Write a day of reading."""
    if isinstance(on.anchor, date):
        return day(on.anchor)
    before = f"{length(on.days_before)} before " if on.days_before else ""
    return before + _STAGES[on.anchor]


def dated(leaf: DateIs | LengthIs) -> tuple[str, str]:
    """Write a date that is compared, as the subject of a clause and its rest."""
    subject = DATED.get(leaf.attribute, f"whose “{leaf.attribute}” lies")
    if isinstance(leaf, DateIs):
        return subject, f"{_DATES[leaf.operator]} {day(leaf.day)}"
    return subject, f"{COMPARED[leaf.operator]} {length(leaf.days)} ago{reckoned(leaf)}"


def readings_in_words(predicates: Sequence[Predicate]) -> list[str]:
    """Say how the comparisons of conditions are to be read, one sentence for each kind used."""
    found = [leaf for predicate in predicates for leaf in leaves(predicate)]
    said = []
    lengths = [leaf for leaf in found if isinstance(leaf, LengthIs)]
    shares = [leaf for leaf in found if isinstance(leaf, ShareIs)]
    if lengths or shares or any(isinstance(leaf, AgeIs) for leaf in found):
        said.append(
            "“At least” and “at most” include the value named, “more than” and “under” do not."
        )
    if lengths or shares:
        said.append("A year is 365.25 days and a month a twelfth of it, rounded to whole days.")
    if any(leaf.operator in (">=", "<") for leaf in shares):
        said.append(
            "Since days are whole, “at least” a share is served as soon as less than one day of "
            "the exact share is missing."
        )
    if any(leaf.operator in (">", "<=") for leaf in shares):
        said.append(
            "“More than” a share is served by more days than the exact share rounded up to a "
            "whole day."
        )
    if any(isinstance(leaf, AgeIs) for leaf in found):
        said.append("Ages are completed years.")
    if any(getattr(leaf, "attribute", "") == "age reached in the year" for leaf in found):
        said.append("The age reached in a year is that of its last day.")
    if any(leaf.attribute == "sentence" for leaf in lengths):
        said.append("A life sentence counts as longer than any sentence in years.")
    if any(isinstance(leaf, PartIs) for leaf in found):
        said.append("A sentence for one offence is its own only part.")
    if any(isinstance(leaf, PartIs) and leaf.whose == THIS_PART for leaf in found):
        said.append(
            "Each part of a sentence for several offences is in question by itself: what is "
            "granted falls on the parts that qualify and are not barred. It never exceeds their "
            "sum, and never brings the whole below the other parts; a release is then a cut by "
            "all that it falls on."
        )
    if shares or any(leaf.attribute in WITHOUT_LIFE for leaf in lengths):
        said.append(
            "A life sentence has no term, no time remaining and no share served, so a condition "
            "on one of these never holds for it."
        )
    return said
