"""Decisions are drawn apart: what is not said to hang together does not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.streams import ARRIVALS, Draws
from sim.custody.traits import labelled, petty, sex_of
from tests.theory.chance import FALSE_ALARM
from tests.theory.worlds import (
    extreme_world,
    graded,
    health,
    merit,
    offence,
    origin,
    returns,
    scenario,
    solved,
)

REPLICATIONS = 10
STATES = {"well": health("60%", 1), "ill": health("40%", 1)}
WORLD = extreme_world(
    end="2011-01-01",
    offences={
        "theft": offence("55%", "14 months", petty="50%"),
        "violence": offence("45%", "14 months", petty="50%"),
    },
    origins={"hills": origin("60%"), "coast": origin("40%")},
    health={"of": "admissions", "states": STATES},
    deaths={
        "in custody": graded(0.1, "per person-year"),
        "at liberty": {"15 to 110": graded(0.01, "per person-year")},
    },
    merit=merit("30%", "1 month"),
    returns=returns(1.0, {"2 years": 1}),
)
"""Offences, origins and states of health are alike but for their names."""


def assert_uncorrelated(columns: dict[str, np.ndarray]) -> None:
    """Ranks of all pairs of columns are uncorrelated: one family of assertions."""
    ranks = {name: stats.rankdata(column) for name, column in columns.items()}
    pairs = list(combinations(ranks, 2))
    limit = stats.norm.isf(FALSE_ALARM / 2 / len(pairs))
    n = len(next(iter(ranks.values())))
    found = {pair: np.corrcoef(*(ranks[name] for name in pair))[0, 1] for pair in pairs}
    wrong = {pair: r * np.sqrt(n) for pair, r in found.items() if abs(r) * np.sqrt(n) > limit}
    assert not wrong, wrong


def attributes(people, prisons, draws) -> dict[str, np.ndarray]:
    """Everything drawn for a spell of a person, by name."""
    person, spell, line = people["person"], people["spell"], people["line"]
    return {
        **{name: people[name] for name in ("offence", "imposed", "origin", "health", "camp")},
        "age": people["admitted"] - people["born"],
        "tolerance": people["tolerance"],
        "sex": sex_of(prisons, draws, person, line),
        "petty": petty(prisons, draws, person, spell, line, people["offence"]),
        "label": labelled(prisons, draws, person, spell, line),
    }


@pytest.fixture(scope="module")
def drawn():
    prisons = solved(scenario(WORLD))
    found = []
    for k in range(REPLICATIONS):
        draws = Draws(112, k)
        people = people_at_hand(prisons, draws)
        found.append(attributes(people, prisons, draws) | {"person": people["person"],
                     "served": -people["admitted"], "merit": people["merit_count"]})  # fmt: skip
    return {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def test_attributes_of_first_admissions(drawn):
    rows = drawn["person"] >= ARRIVALS
    assert rows.sum() > 50_000
    apart = drawn.keys() - {"person", "served", "merit"}
    assert_uncorrelated({name: drawn[name][rows] for name in sorted(apart)})


def test_attributes_of_those_held_at_the_start(drawn):
    """Time served and cuts for merit hang on the sentence, as they should, and on nothing else."""
    rows = drawn["served"] > 0
    assert rows.sum() > 20_000
    names = sorted(drawn.keys() - {"person", "imposed"})
    for other in ("served", "merit"):
        assert_uncorrelated({name: drawn[name][rows] for name in names if name != other})


def test_spells_of_a_person_and_the_time_between_them():
    made = scenario(WORLD)
    prisons, pairs = solved(made), []
    for k in range(REPLICATIONS):
        draws = Draws(113, k)
        r = simulate(made, prisons, draws).register
        order = np.lexsort((r.spell, r.person))
        order = order[r.admitted[order] < 1500]  # whose return is seen whenever it comes
        first, second = order[:-1], order[1:]
        both = r.person[first] == r.person[second]
        both &= (r.spell[first] == 0) & (r.spell[second] == 1)
        first, second = first[both], second[both]
        columns = {
            f"{name} {spell}": getattr(r, name)[rows]
            for name in ("offence", "imposed", "health", "camp")
            for spell, rows in (("first", first), ("second", second))
        }
        petties = [petty(prisons, draws, r.person[rows], r.spell[rows].astype(int), r.line[rows],
                         r.offence[rows].astype(int)) for rows in (first, second)]  # fmt: skip
        marks = [labelled(prisons, draws, r.person[rows], r.spell[rows].astype(int), r.line[rows])
                 for rows in (first, second)]  # fmt: skip
        pairs.append(columns | {"petty first": petties[0], "petty second": petties[1],
                                "label first": marks[0], "label second": marks[1],
                                "origin": r.origin[first]})  # fmt: skip
    found = {name: np.concatenate([one[name] for one in pairs]) for name in pairs[0]}
    assert len(found["origin"]) > 10_000
    # Who is in the window for his second admission tends to have had a short first sentence.
    del found["imposed first"]
    assert_uncorrelated(found)


def test_time_to_return_hangs_on_no_attribute():
    """Waits of those who do return, among whom release and return are both seen."""
    made = scenario(WORLD)
    prisons, found = solved(made), []
    for k in range(REPLICATIONS):
        r = simulate(made, prisons, Draws(114, k)).register
        order = np.lexsort((r.spell, r.person))
        one, other = order[:-1], order[1:]
        seen = (r.person[one] == r.person[other]) & (r.left[one] < made.world.days - 740)
        one, other = one[seen], other[seen]
        names = ("offence", "imposed", "health", "camp", "origin")
        found.append({"wait": r.admitted[other] - r.left[one],
                      **{f"{name} before": getattr(r, name)[one] for name in names[:4]},
                      **{f"{name} after": getattr(r, name)[other] for name in names}})  # fmt: skip
    columns = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    assert len(columns["wait"]) > 10_000
    for name in columns.keys() - {"wait"}:
        pair = {"wait": columns["wait"], name: columns[name]}
        ranks = [stats.rankdata(column) for column in pair.values()]
        z = np.corrcoef(*ranks)[0, 1] * np.sqrt(len(ranks[0]))
        assert abs(z) < stats.norm.isf(FALSE_ALARM / 2 / (len(columns) - 1)), (name, z)
