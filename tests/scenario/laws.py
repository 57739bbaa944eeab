"""Random decrees over the whole language, in the world of the shipped prisons."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any, get_args

from sim.scenario.law.predicate import AGES, EXPECTED, LENGTHS, OF_A_STATUS, SHARES
from sim.scenario.law.selection import Rank
from sim.scenario.load import build, shipped_folder
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree
from sim.scenario.yaml_files import read_tree

Node = dict[str, Any]
SIGNS = ("<", "<=", ">", ">=")
DAYS = ("1 day", "1000 days", "1 month", "18 months", "1 year", "5 years", "10 years")
AMOUNTS: tuple[Any, ...] = (
    "1/2 of served from 2018-01-01 to 1 year before grant",
    "6 days per complete 30 days served to lists",
    "3 years", "1/4 of remaining", "half the sentence", "2/3 of term", "35% of sentence",
    "15 days per complete month remaining", "1 month per started 3 months served",
    "7 days per complete year until due",
    {"value": "15 days per complete month remaining", "low": "7 days", "high": "30 days"},
    {"value": "1/4 of sentence", "low": "1/5", "high": "40%", "grade": "C", "source": "assumption"},
)  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "offence": ("theft", "fraud", "murder", "human trafficking"),
    "camp": ("Kaechon", "Sungho-ri"),
    "origin": ("Pyongyang", "Kangwon"),
    "residence": ("Pyongyang", "Ryanggang"),
    "health": ("well", "ill", "too weak to work"),
    "gravity": ("petty", "ordinary"),
    "sex": ("women", "men"),
}
NAMES = ("beta", "alpha")


@cache
def world() -> Tree:
    """Return the world of the shipped prisons."""
    found = read_tree(shipped_folder() / "dprk.yaml").at(("world",))
    assert found is not None
    return found


def scenario_of(file: Node) -> Scenario:
    """Read a random file as files are read."""
    return build("random", tree(file))


def tree(data: object) -> Tree:
    """Return plain data as the tree of a file that stands beside the shipped ones."""
    name = str(shipped_folder() / "random.yaml")
    if isinstance(data, Mapping):
        return Tree({key: tree(value) for key, value in data.items()}, name, 1)
    if isinstance(data, list):
        return Tree([tree(value) for value in data], name, 1)
    assert data is None or isinstance(data, str | int | float)
    return Tree(data, name, 1)


def law(number: int) -> Node:
    """Return a whole file with one or two random decrees."""
    some = Random(number)
    decrees = {name: _decree(some) for name in NAMES[: some.randint(1, 2)]}
    return {"title": "Random", "world": world().plain(), "decrees": decrees}


def _decree(some: Random) -> Node:
    bars = {name: _condition(some, 2) for name in ("a bar", "another")[: some.randint(0, 2)]}
    clauses = {}
    for name in ("one", "two", "three")[: some.randint(1, 3)]:
        clauses[name] = {"when": _condition(some, 2), "then": _effect(some)}
        if bars and some.random() < 0.3:
            clauses[name]["despite"] = some.choice([next(iter(bars)), list(bars)])
        if some.random() < 0.3:
            clauses[name]["review"] = {"recommended": some.choice(["60%", 0.25, "2/3"])}
    made = {
        "source": some.choice(["dailynk-2020-07", ["assumption", "dailynk-2020-07"]]),
        "grade": "C", "clauses": clauses, "exclude": bars, **_dates(some),
    }  # fmt: skip
    choices: Node = {
        "status": some.choice(["reported", "rumoured", "inferred", "announced"]),
        "acting body": "the presidium",
        "note": "a remark",
        "review": {"approved": {"value": "80%", "low": "1/2", "high": "100%"}},
        "cap": some.choice(["none", "1 in all", {"value": "50 per camp", "low": 1, "high": 99}]),
        "rank": some.choice([*get_args(Rank), some.sample(get_args(Rank), 2)]),
        "counts": some.choice(["releases", "reductions", "both"]),
        "release": _afterwards(some),
        "drive": {"arrests per release": some.choice([1, "50%"]), "within": "3 months"},
        "outcomes": {"released": {"value": 1, "unit": "persons", "source": "rfa-2020-total",
                                  "grade": "A"}},
    }  # fmt: skip
    return made | {key: value for key, value in choices.items() if some.random() < 0.6}


def _dates(some: Random) -> Node:
    if some.random() < 0.25:
        dates = some.sample(["02-16", "02-29", "10-10", "12-31"], some.randint(1, 3))
        return {"every": "year", "dates": dates, "thresholds_on": some.choice(["lists", "release"])}
    between = {"value": "2020-10-08", "between": ["2020-10-01", "2020-10-10"]}
    dates = {
        "ordered": "2020-07-23",
        "lists_due": some.choice(["2020-08-10", {"value": "2020-08-10", "note": "told once"}]),
        "thresholds_on": some.choice(["lists", "grant", "release", "2020-09-01"]),
    }
    kept = {key: value for key, value in dates.items() if some.random() < 0.6}
    return kept | {"granted": some.choice(["2020-10-08", between])}


def _effect(some: Random) -> object:
    rule: Node = {}
    if some.random() < 0.3:
        within = some.choice(["5 years", {"value": "5 years", "low": "2 years", "high": "5 years"}])
        rule = {
            "revived if": {
                "within": within,
                "from": some.choice(["law", "release", "delivery"]),
                "when": some.choice(
                    [{"offence": {"tag": "violent"}}, [{"sentence": "> 2 years"}, {"sex": "men"}]]
                ),
            }
        }
    if some.random() < 0.5:
        return {"release": True, **rule} if rule else "release"
    if some.random() < 0.2:
        return {"serve the rest": "at home"}
    if some.random() < 0.2:
        return {"commute": {"from": "life", "to": some.choice(["20 years", "15 years"])}}
    if some.random() < 0.3:
        share: Node = {"value": "1/2", "low": "1/3", "high": "2/3"}
        point = {"fraction": some.choice(["1/2", share]), "at least": "1 month",
                 some.choice(["earlier by", "later by"]): "18 days",
                 "for": some.choice(["those held", ["those held"]])}  # fmt: skip
        kept = {key: value for key, value in point.items() if some.random() < 0.6}
        return {"release point": {"fraction": "40%", **kept, "for": "those held"}}
    keys = [key for key in ("at least", "at most", "to") if some.random() < 0.4]
    cut = {"by": some.choice(AMOUNTS), **{key: some.choice(AMOUNTS) for key in keys}}
    if some.random() < 0.2:
        return {"credit": {key: amount for key, amount in cut.items() if key != "to"}}
    if "to" in keys and some.random() < 0.5:
        cut = {"to": cut["to"]}
    return {"reduce": cut, **rule}


def _afterwards(some: Random) -> Node:
    graded = {"value": "60 days from listing", "low": "3 days", "high": "60 days"}
    after: Node = {
        "education": some.choice(["1 day from grant", "90 days from listing", graded]),
        "over": some.choice(["1 day", "2 days", {"value": "2 days", "grade": "A"}]),
        "escort": some.choice([True, False, {"per camp and day": some.choice([10, 0.5])}]),
        "exile": {"origin": "Pyongyang", "to": "chosen by camp"},
        "supervision": some.random() < 0.5,
        "job": some.choice(["70%", 0.5, {"value": "1/3", "low": "0%", "high": 1}]),
    }
    return {key: value for key, value in after.items() if some.random() < 0.6}


def _condition(some: Random, depth: int) -> object:
    if depth and some.random() < 0.25:
        return [_condition(some, depth - 1) for _ in range(some.randint(1, 3))]
    keys = some.sample(["words", "length", "share", "age", "reductions", "not"], some.randint(1, 3))
    made: Node = {}
    for key in keys:
        match key:
            case "words":
                made |= _words(some)
            case "length":
                made[some.choice([one for one in LENGTHS if one not in OF_A_STATUS])] = _threshold(
                    some, DAYS
                )
            case "share":
                made[some.choice([one for one in SHARES if SHARES[one] != EXPECTED])] = _threshold(
                    some, ("0%", "1/3", "70%", "100%")
                )
            case "age":
                made[some.choice(AGES)] = _threshold(some, ("18 years", "60 years"))
            case "reductions":
                by = some.choice(["any", "pardon", "merit", "beta"])
                count = some.choice(["< 2", ">= 3"])
                made[key] = some.choice([">= 1", "== 0", {"by": by, "count": count}])
            case "not" if depth:
                made[key] = _condition(some, depth - 1)
    return made or {"offence": "theft"}


def _words(some: Random) -> Node:
    name = some.choice(list(WORDS))
    few = some.sample(WORDS[name], some.randint(1, len(WORDS[name])))
    forms: list[object] = [few, few[0], {"not": few}]
    if name == "offence":
        forms += [{"tag": "economic"}, {"tag": ["economic", "violent"], "not": "theft"}]
    return {name: some.choice(forms)}


def _threshold(some: Random, values: tuple[str, ...]) -> object:
    value = some.choice(values)
    if some.random() < 0.3:
        return {"value": f"{some.choice(SIGNS)} {value}", "low": values[0], "high": values[-1],
                "grade": "B", "source": "dailynk-2020-07"}  # fmt: skip
    if some.random() < 0.2:
        return f">= {value} and <= {values[-1]}"
    return f"{some.choice(SIGNS)} {value}"
