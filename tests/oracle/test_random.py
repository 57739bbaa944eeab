"""Random worlds under random decrees: the engine does what the oracle does, on every clock."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, reject, settings
from hypothesis import strategies as st

from sim.custody.prisons import prisons
from sim.custody.streams import Draws
from sim.scenario.problems import ScenarioError
from tests.oracle.compare import check
from tests.oracle.worlds import FLAGS, file_of, scenario_of

NUMBERS = st.integers(0, 2**24 - 1)
FLAG_WORDS = st.binary(min_size=FLAGS // 8, max_size=FLAGS // 8)
SEEN = (
    "barred", "eligible", "recommended", "approved", "selected", "granted", "released", "reduced",
    "exiled", "expired waiting", "died waiting", "moved while waiting", "still waiting",
    "unrecommended", "unapproved", "capped", "returned", "arrested in a drive", "merit",
    "died at liberty", "life", "labelled", "nobody", "freed of a fixed term", "freed of life",
    "freed with under a year left", "freed in ill health", "freed for violent offences",
    "terms cut that would still run", "returns in remitted time", "advanced returns",
    *(f"{fate} after {kind}" for fate in ("at risk", "returned", "died")
      for kind in ("expiry", "decree")),
)  # fmt: skip
"""What must have happened somewhere, or the examples show too little."""


def _examined(file: dict[str, Any], seed: int, stops: list[int], seen: Counter[str]) -> None:
    scenario = scenario_of(file)
    try:
        world = prisons(scenario)
    except ScenarioError:
        reject()  # a world that cannot be: a label nobody can bear, returns beyond admissions
    oracle, cell = check(scenario, Draws(seed, 0), stops, world=world)
    series, curves = cell.record.series, cell.record.curves
    fixed = int(series["releases from fixed terms"].sum())
    seen["freed of a fixed term"] += fixed
    seen["freed of life"] += int(series["releases by decree"].sum()) - fixed
    back = int(series["returns in remitted time"].sum())
    seen["advanced returns"] += int(series["returns of the freed"].sum()) - back
    for name, counts in (*series.items(), *curves.items()):
        if name in SEEN:
            seen[name] += int(counts.sum())
    stages = Counter(stage for docket in oracle.dockets for stage, _, _ in docket.stages)
    seen.update(stages)
    seen["unrecommended"] += stages["eligible"] - stages["recommended"]
    seen["unapproved"] += stages["recommended"] - stages["approved"]
    seen["capped"] += stages["approved"] - stages["selected"]
    seen["nobody"] += not oracle.spells
    for s in oracle.spells:
        seen["returned"] += s.spell > 0 and s.person < 2**40
        seen["arrested in a drive"] += s.line > 0
        seen["merit"] += s.merit_day is not None
        seen["died at liberty"] += s.died_free is not None
        seen["life"] += s.imposed is None
        seen["labelled"] += s.labelled


def _run(examples: int) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        NUMBERS,
        FLAG_WORDS,
        FLAG_WORDS,
        st.integers(0, 999),
        st.lists(st.integers(0, 2191), max_size=8),
    )
    def examine(number: int, one: bytes, other: bytes, seed: int, stops: list[int]) -> None:
        file = file_of(number, int.from_bytes(one) | int.from_bytes(other))
        note(json.dumps(file, indent=1))
        _examined(file, seed, stops, seen)

    examine()
    assert not [what for what in SEEN if not seen[what]]


def test_hundred_random_worlds_and_decrees():
    _run(100)


@pytest.mark.slow
def test_two_thousand_random_worlds_and_decrees():
    _run(2000)
