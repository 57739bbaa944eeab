"""Who need not be looked at: what is put off is looked at as soon as it could matter."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest

from sim.custody import timetable
from sim.custody.decrees import court, docket, headcount, selection, who_has_left
from sim.custody.decrees.soonest import soonest
from sim.custody.decrees.standing import Watch
from sim.custody.ends import BY_DECREE
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.remembered import Remembered
from sim.custody.streams import Draws
from sim.scenario.lengths import whole_days
from sim.scenario.occasions import occasions
from tests.theory.worlds import (
    FALLING_ILL,
    busy_world,
    decree,
    graded,
    merit,
    returns,
    scenario,
    solved,
)

WORLD = busy_world(
    held=graded(500, "persons"), end="2003-09-01",
    merit=merit("70%", "2 months", each="02-01", after="6 months"),
    returns=returns(4, {"1 year": 1, "3 years": 0.5}),
)  # fmt: skip
FALL_ILL = deepcopy(WORLD)
FALL_ILL["health"]["in custody"] = FALLING_ILL
VIOLENCE = list(WORLD["offences"]).index("violence")
RULES = {
    "soon": {"served": ">= 1 month"},
    "share": {"served share": ">= 50%"},
    "served": {"served": ">= 9 months", "sentence": ">= 18 months"},
    "term": [{"term": "< 14 months"}, {"remaining": "< 3 months"}],
    "band": {"served": ">= 3 months and < 5 months", "age": ">= 20 years"},
    "close": {"remaining": "<= 4 months"},
    "young": {"not": {"age": ">= 25 years"}, "served share of sentence": "> 1/3"},
}


def counts(cell) -> Mapping[str, np.ndarray]:
    record = cell.record
    parts = {"series": record.series, "curve": record.curves, "waterfall": record.waterfalls}
    named = {f"{part} {name}": found for part, one in parts.items() for name, found in one.items()}
    return named | {"stock": record.stock_by_camp, "exiled": record.exiled_to}


def run(laws, world=WORLD):
    made = scenario(world, laws)
    return simulate(made, solved(made), Draws(5, 2))


def at_once(*words) -> dict[int, int]:
    """On every day somebody could be reached on the day of his admission."""
    return dict.fromkeys(range(10_000), 0)


def same(one, other):
    one, other = counts(one), counts(other)
    assert one.keys() == other.keys()
    for name, found in one.items():
        assert np.array_equal(found, other[name]), name


def many(rule, **changes):
    """Twelve decrees, three weeks apart, every third with few places."""
    laws = {}
    for number in range(12):
        day = (date(2002, 3, 1) + timedelta(days=21 * number)).isoformat()
        some = {"cap": "2 per camp", "rank": "shortest sentence"} if number % 3 == 0 else {}
        laws[f"d{number}"] = decree(
            granted=day, lists_due=day, ordered=day, release={}, drive=None, cap="none",
            exclude={"the violent": {"offence": "violence"}, "those labelled": {
                "reductions": {"by": "pardon", "count": ">= 1"}}},
            clauses={"those": {"when": rule, "then": "release"}}, review={},
        ) | some | changes  # fmt: skip
    return laws


@pytest.mark.parametrize("name", RULES)
def test_who_is_put_off_is_read_in_time(name, monkeypatch):
    laws = many(RULES[name])
    short = run(laws)
    monkeypatch.setattr(timetable, "recurring", lambda decrees, occasions: {})
    monkeypatch.setattr(timetable, "soonest", at_once)
    monkeypatch.setattr(timetable, "_FOUND", Remembered(1))

    lined_up = selection.lined_up

    def lots_for_all(keys, room):
        *found, _ = lined_up(keys, room)
        return *found, np.arange(len(keys[0]))

    monkeypatch.setattr(selection, "lined_up", lots_for_all)
    long = run(laws)
    same(short, long)
    released = long.record.waterfalls["d11", "(decree)", "released"][0]
    assert released > 0


NAMED = {
    "nobody": {},
    "by what never changes": {
        "violence": {"offence": "violence"},
        "economic, or no violence from the hills": [
            {"offence": {"tag": "economic"}, "origin": "hills"},
            {"not": {"offence": "violence"}, "origin": "hills"},
        ],
    },
}


@pytest.mark.parametrize("exclude", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("world", [WORLD, FALL_ILL], ids=["steady health", "falling ill"])
def test_those_held_are_counted_afterwards_as_on_the_day(exclude, world, monkeypatch):
    """Beside releases, cuts of which some leave nothing: those select as well, at the grant."""
    laws = many(RULES["term"], exclude=exclude)
    cut = {"when": {"served": ">= 1 month"}, "then": {"reduce": {"by": "4 months"}}}
    for law in list(laws.values())[1::2]:
        law |= {"clauses": {"shorter": cut}, "cap": "none"}
    monkeypatch.setattr(headcount, "WINDOW", 100)
    afterwards = run(laws, world)
    for module in (court, who_has_left):
        monkeypatch.setattr(module, "countable", lambda decree: False)
    monkeypatch.setattr(timetable, "_FOUND", Remembered(1))
    same(afterwards, run(laws, world))
    falls = afterwards.record.waterfalls
    assert falls["d1", "(decree)", "reduced"][0] > 0
    assert falls["d11", "(decree)", "held"][-1] > 0
    for name in exclude:
        assert falls["d11", "(decree)", f"held and named by {name}"][-1] > 0


def test_occasions_are_counted_together_as_one_by_one(monkeypatch):
    laws = many(RULES["term"])
    together = run(laws)
    monkeypatch.setattr(docket, "TOGETHER", 0)
    same(together, run(laws))


def standing(clause, exclude):
    """A decree in force for a year and a half, looked at every week."""
    law = decree(exclude=exclude, release={}, drive=None, review={}, cap="none",
                 clauses={"those": clause | {"then": "release"}})  # fmt: skip
    for key in ("granted", "lists_due", "ordered", "yearly"):
        law.pop(key, None)
    return law | {"in force": {"from": "2002-01-15", "to": "2003-06-30"}, "checked": "weekly"}


def read_on_every_check(monkeypatch):
    """Let standing decrees read everybody on every check."""
    monkeypatch.setattr(timetable, "soonest", at_once)
    monkeypatch.setattr(timetable, "_FOUND", Remembered(1))
    monkeypatch.setattr(
        Watch, "_again", lambda self, bench: np.full(len(bench.rows), bench.day + 1)
    )


@pytest.mark.parametrize("name", ["soon", "share", "term", "band"])
def test_a_standing_decree_reads_again_whose_term_was_cut(name, monkeypatch):
    """A term that a cut for merit brings below a threshold is read anew."""
    laws = {"p": standing({"when": RULES[name]}, {})}
    short = run(laws)
    read_on_every_check(monkeypatch)
    long = run(laws)
    same(short, long)
    assert long.record.waterfalls["p", "(decree)", "released"][0] > 0


@pytest.mark.parametrize("despite", [[], ["the violent"], ["those new"]])
def test_a_standing_decree_reads_again_whom_nothing_bars_any_more(despite, monkeypatch):
    """Of two exclusions one ends by itself; a clause may stand despite the other, or despite it."""
    exclude = {"the violent": {"offence": "violence"}, "those new": {"served": "< 5 months"}}
    laws = {"p": standing({"when": {"served": ">= 1 month"}, "despite": despite}, exclude)}
    short = run(laws)
    read_on_every_check(monkeypatch)
    long = run(laws)
    same(short, long)
    freed = long.register
    rows = np.flatnonzero(freed.cause >= BY_DECREE)
    assert (freed.offence[rows] == VIOLENCE).any() == (despite == ["the violent"])
    served = freed.left[rows] - freed.admitted[rows]
    assert (served.min() < whole_days(5, "month")) == (despite == ["those new"])


def patience(laws) -> int:
    made = scenario(WORLD, laws)
    by_day = soonest(solved(made), made.decrees, occasions(made), [31], 10_000)
    return min(by_day.values())


def test_patience_is_that_of_the_acts_of_a_day():
    laws = many({"served": ">= 9 months"})
    laws["d3"] = many({"served": ">= 1 month"})["d3"]
    made = scenario(WORLD, laws)
    found = occasions(made)
    merit_day = found[5].close_day
    by_day = soonest(solved(made), made.decrees, found, [31, merit_day], 10_000)
    expected = {one.close_day: 274 for one in found} | {31: 183, merit_day: 183}
    assert by_day == expected | {found[3].close_day: 30}


def test_patience_is_the_least_that_any_rule_asks_for():
    months = {number: round(number * 365.25 / 12) for number in (1, 6, 9)}
    assert patience({}) == months[6]  # merit
    assert patience(many({"served": ">= 9 months"})) == months[6]
    assert patience(many({"served": ">= 1 month"})) == months[1]
    assert patience(many({"served": ">= 1 month"}, thresholds_on="2002-03-11")) == months[1] - 10
    assert patience(many({"offence": "theft"})) == 0
    # Whoever is admitted on the day of the lists meets it, long after the day of the thresholds.
    either = [{"served": ">= 1 month"}, {"offence": "theft"}]
    assert patience(many(either, thresholds_on="2001-03-01")) == 0
    # The shortest sentence is a month.
    assert patience(many({"served share": ">= 50%"})) == months[1] // 2
    assert patience(many({"served": ">= 1 month"}, cap="10% of stock")) == 0


@pytest.mark.parametrize(
    ("when", "threshold", "days"),
    [
        # One condition of several is enough to be patient for.
        ({"served": ">= 1 month", "offence": "theft"}, None, 30),
        ({"served share": ">= 2/3"}, None, 20),
        ({"remaining": "<= 10 days"}, None, 20),
        ({"remaining": "< 10 days"}, "2002-03-11", 10),
        ({"remaining": "== 40 days"}, None, 0),
        ({"remaining": "> 10 days"}, None, 0),
        # The first lists close on 1 March: so many days are served by then, or none.
        ({"served share": ">= 50%"}, "2002-03-11", 5),
        ({"served share": ">= 50%"}, "2002-06-11", 0),
        ({"served": ">= 1 month"}, "2002-06-11", 0),
    ],
)
def test_patience_with_what_is_served_by_another_day(when, threshold, days):
    changes = {} if threshold is None else {"thresholds_on": threshold}
    assert patience(many(when, **changes)) == days


@pytest.mark.parametrize("then", [
    {"reduce": {"by": "10 days"}, "revived if": {"within": "1 year"}},
    {"release point": {"fraction": "1/2", "for": "those held"}}, {"serve the rest": "at home"},
], ids=str)  # fmt: skip
def test_no_patience_where_one_of_several_clauses_looks_at_newcomers(then):
    when = {"served": ">= 1 month"}
    both = {"those": {"when": when, "then": "release"}, "others": {"when": when, "then": then}}
    assert patience(many(when, clauses=both)) == 0


def test_patience_is_that_of_the_clause_that_comes_first():
    months = {"soon": ">= 1 month", "late": ">= 3 months"}
    both = {name: {"when": {"served": served}, "then": "release"}
            for name, served in months.items()}  # fmt: skip
    assert patience(many({"served": ">= 1 month"}, clauses=both)) == 30


def test_patience_with_a_decree_that_is_checked_once():
    (law,) = [one for name, one in many({"served": ">= 1 month"}).items() if name == "d1"]
    for key in ("granted", "lists_due", "ordered", "exclude"):
        law.pop(key, None)
    law |= {"in force": {"from": "2002-03-01", "to": "2002-03-01"}, "checked": "daily"}
    assert patience({"p": law}) == 30


def test_what_is_found_in_one_scenario_is_found_alike_in_the_next():
    made = [scenario(WORLD, laws) for laws in ({}, many(RULES["share"]), many(RULES["young"]))]
    alone = [simulate(one, solved(one), Draws(5, 2)) for one in made]
    for order in ((0, 1, 2), (2, 1, 0)):
        draws = Draws(5, 2)
        people = people_at_hand(solved(made[0]), draws)
        for number in order:
            cell = simulate(made[number], solved(made[number]), draws, people=people)
            same(cell, alone[number])


def test_what_is_found_of_other_people_is_forgotten():
    shelf = Draws(5, 2).shelf
    some, others = np.arange(3), np.arange(3)
    shelf.notes_of(some)["label"] = np.ones(3, dtype=np.int16)
    assert shelf.notes_of(some)
    assert not shelf.notes_of(others)
    assert not shelf.notes_of(some)
