"""Results as data: the tables of a run as rows, JSON, and tidy CSV files.

Derived numbers are written with ten significant digits, so files are equal byte by byte wherever
the cells are equal.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from sim.analysis.compare import Comparison
from sim.analysis.estimates import Difference, Estimate, estimate
from sim.analysis.measures import MEASURE, MEASURES
from sim.scenario.scenario import Scenario

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]
AS_WRITTEN = "(as in the files)"
"""What stands for an assumption in the rows of the runs in which none is changed."""
ESTIMATE_KEYS = ("mean", "sd", "low", "high", "p2_5", "p97_5", "replications")


def ten_digits(value: Cell) -> Cell:
    """Round a float to ten significant digits; -0 becomes 0."""
    if isinstance(value, float):
        rounded = float(f"{value:.10g}")
        return rounded + 0.0
    return value


def estimate_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per scenario, measure and date of reading."""
    for (label, policy, measure), found in sorted(comparison.estimates.items()):
        window = comparison.windows[policy]
        head = {"scenario": label, "measured_for": policy, "measure": measure, "group": "all",
                "day": window.read_on(measure).isoformat()}  # fmt: skip
        yield {**head, "unit": MEASURE[measure].unit, **_numbers(found)}


def difference_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per policy, baseline and measure."""
    for (policy, baseline, measure), found in sorted(comparison.differences.items()):
        window = comparison.windows[policy]
        head = {"scenario": policy, "baseline": baseline,
                "measure": MEASURE[measure].difference_name, "group": "all",
                "day": window.read_on(measure).isoformat()}  # fmt: skip
        share = comparison.relatives.get((policy, baseline, measure))
        percent = {
            "percent": None if share is None else ten_digits(100 * share.value),
            "percent_low": None if share is None else _percent(share.low),
            "percent_high": None if share is None else _percent(share.high),
        }
        yield {**head, "unit": MEASURE[measure].unit, **difference_numbers(found), **percent}


def _percent(share: float | None) -> Cell:
    return None if share is None else ten_digits(100 * share)


def rebound_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per policy of dated decrees and baseline: how fast the gap in the stock fills."""
    for (policy, baseline), found in comparison.rebounds.items():
        left = {f"left_after_{n}_years": ten_digits(share) for n, share in found.share_left.items()}
        yield {
            "scenario": policy, "baseline": baseline, "initial_gap": ten_digits(found.initial_gap),
            **left, "half_life_days": found.half_life_days,
        }  # fmt: skip


def difference_numbers(found: Difference) -> dict[str, Cell]:
    """Write a difference with its intervals as columns."""
    return {
        **_numbers(found.estimate),
        "low_simultaneous": ten_digits(found.low_simultaneous),
        "high_simultaneous": ten_digits(found.high_simultaneous),
        "p_adjusted": ten_digits(found.p_adjusted),
        "constant": found.constant,
        "baseline_mean": ten_digits(found.baseline_mean),
        "pairing_gain": ten_digits(found.pairing_gain),
    }


def _numbers(found: Estimate) -> dict[str, Cell]:
    return {key: ten_digits(value) for key, value in asdict(found).items()}


def swing_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per assumption, end and measure of the one-at-a-time runs.

    What they are compared with, the same replications with nothing changed, comes first.
    """
    for (policy, measure), central in comparison.central.items():
        yield {
            "scenario": policy, "baseline": comparison.baselines[0], "assumption": AS_WRITTEN,
            "end": "", "value": "", "measure": MEASURE[measure].difference_name,
            **_numbers(central.estimate),
        }  # fmt: skip
    for swing in comparison.swings:
        for measure, found in swing.differences.items():
            yield {
                "scenario": swing.policy, "baseline": comparison.baselines[0],
                "assumption": swing.assumption, "end": swing.end, "value": swing.value,
                "measure": MEASURE[measure].difference_name, **_numbers(found.estimate),
            }  # fmt: skip


def waterfall_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per scenario, decree, clause, stage and group."""
    for scenario, found in comparison.outcomes.items():
        for (decree, clause, stage), tally in found.waterfalls.items():
            for i, group in enumerate(found.groups):
                mean, low, high = tally.estimate(i)
                yield {
                    "scenario": scenario, "decree": decree, "clause": clause, "stage": stage,
                    "group": group, "mean": ten_digits(mean), "low": ten_digits(low),
                    "high": ten_digits(high), "replications": tally.cells,
                }  # fmt: skip


