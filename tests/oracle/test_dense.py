"""Laws of which many people meet every part: the engine does what the oracle does.

Random laws have everything, and most of it seldom. Each of these has one thing often: places that
are passed on, remissions that are brought back, sentences of parts, checks, sittings, escorts.
"""

from __future__ import annotations

import pytest

from sim.custody.streams import Draws
from tests.oracle.compare import check
from tests.theory.worlds import (
    FALLING_ILL,
    TRIALS,
    busy_world,
    extreme_world,
    graded,
    returns,
    scenario,
    solved,
)

EVERYBODY = {"served": ">= 0 days"}
SMALL = {
    "held": graded(110, "persons"), "end": "2004-05-01",
    "returns": returns(5, {"1 year": 1, "3 years": 0.5}),
}  # fmt: skip
PARTED = busy_world()["offences"]
PARTED["theft"]["tried with"] = {
    "violence": {"probability": graded("70%"), "least": graded("5%"), "most": graded("33%")},
    "murder": {"probability": graded("30%"), "least": graded("5%"), "most": graded("20%")},
}
DEADLY = busy_world()["offences"]
DEADLY["murder"]["death"] = graded("30%")
ILL = extreme_world()["health"] | {"in custody": FALLING_ILL}
WORLDS = {
    "plain": busy_world(**SMALL),
    "points": busy_world(**SMALL, release_point={"fraction": graded("2/3")}),
    "trials": busy_world(**SMALL, before_judgment=TRIALS),
    "parts": busy_world(**SMALL, offences=PARTED),
    "death": busy_world(**SMALL, offences=DEADLY,
                        executions={"per year": graded(0.3, "per year")}),
    "ill": busy_world(**SMALL, health=ILL),
    "untried": busy_world(**SMALL, offences=DEADLY, before_judgment=TRIALS,
                          executions={"per year": graded(0, "per year")}),
    "crowd": busy_world(**SMALL | {"held": graded(500, "persons"), "end": "2002-09-01"}),
}  # fmt: skip


def law(then: object, when: object = EVERYBODY, **more: object) -> dict:
    found = {"source": "derived", "grade": "B", "granted": "2002-06-01",
             "clauses": {"one": {"when": when, "then": then}}}  # fmt: skip
    found |= {"in force" if key == "in_force" else key: part for key, part in more.items()}
    return {key: part for key, part in found.items() if part is not None}


def standing(then: object, when: object, first: str, last: str, **more: object) -> dict:
    return law(then, when, granted=None, in_force={"from": first, "to": last}, **more)


def clauses(**found: object) -> dict:
    return {name: dict(zip(("when", "then", "despite"), one, strict=False))
            for name, one in found.items()}  # fmt: skip


QUEUED = {"lists_due": "2002-02-01", "granted": "2002-06-01", "places": "passed on",
          "take-up": "60%", "counts": "both"}  # fmt: skip
MIXED = clauses(out=({"sentence": "< 20 months"}, "release"),
                less=({"sentence": ">= 20 months"}, {"reduce": {"by": "3 months"}}))  # fmt: skip
