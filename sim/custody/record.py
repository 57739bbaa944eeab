"""What a run leaves behind: counts by day and beside the calendar, and every waterfall.

Everything is a sum over spells, so the order of rows does not matter. Nothing is averaged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.beneficiaries import Grants
from sim.custody.decrees.bench import places
from sim.custody.decrees.docket import Docket
from sim.custody.decrees.groups import Groups
from sim.custody.decrees.suspended import Suspended
from sim.custody.ends import BY_DECREE
from sim.custody.flows import Movements, flows, on_days
from sim.custody.follow_up import dying_free, follow_up, next_spells
from sim.custody.prisons import Prisons, places_by_camp
from sim.custody.register import Register
from sim.custody.remissions import Spared, depth, extinguished, remissions
from sim.custody.streams import Draws
from sim.custody.together import together
from sim.custody.waterfalls import Waterfalls
from sim.scenario.law.decree import Decree

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """One cell: series by day, and waterfalls.

    Attributes
    ----------
    series
        Counts by name, shape (days,): ``stock`` at the end of the day, flows on the day.
    stock_by_camp
        Stock at the end of the day by camp, shape (days, camps).
    exiled_to
        Exiled on the day by place, shape (days, places).
    curves
        Counts by name that are not by calendar day, of any shape.
    waterfalls
        Counts by (decree, clause, stage), shape (groups,); the clause ``(decree)`` stands for
        the whole. Stages ``barred by X`` and ``barred only by X`` name exclusions.
    groups, camps, places
        Names of the groups, camps and places counted.
    """

    series: Mapping[str, Ints]
    stock_by_camp: Ints
    exiled_to: Ints
    curves: Mapping[str, Ints]
    waterfalls: Mapping[tuple[str, str, str], Ints]
    groups: tuple[str, ...]
    camps: tuple[str, ...]
    places: tuple[str, ...]


def record(
    prisons: Prisons,
    register: Register,
    dockets: Mapping[int, Docket],
    decrees: Mapping[str, Decree],
    *,
    stock_by_camp: Ints | None = None,
    draws: Draws | None = None,
    suspended: Suspended | None = None,
) -> Record:
    """Count a finished register.

    Parameters
    ----------
    stock_by_camp
        Heads counted day by day, if the census was taken so; otherwise the stock follows from
        admissions and leavings.
    draws
        What the cell was drawn with; without it nothing is counted by sex.
    suspended
        What was remitted on condition; counted where a decree does so.
    """
    movements = Movements.of(register, prisons.days, len(prisons.scenario.world.camps))
    if stock_by_camp is None:
        stock_by_camp = movements.stock_by_camp()
    spared, nexts = Spared.of(register, prisons.days), next_spells(register)
    dead = dying_free(register)
    exiled = spared.rows[register.exiled[spared.rows] & ~register.exiled_before[spared.rows]]
    sent = np.zeros(len(register), dtype=np.bool_)
    sent[exiled] = True
    names, groups = places(prisons), Groups(prisons)
    exiled_to = np.zeros((prisons.days, len(names)), dtype=np.int64)
    np.add.at(exiled_to, (register.left[exiled], register.residence[exiled]), 1)
    series = {
        "stock": stock_by_camp.sum(axis=1),
        **flows(prisons, register, movements, dead, exiled),
        **remissions(prisons, register, spared, nexts),
    }
    given: set[str] = set().union(*(decree.gives for decree in decrees.values()))
    if any(decree.reach is not None for decree in decrees.values()):
        series |= extinguished(register, spared, prisons.days)
    if suspended is not None and "revived_if" in given:
        series |= suspended.counted(register, prisons.days)
    if suspended is not None and "serve_the_rest" in given:
        series |= suspended.at_home(register, nexts, prisons.days)
    expelled = register.to_expel[register.abroad(register.to_expel)]
    gone = on_days(register.left[expelled], prisons.days)
    if "abroad" in given:
        series["sent abroad"] = gone
    if "expunge" in given:
        struck = register.to_strike[register.struck(register.to_strike)]
        series["struck from the record"] = on_days(register.left[struck], prisons.days)
    falls = Waterfalls(register, groups, decrees, sent)
    granted = Grants(prisons, register, dockets, draws)
    for some in together(register, groups, dockets, decrees):
        falls.count(some)
        granted.count(some)
    curves = {
        "places by camp": places_by_camp(prisons),
        **depth(register, spared),
        **granted.found(),
        **follow_up(prisons, register, _followed(movements, gone), nexts, dead),
    }
    return Record(
        series, stock_by_camp, exiled_to, curves,
        falls.totals(dockets),
        groups.names, tuple(prisons.scenario.world.camps), names,
    )  # fmt: skip


def _followed(movements: Movements, gone: Ints) -> Ints:
    """Leavings by cause and day without those sent abroad, who are not followed."""
    leavings = movements.leavings.copy()
    leavings[BY_DECREE] -= gone
    return leavings


def heads_by_camp(register: Register, day: int, camps: int) -> Ints:
    """Count heads at the end of a day, once the register is up to date."""
    rows = register.held(day)
    return np.bincount(register.camp[rows], minlength=camps).astype(np.int64)
