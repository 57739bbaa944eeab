"""What only some laws ask of a person: sex, gravity, the label; as a file states it, or drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import Ints, Words
from sim.custody.persons import delay_of
from sim.custody.prisons import Prisons
from sim.custody.streams import Draws, Stream
from sim.custody.tables import happens
from sim.scenario.prisoners import OPEN


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
