"""Table 3, what it rests on: headline differences at the ends of the listed assumptions."""

from __future__ import annotations

from textwrap import wrap

from sim.analysis.compare import HEADLINE, Comparison
from sim.analysis.estimates import Difference
from sim.analysis.measures import MEASURE
from sim.paper.effects import GUARD, WIDTH
from sim.paper.numbers import NOT_OBSERVED, signed

Row = list[str]


def assumptions_table(comparison: Comparison, policy: str) -> str:
    """Write the one-at-a-time runs of a policy as plain text, widest swing first."""
    baseline = comparison.baselines[0]
    swings = [s for s in comparison.swings if s.policy == policy]
    listed = dict.fromkeys(s.assumption for s in swings)
    names = sorted(listed, key=lambda name: -_width(comparison, policy, name))
    rows: list[Row] = [["assumption", "set to", *(MEASURE[m].difference_name for m in HEADLINE)]]
    central = [_mean(comparison.central.get((policy, m))) for m in HEADLINE]
    rows.append(["(as in the files)", "", *central])
    for name in names:
        for one in (s for s in swings if s.assumption == name):
            where = one.value if one.end == "instead" else f"{one.end}: {one.value}"
            rows.append([name, where, *(_mean(one.differences.get(m)) for m in HEADLINE)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [f"Table 3. What it rests on: {policy}, difference from {baseline}", GUARD, ""]
    for row in rows:
        text = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
        text += [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join(text).rstrip())
    lines += [
        "",
        *wrap(
            f"One assumption changed at a time, the first {comparison.swing_replications} of "
            f"{comparison.replications} replications in every row, seed {comparison.seed}; sorted "
            f"by the swing of {MEASURE[HEADLINE[0]].difference_name}. Signs: held is policy minus "
            "baseline, averted is baseline minus policy.",
            WIDTH,
        ),
    ]
    return "\n".join(lines)


def _mean(found: Difference | None) -> str:
    return NOT_OBSERVED if found is None else signed(found.estimate.mean)


def _width(comparison: Comparison, policy: str, assumption: str) -> float:
    """Width of the span of the first headline measure when one assumption is changed."""
    found = [comparison.central.get((policy, HEADLINE[0]))]
    found += [
        s.differences.get(HEADLINE[0])
        for s in comparison.swings
        if (s.policy, s.assumption) == (policy, assumption)
    ]
    means = [d.estimate.mean for d in found if d is not None]
    return max(means, default=0.0) - min(means, default=0.0)
