"""Files of reports: what they say, and where a mistake in one stands."""

from __future__ import annotations

import re
import shutil

import pytest

from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from sim.scenario.reports import Report, is_reports_file, load_reports
from tests.cli.command import file

TEXT = """\
title: Two pardons as they were told
worlds: prisons.yaml
events:
  jubilee:
    variants:
      as told: {file: short.yaml}
      fitted: {file: halves.yaml, post hoc: chosen because it fits}
    reports:
      freed in the north:
        counts: released
        covers: north
        value: 20
        low: 15
        high: 30
        unit: persons
        of: {value: 100, low: 80, high: 120}
        outlet: The Gazette
        source: assumption
        grade: C
      freed:
        counts: released
        covers: all camps
        value: 30
        unit: persons
        outlet: The Herald
        source: derived
        grade: B
        conflicts with: freed in the north
      seen at the gate:
        counts: beneficiaries
        covers: a gate
        value: 3
        unit: persons
        outlet: The Herald
        source: derived
        grade: B
        not compared: nobody knows which gate
"""


def written(folder, text=TEXT):
    for name in ("prisons", "short", "halves"):
        shutil.copy(file(name), folder)
    path = folder / "reports.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def report(**changes):
    plain = {"counts": "released", "covers": "all camps", "value": 10, "unit": "persons",
             "outlet": "x", "source": "derived", "grade": "B"}  # fmt: skip
    return Report.model_validate({**plain, **changes})


def test_scenarios_are_loaded_in_every_world(tmp_path):
    path = written(tmp_path, TEXT.replace("worlds: prisons.yaml", "worlds: [prisons.yaml, b.yaml]"))
    (tmp_path / "b.yaml").write_text(
        "title: More\nextends: prisons.yaml\nworld: {held: {value: 300, low: 100, high: 400}}\n",
        encoding="utf-8",
    )
    found = load_reports(path)
    held = {key[1:]: one.world.held.value for key, one in found.scenarios.items()}
    assert held == {
        ("as told", "prisons"): 200, ("as told", "b"): 300,
        ("fitted", "prisons"): 200, ("fitted", "b"): 300,
    }  # fmt: skip
    assert len({one.name for one in found.scenarios.values()}) == 4


def test_a_share_has_the_range_of_both_its_numbers():
    one = report(value=20, low=15, high=30, of={"value": 100, "low": 80, "high": 120})
    assert one.bounds() == (0.2, 15 / 120, 30 / 80)
    assert report(value=7, of={"value": 8}).bounds() == (7 / 8, 7 / 8, 7 / 8)
    assert report(value=8, low=8, high=9, of={"value": 8, "low": 6, "high": 9}).bounds()[2] == 1
    assert report(value=10, low=5, high=11).bounds() == (10, 5, 11)
    assert report(value=0, of={"value": 8}).bounds() == (0, 0, 0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("counts: beneficiaries", "counts: freed", r"counts: unknown word 'freed'"),
        ("outlet: The Gazette\n        ", "", r"'outlet' is missing"),
        ("outlet: The Gazette", "outlets: The Gazette", r":17: .*did you mean 'outlet'"),
        ("of: {value: 100, low: 80, high: 120}", "of: {value: 19}", r"20 of 19 is more than all"),
        ("value: 20", "value: 40", r"range 15 to 30 does not hold 40"),
        ("of: {value: 100, low: 80, high: 120}", "of: {value: 0}", r":16: .*a share of nobody"),
        ("of: {value: 100, low: 80, high: 120}", "of: {value: 100, low: 80}", "both ends"),
        ("        of: {value: 100, low: 80, high: 120}\n", "", "count of some camps has nothing"),
        ("covers: north", "covers: nroth", r":11: .*unknown camp 'nroth': did you mean 'north'"),
        ("covers: all camps", "decree: jubille\n        covers: all camps",
         r"no decree 'jubille': did you mean 'jubilee'"),
        ("conflicts with: freed in the north", "conflicts with: freed", "no other report 'freed'"),
        ("source: assumption", "source: hearsay", r"unknown source 'hearsay'"),
        ("short.yaml", "shorter.yaml", r":6: .*no such file: 'shorter.yaml'"),
        ("worlds: prisons.yaml", "worlds: prison.yaml", r":2: worlds: no such file: 'prison.yaml'"),
        ("worlds: prisons.yaml\n", "", r"'worlds' is missing"),
        ("as told: {file: short.yaml}", "as told: {file: reports.yaml}", "is a file of reports"),
        ("post hoc:", "posthoc:", "did you mean 'post hoc'"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(tmp_path, old, new, told):
    assert TEXT.count(old) == 1, old
    with pytest.raises(ScenarioError) as caught:
        load_reports(written(tmp_path, TEXT.replace(old, new)))
    assert re.search(told, str(caught.value)), caught.value


def test_all_mistakes_are_told_at_once(tmp_path):
    text = TEXT.replace("covers: north", "covers: nroth").replace(
        "freed in the north\n      s", "x\n      s"
    )
    with pytest.raises(ScenarioError) as caught:
        load_reports(written(tmp_path, text))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("changes", [
    {"counts": "beneficiaries", "of": {"what": "beneficiaries", "value": 20}},
    {"covers": []},
    {"covers": ["all camps", "north"]},
    {"of": {"what": "released", "value": 20}},
    {"value": -1},
])  # fmt: skip
def test_what_means_nothing_is_refused(changes):
    with pytest.raises(ValueError, match=r"validation error"):
        report(**changes)


def test_a_scenario_is_no_file_of_reports_and_the_other_way_round(tmp_path):
    path = written(tmp_path)
    assert is_reports_file(path)
    assert not is_reports_file(tmp_path / "short.yaml")
    assert not is_reports_file(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="is a file of reports"):
        load(path)
    with pytest.raises(ScenarioError, match="'worlds' is missing"):
        load_reports(tmp_path / "short.yaml")


def test_the_shipped_reports_keep_releases_and_reductions_apart():
    found = load_reports(shipped_folder() / "history" / "reports.yaml")
    every = [one for event in found.file.events.values() for one in event.reports.values()]
    assert {one.counts for one in every} == {"released", "reduced", "beneficiaries"}
    assert any(one.not_compared for one in every)
    told = [t.post_hoc for event in found.file.events.values() for t in event.variants.values()]
    assert any(told)
    assert not all(told)
    for event in found.file.events.values():
        for name, one in event.reports.items():
            for other in one.conflicts_with or ():
                assert name in (event.reports[other].conflicts_with or ()), (name, other)
