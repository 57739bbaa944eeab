"""On which days decrees act without asking who has left since the stop before.

A spell that has ended has an end that lies before the day, and can be passed over by that. This is
enough on a day on which all lists are of those whose turn has come, under a rule that is read again
and again or in a standing decree, and all grants are of the same day: nobody else is looked at, and
who was held is counted after the run. Then leavings need not be booked, nor what follows them,
until a day on which it matters: on which merit is given, everybody is read, a grant is made to
those on lists of an earlier day, a place is passed on, the last act is done or the run ends; or on
which somebody who came back could be reached. Where places follow the stock, files queue, or
escorts are few, it matters every day.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from sim.custody.decrees.headcount import countable
from sim.custody.decrees.soonest import looks_at_newcomers
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Stage = tuple[int, int, str]
"""Day, number of the occasion, and which stage of it."""


def days_unasked(
    decrees: Mapping[str, Decree],
    occasions: Sequence[Occasion],
    agenda: Sequence[Stage],
    recurring: Container[int],
) -> frozenset[int]:
    """Return the days on which no stage of a decree asks who has left, but for the last of all.

    Parameters
    ----------
    agenda
        Stages in order.
    recurring
        Numbers of the occasions whose rule is read again and again.
    """
    if any(looks_at_newcomers(one) or one.release.turns is not None for one in decrees.values()):
        return frozenset()
    asking = {agenda[-1][0]} if agenda else set()
    for day, number, stage in agenda:
        decree = decrees[occasions[number].decree]
        if not _passes_over(decree, occasions[number], stage, recurring=number in recurring):
            asking.add(day)
    return frozenset(day for day, _, _ in agenda) - asking


def _passes_over(decree: Decree, occasion: Occasion, stage: str, *, recurring: bool) -> bool:
    """Say whether a stage of an occasion passes over who has left, or concerns nobody who might."""
    if stage == "lists":
        return recurring and countable(decree)
    at_once = stage == "check" or occasion.grant_day == occasion.close_day
    return at_once and decree.places != "passed on"
