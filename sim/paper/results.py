"""What the tables of a comparison are made of: its rows of data, in memory or from its folder.

Both ways lead through the same ten digits, so a table made from the folder alone is the table that
the run printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from sim.analysis.compare import Comparison, Swing
from sim.analysis.estimates import Difference, Estimate
from sim.analysis.measures import MEASURES
from sim.paper.data import (
    AS_WRITTEN,
    Row,
    difference_rows,
    estimate_rows,
    outcome_rows,
    read_csv,
    swing_rows,
    waterfall_rows,
)
from sim.paper.folder import FolderError, no_run
from sim.paper.manifest import MANIFEST, waterfall_groups
from sim.scenario.words.phrases import counted

NAMED = {measure.difference_name: measure.name for measure in MEASURES}
Plain = Mapping[str, object]


class About(TypedDict, total=False):
    """What tables need of a manifest; a study has the keys of its kind."""

    files_sha256: dict[str, str]
    scenarios: dict[str, dict[str, str]]
    policies: list[str]
    baselines: list[str]
    windows: dict[str, dict[str, str]]
    groups: dict[str, list[str]]
    seed: int
    replications: int
    assumption_replications: int
    title: str
    draws: int
    design: str


@dataclass(frozen=True)
class Results:
    """A comparison as its data files have it.

    Attributes
    ----------
    titles, worlds
        By scenario.
    windows
        By policy: the first planned release, an ISO date.
    estimates
        By (scenario, policy in whose window it is read, measure).
    differences
        By (policy, baseline, measure).
    central
        Differences in the replications of the swings, nothing changed; by (policy, measure).
    scenarios
        Resolved files as plain data.
    """

    policies: tuple[str, ...]
    baselines: tuple[str, ...]
    titles: Mapping[str, str]
    worlds: Mapping[str, str]
    windows: Mapping[str, str]
    seed: int
    replications: int
    swing_replications: int
    estimates: Mapping[tuple[str, str, str], Estimate]
    differences: Mapping[tuple[str, str, str], Difference]
    swings: tuple[Swing, ...]
    central: Mapping[tuple[str, str], Difference]
    waterfall: tuple[Row, ...]
    outcomes: tuple[Row, ...]
    groups: Mapping[str, Sequence[str]]
    scenarios: Mapping[str, Plain]

    def span(self, policy: str, baseline: str, measure: str) -> tuple[float, float] | None:
        """Lowest and highest difference over the one-at-a-time runs, the central one included.

        All over the same replications, so that the span is not partly chance.
        """
        central = self.central.get((policy, measure))
        if central is None or baseline != self.baselines[0]:
            return None
        means = [
            swing.differences[measure].estimate.mean
            for swing in self.swings
            if swing.policy == policy and measure in swing.differences
        ]
        if not means:
            return None
        means.append(central.estimate.mean)
        return min(means), max(means)


def results_of(comparison: Comparison) -> Results:
    """Put a comparison's results as its data files would have them."""
    found, central = _swings(swing_rows(comparison))
    swings = tuple(replace(s, differences=found.get(_key(s), {})) for s in comparison.swings)
    return Results(
        comparison.policies, comparison.baselines,
        {s.name: s.title for s in comparison.scenarios},
        {s.name: s.world.name for s in comparison.scenarios},
        {name: w.date_of(w.origin_day).isoformat() for name, w in comparison.windows.items()},
        comparison.seed, comparison.replications, comparison.swing_replications,
        _estimates(estimate_rows(comparison)), _differences(difference_rows(comparison)),
        swings, central, tuple(waterfall_rows(comparison)), tuple(outcome_rows(comparison)),
        waterfall_groups(comparison) if comparison.outcomes else {},
        {s.name: s.resolved for s in comparison.scenarios},
    )  # fmt: skip


def manifest_of(folder: Path) -> About:
    """Read the manifest of a study.

    Raises
    ------
    FolderError
        If the folder holds no run.
    """
    try:
        about: About = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(about["files_sha256"], dict):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError):
        raise no_run(folder) from None
    return about


