"""Earlier spells: by hand in cases, and person by person beside what a whole cell has found."""

from __future__ import annotations

from datetime import date
from itertools import groupby

import numpy as np
import pytest

from sim.custody.cases import run_cases
from sim.custody.columns import EXTINGUISHED
from sim.custody.decrees.bench import Bench
from sim.custody.decrees.history import days_in_prison, earlier_spells, last_release, pardons
from sim.custody.ends import BY_DECREE, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.custody.traits import labelled
from sim.scenario.occasions import occasions
from tests.theory.worlds import TRIALS, busy_world, decree, graded, returns, scenario, solved

SMALL = {
    "held": graded(200, "persons"), "end": "2004-12-01",
    "returns": returns(6, {"1 year": 1, "3 years": 0.5}),
}  # fmt: skip
WORLDS = {
    "labels": busy_world(**SMALL),
    "trials": busy_world(**SMALL, before_judgment=TRIALS),
}


def law(granted: str, then: object, when: object, **more: object) -> dict:
    return decree(
        clauses={"all": {"when": when, "then": then}}, exclude={}, cap="none", review={},
        drive=None, release={}, ordered=None, lists_due=None,
        granted={"value": granted, "between": [granted, granted]}, **more,
    )  # fmt: skip


FREED = {"admitted": "1998-01-01", "released": "1998-07-01", "sentence": "1 year", "by": "q"}
SERVED = {"admitted": "1995-01-01", "released": "1996-01-01"}
EARLY = {"admitted": "1994-01-01", "released": "1994-01-11", "sentence": "1 year", "by": "p"}
STRUCK = FREED | {"expunged": True}
GRANT = "2003-03-05"
LONG = "36500 days"


def since(day: str) -> int:
    return (date.fromisoformat(GRANT) - date.fromisoformat(day)).days


def released(after: str, value: str) -> dict:
    return {"time since last release": {"value": value, "after": after}}


def by(decree: str, count: int) -> dict:
    return {"earlier pardons": {"by": decree, "count": f"== {count}"}}


@pytest.mark.parametrize(
    ("history", "when"),
    [
        # He has been held for a hundred days now, for 365 and for 181 before.
        ([SERVED, FREED], {"time in prison": "== 646 days"}),
        ([SERVED, STRUCK], {"time in prison": "== 465 days"}),
        ([], {"time in prison": "== 100 days"}),
        ([SERVED, FREED], {"earlier spells": "== 2"}),
        ([SERVED, STRUCK], {"earlier spells": "== 1"}),
        ([STRUCK], {"earlier spells": "== 0"}),
        ([EARLY, SERVED, FREED], released("any", f"== {since('1998-07-01')} days")),
        ([EARLY, SERVED, STRUCK], released("any", f"== {since('1996-01-01')} days")),
        ([EARLY, SERVED, FREED], released("expiry", f"== {since('1996-01-01')} days")),
        ([EARLY, SERVED, FREED], released("decree", f"== {since('1998-07-01')} days")),
        ([EARLY, SERVED, STRUCK], released("decree", f"== {since('1994-01-11')} days")),
        ([EARLY, SERVED, FREED], released("p", f"== {since('1994-01-11')} days")),
        ([EARLY, SERVED, FREED], released("q", f"== {since('1998-07-01')} days")),
        # Without such a release any time has passed.
        ([SERVED], released("p", f">= {LONG}")),
        ([FREED], released("p", f">= {LONG}")),
        ([FREED], released("expiry", f">= {LONG}")),
        ([SERVED], released("decree", f">= {LONG}")),
        ([STRUCK], released("any", f">= {LONG}")),
        ([], released("any", f">= {LONG}")),
        ([EARLY, SERVED, FREED], by("any", 2)),
        ([EARLY, SERVED, STRUCK], by("any", 2)),
        ([EARLY, SERVED, FREED], by("p", 1)),
        ([EARLY, SERVED, FREED], by("q", 1)),
        ([SERVED, FREED], by("p", 0)),
        ([SERVED], by("any", 0)),
    ],
)  # fmt: skip
def test_what_is_known_of_earlier_spells(history, when):
    case = {"who": {"offence": "murder", "sentence": "5 years", "served": "100 days",
                    "history": history}, "then": "released"}  # fmt: skip
    never = law("2001-02-01", "release", {"served": ">= 30 years"})
    made = scenario(
        WORLDS["labels"], {"q": never, "p": law(GRANT, "release", when, cases={"one": case})}
    )
    (verdict,) = run_cases(made, solved(made))
    assert verdict.ok, verdict.got


