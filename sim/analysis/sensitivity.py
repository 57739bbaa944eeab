"""What results rest on: swings, partial rank correlations, and ignorance apart from chance.

Pure functions of a design, shape (draws, parameters), of quantiles, and of outcomes, shape
(draws, replications): the paired difference of one measure in each draw of what is not known.
Draws are the units of every interval here; they are no sample of the world, so that nothing
here is a probability of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimates import LEVEL, Floats

Bools = NDArray[np.bool_]
HALF = 0.5


@dataclass(frozen=True)
class Influence:
    """What one parameter does to an outcome while all others vary.

    Attributes
    ----------
    lower, upper
        Mean outcome over the draws with its quantile up to 1/2 and above; of a switch, off and
        on. None where no draw lies there.
    swing
        ``upper`` minus ``lower``.
    low, high
        95% interval of the swing (Welch's t over draws); None with a single draw on a side.
    low_simultaneous, high_simultaneous
        The same for all parameters at once (Bonferroni).
    partial
        Partial rank correlation with the outcome, given all other parameters; None where there
        are too few draws for so many parameters, or where nothing varies.
    rank
        1 for the widest swing.
    """

    name: str
    lower: float | None
    upper: float | None
    swing: float | None
    low: float | None
    high: float | None
    partial: float | None
    low_simultaneous: float | None = None
    high_simultaneous: float | None = None
    rank: int = 0


@dataclass(frozen=True)
class Spread:
    """How outcomes differ between draws.

    Attributes
    ----------
    mean, low, high
        Mean and 2.5-97.5% range over draws of the draws' means.
    positive, negative, zero
        Shares of draws by the sign of their mean.
    """

    draws: int
    replications: int
    mean: float
    low: float
    high: float
    positive: float
    negative: float
    zero: float


@dataclass(frozen=True)
class Split:
    """The variance of single realisations, split into ignorance and chance.

    Attributes
    ----------
    ignorance
        Variance between draws of what a draw would give on average over replications.
    chance
        Variance between replications within a draw.
    share
        Of ignorance in both; None if nothing varies.
    """

    ignorance: float
    chance: float
    share: float | None


def influences(
    names: Sequence[str], design: Floats, outcomes: Floats, *, exists: Bools | None = None
) -> tuple[Influence, ...]:
    """Order parameters by what they do to the outcome, widest swing first.

    The swing of a parameter is the difference of two means over draws. Its interval is Welch's:
    the variances of the two halves may differ. All other parameters vary in both halves, so it
    is an average over them and includes what they add to the noise.

    Parameters
    ----------
    names
        Of the parameters, in the order of the design's columns.
    design, outcomes
        Shapes (draws, parameters) and (draws, replications).
    exists
        Shape (draws, parameters): whether a parameter has a meaning in a draw, as one that comes
        with a switch has only where the switch is on. Its swing is over those draws alone.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a number is not finite.
    """
    _check(names, design, outcomes)
    there = np.ones(design.shape, dtype=np.bool_) if exists is None else exists
    if there.shape != design.shape:
        raise ValueError(f"'exists' has shape {there.shape}; expected {design.shape}")
    means = outcomes.mean(axis=1)
    partial = partial_rank_correlations(np.where(there, design, HALF), means)
    upper = (design > HALF) & there
    lower = (design <= HALF) & there
    counted = sum(_varies(means[low], means[up]) for low, up in zip(lower.T, upper.T, strict=True))
    found = [
        _influence(name, means[low], means[up], correlation, counted)
        for name, low, up, correlation in zip(names, lower.T, upper.T, partial, strict=True)
    ]
    found.sort(key=lambda one: (one.swing is None, -abs(one.swing or 0.0)))
    return tuple(replace(one, rank=rank) for rank, one in enumerate(found, 1))


def _influence(name: str, lower: Floats, upper: Floats, partial: float, counted: int) -> Influence:
    correlation = None if np.isnan(partial) else float(partial)
    means = [float(half.mean()) if len(half) else None for half in (lower, upper)]
    below, above = means
    if below is None or above is None:
        return Influence(name, below, above, None, None, None, correlation)
    swing = above - below
    if len(lower) < 2 or len(upper) < 2:
        return Influence(name, below, above, swing, None, None, correlation)
    one, all_ = (welch_half_width(lower, upper, level) for level in (LEVEL, _each(counted)))
    return Influence(
        name, below, above, swing, swing - one, swing + one, correlation, swing - all_, swing + all_
    )


def _each(counted: int) -> float:
    """Level of each of several intervals that hold together (Bonferroni)."""
    return 1 - (1 - LEVEL) / max(counted, 1)


def _varies(lower: Floats, upper: Floats) -> bool:
    return len(lower) > 1 and len(upper) > 1 and bool(np.ptp(lower) > 0 or np.ptp(upper) > 0)


def welch_half_width(lower: Floats, upper: Floats, level: float = LEVEL) -> float:
    """Half the interval of a difference of two means, shapes (n,) and (m,), both at least 2.

    Source: Welch (1947), Biometrika 34, 28-35, with the degrees of freedom of Satterthwaite.
    """
    from sim.custody.special import stdtrit

    parts = [float(half.var(ddof=1)) / len(half) for half in (lower, upper)]
    total = sum(parts)
    if total == 0:
        return 0.0
    divisor = sum(
        part**2 / (len(half) - 1) for part, half in zip(parts, (lower, upper), strict=True)
    )
    degrees = total**2 / divisor
    return float(stdtrit(degrees, 0.5 + level / 2)) * float(np.sqrt(total))


def partial_rank_correlations(design: Floats, means: Floats) -> Floats:
    """Correlate the ranks of each parameter and of the outcome, given all other parameters.

    Parameters
    ----------
    design, means
        Shapes (draws, parameters) and (draws,).

    Returns
    -------
    array
        Shape (parameters,); NaN for what does not vary, and for all where draws do not exceed
        parameters by more than two.

    Source: Iman and Conover (1982); read from the inverse of the matrix of rank correlations.
    """
    from scipy.stats import rankdata

    found = np.full(design.shape[1], np.nan)
    varying = np.flatnonzero(np.ptp(design, axis=0) > 0)
    if np.ptp(means) == 0 or len(varying) == 0 or len(means) <= len(varying) + 2:
        return found
    ranks = rankdata(np.column_stack([design[:, varying], means]), axis=0)
    correlations: Floats = np.asarray(np.corrcoef(ranks, rowvar=False), dtype=np.float64)
    if np.linalg.matrix_rank(correlations) < len(correlations):
        return found
    inverse = np.linalg.inv(correlations)
    scale = np.sqrt(np.diag(inverse))
    found[varying] = -(inverse / np.outer(scale, scale))[:-1, -1]
    return found


def spread(outcomes: Floats) -> Spread:
    """Summarise outcomes, shape (draws, replications), over draws.

    The range is that of means over replications; it holds what chance the replications leave.
    """
    _finite(outcomes)
    means = outcomes.mean(axis=1)
    low, high = (float(q) for q in np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return Spread(
        len(means), outcomes.shape[1], float(means.mean()), low, high,
        float((means > 0).mean()), float((means < 0).mean()), float((means == 0).mean()),
    )  # fmt: skip


def split_variance(outcomes: Floats) -> Split | None:
    """Split the variance of outcomes, shape (draws, replications), into ignorance and chance.

    All draws have the same replications, that is the same random numbers, so replication is
    crossed with draws, not nested in them: what a replication does to all draws alike must not
    hide what the draws do. So the variance between draws is (A - E) / replications, with A and E
    the mean squares of draws and of the remainder in the two-way layout. Where random numbers
    are independent, this has the same expectation as the one-way analysis. Chance is the mean
    variance within draws. An estimate below zero is given as zero.

    Returns
    -------
    Split or None
        None with a single draw or a single replication, which cannot be told apart.
    """
    _finite(outcomes)
    draws, replications = outcomes.shape
    if draws < 2 or replications < 2:
        return None
    by_draw = outcomes.mean(axis=1, keepdims=True)
    by_replication = outcomes.mean(axis=0, keepdims=True)
    remainder = outcomes - by_draw - by_replication + outcomes.mean()
    error = float((remainder**2).sum()) / ((draws - 1) * (replications - 1))
    between = float(by_draw.var(ddof=1)) - error / replications
    ignorance, chance = max(between, 0.0), float(outcomes.var(axis=1, ddof=1).mean())
    total = ignorance + chance
    return Split(ignorance, chance, ignorance / total if total > 0 else None)


def _check(names: Sequence[str], design: Floats, outcomes: Floats) -> None:
    if design.ndim != 2 or outcomes.ndim != 2 or len(design) != len(outcomes):
        message = "expected a design (draws, parameters) and outcomes (draws, replications)"
        raise ValueError(f"{message}; found shapes {design.shape} and {outcomes.shape}")
    if design.shape[1] != len(names):
        raise ValueError(f"{len(names)} names for {design.shape[1]} parameters")
    _finite(design)
    _finite(outcomes)


def _finite(values: Floats) -> None:
    if values.size == 0:
        raise ValueError("no draws, or no replications")
    if not np.isfinite(values).all():
        raise ValueError("an outcome is not observed in some draw; leave its measure out")
