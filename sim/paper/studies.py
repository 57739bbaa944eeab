"""Tables of sweeps and of draws, from the data files in their folders alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.analysis.compare import HEADLINE
from sim.analysis.measures import MEASURE
from sim.paper.bibliography import Reference, named
from sim.paper.data import Row as Data
from sim.paper.effects import difference_cell
from sim.paper.numbers import NOT_OBSERVED
from sim.paper.parameters import Graded, graded_parts, written, written_range
from sim.paper.provenance import marks_of, sources_of
from sim.paper.results import About, difference_of, made, number_of
from sim.paper.table import Cell, Column, Group, Layer, Panel, Row, Table
from sim.scenario.problems import dotted

Plain = Mapping[str, object]
ROWS = 20
ERROR = (
    "error: half the 95% interval of the mean over paired replications (common random numbers); it "
    "says nothing about the real prisons."
)
CHANCE = "chance: the middle 95% of single replications."


def scenarios_in(folder: Path, about: About) -> dict[str, Plain]:
    """Read the resolved scenarios of a study, by name.

    Raises
    ------
    OSError, ValueError
        If a file is missing or damaged.
    """
    files = {name: folder / f"scenarios/{name}.json" for name in about["scenarios"]}
    return {
        name: json.loads(file.read_text(encoding="utf-8"))
        for name, file in files.items()
        if file.is_file()
    }


def variants_table(
    rows: Sequence[Data],
    about: About,
    scenarios: Mapping[str, Plain],
    measures: Sequence[str] = (),
) -> Table:
    """Build the table of a sweep: variants in rows, measures in columns.

    Parameters
    ----------
    rows
        Rows of ``sweep.csv``.
    about
        The manifest.
    """
    shown = list(measures) or list(HEADLINE)
    found = {(str(r["variant"]), str(r["measure"])): difference_of(r) for r in rows}
    body = []
    for variant in dict.fromkeys(str(r["variant"]) for r in rows):
        pairs = [found.get((variant, MEASURE[m].difference_name)) for m in shown]
        cells = [Cell(missing=NOT_OBSERVED) if d is None else difference_cell(d) for d in pairs]
        body.append(Row(variant, tuple(cells)))
    used = {mark for scenario in scenarios.values() for mark in marks_of(scenario)}
    marks = tuple(mark for mark in ("C", "R", "I", "1") if mark in used)
    columns = [Column(MEASURE[m].difference_name, MEASURE[m].unit, relative=True) for m in shown]
    told = (
        "What a variant changes in the world is changed in its baseline too. Signs: held is "
        "policy minus baseline, averted is baseline minus policy."
    )
    return Table(
        "sweep", f"Sweep: {about.get('title', '')}, difference from its baseline", tuple(columns),
        (Panel("", tuple(body)),), notes=(told, ERROR, CHANCE), made=made(about), stub="variant",
        groups=(Group("Difference from the baseline", 0, len(columns), marks),),
    )  # fmt: skip


def draws_table(
    rows: Sequence[Data],
    about: About,
    scenarios: Mapping[str, Plain],
    known: Mapping[str, Reference],
    policy: str,
    measure: str,
) -> Table:
    """Build the table of what one measure of a policy rests on, from ``influences.csv``."""
    name = MEASURE[measure].difference_name
    own = [r for r in rows if (r["scenario"], r["measure"]) == (policy, name)]
    own.sort(key=lambda row: int(str(row["rank"])))
    said = {dotted(g.path): g for other in scenarios.values() for g in graded_parts(other)}
    scenario = scenarios.get(policy, {})
    names = dict(names_of(scenario))
    body = []
    for row in own[:ROWS]:
        path = str(row["assumption"])
        told = _as_written(row, said.get(path), scenario)
        source = Cell(words="as in the file")
        if told.sources:
            source = Cell(words=named(told.sources, known), keys=told.sources)
        label = names.get(path, path.removeprefix("world.").replace(".", ", "))
        cells = (Cell(words=told.written), Cell(words=told.grade), source, *_swing(row))
        body.append(Row(label, cells))
    columns = [Column(head, words=True) for head in ("as written", "grade", "sources")]
    columns += [Column(h, MEASURE[measure].unit) for h in ("swing", "lower half", "upper half")]
    hidden = f" {len(own) - ROWS} assumptions are not shown." if len(own) > ROWS else ""
    swing = (
        "swing: mean over the draws in the upper half of a range less that in the lower half, all "
        "else varying as well, with half its 95% interval over draws (Welch). Of a switch, the "
        f"halves are off and on.{hidden}"
    )
    baseline = own[0]["baseline"] if own else ""
    return Table(
        f"draws-{policy}-{measure.replace(' ', '-')}",
        f"What it rests on: {policy}, {name}, difference from {baseline}", tuple(columns),
        (Panel("", tuple(body)),), notes=(swing,), made=made(about), number=3,
        stub="assumption", fixed=len(columns),
    )  # fmt: skip


class _Told(NamedTuple):
    """What a file says of an assumption."""

    written: str
    grade: str
    sources: tuple[str, ...]


def _as_written(row: Data, part: Graded | None, scenario: Plain) -> _Told:
    """Tell what an assumption is in its file: a value with a range, or a switch."""
    if part is not None:
        text = f"{written(part.entry['value'])} ({written_range(part.entry)})"
        text += f" {part.entry['unit']}" if part.entry.get("unit") else ""
        return _Told(text, part.grade, part.sources)
    listed = scenario.get("rests on")
    entry = listed.get(str(row["assumption"])) if isinstance(listed, Mapping) else None
    if not isinstance(entry, Mapping):  # what a switch brings
        return _Told(f"{row['value']} ({row['low']} to {row['high']})", "", ())
    grades, sources = set(), dict[str, None]()
    for part_of in _mappings(entry.get("instead")):
        grades |= {str(part_of["grade"])} if "grade" in part_of else set()
        sources |= dict.fromkeys(sources_of(part_of))
    note = f": {entry['note']}" if entry.get("note") else ""
    return _Told(f"off or on{note}", max(grades, default=""), tuple(sources))


def _mappings(part: object) -> Iterator[Plain]:
    if isinstance(part, Mapping):
        yield part
        for value in part.values():
            yield from _mappings(value)


def _swing(row: Data) -> Iterator[Cell]:
    swing = number_of(row["swing"])
    low, high = number_of(row["swing_low"]), number_of(row["swing_high"])
    ends = number_of(row["swing_low_simultaneous"]), number_of(row["swing_high_simultaneous"])
    clear = ends[0] is not None and ends[1] is not None and ends[0] * ends[1] > 0
    layers = () if low is None or high is None else (Layer("error", low, high),)
    if swing is None:
        yield Cell(missing="no draws")
    else:
        yield Cell(swing, signed=True, layers=layers, marks=("*",) if clear else ())
    for key in ("lower_half", "upper_half"):
        mean = number_of(row[key])
        yield Cell(missing="no draw") if mean is None else Cell(mean, signed=True)


def names_of(scenario: Plain) -> Iterator[tuple[str, str]]:
    """Names that a file gives to ranges, by their path."""
    listed = scenario.get("rests on")
    for name, entry in listed.items() if isinstance(listed, Mapping) else ():
        if isinstance(entry, Mapping) and "range of" in entry:
            yield str(entry["range of"]), str(name)
