"""A referee finds what was changed, and nothing where nothing was."""

import shutil

import pytest

from sim.paper.verify import verify
from sim.study.packing import pack
from sim.study.store import FILE, Packed, Store
from tests.cli.command import amnesty, files

COMMANDS = {
    "comparison": ["compare", *files("none", "yearly", "short"), "--align", "2012-10-09",
                   "--replications", 3, "--assumptions", 1],
    "run": ["run", files("short")[0], "--replications", 2],
    "sweep": ["sweep", files("short")[0], "--vary", "world.held=150,250", "--replications", 2],
}  # fmt: skip


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    place = tmp_path_factory.mktemp("studies")
    for name, words in COMMANDS.items():
        done = amnesty(*words, "--out", place / name)
        assert done.exit_code == 0, done.stderr
    return place


@pytest.fixture
def study(studies, tmp_path):
    return shutil.copytree(studies / "comparison", tmp_path / "study")


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


@pytest.mark.parametrize("name", COMMANDS)
def test_an_untouched_study_holds(studies, name):
    found = verify(studies / name, 100, 1)
    assert found.broken == ()
    done = amnesty("verify", studies / name)
    assert done.exit_code == 0
    assert "cells run again are equal" in done.stdout


def test_one_number_in_the_store_is_found_and_its_cell_named(study):
    name = changed_cell(study, 2, one_more)
    found = verify(study, 1000, 1)
    assert f"{name}: stock differ" in found.broken
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
    assert verify(study, 1, 1).broken == (f"{FILE}: missing; no cell can be checked",)
    done = amnesty("verify", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "holds no study with results" in done.stderr


def test_nothing_is_changed_by_looking(study):
    before = {p: p.read_bytes() for p in study.rglob("*") if p.is_file()}
    verify(study, 2, 1)
    assert {p: p.read_bytes() for p in study.rglob("*") if p.is_file()} == before
