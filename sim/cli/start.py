"""A quick start: what every command brings about before it has read a file."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


def one_thread() -> None:
    """Let libraries of matrices work in one thread, unless the user says otherwise.

    Starting threads takes a tenth of the time of checking a file, and a study has workers of its
    own, on which theirs would be stacked.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def to_stay() -> Iterator[None]:
    """Import without looking for garbage: of the thousands of things made, all stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
