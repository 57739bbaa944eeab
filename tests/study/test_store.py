"""The store: cells come back as they were put in, and damage is seen, told and mended."""

import sqlite3
import subprocess
import sys
import textwrap
import time
import zlib

import pytest

from sim.scenario.load import load
from sim.study import database
from sim.study.cells import Key, Packed, Point, Wanted
from sim.study.database import DamagedError, StoreError
from sim.study.lock import BusyError, Lock, held
from sim.study.state import joined, state_of
from sim.study.store import FILE, LOCK, Store
from sim.study.study import Ask, Shard, Study
from tests.cli.command import copies, environment, file

WORLD, TABLES = "world", "tables"


def cell(number, point="point", packed=b"counts", tables=TABLES):
    return Packed(Key(point, 2**70, number), f"address {number}", WORLD, tables, packed)


@pytest.fixture(scope="module")
def asked():
    return [Ask(Point(name, load(file(name))), 4) for name in ("none", "short")]


@pytest.fixture(scope="module")
def study_file(asked, tmp_path_factory):
    """The bytes of a store with eight cells."""
    folder = tmp_path_factory.mktemp("study")
    with Study(folder) as study:
        study.compute(asked, 7)
    return (folder / FILE).read_bytes()


@pytest.fixture
def folder(study_file, tmp_path):
    (tmp_path / FILE).write_bytes(study_file)
    return tmp_path


def cells_of(folder):
    with Store(folder / FILE, read_only=True) as store:
        return {key: (address, packed) for key, address, _, packed in store._rows()}


# --- Putting in and taking out.


def test_cells_come_back_as_they_were_put_in(tmp_path):
    with Store(tmp_path / FILE) as store:
        store.add([cell(0), cell(1)])
        store.add([cell(1), cell(2)])
    with Store(tmp_path / FILE, read_only=True) as store:
        assert store.there() == {cell(number).key for number in range(3)}
        assert store.number() == 3
        assert store.number(Wanted("label", "point", 2**70, 2)) == 2
        assert store.number(Wanted("label", "point", 5, 2)) == 0
        assert store.damaged() == []
        assert store.tables() == {WORLD: TABLES}


def test_a_temporary_store_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Store(None) as store:
        store.add([cell(0)])
        assert store.number() == 1
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_is_not_there_is_no_cell(asked):
    with Study() as study, pytest.raises(KeyError):
        list(study.summaries(asked[0], 7))


def test_a_closed_store_is_one_file(folder):
    with Study(folder):
        pass
    assert {path.name for path in folder.iterdir()} == {FILE, LOCK}


def test_what_a_killed_writer_left_half_written_does_not_keep_others_from_reading(folder):
    before = cells_of(folder)
    half = textwrap.dedent("""\
        import os, sqlite3, sys
        data = sqlite3.connect(sys.argv[1], isolation_level=None)
        data.execute("PRAGMA journal_mode = DELETE")
        data.execute("PRAGMA cache_size = 2")
        data.execute("BEGIN")
        data.execute("DELETE FROM meta")
        data.execute("CREATE TABLE half (x)")
        data.executemany("INSERT INTO half VALUES (zeroblob(?))", [(4000,)] * 100)
        os._exit(9)
    """)
    subprocess.run([sys.executable, "-c", half, folder / FILE], check=False)
    journal = folder / f"{FILE}-journal"
    assert journal.stat().st_size > 0
    assert cells_of(folder) == before
    assert not journal.exists()


def test_others_read_while_it_is_written(tmp_path):
    with Store(tmp_path / FILE) as writer:
        writer.add([cell(0)])
        with Store(tmp_path / FILE, read_only=True) as reader:
            assert reader.number() == 1
            writer.add([cell(1)])
            assert reader.number() == 2


def test_cells_of_other_tables_are_refused_and_nothing_is_added(tmp_path):
    with Store(tmp_path / FILE) as store:
        store.add([cell(0)])
        with pytest.raises(StoreError, match="libraries yield other tables"):
            store.add([cell(1), cell(2, tables="others")])
        assert store.number() == 1


