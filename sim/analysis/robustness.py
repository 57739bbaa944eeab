"""Policies against each other over draws of what is not known: who leads, and by how much.

Outcomes have the shape (policies, draws): each policy's difference from the baseline in each draw,
averaged over replications. All policies of a draw are in one drawn world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sim.analysis.estimates import Floats, estimate

HALF = 0.5


@dataclass(frozen=True)
class Exceeding:
    """In which share of draws one policy's outcome is above, equal to or below another's."""

    first: str
    second: str
    above: float
    equal: float
    below: float


@dataclass(frozen=True)
class Regret:
    """What a policy falls short of the best policy of each draw.

    Attributes
    ----------
    mean, low, high
        Mean over draws with its 95% interval (Student's t over draws; None with one draw).
    worst, worst_draw
        The largest regret, and the position of the draw in which it is met.
    leads
        Share of draws in which no policy does better.
    """

    policy: str
    mean: float
    low: float | None
    high: float | None
    worst: float
    worst_draw: int
    leads: float


@dataclass(frozen=True)
class Reversal:
    """Two policies whose order differs between the halves of a parameter's range.

    Attributes
    ----------
    lower, upper
        Mean of first minus second over the draws up to quantile 1/2 and above it.
    clear
        Whether the 95% interval over draws excludes zero in both halves.
    """

    first: str
    second: str
    lower: float
    upper: float
    clear: bool


def exceeding(policies: Sequence[str], outcomes: Floats) -> tuple[Exceeding, ...]:
    """Compare every pair of policies, draw by draw."""
    _check(policies, outcomes)
    found = []
    for a, b in combinations(range(len(policies)), 2):
        gap = outcomes[a] - outcomes[b]
        shares = [float(share.mean()) for share in (gap > 0, gap == 0, gap < 0)]
        found.append(Exceeding(policies[a], policies[b], *shares))
    return tuple(found)


def regrets(
    policies: Sequence[str], outcomes: Floats, *, more_is_better: bool = True
) -> tuple[Regret, ...]:
    """Compute each policy's regret, smallest worst regret first.

    Whether more of a measure is better is for the reader to say; the measure does not know.

    Source: Savage (1951), Journal of the American Statistical Association 46, 55-67.
    """
    _check(policies, outcomes)
    value = outcomes if more_is_better else -outcomes
    short = value.max(axis=0) - value
    found = []
    for policy, one in zip(policies, short, strict=True):
        mean = estimate(one)
        worst = int(one.argmax())
        found.append(
            Regret(policy, mean.mean, mean.low, mean.high, float(one[worst]), worst,
                   float((one == 0).mean()))
        )  # fmt: skip
    return tuple(sorted(found, key=lambda regret: (regret.worst, regret.mean)))


def ranking(policies: Sequence[str], outcomes: Floats) -> tuple[str, ...]:
    """Order policies by mean outcome over draws, largest first; ties in the order given."""
    _check(policies, outcomes)
    order = np.argsort(-outcomes.mean(axis=1), kind="stable")
    return tuple(policies[i] for i in order)


def reversals(policies: Sequence[str], quantiles: Floats, outcomes: Floats) -> tuple[Reversal, ...]:
    """List pairs of policies whose order is not the same in both halves of one parameter.

    Parameters
    ----------
    quantiles
        Of the parameter, shape (draws,).
    outcomes
        Shape (policies, draws).
    """
    _check(policies, outcomes)
    if quantiles.shape != outcomes.shape[1:]:
        raise ValueError(f"{quantiles.shape} quantiles for {outcomes.shape[1]} draws")
    upper = quantiles > HALF
    if upper.all() or not upper.any():
        return ()
    found = []
    for a, b in combinations(range(len(policies)), 2):
        gap = outcomes[a] - outcomes[b]
        below, above = estimate(gap[~upper]), estimate(gap[upper])
        if below.mean * above.mean < 0:
            clear = all(
                e.low is not None and e.high is not None and e.low * e.high > 0
                for e in (below, above)
            )
            found.append(Reversal(policies[a], policies[b], below.mean, above.mean, clear))
    return tuple(found)


def _check(policies: Sequence[str], outcomes: Floats) -> None:
    if outcomes.ndim != 2 or len(outcomes) != len(policies) or not outcomes.size:
        raise ValueError(
            f"expected outcomes (policies, draws) of {len(policies)} policies; found shape "
            f"{outcomes.shape}"
        )
    if not np.isfinite(outcomes).all():
        raise ValueError("an outcome is not observed in some draw; leave its measure out")
