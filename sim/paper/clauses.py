"""What each clause of a decree does, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap

from sim.analysis.clauses import ClauseShares
from sim.analysis.compare import HEADLINE
from sim.analysis.estimates import Estimate
from sim.analysis.measures import MEASURE
from sim.paper.data import Row, csv_text, resolved_files, ten_digits
from sim.paper.effects import GUARD, WIDTH
from sim.paper.numbers import NOT_OBSERVED, half_width, signed


def clause_table(found: ClauseShares) -> str:
    """Write Shapley's shares of every decree's clauses as plain text."""
    asked = found.asked
    rows = [["clause", *(MEASURE[m].difference_name for m in HEADLINE)]]
    for decree in asked.subsets:
        rows.append([f"decree {decree}", *(_whole(found, decree, m) for m in HEADLINE)])
        for clause in asked.scenario.decrees[decree].clauses:
            shares = [_share(found.shares.get((decree, clause, m))) for m in HEADLINE]
            rows.append([f"  {clause}", *shares])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [*wrap(f"What each clause does: {asked.scenario.title}", WIDTH), GUARD, ""]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    note = (
        f"Shapley's shares of the difference from {asked.baseline.name}: a clause's mean "
        "contribution over all orders in which the clauses of its decree could be added, all else "
        "as written. They add up to the decree's row, which is the decree less the same decree "
        f"without clauses. Means over {asked.replications} paired replications, seed {asked.seed}, "
        "with half the 95% interval of the mean (simulation error)."
    )
    return "\n".join([*lines, "", *wrap(note, WIDTH)])


def _whole(found: ClauseShares, decree: str, measure: str) -> str:
    mean = found.whole.get((decree, measure))
    return NOT_OBSERVED if mean is None else signed(mean)


def _share(found: Estimate | None) -> str:
    if found is None:
        return NOT_OBSERVED
    return f"{signed(found.mean)} {half_width(found.low, found.high)}"


def clause_rows(found: ClauseShares) -> Iterator[Row]:
    """One row per decree, clause and measure."""
    for (decree, clause, measure), share in found.shares.items():
        yield {
            "scenario": found.asked.scenario.name, "baseline": found.asked.baseline.name,
            "decree": decree, "clause": clause, "measure": MEASURE[measure].difference_name,
            "share": ten_digits(share.mean), "low": ten_digits(share.low),
            "high": ten_digits(share.high), "replications": share.replications,
        }  # fmt: skip


def clause_files(found: ClauseShares) -> dict[str, str]:
    """Texts of all files by name, without the manifest."""
    scenarios = [found.asked.baseline, found.asked.scenario]
    return {
        "clauses.csv": csv_text(clause_rows(found)), "clauses.txt": clause_table(found) + "\n",
        **resolved_files(scenarios),
    }  # fmt: skip


def about_clauses(found: ClauseShares, tables_sha256: Mapping[str, str]) -> dict[str, object]:
    """Say what was shared out; it is asked again from this."""
    asked = found.asked
    return {
        "kind": "attribution", "seed": asked.seed, "replications": asked.replications,
        "compared": [asked.scenario.name], "against": asked.baseline.name,
        "tables_sha256": dict(tables_sha256),
    }  # fmt: skip
