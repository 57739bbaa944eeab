"""A referee finds what was changed, and nothing where nothing was."""

import hashlib
import json
import re
import shutil

import pytest

from sim.paper.manifest import MANIFEST
from sim.paper.verify import verify
from sim.study.cells import Packed
from sim.study.packing import pack
from sim.study.store import FILE, Store
from tests.cli.command import amnesty, copies, files
from tests.scenario.test_reports import written

COMMANDS = {
    "comparison": ["compare", *files("none", "yearly", "short"), "--align", "2012-10-09",
                   "--replications", 3, "--assumptions", 1],
    "run": ["run", files("short")[0], "--replications", 2],
    "sweep": ["sweep", files("short")[0], "--vary", "world.held=150,250", "--replications", 2],
    "caps": ["sweep", files("short")[0], "--vary", "decrees.jubilee.cap=2 per camp,5 per camp",
             "--baseline", files("yearly")[0], "--replications", 2],
    "draws": ["sensitivity", *files("short", "halves"), "--draws", 8, "--replications", 2,
              "--rows", 5, "--align", "2012-10-09"],
    "few draws": ["sensitivity", files("short")[0], "--draws", 8, "--replications", 1,
                  "--only", "world.held", "--only", "arrest drive", "--design", "sobol"],
    "back test": ["backtest", "reports.yaml", "--draws", 8, "--replications", 1],
    "clauses": ["attribute", files("short")[0], "--replications", 2],
}  # fmt: skip


SLOW = ("sweep", "caps", "draws", "few draws", "back test", "clauses")
KINDS = [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in COMMANDS]


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    place = tmp_path_factory.mktemp("studies")

    def made(name):
        if not (place / name).exists():
            words = [written(place) if w == "reports.yaml" else w for w in COMMANDS[name]]
            done = amnesty(*words, "--out", place / name)
            assert done.exit_code == 0, done.stderr
        return place / name

    return made


@pytest.fixture
def study(studied, tmp_path):
    return shutil.copytree(studied("comparison"), tmp_path / "study")


def changed_cell(folder, number, change):
    """Change the counts of one stored cell, checksum and all; return what it is called."""
    with Store(folder / FILE) as store:
        wanted = store.wanted()[number]
        key = sorted(k for k in store.there() if k.point == wanted.point)[0]
        summary = store.summary(key, wanted.label)
        world, tables = next(iter(store.tables().items()))  # one world alone
        store.add([Packed(key, summary.address, world, tables, change(summary))])
    return f"the cell of {wanted.label}, replication {key.replication}, seed {key.seed}"


def one_more(summary):
    counts = summary.series["stock"].copy()
    counts[700] += 1
    return pack(type(summary)(**{**vars(summary), "series": {**summary.series, "stock": counts}}))


@pytest.mark.parametrize("name", KINDS)
def test_an_untouched_study_holds(studied, name):
    done = amnesty("verify", studied(name), "--cells", 100)
    assert done.exit_code == 0, done.stderr
    assert "cells run again are equal" in done.stdout


def test_one_number_in_the_store_is_found_and_its_cell_named(study):
    name = changed_cell(study, 2, one_more)
    done = amnesty("verify", study, "--cells", 1000)
    assert done.exit_code == 3
    assert f"{name}: stock differ" in done.stderr


def test_a_flipped_byte_in_the_store_is_found_and_its_cell_named(study):
    with Store(study / FILE, read_only=True) as store:
        key, _, _, packed = next(iter(store._rows()))
        label = next(w.label for w in store.wanted() if w.point == key.point)
    raw = bytearray((study / FILE).read_bytes())
    raw[bytes(raw).index(packed[:40]) + 35] ^= 4
    (study / FILE).write_bytes(raw)
    found = verify(study, 0, 1)
    assert any(f"the cell of {label}, replication {key.replication}" in b for b in found.broken)


def test_a_cell_of_other_counts_is_seen_in_what_follows_from_it(study):
    def fewer_people(summary):
        series = {name: counts.copy() for name, counts in summary.series.items()}
        series["stock"][:] -= 5
        return pack(type(summary)(**{**vars(summary), "series": series}))

    changed_cell(study, 0, fewer_people)
    found = verify(study, 0, 1)
    assert any(b.startswith("estimates.csv: line ") for b in found.broken)


def otherwise(name, text):
    """Change a number of a data file, or a letter where there is none."""
    lines = text.splitlines(keepends=True)
    for at in range(len(lines) - 1, -1, -1):
        cells = lines[at].rstrip("\n").split(",") if name.endswith(".csv") else []
        for column in range(len(cells) - 1, -1, -1):
            try:
                float(cells[column])
            except ValueError:
                continue
            cells[column] = f"{float(cells[column]) * 1.000001 + 1e-6:.12g}"
            lines[at] = ",".join(cells) + "\n"
            return "".join(lines)
    return re.sub(r"[0-9]", lambda digit: str(9 - int(digit[0])), text, count=1)


