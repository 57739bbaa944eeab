"""A file of reports in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sim.scenario.reports import EVERYWHERE, Event, Report, Reports
from sim.scenario.words.phrases import amount, basis, in_letters, listed, possible, sentence

_WHOM = {
    "released": "released",
    "reduced": "reduced and still held",
    "beneficiaries": "released or reduced",
}


def reports_in_words(reports: Reports) -> tuple[str, ...]:
    """Say what a file of reports is about, a paragraph each."""
    number = sum(len(event.reports) for event in reports.file.events.values())
    note = [sentence(f"Note: {reports.file.note}")] if reports.file.note else []
    worlds = f"{'the world' if len(reports.worlds) == 1 else 'the worlds'} {listed(reports.worlds)}"
    told = (
        f"{in_letters(number).capitalize()} reports are listed here. What each counts is compared "
        f"with the same count in the scenarios of its event, in {worlds}."
    )
    return (*note, told)


def event_in_words(event: Event) -> tuple[str, ...]:
    """Say with what an event's reports are compared."""
    told = [
        f"“{name}” ({Path(one.file).stem})"
        + (f", which is post hoc: {one.post_hoc}" if one.post_hoc else "")
        + (f" (note: {one.note})" if one.note else "")
        for name, one in event.variants.items()
    ]
    scenarios = "scenario is" if len(told) == 1 else "scenarios are"
    head = f"The {scenarios} {'; '.join(told)}."
    return (*([sentence(f"Note: {event.note}")] if event.note else []), head)


def event_reports(event: Event) -> Iterator[str]:
    """Write each report of an event as sentences."""
    for name, report in event.reports.items():
        yield " ".join(_report(name, report))


def _report(name: str, report: Report) -> Iterator[str]:
    where = "in all camps" if report.covers == (EVERYWHERE,) else f"at {listed(report.covers)}"
    number = f"{amount(report.value)} {report.unit}"
    whole = ""
    if report.of is not None:
        of = "held there" if report.of.what == "held" else "released or reduced there"
        whole = f" of {amount(report.of.value)} {of}"
        whole += _range(report.of.low, report.of.high, report.of.note)
    rumoured = f" It is {report.status}." if report.status else ""
    yield (
        f"“{name}”: {report.outlet} told of {number}{_range(report.low, report.high)} "
        f"{_WHOM[report.counts]} {where}{whole}.{rumoured}"
    )
    yield sentence(f"This is {basis(report.source, report.grade)}")
    if report.note:
        yield sentence(f"Note: {report.note}")
    if report.conflicts_with:
        others = listed([f"“{other}”" for other in report.conflicts_with])
        yield f"It contradicts {others}."
    if report.not_compared:
        yield sentence(f"Not compared: {report.not_compared}")


def _range(low: float | None, high: float | None, note: str | None = None) -> str:
    """Write a range and a note in one pair of brackets; empty without either."""
    ranged = low is not None and high is not None and low != high
    said = [possible(amount(low or 0), amount(high or 0))] if ranged else []
    inside = "; ".join([*said, *([note] if note else [])])
    return f" ({inside})" if inside else ""
