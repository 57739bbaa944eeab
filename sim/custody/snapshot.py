"""Those held at the start from a file of prisoners; what a row leaves open is drawn given the rest.

Origin, health and offence are drawn together, in proportion to how many of a kind would be held
with the sentence, the time served and the camp that the row states; then the camp, the sentence
given the time served, merit cuts, and the time served given the sentence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import BIN_DAYS
from sim.custody.columns import FIRST, NEVER_HELD, Columns, Words, WordsOf, columns_of
from sim.custody.hazards import NEVER, UNIT
from sim.custody.persons import START, delay_of, or_execution, person_of, spell_of
from sim.custody.prisons import Prisons
from sim.custody.sentencing import ENDLESS, LIFE
from sim.custody.start import endless_served, merit_on_the_eve
from sim.custody.stays import of_each
from sim.custody.streams import HELD_AT_START, Draws, Stream
from sim.scenario.lengths import whole_days
from sim.scenario.prisoners import OPEN, Prisoners

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LONGEST = whole_days(60, "year")
"""Nobody without a term has served longer, where nothing is said of it and nobody dies."""
CHUNK = 2048
"""Rows weighed at a time."""


def held_of_file(prisons: Prisons, draws: Draws) -> Columns:
    """Return the columns of those held at the start, in the order of the file's rows."""
    file = prisons.scenario.prisoners
    assert file is not None
    n = file.count

    def words(stream: Stream) -> Words:
        return draws.column(stream, HELD_AT_START, n)

    origin, health, offence, stated_camp = _kinds(prisons, file, words(Stream.STATED))
    hazard = prisons.steady.hazard_class[health, origin]
    served = _served(file)
    term = _terms(prisons, file, hazard, offence, words(Stream.SENTENCE))
    cuts, cut_days = _merit(prisons, file, hazard, term, words(Stream.MERIT_BEFORE))
    endless = term >= LIFE
    limit = np.minimum(np.where(endless, LONGEST, term - cut_days), _longest(prisons, file))
    drawn = _elapsed(prisons, hazard, term, cuts, limit, words)
    elapsed = np.where(served != OPEN, served, drawn)
    admitted = -elapsed
    due = np.where(endless, NEVER, admitted + term - cut_days)
    eve = np.where(
        file.known("reduced by merit") == OPEN, merit_on_the_eve(prisons, draws, 0, due, elapsed), 0
    )
    offence_day = file.known("offence date")
    delay = delay_of(prisons, words)
    as_if = np.where(offence_day != OPEN, offence_day + delay, admitted)
    person = person_of(prisons, words, HELD_AT_START + np.arange(n), 0, origin, as_if, START)
    if prisons.steady.by_age is not None:
        waits = np.asarray(admitted - as_if + delay, dtype=np.int64)
        ages = _ages(prisons, hazard, elapsed, waits, words(Stream.AGE))
        person = {**person, "born": as_if - delay - ages}
    columns = columns_of(n, {
        "kind": np.full(n, FIRST),
        **person,
        **spell_of(prisons, words, offence, term, health, origin),
        "admitted": admitted,
        "base": np.full(n, -1, dtype=np.int64),
        "due": or_execution(prisons, words, term, -1, due - eve),
        "merit_count": cuts + (eve > 0),
        "merit_days": np.where(endless, 0, cut_days + eve),  # no cut in days reaches these
        "free_since": np.full(n, NEVER_HELD),
    })  # fmt: skip
    return columns | _stated(file, columns, stated_camp)


