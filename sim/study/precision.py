"""When to stop replicating: as soon as every measure is precise enough, and stays so.

The rule of Hoad, Robinson and Davies (2010): after each replication from the third on, compare
the half-width of the confidence interval of the mean with the one asked for; where it is small
enough, look ahead some replications further, so that a narrow interval by luck does not end a
study. Several measures are judged at once. The answer depends on the sequence of values alone,
never on how many were computed before anybody asked.

References
----------
Hoad K, Robinson S, Davies R (2010). Automated selection of the number of replications for a
discrete-event simulation. Journal of the Operational Research Society 61(11): 1632-1644.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEWEST = 3
"""Replications with which the rule begins."""
SCALE_FROM = 100
"""Replications from which the look-ahead grows with their number."""
ROUNDING = 1e-12
"""Values that differ by less than this share of their size do not differ: floats are rounded."""


@dataclass(frozen=True)
class Precision:
    """What is precise enough, and how long to try.

    Attributes
    ----------
    relative
        Half-width asked for by measure, as a share of the mean's absolute value.
    absolute
        Half-width asked for by measure, in the measure's unit. A measure that has both is
        precise as soon as either holds: the absolute one is then the smallest difference that
        matters, and lets a difference near 0 be precise.
    confidence
        Confidence of the intervals.
    minimum
        Replications before the first look, at least 3.
    budget
        Replications after which to stop, precise or not; the look-ahead counts.
    look_ahead
        Replications for which precision must last, of every 100 once there are more than 100.

    Raises
    ------
    ValueError
        If no measure is named, or a number has no meaning.
    """

    relative: Mapping[str, float] = field(default_factory=dict)
    absolute: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.95
    minimum: int = FEWEST
    budget: int = 1000
    look_ahead: int = 5

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not self.measures:
            raise ValueError("no measure to be precise about")
        for name, width in (*self.relative.items(), *self.absolute.items()):
            if not (isfinite(width) and width > 0):
                raise ValueError(f"the half-width of {name!r} must be above 0; found {width!r}")
        if not 0 < self.confidence < 1:
            raise ValueError(f"a confidence lies between 0 and 1; found {self.confidence!r}")
        if self.minimum < FEWEST:
            raise ValueError(f"the rule needs {FEWEST} replications; minimum is {self.minimum}")
        if self.look_ahead < 0:
            raise ValueError(f"a look-ahead cannot be negative; found {self.look_ahead}")
        least = self.minimum + self.ahead(self.minimum)
        if self.budget < least:
            raise ValueError(
                f"a budget of {self.budget} allows no answer: {self.minimum} replications and "
                f"the look-ahead are {least}"
            )

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that are judged, in the order named."""
        return tuple(dict.fromkeys((*self.relative, *self.absolute)))

    def ahead(self, n: int) -> int:
        """Count the replications for which precision reached at the n-th must last."""
        return self.look_ahead * max(n, SCALE_FROM) // SCALE_FROM


@dataclass(frozen=True)
class Reached:
    """How precisely one measure is known.

    Attributes
    ----------
    mean
        Mean, of the verdict's replications; None without any.
    half_width
        Half-width of its confidence interval; None before the second replication.
    asked
        Half-width that would be precise enough; 0 where only a relative one is asked for and
        the mean is 0.
    precise
        Whether it is precise enough.
    constant
        Whether all values are equal; a constant is precise.
    solved_at
        Replications with which the rule ends for this measure alone; None if it does not.
    """

    mean: float | None
    half_width: float | None
    asked: float | None
    precise: bool
    constant: bool
    solved_at: int | None


@dataclass(frozen=True)
class Verdict:
    """Whether to go on replicating.

    Attributes
    ----------
    solved_at
        Replications with which all measures are precise, and stay so; None if not yet.
    replications
        Replications on which results should rest: those up to the end of the look-ahead where
        the rule has ended, else all within the budget. It does not depend on batches.
    stop
        Whether to stop: solved, or the budget is spent.
    batch
        Suggested number of further replications before asking again; 0 to stop.
    measures
        How precisely each measure is known.
    unsolved
        Measures that are not precise enough.
    reason
        Why to stop or go on, in a sentence.
    """

    solved_at: int | None
    replications: int
    stop: bool
    batch: int
    measures: Mapping[str, Reached]
    unsolved: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class _Path:
    """One measure after 1, 2, … replications, shapes (n,)."""

    mean: Floats
    half_width: Floats
    asked: Floats
    constant: Mask

    @property
    def precise(self) -> Mask:
        return np.asarray(self.constant | (self.half_width <= self.asked))


def verdict(values: Mapping[str, Floats], rule: Precision) -> Verdict:
    """Judge the replications there are.

    Parameters
    ----------
    values
        Values by measure, replication by replication, shape (n,) each; for a policy's effect,
        its paired differences. Measures that the rule does not name are not looked at.

    Raises
    ------
    ValueError
        If a measure of the rule has no values, a value is missing, or lengths differ.
    """
    n = min(_length(values, rule), rule.budget)
    paths = {name: _path(name, values[name][:n], rule) for name in rule.measures}
    every = np.logical_and.reduce([path.precise for path in paths.values()])
    solved_at = _first_lasting(every, rule)
    known = n if solved_at is None else solved_at + rule.ahead(solved_at)
    measures = {name: _reached(path, known, rule) for name, path in paths.items()}
    unsolved = tuple(name for name, reached in measures.items() if not reached.precise)
    stop = solved_at is not None or n == rule.budget
    batch = 0 if stop else _batch(n, every, measures, rule)
    reason = _reason(solved_at, known, measures, rule)
    return Verdict(solved_at, known, stop, batch, measures, unsolved, reason)


