"""Designs: which points of the unit cube a study visits.

A point has one quantile for each parameter, shape (points, parameters). The same arguments give
the same points everywhere.

Latin hypercubes cannot be extended: a larger one is a new design. Sobol' points can: the first
*n* of 2 *n* points are the *n* points. Morris' and Saltelli's points serve their own indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MIDDLE = 0.5
LEVELS = 4
MOST_SOBOL = 21201
"""Parameters for which direction numbers of Sobol' points are tabulated."""


def latin_hypercube(points: int, parameters: int, seed: int = 1) -> Floats:
    """Draw a Latin hypercube: each parameter has one point in each of n equal slices.

    Each column is drawn by itself from (seed, number of the column), so that a parameter added at
    the end leaves all others where they were. A design with more points is a new one.

    Parameters
    ----------
    points, parameters
        The shape of the design, (points, parameters).

    Source: McKay, Beckman and Conover (1979), Technometrics 21, 239-245.
    """
    _check(points, parameters)
    columns = np.empty((points, parameters))
    for j in range(parameters):
        generator = np.random.Generator(np.random.Philox(key=[seed, j]))
        order, within = np.argsort(generator.random(points)), generator.random(points)
        columns[:, j] = (order + within) / points
    return columns


def sobol_points(points: int, parameters: int, seed: int = 1) -> Floats:
    """Draw scrambled Sobol' points; a larger design begins with the smaller one.

    Whole powers of 2 are balanced: each half, quarter, ... of a parameter's range has its share.

    Source: Sobol' (1967), scrambled by Owen (1998) as in `scipy.stats.qmc`.
    """
    from scipy.stats import qmc

    _check(points, parameters)
    if parameters > MOST_SOBOL:
        raise ValueError(f"Sobol' points have at most {MOST_SOBOL} parameters; found {parameters}")
    sequence = qmc.Sobol(parameters, scramble=True, rng=seed)
    exponent = (points - 1).bit_length()
    return np.asarray(sequence.random_base2(exponent)[:points], dtype=np.float64)


def one_at_a_time(parameters: int) -> Floats:
    """Place all parameters in the middle, then each alone at 0 and at 1.

    Returns
    -------
    array
        Shape (1 + 2 x parameters, parameters): the middle, then low and high of each in turn.
    """
    _check(1, parameters)
    design = np.full((1 + 2 * parameters, parameters), MIDDLE)
    for j in range(parameters):
        design[1 + 2 * j, j], design[2 + 2 * j, j] = 0.0, 1.0
    return design


def grid(levels: Sequence[Sequence[float]]) -> Floats:
    """Combine all stated quantiles of all parameters; the last parameter varies fastest.

    Raises
    ------
    ValueError
        If a level is no quantile, or a parameter has none.
    """
    _check(1, len(levels))
    for found in levels:
        if not len(found) or any(not 0 <= level <= 1 for level in found):
            raise ValueError(f"levels are quantiles between 0 and 1, at least one; found {found!r}")
    return np.array(list(product(*levels)), dtype=np.float64)


def morris_points(
    trajectories: int, parameters: int, levels: int = LEVELS, seed: int = 1
) -> Floats:
    """Draw trajectories in which one parameter moves at a time, on a grid of levels.

    Returns
    -------
    array
        Shape (trajectories x (parameters + 1), parameters).

    Raises
    ------
    ModuleNotFoundError
        Without SALib.

    Source: Morris (1991), Technometrics 33, 161-174.
    """
    _check(trajectories, parameters)
    if levels < 2 or levels % 2:
        raise ValueError(f"levels are an even number, at least 2; found {levels}")
    sample = salib("sample.morris")
    points = sample.sample(problem(parameters), trajectories, num_levels=levels, seed=seed)
    return np.asarray(points, dtype=np.float64)


def saltelli_points(base: int, parameters: int, seed: int = 1) -> Floats:
    """Draw Saltelli's points, from which first and total Sobol' indices are estimated.

    Parameters
    ----------
    base
        Points of the base sample, a power of 2.

    Returns
    -------
    array
        Shape (base x (parameters + 2), parameters).

    Raises
    ------
    ModuleNotFoundError
        Without SALib.

    Source: Saltelli et al. (2010), Computer Physics Communications 181, 259-270.
    """
    _check(base, parameters)
    if base & (base - 1):
        raise ValueError(f"the base sample is a power of 2; found {base}")
    sample = salib("sample.sobol")
    points = sample.sample(problem(parameters), base, calc_second_order=False, seed=seed)
    return np.asarray(points, dtype=np.float64)


def problem(parameters: int) -> Mapping[str, object]:
    """Describe the unit cube as SALib expects it."""
    names = [f"x{j}" for j in range(parameters)]
    return {"num_vars": parameters, "names": names, "bounds": [[0.0, 1.0]] * parameters}


def salib(module: str) -> ModuleType:
    """Import a module of SALib, which is needed for Morris' and Sobol' indices alone.

    Raises
    ------
    ModuleNotFoundError
        Saying how to install it.
    """
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        message = "SALib is not installed: pip install 'amnesty-sim[sensitivity]'"
        raise ModuleNotFoundError(message) from error


def _check(points: int, parameters: int) -> None:
    if points < 1 or parameters < 1:
        raise ValueError(
            f"a design has at least one point and one parameter; found {points} and {parameters}"
        )