def _ages(prisons: Prisons, hazard: Ints, served: Ints, delay: Ints, words: Words) -> Ints:
    """Ages at offence, in days, given the time served: of the old fewer have lived so long.

    Half a year is drawn by its weight, and a day within it.
    """
    steady = prisons.steady
    assert steady.by_age is not None
    groups = np.zeros(len(steady.hazards), dtype=np.int64)
    groups[steady.hazard_class] = steady.origin_group[None, :]
    bins = (np.arange(steady.age_all.shape[1]) / BIN_DAYS).astype(np.int64)
    weights = np.array([np.bincount(bins, own) for own in steady.age_all])
    at = np.searchsorted(bins, np.arange(weights.shape[1] + 1))
    middle = (at[:-1] + at[1:]) // 2
    found = np.zeros(len(served), dtype=np.int64)
    for start in range(0, len(served), CHUNK):
        some = slice(start, start + CHUNK)
        shape = (len(served[some]), len(middle))
        kind = np.broadcast_to(hazard[some][:, None], shape)
        entry = middle[None, :] + delay[some][:, None]
        met = steady.by_age.used(kind, entry + np.maximum(served[some] - 1, 0)[:, None])
        alive = np.exp(-(met - steady.by_age.used(kind, entry)) / UNIT)
        prior = weights[groups[hazard[some]]]
        place = _picked(_some_weight(prior * alive, prior), words[some])
        within = (words[some] & np.uint64(2**32 - 1)).astype(np.int64)
        found[some] = at[place] + (within * (at[place + 1] - at[place]) >> 32)
    return found


def _stated(file: Prisoners, columns: Columns, camp: Ints) -> Columns:
    """Put what rows state in place of what was drawn, and beside it what the register has not."""

    def either(known: Ints, name: str) -> Ints:
        return np.where(known != OPEN, known, np.asarray(columns[name], dtype=np.int64))

    offence_day = file.known("offence date")
    pardon, times = file.known("reduced by pardon"), file.known("reductions")
    count = np.where(times != OPEN, times, np.where(pardon != OPEN, pardon > 0, -1))
    days = np.where(pardon != OPEN, pardon, np.where(times != OPEN, 0, -1))
    return {
        "camp": either(camp, "camp"),
        "residence": either(file.known("residence"), "residence"),
        "born": either(file.known("born"), "born"),
        "offence_day": np.where(offence_day != OPEN, offence_day, NEVER),
        "earlier_count": count.astype(np.int64),
        "earlier_days": days.astype(np.int64),
    }


def _served(file: Prisoners) -> Ints:
    """Days served at the start, as at the end of the day before; open where not stated."""
    admitted = file.known("admitted")
    return np.where(admitted != OPEN, -admitted, OPEN)


def _stated_term(file: Prisoners) -> Ints:
    """Sentence less cuts by pardon, which is what courts and merit leave; or one of `ENDLESS`."""
    sentence, cut = file.known("sentence"), np.maximum(file.known("reduced by pardon"), 0)
    return np.where((sentence == OPEN) | (sentence >= LIFE), sentence, sentence - cut)


def _kinds(prisons: Prisons, file: Prisoners, words: Words) -> tuple[Ints, Ints, Ints, Ints]:
    """Origin, health and offence, as stated or drawn together; the camp where it is stated."""
    steady, world = prisons.steady, prisons.scenario.world
    names = ("origin", "health", "offence")
    found = np.array([file.known(name) for name in names])
    camp = file.known("camp")
    rows = np.flatnonzero((found == OPEN).any(axis=0))
    sizes = (len(world.origins), len(world.health.states), len(world.offences))
    admitted = (
        steady.origin_all[:, None, None] * steady.health[None, :, None] * steady.mix[None, None, :]
    )
    by_camp = _camp_given_origin(prisons)
    term, served = _stated_term(file), _served(file)
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        allowed = np.ones((len(some), *sizes))
        for axis, size in enumerate(sizes):
            known = found[axis, some]
            fits = (known[:, None] == np.arange(size)) | (known == OPEN)[:, None]
            shape = [len(some), 1, 1, 1]
            shape[1 + axis] = size
            allowed = allowed * fits.reshape(shape)
        weights = allowed * admitted * _held(prisons, term[some], served[some])
        at = np.where(camp[some] == OPEN, 0, camp[some])
        in_camp = np.where((camp[some] == OPEN)[None, :], 1.0, by_camp[:, at]).T
        weights = weights * in_camp[:, :, None, None]
        flat = _some_weight(weights.reshape(len(some), -1), allowed.reshape(len(some), -1))
        picked = np.unravel_index(_picked(flat, words[some]), sizes)
        for axis in range(3):
            found[axis, some] = picked[axis]
    return found[0], found[1], found[2], camp


