"""What clauses give, in words: how much a term is cut, within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sim.scenario.law.amounts import DecreeAmount, Part, Per, Reduce
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Every
from sim.scenario.words.basis import aside
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.phrases import fraction, joined, length, listed, sentence

_WHOLE = {
    "sentence": "sentence",
    "term": "term",
    "served": "time served",
    "remaining": "time remaining",
    "until due": "time until release is due",
}


def reduction_in_words(reduce: Reduce, decree: Decree, called: Mapping[str, str]) -> str:
    """Say what a reduction takes off, within which limits, and what each number rests on."""

    def said(amount: DecreeAmount) -> str:
        if amount.one is not None:
            return amount_in_words(amount.one.value) + aside(amount.one, decree)
        lines = [
            f"for {'all others' if when == Every(()) else condition_in_words(when, called)}, "
            f"{amount_in_words(one.value)}{aside(one, decree)}"
            for when, one in amount.rows
        ]
        if amount.rows[-1][0] != Every(()):
            lines.append("for all others, nothing is said")
        return f"what the first of these lines that names them says ({'; '.join(lines)})"

    limits = []
    if reduce.at_least:
        limits.append(f"by at least {said(reduce.at_least)}")
    if reduce.at_most:
        limits.append(f"by no more than {said(reduce.at_most)}")
    limit = f", but {listed(limits)}" if limits else ""
    by = f"their term is reduced by {said(reduce.by)}{limit}" if reduce.by else ""
    also = "in any case, a" if reduce.by else "a"
    to = f"{also} longer term is brought down to {said(reduce.to)}" if reduce.to else ""
    notes = [
        sentence(f"Note: {one.note}")
        for amount in reduce.amounts
        for _, one in amount.rows
        if one.note
    ]
    return joined(*(sentence(text) for text in (by, to) if text), *notes)


def how_reduced(reductions: list[Reduce]) -> str:
    """Say what holds of all reductions of a decree."""
    amounts = [amount for reduce in reductions for amount in reduce.amounts]
    parts = [one.value for amount in amounts for _, one in amount.rows]
    return joined(
        "Reductions take effect on the day of the grant; one that leaves nothing to serve on "
        "that day is a release under this decree.",
        "A life sentence is not reduced.",
        "Fractions are rounded down to whole days."
        if any(part.of != "days" and part.per is None for part in parts)
        else "",
    )


def amount_in_words(part: Part) -> str:
    """Write an amount: ``15 days for each complete month of the time remaining``."""
    if part.of == "days":
        return length(part.days)
    whole = _WHOLE[part.of]
    if part.per is not None:
        return f"{length(part.days)} for each {_period(part.per)} of the {whole}"
    if part.fraction == Fraction(1, 2):
        return f"half the {whole}"
    return f"{fraction(part.fraction)} of the {whole}"


def _period(per: Per) -> str:
    kind = "complete" if per.complete else "started"
    return f"{kind} {per.unit}" if per.number == 1 else f"{kind} {per.number} {per.unit}s"
