"""The published reference results are what the code here makes."""

import csv
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.paper.macros import numbers_tex
from sim.paper.reading import TABLES
from sim.paper.results import read_results
from tests.cli.command import amnesty, files
from tests.paper.tools import need

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "results"
STUDIES = ("reference", "reference-70k", "ignorance", "backtest")
POLICIES = ("customary", "2015-anniversary", "2015-anniversary-few", "2019-surprise",
            "2020-anniversary", "2020-50-per-camp")  # fmt: skip
NOT_PUBLISHED = {"cells.csv"}
FORMATS = {".md": "markdown", ".tex": "latex"}
FROM_CSV = ("forest", "tornado", "waterfall", "exile")
"""Figures that need no store of cells."""


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("study", STUDIES)
def test_published_files_are_those_of_their_manifest(study):
    hashes = json.loads((RESULTS / study / "manifest.json").read_text("utf-8"))["files_sha256"]
    published = hashes.keys() - NOT_PUBLISHED
    assert len(published) >= 5
    for name in published:
        found = hashlib.sha256((RESULTS / study / name).read_bytes()).hexdigest()
        assert found == hashes[name], name


@pytest.mark.parametrize("study", STUDIES)
def test_manifests_name_no_machine_and_no_moment(study):
    manifest = json.loads((RESULTS / study / "manifest.json").read_text("utf-8"))
    assert not manifest.keys() & {"platform", "python", "seconds", "code"}
    assert manifest["finished"].endswith("T00:00:00+00:00")


def by_hand():
    """Rows of the table in results/README.md: by hand, simulated, and how far apart they may be."""
    stages = {
        (row["scenario"], row["clause"], row["stage"], row["group"]): float(row["mean"])
        for row in rows_of(RESULTS / "reference" / "waterfall.csv")
    }
    found = {
        (study, row["scenario"], row["measure"]): float(row["mean"])
        for study in ("reference", "reference-70k")
        for row in rows_of(RESULTS / study / "differences.csv")
        if row["baseline"] == "no-pardon" and row["mean"]
    }
    levels = {
        row["measure"]: float(row["mean"])
        for row in rows_of(RESULTS / "reference" / "estimates.csv")
        if (row["scenario"], row["measured_for"]) == ("no-pardon", "2020-anniversary")
    }
    (half_life,) = (
        float(row["half_life_days"])
        for row in rows_of(RESULTS / "reference" / "rebound.csv")
        if (row["scenario"], row["baseline"]) == ("2020-anniversary", "no-pardon")
    )

    def plan(stage, clause="(decree)", group="all", scenario="2020-anniversary"):
        return stages[scenario, clause, stage, group]

    def effect(measure, scenario="2020-anniversary", study="reference"):
        return found[study, scenario, measure]

    border = "border crossing and smuggling"
    averted = effect("person-years averted")
    return [
        (36_000 * 5, levels["person-years in custody"], 0.002),
        (36_000 * 5 * 0.06, levels["deaths in custody"], 0.005),
        (5 * 12 * 4 * 5, effect("freed by decree", "customary"), 0),
        (0.5 * plan("held", group="theft") + 0.3 * plan("held", group="fraud"),
         plan("meets this clause", "economic crime"), 0.005),
        (36_000 / 2, plan("held and named by sentence already reduced"), 0.005),
        (0.6 * plan("eligible", border), plan("recommended", border), 0.005),
        (0.9 * plan("recommended"), plan("approved"), 0.005),
        (plan("selected") - plan("expired waiting") - plan("died waiting"),
         effect("freed by decree"), 1e-9),
        (0.9 * plan("released", group="from Pyongyang"), effect("exiled"), 0.01),
        (11 * 50 + plan("approved") * 400 / 36_000,
         plan("selected", scenario="2020-50-per-camp"), 0.005),
        (plan("released") * half_life / math.log(2) / 365.25, averted, 0.1),
        (averted * (0.06 - 0.015), effect("deaths averted"), 0.1),
        (plan("released") * 70 / 36, effect("freed by decree", study="reference-70k"), 0.01),
    ]  # fmt: skip


def test_headlines_follow_from_the_arithmetic_of_the_readme():
    text = (RESULTS / "README.md").read_text("utf-8")
    table = [line for line in text.splitlines() if re.search(r"\| [\d,]+ \|$", line)]
    said = by_hand()
    assert len(table) == len(said)
    for line, (hand, simulated, apart) in zip(table, said, strict=True):
        assert hand == pytest.approx(simulated, rel=apart), line
        _, _, arithmetic, told, _ = line.split("|")
        assert told.strip() == f"{simulated:,.0f}", line
        assert re.search(rf"(?<![\d,]){hand:,.0f}\b", arithmetic) or hand == 180_000, line


def text_of_the_paper():
    source = (RESULTS / "paper" / "paper.tex").read_text("utf-8")
    return re.sub(r"(?m)^%.*\n", "", source)


