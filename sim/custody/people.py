"""Who is in prison at the start, who comes, and who comes back: people drawn by address.

Every attribute is the value at a person's own quantile of a tabulated distribution, so a change
in one distribution moves every person at the same quantile and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sim.custody.course import CHANGES, STREAMS
from sim.custody.hazards import NEVER, days_until_used_up
from sim.custody.liberty import past_fates
from sim.custody.prisons import Prisons
from sim.custody.sentencing import DEATH, ENDLESS, LIFE
from sim.custody.streams import ARRIVALS, BEFORE, HELD_AT_START, PAST_RELEASES, Draws, Stream
from sim.custody.tables import CutTable, exponential, happens
from sim.custody.trials import OF_A_TRIAL
from sim.custody.wear import Varying, dies_on, used
from sim.scenario.lengths import in_year
from sim.scenario.prisoners import OPEN

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Words = NDArray[np.uint64]
Value = NDArray[np.integer] | int
"""One value per person, or one for all."""
Part = Mapping[str, NDArray[np.generic] | int]
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
    "eligible_on": np.int32, "free_since": np.int32, "point": np.int16,
    "revived": np.int32,
    "risk": np.int16,
    "credited": np.int32,
    "home": np.bool_,
    "judged": np.int32, "final": np.int32, "ended": np.bool_,
    **dict.fromkeys(CHANGES, np.int32),
}  # fmt: skip
"""Types of the register's columns."""
STATED = {"offence_day": NEVER, "earlier_count": -1, "earlier_days": -1}
"""Columns beside the register's, of a known start: what stands there if a row says nothing."""
BLOCK = 1 << 16
"""Persons drawn at a time, so that what lies between stays in the cache."""
OF_A_SPELL = (Stream.HEALTH, Stream.OFFENCE, Stream.SENTENCE, Stream.CAMP)
"""What is drawn anew for each spell."""
FIRST, RETURN, ARREST, EXTINGUISHED = 0, 1, 2, 3
"""Kinds of admission: first, return after a spell, arrest in a drive; none at all, where a decree
wiped the sentence out before it began."""
NEVER_HELD = -(1 << 28)
"""The day since which a person is free who was not held before."""
START, PAST, NEW = 0, 1, 2
"""Where a person comes from: held at the start, released before it, admitted since."""


def people_at_hand(
    prisons: Prisons, draws: Draws, opening: Sequence[Columns] | None = None
) -> Columns:
    """Draw everybody whom no decree decides on: held at the start, past releases, first admissions.

    Parameters
    ----------
    opening
        Those held at the start, and those released before who come back, if they are known.

    Returns
    -------
    Columns
        One entry per column of the register, rows in the order start, past releases, arrivals. A
        column in which everybody has the same value is a view of that one value, not writeable.
    """
    if opening is not None:
        return _after(prisons, draws, opening)
    if prisons.past is not None or prisons.scenario.prisoners is not None:
        raise ValueError("who is held at the start has to be known first")
    held = _count(prisons.held_count, draws, Stream.HELD_COUNT)
    admitted = _days_of_arrival(prisons, draws)
    past_count, past = past_releases(prisons, draws)
    if prisons.scenario.ends_on is None:
        draws.expect(held, past_count, len(admitted))
    added = list(_added(prisons, draws))
    most = held + len(admitted) + sum(len(one["person"]) for one in (past, *added))
    written = _Written(most, prisons.steady.varying)
    for first, last in _blocks(held):
        written.put(*_held_at_start(prisons, draws, first, last))
    written.put(len(past["person"]), past)
    for first, last in _blocks(len(admitted)):
        written.put(*_arrivals(prisons, draws, first, admitted[first:last]))
    for one in added:
        written.put(len(one["person"]), one)
    return written.columns()


def _after(prisons: Prisons, draws: Draws, opening: Sequence[Columns]) -> Columns:
    """Draw whoever comes after a start that is known."""
    admitted = _days_of_arrival(prisons, draws)
    draws.expect(0, 0, len(admitted))
    parts = [*opening, *_added(prisons, draws)]
    beside: dict[str, int] = {**STATED, "exiled_before": 0}
    most = len(admitted) + sum(len(one["person"]) for one in parts)
    written = _Written(most, prisons.steady.varying)
    for one in parts:
        written.put(len(one["person"]), {**beside, **one})
    for first, last in _blocks(len(admitted)):
        n, part = _arrivals(prisons, draws, first, admitted[first:last])
        written.put(n, {**beside, **part})
    return written.columns()


