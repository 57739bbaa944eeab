"""Tables read back from the folder of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.analysis.compare import HEADLINE
from sim.analysis.measures import MEASURE
from sim.paper.assumptions import rests_on_table
from sim.paper.backtest import backtest_tables
from sim.paper.bibliography import references
from sim.paper.data import read_csv
from sim.paper.effects import effects
from sim.paper.folder import FolderError, earlier_files, no_run
from sim.paper.levels import levels
from sim.paper.manifest import MANIFEST
from sim.paper.parameters import parameters_table
from sim.paper.provenance import column_marks, decrees_of
from sim.paper.results import NAMED, About, Results, manifest_of, read_results
from sim.paper.source import Source
from sim.paper.stress import stress_table
from sim.paper.studies import draws_table, scenarios_in, variants_table
from sim.paper.table import Table
from sim.paper.waterfall import waterfall_table, waterfalls
from sim.scenario.problems import nearest


def read_waterfall(folder: Path, scenario: str | None) -> str:
    """Write the waterfall tables of a run's folder as plain text.

    Raises
    ------
    FolderError
        If the folder holds no run, or the run no such scenario.
    """
    if earlier_files(folder) is None:
        raise no_run(folder)
    if not (folder / "waterfall.csv").is_file():
        raise FolderError(f"the run in {folder} has no decrees")
    try:
        groups = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["groups"]
        rows = read_csv(folder / "waterfall.csv")
        outcomes = folder / "outcomes.csv"
        reported = read_csv(outcomes) if outcomes.is_file() else []
        names = list(dict.fromkeys(row["scenario"] for row in rows))
        tables = {name: waterfall_table(rows, reported, name, groups) for name in names}
        if not tables:
            raise ValueError("no rows")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FolderError(f"the files of the run in {folder} are damaged") from None
    if scenario is not None and scenario not in names:
        raise FolderError(f"no scenario {scenario!r} with decrees in {folder}: {', '.join(names)}")
    return "\n\n\n".join(tables[name] for name in names if scenario in (None, name))


TABLES = (
    "effects", "levels", "waterfall", "rests-on", "sweep", "draws", "backtest", "parameters",
    "stress",
)  # fmt: skip
SAVED = ("layers", *TABLES, "clauses")
"""Kinds of tables that runs save as text."""
OTHERS = {"sweep": "sweep.csv", "draws": "influences.csv", "backtest": "backtest.csv"}
"""Kinds of studies that are no comparisons, and the data they are made from."""
MADE_BY = {
    "effects": "compare, of two scenarios or more",
    "rests-on": "compare --assumptions N, of files that have 'rests on'",
    "sweep": "sweep",
    "draws": "sensitivity",
    "backtest": "backtest",
    "clauses": "attribute",
    "layers": "sensitivity",
}
"""Commands whose runs have a kind of table that others lack."""
Plural = Sequence[str]


def read_tables(folder: Path, kind: str | None) -> list[str]:
    """Read the tables of a run's folder as they were saved, all or of one kind.

    Raises
    ------
    FolderError
        If the folder holds no run, or the run no such table.
    """
    known_word(kind, SAVED, "kind of table")
    try:
        described = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = [n for n in described["files_sha256"] if n.endswith(".txt")]
        found = [n for k in SAVED if kind in (None, k) for n in names if n.startswith(k)]
        tables = [(folder / name).read_text(encoding="utf-8") for name in found]
    except (OSError, ValueError, KeyError, TypeError):
        raise no_run(folder) from None
    if not tables:
        raise _no_table(folder, kind)
    return tables


def build_tables(
    folder: Path,
    kind: str | None = None,
    *,
    measures: Plural = (),
    scenarios: Plural = (),
    baseline: str | None = None,
) -> list[Table]:
    """Build the tables of a run from the data files in its folder.

    Parameters
    ----------
    kind
        One of `TABLES`; None for those that the run printed.
    measures, scenarios
        What effects and levels show; by default the headlines, and all.
    baseline
        With what effects are compared; by default each baseline in turn.

    Raises
    ------
    FolderError
        If the folder holds no comparison, or has no such table, measure, scenario or baseline.
    """
    known_word(kind, TABLES, "kind of table")
    measures = known_measures(measures)
    if kind == "stress":
        return [stress_table(Source(folder))]
    about = manifest_of(folder)
    files = about["files_sha256"]
    other = next((k for k, file in OTHERS.items() if file in files), None)
    if kind == "parameters" or (other is not None and kind in (None, other)):
        return _others(folder, about, kind or str(other), measures, scenarios)
    results = read_results(folder)
    for scenario in scenarios:
        known_word(scenario, tuple(results.titles), f"scenario in {folder}:")
    known_word(baseline, results.baselines, f"baseline in {folder}:")
    tables = list(_built(results, kind, measures, scenarios, baseline))
    if not tables:
        raise _no_table(folder, kind)
    return tables


def _others(
    folder: Path, about: About, kind: str, measures: Plural, scenarios: Plural
) -> list[Table]:
    """Build the parameter table of any study, and the tables of sweeps and of draws."""
    try:
        found = scenarios_in(folder, about)
        rows = read_csv(folder / OTHERS[kind]) if kind in OTHERS else []
        for scenario in scenarios:
            known_word(scenario, tuple(found), f"scenario in {folder}:")
        shown = {n: s for n, s in found.items() if not scenarios or n in scenarios}
        if kind == "parameters":
            return [parameters_table(shown, references(folder))]
        if kind == "backtest":
            return backtest_tables(rows, about)
        if kind == "sweep":
            return [variants_table(rows, about, found, measures)]
        policies = dict.fromkeys(r["scenario"] for r in rows if r["scenario"] in shown)
        known = references(folder)
        return [
            draws_table(rows, about, found, known, policy, measure)
            for policy in policies
            for measure in measures or HEADLINE[:1]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise FolderError(f"the files of the run in {folder} are damaged") from None


def _built(
    results: Results,
    kind: str | None,
    measures: Plural,
    scenarios: Plural,
    baseline: str | None,
) -> Iterator[Table]:
    chosen = list(scenarios) or list(results.titles)
    single = len(results.titles) == 1
    if kind in (None, "effects"):
        for one in results.baselines if baseline is None else [baseline]:
            policies = [p for p in scenarios or results.policies if p != one]
            if any((p, one) == key[:2] for p in policies for key in results.differences):
                yield effects(results, one, measures=measures, scenarios=policies)
    if kind == "levels" or (kind is None and single):
        yield levels(results, measures=measures, scenarios=scenarios)
    if kind == "waterfall" or (kind is None and single):
        for name in chosen:
            marks = dict.fromkeys(decrees_of(results, name), column_marks(results, name))
            yield from waterfalls(results.waterfall, results.outcomes, name, results.groups, marks)
    if kind in (None, "rests-on"):
        for policy in dict.fromkeys(s.policy for s in results.swings if s.policy in chosen):
            yield rests_on_table(results, policy)


def _no_table(folder: Path, kind: str | None) -> FolderError:
    by = f"; it is made by {MADE_BY[kind]}" if kind in MADE_BY else ""
    return FolderError(f"the run in {folder} has no table of that kind{by}")


def known_measures(words: Plural) -> list[str]:
    """Return measures by their names, also where the name of a difference is given."""
    found = [NAMED.get(word, word) for word in words]
    for word in found:
        known_word(word, (*MEASURE, *NAMED), "measure")
    return found


def known_word(word: str | None, words: Plural, what: str) -> None:
    """Refuse a word that is none of those known."""
    if word is not None and word not in words:
        meant = nearest(word, words)
        if meant.startswith("expected one of:"):
            meant = f"expected one of {', '.join(words)}"
        raise FolderError(f"no {what} {word!r}: {meant}")