def test_every_macro_of_the_paper_is_defined():
    numbers = numbers_tex(read_results(RESULTS / "reference"))
    defined = set(re.findall(r"\\newcommand\{\\(\w+)\}", numbers))
    defined |= set(re.findall(r"(?m)^(\w+) \S+/figures/", (RESULTS / "make").read_text("utf-8")))
    used = set(re.findall(r"\\([a-z]+[A-Z]\w*)", text_of_the_paper()))
    used = {name.removeprefix("caption") for name in used}
    assert len(used) > 15
    assert used <= defined, used - defined


def test_no_number_of_the_paper_is_typed_by_hand():
    text = text_of_the_paper().partition(r"\begin{document}")[2]
    text = re.sub(
        r"\\(cite|ref|label|input|includegraphics|emph|texttt)(\[[^]]*\])?\{[^}]*\}", "", text
    )
    text = re.sub(r"\\item\[.*?\]|\\setlength\{.*?\}\{.*?\}", "", text)
    # Years of pardons, the day to which they are moved, and the level of every interval.
    assert set(re.findall(r"\d+", text)) == {"2015", "2019", "2020", "9", "95"}


def test_the_same_study_has_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")
    made = []
    for name in ("one", "two"):
        done = amnesty("compare", *files("none", "short"), "--replications", 2, "--out",
                       tmp_path / name, "--quiet")  # fmt: skip
        assert done.exit_code == 0, done.stderr
        folder = tmp_path / name
        made.append({
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*") if path.suffix in (".csv", ".json", ".txt")
        })  # fmt: skip
    assert len(made[0]) > 8
    assert made[0] == made[1]


@pytest.mark.parametrize("text", ["soon", "", "1e9", "9" * 30])
def test_a_time_that_is_none_is_refused_before_anything_runs(text, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    done = amnesty("run", files("short")[0], "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert f"SOURCE_DATE_EPOCH: expected seconds since 1970; found {text!r}" in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.parametrize("study", ["reference", "reference-70k"])
def test_the_first_replication_is_the_published_one(study, tmp_path):
    world = ["--world", "dprk-70k.yaml"] if study.endswith("70k") else []
    baselines = ["--baseline", "no-pardon", *([] if world else ["--baseline", "customary"])]
    made = amnesty(
        "compare", "no-pardon.yaml", *(f"{policy}.yaml" for policy in POLICIES), *baselines,
        *world, "--align", "2020-10-09", "--replications", "1", "--seed", "2020", "--quiet",
        "--out", tmp_path / "study",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    published = rows_of(RESULTS / study / "first-replication.csv")
    assert len(published) > 500
    assert rows_of(tmp_path / "study" / "cells.csv") == published


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_published_tables_are_made_from_the_published_data(study):
    tables = sorted((RESULTS / study / "tables").iterdir())
    assert {path.stem for path in tables} <= set(TABLES)
    assert len(tables) >= (2 if study == "backtest" else 4)
    for path in tables:
        made = amnesty("table", RESULTS / study, path.stem, "--format", FORMATS[path.suffix])
        assert made.exit_code == 0, made.stderr
        assert made.stdout == path.read_text(encoding="utf-8"), path


@pytest.mark.slow
def test_published_figures_are_made_from_the_published_data(tmp_path):
    folder = RESULTS / "reference"
    for kind in FROM_CSV:
        made = amnesty("figure", folder, kind, "--format", "pdf", "--out", tmp_path)
        assert made.exit_code == 0, made.stderr
    made = sorted(tmp_path.iterdir())
    assert {path.name.partition("-")[0].partition(".")[0] for path in made} == set(FROM_CSV)
    for path in made:
        assert path.read_bytes() == (folder / "figures" / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_the_paper_is_made_from_what_is_published(tmp_path):
    need("pdflatex", "bibtex", "pdfinfo", "bash")
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copytree(
        RESULTS, tmp_path / "results",
        ignore=shutil.ignore_patterns("cells.*", "paper.pdf", "tables", "demo*"),
    )  # fmt: skip
    program = tmp_path / "amnesty"
    program.write_text(
        f"#!/bin/sh\nexec '{sys.executable}' -c 'from sim.cli import main; main()' \"$@\"\n"
    )
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", tmp_path / "results" / "make", "paper"], capture_output=True, text=True,
        env={**os.environ, "AMNESTY": str(program)}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    paper = tmp_path / "results" / "paper"
    log = (paper / "paper.log").read_text("utf-8", errors="replace")
    assert "undefined" not in log
    assert not [x for x in re.findall(r"Overfull \\hbox \((\d+)", log) if int(x) > 15]
    told = subprocess.run(["pdfinfo", paper / "paper.pdf"], capture_output=True, text=True).stdout
    (pages,) = re.findall(r"Pages: +(\d+)", told)
    assert 8 <= int(pages) <= 20
    if "TeX Live 2022" in log.splitlines()[0]:
        assert (paper / "paper.pdf").read_bytes() == (RESULTS / "paper" / "paper.pdf").read_bytes()
