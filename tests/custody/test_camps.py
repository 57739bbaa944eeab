"""Offences that differ by camp: three statements kept together, in the stock as among admissions.

Every family of assertions fails by chance with probability 1e-6 at most (`tests.theory.chance`).
"""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from sim.custody.camps import camps_drawn, origins_by_camp
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.problems import ScenarioError
from tests.theory.chance import assert_means
from tests.theory.worlds import graded, scenario, solved, world

PLAIN = world(held=graded(20000, "persons"), end="2002-01-01")


def differing(offences: dict, origins: dict) -> dict:
    made = deepcopy(PLAIN)
    for name, shares in offences.items():
        made["offences"][name]["by camp"] = {c: graded(x) for c, x in shares.items()}
    for name, shares in origins.items():
        made["origins"][name]["by camp"] = {c: graded(x) for c, x in shares.items()}
    return made


BOTH = differing({"theft": {"north": "80%"}}, {"hills": {"north": "90%"}})


def weights(made: dict) -> np.ndarray:
    found = scenario(made)
    return camps_drawn(found, origins_by_camp(found)).reshape(2, 2, 3)


def test_what_is_stated_by_camp_and_over_all_holds_together():
    joint = weights(BOTH)  # origin, offence, camp; sizes are 5, 3 and 2 of ten
    assert joint.sum(axis=(0, 1)) == pytest.approx([0.5, 0.3, 0.2])
    assert joint[:, 0, 0].sum() == pytest.approx(0.8 * 0.5)
    assert joint[0, :, 0].sum() == pytest.approx(0.9 * 0.5)
    assert joint[:, 0, 1:].sum(axis=0) == pytest.approx(np.array([0.3, 0.2]) * 0.4)
    assert joint.sum(axis=2) == pytest.approx(np.outer([0.7, 0.3], [0.6, 0.4]))


def test_offences_alone_leave_origins_as_they_were():
    joint = weights(differing({"theft": {"south": "10%"}}, {}))
    assert joint.sum(axis=1) == pytest.approx(np.outer([0.7, 0.3], [0.5, 0.3, 0.2]))
    assert joint[:, 0, 2] == pytest.approx(np.array([0.7, 0.3]) * 0.02)


def test_a_world_that_says_nothing_of_it_draws_by_origin_alone():
    found = scenario(PLAIN)
    assert camps_drawn(found, origins_by_camp(found)).shape == (2, 3)


@pytest.mark.parametrize(
    ("offences", "origins", "words"),
    [
        ({"theft": {"north": "10%", "east": "10%", "south": "10%"}}, {}, "the overall share"),
        ({"theft": {"north": "100%"}, "violence": {"north": "20%"}}, {}, "exceed 1"),
        (
            {"theft": {"north": "100%"}},
            {"coast": {"north": "0%", "east": "100%", "south": "0%"}},
            "cannot hold together",
        ),
        ({"theft": {"nroth": "10%"}}, {}, "did you mean 'north'"),
    ],
)
def test_what_contradicts_itself_is_refused(offences, origins, words):
    with pytest.raises(ScenarioError, match=words):
        solved(scenario(differing(offences, origins)))


@pytest.mark.parametrize("start", [True, False], ids=["stock", "admissions"])
def test_people_are_drawn_so(start):
    found = scenario(BOTH)
    r = simulate(found, solved(found), Draws(31, 0)).register
    rows = np.flatnonzero((r.admitted < 0) == start)
    thief, hills = r.offence[rows] == 0, r.origin[rows] == 0
    drawn = weights(BOTH)[:, :, :] / weights(BOTH).sum(axis=2)[:, :, None]
    for o, origin in enumerate((hills, ~hills)):
        for f, offence in enumerate((thief, ~thief)):
            camps = np.stack([r.camp[rows][origin & offence] == c for c in range(3)], axis=1)
            assert_means(camps, drawn[o, f], f"camps of origin {o} and offence {f}")
