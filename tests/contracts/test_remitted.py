"""What decrees remit is the whole gap, day by day, where nobody returns and no merit is to come."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.model import simulate
from sim.custody.streams import Draws
from tests.theory.worlds import busy_world, decree, graded, scenario, solved

POINTS = [{"when": {"offence": "theft"}, "fraction": graded("1/2")}, {"fraction": graded("2/3")}]
WORLD = busy_world(returns=None, exile=None, merit=None, **{"release point": POINTS})
EFFECTS = {
    # Half is where the world's thieves leave: others are moved to a point that the world has.
    "to a point of the world": {"release point": {"fraction": "1/2"}},
    "to a point of its own": {"release point": {"fraction": "2/5"}},
    "of those to come": {"release point": {"fraction": "1/2", "for": "those to come"}},
    "a cut": {"reduce": {"by": "1/3 of remaining"}},
    "a credit": {"credit": {"by": "10 days per complete 30 days served"}},
    "life to a term": {"commute": {"from": "life", "to": "10 years"}},
    "release": "release",
}


@pytest.mark.parametrize("name", EFFECTS)
def test_who_would_still_be_held_is_the_gap(name):
    law = decree(
        ordered=None, lists_due=None, exclude={}, review={}, cap="none", rank=None, counts=None,
        drive=None, release={},
        clauses={"all": {"when": {"camp": ["north", "east", "south"]}, "then": EFFECTS[name]}},
    )  # fmt: skip
    without, within = (scenario(WORLD, laws) for laws in ({}, {"d": law}))
    stocks = [simulate(one, solved(one), Draws(11, 0)).record.series for one in (without, within)]
    gap = stocks[0]["stock"] - stocks[1]["stock"]
    told = stocks[1]["freed who would still be held"] + stocks[1]["terms cut that would still run"]
    np.testing.assert_array_equal(told, gap)
    assert gap.max() > 5
