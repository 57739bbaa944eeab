"""Persons are conserved: day by day, spell by spell, in scenarios in which much happens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.custody.decrees.bench import places
from sim.custody.ends import BY_DEATH, BY_DECREE, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.model import Cell, simulate
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.streams import ARRIVALS, PAST_RELEASES, Draws
from sim.scenario.load import build, load, shipped_folder
from sim.scenario.scenario import Scenario
from sim.scenario.tree import replaced
from tests.theory.worlds import (
    busy_world,
    customary,
    decree,
    graded,
    scenario,
    solved,
    tree_of,
)

SHIPPED = sorted(
    path.name for path in shipped_folder().glob("*.yaml") if not path.name.startswith("dprk")
)
BUSY = {
    "nothing": {},
    "one pardon": {"a pardon": decree()},
    "without a limit": {"a pardon": decree(cap="none", review={})},
    "customary": {"customary": customary()},
    "all at once": {
        "a pardon": decree(),
        "customary": customary(),
        "second": decree(
            ordered=None,
            lists_due=None,
            clauses={"all": {"when": {"served": ">= 0 days"},
                             "then": {"reduce": {"by": "1/2 of remaining"}}}},
            cap="none",
        ),
    },
}  # fmt: skip


def shipped_at(name: str, held: int) -> Scenario:
    found = load(Path(name))
    held_tree = tree_of(graded(held, "persons"))
    return build(found.name, replaced(found.tree, ("world", "held"), held_tree))


@dataclass(frozen=True)
class Run:
    scenario: Scenario
    prisons: Prisons
    cell: Cell
    days: int

    @property
    def r(self) -> Register:
        return self.cell.register

    def neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of each spell of a person, and of the spell that follows it."""
        order = np.lexsort((self.r.spell, self.r.person, self.r.line))
        same = (np.diff(self.r.person[order]) == 0) & (
            self.r.line[order][1:] == self.r.line[order][:-1]
        )
        return order[:-1][same], order[1:][same]


@pytest.fixture(scope="module", params=[*BUSY, *SHIPPED])
def run(request) -> Run:
    name = request.param
    one = scenario(busy_world(), BUSY[name]) if name in BUSY else shipped_at(name, 600)
    prisons = solved(one)
    return Run(one, prisons, simulate(one, prisons, Draws(106, 0)), one.world.days)


def test_stock_changes_by_admissions_and_leavings_alone(run):
    s = run.cell.record.series
    admitted = s["first admissions"] + s["returns"] + s["drive arrests"]
    left = s["expiries"] + s["releases by decree"] + s["deaths in custody"]
    before = np.concatenate(([(run.r.admitted < 0).sum()], s["stock"][:-1]))
    assert np.array_equal(s["stock"], before + admitted - left)
    assert np.array_equal(s["stock"], run.cell.record.stock_by_camp.sum(axis=1))
    assert np.all(run.cell.record.stock_by_camp >= 0)


def test_stock_is_the_number_of_spells_open_on_each_evening(run):
    change = np.bincount(np.maximum(run.r.admitted, 0), minlength=run.days + 1)
    change -= np.bincount(np.minimum(run.r.left, run.days), minlength=run.days + 1)
    assert np.array_equal(np.cumsum(change)[:-1], run.cell.record.series["stock"])


def test_a_spell_ends_after_it_begins(run):
    r = run.r
    assert np.all(r.left >= r.admitted)
    assert np.all(r.left >= 0)
    own_end = (r.cause == BY_DEATH) | (r.cause == BY_EXPIRY)
    assert np.all(r.left[own_end] > r.admitted[own_end])
    assert np.all((r.left < run.days) == (r.cause >= 0))
    assert np.all(r.left[r.cause < 0] == NEVER)


def test_nobody_is_held_twice_at_once_and_who_returns_was_free(run):
    earlier, later = run.neighbours()
    r = run.r
    assert np.array_equal(r.spell[later], r.spell[earlier] + 1)
    assert np.all(r.admitted[later] > r.left[earlier])
    assert np.all(r.cause[earlier] != BY_DEATH)
    assert np.all(r.died_free[earlier] == NEVER)
    first = np.ones(len(r), dtype=bool)
    first[later] = False
    released_before_the_start = (r.person >= PAST_RELEASES) & (r.person < ARRIVALS) & (r.line == 0)
    assert np.all(r.spell[first] == released_before_the_start[first])


def test_nobody_dies_twice(run):
    r = run.r
    dead = (r.cause == BY_DEATH).astype(int) + (r.died_free < NEVER)
    assert dead.max() <= 1
    earlier, _ = run.neighbours()
    assert dead[earlier].sum() == 0
    free = r.died_free < NEVER
    assert np.all(r.died_free[free] > r.left[free])
    assert np.all(r.died_free[free] < run.days)


