"""A decree with some of its clauses: the scenarios behind an attribution to clauses."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from sim.scenario.load import build
from sim.scenario.problems import nearest
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree, replaced
from sim.scenario.written import without

NOBODY = "< 0 days"
"""A sentence that nobody has."""


def clause_subsets(scenario: Scenario, decree: str) -> dict[frozenset[str], Scenario]:
    """Make a scenario for every subset of a decree's clauses, in the order of the file.

    Everything else that decides a result stays: exclusions, review, cap, dates, other decrees. Of
    the empty subset the first clause stays with a condition that nobody meets, since other
    decrees may name this one.

    Returns
    -------
    dict
        Scenarios by the names of the clauses that are kept, named after them as well; the full
        subset has the address of the scenario itself.

    Raises
    ------
    ValueError
        If there is no such decree.
    """
    if decree not in scenario.decrees:
        raise ValueError(f"no decree {decree!r}: {nearest(decree, scenario.decrees)}")
    names = list(scenario.decrees[decree].clauses)
    return {
        frozenset(kept): _with_clauses(scenario, decree, kept)
        for size in range(len(names) + 1)
        for kept in combinations(names, size)
    }


def _with_clauses(scenario: Scenario, decree: str, kept: tuple[str, ...]) -> Scenario:
    path = ("decrees", decree, "clauses")
    clauses = scenario.tree.at(path)
    assert clauses is not None
    assert isinstance(clauses.value, Mapping)
    chosen = {name: child for name, child in clauses.value.items() if name in kept}
    if not kept:
        name, first = next(iter(clauses.value.items()))
        nobody = Tree({"sentence": Tree(NOBODY, first.file, first.line)}, first.file, first.line)
        chosen = {name: replaced(first, ("when",), nobody)}
    tree = without(scenario.tree, "rests on")  # it may name what is left out
    tree = replaced(tree, path, Tree(chosen, clauses.file, clauses.line))
    return build(f"{scenario.name}, {' + '.join(kept) or 'no clause'}", tree)
