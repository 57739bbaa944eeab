"""The years before the start, once simulated: who is held on day 0, and who comes back later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import DTYPES, NEVER_HELD, Columns
from sim.custody.course import Course
from sim.custody.hazards import NEVER
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.wear import used

Ints = NDArray[np.int64]
FROM_THE_FIRST = ("born", "admitted", "base")
"""Columns of days that are always days."""


def opening(register: Register, start: int) -> Columns:
    """Take those held at the start of a day, and those who come back later, as a start.

    Parameters
    ----------
    register
        The years before, up to date with the end of the day before.
    start
        The day, counted from the first of these years, that becomes day 0.
    """
    rows = np.flatnonzero(register.left == NEVER)
    columns = {name: getattr(register, name)[rows] for name in DTYPES}
    if register.varying is not None:  # what is left now, since hazards are solved for each start
        since = columns["base"].astype(np.int64)
        base = np.maximum(since, start - 1)
        left = columns["tolerance"].astype(np.int64)
        left -= used(columns, register.varying, since, base)
        columns |= {"tolerance": left, "base": base}
    changes = register.varying.columns if isinstance(register.varying, Course) else ()
    for name in changes:
        change = columns[name].astype(np.int64)
        columns[name] = np.where(change < NEVER, change - start, NEVER)
    for name in FROM_THE_FIRST:
        columns[name] = columns[name].astype(np.int64) - start
    cut, imposed = (columns[name].astype(np.int64) for name in ("pardon_days", "imposed"))
    due, since = columns["due"].astype(np.int64), columns["free_since"].astype(np.int64)
    kept = ("person", "line", "spell", "kind", "origin", "residence", "exiled", "offence",
            "health", "camp", "tolerance", "rate", "risk", "merit_count", "merit_days",
            *changes, *FROM_THE_FIRST)  # fmt: skip
    return {
        **{name: columns[name] for name in kept},
        # As everywhere: what pardons cut before the start stands beside the sentence, not in it.
        "imposed": np.where(imposed < LIFE, imposed - cut, imposed),
        "due": np.where(due < NEVER, due - start, NEVER),
        "free_since": np.where(since > NEVER_HELD, since - start, NEVER_HELD),
        "point": np.zeros(len(rows), dtype=np.int16),
        "exiled_before": columns["exiled"],
        "offence_day": np.full(len(rows), NEVER, dtype=np.int64),
        "earlier_count": register.reductions(rows, start),
        "earlier_days": cut,
    }