# --- Damage.


def test_a_flipped_byte_is_found_and_that_cell_alone_is_computed_again(folder, asked):
    before = cells_of(folder)
    key = sorted(before)[5]
    raw = bytearray((folder / FILE).read_bytes())
    place = bytes(raw).index(before[key][1][:40])
    raw[place + 30] ^= 1
    (folder / FILE).write_bytes(raw)
    assert state_of(folder, checksums=True).damaged == 1
    with Study(folder) as study:
        (ask,) = (a for a in asked if a.point.key == key.point)
        with pytest.raises(DamagedError, match=f"replication {key.replication}, is damaged"):
            list(study.summaries(ask, 7))
        plan = study.compute(asked, 7)
    assert (plan.damaged, plan.there, plan.to_compute) == ((key,), 7, 1)
    assert cells_of(folder) == before


@pytest.mark.parametrize("share", [0.001, 0.3, 0.6, 0.99])
def test_a_truncated_store_is_told_and_left_alone(folder, study_file, asked, share):
    short = study_file[: int(len(study_file) * share)]
    (folder / FILE).write_bytes(short)
    with pytest.raises(DamagedError, match=r"cells\.sqlite: .*nothing was changed|not a store"):
        Study(folder)
    assert (folder / FILE).read_bytes() == short


def test_any_flipped_byte_is_a_message_or_is_harmless(folder, study_file, asked):
    """Wherever a byte is flipped: the cells are the same afterwards, or it is said."""
    before = cells_of(folder)
    told = mended = 0
    for step in range(30):
        raw = bytearray(study_file)
        raw[(step * 7919) % len(raw)] ^= 0x10
        (folder / FILE).write_bytes(raw)
        try:
            with Study(folder) as study:
                plan = study.compute(asked, 7)
                mended += len(plan.damaged)
                found = [list(study.summaries(ask, 7)) for ask in asked]
        except StoreError:
            told += 1
            continue
        assert [len(cells) for cells in found] == [4, 4]
        after = cells_of(folder)
        assert {key: after[key] for key in before} == before
    assert mended > 5
    assert told < 25


@pytest.mark.parametrize("text", [b"no store at all, but long enough to have a header" * 9, b"x"])
def test_another_file_of_that_name_is_refused(tmp_path, text):
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(DamagedError):
        Study(tmp_path)
    assert (tmp_path / FILE).read_bytes() == text


def test_another_database_is_refused(tmp_path):
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("CREATE TABLE letters (text)")
    other.commit()
    other.close()
    with pytest.raises(DamagedError, match="not a store of cells"):
        Study(tmp_path)


def test_a_newer_version_is_refused(folder, monkeypatch):
    monkeypatch.setattr(database, "FORMAT", 0)
    before = (folder / FILE).read_bytes()
    with pytest.raises(DamagedError, match=r"written by a newer version of amnesty \(format 1;"):
        Study(folder)
    assert (folder / FILE).read_bytes() == before


# --- One process at a time.


def test_two_processes_do_not_share_a_folder(folder):
    with Study(folder), pytest.raises(BusyError, match="another process works on this study"):
        Study(folder)
    with Study(folder):  # let go
        assert held(folder / LOCK)
    assert not held(folder / LOCK)
    assert not held(folder / "nowhere")


