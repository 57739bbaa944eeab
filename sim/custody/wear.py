"""How a tolerance is used up in custody: at one hazard, by age, or by the course of health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.custody.course import Course
from sim.custody.hazards import NEVER, StepHazard, days_until_used_up

Ints = NDArray[np.int64]
Days = NDArray[np.integer] | int
Columns = Mapping[str, NDArray[np.generic] | int]
Varying: TypeAlias = StepHazard | Course
"""Hazards in custody by class and age, or by state of health and origin."""


def dies_on(columns: Columns, varying: Varying | None) -> Ints:
    """Day of death in custody if held for ever.

    Parameters
    ----------
    columns
        ``base`` and ``tolerance``: the last day before the hazard counts, and the tolerance left
        then. ``rate``: the hazard per day, where it is constant; by age ``risk`` and ``born``: the
        class of the hazard and the day of birth; by health ``health``, ``origin`` and the days of
        changes.
    varying
        Hazards, where they are not constant.
    """
    if isinstance(varying, Course):
        return varying.dies_on(columns)
    names = ("base", "tolerance", *(("rate",) if varying is None else ("risk", "born")))
    own = [np.asarray(columns[name], dtype=np.int64) for name in names]
    if varying is None:
        days = days_until_used_up(own[1], own[2])
    else:
        base, tolerance, risk, born = np.broadcast_arrays(*own)
        days = varying.days_until(tolerance, risk, base - born)
    return np.asarray(np.minimum(own[0] + days, NEVER))


def used(columns: Columns, varying: Varying, first: Days, last: Days) -> Ints:
    """Return the sum of the hazards of the days after one up to another, shape (n,)."""
    if isinstance(varying, Course):
        return varying.used(columns, first, last)
    risk, born = (np.asarray(columns[name], dtype=np.int64) for name in ("risk", "born"))
    found = varying.used(risk, np.asarray(last - born))
    return np.asarray(found - varying.used(risk, np.asarray(first - born)))
