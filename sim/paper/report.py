"""All tables of a comparison as plain text, in the order in which a reader wants them."""

from __future__ import annotations

from sim.analysis.compare import Comparison
from sim.paper.assumptions import assumptions_table
from sim.paper.data import outcome_rows, waterfall_rows
from sim.paper.effects import effects_table
from sim.paper.levels import levels_table as levels_table
from sim.paper.manifest import waterfall_groups
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
