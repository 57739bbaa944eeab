"""Results as rows, CSV and JSON: nothing lost in ten digits, nothing invented where unknown."""

import csv
import io
import json
from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.compare import compare
from sim.analysis.measures import MEASURE
from sim.custody.decrees.bench import places
from sim.paper import data
from sim.paper.folder import _places, files_of
from sim.paper.frames import frames
from sim.paper.report import tables_of
from sim.scenario.lengths import whole_days
from sim.scenario.load import load
from sim.scenario.occasions import last_release_day
from sim.study.execute import simulate, solved
from tests.cli.command import file

FILES = {
    "estimates.csv", "differences.csv", "rebound.csv", "waterfall.csv", "outcomes.csv",
    "assumptions.csv", "cells.csv", "stock.csv", "exile.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def found():
    scenarios = [load(file(name)) for name in ("none", "short", "halves")]
    return compare(scenarios, replications=3, seed=4, assumptions=2)


@pytest.fixture(scope="module")
def texts(found):
    return files_of(found, tables_of(found))


def read(tmp_path, text):
    path = tmp_path / "some.csv"
    path.write_text(text, encoding="utf-8")
    return data.read_csv(path)


# --- Numbers.


@given(st.floats(-1e300, 1e300, allow_subnormal=False) | st.integers(-(10**12), 10**12))
def test_ten_digits_come_back_from_csv_as_they_went(number):
    rounded = data.ten_digits(number)
    text = data._csv(rounded)
    assert (float(text) if isinstance(number, float) else int(text)) == rounded
    assert data.ten_digits(rounded) == rounded
    if isinstance(number, float):
        assert rounded == pytest.approx(number, rel=1e-9, abs=0)


def test_what_is_no_number_in_csv():
    written = [data._csv(x) for x in (None, True, False, "a, b", 3)]
    assert written == ["", "true", "false", "a, b", "3"]
    assert data._csv(data.ten_digits(-0.0)) == "0"


def test_no_rows_make_no_text():
    assert data.csv_text([]) == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_texts_survive_csv(text):
    [row] = csv.DictReader(io.StringIO(data.csv_text([{"a": text, "b": 1}]), newline=""))
    assert (row["a"], row["b"]) == (text, "1")


# --- Files.


def test_a_comparison_has_every_file(texts):
    assert set(texts) == FILES | {
        "scenarios/none.json", "scenarios/short.json", "scenarios/halves.json",
        "effects-none.txt", "rests-on-short.txt",
    }  # fmt: skip


def test_differences_survive_the_round_trip(found, texts, tmp_path):
    rows = read(tmp_path, texts["differences.csv"])
    assert len(rows) == len(found.differences)
    names = {MEASURE[m].difference_name: m for m in MEASURE}
    for row in rows:
        d = found.differences[row["scenario"], row["baseline"], names[row["measure"]]]
        for key, value in asdict(d.estimate).items():
            assert float(row[key]) == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert row["constant"] == ("true" if d.constant else "false")
        for key in ("p_adjusted", "pairing_gain", "low_simultaneous", "baseline_mean"):
            value = getattr(d, key)
            read_back = None if row[key] == "" else float(row[key])
            assert read_back == (None if value is None else pytest.approx(value, rel=1e-9))


def test_cells_survive_the_round_trip_and_bear_their_addresses(found, texts, tmp_path):
    rows = read(tmp_path, texts["cells.csv"])
    assert len(rows) == len(found.outcomes) * 3 * len(found.windows) * len(MEASURE)
    for row in rows:
        outcomes, number = found.outcomes[row["scenario"]], int(row["replication"])
        value = outcomes.values[row["measured_for"]][row["measure"]][number]
        assert row["address"] == outcomes.addresses[number]
        assert (float(row["value"]) if row["value"] else None) == (
            None if np.isnan(value) else pytest.approx(value, rel=1e-9)
        )


def test_months_remitted_are_empty_where_nobody_was_freed(texts, tmp_path):
    measure = "months remitted per person freed"
    rows = read(tmp_path, texts["cells.csv"])
    assert {r["value"] for r in rows if (r["scenario"], r["measure"]) == ("none", measure)} == {""}


def test_the_rebound_is_that_of_the_mean_stock(found, texts, tmp_path):
    rows = {row["scenario"]: row for row in read(tmp_path, texts["rebound.csv"])}
    assert set(rows) == {"short", "halves"}
    for name, row in rows.items():
        origin = found.windows[name].origin_day
        stock = {s: found.outcomes[s].mean_stock for s in ("none", name)}
        year = whole_days(1, "year")
        last = last_release_day(found.scenario(name))
        gap = {day: stock["none"][day] - stock[name][day] for day in (last, origin + year)}
        assert float(row["initial_gap"]) == pytest.approx(gap[last])
        assert float(row["left_after_1_years"]) == pytest.approx(gap[origin + year] / gap[last])


def test_per_cent_are_of_the_baseline(texts, tmp_path):
    for row in read(tmp_path, texts["differences.csv"]):
        if row["percent"]:
            share = 100 * float(row["mean"]) / float(row["baseline_mean"])
            assert float(row["percent"]) == pytest.approx(share)
        else:
            assert float(row["baseline_mean"]) == 0


def test_the_waterfall_adds_up(texts, tmp_path):
    rows = read(tmp_path, texts["waterfall.csv"])
    means = {(r["scenario"], r["decree"], r["clause"], r["stage"], r["group"]): float(r["mean"])
             for r in rows}  # fmt: skip

    def mean(stage, clause="(decree)", group="all"):
        return means["short", "jubilee", clause, stage, group]

    assert mean("meets a clause") == pytest.approx(mean("barred") + mean("eligible"))
    clauses = ("short sentence", "half served")
    assert mean("eligible") == pytest.approx(sum(mean("eligible", c) for c in clauses))
    assert mean("held") == pytest.approx(
        sum(mean("held", group=offence) for offence in ("theft", "robbery"))
    )
    assert mean("barred by robbers", group="theft") == 0


def test_the_waterfall_and_the_effects_free_the_same_people(found, texts, tmp_path):
    [released] = [float(r["mean"]) for r in read(tmp_path, texts["waterfall.csv"])
                  if (r["scenario"], r["clause"], r["stage"], r["group"])
                  == ("short", "(decree)", "released", "all")]  # fmt: skip
    freed = found.estimates["short", "short", "freed by decree"].mean
    assert released == pytest.approx(freed, rel=1e-9)


def test_stock_is_given_on_the_first_of_every_month(found, texts, tmp_path):
    rows = [r for r in read(tmp_path, texts["stock.csv"]) if r["scenario"] == "short"]
    days = [r["day"] for r in rows]
    assert (days[0], days[-1], len(days)) == ("2010-01-01", "2017-12-01", 96)
    series = [simulate(found.scenario("short"), seed=4, replication=k).series["stock"]
              for k in range(3)]  # fmt: skip
    day = (date(2013, 3, 1) - date(2010, 1, 1)).days
    expected = sum(int(s[day]) for s in series) / 3
    assert float(rows[days.index("2013-03-01")]["mean"]) == pytest.approx(expected)


def test_months_begin_after_a_start_within_a_month():
    scenario = load(file("none"))
    world = scenario.world.model_copy(update={"start": date(2010, 12, 2)})
    moved = replace(scenario, document=scenario.document.model_copy(update={"world": world}))
    assert data._months(moved, 3) == ["2011-01-01", "2011-02-01", "2011-03-01"]


def test_exile_names_the_places_to_which_people_were_sent(found, texts, tmp_path):
    rows = read(tmp_path, texts["exile.csv"])
    assert {r["place"] for r in rows} <= {"coast", "islands", "Pyongyang"}
    total = sum(float(r["mean"]) for r in rows if r["scenario"] == "short")
    assert total == pytest.approx(found.estimates["short", "short", "exiled"].mean)
    assert {r["scenario"] for r in rows} == {"short"}


def test_places_of_the_files_are_those_of_the_model():
    scenario = load(file("short"))
    assert _places(scenario) == places(solved(scenario))


def test_reported_outcomes_are_passed_on(texts, tmp_path):
    assert read(tmp_path, texts["outcomes.csv"]) == [{
        "scenario": "short", "decree": "jubilee", "stage": "released", "value": "25",
        "low": "20", "high": "40", "unit": "persons", "grade": "C", "source": "assumption",
        "note": "as retold",
    }]  # fmt: skip


def test_resolved_scenarios_hold_the_whole_merged_file(found, texts):
    resolved = json.loads(texts["scenarios/short.json"])
    assert resolved["decrees"]["jubilee"]["ordered"] == "2011-05-02"
    assert resolved["world"]["held"]["value"] == 200


# --- JSON and frames.


def test_json_holds_what_the_files_hold_and_no_estimate_of_the_unobserved():
    scenarios = [load(file(name)) for name in ("none", "halves")]
    late = compare(scenarios, replications=2, align=date(2016, 6, 1))
    told = data.as_json(late, {"seed": 1})
    measures = {d["measure"] for d in told["differences"]}
    assert measures == {
        f"{what} {when}"
        for what in ("held", "occupancy")
        for when in ("on the eve", "1 year after")
    } | {"serving at home 1 year after"}
    for scenario in told["scenarios"]:
        assert {e["measure"] for e in scenario["estimates"]} == measures
    json.dumps(told, allow_nan=False)


def test_frames_have_the_names_and_columns_of_the_files(found, texts):
    for name, frame in frames(found).items():
        header = texts[f"{name}.csv"].splitlines()[0]
        assert header.split(",") == list(frame.columns), name
        assert len(frame) == len(texts[f"{name}.csv"].splitlines()) - 1
