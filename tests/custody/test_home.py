"""The rest at home: out of the prisons, under sentence, and back for what is left."""

from __future__ import annotations

import numpy as np

from sim.custody.model import simulate
from sim.custody.register import BY_DECREE
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
