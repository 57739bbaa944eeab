"""The days of a decree in words: when it is ordered, read and granted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sim.scenario.law.dates import DecreeDay, Offset
from sim.scenario.lengths import LEAP_YEAR
from sim.scenario.words.basis import described, part_in_words
from sim.scenario.words.decreed import Law, Parts
from sim.scenario.words.phrases import (
    amount,
    counted,
    day,
    joined,
    listed,
    month_day,
    sentence,
)

LEAST_RUN = 4
"""Days in a row from which on only the first and the last are named."""


def dates(law: Law) -> Parts:
    """Say when the decree is ordered, read and granted."""
    d = law.decree
    if d.every or d.random:
        yield "granted", joined(_recurring(law), "" if d.lists_due else _SAME_DAY)
    if d.in_force:
        yield "in force", _in_force(law)
    if d.ordered:
        yield "ordered", described(f"the camps are told {on_day(d.ordered)}", d.ordered, d)
    if d.lists_due:
        yield "lists", described(f"the lists close {on_day(d.lists_due)}", d.lists_due, d)
    if d.granted:
        also = "" if d.lists_due else "; the lists close on the same day"
        yield "granted", described(_granted(law), d.granted, d, also)
    yield "thresholds", _thresholds(law)
    if d.reach:
        yield "reach", _reach(law)


def _in_force(law: Law) -> str:
    d = law.decree
    assert d.in_force is not None
    first, last = d.in_force.first, d.in_force.last
    often = "every day" if d.checked == "daily" else "every seventh day"
    return joined(
        described(f"the decree is in force from {day(first.value)} on", first, d),
        described(f"it ends with {day(last.value)}", last, d),
        f"It is checked {often}: whoever is held then, qualifies and is not barred is put before "
        "it, once in a stay.",
        "What it gives is granted on that day.",
    )


_SAME_DAY = "The lists close on the day itself."


def on_day(when: DecreeDay) -> str:
    """Write ``on 8 October 2020`` or ``60 days before the grant``."""
    if isinstance(when.value, Offset):
        return _from_grant(when.value.days)
    return f"on {day(when.value)}"


def _from_grant(days: int) -> str:
    if days == 0:
        return "on the day of the grant"
    return f"{counted(abs(days), 'day')} {'before' if days < 0 else 'after'} the grant"


def _granted(law: Law) -> str:
    granted = law.decree.granted
    assert granted is not None
    if granted.value is not None:
        return f"the decree is granted on {day(granted.value)}"
    assert granted.random is not None
    first, last = map(day, granted.random)
    return f"the decree is granted on a day from {first} to {last}, drawn by lot, all alike likely"


def _recurring(law: Law) -> str:
    d = law.decree
    number = counted(len(law.occasions), "occasion")
    if d.random:
        rate = f"{amount(d.random.rate.value)} times a year on average"
        text = f"the decree is granted by surprise, {rate}, each day alike"
        return described(text, d.random.rate, d)
    if d.since is None:
        days = listed(list(_runs(d.dates)))
        return f"The decree recurs every year on {days}: within the years simulated, {number}."
    years = "year" if d.every == 1 else f"{d.every} years"
    text = f"the decree recurs every {years} from {day(d.since)} on, on the anniversary"
    if d.except_every:
        text += f", except every {d.except_every} years"
    return sentence(f"{text}: within the years simulated, {number}")


def _runs(days: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Write days of the year, those that follow one another as one run."""
    runs: list[list[tuple[int, int]]] = []
    for one in days:
        if runs and _day_after(runs[-1][-1]) == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    for run in runs:
        if len(run) < LEAST_RUN:
            yield from map(month_day, run)
        else:
            yield f"each day from {month_day(run[0])} to {month_day(run[-1])}"


def _day_after(day: tuple[int, int]) -> tuple[int, int]:
    following = date(LEAP_YEAR, *day) + timedelta(days=1)
    return following.month, following.day


def _reach(law: Law) -> str:
    assert law.decree.reach is not None
    until = law.decree.reach.offences_until
    text = f"the decree reaches offences committed on {day(until.value)} or before"
    return joined(
        described(text, until, law.decree),
        part_in_words("this reach", law.decree.reach, law.decree),
        "Of those held when the lists close, nobody else is before it.",
        *(_NEW_SENTENCES if law.scenario.world.before_judgment is None else _NEW_JUDGMENTS),
    )


_FROM = "from which on the decree has its effect, or from the grant on if that is later"
_NEW_SENTENCES = (
    f"Who is admitted later for such an offence is read on the day of admission, {_FROM}.",
    "A sentence that it then ends before it has begun is extinguished, and is no admission.",
)
_NEW_JUDGMENTS = (
    f"Whose sentence for such an offence becomes final later is read on that day, {_FROM}.",
)


def _thresholds(law: Law) -> str:
    attributes = "time served, time remaining, shares of the term and ages"
    first = law.occasions[0] if law.occasions else None
    if first is None or first.threshold_day == first.close_day:
        when = "of the check" if law.decree.in_force else "on which the lists close"
        return f"Everything is read on the day {when}, {attributes} included."
    when = "" if law.decree.recurs else f", {law.date(first.threshold_day)}"
    match law.decree.thresholds_on:
        case "grant":
            to = f"the day of the grant{when}"
        case "release":
            to = f"the first planned day of release{when}"
        case Offset(days=days):
            to = f"{_from_grant(days)}{when}"
        case _:
            to = law.date(first.threshold_day)
    after = first.threshold_day > first.close_day
    how = "They are projected to it from the term" if after else "The term is the one"
    return joined(
        sentence(f"{attributes} are reckoned to {to}"),
        f"{how} known when the lists close, the day on which everything else is read.",
    )
