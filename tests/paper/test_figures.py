"""Figures from the folder of a study alone: their numbers, their bytes, and what they refuse."""

import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
from itertools import pairwise

import numpy as np
import pytest

from sim.paper.data import read_csv
from sim.paper.figures.drawing import KINDS, Choice, draw, pictures_of
from sim.paper.figures.look import COLOURS, STYLES, pens
from sim.paper.figures.saving import drawn
from sim.paper.figures.waterfall import fall_of
from sim.paper.folder import FolderError
from sim.paper.source import NothingToDraw
from sim.paper.table import GUARD
from tests.cli.command import amnesty, files, program
from tests.paper.compiled import compiles
from tests.paper.tools import need

HELD = "held 1 year after"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "run"
    done = amnesty("compare", *files("none", "short", "halves"), "--replications", 4, "--seed", 4,
                   "--assumptions", 2, "--workers", 1, "--out", folder, "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pictures(study):
    found = pictures_of(study)
    assert not found.missing
    return {picture.name: picture for picture in found.pictures}


def numbers(picture):
    return list(csv.DictReader(io.StringIO(picture.numbers)))


def saved(study, name):
    return read_csv(study / name)


# --- The numbers are those of the tables.


def test_every_kind_is_drawn_from_a_comparison(pictures):
    assert {picture.kind for picture in pictures.values()} == set(KINDS)
    assert all(picture.rows and picture.caption.endswith(GUARD) for picture in pictures.values())


def test_the_stock_is_that_of_the_data_files(study, pictures):
    drawn_rows = {(r["scenario"], r["day"]): r for r in numbers(pictures["stock"])}
    shared = [r for r in saved(study, "stock.csv") if (r["scenario"], r["day"]) in drawn_rows]
    assert len(shared) > 20
    for row in shared:
        ours = drawn_rows[row["scenario"], row["day"]]
        for key in ("mean", "low", "high", "p2_5", "p97_5"):
            assert float(ours[key]) == pytest.approx(float(row[key]), rel=1e-9), row


def test_the_gap_one_year_after_is_the_difference_of_the_table(study, pictures):
    wanted = {r["scenario"]: r for r in saved(study, "differences.csv") if r["measure"] == HELD}
    drawn_rows = {(r["scenario"], r["day"]): r for r in numbers(pictures["gap-none"])}
    days = {day for _, day in drawn_rows}
    seen = 0
    for policy, row in wanted.items():
        if row["day"] in days:
            seen += 1
            ours = drawn_rows[policy, row["day"]]
            assert float(ours["mean"]) == pytest.approx(-float(row["mean"]), rel=1e-9)
            assert float(ours["low"]) == pytest.approx(-float(row["high"]), rel=1e-9)
            assert float(ours["p97_5"]) == pytest.approx(-float(row["p2_5"]), rel=1e-9)
    assert seen


def test_ends_of_assumptions_are_those_of_the_one_at_a_time_runs(study, pictures):
    rows = [r for r in saved(study, "assumptions.csv")
            if (r["scenario"], r["measure"]) == ("short", HELD)]  # fmt: skip
    ends = [float(r["mean"]) for r in rows]
    drawn_rows = [r for r in numbers(pictures["gap-none"])
                  if r["scenario"] == "short" and r["assumptions_low"]]  # fmt: skip
    assert drawn_rows
    assert all(float(r["assumptions_low"]) <= float(r["assumptions_high"]) for r in drawn_rows)
    tornado = numbers(pictures["tornado-short"])
    assert {float(r["mean"]) for r in tornado} <= set(ends)
    assert float(tornado[0]["central"]) == ends[0]
    day = saved(study, "differences.csv")
    day = next(r["day"] for r in day if (r["scenario"], r["measure"]) == ("short", HELD))
    on = [
        r for r in drawn_rows if abs(np.datetime64(r["day"]) - np.datetime64(day)).astype(int) < 4
    ]
    low, high = -max(ends), -min(ends)
    assert float(on[0]["assumptions_low"]) == pytest.approx(low, abs=3)
    assert float(on[0]["assumptions_high"]) == pytest.approx(high, abs=3)


def test_bars_of_the_tornado_come_widest_first(pictures):
    widths = {}
    for row in numbers(pictures["tornado-short"]):
        ends = widths.setdefault(row["assumption"], [float(row["central"])])
        ends.append(float(row["mean"]))
    sizes = [max(ends) - min(ends) for ends in widths.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 4


def test_the_forest_has_every_headline_difference(study, pictures):
    saved_rows = {(r["scenario"], r["measure"]): r for r in saved(study, "differences.csv")
                  if r["baseline"] == "none"}  # fmt: skip
    rows = numbers(pictures["forest-none"])
    assert len(rows) == 10
    for row in rows:
        assert row["mean"] == saved_rows[row["label"], row["measure"]]["mean"]


def test_the_waterfall_loses_nobody_unseen(study, pictures):
    rows = numbers(pictures["waterfall-short-jubilee"])
    sizes = {row["bar"]: float(row["persons"]) for row in rows}
    assert rows[0]["bar"] == "meet a clause"
    lost = sum(float(row["persons"]) for row in rows if row["kind"] == "loss")
    assert sizes["meet a clause"] - lost == pytest.approx(sizes["released"])
    for row, after in pairwise(rows):
        if after["kind"] == "loss":
            hangs_from = row["from"] if row["kind"] == "loss" else row["to"]
            assert float(after["to"]) == pytest.approx(float(hangs_from))


def test_those_barred_for_several_reasons_stand_once():
    means = {"held": 100, "meets a clause": 50, "barred": 20, "barred by a": 15, "barred by b": 12,
             "barred only by a": 8, "barred only by b": 5, "eligible": 30, "recommended": 30,
             "approved": 30, "selected": 10, "granted": 9, "expired waiting": 1, "reduced": 4,
             "released": 5}  # fmt: skip
    bars = {bar.label: (bar.low, bar.high) for bar in fall_of(means, []).bars}
    assert bars["barred: a"] == (42, 50)
    assert bars["barred: b"] == (37, 42)
    assert bars["barred for several reasons"] == (30, 37)
    assert bars["beyond the cap"] == (10, 30)
    assert bars["term ran out while waiting"] == (9, 10)
    assert "not recommended" not in bars
    assert bars["term reduced"] == (0, 4)
    assert not fall_of({"held": 10, "meets a clause": 0, "released": 0}, []).bars


def test_incidence_at_a_year_is_the_risk_of_the_table(study, pictures):
    estimates = {(r["scenario"], r["measure"]): r for r in saved(study, "estimates.csv")}
    rows = [r for r in numbers(pictures["incidence"]) if r["measure"] == "returned to custody"]
    seen = 0
    for row in rows:
        words = "release by decree" if row["release"] == "decree" else "expiry"
        years = int(row["months"]) / 12
        name = f"risk of return within {years:.0f} year{'s' if years > 1 else ''} of {words}"
        if years in (1, 3, 5) and row["scenario"] == "short":
            seen += 1
            wanted = float(estimates["short", name]["mean"])
            assert float(row["mean"]) == pytest.approx(100 * wanted, rel=1e-9)
    assert seen


def test_the_running_mean_ends_at_the_estimate(study, pictures):
    wanted = {r["scenario"]: r for r in saved(study, "differences.csv") if r["measure"] == HELD}
    last = {r["scenario"]: r for r in numbers(pictures["running-mean-none"])}
    assert set(last) == {"short", "halves"}
    for policy, row in last.items():
        assert row["replications"] == "4"
        for key in ("mean", "low", "high"):
            assert float(row[key]) == pytest.approx(float(wanted[policy][key]), rel=1e-9)


def test_exile_is_that_of_the_data_file(study, pictures):
    assert numbers(pictures["exile"]) == saved(study, "exile.csv")


# --- The drawing.


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_files_are_equal_byte_by_byte(study, form, pictures):
    (again,) = pictures_of(study, "tornado").pictures
    first = drawn(pictures["tornado-short"], form, STYLES["single"])
    assert first == drawn(again, form, STYLES["single"])


@pytest.mark.slow
def test_every_file_is_equal_byte_by_byte_in_another_process(study, tmp_path):
    draw(study, out=tmp_path / "one")
    done = program(["figure", study, "--out", tmp_path / "two"], TZ="Asia/Seoul", LANG="C")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) == 6 * len(pictures_of(study).pictures)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_settings_of_the_user_change_nothing(pictures):
    import matplotlib

    plain = drawn(pictures["exile"], "svg", STYLES["double"])
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.grid": True}):
        assert drawn(pictures["exile"], "svg", STYLES["double"]) == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_every_figure_is_as_wide_as_its_style_and_carries_the_guard(pictures):
    for look in STYLES.values():
        text = drawn(pictures["exile"], "svg", look).decode()
        points = float(re.search(r'width="([\d.]+)pt"', text)[1])
        assert points == pytest.approx(look.width_mm / 25.4 * 72, rel=1e-4)
    for picture in pictures.values():
        assert picture.paint(STYLES["single"]).figure.get_supxlabel() == GUARD


def test_colours_of_neighbours_differ_in_dashes_and_markers_too():
    found = pens(("none",), [f"policy {i}" for i in range(12)])
    assert found["none"].colour == "#000000"
    kinds = {(pen.colour, pen.dashes) for pen in found.values()}
    assert len(kinds) == 13
    six = [found[f"policy {i}"] for i in range(6)]
    assert len({pen.dashes for pen in six}) == len({pen.marker for pen in six}) == 6
    assert "#F0E442" not in COLOURS  # yellow, which white paper swallows


def test_names_that_no_shipped_typeface_has_are_drawn_all_the_same(study, tmp_path):
    folder = shutil.copytree(study, tmp_path / "korean")
    rows = (folder / "waterfall.csv").read_text(encoding="utf-8")
    (folder / "waterfall.csv").write_text(rows.replace("jubilee", "대사면/70%"), encoding="utf-8")
    written, _ = draw(folder, "waterfall", formats=["svg"], choice=Choice(("short",)))
    assert written[0].name == "waterfall-short-대사면-70.svg"


# --- What a folder lacks.


def test_a_figure_that_the_folder_does_not_allow_is_refused_and_left_out_of_all(tmp_path):
    folder = tmp_path / "one"
    amnesty("run", *files("none"), "--replications", 1, "--workers", 1, "--out", folder, "--quiet")
    for kind in ("gap", "forest", "tornado", "waterfall", "exile", "running-mean"):
        done = amnesty("figure", folder, kind)
        assert done.exit_code == 2, kind
        assert str(folder) in done.stderr
    done = amnesty("figure", folder, "--format", "svg")
    assert done.exit_code == 0
    assert (folder / "figures/stock.svg").is_file()
    assert "no tornado: " in done.stderr
    assert not list((folder / "figures").glob("gap*"))


def test_without_cells_the_other_figures_are_drawn(study, tmp_path):
    folder = shutil.copytree(study, tmp_path / "shared")
    (folder / "cells.sqlite").unlink()
    found = pictures_of(folder)
    assert set(found.missing) == {"stock", "gap", "incidence"}
    with pytest.raises(NothingToDraw, match="holds no cells"):
        pictures_of(folder, "stock")


def test_cells_of_another_command_are_not_taken_for_the_runs(study, tmp_path):
    folder = shutil.copytree(study, tmp_path / "other")
    with sqlite3.connect(folder / "cells.sqlite") as data:
        data.execute("DELETE FROM cell WHERE replication = 3")
    with pytest.raises(NothingToDraw, match="lacks cells of none"):
        pictures_of(folder, "stock")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pie"], "no kind of figure 'pie'"),
        (["stock", "--style", "doubel"], "did you mean 'double'"),
        (["stock", "--format", "pdf,jpg"], "no format 'jpg'"),
        (["stock", "--scenarios", "shrot"], "did you mean 'short'"),
        (["gap", "--baseline", "short"], "expected"),
        (["forest", "--measures", "held 1 yaer after"], "did you mean 'held 1 year after'"),
    ],
)
def test_wrong_words_are_told(study, words, told):
    done = amnesty("figure", study, *words)
    assert done.exit_code == 2
    assert told in done.stderr


