"""A decree with some of its clauses."""

import pytest

from sim.custody.cases import run_cases
from sim.scenario.draws.subsets import clause_subsets
from sim.scenario.law.predicate import LengthIs, leaves
from sim.scenario.load import load
from sim.study.execute import simulate, solved
from tests.cli.command import file

SHORT, HALF = "short sentence", "half served"


@pytest.fixture(scope="module")
def subsets():
    return clause_subsets(load(file("short")), "jubilee")


def test_every_subset_of_two_clauses_is_made_once(subsets):
    assert list(subsets) == [
        frozenset(), frozenset({SHORT}), frozenset({HALF}), frozenset({SHORT, HALF})
    ]  # fmt: skip
    assert len({one.address for one in subsets.values()}) == 4
    assert len({one.name for one in subsets.values()}) == 4


def test_the_full_subset_is_the_scenario_itself(subsets):
    assert subsets[frozenset({SHORT, HALF})].address == load(file("short")).address


def test_only_clauses_differ(subsets):
    whole = subsets[frozenset({SHORT, HALF})].decrees["jubilee"]
    for kept, one in subsets.items():
        decree = one.decrees["jubilee"]
        assert decree.exclude == whole.exclude
        assert decree.release == whole.release
        assert set(decree.clauses) == (kept or {SHORT})
        assert one.world == subsets[frozenset()].world


def test_without_clauses_nobody_is_freed_and_nothing_changes(subsets):
    empty = subsets[frozenset()]
    assert leaves(empty.decrees["jubilee"].clauses[SHORT].when) == (LengthIs("sentence", "<", 0),)
    with_nobody, without = simulate(empty), simulate(load(file("none")))
    for name in ("stock", "deaths in custody", "returns"):
        assert with_nobody.series[name].tolist() == without.series[name].tolist()
    assert with_nobody.series["releases by decree"].sum() == 0
    whole = simulate(subsets[frozenset({SHORT, HALF})])
    assert whole.series["releases by decree"].sum() > 0


def test_a_clause_left_out_frees_nobody(subsets):
    one = subsets[frozenset({HALF})]
    verdicts = {v.case: v for v in run_cases(one, solved(one))}
    assert not verdicts["a thief with two years is freed"].ok
    assert verdicts["a robber is barred"].decree == "jubilee"


def test_a_decree_that_another_one_names_can_lose_all_clauses():
    subsets = clause_subsets(load("2015-anniversary.yaml"), "liberation-70th")
    assert len(subsets) == 16
    assert "liberation-70th" in subsets[frozenset()].decrees


def test_an_unknown_decree_is_refused():
    with pytest.raises(ValueError, match="no decree 'jubile': did you mean 'jubilee'"):
        clause_subsets(load(file("short")), "jubile")
