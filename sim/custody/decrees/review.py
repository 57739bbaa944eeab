"""Who must agree: the officer in charge, then the centre; refused under one clause, the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.comparing import either
from sim.custody.decrees.bench import Bench
from sim.custody.decrees.chances import probabilities
from sim.custody.decrees.divided import divided
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.effects import meets, outcomes
from sim.custody.decrees.lots import lots
from sim.custody.decrees.waits import release_days
from sim.custody.streams import Stream
from sim.custody.tables import happens
from sim.scenario.law.chances import Chance
from sim.scenario.law.clauses import Clause, Review
from sim.scenario.law.decree import Decree
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def review(
    bench: Bench,
    decree: Decree,
    occasion: Occasion,
    met: Mask,
    excluded: Mask,
    reached: Mask | None = None,
) -> Docket:
    """Book everybody who meets a clause under the one that he leaves by, if all agree.

    Parameters
    ----------
    reached
        Whose file is done, shape (n,); None where review is no work. Nobody else is recommended.
    """
    n = len(bench.rows)
    clauses = list(decree.clauses.values())
    parts, open_to = None, met
    if decree.asks_each_part:
        parts = divided(bench, decree, met)
        open_to = parts.open_to
    elif decree.exclude:
        open_to = met & ~np.array([_barred(decree, clause, excluded, n) for clause in clauses])
    released_on = release_days(bench, decree, occasion)
    leaving, cuts, frees = outcomes(bench, clauses, occasion, released_on, parts)
    eligible = _any(open_to)
    advised = _agreed(bench, decree, occasion, "recommended", open_to, eligible)
    if reached is not None:
        advised = advised & reached
    agreed = _agreed(bench, decree, occasion, "approved", advised, eligible)
    clause = np.zeros(n, dtype=np.int64)
    cut_days, freeing = cuts[0], frees[0]
    if len(clauses) > 1:
        # The most favourable first. Of two that are alike, the one without conditions comes first,
        # and home last.
        behind = [[2 if c.then.serve_the_rest else c.then.revived_if is not None] for c in clauses]
        favour = leaving  # which nobody asks for again
        favour *= 3
        favour += np.array(behind)
        clause = _first_of(favour, met, open_to, advised, agreed)
        # A cut that will leave nothing is a release, and takes a place where releases are counted.
        place = clause * n + np.arange(n)
        cut_days, freeing = cuts.take(place), frees.take(place)
    recommended = eligible if advised is open_to else _any(advised)
    approved = recommended if agreed is advised else _any(agreed)
    return Docket(
        occasion, bench.rows, met, excluded, eligible, recommended, approved, clause, cut_days,
        freeing, released_on, reached=reached,
        reasons=None if parts is None else parts.reasons,
    )  # fmt: skip


def _any(by_clause: Mask) -> Mask:
    """Say for whom something is true under any clause, shape (n,)."""
    return by_clause[0] if len(by_clause) == 1 else np.asarray(by_clause.any(axis=0))


def _first_of(favour: Ints, *stages: Mask) -> Ints:
    """Return the number of the clause under which each is booked, shape (n,).

    That under which he comes through most of the stages, each shape (clauses, n) and part of the
    one before; of several the most favourable, then the first in the file.
    """
    depth = np.zeros(favour.shape, dtype=np.int8)
    for stage in stages:
        depth += stage.view(np.int8)
    found = np.zeros(favour.shape[1], dtype=np.int64)
    deepest, best = depth[0], favour[0]
    for number in range(1, len(favour)):
        better = (depth[number] == deepest) & (favour[number] < best)
        better |= depth[number] > deepest
        np.maximum(found, better * np.int64(number), out=found)
        if number + 1 < len(favour):
            deepest = np.maximum(deepest, depth[number])
            best = either(better, favour[number], best)
    return found


def qualified(bench: Bench, decree: Decree) -> Mask:
    """Who meets a clause and no exclusion that binds it, as things are on the day of the bench."""
    if decree.asks_each_part:
        met = np.array([meets(bench, clause) for clause in decree.clauses.values()])
        return np.asarray(divided(bench, decree, met).open_to.any(axis=0))
    n = len(bench.rows)
    barring = [bench.meets(exclusion.when) for exclusion in decree.exclude.values()]
    excluded = np.array(barring, dtype=np.bool_).reshape(len(decree.exclude), n)
    found = np.zeros(n, dtype=np.bool_)
    for clause in decree.clauses.values():
        found |= meets(bench, clause) & ~_barred(decree, clause, excluded, n)
    return found


def _agreed(
    bench: Bench, decree: Decree, occasion: Occasion, word: str, before: Mask, eligible: Mask
) -> Mask:
    """Of those before a stage by clause, who is recommended or approved; shape (clauses, n).

    The same if nobody is asked. Everybody eligible has one lot for all clauses.
    """
    if word not in decree.answers:
        return before
    asked = [_asked(clause.review, decree.review, word) for clause in decree.clauses.values()]
    stream = Stream.RECOMMENDATION if word == "recommended" else Stream.APPROVAL
    return before & _said_yes(bench, stream, occasion, asked, eligible)


def _said_yes(
    bench: Bench,
    stream: Stream,
    occasion: Occasion,
    asked: list[tuple[Chance, bool] | None],
    eligible: Mask,
) -> Mask:
    """Draw the answers under each clause, shape (clauses, n); yes where nobody is asked."""
    yes = np.ones((len(asked), len(bench.rows)), dtype=np.bool_)
    rows, words = bench.rows[eligible], dict[bool, NDArray[np.uint64]]()
    for i, question in enumerate(asked):
        if question is None:
            continue
        chance, lasting = question
        if lasting not in words:
            words[lasting] = lots(
                bench.draws, bench.register, rows, stream, occasion, lasting=lasting
            )
        yes[i, eligible] = happens(words[lasting], probabilities(bench, chance)[eligible])
    return yes


def take_up(bench: Bench, decree: Decree, occasion: Occasion, docket: Docket) -> Mask | None:
    """Draw who takes up what is granted under the clause of each; None where nobody is asked."""
    if "take-up" not in decree.answers:
        return None
    asked = [c.take_up or decree.take_up for c in decree.clauses.values()]
    questions = [None if chance is None else (chance, False) for chance in asked]
    yes = _said_yes(bench, Stream.TAKE_UP, occasion, questions, docket.approved)
    return np.asarray(yes[docket.clause, np.arange(len(bench.rows))])


def _barred(decree: Decree, clause: Clause, excluded: Mask, n: int) -> Mask:
    """Whom the exclusions bar from a clause; a clause may stand despite some of them."""
    names = list(decree.exclude)
    binding = [excluded[i] for i, name in enumerate(names) if name not in clause.despite]
    return np.asarray(np.logical_or.reduce([np.zeros(n, dtype=np.bool_), *binding]))


def _asked(clause: Review, decree: Review, word: str) -> tuple[Chance, bool] | None:
    """Probability of an answer where one is asked for, and whether the answer lasts.

    It is the clause's own, else the decree's.
    """
    for review in (clause, decree):
        chance: Chance | None = getattr(review, word)
        if chance is not None:
            return chance, review.persistent
    return None
