"""What parts of a decree rest on, in words: their ranges, sources, grades, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import get_args

from sim.scenario.graded import DecreeShare, Number, Quantity, Said, Status
from sim.scenario.law.afterwards import DecreeEducation, DecreeOver
from sim.scenario.law.amounts import OneAmount
from sim.scenario.law.chances import Chance, Times
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.dates import DecreeDay, Rate
from sim.scenario.law.decree import Decree
from sim.scenario.law.points import DecreeFraction
from sim.scenario.law.predicate import (
    AgeIs,
    DateIs,
    Leaf,
    LengthIs,
    NumberIs,
    OffenceIs,
    ReleasedIs,
    ShareIs,
    leaves,
)
from sim.scenario.law.selection import DecreeCap
from sim.scenario.law.thresholds import read_on
from sim.scenario.law.waits import DecreeLength, Latency
from sim.scenario.law.work import Capacity, Turns
from sim.scenario.lengths import read_date, read_length
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree
from sim.scenario.vocabulary import words_of_world
from sim.scenario.words.phrases import (
    amount,
    basis,
    counted,
    day,
    joined,
    length,
    listed,
    percent,
    possible,
    sentence,
    status_in_words,
)
from sim.scenario.words.readings import day_in_words

_LIMITED = {
    "sentence": "the sentence",
    "term": "the term",
    "served": "the time served",
    "remaining": "the time remaining",
    "until due": "the time until release is due",
    "served share": "the share of the term served",
    "served share of sentence": "the share of the sentence served",
    "served share of expected sentence": "the share of the expected sentence served",
    "expected sentence": "the expected sentence",
    "time in legal status": "the time in the legal status",
    "time in state of health": "the time in the state of health",
    "age": "the age",
    "age at offence": "the age at the offence",
    "age reached in the year": "the age reached in the year",
    "time in prison": "the time in prison in all spells",
    "earlier spells": "the number of earlier spells",
    "parts": "the number of parts of the sentence",
    "time since last release": "the time since the last release",
    "admitted": "the date of admission",
    "offence date": "the date of the offence",
    "sentence final": "the date on which the sentence became final",
}

_OWN = {
    "offence": " of the offence",
    "any part": " of a part",
    "all parts": " of every part",
    "this part": " of the part in question",
    "earlier spells": " of an earlier spell",
}
"""Within what thresholds are not the person's own."""


def described(text: str, part: Said, decree: Decree, also: str = "") -> str:
    """Write a sentence about a part, with its range and basis in brackets, and its note."""
    note = sentence(f"Note: {part.note}") if part.note else ""
    return joined(sentence(f"{text}{aside(part, decree)}{also}"), note)


def part_in_words(subject: str, part: Said, decree: Decree) -> str:
    """Write what a part without a value of its own says about itself; empty if nothing."""
    status = status_in_words(subject, part.status) if part.status else ""
    rests = _basis(part, decree)
    said = sentence(f"{'it' if status else subject} is {rests}") if rests else ""
    return joined(status, said, sentence(f"Note: {part.note}") if part.note else "")


def aside(part: Said | Quantity[float], decree: Decree) -> str:
    """Write range, basis and status of a value in brackets; empty if it says nothing."""
    said = [_range(part), _basis(part, decree)]
    if isinstance(part, Said) and part.status:
        said.append(part.status)
    inside = "; ".join(filter(None, said))
    return f" ({inside})" if inside else ""


def _basis(part: Said | Quantity[float], decree: Decree) -> str:
    """Say what a part rests on where it does not simply rest on what its decree does."""
    if part.source is None and part.grade is None:
        return ""
    return basis(part.source or decree.source, part.grade or decree.grade)


def _range(part: Said | Quantity[float]) -> str:
    between = getattr(part, "between", None)
    if between is not None:
        return possible(day(between[0]), day(between[1])) if between[0] != between[1] else ""
    low, high = getattr(part, "low", None), getattr(part, "high", None)
    for kind, written in _ENDS.items():
        if isinstance(part, kind) and low is not None and high is not None and low != high:
            return possible(written(low), written(high))
    return ""


def _in_days(end: float) -> str:
    return counted(end, "day")


def _as_length(end: float) -> str:
    return length(round(end))


def _end_of_cap(end: Fraction | float) -> str:
    return percent(end) if isinstance(end, Fraction) else amount(end)


def _end_of_amount(end: Fraction | float) -> str:
    return percent(end) if isinstance(end, Fraction) else length(round(end))


