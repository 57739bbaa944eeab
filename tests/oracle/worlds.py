"""Random small worlds and random decrees, as plain data such as a file gives.

Two numbers make a file: the first decides everything, the bits of the second strike out what is
optional, each part by itself and without changing the rest. So examples are independent of each
other, and a failing one shrinks to the parts that it needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sim.scenario.load import Scenario, build
from sim.scenario.tree import Tree

Node = Any
REST = {"source": "derived", "grade": "B"}
NAMES = ("beta", "alpha", "gamma")
BARS = ("first bar", "second bar")
STARTS = (date(2015, 1, 1), date(2016, 2, 29), date(2019, 12, 31), date(2018, 7, 2))
LENGTHS = ("1 year", "2 years", "3 years", "5 years")
FEASTS = ("02-28", "02-29", "07-01", "12-31", "01-01", "03-01", "10-10")
SHARES = ("0%", "1/3", "50%", "2/3", "70%", "100%")
EVERYBODY = {"served": ">= 0 days"}
OPERATORS = ("<", "<=", ">", ">=")
RANKS = (
    "longest served", "longest served share", "least remaining", "shortest sentence", "oldest",
    "ill first", "lottery",
)  # fmt: skip
FLAGS = 64


def scenario_of(data: Node) -> Scenario:
    """Read plain data as a file is read."""
    return build("random", tree(data))


def tree(data: object) -> Tree:
    """Plain data as a tree of one file."""
    if isinstance(data, Mapping):
        return Tree({key: tree(value) for key, value in data.items()}, "random.yaml", 1)
    if isinstance(data, list | tuple):
        return Tree([tree(value) for value in data], "random.yaml", 1)
    assert data is None or isinstance(data, str | int | float)
    return Tree(data, "random.yaml", 1)


def file_of(number: int, flags: int) -> Node:
    """What a file says of a random world under up to three random decrees."""
    some = Chooser(number, flags)
    world = _world(some)
    return {"title": "random", "world": world, "decrees": _decrees(some, world)}


class Chooser:
    """Chooses by one number; leaves out what the bits of another one strike."""

    def __init__(self, number: int, flags: int) -> None:
        self.random, self.flags, self.asked = Random(number), flags, 0

    def one(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    def few(self, values: Sequence[Any], least: int, most: int) -> list[Any]:
        return self.random.sample(values, self.random.randint(least, min(most, len(values))))

    def first(self, values: Sequence[Any], least: int) -> Sequence[Any]:
        return values[: self.random.randint(least, len(values))]

    def often(self, chance: float) -> bool:
        return self.random.random() < chance

    def maybe(self, value: Any, chance: float = 0.67) -> Any:
        kept = bool(self.flags >> self.asked % FLAGS & 1)
        self.asked += 1
        return value if self.often(chance) and kept else None

    def shares(self, names: Sequence[str]) -> dict[str, float]:
        weights = [self.random.randint(1, 5) for _ in names]
        return {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)}


def graded(value: object, unit: str | None = None) -> dict[str, object]:
    return {"value": value, **REST} | ({} if unit is None else {"unit": unit})


def without_nones(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


# --- Worlds.


def _world(some: Chooser) -> Node:
    start = some.one(STARTS)
    end = start + timedelta(days=some.one((2192, 2192, 1500, 1500, 800, 90, 1)))
    mortality = some.one((0.1, 0.6, 2, 0))
    camps = some.first(("north", "south", "east"), 1)
    origins = some.first(("Pyongyang", "coast", "hills"), 1)
    return without_nones({
        "name": "random",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "held": graded(some.one((45, 45, 45, 30, 15, 3, 0)), "persons"),
        "occupancy": graded(1, "persons per place"),
        "sentence step": graded(some.one(("1 day", "1 month", "6 months", "1 year"))),
        "camps": {
            name: {"province": "x", "size": graded(some.one((0.01, 1, 3)), "weight")}
            for name in camps
        },
        "offences": _offences(some, life=mortality > 0),
        "origins": _origins(some, origins, camps),
        "women": graded(some.one((0, 0.4))),
        "ages at offence": {"14 to 17": graded(0.3), "18 to 70": graded(0.7)},
        "offence to admission": graded(some.one(("0 days", "200 days"))),
        "health": _health(some),
        "deaths": {
            "in custody": graded(mortality, "per year"),
            "at liberty": {
                "10 to 30": graded(some.one((0, 0.05, 0.5)), "per year"),
                "31 to 120": graded(some.one((0.02, 0.7)), "per year"),
            },
        },
        "merit": some.maybe(_merit(some, start)),
        "earlier reductions": some.maybe({
            "share": graded(some.one((0.05, 0.2, 0.2, 0))),
            "after": graded(some.one(("0 days", "30 days", "6 months"))),
            "cut": graded(some.one(("0 days", "6 months", "3 years"))),
        }),
        "returns": some.maybe(_returns(some)),
        "exile": some.maybe({
            "compliance": graded(some.one((0, 0.6, 1))),
            "destinations": {
                name: graded(share)
                for name, share in some.shares(("far", *origins[1:], "away")).items()
            },
        }),
    })  # fmt: skip


def _offences(some: Chooser, *, life: bool) -> Node:
    found = {}
    for name, share in some.shares(some.first(("theft", "fraud", "murder"), 1)).items():
        least, most = sorted(some.few(range(4), 2, 2))
        middle = f"{(int(LENGTHS[least][0]) + int(LENGTHS[most][0])) / 2} years"
        forever = some.maybe(graded(0.3), 0.4)
        found[name] = without_nones({
            "share": graded(share),
            "tags": some.one(([], ["economic"], ["economic", "violent"])),
            "petty": some.maybe(graded(some.one((0.5, 1)))),
            "life": forever if life else None,
            "sentence": {
                "family": some.one(("gamma", "log-normal")),
                "mean": graded(middle),
                "shape": graded(some.one((0.7, 1.5)), "shape"),
                "least": graded(LENGTHS[least]),
                "most": graded(LENGTHS[most]),
            },
        })  # fmt: skip
    return found


def _origins(some: Chooser, names: Sequence[str], camps: Sequence[str]) -> Node:
    found = {
        name: without_nones({
            "share": graded(share),
            "hazard": some.maybe(graded(some.one((0.5, 2)), "times others")),
        })
        for name, share in some.shares(names).items()
    }  # fmt: skip
    by_camp = some.maybe({camps[0]: found[names[0]]["share"]}, 0.5)
    if len(names) > 1 and by_camp:
        found[names[0]]["by camp"] = by_camp
    return found


def _health(some: Chooser) -> Node:
    return {
        "of": some.one(("admissions", "stock")),
        "states": {
            name: {
                "share": graded(share),
                "hazard in custody": graded(some.one((1, 3)), "relative"),
                "hazard at liberty": graded(some.one((1, 3)), "relative"),
            }
            for name, share in some.shares(some.first(("well", "ill", "weak"), 1)).items()
        },
    }


def _merit(some: Chooser, start: date) -> Node:
    return {
        "each": some.one((*FEASTS, f"{start:%m-%d}")),
        "after": graded(some.one(("0 days", "30 days", "1 year"))),
        "probability": graded(some.one((0.3, 1))),
        "cut": graded(some.one(("1 month", "6 months", "2 years", "0 days"))),
    }


def _returns(some: Chooser) -> Node:
    def effects() -> Node:
        return some.maybe({
            "offending": graded(some.one((0.3, 1, 2)), "times"),
            "detection": graded(some.one((1, 3)), "times"),
        })  # fmt: skip

    return without_nones(
        {
            "offending": graded(some.one((0.3, 1.5, 4)), "per year"),
            "detection": graded(0.5),
            "imprisonment": graded(some.one((0.6, 0.6, 0))),
            "by time free": [
                {"until": graded("100 days"), "factor": graded(1, "times")},
                {"until": graded("2 years"), "factor": graded(some.one((0, 0.3)), "times")},
            ],
            "supervision": effects(),
            "job": effects(),
            "education": effects(),
        }
    )


# --- Decrees.


def _decrees(some: Chooser, world: Node) -> Node:
    names = some.one((NAMES[:1], NAMES[:2], NAMES, NAMES, NAMES, ()))
    start, end = date.fromisoformat(world["start"]), date.fromisoformat(world["end"])
    last = (end - start).days - 1
    # Few days, the first and the last among them, so that decrees and merit meet on one.
    pool = [0, last, *(some.random.randint(0, last) for _ in range(3))]
    if "merit" in world:
        pool += [
            (day - start).days
            for year in (start.year, start.year + 1)
            for day in [_in_year(year, world["merit"]["each"])]
            if start <= day < end
        ]
    days = [start + timedelta(days=day) for day in pool]
    wide = some.often(0.6)  # decrees for nearly everybody, which meet in one person
    found = {name: _decree(some, world, names, days, wide=wide) for name in names}
    named = {name for name in names if f"'by': '{name}'" in str(found)}
    return without_nones({
        name: decree if name in named else some.maybe(decree, 1) for name, decree in found.items()
    })  # fmt: skip


def _in_year(year: int, feast: str) -> date:
    month, day = map(int, feast.split("-"))
    return date(year, month, 28 if (month, day) == (2, 29) and year % 4 else day)


def _decree(
    some: Chooser, world: Node, names: Sequence[str], days: Sequence[date], *, wide: bool
) -> Node:
    excluded = [name for name in BARS if some.often(0.3 if wide else 0.5)]
    clauses = some.first(("one", "two", "three"), 1)
    exile = {"origin": some.one(list(world["origins"])), "to": "chosen by camp"}
    education = some.one(("60 days", "60 days", "400 days", "1 day", "0 days"))
    return without_nones({
        **REST,
        **_dates(some, days),
        "exclude": {name: _predicate(some, world, names) for name in excluded},
        "clauses": {name: _clause(some, world, names, excluded, wide=wide) for name in clauses},
        "review": some.maybe(_review(some), 0.5),
        "cap": some.maybe(some.one((
            "2 in all", "5 in all", "1 per camp", "3 per camp", "0 in all", "0 per camp"))),
        "rank": some.few(RANKS, 1, 2),
        "counts": some.one(("releases", "reductions", "both")),
        "release": without_nones({
            "education": some.maybe(f"{education} from {some.one(('listing', 'grant'))}", 0.5),
            "over": some.maybe(some.one(("2 days", "5 days", "1 day")), 0.5),
            "escort": some.often(0.5),
            "exile": some.maybe(exile) if "exile" in world else None,
            "supervision": some.often(0.5),
            "job": some.maybe(some.one(("50%", "100%", "0%")), 0.5),
        }),
        "drive": some.maybe({
            "arrests per release": some.one(("60%", "100%", "0%")),
            "within": some.one(("90 days", "1 day")),
        }, 0.5),
    })  # fmt: skip


def _dates(some: Chooser, days: Sequence[date]) -> Node:
    readings = ("lists", "grant", "release")
    if some.often(0.3):
        feasts = some.few((*FEASTS, f"{days[0]:%m-%d}"), 1, 4)
        return {
            "every": "year",
            "dates": list(dict.fromkeys(feasts)),
            "thresholds_on": some.one(readings),
        }
    ordered, due, granted = sorted(some.one(days) for _ in range(3))
    shifted = due + timedelta(days=some.random.randint(-400, 400))
    threshold = min(max(shifted, days[0]), days[1])
    return without_nones(
        {
            "ordered": some.maybe(ordered.isoformat(), 0.5),
            "lists_due": some.maybe(due.isoformat()),
            "granted": granted.isoformat(),
            "thresholds_on": some.one((*readings, threshold.isoformat())),
        }
    )


def _review(some: Chooser) -> Node:
    chances = ("50%", "80%", "100%", "0%")
    return without_nones({
        "recommended": some.maybe(some.one(chances)),
        "approved": some.maybe(some.one(chances)),
    })  # fmt: skip


def _clause(
    some: Chooser, world: Node, names: Sequence[str], excluded: Sequence[str], *, wide: bool
) -> Node:
    narrow = _predicate(some, world, names)
    return without_nones({
        "when": EVERYBODY if some.often(0.6 if wide else 0.2) else narrow,
        "then": _effect(some),
        "review": some.maybe(_review(some), 0.4),
        "despite": [name for name in excluded if some.often(0.3)] or None,
    })  # fmt: skip


def _effect(some: Chooser) -> Node:
    amounts = (
        "1 day", "6 months", "1 year", "1/4 of sentence", "1/2 of remaining", "2/3 of term",
        "100% of remaining", "half the term", "0 days", "1/300 of remaining",
    )  # fmt: skip
    limits = ("half the sentence", "half the term", "4 months", "1/3 of remaining")
    cut = {"by": some.one(amounts), "at most": some.maybe(some.one(limits), 0.4)}
    return "release" if some.often(0.5) else {"reduce": without_nones(cut)}


# --- Predicates.


def _predicate(some: Chooser, world: Node, names: Sequence[str], depth: int = 2) -> Node:
    """Conditions over the whole grammar, with thresholds near the lengths of the world."""
    if depth and some.often(0.25):
        return [_predicate(some, world, names, depth - 1) for _ in range(some.one((1, 2, 2)))]
    kinds = [_length, _length, _share, _age, _category, _category, _reductions]
    found: dict[str, Node] = {}
    for _ in range(some.one((1, 1, 2))):
        if depth and some.often(0.15):
            found["not"] = _predicate(some, world, names, depth - 1)
        else:
            found.update(some.one(kinds)(some, world, names))
    return found


def _length(some: Chooser, world: Node, names: Sequence[str]) -> Node:
    attribute = some.one(("sentence", "term", "served", "remaining", "until due"))
    sizes = ("0 days", "1 day", "30 days", "6 months", *LENGTHS)
    if some.often(0.2):
        return {attribute: f">= {some.one(sizes[:4])} and < {some.one(sizes[3:])}"}
    return {attribute: f"{some.one((*OPERATORS, '=='))} {some.one(sizes)}"}


def _share(some: Chooser, world: Node, names: Sequence[str]) -> Node:
    attribute = some.one(("served share", "served share of sentence"))
    if some.often(0.2):
        return {attribute: f"> {some.one(SHARES[:3])} and <= {some.one(SHARES[2:])}"}
    return {attribute: f"{some.one(OPERATORS)} {some.one(SHARES)}"}


def _age(some: Chooser, world: Node, names: Sequence[str]) -> Node:
    years = some.one(("16 years", "18 years", "40 years"))
    return {some.one(("age", "age at offence")): f"{some.one((*OPERATORS, '=='))} {years}"}


def _category(some: Chooser, world: Node, names: Sequence[str]) -> Node:
    places = [*world["origins"], *world.get("exile", {}).get("destinations", ())]
    words = {
        "offence": list(world["offences"]),
        "camp": list(world["camps"]),
        "origin": list(world["origins"]),
        "residence": list(dict.fromkeys(places)),
        "health": list(world["health"]["states"]),
        "sex": ["women", "men"],
    }
    if any("petty" in offence for offence in world["offences"].values()):
        words["gravity"] = ["petty", "ordinary"]
    tags = sorted({tag for offence in world["offences"].values() for tag in offence["tags"]})
    name = some.one(list(words))
    if name == "offence" and tags and some.often(0.5):
        tagged = {"tag": some.one(tags)}
        return {name: {"not": tagged} if some.often(0.3) else tagged}
    value = some.few(words[name], 1, 2)
    if some.often(0.3):
        return {name: {"not": value}}
    return {name: value[0] if len(value) == 1 else value}


def _reductions(some: Chooser, world: Node, names: Sequence[str]) -> Node:
    count = some.one((">= 1", "== 0", "< 2", "> 1", "<= 1"))
    by = some.one(("any", "pardon", "merit", *names))
    return {"reductions": {"by": by, "count": count} if some.often(0.5) else count}
