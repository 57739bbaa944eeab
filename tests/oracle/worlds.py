"""Random small worlds and random decrees, as the trees that a file would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from sim.scenario.load import Scenario, build
from sim.scenario.tree import Tree

Draw = Any
Node = Any
REST = {"source": "derived", "grade": "B"}
NAMES = ("beta", "alpha", "gamma")
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


def tree(data: object) -> Tree:
    """Plain data as a tree of one file."""
    if isinstance(data, Mapping):
        return Tree({key: tree(value) for key, value in data.items()}, "random.yaml", 1)
    if isinstance(data, list | tuple):
        return Tree([tree(value) for value in data], "random.yaml", 1)
    assert data is None or isinstance(data, str | int | float)
    return Tree(data, "random.yaml", 1)


def scenario_of(data: Node) -> Scenario:
    """Read plain data as a file is read."""
    return build("random", tree(data))


@st.composite
def files(draw: Draw) -> Node:
    """What a file says of a random world under up to three random decrees."""
    world = draw(worlds())
    return {"title": "random", "world": world, "decrees": draw(decrees(world))}


def graded(value: object, unit: str | None = None) -> dict[str, object]:
    return {"value": value, **REST} | ({} if unit is None else {"unit": unit})


def chosen(draw: Draw, values: Sequence[Any]) -> Any:
    return draw(st.sampled_from(values))


def maybe(draw: Draw, value: Any) -> Any:
    return value if draw(st.integers(0, 2)) else None


def shares(draw: Draw, names: Sequence[str]) -> dict[str, float]:
    weights = [draw(st.integers(1, 5)) for _ in names]
    return {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)}


def without_nones(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


# --- Worlds.


@st.composite
def worlds(draw: Draw) -> Node:
    start = chosen(draw, STARTS)
    end = start + timedelta(days=draw(st.sampled_from((800, 1500, 2192, 2192, 90, 1))))
    mortality = chosen(draw, (0.1, 0.6, 2, 0))
    camps = ("north", "south", "east")[: draw(st.integers(1, 3))]
    origins = ("Pyongyang", "coast", "hills")[: draw(st.integers(1, 3))]
    return without_nones({
        "name": "random",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "held": graded(chosen(draw, (15, 30, 45, 45, 3, 0)), "persons"),
        "occupancy": graded(1, "persons per place"),
        "sentence step": graded(chosen(draw, ("1 day", "1 month", "6 months", "1 year"))),
        "camps": {
            name: {"province": "x", "size": graded(chosen(draw, (0.01, 1, 3)), "weight")}
            for name in camps
        },
        "offences": _offences(draw, life=mortality > 0),
        "origins": _origins(draw, origins, camps),
        "women": graded(chosen(draw, (0, 0.4))),
        "ages at offence": {"14 to 17": graded(0.3), "18 to 70": graded(0.7)},
        "offence to admission": graded(chosen(draw, ("0 days", "200 days"))),
        "health": _health(draw),
        "deaths": {
            "in custody": graded(mortality, "per year"),
            "at liberty": {
                "10 to 30": graded(chosen(draw, (0, 0.05, 0.5)), "per year"),
                "31 to 120": graded(chosen(draw, (0.02, 0.7)), "per year"),
            },
        },
        "merit": _merit(draw, start),
        "earlier reductions": maybe(draw, {
            "share": graded(chosen(draw, (0, 0.05, 0.2))),
            "after": graded(chosen(draw, ("0 days", "30 days", "6 months"))),
            "cut": graded(chosen(draw, ("0 days", "6 months", "3 years"))),
        }),
        "returns": _returns(draw),
        "exile": maybe(draw, {
            "compliance": graded(chosen(draw, (0, 0.6, 1))),
            "destinations": {
                name: graded(share)
                for name, share in shares(draw, ("far", *origins[1:], "away")).items()
            },
        }),
    })  # fmt: skip


def _offences(draw: Draw, *, life: bool) -> Node:
    names = ("theft", "fraud", "murder")[: draw(st.integers(1, 3))]
    found = {}
    for name, share in shares(draw, names).items():
        least, most = sorted(draw(st.lists(st.integers(0, 3), min_size=2, max_size=2, unique=True)))
        middle = f"{(int(LENGTHS[least][0]) + int(LENGTHS[most][0])) / 2} years"
        found[name] = without_nones({
            "share": graded(share),
            "tags": chosen(draw, ([], ["economic"], ["economic", "violent"])),
            "petty": maybe(draw, graded(chosen(draw, (0.5, 1)))),
            "life": graded(0.3) if life and draw(st.booleans()) else None,
            "sentence": {
                "family": chosen(draw, ("gamma", "log-normal")),
                "mean": graded(middle),
                "shape": graded(chosen(draw, (0.7, 1.5)), "shape"),
                "least": graded(LENGTHS[least]),
                "most": graded(LENGTHS[most]),
            },
        })  # fmt: skip
    return found


def _origins(draw: Draw, names: Sequence[str], camps: Sequence[str]) -> Node:
    found = {
        name: without_nones({
            "share": graded(share),
            "hazard": maybe(draw, graded(chosen(draw, (0.5, 2)), "times others")),
        })
        for name, share in shares(draw, names).items()
    }  # fmt: skip
    if len(names) > 1 and draw(st.booleans()):
        share = found[names[0]]["share"]["value"]
        found[names[0]]["by camp"] = {camps[0]: graded(share)}
    return found


def _health(draw: Draw) -> Node:
    names = ("well", "ill", "weak")[: draw(st.integers(1, 3))]
    return {
        "of": chosen(draw, ("admissions", "stock")),
        "states": {
            name: {
                "share": graded(share),
                "hazard in custody": graded(chosen(draw, (1, 3)), "relative"),
                "hazard at liberty": graded(chosen(draw, (1, 3)), "relative"),
            }
            for name, share in shares(draw, names).items()
        },
    }


def _merit(draw: Draw, start: date) -> Node:
    return maybe(draw, {
        "each": chosen(draw, (*FEASTS, f"{start:%m-%d}")),
        "after": graded(chosen(draw, ("0 days", "30 days", "1 year"))),
        "probability": graded(chosen(draw, (0.3, 1))),
        "cut": graded(chosen(draw, ("0 days", "1 month", "6 months", "2 years"))),
    })  # fmt: skip


def _returns(draw: Draw) -> Node:
    def effects() -> Node:
        return maybe(draw, {
            "offending": graded(chosen(draw, (0.3, 1, 2)), "times"),
            "detection": graded(chosen(draw, (1, 3)), "times"),
        })  # fmt: skip

    return maybe(draw, without_nones({
        "offending": graded(chosen(draw, (0.3, 1.5, 4)), "per year"),
        "detection": graded(0.5),
        "imprisonment": graded(chosen(draw, (0, 0.6))),
        "by time free": [
            {"until": graded("100 days"), "factor": graded(1, "times")},
            {"until": graded("2 years"), "factor": graded(chosen(draw, (0, 0.3)), "times")},
        ],
        "supervision": effects(),
        "job": effects(),
        "education": effects(),
    }))  # fmt: skip


# --- Decrees.


@st.composite
def decrees(draw: Draw, world: Node) -> Node:
    names = NAMES[: chosen(draw, (1, 2, 3, 3, 0))]
    start, end = date.fromisoformat(world["start"]), date.fromisoformat(world["end"])
    last = (end - start).days - 1
    # Few days, the first and the last among them, so that decrees and merit meet on one.
    pool = [0, last, *draw(st.lists(st.integers(0, last), min_size=3, max_size=3))]
    if "merit" in world:
        pool += [
            (day - start).days
            for year in (start.year, start.year + 1)
            for day in [_in_year(year, world["merit"]["each"])]
            if start <= day < end
        ]
    days = [start + timedelta(days=day) for day in pool]
    wide = draw(st.booleans())  # decrees for nearly everybody, which meet in one person
    return {name: draw(one_decree(world, names, days, wide)) for name in names}


def _in_year(year: int, feast: str) -> date:
    month, day = map(int, feast.split("-"))
    return date(year, month, 28 if (month, day) == (2, 29) and year % 4 else day)


@st.composite
def one_decree(
    draw: Draw, world: Node, names: Sequence[str], days: Sequence[date], wide: bool
) -> Node:
    excluded = ("first bar", "second bar")[: chosen(draw, (0, 1) if wide else (0, 1, 2))]
    clauses = ("one", "two", "three")[: draw(st.integers(1, 3))]
    return without_nones({
        "source": "derived",
        "grade": "B",
        **_dates(draw, days),
        "exclude": {name: draw(predicates(world, names)) for name in excluded},
        "clauses": {name: _clause(draw, world, names, excluded, wide) for name in clauses},
        "review": maybe(draw, _review(draw)),
        "cap": chosen(
            draw, ("none", "none", "2 in all", "5 in all", "1 per camp", "3 per camp",
                   "0 in all", "0 per camp"),
        ),
        "rank": draw(st.lists(st.sampled_from(RANKS), min_size=1, max_size=2, unique=True)),
        "counts": chosen(draw, ("releases", "reductions", "both")),
        "release": _afterwards(draw, world),
        "drive": maybe(draw, {
            "arrests per release": chosen(draw, ("0%", "60%", "100%")),
            "within": chosen(draw, ("1 day", "90 days")),
        }),
    })  # fmt: skip


def _dates(draw: Draw, days: Sequence[date]) -> Node:
    readings = ["lists", "grant", "release"]
    if draw(st.integers(0, 2)) == 0:
        feasts = draw(st.lists(st.sampled_from((*FEASTS, f"{days[0]:%m-%d}")), min_size=1,
                               max_size=4, unique=True))  # fmt: skip
        return {"every": "year", "dates": feasts, "thresholds_on": chosen(draw, readings)}
    ordered, due, granted = sorted(chosen(draw, days) for _ in range(3))
    shifted = due + timedelta(days=draw(st.integers(-400, 400)))
    threshold = min(max(shifted, days[0]), days[1])
    return without_nones(
        {
            "ordered": maybe(draw, ordered.isoformat()),
            "lists_due": maybe(draw, due.isoformat()),
            "granted": granted.isoformat(),
            "thresholds_on": chosen(draw, [*readings, threshold.isoformat()]),
        }
    )


def _review(draw: Draw) -> Node:
    return without_nones({
        "recommended": maybe(draw, chosen(draw, ("50%", "80%", "100%", "0%"))),
        "approved": maybe(draw, chosen(draw, ("50%", "80%", "100%", "0%"))),
    })  # fmt: skip


def _clause(
    draw: Draw, world: Node, names: Sequence[str], excluded: Sequence[str], wide: bool
) -> Node:
    anybody = draw(st.integers(0, 3)) < (3 if wide else 1)
    despite = [name for name in excluded if draw(st.integers(0, 3)) == 0]
    return without_nones(
        {
            "when": draw(predicates(world, names)),
            "then": draw(effects()),
            "review": maybe(draw, _review(draw)),
            "despite": despite or None,
        }
    )


@st.composite
def effects(draw: Draw) -> Node:
    if draw(st.booleans()):
        return "release"
    amounts = (
        "0 days", "1 day", "6 months", "1 year", "1/4 of sentence", "1/2 of remaining",
        "2/3 of term", "100% of remaining", "half the term", "1/300 of remaining",
    )  # fmt: skip
    cut = {"by": chosen(draw, amounts), "at most": maybe(draw, chosen(draw, (
        "half the sentence", "half the term", "4 months", "1/3 of remaining")))}  # fmt: skip
    return {"reduce": without_nones(cut)}


def _afterwards(draw: Draw, world: Node) -> Node:
    exile = {"origin": chosen(draw, list(world["origins"])), "to": "chosen by camp"}
    days = chosen(draw, ("0 days", "1 day", "60 days", "400 days"))
    return without_nones(
        {
            "education": maybe(draw, f"{days} from {chosen(draw, ('listing', 'grant'))}"),
            "over": maybe(draw, chosen(draw, ("1 day", "2 days", "5 days"))),
            "escort": draw(st.booleans()),
            "exile": maybe(draw, exile) if "exile" in world else None,
            "supervision": draw(st.booleans()),
            "job": maybe(draw, chosen(draw, ("0%", "50%", "100%"))),
        }
    )


# --- Predicates.


@st.composite
def predicates(draw: Draw, world: Node, names: Sequence[str], depth: int = 2) -> Node:
    """Conditions over the whole grammar, with thresholds near the lengths of the world."""
    if depth and draw(st.integers(0, 3)) == 0:
        return draw(st.lists(predicates(world, names, depth - 1), min_size=1, max_size=2))
    kinds = ["length", "share", "age", "category", "reductions", *(["not"] if depth else [])]
    found = {}
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=2)):
        if kind == "not":
            found["not"] = draw(predicates(world, names, depth - 1))
        else:
            found.update(LEAVES[kind](draw, world, names))
    return found


def _length(draw: Draw, world: Node, names: Sequence[str]) -> Node:
    attribute = chosen(draw, ("sentence", "term", "served", "remaining", "until due"))
    sizes = ("0 days", "1 day", "30 days", "6 months", *LENGTHS)
    if draw(st.integers(0, 3)) == 0:
        return {attribute: f">= {chosen(draw, sizes[:4])} and < {chosen(draw, sizes[3:])}"}
    operator = chosen(draw, (*OPERATORS, "=="))
    return {attribute: f"{operator} {chosen(draw, sizes)}"}


def _share(draw: Draw, world: Node, names: Sequence[str]) -> Node:
    attribute = chosen(draw, ("served share", "served share of sentence"))
    if draw(st.integers(0, 3)) == 0:
        return {attribute: f"> {chosen(draw, SHARES[:3])} and <= {chosen(draw, SHARES[2:])}"}
    return {attribute: f"{chosen(draw, OPERATORS)} {chosen(draw, SHARES)}"}


def _age(draw: Draw, world: Node, names: Sequence[str]) -> Node:
    years = chosen(draw, ("16 years", "18 years", "40 years"))
    return {chosen(draw, ("age", "age at offence")): f"{chosen(draw, (*OPERATORS, '=='))} {years}"}


def _category(draw: Draw, world: Node, names: Sequence[str]) -> Node:
    places = list(world["origins"])
    if "exile" in world:
        places += [place for place in world["exile"]["destinations"] if place not in places]
    words = {
        "offence": list(world["offences"]),
        "camp": list(world["camps"]),
        "origin": list(world["origins"]),
        "residence": places,
        "health": list(world["health"]["states"]),
        "sex": ["women", "men"],
    }
    if any("petty" in offence for offence in world["offences"].values()):
        words["gravity"] = ["petty", "ordinary"]
    tags = sorted({tag for offence in world["offences"].values() for tag in offence["tags"]})
    name = chosen(draw, list(words))
    value = draw(st.lists(st.sampled_from(words[name]), min_size=1, max_size=2, unique=True))
    if name == "offence" and tags and draw(st.booleans()):
        tagged = {"tag": chosen(draw, tags)}
        return {name: {"not": tagged} if draw(st.integers(0, 2)) == 0 else tagged}
    if draw(st.integers(0, 2)) == 0:
        return {name: {"not": value}}
    return {name: value[0] if len(value) == 1 else value}


def _reductions(draw: Draw, world: Node, names: Sequence[str]) -> Node:
    count = chosen(draw, (">= 1", "== 0", "< 2", "> 1", "<= 1"))
    by = chosen(draw, ("any", "pardon", "merit", *names))
    return {"reductions": {"by": by, "count": count} if draw(st.booleans()) else count}


LEAVES = {
    "length": _length, "share": _share, "age": _age, "category": _category,
    "reductions": _reductions,
}  # fmt: skip
