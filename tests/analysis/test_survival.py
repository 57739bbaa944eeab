"""Return risk: the estimator on tables worked out by hand, and on simulated releases."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.survival import LifeTable, cumulative_incidence, life_table, risk_at
from sim.custody.follow_up import FOLLOW_UP_MONTHS
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.lengths import whole_days
from tests.theory.chance import assert_means
from tests.theory.worlds import decree, graded, returns, scenario, solved, world


def table(at_risk, returned, died):
    return LifeTable(*(np.array(counts, np.int64) for counts in (at_risk, returned, died)))


def test_without_censoring_incidence_is_the_share_that_has_returned():
    found = cumulative_incidence(table([10, 7, 4], [2, 1, 0], [1, 2, 3]))
    assert found.returned == pytest.approx([0.2, 0.3, 0.3])
    assert found.died == pytest.approx([0.1, 0.3, 0.6])
    assert found.free == pytest.approx([0.7, 0.4, 0.1])


def test_those_no_longer_followed_count_as_long_as_they_were():
    # 10 released: 1 returns, 1 dies; 4 are followed no further; of 4 left, 1 returns, 1 dies.
    one = table([10, 4], [1, 1], [1, 1])
    assert one.censored.tolist() == [4, 2]
    found = cumulative_incidence(one)
    assert found.free == pytest.approx([0.8, 0.8 * 2 / 4])
    assert found.returned == pytest.approx([0.1, 0.1 + 0.8 * 1 / 4])
    assert found.died == pytest.approx([0.1, 0.1 + 0.8 * 1 / 4])


def test_the_dead_are_not_censored():
    """One minus Kaplan and Meier's curve, which treats them so, would say 0.5 in place of 0.25."""
    found = cumulative_incidence(table([4, 2], [0, 1], [2, 0]))
    assert found.returned == pytest.approx([0.0, 0.25])


def test_incidence_is_not_observed_beyond_those_followed():
    found = cumulative_incidence(table([5, 3, 0], [1, 0, 0], [0, 1, 0]))
    assert np.isnan(found.returned).tolist() == [False, False, True]
    assert risk_at(table([5, 3, 0], [1, 0, 0], [0, 1, 0]), 2) == pytest.approx(0.2)
    assert risk_at(table([5, 3, 0], [1, 0, 0], [0, 1, 0]), 3) is None
    assert risk_at(table([0, 0, 0], [0, 0, 0], [0, 0, 0]), 1) is None


def test_where_all_have_returned_or_died_the_incidence_stays():
    assert risk_at(table([4, 2, 0], [1, 1, 0], [1, 1, 0]), 3) == pytest.approx(0.5)


def test_releases_of_the_calendar_months_asked_for_are_added_up():
    counts = np.arange(12, dtype=np.int64).reshape(4, 3)
    curves = {f"{fate} after expiry": counts * k
              for k, fate in enumerate(("at risk", "returned", "died"), start=1)}  # fmt: skip
    found = life_table(curves, "expiry", 1, 3)
    assert found.at_risk.tolist() == [9, 11, 13]
    assert found.returned.tolist() == [18, 22, 26]
    assert life_table(curves, "expiry", 4, 9).at_risk.tolist() == [0, 0, 0]


# --- Simulated releases.

RETURN, DEATH = 0.8 * 0.5 * 0.8, 0.3
"""Hazards a year: offending x detection x imprisonment, the same at all times; and of death."""
MONTHS = (12, 24, 36)
REPLICATIONS = 40


@pytest.fixture(scope="module")
def followed():
    """Life tables of releases in the last 40 months of a world, most not followed to the end."""
    made = scenario(
        world(
            end="2006-01-01",
            held=graded(500, "persons"),
            returns=returns(0.8, {"20 years": 1.0}),
            deaths={
                "in custody": graded(0.05, "per person-year"),
                "at liberty": {"15 to 110": graded(DEATH, "per person-year")},
            },
        ),
        {"one": decree(exclude=None, cap=None, drive=None, release={}, clauses={
            "all": {"when": {"served": ">= 0 days"}, "then": "release"}})},
    )  # fmt: skip
    found = {"expiry": [], "decree": []}
    for replication in range(REPLICATIONS):
        curves = simulate(made, solved(made), Draws(77, replication)).record.curves
        for kind, tables in found.items():
            tables.append(life_table(curves, kind, 20, 60))
    return found


def expected(months: int) -> float:
    """P(returned by then): on each day death comes first, then return."""
    death, back = (round(rate / 365.25 * 1e12) / 1e12 for rate in (DEATH, RETURN))
    days = np.arange(whole_days(months, "month"))
    return float((np.exp(-(death + back) * days) * np.exp(-death) * -np.expm1(-back)).sum())


@pytest.mark.parametrize("kind", ["expiry", "decree"])
def test_the_estimate_is_the_incidence_of_theory(followed, kind):
    """By chance one in a million fails, for each kind."""
    tables = followed[kind]
    if kind == "expiry":
        assert sum(int(t.censored[: MONTHS[0]].sum()) for t in tables) > 1000
        months = MONTHS[:2]  # few of the last forty months are followed for three years
    else:
        months = MONTHS[:2]
    risks = [[risk_at(t, m) for m in months] for t in tables]
    assert_means(risks, [expected(m) for m in months], f"risk of return after {kind}")


def test_leaving_out_death_would_be_seen(followed):
    """The complement of survival with deaths as censoring lies far from the estimate."""
    pooled = LifeTable(*(sum(getattr(t, name) for t in followed["decree"])
                         for name in ("at_risk", "returned", "died")))  # fmt: skip
    naive = 1 - np.prod(1 - pooled.returned[:24] / pooled.at_risk[:24])
    assert naive > expected(24) + 0.05
    assert len(pooled.at_risk) == FOLLOW_UP_MONTHS
