"""What conditions read of one person on other days: dates, flags, cuts that count as served.

Plain numbers and plain ifs, from the text of the design.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sim.scenario.flags import Flag
from sim.scenario.law.predicate import On
from sim.scenario.occasions import Occasion
from sim.scenario.world import World


def day_on(on: On, occasion: Occasion, start: date) -> int:
    """The day that a condition names."""
    if on.anchor == "lists":
        return occasion.close_day - on.days_before
    if on.anchor == "grant":
        return occasion.grant_day - on.days_before
    if on.anchor == "release":
        return occasion.release_day - on.days_before
    if on.anchor == "order":
        return occasion.ordered_day - on.days_before
    return (on.anchor - start).days


def dates_of(
    world: World, admitted: int, offended: int, flags: dict[str, int], final: int | None
) -> dict[str, int]:
    """The dates that a person has, as days since the start."""
    dates = {
        "admitted": admitted,
        "offence date": offended,
        "sentence final": admitted if final is None else final,
    }
    if world.final_to_admission is not None:
        dates["sentence final"] = max(admitted - world.final_to_admission.value, offended)
    for name, flag in world.flags.items():
        if flag.kind == "date" and name in flags:
            dates[name] = flags[name]
    return dates


def flag_value(
    flag: Flag,
    admitted: int,
    values: Callable[[int], int],
    named: Callable[[Any], bool],
) -> int:
    """The value of a flag, by the first row of its table that names the person, else the last."""
    rows = list(flag.by.values())
    number = 0
    while number < len(rows) and not named(rows[number].when):
        number += 1
    value = values(number)
    return admitted - value if flag.kind == "date" else value


def word_of(flag: Flag, value: int) -> str:
    """The word of a boolean or a category."""
    if flag.share is not None:
        return "true" if value else "false"
    assert flag.shares is not None
    return list(flag.shares)[value]


def age_reached(start: date, born: int, day: int) -> int:
    """The age at the end of the year in which a day lies."""
    return (start + timedelta(days=day)).year - (start + timedelta(days=born)).year
