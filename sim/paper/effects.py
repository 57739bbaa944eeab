"""Table 1, effects: what each policy changes, with the three layers of doubt told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from sim.analysis.compare import Comparison
from sim.analysis.estimates import Difference, Estimate
from sim.analysis.measures import MEASURES, PANELS, Measure
from sim.paper.numbers import NOT_OBSERVED, printed
from sim.paper.provenance import column_marks, rests_on
from sim.paper.results import Results, results_of
from sim.paper.table import GUARD as GUARD
from sim.paper.table import Cell, Column, Group, Layer, Panel, Row, Table

WIDTH = 100
PAGE_WIDTH = 132
"""Characters in which a block of the table must fit, unless it holds one policy alone."""
VARIES = "varies"
LEVELS = ("eligible", "months remitted per person freed")
"""Measures that are given as levels: a difference would say nothing."""


def effects(
    results: Results,
    baseline: str,
    *,
    measures: Sequence[str] = (),
    scenarios: Sequence[str] = (),
) -> Table:
    """Build the table of paired differences from one baseline.

    Parameters
    ----------
    measures
        Names of the measures shown; by default those of the printed tables.
    scenarios
        The policies shown, in this order; by default all.
    """
    policies = [p for p in scenarios or results.policies if p != baseline]
    listed = (baseline, *policies)
    columns = [Column(baseline, marks=column_marks(results, baseline))]
    columns += [Column(p, marks=column_marks(results, p), relative=True) for p in policies]
    shown = shown_measures(measures)
    panels = [
        Panel(panel, tuple(_row(results, baseline, policies, m) for m in shown if m.panel == panel))
        for panel in PANELS
    ]
    return Table(
        f"effects-{baseline}", f"Effects: difference from {baseline}", tuple(columns),
        tuple(panel for panel in panels if panel.rows),
        notes=tuple(_notes(results, baseline, policies)),
        about=tuple((name, note) for name in listed for note in rests_on(results, name)),
        made=f"Seed {results.seed}; world: {results.worlds[baseline]}.", number=1,
        legend=tuple((name, results.titles[name]) for name in listed),
        measured=tuple((name, results.windows[name]) for name in policies),
        groups=(Group("Level", 0, 1), Group(f"Difference from {baseline}", 1, len(columns)))
        if policies else (), fixed=1,
    )  # fmt: skip


def shown_measures(names: Sequence[str] = ()) -> list[Measure]:
    """List the measures of a printed table in their order: those named, or the headlines."""
    return [m for m in MEASURES if (m.name in names if names else m.headline)]


def _row(results: Results, baseline: str, policies: list[str], measure: Measure) -> Row:
    levels = _as_level(results, baseline, policies, measure)
    cells = [_cell(results, baseline, policy, measure, level=levels) for policy in policies]
    label = f"{measure.name} (level)" if levels else measure.difference_name
    first = _baseline_cell(results, baseline, policies, measure, level=levels)
    return Row(label, (first, *cells), measure.unit)


def _as_level(results: Results, baseline: str, policies: list[str], measure: Measure) -> bool:
    """Say whether a measure is given as a level, as where the baseline can have none."""
    if measure.name in LEVELS:
        return True
    there = any((p, p, measure.name) in results.estimates for p in policies)
    return there and not any((baseline, p, measure.name) in results.estimates for p in policies)


def _baseline_cell(
    results: Results, baseline: str, policies: list[str], measure: Measure, *, level: bool
) -> Cell:
    origins = {results.windows[p] for p in policies}
    if not policies or len(origins) > 1:
        return Cell()
    found = [results.estimates.get((baseline, p, measure.name)) for p in policies]
    one = found[0]
    if level and (one is None or one.mean == 0):
        return Cell()
    if len({None if e is None else e.mean for e in found}) > 1:
        return Cell(missing=VARIES)
    return Cell(missing=NOT_OBSERVED) if one is None else Cell(one.mean, figures=3)


def _cell(results: Results, baseline: str, policy: str, measure: Measure, *, level: bool) -> Cell:
    if level:
        one = results.estimates.get((policy, policy, measure.name))
        if one is None:
            return Cell(missing=missing(results, policy, policy))
        return Cell(one.mean, layers=(Layer("error", one.low, one.high),))
    found = results.differences.get((policy, baseline, measure.name))
    if found is None:
        return Cell(missing=NOT_OBSERVED)
    return difference_cell(found, results.span(policy, baseline, measure.name))


def difference_cell(found: Difference, ends: tuple[float, float] | None = None) -> Cell:
    """Put a difference and its layers of doubt in a cell."""
    if found.constant and ends is not None and ends[0] == ends[1]:
        ends = None
    layers = () if found.constant else simulated(found.estimate)
    if ends is not None:
        layers = (*layers, Layer("assumptions", *ends))
    return Cell(
        found.estimate.mean, signed=True, of=found.baseline_mean, constant=found.constant,
        layers=layers,
    )  # fmt: skip


def simulated(e: Estimate) -> tuple[Layer, ...]:
    """Return simulation error and chance of an estimate; one replication has no chance."""
    error = Layer("error", e.low, e.high)
    if e.p2_5 is None or e.p97_5 is None:
        return (error,)
    return error, Layer("chance", e.p2_5, e.p97_5)


def missing(results: Results, scenario: str, window: str) -> str:
    """Say why a level has no estimate: beyond the horizon, or nobody was freed."""
    freed = results.estimates.get((scenario, window, "freed by decree"))
    if freed is None:
        return NOT_OBSERVED
    return "in some runs none freed" if freed.mean else "none freed"


def _notes(results: Results, baseline: str, policies: list[str]) -> Iterator[str]:
    yield (
        "Numbers are rounded to two figures, which is more than most of their inputs bear; "
        "full precision is in the data files."
    )
    yield (
        f"error: half the 95% interval of the mean over {results.replications} paired "
        "replications (common random numbers, Student's t); it shrinks with replications and "
        "says nothing about the real prisons. Intervals here are pointwise; simultaneous ones "
        "are in the data files."
    )
    yield "chance: the middle 95% of single replications."
    if results.swings and baseline == results.baselines[0]:
        named = list(dict.fromkeys(s.assumption for s in results.swings))
        yield (
            "assumptions: span of the differences when one of these is changed at a time "
            f"({results.swing_replications} replications each): {', '.join(named)}. It is a "
            "lower bound of ignorance: other assumptions, and several at once, are not varied."
        )
    if policies:
        yield (
            "Windows: one and five years after the first planned release; sums over five years "
            "(decrees from the close of their lists). Averted is baseline minus policy. Deaths "
            "averted counts custody and liberty alike and leaves out those whom a drive arrested."
        )
    rows = (_row(results, baseline, policies, m) for m in shown_measures())
    if any(row.cells[0].missing == VARIES for row in rows):
        yield "varies: the baseline's level is not the same in the windows of all policies."
    if baseline == "customary":
        yield "Each policy replaces the customary pardons; it does not come on top of them."


def effects_table(comparison: Comparison, baseline: str) -> str:
    """Write the table of paired differences from one baseline as plain text."""
    return effects_text(effects(results_of(comparison), baseline))


def effects_text(table: Table) -> str:
    """Write a table of effects as plain text, a page-wide block at a time."""
    lines = [table.numbered_title, table.guard, "", *(f"  {n}: {t}" for n, t in table.legend)]
    lines += [*(f"  {name} is measured from {day}" for name, day in table.measured), ""]
    for block in _blocks(table):
        lines += [*_grid(block), ""]
    notes = [*table.notes, *(note for _, note in table.about), table.made]
    lines += [fill(note, WIDTH, subsequent_indent="  ") for note in notes]
    return "\n".join(lines)


def _blocks(table: Table) -> Iterator[Table]:
    """Put as many policies side by side as a page is wide."""
    block: list[int] = []
    for policy in range(1, len(table.columns)):
        wider = [*block, policy]
        if block and max(map(len, _grid(table.only([0, *wider])))) > PAGE_WIDTH:
            yield table.only([0, *block])
            wider = [policy]
        block = wider
    yield table.only([0, *block])


def _grid(table: Table) -> list[str]:
    """Lay out rows and columns of some policies."""
    rows: list[list[list[str]]] = []
    for panel in table.panels:
        rows.append([[panel.name.upper()], *([""] for _ in table.columns)])
        rows += [[[f"  {row.label}"], *map(_lines, row.cells)] for row in panel.rows]
    header = ["", *(column.name for column in table.columns)]
    widths = [max(len(line) for row in rows for line in row[i]) for i in range(len(header))]
    widths = [max(width, len(name)) for width, name in zip(widths, header, strict=True)]
    lines = [_line(header, widths), "-" * (sum(widths) + 2 * len(widths))]
    for row in rows:
        for i in range(max(map(len, row))):
            lines.append(_line([c[i] if i < len(c) else "" for c in row], widths))
    return lines


def _lines(cell: Cell) -> list[str]:
    """Write a cell: a difference with its layers below it, a level with its error beside it."""
    one = printed(cell)
    if cell.value is None or not cell.signed:
        return [" ".join([one.main, *(text for _, text in one.layers)])]
    after = " (always)" if cell.constant else f" ({one.relative})" if one.relative else ""
    return [one.main + after, *(f"{kind} {text}" for kind, text in one.layers)]


def _line(cells: list[str], widths: list[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    parts = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]
    return "  ".join(parts).rstrip()
