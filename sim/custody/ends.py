"""How spells end: the stages of a day, and the causes of leaving."""

from __future__ import annotations

import numpy as np

from sim.custody.hazards import NEVER

DEATH, EXPIRY, ADMISSION, RELEASE = 0, 1, 2, 3
STAGES = 4
TO_COME = -NEVER
"""Stands for the day of leaving of a spell of which it is not known yet whether it comes."""
NO_OCCASION = -1
BY_DEATH, BY_EXPIRY, BY_DECREE = 0, 1, 2
"""Causes of leaving; a release by the decree at position p has ``BY_DECREE + p``."""
CAUSES = np.array([BY_DEATH, BY_EXPIRY, BY_EXPIRY, BY_EXPIRY], dtype=np.int16)
"""By the stage of the day, as long as it is not known which decree releases."""


def before_acts(day: int) -> int:
    """Return the key below which spells have ended before merit and decrees act on a day."""
    return day * STAGES + ADMISSION + 1
