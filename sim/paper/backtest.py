"""The back test as data and as tables: reports beside what was predicted, and those without."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from sim.analysis.backtest import BAND, CANNOT_TELL, TOO_WIDE, BackTest, Predictions, Score
from sim.paper.data import Row as Data
from sim.paper.data import csv_text, resolved_files
from sim.paper.plain_text import plain_text
from sim.paper.table import Cell, Column, Group, Panel, Row, Table
from sim.scenario.draws.ranges import shared_places
from sim.scenario.reports import Report, Reports
from sim.scenario.scenario import Scenario

NOT_COMPARED = "not compared"
PERSONS, PER_CENT = "persons", "%"
TITLE = "Back test: reports of real pardons in the predictive distributions of their scenarios"
SCORED = (
    "predicted: the 2.5%, 50% and 97.5% quantiles of all cells, over draws of all that is not "
    "known and over replications: ignorance and chance together, since a report is one "
    "realisation. percentile: per cent of cells below the report, ties counted half; it is no "
    "probability of the scenario."
)
READING = (
    "reading: inside, below or above the band from 2.5% to 97.5%, by the range of the report; a "
    f"band more than {TOO_WIDE} times as high as it begins says '{CANNOT_TELL}'."
)
ALIKE = (
    "Alike with alike: a release share with a release share, reductions with reductions, a count "
    "of the country with a count of the world. A share told of one camp is compared with that of "
    "all camps together, since no law here tells camps apart; one camp alone would vary more."
)
UNTUNED = "Nothing is fitted to these reports."


def backtest_rows(reports: Reports, found: Sequence[Score]) -> Iterator[Data]:
    """One row per report, variant and world; a report without anything alike has one."""
    for one in found:
        report = reports.report(one.event, one.report)
        told = reports.file.events[one.event].variants[one.variant]
        yield {
            "reports": reports.name, **_about(one.event, one.report, report),
            "variant": one.variant, "scenario": told.file, "post_hoc": told.post_hoc or "",
            "world": one.world, "value": one.value, "low": one.low, "high": one.high,
            "p2_5": one.p2_5, "median": one.median, "p97_5": one.p97_5,
            "percentile": one.percentile, "percentile_low": one.percentile_low,
            "percentile_high": one.percentile_high, "reading": one.reading, "cells": one.cells,
            "conflicts": _conflicts(reports, one.event, one.report), "note": report.note or "",
        }  # fmt: skip
    for event, about in reports.file.events.items():
        for name, report in about.reports.items():
            if report.not_compared is not None:
                value, low, high = report.bounds()
                yield {
                    "reports": reports.name, **_about(event, name, report), "variant": "",
                    "scenario": "", "post_hoc": "",
                    "world": "", "value": value, "low": low, "high": high, "p2_5": "",
                    "median": "", "p97_5": "", "percentile": "", "percentile_low": "",
                    "percentile_high": "", "reading": NOT_COMPARED, "cells": 0,
                    "conflicts": _conflicts(reports, event, name), "note": report.not_compared,
                }  # fmt: skip


def _about(event: str, name: str, report: Report) -> Data:
    return {
        "event": event, "report": name, "counts": report.counts,
        "of": "" if report.of is None else report.of.what, "covers": "; ".join(report.covers),
        "unit": f"share of {report.of.what}" if report.of else report.unit,
        "outlet": report.outlet, "source": " ".join(report.source), "grade": report.grade,
        "status": report.status or "",
    }  # fmt: skip


def _conflicts(reports: Reports, event: str, name: str) -> str:
    """Name the reports of the event that contradict this one, whichever of the two says so."""
    others = reports.file.events[event].reports
    own = others[name].conflicts_with or ()
    return "; ".join(
        other for other, one in others.items()
        if other in own or name in (one.conflicts_with or ())
    )  # fmt: skip


def left_out_rows(name: str, plan: Predictions) -> Iterator[Data]:
    """One row per draw of a file of reports that describes no possible world."""
    for world, gaps in plan.left_out.items():
        for gap in gaps:
            yield {"reports": name, "world": world, "draw": gap.number, "why": gap.why}


def rows_of(found: BackTest) -> list[Data]:
    """List the rows of all files of reports."""
    pairs = zip(found.every, found.scored, strict=True)
    return [row for one, scored in pairs for row in backtest_rows(one, scored)]


def scenarios_of(found: BackTest) -> list[Scenario]:
    """List the scenarios of all files of reports once each."""
    named = {s.name: s for one in found.every for s in one.scenarios.values()}
    return list(named.values())


def printed_tables(found: BackTest) -> dict[str, str]:
    """Write the tables as plain text, by file name."""
    tables = backtest_tables(rows_of(found), about_backtest(found))
    return {table.name: plain_text(table) for table in tables}


def backtest_files(found: BackTest) -> dict[str, str]:
    """Texts of all files by name, without the manifest; the files of reports are kept."""
    pairs = zip(found.every, found.plans, strict=True)
    left_out = [row for one, plan in pairs for row in left_out_rows(one.name, plan)]
    files = {"backtest.csv": csv_text(rows_of(found)), "left-out.csv": csv_text(left_out)}
    files |= resolved_files(scenarios_of(found))
    for one in found.every:
        plain = json.dumps(one.plain, indent=1, ensure_ascii=False)
        files[f"reports/{one.name}.json"] = plain + "\n"
    files |= {f"{name}.txt": text + "\n" for name, text in printed_tables(found).items()}
    return {name: text for name, text in files.items() if text}


def about_backtest(found: BackTest) -> dict[str, object]:
    """Say what was scored; a back test is asked again from this."""
    shared = {scenario.name: shared_places(scenario) for scenario in scenarios_of(found)}
    return {
        "kind": "backtest", "seed": found.seed, "replications": found.replications,
        "draws": found.plans[0].draws, "title": "; ".join(one.title for one in found.every),
        "impossible_draws": {
            f"{one.name}, {name}": len(gaps)
            for one, plan in zip(found.every, found.plans, strict=True)
            for name, gaps in plan.left_out.items()
        },
        "reports": [one.name for one in found.every],
        "shared": {name: groups for name, groups in shared.items() if groups},
    }  # fmt: skip


def backtest_tables(
    rows: Sequence[Mapping[str, object]], about: Mapping[str, object]
) -> list[Table]:
    """Build the tables from ``backtest.csv``: what is compared, world by world, then what is not.

    Parameters
    ----------
    about
        The manifest.
    """
    scored = [row for row in rows if row["reading"] != NOT_COMPARED]
    rest = [row for row in rows if row["reading"] == NOT_COMPARED]
    worlds = list(dict.fromkeys(str(row["world"]) for row in scored))  # each of some file
    tables = [_scored(scored, world, about, several=len(worlds) > 1) for world in worlds]
    return tables + ([_rest(rest)] if rest else [])


def _scored(
    every: Sequence[Mapping[str, object]],
    world: str,
    about: Mapping[str, object],
    *,
    several: bool,
) -> Table:
    """Build the table of one world, which its title names where there are several."""
    rows = [row for row in every if row["world"] == world]
    columns = [
        Column("scenario", words=True),
        Column("reported"),
        Column("held possible", words=True),
    ]
    columns += [Column(f"{q:g}%") for q in BAND] + [Column("percentile")]
    columns.append(Column("reading", words=True))
    panels = []
    for event, ours in _events(rows, every):
        alone = len({row["outlet"] for row in ours}) == 1
        body = [_row(row, alone=alone) for row in ours]
        panels.append(Panel(event, tuple(body)))
    return Table(
        f"backtest-{world}" if several else "backtest",
        f"{TITLE}, world {world}" if several else TITLE,
        tuple(columns), tuple(panels), stub="report", groups=(Group(world, 3, len(columns)),),
        fixed=3, notes=(SCORED, READING, ALIKE, UNTUNED, _outlets(rows)), made=_made(about),
        long=True,
    )  # fmt: skip


def _row(row: Mapping[str, object], *, alone: bool) -> Row:
    share = str(row["unit"]).startswith("share")
    factor, unit = (100.0, PER_CENT) if share else (1.0, PERSONS)
    said = []
    if row["post_hoc"]:
        said.append(f"post hoc: {row['post_hoc']}")
    told = [f"conflicts with “{other}”" for other in str(row["conflicts"]).split("; ") if other]
    told += [str(row["note"])] if row["note"] else []
    marks = ("1",) if alone else ()
    rumour = ("R",) if row["status"] == "rumoured" else ()
    cells = [
        Cell(words=str(row["variant"]), footnote="; ".join(said)),
        Cell(factor * _number(row["value"]), marks=(*marks, *rumour), footnote="; ".join(told)),
        Cell(words=_range(row, factor)),
    ]
    cells += [Cell(factor * _number(row[key])) for key in ("p2_5", "median", "p97_5")]
    cells += [Cell(_number(row["percentile"]), decimals=1), Cell(words=str(row["reading"]))]
    return Row(str(row["report"]), tuple(cells), unit)


def _events(
    rows: Sequence[Mapping[str, object]], every: Sequence[Mapping[str, object]]
) -> Iterator[tuple[str, list[Mapping[str, object]]]]:
    """Group rows by file and event; the file is named where `every` row has not the same."""
    several = len({row["reports"] for row in every}) > 1
    for file, event in dict.fromkeys((str(row["reports"]), str(row["event"])) for row in rows):
        ours = [row for row in rows if (row["reports"], row["event"]) == (file, event)]
        yield f"{file}: {event}" if several else event, ours


def _range(row: Mapping[str, object], factor: float) -> str:
    low, high = (factor * _number(row[key]) for key in ("low", "high"))
    return "" if low == high else f"{low:,.3g} to {high:,.3g}" if factor > 1 else (
        f"{low:,.0f} to {high:,.0f}")  # fmt: skip


def _number(value: object) -> float:
    return float(str(value))


def _outlets(rows: Sequence[Mapping[str, object]]) -> str:
    reports = {(row["reports"], row["event"], row["report"]) for row in rows}
    outlets = list(dict.fromkeys(str(row["outlet"]) for row in rows))
    return (
        f"{len(reports)} reports of {len(outlets)} outlets ({', '.join(outlets)}); those of one "
        "outlet count as one source."
    )


def _made(about: Mapping[str, object]) -> str:
    gaps = about.get("impossible_draws", {})
    number = sum(gaps.values()) if isinstance(gaps, Mapping) else 0
    told = f" {number} draws describe no possible world and are left out." if number else ""
    return (
        f"{about.get('draws')} draws (Latin hypercube) of each group of scenarios of one world, "
        f"replications of each: {about.get('replications')}, seed {about.get('seed')}.{told}"
    )


def _rest(rows: Sequence[Mapping[str, object]]) -> Table:
    columns = (Column("reported"), Column("outlet", words=True), Column("why", words=True))
    panels = []
    for event, ours in _events(rows, rows):
        body = [
            Row(str(row["report"]), (
                Cell(_amount(row)), Cell(words=str(row["outlet"])), Cell(words=str(row["note"])),
            ), PER_CENT if str(row["unit"]).startswith("share") else str(row["unit"]))
            for row in ours
        ]  # fmt: skip
        panels.append(Panel(event, tuple(body)))
    return Table(
        "backtest-not-compared", "Reports that are not compared", columns, tuple(panels),
        stub="report", guard="What was reported; not estimates of what happened.", long=True,
    )  # fmt: skip


def _amount(row: Mapping[str, object]) -> float:
    share = str(row["unit"]).startswith("share")
    return (100 if share else 1) * _number(row["value"])
