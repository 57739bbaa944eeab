"""Who has left need not be booked where nobody asks: the record is as if it were every day."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from sim.custody.ends import before_acts
from sim.custody.hazards import NEVER
from sim.custody.model import everybody, simulate
from sim.custody.people import people_at_hand
from sim.custody.register import Register
from sim.custody.release import Gate
from sim.custody.streams import Draws
from sim.custody.timetable import timetable
from tests.bench.scenarios import many_decrees
from tests.custody.test_turns import RULES, counts
from tests.theory.worlds import (
    FALLING_ILL,
    TRIALS,
    busy_world,
    customary,
    decree,
    graded,
    merit,
    scenario,
    solved,
)

HELD = graded(300, "persons")
START, END = date(2001, 1, 1), "2003-06-01"
PLAIN = {"release": {}, "drive": None, "review": {}, "exclude": {}, "cap": "none",
         "counts": "releases", "rank": "longest served"}  # fmt: skip


def world(random: Random):
    """Return one with merit, now and then with changes of health or trials as well."""
    changes = {"merit": merit("70%", "2 months", each="02-01")} if random.random() < 0.8 else {}
    made = busy_world(held=HELD, end=END, **changes)
    if random.random() < 0.3:
        made["health"]["in custody"] = FALLING_ILL
    if random.random() < 0.2:
        made["before judgment"] = TRIALS
    return made


def law(rule, day: date, **changes):
    """Return one that reads, grants and releases on a day, but for what is changed."""
    days = dict.fromkeys(("ordered", "lists_due", "granted"), day.isoformat())
    clauses = {"those": {"when": rule, "then": "release"}}
    return decree(**(PLAIN | days | {"clauses": clauses} | changes))


def _variant(random: Random, rule, day: date):
    """Return a law of another kind, which may have to know who has left."""
    later = (day + timedelta(days=random.randint(10, 90))).isoformat()
    ranked = {"cap": f"{random.randint(1, 4)} per camp"}
    cut = {"those": {"when": rule, "then": {"reduce": {"by": "3 months"}}}}
    kinds = [
        {}, ranked, {"granted": later}, ranked | {"granted": later}, {"clauses": cut},
        ranked | {"places": "passed on", "granted": later},
        ranked | {"places": "passed on", "take-up": 0.5},
        {"release": {"education": f"{random.randint(5, 60)} days from listing"}},
        {"release": {"job": 0.5, "supervision": True}, "review": {"recommended": 0.6}},
        {"release": {"exile": {"origin": "hills", "to": "chosen by camp"}, "over": "4 days"}},
        {"drive": {"arrests per release": 0.9, "within": "2 months"}},
        {"exclude": {"the violent": {"offence": "violence"}}},
        {"exclude": {"those labelled": {"reductions": {"by": "pardon", "count": ">= 1"}}}},
    ]  # fmt: skip
    return law(rule, day, **random.choice(kinds))


def _standing(rule):
    made = law(rule, START)
    for key in ("granted", "lists_due", "ordered"):
        made.pop(key)
    made.pop("exclude")
    return made | {"in force": {"from": "2001-09-01", "to": "2002-03-01"}, "checked": "weekly"}


def laws_of(random: Random):
    """Return some fifteen of two rules, of which most ask nobody who has left."""
    rules = random.sample(sorted(RULES), 2)
    laws, day = {}, START
    for number in range(15):
        day += timedelta(days=random.choice((1, 7, 20, 60)))
        rule = RULES[random.choice(rules)]
        make = _variant if random.random() < 0.5 else lambda random, rule, day: law(rule, day)
        laws[f"d{number}"] = make(random, rule, day)
    if random.random() < 0.3:
        laws["s"] = _standing(RULES[rules[0]])
    if random.random() < 0.2:
        laws["c"] = customary()
    if random.random() < 0.2:  # with such a cap, or such turns, somebody always asks
        laws["d7"] |= random.choice(
            [
                {"cap": "5% of stock"},
                {"cap": "3 per camp", "release": {"escort": {"per camp and day": 2}}},
            ]
        )
    return laws


@pytest.fixture
def swept(monkeypatch):
    """Limits of the keys up to which spells were closed, sweep by sweep."""
    limits: list[int] = []
    real = Gate.advance

    def advance(gate, register, limit, **words):
        limits.append(limit)
        return real(gate, register, limit, **words)

    monkeypatch.setattr(Gate, "advance", advance)
    return limits


def same(one, other):
    one, other = counts(one), counts(other)
    assert one.keys() == other.keys()
    for name, found in one.items():
        assert (found == other[name]).all(), name


@pytest.mark.parametrize("seed", range(24))
def test_the_record_is_that_of_every_day(seed, swept):
    random = Random(seed)
    file = world(random)
    bare, made = scenario(file, {}), scenario(file, laws_of(random))
    prisons, draws = solved(made), Draws(seed, 1)
    cell = simulate(made, prisons, draws)
    plan = timetable(made, prisons, draws, prisons.days)
    acting = {day for day, _, _ in plan.agenda} | {*plan.merit_days, prisons.days - 1}
    if plan.unasked and min(plan.patience.values()) > 5:
        assert len(swept) < len(acting) + 1  # with the evening of the last day
    for clock in ("day", sorted(random.sample(range(prisons.days), 6))):
        same(cell, simulate(made, prisons, draws, clock=clock))
    people = people_at_hand(prisons, draws)
    simulate(bare, prisons, draws, people=people)  # from which the next takes what is known
    same(cell, simulate(made, prisons, draws, people=people))


def _days(laws, **changes):
    """Acting days on which somebody asks who has left, and those on which nobody does."""
    made = scenario(busy_world(held=HELD, end=END, **changes), laws)
    plan = timetable(made, solved(made), Draws(1, 0), solved(made).days)
    acting = {day for day, _, _ in plan.agenda}
    assert plan.unasked <= acting
    return sorted(acting - plan.unasked), sorted(plan.unasked)


def many(number=4, **changes):
    """Return laws of one rule, thirty days apart."""
    days = [START + timedelta(days=31 + 30 * k) for k in range(number)]
    return {f"d{k}": law(RULES["served"], day, **changes) for k, day in enumerate(days)}


def test_only_the_last_act_asks_where_lists_are_of_those_whose_turn_has_come():
    assert _days(many()) == ([121], [31, 61, 91])
    assert _days(many(cap="3 per camp")) == ([121], [31, 61, 91])
    assert _days(many(exclude={"the violent": {"offence": "violence"}}))[1] == [31, 61, 91]


def test_a_cut_for_merit_asks_who_is_held():
    assert _days(many(), merit=merit("70%", "2 months", each="03-03")) == ([61, 121], [31, 91])


@pytest.mark.parametrize("changes", [
    {"clauses": {"those": {"when": {"served": ">= 10 months"}, "then": "release"}}},
    {"exclude": {"those cut": {"reductions": ">= 1"}}}, {"places": "passed on", "cap": "9 in all"},
], ids=str)  # fmt: skip
def test_a_day_asks_on_which_a_law_does(changes):
    """A rule that is read once is read of everybody held; so are exclusions that pass."""
    laws = many()
    laws["d1"] |= changes
    assert _days(laws) == ([61, 121], [31, 91])


def test_a_grant_to_those_on_lists_asks_who_of_them_is_still_there():
    laws = many()
    laws["d1"]["granted"] = (START + timedelta(days=70)).isoformat()
    assert _days(laws) == ([70, 121], [31, 61, 91])


@pytest.mark.parametrize("changes", [
    {"cap": "5% of stock"}, {"release": {"escort": {"per camp and day": 1}}},
    {"clauses": {"those": {"when": {"served": ">= 9 months"}, "then": {
        "reduce": {"by": "10 days"}, "revived if": {"within": "1 year"}}}}},
], ids=str)  # fmt: skip
def test_every_day_asks_where_a_law_looks_at_all_who_are_there(changes):
    laws = many()
    laws["d2"] |= changes
    assert _days(laws)[1] == []


def test_checks_of_a_standing_decree_pass_over_who_has_left():
    asked, unasked = _days({"s": _standing(RULES["served"])})
    assert len(asked) == 1
    assert len(unasked) == 25
    assert asked > unasked[-1:]


@pytest.mark.parametrize(("since", "swept_on", "waits"), [
    (69, 90, False), (70, 90, True), (90, 69, False), (90, 70, True), (NEVER, 70, True),
])  # fmt: skip
def test_what_is_waited_for_is_over_before_anybody_could_be_reached(since, swept_on, waits):
    """Released on day 69 and back on day 70, he could be touched thirty days later."""
    made = scenario(busy_world(held=HELD, end=END))
    gate = Gate(solved(made), Draws(1, 0), {}, (), patience={100: 30})
    register = Register(everybody(solved(made), gate.draws))
    assert not gate.can_wait(register, 100)  # nothing has been swept yet
    gate.outside.since = since
    list(register.close(before_acts(swept_on)))
    assert gate.can_wait(register, 100) is waits


def test_hundreds_of_decrees_take_few_sweeps(swept):
    """Twenty for merit, and one whenever those who came back might be reached."""
    made = many_decrees()[1]
    prisons, draws = solved(made), Draws(1, 0)
    simulate(made, prisons, draws)
    assert len({day for day, _, _ in timetable(made, prisons, draws, prisons.days).agenda}) == 400
    assert 20 < len(swept) < 80
