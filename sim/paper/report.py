"""All tables of a comparison as plain text, in the order in which a reader wants them."""

from __future__ import annotations

from sim.analysis.compare import Comparison
from sim.analysis.measures import MEASURES
from sim.paper.assumptions import assumptions_table
from sim.paper.data import outcome_rows, waterfall_rows
from sim.paper.effects import GUARD, effects_table, missing
from sim.paper.manifest import waterfall_groups
from sim.paper.numbers import count, half_width, interval
from sim.paper.waterfall import waterfall_table


def tables_of(comparison: Comparison) -> dict[str, str]:
    """Write every table that a comparison supports, by file name."""
    tables: dict[str, str] = {}
    for baseline in comparison.baselines:
        if any(p != baseline for p in comparison.policies):
            tables[f"effects-{baseline}"] = effects_table(comparison, baseline)
    if len(comparison.scenarios) == 1:
        tables["levels"] = levels_table(comparison)
        if comparison.scenarios[0].decrees:
            name = comparison.scenarios[0].name
            tables["waterfall"] = waterfall_table(
                list(waterfall_rows(comparison)), list(outcome_rows(comparison)), name,
                waterfall_groups(comparison),
            )  # fmt: skip
    for policy in dict.fromkeys(s.policy for s in comparison.swings):
        tables[f"rests-on-{policy}"] = assumptions_table(comparison, policy)
    return tables


def levels_table(comparison: Comparison) -> str:
    """Write the levels of a single scenario as plain text."""
    name = comparison.scenarios[0].name
    lines = [f"Levels: {comparison.scenarios[0].title}", GUARD, ""]
    for measure in (m for m in MEASURES if m.headline):
        found = comparison.estimates.get((name, name, measure.name))
        if found is None:
            lines.append(f"{measure.name:38} {missing(comparison, name):>10}")
            continue
        error = f"error {half_width(found.low, found.high):<10}"
        if found.p2_5 is not None and found.p97_5 is not None:
            error += f" chance {interval(found.p2_5, found.p97_5, sign=False)}"
        lines.append(f"{measure.name:38} {count(found.mean, 3):>10}  {error}".rstrip())
    window = comparison.windows[name]
    lines += ["", (f"Measured from {window.date_of(window.origin_day)}; {comparison.replications} "
              f"replications, seed {comparison.seed}.")]  # fmt: skip
    return "\n".join(lines)
