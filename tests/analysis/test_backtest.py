"""Percentiles, readings and counts of the back test, also against cells counted anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.backtest import (
    ABOVE,
    BELOW,
    CANNOT_TELL,
    INSIDE,
    compared,
    counted,
    of_one_world,
    percentile,
    plan_predictions,
    score,
    scores,
)
from sim.custody.model import simulate
from sim.custody.streams import Draws
from sim.scenario.load import shipped_folder
from sim.scenario.reports import load_reports
from sim.study.execute import solved
from sim.study.study import Study
from tests.scenario.test_reports import TEXT, report, written

WHERE = ("event", "variant", "report")
DRAWS, REPLICATIONS, SEED = 8, 2, 5


@pytest.mark.parametrize(
    ("numbers", "value", "expected"),
    [
        ([1, 2, 3, 4], 2.5, 50),
        ([1, 2, 3, 4], 2, 37.5),  # one below, one equal
        ([1, 2, 3, 4], 0, 0),
        ([1, 2, 3, 4], 9, 100),
        ([0, 0, 0, 0], 0, 50),
        ([7], 7, 50),
    ],
)
def test_ties_count_half(numbers, value, expected):
    assert percentile(np.array(numbers, dtype=float), value) == expected


@pytest.mark.parametrize(
    ("predicted", "value", "low", "high", "reading"),
    [
        (range(100, 201), 150, 140, 160, INSIDE),
        (range(100, 201), 90, 80, 99, BELOW),
        (range(100, 201), 90, 80, 103, INSIDE),  # the range reaches the band, which begins at 102.5
        (range(100, 201), 210, 198, 300, ABOVE),
        (range(100, 201), 210, 197, 300, INSIDE),
        ([10] * 50 + [100] * 50, 50, 50, 50, INSIDE),  # exactly tenfold
        ([10] * 50 + [101] * 50, 50, 50, 50, CANNOT_TELL),
        ([0] * 50 + [1] * 50, 1, 1, 1, CANNOT_TELL),
        ([0] * 100, 0, 0, 0, INSIDE),
        ([0] * 100, 5, 5, 5, ABOVE),
    ],
)
def test_readings(predicted, value, low, high, reading):
    told = report(value=value, low=low, high=high)
    assert score(WHERE, "w", told, np.array(predicted, dtype=float)).reading == reading


def test_cells_without_the_quantity_are_left_out_and_counted():
    told = report(value=1, of={"value": 2})
    found = score(WHERE, "w", told, np.array([0.4, np.nan, 0.6]))
    assert (found.cells, found.percentile, found.median) == (2, 50, 0.5)
    with pytest.raises(ValueError, match="in no cell"):
        score(WHERE, "w", told, np.array([np.nan]))


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A small back test: its reports, plan, cells and scores."""
    reports = load_reports(written(tmp_path_factory.mktemp("reports")))
    plan = plan_predictions(reports, DRAWS, SEED)
    with Study() as study:
        study.compute(plan.asked(REPLICATIONS), SEED)
        yield reports, plan, study, scores(reports, plan, study, REPLICATIONS, SEED)


@pytest.mark.slow
def test_only_what_has_something_alike_is_compared(ran):
    reports, _, _, found = ran
    assert list(compared(reports)) == [
        ("jubilee", variant, name)
        for variant in ("as told", "fitted")
        for name in ("freed in the north", "freed")
    ]
    assert [(one.event, one.variant, one.report) for one in found] == list(compared(reports))


@pytest.mark.slow
def test_variants_share_their_draws(ran):
    _, plan, _, _ = ran
    one, other = plan.points.values()
    assert len(one) == len(other) == DRAWS - sum(map(len, plan.left_out.values()))
    for ours, theirs in zip(one, other, strict=True):
        assert ours.scenario.world_address == theirs.scenario.world_address


@pytest.mark.slow
def test_percentiles_are_those_of_cells_counted_anew(ran):
    """Run each cell again and count from flows, not from waterfalls, with plain sorting."""
    _, plan, _, found = ran
    share, number = [], []
    for point in plan.points["prisons short"]:
        for replication in range(REPLICATIONS):
            cell = simulate(point.scenario, solved(point.scenario), Draws(SEED, replication))
            freed = int(cell.record.series["releases by decree"].sum())
            day = (point.scenario.decrees["jubilee"].lists_due.value
                   - point.scenario.world.start).days  # fmt: skip
            register = cell.register
            held = int(((register.admitted <= day) & (register.left > day)).sum())
            share.append(freed / held)
            number.append(freed)
    by_name = {one.report: one for one in found if one.variant == "as told"}
    for name, value, cells in (("freed in the north", 0.2, share), ("freed", 30, number)):
        below = sum(x < value for x in cells) + 0.5 * sum(x == value for x in cells)
        one = by_name[name]
        assert one.percentile == pytest.approx(100 * below / len(cells))
        assert one.median == pytest.approx(sorted_median(cells))
        assert one.cells == len(cells) > 0


def sorted_median(cells):
    ordered = sorted(cells)
    n = len(ordered)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2


@pytest.mark.slow
def test_releases_are_never_reductions(ran):
    _, plan, study, _ = ran
    label = plan.points["prisons halves"][0].key
    key = next(key for key in study.store.there() if key.point == label)
    summary = study.store.summary(key, "halves")
    freed, cut = (counted(summary, report(counts=what)) for what in ("released", "reduced"))
    assert cut > 0
    assert counted(summary, report(counts="beneficiaries")) == freed + cut
    among = report(value=1, counts="released", of={"what": "beneficiaries", "value": 2})
    assert counted(summary, among) == freed / (freed + cut)
    nobody = {stage: counts * 0 for stage, counts in summary.waterfalls.items()}
    assert np.isnan(counted(replace(summary, waterfalls=nobody), among))


@pytest.mark.slow
def test_a_decree_that_is_named_is_counted_alone(ran):
    _, plan, study, _ = ran
    key = next(k for k in study.store.there() if k.point == plan.points["prisons short"][0].key)
    summary = study.store.summary(key, "short")
    doubled = {("other", clause, stage): counts * 3
               for (_, clause, stage), counts in summary.waterfalls.items()}  # fmt: skip
    both = replace(summary, waterfalls={**summary.waterfalls, **doubled})
    one = counted(summary, report())
    assert counted(both, report(decree="jubilee")) == one
    assert counted(both, report()) == 4 * one


def test_a_file_in_which_nothing_is_alike_compares_nothing(tmp_path):
    text = TEXT.replace(
        "        outlet: The", "        not compared: why not\n        outlet: The", 2
    )
    assert list(compared(load_reports(written(tmp_path, text)))) == []


@pytest.fixture(scope="module")
def shipped():
    return load_reports(shipped_folder() / "history" / "reports.yaml")


def test_the_shipped_reports_are_drawn_world_by_world(shipped):
    """A flag of 2010 makes its world another than that of 2012, whose days are the same."""
    groups = of_one_world(shipped)
    assert len(groups) > len(shipped.worlds)
    for scenarios in groups.values():
        assert len({scenario.world_address for scenario in scenarios}) == 1
    wanted = {(event, variant) for event, variant, _ in compared(shipped)}
    named = {s.name for (*where, _), s in shipped.scenarios.items() if tuple(where) in wanted}
    assert sorted(s.name for group in groups.values() for s in group) == sorted(named)


@pytest.mark.slow
def test_the_shipped_reports_can_be_drawn(shipped):
    plan = plan_predictions(shipped, 4, SEED)
    assert all(len(points) >= 2 for points in plan.points.values())
