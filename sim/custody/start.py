"""Who is in prison on day 0, and who was released before it: the survivors of past admissions.

Time served is length-biased, and where hazards are not constant people are drawn by the least and
kept with the probability of having lived through their own.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import (
    FIRST,
    NEVER_HELD,
    Columns,
    Int32s,
    Ints,
    Part,
    Value,
    Words,
    WordsOf,
    columns_of,
)
from sim.custody.exponentials import exponential
from sim.custody.hazards import NEVER
from sim.custody.liberty import past_fates
from sim.custody.persons import (
    PAST,
    START,
    changes_of,
    drawn_person,
    due_day,
    next_spell,
    or_execution,
    person_of,
    pick,
    point_of,
    spell_of,
    without_spared,
)
from sim.custody.prisons import Prisons
from sim.custody.sentencing import ENDLESS, LIFE
from sim.custody.streams import HELD_AT_START, PAST_RELEASES, Draws, Stream
from sim.custody.tables import CutTable, happens
from sim.custody.wear import used
from sim.scenario.lengths import in_year


def held_at_start(prisons: Prisons, draws: Draws, first: int, last: int) -> tuple[int, Part]:
    """Draw those held on day 0 from one place to another; also how many there are."""
    steady, n = prisons.steady, last - first

    def words(stream: Stream) -> Words:
        return draws.column(stream, HELD_AT_START + first, n)

    origin, health, offence, segment = drawn_person(prisons, words, START)
    hazard = steady.class_of(health, origin)
    place, imposed, cuts, elapsed = _served_so_far(prisons, words, offence, hazard, segment)
    judgments = prisons.judgments
    if judgments is not None:
        cuts = np.where(imposed >= LIFE, 0, cuts)
    cut_days = cuts * steady.stays.merit.cut_days
    if judgments is not None:  # before judgment no more is cut than there is
        cut_days = np.minimum(cut_days, imposed - 1)
    admitted = -elapsed
    ends = admitted + imposed - cut_days
    ends[imposed >= LIFE] = NEVER
    eve = merit_on_the_eve(prisons, draws, first, ends, elapsed)
    spell = spell_of(prisons, words, offence, imposed, health, origin)
    due = ends - eve
    if not prisons.points.whole:
        terms = np.where(imposed >= LIFE, LIFE, due - admitted)
        due = np.maximum(due_day(prisons, admitted, terms, spell["point"]), 0)
    return survivors(prisons, words, admitted, 0, {
        "kind": FIRST,
        **person_of(prisons, words, HELD_AT_START + np.arange(first, last), 0, origin, admitted,
                  START),
        **spell,
        **changes_of(prisons, words, health, admitted),
        "admitted": admitted,
        "base": -1,
        "due": or_execution(prisons, words, imposed, -1, due),
        "merit_count": cuts + (eve > 0),
        "merit_days": cut_days + eve,
        "free_since": NEVER_HELD,
        **(judgments.at_start(words, place, admitted, due) if judgments else {}),
    })  # fmt: skip


def _served_so_far(
    prisons: Prisons, words: WordsOf, offence: Value, hazard: Value, segment: Value
) -> tuple[Int32s, Int32s, Value, Int32s]:
    """Draw the place in the table and the days of each sentence, cuts for merit, and days served.

    Parameters
    ----------
    offence, hazard, segment
        Codes of offences, classes of hazard and segments of the table of sentences, shape (n,).
    """
    steady = prisons.steady
    lengths, k = steady.stays.lengths, len(steady.stays.curves)
    # A sentence is as many places along the axis as in its table; life follows the longest, and
    # death life.
    place = prisons.sentence.pick_index(segment, words(Stream.SENTENCE))
    endless = place >= len(lengths)
    some_endless = bool(endless.any())
    length = np.where(endless, 0, place) if some_endless else place
    imposed = lengths.astype(np.int32)[length]
    if prisons.judgments is not None:
        free = prisons.judgments.acquitted(place)
        imposed[free] = _expected(prisons, words, offence, free)
    cuts = pick(prisons.merits, hazard * len(lengths) + length, words, Stream.MERIT_BEFORE)
    elapsed_words = words(Stream.ELAPSED)
    if some_endless:
        imposed[endless] = np.array(ENDLESS)[place[endless] - len(lengths)]
        cuts = np.where(endless, 0, cuts)
    limit = np.maximum(steady.stays.limits[cuts, length], 1)
    elapsed = prisons.elapsed.pick(hazard * k + cuts, limit, elapsed_words)
    if some_endless:
        own = np.broadcast_to(hazard, place.shape)[endless]
        old = words(Stream.SERVED_LIFE)[endless] if prisons.endless_served is not None else None
        elapsed[endless] = endless_served(
            prisons, own, imposed[endless], elapsed_words[endless], old
        )
    return place, imposed, cuts, elapsed


def endless_served(
    prisons: Prisons, hazard: Ints, imposed: NDArray[np.integer], words: Words, beyond: Words | None
) -> Ints:
    """Draw the days served so far of sentences without a term.

    Parameters
    ----------
    hazard, imposed
        Classes of hazard and sentences, shape (n,).
    words, beyond
        Words of these. Where hazards depend on age, the second decide once they no longer do.
    """
    steady, stays = prisons.steady, prisons.steady.stays
    which = np.minimum(imposed.astype(np.int64) - LIFE, len(stays.beside) - 1)
    beside = np.array(stays.beside)[which]
    if prisons.endless_served is None:
        rate = np.maximum(steady.hazards[hazard] + beside, 1)
        return np.asarray(np.minimum(1 + exponential(words) // rate, NEVER))
    assert steady.by_age is not None
    assert stays.survival is not None
    assert beyond is not None
    segment = which * len(steady.hazards) + hazard
    served = prisons.endless_served.pick(segment, words).astype(np.int64)
    last = np.maximum(steady.by_age.rates[hazard, -1] + beside, 1)
    longest = stays.survival.curve.shape[1]
    served += np.where(served == longest, exponential(beyond) // last, 0)
    return np.minimum(served, NEVER)


def survivors(
    prisons: Prisons, words: WordsOf, admitted: Ints | Int32s, until: Ints | int, part: Part
) -> tuple[int, Part]:
    """Keep those who lived through the days before a day, of people drawn by the least hazards.

    Where hazards are not constant, each is kept with the probability of having met his own, given
    the least that anybody could have met: with what is left between the two.
    """
    n, steady = len(admitted), prisons.steady
    if steady.varying is None:
        return n, part
    columns = columns_of(n, part)
    since = admitted.astype(np.int64)
    met = used(columns, steady.varying, since, since + (until - 1 - since))
    if steady.by_age is not None:
        least = steady.least.used(np.asarray(columns["risk"]).astype(np.int64), until - 1 - since)
    else:
        kinds = steady.hazard_class[columns["health"], columns["origin"]]
        least = steady.hazards[kinds] * (until - 1 - since)
    kept = exponential(words(Stream.SURVIVED)) > met - least
    return int(kept.sum()), {name: column[kept] for name, column in columns.items()}


def _expected(
    prisons: Prisons, words: WordsOf, offence: Value, some: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Draw the sentence that a court would impose on some of those held at the start."""
    classes, offences = len(prisons.steady.hazards), len(prisons.steady.mix)
    segment = np.broadcast_to(2 * classes * offences + offence, some.shape)
    return prisons.sentence.pick(segment[some], words(Stream.EXPECTED)[some])


