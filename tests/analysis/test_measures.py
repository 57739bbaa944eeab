"""Measures on a cell made by hand, and the days on which policies are read."""

from datetime import date

import numpy as np
import pytest

from sim.analysis.measures import (
    DAYS_PER_YEAR,
    MEASURE,
    MEASURES,
    PANELS,
    Window,
    column,
    measure_all,
    window_of,
)
from sim.scenario.load import load
from sim.scenario.problems import ScenarioError
from sim.study.cells import Summary
from tests.cli.command import changed, copies, file

START = date(2010, 1, 1)
YEAR, FIVE = 365, 1826
DAYS = 3000
SERIES = (
    "stock", "releases by decree", "reductions by decree", "exiled", "newly eligible",
    "days remitted", "releases from fixed terms", "deaths in custody",
    "deaths in custody of the arrested", "deaths at liberty",
    "returns", "returns of the freed", "drive arrests",
)  # fmt: skip


def cell(days=DAYS, **counts):
    """A cell in which nothing happens but what is given: {series: {day: count}}."""
    series = {name: np.zeros(days, dtype=np.int64) for name in SERIES}
    for name, on in counts.items():
        for day, number in on.items():
            series[name.replace("_", " ")][day] = number
    return Summary(
        "made up", 0, "address", series, np.zeros((days, 1), np.int32), np.zeros(1, np.int64), {}, {},
        ("all",),
    )  # fmt: skip


def window(first=90, origin=100, horizon=DAYS):
    return Window(first, origin, horizon, START)


def read(measure, in_cell, seen=None):
    return measure_all(in_cell, seen or window())[measure]


# --- Each measure.


def test_every_measure_is_computed_and_has_its_panel():
    assert set(measure_all(cell(), window())) == set(MEASURE) == {m.name for m in MEASURES}
    assert {m.panel for m in MEASURES} == set(PANELS)


def test_stock_is_read_on_the_eve_and_one_and_five_years_after():
    held = cell(stock={98: 7, 99: 11, 100: 13, 100 + YEAR: 17, 100 + FIVE: 19})
    assert read("held on the eve", held) == 11
    assert read("held 1 year after", held) == 17
    assert read("held 5 years after", held) == 19


def test_person_years_run_from_the_first_release_to_the_day_before_five_years():
    held = cell(stock={99: 1000, 100: 3, 101: 4, 100 + FIVE - 1: 5, 100 + FIVE: 1000})
    assert read("person-years in custody", held) == pytest.approx(12 / DAYS_PER_YEAR)
    constant = cell()
    constant.series["stock"][:] = 10
    assert read("person-years in custody", constant) == pytest.approx(10 * FIVE / DAYS_PER_YEAR)


@pytest.mark.parametrize(
    ("measure", "series"),
    [
        ("eligible", "newly eligible"),
        ("freed by decree", "releases by decree"),
        ("terms reduced by decree", "reductions by decree"),
        ("exiled", "exiled"),
    ],
)
def test_what_decrees_do_counts_from_the_close_of_lists(measure, series):
    counts = {89: 1000, 90: 2, 100: 3, 100 + FIVE - 1: 4, 100 + FIVE: 1000}
    assert read(measure, cell(**{series: counts})) == 9


@pytest.mark.parametrize(
    ("measure", "series"),
    [
        ("deaths in custody", "deaths in custody"),
        ("returns to custody", "returns"),
        ("returns of those freed", "returns of the freed"),
        ("arrests in drives", "drive arrests"),
        ("deaths in custody or after", "deaths at liberty"),
    ],
)
def test_what_happens_to_people_counts_from_the_first_release(measure, series):
    counts = {90: 1000, 99: 1000, 100: 3, 100 + FIVE - 1: 4, 100 + FIVE: 1000}
    assert read(measure, cell(**{series: counts})) == 7


def test_deaths_count_custody_and_liberty_and_leave_out_those_whom_a_drive_arrested():
    died = cell(
        deaths_in_custody={200: 9},
        deaths_in_custody_of_the_arrested={200: 2},
        deaths_at_liberty={300: 5},
    )
    assert read("deaths in custody or after", died) == 12
    assert read("deaths in custody", died) == 9


def test_months_remitted_are_per_person_freed():
    freed = cell(
        releases_by_decree={100: 5, 101: 1},  # two of them from life sentences
        releases_from_fixed_terms={100: 3, 101: 1},
        days_remitted={100: 365, 101: 1096},
    )
    assert read("months remitted per person freed", freed) == pytest.approx(1461 / 4 / 30.4375)


def test_nobody_freed_has_no_months_remitted():
    assert read("months remitted per person freed", cell()) is None


# --- The horizon.


