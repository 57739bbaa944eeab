"""Days of reading, dates and cuts counted as served, in words: what stands behind a comparison."""

from __future__ import annotations

from datetime import date

from sim.scenario.law.predicate import AgeIs, DateIs, LengthIs, On, ReleasedIs, ShareIs
from sim.scenario.words.phrases import COMPARED, day, length, listed

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