def outcome_rows(comparison: Comparison) -> Iterator[Row]:
    """Tell what was reported of each decree, one row per scenario, decree and stage."""
    for scenario in comparison.scenarios:
        yield from _outcomes(scenario)


def _outcomes(scenario: Scenario) -> Iterator[Row]:
    for name, decree in scenario.decrees.items():
        for stage, number in decree.outcomes.items():
            yield {
                "scenario": scenario.name, "decree": name, "stage": stage, "value": number.value,
                "low": number.low, "high": number.high, "unit": number.unit,
                "grade": number.grade, "source": " ".join(number.source), "note": number.note,
            }  # fmt: skip


def cell_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per cell and measure, with the cell's address."""
    for scenario, found in comparison.outcomes.items():
        for replication, address in enumerate(found.addresses):
            for policy, values in found.values.items():
                for measure in MEASURES:
                    value = float(values[measure.name][replication])
                    yield {
                        "scenario": scenario, "replication": replication,
                        "measured_for": policy, "measure": measure.name,
                        "value": None if math.isnan(value) else ten_digits(value),
                        "address": address,
                    }  # fmt: skip


def stock_rows(comparison: Comparison) -> Iterator[Row]:
    """One row per scenario and month: stock at the end of its first day, over replications."""
    for scenario in comparison.scenarios:
        stock = comparison.outcomes[scenario.name].stock.astype(np.float64)
        for i, month in enumerate(_months(scenario, stock.shape[1])):
            head = {"scenario": scenario.name, "day": month, "measure": "stock"}
            yield {**head, **_numbers(estimate(stock[:, i]))}


def exile_rows(comparison: Comparison, places: tuple[str, ...]) -> Iterator[Row]:
    """One row per scenario and place of exile, over the whole run."""
    for scenario, found in comparison.outcomes.items():
        exiled = found.exiled_to.astype(np.float64)
        for i, place in enumerate(places):
            if exiled[:, i].any():
                head = {"scenario": scenario, "place": place, "measure": "exiled to"}
                yield {**head, **_numbers(estimate(exiled[:, i]))}


def _months(scenario: Scenario, number: int) -> list[str]:
    start = scenario.world.start
    year, month = start.year, start.month
    if start.day > 1:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    months = []
    for _ in range(number):
        months.append(f"{year:04d}-{month:02d}-01")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def csv_text(rows: Iterable[Row]) -> str:
    """Write rows as CSV; the first row names the columns."""
    listed = list(rows)
    out = io.StringIO()
    if listed:
        writer = csv.DictWriter(out, fieldnames=list(listed[0]), lineterminator="\n")
        writer.writeheader()
        for row in listed:
            writer.writerow({k: _csv(v) for k, v in row.items()})
    return out.getvalue()


def _csv(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read rows back.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_csv_text(text: str) -> list[dict[str, str]]:
    """Read rows back from the text of a file."""
    return list(csv.DictReader(io.StringIO(text)))


def as_json(comparison: Comparison, manifest: Mapping[str, object]) -> dict[str, object]:
    """Return the result of a comparison as the documented JSON object.

    A single scenario has no differences.
    """
    by_scenario: dict[str, list[Row]] = {s.name: [] for s in comparison.scenarios}
    for row in estimate_rows(comparison):
        kept = {k: v for k, v in row.items() if k != "scenario"}
        by_scenario[str(row["scenario"])].append(kept)
    found: dict[str, object] = {
        "scenarios": [{"name": n, "estimates": rows} for n, rows in by_scenario.items()],
        "waterfalls": list(waterfall_rows(comparison)),
        "outcomes": list(outcome_rows(comparison)),
        "manifest": dict(manifest),
    }
    if len(comparison.scenarios) > 1:
        found["differences"] = list(difference_rows(comparison))
        found["rebounds"] = list(rebound_rows(comparison))
        changed = (r for r in swing_rows(comparison) if r["assumption"] != AS_WRITTEN)
        found["assumptions"] = list(changed)
    order = (
        "scenarios",
        "differences",
        "rebounds",
        "waterfalls",
        "assumptions",
        "outcomes",
        "manifest",
    )
    return {key: found[key] for key in order if key in found}


def resolved_files(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """Write resolved scenarios as JSON, by file name."""
    return {
        f"scenarios/{scenario.name}.json": json.dumps(
            scenario.resolved, indent=1, ensure_ascii=False
        )
        + "\n"
        for scenario in scenarios
    }
