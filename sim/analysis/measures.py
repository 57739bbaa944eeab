"""Measures: quantities of one cell, read at stated days or summed over a stated window.

*n years after* is n years after the policy's first planned release day, read on the same date in
the baseline. What lies past the horizon is not observed, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim.analysis.depth import GROUPINGS
from sim.analysis.readings import (
    DAYS_PER_YEAR,
    RISK_YEARS,
    WINDOW_YEARS,
    YEARS_AFTER,
    Reading,
    Values,
    years,
)
from sim.scenario.lengths import whole_days
from sim.scenario.occasions import first_release_day, occasions
from sim.scenario.scenario import Scenario
from sim.study.cells import Summary

__all__ = [
    "DAYS_PER_YEAR", "MEASURE", "MEASURES", "PANELS", "Measure", "Values", "Window", "column",
    "measure_all", "window_of",
]  # fmt: skip
EVE_DAYS = -1


@dataclass(frozen=True)
class Measure:
    """A quantity of a cell.

    Attributes
    ----------
    name, panel, unit
        What it is called, where it stands in a table, and in what it is counted.
    averted
        What its difference is called, if that is given as baseline minus policy.
    headline
        Whether it stands in the printed tables; all measures are in the data files.
    after_days
        Days after the first planned release on which it is read; None for what is read over the
        window.
    """

    name: str
    panel: str
    unit: str
    averted: str | None = None
    headline: bool = False
    after_days: int | None = None

    @property
    def difference_name(self) -> str:
        """What its difference from the baseline is called."""
        return self.averted or self.name


def _read_after(word: str, panel: str, unit: str, *, headline: bool = False) -> tuple[Measure, ...]:
    """List what is read on the eve and some years after."""
    days = {"on the eve": EVE_DAYS}
    days |= {f"{years(n)} after": whole_days(n, "year") for n in YEARS_AFTER}
    return tuple(
        Measure(f"{word} {when}", panel, unit, headline=headline, after_days=day)
        for when, day in days.items()
    )


MEASURES = (
    *_read_after("held", "custody", "persons", headline=True),
    Measure("person-years in custody", "custody", "person-years", "person-years averted",
            headline=True),
    Measure("mean stock", "custody", "persons"),
    *_read_after("occupancy", "custody", "persons per place"),
    Measure("person-years above capacity", "custody", "person-years",
            "person-years above capacity averted"),
    *(Measure(f"serving at home {years(n)} after", "custody", "persons",
              after_days=whole_days(n, "year")) for n in YEARS_AFTER),
    Measure("person-years at home", "custody", "person-years"),
    Measure("months held in the window per spell", "custody", "months"),
    Measure("months served until expiry", "custody", "months"),
    Measure("months served until release by decree", "custody", "months"),
    Measure("months served until death in custody", "custody", "months"),
    Measure("eligible", "decree", "persons", headline=True),
    Measure("freed by decree", "decree", "persons", headline=True),
    Measure("terms reduced by decree", "decree", "terms", headline=True),
    Measure("sentences extinguished", "decree", "sentences"),
    Measure("person-years suspended", "decree", "person-years"),
    Measure("person-years revived", "decree", "person-years"),
    Measure("exiled", "decree", "persons", headline=True),
    Measure("months remitted per person freed", "decree", "months", headline=True),
    Measure("median months remitted to those freed", "decree", "months"),
    Measure("median served share of those freed", "decree", "share of the term"),
    Measure("share freed with under a year left", "decree", "share of those freed"),
    Measure("share freed in ill health", "decree", "share of those freed"),
    Measure("share freed for violent offences", "decree", "share of those freed"),
    Measure("gross person-years averted by release", "decree", "person-years"),
    Measure("gross person-years averted by shorter terms", "decree", "person-years"),
    Measure("largest number freed on one day", "decree", "persons a day"),
    Measure("eligible and not freed per person freed", "decree", "persons per person freed"),
    *(Measure(f"gap in grant rates by {grouping}", "decree", "share of the eligible")
      for grouping in GROUPINGS),
    Measure("deaths in custody", "lives", "persons", "deaths in custody averted", headline=True),
    Measure("deaths in custody or after", "lives", "persons", "deaths averted", headline=True),
    Measure("executions", "lives", "persons", "executions averted"),
    Measure("returns to custody", "returns", "admissions", headline=True),
    Measure("returns of those freed", "returns", "admissions", headline=True),
    Measure("returns in remitted time", "returns", "admissions"),
    Measure("advanced returns", "returns", "admissions"),
    Measure("arrests in drives", "returns", "admissions", headline=True),
    *(Measure(f"risk of return within {years(n)} of {words}", "returns", "share of releases")
      for words in ("release by decree", "expiry") for n in RISK_YEARS),
)  # fmt: skip
PANELS = ("custody", "decree", "lives", "returns")
MEASURE = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True)
class Window:
    """The days on which a policy and its baseline are read.

    Attributes
    ----------
    first_day
        The day from which decrees are counted: lists close.
    origin_day
        First planned release.
    """

    first_day: int
    origin_day: int
    horizon_days: int
    start: date

    def date_of(self, day: int) -> date:
        """Return the calendar date of a day."""
        return self.start + timedelta(days=day)

    def read_on(self, measure: str) -> date:
        """Return the date on which a measure is read, or its window ends."""
        after = MEASURE[measure].after_days
        return self.date_of(
            self.origin_day + (whole_days(WINDOW_YEARS, "year") if after is None else after)
        )


def window_of(scenario: Scenario, align: date | None = None, like: Window | None = None) -> Window:
    """Find from which day a scenario is measured.

    That is its first planned release, or where none is planned the day to which scenarios are
    aligned, or the file's ``measured from``. A scenario without decrees is measured as another
    is (`like`), or from the first day that has an eve: the day after the world's start.

    Raises
    ------
    ScenarioError
        If a scenario of yearly decrees does not say from which day, or that day does not lie
        within the days simulated.
    """
    world = scenario.world
    origin = first_release_day(scenario)
    closes = [o.close_day for o in occasions(scenario) if not scenario.decrees[o.decree].recurs]
    if origin is not None:
        window = Window(min(closes), origin, world.days, world.start)
        return _inside(scenario, window, ("decrees",), "the first planned release")
    stated = align or scenario.document.measured_from
    if stated is None and scenario.decrees:
        message = "give 'measured from: DATE': its decrees recur or come by chance"
        raise scenario.problem(("decrees",), message)
    if stated is None and like is not None:
        return like
    origin = 1 if stated is None else (stated - world.start).days
    window = Window(origin, origin, world.days, world.start)
    if stated is None:
        return _inside(scenario, window, ("world", "end"), "the first day with an eve")
    return _inside(scenario, window, ("measured from",), "the day from which it is measured")


def measure_all(summary: Summary, window: Window) -> dict[str, float | None]:
    """Compute every measure of a cell; None where the window runs past the horizon."""
    reading = Reading(
        summary, window.first_day, window.origin_day, window.horizon_days, window.start
    )
    return reading.all()


def _inside(scenario: Scenario, window: Window, path: tuple[str, ...], what: str) -> Window:
    """Refuse to measure a scenario from a day outside its world's horizon."""
    if not 0 <= window.origin_day < window.horizon_days:
        last = window.date_of(window.horizon_days - 1)
        day = window.start.toordinal() + window.origin_day
        written = f", {date.fromordinal(day)}," if day <= date.max.toordinal() else ""
        message = (
            f"{what}{written} must not come before the world's start, {window.start}, nor after "
            f"its last day, {last}"
        )
        raise scenario.problem(path, message)
    return window


def column(values: list[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Return a measure's values over replications, or None if any is not observed."""
    if any(value is None for value in values):
        return None
    return np.array(values, dtype=np.float64)
