"""Small worlds for tests of theory and contracts, written as plain mappings, and their runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from sim.custody.model import Cell, simulate
from sim.custody.prisons import Prisons, prisons
from sim.custody.streams import Draws
from sim.scenario.load import build, load
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree, replaced

File = dict[str, Any]
REFERENCE_WORK = Path(__file__).parents[1] / "bench" / "reference-work.yaml"
SHIPPED: dict[str, str | Path] = {
    "dprk": "dprk.yaml",
    "dprk-70k": "dprk-70k.yaml",
    "reference work": REFERENCE_WORK,
}


def tree_of(data: object) -> Tree:
    """Turn plain data into a tree, as if it stood in a file."""
    if isinstance(data, Mapping):
        return Tree({str(key): tree_of(child) for key, child in data.items()}, "made up", 1)
    if isinstance(data, list | tuple):
        return Tree([tree_of(child) for child in data], "made up", 1)
    return Tree(data, "made up", 1)  # type: ignore[arg-type]


def graded(value: object, unit: str | None = None) -> File:
    """An assumed quantity."""
    said = {"low": value, "high": value, "source": "assumption", "grade": "C"}
    return {"value": value, **said} if unit is None else {"value": value, "unit": unit, **said}


def offence(
    share: str, mean: str, *, family: str = "gamma", shape: float = 2, least: str = "1 month",
    most: str = "6 years", life: str | None = None, petty: str | None = None, tags: tuple = (),
) -> File:  # fmt: skip
    """An offence with its sentences."""
    found: File = {
        "share": graded(share),
        "tags": list(tags),
        "sentence": {
            "family": family,
            "mean": graded(mean),
            "shape": graded(shape, "shape"),
            "least": graded(least),
            "most": graded(most),
        },
    }
    if life is not None:
        found["life"] = graded(life)
    if petty is not None:
        found["petty"] = graded(petty)
    return found


def origin(share: str, hazard: float | None = None) -> File:
    """A province."""
    return {"share": graded(share)} | ({} if hazard is None else {"hazard": graded(hazard, "x")})


def health(share: str, in_custody: float, at_liberty: float = 1) -> File:
    """A state of health."""
    return {
        "share": graded(share),
        "hazard in custody": graded(in_custody, "relative"),
        "hazard at liberty": graded(at_liberty, "relative"),
    }


def merit(probability: str, cut: str, *, each: str = "07-01", after: str = "6 months") -> File:
    """A yearly cut."""
    return {
        "each": each,
        "after": graded(after),
        "probability": graded(probability),
        "cut": graded(cut),
    }


def returns(offending: float, steps: Mapping[str, float], **effects: File) -> File:
    """Returns, with the factor on offending until each time free."""
    return {
        "offending": graded(offending, "per year"),
        "detection": graded("50%"),
        "imprisonment": graded("80%"),
        "by time free": [
            {"until": graded(until), "factor": graded(factor, "relative")}
            for until, factor in steps.items()
        ],
        **effects,
    }


def world(**changes: object) -> File:
    """Describe a small prison system without merit, illness or returns.

    Keyword arguments replace parts of it; words of several parts are written with `_`.
    """
    plain: File = {
        "name": "small",
        "start": "2001-01-01",
        "end": "2006-01-01",
        "held": graded(3000, "persons"),
        "sentence step": graded("1 month"),
        "occupancy": graded(1, "persons per place"),
        "camps": {
            "north": {"size": graded(5, "weight"), "province": "hills"},
            "east": {"size": graded(3, "weight"), "province": "coast"},
            "south": {"size": graded(2, "weight"), "province": "coast"},
        },
        "offences": {
            "theft": offence("60%", "14 months", most="4 years"),
            "violence": offence("40%", "30 months", family="log-normal", shape=0.6),
        },
        "origins": {"hills": origin("70%"), "coast": origin("30%")},
        "women": graded("20%"),
        "ages at offence": {"15 to 29": graded("45%"), "30 to 64": graded("55%")},
        "offence to admission": graded("3 months"),
        "health": {"states": {"well": health("100%", 1)}},
        "deaths": {
            "in custody": graded(0.1, "per person-year"),
            "at liberty": {
                "15 to 49": graded(0.01, "per person-year"),
                "50 to 110": graded(0.05, "per person-year"),
            },
        },
    }
    for key, part in changes.items():
        plain[key.replace("_", " ")] = deepcopy(part)
    return plain


def scenario(world: File, decrees: File | None = None, name: str = "small") -> Scenario:
    """Check a world and decrees."""
    return build(name, tree_of({"title": name, "world": world, "decrees": decrees or {}}))


def shipped(name: str, held: int, end: str | None = None, **extra: object) -> Scenario:
    """A shipped world without its decrees, at another size and up to another end."""
    tree = load(SHIPPED[name]).tree
    assert isinstance(tree.value, Mapping)
    tree = Tree({k: v for k, v in tree.value.items() if k in ("title", "world")}, tree.file, 1)
    tree = replaced(tree, ("world", "held"), tree_of(graded(held, "persons")))
    if end is not None:
        tree = replaced(tree, ("world", "end"), tree_of(end))
    for key, part in extra.items():
        tree = replaced(tree, ("world", key.replace("_", " ")), tree_of(part))
    return build(name, tree)


_SOLVED: dict[str, Prisons] = {}


def solved(scenario: Scenario) -> Prisons:
    """Solve a world, once for all scenarios in it."""
    if scenario.world_address not in _SOLVED:
        _SOLVED[scenario.world_address] = prisons(scenario)
    return _SOLVED[scenario.world_address]


def cells(scenario: Scenario, seed: int, count: int, prisons: Prisons) -> Iterator[Cell]:
    """Replications of a scenario, one after the other."""
    for replication in range(count):
        yield simulate(scenario, prisons, Draws(seed, replication))


def day_of(scenario: Scenario, when: str) -> int:
    """Days from the world's start to a date."""
    return (date.fromisoformat(when) - scenario.world.start).days


