"""Conditions are read as the law says them; what has no meaning is false, negated or not."""

import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.predicate import (
    AgeIs,
    CountIs,
    Either,
    Every,
    LengthIs,
    OneOf,
    ShareIs,
    Tagged,
    leaves,
    opposite,
)

WORDS = {
    "offence": ("theft", "fraud", "murder", "border crossing"),
    "tag": ("economic", "violent"),
    "camp": ("Kaechon", "Sunchon"),
    "origin": ("Pyongyang", "Kangwon"),
    "residence": ("Pyongyang", "Kangwon"),
    "health": ("well", "ill"),
    "decree": ("first-wave",),
}
SOURCES = ("dailynk-2020-07",)


def read(data):
    return ConditionReader(WORDS, SOURCES).read(data)


def mistakes(data):
    with pytest.raises(ValidationError) as error:
        read(data)
    return [(line["loc"], line["msg"]) for line in error.value.errors(include_url=False)]


@pytest.mark.parametrize(
    ("data", "predicate"),
    [
        ({"offence": "theft"}, OneOf("offence", ("theft",))),
        ({"offence": ["theft", "fraud"]}, OneOf("offence", ("theft", "fraud"))),
        ({"offence": {"not": "murder"}}, OneOf("offence", ("murder",), among=False)),
        ({"offence": {"tag": "economic"}}, Tagged("economic")),
        (
            {"offence": {"tag": ["economic", "violent"]}},
            Either((Tagged("economic"), Tagged("violent"))),
        ),
        ({"gravity": "petty"}, OneOf("gravity", ("petty",))),
        ({"sex": "women"}, OneOf("sex", ("women",))),
        ({"sentence": "< 3 years"}, LengthIs("sentence", "<", 1096)),
        ({"served": "> 5 years"}, LengthIs("served", ">", 1826)),
        ({"until due": "== 1 day"}, LengthIs("until due", "==", 1)),
        ({"served share": ">= 70%"}, ShareIs("term", ">=", Fraction(7, 10))),
        ({"served share of sentence": "> 2/3"}, ShareIs("sentence", ">", Fraction(2, 3))),
        ({"age": ">= 60 years"}, AgeIs("age", ">=", 60)),
        ({"age at offence": "< 18 years"}, AgeIs("age at offence", "<", 18)),
        ({"reductions": ">= 1"}, CountIs("any", ">=", 1)),
        ({"reductions": {"by": "pardon"}}, CountIs("pardon", ">=", 1)),
        ({"reductions": {"by": "first-wave", "count": "== 0"}}, CountIs("first-wave", "==", 0)),
        (
            {"term": "> 4 years and <= 8 years"},
            Every((LengthIs("term", ">", 1461), LengthIs("term", "<=", 2922))),
        ),
        (
            {"offence": "theft", "camp": "Kaechon"},
            Every((OneOf("offence", ("theft",)), OneOf("camp", ("Kaechon",)))),
        ),
        (
            [{"offence": "theft"}, {"health": "ill"}],
            Either((OneOf("offence", ("theft",)), OneOf("health", ("ill",)))),
        ),
        (
            {"served share": {"value": ">= 40%", "low": "30%", "high": "50%", "grade": "B"}},
            ShareIs("term", ">=", Fraction(2, 5)),
        ),
    ],
    ids=str,
)
def test_conditions_are_read_as_written(data, predicate):
    assert read(data) == predicate


