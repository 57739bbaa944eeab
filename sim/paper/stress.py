"""The STRESS-DES checklist of a study, filled in as far as its folder says it.

The items are those of Monks, Currie, Onggo, Robinson, Kunc and Taylor: Strengthening the reporting
of empirical simulation studies: introducing the STRESS guidelines. Journal of Simulation 13, 2019.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sim.analysis.measures import MEASURES
from sim.paper.parameters import graded_parts
from sim.paper.source import Source
from sim.paper.table import Cell, Column, Panel, Row, Table
from sim.scenario.scenario import Scenario
from sim.scenario.world import World

NAME = "stress"
OPEN = "for the author:"
"""What begins the part of an item that only the author can say."""
CITED = (
    "Monks T, Currie CSM, Onggo BS, Robinson S, Kunc M, Taylor SJE (2019). Strengthening the "
    "reporting of empirical simulation studies: introducing the STRESS guidelines. Journal of "
    "Simulation 13(1), 55–67."
)


class Item(NamedTuple):
    """An item of the checklist: what the folder says, and what only the author can say."""

    number: str
    name: str
    said: str
    asked: str = ""


def stress_table(source: Source) -> Table:
    """Build the checklist of a study from its manifest and scenarios.

    Raises
    ------
    FolderError
        If the folder holds no run, or damaged files.
    """
    sections = {
        "1 Objectives": _objectives(source), "2 Logic": _logic(source), "3 Data": _data(source),
        "4 Experimentation": _experimentation(source),
        "5 Implementation": _implementation(source), "6 Code access": _access(source),
    }  # fmt: skip
    panels = tuple(
        Panel(name, tuple(
            Row(f"{item.number} {item.name}",
                (Cell(words=item.said), Cell(words=f"{OPEN} {item.asked}" if item.asked else "")))
            for item in items
        ))
        for name, items in sections.items()
    )  # fmt: skip
    columns = (Column("said by the study", words=True), Column("left open", words=True))
    note = (
        "The first column is filled in from the manifest, the scenarios and the model. What begins "
        f"with ‘{OPEN}’ nobody but the author can say."  # noqa: RUF001 - quotation marks
    )
    return Table(
        NAME, "STRESS-DES checklist", columns, panels, notes=(note, CITED), stub="item", long=True
    )


def _world(source: Source) -> World:
    return next(iter(source.scenarios.values())).world


def _several(number: int, one: str, more: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number:,} {more or one + 's'}"


def _objectives(source: Source) -> Iterator[Item]:
    told = "; ".join(f"{name} ({s.title})" for name, s in source.scenarios.items())
    yield Item(
        "1.1", "Purpose of the model",
        "What a pardon changes in a prison population: who is freed, and why others are not; how "
        "many are held, die, return, are exiled.",
        "the research question, and why simulation answers it.",
    )  # fmt: skip
    headlines = ", ".join(f"{m.difference_name} ({m.unit})" for m in MEASURES if m.headline)
    yield Item(
        "1.2", "Model outputs",
        f"{len(MEASURES)} measures, of which tables print: {headlines}. All are defined in the "
        "documents (model.md, Measures), columns of files in data-dictionary.csv.",
        "which of them answer the question.",
    )  # fmt: skip
    aims = f"Scenarios: {told}."
    if source.baselines:
        aims += f" Each is compared with {' and with '.join(source.baselines)}."
    align = said_of(source.about, "align")
    if align:
        aims += f" First planned releases are moved to {align}, so that rules are compared."
    yield Item("1.3", "Experimentation aims", aims, "why these scenarios.")


def said_of(about: Mapping[str, object], key: str) -> str:
    """Return what a manifest says under a key that not every study has; empty where nothing."""
    found = about.get(key)
    return "" if found is None else str(found)


def _logic(source: Source) -> Iterator[Item]:
    world = _world(source)
    yield Item(
        "2.1", "Base model overview diagram",
        "Admission → in custody → term runs out, death, or release by a decree → at liberty → "
        "return to custody, or death.",
        "a diagram, if the journal wants one.",
    )  # fmt: skip
    features = [
        "deaths in custody and at liberty (a tolerance, used up at the hazard of where one is)",
        *(["yearly merit remission"] if world.merit else []),
        *(["returns by time free"] if world.returns else []),
        *(["a label of earlier reductions by pardon"] if world.label else []),
    ]
    yield Item(
        "2.2", "Base model logic",
        f"Time goes by whole days. Modelled: {'; '.join(features)}. Order within a day: death, "
        "expiry, admissions and returns, merit, stages of decrees, releases by decree, census.",
    )  # fmt: skip
    yield Item("2.3", "Scenario logic", " ".join(map(_policy, source.scenarios.values())))
    yield Item(
        "2.4", "Algorithms",
        "Selection by rank, ties by lottery, then by number. Draws are whole days from tabulated "
        "inverse distributions. The start is solved to be stationary. Return risk: "
        "Aalen–Johansen, death competing. Intervals: Student's t on paired differences.",
    )  # fmt: skip
    yield from _components(source, world)


def _policy(scenario: Scenario) -> str:
    if not scenario.decrees:
        return f"{scenario.name}: no decree."
    parts = [
        f"{name} ({_several(len(decree.clauses), 'clause')}, "
        f"{_several(len(decree.exclude), 'exclusion')})"
        for name, decree in scenario.decrees.items()
    ]
    return (
        f"{scenario.name}: {', '.join(parts)}; in words by ‘amnesty explain’, and in "  # noqa: RUF001
        f"scenarios/{scenario.name}.json."
    )


def _components(source: Source, world: World) -> Iterator[Item]:
    yield Item(
        "2.5.1", "Entities",
        "Persons, each with one or more spells in custody. Attributes: offence, sentence, term, "
        "prison, origin, residence, sex, age, health, earlier reductions. "
        f"Offences: {', '.join(world.offences)}. Origins: {', '.join(world.origins)}.",
    )  # fmt: skip
    yield Item(
        "2.5.2",
        "Activities",
        "Serving a term; waiting for a listed release (education, review); time at liberty.",
    )
    yield Item(
        "2.5.3",
        "Resources",
        f"{_several(len(world.camps), 'prison')}. Occupancy is recorded and has no effect.",
    )
    caps = [
        f"{scenario.name}, {name}"
        for scenario in source.scenarios.values()
        for name, decree in scenario.decrees.items()
        if decree.cap is not None and decree.cap.value is not None
    ]
    capped = f"Capped: {'; '.join(caps)}." if caps else "No decree of this study has a cap."
    yield Item(
        "2.5.4", "Queues",
        f"Lists of decrees: ordered by the decree's rank, cut off at its cap. {capped}",
    )  # fmt: skip
    yield Item(
        "2.5.5", "Entry and exit points",
        "In: first admissions, returns, arrests in drives. Out: term run out, death, release by a "
        "decree.",
    )  # fmt: skip


def _data(source: Source) -> Iterator[Item]:
    parts = {
        part.path: part for one in source.scenarios.values() for part in graded_parts(one.resolved)
    }
    keys = sorted({key for part in parts.values() for key in part.sources})
    grades = Counter(part.grade for part in parts.values())
    told = ", ".join(f"{grades[grade]} of grade {grade}" for grade in sorted(grades))
    yield Item(
        "3.1", "Data sources", f"Keys of the bibliography: {', '.join(keys)}.",
        "access to sources that are not public, and leave to use them.",
    )  # fmt: skip
    yield Item(
        "3.2", "Pre-processing",
        "No data are fitted. Solved from stated values, so that the stock is constant without "
        "decrees: first admissions, base hazards of death, sentence distributions with the "
        "stated means.",
    )  # fmt: skip
    yield Item(
        "3.3",
        "Input parameters",
        f"{_several(len(parts), 'graded value')} ({told}; A reported, B derived, C assumed), with "
        "unit, range and sources: ‘amnesty table DIR parameters’.",  # noqa: RUF001
    )
    yield Item("3.4", "Assumptions", _assumptions(source, grades["C"]),
               "which of them the conclusion rests on.")  # fmt: skip


def _assumptions(source: Source, assumed: int) -> str:
    said = f"{_several(assumed, 'value')} of grade C, each with its range."
    if "draws" in source.about:
        return f"{said} All ranges are drawn at once: {source.made}"
    if source.is_comparison and source.results.swings:
        named = dict.fromkeys(s.assumption for s in source.results.swings)
        return f"{said} Changed one at a time: {', '.join(named)}."
    return f"{said} None is varied in this study."


def _experimentation(source: Source) -> Iterator[Item]:
    world = _world(source)
    yield Item(
        "4.1", "Initialisation",
        f"No warm-up. Those held on {world.start} are drawn as the survivors of past admissions "
        f"(mean {world.held.value:,.0f}), those at liberty who may return as well; without "
        "decrees stock, admissions and returns are constant in expectation.",
    )  # fmt: skip
    yield Item(
        "4.2",
        "Run length",
        f"Terminating: {world.days:,} days, {world.start} to the day before {world.end}.",
    )
    yield Item(
        "4.3", "Estimation approach",
        f"{source.made} Scenarios share all random numbers, person by person; differences are "
        "paired. Told apart: the 95% interval of the mean (simulation error), the middle 95% of "
        "single replications (chance), and the span when assumptions change.",
        "why so many replications.",
    )  # fmt: skip


def _implementation(source: Source) -> Iterator[Item]:
    about: Mapping[str, object] = dict(source.about)
    packages = about.get("packages")
    listed = (
        ", ".join(f"{name} {version}" for name, version in packages.items())
        if isinstance(packages, Mapping)
        else ""
    )
    python = f"Python {about['python']}; " if "python" in about else ""
    yield Item(
        "5.1", "Software or programming language",
        f"amnesty {said_of(about, 'package_version')} (model version "
        f"{said_of(about, 'model_version')}), {python}{listed}.",
    )  # fmt: skip
    yield Item(
        "5.2",
        "Random sampling",
        f"{said_of(about, 'generator')}: a number is a function of seed, replication, stream, "
        f"decree, occasion, person and spell alone. Seed {said_of(about, 'seed')}.",
    )
    yield Item(
        "5.3",
        "Model execution",
        "SimPy: processes for leavings, merit, decrees, releases and census act on columns of "
        "persons. Order within a day is by rule (2.2), never by chance.",
    )
    yield Item(
        "5.4", "System specification",
        f"{about['platform']}; {said_of(about, 'seconds')} seconds for what was computed last."
        if "platform" in about else "Not told: made again byte by byte on any machine.",
        "processors and memory.",
    )  # fmt: skip


def _access(source: Source) -> Iterator[Item]:
    about: Mapping[str, object] = dict(source.about)
    code = about.get("code")
    found = str(code.get("commit", "unknown")) if isinstance(code, Mapping) else "unknown"
    commit = found[:12]  # enough to find it; forty letters are wider than a column
    command = about.get("command")
    words = " ".join(map(str, command)) if isinstance(command, list) else ""
    yield Item(
        "6.1",
        "Computer model sharing statement",
        f"MIT licence; CITATION.cff says how to cite it. Code: commit {commit}. Command: {words}. "
        "‘amnesty verify’ checks the folder.",  # noqa: RUF001
        "where code and folder are archived (DOI).",
    )
