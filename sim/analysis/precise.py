"""Replicating until differences are precise enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sim.analysis.estimates import Floats
from sim.analysis.measures import MEASURE
from sim.analysis.question import Question, read
from sim.scenario.problems import nearest
from sim.study.precision import Precision, Verdict, verdict
from sim.study.study import Crew, Progress, Study

Pair = tuple[str, str]
"""Policy and baseline."""


@dataclass(frozen=True)
class Wish:
    """How precise a measure's differences shall be: half the 95% interval of the mean.

    Attributes
    ----------
    relative
        Half-width as a share of the mean difference's absolute value.
    absolute
        Half-width in the measure's unit; where both are given, either will do.
    """

    measure: str
    relative: float | None = None
    absolute: float | None = None


def rule_for(asked: Question, wishes: Iterable[Wish], budget: int) -> Precision:
    """Ask the same of every policy's difference from every baseline.

    Raises
    ------
    ValueError
        If there is nothing to compare, no such measure, or a wish has no meaning.
    """
    relative: dict[str, float] = {}
    absolute: dict[str, float] = {}
    pairs = list(_pairs(asked))
    if not pairs:
        raise ValueError("one scenario alone has no differences to be precise about")
    for wish in wishes:
        if wish.measure not in MEASURE:
            raise ValueError(f"no measure {wish.measure!r}: {nearest(wish.measure, MEASURE)}")
        for pair in pairs:
            if wish.relative is not None:
                relative[_name(pair, wish.measure)] = wish.relative
            if wish.absolute is not None:
                absolute[_name(pair, wish.measure)] = wish.absolute
    return Precision(relative, absolute, budget=budget)


def replicate(
    asked: Question,
    rule: Precision,
    study: Study,
    *,
    crew: Crew | None = None,
    progress: Progress | None = None,
) -> tuple[Question, Verdict]:
    """Compute replications until the rule ends; return the question with their number.

    Raises
    ------
    ValueError
        If a measure is not observed within the horizon.
    """
    number = rule.minimum + rule.ahead(rule.minimum)
    while True:
        more = replace(asked, replications=number, pairs=())
        study.compute(more.asked, asked.seed, crew=crew, progress=progress)
        judged = verdict(_values(more, rule, study), rule)
        if judged.stop:
            few = min(asked.few, judged.replications)
            return replace(asked, replications=judged.replications, few=few), judged
        number += judged.batch


def _pairs(asked: Question) -> Iterable[Pair]:
    for baseline in asked.baselines:
        for policy in asked.policies:
            if policy != baseline:
                yield policy, baseline


def _name(pair: Pair, measure: str) -> str:
    return f"{measure}, {pair[0]} against {pair[1]}"


def _values(asked: Question, rule: Precision, study: Study) -> Mapping[str, Floats]:
    """Paired differences, replication by replication."""
    found = read(asked, study)
    values = {}
    for pair in _pairs(asked):
        policy = pair[0]
        for measure in MEASURE:
            name = _name(pair, measure)
            if name not in rule.measures:
                continue
            ours, theirs = (found[label].column(policy, measure) for label in pair)
            if ours is None or theirs is None:
                raise ValueError(f"{name}: not observed; the window ends after the horizon")
            values[name] = ours - theirs
    return values