def _camp_given_origin(prisons: Prisons) -> Floats:
    """Weight of each camp among the admissions of an origin, shape (origins, camps)."""
    return np.asarray(prisons.camp_given_origin / prisons.camp_given_origin.sum(
        axis=1, keepdims=True))  # fmt: skip


def _held(prisons: Prisons, term: Ints, served: Ints) -> Floats:
    """Weight of being held with a term and a time served, by origin, health and offence.

    Merit is left out of the weight of a time served, since it moves terms by months.
    """
    steady = prisons.steady
    stays, imposed = steady.average, steady.imposed
    lengths, hazards = stays.lengths, stays.hazards / UNIT
    usual = stays.held.sum(axis=1)
    forever = of_each(steady.endless, stays.endless_held).sum(axis=-1)
    # Without a word on the term: all terms, or those that reach the time served.
    fixed = usual @ imposed.T + forever
    longer = np.cumsum(imposed[:, ::-1], axis=1)[:, ::-1]
    first = np.searchsorted(lengths, served)
    padded = np.concatenate((longer, np.zeros((len(longer), 1))), axis=1)
    spared = stays.not_executed(np.maximum(served, 0))
    reach = padded[:, np.minimum(first, len(lengths))].T + spared @ steady.endless.T
    # With it: the nearest length that courts hand down.
    near = np.clip(np.searchsorted(lengths, term), 0, len(lengths) - 1)
    share, days = imposed[:, near].T, usual[:, near].T
    for place, sentence in enumerate(ENDLESS[: steady.endless.shape[1]]):
        own = (term == sentence)[:, None]
        share = np.where(own, steady.endless[:, place], share)
        days = np.where(own, stays.endless_held[:, place], days)
    days = np.where(np.isfinite(days), days, 1.0)
    if stays.survival is not None:
        alive = stays.survival.after(np.maximum(served, 0))
    else:
        alive = np.exp(-hazards[None, :] * np.maximum(served, 0)[:, None])
    known, since = (term != OPEN)[:, None, None], (served != OPEN)[:, None, None]
    by_class = np.where(
        known,
        share[:, None, :] * np.where(since, alive[:, :, None], days[:, :, None]),
        np.where(since, reach[:, None, :] * alive[:, :, None], fixed[None, :, :]),
    )
    return np.asarray(by_class[:, steady.hazard_class.T, :])


def _some_weight(weights: Floats, allowed: Floats) -> Floats:
    """Where a row is impossible in this world, every kind that it allows is alike likely."""
    return np.asarray(np.where(weights.sum(axis=1, keepdims=True) > 0, weights, allowed))


def _picked(weights: Floats, words: Words) -> Ints:
    """Index drawn by each row's weights, shape (n,): cut points are multiples of 2**-32."""
    running = np.cumsum(weights, axis=1)
    cuts = np.rint(running / running[:, -1:] * 2.0**32).astype(np.uint64)
    below: Ints = (cuts <= (words >> np.uint64(32))[:, None]).sum(axis=1).astype(np.int64)
    return np.asarray(np.minimum(below, weights.shape[1] - 1))