def test_what_a_person_is_stays_with_him(run):
    earlier, later = run.neighbours()
    r = run.r
    assert np.array_equal(r.born[earlier], r.born[later])
    assert np.array_equal(r.origin[earlier], r.origin[later])
    assert np.array_equal(r.exiled[earlier], r.exiled_before[later])
    moved = r.exiled[later] & ~r.exiled_before[later]
    assert np.array_equal(r.residence[earlier][~moved], r.residence[later][~moved])
    assert np.array_equal(r.residence[~r.exiled], r.origin[~r.exiled])
    exile = run.scenario.world.exile
    sent = [places(run.prisons).index(name) for name in exile.destinations] if exile else []
    assert np.all(np.isin(r.residence[r.exiled], sent))
    assert np.all(r.tolerance[later] < r.tolerance[earlier])
    assert np.all(r.tolerance > 0)


def test_terms_are_sentences_less_cuts_and_never_exceeded(run):
    r = run.r
    fixed, days = r.imposed < LIFE, r.merit_days + r.pardon_days
    assert np.all(r.merit_days >= 0)
    assert np.all(r.pardon_days >= 0)
    assert np.all((r.due - r.admitted + days)[fixed] == r.imposed[fixed])
    assert np.all(r.due[~fixed] == NEVER)
    assert np.all(days[~fixed] == 0)
    assert np.all((r.due - r.admitted)[fixed] >= 1)
    gone = r.cause >= 0
    assert np.all(r.left[gone] <= r.due[gone])
    expired = r.cause == BY_EXPIRY
    assert np.array_equal(r.left[expired], r.due[expired])
    freed = r.cause >= BY_DECREE
    assert np.all(r.left[freed] < r.due[freed])
    assert np.array_equal(r.left[freed], r.release[freed])


def test_who_dies_in_custody_has_used_up_his_tolerance_on_that_day(run):
    r = run.r
    used = r.rate * (np.minimum(r.left, run.days - 1) - r.base)
    dead = r.cause == BY_DEATH
    assert np.all(used[dead] >= r.tolerance[dead])
    assert np.all((used - r.rate)[dead] < r.tolerance[dead])
    assert np.all(used[~dead] < r.tolerance[~dead])


def test_tolerance_left_on_a_return_is_what_custody_and_liberty_left_of_it(run):
    earlier, later = run.neighbours()
    r, world = run.r, run.scenario.world
    some = np.random.default_rng(1).permutation(len(later))[:200]
    bands = list(world.deaths.at_liberty.items())
    for one, other in zip(earlier[some], later[some], strict=True):
        state = list(world.health.states.values())[r.health[one]]
        rates = [round(b.value * state.at_liberty.value / 365.25 * 1e12) for _, b in bands]
        firsts = [first * 365.25 for (first, _), _ in bands]
        days = np.arange(r.left[one], r.admitted[other]) - r.born[one]
        band = np.maximum(np.searchsorted(np.floor(np.array(firsts) + 0.5), days, "right") - 1, 0)
        free = np.array(rates)[band].sum()
        custody = r.rate[one] * (r.left[one] - r.base[one])
        assert r.tolerance[one] - custody - free == r.tolerance[other]


def test_an_arrest_in_a_drive_follows_a_release_by_its_decree(run):
    r = run.r
    rows = np.flatnonzero((r.line != 0) & (r.spell == 0))
    if not len(rows):
        assert all(d.drive is None for d in run.scenario.decrees.values()) or run.r.cause.max() < 2
        return
    free = {}
    for row in np.flatnonzero((r.line == 0) & (r.cause >= BY_DECREE)):
        free[int(r.person[row]), int(r.spell[row])] = row
    within = [d.drive.within if d.drive else 0 for d in run.scenario.decrees.values()]
    seen = set()
    for row in rows:
        key = int(r.person[row]), int(r.line[row] & np.uint64(0xFFFF)) - 1
        wait = r.admitted[row] - r.left[free[key]]
        assert 1 <= wait <= within[r.cause[free[key]] - BY_DECREE]
        assert key not in seen
        seen.add(key)


def test_stages_of_a_pardon_add_up(run):
    falls = run.cell.record.waterfalls
    for name, rule in run.scenario.decrees.items():
        for clause in ("(decree)", *rule.clauses):
            f = {
                stage: counts for (d, c, stage), counts in falls.items() if (d, c) == (name, clause)
            }
            chain = ("meets a clause", "eligible", "recommended", "approved", "selected", "granted")
            for one, other in pairwise(chain):
                assert np.all(f[one] >= f[other])
            assert np.array_equal(f["meets a clause"], f["eligible"] + f["barred"])
            lost = ("expired waiting", "died waiting", "moved while waiting", "still waiting")
            parts = sum(f[stage] for stage in ("released", "reduced", *lost))
            assert np.array_equal(f["selected"], parts)
        whole = sum(falls[name, clause, "released"] for clause in rule.clauses)
        assert np.array_equal(whole, falls[name, "(decree)", "released"])
    freed = sum(falls[name, "(decree)", "released"][0] for name in run.scenario.decrees)
    assert freed == run.cell.record.series["releases by decree"].sum()
