"""Shares of clauses on real decrees: subsets on the same random numbers, added up by hand."""

import numpy as np
import pytest

from sim.analysis.clauses import clause_question, clause_shares
from sim.analysis.compare import HEADLINE
from sim.analysis.estimates import half_interval
from sim.analysis.measures import MEASURE
from sim.analysis.outcomes import outcomes
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from sim.study.study import Ask, Study
from tests.cli.command import changed, copies, file

FREED, HELD, YEARS = "freed by decree", "held 1 year after", "person-years in custody"
A, B = "short sentence", "half served"


@pytest.fixture(scope="module")
def none():
    return load(file("none"))


def worked(scenario, baseline, replications=4):
    """Shares, and the values of every subset, shape (replications,), by decree and measure."""
    asked = clause_question(scenario, baseline, replications=replications)
    values = {}
    with Study() as study:
        study.compute(asked.asked, asked.seed)
        for decree, points in asked.subsets.items():
            for kept, point in points.items():
                cells = study.summaries(Ask(point, replications), asked.seed)
                found = outcomes(point.label, cells, {"": asked.window}, scenario.world.start)
                for measure in HEADLINE:
                    values[decree, measure, kept] = found.column("", measure)
        return asked, clause_shares(asked, study), values


@pytest.fixture(scope="module")
def found(none):
    return worked(load(file("short")), none)


def subset(*names):
    return frozenset(names)


def test_every_subset_is_asked_and_the_baseline(found):
    asked = found[0]
    assert set(asked.subsets["jubilee"]) == {subset(), subset(A), subset(B), subset(A, B)}
    assert [ask.replications for ask in asked.asked] == [4] * 5
    whole = asked.subsets["jubilee"][subset(A, B)]
    assert whole.scenario.address == asked.scenario.address


@pytest.mark.parametrize("measure", HEADLINE)
def test_shares_are_means_over_both_orders(found, measure):
    _, shares, values = found
    sign = -1 if MEASURE[measure].averted else 1
    nobody, first, second, both = (
        sign * values["jubilee", measure, kept]
        for kept in (subset(), subset(A), subset(B), subset(A, B))
    )
    of_a = ((first - nobody) + (both - second)) / 2
    of_b = ((second - nobody) + (both - first)) / 2
    for clause, by_hand in ((A, of_a), (B, of_b)):
        share = shares.shares["jubilee", clause, measure]
        assert share.mean == pytest.approx(np.mean(by_hand), abs=1e-9)
        half = half_interval(float(np.std(by_hand, ddof=1)), 4)
        assert share.high - share.low == pytest.approx(2 * half, abs=1e-9)
    assert shares.whole["jubilee", measure] == pytest.approx(np.mean(both - nobody))


def test_a_decree_without_its_clauses_does_nothing(found, none):
    asked, _, values = found
    with Study() as study:
        study.compute(asked.asked, asked.seed)
        base = outcomes("none", study.summaries(asked.asked[-1], asked.seed), {"": asked.window},
                        none.world.start)  # fmt: skip
    for measure in HEADLINE:
        assert np.array_equal(values["jubilee", measure, subset()], base.column("", measure))


def test_what_is_averted_counts_as_a_gain(found):
    _, shares, _ = found
    assert shares.shares["jubilee", A, YEARS].mean > 0
    assert shares.shares["jubilee", A, HELD].mean < 0


def test_one_clause_has_the_whole_effect(none):
    _, shares, values = worked(load(file("halves")), none, 2)
    for measure in HEADLINE:
        share = shares.shares["mercy", "everybody", measure]
        assert share.mean == pytest.approx(shares.whole["mercy", measure])
    assert np.array_equal(values["mercy", FREED, subset()], [0, 0])


def test_a_clause_that_nobody_meets_has_a_share_of_exactly_nothing(tmp_path, none):
    copies(tmp_path, "short")
    path = changed(
        tmp_path, "short", 'when: {served share: ">= 1/2"}', 'when: {sentence: "< 1 day"}'
    )  # fmt: skip
    _, shares, _ = worked(load(path), none, 2)
    for measure in HEADLINE:
        idle = shares.shares["jubilee", B, measure]
        assert (idle.mean, idle.low, idle.high) == (0, 0, 0)
        assert shares.shares["jubilee", A, measure].mean == pytest.approx(
            shares.whole["jubilee", measure]
        )


def test_each_decree_has_shares_of_its_own_with_the_others_as_written(tmp_path, none):
    copies(tmp_path, "short", "halves")
    two = tmp_path / "two.yaml"
    mercy = file("halves").read_text(encoding="utf-8").partition("decrees:\n")[2]
    two.write_text(f"title: Both\nextends: short.yaml\ndecrees:\n{mercy}", encoding="utf-8")
    asked, shares, values = worked(load(two), none, 2)
    assert set(asked.subsets) == {"jubilee", "mercy"}
    both = values["jubilee", HELD, subset(A, B)]
    assert np.array_equal(both, values["mercy", HELD, subset("everybody")])
    # Without the clauses of the one, the other still acts.
    alone = values["jubilee", HELD, subset()]
    assert shares.whole["jubilee", HELD] == pytest.approx(np.mean(both - alone))
    assert not np.array_equal(alone, worked(load(file("short")), none, 2)[2]["jubilee", HELD,
                                                                             subset()])  # fmt: skip


def test_what_is_not_observed_has_no_shares(tmp_path, none):
    copies(tmp_path, "halves")
    path = changed(tmp_path, "halves", "{value: 2012-03-01, between: [2012-03-01, 2012-03-01]}",
                   "{value: 2017-06-01, between: [2017-06-01, 2017-06-01]}")  # fmt: skip
    _, shares, _ = worked(load(path), none, 1)
    assert ("mercy", "everybody", HELD) not in shares.shares
    assert ("mercy", HELD) not in shares.whole


def test_what_cannot_be_shared_is_refused(tmp_path, none):
    with pytest.raises(ValueError, match="no decree whose clauses"):
        clause_question(none, none)
    with pytest.raises(ScenarioError, match="paired within one world"):
        clause_question(load(file("short")), load("no-pardon.yaml"))
