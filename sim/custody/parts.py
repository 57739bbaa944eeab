"""The parts of sentences for several offences: what each is for, and how long it is.

A world states the distribution of the whole sentence. Parts divide what was drawn: what stands
beside the main one takes a share of it, in whole steps of the world, rounded down. So who is held,
and for how long, does not depend on parts, and they are found where a law asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sentencing import LIFE, exact_step
from sim.custody.spells import Rows
from sim.custody.streams import Draws, Stream, decree_salt
from sim.custody.tables import happens
from sim.scenario.world import World

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
PER_MILLE = 1000
Stated = Mapping[int, tuple[tuple[int, int], ...]]
"""Parts that are stated and not drawn, by row: offence and days of each, the main one first."""


@dataclass(frozen=True)
class Parts:
    """The parts of sentences, the main one first; shape (parts, n) each.

    Attributes
    ----------
    offences
        Codes of offences.
    days
        Lengths; of the main part no meaning for life.
    there
        Whether there is such a part.
    """

    offences: Ints
    days: Ints
    there: Mask

    @property
    def number(self) -> Ints:
        """How many parts each sentence has, shape (n,)."""
        return np.asarray(self.there.sum(axis=0), dtype=np.int64)


def parts_at_most(world: World) -> int:
    """Return how many parts a sentence of a world has at most."""
    return 1 + max((len(offence.tried_with) for offence in world.offences.values()), default=0)


def parts_of(prisons: Prisons, draws: Draws, register: Register, rows: Rows, whole: Ints) -> Parts:
    """Find the parts of the sentences of rows of a register.

    Parameters
    ----------
    whole
        Sentences as the law sees them, days, shape (n,): what was cut before the start included,
        which is counted to the main part.
    """
    stated = {i: register.parts[row] for i, row in enumerate(rows.tolist())
              if row in register.parts} if register.parts else {}  # fmt: skip
    most = max(parts_at_most(prisons.scenario.world), *map(len, stated.values()), 1)
    offences = np.zeros((most, len(rows)), dtype=np.int64)
    days = np.zeros((most, len(rows)), dtype=np.int64)
    offences[0] = register.offence[rows]
    imposed = register.imposed[rows].astype(np.int64)
    days[0] = whole
    if parts_at_most(prisons.scenario.world) > 1:
        divided = imposed < LIFE
        divided &= ~np.isin(rows, register.commuted)
        some = np.flatnonzero(divided)
        offences[1:, some], days[1:, some], lost = _drawn(prisons, draws, register, rows[some])
        days[0, some] -= lost
    for i, parts in stated.items():
        offences[:, i], days[:, i] = 0, 0
        for number, (offence, length) in enumerate(parts):
            offences[number, i], days[number, i] = offence, length
        days[0, i] += whole[i] - sum(length for _, length in parts)
    there = days > 0
    there[0] = True
    return Parts(offences, days, there)


def _drawn(
    prisons: Prisons, draws: Draws, register: Register, rows: Rows
) -> tuple[Ints, Ints, Ints]:
    """Draw the parts beside the main one: offences and days, and what they take of it.

    Of a sentence of whole steps the main part has whole steps as well, so that the parts of two and
    of three years make up five, though days are rounded.
    """
    world = prisons.scenario.world
    names, most = list(world.offences), parts_at_most(world) - 1
    offences = np.zeros((most, len(rows)), dtype=np.int64)
    steps = np.zeros((most, len(rows)), dtype=np.int64)
    imposed = register.imposed[rows].astype(np.int64)
    step = exact_step(world.sentence_step.value)
    whole = steps_within(imposed, step)
    for code, offence in enumerate(world.offences.values()):
        own = np.flatnonzero(register.offence[rows] == code) if offence.tried_with else ()
        if not len(own):
            continue

        def words(stream: Stream, name: str, who: Rows = rows[own]) -> NDArray[np.uint64]:
            spell = register.spell[who].astype(np.int64)
            return draws.at(stream, register.person[who], spell=spell, line=register.line[who],
                            salt=decree_salt(name))  # fmt: skip

        for number, (name, other) in enumerate(offence.tried_with.items()):
            least, last = (round(one.value * PER_MILLE) for one in (other.least, other.most))
            takes = (words(Stream.PART_SHARE, name) >> np.uint64(32)).astype(np.int64)
            share = least + (takes * (last - least + 1) >> 32)
            has = happens(words(Stream.PART, name), other.probability.value)
            offences[number, own] = names.index(name)
            steps[number, own] = np.where(has, whole[own] * share // PER_MILLE, 0)
    main = days_of_steps(whole - steps.sum(axis=0), step)
    return offences, days_of_steps(steps, step), days_of_steps(whole, step) - main


def steps_within(days: Ints, step: Fraction) -> Ints:
    """Most steps whose length, rounded half up to days, is at most so many days."""
    return (2 * step.denominator * days + step.denominator - 1) // (2 * step.numerator)


def days_of_steps(steps: Ints, step: Fraction) -> Ints:
    """Days of so many steps, rounded half up."""
    return (2 * steps * step.numerator + step.denominator) // (2 * step.denominator)
