"""What the oracle counts beside the days of the calendar, by plain ifs from its own people."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from math import floor

from sim.custody.record import Record
from sim.scenario.lengths import whole_days
from tests.oracle.chances import rooms
from tests.oracle.engine import Docket, Oracle
from tests.oracle.judgment import OF_ITSELF
from tests.oracle.law import Spell
from tests.oracle.reach import never_began

MONTHS = 60
ENDS = [whole_days(m, "month") for m in range(MONTHS + 1)]
Curve = list[int] | list[list[int]]


def same_curves(oracle: Oracle, record: Record) -> None:
    """Every count agrees, and there is no other; sex where the record was told the draws."""
    ours = _curves(oracle)
    assert not record.curves.keys() - ours.keys()
    assert not {k for k in ours.keys() - record.curves.keys() if not k.endswith("by sex")}
    for name, theirs in record.curves.items():
        assert theirs.dtype == "int64", name
        if theirs.size or ours[name]:
            assert theirs.tolist() == ours[name], name


def _curves(oracle: Oracle) -> dict[str, Curve]:
    return {
        "places by camp": rooms(oracle.world),
        **_depth(oracle),
        **_grants(oracle),
        **_followed(oracle),
    }


def freed(s: Spell) -> bool:
    return s.cause not in (None, *OF_ITSELF)


def _depth(oracle: Oracle) -> dict[str, Curve]:
    shares: Counter[tuple[int, int]] = Counter()
    remitted: Counter[tuple[int, int]] = Counter()
    for s in oracle.spells:
        fixed = s.term is not None and not s.ended
        if freed(s) and fixed and not never_began(s, s.waits_for):
            assert s.left is not None
            assert s.due is not None
            assert s.term is not None
            shares[s.left, floor(1000 * Fraction(s.left - s.admitted, s.term))] += 1
            remitted[s.left, s.due - s.left] += 1
    return {
        "served share of the freed": [[*pair, shares[pair]] for pair in sorted(shares)],
        "days remitted to the freed": [[*pair, remitted[pair]] for pair in sorted(remitted)],
    }


def _grants(oracle: Oracle) -> dict[str, Curve]:
    held = [d for d in oracle.dockets if 0 <= d.occasion.close_day < oracle.horizon]
    names = {
        "camp": oracle.camps,
        "health": oracle.states,
        "origin": ["Pyongyang", "elsewhere"],
        "sex": ["man", "woman"],
    }
    found: dict[str, Curve] = {"lists closed on": [d.occasion.close_day for d in held]}
    for group, members in names.items():
        for stage in ("eligible", "granted"):
            counts = [_of_group(d, stage, group) for d in held]
            found[f"{stage} by {group}"] = [[one[name] for name in members] for one in counts]
    return found


def _of_group(docket: Docket, wanted: str, group: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for (stage, _, s), state in zip(docket.stages, docket.states, strict=True):
        if stage != wanted:
            continue
        if group == "camp":
            counts[s.camp] += 1
        elif group == "health":
            counts[state] += 1
        elif group == "origin":
            counts["Pyongyang" if s.origin == "Pyongyang" else "elsewhere"] += 1
        else:
            counts["woman" if s.woman else "man"] += 1
    return counts


def _followed(oracle: Oracle) -> dict[str, Curve]:
    start = oracle.world.start
    last = start + timedelta(days=oracle.horizon - 1)
    cohorts = (last.year - start.year) * 12 + last.month - start.month + 1
    tables = {
        f"{fate} after {kind}": [[0] * MONTHS for _ in range(cohorts)]
        for fate in ("at risk", "returned", "died")
        for kind in ("expiry", "decree")
    }
    names = {s.name: s for s in oracle.spells}
    for s in oracle.spells:
        if (
            s.left is None
            or s.cause in ("death", "execution", "acquittal")
            or never_began(s, s.waits_for)
        ):
            continue
        if s.gone:
            continue
        kind = "expiry" if s.cause == "expiry" else "decree"
        day = start + timedelta(days=s.left)
        cohort = (day.year - start.year) * 12 + day.month - start.month
        after = names.get((s.person, s.line, s.spell + 1))
        for m in range(MONTHS):
            through = s.left + ENDS[m + 1]
            if through >= oracle.horizon:
                break
            tables[f"at risk after {kind}"][cohort][m] += 1
            if after is not None and after.admitted <= through:
                tables[f"returned after {kind}"][cohort][m] += 1
                break
            if s.died_free is not None and s.died_free <= through:
                tables[f"died after {kind}"][cohort][m] += 1
                break
    return dict(tables)
