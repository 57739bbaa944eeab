"""A person, and a spell in custody, drawn by address.

Every attribute is the value at a person's own quantile of a tabulated distribution, so a change
in one distribution moves every person at the same quantile and nothing else.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.columns import (
    FIRST,
    NEVER_HELD,
    RETURN,
    Columns,
    Int32s,
    Ints,
    Part,
    Value,
    Words,
    WordsOf,
    columns_of,
)
from sim.custody.course import STREAMS
from sim.custody.exponentials import exponential
from sim.custody.hazards import NEVER, days_until_used_up
from sim.custody.prisons import Prisons
from sim.custody.sentencing import DEATH, LIFE
from sim.custody.streams import Draws, Stream
from sim.custody.tables import CutTable
from sim.custody.trials import OF_A_TRIAL

OF_A_SPELL = (Stream.HEALTH, Stream.OFFENCE, Stream.SENTENCE, Stream.CAMP)
"""What is drawn anew for each spell."""
START, PAST, NEW = 0, 1, 2
"""Where a person comes from: held at the start, released before it, admitted since."""


def first_spell(
    prisons: Prisons,
    words: WordsOf,
    person: Ints,
    line: Words | int,
    admitted: Ints,
    offences: CutTable | None = None,
) -> Columns:
    """Draw people never admitted before; of some offences alone, if these are given."""
    one = first_part(prisons, words, person, line, admitted, offences)
    return columns_of(len(admitted), one)


def first_part(
    prisons: Prisons,
    words: WordsOf,
    person: Ints,
    line: Words | int,
    admitted: Ints | Int32s,
    offences: CutTable | None = None,
) -> Part:
    """Draw people never admitted before; where all have one value, that value."""
    origin, health, offence, segment = drawn_person(prisons, words, NEW, offences)
    imposed = pick(prisons.sentence, segment, words, Stream.SENTENCE)
    spell = spell_of(prisons, words, offence, imposed, health, origin)
    due = due_day(prisons, admitted, imposed, spell["point"])
    due = or_execution(prisons, words, imposed, admitted, due)
    return {
        "kind": FIRST,
        **person_of(prisons, words, person, line, origin, admitted, NEW),
        **spell,
        **changes_of(prisons, words, health, admitted),
        "admitted": admitted,
        "base": admitted,
        "due": due,
        "merit_count": 0,
        "merit_days": 0,
        "free_since": NEVER_HELD,
        **(prisons.judgments.drawn(words, admitted, due) if prisons.judgments else {}),
    }


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
    streams = OF_A_SPELL if prisons.judgments is None else (*OF_A_SPELL, *OF_A_TRIAL)
    if prisons.steady.stays.executions:
        streams = (*streams, Stream.EXECUTION)
    if prisons.steady.course is not None:
        streams = (*streams, *STREAMS[: prisons.steady.course.longest])

    @cache  # the kernel draws most of it itself, and often all
    def several() -> WordsOf:
        return draws.several(streams, person, spell=spell, line=line)

    def words(stream: Stream) -> Words:
        return several()(stream)

    origin = np.asarray(kept["origin"], dtype=np.int64)
    health, offence, imposed, camp = drawn_next(
        prisons, draws, words, (person, spell, line), origin
    )
    own = spell_in(prisons, offence, imposed, health, origin, camp)
    due = due_day(prisons, admitted, imposed, own["point"])
    due = or_execution(prisons, words, imposed, admitted, due)
    return columns_of(len(person), {
        "person": person, "line": line, "spell": spell, "kind": RETURN,
        **kept,
        **own,
        **changes_of(prisons, words, health, admitted),
        "admitted": admitted,
        "base": admitted,
        "due": due,
        "merit_count": 0,
        "merit_days": 0,
        **(prisons.judgments.drawn(words, admitted, due) if prisons.judgments else {}),
    })  # fmt: skip


def drawn_next(
    prisons: Prisons, draws: Draws, words: WordsOf, who: tuple[Ints, Ints, Words], origin: Ints
) -> tuple[Value, Value, Value, Value]:
    """Draw health, offence, sentence and camp of the next spells of people who return."""
    if kernel.compiled is not None:  # in one call: most of the time they are few
        offences, differ = len(prisons.steady.mix), prisons.scenario.world.offences_differ
        own = 2 * len(prisons.steady.hazards)
        tables = (prisons.health, prisons.offence, prisons.sentence, prisons.camp)
        found = kernel.compiled.next_spells(
            (*who, origin), [draws.key_words(stream) for stream in OF_A_SPELL],
            [table.pinned for table in tables],
            (2 * len(prisons.steady.origin_all), own, own * offences), offences * differ,
        )  # fmt: skip
        if found is not None:
            return found[0], found[1], found[2], found[3]
    health = pick_health(prisons, words, NEW, 0)
    offence, segment = pick_offence(prisons, words, NEW, 0)
    imposed = pick(prisons.sentence, segment, words, Stream.SENTENCE)
    return health, offence, imposed, pick_camp(prisons, words, offence, origin)


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


def pick(table: CutTable, segments: Value, words: WordsOf, stream: Stream) -> Value:
    """Draw from a table; where it knows one value alone, nothing is drawn and one value stands."""
    if table.constant is not None:
        return table.constant
    return table.pick(segments, words(stream))


def drawn_person(
    prisons: Prisons, words: WordsOf, source: int, offences: CutTable | None = None
) -> tuple[Value, Value, Value, Value]:
    """Draw origin, health and offence; the last is the segment of the table of sentences."""
    origin = pick(prisons.origin, source, words, Stream.ORIGIN)
    health = pick_health(prisons, words, source, origin)
    hazard = 0 if source == NEW else prisons.steady.class_of(health, origin)
    return origin, health, *pick_offence(prisons, words, source, hazard, offences)


def pick_health(prisons: Prisons, words: WordsOf, source: int, origin: Value) -> Value:
    """Health depends on origin among survivors only: those from harder origins die sooner."""
    origins = len(prisons.steady.origin_all)
    segment = 2 * origins if source == NEW else source * origins + origin
    return pick(prisons.health, segment, words, Stream.HEALTH)


def pick_offence(
    prisons: Prisons, words: WordsOf, source: int, hazard: Value, only: CutTable | None = None
) -> tuple[Value, Value]:
    """Draw the offence, and find the segment of the table of sentences that goes with it."""
    classes, offences = len(prisons.steady.hazards), len(prisons.steady.mix)
    segment = 2 * classes if source == NEW else source * classes + hazard
    if only is None:
        offence = pick(prisons.offence, segment, words, Stream.OFFENCE)
    else:
        offence = pick(only, 0, words, Stream.OFFENCE)
    return offence, segment * offences + offence


def person_of(
    prisons: Prisons,
    words: WordsOf,
    person: Ints,
    line: Words | int,
    origin: Value,
    admitted: Value,
    source: int,
) -> Part:
    """Draw what stays with a person: age, tolerance."""
    groups = len(prisons.steady.age_all)
    group = prisons.steady.origin_group[origin] + (groups if source == NEW else 0)
    age = pick(prisons.age, group, words, Stream.AGE)
    delay = delay_of(prisons, words)
    return {
        "person": person,
        "line": line,
        "spell": 0,
        "born": admitted - delay - age,
        "tolerance": exponential(words(Stream.DEATH)),
        "origin": origin,
        "residence": origin,
        "exiled": False,
    }


def spell_of(
    prisons: Prisons, words: WordsOf, offence: Value, imposed: Value, health: Value, origin: Value
) -> Part:
    """Draw what belongs to a spell, and find its release point."""
    camp = pick_camp(prisons, words, offence, origin)
    return spell_in(prisons, offence, imposed, health, origin, camp)


def pick_camp(prisons: Prisons, words: WordsOf, offence: Value, origin: Value) -> Value:
    """Draw the camp by origin; by offence as well where those of camps differ."""
    segment = origin
    if prisons.scenario.world.offences_differ:
        wide = origin if isinstance(origin, int) else origin.astype(np.int64)
        segment = wide * len(prisons.steady.mix) + offence
    return pick(prisons.camp, segment, words, Stream.CAMP)


def spell_in(
    prisons: Prisons, offence: Value, imposed: Value, health: Value, origin: Value, camp: Value
) -> Part:
    """Put together what belongs to a spell in a camp, and find its release point."""
    steady = prisons.steady
    return {"offence": offence, "imposed": imposed, "health": health, "camp": camp,
            "rate": steady.rate_of(health, origin),
            "risk": 0 if steady.by_age is None else steady.class_of(health, origin),
            "point": point_of(prisons, offence, imposed)}  # fmt: skip


def changes_of(
    prisons: Prisons, words: WordsOf, health: Value, admitted: NDArray[np.integer]
) -> Part:
    """Draw the days on which health changes in custody; nothing where it does not."""
    course = prisons.steady.course
    return {} if course is None else course.changes(words, health, admitted)


def or_execution(
    prisons: Prisons, words: WordsOf, imposed: Value, base: Value, due: NDArray[np.integer]
) -> NDArray[np.integer]:
    """Put the day of execution in place of the day due of those under sentence of death.

    Parameters
    ----------
    imposed, base, due
        Sentences, the last day before the danger counts, and days due: never, for these.
    """
    rate = prisons.steady.stays.executions
    if not rate:
        return due
    rows = np.flatnonzero(np.broadcast_to(np.equal(imposed, DEATH), due.shape))
    if not len(rows):
        return due
    tolerance = exponential(words(Stream.EXECUTION)[rows])
    wait = days_until_used_up(tolerance, np.full(len(rows), rate, dtype=np.int64))
    found = due.astype(np.int64)
    found[rows] = np.minimum(np.broadcast_to(base, due.shape)[rows] + wait, NEVER)
    return found


def point_of(prisons: Prisons, offence: Value, imposed: Value) -> Value:
    """Code of the release point; one for all where all serve the whole term."""
    if prisons.points.whole:
        return 0
    both = np.broadcast_arrays(np.asarray(offence), np.asarray(imposed))
    return prisons.points.codes(*map(np.atleast_1d, both))


def due_day(
    prisons: Prisons, admitted: Ints | Int32s, terms: Value, points: NDArray[np.generic] | int
) -> NDArray[np.integer]:
    """Day of ordinary release of terms in days, counted from the admission; never without one."""
    life = np.greater_equal(terms, LIFE)
    served = terms
    if not prisons.points.whole:
        served = prisons.points.served(
            np.asarray(points, dtype=np.int64), np.asarray(terms, dtype=np.int64)
        )
    due = admitted + served
    return np.where(life, NEVER, due) if life.any() else due


def delay_of(prisons: Prisons, words: WordsOf) -> Ints | int:
    """Draw the days from an offence to admission."""
    if prisons.delay is None:
        return prisons.scenario.world.offence_to_admission.value
    return prisons.delay.pick(0, words(Stream.DELAY)).astype(np.int64)
