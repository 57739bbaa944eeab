"""Morris' and Sobol' indices, by SALib, of outcomes in the unit cube of quantiles.

Both need every point of their design: a design with impossible draws has none of these indices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.estimates import LEVEL, Floats
from sim.study.designs import LEVELS, problem, salib

RESAMPLES = 1000


@dataclass(frozen=True)
class Screening:
    """Morris' elementary effects of one parameter, per unit of its quantile.

    Attributes
    ----------
    mu_star, half
        Mean absolute effect, and half its 95% interval (bootstrap over trajectories).
    mu
        Mean effect, sign included.
    sigma
        Standard deviation of effects: interaction or curvature. None with one trajectory.
    """

    name: str
    mu_star: float
    half: float | None
    mu: float
    sigma: float | None


@dataclass(frozen=True)
class VarianceShares:
    """Sobol' indices of one parameter: shares of the variance between draws.

    Attributes
    ----------
    first, first_half
        What it explains alone, and half the 95% interval (bootstrap).
    total, total_half
        What it explains with all interactions, and half the 95% interval.
    """

    name: str
    first: float
    first_half: float
    total: float
    total_half: float


def morris_indices(
    names: Sequence[str], design: Floats, means: Floats, *, levels: int = LEVELS, seed: int = 1
) -> tuple[Screening, ...]:
    """Compute Morris' indices from the points of `morris_points`, in the order of the names.

    Parameters
    ----------
    design, means
        Shapes (trajectories x (parameters + 1), parameters) and (the same number of points,).
    levels
        Of the grid on which the points were drawn.

    Raises
    ------
    ModuleNotFoundError
        Without SALib.
    ValueError
        If a point is missing.

    Source: Campolongo, Cariboni and Saltelli (2007), Environmental Modelling & Software 22.
    """
    parameters = len(names)
    _complete(means, design.shape, (parameters + 1) * (len(design) // (parameters + 1)), parameters)
    one = len(design) == parameters + 1
    found = salib("analyze.morris").analyze(
        problem(parameters), design, means, num_levels=levels, num_resamples=RESAMPLES,
        conf_level=LEVEL, seed=seed + 1,
    )  # fmt: skip
    return tuple(
        Screening(
            name, float(found["mu_star"][j]), None if one else float(found["mu_star_conf"][j]),
            float(found["mu"][j]), None if one else float(found["sigma"][j]),
        )
        for j, name in enumerate(names)
    )  # fmt: skip


def sobol_indices(
    names: Sequence[str], means: Floats, *, seed: int = 1
) -> tuple[VarianceShares, ...]:
    """Compute first and total Sobol' indices from the points of `saltelli_points`.

    Parameters
    ----------
    means
        Outcomes at those points, in their order, shape (base x (parameters + 2),).

    Raises
    ------
    ModuleNotFoundError
        Without SALib.
    ValueError
        If a point is missing, or the outcome does not vary: there is nothing to split.

    Source: Saltelli et al. (2010), Computer Physics Communications 181, 259-270.
    """
    parameters = len(names)
    base = len(means) // (parameters + 2)
    _complete(means, (len(means), parameters), base * (parameters + 2), parameters)
    if np.ptp(means) == 0:
        raise ValueError("the outcome is the same in all draws: it has no variance to split")
    found = salib("analyze.sobol").analyze(
        problem(parameters), means, calc_second_order=False, num_resamples=RESAMPLES,
        conf_level=LEVEL, seed=seed + 1,
    )  # fmt: skip
    return tuple(
        VarianceShares(
            name, float(found["S1"][j]), float(found["S1_conf"][j]),
            float(found["ST"][j]), float(found["ST_conf"][j]),
        )
        for j, name in enumerate(names)
    )  # fmt: skip


def _complete(means: Floats, shape: tuple[int, ...], expected: int, parameters: int) -> None:
    if means.shape != (expected,) or shape != (expected, parameters) or expected == 0:
        raise ValueError(
            f"{means.size} outcomes of a design of shape {shape}: these indices need every point"
        )
    if not np.isfinite(means).all():
        raise ValueError("an outcome is missing: these indices need every point of the design")