@pytest.mark.parametrize(
    ("data", "predicate"),
    [
        ({"sentence": "< 3 years"}, LengthIs("sentence", ">=", 1096)),
        ({"served share": ">= 70%"}, ShareIs("term", "<", Fraction(7, 10))),
        (
            {"age": "== 18 years"},
            Either((AgeIs("age", "<", 18), AgeIs("age", ">", 18))),
        ),
        (
            {"offence": "theft", "sex": "men"},
            Either(
                (OneOf("offence", ("theft",), among=False), OneOf("sex", ("men",), among=False))
            ),
        ),
        (
            [{"offence": "theft"}, {"offence": {"tag": "violent"}}],
            Every((OneOf("offence", ("theft",), among=False), Tagged("violent", carries=False))),
        ),
        ({"not": {"served": "> 1 year"}}, LengthIs("served", ">", 365)),
    ],
    ids=str,
)
def test_not_is_pushed_to_the_leaves(data, predicate):
    assert read({"not": data}) == predicate


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        ({"ofence": "theft"}, ("ofence",), "did you mean 'offence'?"),
        ({"offence": "thefd"}, ("offence",), "unknown offence 'thefd': did you mean 'theft'?"),
        ({"offence": ["theft", 3]}, ("offence",), "unknown offence 3"),
        ({"offence": []}, ("offence",), "an empty list names no offence"),
        ({"offence": {}}, ("offence",), "unknown offence {}"),
        ({"offence": {"tga": "violent"}}, ("offence", "tga"), "did you mean 'tag'?"),
        ({"camp": {"tag": "cold"}}, ("camp", "tag"), "expected one of: not"),
        ({"gravity": "serious"}, ("gravity",), "expected one of: ordinary, petty"),
        ({"served": "5 years"}, ("served",), "expected a comparison such as '>= 5 years'"),
        ({"served": ">= 5"}, ("served",), "a length needs its unit, such as '5 years'"),
        ({"served": "=> 5 years"}, ("served",), "expected a comparison"),
        ({"served share": "== 70%"}, ("served share",), "never compared with '=='"),
        ({"served share": ">= 0.7"}, ("served share",), "a per cent or a fraction"),
        ({"served share": ">= 170%"}, ("served share",), "a share lies between 0 and 1"),
        ({"age": "< 200 months"}, ("age",), "ages are compared in whole years"),
        ({"reductions": ">= some"}, ("reductions",), "expected a whole number"),
        ({"reductions": {"by": "pardn"}}, ("reductions", "by"), "did you mean 'pardon'?"),
        ({"reductions": {"from": "merit"}}, ("reductions", "from"), "expected one of: by, count"),
        ("theft", (), "expected conditions such as {offence: theft}"),
        ([], (), "expected conditions"),
        ({"not": {"age": 5}}, ("not", "age"), "expected a comparison"),
        ([{"sex": "men"}, {"sex": "both"}], (1, "sex"), "unknown sex 'both'"),
        ({"served": {"low": "1 year", "high": "2 years"}}, ("served",), "'value' is missing"),
        ({"age": {"value": ">= 1 year", "grade": "E"}}, ("age", "grade"), "unknown grade 'E'"),
        (
            {"served": {"value": ">= 1 year", "status": "rumored"}},
            ("served", "status"),
            "did you mean 'rumoured'?",
        ),
        (
            {"served": {"value": ">= 1 year", "source": "dailynk-2020-08"}},
            ("served", "source"),
            "did you mean 'dailynk-2020-07'?",
        ),
        ({"served": {"value": ">= 1 year", "lo": 1}}, ("served", "lo"), "did you mean 'low'?"),
        (
            {"served": {"value": ">= 1 year", "low": "1 year"}},
            ("served",),
            "both ends: 'low' and 'high'",
        ),
        ({"served": {"value": ">= 1 year", "grade": "C"}}, ("served",), "needs a range"),
        (
            {"served": {"value": ">= 1 year", "source": "assumption", "low": "0 days",
                        "high": "2 years"}},
            ("served",),
            "what rests on an assumption is grade C",
        ),
        (
            {"served": {"value": ">= 1 year", "low": "2 years", "high": "3 years"}},
            ("served",),
            "the range 2 years to 3 years does not hold '>= 1 year'",
        ),
        (
            {"served": {"value": ">= 1 year", "low": "1", "high": "3 years"}},
            ("served", "low"),
            "a length needs its unit",
        ),
        (
            {"served": {"value": ">= 1 year and < 2 years", "low": "1 year", "high": "2 years"}},
            ("served",),
            "a band has no range",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_says_where_it_is_and_what_to_mend(data, path, words):
    ((location, message),) = mistakes(data)
    assert location == path
    assert words in message


def test_all_mistakes_are_told_at_once():
    data = [{"offence": "thefd", "served": "5"}, {"not": {"aeg": "< 5 years", "sex": "man"}}]
    assert [path for path, _ in mistakes(data)] == [
        (0, "offence"), (0, "served"), (1, "not", "aeg"), (1, "not", "sex"),
    ]  # fmt: skip


def test_nothing_required_is_met_by_everybody():
    assert read({}) == Every(())


# --- What a predicate means, on people of whom some serve for life.

COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
           "==": operator.eq}  # fmt: skip
