"""Studies on the command line: kept, resumed, extended, shared out, joined, looked at."""

import json
import re
import sqlite3
from contextlib import closing
from itertools import permutations

import pytest

from sim.study import cells
from sim.study.lock import Lock
from sim.study.store import FILE, LOCK
from tests.cli.command import amnesty, changed, copies, file, files

PAIR = ["compare", *files("none", "short")]
NO_TABLES = {FILE, LOCK, "manifest.json"}
"""Files that carry cells, times or the command."""


def tables(folder):
    """Every file that the cells alone decide."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in NO_TABLES
    }


def everything(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")
            if p.is_file()}  # fmt: skip


def compared(out, replications, *more):
    result = amnesty(*PAIR, "--replications", replications, "--out", out, *more)
    assert result.exit_code == 0, result.stderr
    return result


def refused(result, message):
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def status(folder, *more):
    return json.loads(amnesty("status", folder, "--json", *more).stdout)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An undivided study of three replications, with what it printed."""
    out = tmp_path_factory.mktemp("studies") / "whole"
    return out, compared(out, 3).stdout


# --- Going on.


def test_a_study_that_is_extended_is_the_larger_study_byte_for_byte(tmp_path, whole):
    out = tmp_path / "grown"
    compared(out, 1)
    result = compared(out, 3)
    assert result.stderr == f"2 cells were there, 4 computed\nSaved in {out}\n"
    assert (result.stdout, tables(out)) == (whole[1], tables(whole[0]))


def test_fewer_replications_than_are_there_are_the_smaller_study(tmp_path, whole):
    compared(tmp_path / "few", 2)
    result = compared(tmp_path / "cut", 3)
    result = compared(tmp_path / "cut", 2)
    assert result.stderr.startswith("4 cells were there, 0 computed\n")
    assert tables(tmp_path / "cut") == tables(tmp_path / "few")
    assert status(tmp_path / "cut")["other"] == 2


def test_another_seed_adds_cells_and_force_drops_them(tmp_path):
    out = tmp_path / "study"
    compared(out, 2)
    compared(out, 2, "--seed", 7)
    assert (status(out)["there"], status(out)["other"]) == (4, 4)
    assert compared(out, 2, "--force").stderr == f"Saved in {out}\n"
    assert (status(out)["there"], status(out)["other"]) == (4, 0)


def test_a_changed_file_changes_its_own_cells_and_is_named(tmp_path):
    copies(tmp_path, "none", "short")
    out = tmp_path / "study"
    words = ["compare", tmp_path / "none.yaml", tmp_path / "short.yaml", "--replications", 2]
    assert amnesty(*words, "--out", out).exit_code == 0
    changed(tmp_path, "short", "over: {value: 2 days", "over: {value: 3 days")
    result = amnesty(*words, "--out", out)
    assert result.stderr.startswith("2 cells were there, 2 computed (short changed)\n")


def test_a_scenario_added_to_a_study_costs_its_own_cells(tmp_path):
    out = tmp_path / "study"
    compared(out, 2)
    words = ["compare", *files("none", "short", "halves"), "--replications", 2]
    result = amnesty(*words, "--out", out)
    assert result.stderr.startswith("4 cells were there, 2 computed\n")


def test_a_run_takes_the_cells_of_a_comparison(tmp_path):
    out = tmp_path / "study"
    compared(out, 2)
    result = amnesty("run", file("short"), "--replications", 3, "--out", out)
    assert result.stderr.startswith("2 cells were there, 1 computed\n")
    assert result.stdout == amnesty("run", file("short"), "--replications", 3).stdout
    assert "effects-none.txt" not in tables(out)  # of the earlier question


# --- Damage.


def damage(folder):
    """Flip one bit of one cell."""
    with closing(sqlite3.connect(folder / FILE)) as data, data:
        (row, packed) = data.execute("SELECT rowid, packed FROM cell LIMIT 1").fetchone()
        broken = bytes([*packed[:-1], packed[-1] ^ 1])
        data.execute("UPDATE cell SET packed = ? WHERE rowid = ?", (broken, row))


