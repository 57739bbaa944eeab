"""The parts of one sentence: drawn one by one, in whole steps, and what of them a clause meets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import floor
from typing import TYPE_CHECKING, Any

from sim.custody.streams import Stream
from sim.custody.tables import happens
from sim.scenario.law.clauses import Clause
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Predicate
from sim.scenario.lengths import DAYS_IN, in_words
from sim.scenario.world import World

if TYPE_CHECKING:
    from tests.oracle.law import Facts


@dataclass(frozen=True)
class Part:
    """What it is for, and its days; None for life."""

    offence: str
    days: int | None


def step_of(world: World) -> Fraction:
    number, unit = in_words(world.sentence_step.value).split()
    return int(number) * DAYS_IN[unit.removesuffix("s")]


def length(steps: int, step: Fraction) -> int:
    """Return the days of whole steps, rounded half up."""
    return (2 * steps * step.numerator + step.denominator) // (2 * step.denominator)


@cache
def whole_steps(days: int, step: Fraction) -> int:
    """Return how many whole steps there are in some days."""
    whole = 0
    while length(whole + 1, step) <= days:
        whole += 1
    return whole


def parts_drawn(
    world: World, offence: str, imposed: int | None, word: Callable[[Stream, str], Any]
) -> tuple[Part, ...]:
    """The main part, and those beside it that the words give, of whole steps."""
    if imposed is None:
        return (Part(offence, None),)
    if not world.offences[offence].tried_with:
        return (Part(offence, imposed),)
    step = step_of(world)
    whole = whole_steps(imposed, step)
    beside, left = [], whole
    for name, other in world.offences[offence].tried_with.items():
        if not happens(word(Stream.PART, name), other.probability.value)[0]:
            continue
        least, most = round(1000 * other.least.value), round(1000 * other.most.value)
        upper = int(word(Stream.PART_SHARE, name)[0]) >> 32
        share = least + floor(Fraction(upper, 2**32) * (most - least + 1))
        steps = floor(Fraction(share, 1000) * whole)
        if steps:
            beside.append(Part(name, length(steps, step)))
            left -= steps
    main = imposed - length(whole, step) + length(left, step)
    return (Part(offence, main), *beside)


def of_part(world: World, f: Facts, number: int) -> Facts:
    """The same person as if the part were the whole sentence."""
    part = f.parts[number]
    offence = world.offences[part.offence]
    return replace(
        f, words={**f.words, "offence": part.offence}, tags=offence.tags,
        numbers={name: Fraction(str(one.value)) for name, one in offence.numbers.items()},
        sentence=10**9 if part.days is None else part.days,
    )  # fmt: skip


@dataclass(frozen=True)
class Open:
    """What of a clause is open: anything; at most how many days, or all; who is in the way."""

    met: bool
    anything: bool
    most: int | None
    days: int | None
    """Of the parts that it falls on, where others are left."""
    barring: frozenset[str]
    barring_alone: frozenset[str]


def open_parts(
    decree: Decree, clause: Clause, f: Facts, holds: Callable[[Predicate, Facts], bool]
) -> Open:
    """Take the sentence apart: parts named by the clause, parts barred, days of both."""
    whole = clause.then.release or clause.then.reduce is not None
    named: list[int] = []
    bars: dict[int, set[str]] = {}
    for number in range(len(f.parts)):
        asked = replace(f, question=number)
        if holds(clause.when, asked):
            named.append(number)
        bars[number] = {
            name for name, rule in decree.exclude.items()
            if name not in clause.despite and holds(rule.when, asked)
        }  # fmt: skip

    def given(without: str | None) -> bool:
        free = [n for n in named if not bars[n] - {without}]
        return bool(free) if whole else len(free) == len(f.parts)

    free = [n for n in named if not bars[n]]
    most = pardonable = None
    if given(None) and len(free) < len(f.parts):
        assert f.term is not None
        pardonable = sum(f.parts[n].days or 0 for n in free)
        others = sum(f.parts[n].days or 0 for n in range(len(f.parts)) if n not in free)
        most = max(min(pardonable, f.term - others), 0)
    barring = {name for n in named for name in bars[n]}
    alone = {name for name in barring if not given(None) and given(name)}
    return Open(bool(named), given(None), most, pardonable, frozenset(barring), frozenset(alone))
