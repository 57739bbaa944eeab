"""Tables of thresholds: which row decides, what a negation does, which rows never decide."""

import pytest

from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.predicate import Every, LengthIs, OneOf, Table, leaves
from sim.scenario.law.tables import decided_above, implies

READER = {"boolean": ("has means",)}
TABLE = {
    "served": {
        "table": [
            {"when": {"sex": "women"}, "is": ">= 1 year"},
            {"otherwise": {"value": ">= 2 years", "low": "1 year", "high": "3 years"}},
        ]
    }
}


def read(data):
    return ConditionReader(READER).read(data)


def test_rows_keep_their_order_and_the_last_names_everybody():
    women, years = OneOf("sex", ("women",)), [LengthIs("served", ">=", d) for d in (365, 731)]
    assert read(TABLE) == Table(((women, years[0]), (Every(()), years[1])))
    assert leaves(read(TABLE)) == (women, *years)


def test_a_negation_turns_the_thresholds_and_not_the_rows():
    women, years = OneOf("sex", ("women",)), [LengthIs("served", "<", d) for d in (365, 731)]
    assert read({"not": TABLE}) == Table(((women, years[0]), (Every(()), years[1])))
    assert read({"not": {"not": TABLE}}) == read(TABLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"sex": "women", "has means": True}, {"sex": "women"}),
        ({"camp": "a"}, {"camp": ["a", "b"]}),
        ({"camp": "a"}, {"camp": {"not": "b"}}),
        ({"camp": {"not": ["a", "b"]}}, {"camp": {"not": "a"}}),
        ({"served": "< 1 year"}, {"served": "<= 1 year"}),
        ({"served": "> 2 years"}, {"served": ">= 1 year"}),
        ({"served": "> 1 year and < 2 years"}, {"served": "< 3 years"}),
        ({"admitted": "< 2001-01-01"}, {"admitted": "< 2002-01-01"}),
        ({"camp": "b"}, {"camp": {"not": "a"}}),
        ({"sex": "women"}, [{"sex": "women"}, {"age": "< 16 years"}]),
        ([{"sex": "women"}, {"age": "< 16 years"}], [{"sex": "women"}, {"age": "< 18 years"}]),
    ],
    ids=str,
)
def test_who_meets_the_narrower_condition_meets_the_wider(one, other):
    assert implies(read(one), read(other))
    assert not implies(read(other), read(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"served": "< 1 year"}, {"served on grant": "< 2 years"}),
        ({"served": "< 1 year"}, {"served": {"value": "< 2 years", "counting": "merit"}}),
        ({"served": "< 1 year"}, {"term": "< 2 years"}),
        ({"served": "< 1 year"}, {"served": "> 1 day"}),
        ({"admitted": "< 1 year ago"}, {"admitted": "< 2022-01-01"}),
    ],
    ids=str,
)
def test_conditions_of_which_neither_is_narrower(one, other):
    assert not implies(read(one), read(other))
    assert not implies(read(other), read(one))


def test_a_row_below_one_that_names_its_people_never_decides():
    rows = [{"sentence": "< 5 years"}, {"sex": "women"}, {"sentence": "< 3 years"}, {}]
    assert list(decided_above([read(row) for row in rows])) == [(3, 1)]
