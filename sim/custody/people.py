"""Who is in prison at the start, who comes, and who comes back: people drawn by address.

Every attribute is the value at a person's own quantile of a tabulated distribution, so a change
in one distribution moves every person at the same quantile and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER, days_until_used_up
from sim.custody.prisons import Prisons
from sim.custody.sentencing import LIFE
from sim.custody.steady import factor_kind
from sim.custody.streams import ARRIVALS, HELD_AT_START, PAST_RELEASES, Draws, Stream
from sim.custody.tables import CutTable, exponential, happens
from sim.scenario.lengths import in_year

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Columns = dict[str, NDArray[np.generic]]
WordsOf = Callable[[Stream], Words]


DTYPES: dict[str, type[np.generic]] = {
    "person": np.int64, "line": np.uint64, "spell": np.int16, "kind": np.int8,
    "born": np.int32, "origin": np.int8, "residence": np.int8, "exiled": np.bool_,
    "exiled_before": np.bool_,
    "offence": np.int8, "imposed": np.int32, "health": np.int8, "camp": np.int16,
    "admitted": np.int32, "base": np.int32, "tolerance": np.int64, "rate": np.int64,
    "due": np.int32, "dies": np.int32, "merit_count": np.int16, "merit_days": np.int32,
    "pardon_days": np.int32, "occasion": np.int16, "release": np.int32, "key": np.int32,
    "left": np.int32, "cause": np.int16, "freed_by": np.int16, "died_free": np.int32,
    "eligible_on": np.int32, "free_since": np.int32,
}  # fmt: skip
"""Types of the register's columns."""
OF_A_SPELL = (Stream.HEALTH, Stream.OFFENCE, Stream.SENTENCE, Stream.CAMP)
"""What is drawn anew for each spell."""
FIRST, RETURN, ARREST, EXTINGUISHED = 0, 1, 2, 3
"""Kinds of admission: first, return after a spell, arrest in a drive; none at all, where a decree
wiped the sentence out before it began."""
NEVER_HELD = -(1 << 28)
"""The day since which a person is free who was not held before."""
START, PAST, NEW = 0, 1, 2
"""Where a person comes from: held at the start, released before it, admitted since."""


def people_at_hand(prisons: Prisons, draws: Draws) -> Columns:
    """Draw everybody whom no decree decides on: held at the start, past releases, first admissions.

    Returns
    -------
    Columns
        One entry per column of the register, rows in the order start, past releases, arrivals.
    """
    parts = [_held_at_start(prisons, draws), _past_releases(prisons, draws),
             _arrivals(prisons, draws), *_added(prisons, draws)]  # fmt: skip
    for part in parts:
        part["dies"] = dies_on(*(part[c].astype(np.int64) for c in ("base", "tolerance", "rate")))
    return {
        name: np.concatenate([part[name] for part in parts], dtype=DTYPES[name], casting="unsafe")
        for name in parts[0]
    }


def _held_at_start(prisons: Prisons, draws: Draws) -> Columns:
    steady, n = prisons.steady, _count(prisons.held_count, draws, Stream.HELD_COUNT)

    def words(stream: Stream) -> Words:
        return draws.column(stream, HELD_AT_START, n)

    origin, health, offence, imposed = _who(prisons, words, START, n)
    hazard = steady.hazard_class[health, origin]
    life = imposed >= LIFE
    lengths, k = steady.stays.lengths, len(steady.stays.curves)
    length = np.where(life, 0, np.searchsorted(lengths, imposed))
    cuts = _pick(prisons.merits, hazard * len(lengths) + length, n, words, Stream.MERIT_BEFORE)
    cuts = np.where(life, 0, cuts)
    elapsed_words = words(Stream.ELAPSED)
    limit = np.maximum(steady.stays.limits[cuts, length], 1)
    elapsed = prisons.elapsed.pick(hazard * k + cuts, limit, elapsed_words).astype(np.int64)
    if life.any():
        waited = exponential(elapsed_words[life])
        elapsed[life] = 1 + waited // np.maximum(steady.hazards[hazard[life]], 1)
    cut_days = cuts * steady.stays.merit.cut_days
    admitted = -elapsed
    due = np.where(life, NEVER, admitted + imposed - cut_days)
    eve = _merit_on_the_eve(prisons, draws, due, elapsed)
    return {
        "kind": np.full(n, FIRST),
        **_person(prisons, words, HELD_AT_START + np.arange(n), 0, origin, admitted, START),
        **_spell(prisons, words, offence, imposed, health, origin),
        "admitted": admitted,
        "base": np.full(n, -1, dtype=np.int64),
        "due": due - eve,
        "merit_count": cuts + (eve > 0),
        "merit_days": cut_days + eve,
        "free_since": np.full(n, NEVER_HELD),
    }


