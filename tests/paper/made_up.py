"""Comparisons put together by hand: numbers chosen for how they look in a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from sim.analysis.compare import Comparison, Swing
from sim.analysis.estimates import Difference, Estimate
from sim.analysis.measures import MEASURES, Window
from sim.analysis.outcomes import Outcomes, Tally
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from tests.cli.command import file

WINDOW = Window(520, 540, 2922, date(2010, 1, 1))
GROUPS = ("all", "theft", "robbery", "from Pyongyang", "in ill health")


@cache
def scenario(name: str) -> Scenario:
    return load(file(name))


def named(name: str, of: str = "short") -> Scenario:
    """A scenario under another name."""
    return replace(scenario(of), name=name)


def level(mean: float) -> Estimate:
    return Estimate(mean, 1.0, mean - 1, mean + 1, mean - 2, mean + 2, 4)


def varying(mean: float, half: float = 1.0, baseline: float = 200.0) -> Difference:
    chance = Estimate(mean, half, mean - half, mean + half, mean - 2 * half, mean + 2 * half, 4)
    return Difference(chance, baseline, constant=False, pairing_gain=4.0)


def always(mean: float, baseline: float = 200.0) -> Difference:
    return Difference(
        Estimate(mean, 0.0, mean, mean, mean, mean, 4), baseline, constant=True,
        low_simultaneous=mean, high_simultaneous=mean,
    )  # fmt: skip


def once(mean: float) -> Difference:
    return Difference(Estimate(mean, None, None, None, None, None, 1), 200.0, constant=False)


def comparison(
    policies: dict[str, dict[str, Difference]],
    *,
    levels: dict[str, float] | None = None,
    swings: tuple[Swing, ...] = (),
    replications: int = 4,
) -> Comparison:
    """Policies with their differences from ``none``, by measure; the rest is not observed."""
    scenarios = (named("none", "none"), *(named(name) for name in policies))
    stated = {m.name: 100.0 for m in MEASURES} if levels is None else levels
    estimates = {}
    for name in policies:
        for measure, mean in stated.items():
            estimates[name, name, measure] = level(mean)
            estimates["none", name, measure] = level(mean)
    return Comparison(
        scenarios, tuple(policies), ("none",), dict.fromkeys(policies, WINDOW), 1, replications,
        {s.name: _outcomes(s, policies, replications) for s in scenarios}, estimates,
        {(name, "none", m): d for name, found in policies.items() for m, d in found.items()},
        swings,
        {(name, m): d for name, found in policies.items() for m, d in found.items() if swings},
        2 if swings else 0,
    )  # fmt: skip


def _outcomes(of: Scenario, policies: Iterable[str], replications: int) -> Outcomes:
    numbers = np.arange(replications)
    nothing = {m.name: np.full(replications, np.nan) for m in MEASURES}
    freed = {**nothing, "freed by decree": np.full(replications, 3.0)}
    held = np.full((len(GROUPS), replications), 7) + numbers
    tally = Tally(replications, held.sum(axis=1), (held**2).sum(axis=1))
    return Outcomes(
        of.name, tuple(f"address of {of.name} {k}" for k in numbers),
        dict.fromkeys(policies, freed),
        np.column_stack([200 + numbers, np.full(replications, 190)]).astype(np.int32),
        np.full(2922, 200.0),
        np.column_stack([0 * numbers, 0 * numbers + 2, numbers]),
        {("jubilee", "(decree)", "held"): tally} if of.decrees else {}, GROUPS,
    )  # fmt: skip
