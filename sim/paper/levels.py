"""Levels: what each scenario comes to by itself."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.compare import Comparison
from sim.analysis.measures import PANELS, Measure
from sim.paper.effects import missing, shown_measures, simulated
from sim.paper.numbers import printed
from sim.paper.provenance import column_marks
from sim.paper.results import Results, results_of
from sim.paper.table import Cell, Column, Panel, Row, Table
from sim.scenario.words.phrases import counted


def levels(
    results: Results, *, measures: Sequence[str] = (), scenarios: Sequence[str] = ()
) -> Table:
    """Build the table of levels, each policy in its own window.

    A baseline is read in the first policy's window.
    """
    # A baseline that stands among the policies has a window of its own.
    others = [b for b in results.baselines if b not in results.windows]
    listed = list(scenarios) or [*others, *results.policies]
    columns = [Column(name, marks=column_marks(results, name)) for name in listed]
    panels = []
    for panel in PANELS:
        rows = [
            Row(m.name, tuple(_cell(results, name, m) for name in listed), m.unit)
            for m in shown_measures(measures)
            if m.panel == panel
        ]
        if rows:
            panels.append(Panel(panel, tuple(rows)))
    single = len(results.titles) == 1
    title = results.titles[listed[0]] if single else "each scenario in its own window"
    return Table(
        "levels", f"Levels: {title}", tuple(columns), tuple(panels),
        notes=tuple(_notes(results, listed)),
        legend=tuple((name, results.titles[name]) for name in listed),
    )  # fmt: skip


def window_of(results: Results, scenario: str) -> str:
    """Name the policy in whose window a scenario is read."""
    return scenario if scenario in results.windows else results.policies[0]


def _cell(results: Results, scenario: str, measure: Measure) -> Cell:
    window = window_of(results, scenario)
    found = results.estimates.get((scenario, window, measure.name))
    if found is None:
        return Cell(missing=missing(results, scenario, window))
    return Cell(found.mean, figures=3, layers=simulated(found))


def _notes(results: Results, listed: Sequence[str]) -> list[str]:
    days = {results.windows[window_of(results, name)] for name in listed}
    runs = f"{counted(results.replications, 'replication')}, seed {results.seed}."
    if len(days) == 1:
        return [f"Measured from {days.pop()}; {runs}"]
    told = ", ".join(f"{n} from {results.windows[window_of(results, n)]}" for n in listed)
    return [f"Measured: {told}; {runs}"]


def levels_table(comparison: Comparison) -> str:
    """Write the levels of a single scenario as plain text."""
    results = results_of(comparison)
    return levels_text(levels(results, scenarios=[comparison.scenarios[0].name]))


def levels_text(table: Table) -> str:
    """Write the levels of a single scenario as plain text."""
    lines = [table.title, table.guard, ""]
    for row in (row for panel in table.panels for row in panel.rows):
        one = printed(row.cells[0])
        layers = dict(one.layers)
        line = f"{row.label:38} {one.main:>10}"
        if "error" in layers:
            line += f"  error {layers['error']:<10}"
        if "chance" in layers:
            line += f" chance {layers['chance']}"
        lines.append(line.rstrip())
    return "\n".join([*lines, "", *table.notes])