def _days_of_arrival(prisons: Prisons, draws: Draws) -> Int32s:
    """Days of the first admissions, in order; the years before the start have their own words."""
    days, first = prisons.days, 0
    if prisons.scenario.ends_on is not None:
        days, first = prisons.scenario.ends_on, PAST_RELEASES
    counts = prisons.admission_count.pick(0, draws.column(Stream.ADMISSION_COUNT, first, days))
    return np.repeat(np.arange(days, dtype=np.int32), counts)


def _blocks(n: int) -> Iterator[tuple[int, int]]:
    """Cut rows into blocks; there is one even of nobody, so that every column has a type."""
    return ((first, min(first + BLOCK, n)) for first in range(0, max(n, 1), BLOCK))


class _Written:
    """Columns being written part by part; one value stands for all while nobody differs."""

    def __init__(self, most: int, varying: Varying | None) -> None:
        self.most, self.size = most, 0
        self.varying = varying
        self.same: dict[str, int] = {}
        self.full: Columns = {}
        self.nobody: Part = {}

    def put(self, n: int, part: Part) -> None:
        """Write `n` persons after those who are there."""
        if not n and self.most:
            self.nobody = part
            return
        first, self.size = self.size, self.size + n
        for name, value in {**part, "dies": dies_on(part, self.varying)}.items():
            if name not in self.full:
                if np.ndim(value) == 0 and self.same.setdefault(name, int(value)) == value:
                    continue
                self.full[name] = np.empty(self.most, dtype=DTYPES.get(name, np.int64))
                if name in self.same:
                    self.full[name][:first] = self.same.pop(name)
            self.full[name][first : self.size] = value

    def columns(self) -> Columns:
        """Return what is written; columns of nobody, where nobody lived to the start or came."""
        if not self.same and not self.full:
            self.most = 0
            self.put(0, self.nobody)
        same = {
            name: np.broadcast_to(np.asarray(value, dtype=DTYPES.get(name, np.int64)), (self.size,))
            for name, value in self.same.items()
        }
        return {**same, **{name: column[: self.size] for name, column in self.full.items()}}


def _held_at_start(prisons: Prisons, draws: Draws, first: int, last: int) -> tuple[int, Part]:
    """Draw those held on day 0 from one place to another; also how many there are."""
    steady, n = prisons.steady, last - first

    def words(stream: Stream) -> Words:
        return draws.column(stream, HELD_AT_START + first, n)

    origin, health, offence, segment = _who(prisons, words, START)
    hazard = steady.hazard_class[health, origin]
    lengths, k = steady.stays.lengths, len(steady.stays.curves)
    # A sentence is as many places along the axis as in its table; life follows the longest, and
    # death life.
    place = prisons.sentence.pick_index(segment, words(Stream.SENTENCE))
    endless = place >= len(lengths)
    some_endless = bool(endless.any())
    length = np.where(endless, 0, place) if some_endless else place
    imposed = lengths.astype(np.int32)[length]
    judgments = prisons.judgments
    if judgments is not None:
        free = judgments.acquitted(place)
        imposed[free] = _expected(prisons, words, offence, free)
    cuts = _pick(prisons.merits, hazard * len(lengths) + length, words, Stream.MERIT_BEFORE)
    if some_endless:
        imposed[endless] = np.array(ENDLESS)[place[endless] - len(lengths)]
        cuts = np.where(endless, 0, cuts)
    elapsed_words = words(Stream.ELAPSED)
    limit = np.maximum(steady.stays.limits[cuts, length], 1)
    elapsed = prisons.elapsed.pick(hazard * k + cuts, limit, elapsed_words)
    if some_endless:
        own = np.broadcast_to(hazard, (n,))[endless]
        old = words(Stream.SERVED_LIFE)[endless] if prisons.endless_served is not None else None
        elapsed[endless] = endless_served(
            prisons, own, imposed[endless], elapsed_words[endless], old
        )
    if judgments is not None:
        cuts = np.where(imposed >= LIFE, 0, cuts)
    cut_days = cuts * steady.stays.merit.cut_days
    if judgments is not None:  # before judgment no more is cut than there is
        cut_days = np.minimum(cut_days, imposed - 1)
    admitted = -elapsed
    ends = admitted + imposed - cut_days
    if some_endless or judgments is not None:
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
    rows = np.flatnonzero(np.broadcast_to(np.equal(imposed, DEATH), due.shape))
    if not rate or not len(rows):
        return due
    tolerance = exponential(words(Stream.EXECUTION)[rows])
    wait = days_until_used_up(tolerance, np.full(len(rows), rate, dtype=np.int64))
    found = due.astype(np.int64)
    found[rows] = np.minimum(np.broadcast_to(base, due.shape)[rows] + wait, NEVER)
    return found


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


