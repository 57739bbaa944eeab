"""The rules of a decree in words: who is barred, who qualifies and for what, who must agree."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.law.clauses import Clause, Review
from sim.scenario.law.decree import Decree
from sim.scenario.law.predicate import Every, OneOf, Predicate
from sim.scenario.law.work import Work
from sim.scenario.words.basis import described, limits_in_words, part_in_words
from sim.scenario.words.chances import chance_in_words
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.decreed import Law, Parts, when_read
from sim.scenario.words.effects import effect_in_words, how_reduced
from sim.scenario.words.phrases import (
    counted,
    joined,
    listed,
)
from sim.scenario.words.readings import readings_in_words

OFFICERS = {
    "recommended": ("the officer in charge recommends", "recommendation by the officer in charge"),
    "approved": ("the centre approves", "approval by the centre"),
}


def barred(law: Law) -> Parts:
    """Say whom each exclusion bars."""
    for name, exclusion in law.decree.exclude.items():
        who = condition_in_words(exclusion.when, law.called)
        verb = "is" if who == "nobody" else "are"
        path = ("decrees", law.name, "exclude", name)
        yield (
            f"exclusion {name}",
            joined(
                f"Barred as “{name}” {verb} {who}.",
                limits_in_words(law.scenario, path),
                part_in_words("this exclusion", exclusion, law.decree),
            ),
        )
    if not law.decree.exclude:
        yield "exclusions", "Nobody is barred."


def qualifying(law: Law) -> Parts:
    """Say who qualifies under each clause, for what, and how that is read."""
    for name, clause in law.decree.clauses.items():
        yield f"clause {name}", _clause(law, name, clause)
    if len(law.decree.clauses) > 1:
        yield (
            "combination",
            (
                "Whoever meets several of these is treated under the one that frees the person "
                "earliest, or the first named where they agree; whoever is refused under one is "
                "considered under the next."
            ),
        )
    if law.scenario.world.before_judgment is not None:
        yield "judgment", "\n".join(_judged(law))
    if law.scenario.world.executions is not None:
        yield "death", _OF_DEATH
    if law.reductions:
        yield "reductions", how_reduced(law.reductions)
    if readings := readings_in_words(list(_conditions(law.decree))):
        yield "readings", joined(*readings)


_OF_DEATH = (
    "A sentence of death has no term: it is not reduced, and not served at home; it counts as "
    "longer than any sentence in years, and a condition on a term, what is left or the share "
    "served of it never holds for it."
)


def _conditions(decree: Decree) -> Iterator[Predicate]:
    """Walk all conditions of a decree, those of the rows of its tables included."""
    for clause in decree.clauses.values():
        yield clause.when
        given = clause.then.reduce or clause.then.credit
        for amount in given.amounts if given else ():
            yield from (when for when, _ in amount.rows)
        if clause.then.revived_if and clause.then.revived_if.when:
            yield clause.then.revived_if.when
    yield from (exclusion.when for exclusion in decree.exclude.values())
    asked = [(decree.review, decree.take_up)]
    asked += [(clause.review, clause.take_up) for clause in decree.clauses.values()]
    for review, take_up in asked:
        for chance in filter(None, (review.recommended, review.approved, take_up)):
            yield from (row.when for row in chance.table if row.when)
            yield from (odds.whose for odds in chance.odds)
    yield from (one.when for one in decree.release.tranches.values() if one.when)


def _judged(law: Law) -> Iterator[str]:
    """Say who is before a decree where people are held before judgment."""
    effects = [clause.then for clause in law.decree.clauses.values()]
    if not all(effect.end_the_case for effect in effects):
        other = (
            "Anything but an end of the case"
            if any(e.end_the_case for e in effects)
            else "All this"
        )
        when = "once it is so" if law.decree.reach else when_read(law.decree)
        yield f"{other} is given to those whose sentence is final {when}, and to nobody else."
    yield (
        "Whoever awaits trial has no sentence yet, so a condition on a sentence, a term, what is "
        "left or the share served of them never holds for him."
    )


def _clause(law: Law, name: str, clause: Clause) -> str:
    who = condition_in_words(clause.when, law.called)
    verb = "is" if who == "nobody" else "are"
    kind, effect = effect_in_words(clause.then, law.decree, law.called)
    despite = ""
    if clause.despite:
        bars = listed([f"“{word}”" for word in clause.despite])
        despite = f"They qualify even if they are barred as {bars}."
    return joined(
        f"Qualifying for {kind} under “{name}” {verb}{_of_whom(clause)} {who}.",
        effect,
        despite,
        limits_in_words(law.scenario, ("decrees", law.name, "clauses", name, "when")),
        part_in_words("this clause", clause, law.decree),
    )


def _of_whom(clause: Clause) -> str:
    """Say who alone can meet a clause that commutes, where its condition does not."""
    if clause.then.commute is None:
        return ""
    source = clause.then.commute.source
    parts = clause.when.parts if isinstance(clause.when, Every) else (clause.when,)
    if OneOf("sentence", (source,), True) in parts:
        return ""
    return f", of {'those with a sentence for life' if source == 'life' else _CONDEMNED},"


_CONDEMNED = "those under sentence of death"


def review(law: Law) -> Parts:
    """Say who must agree, with which probability."""
    none = []
    for word, (asks, noun) in OFFICERS.items():
        asked = [getattr(c.review, word) for c in law.decree.clauses.values()]
        general = getattr(law.decree.review, word)
        if not general and not any(asked):
            none.append(noun)
            continue
        yield word, joined(*_asked(law, asks, noun, word))
    if none:
        who = "eligible" if law.decree.review.work is None else "eligible and reached by the review"
        also = "" if len(none) < 2 else f": whoever is {who} is put on the list and approved"
        yield "no review", f"No {listed(none, 'and no')} is asked for{also}."
    if law.decree.review.work is not None:
        yield "work", _work(law, law.decree.review.work)
    if lasting := [part for part, review in _reviews(law) if review.persistent]:
        where = "" if lasting == ["of this decree"] else f" in the review {listed(lasting)}"
        yield "persistent", f"Answers{where} are given once for a person, for every occasion."
    for part, review in _reviews(law):
        if said := part_in_words(f"the review {part}", review, law.decree):
            yield f"review {part}", said


_ORDERS = {
    "joining": "in the order in which they joined, ties by lot",
    "rank": "by the rank that is stated, ties by lot",
    "lottery": "by lot",
}


def _work(law: Law, work: Work) -> str:
    officers = counted(work.officers.value, "officer")
    verb = "reviews" if work.officers.value == 1 else "review"
    files = counted(work.files.value, "file")
    return joined(
        described(f"in each camp {officers} {verb}", work.officers, law.decree),
        described(f"each of them does {files} a day", work.files, law.decree),
        f"Files are taken {_ORDERS[work.order]}.",
        "The queue is formed on the day of the order, of those who would qualify if nothing else "
        "happened; whoever is admitted later joins then.",
        "Work lasts from the day after the order to the close of the lists; whose file is not "
        "reached is not listed. The file of a person who has left costs nothing.",
    )


def _reviews(law: Law) -> Iterator[tuple[str, Review]]:
    yield "of this decree", law.decree.review
    for name, clause in law.decree.clauses.items():
        yield f"under “{name}”", clause.review


def _asked(law: Law, asks: str, noun: str, word: str) -> Iterator[str]:
    """Say with which probability one officer agrees, under which clauses."""
    clauses = law.decree.clauses
    own = {n: getattr(c.review, word) for n, c in clauses.items() if getattr(c.review, word)}
    rest = [f"“{name}”" for name in clauses if name not in own]
    for name, share in own.items():
        path = ("clauses", name, "review", word)
        yield chance_in_words(law, f"under “{name}”, {asks}", share, path)
    general = getattr(law.decree.review, word)
    if rest and general:
        where = f"under {listed(rest)}, " if own else ""
        yield chance_in_words(law, f"{where}{asks}", general, ("review", word))
    elif rest:
        yield f"Under {listed(rest)}, no {noun} is asked for."
