"""Measures on a cell made by hand, and the days on which policies are read."""

from datetime import date

import numpy as np
import pytest

from sim.analysis.depth import grant_rates, median
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
    "first admissions", "returns", "returns of the freed", "drive arrests", "expiries",
    "days served until expiry", "days served until release by decree", "days served until death",
    "freed with under a year left", "freed in ill health", "freed for violent offences",
    "freed who would still be held", "terms cut that would still run", "returns in remitted time",
)  # fmt: skip
FATES = ("at risk", "returned", "died")
MONTHS = 120


def curves():
    """Counts beside the calendar of a cell without places, decrees or releases."""
    found = {
        "places by camp": np.zeros(0, np.int64),
        "lists closed on": np.zeros(0, np.int64),
        "served share of the freed": np.zeros((0, 3), np.int64),
        "days remitted to the freed": np.zeros((0, 3), np.int64),
    }
    for group in ("sex", "origin", "health", "camp"):
        found |= {f"{word} by {group}": np.zeros((0, 2), np.int64)
                  for word in ("eligible", "granted")}  # fmt: skip
    for fate in FATES:
        found |= {f"{fate} after {kind}": np.zeros((MONTHS, 60), np.int64)
                  for kind in ("expiry", "decree")}  # fmt: skip
    return found