@pytest.mark.parametrize("name", KINDS)
def test_a_changed_number_in_any_derived_file_is_found_though_its_hash_was_changed_as_well(
    name, studied, tmp_path
):
    study = shutil.copytree(studied(name), tmp_path / "study")
    manifest = json.loads((study / MANIFEST).read_text(encoding="utf-8"))
    derived = [file for file in manifest["files_sha256"] if "/" not in file]
    assert {"data-dictionary.csv"} < set(derived)
    for file in derived:
        text = (study / file).read_text(encoding="utf-8")
        changed = otherwise(file, text)
        assert changed != text
        (study / file).write_text(changed, encoding="utf-8")
        manifest["files_sha256"][file] = hashlib.sha256(changed.encode()).hexdigest()
    (study / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    done = amnesty("verify", study, "--cells", 0)
    assert done.exit_code == 3
    told = done.stderr.splitlines()
    for file in derived:
        assert any(line.startswith(f"{study}: {file}: ") for line in told), file
    assert len(told) == len(derived)


SAID = {
    "seed": 7, "replications": 5, "kind": "none such", "policies": ["none"], "drawn": [],
    "draws": 9, "table_rows": 4, "rows": [], "title": "another", "baselines": ["halves"],
    "compared": ["none"], "against": "halves",
    "align": "2012-10-10", "assumption_replications": 0, "design": "dice", "groups": {},
    "reports": ["others"], "impossible_draws": {},
    "possible_draws": 3, "generator": "dice", "windows": {}, "shared": {"short": [[["world"]]]},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["comparison", "sweep", "draws", "back test", "clauses"])
def test_what_the_manifest_says_is_compared_as_well(name, studied, tmp_path):
    study = shutil.copytree(studied(name), tmp_path / "study")
    manifest = json.loads((study / MANIFEST).read_text(encoding="utf-8"))
    keys = [key for key in SAID if key in manifest]
    assert len(keys) >= 5
    for key in keys:
        for changed in ({**manifest, key: SAID[key]}, {**manifest, key: None}):
            (study / MANIFEST).write_text(json.dumps(changed), encoding="utf-8")
            assert verify(study, 0, 1).broken, (key, changed[key])


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), [('"value": 20', '"value": 21'), ('"events"', '"event"')])
def test_other_reports_than_those_that_were_scored_are_seen(old, new, studied, tmp_path):
    study = shutil.copytree(studied("back test"), tmp_path / "study")
    path = study / "reports" / "reports.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = verify(study, 0, 1).broken
    assert "reports/reports.json: changed since it was written" in told
    assert len(told) > 1


@pytest.mark.slow
def test_a_study_is_verified_where_its_bibliography_is_not(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    copies(here, "none", "short")
    (here / "sources.bib").write_text("@misc{mine-2020, title = {Mine}}\n", encoding="utf-8")
    law = (here / "short.yaml").read_text(encoding="utf-8")
    own = law.replace("    source: assumption\n", "    source: [mine-2020, assumption]\n", 1)
    assert own != law
    (here / "short.yaml").write_text(own, encoding="utf-8")
    for command in (["compare", here / "none.yaml", here / "short.yaml", "--assumptions", 1],
                    ["sensitivity", here / "short.yaml", "--draws", 8]):  # fmt: skip
        out = there / str(command[0])
        done = amnesty(*command, "--replications", 1, "--out", out)
        assert done.exit_code == 0, done.stderr
        (here / "sources.bib").rename(here / "elsewhere")
        monkeypatch.chdir(there)
        assert verify(out, 1, 1).broken == ()
        (here / "elsewhere").rename(here / "sources.bib")


@pytest.mark.parametrize("name", ["differences.csv", "effects-none.txt", "scenarios/short.json"])
def test_a_changed_or_missing_file_is_named(study, name):
    path = study / name
    path.write_text(path.read_text(encoding="utf-8").replace("1", "7", 1), encoding="utf-8")
    assert any(b.startswith(f"{name}: ") for b in verify(study, 0, 1).broken)
    path.unlink()
    assert f"{name}: missing" in verify(study, 0, 1).broken


def test_a_study_of_another_version_is_told(study, monkeypatch):
    monkeypatch.setattr("sim.paper.verify.MODEL_VERSION", "999")
    (told,) = verify(study, 1, 1).broken
    assert "computed by model version" in told


def test_without_cells_or_without_a_study_it_says_so(study, tmp_path):
    (study / FILE).unlink()
    (told,) = verify(study, 1, 1).broken
    assert told.startswith(f"{FILE}: missing, so that no cell can be checked; the command in ")
    done = amnesty("verify", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{tmp_path} holds no run" in done.stderr


def test_nothing_is_changed_by_looking(study):
    before = {p: p.read_bytes() for p in study.rglob("*") if p.is_file()}
    verify(study, 2, 1)
    assert {p: p.read_bytes() for p in study.rglob("*") if p.is_file()} == before
