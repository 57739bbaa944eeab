"""First files: the starter is in order and every line of it is explained; copies are whole."""

import re
import shutil

import pytest

from sim.analysis.check import check_files
from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from sim.scenario.starter import copy, start
from sim.scenario.sweeps.sweep import load_sweep
from tests.cli.command import FILES

BIB = "sources.bib"


def in_order(path):
    (result,) = check_files([path])
    assert result["errors"] == []
    assert result["warnings"] == []
    assert result["cases"]
    assert all(case["ok"] for case in result["cases"]), result["cases"]


@pytest.mark.parametrize("world", ["dprk.yaml", "dprk-70k.yaml", FILES / "prisons.yaml"])
def test_the_starter_is_in_order_at_once(tmp_path, world):
    file, bibliography = start(tmp_path, "own", load(world))
    assert (file.name, bibliography.name) == ("own.yaml", BIB)
    in_order(file)
    assert load(file).world == load(world).world


def test_the_starter_of_a_world_of_one_offence_without_exile_is_in_order(tmp_path):
    shutil.copy(FILES / "prisons.yaml", tmp_path / "prisons.yaml")
    offences = list(load(FILES / "prisons.yaml").world.offences)
    kept = f"{offences[0]}: {{share: {{value: 100%, high: 100%}}}}"
    changed = ", ".join([kept, *(f"{name}: null" for name in offences[1:])])
    small = tmp_path / "small.yaml"
    small.write_text(
        f"title: Small\nextends: prisons.yaml\nworld: {{offences: {{{changed}}}}}\n",
        encoding="utf-8",
    )
    file = start(tmp_path, "own", load(small))[0]
    text = file.read_text(encoding="utf-8")
    assert "extends: small.yaml " in text
    assert "grave crime" not in text
    in_order(file)


def test_every_line_of_the_starter_is_explained(tmp_path):
    """A line has a comment, or is one; names, ends of ranges and cases speak for themselves."""
    text = start(tmp_path, "own", load("dprk.yaml"))[0].read_text(encoding="utf-8")
    plain = re.compile(r"\w[\w -]*:|low: .*|source: assumption|who: .*|then: \[.*")
    law = text.partition("    cases:")[0]
    for line in filter(str.strip, law.splitlines()):
        assert "# " in line or plain.fullmatch(line.strip()), line
    assert max(map(len, text.splitlines())) <= 100


def test_a_word_that_yaml_would_misread_is_quoted(tmp_path):
    world = tmp_path / "world.yaml"
    text = (shipped_folder() / "dprk.yaml").read_text(encoding="utf-8")
    assert text.count("\n    murder:\n") == 1
    world.write_text(text.replace("\n    murder:\n", "\n    'art: 5, #2':\n"), encoding="utf-8")
    file = start(tmp_path, "own", load(world))[0]
    assert '"art: 5, #2"' in file.read_text(encoding="utf-8")
    in_order(file)


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "own.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / BIB).write_text("mine", encoding="utf-8")
    for act in (
        lambda: start(tmp_path, "own", load("dprk.yaml")),
        lambda: start(tmp_path, "own.yaml", load("dprk.yaml")),
        lambda: copy(tmp_path, "2020-anniversary.yaml", "own"),
    ):
        with pytest.raises(ScenarioError, match="is not overwritten"):
            act()
    assert [path.name for path in start(tmp_path, "other", load("dprk.yaml"))] == ["other.yaml"]
    assert {
        path.read_text(encoding="utf-8") for path in (tmp_path / "own.yaml", tmp_path / BIB)
    } == {"mine"}


@pytest.mark.parametrize("name", ["", "a/b", "../a", ".hidden", ".yaml", "a\nb"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(ScenarioError, match="no name of a file"):
        start(tmp_path, name, load("dprk.yaml"))
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_the_shipped_file_with_its_sources(tmp_path):
    file, bibliography = copy(tmp_path, "2020-anniversary.yaml")
    shipped = shipped_folder()
    assert file.read_bytes() == (shipped / "2020-anniversary.yaml").read_bytes()
    assert bibliography.read_bytes() == (shipped / BIB).read_bytes()
    in_order(file)
    assert load(file).address == load(shipped / "2020-anniversary.yaml").address


def test_a_sweep_can_be_copied_under_another_name(tmp_path):
    file = copy(tmp_path, "sweeps/2020-education.yaml", "mine")[0]
    assert file.name == "mine.yaml"
    assert len(load_sweep(file).variants) == 3


def test_a_copy_of_nothing_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="neither here nor shipped"):
        copy(tmp_path, "2020-anniversery.yaml")
    assert list(tmp_path.iterdir()) == []
