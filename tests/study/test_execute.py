"""Cells do not depend on workers, order or company, and failures end cleanly."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from sim.analysis.compare import compare
from sim.custody.remembered import Remembered
from sim.paper.folder import files_of
from sim.paper.report import tables_of
from sim.scenario.load import load
from sim.study import execute as module
from sim.study.cells import Point
from sim.study.execute import execute, processes, processors, run_task, simulate
from sim.study.packing import unpack
from sim.study.study import Ask, Shard, _cells, tasks
from tests.cli.command import file

NAMES = ("none", "short", "halves")


@pytest.fixture(scope="module")
def points():
    return [Point(name, load(file(name))) for name in NAMES]


@pytest.fixture(scope="module")
def cells(points):
    return run(work(points, 5), None)


def work(points, replications):
    return tasks(_cells([Ask(point, replications) for point in points], 7, None))


def run(some_work, executor, **how):
    return {cell.key: cell for done in execute(some_work, executor, **how) for cell in done}


# --- The same cells everywhere.


@pytest.mark.parametrize("number", [1, 2, pytest.param(4, marks=pytest.mark.slow)])
def test_any_number_of_processes_gives_equal_cells(points, cells, number):
    with processes(number) as executor:
        assert run(work(points, 5), executor) == cells


def test_any_executor_gives_equal_cells(points, cells):
    with ThreadPoolExecutor(7) as executor:
        assert run(work(points, 5), executor, ahead=3) == cells


def test_a_replication_is_the_same_alone_or_among_others(points, cells):
    for task in reversed(work(points, 5)):
        if task.replications[0] in (0, 3):
            for cell in run_task(task):
                assert cell == cells[cell.key]


def test_a_scenario_is_the_same_alone_or_beside_others_in_any_order(points, cells):
    for company in ([points[1]], points[::-1], [points[1], points[0]]):
        for key, cell in run(work(company, 2), None).items():
            assert cell == cells[key]


def test_files_of_one_and_two_workers_are_equal_byte_for_byte(points, monkeypatch):
    monkeypatch.setattr("sim.study.study.CREW_FROM_SECONDS", 0)
    scenarios = [point.scenario for point in points]
    texts = []
    for workers in (1, 2):
        found = compare(scenarios, replications=2, workers=workers, assumptions=1)
        texts.append(files_of(found, tables_of(found)))
    assert list(texts[0]) == list(texts[1])
    for name in texts[0]:
        assert texts[0][name].encode() == texts[1][name].encode(), name


def test_one_cell_alone_is_that_of_a_study(points, cells):
    record = simulate(points[1].scenario, seed=7, replication=3)
    (cell,) = (c for c in cells.values() if (c.key.point, c.key.replication) == (points[1].key, 3))
    summary = unpack(cell.packed, "short", 3, cell.address)
    assert list(summary.series) == list(record.series)
    for name, counts in summary.series.items():
        np.testing.assert_array_equal(record.series[name], counts)


def test_cells_are_addressed_by_what_decides_them(points, cells):
    assert len({cell.address for cell in cells.values()}) == len(cells) == 15
    point = points[1]
    same = Point("another label", point.scenario)
    assert (same.key, same.address(7, 3, "tables")) == (point.key, point.address(7, 3, "tables"))
    others = {
        point.address(7, 3, "tables"), point.address(8, 3, "tables"),
        point.address(7, 4, "tables"), point.address(7, 3, "other tables"),
        points[0].address(7, 3, "tables"),
    }  # fmt: skip
    assert len(others) == 5


# --- Tasks.


def test_scenarios_of_one_world_share_a_task(points):
    assert [(len(t.points), t.replications) for t in work(points, 2)] == [(3, (0,)), (3, (1,))]


def test_one_scenario_under_two_labels_is_run_once(points):
    (task,) = work([points[1], Point("again", points[1].scenario)], 1)
    assert [point.label for point in task.points] == ["short"]


def other_worlds(folder, number):
    """Points of so many worlds, which differ in the number held."""
    text = file("prisons").read_text(encoding="utf-8")
    for held in range(100, 100 + number):
        path = folder / f"prisons-{held}.yaml"
        path.write_text(text.replace("value: 200", f"value: {held}"), encoding="utf-8")
        yield Point(path.stem, load(path))


def test_another_world_is_another_task(points, tmp_path):
    found = work([*points, *other_worlds(tmp_path, 1)], 1)
    assert sorted(len(task.points) for task in found) == [1, 3]


def test_of_many_worlds_each_is_run_in_one_place(tmp_path):
    many = list(other_worlds(tmp_path, 17))
    found = work(many, 3)
    assert [task.replications for task in found] == [(0, 1, 2)] * 17
    few = work(many[:16], 3)
    assert [task.replications for task in few] == [(k,) for k in range(3) for _ in range(16)]


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_shards_share_the_cells_out(points, parts):
    asked = [Ask(point, 5) for point in points]
    found = [_cells(asked, 7, Shard(i + 1, parts)) for i in range(parts)]
    together = [key for part in found for key in part]
    assert sorted(together) == sorted(_cells(asked, 7, None))
    assert len(set(together)) == len(together)
    assert max(map(len, found)) - min(map(len, found)) <= 3  # one drawing of people


def test_no_work_yields_nothing():
    assert list(execute([], None)) == []
    with ThreadPoolExecutor(2) as executor:
        assert list(execute([], executor)) == []


def test_there_is_a_processor():
    assert processors() >= 1


# --- Failures.


class BrokenError(Exception):
    pass


@contextmanager
def threads(number):
    """An executor of so many threads; none for this thread."""
    if not number:
        yield None
        return
    with ThreadPoolExecutor(number) as executor:
        yield executor


@pytest.mark.parametrize("number", [0, 2])
def test_an_exception_in_a_worker_ends_the_work_cleanly(points, monkeypatch, number):
    whole = module.run_task

    def failing(task):
        if task.replications == (3,):
            raise BrokenError
        return whole(task)

    monkeypatch.setattr(module, "run_task", failing)
    before = threading.active_count()
    seen = []
    with threads(number) as executor, pytest.raises(BrokenError):
        seen.extend(execute(work(points[:1], 30), executor, ahead=4))
    assert len(seen) < 8
    assert threading.active_count() == before


@pytest.mark.parametrize(("number", "most"), [(0, 3), (2, 8)])
def test_asked_to_stop_it_finishes_what_is_at_hand(points, number, most):
    seen = []

    def enough():
        return len(seen) >= 3

    with threads(number) as executor:
        for done in execute(work(points[:1], 60), executor, ahead=4, stop=enough):
            seen.extend(done)
    assert 3 <= len(seen) <= most


def test_a_world_is_solved_once(points, monkeypatch):
    solved = []
    whole = module.prisons
    monkeypatch.setattr(module, "_SOLVED", Remembered(module.WORLDS_KEPT))
    monkeypatch.setattr(module, "prisons", lambda s: solved.append(s.name) or whole(s))
    with ThreadPoolExecutor(2) as executor:
        run(work(points, 2), executor)
    assert solved == ["none"]


def test_only_some_worlds_are_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SOLVED", Remembered(module.WORLDS_KEPT))
    for point in other_worlds(tmp_path, module.WORLDS_KEPT + 2):
        module.solved(point.scenario)
    assert len(module._SOLVED) == module.WORLDS_KEPT