def cell(days=DAYS, beside=None, camp_stock=None, **counts):
    """A cell in which nothing happens but what is given: {series: {day: count}}."""
    series = {name: np.zeros(days, dtype=np.int64) for name in SERIES}
    for name, on in counts.items():
        for day, number in on.items():
            series[name.replace("_", " ")][day] = number
    by_camp = np.zeros((days, 2), np.int32) if camp_stock is None else camp_stock
    given = {name: np.array(value, np.int64) for name, value in (beside or {}).items()}
    return Summary(
        "made up", 0, "address", series, by_camp, np.zeros(1, np.int64), curves() | given, {},
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


def test_the_printed_tables_show_the_headline_measures_and_no_others():
    assert [m.name for m in MEASURES if m.headline] == [
        "held on the eve", "held 1 year after", "held 5 years after", "person-years in custody",
        "eligible", "freed by decree", "terms reduced by decree", "exiled",
        "months remitted per person freed", "deaths in custody", "deaths in custody or after",
        "returns to custody", "returns of those freed", "arrests in drives",
    ]  # fmt: skip
    assert [m.panel for m in MEASURES] == sorted((m.panel for m in MEASURES), key=PANELS.index)


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


def test_what_only_some_decrees_bring_is_zero_without_them():
    for measure in ("serving at home 1 year after", "serving at home 5 years after",
                    "person-years at home", "person-years suspended", "person-years revived",
                    "sentences extinguished"):  # fmt: skip
        assert read(measure, cell()) == 0
        early = 100 + YEAR
        assert read(measure, cell(days=early), window(horizon=early)) is None, "past the horizon"


def test_time_at_home_is_read_as_time_in_custody_is():
    at_home = {"serving at home": {99: 1000, 100: 3, 100 + YEAR: 7, 100 + FIVE: 11}}
    home = cell()
    home.series["serving at home"] = np.zeros(DAYS, np.int64)
    for day, number in at_home["serving at home"].items():
        home.series["serving at home"][day] = number
    assert read("serving at home 1 year after", home) == 7
    assert read("serving at home 5 years after", home) == 11
    assert read("person-years at home", home) == pytest.approx((3 + 7) / DAYS_PER_YEAR)


@pytest.mark.parametrize("word", ["suspended", "revived"])
def test_remissions_on_condition_count_from_the_close_of_lists(word):
    made = cell()
    made.series[f"days {word}"] = np.zeros(DAYS, np.int64)
    made.series[f"days {word}"][[89, 90, 100 + FIVE - 1, 100 + FIVE]] = [1000, 30, 43, 1000]
    assert read(f"person-years {word}", made) == pytest.approx(73 / DAYS_PER_YEAR)


def test_nobody_freed_has_no_months_remitted():
    assert read("months remitted per person freed", cell()) is None


# --- Stock, places and time.


def test_mean_stock_is_over_the_days_of_the_window():
    held = cell(stock={99: 1000, 100: FIVE, 100 + FIVE - 1: FIVE, 100 + FIVE: 1000})
    assert read("mean stock", held) == 2


def test_occupancy_is_those_held_over_the_places_of_all_camps():
    held = cell(
        stock={99: 70, 100 + YEAR: 35, 100 + FIVE: 140}, beside={"places by camp": [30, 20]}
    )
    assert read("occupancy on the eve", held) == 70 / 50
    assert read("occupancy 1 year after", held) == 35 / 50
    assert read("occupancy 5 years after", held) == 140 / 50


def test_a_free_place_in_one_camp_does_not_make_up_for_a_crowd_in_another():
    by_camp = np.zeros((DAYS, 2), np.int32)
    by_camp[[99, 100, 101, 100 + FIVE]] = [[90, 90], [35, 0], [30, 22], [90, 90]]
    crowded = cell(camp_stock=by_camp, beside={"places by camp": [30, 20]})
    assert read("person-years above capacity", crowded) == pytest.approx((5 + 2) / DAYS_PER_YEAR)


def test_without_places_there_is_no_occupancy():
    for places in ([], [0, 0]):
        held = cell(stock={99: 70}, beside={"places by camp": places})
        assert read("occupancy on the eve", held) is None
    assert read("person-years above capacity", cell()) is None
    assert read("person-years above capacity", cell(beside={"places by camp": [0, 0]})) == 0


def test_months_held_are_per_spell_on_the_eve_or_admitted_in_the_window():
    held = cell(
        stock={99: 3, 100: 4, 101: 2},
        first_admissions={99: 100, 100: 1},
        returns={101: 2, 100 + FIVE: 100},
        drive_arrests={102: 4},
    )
    assert read("months held in the window per spell", held) == pytest.approx(6 / 10 / 30.4375)


def test_months_served_are_those_of_the_spells_that_end_in_the_window():
    left = cell(
        expiries={99: 50, 100: 1, 200: 3},
        days_served_until_expiry={99: 9999, 100: 100, 200: 900},
        deaths_in_custody={300: 2},
        days_served_until_death={300: 61},
        releases_by_decree={95: 1, 150: 1},
        days_served_until_release_by_decree={95: 10, 150: 90},
    )
    assert read("months served until expiry", left) == pytest.approx(1000 / 4 / 30.4375)
    assert read("months served until death in custody", left) == pytest.approx(61 / 2 / 30.4375)
    assert read("months served until release by decree", left) == pytest.approx(50 / 30.4375)
    for cause in ("expiry", "release by decree", "death in custody"):
        assert read(f"months served until {cause}", cell()) is None


# --- Depth.


def test_gross_person_years_are_days_on_which_beneficiaries_would_be_held():
    days = {99: 1000, 100: 5, 100 + FIVE - 1: 6, 100 + FIVE: 1000}
    gross = cell(freed_who_would_still_be_held=days, terms_cut_that_would_still_run={150: 3})
    assert read("gross person-years averted by release", gross) == pytest.approx(11 / DAYS_PER_YEAR)
    assert read("gross person-years averted by shorter terms", gross) == pytest.approx(
        3 / DAYS_PER_YEAR
    )


def test_medians_of_those_freed_in_the_window():
    freed = cell(
        beside={
            # One of 20%, two of 50%, one of 80.4%; outside the window, many of 99.9%.
            "served share of the freed": [[89, 999, 90], [90, 500, 1], [100, 200, 1],
                                          [100, 804, 1], [101, 500, 1], [100 + FIVE, 999, 90]],
            "days remitted to the freed": [[100, 10, 1], [100, 700, 1], [101, 100, 2]],
        }
    )  # fmt: skip
    assert read("median served share of those freed", freed) == 0.5
    assert read("median months remitted to those freed", freed) == pytest.approx(100 / 30.4375)
    for measure in ("median served share of those freed", "median months remitted to those freed"):
        assert read(measure, cell()) is None


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        ([], None),
        ([[7, 1]], 7),
        ([[1, 1], [4, 1]], 2.5),
        ([[9, 1], [1, 1], [4, 1]], 4),
        ([[1, 3], [9, 3]], 5),
        ([[1, 3], [9, 4]], 9),
        ([[5, 0]], None),
    ],
)
def test_a_median_of_counted_values_is_that_of_the_values_written_out(tally, expected):
    found = np.array(tally, np.int64).reshape(-1, 2)
    assert median(found) == expected
    if expected is not None:
        assert median(found) == np.median(np.repeat(found[:, 0], found[:, 1]))


