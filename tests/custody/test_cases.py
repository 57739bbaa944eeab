"""Cases put hypothetical persons before a decree through the same court as a simulation."""

from pathlib import Path

import pytest

from sim.custody.cases import Verdict, run_cases
from sim.custody.prisons import Prisons, prisons
from sim.scenario.load import load

HEAD = """
title: A decree under test
extends: dprk.yaml
decrees:
  test:
    source: assumption
    grade: C
    ordered: 2019-01-01
    lists_due: 2019-02-01
    granted: 2019-03-01
    exclude:
      killers: {offence: murder}
    clauses:
      half: {when: {served share: ">= 1/2", sentence: "< 10 years"}, then: release}
      long:
        when: {sentence: ">= 10 years"}
        then: {reduce: {by: 3 years, at most: half the sentence}}
    review: {recommended: {value: 1%, low: 0%, high: 2%, grade: C}}
    cap: 0 in all
    release: {education: 10 days from listing, exile: {origin: Pyongyang, to: chosen by camp}}
    cases:
"""


@pytest.fixture(scope="module")
def world() -> Prisons:
    return prisons(load("dprk.yaml"))


def verdict(tmp_path: Path, world: Prisons, who: str, then: str) -> Verdict:
    """Run one case of the decree above."""
    file = tmp_path / "decree.yaml"
    file.write_text(HEAD + f"      the case: {{who: {who}, then: {then}}}\n")
    (found,) = run_cases(load(file), world)
    return found


@pytest.mark.parametrize(
    ("who", "then"),
    [
        ("{offence: theft, sentence: 4 years, served: 2 years}", "released"),
        ("{offence: theft, sentence: 4 years, served: 729 days}", "[stays, not eligible]"),
        ("{offence: murder, sentence: 4 years, served: 3 years}", "[stays, barred]"),
        ("{offence: murder, sentence: life, served: 30 years}", "[stays, not eligible]"),
        ("{offence: drugs, sentence: 12 years, served: 1 year}", "[reduced, {term: 9 years}]"),
        ("{offence: theft, sentence: 4 years, served: 3 years, recommended: false}", "stays"),
        ("{offence: theft, sentence: 4 years, served: 3 years, origin: Pyongyang}", "exiled"),
        ("{offence: theft, sentence: 4 years, served: 3 years}", "{released on: 2019-03-01}"),
        # A month of the term is left on the day of lists: it ends before the grant.
        ("{offence: theft, sentence: 4 years, served: 1460 days}", "stays"),
        # The cut uses up what is left: a release on the decree's day, not a shorter term.
        ("{offence: drugs, sentence: 12 years, served: 10 years}", "{released on: 2019-03-01}"),
    ],
)
def test_what_must_happen_happens(tmp_path: Path, world: Prisons, who: str, then: str) -> None:
    assert verdict(tmp_path, world, who, then).ok


@pytest.mark.parametrize(
    ("who", "then", "got"),
    [
        ("{offence: theft, sentence: 4 years, served: 2 years}", "stays", "released"),
        ("{offence: theft, sentence: 4 years, served: 1 year}", "released", "not eligible"),
        ("{offence: murder, sentence: 4 years, served: 3 years}", "released", "barred"),
        ("{offence: drugs, sentence: 12 years, served: 1 year}", "{term: 8 years}", "9 years"),
        ("{offence: theft, sentence: 4 years, served: 3 years}", "exiled", "released"),
        ("{offence: theft, sentence: 4 years, served: 3 years}", "{released on: 2019-03-02}",
         "2019-03-01"),
    ],
)  # fmt: skip
def test_what_does_not_happen_is_reported(
    tmp_path: Path, world: Prisons, who: str, then: str, got: str
) -> None:
    found = verdict(tmp_path, world, who, then)
    assert not found.ok
    assert got in found.got


def test_every_shipped_case_holds(world: Prisons) -> None:
    folder = Path(__file__).parents[2] / "scenarios"
    verdicts = [v for file in sorted(folder.glob("*.yaml")) for v in run_cases(load(file), world)]
    assert len(verdicts) > 100
    assert [v for v in verdicts if not v.ok] == []
