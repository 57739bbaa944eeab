"""Sweeps, draws of what is not known, and shares of clauses on the command line."""

import csv
import json
import re

import pytest

from sim.study.store import FILE, LOCK
from tests.cli.command import amnesty, changed, copies, file, files

CAPS = "decrees.jubilee.cap=none,5 per camp,1 per camp"
SWEEP = ["sweep", file("short"), "--vary", CAPS, "--replications", 2]
SHORT = "decrees.jubilee.clauses.short sentence.when.sentence"
DRAWN = ["--only", SHORT, "--only", "bar on robbers"]
"""Of the decree alone, so that its world is solved once."""
DRAWS = ["sensitivity", file("short"), *DRAWN, "--draws", 8, "--replications", 2, "--workers", 1]
SHARES = ["attribute", file("short"), "--replications", 2]
OF_A_STUDY = {FILE, LOCK, "manifest.json"}


def saved(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and p.name not in OF_A_STUDY}  # fmt: skip


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def told(words):
    result = amnesty(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(words, message, out):
    result = amnesty(*words, "--out", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.search(message, result.stderr), result.stderr
    assert not out.exists()


def sweep_file(folder, text):
    copies(folder, "short", "none")
    path = folder / "caps.yaml"
    path.write_text(f"title: Caps\nsweep: short.yaml\n{text}", encoding="utf-8")
    return path


# --- sweep.


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweeps") / "swept"
    result = amnesty(*SWEEP, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out, result


def test_a_sweep_prints_one_row_a_variant_and_saves_what_it_printed(swept):
    out, result = swept
    assert result.stderr == f"Saved in {out}\n"
    table, places = result.stdout.rstrip("\n").split("\n\n\n")
    assert [line.split("  ")[0] for line in table.splitlines()[3:8]] == [
        "variant", "(as in the file)", "no cap", "cap 5 per camp", "cap 1 per camp"
    ]  # fmt: skip
    assert places.startswith("What one more place brings\n")
    assert set(saved(out)) == {
        "data-dictionary.csv", "sweep.csv", "sweep.txt", "sweep-places.txt",
        "scenarios/no-pardon.json",
        "scenarios/short.json", "scenarios/no cap.json", "scenarios/cap 5 per camp.json",
        "scenarios/cap 1 per camp.json",
    }  # fmt: skip
    assert saved(out)["sweep.txt"].decode() == table + "\n"


@pytest.mark.parametrize(
    ("own", "swept", "between"),
    [
        ("3 per camp", "1 per camp,5 per camp", ["1 and 3 per camp", "3 and 5 per camp"]),
        ("3 per camp", "5 per camp", ["3 and 5 per camp"]),
        ("3 per camp", "3 per camp,5 per camp", ["3 and 5 per camp"]),
        ("3 in all", "1 per camp,5 per camp", ["1 and 5 per camp"]),
        ("3 in all", "5 per camp", []),
        ("3% of stock per camp", "1 per camp,5 per camp", ["1 and 5 per camp"]),
    ],
)
def test_the_files_own_cap_is_among_the_neighbours(tmp_path, own, swept, between):
    copies(tmp_path, "short")
    (tmp_path / "capped.yaml").write_text(
        f"title: Capped\nextends: short.yaml\ndecrees: {{jubilee: {{cap: {own}}}}}\n",
        encoding="utf-8",
    )
    result = amnesty("sweep", tmp_path / "capped.yaml", "--vary", f"decrees.jubilee.cap={swept}",
                     "--replications", 1)  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert re.findall(r"^\d+ and \d+ .*?(?=  )", result.stdout, re.MULTILINE) == between


def test_a_cap_of_one_a_camp_frees_one_a_camp(swept):
    freed = {row["variant"]: row for row in rows(swept[0], "sweep.csv")
             if row["measure"] == "freed by decree"}  # fmt: skip
    # Two camps, each with more than five who qualify; who dies before release frees no place.
    assert float(freed["cap 5 per camp"]["mean"]) <= 10
    assert float(freed["cap 1 per camp"]["mean"]) <= 2
    assert float(freed["cap 5 per camp"]["mean"]) > float(freed["cap 1 per camp"]["mean"]) > 0
    same = ("mean", "sd", "low", "high", "constant")
    assert [freed["no cap"][k] for k in same] == [freed["(as in the file)"][k] for k in same]


def test_the_differences_of_a_sweep_are_those_of_a_comparison(tmp_path, swept):
    out = tmp_path / "pair"
    assert amnesty("compare", *files("none", "short"), "--replications", 2, "--out",
                   out).exit_code == 0  # fmt: skip
    known = {row["measure"]: row["mean"] for row in rows(out, "differences.csv")}
    found = {row["measure"]: row["mean"] for row in rows(swept[0], "sweep.csv")
             if row["variant"] == "(as in the file)"}  # fmt: skip
    assert found == known


def test_a_sweep_as_json(swept):
    found = told(SWEEP)
    assert list(found) == ["rows", "manifest"]
    assert {tuple(row) for row in found["rows"]} == {(
        "variant", "coordinates", "baseline", "measure", "day", "unit", "mean", "sd", "low",
        "high", "p2_5", "p97_5", "replications", "low_simultaneous", "high_simultaneous",
        "p_adjusted", "constant", "baseline_mean", "pairing_gain",
    )}  # fmt: skip
    assert {row["coordinates"] for row in found["rows"]} == {
        "", "decrees.jubilee.cap=none", "decrees.jubilee.cap=5 per camp",
        "decrees.jubilee.cap=1 per camp",
    }  # fmt: skip
    manifest = json.loads((swept[0] / "manifest.json").read_text(encoding="utf-8"))
    assert found["manifest"]["scenarios"] == manifest["scenarios"]
    assert set(manifest["scenarios"]) == {
        "no-pardon", "short", "no cap", "cap 5 per camp", "cap 1 per camp"
    }  # fmt: skip
    assert (manifest["seed"], manifest["replications"]) == (1, 2)


def test_a_variant_that_asks_nothing_new_is_told_and_costs_nothing(tmp_path):
    out = tmp_path / "same"
    words = ["sweep", file("short"), "--vary", "world.held=200,150", "--replications", 1]
    result = amnesty(*words, "--out", out)
    assert result.stderr == f"held 200 asks the same as short\nSaved in {out}\n"
    assert "held 200 asks the same as short." in " ".join(result.stdout.split())
    assert amnesty("status", out).stdout.startswith(f"{out}: 4 of 4 cells")


def test_several_axes_make_a_grid_and_a_changed_world_changes_the_baseline(tmp_path):
    out = tmp_path / "grid"
    words = ["sweep", file("short"), "--vary", "world.held=150,250", "--vary",
             "decrees.jubilee.cap=none,1 per camp", "--replications", 1]  # fmt: skip
    assert amnesty(*words, "--out", out).exit_code == 0
    pairs = {row["variant"]: row["baseline"] for row in rows(out, "sweep.csv")}
    assert list(pairs) == [
        "(as in the file)", "held 150, no cap", "held 150, cap 1 per camp", "held 250, no cap",
        "held 250, cap 1 per camp",
    ]  # fmt: skip
    assert len(set(pairs.values())) == 3  # of the file, and one for each number held
    held = {row["variant"]: float(row["baseline_mean"]) for row in rows(out, "sweep.csv")
            if row["measure"] == "held on the eve"}  # fmt: skip
    assert held["held 150, no cap"] == held["held 150, cap 1 per camp"]
    assert held["held 150, no cap"] < held["(as in the file)"] < held["held 250, no cap"]


def test_shards_of_a_sweep_joined_are_the_sweep(tmp_path, swept):
    parts = [tmp_path / "1", tmp_path / "2"]
    for number, part in enumerate(parts, 1):
        result = amnesty(*SWEEP, "--shard", f"{number}/2", "--out", part)
        assert (result.exit_code, result.stdout, saved(part)) == (0, "", {})
    out = tmp_path / "joined"
    assert amnesty("merge", *reversed(parts), "--out", out).stdout == f"{out}: 10 cells\n"
    result = amnesty(*SWEEP, "--out", out)
    assert "10 cells were there, 0 computed" in result.stderr
    assert (result.stdout, saved(out)) == (swept[1].stdout, saved(swept[0]))


def test_a_dry_run_of_a_sweep_writes_nothing(tmp_path):
    result = amnesty(*SWEEP, "--dry-run", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:5] == [
        "0 cells are there already; 10 to compute", "  short: 2 replications",
        "  no-pardon: 2 replications", "  no cap: 2 replications",
        "  cap 5 per camp: 2 replications",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_file_is_run_with_its_own_baseline_or_another(tmp_path):
    text = """\
baseline: none.yaml
variants:
  robbers too: {change: {decrees: {jubilee: {exclude: {robbers: null}}}}}
  nobody: {change: {decrees: null}}
"""
    path = sweep_file(tmp_path, text)
    result = amnesty("sweep", path, "--replications", 1, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Sweep. Caps: difference from none\n")
    found = rows(tmp_path / "out", "sweep.csv")
    assert {row["baseline"] for row in found} == {"none"}
    nobody = [row["mean"] for row in found if row["variant"] == "nobody"]
    assert set(nobody) == {"0"}
    other = amnesty("sweep", path, "--baseline", tmp_path / "short.yaml", "--replications", 1)
    assert other.stdout.startswith("Sweep. Caps: difference from short\n")
    assert re.search(r"^\(as in the file\) +0 \(always\)", other.stdout, re.M) or re.search(
        r"^\(as in the file\) +0 no interval", other.stdout, re.M
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], r"^nothing to sweep: give --vary PATH=V1,V2, or a sweep file\n$"),
        (["--vary", "decrees.jubilee.capp=1 per camp"],
         r"--vary: decrees\.jubilee\.capp: unknown key 'capp': did you mean 'cap'\?"),
        (["--vary", "decrees.jubille.cap=none"], r"no key 'jubille'.*did you mean 'jubilee'"),
        (["--vary", "world.held"], r"--vary: world\.held: expected a path and its values, such"),
        (["--vary", "world.held="], r"--vary: world\.held=: an empty value"),
        (["--vary", "=1"], r"--vary: =1: an empty key"),
        (["--vary", "title=a"], r"no key 'title' that decides a result"),
        (["--vary", "world.held=1000"], r"the range 100 to 400 does not hold 1000"),
        (["--vary", "world.held=150", "--vary", "world.held=250"], r"is varied twice"),
        (["--vary", "decrees.jubilee.cap=none", "--baseline", "nowhere.yaml"], r"no such file"),
        (["--vary", "decrees.jubilee.cap=none", "--shard", "3/2"], r"--shard: expected a part"),
    ],
)  # fmt: skip
def test_a_sweep_that_makes_no_sense_is_refused(tmp_path, words, message):
    refused(["sweep", file("short"), *words], message, tmp_path / "out")


def test_a_sweep_file_says_itself_what_is_varied(tmp_path):
    path = sweep_file(tmp_path, "vary: {decrees.jubilee.cap: [none, 1 per camp]}\n")
    refused(["sweep", path, "--vary", "world.held=150"],
            "^--vary: the sweep file says what is varied", tmp_path / "out")  # fmt: skip


@pytest.mark.parametrize("command", ["run", "compare", "sensitivity", "attribute"])
def test_a_sweep_file_is_no_scenario(tmp_path, command):
    path = sweep_file(tmp_path, "vary: {decrees.jubilee.cap: [none, 1 per camp]}\n")
    refused([command, path], "is a sweep; expected a scenario or a world", tmp_path / "out")


def test_two_scenarios_of_one_name_are_refused(tmp_path):
    text = "variants: {no-pardon: {change: {decrees: {jubilee: {cap: 1 per camp}}}}}\n"
    text = text.replace("1 per camp", "{value: 1 per camp, low: 1, high: 2}")
    path = sweep_file(tmp_path, text)
    message = "^two scenarios are called 'no-pardon'; rename one\n$"
    refused(["sweep", path], message, tmp_path / "out")
    changed(tmp_path, "short", "over: {value: 2 days", "over: {value: 3 days")
    message = "^two scenarios are called 'short'; rename one\n$"
    other = ["--baseline", tmp_path / "short.yaml"]
    refused([*SWEEP, *other], message, tmp_path / "out")
    refused([*SHARES, *other], message, tmp_path / "out")


# --- sensitivity.


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    out = tmp_path_factory.mktemp("draws") / "drawn"
    result = amnesty(*DRAWS, "--out", out)
    assert result.exit_code == 0, result.stderr
    return out, result


def test_draws_print_three_layers_and_what_it_rests_on(drawn):
    out, result = drawn
    assert result.stderr == f"Drawing 8 worlds of 2 assumptions\nSaved in {out}\n"
    layers, rests_on = result.stdout.rstrip("\n").split("\n\n\n")
    assert layers.startswith("Error, chance, ignorance: short, difference from no-pardon\n")
    assert rests_on.startswith("Table 3. What it rests on: short, freed by decree,")
    assert "8 draws of 2 assumptions at once (Latin hypercube, seed 1), 2 replications" in rests_on
    assert set(saved(out)) == {
        "data-dictionary.csv", "draws.csv", "design.csv", "influences.csv", "layers-short.txt",
        "rests-on-draws-short.txt", "scenarios/no-pardon.json", "scenarios/short.json",
    }  # fmt: skip
    assert saved(out)["layers-short.txt"].decode() == layers + "\n"


def test_only_what_is_named_is_drawn(drawn):
    design = rows(drawn[0], "design.csv")
    assert [row["assumption"] for row in design] == [SHORT, "bar on robbers"] * 8
    # A Latin hypercube of eight: each eighth of each range once.
    for name in (SHORT, "bar on robbers"):
        eighths = sorted(int(8 * float(row["quantile"])) for row in design
                         if row["assumption"] == name)  # fmt: skip
        assert eighths == list(range(8))


def test_the_swing_is_that_of_the_draws_that_are_saved(drawn):
    means = {int(row["draw"]): float(row["mean"]) for row in rows(drawn[0], "draws.csv")
             if row["measure"] == "freed by decree"}  # fmt: skip
    halves = {True: [], False: []}
    for row in rows(drawn[0], "design.csv"):
        if row["assumption"] == SHORT:
            halves[float(row["quantile"]) > 0.5].append(means[int(row["draw"])])
    upper, lower = (sum(half) / len(half) for half in (halves[True], halves[False]))
    (found,) = (
        row for row in rows(drawn[0], "influences.csv")
        if (row["measure"], row["assumption"]) == ("freed by decree", SHORT)
    )  # fmt: skip
    assert float(found["swing"]) == pytest.approx(upper - lower, rel=1e-8)
    assert upper > lower  # more are freed where longer sentences count as short


def test_draws_as_json(drawn):
    found = told(DRAWS)
    assert list(found) == ["draws", "design", "influences", "left_out", "manifest"]
    assert (found["left_out"], len(found["design"])) == ([], 16)
    about = {k: found["manifest"][k] for k in ("draws", "possible_draws", "design", "seed")}
    assert about == {"draws": 8, "possible_draws": 8, "design": "Latin hypercube", "seed": 1}
    assert [str(row["draw"]) for row in found["draws"]] == [
        row["draw"] for row in rows(drawn[0], "draws.csv")
    ]


@pytest.mark.slow
def test_more_sobol_points_keep_the_cells_of_the_fewer(tmp_path):
    out = tmp_path / "draws"
    words = [*DRAWS, "--design", "sobol", "--out", out]
    assert amnesty(*words).exit_code == 0
    before = rows(out, "draws.csv")
    more = amnesty(*words, "--draws", 16)
    # The policy as written and in eight draws, and the one baseline: two replications each.
    assert "20 cells were there, 16 computed" in more.stderr
    measures = len({row["measure"] for row in before})
    after = [row for row in rows(out, "draws.csv") if int(row["draw"]) <= 8]
    assert len(after) == 8 * measures
    assert after == before


@pytest.mark.slow
def test_two_workers_draw_the_same(drawn):
    again = amnesty(*DRAWS, "--workers", 2)
    assert again.stdout == drawn[1].stdout


@pytest.mark.parametrize(
    ("design", "draws", "title", "number"),
    [
        ("morris", 16, "Screening: short, freed by decree", "15 draws"),  # five trajectories
        ("saltelli", 16, "Shares of variance: short, freed by decree", "16 draws"),
    ],
)
def test_screening_and_shares_of_variance(design, draws, title, number):
    pytest.importorskip("SALib")
    result = amnesty(*DRAWS, "--design", design, "--draws", draws)
    assert result.exit_code == 0, result.stderr
    table = result.stdout.split("\n\n\n")[2]
    assert table.startswith(title)
    assert number in " ".join(table.split())
    assert re.search(rf"^{re.escape(SHORT)} +\S", table, re.M)


@pytest.mark.slow
def test_indices_that_need_every_draw_are_refused_before_cells_are_computed(tmp_path):
    pytest.importorskip("SALib")
    # Eight tenths reduced before, among those who have served 230 days, who are fewer.
    words = ["sensitivity", file("short"), "--only", "earlier reductions", "--draws", 16,
             "--design", "morris", "--workers", 1]  # fmt: skip
    message = r"--design: \d+ of 16 draws describe no possible world, and these indices need every"
    refused(words, message, tmp_path / "out")


def test_several_policies_are_told_apart(tmp_path):
    out = tmp_path / "two"
    words = ["sensitivity", *files("short", "halves"), "--only", SHORT, "--draws", 8,
             "--replications", 1, "--workers", 1, "--align", "2011-06-05"]  # fmt: skip
    result = amnesty(*words, "--out", out)
    assert result.exit_code == 0, result.stderr
    titles = re.findall(r"^(?:Error|Table 3)[^:]*: (\w+)", result.stdout, re.M)
    assert titles == ["short", "short", "halves", "halves"]
    assert re.search(r"In \S+% of assumption draws short exceeds halves", result.stdout)
    assert {row["scenario"] for row in rows(out, "draws.csv")} == {"short", "halves"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--design", "cube"],
         "--design: no design 'cube'; expected one of lhs, sobol, morris, saltelli"),
        (["--draws", 7], "--draws"),
        (["--draws", 8, "--design", "morris"],
         r"--draws: Morris' trajectories of \d\d assumptions take \d\d\d draws"),
        (["--draws", 8, "--design", "saltelli"],
         r"--draws: Saltelli's points of \d\d assumptions take \d\d\d draws"),
        (["--only", "the weather"],
         "--only: 'the weather' is in the name of no assumption that has a range"),
        (["--only", "world.held", "--only", "the weather"], "--only: 'the weather' is in the name"),
        (["--baseline", file("short")], "--baseline: 'short' is among the files"),
        (["--align", "2031-01-01"], "--align: 2031-01-01 must not come before"),
        (["--rows", 0], "--rows"),
    ],
)  # fmt: skip
def test_draws_that_make_no_sense_are_refused(tmp_path, words, message):
    refused(["sensitivity", file("short"), "--workers", 1, *words], message, tmp_path / "out")