OPERATORS = st.sampled_from(sorted(COMPARE))
LEAVES = st.one_of(
    st.builds(
        OneOf,
        st.just("offence"),
        st.lists(st.sampled_from(WORDS["offence"]), min_size=1, max_size=2).map(tuple),
        st.booleans(),
    ),
    st.builds(LengthIs, st.sampled_from(["served", "remaining"]), OPERATORS, st.integers(0, 9)),
    st.builds(
        ShareIs,
        st.just("term"),
        st.sampled_from(["<", "<=", ">", ">="]),
        st.fractions(0, 1, max_denominator=9),
    ),
    st.builds(CountIs, st.just("pardon"), OPERATORS, st.integers(0, 2)),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda parts: st.builds(
        lambda kind, some: kind(tuple(some)),
        st.sampled_from([Every, Either]),
        st.lists(parts, max_size=3),
    ),
    max_leaves=8,
)
PERSONS = st.fixed_dictionaries(
    {
        "offence": st.sampled_from(WORDS["offence"]),
        "served": st.integers(0, 9),
        "remaining": st.none() | st.integers(0, 9),
        "reductions": st.integers(0, 2),
    }
)


def holds(predicate, person):
    """Evaluate a predicate on one person, in the plainest way."""
    match predicate:
        case Every(parts):
            return all(holds(part, person) for part in parts)
        case Either(parts):
            return any(holds(part, person) for part in parts)
        case OneOf(attribute, values, among):
            return (person[attribute] in values) == among
        case LengthIs(attribute, op, days):
            return person[attribute] is not None and COMPARE[op](person[attribute], days)
        case ShareIs(_, op, share):
            if person["remaining"] is None:
                return False
            return COMPARE[op](person["served"], share * (person["served"] + person["remaining"]))
        case CountIs(_, op, count):
            return COMPARE[op](person["reductions"], count)
    raise AssertionError(predicate)


@given(PREDICATES, PERSONS)
def test_nobody_meets_a_condition_and_its_opposite(predicate, person):
    assert not (holds(predicate, person) and holds(opposite(predicate), person))


@given(PREDICATES, PERSONS)
def test_whoever_has_a_term_meets_a_condition_or_its_opposite(predicate, person):
    if person["remaining"] is not None:
        assert holds(predicate, person) != holds(opposite(predicate), person)


@given(LEAVES, PERSONS)
def test_a_leaf_without_meaning_for_life_is_false_negated_or_not(leaf, person):
    no_meaning = isinstance(leaf, ShareIs) or getattr(leaf, "attribute", None) == "remaining"
    if no_meaning and person["remaining"] is None:
        assert not holds(leaf, person)
        assert not holds(opposite(leaf), person)


@given(PREDICATES, PERSONS)
def test_the_opposite_of_the_opposite_is_met_by_the_same_people(predicate, person):
    assert holds(opposite(opposite(predicate)), person) == holds(predicate, person)


@given(PREDICATES)
def test_the_opposite_speaks_of_the_same_attributes(predicate):
    def attributes(some):
        return {getattr(leaf, "attribute", type(leaf).__name__) for leaf in leaves(some)}

    assert attributes(opposite(predicate)) == attributes(predicate)
