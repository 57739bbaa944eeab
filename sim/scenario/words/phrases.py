"""Words for numbers, lengths, shares, dates and what they rest on: the grammar of laws in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sim.scenario.graded import ASSUMPTION, DERIVED, Status
from sim.scenario.lengths import in_words

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PARTS = (
    "", "", "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
COMPARED = {
    "<": "under", "<=": "at most", ">": "more than", ">=": "at least", "==": "exactly",
}  # fmt: skip
_STATED: dict[Status, str] = {
    "reported": "is reported as a fact",
    "rumoured": "is known as a rumour only",
    "inferred": "is inferred from what is reported; no source states it",
    "announced": "is described as it was announced, before it took effect",
}


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Join parts: ``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop."""
    text = " ".join(text.split())
    ended = text.endswith((".", "!", "?", ".’"))
    return text[:1].upper() + text[1:] + ("" if ended else ".")


def joined(*sentences: str | None) -> str:
    """Put sentences one after the other, a line each; what is None or empty is left out."""
    return "\n".join(filter(None, sentences))


def counted(number: float, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun in the right number: ``1 person``, ``7,000 persons``."""
    return f"{amount(number)} {noun if number == 1 else plural or noun + 's'}"


def in_letters(number: int) -> str:
    """Write a count in letters up to ten."""
    return NUMBERS[number] if number < len(NUMBERS) else amount(number)


def amount(number: float) -> str:
    """Write a number with commas between thousands, and no digits that it does not have."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.10g}"


def percent(share: Fraction | float) -> str:
    """Write a share as a per cent, or as a fraction where that would have no end."""
    if isinstance(share, Fraction) and (share * 10**10).denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    return f"{float(share) * 100:.10g}%"


def fraction(share: Fraction) -> str:
    """Write a share in letters where that is customary: ``two thirds``, ``seven tenths``."""
    if share == 1:
        return "the whole"
    if share and share.denominator < len(_PARTS):
        part = _PARTS[share.denominator]
        if share.numerator == 1:
            article = {"half": "", "eighth": "an "}.get(part, "a ")
            return f"{article}{part}"
        return f"{NUMBERS[share.numerator]} {part}s"
    return percent(share)


def share_in_words(share: Fraction) -> str:
    """Write a share in letters, with its per cent where it has one: ``seven tenths (70%)``."""
    letters = fraction(share)
    exact = (share * 1000).denominator == 1
    return f"{letters} ({percent(share)})" if exact and not letters.endswith("%") else letters


def length(days: int) -> str:
    """Write a length in the largest unit that gives it back exactly: ``1,097 days``."""
    number, unit = in_words(days).split()
    return f"{amount(int(number))} {unit}"


def day(when: date) -> str:
    """Write a date: ``8 October 2020``."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def month_day(when: tuple[int, int]) -> str:
    """Write a day of every year: ``16 February``."""
    return f"{when[1]} {MONTHS[when[0] - 1]}"


def times(number: int) -> str:
    """Write how often: ``once``, ``twice``, ``3 times``."""
    return {1: "once", 2: "twice"}.get(number, f"{amount(number)} times")


def sources_in_words(names: Sequence[str]) -> str:
    """Write keys of the bibliography in brackets; empty where none stands for a publication."""
    return listed([f"[{name}]" for name in names if name not in (ASSUMPTION, DERIVED)])


def basis(names: Sequence[str], grade: str | None) -> str:
    """Say what a value rests on: ``derived from [a] and [b], grade B``.

    Parameters
    ----------
    names
        Sources, ``assumption`` and ``derived`` among them.
    grade
        A, B, C, or None where it is not said.
    """
    cited = sources_in_words(names)
    assumed = ASSUMPTION in names or grade == "C"
    if assumed:
        words = f"an assumption informed by {cited}" if cited else "an assumption without source"
    elif not cited:
        words = "computed from other values" if DERIVED in names else "without a source of its own"
    else:
        words = f"{'derived from' if grade == 'B' else 'as reported by'} {cited}"
    return words if grade is None else f"{words}, grade {grade}"


def status_in_words(subject: str, status: Status) -> str:
    """Say how something is known, as a sentence."""
    return sentence(f"{subject} {_STATED[status]}")


def possible(low: str, high: str) -> str:
    """Say which range is held possible."""
    return f"{low} to {high} is held possible"
