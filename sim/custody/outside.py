"""Hazards outside prison: of death at liberty by health and age, of return by kind of release."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import age_edges
from sim.custody.hazards import StepHazard, per_day
from sim.scenario.world import Returns, World

Floats = NDArray[np.float64]


def deaths_at_liberty(world: World) -> StepHazard:
    """Death hazards at liberty by health (kinds) and age (clock)."""
    bands = world.deaths.at_liberty
    edges = age_edges(bands)
    states = world.health.states.values()
    return StepHazard.of(
        edges,
        [[per_day(b.value * s.at_liberty.value) for b in bands.values()] for s in states],
    )


def factor_kind(*, supervision: bool, job: bool, education: bool) -> int:
    """Return the kind of release in the hazards of return."""
    return supervision + 2 * job + 4 * education


def hazard_of_return(returns: Returns | None) -> StepHazard | None:
    """Hazards of return by kind of release (supervision, job, education) and time free."""
    if returns is None:
        return None
    steps = returns.by_time_free
    edges = [0, *(step.until.value for step in steps)]
    rates = []
    for kind in range(8):
        offending, detection = returns.offending.value, returns.detection.value
        for bit, effects in ((1, returns.supervision), (2, returns.job), (4, returns.education)):
            if kind & bit:
                offending *= effects.offending.value if effects.offending else 1.0
                detection *= effects.detection.value if effects.detection else 1.0
        rate = offending * min(detection, 1.0) * returns.imprisonment.value
        rates.append([*(per_day(rate * step.factor.value) for step in steps), 0])
    return StepHazard.of(edges, rates)
