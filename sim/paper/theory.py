"""Theory beside simulation, as a table and as data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.analysis.theory import FALSE_ALARM, Check
from sim.paper.data import Row as Data
from sim.paper.table import Cell, Column, Panel, Row, Table

GUARD = "The model against closed forms; the worlds are made up."
FIGURES = 5
UNBOUNDED = "no bound"


def theory_rows(checks: Sequence[Check]) -> Iterator[Data]:
    """One row per check; what is undefined and an end that theory does not give are null."""
    for one in checks:
        yield {
            "subject": one.subject, "quantity": one.quantity, "unit": one.unit,
            "theory": one.theory, "simulated": _finite(one.simulated), "low": _finite(one.low),
            "high": _finite(one.high), "holds": one.holds,
        }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def theory_table(checks: Sequence[Check], replications: int, seed: int) -> Table:
    """Build the table of all checks."""
    columns = [Column("theory"), Column("simulated"), Column("band from"), Column("to")]
    columns.append(Column("holds", words=True))
    panels = []
    for subject in dict.fromkeys(one.subject for one in checks):
        rows = [
            Row(one.quantity, _cells(one), one.unit) for one in checks if one.subject == subject
        ]
        panels.append(Panel(subject, tuple(rows)))
    failed = sum(not one.holds for one in checks)
    told = f"{failed} of {len(checks)} checks do not hold." if failed else (
        f"All {len(checks)} checks hold.")  # fmt: skip
    note = (
        f"{told} If the model is right, any band is missed by chance in at most 1 of "
        f"{1 / FALSE_ALARM:,.0f} seeds (Bonferroni over the checks). A row without a closed form "
        "is a bound that no replication may break."
    )
    return Table(
        "theory", "Theory and simulation", tuple(columns), tuple(panels), stub="quantity",
        notes=(note,), made=f"{replications} replications, seed {seed}.", guard=GUARD,
    )  # fmt: skip


def _cells(one: Check) -> tuple[Cell, ...]:
    return (
        *(_number(value) for value in (one.theory, one.simulated, one.low, one.high)),
        Cell(words="holds" if one.holds else "does not hold"),
    )


def _number(value: float | None) -> Cell:
    if value is None:
        return Cell(missing="bound")
    if math.isnan(value):
        return Cell(missing="undefined")
    if not math.isfinite(value):
        return Cell(missing=UNBOUNDED)
    return Cell(value, figures=FIGURES)
