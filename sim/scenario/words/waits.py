"""When those released go, in words: tranches, and how late releases are."""

from __future__ import annotations

from sim.scenario.law.waits import Latency
from sim.scenario.words.basis import described, limits_in_words, part_in_words
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.dates import on_day
from sim.scenario.words.decreed import Law, Parts
from sim.scenario.words.phrases import joined, length, percent


def tranches(law: Law) -> Parts:
    """Say which class goes on which day."""
    said = []
    for i, (name, tranche) in enumerate(law.decree.release.tranches.items()):
        others = "all others" if i else "everybody"
        who = condition_in_words(tranche.when, law.called) if tranche.when else others
        said += [
            described(
                f"released as “{name}” {on_day(tranche.out)}: {who}", tranche.out, law.decree
            ),
            limits_in_words(
                law.scenario, ("decrees", law.name, "release", "tranches", name, "when")
            ),
            part_in_words("this tranche", tranche, law.decree),
        ]
    after = law.decree.release
    if said:
        taught = after.education is not None and after.education.value is not None
        yield (
            "tranches",
            joined(
                *said,
                "Of several, the first that names a person counts.",
                "Who is in none goes on the first day." if tranche.when else "",
                "Nobody goes before the end of education." if taught else "",
            ),
        )


def latency(law: Law) -> Parts:
    """Say how late releases are."""
    late = law.decree.release.latency
    if late is None:
        return
    text = joined(_late(law, late), "Whoever waits is held meanwhile, and may die or reach the end")
    yield "latency", f"{text} of the term."


def _within(days: int) -> str:
    return f"within {length(days)}" if days else "at once"


def _late(law: Law, late: Latency) -> str:
    if late.value is not None:
        return described(f"each release is {length(late.value)} late", late, law.decree)
    if late.mean is not None and late.most is not None:
        text = (
            f"each release is late by chance, {length(late.mean.value)} on average, each day "
            f"alike; after {length(late.most)} all are out"
        )
        return described(text, late.mean, law.decree)
    steps = [
        described(f"{percent(row.share.value)} are out {_within(row.within)}", row.share,
                  law.decree)
        for row in late.shares
    ]  # fmt: skip
    head = "Releases are late by chance; within a step all days are alike likely."
    return joined(head, *steps, part_in_words("this latency", late, law.decree))
