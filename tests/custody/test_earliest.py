"""From which day on a condition may be met: beside reading everybody on every day."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.decrees.bench import Bench
from sim.custody.decrees.earliest import earliest, keeps_pace
from sim.custody.decrees.soonest import held_at_least
from sim.custody.hazards import NEVER
from sim.custody.model import everybody
from sim.custody.register import Register
from sim.custody.streams import Draws
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.occasions import occasions
from tests.theory.worlds import (
    FALLING_ILL,
    TRIALS,
    busy_world,
    customary,
    extreme_world,
    graded,
    scenario,
    solved,
)

DAY, DAYS = 200, 500
SMALL = {"held": graded(150, "persons"), "end": "2004-01-01"}
ILL = extreme_world()["health"] | {"in custody": FALLING_ILL}
PARTED = extreme_world()["offences"]
PARTED["theft"]["tried with"] = {"violence": {
    "probability": graded("60%"), "least": graded("5%"), "most": graded("33%")}}  # fmt: skip
WORLDS = {
    "labels": busy_world(**SMALL),
    "no labels": busy_world(**SMALL, earlier_reductions=None, offences=PARTED),
    "trials": busy_world(**SMALL, earlier_reductions=None, stock=None, before_judgment=TRIALS),
    "illness": extreme_world(**SMALL, health=ILL),
}
SIGNS = ("<", "<=", ">", ">=", "==")
LENGTHS = ("served", "remaining", "until due", "term", "sentence")
SHARES = ("served share", "served share of sentence")
EXACT = {
    **{f"{length} {sign} {days}": {length: f"{sign} {days} days"}
       for length in LENGTHS for sign in SIGNS for days in (183, 365)},
    **{f"{share} {sign} {part}": {share: f"{sign} {part}"}
       for share in SHARES for sign in SIGNS[:4] for part in ("1/3", "1/2", "70%")},
    "offence": {"offence": "theft"},
    "another offence": {"offence": {"not": "theft"}},
    "camp": {"camp": "north"},
    "health": {"health": "ill"},
    "not well": {"health": {"not": "well"}},
    "sex": {"sex": "women"},
    "tag": {"offence": {"tag": "economic"}},
    "admitted": {"admitted": "<= 2001-05-01"},
    "offence date": {"offence date": "> 2001-01-01"},
    "age at offence": {"age at offence": ">= 25 years"},
    "parts": {"parts": ">= 2"},
    "any part": {"any part": {"offence": "violence"}},
    "all parts": {"all parts": {"offence": {"not": "violence"}}},
    "short parts": {"any part": {"sentence": "< 200 days"}},
    "both": {"served": ">= 250 days", "sentence": ">= 500 days"},
}  # fmt: skip
"""Of which the very day is known, wherever neither a label nor a judgment is to come."""
BOUNDED = {
    **{f"age {sign} 40": {"age": f"{sign} 40 years"} for sign in SIGNS},
    "band": {"served": ">= 90 days and < 400 days"},
    "either": [{"served": ">= 400 days"}, {"remaining": "< 100 days"}],
    "neither": {"not": [{"served": ">= 400 days"}, {"age": ">= 30 years"}]},
    "on another day": {"served on 2001-12-31": ">= 300 days"},
    "counting": {"served": {"value": ">= 300 days", "counting": ["merit", "pardon"]}},
    "dates": {"admitted": ">= 300 days ago"},
    "age by the year": {"age reached in the year": ">= 40 years"},
    "table": {"served": {"table": [{"when": {"offence": "theft"}, "is": ">= 200 days"},
                                   {"otherwise": "< 300 days"}]}},
    "labelled": {"reductions": {"by": "pardon", "count": ">= 1"}},
    "status": {"legal status": "awaiting trial"},
    "in status": {"time in legal status": ">= 200 days"},
    "expected": {"expected sentence": ">= 1 year"},
    "share expected": {"served share of expected sentence": ">= 1/2"},
    "in state": {"time in state of health": ">= 90 days"},
    "earlier": {"earlier spells": ">= 1"},
    "in prison": {"time in prison": ">= 300 days"},
    "since release": {"time since last release": ">= 900 days"},
    "ill and long": {"health": "ill", "served": ">= 250 days"},
}  # fmt: skip
"""Of which the day is known no better than from below, or not at all."""


class Court:
    """Those held on a day, before a decree that is read on it and on every day that follows."""

    def __init__(self, name: str) -> None:
        world = {key: part for key, part in WORLDS[name].items() if part is not None}
        made = scenario(world, {"p": customary()})
        self.plain = name == "no labels"
        self.prisons, self.draws = solved(made), Draws(3, 0)
        self.register = Register(
            everybody(self.prisons, self.draws), varying=self.prisons.steady.varying
        )
        ends = self.register.key // 4
        self.rows = np.flatnonzero((self.register.admitted <= DAY) & (ends > DAY))
        self.occasion = occasions(made)[0]
        self.days = np.repeat(np.arange(DAY + 1, DAY + DAYS), len(self.rows))
        self.held = np.tile(ends[self.rows], DAYS - 1) > self.days
        self.later = [(ahead, self.bench(self.days, self.days + ahead)) for ahead in (0, 40, -25)]

    def bench(self, day, threshold_day) -> Bench:
        """Put them there on a day, or each on every day."""
        many = 1 if isinstance(day, int) else DAYS - 1
        return Bench(self.register, self.prisons, self.draws, ("p",), np.tile(self.rows, many),
                     day, threshold_day, self.occasion)  # fmt: skip

    def first_days(self, later: Bench, rule, *, met: bool):
        """First day on which each is read so while he is held, shape (n,)."""
        so = (later.meets(rule) == met) & self.held
        return np.where(so, self.days, NEVER).reshape(DAYS - 1, -1).min(axis=0)


@pytest.fixture(scope="module", params=WORLDS)
def court(request):
    return Court(request.param)


@pytest.mark.parametrize("name", [*EXACT, *BOUNDED])
def test_nobody_is_read_too_late(court, name):
    rule = ConditionReader({"decree": ("p",)}, each_part=True).read((EXACT | BOUNDED)[name])
    for met in (True, False):
        for ahead, every in court.later:
            bound = earliest(court.bench(DAY, DAY + ahead), rule, met=met)
            assert (bound > DAY).all()
            first = court.first_days(every, rule, met=met)
            assert (bound <= first).all()
            if name in EXACT and court.plain:
                later = (first > DAY + 2) & (first < NEVER)
                assert np.array_equal(bound[later], first[later])


@pytest.mark.parametrize("name", [*EXACT, *BOUNDED])
def test_nobody_meets_a_rule_before_he_has_been_held_so_long(court, name):
    rule = ConditionReader({"decree": ("p",)}, each_part=True).read((EXACT | BOUNDED)[name])
    r, rows = court.register, court.rows
    terms = np.zeros(len(rows), dtype=np.int64) if r.has_trials else r.due[rows] - r.admitted[rows]
    for ahead, every in court.later:
        bound = r.admitted[rows] + held_at_least(rule, terms, ahead)
        assert (bound <= court.first_days(every, rule, met=True)).all()


@pytest.mark.parametrize("name", [*EXACT, *BOUNDED])
def test_a_cut_brings_nobody_nearer_than_by_its_days(court, name):
    rule = ConditionReader({"decree": ("p",)}, each_part=True).read((EXACT | BOUNDED)[name])
    if not keeps_pace(rule):
        return
    r, rows, cut = court.register, court.rows, 30
    before = [earliest(court.bench(DAY, DAY + ahead), rule, met=True) for ahead, _ in court.later]
    due, merit_days, merit_count = r.due.copy(), r.merit_days, r.merit_count
    days = np.clip(r.ends(rows) - DAY - 1, 0, cut)
    days[r.endless(rows)] = 0
    r.due[rows] = np.maximum(r.due_after_cut(rows, days), DAY + 1)
    r.merit_days, r.merit_count = merit_days.copy(), merit_count.copy()
    r.merit_days[rows] += days.astype(np.int32)
    r.merit_count[rows] += 1
    try:
        for bound, (ahead, _) in zip(before, court.later, strict=True):
            every = court.bench(court.days, court.days + ahead)
            first = court.first_days(every, rule, met=True)
            assert (np.maximum(bound - cut, DAY + 1) <= first).all()
    finally:
        r.due, r.merit_days, r.merit_count = due, merit_days, merit_count


def test_what_a_cut_can_make_true_at_once_does_not_keep_pace():
    read = ConditionReader({}, each_part=True).read
    assert keeps_pace(read({"served share": ">= 70%", "remaining": "< 1 year"}))
    assert not keeps_pace(read([{"served": ">= 1 year"}, {"term": "< 1 year"}]))
    assert not keeps_pace(read({"any part": {"offence": "theft"}}))


def test_birthdays_are_read_in_time(court):
    """Of those who are a few days from a birthday, on which an age ends or begins."""
    for sign in SIGNS:
        for years in (20, 30, 40, 50):
            rule = ConditionReader({}).read({"age": f"{sign} {years} years"})
            for day in range(DAY, DAY + 365):
                now, next_day = (court.bench(one, one) for one in (day, day + 1))
                for met in (True, False):
                    so = next_day.meets(rule) == met
                    assert (earliest(now, rule, met=met)[so] == day + 1).all()