def _arrivals(prisons: Prisons, draws: Draws, first: int, admitted: Int32s) -> tuple[int, Part]:
    """Draw those admitted from the place `first` on; also how many there are."""
    n, start = len(admitted), first
    start += ARRIVALS if prisons.scenario.ends_on is None else BEFORE

    def words_of(stream: Stream) -> Words:
        return draws.column(stream, start, n)

    one = _first_spell(prisons, words_of, start + np.arange(n), 0, admitted)
    if not prisons.campaigns:
        return n, one
    columns, spared = without_spared(prisons, draws, columns_of(n, one))
    return n - int(spared.sum()), columns


def _added(prisons: Prisons, draws: Draws) -> Iterator[Columns]:
    """Draw those whom crackdowns add."""
    for campaign in prisons.campaigns:
        admitted, person = campaign.added(draws, prisons.days)

        def words(stream: Stream, person: Ints = person) -> Words:
            return draws.at(stream, person, spell=0, line=0)

        yield first_spell(prisons, words, person, 0, admitted, campaign.offence)


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
    line: Words | int,
    admitted: Ints,
    offences: CutTable | None = None,
) -> Columns:
    """Draw people never admitted before; of some offences alone, if these are given."""
    one = _first_spell(prisons, words, person, line, admitted, offences)
    return columns_of(len(admitted), one)


def columns_of(n: int, part: Part) -> Columns:
    """Make a column of every value."""
    return {
        name: value
        if isinstance(value, np.ndarray) and value.shape == (n,)
        else np.broadcast_to(np.asarray(value), (n,))
        for name, value in part.items()
    }


def _first_spell(
    prisons: Prisons,
    words: WordsOf,
    person: Ints,
    line: Words | int,
    admitted: Ints | Int32s,
    offences: CutTable | None = None,
) -> Part:
    origin, health, offence, segment = _who(prisons, words, NEW, offences)
    imposed = _pick(prisons.sentence, segment, words, Stream.SENTENCE)
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


def past_releases(prisons: Prisons, draws: Draws) -> tuple[int, Columns]:
    """Count those released before the start and draw those who come back within the horizon.

    Who is drawn does not depend on the hazard of return; who comes back does. Time served only
    sets the age, so merit cuts of the past spell are left out of it.
    """
    steady, returning = prisons.steady, prisons.steady.returning
    n = _count(prisons.past_count, draws, Stream.PAST_RELEASE_COUNT) if returning else 0
    rows, ago, back = past_fates(prisons, draws, n)
    person, released = PAST_RELEASES + rows, -ago

    def words(stream: Stream) -> Words:
        return draws.at(stream, person, spell=0, line=0)

    origin, health, offence, segment = _who(prisons, words, PAST)
    stay = _past_stay(prisons, words, offence, segment, released)
    risk = np.broadcast_to(steady.hazard_class[health, origin], rows.shape)
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
        imposed = _pick(prisons.sentence, segment, words, Stream.SENTENCE)
        place = axis.places(np.asarray(offence), np.asarray(imposed))
        stay = due_day(prisons, released, imposed, _point(prisons, offence, imposed)) - released
    if steady.varying is None:
        return np.asarray(stay)
    # Who leaves alive depends on the days, so merit is allowed for.
    usual = steady.stays.leaving[1]
    return np.broadcast_to(usual[np.minimum(place, len(usual) - 1)], released.shape)


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
    words = draws.several(streams, person, spell=spell, line=line)
    health = _pick_health(prisons, words, NEW, 0)
    offence, segment = _offence(prisons, words, NEW, 0)
    imposed = _pick(prisons.sentence, segment, words, Stream.SENTENCE)
    origin = np.asarray(kept["origin"], dtype=np.int64)
    own = spell_of(prisons, words, offence, imposed, health, origin)
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


def _pick(table: CutTable, segments: Value, words: WordsOf, stream: Stream) -> Value:
    """Draw from a table; where it knows one value alone, nothing is drawn and one value stands."""
    if table.constant is not None:
        return table.constant
    return table.pick(segments, words(stream))


def _count(table: CutTable, draws: Draws, stream: Stream) -> int:
    return int(table.pick(0, draws.column(stream, 0, 1))[0])


