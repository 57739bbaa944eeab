"""Random small worlds, as plain data such as a file gives.

Two words make a file: the first decides everything, the bits of the second strike out what is
optional, each part by itself and without changing the rest. So examples are independent of each
other, and a failing one shrinks to the parts that it needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from sim.scenario.load import build
from sim.scenario.scenario import Scenario
from sim.scenario.tree import from_plain
from tests.oracle.judgment import before_judgment_of
from tests.oracle.stocks import stock_of

Node = Any
REST = {"source": "derived", "grade": "B"}
STARTS = (date(2015, 1, 1), date(2016, 2, 29), date(2019, 12, 31), date(2018, 7, 2))
LENGTHS = ("1 year", "2 years", "3 years", "5 years")
STEPS = ("1 day", "1 month", "1 month", "6 months", "6 months", "1 year")
"""Of single days there are fewest: their tables take longest."""
FEASTS = ("02-28", "02-29", "07-01", "12-31", "01-01", "03-01", "10-10")
FLAGS = 64


def scenario_of(data: Node) -> Scenario:
    """Read plain data as a file is read."""
    return build("random", from_plain(data, "random.yaml"))


def bare_world(start: str, end: str) -> Node:
    """The least that a world must say."""
    years = {"least": graded("1 year"), "most": graded("3 years"), "mean": graded("2 years")}
    hazards = ("hazard in custody", "hazard at liberty")
    return {
        "name": "bare", "start": start, "end": end, "held": graded(1, "persons"),
        "occupancy": graded(1, "persons per place"), "sentence step": graded("1 year"),
        "camps": {"one": {"province": "x", "size": graded(1, "weight")}},
        "offences": {"theft": {"share": graded(1), "tags": [], "sentence": {
            "family": "gamma", "shape": graded(1, "shape"), **years}}},
        "origins": {"coast": {"share": graded(1)}}, "women": graded(0),
        "ages at offence": {"18 to 70": graded(1)}, "offence to admission": graded("0 days"),
        "health": {"of": "admissions", "states": {"well": {
            "share": graded(1), **dict.fromkeys(hazards, graded(1, "relative"))}}},
        "deaths": {"in custody": graded(0, "per year"),
                   "at liberty": {"10 to 120": graded(0, "per year")}},
    }  # fmt: skip


class Chooser:
    """Chooses by one word; leaves out what the bits of another one strike."""

    def __init__(self, address: bytes, flags: int) -> None:
        self.random, self.flags, self.asked = Random(address), flags, 0

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


_DELAYS = {
    "family": "gamma", "shape": graded(1.5, "shape"), "least": graded("0 days"),
    "most": graded("400 days"),
}  # fmt: skip


def world_of(some: Chooser) -> Node:
    start = some.one(STARTS)
    end = start + timedelta(days=some.one((2192, 1500, 1500, 800, 800, 90, 1)))
    mortality = some.one((0.1, 0.6, 2, 0))
    delay = some.one(("0 days", "200 days", "90 days"))
    camps = some.first(("north", "south", "east"), 1)
    origins = some.first(("Pyongyang", "coast", "hills"), 1)
    made = without_nones({
        "name": "random",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "held": graded(some.one((45, 45, 45, 30, 15, 3, 0)), "persons"),
        "occupancy": graded(1, "persons per place"),
        "sentence step": graded(some.one(STEPS)),
        "camps": {
            name: {"province": "x", "size": graded(some.one((0.01, 1, 3)), "weight")}
            for name in camps
        },
        "offences": _offences(some, camps, life=mortality > 0),
        "origins": _origins(some, origins, camps),
        "women": graded(some.one((0, 0.4))),
        "ages at offence": {"14 to 17": graded(0.3), "18 to 70": graded(0.7)},
        "offence to admission": graded(delay),
        "delays": _DELAYS if delay == "90 days" else None,
        "final sentence to admission": some.maybe(graded(delay)),
        "health": _health(some),
        "deaths": without_nones({
            "in custody": graded(mortality, "per year"),
            "in custody by age": some.maybe(_by_age(some), 0.3) if mortality > 0 else None,
            "at liberty": {
                "10 to 30": graded(some.one((0, 0.05, 0.5)), "per year"),
                "31 to 120": graded(some.one((0.02, 0.7)), "per year"),
            },
        }),
        "merit": some.maybe(_merit(some, start)),
        "release point": some.maybe(_release_point(some), 0.5),
        "earlier reductions": some.maybe({
            "share": graded(some.one((0.05, 0.2, 0.2, 0))),
            "after": graded(some.one(("0 days", "30 days", "6 months"))),
            "cut": graded(some.one(("0 days", "6 months", "3 years"))),
        }),
        "returns": some.maybe(_returns(some)),
        "crackdowns": some.maybe(_crackdowns(some, start, end), 0.3),
        "exile": some.maybe({
            "compliance": graded(some.one((0, 0.6, 1))),
            "destinations": {
                name: graded(share)
                for name, share in some.shares(("far", *origins[1:], "away")).items()
            },
        }),
    })  # fmt: skip
    made |= _dying(some, made) or {}
    stock = some.maybe(stock_of(some, made), 0.3)
    if stock is None and (judged := some.maybe(before_judgment_of(some, graded), 0.4)):
        made.pop("final sentence to admission", None)
        made["before judgment"] = judged
        if "executions" in made and mortality > 0:
            made["executions"] = {"per year": graded(0, "per year")}
        elif "executions" in made:
            del made["before judgment"]
    if "in custody by age" not in made["deaths"] and "snapshot" not in (stock or {}):
        made["health"] |= without_nones({"in custody": some.maybe(_changes(some, made), 0.75)})
    return made | without_nones({"stock": stock})


def _dying(some: Chooser, world: Node) -> Node:
    """Sentences of death for some offences, and executions; none only where people die anyhow."""
    rates = (0, 0.2, 1.5, 1.5) if world["deaths"]["in custody"]["value"] > 0 else (0.2, 1.5)
    shares = {name: some.one((0, 0.15, 0.4, 0.4)) for name in world["offences"]}
    executions = some.maybe({"per year": graded(some.one(rates), "per year")}, 0.35)
    if executions is None:
        return None
    offences = {
        name: one | ({"death": graded(shares[name])} if shares[name] else {})
        for name, one in world["offences"].items()
    }
    return {"executions": executions, "offences": offences}


def _by_age(some: Chooser) -> Node:
    """Factors of three bands, the last never 0, so that nobody lives for ever."""
    first, second = sorted(some.few((17, 20, 25, 40, 60), 2, 2))
    bands = (f"10 to {first}", f"{first + 1} to {second}", f"{second + 1} to 120")
    factors = (some.one((0, 1, 3)), some.one((0, 1, 8)), some.one((0.5, 2, 40)))
    return {band: graded(f, "times") for band, f in zip(bands, factors, strict=True)}


def _offences(some: Chooser, camps: Sequence[str], *, life: bool) -> Node:
    found = {}
    names = some.first(("theft", "fraud", "murder"), 1)
    for name, share in some.shares(names).items():
        least, most = sorted(some.few(range(4), 2, 2))
        middle = f"{(int(LENGTHS[least][0]) + int(LENGTHS[most][0])) / 2} years"
        forever = some.maybe(graded(0.3), 0.4)
        found[name] = without_nones({
            "share": graded(share),
            "by camp": some.maybe({camps[0]: graded(share * some.one((0, 0.6, 1)))}, 0.2),
            "numbers": some.maybe(some.one(({"points": graded(some.one((1, 2.5, 4)), "points")},
                                            {"maximum": graded("5 years")})), 0.7),
            "tried with": some.maybe(_tried_with(some, names), 0.7),
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


def _tried_with(some: Chooser, names: Sequence[str]) -> Node:
    """One or two other parts, which leave the main one the longest."""
    most = some.one(("50%", "20%")) if len(names) == 1 else some.one(("33%", "25%", "20%"))
    return {
        other: {
            "probability": graded(some.one((0.5, 1))),
            "least": graded(some.one(("0%", "20%"))),
            "most": graded(most),
        }
        for other in some.few(names, 1, 2)
    }


def _crackdowns(some: Chooser, start: date, end: date) -> Node:
    first = start + timedelta(days=some.random.randint(-10, 400))
    last = first + timedelta(days=some.random.randint(0, 500))
    if last < start or first >= end:
        return None
    return {
        "campaign": {
            "offences": "theft", "from": first.isoformat(), "to": last.isoformat(),
            "times": graded(some.one((0, 0.5, 3)), "times the usual"),
        }
    }  # fmt: skip


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
    names = ("well", "ill", "weak")[: some.one((1, 2, 3, 3))]
    return {
        "of": some.one(("admissions", "stock")),
        "states": {
            name: {
                "share": graded(share),
                "hazard in custody": graded(some.one((1, 3)), "relative"),
                "hazard at liberty": graded(some.one((1, 3)), "relative"),
            }
            for name, share in some.shares(names).items()
        },
    }


def _changes(some: Chooser, world: Node) -> Node:
    """One way out of some states, in an order of their own, so that none leads back."""
    every = tuple(world["health"]["states"])
    states = some.few(every, min(some.one((2, 3, 3)), len(every)), 3)
    return {
        f"from {one} to {other}": {
            "from": one, "to": other, "per year": graded(some.one((0.2, 1, 5, 5, 0)), "per year"),
        }
        for one, other in pairwise(states) if some.often(0.8)
    } or None  # fmt: skip


def _merit(some: Chooser, start: date) -> Node:
    return {
        "each": some.one((*FEASTS, f"{start:%m-%d}")),
        "after": graded(some.one(("0 days", "30 days", "1 year"))),
        "probability": graded(some.one((0.3, 1))),
        "cut": graded(some.one(("1 month", "6 months", "2 years", "0 days"))),
    }


def _release_point(some: Chooser) -> Node:
    """One point for all, or rows for some."""

    def row(when: Node) -> Node:
        way = some.one(("earlier by", "later by"))
        return without_nones({
            "when": when,
            "fraction": graded(some.one(("1/2", "2/3", "40%", "0%", "100%"))),
            way: some.maybe(graded(some.one(("18 days", "100 days", "0 days"))), 0.3),
            "at least": some.maybe(graded(some.one(("28 days", "1 year"))), 0.4),
        })  # fmt: skip

    rows = []
    for _ in range(some.one((0, 0, 1, 2))):
        sentence = {"sentence": some.one((">= 3 years", "< 2 years", "== 1 year"))}
        offence = {"offence": some.one(("theft", {"not": "theft"}))}
        rows.append(row(some.one((sentence, offence, {"not": [sentence, offence]}))))
    if not rows or some.often(0.6):
        rows.append(row(None))
    return rows if len(rows) > 1 or some.often(0.5) else rows[0]


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
