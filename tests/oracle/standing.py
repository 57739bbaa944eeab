"""A standing decree, check by check, from the text of the language."""

from __future__ import annotations

from dataclasses import replace

from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion


def days_checked(decree: Decree, first: Occasion) -> list[int]:
    """The days on which it is checked, from the first in force to the last."""
    assert decree.in_force is not None
    length = (decree.in_force.last.value - decree.in_force.first.value).days
    step = {"daily": 1, "weekly": 7}[decree.checked]
    return [first.close_day + day for day in range(length + 1) if day % step == 0]


def on_check(decree: Decree, first: Occasion, day: int) -> Occasion:
    """What the act of a check is: read and granted on the day, everything else counted from it."""
    rest = day
    education = decree.release.education
    if education is not None and education.value is not None:
        rest = day + education.value.days
    tranches = list(decree.release.tranches.values())
    days = []
    for tranche in tranches:
        assert not isinstance(tranche.out.value, str)
        days.append(max(rest, day + tranche.out.value.days))  # type: ignore[union-attr]
    goes = [*days] if tranches and tranches[-1].when is None else [*days, rest]
    if isinstance(decree.thresholds_on, str):
        threshold = {"lists": day, "grant": day, "release": min(goes)}[decree.thresholds_on]
    else:
        threshold = day + decree.thresholds_on.days  # type: ignore[union-attr]
    return replace(first, close_day=day, grant_day=day, threshold_day=threshold,
                   release_day=min(goes), rest_day=rest, tranche_days=tuple(days))  # fmt: skip
