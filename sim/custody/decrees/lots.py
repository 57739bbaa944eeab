"""The numbers that a decree draws: one for each person, spell and occurrence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.register import Register, Rows
from sim.custody.streams import Draws, Stream, decree_salt
from sim.scenario.occasions import Occasion


def lots(
    draws: Draws, register: Register, rows: Rows, stream: Stream, occasion: Occasion
) -> NDArray[np.uint64]:
    """Return one word of a stream for each row, shape (n,), at the decree's own address."""
    return draws.at(
        stream, register.person[rows], spell=register.spell[rows].astype(np.int64),
        line=register.line[rows], occurrence=occasion.number, salt=decree_salt(occasion.decree),
    )  # fmt: skip
