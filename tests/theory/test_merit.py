"""With a strong yearly cut for merit: the stock through the calendar, and who is in it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import Draws
from tests.theory.chance import assert_normal, assert_poisson, assert_shares
from tests.theory.theory import InfiniteServer, MeritServer
from tests.theory.worlds import day_of, graded, merit, scenario, solved, world

REPLICATIONS = 40
WHEN = ("2001-03-01", "2001-07-01", "2001-07-02", "2001-12-31", "2003-06-30", "2003-07-01",
        "2005-02-28", "2009-02-28")  # fmt: skip
DEATHS = {
    "in custody": graded(0.3, "per person-year"),
    "at liberty": {"15 to 110": graded(0.01, "per person-year")},
}


FAMILIES = 4 * (len(WHEN) + 1) * 4
"""Dates of merit, evenings, and distributions tested on each."""


@pytest.fixture(
    scope="module",
    params=[
        "07-01",
        "02-28",
        pytest.param("03-01", marks=pytest.mark.slow),
        pytest.param("02-29", marks=pytest.mark.slow),
    ],
)
def replicated(request):
    """A world with half of the terms cut by four months each year, on various dates."""
    rule = merit("50%", "4 months", each=request.param)
    made = scenario(world(start="2001-03-01", end="2009-03-01", merit=rule, deaths=DEATHS))
    prisons = solved(made)
    names = ("admitted", "left", "imposed", "merit_count")
    parts, at_start = [], []
    for k in range(REPLICATIONS):
        draws = Draws(103, k)
        people = people_at_hand(prisons, draws)
        register = simulate(made, prisons, draws, people=people).register
        parts.append([getattr(register, name) for name in names])
        before = people["admitted"] < 0
        at_start.append(people["merit_count"][before])
        assert np.array_equal(before.nonzero()[0], (register.admitted < 0).nonzero()[0])
    columns = [np.concatenate(part).astype(int) for part in zip(*parts, strict=True)]
    found = dict(zip(names, columns, strict=True))
    return MeritServer(InfiniteServer(made)), found, np.concatenate(at_start)


def test_stock_follows_the_calendar(replicated):
    theory, c, _ = replicated
    world = theory.server.scenario.world
    start = theory.joint(-1).sum()
    assert_poisson((c["admitted"] < 0).sum(), REPLICATIONS * world.held.value, "at the start")
    evenings = [day_of(theory.server.scenario, when) for when in WHEN]
    found = [((c["admitted"] <= e) & (c["left"] > e)).sum() for e in evenings]
    expected = [theory.joint(e).sum() / start * world.held.value for e in evenings]
    assert_poisson(found, REPLICATIONS * np.array(expected), "stock")


@pytest.mark.parametrize("when", ["the start", *WHEN])
def test_cuts_sentences_and_time_served_in_the_stock(replicated, when):
    theory, c, at_start = replicated
    evening = -1 if when == "the start" else day_of(theory.server.scenario, when)
    joint = theory.joint(evening)
    held = (c["admitted"] <= evening) & (c["left"] > evening)
    place = np.searchsorted(np.flatnonzero(theory.server.imposed), c["imposed"][held])
    since = (evening - c["admitted"])[held]
    if when == "the start":
        cuts = at_start
    elif when == WHEN[-1]:  # the horizon: the register holds the cuts up to this evening
        cuts = c["merit_count"][held]
    else:
        joint, cuts = joint.sum(axis=0, keepdims=True), np.zeros(held.sum(), dtype=int)
    size = joint.shape
    found = np.bincount(np.ravel_multi_index((cuts, place, since), size), minlength=joint.size)
    found = found.reshape(size)
    possible = joint > 0
    assert found[~possible].sum() == 0
    assert_shares(found[possible], joint[possible], "all three", FAMILIES)
    for axes in ((1, 2), (0, 2), (0, 1)):
        weights = joint.sum(axis=axes)
        if np.count_nonzero(weights) > 1:
            assert_shares(found.sum(axis=axes), weights, f"without {axes}", FAMILIES)


def test_the_first_cut_is_given_on_the_very_day_on_which_enough_is_served(replicated):
    """Those at the start who had just served enough on the last date of merit, or a day less."""
    theory, c, at_start = replicated
    joint = theory.joint(-1)
    last = max(day for day in theory.dates(-1000, -1) if day < -1)
    enough = -1 - (last - theory.rule.after.value)
    since = -1 - c["admitted"][c["admitted"] < 0]
    chances = []
    for days in (enough, enough - 1):
        weights = joint[:, :, days].sum(axis=1)
        chance = 1 - weights[0] / weights.sum()
        cut = at_start[since == days] > 0
        assert len(cut) > 40
        if 0 < chance < 1:
            deviation = np.sqrt(len(cut) * chance * (1 - chance))
            assert_normal(cut.sum(), len(cut) * chance, deviation, "first cuts")
        else:
            assert not cut.any()
        chances.append(chance)
    assert chances[0] > chances[1] + 0.1
