"""Cells leave for other programs as they are in the store."""

import numpy as np
import pandas as pd
import pytest

from sim.paper.export import export
from sim.paper.folder import SaveError
from sim.scenario.load import load
from sim.study.cells import Point, Wanted
from sim.study.database import DamagedError
from sim.study.execute import simulate
from sim.study.study import Ask, Study
from tests.cli.command import amnesty, file

NAMES = ("none", "short")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study of four cells, of which one is not there yet."""
    place = tmp_path_factory.mktemp("study")
    points = [Point(name, load(file(name))) for name in NAMES]
    with Study(place) as study:
        study.compute([Ask(points[0], 2), Ask(points[1], 1)], 3)
        study.store.describe(points, [Wanted(p.label, p.key, 3, 2) for p in points])
    return place


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_series_and_waterfalls_are_those_of_the_cells(folder, tmp_path, form):
    export(folder, tmp_path, form)
    read = pd.read_csv if form == "csv" else pd.read_parquet
    days, falls = read(tmp_path / f"series.{form}"), read(tmp_path / f"waterfall.{form}")
    assert sorted({*zip(days.scenario, days.replication, strict=True)}) == [
        ("none", 0), ("none", 1), ("short", 0),
    ]  # fmt: skip
    record = simulate(load(file("short")), seed=3, replication=0)
    ours = days[days.scenario == "short"]
    assert str(pd.to_datetime(ours.date.iloc[0]).date()) == "2010-01-01"
    for name, counts in record.series.items():
        np.testing.assert_array_equal(ours[name].to_numpy(), counts, err_msg=name)
    wanted = {(*stage, group): int(n) for stage, counts in record.waterfalls.items()
              for group, n in zip(record.groups, counts, strict=True)}  # fmt: skip
    keys = zip(falls.decree, falls.clause, falls.stage, falls.group, strict=True)
    assert dict(zip(keys, falls["count"], strict=True)) == wanted


def test_every_column_is_in_the_dictionary(folder, tmp_path):
    export(folder, tmp_path, "csv")
    known = pd.read_csv(tmp_path / "export-dictionary.csv", keep_default_na=False)
    for name in ("series", "waterfall"):
        columns = pd.read_csv(tmp_path / f"{name}.csv", nrows=1).columns
        assert list(known[known.file == name].column) == list(columns)
    assert all(known.meaning)


def test_chosen_series_alone(folder, tmp_path):
    export(folder, tmp_path, "csv", ["returns", "stock"])
    assert list(pd.read_csv(tmp_path / "series.csv", nrows=1).columns) == [
        "scenario", "replication", "date", "returns", "stock",
    ]  # fmt: skip


def test_what_is_wrong_is_told_and_nothing_written(folder, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="no series 'stok': expected one of stock,"):
        export(folder, out, "csv", ["stok"])
    with pytest.raises(DamagedError, match="holds no study"):
        export(tmp_path, out, "csv")
    assert not out.exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SaveError, match="not all was exported"):
        export(folder, tmp_path / "file", "csv")


def test_the_command(folder, tmp_path):
    done = amnesty("export", folder, "--out", tmp_path, "--series", "stock")
    assert done.exit_code == 0
    assert done.stdout.split() == [
        str(tmp_path / name) for name in ("series.csv", "waterfall.csv", "export-dictionary.csv")
    ]
    wrong = amnesty("export", folder, "--out", tmp_path, "--format", "xls")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr == "--format: no format 'xls'; expected one of csv, parquet\n"
    wrong = amnesty("export", folder, "--out", tmp_path, "--series", "stok")
    assert (wrong.exit_code, wrong.stderr.startswith("--series: no series 'stok'")) == (2, True)
