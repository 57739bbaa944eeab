"""Measures: quantities of one cell, read at stated days or summed over a stated window.

*n years after* is n years after the policy's first planned release day, read on the same date in
the baseline. What lies past the horizon is not observed, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sim.scenario.lengths import whole_days
from sim.scenario.load import Scenario
from sim.scenario.occasions import first_release_day, occasions
from sim.study.cells import Summary

DAYS_PER_YEAR = 365.25
YEARS_AFTER = (1, 5)
WINDOW_YEARS = 5


@dataclass(frozen=True)
class Measure:
    """A quantity of a cell.

    Attributes
    ----------
    name, panel, unit
        What it is called, where it stands in a table, and in what it is counted.
    averted
        Whether differences are given as baseline minus policy.
    """

    name: str
    panel: str
    unit: str
    averted: str | None = None

    @property
    def difference_name(self) -> str:
        """What its difference from the baseline is called."""
        return self.averted or self.name


MEASURES = (
    Measure("held on the eve", "custody", "persons"),
    *(Measure(f"held {n} year{'s' if n > 1 else ''} after", "custody", "persons")
      for n in YEARS_AFTER),
    Measure("person-years in custody", "custody", "person-years", "person-years averted"),
    Measure("eligible", "decree", "persons"),
    Measure("freed by decree", "decree", "persons"),
    Measure("terms reduced by decree", "decree", "terms"),
    Measure("exiled", "decree", "persons"),
    Measure("months remitted per person freed", "decree", "months"),
    Measure("deaths in custody", "lives", "persons", "deaths in custody averted"),
    Measure("deaths in custody or after", "lives", "persons", "deaths averted"),
    Measure("returns to custody", "returns", "admissions"),
    Measure("returns of those freed", "returns", "admissions"),
    Measure("arrests in drives", "returns", "admissions"),
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
        days = {"held on the eve": -1, **{
            m.name: whole_days(n, "year")
            for n, m in zip(YEARS_AFTER, MEASURES[1:], strict=False)
        }}  # fmt: skip
        return self.date_of(self.origin_day + days.get(measure, whole_days(WINDOW_YEARS, "year")))


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
    closes = [o.close_day for o in occasions(scenario) if not scenario.decrees[o.decree].every]
    if origin is not None:
        window = Window(min(closes), origin, world.days, world.start)
        return _inside(scenario, window, ("decrees",), "the first planned release")
    stated = align or scenario.document.measured_from
    if stated is None and scenario.decrees:
        message = "give 'measured from: DATE': its decrees recur and name no first day"
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
    last = window.horizon_days - 1
    origin = window.origin_day
    end = origin + whole_days(WINDOW_YEARS, "year")
    series = summary.series

    def held(day: int) -> float | None:
        return float(series["stock"][day]) if 0 <= day <= last else None

    def total(*names: str, first: int = origin) -> float | None:
        if end - 1 > last or first < 0:
            return None
        return float(sum(series[name][first:end].sum() for name in names))

    days_held = total("stock")
    freed = total("releases by decree", first=window.first_day)
    remitted = total("days remitted", first=window.first_day)
    fixed = total("releases from fixed terms", first=window.first_day)
    ordinary = None
    if (dead := total("deaths in custody", "deaths at liberty")) is not None:
        ordinary = dead - (total("deaths in custody of the arrested") or 0.0)
    return {
        "held on the eve": held(origin - 1),
        **{m.name: held(origin + whole_days(n, "year"))
           for n, m in zip(YEARS_AFTER, MEASURES[1:], strict=False)},
        "person-years in custody": None if days_held is None else days_held / DAYS_PER_YEAR,
        "eligible": total("newly eligible", first=window.first_day),
        "freed by decree": freed,
        "terms reduced by decree": total("reductions by decree", first=window.first_day),
        "exiled": total("exiled", first=window.first_day),
        "months remitted per person freed":
            remitted / fixed / (DAYS_PER_YEAR / 12) if fixed and remitted is not None else None,
        "deaths in custody": total("deaths in custody"),
        "deaths in custody or after": ordinary,
        "returns to custody": total("returns"),
        "returns of those freed": total("returns of the freed"),
        "arrests in drives": total("drive arrests"),
    }  # fmt: skip


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


Values = Mapping[str, float | None]
NAN = float("nan")


def column(values: list[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Return a measure's values over replications, or None if any is not observed."""
    if any(value is None for value in values):
        return None
    return np.array(values, dtype=np.float64)
