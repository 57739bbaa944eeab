"""Columns lent with room behind them: one borrower at a time, and nobody's rows change."""

import numpy as np

from sim.custody.columns import DTYPES
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import Draws
from sim.custody.writing import Lending, room_for
from sim.study.execute import solved
from tests.theory.worlds import busy_world, decree, scenario


def test_room_is_lent_until_nobody_holds_any_part_of_it():
    parts = {"a": [np.arange(5), np.arange(3)], "b": [np.zeros(8, dtype=np.int16)]}
    lending = Lending(parts, 8)
    first = lending.lend()
    assert {name: (len(c), c.dtype) for name, c in first.items()} == {
        "a": (room_for(8), np.int64), "b": (room_for(8), np.int16)
    }  # fmt: skip
    assert lending.lend() == {}
    held = first["b"][:8][2:4]
    del first
    assert lending.lend() == {}
    del held
    second = lending.lend()
    assert second["a"][:8].tolist() == [0, 1, 2, 3, 4, 0, 1, 2]
    second["a"][8:] = -1
    assert lending.columns()["a"].tolist() == second["a"][:8].tolist()


def test_registers_of_further_scenarios_do_not_write_into_each_other():
    world = busy_world()
    none, pardon = scenario(world, {}), scenario(world, {"p": decree()})

    def columns(cell):
        return {name: getattr(cell.register, name).copy() for name in DTYPES}

    def run(kept):
        draws, cells, found = Draws(4, 1), [], []
        people = people_at_hand(solved(none), draws)
        for one in (none, pardon, pardon, none, pardon):
            cell = simulate(one, solved(one), draws, people=people)
            found.append(columns(cell))
            if kept:
                cells.append(cell)
            del cell
        for cell, before in zip(cells, found, strict=False):
            for name, column in columns(cell).items():
                assert np.array_equal(column, before[name]), name
        return found

    for alive, gone in zip(run(kept=True), run(kept=False), strict=True):
        for name, column in alive.items():
            assert np.array_equal(column, gone[name]), name
