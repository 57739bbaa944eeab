"""What a simulated cell counts: identities that no definition may break."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.measures import measure_all, window_of
from sim.custody.follow_up import next_spells
from sim.custody.model import simulate
from sim.custody.record import record
from sim.custody.streams import Draws
from sim.scenario.problems import ScenarioError
from sim.study.cells import summarise
from tests.theory.worlds import (
    busy_world,
    customary,
    decree,
    graded,
    health,
    offence,
    scenario,
    solved,
    world,
)

DRAWS = Draws(31, 0)
CALM = world(
    end="2009-01-01",
    held=graded(800, "persons"),
    offences={
        "theft": offence("55%", "20 months", most="6 years", petty="40%"),
        "violence": offence("35%", "30 months", tags=("violent",)),
        "murder": offence("10%", "40 months", life="20%"),
    },
    health={"states": {"well": health("60%", 1), "ill": health("40%", 3, 2)}},
    exile={"compliance": graded("80%"), "destinations": {"north": graded("100%")}},
)
"""Without merit and returns, so that a decree's beneficiaries alone tell two stocks apart."""


def cell(made, draws=DRAWS):
    return simulate(made, solved(made), draws)


@pytest.mark.parametrize(
    "decrees",
    [
        {"p": decree(drive=None)},
        {"p": decree(drive=None), "c": customary(drive=None)},
        {"p": decree(drive=None, exclude=None, clauses={
            "cut": {"when": {"served": ">= 0 days"}, "then": {"reduce": {"by": "1/3 of sentence"}}},
        }), "c": customary(drive=None, cap="30 per camp")},
    ],
    ids=["one", "with a customary one", "cuts, then releases"],
)  # fmt: skip
def test_gross_is_net_where_nobody_returns_and_merit_cuts_nothing(decrees):
    """Day by day: who would still be held is who is held without the decrees."""
    with_them, without = cell(scenario(CALM, decrees)), cell(scenario(CALM))
    one, other = with_them.record.series, without.record.series
    released, cut = one["freed who would still be held"], one["terms cut that would still run"]
    assert released.max() > 20
    assert cut.max() > 3
    np.testing.assert_array_equal(other["stock"] - one["stock"], released + cut)


def measured(made, draws=DRAWS, like=None):
    found = cell(made, draws)
    window = window_of(made) if like is None else like
    counted = record(
        solved(made), found.register, found.dockets, made.decrees, draws=draws
    )  # fmt: skip
    return found, measure_all(summarise("x", 0, "address", counted), window), window


def test_gross_measures_are_the_net_one_where_nobody_returns():
    made, plain = scenario(CALM, {"p": decree(drive=None)}), scenario(CALM)
    _, ours, window = measured(made)
    _, theirs, _ = measured(plain, like=window)
    net = theirs["person-years in custody"] - ours["person-years in custody"]
    gross = sum(ours[f"gross person-years averted by {by}"] for by in ("release", "shorter terms"))
    assert gross == pytest.approx(net)
    assert ours["gross person-years averted by shorter terms"] > 0


def test_measures_agree_with_the_register_person_by_person():
    """Medians, shares, rates and times from the rows themselves, one decree in a busy world."""
    made = scenario(busy_world(end="2010-01-01"), {"p": decree(drive=None)})
    found, values, window = measured(made)
    r, docket = found.register, found.dockets[0]
    freed = np.flatnonzero((r.cause >= 2) & (r.left < solved(made).days))
    fixed = freed[r.imposed[freed] < 1 << 28]
    served = (r.left - r.admitted)[freed]
    assert values["freed by decree"] == len(freed) > 40
    assert values["months served until release by decree"] == pytest.approx(served.mean() / 30.4375)
    share = 1000 * (r.left - r.admitted)[fixed] // (r.due - r.admitted)[fixed]
    assert values["median served share of those freed"] == np.median(share) / 1000
    assert values["median months remitted to those freed"] == pytest.approx(
        np.median((r.due - r.left)[fixed]) / 30.4375
    )
    assert values["share freed in ill health"] == (r.health[freed] > 0).mean()
    assert values["share freed with under a year left"] == (
        ((r.due - r.left)[fixed] < 365).sum() / len(freed)
    )
    assert values["share freed for violent offences"] == 0  # no offence of that world has the tag
    counts = np.bincount(r.left[freed])
    assert values["largest number freed on one day"] == counts.max()
    rates = [docket.granted[docket.eligible & (r.camp[docket.rows] == c)].mean() for c in range(3)]
    assert values["gap in grant rates by camp"] == pytest.approx(max(rates) - min(rates))
    assert values["gap in grant rates by sex"] > 0
    expired = (r.cause == 1) & (r.left >= window.origin_day) & (r.left < window.origin_day + 1826)
    assert values["months served until expiry"] == pytest.approx(
        (r.left - r.admitted)[expired].mean() / 30.4375
    )


def test_violent_offences_are_those_with_the_tag():
    everybody = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}
    made = scenario(CALM, {"p": decree(drive=None, exclude=None, cap=None, clauses=everybody)})
    found, values, _ = measured(made)
    r = found.register
    freed = r.cause >= 2
    assert values["share freed for violent offences"] == (r.offence[freed] == 1).mean() > 0.2


def test_places_are_a_camps_share_of_those_held_over_the_occupancy():
    made = scenario(CALM | {"occupancy": graded(1.6, "persons per place")})
    places = cell(made).record.curves["places by camp"]
    assert places.tolist() == [250, 150, 100]  # 800 x 5/10, 3/10, 2/10, over 1.6
    thirds = scenario(CALM | {"held": graded(3, "persons")})  # 1.5, 0.9 and 0.6 places
    assert cell(thirds).record.curves["places by camp"].tolist() == [2, 1, 1]


def test_an_occupancy_of_nothing_is_refused():
    with pytest.raises(ScenarioError, match="no end of places"):
        scenario(CALM | {"occupancy": graded(0, "persons per place")})


def test_a_next_spell_is_the_same_persons():
    made = scenario(busy_world(), {"p": decree(), "c": customary()})
    r = cell(made).register
    rows, after = next_spells(r)
    for name in ("person", "line", "born", "origin"):
        np.testing.assert_array_equal(getattr(r, name)[rows], getattr(r, name)[after])
    np.testing.assert_array_equal(r.spell[rows] + 1, r.spell[after])
    assert (r.left[rows] < r.admitted[after]).all()
    assert len(set(after.tolist())) == len(rows)
    past = (r.line == 0) & (r.person >= 2**40) & (r.person < 2**41)  # the spell before has no row
    first = r.spell == past.astype(np.int64)
    assert len(rows) == (~first).sum()
    assert (r.line[rows] != 0).sum() > 5


def test_an_empty_prison_is_counted():
    made = scenario(CALM | {"held": graded(0, "persons")}, {"p": decree(drive=None)})
    found, values, _ = measured(made)
    assert len(found.register) == 0
    zero = {name for name, value in values.items() if value == 0}
    absent = {name for name, value in values.items() if value is None}
    assert zero | absent == set(values)
    assert "person-years above capacity" in zero
    assert {"occupancy on the eve", "median served share of those freed",
            "risk of return within 1 year of expiry", "gap in grant rates by sex",
            "months held in the window per spell"} <= absent  # fmt: skip
