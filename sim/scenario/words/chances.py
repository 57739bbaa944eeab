"""Probabilities of a decree in words: one for all, by rows, with odds multiplied for some."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.law.chances import Chance
from sim.scenario.words.basis import described, limits_in_words, part_in_words
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.decreed import Law, Parts, when_read
from sim.scenario.words.phrases import amount, joined, listed, percent, sentence


def chance_in_words(law: Law, text: str, chance: Chance, path: tuple[str, ...]) -> str:
    """Say with which probability something happens to each person.

    Parameters
    ----------
    text
        What happens, such as ``the centre approves``.
    path
        Where the probability stands in the decree.
    """
    return joined(*_sentences(law, text, chance, ("decrees", law.name, *path)))


def _sentences(law: Law, text: str, chance: Chance, path: tuple[str, ...]) -> Iterator[str]:
    if chance.value is not None:
        whole = f"{text} each person with a probability of {percent(chance.value)}"
        yield described(whole, chance, law.decree)
    else:
        yield sentence(f"{text} with a probability that differs; the first that holds decides")
        yield part_in_words("this table", chance, law.decree)
    for i, row in enumerate(chance.table):
        others = "all others" if i else "everybody"
        who = condition_in_words(row.when, law.called) if row.when else others
        yield described(f"{who}: {percent(row.given.value)}", row.given, law.decree)
        yield part_in_words("this row", row, law.decree)
        yield limits_in_words(law.scenario, (*path, "table", i, "when"))
    for i, odds in enumerate(chance.odds):
        who = condition_in_words(odds.whose, law.called)
        factor = f"the odds of it are multiplied by {amount(odds.times.value)} for {who}"
        yield described(factor, odds.times, law.decree)
        yield part_in_words("this factor", odds, law.decree)
        yield limits_in_words(law.scenario, (*path, "odds", i, "for"))
        yield limits_in_words(law.scenario, (*path, "odds", "for"))


def take_up(law: Law) -> Parts:
    """Say who takes up what is granted, with which probability."""
    asked = {n: c.take_up for n, c in law.decree.clauses.items() if c.take_up}
    general = law.decree.take_up
    if not asked and not general:
        return
    said = [
        chance_in_words(law, f"under “{name}”, the offer is taken up by", chance,
                        ("clauses", name, "take-up"))
        for name, chance in asked.items()
    ]  # fmt: skip
    rest = [f"“{name}”" for name in law.decree.clauses if name not in asked]
    where = f"under {listed(rest)}, " if asked else ""
    if rest and general:
        said.append(chance_in_words(law, f"{where}the offer is taken up by", general, ("take-up",)))
    elif rest:
        said.append(sentence(f"{where}everybody takes it up"))
    settled = f"it is settled {when_read(law.decree)}"
    last = f"Whoever does not take it up stays as he was; {settled}."
    yield "take-up", joined(*said, last)
