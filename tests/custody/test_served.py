"""Time served with the cuts that count as served."""

from __future__ import annotations

import numpy as np

from sim.custody.ends import BY_DECREE
from sim.custody.model import simulate
from sim.custody.streams import Draws
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

GRANT = "2003-03-05"
LEAST_DAYS = 1500


def test_nothing_is_cut_off_a_sentence_for_life_whatever_its_label():
    """Earlier pardons count as served by their cuts, and of life no cut is known."""
    world = busy_world(held=graded(2000, "persons"), end="2004-12-01")
    served = {"served": {"value": f"> {LEAST_DAYS} days", "counting": ["pardon"]}}
    law = decree(
        clauses={"all": {"when": served, "then": "release"}}, exclude={}, cap="none", review={},
        drive=None, release={}, ordered=None, lists_due=None,
        granted={"value": GRANT, "between": [GRANT, GRANT]},
    )  # fmt: skip
    made = scenario(world, {"p": law})
    register = simulate(made, solved(made), Draws(4, 0)).register
    day = day_of(made, GRANT)
    freed = np.flatnonzero((register.cause == BY_DECREE) & (register.left == day))
    had = day - register.admitted[freed]
    life = register.endless(freed)
    assert life.sum() > 10
    assert had[life].min() > LEAST_DAYS
    assert had[~life].min() <= LEAST_DAYS, "the label counts for terms"
    assert made.world.label is not None
