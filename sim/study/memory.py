"""Memory that a cell gives back is kept for the next one."""

from __future__ import annotations

import ctypes
from functools import cache

TRIM_THRESHOLD, MMAP_MAX = -1, -4
"""Numbers of what can be set, from glibc's <malloc.h>."""


@cache
def keep_freed_memory() -> bool:
    """Let the C library keep freed memory in this process; return whether it does.

    Otherwise it hands large pieces back to the system, which clears them before the next cell gets
    them again: a third of the time of a cell of ten million held. What the process holds stays at
    the most that a cell has needed. Only glibc can be told so; elsewhere nothing is changed.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(TRIM_THRESHOLD, -1)) and bool(mallopt(MMAP_MAX, 0))
