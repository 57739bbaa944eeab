"""The rest at home: out of the prisons, under sentence, and back for what is left."""

from __future__ import annotations

import numpy as np

from sim.custody.columns import EXTINGUISHED
from sim.custody.decrees.suspended import Suspended
from sim.custody.ends import BY_DECREE
from sim.custody.hazards import NEVER
from sim.custody.model import simulate
from sim.custody.streams import Draws
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

WORLD = busy_world(held=graded(600, "persons"), end="2004-12-01")
GRANT = "2003-03-05"


def run(then: object, granted: str = GRANT):
    law = decree(
        clauses={"all": {"when": {"served": ">= 0 days"}, "then": then}}, exclude={}, cap="none",
        review={}, drive=None, release={}, ordered=None, lists_due=None,
        granted={"value": granted, "between": [granted, granted]},
    )  # fmt: skip
    made = scenario(WORLD, {"p": law})
    return simulate(made, solved(made), Draws(4, 0)), made


HOME = run({"serve the rest": "at home"})


def test_everybody_with_a_term_goes_home_and_nobody_with_life():
    cell, made = HOME
    r, day = cell.register, day_of(made, GRANT)
    gone = (r.cause == BY_DECREE) & (r.left == day)
    assert gone.sum() > 300
    assert not r.endless(np.flatnonzero(gone)).any()
    held = r.held(day)
    later = held[r.admitted[held] <= day]
    assert not len(later) or r.endless(later).all()
    assert cell.record.series["serving at home"][day] == gone.sum()
    assert cell.record.series["serving at home"][day - 1] == 0


def test_sentences_end_at_home_on_their_day_or_by_death_or_in_prison():
    cell, made = HOME
    r, day, days = cell.register, day_of(made, GRANT), made.world.days
    series = cell.record.series
    home = series["serving at home"]
    out = np.flatnonzero((r.cause == BY_DECREE) & r.home)
    back = series["taken back from home"]
    assert back.sum() > 10
    ended = (r.due[out] < days) & (r.died_free[out] >= r.due[out])
    dead = r.died_free[out] < np.minimum(r.due[out], days)
    again = back.sum()
    # Ends at home are those due less those who were back before.
    left = home[day] - home[days - 1]
    assert dead.sum() + again <= left <= dead.sum() + again + ended.sum()


def test_what_is_left_is_served_after_the_new_term():
    cell, _ = HOME
    r = cell.register
    rows, following = (np.concatenate(part) for part in zip(*r.followed, strict=True))
    at_home = r.home[rows] & (r.cause[rows] == BY_DECREE)
    rows, following = rows[at_home], following[at_home]
    rest = np.maximum(r.due[rows] - r.admitted[following], 0)
    rest[r.endless(following)] = 0
    assert (rest > 0).any()
    assert (rest == 0).any()
    assert (r.revived[following] == rest).all()
    fixed = following[~r.endless(following)]
    cut = r.merit_days[fixed] + r.pardon_days[fixed]
    assert (r.due[fixed] == r.admitted[fixed] + r.imposed[fixed] + r.revived[fixed] - cut).all()


def test_the_same_people_return_from_home_as_from_liberty():
    home, free = HOME[0].record.series, run("release")[0].record.series
    assert "serving at home" not in free
    day = day_of(HOME[1], GRANT) + 30
    assert 0 < home["returns"][:day].sum() <= free["returns"][:day].sum()


def test_what_is_left_is_taken_back_of_some_of_those_who_return_together():
    cell, made = HOME
    r = cell.register
    home = np.flatnonzero(r.home & (r.cause >= BY_DECREE) & (r.due < NEVER))[:1]
    other = np.flatnonzero(~r.home & (r.left < made.world.days))[:1]
    held = np.flatnonzero((r.left == NEVER) & ~r.endless(np.arange(len(r))))[:2]
    suspended = Suspended(solved(made), Draws(4, 0))
    admitted = r.admitted[held].copy()
    r.admitted[held] = r.due[home] - 1
    suspended.arrive(r, np.concatenate((home, other)), held)
    r.admitted[held] = admitted
    ((new, days),) = suspended.taken_back
    assert new.tolist() == held[:1].tolist()
    assert days.tolist() == [1]


def test_a_sentence_within_a_reach_begins_at_home_or_never():
    """Of two admitted on one day one may go home, and the other's sentence never begins."""
    parts = {"home": {"when": {"sentence": ">= 15 months"}, "then": {"serve the rest": "at home"}},
             "out": {"when": {"sentence": "< 15 months"}, "then": "release"}}  # fmt: skip
    law = decree(
        clauses=parts, exclude={}, cap=None, review={}, drive=None, ordered=None, lists_due=None,
        granted={"value": GRANT, "between": [GRANT, GRANT]}, reach={"offences until": GRANT},
        release={"tranches": {"women": {"when": {"sex": "women"},
                                        "out": "10 days after the grant"}}},
    )  # fmt: skip
    made = scenario(busy_world(held=graded(1500, "persons"), end="2003-09-01"), {"p": law})
    r = simulate(made, solved(made), Draws(4, 0)).register
    late = (r.cause == BY_DECREE) & (r.admitted > day_of(made, GRANT)) & (r.left < made.world.days)
    never = late & (r.left == r.admitted) & ~r.home
    assert ((r.kind == EXTINGUISHED) == never).all()
    days = [set(r.admitted[rows]) for rows in (never, late & r.home)]
    assert days[0] & days[1]