def merit_on_the_eve(
    prisons: Prisons, draws: Draws, first: int, ends: Int32s, elapsed: Int32s
) -> Int32s | int:
    """Days cut on the day before the start, if that is the day of merit: nobody leaves that day."""
    rule, start = prisons.steady.stays.merit, prisons.scenario.world.start
    eve = start - timedelta(days=1)
    if rule.probability == 0 or in_year(eve.year, rule.month_day) != eve:
        return 0
    words = draws.column(Stream.MERIT, HELD_AT_START + first, len(ends), occurrence=eve.year)
    given = happens(words, rule.probability) & (elapsed - 1 >= rule.after_days) & (ends < NEVER)
    return np.where(given, np.clip(ends, 0, rule.cut_days), 0).astype(np.int32)


def past_releases(prisons: Prisons, draws: Draws) -> tuple[int, Columns]:
    """Count those released before the start and draw those who come back within the horizon.

    Who is drawn does not depend on the hazard of return; who comes back does. Time served only
    sets the age, so merit cuts of the past spell are left out of it.
    """
    steady, returning = prisons.steady, prisons.steady.returning
    n = count(prisons.past_count, draws, Stream.PAST_RELEASE_COUNT) if returning else 0
    rows, ago, back = past_fates(prisons, draws, n)
    person, released = PAST_RELEASES + rows, -ago

    def words(stream: Stream) -> Words:
        return draws.at(stream, person, spell=0, line=0)

    origin, health, offence, segment = drawn_person(prisons, words, PAST)
    stay = _past_stay(prisons, words, offence, segment, released)
    risk = np.broadcast_to(steady.class_of(health, origin), rows.shape)
    _, one = survivors(prisons, words, released - stay, released + 1, columns_of(len(rows), {
        **person_of(prisons, words, person, 0, origin, released - stay, PAST),
        "risk": risk, "health": health, "released": released, "back": back,
        **changes_of(prisons, words, health, released - stay),
    }))  # fmt: skip
    names = ("person", "born", "tolerance", "health", "released", "back")
    person, born, tolerance, state, released, back = (
        np.asarray(one[name], dtype=np.int64) for name in names
    )
    if steady.course is not None:
        state = steady.course.state_on(one, released).astype(np.int64)
    used = steady.liberty.used(state, back - born)
    used -= steady.liberty.used(state, released - born)
    alive = tolerance > used
    rest = {"tolerance": tolerance - used, "born": born, "origin": one["origin"],
            "residence": one["origin"], "exiled": one["exiled"],
            "free_since": released}  # fmt: skip
    columns = next_spell(
        prisons, draws, person[alive], np.ones(int(alive.sum()), dtype=np.int64),
        np.zeros(int(alive.sum()), dtype=np.uint64), back[alive],
        {name: np.asarray(column)[alive] for name, column in rest.items()},
    )  # fmt: skip
    return n, without_spared(prisons, draws, columns)[0]


def _past_stay(
    prisons: Prisons, words: WordsOf, offence: Value, segment: Value, released: Ints
) -> Ints:
    """Days held before past releases, without merit unless hazards are not constant."""
    steady, axis = prisons.steady, prisons.steady.axis
    place: Value
    if axis.waits is not None:
        place = prisons.sentence.pick_index(segment, words(Stream.SENTENCE))
        served = prisons.points.served(axis.codes[place], axis.lengths[place])
        stay = np.maximum(served, axis.waits[place])
    else:
        imposed = pick(prisons.sentence, segment, words, Stream.SENTENCE)
        place = axis.places(np.asarray(offence), np.asarray(imposed))
        stay = due_day(prisons, released, imposed, point_of(prisons, offence, imposed)) - released
    if steady.varying is None:
        return np.asarray(stay)
    # Who leaves alive depends on the days, so merit is allowed for.
    usual = steady.stays.leaving[1]
    return np.broadcast_to(usual[np.minimum(place, len(usual) - 1)], released.shape)


def count(table: CutTable, draws: Draws, stream: Stream) -> int:
    """Draw how many people there are."""
    return int(table.pick(0, draws.column(stream, 0, 1))[0])
