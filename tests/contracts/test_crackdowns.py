"""A crackdown adds people, or spares some; everybody else stays who he is."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import CRACKDOWNS, Draws
from sim.scenario.first_difference import first_difference_day
from tests.contracts.events import assert_same_until, events, first_difference
from tests.theory.worlds import busy_world, day_of, graded, scenario, solved

FIRST, LAST = "2002-03-01", "2003-02-28"
DRAWS = Draws(301, 0)


def crackdown(times, first=FIRST, last=LAST, offences="theft"):
    return {
        "offences": offences, "from": first, "to": last, "times": graded(times, "times the usual"),
    }  # fmt: skip


def world(**crackdowns):
    return scenario(busy_world(end="2004-07-01", held=graded(500, "persons"),
                               crackdowns=crackdowns))  # fmt: skip


def people(made):
    columns = people_at_hand(solved(made), DRAWS)
    names = ("person", "admitted", "offence", "imposed", "health", "born", "tolerance")
    rows = zip(*(columns[name].tolist() for name in names), strict=True)
    return {row[0]: row for row in rows}


PLAIN = world()
DAYS = [day_of(PLAIN, day) for day in (FIRST, LAST)]
THEFT = list(PLAIN.world.offences).index("theft")


def test_people_are_added_and_nobody_else_changes():
    usual, more = people(PLAIN), people(world(a=crackdown(3)))
    added = {person: row for person, row in more.items() if person >= CRACKDOWNS}
    assert {person: row for person, row in more.items() if person < CRACKDOWNS} == usual
    assert added
    assert {row[2] for row in added.values()} == {THEFT}
    assert all(DAYS[0] <= row[1] <= DAYS[1] for row in added.values())


def test_more_of_it_and_longer_only_adds():
    some = people(world(a=crackdown(2)))
    for wider in (crackdown(3), crackdown(2, "2002-01-01", "2003-12-31")):
        more = people(world(a=wider))
        assert some.items() <= more.items()
        assert len(more) > len(some)


def test_a_second_crackdown_leaves_the_first():
    one = people(world(a=crackdown(2)))
    both = people(world(b=crackdown(2, offences=["theft", "murder"]), a=crackdown(2)))
    assert one.items() <= both.items()
    assert len(both) > len(one)


def test_as_many_are_added_as_stated():
    """Poisson; at 5 standard deviations a false alarm in 1.7 million."""
    made = world(a=crackdown(3))
    steady = solved(made).steady
    days = DAYS[1] - DAYS[0] + 1
    mean = 2 * steady.admissions_per_day * steady.mix[THEFT] * days * 40
    found = 0
    for replication in range(40):
        person = people_at_hand(solved(made), Draws(302, replication))["person"]
        found += int((person >= CRACKDOWNS).sum())
    assert abs(found - mean) < 5 * np.sqrt(mean)


@pytest.mark.parametrize("times", [0, 0.5])
def test_fewer_are_some_of_the_usual(times):
    usual, fewer = people(PLAIN), people(world(a=crackdown(times)))
    assert fewer.items() <= usual.items()
    gone = [row for person, row in usual.items() if person not in fewer]
    assert gone
    assert all(row[2] == THEFT and DAYS[0] <= row[1] <= DAYS[1] for row in gone)
    left = [row for row in fewer.values() if row[2] == THEFT and DAYS[0] <= row[1] <= DAYS[1]]
    assert bool(left) == (times > 0)


def test_nobody_comes_back_for_it_while_nobody_is_admitted():
    made = world(a=crackdown(0))
    r = simulate(made, solved(made), DRAWS).register
    meant = (r.offence == THEFT) & (r.admitted >= DAYS[0]) & (r.admitted <= DAYS[1])
    assert not meant.any()
    usual = simulate(PLAIN, solved(PLAIN), DRAWS).register
    again = (usual.spell > 0) & (usual.admitted >= DAYS[0]) & (usual.admitted <= DAYS[1])
    assert again.any()


@pytest.mark.parametrize("times", [0, 3])
def test_worlds_differ_from_its_first_day(times):
    pair = [PLAIN, world(a=crackdown(times))]
    cells = [simulate(made, solved(made), DRAWS) for made in pair]
    day = first_difference_day(*pair)
    assert day == first_difference_day(*pair[::-1]) == DAYS[0]
    assert_same_until(*cells, day)
    observed = first_difference(*map(events, pair, cells))
    assert observed is not None
    assert DAYS[0] <= observed < DAYS[0] + 30


def test_a_crackdown_of_once_the_usual_changes_nothing():
    assert people(world(a=crackdown(1))) == people(PLAIN)
