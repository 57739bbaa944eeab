"""Conditions in words: the tree that the model evaluates, as relative clauses of plain English.

``at least`` and ``at most`` include the value that they name, ``more than`` and ``under`` do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from sim.scenario.law.predicate import (
    APPEALING,
    AWAITING,
    CATEGORIES,
    EXPECTED,
    FINAL,
    IN_STATE,
    IN_STATUS,
    LEGAL_STATUS,
    LENGTHS,
    WORDS,
    YES,
    AgeIs,
    CountIs,
    DateIs,
    Either,
    Every,
    LengthIs,
    NumberIs,
    OffenceIs,
    OneOf,
    PardonsIs,
    PartIs,
    Predicate,
    ReleasedIs,
    ShareIs,
    SpellsIs,
    Table,
    Tagged,
)
from sim.scenario.words.phrases import COMPARED, amount, length, listed, share_in_words, times
from sim.scenario.words.readings import dated, reckoned

_LENGTHS = {
    "sentence": ("whose sentence is", ""),
    "term": ("whose term is", ""),
    "served": ("who have served", ""),
    "remaining": ("who have", " left to the end of the term"),
    "time in prison": ("who have been held, in all their spells, for", ""),
    "until due": ("who have", " left until release is due"),
    EXPECTED: ("whose expected sentence is", ""),
    IN_STATUS: ("whose legal status has been what it is for", ""),
    IN_STATE: ("whose state of health has been what it is for", ""),
}
_ENDLESS = {"life": "one for life", "death": "one of death"}
_CATEGORIES = {
    "offence": "who are{} held for",
    "camp": "who are{} held in",
    "origin": "who do{} come from",
    "residence": "who do{} have their residence in",
    "health": "whose state of health is{}",
    "sex": "who are{}",
}
STATUSES = {AWAITING: "await trial", APPEALING: "appeal", FINAL: "serve a final sentence"}
_NUMBERS = {
    "earlier spells": "whose earlier spells in custody number",
    "parts": "the parts of whose sentence number",
}
_PARTS = {"any part": "a part", "all parts": "every part", "this part": "the part in question"}
_NEVER = {("<", 1), ("<=", 0), ("==", 0)}
_EVER = {(">=", 1), (">", 0)}
_GIVERS = {"any": "by pardon or for merit", "pardon": "by pardon", "merit": "for merit"}


@dataclass(frozen=True)
class _Said:
    """A relative clause: leaves of one subject are joined under it."""

    subject: str
    rest: str
    order: int = 1
    """Adjectives first: petty, then classed as economic."""
    joins: bool = True
    """Whether others of the same subject may follow without repeating it."""


def condition_in_words(predicate: Predicate, decrees: Mapping[str, str] | None = None) -> str:
    """Write whom a condition names: ``those who are held for theft and whose sentence is …``.

    Parameters
    ----------
    decrees
        What decrees are called, by name, for conditions on their reductions.
    """
    names = decrees or {}
    if predicate == Every(()):
        return "all who are held"
    if predicate == Either(()):
        return "nobody"
    if isinstance(predicate, Either) and not _alike(predicate.parts):
        parts = [
            f"({chr(97 + i)}) those {_clauses(p, names)}" for i, p in enumerate(predicate.parts)
        ]
        return "any of the following: " + ", or ".join(parts)
    return f"those {_clauses(predicate, names)}"


def _clauses(predicate: Predicate, names: Mapping[str, str]) -> str:
    """Write one part: relative clauses joined by ``and``, alternatives in brackets."""
    match predicate:
        case Every(parts):
            return listed(list(_joined(parts, names)))
        case Either(parts) if _alike(parts):
            said = [_said(part, names) for part in parts if _is_leaf(part)]
            return f"{said[0].subject} {_without_repeating([s.rest for s in said])}"
        case Table(rows):
            return _rows(rows, names)
        case Either(parts):
            return "(" + ", or ".join(_clauses(part, names) for part in parts) + ")"
        case _:
            said_once = _said(predicate, names)
            return f"{said_once.subject} {said_once.rest}"


def _rows(rows: Sequence[tuple[Predicate, Predicate]], names: Mapping[str, str]) -> str:
    """Write a table, line by line; of whoever is named by no line, nobody is meant."""
    lines = []
    for when, then in rows:
        whom = "all others" if when == Every(()) else f"those {_clauses(when, names)}"
        lines.append(f"of {whom}, those {_clauses(then, names)}")
    if rows[-1][0] != Every(()):
        lines.append("of all others, nobody")
    return f"who meet the first of these lines that names them ({'; '.join(lines)})"


def _joined(parts: Sequence[Predicate], names: Mapping[str, str]) -> list[str]:
    """Join what has one subject: ``whose offence is petty and is classed as economic``."""
    simple: list[tuple[int, _Said | str]] = []
    for at, part in enumerate(parts):
        simple.append((at, _said(part, names) if _is_leaf(part) else _clauses(part, names)))
    subjects = [one.subject for _, one in simple if isinstance(one, _Said)]
    first = {subject: subjects.index(subject) for subject in subjects}

    def place(item: tuple[int, _Said | str]) -> tuple[int, int]:
        at, one = item
        return (first[one.subject], one.order) if isinstance(one, _Said) else (len(parts), at)

    written = []
    ordered = sorted(simple, key=place)
    for subject, group in groupby(ordered, lambda item: _subject(item[1])):
        said = [one for _, one in group]
        rests = [one.rest for one in said if isinstance(one, _Said) and one.joins]
        if rests:
            written.append(f"{subject} {_with_one_end(rests)}")
        else:
            written += [f"{one.subject} {one.rest}" if isinstance(one, _Said) else one
                        for one in said]  # fmt: skip
    return written


def _subject(one: _Said | str) -> str | None:
    return one.subject if isinstance(one, _Said) and one.joins else None


def _with_one_end(rests: Sequence[str]) -> str:
    """Write ``more than 4 years and at most 8 years left …`` with what ends both only once."""
    for end in (after for _, after in _LENGTHS.values() if after):
        if len(rests) > 1 and all(rest.endswith(end) for rest in rests):
            return listed([rest.removesuffix(end) for rest in rests]) + end
    return listed(list(rests))


def _without_repeating(rests: Sequence[str]) -> str:
    """Write ``classed as economic or violent`` in place of ``… or classed as violent``."""
    if all(rest.startswith("classed as ") for rest in rests):
        return "classed as " + listed([rest.removeprefix("classed as ") for rest in rests], "or")
    return listed(list(rests), "or")


def _is_leaf(predicate: Predicate) -> bool:
    return not isinstance(predicate, Every | Either | Table)


def _alike(parts: Sequence[Predicate]) -> bool:
    """Tell whether alternatives are comparisons of one attribute, or tags of the offence."""
    if not all(map(_is_leaf, parts)):
        return False
    said = [_said(part, {}) for part in parts]
    return len({one.subject for one in said}) == 1 and all(one.joins for one in said)


def _said(leaf: Predicate, names: Mapping[str, str]) -> _Said:
    match leaf:
        case OneOf(attribute, values, among):
            return _category(attribute, values, among)
        case Tagged(tag, carries):
            return _Said("whose offence is", f"{'' if carries else 'not '}classed as {tag}", 2)
        case LengthIs(attribute, operator, days) if attribute in LENGTHS:
            subject, after = _LENGTHS[attribute]
            return _Said(subject, f"{COMPARED[operator]} {length(days)}{after}{reckoned(leaf)}")
        case PartIs(whose, rule):
            return _Said(f"of whose sentence {_PARTS[whose]}", _of_a_part(rule), joins=False)
        case LengthIs() | DateIs() | NumberIs():
            return _dated_or_counted(leaf)
        case ReleasedIs() | PardonsIs() | OffenceIs() | SpellsIs():
            return _before(leaf, names)
        case AgeIs(attribute, operator, years):
            at = " at the time of the offence" if attribute == "age at offence" else ""
            subject = "whose age" + at + (" was" if at else " is")
            if attribute == "age reached in the year":
                subject = "whose age reached in the year is"
            return _Said(subject, f"{COMPARED[operator]} {years} years{reckoned(leaf)}")
        case ShareIs(of, operator, share):
            part = f"{COMPARED[operator]} {share_in_words(share)} of the {of}"
            return _Said("who have served", f"{part}{reckoned(leaf)}")
        case CountIs():
            return _count(leaf, names)
        case Every() | Either() | Table():
            raise TypeError("no leaf")
        case _:
            assert_never(leaf)


def _of_a_part(rule: Predicate) -> str:
    """Write what is asked of a part: its offence, its length, or both."""
    match rule:
        case Every(parts):
            return listed([_of_a_part(part) for part in parts])
        case Either(parts):
            return "(" + ", or ".join(_of_a_part(part) for part in parts) + ")"
        case Table(rows):
            lines = [
                f"{'otherwise' if when == Every(()) else 'where it ' + _of_a_part(when)}, "
                f"it {_of_a_part(then)}" for when, then in rows
            ]  # fmt: skip
            return f"meets the first of these lines that names it ({'; '.join(lines)})"
        case OneOf(attribute, values, among) if attribute in _LENGTHS:
            ends = listed([_ENDLESS[value] for value in values], "or")
            return f"is {'' if among else 'not '}{ends}"
        case OneOf(_, values, among):
            return f"is {'' if among else 'not '}for {listed(list(values), 'or')}"
        case Tagged(tag, carries):
            return f"is for an offence {'' if carries else 'not '}classed as {tag}"
        case OffenceIs():
            said = _before(rule, {})
            return (
                f"is for an offence that {said.subject.removeprefix('whose offence ')} {said.rest}"
            )
        case LengthIs(_, operator, days):
            return f"is {COMPARED[operator]} {length(days)} long"
        case _:
            raise TypeError("not asked of a part")


def _dated_or_counted(leaf: LengthIs | DateIs | NumberIs) -> _Said:
    """Write what is compared with a date, and the flags that are numbers or lengths."""
    if isinstance(leaf, DateIs) or (isinstance(leaf, LengthIs) and leaf.since):
        return _Said(*dated(leaf))
    size = length(leaf.days) if isinstance(leaf, LengthIs) else amount(leaf.number)
    if isinstance(leaf, NumberIs) and leaf.attribute == "earlier spells":
        if (leaf.operator, leaf.number) in _NEVER:
            return _Said("who have", "no earlier spell in custody", joins=False)
        if (leaf.operator, leaf.number) in _EVER:
            return _Said("who have", "an earlier spell in custody", joins=False)
    if leaf.attribute in _NUMBERS:
        return _Said(_NUMBERS[leaf.attribute], f"{COMPARED[leaf.operator]} {size}")
    return _Said(f"whose “{leaf.attribute}” is", f"{COMPARED[leaf.operator]} {size}")


def _before(leaf: ReleasedIs | PardonsIs | OffenceIs | SpellsIs, names: Mapping[str, str]) -> _Said:
    """Write what happened in earlier spells, or belongs to the offence itself."""
    if isinstance(leaf, SpellsIs):
        spells = f"earlier {'spell' if leaf.count == 1 else 'spells'} in custody"
        often = f"{COMPARED[leaf.operator]} {amount(leaf.count)} {spells}"
        at = "its end" if leaf.count == 1 else "the end of each"
        whom = f"of this kind (at {at} they were among those {_clauses(leaf.rule, names)})"
        return _Said("who have", f"{often} {whom}", joins=False)
    if isinstance(leaf, OffenceIs):
        size = length(int(leaf.size)) if leaf.in_days else amount(float(leaf.size))
        return _Said("whose offence has", f"“{leaf.name}” of {COMPARED[leaf.operator]} {size}")
    if isinstance(leaf, PardonsIs):
        by = "" if leaf.by == "any" else f" by “{names.get(leaf.by, leaf.by)}”"
        if (leaf.operator, leaf.count) in _NEVER:
            return _Said("who have never, in all their spells, been", f"pardoned{by}", joins=False)
        often = f"{COMPARED[leaf.operator]} {times(leaf.count)}"
        return _Said("who have, in all their spells, been pardoned", f"{often}{by}")
    kinds = {"any": "", "expiry": " at the end of a term", "decree": " by a decree"}
    kind = kinds.get(leaf.after, f" by “{names.get(leaf.after, leaf.after)}”")
    ago = f"{COMPARED[leaf.operator]} {length(leaf.days)} ago{reckoned(leaf)}"
    never = " (or never)" if leaf.operator in (">", ">=") else ""
    return _Said(f"who were last released{kind}", ago + never)


def _category(attribute: str, values: Sequence[str], among: bool) -> _Said:
    if not among and attribute in WORDS:  # of two words, the other one
        values, among = [w for w in WORDS[attribute] if w not in values] or values, True
    if attribute in _LENGTHS:
        said = listed([_ENDLESS[value] for value in values], "or")
        return _Said(_LENGTHS[attribute][0], f"{'' if among else 'not '}{said}")
    if attribute == LEGAL_STATUS:
        return _Said("who", listed([STATUSES[value] for value in values], "or"), joins=False)
    if attribute == "gravity":
        words = ["petty" if value == "petty" else "not petty" for value in values]
        return _Said("whose offence is", listed(words, "or"), 0)
    if attribute not in CATEGORIES:
        if values == (YES,):
            return _Said("of whom", f"“{attribute}” {'holds' if among else 'does not hold'}")
        return _Said(f"whose “{attribute}” is{'' if among else ' not'}", listed(values, "or"))
    frame = _CATEGORIES[attribute]
    rest = listed(list(values), "or")
    subject = frame.format("").replace("who do ", "who ") if among else frame.format(" not")
    return _Said(subject, rest, joins=False)


def _count(leaf: CountIs, names: Mapping[str, str]) -> _Said:
    by = _GIVERS.get(leaf.by) or f"by “{names.get(leaf.by, leaf.by)}”"
    never = (leaf.operator, leaf.count) in _NEVER
    ever = (leaf.operator, leaf.count) in _EVER
    if never or ever:
        return _Said("whose sentence has", f"{'not ' if never else ''}been reduced before {by}")
    operator, count = (
        ("<=", leaf.count - 1) if leaf.operator == "<" else (leaf.operator, leaf.count)
    )
    often = f"{COMPARED[operator]} {times(count)}"
    return _Said("whose sentence has", f"been reduced before {often} {by}")