def test_no_study_and_damaged_files_are_told(study, tmp_path):
    assert amnesty("figure", tmp_path).exit_code == 2
    folder = shutil.copytree(study, tmp_path / "damaged")
    (folder / "exile.csv").write_text("scenario\n\0", encoding="utf-8")
    assert amnesty("figure", folder, "exile").exit_code == 2
    (folder / "scenarios/short.json").write_text("{", encoding="utf-8")
    done = amnesty("figure", folder, "stock")
    assert done.exit_code == 2
    assert "damaged" in done.stderr


def test_measures_scenarios_and_a_place_can_be_chosen(study, tmp_path):
    done = amnesty("figure", study, "running-mean", "--measures", "freed by decree,exiled",
                   "--scenarios", "short.yaml", "--format", "png", "--out", tmp_path)  # fmt: skip
    assert done.exit_code == 0, done.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        f"running-mean-none-{measure}.{ending}"
        for measure in ("exiled", "freed-by-decree")
        for ending in ("csv", "png", "txt")
    ]
    found = pictures_of(study, "forest", Choice(("halves",), "none", ("exiled",)))
    assert [row["label"] for row in found.pictures[0].rows] == ["halves"]


@pytest.mark.parametrize(("style", "kind"), [("single", "figure"), ("double", "figure*")])
def test_a_figure_is_taken_in_by_latex_with_its_whole_caption(study, tmp_path, style, kind):
    need("pdflatex", "pdftotext")
    draw(study, "gap", out=tmp_path / "plates", style=style, formats=["pdf"])
    text = (tmp_path / "plates" / "gap-none.tex").read_text(encoding="utf-8")
    assert text.startswith(f"\\begin{{{kind}}}")
    assert "\\label{fig:gap-none}" in text
    compiles(
        "pdflatex",
        "\\documentclass[twocolumn]{article}\\usepackage{graphicx}\\graphicspath{{plates/}}\n"
        "\\begin{document}\\input{plates/gap-none}\\end{document}\n",
        tmp_path,
    )
    read = subprocess.run(["pdftotext", "t.pdf", "-"], cwd=tmp_path, capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    assert GUARD in " ".join(read.replace("-\n", "").split())  # the last words, after a per cent


def test_a_figure_without_pdf_has_no_latex(study, tmp_path):
    written, _ = draw(study, "gap", out=tmp_path, formats=["png"])
    assert [path.suffix for path in written] == [".png", ".csv", ".txt"]


@pytest.mark.slow
def test_draws_and_sweeps_have_their_figures(tmp_path):
    drawn_study, swept = tmp_path / "draws", tmp_path / "sweep"
    done = amnesty("sensitivity", *files("short"), "--draws", 8, "--replications", 2, "--workers",
                   1, "--out", drawn_study, "--quiet", "--only", "held",
                   "--only", "drive")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    found = pictures_of(drawn_study)
    assert {"stock", "gap", "tornado", "incidence"} == {p.kind for p in found.pictures}
    stock = next(p for p in found.pictures if p.kind == "stock")
    policy = [r for r in numbers(stock) if r["scenario"] == "short"]
    assert all(r["assumptions_low"] for r in policy)
    done = amnesty("sweep", *files("short"), "--vary", "decrees.jubilee.cap=none,5 in all",
                   "--replications", 2, "--workers", 1, "--out", swept, "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    (forest,) = pictures_of(swept).pictures
    assert {row["label"] for row in numbers(forest)} >= {"no cap", "cap 5 in all"}


def test_matplotlib_that_is_missing_is_told(study, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    done = amnesty("figure", study, "exile")
    assert done.exit_code == 2
    assert "amnesty-sim[figures]" in done.stderr


def test_verify_still_holds_with_figures_in_the_folder(study, tmp_path):
    folder = shutil.copytree(study, tmp_path / "whole")
    draw(folder, "exile", formats=["svg"])
    done = amnesty("verify", folder, "--cells", 1)
    assert done.exit_code == 0, done.stderr
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["kind"]


def test_a_folder_that_cannot_be_written_to_is_told(study, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = amnesty("figure", study, "exile", "--out", tmp_path / "file" / "inside")
    assert done.exit_code == 1
    with pytest.raises(FolderError):
        draw(tmp_path / "nowhere")
