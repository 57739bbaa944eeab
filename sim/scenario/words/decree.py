"""A decree in plain English, in the order of its stages, written from the objects that are run.

Every statement is a few full sentences about one part of the decree, so that two decrees can be
told apart statement by statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, takewhile

from sim.scenario.law.selection import Cap
from sim.scenario.scenario import Scenario
from sim.scenario.words.afterwards import release
from sim.scenario.words.basis import aside, described
from sim.scenario.words.chances import take_up
from sim.scenario.words.dates import dates
from sim.scenario.words.decreed import Law, Parts
from sim.scenario.words.phrases import (
    basis,
    counted,
    day,
    joined,
    percent,
    sentence,
    status_in_words,
)
from sim.scenario.words.rules import barred, qualifying, review

LEAP_YEAR = 2000
_RANKS = {
    "longest served": "those who have served longest",
    "longest served share": "those who have served the greatest share of their term",
    "least remaining": "those with the least time remaining",
    "shortest sentence": "those with the shortest sentence",
    "oldest": "the oldest",
    "ill first": "those in the state of health with the most deaths in custody",
}
_LIFE_LAST = {"longest served share", "least remaining", "shortest sentence"}


_PLACES = {
    "lost": "Places are given out when the lists close, after review; those of persons who die, "
    "or whose term ends before their release, are lost.",
    "passed on": "Places are given out when the lists close, after review; on the day of the "
    "grant, those of persons who have died, whose term has ended or who do not take it up go to "
    "the next in rank.",
}


@dataclass(frozen=True)
class Statement:
    """What a decree says of one of its parts.

    Attributes
    ----------
    stage
        The heading under which it stands, in the order of the stages of a decree.
    about
        The part, by which the statements of two decrees are paired.
    """

    stage: str
    about: str
    sentences: tuple[str, ...]

    @property
    def general(self) -> bool:
        """Whether it tells how the decree is read and not what it says."""
        return self.about in ("combination", "readings")

    @property
    def text(self) -> str:
        """The sentences in one line."""
        return " ".join(self.sentences)


STAGES = (
    "The act", "Dates", "Who is barred", "Who qualifies", "Review", "Selection", "Release",
    "What was reported",
)  # fmt: skip


def decree_in_words(scenario: Scenario, name: str) -> tuple[Statement, ...]:
    """Write a decree as statements, in the order of the stages.

    Parameters
    ----------
    scenario
        The scenario, for its world's dates and names.
    name
        The decree.
    """
    law = Law(scenario, name)
    parts = (
        act(law), dates(law), barred(law), qualifying(law), review(law),
        chain(selection(law), take_up(law)), release(law), reported(law),
    )  # fmt: skip
    return tuple(
        Statement(stage, about, tuple(text.split("\n")))
        for stage, statements in zip(STAGES, parts, strict=True)
        for about, text in statements
    )


def act(law: Law) -> Parts:
    """Say what the decree is, who acts, and what it rests on."""
    d = law.decree
    body = (d.acting_body or "").removeprefix("the ")
    of = sentence(f"this is an act of the {body}") if body else ""
    status = status_in_words("this decree", d.status) if d.status else ""
    reported = f"It became known on {day(d.reported)}." if d.reported else ""
    if of or status or reported:
        yield "act", joined(of, status, reported)
    rests = f"the decree is {basis(d.source, d.grade)}"
    yield "sources", sentence(f"Unless a part says otherwise, {rests}")
    if d.note:
        yield "note", sentence(f"Note: {d.note}")


def selection(law: Law) -> Parts:
    """Say how many are selected, and who comes first."""
    d = law.decree
    before_lot = takewhile(lambda rank: rank != "lottery", d.rank)
    ranks = [_RANKS[rank] for rank in before_lot]
    ends = "," if len(ranks) > 1 else ""
    order = f"{', then '.join(ranks)}{ends} come first" if ranks else ""
    if d.cap.value is None:
        text = "there is no limit on numbers"
        if order:
            text += f"; the order that is stated ({order}) has no effect without one"
        yield "cap", described(text, d.cap, d)
        return
    each = ("," if d.cap.value.of != "persons" else "") + " on each occasion"
    text = f"{_most(d.cap.value)}{each if d.every or d.random else ''}"
    yield "cap", described(text, d.cap, d)
    if order:
        without = "life sentences"
        if law.scenario.world.executions is not None:
            without += " and sentences of death"
        if law.scenario.world.before_judgment is not None:
            without += ", and those who await trial,"
        last = f"; {without} come last" if set(d.rank) & _LIFE_LAST else ""
        yield "rank", sentence(f"{order}{last}; ties are settled by lot")
    else:
        yield "rank", "If more persons than places are approved, lots are drawn."
    other = "Whoever is not selected is not considered under another clause."
    yield "places", joined(_counted(law), _PLACES[d.places], other if len(d.clauses) > 1 else "")


def _most(cap: Cap) -> str:
    """Say how many a cap lets through."""
    where = "from each camp" if cap.per == "camp" else "in all"
    held = "those held in each camp" if cap.per == "camp" else "those held in all"
    before = "on the evening before the lists close, less those selected already"
    match cap.of:
        case "persons":
            return f"at most {counted(cap.places, 'person')} may be selected {where}"
        case "stock":
            share = percent(cap.share)
            return f"at most {share} of {held} {before}, rounded down, may be selected"
    room = "the places of the camp" if cap.per == "camp" else "all places"
    return (
        f"as many may be selected {where} as bring {held} {before}, down to "
        f"{percent(cap.share)} of {room}, rounded down"
    )


def _counted(law: Law) -> str:
    match law.decree.counts:
        case "releases" if not law.reductions:
            return ""
        case "releases":
            return "Only releases take a place; reductions are not limited."
        case "reductions":
            return "Only reductions take a place; releases are not limited."
        case _:
            return "Releases and reductions alike take a place."


def reported(law: Law) -> Parts:
    """Say what was reported of the real decree."""
    for stage, number in law.decree.outcomes.items():
        said = counted(number.value, number.unit.removesuffix("s"), number.unit)
        more = aside(number, law.decree)
        yield (
            f"outcome {stage}",
            joined(
                sentence(f"reports count {said} as {stage}{more}"),
                sentence(f"Note: {number.note}") if number.note else "",
            ),
        )
