"""Draws of what is not known: which worlds and policies they make, and which are possible.

All policies of a draw, and their baseline, are in one drawn world. A draw that describes no
possible world is left out and counted, never replaced: the ranges of a file contradict each other
there, which is for its author to see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.analysis.estimates import Floats
from sim.analysis.measures import Window, window_of
from sim.analysis.sensitivity import Bools
from sim.scenario.draws.drawing import MEDIAN, drawn_together
from sim.scenario.draws.ranges import Range, Switch, parameters
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.study.cells import Point
from sim.study.designs import latin_hypercube, morris_points, saltelli_points, sobol_points
from sim.study.execute import solved
from sim.study.study import Ask

DESIGNS = {
    "lhs": "Latin hypercube",
    "sobol": "Sobol' points",
    "morris": "Morris' trajectories",
    "saltelli": "Saltelli's points",
}


def chosen_design(design: str, draws: int, parameters: int, seed: int) -> Floats:
    """Make the points of a named design, at most so many draws where it cannot have any number.

    Raises
    ------
    ValueError
        If so many draws are too few, or SALib is needed and not installed.
    """
    if design == "lhs":
        return latin_hypercube(draws, parameters, seed)
    if design == "sobol":
        return sobol_points(draws, parameters, seed)
    each = parameters + (1 if design == "morris" else 2)
    number = draws // each
    if number < 2:
        raise ValueError(f"{DESIGNS[design]} of {parameters} assumptions take {2 * each} draws")
    try:
        if design == "morris":
            return morris_points(number, parameters, seed=seed)
        return saltelli_points(2 ** (number.bit_length() - 1), parameters, seed)
    except ModuleNotFoundError as error:
        raise ValueError(str(error)) from None


@dataclass(frozen=True)
class Draw:
    """One possible draw.

    Attributes
    ----------
    number
        Its row in the design, from 1.
    policies, baseline
        Design points, in the order of the policies.
    windows
        By policy: the days on which it and the baseline are read, since a draw may move dates.
    """

    number: int
    policies: tuple[Point, ...]
    baseline: Point
    windows: Mapping[str, Window]


@dataclass(frozen=True)
class LeftOut:
    """A draw that describes no possible world: its row in the design, from 1, and why."""

    number: int
    paths: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Draws:
    """The draws of a design, possible or not.

    Attributes
    ----------
    parameters
        What is drawn, in the order of the design's columns.
    design
        All quantiles, shape (draws asked for, parameters).
    """

    parameters: tuple[Range | Switch, ...]
    policies: tuple[str, ...]
    baseline: str
    design: Floats
    possible: tuple[Draw, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what is drawn."""
        return tuple(one.name for one in self.parameters)

    @property
    def quantiles(self) -> Floats:
        """Quantiles of the possible draws, shape (draws, parameters)."""
        return self.design[[draw.number - 1 for draw in self.possible]]

    @property
    def exists(self) -> Bools:
        """Whether a parameter has a meaning, shape (draws, parameters).

        One that comes with a switch has none where the switch is off.
        """
        quantiles, names = self.quantiles, self.names
        there = np.ones(quantiles.shape, dtype=np.bool_)
        for j, one in enumerate(self.parameters):
            if isinstance(one, Range) and one.switch is not None:
                there[:, j] = quantiles[:, names.index(one.switch)] > MEDIAN
        return there

    @property
    def points(self) -> tuple[Point, ...]:
        """Design points of all possible draws."""
        return tuple(point for draw in self.possible for point in (*draw.policies, draw.baseline))

    def asked(self, replications: int) -> list[Ask]:
        """List the cells to compute."""
        return [Ask(point, replications) for point in self.points]

    def reasons(self) -> dict[str, int]:
        """Count the draws left out by the key path at which they are impossible."""
        return dict(Counter(path for one in self.left_out for path in one.paths).most_common())


def plan_draws(
    policies: Sequence[Scenario],
    baseline: Scenario,
    design: Floats,
    *,
    drawn: Sequence[Range | Switch] | None = None,
    executor: Executor | None = None,
) -> Draws:
    """Draw all policies and their baseline at every point of a design.

    Parameters
    ----------
    design
        Quantiles, shape (draws, parameters), in the order of `drawn`.
    drawn
        What is drawn; all else is as written. By default all of
        `sim.scenario.draws.ranges.parameters((*policies, baseline))`.
    executor
        Draws and solves worlds elsewhere; None does so here, a third of a second each.

    Raises
    ------
    ScenarioError
        If the scenarios as written cannot be solved, measured or drawn in one world.
    ValueError
        If the design does not fit, or two scenarios have one name.
    """
    scenarios = (*policies, baseline)
    names = [scenario.name for scenario in scenarios]
    if not policies or len(set(names)) < len(names):
        raise ValueError(f"expected policies and a baseline of different names; found {names}")
    found = parameters(scenarios) if drawn is None else tuple(drawn)
    if design.ndim != 2 or design.shape[1] != len(found):
        raise ValueError(f"a design of shape {design.shape} for {len(found)} parameters")
    _one_draw(scenarios, {})  # as written: a mistake here is no matter of draws
    rows = [dict(zip((one.name for one in found), map(float, row), strict=True)) for row in design]
    run = partial(_tried, scenarios)
    tried = map(run, rows) if executor is None else executor.map(run, rows)
    possible, left_out = [], []
    for number, result in enumerate(tried, 1):
        if isinstance(result, ScenarioError):
            paths = tuple(dict.fromkeys(problem.path for problem in result.problems))
            why = "; ".join(f"{p.path}: {p.message}" for p in result.problems)
            left_out.append(LeftOut(number, paths, why))
            continue
        together, windows = result
        *ours, theirs = (Point(draw_label(number, s.name), s) for s in together)
        possible.append(Draw(number, tuple(ours), theirs, windows))
    return Draws(found, tuple(names[:-1]), names[-1], design, tuple(possible), tuple(left_out))


def draw_label(number: int, scenario: str) -> str:
    """Return the label under which a scenario of a draw, from 1, is kept."""
    return f"draw {number}/{scenario}"


Together = tuple[tuple[Scenario, ...], dict[str, Window]]


def _tried(scenarios: tuple[Scenario, ...], at: Mapping[str, float]) -> Together | ScenarioError:
    try:
        return _one_draw(scenarios, at)
    except ScenarioError as error:
        return error


def _one_draw(scenarios: tuple[Scenario, ...], at: Mapping[str, float]) -> Together:
    """Draw scenarios in one world, solve it, and find from which day each policy is measured."""
    together = drawn_together(scenarios, at)
    *policies, baseline = together
    solved(baseline)
    like = window_of(baseline) if baseline.decrees else None
    return together, {policy.name: window_of(policy, None, like) for policy in policies}