BEFORE = law("release", {"sex": "women"}, granted="2002-03-01")
SHORT, LONG = "280 days", "500 days"
LAWS = {
    "places": ("plain", {
        "before": BEFORE,
        "p": law(0, **QUEUED, cap="9 per camp", rank=["longest served"], clauses=MIXED),
    }),
    "places by lot": ("ill", {
        "before": BEFORE,
        "p": law(0, **QUEUED, cap="20 in all", rank=["ill first", "lottery"], clauses=MIXED),
    }),
    "places of a stock": ("trials", {
        "p": law("release", cap="40% of stock per camp", rank=["least remaining"]),
        "q": law("release", {"served share": ">= 1/3"}, granted="2003-01-15", counts="releases",
                 cap="until stock <= 70% of capacity", rank=["longest served share"]),
    }),
    "ranks": ("death", {
        "p": law("release", cap="5 per camp", rank=["shortest sentence", "oldest"]),
        "q": law("release", cap="15 in all", rank=["longest served share"], granted="2003-01-15"),
        "r": law("release", cap="15 in all", rank=["least remaining"], granted="2003-02-15"),
    }),
    "files": ("plain", {
        name: law("release", {"served share": ">= 1/4"}, ordered=f"{2002 + number}-01-01",
                  lists_due=f"{2002 + number}-03-01", granted=f"{2002 + number}-04-01",
                  rank=["shortest sentence"],
                  review={"officers per camp": 1, "files a day": 0.3, "order": order})
        for number, (name, order) in enumerate(
            [("a", "rank"), ("b", "joining")])
    }),
    "files of those released": ("plain", {  # in the evening, so that the day's work may be theirs
        "a": law("release", {"sentence": "< 2 years"}, granted="2002-01-31"),
        "b": law("release", ordered="2002-01-01", lists_due="2002-03-01", granted="2002-04-01",
                 rank=["shortest sentence"],
                 review={"officers per camp": 1, "files a day": 0.3, "order": "rank"}),
    }),
    "suspended": ("plain", {
        "cut": law({"reduce": {"by": "25 days"}, "revived if": {"within": LONG, "from": "law"}}),
        "freed": law({"release": True, "revived if": {
            "when": {"sentence": ">= 300 days"}, "within": SHORT, "from": "release"}},
            {"age": "< 35 years"}, granted="2002-10-01", release={"over": "20 days"}),
        "again": law({"reduce": {"by": "25 days"}, "revived if": {
            "within": SHORT, "from": "delivery"}}, granted="2003-02-01"),
        "home": law({"serve the rest": "at home"}, {"age": ">= 25 years"}, granted="2003-06-01"),
        "asks": law("release", {"sentence": "< 14 months"}, granted="2004-02-01"),
    }),
    "home alone": ("trials", {
        "home": law({"serve the rest": "at home"}, {"age": ">= 25 years"}, granted="2002-06-01"),
    }),
    "to come": ("points", {
        "first": law({"release point": {"fraction": "1/2"}}, {"sentence": "< 30 months"},
                     lists_due="2002-04-01"),
        "later": law(0, granted="2003-03-01", lists_due="2002-12-01", exclude={
            "young": {"age": "< 25 years"}}, clauses=clauses(
            few=({"sentence": "< 1 year"}, {"release point": {
                "fraction": "30%", "at least": "28 days", "for": "those to come"}}, ["young"]),
            many=({"sentence": ">= 1 day"}, {"release point": {
                "earlier by": "100 days", "for": "those to come"}}),
            held=(EVERYBODY, {"release point": {"fraction": "40%", "for": "those held"}}))),
    }),
    "points of the untried": ("trials", {
        "p": law({"release point": {"fraction": "1/2", "at least": "60 days"}},
                 {"sentence": "< 3 years"}, lists_due="2002-04-01"),
    }),
    "credits": ("points", {
        "p": law({"credit": {"by": "5 days per started month served", "at most": "40 days"}}),
        "q": law({"credit": {"by": "1/10 of served"}}, granted="2002-12-01"),
        "p again": law({"reduce": {"to": "18 months"}},
                       {"served": {"value": ">= 1 year", "counting": ["credit", "merit"]}},
                       granted="2003-04-01"),
        "every": law({"credit": {"by": "3 days per complete month served from 2002-01-01"}},
                     granted=None, every="year", dates=["02-01", "09-01"]),
    }),
    "parts": ("parts", {
        name: law(0, granted=day, clauses=clauses(
            out=({"this part": {"offence": ["theft", "violence"]}}, then),
            less=(EVERYBODY, {"reduce": {"by": "1/3 of pardonable parts"}}, ["long"])),
            exclude={"murder": {"this part": {"offence": "murder"}},
                     "long": {"this part": {"sentence": ">= 18 months"}}})
        for name, day, then in (
            ("p", "2002-06-01", {"release": True, "expunge": True}),
            ("q", "2003-06-01", {"reduce": {"by": "6 months", "at most": "half the term"}}))
    }),
    "checks": ("ill", {
        "ill": standing("release", {"health": ["ill", "dying"]}, "2002-01-15", "2002-09-30",
                        exclude={"fresh": {"served": "< 100 days"},
                                 "worse": {"health": "dying"}}, checked="weekly"),
        "half": standing({"reduce": {"by": "2 months"}}, {"served share": ">= 1/2"},
                         "2002-03-01", "2002-06-30", checked="daily", review={"approved": "50%"}),
        "again": standing("release", {"reductions": {"by": "half", "count": ">= 1"}},
                          "2002-05-01", "2002-09-01", checked="daily"),
    }),
    "sittings": ("trials", {
        "p": law(0, reach={"offences until": "2002-05-01"}, clauses=clauses(
            out=({"sentence": "< 1 year"}, "release"),
            home=({"sentence": "< 18 months"}, {"serve the rest": "at home"}),
            less=(EVERYBODY, {"reduce": {"by": "1 year"}}))),
        "q": law("end the case", {"legal status": ["awaiting trial", "appealing"]},
                 granted="2003-02-01"),
        "r": law({"reduce": {"by": "100% of remand"}}, granted="2003-04-01"),
    }),
    "escorts": ("plain", {
        "p": law(0, reach={"offences until": "2002-05-01"}, clauses=clauses(
            home=({"sentence": ">= 15 months"}, {"serve the rest": "at home"}),
            out=({"sentence": "< 15 months"}, "release")), release={
                "escort": {"per camp and day": 0.3}, "over": "3 days", "supervision": True,
                "exile": {"origin": "hills", "to": "chosen by camp", "approval": "30 days"}}),
        "q": law("release", granted="2003-06-01", release={
            "latency": {"mean": "20 days", "most": "90 days"}, "job": "50%", "education":
            "60 days from listing", "tranches": {
                "women": {"when": {"sex": "women"}, "out": "10 days after the grant"},
                "north": {"when": {"camp": "north"}, "out": "40 days after the grant"}}},
            drive={"arrests per release": "60%", "within": "90 days"}),
    }),
    "histories": ("trials", {
        "p": law({"release": True, "expunge": True}, {"served share": ">= 1/3"},
                 cap="40 in all", rank="lottery"),
        "q": law("release", {"earlier spells": {"served share": ">= 1/2"}}, granted="2002-12-01"),
        "r": law({"reduce": {"by": "1 month"}}, {"earlier pardons": {"by": "any", "count": ">= 1"}},
                 granted="2003-02-01"),
        "s": law("release", {"earlier spells": {"served": ">= 200 days", "count": "== 1"}},
                 granted="2003-06-01"),
        "t": law("release", [{"time in prison": ">= 2 years"}, {"time since last release": {
            "value": "< 200 days", "after": "expiry"}}], granted="2004-01-01"),
    }),
    "death": ("death", {
        "p": law(0, clauses=clauses(
            spared=({"sentence": "death"}, {"commute": {"from": "death", "to": "life"}}),
            shorter=({"sentence": "life"}, {"commute": {"from": "life", "to": "3 years"}}))),
        "q": law(0, granted="2003-01-01", lists_due="2002-12-01", clauses=clauses(
            spared=({"sentence": "death"}, {"commute": {"from": "death", "to": "1 year"}}),
            out=({"served": ">= 1 year"}, {"release": True, "abroad": True}))),
    }),
    "labels": ("plain", {
        "p": law("release", {"served share of sentence": ">= 1/2"}, exclude={
            "before": {"reductions": {"by": "pardon", "count": ">= 1"}}}),
        "q": law({"reduce": {"by": "1/4 of sentence"}}, {"reductions": {
            "by": "any", "count": "< 2"}}, granted="2003-01-01"),
        "r": law("release", {"served": {"value": ">= 14 months", "counting": ["pardon", "merit"]}},
                 granted="2003-05-01"),
    }),
    "expected": ("untried", {
        "p": law("end the case", [{"served share of expected sentence": "< 1/4"},
                                  {"age": ">= 50 years"}]),
        "q": law("end the case", [{"not": {"sentence final": ">= 30 days ago"}},
                                  {"age": ">= 45 years"}], granted="2002-10-01"),
        "r": law("end the case", [{"not": {"sentence": ["life", "death"]}},
                                  {"age": ">= 40 years"}], granted="2003-02-01"),
    }),
    "a crowd": ("crowd", {
        "p": law(0, reach={"offences until": "2002-05-20"}, granted="2002-05-20", clauses=clauses(
            home=({"sentence": ">= 15 months"}, {"serve the rest": "at home"}),
            out=({"sentence": "< 15 months"}, "release")), release={"tranches": {
                "women": {"when": {"sex": "women"}, "out": "10 days after the grant"}}}),
    }),
    "a day": ("plain", {
        "p": law({"reduce": {"by": "1 day"}, "revived if": {"within": LONG, "from": "law"}}),
        "q": law({"credit": {"by": "1 day"}}, granted="2002-08-01"),
        "r": law({"credit": {"by": "3 days per started month served from 2003-01-01"}},
                 granted="2002-09-01"),
        "s": law({"credit": {"by": "3 days per started month served from 2002-10-31"}},
                 granted="2002-11-01"),
        "t": law("release", {"sentence": "< 17 months"}, granted="2003-09-01"),
    }),
    "one rule after the other": ("crowd", {
        f"d{month}": law({"release point": {"earlier by": f"{10 * month} days",
                                            "for": "those to come"}},
                         {"sentence": ">= 1 day"}, granted=f"2002-{month:02}-11")
        for month in range(1, 9)
    }),
    "selected elsewhere": ("plain", {
        "p": law({"reduce": {"by": "1 month"}}, lists_due="2002-03-01", review={"approved": "50%"}),
        "q": law("release", {"sex": "women"}, lists_due="2002-05-01", granted="2002-08-01"),
    }),
    "commuted elsewhere": ("death", {
        "p": law({"commute": {"from": "death", "to": "life"}}, lists_due="2002-03-01",
                 review={"approved": "40%"}),
        "q": law({"commute": {"from": "death", "to": "20 years"}}, granted="2002-05-01"),
    }),
    "labels day by day": ("plain", {
        "p": standing("release", {"reductions": {"by": "pardon", "count": ">= 1"}}, "2002-03-01",
                      "2002-05-31", checked="daily"),
    }),
    "all parts": ("parts", {
        "p": law("release", {"all parts": {"sentence": "< 14 months"}, "parts": ">= 2"}),
        "q": law({"reduce": {"by": "1 month"}}, {"all parts": {"offence": {"not": "murder"}}},
                 granted="2003-01-01"),
    }),
    "yearly": ("plain", {
        "p": law({"release point": {"earlier by": "30 days", "for": "those to come"}},
                 {"sentence": ">= 1 day"}, granted=None, every="year",
                 dates=[f"{month:02}-{day:02}" for month in range(1, 13) for day in (4, 19)]),
    }),
    "just fallen ill": ("ill", {
        "p": standing("release", {"health": "ill", "time in state of health": "< 3 days",
                                  "served": ">= 30 days"},
                      "2002-03-01", "2002-12-31", checked="daily"),
    }),
    "files of all": ("plain", {
        "p": law("release", EVERYBODY, ordered="2002-01-01", lists_due="2002-05-01",
                 exclude={"old": {"age": ">= 45 years"}}, rank=["shortest sentence"],
                 review={"officers per camp": 1, "files a day": 0.2, "order": "rank"}),
    }),
    "lots first": ("plain", {
        "p": law("release", cap="12 in all", rank=["lottery", "oldest"]),
        "q": law("release", cap="4 per camp", rank=["oldest", "lottery"], granted="2003-01-15"),
    }),
    "read on an earlier day": ("plain", {  # whom one refuses as too late, the next reads before
        "p": law("release", {"served": "< 1 year"}, review={"approved": "50%"}),
        "q": law("release", {"served": "< 1 year"}, granted="2002-07-01",
                 thresholds_on="2002-05-02"),
    }),
    "exiled once": ("plain", {
        name: law("release", granted=day, release={
            "exile": {"origin": "hills", "to": "chosen by camp"}})
        for name, day in (("p", "2002-06-01"), ("q", "2003-01-01"), ("r", "2003-08-01"))
    }),
    "struck before it began": ("plain", {
        "p": law({"release": True, "expunge": True}, reach={"offences until": "2002-05-01"}),
        "q": law("release", {"earlier spells": {"served": ">= 0 days"}}, granted="2003-06-01"),
    }),
    "ranks of the untried": ("untried", {
        name: law("end the case", granted=day, lists_due=day, cap="3 per camp", rank=[rank])
        for name, day, rank in (("p", "2002-03-01", "least remaining"),
                                ("q", "2002-06-01", "shortest sentence"),
                                ("r", "2002-09-01", "longest served share"))
    }),
    "due on the day of the grant": ("crowd", {
        "p": law({"release point": {"fraction": "30%", "for": "those to come"}},
                 {"sentence": ">= 1 day"}, lists_due="2001-02-20", granted="2002-05-01"),
    }),
    "cut to nothing since the lists": ("plain", {
        "p": law({"reduce": {"by": "4 months"}}, lists_due="2002-03-01"),
        "q": law({"reduce": {"by": "2 months"}}, lists_due="2002-04-15", granted="2002-05-01"),
    }),
    "cuts count as served": ("death", {  # of a sentence for life nothing is cut
        "p": law({"reduce": {"by": "1 month"}}),
        "q": standing("release", {"served": {"value": ">= 1 year", "counting": ["pardon"]}},
                      "2002-07-01", "2003-12-31", checked="daily"),
    }),
    "exclusions of two kinds": ("plain", {  # one cannot be counted after the run
        "p": law("release", {"served share": ">= 1/3"}, granted=None, every="year",
                 dates=["04-01", "10-01"],
                 exclude={"young thieves": {"offence": "theft", "age": "< 30 years"}}),
    }),
}  # fmt: skip


BY_DAY = {"selected elsewhere", "places"}
"""Laws that the day clock runs as well: between lists and grant it counts heads."""


@pytest.mark.parametrize("name", LAWS)
def test_the_engine_does_what_the_oracle_does(name):
    world, laws = LAWS[name]
    made = scenario(WORLDS[world], laws)
    clocks = ((0, 181, 500), *(["day"] if name in BY_DAY else []))
    oracle, _ = check(made, Draws(5, 1), clocks, world=solved(made))
    assert {docket.occasion.decree for docket in oracle.dockets if docket.stages} == set(laws)
