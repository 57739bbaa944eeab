"""Oracle and engine side by side: the same people, the same stages, the same records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from sim.custody.columns import NEVER_HELD
from sim.custody.course import CHANGES
from sim.custody.ends import BY_DEATH, BY_EXPIRY
from sim.custody.hazards import NEVER
from sim.custody.model import Cell, simulate
from sim.custody.prisons import Prisons, prisons
from sim.custody.record import Record
from sim.custody.streams import Draws
from sim.scenario.lengths import FOR_LIFE, OF_DEATH
from sim.scenario.scenario import Scenario
from tests.oracle.curves import freed, same_curves
from tests.oracle.engine import Oracle
from tests.oracle.judgment import OF_ITSELF, leaves_on, phases_by_day
from tests.oracle.law import Spell, is_ill
from tests.oracle.points import point_of, served
from tests.oracle.reach import never_began
from tests.oracle.suspended import suspended_by_day

Row = dict[str, Any]
WHOLE = "(decree)"
SERIES = (
    "stock", "first admissions", "returns", "drive arrests", "returns of the freed", "expiries",
    "releases by decree", "deaths in custody", "deaths in custody of the arrested",
    "deaths at liberty", "newly eligible", "reductions by decree", "exiled", "days remitted",
    "days averted", "releases from fixed terms", "days served until expiry",
    "days served until release by decree", "days served until death",
    "freed with under a year left", "freed in ill health", "freed for violent offences",
    "freed who would still be held", "terms cut that would still run", "returns in remitted time",
)  # fmt: skip
ON_CONDITION = ("days suspended", "days revived", "sentences revived")
AT_HOME = ("serving at home", "taken back from home", "days taken back")
OF_REACH = ("sentences extinguished", "days extinguished")
OF_DYING = ("executions", "days served until execution", "under sentence of death")
SAME_AS = {"applied": "eligible", "listed": "recommended"}


def check(
    scenario: Scenario,
    draws: Draws,
    clocks: Iterable[str | Sequence[int]],
    *,
    world: Prisons | None = None,
) -> tuple[Oracle, Cell]:
    """Run a scenario through both and through other clocks; fail on the first difference."""
    world = prisons(scenario) if world is None else world
    cell = simulate(scenario, world, draws)
    oracle = Oracle(scenario, world, draws).run()
    same_people(oracle, cell)
    same_waterfalls(oracle, cell.record)
    same_series(oracle, cell.record)
    same_curves(oracle, cell.record)
    assert "eligible by sex" in cell.record.curves
    for clock in clocks:
        same_records(cell.record, simulate(scenario, world, draws, clock=clock).record)
    return oracle, cell


def same_people(oracle: Oracle, cell: Cell) -> None:
    ours = {s.name: _oracle_row(s, oracle.horizon) for s in oracle.spells}
    theirs = _engine_rows(oracle, cell)
    assert len(ours) == len(oracle.spells)
    assert not ours.keys() - theirs.keys(), (
        f"only the oracle has {sorted(ours.keys() - theirs.keys())[:5]}"
    )
    assert not theirs.keys() - ours.keys(), (
        f"only the engine has {sorted(theirs.keys() - ours.keys())[:5]}"
    )
    different = [(name, ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]]
    assert not different, _told(*different[0], len(different))


def _told(name: tuple[int, int, int], ours: Row, theirs: Row, count: int) -> str:
    keys = [key for key in ours if ours[key] != theirs[key]]
    return "\n".join([
        f"{count} spells differ; the first is {name}",
        *(f"  {key}: oracle {ours[key]}, engine {theirs[key]}" for key in keys),
        f"  the whole: {ours}",
    ])  # fmt: skip


def _oracle_row(s: Spell, horizon: int) -> Row:
    return {
        "admitted": s.admitted, "base": s.base, "born": s.born, "left": s.left, "cause": s.cause,
        "due": s.due, "imposed": s.imposed, "kind": s.kind,
        "executed on": s.executed_on if s.condemned else None,
        "offence": s.offence, "health": s.health, "camp": s.camp, "origin": s.origin,
        "residence": s.residence, "exiled": s.exiled,
        "tolerance": s.tolerance, "rate": s.rate, "merits": s.merits, "cut days": s.cut_days,
        "term": s.term, "revived": s.revived, "credited": s.credited, "home": s.home,
        "judged": s.judged, "final": s.final, "ended": s.ended,
        "gone": s.gone, "struck": s.struck,
        "died free": s.died_free, "freed by": s.freed_by, "eligible on": s.eligible_on,
        "changes": [day for day, _ in s.changes if day < horizon],
    }  # fmt: skip


def _engine_rows(oracle: Oracle, cell: Cell) -> dict[tuple[int, int, int], Row]:
    r, horizon = cell.register, oracle.horizon
    decrees = list(oracle.scenario.decrees)

    def column(name: str) -> list[Any]:
        values: list[Any] = getattr(r, name)[: len(r)].tolist()
        return values

    def within(day: int) -> int | None:
        return day if day < horizon else None

    def cause(code: int, final: int, imposed: int) -> str:
        if code == BY_EXPIRY and final >= NEVER:
            return "acquittal"
        if code == BY_EXPIRY and imposed == OF_DEATH:
            return "execution"
        if code == BY_DEATH:
            return "death"
        return "expiry" if code == BY_EXPIRY else decrees[code - 2]

    names = (
        "person", "line", "spell", "admitted", "base", "born", "left", "cause", "due", "imposed",
        "offence", "health", "camp", "origin", "residence", "exiled", "tolerance", "rate",
        "merit_count", "merit_days", "revived", "credited", "home", "pardon_days",
        "died_free", "freed_by",
        "eligible_on", "judged", "final", "ended", *CHANGES,
    )  # fmt: skip
    columns = {name: column(name) for name in names}
    rows = {}
    gone, struck = r.abroad(np.arange(len(r))), r.struck(np.arange(len(r)))
    for i in range(len(r)):
        c = {name: columns[name][i] for name in names}
        if c["admitted"] >= horizon:
            continue
        left, life = within(c["left"]), c["imposed"] >= NEVER
        tried = c["judged"] > NEVER_HELD
        dies = c["imposed"] == OF_DEATH and not tried
        rows[c["person"], c["line"], c["spell"]] = {
            "admitted": c["admitted"], "base": c["base"], "born": c["born"], "left": left,
            "cause": None if left is None else cause(
                c["cause"], c["final"], c["imposed"]
            ),
            "due": None if c["due"] >= NEVER or dies else c["due"],
            "kind": {FOR_LIFE: "life", OF_DEATH: "death"}.get(c["imposed"], "term"),
            "executed on": within(c["due"]) if dies else None,
            "imposed": None if life else c["imposed"],
            "offence": oracle.offences[c["offence"]], "health": oracle.states[c["health"]],
            "camp": oracle.camps[c["camp"]], "origin": oracle.places[c["origin"]],
            "residence": oracle.places[c["residence"]], "exiled": c["exiled"],
            "tolerance": c["tolerance"], "rate": c["rate"], "merits": c["merit_count"],
            "cut days": c["pardon_days"],
            "term": None if life else (
                c["imposed"] + c["revived"] - c["merit_days"] - c["pardon_days"]
            ),
            "revived": c["revived"], "credited": c["credited"], "home": c["home"],
            "judged": c["judged"] if tried else None,
            "final": c["final"] if tried and c["final"] < NEVER else None, "ended": c["ended"],
            "gone": bool(gone[i]), "struck": bool(struck[i]),
            "died free": within(c["died_free"]),
            "freed by": None if c["freed_by"] < 0 else decrees[c["freed_by"]],
            "eligible on": within(c["eligible_on"]),
            "changes": [c[name] for name in CHANGES if c[name] < horizon],
        }  # fmt: skip
    return rows


def same_waterfalls(oracle: Oracle, record: Record) -> None:
    ours = _waterfalls(oracle, record.groups)
    theirs = {
        key: dict(zip(record.groups, counts.tolist(), strict=True))
        for key, counts in record.waterfalls.items()
    }
    for key in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(key, Counter()), theirs.get(key, {})
        different = {
            group: (one[group], other.get(group, 0))
            for group in record.groups
            if one[group] != other.get(group, 0)
        }
        assert not different, f"{key}: (oracle, engine) by group {different}"


def _waterfalls(
    oracle: Oracle, groups: tuple[str, ...]
) -> dict[tuple[str, str, str], Counter[str]]:
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for docket in oracle.dockets:
        decree = docket.occasion.decree
        for (stage, clause, s), state in zip(docket.stages, docket.states, strict=True):
            for also in (stage, *(name for name, same in SAME_AS.items() if same == stage)):
                members = [group for group in groups if _belongs(oracle, s, group, state)]
                if also != "meets this clause":
                    counts[decree, WHOLE, also].update(members)
                if clause is not None:
                    counts[decree, clause, also].update(members)
    return counts


def _belongs(oracle: Oracle, s: Spell, group: str, state: str) -> bool:
    if group == "all":
        return True
    if group.startswith("from "):
        return s.origin == group.removeprefix("from ")
    if group == "in ill health":
        return is_ill(oracle.world, state)
    return s.offence == group


def same_series(oracle: Oracle, record: Record) -> None:
    ours = _series(oracle)
    assert ours.keys() == record.series.keys()
    for name, by_day in ours.items():
        theirs = record.series[name].tolist()
        different = [day for day in range(oracle.horizon) if by_day[day] != theirs[day]]
        assert not different, (
            f"{name} on day {different[0]}: oracle {by_day[different[0]]}, "
            f"engine {theirs[different[0]]}"
        )
    changes = [[0] * len(oracle.camps) for _ in range(oracle.horizon + 1)]
    exiled_to = [[0] * len(oracle.places) for _ in range(oracle.horizon)]
    for s in oracle.spells:
        camp = oracle.camps.index(s.camp)
        changes[max(s.admitted, 0)][camp] += 1
        changes[oracle.horizon if s.left is None else s.left][camp] -= 1
        if s.exiled_on is not None:
            exiled_to[s.exiled_on][oracle.places.index(s.residence)] += 1
    by_camp = list(zip(*(accumulate(camp) for camp in zip(*changes, strict=True)), strict=True))
    assert [tuple(stock) for stock in record.stock_by_camp.tolist()] == by_camp[:-1]
    assert record.exiled_to.tolist() == exiled_to


def on_condition(oracle: Oracle) -> bool:
    """Whether a clause of the scenario remits on condition."""
    decrees = oracle.scenario.decrees.values()
    return any(c.then.revived_if is not None for d in decrees for c in d.clauses.values())


def sends_home(oracle: Oracle) -> bool:
    """Whether a clause of the scenario lets people serve the rest at home."""
    decrees = oracle.scenario.decrees.values()
    return any(c.then.serve_the_rest for d in decrees for c in d.clauses.values())


def _at_home(oracle: Oracle) -> dict[str, list[int]]:
    """Who is at home at the end of each day, and who is taken back for how long."""
    days = {name: [0] * oracle.horizon for name in AT_HOME}
    names = {s.name: s for s in oracle.spells}
    for s in oracle.spells:
        if s.rest:
            days["taken back from home"][s.admitted] += 1
            days["days taken back"][s.admitted] += s.rest
        if s.home and s.left is not None and s.cause not in OF_ITSELF:
            after = names.get((s.person, s.line, s.spell + 1))
            for day in range(s.left, oracle.horizon):
                if s.due is None or day >= s.due or day == s.died_free:
                    break
                if after is not None and after.admitted <= day:
                    break
                days["serving at home"][day] += 1
    return days


def _conditional(oracle: Oracle) -> dict[str, list[int]]:
    """Days remitted on condition and brought back."""
    days = {name: [0] * oracle.horizon for name in ON_CONDITION}
    for s in oracle.spells:
        for day, number in suspended_by_day(s, oracle.horizon):
            days["days suspended"][day] += number
        if s.revived > s.rest:
            days["days revived"][s.admitted] += s.revived - s.rest
            days["sentences revived"][s.admitted] += 1
    return days


def _beyond_release(oracle: Oracle) -> dict[str, list[int]]:
    """Who is sent abroad, and whose conviction is struck from the record, where a law says so."""
    effects = [c.then for d in oracle.scenario.decrees.values() for c in d.clauses.values()]
    found = {}
    for name, said, done in (
        ("sent abroad", "abroad", "gone"), ("struck from the record", "expunge", "struck")
    ):  # fmt: skip
        if any(getattr(effect, said) for effect in effects):
            found[name] = [0] * oracle.horizon
            for s in oracle.spells:
                if s.left is not None and getattr(s, done):
                    found[name][s.left] += 1
    return found


def _series(oracle: Oracle) -> dict[str, list[int]]:
    days = {name: [0] * oracle.horizon for name in SERIES} | _series_of_some(oracle)
    changes = [0] * (oracle.horizon + 1)
    for s in oracle.spells:
        _add_spell(oracle, days, changes, s)
    days["stock"] = list(accumulate(changes))[:-1]
    _add_depth(oracle, days)
    return days


def _series_of_some(oracle: Oracle) -> dict[str, list[int]]:
    """What is counted only of some worlds or decrees."""
    days = {}
    if any(decree.reach is not None for decree in oracle.scenario.decrees.values()):
        days |= {name: [0] * oracle.horizon for name in OF_REACH}
    if on_condition(oracle):
        days |= _conditional(oracle)
    if oracle.world.before_judgment is not None:
        days |= phases_by_day(oracle.spells, oracle.horizon)
    if oracle.world.executions is not None:
        days |= _under_death(oracle)
    if sends_home(oracle):
        days |= _at_home(oracle)
    days |= _beyond_release(oracle)
    return days


def _under_death(oracle: Oracle) -> dict[str, list[int]]:
    """Who is executed, and who is under sentence of death at the end of each day."""
    days = {name: [0] * oracle.horizon for name in OF_DYING}
    for s in oracle.spells:
        if s.cause == "execution" and s.left is not None:
            days["executions"][s.left] += 1
            days["days served until execution"][s.left] += s.left - s.admitted
        if (s.condemned or s.spared_on is not None) and not s.acquitted:
            ends = [day for day in (s.left, s.spared_on, oracle.horizon) if day is not None]
            for day in range(max(s.admitted, s.judged or 0, 0), min(ends)):
                days["under sentence of death"][day] += 1
    return days


def _add_spell(oracle: Oracle, days: dict[str, list[int]], changes: list[int], s: Spell) -> None:
    changes[max(s.admitted, 0)] += 1
    changes[oracle.horizon if s.left is None else s.left] -= 1
    if s.admitted >= 0 and not never_began(s, s.waits_for):
        came = "returns" if s.spell else "drive arrests" if s.line else "first admissions"
        days[came][s.admitted] += 1
        if s.freed_by is not None:
            days["returns of the freed"][s.admitted] += 1
    if s.left is not None:
        _add_leaving(days, s, s.left)
    if s.died_free is not None and not s.line:
        days["deaths at liberty"][s.died_free] += 1
    if s.eligible_on is not None:
        days["newly eligible"][s.eligible_on] += 1
    for day, _ in s.cuts:
        days["reductions by decree"][day] += 1
    if s.exiled_on is not None:
        days["exiled"][s.exiled_on] += 1


def _add_depth(oracle: Oracle, days: dict[str, list[int]]) -> None:
    """Count what decrees remit: who is freed, who would still be held, who returns meanwhile."""
    names = {s.name: s for s in oracle.spells}
    for s in oracle.spells:
        assert s.dies is not None
        if freed(s):
            assert s.left is not None
            began = not never_began(s, s.waits_for)
            fixed = s.imposed is not None and s.due is not None and not s.ended
            if began and fixed and s.due - s.left < 365:
                days["freed with under a year left"][s.left] += 1
            if began and is_ill(oracle.world, s.health_on(s.left)):
                days["freed in ill health"][s.left] += 1
            if began and "violent" in oracle.world.offences[s.offence].tags:
                days["freed for violent offences"][s.left] += 1
            would_leave = s.dies if s.ends_on is None else min(s.ends_on, s.dies)
            for day in range(s.left, min(would_leave, oracle.horizon)):
                days["freed who would still be held"][day] += 1
            after = names.get((s.person, s.line, s.spell + 1))
            if after is not None and after.admitted < would_leave:
                days["returns in remitted time"][after.admitted] += 1
        if s.due is not None and s.term is not None:
            uncut = leaves_on(s, s.admitted + served(
                point_of(oracle.world, s.offence, s.imposed), s.term + s.cut_days
            ))  # fmt: skip
            if s.commuted:
                uncut = oracle.horizon if s.ended_first is None else s.ended_first
            changed = s.cut_days or s.commuted or s.credited
            changed = changed or s.point != point_of(oracle.world, s.offence, s.imposed)
            for day in range(s.due, min(uncut, s.dies, oracle.horizon) if changed else s.due):
                days["terms cut that would still run"][day] += 1


def _add_leaving(days: dict[str, list[int]], s: Spell, left: int) -> None:
    served = left - s.admitted
    if s.cause == "death":
        days["deaths in custody"][left] += 1
        days["days served until death"][left] += served
        if s.line:
            days["deaths in custody of the arrested"][left] += 1
    elif s.cause in ("acquittal", "execution"):
        return
    elif s.cause == "expiry":
        days["expiries"][left] += 1
        days["days served until expiry"][left] += served
    elif never_began(s, s.waits_for):
        assert s.dies is not None
        days["sentences extinguished"][left] += 1
        days["days averted"][left] += min(s.dies, s.ends_on or s.dies) - left
        if s.due is not None:
            days["days extinguished"][left] += s.due - left
    else:
        days["releases by decree"][left] += 1
        days["days served until release by decree"][left] += served
        assert s.dies is not None
        days["days averted"][left] += min(s.dies, s.ends_on or s.dies) - left
        if s.due is not None and s.imposed is not None and not s.ended:
            days["days remitted"][left] += s.due - left
            days["releases from fixed terms"][left] += 1


def same_records(one: Record, other: Record) -> None:
    """Equal byte by byte."""
    assert one.groups == other.groups
    assert one.camps == other.camps
    assert one.places == other.places
    assert _same_arrays("stock by camp", one.stock_by_camp, other.stock_by_camp)
    assert _same_arrays("exiled to", one.exiled_to, other.exiled_to)
    assert list(one.series) == list(other.series)
    for name in one.series:
        assert _same_arrays(name, one.series[name], other.series[name])
    assert list(one.curves) == list(other.curves)
    for name in one.curves:
        assert _same_arrays(name, one.curves[name], other.curves[name])
    assert list(one.waterfalls) == list(other.waterfalls)
    for key in one.waterfalls:
        assert _same_arrays(str(key), one.waterfalls[key], other.waterfalls[key])


def _same_arrays(name: str, one: np.ndarray, other: np.ndarray) -> bool:
    assert one.dtype == other.dtype, name
    assert one.shape == other.shape, name
    assert one.tobytes() == other.tobytes(), f"{name} differs on {np.argwhere(one != other)[:5]}"
    return True
