"""What clauses give, in words: cuts within their limits, other sentences, release points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sim.scenario.law.amounts import DecreeAmount, Limited, Part, Per
from sim.scenario.law.decree import Decree
from sim.scenario.law.effects import Effect
from sim.scenario.law.points import MovedPoint
from sim.scenario.law.predicate import Every
from sim.scenario.law.revival import Revival
from sim.scenario.lengths import FOR_LIFE
from sim.scenario.words.basis import aside
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.decreed import when_read
from sim.scenario.words.phrases import fraction, joined, length, listed, sentence
from sim.scenario.words.readings import day_in_words
from sim.scenario.world import World

_WHOLE = {
    "sentence": "sentence",
    "term": "term",
    "served": "time served",
    "remaining": "time remaining",
    "until due": "time until release is due",
    "remand": "time held before the sentence was final",
    "pardonable parts": "length of the parts that qualify and are not barred",
}


def reduction_in_words(
    reduce: Limited,
    decree: Decree,
    called: Mapping[str, str],
    gives: str = "their term is reduced by",
) -> str:
    """Say what a reduction takes off or a credit adds, in which limits, and what that rests on."""

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
    by = f"{gives} {said(reduce.by)}{limit}" if reduce.by else ""
    also = "in any case, a" if reduce.by else "a"
    to = f"{also} longer term is brought down to {said(reduce.to)}" if reduce.to else ""
    notes = [
        sentence(f"Note: {one.note}")
        for amount in reduce.amounts
        for _, one in amount.rows
        if one.note
    ]
    return joined(*(sentence(text) for text in (by, to) if text), *notes)


def effect_in_words(effect: Effect, decree: Decree, called: Mapping[str, str]) -> tuple[str, str]:
    """Say what a clause qualifies for, and in sentences what it gives."""
    condition = _revival_in_words(effect.revived_if, decree) if effect.revived_if else ""
    if effect.reduce is not None:
        cut = reduction_in_words(effect.reduce, decree, called)
        return "a reduction", joined(cut, condition)
    if effect.credit is not None:
        days = reduction_in_words(effect.credit, decree, called, "they are credited with")
        return "a credit", joined(
            days,
            "What is credited counts as served: the end of the term and ordinary release come so "
            "many days earlier, and the term stays.",
            "No day is credited twice: a decree that comes back credits what it has not yet.",
            "Whoever has nothing left to serve on the day of the grant is released under this "
            "decree; a sentence for life is credited with nothing.",
        )
    if effect.commute is not None:
        to, death = effect.commute.to, effect.commute.source == "death"
        text = f"their sentence {'of death' if death else 'for life'} becomes one "
        before = "Until the day of the grant it can be carried out." if death else ""
        if to.value == FOR_LIFE:
            return "a commutation", joined(sentence(f"{text}for life"), before)
        text += f"of {length(to.value)}{aside(to, decree)}, counted from the admission"
        return "a commutation", joined(
            sentence(text),
            before,
            "Whoever has served it by the day of the grant is released under this decree.",
        )
    if effect.release_point is not None:
        return "another release point", _moved_in_words(effect.release_point, decree)
    if effect.end_the_case:
        return "an end of the case", joined(
            f"It is given to those alone who await trial or appeal {when_read(decree)}: they "
            "leave prison on the day of release, and no sentence follows.",
            "Whoever is acquitted before that day leaves on the day of judgment; whoever is "
            "convicted before it leaves on that day all the same.",
        )
    if effect.serve_the_rest is not None:
        return "serving the rest at home", joined(
            "They leave prison on the day of release and serve their sentence at home, until the "
            "day on which they would ordinarily have been released.",
            "Whoever comes back to prison before that day serves what is left of it after the new "
            "term; a new sentence for life takes its place. A sentence for life is not served at "
            "home.",
        )
    struck = "Their conviction is struck from the record." if effect.expunge else ""
    if effect.expunge:
        struck += " The spell counts afterwards as none, for whatever asks of earlier spells."
    gone = "They are sent abroad on their release, and do not come back." if effect.abroad else ""
    return "release", joined(condition, struck, gone)


def _revival_in_words(rule: Revival, decree: Decree) -> str:
    """Say which new offence brings back what is remitted."""
    since = {
        "law": "the day of the grant",
        "release": "their leaving prison",
        "delivery": "the day on which this takes effect for them",
    }[rule.since]
    who = "whoever of them comes back to prison"
    if rule.when is not None:
        named = condition_in_words(rule.when).removeprefix("those ")
        who = f"{who}, among {condition_in_words(rule.when)}" if named.startswith("any") else (
            f"those of them {named} when they come back to prison")  # fmt: skip
    verb = "serves" if who.startswith("whoever") else "serve"
    window = f"{length(rule.within.value)}{aside(rule.within, decree)} after {since}"
    return joined(
        sentence(f"this is on condition: {who} for an offence committed no later than {window} "
                 f"{verb} what was remitted after the new term"),
        "Over whoever comes back otherwise it stays suspended; a new sentence for life revives "
        "nothing.",
    )  # fmt: skip


def _moved_in_words(point: MovedPoint, decree: Decree) -> str:
    """Say which pieces of a release point are replaced, and for whom."""
    said = []
    if point.fraction:
        share = f"{fraction(point.fraction.value)}{aside(point.fraction, decree)}"
        said.append(f"ordinary release falls at {share} of the term")
    for moved, way in ((point.earlier_by, "earlier"), (point.later_by, "later")):
        if moved:
            text = f"{length(moved.value)} {way}{aside(moved, decree)}"
            said.append(f"release comes {text} than the fraction of the term")
    if point.at_least:
        least = f"{length(point.at_least.value)}{aside(point.at_least, decree)}"
        said.append(f"at least {least} must be served")
    whom = f"of those held {when_read(decree)}"
    if decree.reach is not None:
        whom = "of all whom the decree reaches"
    elif "those to come" in point.reach and not decree.in_force:
        later = "of those admitted after the lists have closed"
        whom = later if len(point.reach) == 1 else f"{whom} and {later}"
    return joined(
        sentence(f"for them, {listed(said)}; nothing else of their release point changes"),
        sentence(f"this is said {whom}, and holds from the day of the grant on"),
        "Whoever has passed the new point by then is released under this decree.",
    )


def points_in_words(world: World) -> Iterator[str]:
    """Say at which part of the term people ordinarily leave, a sentence for each row."""
    for number, row in enumerate(world.release_point):
        who = "everybody else is" if number else "everybody is"
        if row.when is not None:
            who = f"{condition_in_words(row.when)} are"
        parts = [f"after {fraction(row.fraction.value)} of the term"]
        for moved, way in ((row.earlier_by, "earlier"), (row.later_by, "later")):
            if moved:
                parts.append(f"{length(moved.value)} {way} than that")
        least = f", but not before {length(row.at_least.value)} are served" if row.at_least else ""
        yield sentence(f"{who} ordinarily released {', '.join(parts)}{least}")


def how_reduced(reductions: Sequence[Limited]) -> str:
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
    whole = _WHOLE.get(part.of, f"“{part.of}”")
    for word, end in (("from", part.first), ("to", part.last)):
        whole += f" {word} {day_in_words(end)}" if end is not None else ""
    if part.of not in _WHOLE:
        if part.per is not None:
            return f"{length(part.days)} for each {_period(part.per)} of {whole}"
        return f"{fraction(part.fraction)} of {whole}"
    if part.per is not None:
        return f"{length(part.days)} for each {_period(part.per)} of the {whole}"
    if part.fraction == Fraction(1, 2):
        return f"half the {whole}"
    return f"{fraction(part.fraction)} of the {whole}"


def _period(per: Per) -> str:
    kind = "complete" if per.complete else "started"
    return f"{kind} {per.unit}" if per.number == 1 else f"{kind} {per.number} {per.unit}s"
