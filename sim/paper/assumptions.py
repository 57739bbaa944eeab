"""Table 3, what it rests on: headline differences at the ends of the listed assumptions."""

from __future__ import annotations

from sim.analysis.compare import HEADLINE, Comparison, Swing
from sim.analysis.measures import MEASURE
from sim.paper.effects import GUARD
from sim.paper.numbers import NOT_OBSERVED, signed

Row = list[str]


def assumptions_table(comparison: Comparison, policy: str) -> str:
    """Write the one-at-a-time runs of a policy as plain text, widest swing first."""
    baseline = comparison.baselines[0]
    swings = [s for s in comparison.swings if s.policy == policy]
    names = sorted({s.assumption for s in swings}, key=lambda n: -_swing(swings, n, comparison))
    rows: list[Row] = [["assumption", "set to", *(MEASURE[m].difference_name for m in HEADLINE)]]
    central = [_central(comparison, policy, baseline, m) for m in HEADLINE]
    rows.append(["(as in the files)", "", *central])
    for name in names:
        for one in (s for s in swings if s.assumption == name):
            where = one.value if one.end == "instead" else f"{one.end}: {one.value}"
            rows.append([name, where, *(_mean(one, m) for m in HEADLINE)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [f"Table 3. What it rests on: {policy}, difference from {baseline}", GUARD, ""]
    for row in rows:
        text = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
        text += [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join(text).rstrip())
    lines += [
        "",
        (
            f"One assumption changed at a time, {comparison.swing_replications} replications, seed "
            f"{comparison.seed}; sorted by the swing of"
        ),
        (
            f"{MEASURE[HEADLINE[0]].difference_name}. Signs: held is policy minus baseline, averted "
            "is baseline minus policy."
        ),
    ]
    return "\n".join(lines)


def _central(comparison: Comparison, policy: str, baseline: str, measure: str) -> str:
    found = comparison.differences.get((policy, baseline, measure))
    return NOT_OBSERVED if found is None else signed(found.estimate.mean)


def _mean(swing: Swing, measure: str) -> str:
    found = swing.differences.get(measure)
    return NOT_OBSERVED if found is None else signed(found.estimate.mean)


def _swing(swings: list[Swing], name: str, comparison: Comparison) -> float:
    means = [
        s.differences[HEADLINE[0]].estimate.mean
        for s in swings
        if s.assumption == name and HEADLINE[0] in s.differences
    ]
    central = [
        d.estimate.mean
        for (p, b, m), d in comparison.differences.items()
        if swings and p == swings[0].policy and b == comparison.baselines[0] and m == HEADLINE[0]
    ]
    return max([*means, *central], default=0.0) - min([*means, *central], default=0.0)