@pytest.mark.parametrize("more", [[], ["--precision", "freed by decree=1000"]], ids=["", "rule"])
def test_a_damaged_cell_is_found_told_and_computed_again(tmp_path, more):
    out = tmp_path / "study"
    first = compared(out, 3, *more)
    before = tables(out)
    number = status(out)["there"]
    damage(out)
    assert amnesty("status", out).exit_code == 0  # nobody asked for checksums
    found = amnesty("status", out, "--checksums")
    assert found.exit_code == 3
    assert "1 cells are damaged; running again computes them anew" in found.stdout
    assert status(out, "--checksums")["damaged"] == 1
    again = compared(out, 3, *more)
    assert re.search(r"^A cell was damaged and was computed again: replication 0 of point "
                     r"[0-9a-f]{12}$", again.stderr, re.M)  # fmt: skip
    assert f"{number - 1} cells were there, 1 computed\n" in again.stderr
    assert (again.stdout, tables(out)) == (first.stdout, before)
    assert amnesty("status", out, "--checksums").exit_code == 0


# --- status.


def test_status_tells_what_is_there_and_what_is_missing(tmp_path, whole):
    out = tmp_path / "part"
    assert amnesty(*PAIR, "--replications", 3, "--shard", "1/3", "--out", out).exit_code == 0
    size_bytes = (out / FILE).stat().st_size
    assert status(out) == {
        "there": 2, "wanted": 6, "other": 0, "damaged": 0, "busy": False,
        "size_bytes": size_bytes, "model_version": cells.MODEL_VERSION,
        "points": [
            {"label": "none", "there": 1, "wanted": 3}, {"label": "short", "there": 1, "wanted": 3},
        ],
    }  # fmt: skip
    assert amnesty("status", out).stdout.splitlines() == [
        f"{out}: 2 of 6 cells, {size_bytes / 1e6:.1f} MB", "  none: 1 of 3", "  short: 1 of 3",
        "  nobody works on it; the same command goes on",
    ]  # fmt: skip
    assert amnesty("status", whole[0]).stdout.splitlines()[1:] == ["  none: 3 of 3",
                                                                   "  short: 3 of 3"]  # fmt: skip


def test_status_changes_nothing(whole):
    before = everything(whole[0])
    for more in ([], ["--json"], ["--checksums"]):
        assert amnesty("status", whole[0], *more).exit_code == 0
    assert everything(whole[0]) == before


def test_a_study_at_work_is_busy_for_others(tmp_path):
    out = tmp_path / "study"
    compared(out, 1)
    before = everything(out)
    with Lock(out / LOCK):
        assert status(out)["busy"] is True
        assert "  a process works on it now" in amnesty("status", out).stdout
        busy = f"{out}: another process works on this study; wait until it has ended\n"
        for words in ([*PAIR, "--replications", 2], [*PAIR, "--force"]):
            refused(amnesty(*words, "--out", out), busy)
        look = amnesty(*PAIR, "--replications", 2, "--dry-run", "--out", out)
        assert look.stdout.startswith("2 cells are there already; 2 to compute\n")
        refused(amnesty("merge", tmp_path / "study", "--out", out), "is one of the parts")
    assert everything(out) == before


@pytest.mark.parametrize("command", ["status", "merge"])
def test_a_folder_without_a_study_is_told(tmp_path, command):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear", encoding="utf-8")
    for folder in (tmp_path / "letters", tmp_path / "nowhere", file("none")):
        more = ["--out", tmp_path / "out"] if command == "merge" else ["--json"]
        refused(amnesty(command, folder, *more), f"{folder} holds no study\n")
    assert [p.name for p in tmp_path.rglob("*")] == ["letters", "a.txt"]


