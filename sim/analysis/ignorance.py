"""What a result rests on: the outcomes of draws over all that is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.drawn import Draws
from sim.analysis.estimates import Floats
from sim.analysis.measures import MEASURE
from sim.analysis.outcomes import Outcomes, outcomes
from sim.analysis.robustness import Exceeding, Regret, Reversal, exceeding, regrets, reversals
from sim.analysis.sensitivity import (
    Influence,
    Split,
    Spread,
    influences,
    split_variance,
    spread,
)
from sim.study.study import Ask, Study


@dataclass(frozen=True)
class Ignorance:
    """What one measure of one policy rests on.

    Attributes
    ----------
    outcomes
        Paired differences, shape (draws, replications).
    influences
        Widest swing first.
    reversals
        By parameter: pairs of policies whose order it changes.
    exceeding, regrets
        Of all policies of the plan; empty with a single one.
    more_is_better
        How regret was meant.
    """

    policy: str
    measure: str
    plan: Draws
    outcomes: Floats
    influences: tuple[Influence, ...]
    spread: Spread
    split: Split | None
    reversals: Mapping[str, tuple[Reversal, ...]] = field(default_factory=dict)
    exceeding: tuple[Exceeding, ...] = ()
    regrets: tuple[Regret, ...] = ()
    more_is_better: bool = True


def read_draws(plan: Draws, study: Study, replications: int, seed: int) -> dict[str, Outcomes]:
    """Read the cells of all possible draws from a study, by the label of their point.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    """
    found = {}
    for draw in plan.possible:
        pairs = zip(plan.policies, draw.policies, strict=True)
        wanted = [(point, {name: draw.windows[name]}) for name, point in pairs]
        for point, windows in (*wanted, (draw.baseline, draw.windows)):
            cells = study.summaries(Ask(point, replications), seed)
            start = point.scenario.world.start
            found[point.label] = outcomes(point.label, cells, windows, start)
    return found


def paired_outcomes(
    plan: Draws, found: Mapping[str, Outcomes], policy: str, measure: str
) -> Floats | None:
    """Pair a policy with the baseline in every draw and replication.

    Parameters
    ----------
    found
        Outcomes by the label of their point, each read in the windows of its own draw.

    Returns
    -------
    array or None
        Differences, shape (draws, replications): policy minus baseline, or baseline minus
        policy where the measure counts what is averted. None where a cell does not observe it.
    """
    at = plan.policies.index(policy)
    rows = []
    for draw in plan.possible:
        ours = found[draw.policies[at].label].column(policy, measure)
        theirs = found[draw.baseline.label].column(policy, measure)
        if ours is None or theirs is None:
            return None
        rows.append(theirs - ours if MEASURE[measure].averted is not None else ours - theirs)
    return np.array(rows) if rows else None


def ignorance(
    plan: Draws,
    found: Mapping[str, Outcomes],
    policy: str,
    measure: str,
    *,
    more_is_better: bool = True,
) -> Ignorance | None:
    """Say what one measure of one policy rests on; None where it is not observed.

    Parameters
    ----------
    more_is_better
        Whether regret is about too small or too large a difference.
    """
    by_policy = {name: paired_outcomes(plan, found, name, measure) for name in plan.policies}
    ours = by_policy[policy]
    if ours is None:
        return None
    compared = {name: x.mean(axis=1) for name, x in by_policy.items() if x is not None}
    names, means = tuple(compared), np.array(list(compared.values()))
    quantiles, exists = plan.quantiles, plan.exists
    changed = {}
    for j, name in enumerate(plan.names):
        rows = exists[:, j]
        if rows.any() and (turned := reversals(names, quantiles[rows, j], means[:, rows])):
            changed[name] = turned
    several = len(names) > 1
    return Ignorance(
        policy, measure, plan, ours,
        influences(plan.names, quantiles, ours, exists=exists), spread(ours), split_variance(ours),
        changed, exceeding(names, means) if several else (),
        regrets(names, means, more_is_better=more_is_better) if several else (), more_is_better,
    )  # fmt: skip