class Told:
    """A cell after decrees that free, cut and end cases, and who was held there when before."""

    def __init__(self, name: str) -> None:
        everybody = {"served": ">= 0 days"}
        young = {"age": "< 40 years"}
        decrees = {
            "cut": law("2002-06-01", {"reduce": {"by": "20 days"}}, everybody),
            "freed": law("2002-09-01", "release", young),
            "struck": law("2003-03-05", {"release": True, "expunge": True}, young),
            "again": law("2003-09-05", {"reduce": {"by": "10 days"}}, everybody),
        }
        if name == "trials":
            decrees["ended"] = law("2003-05-05", "end the case", {"legal status": "awaiting trial"})
        made = scenario(WORLDS[name], decrees)
        self.made, self.prisons, self.draws = made, solved(made), Draws(2, 0)
        self.r = r = simulate(made, self.prisons, self.draws).register
        self.decrees = tuple(decrees)
        self.day = made.world.days
        self.rows = np.flatnonzero(r.admitted < self.day)
        spells = sorted(self.rows, key=lambda row: (r.person[row], r.line[row], r.spell[row]))
        self.before: dict[int, list[int]] = {}
        for _, group in groupby(spells, key=lambda row: (r.person[row], r.line[row])):
            rows = [int(row) for row in group]
            self.before |= {row: rows[:i] for i, row in enumerate(rows)}
        self.bench = Bench(r, self.prisons, self.draws, self.decrees, self.rows, self.day,
                           self.day, occasions(made)[0])  # fmt: skip

    def on_record(self, row: int) -> bool:
        return not (self.r.kind[row] == EXTINGUISHED or self.r.struck(np.array([row]))[0])

    def sentenced(self, row: int) -> bool:
        acquitted = self.r.final[row] >= NEVER
        return self.on_record(row) and not acquitted and not self.r.ended[row]

    def ended(self, row: int, after: str) -> bool:
        cause = self.r.cause[row]
        if after == "any":
            return True
        if after == "expiry":
            return bool(cause == BY_EXPIRY and self.r.final[row] < NEVER)
        if after == "decree":
            return bool(cause >= BY_DECREE)
        return bool(cause == BY_DECREE + self.decrees.index(after))

    def cuts(self, row: int, by: str) -> int:
        return sum(row in rows and by in ("any", self.decrees[decree])
                   for day, decree, rows in self.r.cuts)  # fmt: skip

    def labelled(self, row: int, last: int) -> bool:
        """The label of an earlier reduction, as on the last day of a spell or today."""
        r, label = self.r, self.made.world.label
        assert label is not None
        one = np.array([row])
        drawn = labelled(self.prisons, self.draws, r.person[one], r.spell[one].astype(np.int64),
                         r.line[one])[0]  # fmt: skip
        return bool(
            drawn and last - r.admitted[row] >= label.after.value
            and r.final[row] < NEVER and last >= r.judged[row]
        )  # fmt: skip


@pytest.fixture(scope="module", params=WORLDS)
def told(request):
    return Told(request.param)


def test_the_cell_has_all_kinds_of_histories(told):
    assert max(map(len, told.before.values())) >= 3
    assert any(0 in earlier for earlier in told.before.values())
    ends = {(after, told.on_record(row)) for earlier in told.before.values() for row in earlier
            for after in ("expiry", "freed", "struck") if told.ended(row, after)}  # fmt: skip
    assert ends == {("expiry", True), ("freed", True), ("struck", False)}
    spells = [row for earlier in told.before.values() for row in earlier]
    if told.r.has_trials:
        assert (told.r.final[spells] >= NEVER).any()
        assert told.r.ended[spells].any()


def test_earlier_spells_are_those_under_a_sentence(told):
    found = earlier_spells(told.bench)
    for row, count in zip(told.rows, found, strict=True):
        none = sum(not told.sentenced(one) for one in told.before[row])
        assert count == told.r.spell[row] - none


def test_days_in_prison_are_those_of_all_spells_on_record(told):
    r, found = told.r, days_in_prison(told.bench, told.day)
    for row, days in zip(told.rows, found, strict=True):
        kept = [one for one in told.before[row] if not r.struck(np.array([one]))[0]]
        before = sum(int(r.left[one] - r.admitted[one]) for one in kept)
        assert days == told.day - r.admitted[row] + before


@pytest.mark.parametrize("after", ["any", "expiry", "decree", "freed", "struck"])
def test_the_last_release_is_the_latest_of_its_kind(told, after):
    r, found = told.r, last_release(told.bench, after)
    for row, day in zip(told.rows, found, strict=True):
        last = -NEVER
        first = [*told.before[row], row][0]
        if after in ("any", "expiry") and r.spell[first] > 0:
            last = int(r.free_since[first])
        for one in told.before[row]:
            if told.on_record(one) and told.ended(one, after):
                last = int(r.left[one])
        assert day == last


@pytest.mark.parametrize("by", ["any", "cut", "freed", "again"])
def test_pardons_are_counted_over_all_spells(told, by):
    found = pardons(told.bench, by)
    after = "decree" if by == "any" else by
    for row, count in zip(told.rows, found, strict=True):
        if told.r.final[row] >= NEVER:
            continue  # whom the court has let go is before no decree
        known = told.cuts(row, by)
        if by == "any":
            known += told.labelled(row, told.day)
        for one in told.before[row]:
            known += told.cuts(one, by) + told.ended(one, after)
            if by == "any":
                known += told.labelled(one, int(told.r.left[one]))
        assert count == known


def test_cuts_count_from_the_day_after(told):
    day, decree, rows = told.r.cuts[0]
    later = np.arange(len(rows)) % 2
    for by in (None, decree):
        assert np.array_equal(told.r.reductions(rows, day + later, by), later)
        assert not told.r.reductions(rows, day, by).any()
    assert not told.r.reductions(rows, day + 1, len(told.decrees)).any()
