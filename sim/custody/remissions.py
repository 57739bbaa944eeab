"""Whom decrees spare custody, and how much of their terms: those released, those who never came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.columns import EXTINGUISHED
from sim.custody.counting import crossed, pairs
from sim.custody.ends import BY_DECREE
from sim.custody.flows import between, on_days
from sim.custody.prisons import Prisons
from sim.custody.register import Register
from sim.custody.sentencing import LIFE
from sim.custody.spells import Rows
from sim.scenario.lengths import whole_days

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
THOUSANDTHS = 1000
VIOLENT = "violent"
"""The tag by which the offences of a world are known as violent."""


@dataclass(frozen=True)
class Spared:
    """People whom a decree has spared custody, shape (n,) each.

    Attributes
    ----------
    rows
        Their rows of the register, in order.
    left
        Day of leaving: of release, or of the end of a sentence that never began.
    due, would_leave
        Day of ordinary release; day on which they would have left, dead or alive.
    began
        Whose sentence had begun: who was released.
    fixed
        Whose sentence has a term, and whose case was not ended.
    """

    rows: Rows
    left: Ints
    due: NDArray[np.int32]
    would_leave: NDArray[np.int32]
    began: Mask
    fixed: Mask

    @staticmethod
    def of(register: Register, days: int) -> Spared:
        """Find those of a finished register who left within the days."""
        r, rows = register, np.flatnonzero(register.cause >= BY_DECREE)
        left = r.left[rows].astype(np.int64)
        if not (within := left < days).all():
            rows, left = rows[within], left[within]
        due = r.due[rows]
        return Spared(
            rows, left, due, np.minimum(due, r.dies[rows]), r.kind[rows] != EXTINGUISHED,
            (r.imposed[rows] < LIFE) & ~r.ended[rows],
        )  # fmt: skip

    def some(self, which: Mask) -> Spared:
        """Return some of them; itself, if it is all."""
        if which.all():
            return self
        return Spared(*(column[which] for column in vars(self).values()))


def remissions(
    prisons: Prisons, register: Register, spared: Spared, nexts: tuple[Rows, Rows]
) -> dict[str, Ints]:
    """Count by day who is freed by decree, how much that remits, and who would still be held.

    Parameters
    ----------
    nexts
        Rows of those who come back, and of their next spells.

    Returns
    -------
    dict
        Counts by name, shape (days,).
    """
    return {
        **_freed(prisons, register, spared),
        **_still_held(prisons, register, spared, nexts),
    }


def _freed(prisons: Prisons, register: Register, spared: Spared) -> dict[str, Ints]:
    """Count who is freed by decree, and how much of the term that remits."""
    r, days = register, prisons.days
    averted = np.minimum(spared.would_leave, days) - spared.left
    freed = spared.some(spared.began)
    remitted = (freed.due - freed.left) * freed.fixed
    offences = prisons.scenario.world.offences.values()
    violent = np.array([VIOLENT in offence.tags for offence in offences])[r.offence[freed.rows]]
    short = freed.fixed & (remitted < whole_days(1, "year"))
    ill = r.health_on(freed.rows, freed.left) > 0
    signs = _bearing(freed.left, days, (freed.fixed, short, ill, violent))
    return {
        "releases from fixed terms": signs[0],
        "days remitted": on_days(freed.left, days, remitted),
        "days averted": on_days(spared.left, days, averted),
        "freed with under a year left": signs[1],
        "freed in ill health": signs[2],
        "freed for violent offences": signs[3],
    }


def _bearing(day: Ints, days: int, signs: Sequence[Mask]) -> list[Ints]:
    """Count on each of the days those who bear each sign, in one go over them."""
    found = np.zeros((len(signs), days), dtype=np.int64)
    if not len(day):
        return list(found)
    first, last = int(day.min()), int(day.max()) + 1  # most decrees free on few days
    counts = crossed([*signs, day - first], [*(2 for _ in signs), last - first])
    others = tuple(range(len(signs) - 1))
    for place, bearing in enumerate(found):
        bearing[first:last] = counts.take(1, axis=place).sum(axis=others)
    return list(found)


def _still_held(
    prisons: Prisons, register: Register, spared: Spared, nexts: tuple[Rows, Rows]
) -> dict[str, Ints]:
    """Count who would still be held: after a release, after a cut; and who returns meanwhile."""
    r, days = register, prisons.days
    cut = shortened(prisons, register)
    uncut = np.minimum(due_without_decrees(prisons, register, cut), r.dies[cut])
    freed = np.flatnonzero(r.cause[nexts[0]] >= BY_DECREE)
    rows, back = nexts[0][freed], r.admitted[nexts[1][freed]]
    meanwhile = back < np.minimum(r.due[rows], r.dies[rows])
    return {
        "freed who would still be held": between(spared.left, spared.would_leave, days),
        "terms cut that would still run": between(r.due[cut], uncut, days),
        "returns in remitted time": on_days(back[meanwhile], days),
    }


def depth(register: Register, spared: Spared) -> dict[str, Ints]:
    """Tell how much those freed by decree had served, and how much was remitted.

    Fixed terms only: for a life sentence, or a case that was ended, neither has a meaning.

    Returns
    -------
    dict
        ``served share of the freed`` (of the term in force, in thousandths, rounded down) and
        ``days remitted to the freed`` (from release to the day due), each shape (n, 3): the day of
        release, the value, the number of persons; sorted by day and value.
    """
    r, which = register, spared.began & spared.fixed
    rows, left, due = spared.rows[which], spared.left[which], spared.due[which]
    admitted = r.admitted[rows].astype(np.int64)
    term = r.ends(rows) - admitted + r.credited[rows]
    return {
        "served share of the freed": pairs(left, (left - admitted) * THOUSANDTHS // term),
        "days remitted to the freed": pairs(left, due - left),
    }


def extinguished(register: Register, spared: Spared, days: int) -> dict[str, Ints]:
    """Count by day the sentences wiped out before they began, and the days of the fixed ones."""
    unbegun = spared.some(~spared.began)
    fixed = unbegun.some(register.imposed[unbegun.rows] < LIFE)
    return {
        "sentences extinguished": on_days(unbegun.left, days),
        "days extinguished": on_days(fixed.left, days, fixed.due - fixed.left),
    }


def shortened(prisons: Prisons, register: Register) -> Rows:
    """Rows whose term, sentence or release point a decree has changed."""
    r = register
    changed = r.pardon_days > 0
    if r.has_moved:
        changed |= r.point != prisons.points.codes(r.offence, r.imposed)
    changed[r.commuted] = True
    for _, rows, _ in r.credits:
        changed[rows] = True
    return np.flatnonzero(changed)


def due_without_decrees(prisons: Prisons, register: Register, rows: Rows) -> Ints:
    """Day of ordinary release by the term and the release point that decrees have left alone."""
    r = register
    due = r.due[rows].astype(np.int64) + r.pardon_days[rows] + r.credited[rows]
    own = prisons.points.codes(r.offence[rows], r.imposed[rows])
    other = (own > 0) | (r.point[rows] > 0)
    if other.any():
        some = rows[other]
        uncut = r.term(some) + r.pardon_days[some]
        due[other] = r.due_after(some, uncut, own[other]) + r.credited[some]
    if len(r.commuted):
        before = np.zeros(len(r), dtype=np.int64)
        before[r.commuted] = r.due_before
        changed = np.isin(rows, r.commuted)
        due[changed] = before[rows[changed]]
    return due
