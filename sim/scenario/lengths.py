"""Lengths of time, shares and dates as files write them, in exact arithmetic.

A year is 365.25 days and a month a twelfth of it, whatever the calendar, rounded half up
to whole days by one function that serves terms and thresholds alike.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import TypeGuard, TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", int, NDArray[np.int64])

DAYS_IN = {"day": Fraction(1), "month": Fraction(1461, 48), "year": Fraction(1461, 4)}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(day|month|year)s?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
LEAP_YEAR = 2000
FOR_LIFE, OF_DEATH = 1 << 28, (1 << 28) + 1
"""Days that stand for sentences without a term: no term of years is as long."""
WITHOUT_TERM = {"life": FOR_LIFE, "death": OF_DEATH}
"""The same, by what such a sentence is called in the place of a length."""


@lru_cache(maxsize=4096)
def whole_days(number: Fraction | int, unit: str) -> int:
    """Days in `number` units (``day``, ``month``, ``year``), rounded half up."""
    exact = Fraction(number) * DAYS_IN[unit]
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def names_no_term(text: object) -> TypeGuard[str]:
    """Whether what is written in the place of a length is a word of `WITHOUT_TERM`."""
    return isinstance(text, str) and text in WITHOUT_TERM


def read_sentence(text: object) -> int:
    """Days in a written sentence; ``life`` and ``death`` are `FOR_LIFE` and `OF_DEATH`.

    Raises
    ------
    ValueError
        If it is neither of these nor a length with its unit.
    """
    return WITHOUT_TERM[text] if names_no_term(text) else read_length(text)


def complete_units(days: Whole, unit: str) -> Whole:
    """Most units whose length is at most so many days: 1,826 days are 5 complete years.

    Takes a number or an array of whole days of at least 0, and gives its kind.
    """
    one = DAYS_IN[unit]
    return (2 * one.denominator * days + one.denominator - 1) // (2 * one.numerator)


def read_length(text: object) -> int:
    """Days in a written length such as ``5 years``, ``18 months`` or ``60 days``.

    Raises
    ------
    ValueError
        If the unit is missing, the text is no length, or it is of 2²⁸ days or more.
    """
    if isinstance(text, bool) or not isinstance(text, str):
        raise ValueError(f"a length needs its unit, such as '5 years' or '60 days'; found {text!r}")
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        if _NUMBER.fullmatch(text.strip()):
            raise ValueError(f"a length needs its unit, such as '{text.strip()} years'")
        raise ValueError(f"no length: {text!r}; expected such as '5 years', '18 months', '60 days'")
    days = whole_days(Fraction(match[1]), match[2])
    if days >= FOR_LIFE:  # the days of a sentence for life are more than any length has
        raise ValueError(f"a length is under 700,000 years; found {text!r}")
    return days


def read_share(value: object) -> Fraction:
    """Read ``70%``, ``2/3`` or ``0.7`` as an exact fraction.

    Raises
    ------
    ValueError
        If the value is no share between 0 and 1.
    """
    try:
        if isinstance(value, bool):
            raise ValueError
        text = str(value).strip()
        share = Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"no share: {value!r}; expected such as '70%', '2/3' or 0.7") from None
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1 (0% and 100%); found {value!r}")
    return share


def read_ratio(value: object) -> Fraction:
    """Read ``110%``, ``3/2`` or ``0.9`` as an exact fraction of at least 0.

    Raises
    ------
    ValueError
        If the value is no such number.
    """
    try:
        text = str(value).strip()
        ratio = Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)
        if isinstance(value, bool) or ratio < 0:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"no share: {value!r}; expected such as '90%', '11/10' or 1.1") from None
    return ratio


def read_date(value: object) -> date:
    """Read an ISO date.

    Raises
    ------
    ValueError
        If the value is no date of the calendar.
    """
    if isinstance(value, date):
        return value
    text = str(value)
    if _ISO_DAY.fullmatch(text) is None:
        raise ValueError(f"no date: {text!r}; expected YYYY-MM-DD such as 2020-10-10")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"no date: {text!r} ({error}); expected such as 2020-10-10") from None


def read_month_day(value: object) -> tuple[int, int]:
    """Read a day of every year, ``MM-DD``; 29 February is the 28th in common years."""
    match = _MONTH_DAY.fullmatch(str(value).strip())
    try:
        if match is None:
            raise ValueError
        date(LEAP_YEAR, int(match[1]), int(match[2]))
    except ValueError:
        raise ValueError(f"no day of the year: {value!r}; expected MM-DD such as 02-16") from None
    return int(match[1]), int(match[2])


def in_year(year: int, month_day: tuple[int, int]) -> date:
    """Return the date of a yearly recurrence in one year."""
    month, day = month_day
    if (month, day) == (2, 29):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        day = 29 if leap else 28
    return date(year, month, day)


def in_units(days: int) -> tuple[int, str]:
    """Take a length in the largest unit that gives it back exactly: 731 days are 2 years."""
    for unit in ("year", "month"):
        number = round(days / DAYS_IN[unit])
        if number and whole_days(number, unit) == days:
            return number, unit
    return days, "day"


def in_words(days: int) -> str:
    """Write a length in the largest unit that gives it back exactly."""
    number, unit = in_units(days)
    return f"{number} {unit}" + ("s" if number != 1 else "")