# --- Shards.


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Three shards of the study, each with nothing but cells."""
    folder = tmp_path_factory.mktemp("parts")
    for number in (1, 2, 3):
        words = [*PAIR, "--replications", 3, "--shard", f"{number}/3"]
        result = amnesty(*words, "--out", folder / str(number))
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "0 cells were there, 2 computed\n"
        assert tables(folder / str(number)) == {}
    return [folder / str(number) for number in (1, 2, 3)]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_shards_joined_in_any_order_are_the_undivided_study(tmp_path, whole, parts, order):
    out = tmp_path / "joined"
    joined = amnesty("merge", *(parts[i] for i in order), "--out", out)
    assert (joined.exit_code, joined.stdout) == (0, f"{out}: 6 cells\n")
    result = compared(out, 3)
    assert result.stderr == f"6 cells were there, 0 computed\nSaved in {out}\n"
    assert (result.stdout, tables(out)) == (whole[1], tables(whole[0]))


def test_a_part_that_is_missing_is_computed_afterwards(tmp_path, whole, parts):
    out = tmp_path / "joined"
    assert amnesty("merge", parts[0], parts[2], "--out", out).exit_code == 0
    result = compared(out, 3)
    assert result.stderr.startswith("4 cells were there, 2 computed\n")
    assert (result.stdout, tables(out)) == (whole[1], tables(whole[0]))


def test_merging_twice_or_into_a_study_that_has_them_adds_nothing(tmp_path, whole, parts):
    out = tmp_path / "joined"
    for _ in range(2):
        assert amnesty("merge", *parts, parts[0], whole[0], "--out", out).stdout == (
            f"{out}: 6 cells\n"
        )


def test_parts_stay_as_they_are(tmp_path, parts):
    before = [everything(part) for part in parts]
    assert amnesty("merge", *parts, "--out", tmp_path / "out").exit_code == 0
    assert [everything(part) for part in parts] == before


def test_more_shards_than_replications_leave_some_empty(tmp_path, whole):
    parts = [tmp_path / str(number) for number in range(1, 6)]
    for number, part in enumerate(parts, 1):
        words = [*PAIR, "--replications", 3, "--shard", f"{number}/5", "--out", part]
        assert amnesty(*words).exit_code == 0
    assert [status(part)["there"] for part in parts] == [2, 2, 2, 0, 0]
    assert amnesty("merge", *parts, "--out", tmp_path / "out").exit_code == 0
    assert compared(tmp_path / "out", 3).stdout == whole[1]


def test_a_shard_is_resumed_like_any_study(tmp_path):
    words = [*PAIR, "--shard", "1/2", "--out", tmp_path / "part"]
    assert amnesty(*words, "--replications", 2).stderr == "0 cells were there, 2 computed\n"
    # Replications 0 and 2 of four are the first part's; 0 is there.
    assert amnesty(*words, "--replications", 4).stderr == "2 cells were there, 2 computed\n"


@pytest.mark.parametrize(
    "part", ["0/3", "4/3", "x/y", "1", "1/", "/3", "1/0", "-1/3", "1.5/3", "²/3", "1/3/5", ""]
)
def test_a_part_that_is_none_is_refused(tmp_path, part):
    out = tmp_path / "out"
    result = amnesty(*PAIR, "--shard", part, "--out", out)
    refused(
        result, f"--shard: expected a part and the number of parts, such as 2/8; found {part!r}"
    )
    assert not out.exists()


def test_a_part_needs_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(amnesty(*PAIR, "--shard", "1/3"), "--shard: give --out as well")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_merged_into_itself(whole):
    before = everything(whole[0])
    for same in (whole[0], whole[0].parent / "x" / ".." / whole[0].name):
        refused(amnesty("merge", whole[0], "--out", same), "is one of the parts; give another")
    assert everything(whole[0]) == before


def test_parts_are_not_merged_into_a_folder_of_other_files(tmp_path, parts):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    refused(amnesty("merge", *parts, "--out", tmp_path), "holds other files; give an empty or")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_cells_of_another_model_version_are_kept_apart_and_never_used(tmp_path, whole, monkeypatch):
    older, out = tmp_path / "older", tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(cells, "MODEL_VERSION", "0")
        compared(older, 3)
    assert amnesty("merge", older, whole[0], "--out", out).stdout == f"{out}: 12 cells\n"
    result = compared(out, 3)
    assert result.stderr.startswith("6 cells were there, 0 computed")
    assert status(out)["other"] == 6
    assert "6 cells of other files, seeds or versions" in amnesty("status", out).stdout
    assert amnesty("merge", older, "--out", tmp_path / "old").exit_code == 0
    result = compared(tmp_path / "old", 3)
    assert result.stderr == f"Saved in {tmp_path / 'old'}\n"  # none of them was used
    assert tables(tmp_path / "old") == tables(whole[0])


def test_one_cell_with_two_contents_is_refused(tmp_path, whole):
    other = tmp_path / "other"
    compared(other, 3)
    with closing(sqlite3.connect(other / FILE)) as data, data:
        # The counts of replication 1 under the name of replication 0, checksum and all.
        point, seed, address = data.execute(
            "SELECT point, seed, address FROM cell WHERE replication = 0"
        ).fetchone()
        packed = data.execute(
            "SELECT packed FROM cell WHERE replication = 1 AND point = ?", (point,)
        ).fetchone()[0]
        from sim.study.cells import Key, Packed

        checksum = Packed(Key(point, int(seed), 0), address, "", "", packed).checksum
        data.execute(
            "UPDATE cell SET packed = ?, checksum = ? WHERE replication = 0 AND point = ?",
            (packed, checksum, point),
        )
    result = amnesty("merge", whole[0], other, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "differs from the one there already; the two were not computed by the same model" in (
        result.stderr
    )


# --- Until precise.


def replications(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["replications"]


@pytest.mark.slow
def test_replications_until_precise_are_a_study_of_that_number(tmp_path):
    out, plain = tmp_path / "rule", tmp_path / "plain"
    result = amnesty(*PAIR, "--precision", "freed by decree=20%", "--out", out)
    assert result.exit_code == 0
    found = re.match(
        r"Every measure is precise enough with (\d+) replications, and stays so\n", result.stderr
    )
    assert found, result.stderr
    number = int(found[1]) + 5  # the look-ahead
    assert replications(out) == number
    assert compared(plain, number).stdout == result.stdout
    assert tables(plain) == tables(out)
    again = amnesty(*PAIR, "--precision", "freed by decree=20%", "--out", out)
    assert f"{2 * number} cells were there, 0 computed\n" in again.stderr
    more = amnesty(*PAIR, "--precision", "freed by decree=20%", "--assumptions", 1, "--out", out)
    # Four assumptions, two with both ends: six changes, each of the policy; the number held
    # changes the baseline as well.
    assert f"{2 * number} cells were there, 8 computed\n" in more.stderr


def test_cells_of_a_study_until_precise_are_not_said_to_have_been_there(tmp_path):
    result = amnesty(*PAIR, "--precision", "freed by decree=20%", "--out", tmp_path / "rule")
    assert "were there" not in result.stderr


def test_a_budget_that_is_spent_is_told_with_what_is_missing(tmp_path):
    out = tmp_path / "rule"
    result = amnesty(*PAIR, "--precision", "0.01%", "--budget", 8, "--out", out)
    assert result.exit_code == 0
    assert result.stderr.startswith(
        "The budget of 8 replications is spent; not precise enough: freed by decree, short against "
        "none (half-width "
    )
    assert replications(out) == 8


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("20", "'20' has no unit; name a measure, MEASURE=20, or give a share such as 5%"),
        ("five", "expected a share such as 5%, or MEASURE=20; found 'five'"),
        ("", "expected a share such as 5%, or MEASURE=20; found ''"),
        ("-5%", "expected a share such as 5%, or MEASURE=20; found '-5%'"),
        (
            "freed by decree=",
            "expected a share such as 5%, or MEASURE=20; found 'freed by decree='",
        ),
        ("0%", "the half-width of 'freed by decree, short against none' must be above 0"),
        ("freed by decree=0", "must be above 0; found 0.0"),
        ("freed by decree=-1", "must be above 0; found -1.0"),
        ("freed by decree=nan", "must be above 0; found nan"),
        ("freed by decree=inf", "must be above 0; found inf"),
        ("freed by law=5%", "no measure 'freed by law'"),
        ("=5%", "no measure ''"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--force"], ["--dry-run"]], ids=["", "force", "dry run"])
def test_a_precision_that_means_nothing_is_refused_before_anything_is_touched(
    tmp_path, whole, wish, message, more
):
    before = everything(whole[0])
    for out in (tmp_path / "new", whole[0]):
        result = amnesty(*PAIR, "--precision", wish, "--out", out, *more)
        refused(result, message)
        assert result.stderr.startswith("--precision: ")
    assert not (tmp_path / "new").exists()
    assert everything(whole[0]) == before


def test_a_budget_below_the_rules_beginning_is_refused(tmp_path):
    out = tmp_path / "out"
    result = amnesty(*PAIR, "--precision", "5%", "--budget", 7, "--out", out)
    refused(result, "--budget")
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare", file("none"), "--precision", "5%"],
         "--precision: one scenario alone has no differences to be precise about"),
        ([*PAIR, "--precision", "5%", "--shard", "1/2"],
         "--precision looks at all cells together; it cannot be used with --shard"),
    ],
    ids=["alone", "shard"],
)  # fmt: skip
def test_a_rule_without_differences_or_with_a_part_is_refused(tmp_path, words, message):
    refused(amnesty(*words, "--out", tmp_path / "out"), message)
    assert not (tmp_path / "out").exists()


def test_a_measure_beyond_the_horizon_cannot_be_precise(tmp_path):
    words = [*PAIR, "--align", "2017-12-31", "--precision", "freed by decree=5"]
    refused(amnesty(*words), "not observed; the window ends after the horizon")


# --- Dry runs.


def test_a_dry_run_tells_what_is_there_and_changes_nothing(tmp_path, whole):
    new = tmp_path / "new"
    result = amnesty(*PAIR, "--replications", 3, "--dry-run", "--out", new)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "0 cells are there already; 6 to compute", "  none: 3 replications",
        "  short: 3 replications",
    ]  # fmt: skip
    assert re.fullmatch(r"some \d+ seconds with \d+ workers", lines[3])
    assert not new.exists()
    before = everything(whole[0])
    result = amnesty(*PAIR, "--replications", 5, "--dry-run", "--out", whole[0])
    assert result.stdout.startswith("6 cells are there already; 4 to compute\n")
    forced = amnesty(*PAIR, "--replications", 5, "--dry-run", "--force", "--out", whole[0])
    assert forced.stdout.startswith("0 cells are there already; 10 to compute\n")
    done = amnesty(*PAIR, "--replications", 3, "--dry-run", "--out", whole[0])
    assert done.stdout.splitlines() == [
        "6 cells are there already; 0 to compute", "  none: 3 replications",
        "  short: 3 replications",
    ]  # fmt: skip
    assert everything(whole[0]) == before


def test_a_dry_run_of_a_part_counts_that_part(tmp_path):
    words = [*PAIR, "--replications", 3, "--shard", "3/3", "--dry-run", "--out", tmp_path / "out"]
    assert amnesty(*words).stdout.startswith("0 cells are there already; 2 to compute\n")
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_of_a_rule_tells_the_most_it_can_take(tmp_path):
    words = [*PAIR, "--precision", "5%", "--budget", 12, "--dry-run", "--out", tmp_path / "out"]
    assert amnesty(*words).stdout.splitlines()[:2] == [
        "At most, should --precision take the whole budget:",
        "0 cells are there already; 24 to compute",
    ]
    assert list(tmp_path.iterdir()) == []
