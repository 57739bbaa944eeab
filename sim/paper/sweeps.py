"""A sweep as a table: one row per variant, headline differences in columns."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from sim.analysis.compare import HEADLINE
from sim.analysis.estimates import Difference
from sim.analysis.measures import MEASURE
from sim.analysis.sweeps import Sweep
from sim.paper.data import Row, csv_text, difference_numbers, resolved_files
from sim.paper.effects import GUARD, WIDTH
from sim.paper.numbers import NOT_OBSERVED, half_width, signed
from sim.scenario.scenario import Scenario


def sweep_table(sweep: Sweep) -> str:
    """Write a sweep as plain text, variants in the order of the file."""
    asked = sweep.asked
    rows = [["variant", *(MEASURE[m].difference_name for m in HEADLINE)]]
    for row in asked.rows:
        rows.append([row.label, *(_cell(sweep.differences.get((row.label, m))) for m in HEADLINE)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        *wrap(f"Sweep. {asked.title}: difference from {asked.baseline.name}", WIDTH), GUARD, "",
    ]  # fmt: skip
    for cells in rows:
        numbers = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        lines.append("  ".join([cells[0].ljust(widths[0]), *numbers]).rstrip())
    lines += ["", *_notes(sweep)]
    return "\n".join(lines)


def _cell(found: Difference | None) -> str:
    if found is None:
        return NOT_OBSERVED
    mean = signed(found.estimate.mean)
    if found.constant:
        return f"{mean} (always)"
    return f"{mean} {half_width(found.estimate.low, found.estimate.high)}"


def _notes(sweep: Sweep) -> Iterator[str]:
    asked = sweep.asked
    method = (
        f"Means over {asked.replications} paired replications (common random numbers), seed "
        f"{asked.seed}, with half the 95% interval of the mean: simulation error, which says "
        "nothing about the real prisons. What a variant changes in the world is changed in its "
        f"baseline too. Swept: {asked.scenario.title} ({asked.scenario.name}). Signs: held is "
        "policy minus baseline, averted is baseline minus policy."
    )
    paragraphs = [method, *(f"{one} asks the same as {two}." for one, two in asked.repeated)]
    for paragraph in paragraphs:
        yield from wrap(paragraph, WIDTH, subsequent_indent="  ")


def places_table(sweep: Sweep) -> str:
    """Write what one more place brings between neighbouring caps."""
    measures = [m for m in HEADLINE if m in sweep.places]
    rows = [["between caps", *(MEASURE[m].difference_name for m in measures)]]
    for i, first in enumerate(sweep.places[measures[0]]):
        found = [sweep.places[m][i].per_place for m in measures]
        cells = [f"{signed(e.mean)} {half_width(e.low, e.high)}" for e in found]
        rows.append([f"{first.places[0]:,} and {first.places[1]:,} {sweep.reach}", *cells])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["What one more place brings", GUARD, ""]
    for row in rows:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers]).rstrip())
    note = (
        "Change of the difference for one more place in the number of the cap (in every camp where "
        "it is per camp), the slope between neighbouring caps; half the 95% interval of the mean."
    )
    return "\n".join([*lines, "", *wrap(note, WIDTH)])


def sweep_tables(sweep: Sweep) -> dict[str, str]:
    """Write all tables of a sweep, by file name."""
    tables = {"sweep": sweep_table(sweep)}
    if sweep.places:
        tables["sweep-places"] = places_table(sweep)
    return tables


def scenarios_of(sweep: Sweep) -> list[Scenario]:
    """List the scenarios of a sweep once each, baselines before what is compared with them."""
    points = [point for row in sweep.asked.rows for point in (row.baseline, row.policy)]
    return list({point.label: point.scenario for point in points}.values())


def sweep_files(sweep: Sweep) -> dict[str, str]:
    """Texts of all files by name, without the manifest."""
    files = {"sweep.csv": csv_text(sweep_rows(sweep)), **resolved_files(scenarios_of(sweep))}
    return files | {f"{name}.txt": text + "\n" for name, text in sweep_tables(sweep).items()}


def about_sweep(sweep: Sweep) -> dict[str, object]:
    """Say what was swept; a sweep is asked again from this."""
    asked = sweep.asked
    rows = [
        {"variant": row.label, "coordinates": dict(row.coordinates), "scenario": row.policy.label,
         "baseline": row.baseline.label}
        for row in asked.rows
    ]  # fmt: skip
    return {
        "kind": "sweep", "seed": asked.seed, "replications": asked.replications,
        "title": asked.title, "tables_sha256": dict(sweep.tables), "rows": rows,
    }  # fmt: skip


def sweep_rows(sweep: Sweep) -> Iterator[Row]:
    """One row per variant and measure; the coordinates of a grid stand in one column."""
    for row in sweep.asked.rows:
        where = "; ".join(f"{path}={value}" for path, value in row.coordinates)
        for measure in MEASURE.values():
            found = sweep.differences.get((row.label, measure.name))
            if found is not None:
                yield {
                    "variant": row.label, "coordinates": where, "baseline": row.baseline.label,
                    "measure": measure.difference_name,
                    "day": row.window.read_on(measure.name).isoformat(), "unit": measure.unit,
                    **difference_numbers(found),
                }  # fmt: skip
