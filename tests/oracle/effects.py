"""How much a clause takes off a term, by plain ifs and by counting months one by one."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from sim.scenario.law.amounts import DecreeAmount, Limited, Part, Per
from sim.scenario.lengths import whole_days

if TYPE_CHECKING:
    from tests.oracle.law import Facts


def cut_days(reduce: Limited, f: Facts) -> int:
    """Days off the term: what `by` gives, within its limits; then down to the ceiling."""
    cut = 0
    if reduce.by is not None:
        cut = _days(reduce.by, f)
    if reduce.at_least is not None and cut < _days(reduce.at_least, f):
        cut = _days(reduce.at_least, f)
    if reduce.at_most is not None and cut > _days(reduce.at_most, f, 10**9):
        cut = _days(reduce.at_most, f, 10**9)
    if reduce.to is not None:
        assert f.term is not None
        ceiling = _days(reduce.to, f, 10**9)
        if f.term - cut > ceiling:
            cut = f.term - ceiling
    return cut


def _days(amount: DecreeAmount, f: Facts, unnamed: int = 0) -> int:
    """An amount in whole days, rounded down, by the first row that names him."""
    from tests.oracle.law import holds  # which asks this module how much a clause takes off

    part = None
    for when, one in amount.rows:
        if part is None and holds(when, f):
            part = one.value
    if part is None:
        return unnamed
    if part.of == "days":
        return part.days
    assert f.term is not None
    assert f.remaining is not None
    assert f.until_due is not None
    whole = _within(part, f) if part.first or part.last else {
        **{name: max(days, 0) for name, days in f.flags.items()},
        "pardonable parts": f.sentence if f.pardonable is None else f.pardonable,
        "sentence": f.sentence, "term": f.term, "served": max(f.served, 0),
        "remand": f.remand, "remaining": max(f.remaining, 0), "until due": max(f.until_due, 0),
    }[part.of]  # fmt: skip
    if part.per is None:
        return floor(part.fraction * whole)
    return part.days * _periods(whole, part.per)


def _within(part: Part, f: Facts) -> int:
    """Count days served one by one, from a day to a day."""
    days = 0
    for day in range(f.threshold - f.served, f.threshold):
        if part.first is not None and day < f.day(part.first):
            continue
        if part.last is not None and day > f.day(part.last):
            continue
        days += 1
    return days


def _periods(days: int, per: Per) -> int:
    """Count periods from the first: complete ones, or all of which a day has begun."""
    n = 0
    while whole_days((n + 1) * per.number, per.unit) <= days:
        n += 1
    if not per.complete and days > whole_days(n * per.number, per.unit):
        n += 1
    return n