def _merit_on_the_eve(prisons: Prisons, draws: Draws, due: Ints, elapsed: Ints) -> Ints:
    """Days cut on the day before the start, if that is the day of merit: nobody leaves that day."""
    rule, start = prisons.steady.stays.merit, prisons.scenario.world.start
    eve = start - timedelta(days=1)
    if rule.probability == 0 or in_year(eve.year, rule.month_day) != eve:
        return np.zeros(len(due), dtype=np.int64)
    words = draws.column(Stream.MERIT, HELD_AT_START, len(due), occurrence=eve.year)
    given = happens(words, rule.probability) & (elapsed - 1 >= rule.after_days) & (due < NEVER)
    return np.where(given, np.minimum(rule.cut_days, due), 0)


def _arrivals(prisons: Prisons, draws: Draws) -> Columns:
    words = draws.column(Stream.ADMISSION_COUNT, 0, prisons.days)
    counts = prisons.admission_count.pick(0, words)
    admitted = np.repeat(np.arange(prisons.days), counts)
    n = len(admitted)

    def words_of(stream: Stream) -> Words:
        return draws.column(stream, ARRIVALS, n)

    columns = first_spell(prisons, words_of, ARRIVALS + np.arange(n), np.uint64(0), admitted)
    return without_spared(prisons, draws, columns)[0]


def _added(prisons: Prisons, draws: Draws) -> Iterator[Columns]:
    """Draw those whom crackdowns add."""
    for campaign in prisons.campaigns:
        admitted, person = campaign.added(draws, prisons.days)

        def words(stream: Stream, person: Ints = person) -> Words:
            return draws.at(stream, person, spell=0, line=0)

        yield first_spell(prisons, words, person, np.uint64(0), admitted, campaign.offence)


def without_spared(
    prisons: Prisons, draws: Draws, columns: Columns
) -> tuple[Columns, NDArray[np.bool_]]:
    """Leave out whose admission a crackdown spares; tell who they are, shape (n,)."""
    if not prisons.campaigns:
        return columns, np.zeros(len(columns["person"]), dtype=np.bool_)
    whole = (columns[name].astype(np.int64) for name in ("person", "spell", "admitted", "offence"))
    person, spell, admitted, offence = whole
    spared = np.zeros(len(person), dtype=np.bool_)
    for campaign in prisons.campaigns:
        who = person, spell, columns["line"].astype(np.uint64)
        spared |= campaign.spared(draws, who, admitted, offence)
    if not spared.any():
        return columns, spared
    return {name: np.asarray(column)[~spared] for name, column in columns.items()}, spared


def first_spell(
    prisons: Prisons,
    words: WordsOf,
    person: Ints,
    line: Words | np.uint64,
    admitted: Ints,
    offences: CutTable | None = None,
) -> Columns:
    """Draw people never admitted before; of some offences alone, if these are given."""
    n = len(admitted)
    origin, health, offence, imposed = _who(prisons, words, NEW, n, offences)
    return {
        "kind": np.full(n, FIRST),
        **_person(prisons, words, person, line, origin, admitted, NEW),
        **_spell(prisons, words, offence, imposed, health, origin),
        "admitted": admitted,
        "base": admitted,
        "due": np.where(imposed >= LIFE, NEVER, admitted + imposed),
        "merit_count": np.zeros(n, dtype=np.int64),
        "merit_days": np.zeros(n, dtype=np.int64),
        "free_since": np.full(n, NEVER_HELD),
    }


