"""Return after release with death competing, against adding up the hazards of each day."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.ends import BY_DECREE, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.streams import Draws
from tests.theory.chance import assert_normal, assert_poisson
from tests.theory.worlds import decree, graded, health, returns, scenario, solved, world

REPLICATIONS = 20
FOLLOWED = (1, 2, 30, 180, 365, 366, 500, 730, 900, 1095, 1096, 1400)
STEPS = {"1 year": 1.0, "3 years": 0.4}
OFFENDING = 0.9
EFFECTS = {
    "supervision": {"offending": graded(0.7, "x"), "detection": graded(1.5, "x")},
    "job": {"offending": graded(0.5, "x")},
    "education": {"offending": graded(0.6, "x"), "detection": graded(1.2, "x")},
}
DEATHS = {15: 0.02, 30: 0.1, 50: 0.5}
WEAK = 3.0


def mortal_world():
    return world(
        end="2007-01-01",
        held=graded(600, "persons"),
        returns=returns(OFFENDING, STEPS, **EFFECTS),
        health={"states": {"well": health("60%", 1), "weak": health("40%", 2, WEAK)}},
        deaths={
            "in custody": graded(0.1, "per person-year"),
            "at liberty": {
                "15 to 29": graded(DEATHS[15], "per person-year"),
                "30 to 49": graded(DEATHS[30], "per person-year"),
                "50 to 110": graded(DEATHS[50], "per person-year"),
            },
        },
    )


def per_day(rate: float) -> float:
    return round(rate / 365.25 * 1e12) / 1e12


def risks(age, weak, rate_factor: float):
    """P(returned) and P(died at liberty first) on the days followed, shape (2, days, persons).

    Who dies and returns on one day has died: death comes first within a day.
    """
    survival = np.exp([[-per_day(r * f) for f in (1, WEAK)] for r in DEATHS.values()])
    weak = weak.astype(int)
    returned, dead, free = np.zeros(len(age)), np.zeros(len(age)), np.ones(len(age))
    found = []
    for day in range(1, max(FOLLOWED) + 1):
        reached = age + day - 1
        survive = survival[(reached >= 10958).astype(int) + (reached >= 18263), weak]
        step = STEPS["1 year"] if day <= 365 else STEPS["3 years"] if day <= 1096 else 0.0
        stay = np.exp(-per_day(OFFENDING * 0.5 * 0.8 * rate_factor * step))
        returned += free * survive * (1 - stay)
        dead += free * (1 - survive)
        free = free * survive * stay
        if day in FOLLOWED:
            found.append((returned.copy(), dead.copy()))
    return np.array(found).transpose(1, 0, 2)


KINDS = {
    "expiry": (None, 1.0),
    "plain": ({}, 1.0),
    "supervision": ({"supervision": True}, 0.7 * 1.5),
    "job": ({"job": 1.0}, 0.5),
    "education": ({"education": "1 day from grant"}, 0.6 * 1.2),
    "all three": (
        {"supervision": True, "job": 1.0, "education": "1 day from grant"},
        0.7 * 0.5 * 0.6 * min(0.5 * 1.5 * 1.2, 1) / 0.5,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_cumulative_incidence_of_return_with_death_competing(kind):
    release, factor = KINDS[kind]
    plain = mortal_world()
    decrees = {}
    if release is not None:
        granted = {"value": "2002-06-01", "between": ["2002-06-01", "2002-06-01"]}
        decrees = {"p": decree(
            ordered=None, lists_due=None, granted=granted, exclude={}, review={}, cap="none",
            counts="releases", release=release, drive=None,
            clauses={"all": {"when": {"served": ">= 0 days"}, "then": "release"}},
        )}  # fmt: skip
    made = scenario(plain, decrees)
    prisons = solved(made)
    cohorts = []
    for k in range(REPLICATIONS):
        r = simulate(made, prisons, Draws(110, k)).register
        chosen = r.left < made.world.days - max(FOLLOWED)
        chosen &= (r.cause == BY_EXPIRY) if release is None else (r.cause == BY_DECREE)
        rows = np.flatnonzero(chosen)
        later = np.flatnonzero(r.spell > 0)
        keys = zip(r.person[later].tolist(), r.spell[later].tolist(), strict=True)
        next_spell = dict(zip(keys, r.admitted[later].tolist(), strict=True))
        these = zip(r.person[rows].tolist(), r.spell[rows].tolist(), strict=True)
        back = np.array([next_spell.get((one, spell + 1), NEVER) for one, spell in these])
        left = r.left[rows]
        cohorts.append((left - r.born[rows], r.health[rows] == 1, back - left,
                        r.died_free[rows] - left))  # fmt: skip
    age, weak, back, died = (np.concatenate(part) for part in zip(*cohorts, strict=True))
    assert np.all((back >= 1) & (died >= 1))
    risk = risks(age, weak, factor)
    days = np.array(FOLLOWED)[:, None]
    counts = np.array([(back <= days).sum(axis=1), (died <= days).sum(axis=1)])
    variance = (risk * (1 - risk)).sum(axis=2)
    enough = variance > 30
    assert enough.sum() > 10
    assert_normal(
        counts[enough], risk.sum(axis=2)[enough], np.sqrt(variance[enough]), "return and death"
    )
    # From the day after release on, and until the last time free that a hazard is given for.
    assert_poisson(counts[:, 0], risk[:, 0].sum(axis=1), "on the first day")
    assert back[back < NEVER // 2].max() <= 1096


def test_who_would_die_and_return_on_one_day_has_died():
    """At hazards so high that it happens often."""
    a_day = 0.15 * 365.25
    made = scenario(
        world(
            returns=returns(a_day / 0.4, {"1 year": 1}),
            deaths={
                "in custody": graded(0.1, "per person-year"),
                "at liberty": {"15 to 110": graded(a_day, "per person-year")},
            },
        )
    )
    r = simulate(made, solved(made), Draws(111, 0)).register
    assert np.all(r.tolerance > 0)
    out = (r.cause == BY_EXPIRY) & (r.left < made.world.days - 366)
    dead = (r.died_free < NEVER)[out]
    survive = stay = np.exp(-0.15)
    expected = (1 - survive) / (1 - survive * stay)
    deviation = np.sqrt(len(dead) * expected * (1 - expected))
    assert_normal(dead.sum(), len(dead) * expected, deviation, "dead before a return")