def test_a_window_past_the_horizon_is_not_observed_and_never_zero():
    late = window(90, 100, 100 + FIVE - 1)
    values = measure_all(cell(100 + FIVE - 1), late)
    assert values["held on the eve"] == 0
    assert values["held 1 year after"] == 0
    assert {name for name, value in values.items() if value is not None} == {
        "held on the eve", "held 1 year after",
    }  # fmt: skip


def test_five_years_may_end_with_the_last_day():
    days = 100 + FIVE
    values = measure_all(cell(days), window(90, 100, days))
    assert values["person-years in custody"] == 0
    assert values["held 5 years after"] is None  # the day itself is not simulated
    values = measure_all(cell(days + 1), window(90, 100, days + 1))
    assert values["held 5 years after"] == 0


def test_a_first_release_on_the_last_day_is_read_on_its_eve_only():
    values = measure_all(cell(101, stock={99: 5}), window(90, 100, 101))
    assert values["held on the eve"] == 5
    assert all(value is None for name, value in values.items() if name != "held on the eve")


def test_a_first_release_on_the_first_day_has_no_eve():
    values = measure_all(cell(stock={0: 5}), window(0, 0))
    assert values["held on the eve"] is None
    assert values["person-years in custody"] == pytest.approx(5 / DAYS_PER_YEAR)


def test_a_column_with_one_cell_unobserved_is_unobserved():
    assert column([1.0, None, 3.0]) is None
    assert column([1.0, 2.0]).tolist() == [1.0, 2.0]


def test_dates_of_reading():
    seen = window()
    assert seen.read_on("held on the eve") == date(2010, 4, 10)
    assert seen.read_on("held 1 year after") == date(2011, 4, 11)
    assert seen.read_on("held 5 years after") == date(2015, 4, 11)
    assert seen.read_on("returns to custody") == date(2015, 4, 11)


# --- From which day.


def test_a_dated_decree_is_measured_from_its_first_planned_release():
    seen = window_of(load(file("short")))
    assert seen.date_of(seen.origin_day) == date(2011, 6, 5)  # education ends after the grant
    assert seen.date_of(seen.first_day) == date(2011, 5, 16)  # lists close


def test_a_yearly_decree_is_measured_from_the_day_that_its_file_states():
    seen = window_of(load(file("yearly")))
    assert seen.date_of(seen.origin_day) == date(2011, 7, 15)
    assert seen.first_day == seen.origin_day


def test_a_yearly_decree_is_measured_from_the_day_to_which_others_are_aligned():
    seen = window_of(load(file("yearly")), date(2012, 5, 1))
    assert seen.date_of(seen.origin_day) == date(2012, 5, 1)


def test_a_yearly_decree_without_a_first_day_is_refused(tmp_path):
    copies(tmp_path, "yearly")
    path = changed(tmp_path, "yearly", "measured from: 2011-07-15\n", "")
    with pytest.raises(ScenarioError, match=r"yearly\.yaml:4: decrees: give 'measured from: DATE'"):
        window_of(load(path))


def test_a_scenario_without_decrees_is_measured_from_the_first_day_with_an_eve():
    none = load(file("none"))
    seen = window_of(none)
    assert (seen.first_day, seen.origin_day) == (1, 1)
    assert window_of(none, like=window()) == window()
    aligned = window_of(none, date(2012, 5, 1), like=window())
    assert aligned.date_of(aligned.origin_day) == date(2012, 5, 1)


def test_a_scenario_without_decrees_may_state_its_day(tmp_path):
    copies(tmp_path, "none")
    path = changed(tmp_path, "none", "extends", "measured from: 2012-03-04\nextends")
    seen = window_of(load(path))
    assert seen.date_of(seen.origin_day) == date(2012, 3, 4)


@pytest.mark.parametrize("day", ["2009-12-31", "2018-01-01", "9999-12-31"])
def test_a_day_outside_the_horizon_is_refused(tmp_path, day):
    copies(tmp_path, "yearly")
    path = changed(tmp_path, "yearly", "2011-07-15\ndecrees", f"{day}\ndecrees")
    with pytest.raises(ScenarioError, match=r"yearly\.yaml:3: measured from: .*2017-12-31"):
        window_of(load(path))


def test_a_first_release_after_the_horizon_is_refused(tmp_path):
    copies(tmp_path, "halves")
    dated = "{value: 2012-03-01, between: [2012-03-01, 2012-03-01]}"
    path = changed(tmp_path, "halves", dated, "2017-12-31")
    assert window_of(load(path)).origin_day == 2921  # the last day will do
    changed(tmp_path, "halves", "    cases:\n",
            "    release: {education: 1 day from grant}\n    cases:\n")  # fmt: skip
    with pytest.raises(ScenarioError, match="the first planned release, 2018-01-01, must not"):
        window_of(load(path))
