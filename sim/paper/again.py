"""A study's data files and tables made again, from what its folder keeps: scenarios and cells.

What was asked stands in the manifest; scenarios are read back in their resolved form, and draws are
drawn again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast

from sim.analysis.backtest import plan_predictions, read_backtest
from sim.analysis.clauses import clause_question, clause_shares
from sim.analysis.compare import answer
from sim.analysis.drawn import DESIGNS, chosen_design, plan_draws
from sim.analysis.ignorance import read_draws
from sim.analysis.question import question
from sim.analysis.sweeps import paired_question, sweep_answer
from sim.paper import backtest
from sim.paper.clauses import about_clauses, clause_files
from sim.paper.folder import FolderError, files_of
from sim.paper.ignorance import about_layers, files_of_layers, ignorance_tables, layers_of
from sim.paper.manifest import MANIFEST, about_comparison
from sim.paper.report import tables_of
from sim.paper.sweeps import about_sweep, scenarios_of, sweep_files
from sim.scenario.draws.ranges import parameters
from sim.scenario.load import from_resolved
from sim.scenario.problems import ScenarioError
from sim.scenario.reports import Reports, reports_from_plain
from sim.scenario.scenario import Scenario
from sim.scenario.sweeps.points import Variant
from sim.study.study import Study


class Made(NamedTuple):
    """Files by name, and what a manifest says of the study."""

    files: Mapping[str, str]
    about: Mapping[str, object]
    scenarios: Sequence[Scenario]


class Said:
    """What a manifest says, asked by key and type."""

    def __init__(self, manifest: Mapping[str, object]) -> None:
        self._manifest = manifest

    def number(self, key: str) -> int:
        """Return a whole number."""
        return cast("int", self._of(key, int))

    def text(self, key: str) -> str:
        """Return a text."""
        return cast("str", self._of(key, str))

    def names(self, key: str) -> list[str]:
        """Return a list of names."""
        return [str(name) for name in cast("list[object]", self._of(key, list))]

    def rows(self, key: str) -> list[Mapping[str, object]]:
        """Return a list of mappings."""
        found = cast("list[object]", self._of(key, list))
        if not all(isinstance(row, Mapping) for row in found):
            raise FolderError(f"{MANIFEST}: {key!r} is damaged")
        return cast("list[Mapping[str, object]]", found)

    def day(self, key: str) -> date | None:
        """Return a date; None where there is none."""
        try:
            return None if self._manifest.get(key) is None else date.fromisoformat(self.text(key))
        except ValueError:
            raise FolderError(f"{MANIFEST}: {key!r} is no date") from None

    def _of(self, key: str, kind: type) -> object:
        found = self._manifest.get(key)
        if not isinstance(found, kind):
            raise FolderError(f"{MANIFEST}: {key!r} does not say what was asked")
        return found


Scenarios = Mapping[str, Scenario]


def made_again(folder: Path, manifest: Mapping[str, object], study: Study) -> Made:
    """Make the files of a study again.

    Raises
    ------
    FolderError
        If a scenario is not the one that was run, or the manifest does not say what was asked.
    KeyError
        If a cell is missing.
    DamagedError
        If a cell is damaged.
    """
    kind = manifest.get("kind")
    if kind not in (*MAKERS, "backtest"):
        raise FolderError(f"{MANIFEST}: no kind of study {kind!r}")
    try:
        scenarios = _scenarios(folder, manifest)
        if kind == "backtest":
            return _backtest(folder, Said(manifest), scenarios, study)
        return MAKERS[str(kind)](Said(manifest), scenarios, study)
    except (ScenarioError, ValueError) as error:
        raise FolderError(f"{MANIFEST}: it cannot be asked again: {error}") from None


def _scenarios(folder: Path, manifest: Mapping[str, object]) -> dict[str, Scenario]:
    """Read the resolved scenarios, each of which must be the one that was run."""
    about, shared = manifest.get("scenarios"), manifest.get("shared", {})
    if not isinstance(about, Mapping) or not isinstance(shared, Mapping):
        raise FolderError(f"{MANIFEST}: 'scenarios' does not say what was asked")
    found = {}
    for name, one in about.items():
        path = folder / "scenarios" / f"{name}.json"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            scenario = from_resolved(str(name), data, path.name, shared.get(name, ()))
        except (OSError, ValueError, TypeError, AttributeError, ScenarioError):
            scenario = None
        if scenario is None or scenario.address != one.get("sha256"):
            raise FolderError(f"scenarios/{name}.json: not the scenario that was run")
        found[str(name)] = scenario
    return found


def _named(scenarios: Scenarios, names: Sequence[object]) -> list[Scenario]:
    for name in names:
        if name not in scenarios:
            raise FolderError(f"{MANIFEST}: no scenario {name!r}")
    return [scenarios[str(name)] for name in names]


def _comparison(said: Said, scenarios: Scenarios, study: Study) -> Made:
    asked = question(
        list(scenarios.values()), baselines=said.names("baselines"),
        replications=said.number("replications"), seed=said.number("seed"),
        align=said.day("align"), assumptions=said.number("assumption_replications"),
    )  # fmt: skip
    found = answer(asked, study)
    return Made(files_of(found, tables_of(found)), about_comparison(found), found.scenarios)


def _sweep(said: Said, scenarios: Scenarios, study: Study) -> Made:
    pairs = []
    for row in said.rows("rows"):
        policy, baseline = _named(scenarios, [row.get("scenario"), row.get("baseline")])
        where = row.get("coordinates")
        coordinates = tuple(where.items()) if isinstance(where, Mapping) else ()
        pairs.append((Variant(str(row.get("variant")), coordinates, policy), baseline))
    if not pairs:
        raise FolderError(f"{MANIFEST}: 'rows' does not say what was asked")
    asked = paired_question(
        pairs, title=said.text("title"), replications=said.number("replications"),
        seed=said.number("seed"),
    )  # fmt: skip
    found = sweep_answer(asked, study)
    return Made(sweep_files(found), about_sweep(found), scenarios_of(found))


def _draws(said: Said, scenarios: Scenarios, study: Study) -> Made:
    policies = _named(scenarios, said.names("compared"))
    (baseline,) = _named(scenarios, [said.text("against")])
    seed, replications = said.number("seed"), said.number("replications")
    kind = next((kind for kind, words in DESIGNS.items() if words == said.text("design")), "")
    names = said.names("drawn")
    drawn = tuple(one for one in parameters((*policies, baseline)) if one.name in names)
    points = chosen_design(kind, said.number("draws"), len(drawn), seed)
    plan = plan_draws(policies, baseline, points, drawn=drawn)
    asked = question([baseline, *policies], replications=replications, seed=seed)
    found = layers_of(
        answer(asked, study), plan, read_draws(plan, study, replications, seed), kind,
        DESIGNS[kind], seed,
    )  # fmt: skip
    rows = said.number("table_rows")
    files, _ = files_of_layers(found, ignorance_tables(found, rows))
    return Made(files, about_layers(found, rows), found.written.scenarios)


def _clauses(said: Said, scenarios: Scenarios, study: Study) -> Made:
    (policy,) = _named(scenarios, said.names("compared"))
    (baseline,) = _named(scenarios, [said.text("against")])
    asked = clause_question(
        policy, baseline, replications=said.number("replications"), seed=said.number("seed")
    )
    found = clause_shares(asked, study)
    return Made(clause_files(found), about_clauses(found, study.store.tables()), [baseline, policy])


def _backtest(folder: Path, said: Said, scenarios: Scenarios, study: Study) -> Made:
    every = [_reports(folder, name, scenarios) for name in said.names("reports")]
    draws, seed = said.number("draws"), said.number("seed")
    plans = [plan_predictions(one, draws, seed) for one in every]
    if not plans:
        raise FolderError(f"{MANIFEST}: 'reports' does not say what was asked")
    found = read_backtest(every, plans, study, said.number("replications"), seed)
    return Made(
        backtest.backtest_files(found), backtest.about_backtest(found),
        backtest.scenarios_of(found),
    )  # fmt: skip


def _reports(folder: Path, name: str, scenarios: Scenarios) -> Reports:
    file = f"reports/{name}.json"
    try:
        plain = json.loads((folder / file).read_text(encoding="utf-8"))
        return reports_from_plain(name, plain, scenarios)
    except (OSError, ValueError, KeyError, TypeError):
        raise FolderError(f"{file}: not the reports that were scored") from None


MAKERS: Mapping[str, Callable[[Said, Scenarios, Study], Made]] = {
    "comparison": _comparison, "sweep": _sweep, "sensitivity": _draws, "attribution": _clauses,
}  # fmt: skip