# --- attribute.


def test_shares_of_clauses_add_up_to_the_decree(tmp_path):
    out = tmp_path / "shares"
    result = amnesty(*SHARES, "--out", out)
    assert result.exit_code == 0
    assert result.stdout.startswith("What each clause does: Everybody with a short sentence")
    assert set(saved(out)) == {
        "data-dictionary.csv", "clauses.csv", "clauses.txt", "scenarios/no-pardon.json",
        "scenarios/short.json",
    }  # fmt: skip
    assert saved(out)["clauses.txt"].decode() == result.stdout
    found = rows(out, "clauses.csv")
    assert {row["clause"] for row in found} == {"short sentence", "half served"}
    pair = tmp_path / "pair"
    amnesty("compare", *files("none", "short"), "--replications", 2, "--out", pair)
    for row in rows(pair, "differences.csv"):
        shares = [float(f["share"]) for f in found if f["measure"] == row["measure"]]
        if shares:  # the decree without clauses frees nobody: it is the baseline
            assert sum(shares) == pytest.approx(float(row["mean"]), abs=1e-8)


def test_shares_as_json():
    found = told(SHARES)
    assert list(found) == ["rows", "manifest"]
    assert {tuple(row) for row in found["rows"]} == {(
        "scenario", "baseline", "decree", "clause", "measure", "share", "low", "high",
        "replications",
    )}  # fmt: skip
    assert set(found["manifest"]["scenarios"]) == {"no-pardon", "short"}


def test_the_subsets_of_a_decree_are_kept(tmp_path):
    out = tmp_path / "shares"
    assert amnesty(*SHARES, "--out", out).exit_code == 0
    # Four subsets of two clauses and the baseline, two replications each.
    assert "10 cells were there, 5 computed" in amnesty(
        "attribute", file("short"), "--replications", 3, "--out", out
    ).stderr  # fmt: skip


def test_what_has_no_decree_has_no_clauses(tmp_path):
    message = "none.yaml: it has no decree whose clauses could share an effect"
    refused(["attribute", file("none")], message, tmp_path / "out")


def test_more_than_eight_clauses_are_refused(tmp_path):
    copies(tmp_path, "short")
    more = "".join(f"      clause {n}: {{when: {{offence: theft}}, then: release}}\n"
                   for n in range(7))  # fmt: skip
    changed(tmp_path, "short", "    clauses:\n", "    clauses:\n" + more)
    message = "decree 'jubilee' has 9 clauses, 512 subsets; at most 8 clauses can be attributed"
    refused(["attribute", tmp_path / "short.yaml"], message, tmp_path / "out")
