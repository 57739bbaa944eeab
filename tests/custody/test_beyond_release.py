"""Struck from the record, sent abroad: what a release takes away beside the rest of a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from sim.custody.cases import run_cases
from sim.custody.ends import BY_DECREE
from sim.custody.model import simulate
from sim.custody.streams import Draws
from tests.theory.worlds import busy_world, day_of, decree, graded, scenario, solved

WORLD = busy_world(held=graded(600, "persons"), end="2006-12-01")
FIRST, SECOND = "2003-03-05", "2006-03-05"


def law(granted: str, then: object, when: object = None, **more: object) -> dict:
    return decree(
        clauses={"all": {"when": when or {"served": ">= 0 days"}, "then": then}}, exclude={},
        cap="none", review={}, drive=None, release={}, ordered=None, lists_due=None,
        granted={"value": granted, "between": [granted, granted]}, **more,
    )  # fmt: skip


def run(then: object, when: object = None):
    decrees = {"p": law(FIRST, then)}
    if when is not None:
        decrees["q"] = law(SECOND, "release", when)
    made = scenario(WORLD, decrees)
    return simulate(made, solved(made), Draws(4, 0)), made


def test_nobody_comes_back_from_abroad_or_dies_at_liberty():
    plain, made = run("release")
    gone, _ = run({"release": True, "abroad": True})
    day = day_of(made, FIRST)
    freed = plain.record.series["releases by decree"][day]
    assert freed > 300
    assert (
        gone.record.series["sent abroad"][day] == freed == gone.record.series["sent abroad"].sum()
    )
    assert plain.record.series["returns of the freed"].sum() > 50
    assert gone.record.series["returns of the freed"].sum() == 0
    rows = np.flatnonzero(gone.register.cause >= BY_DECREE)
    assert (gone.register.died_free[rows] >= made.world.days).all()
    # Nobody of them is in a risk of return; those who left otherwise are all in it as before.
    assert plain.record.curves["at risk after decree"].sum() > 0
    assert gone.record.curves["at risk after decree"].sum() == 0
    one, other = (cell.record.curves["at risk after expiry"][:1] for cell in (plain, gone))
    assert (one == other).all()
    assert "sent abroad" not in plain.record.series


HISTORIES = [
    {"earlier spells": ">= 1"}, {"time in prison": ">= 1 day", "earlier spells": ">= 1"},
    {"time since last release": {"value": "< 20 years", "after": "p"}},
    {"earlier spells": {"served share": "<= 100%"}},
]  # fmt: skip


@pytest.mark.parametrize("when", HISTORIES, ids=str)
def test_what_is_struck_from_the_record_is_no_earlier_spell(when):
    kept, made = run("release", when)
    struck, _ = run({"release": True, "expunge": True}, when)
    day = day_of(made, SECOND)
    told = [cell.record.waterfalls["q", "(decree)", "meets a clause"][0] for cell in (kept, struck)]
    assert told[1] < told[0]
    series = struck.record.series
    assert series["struck from the record"].sum() == series["releases by decree"][:day].sum() > 300
    # Until the second decree nothing differs: the record changes no stay.
    for name in ("stock", "returns", "deaths at liberty"):
        assert (series[name][:day] == kept.record.series[name][:day]).all()


def test_a_pardon_stays_known_though_the_conviction_is_not():
    when = {"earlier pardons": {"by": "p", "count": ">= 1"}}
    told = [
        run(then, when)[0].record.waterfalls["q", "(decree)", "meets a clause"][0]
        for then in ("release", {"release": True, "expunge": True})
    ]
    assert told[0] == told[1] > 0


def two(first: str, second: str, **more: object) -> dict:
    return {"parts": [{"offence": "theft", "sentence": first},
                      {"offence": "murder", "sentence": second}], **more}  # fmt: skip


STAY = {"admitted": "2001-02-01", "released": "2002-02-01", "offence": "theft",
        "sentence": "18 months"}  # fmt: skip
THEFT = {"earlier spells": {"offence": "theft"}}


@pytest.mark.parametrize(
    ("when", "stay", "then"),
    [
        (THEFT, {}, "released"),
        ({"earlier spells": {"offence": "murder"}}, {}, "stays"),
        ({"earlier spells": {"offence": "murder", "count": "< 1"}}, {}, "released"),
        ({"not": THEFT}, {}, "stays"),
        ({"earlier spells": {"offence": "theft", "count": ">= 2"}}, {}, "stays"),
        ({"earlier spells": {"sentence": "== 18 months"}}, {}, "released"),
        # By expiry after a year what was cut of eighteen months was the term's last half year.
        ({"earlier spells": {"served share": ">= 100%"}}, {}, "released"),
        ({"earlier spells": {"served share of sentence": ">= 2/3"}}, {}, "released"),
        ({"earlier spells": {"served share of sentence": "> 2/3"}}, {}, "stays"),
        ({"earlier spells": {"served share": ">= 2/3"}}, {"by": "p"}, "released"),
        ({"earlier spells": {"served share": "> 2/3"}}, {"by": "p"}, "stays"),
        (THEFT, {"by": "p", "expunged": True}, "stays"),
        ({"earlier spells": {"not": {"offence": "theft"}}}, {}, "stays"),
        ({"earlier spells": {"served": ">= 365 days"}}, {}, "released"),
        ({"earlier spells": {"served": "> 365 days"}}, {}, "stays"),
    ],
)  # fmt: skip
def test_earlier_spells_are_read_as_they_ended(when, stay, then):
    case = {"who": {"offence": "murder", "sentence": "5 years", "served": "1 year",
                    "history": [{**STAY, **stay}]}, "then": then}  # fmt: skip
    made = scenario(WORLD, {"p": law(FIRST, "release", when, cases={"one": case})})
    (verdict,) = run_cases(made, solved(made))
    assert verdict.ok, verdict.got


@pytest.mark.parametrize(
    ("then", "who", "outcome"),
    [
        ({"release": True, "expunge": True}, {"served": "1 year"}, ["released", "expunged"]),
        ({"release": True, "abroad": True}, {"served": "1 year"}, ["released", "abroad"]),
        ("release", {"served": "1 year"}, ["released"]),
        # What is left of a sentence for several offences stays on the record.
        ({"release": True, "expunge": True}, two("3 years", "1 year", served="2 years"),
         ["released"]),
    ],
)  # fmt: skip
def test_cases_tell_of_both(then, who, outcome):
    made = law(FIRST, then, cases={"one": {"who": who, "then": outcome}})
    made["exclude"] = {"bar": {"this part": {"offence": "murder"}}}
    built = scenario(WORLD, {"p": made})
    (verdict,) = run_cases(built, solved(built))
    assert verdict.ok, verdict.got
    for word in ("expunged", "abroad"):
        assert (word in verdict.got) == (word in outcome)
