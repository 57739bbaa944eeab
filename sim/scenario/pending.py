"""What a decree asks of a world that has no custody before judgment, and what contradicts it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.before_judgment import BeforeJudgment
from sim.scenario.law.clauses import Clause
from sim.scenario.law.decree import Decree
from sim.scenario.law.effects import END_THE_CASE
from sim.scenario.law.predicate import (
    APPEALING,
    FINAL,
    LEGAL_STATUS,
    OF_A_STATUS,
    Every,
    Leaf,
    OneOf,
    Predicate,
    ShareIs,
    leaves,
)

Found = tuple[tuple[str | int, ...], str]
REMAND = "remand"
_NOBODY = f"nobody appeals in this world: give it '{APPEALING}'"
_NONE = "this world has no custody before judgment: give it 'before judgment'"


def wrong_before_judgment(
    decree: Decree, world: BeforeJudgment | None, *, known: bool
) -> Iterator[Found]:
    """List what a decree asks of custody before judgment and cannot have, below its key.

    Parameters
    ----------
    world
        What the world says of it, if it says anything that can be read.
    known
        Whether the world says anything.
    """
    for path, rule in decree.conditions():
        for leaf in leaves(rule):
            if _of_a_status(leaf) and not known:
                yield path, _NONE
                break
            if world is not None and world.appealing is None and _asks_for(leaf, APPEALING):
                yield path, _NOBODY
    for title, case in decree.cases.items():
        who, at = case.who, ("cases", title, "who")
        if not known and (who.legal_status != FINAL or who.time_in_status is not None):
            yield at, _NONE
        elif world is not None and world.appealing is None and who.legal_status == APPEALING:
            yield at, _NOBODY
    for name, clause in decree.clauses.items():
        yield from ((("clauses", name, *at), said) for at, said in _of_a_clause(clause, known))
        if clause.then.end_the_case and decree.reach is not None:
            message = f"'{END_THE_CASE}' is for cases that are pending: leave 'reach' out"
            yield ("clauses", name, "then"), message


def _of_a_clause(clause: Clause, known: bool) -> Iterator[Found]:
    ends, amounts = clause.then.end_the_case, clause.then.amounts
    if not known and ends:
        yield ("then",), _NONE
    if not known and amounts is not None and REMAND in amounts.wholes:
        yield ("then",), _NONE
    named = statuses_named(clause.when) if known else ()
    if named and ends and set(named) == {FINAL}:
        message = f"names none of those to whom '{END_THE_CASE}' is given: whose case is pending"
        yield ("when",), message
    if named and not ends and FINAL not in named:
        message = (
            f"names none of those to whom this is given, whose sentence is final; '{END_THE_CASE}' "
            "is given to the others"
        )
        yield ("when",), message


def _of_a_status(leaf: Leaf) -> bool:
    asked = leaf.of if isinstance(leaf, ShareIs) else getattr(leaf, "attribute", "")
    return asked in OF_A_STATUS


def _asks_for(leaf: Leaf, word: str) -> bool:
    return isinstance(leaf, OneOf) and leaf.attribute == LEGAL_STATUS and word in leaf.values


def statuses_named(rule: Predicate) -> tuple[str, ...]:
    """Return the legal statuses that a rule asks for outright; none where it does not."""
    parts = rule.parts if isinstance(rule, Every) else (rule,)
    for one in parts:
        if isinstance(one, OneOf) and one.attribute == LEGAL_STATUS and one.among:
            return one.values
    return ()