def _length(values: Mapping[str, Floats], rule: Precision) -> int:
    """Return the number of replications, which is the same for all measures."""
    lengths = {}
    for name in rule.measures:
        if name not in values:
            raise ValueError(f"no values of {name!r}")
        if np.ndim(values[name]) != 1:
            raise ValueError(f"the values of {name!r} have shape {np.shape(values[name])}; one "
                             "value a replication is expected")  # fmt: skip
        if not np.isfinite(values[name]).all():
            raise ValueError(f"a value of {name!r} is missing or infinite")
        lengths[name] = len(values[name])
    if len(set(lengths.values())) > 1:
        raise ValueError(f"measures have different numbers of replications: {lengths}")
    return next(iter(lengths.values()))


def _path(name: str, values: Floats, rule: Precision) -> _Path:
    """Follow mean and half-width from replication to replication, without cancellation."""
    if len(values) == 0:
        nothing = np.zeros(0)
        return _Path(nothing, nothing, nothing, nothing.astype(np.bool_))
    count = np.arange(1, len(values) + 1)
    shifted = values - values[0]
    mean = np.cumsum(shifted) / count
    before = np.concatenate(([0.0], mean[:-1]))
    squares = np.cumsum((count - 1) / count * (shifted - before) ** 2)
    mean += values[0]
    spread = np.maximum.accumulate(values) - np.minimum.accumulate(values)
    constant = spread <= ROUNDING * np.maximum.accumulate(np.abs(values))
    asked = np.maximum(rule.relative.get(name, 0.0) * np.abs(mean), rule.absolute.get(name, 0.0))
    return _Path(mean, _half_width(squares, count, rule.confidence), asked, constant)


def _half_width(squares: Floats, count: NDArray[np.int64], confidence: float) -> Floats:
    """Half-width of Student's interval; infinite for one value."""
    from sim.custody.special import stdtrit

    degrees = np.maximum(count - 1, 1)
    quantile = stdtrit(degrees, 0.5 + confidence / 2)
    half = quantile * np.sqrt(squares / degrees / count)
    return np.where(count > 1, half, np.inf)


def _first_lasting(precise: Mask, rule: Precision) -> int | None:
    """First number of replications from which precision lasts for the whole look-ahead."""
    n = len(precise)
    start = rule.minimum
    while start + rule.ahead(start) <= n:
        window = precise[start - 1 : start + rule.ahead(start)]
        if window.all():
            return start
        start += int(np.flatnonzero(~window)[-1]) + 1  # none begins before the last that fails
    return None


def _reached(path: _Path, known: int, rule: Precision) -> Reached:
    """Say how precise a measure is after `known` replications."""
    if known == 0:
        return Reached(None, None, None, precise=False, constant=False, solved_at=None)
    last = known - 1
    judged = known >= rule.minimum
    return Reached(
        float(path.mean[last]),
        float(path.half_width[last]) if known > 1 else None,
        float(path.asked[last]),
        bool(path.precise[last]) and judged,
        bool(path.constant[last]) and known > 1,
        _first_lasting(path.precise[:known], rule),
    )


def _batch(n: int, every: Mask, measures: Mapping[str, Reached], rule: Precision) -> int:
    """Guess how many replications more will give an answer, at most doubling their number."""
    if n < rule.minimum:
        wanted = rule.minimum
    elif every[-1]:  # precise now: finish the look-ahead
        failed = np.flatnonzero(~every)
        wanted = max(int(failed[-1]) + 2 if len(failed) else 1, rule.minimum)
    else:  # a half-width shrinks with the square root of the number
        wanted = n + 1
        for reached in measures.values():
            if not reached.precise and reached.half_width is not None and reached.asked is not None:
                factor = 2.0
                if reached.asked > 0:
                    factor = min(factor, (reached.half_width / reached.asked) ** 2)
                wanted = max(wanted, ceil(n * factor))
    return max(1, min(wanted + rule.ahead(wanted), rule.budget) - n)


def _reason(
    solved_at: int | None, known: int, measures: Mapping[str, Reached], rule: Precision
) -> str:
    if solved_at is not None:
        return f"every measure is precise enough with {solved_at} replications, and stays so"
    missing = "; ".join(
        f"{name} ({_how_far(reached)})" for name, reached in measures.items() if not reached.precise
    )
    state = f"not precise enough: {missing}" if missing else "precise, but not yet for long enough"
    if known == rule.budget:
        return f"the budget of {rule.budget} replications is spent; {state}"
    return f"{known} replications; {state}"


def _how_far(reached: Reached) -> str:
    if reached.half_width is None or reached.asked is None:
        return "not known yet"
    if reached.asked == 0:
        return "its mean is 0, of which no share is precise; ask for an absolute half-width"
    if reached.half_width <= reached.asked or reached.constant:
        return "too few replications"
    return f"half-width {reached.half_width:.4g}, asked for {reached.asked:.4g}"