def read_results(folder: Path) -> Results:
    """Read the results of a comparison back from its folder; the model is not asked.

    Raises
    ------
    FolderError
        If the folder holds no run, the run of an earlier version, or damaged files.
    """
    about = manifest_of(folder)
    named = set(about["files_sha256"])

    def rows(name: str) -> list[dict[str, str]]:
        return read_csv(folder / name) if name in named else []

    if not {"policies", "baselines", "windows"} <= set(about):
        raise FolderError(f"the run in {folder} is no comparison; its tables are printed as saved")
    try:
        changed, central = _swings(rows("assumptions.csv"))
        swings = tuple(Swing(*key, one) for key, one in changed.items())
        found = Results(
            tuple(about["policies"]), tuple(about["baselines"]),
            {name: one["title"] for name, one in about["scenarios"].items()},
            {name: one["world"] for name, one in about["scenarios"].items()},
            {name: one["from"] for name, one in about["windows"].items()},
            about["seed"], about["replications"], about["assumption_replications"],
            _estimates(rows("estimates.csv")), _differences(rows("differences.csv")),
            swings, central, tuple(rows("waterfall.csv")), tuple(rows("outcomes.csv")),
            about["groups"],
            {name: json.loads((folder / f"scenarios/{name}.json").read_text(encoding="utf-8"))
             for name in about["scenarios"]},
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise FolderError(f"the files of the run in {folder} are damaged") from None
    if swings and not central:
        raise FolderError(
            f"{folder} was written by an earlier version, without what the one-at-a-time runs are "
            "compared with; the command that made it writes it again (its cells are kept)"
        )
    return found


def made(about: About) -> str:
    """Say how the numbers of a folder were made, in a sentence."""
    drawn = f"{about['draws']} draws ({about.get('design', '')}), " if "draws" in about else ""
    runs = counted(about.get("replications", 0), "replication")
    return f"{drawn}{runs}, seed {about.get('seed', '')}."


def number_of(cell: object) -> float | None:
    """Read a number of a data file; an empty cell has none."""
    return None if cell is None or cell == "" else float(str(cell))


def _stated(cell: object) -> float:
    found = number_of(cell)
    if found is None:
        raise ValueError("a number is missing")
    return found


def _estimate(row: Row) -> Estimate:
    return Estimate(
        _stated(row["mean"]), number_of(row["sd"]), number_of(row["low"]), number_of(row["high"]),
        number_of(row["p2_5"]), number_of(row["p97_5"]), int(str(row["replications"])),
    )  # fmt: skip


def _estimates(rows: Iterable[Row]) -> dict[tuple[str, str, str], Estimate]:
    return {
        (str(r["scenario"]), str(r["measured_for"]), str(r["measure"])): _estimate(r) for r in rows
    }


def difference_of(row: Row) -> Difference:
    """Read a difference from a row that has its intervals."""
    return Difference(
        _estimate(row), _stated(row["baseline_mean"]), str(row["constant"]).lower() == "true",
        number_of(row["low_simultaneous"]), number_of(row["high_simultaneous"]),
        number_of(row["p_adjusted"]), number_of(row["pairing_gain"]),
    )  # fmt: skip


def _differences(rows: Iterable[Row]) -> dict[tuple[str, str, str], Difference]:
    return {
        (str(r["scenario"]), str(r["baseline"]), NAMED[str(r["measure"])]): difference_of(r)
        for r in rows
    }


SwingKey = tuple[str, str, str, str]
Central = dict[tuple[str, str], Difference]


def _key(swing: Swing) -> SwingKey:
    return swing.policy, swing.assumption, swing.end, swing.value


def _swings(rows: Iterable[Row]) -> tuple[dict[SwingKey, dict[str, Difference]], Central]:
    """Gather the rows of each one-at-a-time run, and those in which nothing is changed."""
    found: dict[SwingKey, dict[str, Difference]] = {}
    central: Central = {}
    for row in rows:
        policy, measure = str(row["scenario"]), NAMED[str(row["measure"])]
        estimate = _estimate(row)
        one = Difference(estimate, 0.0, constant=False)
        if row["assumption"] == AS_WRITTEN:
            central[policy, measure] = one
            continue
        key = (policy, str(row["assumption"]), str(row["end"]), str(row["value"]))
        found.setdefault(key, {})[measure] = one
    return found, central
