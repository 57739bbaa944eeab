"""Sentences of death, person by person: what ends them, and what decrees put in their place."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from sim.custody.ends import BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.model import everybody, simulate
from sim.custody.sentencing import DEATH, LIFE
from sim.custody.streams import Draws
from sim.scenario.lengths import read_date
from sim.scenario.problems import ScenarioError
from tests.theory.worlds import graded, offence, scenario, solved, world

START = read_date("2001-01-01")
OTHERS = {"theft": offence("60%", "14 months", most="4 years")}
TO_LIFE = {"commute": {"from": "death", "to": "life"}}
TO_A_TERM = {"commute": {"from": "death", "to": "10 years"}}
LIFE_TO_A_TERM = {"commute": {"from": "life", "to": "8 years"}}


def dying(per_year: float = 0.4, decrees=None, **changes):
    """A world in which a fifth of those sentenced for violence are to die."""
    violence = offence("40%", "30 months", life="10%") | {"death": graded("20%")}
    plain = {"offences": {**OTHERS, "violence": violence}, "held": graded(600, "persons")}
    executions = {"per year": graded(per_year, "executions per person-year")}
    return scenario(world(**(plain | {"executions": executions} | changes)), decrees)


def law(then, granted="2003-06-01", when=None, **more):
    on = (read_date(granted) - START).days
    ordered = more.pop("ordered", None)
    said = {} if ordered is None else {"ordered": ordered, "lists_due": ordered}
    clause = {"when": when or {"served": ">= 0 days"}, "then": then}
    return on, {"source": "derived", "grade": "B", "granted": granted,
                "clauses": {"all": clause}, **said, **more}  # fmt: skip


def run(made, replication=0):
    return simulate(made, solved(made), Draws(61, replication))


def by_name(register, chosen):
    """Rows of people by what no scenario changes."""
    rows = np.flatnonzero(chosen)
    names = zip(register.person[rows], register.spell[rows], register.line[rows], strict=True)
    return dict(zip(map(tuple, names), rows.tolist(), strict=True))


def test_the_condemned_leave_by_execution_or_death_alone_and_never_return():
    made = dying(returns={
        "offending": graded(8, "per year"), "detection": graded("100%"),
        "imprisonment": graded("100%"),
        "by time free": [{"until": graded("5 years"), "factor": graded(1, "relative")}],
    })  # fmt: skip
    cell = run(made)
    r = cell.register
    executed = np.flatnonzero(r.executed(np.arange(len(r))))
    assert len(executed) == cell.record.series["executions"].sum() > 50
    assert (r.left[executed] == r.due[executed]).all()
    assert (r.left[executed] < r.dies[executed]).all()
    back = np.concatenate([rows for rows, _ in r.followed])
    assert len(back) > 50
    assert not np.isin(executed, back).any()
    assert (r.died_free[executed] == NEVER).all()
    condemned = r.imposed == DEATH
    gone = condemned & (r.left < made.world.days)
    assert (r.cause[gone] <= BY_EXPIRY).all()
    assert (r.merit_days[condemned] == 0).all()


def test_at_a_higher_hazard_everybody_condemned_is_executed_earlier():
    slow, fast = (everybody(solved(one), Draws(61, 0)) for one in (dying(0.1), dying(0.4)))
    arrived = [c["person"][(c["imposed"] == DEATH) & (c["admitted"] >= 0)] for c in (slow, fast)]
    both = np.intersect1d(*arrived)
    assert len(both) > 20
    waits = []
    for c in (slow, fast):
        own = np.isin(c["person"], both)
        waits.append((c["due"] - c["admitted"])[own][np.argsort(c["person"][own])])
    assert (waits[0] > waits[1]).all()
    assert np.abs(waits[0] / waits[1] - 4)[waits[1] > 100].max() < 0.1


@pytest.mark.parametrize("then", [TO_LIFE, TO_A_TERM], ids=["to life", "to a term"])
def test_a_commutation_ends_the_danger_from_the_day_of_the_grant(then):
    on, decree = law(then)
    without, within = run(dying()), run(dying(decrees={"d": decree}))
    before, after = (cell.record.series["executions"] for cell in (without, within))
    np.testing.assert_array_equal(before[: on + 1], after[: on + 1])
    # Who is condemned after the lists are closed is still executed.
    r = within.register
    late = r.executed(np.arange(len(r))) & (r.left > on)
    assert (r.admitted[late] > on).all()
    assert before[on + 1 :].sum() > after[on + 1 :].sum() > 0
    under = [cell.record.series["under sentence of death"] for cell in (without, within)]
    np.testing.assert_array_equal(under[0][:on], under[1][:on])
    assert under[1][on] <= np.sum((r.admitted == on) & (r.imposed == DEATH))
    assert under[0][on] > 20
    assert within.record.series["reductions by decree"][on] == under[0][on] - under[1][on]


def test_whoever_is_to_be_executed_on_the_day_of_the_grant_is_executed():
    found = run(dying())
    days = np.flatnonzero(found.record.series["executions"][400:1500]) + 400
    on = int(days[0])
    granted = (START + timedelta(days=on)).isoformat()
    lists = (START + timedelta(days=on - 10)).isoformat()
    cell = run(dying(decrees={"d": law(TO_LIFE, granted, ordered=lists)[1]}))
    assert cell.record.series["executions"][on] == found.record.series["executions"][on] > 0
    waiting = cell.record.waterfalls["d", "(decree)", "executed waiting"][0]
    assert waiting == found.record.series["executions"][on - 9 : on + 1].sum()
    assert cell.record.waterfalls["d", "(decree)", "expired waiting"][0] == 0


def test_nobody_falls_two_steps_by_one_decree_and_by_two_only_if_read_after_the_first():
    _, decree = law(TO_LIFE)
    decree["clauses"]["life"] = {"when": {"served": ">= 0 days"}, "then": LIFE_TO_A_TERM}
    once = run(dying(decrees={"d": decree})).register
    assert not (once.imposed[np.concatenate([rows for rows, _ in once.spared_death])] < LIFE).any()
    assert (once.imposed[once.commuted] < LIFE).any()
    second = law(LIFE_TO_A_TERM, "2003-06-02")[1]
    twice = run(dying(decrees={"a": decree, "b": second})).register
    spared = np.concatenate([rows for rows, _ in twice.spared_death])
    held = spared[twice.left[spared] > law(TO_LIFE)[0] + 1]
    assert len(held) > 20
    assert (twice.imposed[held] < LIFE).all()


def test_of_two_decrees_that_commute_one_sentence_the_first_to_be_granted_holds():
    first = law(TO_A_TERM, "2003-06-01", ordered="2003-05-01")[1]
    second = law(TO_LIFE, "2003-06-02", ordered="2003-05-01")[1]
    cell = run(dying(decrees={"first": first, "second": second}))
    r = cell.register
    assert (r.imposed[r.commuted] < LIFE).all()
    falls = cell.record.waterfalls
    granted = falls["first", "(decree)", "granted"][0]
    moved = falls["second", "(decree)", "moved while waiting"][0]
    assert granted == len(r.commuted) > 20
    assert falls["second", "(decree)", "granted"][0] == 0
    gone = falls["second", "(decree)", "executed waiting"][0]
    assert moved + gone + falls["second", "(decree)", "died waiting"][0] >= granted


def test_whether_a_commutation_frees_does_not_depend_on_an_execution_to_come():
    """All places are for cuts that leave something to serve: a year is over by the grant."""
    to_a_year = {"commute": {"from": "death", "to": "1 year"}}
    on, decree = law(to_a_year, granted="2004-06-01", ordered="2002-01-01", cap="0 in all",
                     counts="releases")  # fmt: skip
    cell = run(dying(decrees={"a": decree}))
    closed = (read_date("2002-01-01") - START).days
    r = cell.register
    listed = (r.imposed == DEATH) & (r.admitted <= closed) & (r.left > closed)
    assert (listed & (r.left < on)).sum() > 10
    found = cell.record.waterfalls
    assert found["a", "(decree)", "approved"][0] == listed.sum()
    assert found["a", "(decree)", "selected"][0] == 0


def test_a_release_spares_execution_and_whoever_is_released_may_return():
    on, decree = law("release", when={"sentence": "death"})
    cell = run(dying(decrees={"d": decree}))
    series = cell.record.series
    r = cell.register
    freed = np.flatnonzero(r.cause >= 2)
    assert (r.imposed[freed] == DEATH).all()
    assert series["releases by decree"][on] == len(freed) > 20
    assert series["releases from fixed terms"].sum() == series["days remitted"].sum() == 0
    would = np.minimum(np.minimum(r.due[freed], r.dies[freed]), len(series["stock"])) - on
    assert series["days averted"][on] == would.sum()


def test_a_file_may_say_who_is_under_sentence_of_death(tmp_path):
    rows = ["id,sentence,offence,admitted", "a,death,violence,1999-01-01", "b,death,,", "c,life,,",
            *(f"d{i},,violence,1994-12-01" for i in range(300))]  # fmt: skip
    path = tmp_path / "prisoners.csv"
    path.write_text("\n".join(rows) + "\n")
    made = dying(stock={"snapshot": str(path)})
    people = everybody(solved(made), Draws(1, 0))
    assert people["imposed"][:3].tolist() == [DEATH, DEATH, LIFE]
    assert people["admitted"][0] == (read_date("1999-01-01") - START).days
    assert (people["due"][:2] >= 0).all()
    assert (people["due"][:2] < NEVER).all()
    assert people["due"][2] == NEVER
    # Held for six years already, most are there for life: of the condemned few would be left.
    drawn = people["imposed"][3:303]
    assert (drawn >= LIFE).all()
    shares = np.array([0.1, 0.2 * np.exp(-0.4 * 6)])
    part = (drawn == DEATH).mean()
    assert abs(part - shares[1] / shares.sum()) < 0.12
    none = dying().tree.plain()["world"] | {"stock": {"snapshot": str(path)}}
    del none["executions"]
    none["offences"]["violence"].pop("death")
    with pytest.raises(ScenarioError, match="'death' needs the world's 'executions'"):
        scenario(none)


def test_nobody_is_condemned_where_the_share_is_nothing():
    violence = offence("40%", "30 months") | {"death": graded("0%")}
    made = dying(offences={**OTHERS, "violence": violence})
    series = run(made).record.series
    assert series["executions"].sum() == series["under sentence of death"].sum() == 0
    plain = scenario(world(held=graded(600, "persons")))
    assert "executions" not in run(plain).record.series


def test_a_stock_that_decrees_have_left_keeps_the_days_of_execution():
    _, past = law(TO_LIFE)
    yearly = {k: v for k, v in past.items() if k != "granted"} | {
        "every": "year", "dates": ["06-01"], "cap": "3 per camp"}  # fmt: skip
    seasoned = {"seasoned": {"years": 3, "decrees": {"p": yearly}}}
    made = dying(stock=seasoned)
    people = everybody(solved(made), Draws(5, 0))
    held = people["admitted"] < 0
    condemned, life = held & (people["imposed"] == DEATH), held & (people["imposed"] == LIFE)
    assert condemned.sum() > 5
    assert life.sum() > 20
    assert (people["due"][condemned] >= 0).all()
    assert (people["due"][condemned] < NEVER).any()
    assert (people["due"][life] == NEVER).all()
    assert run(made).record.series["executions"].sum() > 0
