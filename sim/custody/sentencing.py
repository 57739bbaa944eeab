"""The sentences that courts hand down: distributions on whole steps with a solved mean."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sim.custody.roots import root
from sim.scenario.before_judgment import Lasting
from sim.scenario.lengths import DAYS_IN, FOR_LIFE, OF_DEATH, in_units, in_words
from sim.scenario.offences import Sentences
from sim.scenario.scenario import Scenario

LIFE, DEATH = ENDLESS = (FOR_LIFE, OF_DEATH)
"""Days that stand for sentences without a term: for life, and of death."""


@dataclass(frozen=True)
class SentenceDistribution:
    """What courts impose for one offence.

    Attributes
    ----------
    days
        Possible sentences in increasing order, shape (n,), days; the last are those of `ENDLESS`
        that the offence carries.
    weights
        Their probabilities at admission, shape (n,).
    mean_days
        Mean of the fixed sentences, after bounds and rounding.
    """

    days: NDArray[np.int64]
    weights: NDArray[np.float64]
    mean_days: float


def sentence_distributions(scenario: Scenario) -> tuple[SentenceDistribution, ...]:
    """Solve the sentence distribution of every offence of a world.

    Raises
    ------
    ScenarioError
        If a stated mean cannot be reached within the bounds.
    """
    found = []
    for name, offence in scenario.world.offences.items():
        step = scenario.world.sentence_step.value
        days = _steps(step, offence.sentence)
        path = ("world", "offences", name, "sentence", "mean")
        weights = _solved(scenario, path, offence.sentence, days, step)
        mean = float(weights @ days)
        life = offence.life.value if offence.life else 0.0
        death = offence.death.value if offence.death else 0.0
        weights = weights * max(1 - life - death, 0.0)
        for sentence, share in zip(ENDLESS, (life, death), strict=True):
            if share > 0:
                days, weights = np.append(days, sentence), np.append(weights, share)
        found.append(SentenceDistribution(days, weights, mean))
    return tuple(found)


def delay_distribution(scenario: Scenario) -> SentenceDistribution | None:
    """Solve the distribution of days from offence to admission; None where all are alike.

    Raises
    ------
    ScenarioError
        If the stated mean cannot be reached within the bounds.
    """
    delays, path = scenario.world.delays, ("world", "offence to admission")
    if delays is None:
        return None
    mean = scenario.world.offence_to_admission
    days = np.arange(delays.least.value, delays.most.value + 1, dtype=np.int64)
    if not days[0] < mean.value < days[-1]:
        message = f"a mean of {mean.value} days does not lie between {days[0]} and {days[-1]}"
        raise scenario.problem(path, message)
    shaped = Sentences.model_construct(
        family=delays.family, mean=mean, shape=delays.shape, least=delays.least,
        most=delays.most, truncated=True,
    )  # fmt: skip
    weights = _solved(scenario, path, shaped, days, scenario.world.sentence_step.value)
    return SentenceDistribution(days, weights, float(weights @ days))


def phase_distribution(
    scenario: Scenario, path: tuple[str, ...], lasting: Lasting
) -> SentenceDistribution:
    """Solve the distribution of days that a phase before judgment lasts.

    Raises
    ------
    ScenarioError
        If the stated mean cannot be reached within the bounds.
    """
    shaped = Sentences.model_construct(
        family=lasting.family, mean=lasting.mean, shape=lasting.shape, least=lasting.least,
        most=lasting.most, truncated=False,
    )  # fmt: skip
    days = _steps(lasting.step.value, shaped)
    weights = _solved(scenario, (*path, "mean"), shaped, days, lasting.step.value)
    return SentenceDistribution(days, weights, float(weights @ days))


def _steps(step_days: int, sentences: Sentences) -> NDArray[np.int64]:
    """Lengths allowed: whole steps between the bounds, in days rounded half up."""
    step = exact_step(step_days)
    numerator, denominator = step.numerator, step.denominator
    last = int(sentences.most.value / step) + 1
    counts = np.arange(1, last + 1, dtype=np.int64)
    days = (2 * counts * numerator + denominator) // (2 * denominator)
    inside = (days >= sentences.least.value) & (days <= sentences.most.value)
    return days[inside]


def exact_step(days: int) -> Fraction:
    """Take a step in months or years where it is a whole number of them, else in days."""
    number, unit = in_units(days)
    return number * DAYS_IN[unit]


def _solved(
    scenario: Scenario,
    path: tuple[str, ...],
    sentences: Sentences,
    days: NDArray[np.int64],
    step_days: int,
) -> NDArray[np.float64]:
    target = sentences.mean.value
    if len(days) < 2 or not days[0] < target < days[-1]:
        message = (
            f"a mean of {target} days cannot be reached: sentences lie between "
            f"{sentences.least.value} and {sentences.most.value} days in steps of "
            f"{in_words(step_days)}"
        )
        raise scenario.problem(path, message)

    def excess(log_scale: float) -> float:
        return float(_weights(sentences, days, float(np.exp(log_scale))) @ days) - target

    low, high = np.log(max(days[0], 1)) - 10, np.log(days[-1]) + 10
    if excess(low) >= 0 or excess(high) <= 0:
        raise scenario.problem(path, f"a mean of {target} days cannot be reached with this shape")
    return _weights(sentences, days, float(np.exp(root(excess, low, high, 1e-13))))


def _weights(sentences: Sentences, days: NDArray[np.int64], scale: float) -> NDArray[np.float64]:
    """Probabilities of the steps: each takes what lies nearer to it than to its neighbours."""
    from sim.custody.special import gammainc, ndtr

    middles = (days[1:] + days[:-1]) / 2
    shape = sentences.shape.value
    ends = np.array([sentences.least.value, sentences.most.value], dtype=np.float64)

    def below(x: NDArray[np.float64]) -> NDArray[np.float64]:
        if sentences.family == "gamma":
            return np.asarray(gammainc(shape, x / scale), dtype=np.float64)
        return np.asarray(ndtr(np.log(x / scale) / shape), dtype=np.float64)

    first, last = below(ends) if sentences.truncated else np.array([0.0, 1.0])
    cumulative = np.concatenate(([first], below(middles), [last]))
    mass = np.diff(np.clip(cumulative, first, last))
    total = mass.sum()
    if total <= 0:  # all mass beyond a bound of a truncated distribution
        mass = np.zeros(len(days))
        mass[0 if below(ends)[1] > 0.5 else -1] = 1.0
        return mass
    return np.asarray(mass / total)