def _terms(prisons: Prisons, file: Prisoners, hazard: Ints, offence: Ints, words: Words) -> Ints:
    """Term before merit: stated, or drawn for the offence given the time served."""
    steady, term, served = prisons.steady, _stated_term(file), _served(file)
    stays = steady.stays
    classes, offences = len(steady.hazards), len(steady.mix)
    lengths = np.append(steady.stays.lengths, ENDLESS[: steady.endless.shape[1]])
    least = np.maximum(served, 1) + np.maximum(file.known("reduced by merit"), 0)
    rows = np.flatnonzero((term == OPEN) & (served == OPEN))
    segment = (hazard[rows] % classes) * offences + offence[rows]
    term[rows] = np.maximum(prisons.sentence.pick(segment, words[rows]), least[rows])
    rows = np.flatnonzero((term == OPEN) & (served != OPEN))
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        spared = stays.not_executed(np.maximum(served[some], 0))
        endless = steady.endless[offence[some]] * spared
        usual = np.column_stack((steady.imposed[offence[some]], endless))
        reaching = usual * (lengths[None, :] >= least[some][:, None])
        chosen = lengths[_picked(_some_weight(reaching, usual), words[some])]
        # Who has served longer than any sentence of his offence is about to be released.
        term[some] = np.maximum(chosen, least[some])
    return term


def _merit(
    prisons: Prisons, file: Prisoners, hazard: Ints, term: Ints, words: Words
) -> tuple[Ints, Ints]:
    """Merit cuts and their days: stated, or drawn for the time served or the term."""
    stays, rule = prisons.steady.stays, prisons.steady.stays.merit
    stated, served = file.known("reduced by merit"), _served(file)
    count = np.zeros(len(term), dtype=np.int64)
    if len(stays.curves) > 1:
        endless, open_ = term >= LIFE, stated == OPEN
        rows = np.flatnonzero(open_ & ~endless & (served == OPEN))
        near = np.clip(np.searchsorted(stays.lengths, term[rows]), 0, len(stays.lengths) - 1)
        drawn = prisons.merits.pick(hazard[rows] * len(stays.lengths) + near, words[rows])
        # The next longer sentence of the world may bear a cut that would have ended this one.
        bearable = (term[rows] - 1) // max(rule.cut_days, 1)
        count[rows] = np.minimum(drawn, bearable)
        rows = np.flatnonzero(open_ & ~endless & (served != OPEN) & (served > 0))
        day = np.minimum(served[rows], stays.curves.shape[1]) - 1
        number = np.arange(len(stays.curves))
        within = term[rows][:, None] - number * rule.cut_days >= served[rows][:, None]
        weights = stays.curves[:, day].T * within
        none = np.zeros_like(weights)
        none[:, 0] = 1.0
        count[rows] = _picked(_some_weight(weights, none), words[rows])
    days = count * rule.cut_days
    known = stated != OPEN
    count = np.where(known, np.maximum(stated, 0) > 0, count).astype(np.int64)
    return count, np.where(known, stated, days)


def _elapsed(
    prisons: Prisons, hazard: Ints, term: Ints, cuts: Ints, longest: Ints, words_of: WordsOf
) -> Ints:
    """Days served at the start where they are not stated, given term and merit."""
    stays = prisons.steady.stays
    words, beyond = words_of(Stream.ELAPSED), words_of(Stream.SERVED_LIFE)
    k, tabulated = stays.curves.shape
    limit = np.clip(longest, 1, tabulated)
    curve = hazard * k + np.minimum(cuts, k - 1)
    found = prisons.elapsed.pick(curve, limit, words).astype(np.int64)
    own = np.flatnonzero(term >= LIFE)
    found[own] = endless_served(prisons, hazard[own], term[own], words[own], beyond[own])
    return np.asarray(np.minimum(found, np.maximum(longest, 1)))


def _longest(prisons: Prisons, file: Prisoners) -> Ints:
    """Most days that each can have served: nobody is admitted before the offence, or as a child."""
    offence, born = file.known("offence date"), file.known("born")
    youngest = min(first for first, _ in prisons.scenario.world.ages_at_offence)
    grown = np.where(born != OPEN, -born - whole_days(youngest, "year"), LONGEST)
    most = np.where(offence != OPEN, -offence, np.minimum(grown, LONGEST))
    return np.asarray(np.maximum(most, 1))
