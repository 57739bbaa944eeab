"""What new sentences bring back, from spell to spell beside what a whole cell has found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pytest

from sim.custody.ends import BY_DECREE
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.streams import Draws
from tests.theory.worlds import (
    TRIALS,
    busy_world,
    day_of,
    decree,
    graded,
    returns,
    scenario,
    solved,
)

SMALL = {
    "held": graded(250, "persons"), "end": "2005-12-01",
    "returns": returns(6, {"1 year": 1, "3 years": 0.5}),
}  # fmt: skip
WORLDS = {"plain": busy_world(**SMALL), "trials": busy_world(**SMALL, before_judgment=TRIALS)}
del WORLDS["trials"]["earlier reductions"]  # which would be known at judgment
EVERYBODY = {"served": ">= 0 days"}
YOUNG = {"age": "< 35 years"}
CUT, LEAST, SHORT, LONG = 25, 300, 280, 500


def law(granted: str, when: object, then: object) -> dict:
    return decree(
        clauses={"all": {"when": when, "then": then}}, exclude={}, cap="none", review={},
        drive=None, release={"over": "20 days"}, ordered=None, lists_due=None,
        granted={"value": granted, "between": [granted, granted]},
    )  # fmt: skip


GRANTS = {"cut": "2002-06-01", "freed": "2002-10-01", "again": "2003-12-01", "home": "2004-06-01"}
LAWS = {
    "cut": law(GRANTS["cut"], EVERYBODY, {
        "reduce": {"by": f"{CUT} days"},
        "revived if": {"within": f"{LONG} days", "from": "law"}}),
    "freed": law(GRANTS["freed"], YOUNG, {
        "release": True,
        "revived if": {"when": {"sentence": f">= {LEAST} days"}, "within": f"{SHORT} days",
                       "from": "release"}}),
    "again": law(GRANTS["again"], EVERYBODY, {
        "reduce": {"by": f"{CUT} days"},
        "revived if": {"within": f"{SHORT} days", "from": "release"}}),
    "home": law(GRANTS["home"], {"not": YOUNG}, {"serve the rest": "at home"}),
}  # fmt: skip
NAMES = tuple(LAWS)


@dataclass
class Hanging:
    """A remission over a person: days, the last day of an offence, the least sentence."""

    days: int
    until: int
    least: int


class Told:
    """A cell, and what must have been brought back in it."""

    def __init__(self, name: str) -> None:
        self.made = made = scenario(WORLDS[name], LAWS)
        prisons = solved(made)
        cell = simulate(made, prisons, Draws(2, 0))
        self.r, self.series = cell.register, cell.record.series
        self.grants = {name: day_of(made, day) for name, day in GRANTS.items()}
        self.both = self.stayed = 0
        self.delay = round(3 * 365.25 / 12)
        r, days = self.r, made.world.days
        self.revived = np.zeros(len(r), dtype=np.int64)
        self.at_home = np.zeros(days, dtype=np.int64)
        self.counts = {name: np.zeros(days, dtype=np.int64) for name in (
            "days suspended", "days revived", "sentences revived", "taken back from home",
            "days taken back")}  # fmt: skip
        spells = sorted(np.flatnonzero(r.admitted < days),
                        key=lambda row: (r.person[row], r.line[row], r.spell[row]))  # fmt: skip
        for _, group in groupby(spells, key=lambda row: (r.person[row], r.line[row])):
            self._follow([int(row) for row in group])

    def _follow(self, rows: list[int]) -> None:
        r, hanging = self.r, list[Hanging]()
        for i, row in enumerate(rows):
            day = int(r.admitted[row])
            if i:
                self._take_back(rows[i - 1], row, day)
                back = [one for one in hanging if self._comes_back(one, rows[i - 1], row)]
                hanging = [one for one in hanging if one not in back]
                self.both += len(back) > 1
                self.stayed += len(hanging) > 0
                found = sum(one.days for one in back)
                self.revived[row] += found
                self.counts["days revived"][day] += found
                self.counts["sentences revived"][day] += bool(back)
            hanging += self._remitted(row)

    def _comes_back(self, one: Hanging, before: int, row: int) -> bool:
        r = self.r
        if r.final[row] >= NEVER or r.endless(np.array([row]))[0] or r.imposed[row] < one.least:
            return False
        offended = max(int(r.admitted[row]) - self.delay, int(r.left[before]) + 1)
        return offended <= one.until

    def _take_back(self, before: int, row: int, day: int) -> None:
        """What is left of a sentence that was served at home."""
        r = self.r
        if not (r.home[before] and r.cause[before] >= BY_DECREE):
            return
        if r.final[row] >= NEVER or r.endless(np.array([row]))[0] or r.due[before] <= day:
            return
        rest = int(r.due[before]) - day
        self.revived[row] += rest
        self.counts["taken back from home"][day] += 1
        self.counts["days taken back"][day] += rest

    def _remitted(self, row: int) -> list[Hanging]:
        r, left, found = self.r, int(self.r.left[row]), list[Hanging]()
        known = left < self.made.world.days
        freed = {number: known and r.cause[row] == BY_DECREE + number for number in range(4)}
        term = r.endless(np.array([row]))[0]
        rest = 0 if term else int(r.ends(np.array([row]))[0]) - left
        for number, name in ((0, "cut"), (2, "again")):
            grant = self.grants[name]
            start = grant if name == "cut" else left
            cut = any(decree == number and row in rows for _, decree, rows in r.cuts)
            if cut:
                self.counts["days suspended"][grant] += CUT
                found.append(Hanging(CUT, start + (LONG if name == "cut" else SHORT), 0))
            elif freed[number]:  # the cut left nothing
                self.counts["days suspended"][left] += rest
                found.append(Hanging(rest, start + (LONG if name == "cut" else SHORT), 0))
        if freed[1]:
            self.counts["days suspended"][left] += rest
            found.append(Hanging(rest, left + SHORT, LEAST))
        return [one for one in found if one.days]


@pytest.fixture(scope="module", params=WORLDS)
def told(request):
    return Told(request.param)


def test_new_sentences_bring_back_what_is_suspended_over_them(told):
    rows = np.flatnonzero(told.r.admitted < told.made.world.days)
    assert np.array_equal(told.r.revived[rows], told.revived[rows])


def test_what_is_counted_is_what_was_remitted_and_brought_back(told):
    for name, counts in told.counts.items():
        assert counts.sum() > 0, name
        assert np.array_equal(told.series[name], counts), name


def test_at_home_are_those_whose_sentence_runs_and_who_are_not_back(told):
    r, days = told.r, told.made.world.days
    found = np.zeros(days, dtype=np.int64)
    following = {int(a): int(b) for before, new in r.followed
                 for a, b in zip(before, new, strict=True)}  # fmt: skip
    for row in np.flatnonzero((r.left < days) & (r.cause == BY_DECREE + 3)):
        end = min(int(r.due[row]), int(r.died_free[row]))
        if row in following:
            end = min(end, int(r.admitted[following[row]]))
        found[r.left[row] : end] += 1
    assert found.sum() > 0
    assert np.array_equal(told.series["serving at home"], found)


def test_the_cell_has_what_is_followed(told):
    """Some have two remissions brought back at once; over others one stays suspended."""
    assert (told.revived > 0).sum() > 5
    assert told.both
    assert told.stayed
