"""Sentences for several offences: what their parts are, and what a decree takes off them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sim.custody.cases import run_cases
from sim.custody.model import simulate
from sim.custody.parts import PER_MILLE, days_of_steps, parts_of, steps_within
from sim.custody.register import Register
from sim.custody.streams import Draws
from sim.scenario.lengths import whole_days
from tests.contracts.events import assert_same_record
from tests.theory.chance import assert_shares
from tests.theory.worlds import busy_world, decree, graded, scenario, solved

PLAIN = busy_world(held=graded(3000, "persons"), end="2003-12-01")
OTHER = {"probability": graded(0.4), "least": graded(0.1), "most": graded(0.5)}
WORLD = busy_world(held=graded(3000, "persons"), end="2003-12-01")
WORLD["offences"]["theft"]["tried with"] = {"murder": OTHER}
THIS = {"this part": {"offence": "murder"}}


def law(exclude: object, when: object = None, then: object = "release", **more: object):
    return decree(
        clauses={"all": {"when": when or {"served": ">= 0 days"}, "then": then}}, exclude=exclude,
        cap="none", review={}, drive=None, release={}, ordered=None, lists_due=None,
        granted={"value": "2003-03-05", "between": ["2003-03-05", "2003-03-05"]}, **more,
    )  # fmt: skip


def test_parts_that_nobody_asks_for_change_nothing():
    plain, divided = (scenario(world, {"p": law({})}) for world in (PLAIN, WORLD))
    cells = [simulate(one, solved(one), Draws(5, 0)) for one in (plain, divided)]
    assert_same_record(*cells)


def parts(world=WORLD):
    made = scenario(world, {})
    prisons, draws = solved(made), Draws(5, 0)
    register = simulate(made, prisons, draws).register
    rows = np.arange(len(register))
    whole = register.imposed.astype(np.int64)
    return register, parts_of(prisons, draws, register, rows, whole), list(made.world.offences)


def test_as_many_sentences_have_a_second_part_as_the_world_says():
    register, found, names = parts()
    fixed = ~register.endless(np.arange(len(register)))
    own = (register.offence == names.index("theft")) & fixed
    steps = steps_within(register.imposed.astype(np.int64), Fraction(1461, 48))
    long = own & (steps >= 10)  # so that a tenth is a step
    n, second = int(long.sum()), int(found.there[1][long].sum())
    assert n > 1000
    assert_shares([second, n - second], [0.4, 0.6], "second parts")
    assert not found.there[1][~own].any()
    assert (found.offences[1][found.there[1]] == names.index("murder")).all()


def test_parts_are_round_the_main_one_is_the_longest_and_they_make_up_the_whole():
    register, found, _ = parts()
    two = found.there[1]
    days, whole = found.days[:, two], register.imposed[two].astype(np.int64)
    month = Fraction(1461, 48)
    for part in days:
        assert (days_of_steps(steps_within(part, month), month) == part).all()
    assert (days[0] >= days[1]).all()
    assert (steps_within(days, month).sum(axis=0) == steps_within(whole, month)).all()
    assert abs(days.sum(axis=0) - whole).max() <= 1
    assert (found.days[0, ~two] == register.imposed[~two]).all()


@pytest.mark.parametrize("months", range(1, 241))
def test_so_many_months_are_so_many_steps(months):
    days = np.array([whole_days(months, "month"), whole_days(months, "month") - 1])
    assert steps_within(days, Fraction(1461, 48)).tolist() == [months, months - 1]
    assert PER_MILLE == 1000


def cases(exclude: object, said: dict[str, tuple[object, object]], **more: object) -> dict:
    """Return what became of each case."""
    made = scenario(WORLD, {"p": law(exclude, cases={
        name: {"who": who, "then": then} for name, (who, then) in said.items()
    }, **more)})  # fmt: skip
    return {one.case: (one.ok, one.got) for one in run_cases(made, solved(made))}


def two(theft: str, murder: str, **more: object) -> dict:
    return {"parts": [{"offence": "theft", "sentence": theft},
                      {"offence": "murder", "sentence": murder}], **more}  # fmt: skip


BARRED = {"bar": THIS}


@pytest.mark.parametrize(
    ("exclude", "who", "then"),
    [
        # A release takes off what is not barred, and frees who has served the rest by the grant.
        (BARRED, two("3 years", "2 years", served="1 year"), ["reduced", {"term": "731 days"}]),
        (BARRED, two("3 years", "2 years", served="730 days"), ["reduced", {"term": "731 days"}]),
        (BARRED, two("3 years", "2 years", served="731 days"), "released"),
        (BARRED, two("2 years", "3 years", served="1 year"), ["reduced", {"term": "1096 days"}]),
        # Of what was cut before nothing is cut again: never below the barred part.
        (BARRED, two("3 years", "2 years", reduced="2 years", **{"reduced by": "merit"}),
         ["reduced", {"term": "731 days"}]),
        (BARRED, two("3 years", "2 years", reduced="3 years"), ["stays", {"term": "731 days"}]),
        (BARRED, two("3 years", "2 years", reduced="4 years"), ["stays", {"term": "366 days"}]),
        # All parts barred, and none.
        (BARRED, {"parts": [{"offence": "murder", "sentence": "3 years"}]}, "barred"),
        (BARRED, {"offence": "murder", "sentence": "life"}, "barred"),
        (BARRED, {"offence": "theft", "sentence": "3 years"}, "released"),
        # Any part, all parts, and how many.
        ({"bar": {"any part": {"offence": "murder"}}}, two("3 years", "1 year"), "barred"),
        ({"bar": {"all parts": {"offence": "murder"}}}, two("3 years", "1 year"), "released"),
        ({"bar": {"offence": "murder"}}, two("3 years", "1 year"), "released"),
        ({"bar": {"offence": "murder"}}, two("1 year", "3 years"), "barred"),
        ({"bar": {"offence": "murder"}}, two("2 years", "2 years"), "released"),
        ({"bar": {"parts": ">= 2"}}, two("2 years", "2 years"), "barred"),
        ({"bar": {"parts": ">= 2"}}, {"sentence": "4 years"}, "released"),
        ({"bar": {"this part": {"sentence": ">= 3 years"}}}, two("3 years", "1 year"),
         ["reduced", {"term": "1096 days"}]),
        ({"bar": {"not": {"this part": {"sentence": "< 3 years"}}}}, two("3 years", "1 year"),
         ["reduced", {"term": "1096 days"}]),
    ],
)  # fmt: skip
def test_a_release_takes_off_what_is_not_barred(exclude, who, then):
    ok, got = cases(exclude, {"one": (who, then)})["one"]
    assert ok, got


@pytest.mark.parametrize(
    ("by", "term"),
    [("2 years", "1096 days"), ("3 years", "731 days"), ("4 years", "731 days"),
     ("1/2 of sentence", "914 days"), ("1 day", "1826 days"),
     ("1/4 of pardonable parts", "1553 days"), ("100% of pardonable parts", "731 days")],
)  # fmt: skip
def test_a_cut_never_exceeds_the_parts_it_falls_on(by, term):
    who = two("3 years", "2 years")
    found = cases(BARRED, {"one": (who, {"term": term})}, then={"reduce": {"by": by}})
    assert found["one"][0], found["one"][1]


def test_of_a_sentence_without_barred_parts_all_is_pardonable():
    then = {"reduce": {"by": "1/4 of pardonable parts"}}
    for exclude in ({}, BARRED):
        who = {"offence": "theft", "sentence": "4 years"}
        ok, got = cases(exclude, {"one": (who, {"term": "1096 days"})}, then=then)["one"]
        assert ok, got


def test_a_clause_falls_on_the_parts_that_it_names():
    only = {"all": {"when": {"this part": {"offence": "theft"}}, "then": "release"}}
    who = two("3 years", "2 years")
    made = law({}, when=only["all"]["when"], cases={"one": {"who": who, "then": "reduced"}})
    found = run_cases(built := scenario(WORLD, {"p": made}), solved(built))
    assert [one.ok for one in found] == [True]


def test_what_cannot_be_divided_is_kept_from_whoever_has_a_barred_part():
    home = {"serve the rest": "at home"}
    for who, then in ((two("3 years", "2 years"), "barred"), ({"sentence": "3 years"}, "at home")):
        ok, got = cases(BARRED, {"one": (who, then)}, then=home)["one"]
        assert ok, got


def test_of_nobody_nothing_is_found():
    made = scenario(WORLD, {})
    prisons = solved(made)
    register = simulate(made, prisons, Draws(5, 0)).register
    none = np.empty(0, dtype=np.intp)
    found = parts_of(prisons, Draws(5, 0), register, none, np.empty(0, dtype=np.int64))
    assert found.offences.shape == (2, 0)
    assert isinstance(register, Register)
