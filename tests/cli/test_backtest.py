"""`amnesty backtest` as users call it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.command import amnesty, changed
from tests.scenario.test_reports import TEXT, written

FEW = ("--draws", "8", "--replications", "1", "--quiet", "--workers", "1")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backtest")
    path = written(folder)
    result = amnesty("backtest", path, *FEW, "--out", folder / "out")
    return path, folder / "out", result


@pytest.mark.slow
def test_scores_are_printed_and_the_status_is_0(run):
    _, _, result = run
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    for words in ("JUBILEE", "freed in the north", "percentile", "Reports that are not compared",
                  "nobody knows which gate", "post hoc: chosen because it fits",
                  "conflicts with “freed in the north”", "conflicts with “freed”",
                  "2 reports of 2 outlets (The Gazette, The Herald)",
                  "Nothing is fitted", "8 draws"):  # fmt: skip
        assert words in text, words


@pytest.mark.slow
def test_the_folder_has_the_same_numbers_in_every_format(run):
    _, out, result = run
    text = (out / "backtest.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert [row["reading"] == "not compared" for row in rows] == [False] * 4 + [True]
    for form in ("text", "latex", "markdown", "csv", "html"):
        table = amnesty("table", out, "backtest", "--format", form)
        assert table.exit_code == 0, table.stderr
        assert rows[0]["report"] in table.stdout
        assert f"{float(rows[0]['percentile']):.1f}" in table.stdout
    saved = amnesty("table", out, "backtest")
    assert saved.stdout.strip() == result.stdout.strip()
    meanings = (out / "data-dictionary.csv").read_text(encoding="utf-8")
    assert "percentile_high" in meanings


@pytest.mark.slow
def test_a_run_goes_on_and_verifies(run):
    path, out, result = run
    again = amnesty("backtest", path, *FEW, "--out", out)
    assert again.stdout == result.stdout
    assert "0 computed" in again.stderr
    checked = amnesty("verify", out, "--cells", "2")
    assert checked.exit_code == 0, checked.stderr


@pytest.mark.slow
def test_json_has_the_rows_and_the_manifest(run):
    path, out, _ = run
    result = amnesty("backtest", path, *FEW, "--out", out, "--json")
    told = json.loads(result.stdout)
    assert set(told) == {"rows", "manifest"}
    assert told["manifest"]["kind"] == "backtest"
    assert told["manifest"]["draws"] == 8
    scored = [row for row in told["rows"] if row["reading"] != "not compared"]
    assert all(0 <= row["percentile"] <= 100 for row in scored)
    assert {row["post_hoc"] for row in scored} == {"", "chosen because it fits"}


def test_wrong_input_leaves_no_trace(tmp_path):
    path = written(tmp_path, TEXT.replace("short.yaml", "shorter.yaml"))
    result = amnesty("backtest", path, *FEW, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "shorter.yaml" in result.stderr
    assert not (tmp_path / "out").exists()
    scenario = amnesty("backtest", tmp_path / "halves.yaml", *FEW)
    assert scenario.exit_code == 2


def test_nothing_alike_is_told(tmp_path):
    text = TEXT.replace(
        "        outlet: The", "        not compared: why not\n        outlet: The", 2
    )
    result = amnesty("backtest", written(tmp_path, text), *FEW, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "nothing to compare" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_check_and_explain_know_reports(run):
    path, _, _ = run
    assert "in order" in amnesty("check", path).stdout
    told = " ".join(amnesty("explain", path).stdout.split())
    assert "The Gazette told of 20 persons (15 to 30 is held possible) released at north" in told
    assert amnesty("run", path).exit_code == 2


def test_files_of_one_name_or_with_scenarios_of_one_name_are_refused(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        written(folder)
    same = amnesty("backtest", one / "reports.yaml", other / "reports.yaml", *FEW)
    assert same.exit_code == 2
    assert "two files are called 'reports'" in same.stderr
    changed(other, "short", "20 days from listing", "21 days from listing")
    (other / "reports.yaml").rename(other / "more.yaml")
    unlike = amnesty("backtest", one / "reports.yaml", other / "more.yaml", *FEW)
    assert unlike.exit_code == 2
    assert "two scenarios are called 'prisons short'" in unlike.stderr


@pytest.mark.slow
def test_several_files_stand_in_one_table(run):
    path, _, _ = run
    more = path.with_name("more.yaml")
    text = TEXT[: TEXT.index("      fitted:")] + TEXT[TEXT.index("    reports:") :]
    more.write_text(text, encoding="utf-8")
    alone = json.loads(amnesty("backtest", path, *FEW, "--json").stdout)["rows"]
    result = amnesty("backtest", path, more, *FEW)
    assert "REPORTS: JUBILEE" in result.stdout
    assert "MORE: JUBILEE" in result.stdout
    assert "4 reports of 2 outlets" in " ".join(result.stdout.split())
    both = json.loads(amnesty("backtest", path, more, *FEW, "--json").stdout)["rows"]
    assert [row for row in both if row["reports"] == "reports"] == alone
