"""Nothing that a decree or a switch changes reaches a draw that it does not concern."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.custody.columns import ARREST
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import prisons
from sim.custody.streams import ARRIVALS, PAST_RELEASES, Draws
from sim.scenario.load import load
from tests.contracts.events import (
    assert_same,
    assert_same_record,
    assert_same_until,
    events,
    first_difference,
    same_persons,
)
from tests.theory.worlds import (
    busy_world,
    customary,
    decree,
    graded,
    health,
    merit,
    offence,
    origin,
    returns,
    scenario,
    solved,
    world,
)

DRAWS = Draws(202, 3)
WORLD = busy_world(held=graded(500, "persons"))
OF_A_PERSON = ("born", "origin", "tolerance")
OF_A_SPELL = ("offence", "imposed", "health", "camp")
DECREES = {
    "none": {},
    "a pardon": {"p": decree()},
    "the same pardon, earlier": {"p": decree(ordered=None, lists_due=None, granted="2002-04-15")},
    "without a cap": {"p": decree(cap="none")},
    "another cap and rank": {"p": decree(cap="10 in all", rank="oldest")},
    "without review": {"p": decree(review={})},
    "other clauses": {
        "p": decree(clauses={"all": {"when": {"served": ">= 30 days"}, "then": "release"}})
    },
    "another release": {"p": decree(release={"over": "9 days"})},
    "without a drive": {"p": decree(drive=None)},
    "beside a yearly one": {"p": decree(), "c": customary()},
}


def columns(register, names, rows):
    return np.array([getattr(register, name)[rows].astype(np.int64) for name in names])


# --- (a) Editing a decree changes no ordinary arrival, offence, sentence or tolerance.


@pytest.fixture(scope="module")
def runs():
    made = {name: scenario(WORLD, decrees) for name, decrees in DECREES.items()}
    return {name: simulate(one, solved(one), DRAWS) for name, one in made.items()}


@pytest.mark.parametrize("name", DECREES)
def test_a_decree_changes_nobody_at_hand(runs, name):
    found = []
    for cell in (runs["none"], runs[name]):
        r = cell.register
        first = np.flatnonzero((r.line == 0) & (r.spell == 0))
        first = first[np.argsort(r.person[first])]
        found.append(columns(r, ("person", "admitted", *OF_A_PERSON, *OF_A_SPELL), first))
    assert found[0].shape == found[1].shape
    assert np.array_equal(*found)


@pytest.mark.parametrize("name", DECREES)
def test_a_later_spell_draws_the_same_whenever_it_begins(runs, name):
    spells = []
    for cell in (runs["none"], runs[name]):
        r = cell.register
        rows = np.flatnonzero((r.line == 0) & (r.spell > 0))
        drawn = columns(r, ("born", "origin", *OF_A_SPELL), rows).T.tolist()
        spells.append(
            dict(zip(zip(r.person[rows], r.spell[rows], strict=True), drawn, strict=True))
        )
    shared = spells[0].keys() & spells[1].keys()
    assert len(shared) > 500
    assert all(spells[0][key] == spells[1][key] for key in shared)


def test_who_is_arrested_in_a_drive_does_not_depend_on_the_rest_of_the_decree():
    found = []
    for changes in ({}, {"release": {"over": "9 days"}}, {"review": {}}, {"granted": "2003-05-20"}):
        made = scenario(WORLD, {"p": decree(cap="none", **changes)})
        r = simulate(made, solved(made), DRAWS).register
        rows = np.flatnonzero(r.kind == ARREST)
        drawn = columns(r, ("origin", "tolerance", *OF_A_SPELL), rows).T.tolist()
        found.append(dict(zip(zip(r.person[rows], r.line[rows], strict=True), drawn, strict=True)))
    for other in found[1:]:
        shared = found[0].keys() & other.keys()
        assert len(shared) > 50
        assert all(found[0][key] == other[key] for key in shared)


# --- (c) A decree that grants nothing makes no difference at all.

WHOLE = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}
NOBODY = {
    "a cap of none in all": decree(cap="0 in all", exclude={}, review={}, clauses=WHOLE),
    "a cap of none per camp": decree(cap="0 per camp", exclude={}, review={}, clauses=WHOLE),
    "nobody approved": decree(review={"approved": 0}, clauses=WHOLE, cap="none"),
    "nobody recommended": decree(review={"recommended": 0}, clauses=WHOLE, cap="none"),
    "everybody barred": decree(exclude={"all": {"served": ">= 0 days"}}, clauses=WHOLE),
    "nobody eligible": decree(
        clauses={"none": {"when": {"served": "< 0 days"}, "then": "release"}}, cap="none"
    ),
    "cuts, but none granted": decree(
        cap="0 in all", counts="both", exclude={}, review={},
        clauses={"all": {"when": {"served": ">= 0 days"}, "then": {"reduce": {"by": "1 year"}}}},
    ),
    "every year, nobody": customary(cap="0 per camp"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "clock"), [*((name, "production") for name in NOBODY), (next(iter(NOBODY)), "day")]
)
def test_a_decree_that_selects_nobody_gives_exactly_nothing(name, clock):
    base = WORLD if clock == "production" else WORLD | {"end": "2004-01-01"}
    plain, idle = scenario(base), scenario(base, {"p": NOBODY[name]})
    assert plain.address != idle.address
    cells = [simulate(one, solved(one), DRAWS, clock=clock) for one in (plain, idle)]
    for series, values in cells[0].record.series.items():
        if series != "newly eligible":
            difference = values - cells[1].record.series[series]
            assert not difference.any(), series
    assert np.array_equal(cells[0].record.stock_by_camp, cells[1].record.stock_by_camp)
    assert not cells[1].record.exiled_to.any()
    happened = [
        {event for event in events(one, cell) if event[1] != "eligible_on"}
        for one, cell in zip((plain, idle), cells, strict=True)
    ]
    assert happened[0] == happened[1]


def test_everybody_was_listed_and_nobody_selected():
    idle = scenario(WORLD, {"p": NOBODY["a cap of none in all"]})
    falls = simulate(idle, solved(idle), DRAWS).record.waterfalls
    held = falls["p", "(decree)", "held"]
    assert held[0] > 300
    assert np.array_equal(falls["p", "(decree)", "listed"], held)
    for stage in ("selected", "granted", "released", "exiled", "reduced"):
        assert not falls["p", "(decree)", stage].any()


def test_no_pardon_beside_itself_gives_exactly_nothing():
    plain = scenario(WORLD)
    again = scenario(WORLD, name="again")
    assert_same(simulate(plain, solved(plain), DRAWS), simulate(again, solved(plain), DRAWS))


def test_the_shipped_no_pardon_is_its_world_alone():
    made, bare = load("no-pardon.yaml"), load("dprk.yaml")
    assert made.address == bare.address
    assert not made.decrees


# --- (d) A replication is the same alone or after others, in any order.


def test_a_replication_does_not_depend_on_those_before_it():
    made = scenario(WORLD, {"p": decree(), "c": customary()})
    in_order = [simulate(made, solved(made), Draws(202, k)) for k in range(4)]
    backwards = [simulate(made, solved(made), Draws(202, k)) for k in reversed(range(4))]
    for one, other in zip(in_order, reversed(backwards), strict=True):
        assert_same(one, other)
    fresh = scenario(WORLD, {"p": decree(), "c": customary()})
    alone = simulate(fresh, prisons(fresh), Draws(202, 2))
    assert_same(in_order[2], alone)


def test_scenarios_share_one_drawing_of_the_people():
    plain = solved(scenario(WORLD))
    people = people_at_hand(plain, DRAWS)
    before = {name: column.copy() for name, column in people.items()}
    made = [scenario(WORLD, decrees) for decrees in DECREES.values()]
    shared = [simulate(one, plain, DRAWS, people=people) for one in made]
    for name, column in people.items():
        assert np.array_equal(column, before[name]), name
    for one, cell in zip(made, shared, strict=True):
        alone = simulate(one, plain, DRAWS)
        same_persons(cell, alone, one.world.days)
        assert_same_record(cell, alone)


def test_another_replication_and_another_seed_are_others():
    plain = solved(scenario(WORLD))
    tolerances = [
        people_at_hand(plain, draws)["tolerance"][:50].tolist()
        for draws in (Draws(202, 3), Draws(202, 4), Draws(203, 3))
    ]
    assert len({tuple(found) for found in tolerances}) == 3
    assert not set(tolerances[0]) & set(tolerances[1])


# --- (e) A new parameter or stream leaves all others unchanged.


def without(plain, *keys):
    return {key: part for key, part in plain.items() if key not in keys}


def petty_of_all():
    kinds = {name: dict(kind) for name, kind in WORLD["offences"].items()}
    for kind in kinds.values():
        kind["petty"] = graded("75%")
    return kinds


SWITCHES = {
    "no label": without(WORLD, "earlier reductions"),
    "a label of more": WORLD | {"earlier reductions": {
        "share": graded("60%"), "after": graded("1 month"), "cut": graded("2 years")}},
    "petty shares": WORLD | {"offences": petty_of_all()},
    "no exile": without(WORLD, "exile"),
    "other destinations": WORLD | {"exile": {
        "compliance": graded("10%"), "destinations": {"islands": graded("100%")}}},
    "more women": WORLD | {"women": graded("60%")},
    "occupancy": WORLD | {"occupancy": graded(3, "persons per place")},
    "effects on returns": WORLD | {
        "returns": returns(1.3, {"1 year": 1, "3 years": 0.5},
                           job={"offending": graded(0.1, "x")})},
    "another name": WORLD | {"name": "another"},
}  # fmt: skip


@pytest.mark.parametrize("name", SWITCHES)
def test_what_does_not_bear_on_who_exists_leaves_every_column_unchanged(name):
    found = [people_at_hand(solved(scenario(one)), DRAWS) for one in (WORLD, SWITCHES[name])]
    for column, values in found[0].items():
        assert np.array_equal(values, found[1][column]), column


@pytest.mark.parametrize("name", SWITCHES)
def test_and_without_a_decree_every_spell(name):
    made = [scenario(one) for one in (WORLD, SWITCHES[name])]
    cells = [simulate(one, solved(one), DRAWS) for one in made]
    happened = [events(one, cell) for one, cell in zip(made, cells, strict=True)]
    assert happened[0] == happened[1]
    for series, values in cells[0].record.series.items():
        assert np.array_equal(values, cells[1].record.series[series]), series


def arrivals(one: dict) -> dict[str, np.ndarray]:
    """Columns of first admissions, by id."""
    people = people_at_hand(solved(scenario(one)), DRAWS)
    rows = np.flatnonzero(people["person"] >= ARRIVALS)
    assert np.array_equal(people["person"][rows], ARRIVALS + np.arange(len(rows)))
    return {name: column[rows].astype(np.int64) for name, column in people.items()}


def pair(one: dict, other: dict) -> list[dict[str, np.ndarray]]:
    """First admissions of two worlds whose ids are in both."""
    found = [arrivals(one), arrivals(other)]
    common = min(len(columns["person"]) for columns in found)
    assert common > 1000
    return [{name: column[:common] for name, column in columns.items()} for columns in found]


STRUCTURE = {
    "merit off": {"merit": None},
    "merit of more": {"merit": merit("90%", "5 months", after="2 months")},
    "no returns": {"returns": None},
    "more returns": {"returns": returns(2.0, {"2 years": 1})},
    "more held": {"held": graded(1500, "persons")},
    "a longer horizon": {"end": "2012-01-01"},
    "deaths in custody": {
        "deaths": {**WORLD["deaths"], "in custody": graded(0.5, "per person-year")}
    },
}
EVEN = WORLD | {
    "origins": {"hills": origin("70%"), "coast": origin("30%")},
    "health": {"of": "admissions", "states": WORLD["health"]["states"]},
}
"""Origins are alike and health is of admissions: no share of these depends on who returns."""


@pytest.mark.parametrize("name", STRUCTURE)
def test_what_changes_how_many_come_changes_none_of_those_who_do(name):
    """Each person keeps offence, sentence, origin, camp, health and tolerance."""
    for base in (WORLD, EVEN):
        other = {key: part for key, part in (base | STRUCTURE[name]).items() if part is not None}
        first, second = pair(base, other)
        kept = ["offence", "imposed", "tolerance"]
        if base is EVEN or name in ("more held", "a longer horizon"):
            kept += ["origin", "camp", "health"]
        if name == "a longer horizon":
            kept += ["admitted", "born", "due"]
        for column in kept:
            assert np.array_equal(first[column], second[column]), column


def test_past_releases_do_not_depend_on_the_size_of_other_ranges():
    """More admissions a day, more held, more released: every id keeps what it draws."""
    found = []
    for held in (500, 1500):
        people = people_at_hand(solved(scenario(WORLD | {"held": graded(held, "persons")})), DRAWS)
        for low, high in ((0, PAST_RELEASES), (PAST_RELEASES, ARRIVALS)):
            rows = np.flatnonzero((people["person"] >= low) & (people["person"] < high))
            names = ("offence", "imposed", "health", "origin", "camp", "tolerance", "admitted")
            drawn = zip(*(people[name][rows].tolist() for name in names), strict=True)
            found.append(dict(zip(people["person"][rows].tolist(), drawn, strict=True)))
    for small, large in ((found[0], found[2]), (found[1], found[3])):
        shared = small.keys() & large.keys()
        assert len(shared) > 0.95 * len(small) > 50
        assert all(small[key] == large[key] for key in shared)


# --- (f) A change in a distribution moves every person at the same quantile.

PLAIN = world(
    end="2008-01-01",
    origins={"hills": origin("70%"), "coast": origin("30%", 2)},
    health={"states": {"well": health("60%", 1), "ill": health("30%", 4, 2),
                       "dying": health("10%", 12, 6)}},
)  # fmt: skip
SAME = ("offence", "origin", "camp", "health", "tolerance")


def kinds(theft: str, violence: str, share: str = "60%", rest: str = "40%", **shape: float):
    return {
        "theft": offence(share, theft, most="4 years", **shape),
        "violence": offence(rest, violence, family="log-normal", shape=0.6),
    }


@pytest.mark.parametrize("means", [("20 months", "30 months"), ("14 months", "44 months")])
def test_longer_sentences_shorten_nobodys(means):
    first, second = pair(PLAIN, PLAIN | {"offences": kinds(*means)})
    for column in SAME:
        assert np.array_equal(first[column], second[column]), column
    assert np.all(second["imposed"] >= first["imposed"])
    changed = [old != new for old, new in zip(("14 months", "30 months"), means, strict=True)]
    longer = second["imposed"] > first["imposed"]
    for code, moved in enumerate(changed):
        mine = first["offence"] == code
        assert (longer[mine].mean() > 0.5) == moved
        assert moved or not longer[mine].any()


def test_more_life_sentences_take_the_longest_terms():
    life = kinds("14 months", "30 months")
    life["violence"]["life"] = graded("20%")
    first, second = pair(PLAIN, PLAIN | {"offences": life})
    assert np.all(second["imposed"] >= first["imposed"])
    assert np.array_equal(first["offence"], second["offence"])


def test_another_mix_of_offences_moves_people_one_way():
    mixed = kinds("14 months", "30 months", "45%", "55%")
    first, second = pair(PLAIN, PLAIN | {"offences": mixed})
    assert np.all(second["offence"] >= first["offence"])
    assert 0.1 < (second["offence"] > first["offence"]).mean() < 0.2
    for column in ("origin", "camp", "health", "tolerance"):
        assert np.array_equal(first[column], second[column]), column
    stays = first["offence"] == second["offence"]
    assert np.array_equal(first["imposed"][stays], second["imposed"][stays])


def test_worse_health_makes_nobody_healthier():
    states = {"well": health("40%", 1), "ill": health("40%", 4, 2), "dying": health("20%", 12, 6)}
    first, second = pair(PLAIN, PLAIN | {"health": {"states": states}})
    assert np.all(second["health"] >= first["health"])
    assert 0.2 < (second["health"] > first["health"]).mean() < 0.4
    for column in ("offence", "imposed", "origin", "camp", "tolerance"):
        assert np.array_equal(first[column], second[column]), column


def test_a_higher_hazard_of_death_delays_nobodys_death():
    deadly = PLAIN["deaths"] | {"in custody": graded(0.3, "per person-year")}
    first, second = pair(PLAIN, PLAIN | {"deaths": deadly})
    for column in (*SAME, "imposed"):
        assert np.array_equal(first[column], second[column]), column
    assert np.all(second["rate"] > first["rate"])
    waits = [-(-columns["tolerance"] // columns["rate"]) for columns in (first, second)]
    assert np.all(waits[1] <= waits[0])
    assert (waits[1] < waits[0]).mean() > 0.99


def test_a_higher_hazard_at_liberty_delays_nobodys_death():
    """Stock and admissions do not depend on it where nobody returns."""
    harder = PLAIN["deaths"] | {"at liberty": {"15 to 110": graded(0.3, "per person-year")}}
    registers = []
    for one in (PLAIN, PLAIN | {"deaths": harder}):
        made = scenario(one)
        registers.append(simulate(made, solved(made), DRAWS).register)
    for column in ("person", "admitted", "left", "cause", "tolerance"):
        assert np.array_equal(getattr(registers[0], column), getattr(registers[1], column)), column
    assert np.all(registers[1].died_free <= registers[0].died_free)
    assert (registers[1].died_free < registers[0].died_free).sum() > 1000


def test_older_offenders_make_nobody_younger():
    older = {"15 to 29": graded("25%"), "30 to 64": graded("75%")}
    first, second = pair(PLAIN, PLAIN | {"ages at offence": older})
    for column in (*SAME, "imposed", "admitted"):
        assert np.array_equal(first[column], second[column]), column
    assert np.all(second["born"] <= first["born"])
    assert (second["born"] < first["born"]).mean() > 0.9


def test_another_share_of_origins_moves_people_one_way():
    first, second = pair(
        PLAIN, PLAIN | {"origins": {"hills": origin("50%"), "coast": origin("50%", 2)}}
    )
    assert np.all(second["origin"] >= first["origin"])
    assert np.array_equal(first["tolerance"], second["tolerance"])
    assert np.array_equal(first["imposed"], second["imposed"])


def test_sizes_of_camps_move_people_one_way():
    camps = {name: dict(camp) for name, camp in PLAIN["camps"].items()}
    camps["south"]["size"] = graded(5, "weight")
    first, second = pair(PLAIN, PLAIN | {"camps": camps})
    assert np.all(second["camp"] >= first["camp"])
    for column in ("offence", "imposed", "origin", "health", "tolerance", "admitted"):
        assert np.array_equal(first[column], second[column]), column


def test_more_offending_brings_everybody_back_sooner():
    """Whom the past released does not depend on the hazard of return; who comes back does."""
    found = []
    for offending in (0.8, 1.3):
        one = WORLD | {"returns": returns(offending, {"1 year": 1, "3 years": 0.5})}
        people = people_at_hand(solved(scenario(one)), DRAWS)
        rows = (people["person"] >= PAST_RELEASES) & (people["person"] < ARRIVALS)
        names = ("admitted", "born", "origin", "offence", "imposed")
        drawn = zip(*(people[name][rows].tolist() for name in names), strict=True)
        found.append(dict(zip(people["person"][rows].tolist(), drawn, strict=True)))
    seldom, often = found
    shared = seldom.keys() & often.keys()
    assert len(shared) > 30
    assert all(often[key][0] <= seldom[key][0] for key in shared)
    assert sum(often[key][0] < seldom[key][0] for key in shared) > 0.8 * len(shared)
    assert all(often[key][2:] == seldom[key][2:] for key in shared)


def test_a_readier_officer_recommends_everybody_whom_the_stricter_one_does():
    chosen = []
    for share in (0.2, 0.5, 0.9):
        rule = decree(review={"recommended": share, "approved": share}, cap="none")
        made = scenario(WORLD, {"p": rule})
        cell = simulate(made, solved(made), DRAWS)
        (docket,) = cell.dockets.values()
        r = cell.register
        chosen.append([
            set(zip(r.person[rows], r.line[rows], r.spell[rows], strict=True))
            for rows in (docket.rows[docket.recommended], docket.rows[docket.approved])
        ])  # fmt: skip
    for stricter, readier in pairwise(chosen):
        assert stricter[0] <= readier[0]
        assert stricter[1] <= readier[1]
    assert len(chosen[0][0]) < len(chosen[1][0]) < len(chosen[2][0])


# --- A longer horizon changes nothing before the old end.


@pytest.mark.parametrize("name", DECREES)
def test_a_longer_horizon_leaves_everything_before_the_old_end_unchanged(name):
    made = [scenario(WORLD | {"end": end}, DECREES[name]) for end in ("2006-01-01", "2009-07-01")]
    cells = [simulate(one, solved(one), DRAWS) for one in made]
    days = made[0].world.days
    # Days averted are counted up to the horizon.
    assert_same_until(*cells, days, but=("days averted",))
    happened = [
        {event for event in events(one, cell) if event[0] < days}
        for one, cell in zip(made, cells, strict=True)
    ]
    assert first_difference(*happened) is None
    assert cells[0].record.waterfalls.keys() == cells[1].record.waterfalls.keys()
