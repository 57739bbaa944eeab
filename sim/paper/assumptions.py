"""Table 3, what it rests on: headline differences at the ends of the listed assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from sim.analysis.compare import HEADLINE, Comparison
from sim.analysis.estimates import Difference
from sim.analysis.measures import MEASURE
from sim.paper.data import AS_WRITTEN
from sim.paper.numbers import NOT_OBSERVED, grouped, printed
from sim.paper.provenance import column_marks
from sim.paper.results import Results, results_of
from sim.paper.studies import names_of
from sim.paper.table import Cell, Column, Group, Panel, Row, Table

WIDTH = 100


def rests_on_table(results: Results, policy: str) -> Table:
    """Build the table of the one-at-a-time runs of a policy, widest swing first."""
    baseline = results.baselines[0]
    swings = [s for s in results.swings if s.policy == policy]
    listed = dict.fromkeys(s.assumption for s in swings)
    names = sorted(listed, key=lambda name: -_width(results, policy, name))
    central = [_mean(results.central.get((policy, m))) for m in HEADLINE]
    rows = [Row(AS_WRITTEN, (Cell(), *central))]
    for name in names:
        for one in (s for s in swings if s.assumption == name):
            where = one.value
            if one.end != "instead":
                where = f"{one.end}: {grouped(one.value)} {unit_of(results, policy, name)}".strip()
            cells = [_mean(one.differences.get(m)) for m in HEADLINE]
            rows.append(Row(name, (Cell(words=where), *cells)))
    columns = [Column("set to", words=True)]
    group = Group(policy, 1, 1 + len(HEADLINE), column_marks(results, policy))
    columns += [Column(MEASURE[m].difference_name, MEASURE[m].unit) for m in HEADLINE]
    note = (
        f"One assumption changed at a time, the first {results.swing_replications} of "
        f"{results.replications} replications in every row, seed {results.seed}; sorted "
        f"by the swing of {MEASURE[HEADLINE[0]].difference_name}. Signs: held is policy minus "
        "baseline, averted is baseline minus policy."
    )
    return Table(
        f"rests-on-{policy}", f"What it rests on: {policy}, difference from {baseline}",
        tuple(columns), (Panel("", tuple(rows)),), notes=(note,), number=3, stub="assumption",
        groups=(group,), fixed=1,
    )  # fmt: skip


def unit_of(results: Results, policy: str, assumption: str) -> str:
    """Say in what an assumption with a range is counted; empty where its text says so itself."""
    part: object = results.scenarios[policy]
    path = {name: path for path, name in names_of(results.scenarios[policy])}.get(assumption)
    for key in path.split(".") if path else ():
        part = part.get(key) if isinstance(part, Mapping) else None
    return str(part.get("unit", "")) if isinstance(part, Mapping) and path else ""


def assumptions_table(comparison: Comparison, policy: str) -> str:
    """Write the one-at-a-time runs of a policy as plain text, widest swing first."""
    return assumptions_text(rests_on_table(results_of(comparison), policy))


def assumptions_text(table: Table) -> str:
    """Lay out the table of one-at-a-time runs as plain text."""
    rows = [[table.stub, *(column.name for column in table.columns)]]
    for row in table.panels[0].rows:
        rows.append([row.label, *(printed(cell).main for cell in row.cells)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [table.numbered_title, table.guard, ""]
    for cells in rows:
        text = [cell.ljust(width) for cell, width in zip(cells[:2], widths, strict=False)]
        text += [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]
        lines.append("  ".join(text).rstrip())
    return "\n".join([*lines, "", *(line for note in table.notes for line in wrap(note, WIDTH))])


def _mean(found: Difference | None) -> Cell:
    if found is None:
        return Cell(missing=NOT_OBSERVED)
    return Cell(found.estimate.mean, signed=True)


def _width(results: Results, policy: str, assumption: str) -> float:
    """Width of the span of the first headline measure when one assumption is changed."""
    found = [results.central.get((policy, HEADLINE[0]))]
    found += [
        s.differences.get(HEADLINE[0])
        for s in results.swings
        if (s.policy, s.assumption) == (policy, assumption)
    ]
    means = [d.estimate.mean for d in found if d is not None]
    return max(means, default=0.0) - min(means, default=0.0)