_ENDS: dict[type, Callable[[float], str]] = {
    DecreeShare: percent, Chance: percent, Times: amount, Rate: amount, Number: amount,
    Capacity: amount, Turns: amount,
    DecreeEducation: _in_days, DecreeOver: _in_days, DecreeDay: _as_length, Latency: _as_length,
    DecreeFraction: percent, DecreeLength: _as_length, DecreeCap: _end_of_cap,
    OneAmount: _end_of_amount,
}  # fmt: skip
"""How the ends of a range are written, by the kind of value."""


def limits_in_words(scenario: Scenario, path: tuple[str | int, ...]) -> str:
    """Say what the graded thresholds below a condition rest on, a sentence each.

    The tree that the model evaluates keeps a threshold's number alone; its range, sources and
    grade are read where `sim.scenario.draws.ranges` reads them.
    """
    below = scenario.tree.at(path)
    decree = scenario.decrees[str(path[1])]
    found = _graded(below) if below is not None else ()
    return joined(*(_limit(scenario, *one, decree) for one in found))


def _graded(tree: Tree, attribute: str = "", whose: str = "") -> Iterator[tuple[str, str, Tree]]:
    """Walk the graded thresholds of a condition, with the attribute and whose it is.

    Within ``offence``, ``any part`` and their like it is that one's, elsewhere the person's.
    """
    if isinstance(tree.value, Mapping):
        if attribute and "value" in tree.value:
            yield attribute, whose, tree
            return
        for key, child in tree.value.items():
            if key in ("table", "is", "otherwise", "not"):
                yield from _graded(child, attribute, whose)
            else:
                of = attribute if attribute in _OWN else whose
                yield from _graded(child, "" if key == "when" else key, of)
    elif isinstance(tree.value, list | tuple):
        for child in tree.value:
            yield from _graded(child, attribute, whose)


_SAID = {"low", "source", "grade", "status", "note"}


def _limit(scenario: Scenario, attribute: str, whose: str, tree: Tree, decree: Decree) -> str:
    plain = tree.plain()
    assert isinstance(plain, dict)
    if not plain.keys() & _SAID:  # a number with no word on what it rests on
        return ""
    asked = {attribute: plain["value"]}
    reader = ConditionReader(words_of_world(scenario.tree))
    read = leaves(reader.read({whose: asked} if whose == "offence" else asked))
    limit = listed([_number(leaf) for leaf in read])
    said = plain.get("source", decree.source)
    names = [said] if isinstance(said, str) else list(said)
    grade = plain.get("grade") or decree.grade
    status = plain.get("status")
    limits = "limit" if len(read) == 1 else "limits"
    rests = f"the {limits} of {limit} for {_limited(attribute, whose)} is {basis(names, grade)}"
    if len(read) > 1:
        rests = rests.replace(" is ", " are ", 1)
    range_ = ""
    if plain.get("low") is not None and plain["low"] != plain.get("high"):
        range_ = "; " + possible(_end(plain["low"]), _end(plain["high"]))
    known = f", and {status}" if status in get_args(Status) else ""
    note = sentence(f"Note: {plain['note']}") if plain.get("note") else ""
    return joined(sentence(rests + known + range_), note)


def _limited(attribute: str, whose: str) -> str:
    """Name what a threshold limits, and the day to which it refers if it says one."""
    name, on = read_on(attribute)
    reckoned = "" if on is None else f", reckoned to {day_in_words(on)}"
    return _LIMITED.get(name, f"“{name}”") + _OWN.get(whose, "") + reckoned


def _number(leaf: Leaf) -> str:
    match leaf:
        case ReleasedIs(days=days):
            return length(days)
        case LengthIs(days=days, since=since):
            return f"{length(days)} ago" if since else length(days)
        case AgeIs(years=years):
            return f"{years} years"
        case ShareIs(share=share):
            return percent(share)
        case DateIs(day=when):
            return day(when)
        case NumberIs(number=number):
            return amount(number)
        case OffenceIs(size=size, in_days=in_days):
            return length(int(size)) if in_days else amount(float(size))
    return ""


def _end(written: object) -> str:
    """Write an end of a range as the threshold's own number is written."""
    text = str(written)
    if text.isdecimal():
        return amount(int(text))
    with suppress(ValueError):
        return day(read_date(text))
    with suppress(ValueError):
        return length(read_length(text))
    return text
