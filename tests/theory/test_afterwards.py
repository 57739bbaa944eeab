"""What follows a release by decree: exile, arrests and days of release in the stated shares."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.columns import ARREST
from sim.custody.decrees.bench import places
from sim.custody.ends import BY_DECREE
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.custody.traits import petty, sex_of
from tests.theory.chance import assert_normal, assert_shares
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

REPLICATIONS = 12
WITHIN = 91
PARDON = decree(
    cap="none", exclude={}, review={},
    clauses={"all": {"when": {"served": ">= 0 days"}, "then": "release"}},
)  # fmt: skip


@pytest.fixture(scope="module")
def runs():
    made = scenario(busy_world(held=graded(2000, "persons")), {"p": PARDON})
    prisons = solved(made)
    registers = [simulate(made, prisons, Draws(115, k)).register for k in range(REPLICATIONS)]
    return made, prisons, registers


def assert_share(found: int, n: int, share: float, what: str) -> None:
    assert n > 500
    assert_normal(found, n * share, np.sqrt(n * share * (1 - share)), what)


def test_releases_are_dealt_evenly_over_the_days_within_each_camp(runs):
    made, _, registers = runs
    first = day_of(made, "2003-04-30")
    for r in registers:
        planned = r.release[r.release < 1 << 28] - first
        assert set(planned.tolist()) == {0, 1, 2}
        for camp in range(3):
            dealt = np.bincount(planned[r.camp[r.release < 1 << 28] == camp], minlength=3)
            assert dealt.max() - dealt.min() <= 1


def test_exiles_comply_and_are_sent_in_the_stated_shares(runs):
    made, prisons, registers = runs
    homes = list(made.world.origins).index("hills")
    sent = np.zeros(len(places(prisons)), dtype=int)
    asked = 0
    for r in registers:
        freed = (r.cause >= BY_DECREE) & (r.origin == homes)
        asked += freed.sum()
        sent += np.bincount(r.residence[freed & r.exiled], minlength=len(sent))
        assert not (r.exiled & (r.origin != homes)).any()
    assert_share(sent.sum(), asked, 0.8, "compliance")
    destinations = [places(prisons).index(name) for name in ("far north", "far east")]
    assert_shares(sent[destinations], [0.7, 0.3], "destinations")
    assert sent.sum() == sent[destinations].sum()


def test_arrests_of_a_drive_come_in_the_stated_share_and_time(runs):
    _, _, registers = runs
    waits, freed = np.zeros(WITHIN + 1, dtype=int), 0
    for r in registers:
        rows = np.flatnonzero((r.line == 0) & (r.cause >= BY_DECREE))
        freed += len(rows)
        left = dict(zip(zip(r.person[rows], r.spell[rows], strict=True), r.left[rows], strict=True))
        for row in np.flatnonzero(r.kind == ARREST):
            spell = int(r.line[row] & np.uint64(0xFFFF)) - 1
            waits[r.admitted[row] - left[r.person[row], spell]] += 1
    assert_share(waits.sum(), freed, 0.6, "arrests per release")
    assert waits[0] == 0
    assert_shares(waits[1:], np.ones(WITHIN), "wait for an arrest")


def test_women_and_petty_offences_are_in_the_stated_shares(runs):
    made, prisons, registers = runs
    women, thefts, petties, n = 0, 0, 0, 0
    for k, r in enumerate(registers):
        draws = Draws(115, k)
        new = np.flatnonzero((r.line == 0) & (r.spell == 0))
        who = r.person[new], r.line[new]
        women += sex_of(prisons, draws, *who).sum()
        n += len(new)
        offence = r.offence[new].astype(np.int64)
        small = petty(prisons, draws, who[0], r.spell[new].astype(int), who[1], offence)
        assert not small[offence != 0].any()
        thefts += (offence == 0).sum()
        petties += small.sum()
    assert next(iter(made.world.offences)) == "theft"
    assert_share(women, n, 0.2, "women")
    assert_share(petties, thefts, 0.4, "petty thefts")
