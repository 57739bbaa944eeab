"""Cells do not depend on workers, order or company, and failures end cleanly."""

import threading

import numpy as np
import pytest

from sim.analysis.compare import compare
from sim.paper.folder import files_of
from sim.paper.report import tables_of
from sim.scenario.load import load
from sim.study import execute as module
from sim.study.cells import Point
from sim.study.execute import execute, processors, run_task, simulate, tasks
from tests.cli.command import file

NAMES = ("none", "short", "halves")


def keep(point, summary):
    """Keep everything (in a module, so that processes can be told)."""
    return summary


@pytest.fixture(scope="module")
def points():
    return [Point(name, load(file(name))) for name in NAMES]


@pytest.fixture(scope="module")
def cells(points):
    return run(points, 5)


def run(points, replications, **how):
    found = [s for done in execute(tasks(points, 7, replications), keep, **how) for s in done]
    return {(s.label, s.replication): s for s in found}


def same(one, other):
    assert (one.label, one.replication, one.address) == (
        other.label, other.replication, other.address,
    )  # fmt: skip
    assert one.groups == other.groups
    assert list(one.waterfalls) == list(other.waterfalls)
    assert list(one.series) == list(other.series)
    for name in one.series:
        np.testing.assert_array_equal(one.series[name], other.series[name], err_msg=name)
    for key in one.waterfalls:
        np.testing.assert_array_equal(one.waterfalls[key], other.waterfalls[key])
    np.testing.assert_array_equal(one.camp_stock, other.camp_stock)
    np.testing.assert_array_equal(one.exiled_to, other.exiled_to)


# --- The same cells everywhere.


@pytest.mark.parametrize("how", [{"workers": 2}, {"workers": 2, "processes": True}, {"workers": 7}],
                         ids=["two threads", "two processes", "seven threads"])  # fmt: skip
def test_any_number_of_workers_gives_equal_cells(points, cells, how):
    found = run(points, 5, **how)
    assert list(found) == list(cells)  # and in the same order
    for key, summary in cells.items():
        same(summary, found[key])


def test_a_replication_is_the_same_alone_or_among_others(points, cells):
    for work in reversed(tasks(points, 7, 5)):
        if work.replication in (0, 3):
            for summary in run_task(work, keep):
                same(summary, cells[summary.label, summary.replication])


def test_a_scenario_is_the_same_alone_or_beside_others_in_any_order(points, cells):
    for company in ([points[1]], points[::-1], [points[1], points[0]]):
        for key, summary in run(company, 2).items():
            same(summary, cells[key])


def test_files_of_one_and_two_workers_are_equal_byte_for_byte(points):
    scenarios = [point.scenario for point in points]
    texts = []
    for workers in (1, 2):
        found = compare(scenarios, replications=4, workers=workers, assumptions=2)
        texts.append(files_of(found, tables_of(found)))
    assert list(texts[0]) == list(texts[1])
    for name in texts[0]:
        assert texts[0][name].encode() == texts[1][name].encode(), name


def test_one_cell_alone_is_that_of_a_study(points, cells):
    record = simulate(points[1].scenario, seed=7, replication=3)
    for name, counts in cells["short", 3].series.items():
        np.testing.assert_array_equal(record.series[name], counts)


def test_cells_are_addressed_by_what_decides_them(points, cells):
    addresses = [summary.address for summary in cells.values()]
    assert len(set(addresses)) == len(addresses)
    point = points[1]
    assert point.address(7, 3, "tables") == Point("another label", point.scenario).address(
        7, 3, "tables"
    )
    others = {
        point.address(7, 3, "tables"), point.address(8, 3, "tables"),
        point.address(7, 4, "tables"), point.address(7, 3, "other tables"),
        points[0].address(7, 3, "tables"),
    }  # fmt: skip
    assert len(others) == 5


# --- Tasks.


def test_scenarios_of_one_world_share_a_task(points):
    work = tasks(points, 7, 2)
    assert [(len(t.points), t.replication) for t in work] == [(3, 0), (3, 1)]


def test_another_world_is_another_task(points, tmp_path):
    text = file("prisons").read_text(encoding="utf-8").replace("value: 200", "value: 100")
    (tmp_path / "prisons.yaml").write_text(text, encoding="utf-8")
    other = Point("other", load(tmp_path / "prisons.yaml"))
    work = tasks([*points, other], 7, 1)
    assert [len(t.points) for t in work] == [3, 1]


def test_no_work_yields_nothing():
    assert list(execute([], keep)) == []
    assert list(execute([], keep, workers=2)) == []


def test_there_is_a_processor():
    assert processors() >= 1


# --- Failures.


class BrokenError(Exception):
    pass


def fail_at(replication):
    def fail(point, summary):
        if summary.replication == replication:
            raise BrokenError(point.label)
        return summary.replication

    return fail


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_in_a_worker_ends_the_work_cleanly(points, workers):
    before = threading.active_count()
    seen = []
    with pytest.raises(BrokenError):
        seen.extend(execute(tasks(points[:1], 7, 30), fail_at(3), workers=workers))
    assert seen == [[0], [1], [2]]  # what was done before it is yielded, in order
    assert threading.active_count() == before


def test_a_reader_who_leaves_early_ends_the_work(points, monkeypatch):
    started = []
    whole = module.run_task

    def counted(task, keep):
        started.append(task.replication)
        return whole(task, keep)

    monkeypatch.setattr(module, "run_task", counted)
    before = threading.active_count()
    work = execute(tasks(points[:1], 7, 60), keep, workers=2, processes=False)
    next(work)
    work.close()
    assert threading.active_count() == before
    assert len(started) < 30


def test_a_world_is_solved_once(points, monkeypatch):
    solved = []
    whole = module.prisons
    monkeypatch.setattr(module, "_SOLVED", {})
    monkeypatch.setattr(module, "prisons", lambda s: solved.append(s.name) or whole(s))
    run(points, 2, workers=2)
    assert solved == ["none"]