def test_shares_are_of_all_freed():
    freed = cell(
        releases_by_decree={100: 5, 101: 3},
        freed_with_under_a_year_left={100: 1, 101: 1},
        freed_in_ill_health={100: 4},
        freed_for_violent_offences={101: 1},
    )
    assert read("share freed with under a year left", freed) == 2 / 8
    assert read("share freed in ill health", freed) == 4 / 8
    assert read("share freed for violent offences", freed) == 1 / 8
    assert read("largest number freed on one day", freed) == 5
    assert read("share freed in ill health", cell()) is None
    assert read("largest number freed on one day", cell()) == 0


def test_the_eligible_who_stay_are_told_per_person_freed():
    def found(eligible, freed):
        counts = {"newly eligible": {90: eligible}, "releases by decree": {100: freed}}
        names = {name.replace(" ", "_"): days for name, days in counts.items()}
        return read("eligible and not freed per person freed", cell(**names))

    assert found(30, 12) == 18 / 12
    assert found(12, 12) == 0
    assert found(30, 0) is None
    assert found(3, 4) is None  # freed after having been eligible before the window


# --- Fairness.


def test_the_gap_in_grant_rates_is_between_the_extreme_groups():
    listed = cell(
        beside={
            "lists closed on": [89, 90, 100 + FIVE - 1, 100 + FIVE],
            "eligible by camp": [[9, 0, 0, 0], [4, 5, 0, 10], [4, 0, 0, 0], [0, 0, 9, 0]],
            "granted by camp": [[9, 0, 0, 0], [2, 1, 0, 5], [2, 0, 0, 0], [0, 0, 0, 0]],
            "eligible by sex": [[1, 0], [5, 0], [0, 0], [0, 9]],
            "granted by sex": [[1, 0], [3, 0], [0, 0], [0, 9]],
            **{
                f"{word} by {grouping}": np.zeros((4, 2))
                for word in ("eligible", "granted")
                for grouping in ("origin", "health")
            },
        }
    )
    rates = grant_rates(listed.curves, "camp", 90, 100 + FIVE)
    np.testing.assert_array_equal(rates, [4 / 8, 1 / 5, np.nan, 5 / 10])
    assert read("gap in grant rates by camp", listed) == 4 / 8 - 1 / 5
    assert read("gap in grant rates by sex", listed) is None  # men alone were eligible
    assert read("gap in grant rates by health", listed) is None


def test_a_cell_that_was_not_recorded_by_sex_has_no_gap_by_sex():
    plain = cell()
    del plain.curves["eligible by sex"], plain.curves["granted by sex"]
    assert read("gap in grant rates by sex", plain) is None


# --- Returns.


def test_returns_of_the_freed_fall_into_remitted_time_or_are_advanced():
    back = cell(returns_of_the_freed={99: 50, 100: 5, 300: 4}, returns_in_remitted_time={100: 2})
    assert read("returns in remitted time", back) == 2
    assert read("advanced returns", back) == 7


def test_return_risk_is_of_releases_in_the_sixty_months_from_that_of_the_first():
    tables = {f"{fate} after expiry": np.zeros((MONTHS, 60), np.int64) for fate in FATES}
    tables["at risk after expiry"][[3, 62], 0] = 50, 50  # April 2010 and March 2015
    tables["at risk after expiry"][[3, 62], 1:12] = 40
    tables["returned after expiry"][[3, 62], 0] = 4, 6
    tables["died after expiry"][[3, 62], 0] = 6, 4
    for month in (2, 63):
        tables["at risk after expiry"][month] = 1000
    risk = cell(beside=tables)
    assert read("risk of return within 1 year of expiry", risk) == pytest.approx(10 / 100)
    assert read("risk of return within 3 years of expiry", risk) is None
    assert read("risk of return within 1 year of release by decree", risk) is None


# --- The horizon.


def test_a_window_past_the_horizon_is_not_observed_and_never_zero():
    late = window(90, 100, 100 + FIVE - 1)
    values = measure_all(cell(100 + FIVE - 1), late)
    assert values["held on the eve"] == 0
    assert values["held 1 year after"] == 0
    assert {name for name, value in values.items() if value is not None} == {
        "held on the eve", "held 1 year after", "serving at home 1 year after",
    }  # fmt: skip


def test_five_years_may_end_with_the_last_day():
    days = 100 + FIVE
    values = measure_all(cell(days), window(90, 100, days))
    assert values["person-years in custody"] == 0
    assert values["mean stock"] == 0
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
    with pytest.raises(ScenarioError, match=r"yearly\.yaml:3: decrees: give 'measured from: DATE'"):
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