def _past_releases(prisons: Prisons, draws: Draws) -> Columns:
    """Draw those released before the start who come back within the horizon.

    Who is drawn does not depend on the hazard of return; who comes back does. Time served only
    sets the age, so merit cuts of the past spell are left out of it.
    """
    steady, returning = prisons.steady, prisons.steady.returning
    n = _count(prisons.past_count, draws, Stream.PAST_RELEASE_COUNT) if returning else 0
    ago = 1 + ((draws.column(Stream.RELEASED_AGO, PAST_RELEASES, n) >> np.uint64(32)).astype(
        np.int64) * prisons.past_window_days >> 32)  # fmt: skip
    back = np.full(n, NEVER, dtype=np.int64)
    if returning is not None:
        tolerance = exponential(draws.column(Stream.RETURN, PAST_RELEASES, n))
        kind = np.full(n, factor_kind(supervision=False, job=False, education=False))
        back = returning.days_until(tolerance, kind, np.zeros(n, dtype=np.int64)) - ago
    rows = np.flatnonzero((back >= 0) & (back < prisons.days))
    person, released, back = PAST_RELEASES + rows, -ago[rows], back[rows]

    def words(stream: Stream) -> Words:
        return draws.at(stream, person, spell=0, line=0)

    origin, health, offence, imposed = _who(prisons, words, PAST, len(rows))
    one = _person(prisons, words, person, np.uint64(0), origin, released - imposed, PAST)
    born = np.asarray(one["born"], dtype=np.int64)
    tolerance = np.asarray(one["tolerance"], dtype=np.int64)
    used = steady.liberty.used(health, back - born) - steady.liberty.used(health, released - born)
    alive = tolerance > used
    rest = {"tolerance": tolerance - used, "born": born, "origin": origin, "residence": origin,
            "exiled": np.zeros(len(rows), dtype=np.bool_), "free_since": released}  # fmt: skip
    del offence
    columns = next_spell(
        prisons, draws, person[alive], np.ones(int(alive.sum()), dtype=np.int64),
        np.zeros(int(alive.sum()), dtype=np.uint64), back[alive],
        {name: np.asarray(column)[alive] for name, column in rest.items()},
    )  # fmt: skip
    return without_spared(prisons, draws, columns)[0]


def next_spell(
    prisons: Prisons,
    draws: Draws,
    person: Ints,
    spell: Ints,
    line: Words,
    admitted: Ints,
    kept: Columns,
) -> Columns:
    """Draw the next spell of people who return; `kept` is what stays with a person."""
    words = draws.several(OF_A_SPELL, person, spell=spell, line=line)
    n = len(person)
    hold = np.full(n, NEW)
    health = _pick_health(prisons, words, NEW, hold)
    offence, imposed = _offence(prisons, words, NEW, hold)
    origin = np.asarray(kept["origin"], dtype=np.int64)
    return {
        "person": person, "line": line, "spell": spell, "kind": np.full(n, RETURN),
        **kept,
        **_spell(prisons, words, offence, imposed, health, origin),
        "admitted": admitted,
        "base": admitted,
        "due": np.where(imposed >= LIFE, NEVER, admitted + imposed),
        "merit_count": np.zeros(n, dtype=np.int64),
        "merit_days": np.zeros(n, dtype=np.int64),
    }  # fmt: skip


def _pick(table: CutTable, segments: Ints | int, n: int, words: WordsOf, stream: Stream) -> Ints:
    """Draw from a table; where it knows one value alone, nothing is drawn."""
    if table.constant is not None:
        return np.full(n, table.constant, dtype=np.int64)
    return table.pick(segments, words(stream)).astype(np.int64)


def _count(table: CutTable, draws: Draws, stream: Stream) -> int:
    return int(table.pick(0, draws.column(stream, 0, 1))[0])


def _who(
    prisons: Prisons, words: WordsOf, source: int, n: int, offences: CutTable | None = None
) -> tuple[Ints, Ints, Ints, Ints]:
    """Draw origin, health, offence and sentence."""
    origin = _pick(prisons.origin, source, n, words, Stream.ORIGIN)
    health = _pick_health(prisons, words, source, origin)
    hazard = prisons.steady.hazard_class[health, origin]
    return origin, health, *_offence(prisons, words, source, hazard, offences)


