"""Neither the size of blocks, windows and spans nor shared columns change a person or a count."""

import numpy as np
import pytest

from sim.custody import flows, people, register, release, running
from sim.custody.decrees import reading
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import Draws
from tests.theory.worlds import busy_world, customary, decree, graded, scenario, solved

DRAWS = Draws(31, 4)
MADE = scenario(busy_world(held=graded(400, "persons")), {"p": decree(), "c": customary()})


def cell(shared):
    drawn = people_at_hand(solved(MADE), DRAWS) if shared else None
    return drawn, simulate(MADE, solved(MADE), DRAWS, people=drawn)


def counts(found):
    return {**found.record.series, **found.record.curves, "camps": found.record.stock_by_camp,
            **{str(key): value for key, value in found.record.waterfalls.items()}}  # fmt: skip


@pytest.mark.parametrize("size", [1, 30])
def test_parts_of_any_size_give_the_same(monkeypatch, size):
    drawn, whole = cell(shared=True)
    windows = tuple((module, "WINDOW") for module in (running, reading, release, register))
    parts = ((people, "BLOCK"), *windows, (flows, "SPAN"))
    for module, name in parts:
        monkeypatch.setattr(module, name, 50 * size if name == "BLOCK" else 20 * size)
    again, parted = cell(shared=True)
    for name, column in drawn.items():
        np.testing.assert_array_equal(column, again[name], name)
    expected, found = counts(whole), counts(parted)
    assert expected.keys() == found.keys()
    for name, count in expected.items():
        np.testing.assert_array_equal(count, found[name], name)
    assert whole.record.series["returns"].sum() > 20


def test_people_of_ones_own_are_the_people_that_are_shared():
    expected, found = counts(cell(shared=True)[1]), counts(cell(shared=False)[1])
    for name, count in expected.items():
        np.testing.assert_array_equal(count, found[name], name)


def test_people_who_are_shared_are_not_written_to():
    drawn, _ = cell(shared=True)
    fresh = people_at_hand(solved(MADE), Draws(31, 4))
    for name, column in drawn.items():
        np.testing.assert_array_equal(column, fresh[name], name)
