"""Custody before judgment of one person, from the text of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.scenario.law.effects import Effect

if TYPE_CHECKING:
    from tests.oracle.law import Spell
    from tests.oracle.worlds import Chooser

OF_ITSELF = ("death", "execution", "expiry", "acquittal")
"""Ends of a spell that no decree brings."""
PHASES = ("acquittals", "days served until acquittal", "awaiting trial", "appealing")


def status_on(s: Spell, day: int) -> str:
    """What somebody held is before the law on a day."""
    if s.judged is None:
        return "final"
    if day < s.judged:
        return "awaiting trial"
    return "final" if s.final is not None and day >= s.final else "appealing"


def in_status_since(s: Spell, day: int) -> int:
    """The day since which he has been that."""
    status = status_on(s, day)
    if status == "awaiting trial" or s.judged is None:
        return s.admitted
    if status == "appealing":
        return s.judged
    assert s.final is not None
    return s.final


def begins(s: Spell) -> int | None:
    """The day from which he serves a final sentence; None if he is acquitted."""
    return s.admitted if s.judged is None else s.final


def known_from(s: Spell) -> int:
    """The day on which the sentence is known."""
    return s.admitted if s.judged is None else max(s.admitted, s.judged)


def leaves_on(s: Spell, due: int) -> int:
    """The day of leaving without decrees, of one who would be due on a day if judged at once."""
    if s.judged is None:
        return due
    return s.judged if s.acquitted else max(due, s.judged)


def given_to(effect: Effect, status: str) -> bool:
    """A case is ended while it is pending; whatever else is given to final sentences."""
    return (status != "final") if effect.end_the_case else (status == "final")


def phases_by_day(spells: list[Spell], horizon: int) -> dict[str, list[int]]:
    """Acquittals, and who is before judgment or appeals at the end of each day."""
    days = {name: [0] * horizon for name in PHASES}
    for s in spells:
        assert s.judged is not None
        if s.cause == "acquittal" and s.left is not None:
            days["acquittals"][s.left] += 1
            days["days served until acquittal"][s.left] += s.left - s.admitted
        left = horizon if s.left is None else s.left
        for day in range(max(s.admitted, 0), min(left, horizon)):
            status = status_on(s, day)
            if status != "final":
                days[status][day] += 1
    return days


def before_judgment_of(some: Chooser, graded: Any) -> Any:
    """Phases of a random world: short or long, some without appeals, some without acquittals."""

    def lasts(longest: str) -> Any:
        mean = {"60 days": "20 days", "18 months": "6 months", "5 years": "2 years"}[longest]
        return {
            "family": some.one(("gamma", "log-normal")),
            "mean": graded(mean),
            "shape": graded(some.one((0.7, 1.5)), "shape"),
            "least": graded("1 day"),
            "most": graded(longest),
            "step": graded({"60 days": "1 day", "18 months": "1 month", "5 years": "6 months"}[
                longest]),
        }  # fmt: skip

    found = {
        "awaiting trial": {
            "lasts": lasts(some.one(("60 days", "60 days", "18 months", "5 years"))),
            "convicted": graded(some.one((0.5, 0.8, 1, 0.1))),
        }
    }
    if some.often(0.7):
        found["appealing"] = {
            "share": graded(some.one((0.4, 1, 0))),
            "lasts": lasts(some.one(("60 days", "18 months"))),
        }
    return found
