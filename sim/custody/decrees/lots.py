"""The numbers that a decree draws: one for each person, spell and occurrence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.register import Register
from sim.custody.spells import Rows
from sim.custody.streams import Draws, Stream, decree_salt
from sim.scenario.occasions import Occasion


def lots(
    draws: Draws,
    register: Register,
    rows: Rows,
    stream: Stream,
    occasion: Occasion,
    *,
    lasting: bool = False,
) -> NDArray[np.uint64]:
    """Return one word of a stream for each row, shape (n,), at the decree's own address.

    A ``lasting`` word is the person's own for all spells and occasions: spell 0, occurrence 0.
    """
    spell = register.spell[rows].astype(np.int64)
    return draws.at(
        stream, register.person[rows], spell=np.zeros_like(spell) if lasting else spell,
        line=register.line[rows], occurrence=0 if lasting else occasion.number,
        salt=decree_salt(occasion.decree),
    )  # fmt: skip
