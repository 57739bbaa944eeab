"""When those released go: spread over days camp by camp and day by day."""

from __future__ import annotations

import numpy as np

from sim.custody.decrees.waits import deal_releases
from sim.custody.model import everybody
from sim.custody.register import Register
from sim.custody.streams import Draws
from sim.scenario.occasions import occasions
from tests.theory.worlds import busy_world, decree, graded, scenario, solved


def test_days_of_one_camp_are_apart_from_those_of_another():
    """One goes on the last day from the first camp, others on the first days from the next."""
    made = scenario(
        busy_world(held=graded(100, "persons")),
        {"p": decree(release={"over": "2 days"})},
    )
    prisons, draws = solved(made), Draws(1, 0)
    register = Register(everybody(prisons, draws))
    first, second = (np.flatnonzero(register.camp == camp)[:3] for camp in (0, 1))
    rows, on = np.concatenate((first, second)), np.array([5, 5, 5, 0, 1, 2])
    deal_releases(draws, register, rows, on, made.decrees["p"], occasions(made)[0], [])
    # Of the three one goes a day later; of one on a day nobody.
    assert sorted(register.release[first]) == [5, 5, 6]
    assert register.release[second].tolist() == [0, 1, 2]