def extreme_world(**changes: object) -> File:
    """A small world in which everything is on, and everything is strong."""
    parts: File = {
        "offences": {
            "theft": offence("55%", "14 months", most="4 years", petty="40%", tags=("economic",)),
            "violence": offence("35%", "30 months", family="log-normal", shape=0.6),
            "murder": offence("10%", "40 months", life="20%"),
        },
        "origins": {"hills": origin("70%"), "coast": origin("30%", 2.0)},
        "health": {
            "of": "stock",
            "states": {
                "well": health("40%", 1),
                "ill": health("45%", 4, 2),
                "dying": health("15%", 12, 6),
            },
        },
        "deaths": {
            "in custody": graded(0.25, "per person-year"),
            "at liberty": {
                "15 to 49": graded(0.03, "per person-year"),
                "50 to 110": graded(0.1, "per person-year"),
            },
        },
        "merit": merit("50%", "3 months"),
        "earlier_reductions": {
            "share": graded("35%"),
            "after": graded("4 months"),
            "cut": graded("6 months"),
        },
        "returns": returns(1.3, {"1 year": 1, "3 years": 0.5}),
    }
    return world(**(parts | changes))


def lasting(mean: str, most: str, *, least: str = "1 month", step: str = "1 month") -> File:
    """How long a phase before judgment lasts."""
    return {
        "family": "gamma",
        "mean": graded(mean),
        "shape": graded(1.5, "shape"),
        "least": graded(least),
        "most": graded(most),
        "step": graded(step),
    }


TRIALS: File = {
    "awaiting trial": {"lasts": lasting("8 months", "3 years"), "convicted": graded("70%")},
    "appealing": {"share": graded("40%"), "lasts": lasting("4 months", "1 year")},
}
"""A long wait for a court that acquits many."""


BY_AGE: File = {
    "10 to 39": graded(1, "times the young"),
    "40 to 59": graded(4, "times the young"),
    "60 to 120": graded(15, "times the young"),
}
"""Factors on deaths in custody."""
FALLING_ILL: File = {
    "falls ill": {"from": "well", "to": "ill", "per year": graded(0.25, "per year")},
    "grows worse": {"from": "ill", "to": "dying", "per year": graded(0.1, "per year")},
}
"""Changes of health in custody, in the extreme world."""
EXILE: File = {
    "compliance": graded("80%"),
    "destinations": {"far north": graded("70%"), "far east": graded("30%")},
}


def busy_world(**changes: object) -> File:
    """The extreme world, with places of exile, at a size that runs in a moment."""
    effects = {"supervision": {"offending": graded(0.7, "x"), "detection": graded(1.5, "x")},
               "job": {"offending": graded(0.6, "x")},
               "education": {"offending": graded(0.8, "x")}}  # fmt: skip
    parts = {
        "held": graded(600, "persons"),
        "end": "2008-01-01",
        "returns": returns(1.3, {"1 year": 1, "3 years": 0.5}, **effects),
        "exile": EXILE,
    }
    return extreme_world(**(parts | changes))


def decree(**changes: object) -> File:
    """A pardon of everything that the language has, on dates in 2003."""
    parts: File = {
        "title": "A pardon",
        "source": "assumption",
        "grade": "C",
        "ordered": {"value": "2003-02-01", "between": ["2003-02-01", "2003-02-01"]},
        "lists_due": {"value": "2003-03-01", "between": ["2003-03-01", "2003-03-01"]},
        "granted": {"value": "2003-04-15", "between": ["2003-04-15", "2003-04-15"]},
        "exclude": {"murder": {"offence": "murder"}, "cut before": {"reductions": ">= 2"}},
        "clauses": {
            "half served": {"when": {"served share": ">= 1/2"}, "then": "release",
                            "review": {"recommended": 0.7}},
            "petty": {"when": {"gravity": "petty"}, "then": "release", "despite": ["cut before"]},
            "others": {"when": {"sentence": ">= 20 months"},
                       "then": {"reduce": {"by": "4 months", "at most": "half the sentence"}}},
        },
        "review": {"approved": 0.9},
        "cap": "60 per camp",
        "rank": ["longest served share", "lottery"],
        "counts": "both",
        "release": {
            "education": "60 days from listing",
            "over": "3 days",
            "escort": True,
            "exile": {"origin": "hills", "to": "chosen by camp"},
            "supervision": True,
            "job": 0.5,
        },
        "drive": {"arrests per release": 0.6, "within": "3 months"},
    }  # fmt: skip
    return {key: part for key, part in deepcopy(parts | changes).items() if part is not None}


def customary(**changes: object) -> File:
    """A pardon on two days of every year."""
    parts: File = {
        "source": "assumption",
        "grade": "C",
        "every": "year",
        "dates": ["02-16", "09-09"],
        "clauses": {"close to the end": {"when": {"remaining": "<= 6 months"}, "then": "release"}},
        "cap": "8 per camp",
        "rank": "longest served",
        "drive": {"arrests per release": 0.3, "within": "2 months"},
    }
    return deepcopy(parts | changes)
