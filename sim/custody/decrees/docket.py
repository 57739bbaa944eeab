"""What one occasion of a decree decided, person by person."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.custody.register import Rows
from sim.scenario.occasions import Occasion

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass
class Docket:
    """What one occasion decided about those who meet one of its clauses.

    Attributes
    ----------
    held
        Number held and not selected by another decree when lists closed, by group.
    beyond
        Number of those held whose offence the decree's reach leaves out, by group.
    named
        Number of those held whom each exclusion names, whether they meet a clause or not, shape
        (exclusions, groups).
    rows
        Rows of the register that meet a clause, shape (n,).
    kinds
        Kind of person (`Groups.kinds`), shape (n,).
    met, excluded
        Who meets each clause, shape (clauses, n); whom each exclusion bars, (exclusions, n).
    eligible, recommended, approved, selected, granted
        Who reached each stage, shape (n,).
    clause
        Clause under which a person is booked; the first met for those barred.
    cut_days
        Days to be cut under that clause; 0 for a release.
    freeing
        Whose clause is a release, or whose cut left nothing.
    released_on
        Day on which each goes if released, without latency or spreading, shape (n,).
    declined
        Selected, but does not take it up.
    takes
        Who would take it up, shape (n,); None where nobody is asked.
    queue, camps
        Those who ask for places, by group and rank, as positions in `rows`; their groups.
    moved
        Selected for a cut, but selected for release by another decree before the grant.
    """

    occasion: Occasion
    rows: Rows
    kinds: Ints
    met: Mask
    excluded: Mask
    eligible: Mask
    recommended: Mask
    approved: Mask
    clause: Ints
    cut_days: Ints
    freeing: Mask
    released_on: Ints
    held: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    beyond: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    named: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    selected: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    granted: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    moved: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    declined: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    takes: Mask | None = None
    queue: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    camps: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
