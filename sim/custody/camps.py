"""Camps of those admitted, by origin and, where a world says so, by offence as well.

Stated are shares of an origin, and of an offence, within some camps; the rest is spread over the
others. Origin and offence are independent of each other over all camps. Where offences differ by
camp, the joint shares are those nearest to independence that keep all three statements, found by
fitting them in turn (Deming and Stephan 1940, "On a least squares adjustment of a sampled frequency
table when the expected marginal totals are known").
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.scenario.offences import Placed
from sim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
ROUNDS, CLOSE, FAR = 2000, 1e-13, 1e-9


def origins_by_camp(scenario: Scenario) -> Floats:
    """Return shares of admissions by (origin, camp).

    Raises
    ------
    ScenarioError
        If an origin's share by camp contradicts its overall share.
    """
    return _by_camp(scenario, "origins", scenario.world.origins)


def camps_drawn(scenario: Scenario, by_origin: Floats) -> Floats:
    """Return weights of camps, a row for each origin, or for each (origin, offence) if it matters.

    Raises
    ------
    ScenarioError
        If the shares of offences by camp contradict the others.
    """
    offences = scenario.world.offences
    if not scenario.world.offences_differ:
        return by_origin
    by_offence = _by_camp(scenario, "offences", offences)
    independent = by_origin.sum(axis=1)[:, None] * by_offence.sum(axis=1)[None, :]
    sizes = by_origin.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        joint = np.nan_to_num(by_origin[:, None, :] * by_offence[None, :, :] / sizes)
        for _ in range(ROUNDS):
            before = joint
            joint = joint * np.nan_to_num(independent / joint.sum(axis=2))[:, :, None]
            joint = joint * np.nan_to_num(by_offence / joint.sum(axis=0))[None, :, :]
            joint = joint * np.nan_to_num(by_origin / joint.sum(axis=1))[:, None, :]
            if np.abs(joint - before).max() < CLOSE:
                break
    gaps = (joint.sum(axis=2) - independent, joint.sum(axis=0) - by_offence)
    if max(float(np.abs(gap).max()) for gap in gaps) > FAR:
        message = "shares by camp of offences and of origins cannot hold together"
        raise scenario.problem(("world", "offences"), message)
    return np.asarray(joint.reshape(-1, len(sizes)))


def _by_camp(scenario: Scenario, key: str, entries: Mapping[str, Placed]) -> Floats:
    """Share of admissions by (entry, camp); what no camp states is spread over the others."""
    world = scenario.world
    sizes = np.array([camp.size.value for camp in world.camps.values()])
    sizes = sizes / sizes.sum()
    joint = np.zeros((len(entries), len(sizes)))
    plain = []
    for i, (name, entry) in enumerate(entries.items()):
        if not entry.by_camp:
            plain.append(i)
            continue
        stated = np.array([c in entry.by_camp for c in world.camps])
        joint[i] = [entry.by_camp[c].value if c in entry.by_camp else 0.0 for c in world.camps]
        rest = entry.share.value - float(sizes @ joint[i])
        other = float(sizes[~stated].sum())
        if (other > 0 and not 0 <= rest / other <= 1) or (other == 0 and abs(rest) > 1e-9):
            message = f"contradicts the overall share of {name}, {entry.share.value:.3g}"
            raise scenario.problem(("world", key, name, "by camp"), message)
        joint[i, ~stated] = rest / other if other > 0 else 0.0
    left = 1 - joint.sum(axis=0)
    if np.any(left < -1e-9):
        raise scenario.problem(("world", key), "shares by camp exceed 1 in one camp")
    shares = np.array([entry.share.value for entry in entries.values()])
    total = shares[plain].sum()
    for i in plain:
        joint[i] = np.maximum(left, 0) * (shares[i] / total if total > 0 else 0.0)
    return np.asarray(joint * sizes)