def _who(
    prisons: Prisons, words: WordsOf, source: int, offences: CutTable | None = None
) -> tuple[Value, Value, Value, Value]:
    """Draw origin, health and offence; the last is the segment of the table of sentences."""
    origin = _pick(prisons.origin, source, words, Stream.ORIGIN)
    health = _pick_health(prisons, words, source, origin)
    hazard = prisons.steady.hazard_class[health, origin]
    return origin, health, *_offence(prisons, words, source, hazard, offences)


def _pick_health(prisons: Prisons, words: WordsOf, source: int, origin: Value) -> Value:
    """Health depends on origin among survivors only: those from harder origins die sooner."""
    origins = len(prisons.steady.origin_all)
    segment = 2 * origins if source == NEW else source * origins + origin
    return _pick(prisons.health, segment, words, Stream.HEALTH)


def _offence(
    prisons: Prisons, words: WordsOf, source: int, hazard: Value, only: CutTable | None = None
) -> tuple[Value, Value]:
    """Draw the offence, and find the segment of the table of sentences that goes with it."""
    classes, offences = len(prisons.steady.hazards), len(prisons.steady.mix)
    segment = 2 * classes if source == NEW else source * classes + hazard
    if only is None:
        offence = _pick(prisons.offence, segment, words, Stream.OFFENCE)
    else:
        offence = _pick(only, 0, words, Stream.OFFENCE)
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
    age = _pick(prisons.age, group, words, Stream.AGE)
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
    segment = origin
    if prisons.scenario.world.offences_differ:
        wide = origin if isinstance(origin, int) else origin.astype(np.int64)
        segment = wide * len(prisons.steady.mix) + offence
    camp = _pick(prisons.camp, segment, words, Stream.CAMP)
    risk = prisons.steady.hazard_class[health, origin]
    rate = prisons.steady.hazards[risk]
    return {"offence": offence, "imposed": imposed, "health": health, "camp": camp, "rate": rate,
            "risk": 0 if prisons.steady.by_age is None else risk,
            "point": _point(prisons, offence, imposed)}  # fmt: skip


def changes_of(
    prisons: Prisons, words: WordsOf, health: Value, admitted: NDArray[np.integer]
) -> Part:
    """Draw the days on which health changes in custody; nothing where it does not."""
    course = prisons.steady.course
    return {} if course is None else course.changes(words, health, admitted)


def _point(prisons: Prisons, offence: Value, imposed: Value) -> Value:
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


def delays(prisons: Prisons, draws: Draws, person: Ints, spell: Ints, line: Words) -> Ints | int:
    """Days from the offence of a spell to admission: one number where all are alike."""
    return delay_of(prisons, lambda stream: draws.at(stream, person, spell=spell, line=line))


def sex_of(prisons: Prisons, draws: Draws, person: Ints, line: Words) -> NDArray[np.bool_]:
    """Say who is a woman; drawn where it is asked for, and where it is not the same for all."""
    share = prisons.scenario.world.women.value
    if share in (0, 1):
        women = np.full(len(person), share == 1)
    else:
        women = happens(draws.at(Stream.SEX, person, spell=0, line=line), share)
    return np.asarray(or_stated(prisons, "sex", women, person, 0, line), dtype=np.bool_)


def petty(
    prisons: Prisons, draws: Draws, person: Ints, spell: Ints, line: Words, offence: Ints
) -> NDArray[np.bool_]:
    """Say whose offence is petty."""
    offences = prisons.scenario.world.offences.values()
    shares = np.array([one.petty.value if one.petty else 0.0 for one in offences])
    words = draws.at(Stream.GRAVITY, person, spell=spell, line=line)
    found = happens(words, shares[offence])
    return np.asarray(or_stated(prisons, "gravity", found, person, spell, line), dtype=np.bool_)


def or_stated(
    prisons: Prisons,
    column: str,
    drawn: NDArray[np.generic],
    person: Ints,
    spell: Ints | int,
    line: Words,
) -> NDArray[np.generic]:
    """Take what a file of prisoners says in place of what is drawn, of first spells."""
    file = prisons.scenario.prisoners
    if file is None or not file.count or column not in file.columns:
        return drawn
    mine = (person < file.count) & (spell == 0) & (line == 0)
    stated = file.columns[column][np.where(mine, person, 0)]
    return np.asarray(np.where(mine & (stated != OPEN), stated, drawn))


def labelled(
    prisons: Prisons, draws: Draws, person: Ints, spell: Ints, line: Words
) -> NDArray[np.bool_]:
    """Say who bears the label of an earlier reduction once enough is served."""
    words = draws.at(Stream.EARLIER_REDUCTION, person, spell=spell, line=line)
    return happens(words, prisons.steady.label_probability)
