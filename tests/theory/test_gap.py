"""The gap that a pardon leaves closes as the freed would have left anyway."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import Draws
from tests.theory.chance import assert_means, assert_poisson
from tests.theory.theory import InfiniteServer
from tests.theory.worlds import day_of, decree, offence, scenario, solved, world

REPLICATIONS = 60
GRANTED = "2002-05-01"
SHARES = (0.2, 0.6, 1.0, 0.5 * 0.8)
"""Shares released: the officer's answer, and in the last case the centre's besides."""
LATER = (0, 1, 30, 91, 182, 365, 548, 730, 1095, 1300)


def pardon(share: float, **changes):
    """A random share of everybody held leaves on one day."""
    plain = {
        "ordered": None,
        "lists_due": None,
        "granted": {"value": GRANTED, "between": [GRANTED, GRANTED]},
        "exclude": {},
        "clauses": {"all": {"when": {"served": ">= 0 days"}, "then": "release"}},
        "review": {"recommended": share},
        "cap": "none",
        "counts": "releases",
        "release": {},
        "drive": None,
    }
    return decree(**(plain | changes))


def gaps(scenarios, world, seed):
    """Stock without the pardon less stock with each, shape (pardons, replications, days)."""
    prisons = solved(scenarios[0])
    found = []
    for k in range(REPLICATIONS):
        draws = Draws(seed, k)
        people = people_at_hand(prisons, draws)
        stock = [
            simulate(one, prisons, draws, people=people).record.series["stock"] for one in scenarios
        ]
        found.append([stock[0] - other for other in stock[1:]])
    return np.array(found).transpose(1, 0, 2)


@pytest.fixture(scope="module")
def freed():
    plain = world()
    rules = [pardon(0.2), pardon(0.6), pardon(1.0),
             pardon(0, review={"recommended": 0.5, "approved": 0.8})]  # fmt: skip
    made = [scenario(plain), *(scenario(plain, {"p": rule}) for rule in rules)]
    return made[0], gaps(made, plain, seed=107)


def test_nothing_differs_before_the_release(freed):
    made, gap = freed
    assert np.all(gap[:, :, : day_of(made, GRANTED)] == 0)


def test_gap_decays_as_the_residual_terms_of_the_stock(freed):
    made, gap = freed
    theory, day = InfiniteServer(made), day_of(made, GRANTED)
    held = made.world.held.value
    left = np.array([theory.left_after(days) for days in LATER])
    assert left[0] == 1
    for share, one in zip(SHARES, gap, strict=True):
        found = one[:, day + np.array(LATER)]
        assert_poisson(found.sum(axis=0), REPLICATIONS * share * held * left, f"gap at {share}")


def test_person_years_averted_are_the_freed_times_their_mean_residual_stay(freed):
    made, gap = freed
    theory, day = InfiniteServer(made), day_of(made, GRANTED)
    days = made.world.days - day
    mean = sum(theory.left_after(s) for s in range(days))
    for share, one in zip(SHARES, gap, strict=True):
        averted = one[:, day:].sum(axis=1)
        assert_means(averted, share * made.world.held.value * mean, "person-days averted")


def test_releases_to_come_are_anticipated_while_in_education():
    plain = world(end="2004-01-01")
    waiting = pardon(0.5, release={"education": "90 days from grant"})
    made = [scenario(plain), scenario(plain, {"p": waiting})]
    (gap,) = gaps(made, plain, seed=108)
    theory, day = InfiniteServer(made[0]), day_of(made[0], GRANTED)
    assert np.all(gap[:, : day + 90] == 0)
    expected = [made[0].world.held.value * 0.5 * theory.left_after(90 + s) for s in (0, 60, 365)]
    found = gap[:, [day + 90, day + 150, day + 455]].sum(axis=0)
    assert_poisson(found, REPLICATIONS * np.array(expected), "gap after education")


def test_life_sentences_leave_a_gap_that_only_death_closes():
    plain = world(offences={"murder": offence("100%", "30 months", life="40%")})
    # A sentence for life is longer than any number of days.
    of_life = {"life": {"when": {"sentence": "> 100 years"}, "then": "release"}}
    rules = [pardon(0.5), pardon(0.5, clauses=of_life)]
    made = [scenario(plain), *(scenario(plain, {"p": rule}) for rule in rules)]
    everybody, lifers = gaps(made, plain, seed=109)
    theory, day = InfiniteServer(made[0]), day_of(made[0], GRANTED)
    share = theory.life / -np.expm1(-theory.q) / theory.stay
    later = np.array([0, 365, 1300])
    life = share * np.exp(-theory.q * later)
    fixed = (1 - share) * np.array([theory.left_after(days) for days in later])
    freed = REPLICATIONS * 0.5 * made[0].world.held.value
    assert_poisson(everybody[:, day + later].sum(axis=0), freed * (life + fixed), "everybody")
    assert_poisson(lifers[:, day + later].sum(axis=0), freed * life, "life sentences")