def _pick_health(prisons: Prisons, words: WordsOf, source: int, origin: Ints) -> Ints:
    """Health depends on origin among survivors only: those from harder origins die sooner."""
    origins = len(prisons.steady.origin_all)
    segment = np.full(len(origin), 2 * origins) if source == NEW else source * origins + origin
    return _pick(prisons.health, segment, len(origin), words, Stream.HEALTH)


def _offence(
    prisons: Prisons, words: WordsOf, source: int, hazard: Ints, only: CutTable | None = None
) -> tuple[Ints, Ints]:
    classes, offences = len(prisons.steady.hazards), len(prisons.steady.mix)
    n = len(hazard)
    segment = np.full(n, 2 * classes) if source == NEW else source * classes + hazard
    if only is not None:
        offence = _pick(only, 0, n, words, Stream.OFFENCE)
    else:
        offence = _pick(prisons.offence, segment, n, words, Stream.OFFENCE)
    by = segment * offences + offence
    return offence, _pick(prisons.sentence, by, n, words, Stream.SENTENCE)


def _person(
    prisons: Prisons,
    words: WordsOf,
    person: Ints,
    line: Words | np.uint64 | int,
    origin: Ints,
    admitted: Ints,
    source: int,
) -> Columns:
    """Draw what stays with a person: age, tolerance."""
    groups = len(prisons.steady.age_all)
    group = prisons.steady.origin_group[origin] + (groups if source == NEW else 0)
    age = _pick(prisons.age, group, len(person), words, Stream.AGE)
    delay = _delay(prisons, words)
    n = len(person)
    return {
        "person": person,
        "line": np.broadcast_to(np.asarray(line, dtype=np.uint64), (n,)).copy(),
        "spell": np.zeros(n, dtype=np.int64),
        "born": admitted - delay - age,
        "tolerance": exponential(words(Stream.DEATH)),
        "origin": origin,
        "residence": origin,
        "exiled": np.zeros(n, dtype=np.bool_),
    }


def _spell(
    prisons: Prisons, words: WordsOf, offence: Ints, imposed: Ints, health: Ints, origin: Ints
) -> Columns:
    """Draw what belongs to a spell."""
    camp = _pick(prisons.camp, origin, len(origin), words, Stream.CAMP)
    rate = prisons.steady.hazards[prisons.steady.hazard_class[health, origin]]
    return {"offence": offence, "imposed": imposed, "health": health, "camp": camp, "rate": rate}


def _delay(prisons: Prisons, words: WordsOf) -> Ints | int:
    if prisons.delay is None:
        return prisons.scenario.world.offence_to_admission.value
    return prisons.delay.pick(0, words(Stream.DELAY)).astype(np.int64)


def delays(prisons: Prisons, draws: Draws, person: Ints, spell: Ints, line: Words) -> Ints | int:
    """Days from the offence of a spell to admission: one number where all are alike."""
    return _delay(prisons, lambda stream: draws.at(stream, person, spell=spell, line=line))


def sex_of(prisons: Prisons, draws: Draws, person: Ints, line: Words) -> NDArray[np.bool_]:
    """Say who is a woman; drawn where it is asked for."""
    words = draws.at(Stream.SEX, person, spell=0, line=line)
    return happens(words, prisons.scenario.world.women.value)


def petty(
    prisons: Prisons, draws: Draws, person: Ints, spell: Ints, line: Words, offence: Ints
) -> NDArray[np.bool_]:
    """Say whose offence is petty."""
    offences = prisons.scenario.world.offences.values()
    shares = np.array([one.petty.value if one.petty else 0.0 for one in offences])
    words = draws.at(Stream.GRAVITY, person, spell=spell, line=line)
    return happens(words, shares[offence])


def labelled(
    prisons: Prisons, draws: Draws, person: Ints, spell: Ints, line: Words
) -> NDArray[np.bool_]:
    """Say who bears the label of an earlier reduction once enough is served."""
    words = draws.at(Stream.EARLIER_REDUCTION, person, spell=spell, line=line)
    return happens(words, prisons.steady.label_probability)


def dies_on(base: Ints, tolerance: Ints, rate: Ints) -> Ints:
    """Day of death if held for ever."""
    return np.asarray(np.minimum(base + days_until_used_up(tolerance, rate), NEVER))