def test_the_lock_goes_with_its_process(tmp_path):
    code = """
        import sys, time
        from pathlib import Path
        from sim.study.lock import Lock
        lock = Lock(Path(sys.argv[1]))
        print("held", flush=True)
        time.sleep(60)
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), tmp_path / LOCK], stdout=subprocess.PIPE,
        text=True, env=environment(),
    )  # fmt: skip
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(BusyError):
        Lock(tmp_path / LOCK)
    holder.kill()
    holder.communicate()
    until = time.monotonic() + 10
    while held(tmp_path / LOCK) and time.monotonic() < until:
        time.sleep(0.01)
    Lock(tmp_path / LOCK).close()


# --- Extending, changing, joining.


def test_only_what_is_missing_is_computed(folder, asked):
    before = cells_of(folder)
    more = [Ask(asked[0].point, 6), asked[1], Ask(Point("halves", load(file("halves"))), 2)]
    with Study(folder) as study:
        plan = study.compute(more, 7)
    assert (plan.there, plan.to_compute, plan.changed) == (8, 4, ())
    after = cells_of(folder)
    assert {key: after[key] for key in before} == before
    assert len(after) == 12


def test_a_changed_file_changes_its_cells_alone(folder, asked, tmp_path):
    copies(tmp_path, "short")
    text = "decrees: {jubilee: {cap: 3 in all}}\n"
    (tmp_path / "short.yaml").write_text(f"title: Few\nextends: short-whole.yaml\n{text}")
    (tmp_path / "short-whole.yaml").write_bytes(file("short").read_bytes())
    changed = load(tmp_path / "short.yaml")
    assert changed.address != asked[1].point.scenario.address
    with Study(folder) as study:
        plan = study.compute([asked[0], Ask(Point("short", changed), 4)], 7)
    assert (plan.there, plan.to_compute, plan.changed) == (4, 4, ("short",))
    state = state_of(folder)
    assert (state.there, state.wanted, state.other) == (8, 8, 4)


def test_another_seed_is_another_study(folder, asked):
    with Study(folder) as study:
        assert study.plan(asked, 8).to_compute == 8


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0, 1)])
def test_shards_joined_in_any_order_are_the_whole(folder, asked, tmp_path, order):
    parts = []
    for i in range(3):
        parts.append(tmp_path / f"part {i}")
        with Study(parts[-1]) as study:
            study.compute(asked, 7, shard=Shard(i + 1, 3))
            assert study.compute(asked, 7, shard=Shard(i + 1, 3)).to_compute == 0
    out = tmp_path / "joined"
    assert joined([parts[i] for i in order], out) == f"{out}: 8 cells"
    assert cells_of(out) == cells_of(folder)
    with Study(out) as study:
        assert study.plan(asked, 7).to_compute == 0


def another(folder, asked, tmp_path, change):
    """A study whose first cell is packed in another way."""
    other = tmp_path / "other"
    with Study(other) as study:
        study.compute(asked, 7)
        key, (address, packed) = min(cells_of(folder).items())
        world = asked[0].point.scenario.world_address
        tables = study.store.tables()[world]
        study.store.add([Packed(key, address, world, tables, change(packed))])
    return other


def test_two_contents_of_one_cell_are_not_joined(folder, asked, tmp_path):
    other = another(folder, asked, tmp_path, lambda packed: zlib.compress(b"1"))
    with pytest.raises(StoreError, match=r"replication 0 of point \w+ differs"):
        joined([folder, other], tmp_path / "both")


def test_a_cell_compressed_otherwise_is_the_same_cell(folder, asked, tmp_path):
    other = another(
        folder, asked, tmp_path, lambda packed: zlib.compress(zlib.decompress(packed), 0)
    )
    assert joined([folder, other], tmp_path / "both").endswith(": 8 cells")


def test_a_damaged_cell_is_not_taken(folder, study_file, tmp_path):
    raw = bytearray(study_file)
    packed = next(iter(cells_of(folder).values()))[1]
    raw[bytes(raw).index(packed[:40]) + 30] ^= 1
    (folder / FILE).write_bytes(raw)
    assert joined([folder], tmp_path / "out").endswith(": 7 cells")


def test_a_folder_without_a_study_is_told(tmp_path):
    for what in (lambda: joined([tmp_path], tmp_path / "out"), lambda: state_of(tmp_path)):
        with pytest.raises(DamagedError, match="holds no study"):
            what()
    assert list(tmp_path.iterdir()) == []
