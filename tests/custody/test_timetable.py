"""What follows from law and calendar is found once for a scenario, but where days are chance."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from sim.custody import timetable as module
from sim.custody.remembered import Remembered
from sim.custody.streams import Draws
from sim.custody.timetable import timetable
from tests.theory.worlds import busy_world, customary, decree, graded, merit, scenario, solved

WORLD = busy_world(
    held=graded(100, "persons"), end="2005-01-01",
    merit=merit("70%", "2 months", each="02-01", after="6 months"),
)  # fmt: skip


@pytest.fixture
def sought(monkeypatch):
    """Scenarios of which the days were looked for."""
    found, real = [], module.soonest
    monkeypatch.setattr(module, "_FOUND", Remembered(2))
    monkeypatch.setattr(module, "soonest", lambda *words: found.append(words[1]) or real(*words))
    return found


def test_found_once_for_all_replications(sought):
    laws = {"p": decree()}
    one, again = (scenario(WORLD, laws) for _ in range(2))
    first = timetable(one, solved(one), Draws(1, 0), 900)
    assert timetable(again, solved(again), Draws(2, 7), 900) is first
    assert len(sought) == 1
    later = timetable(one, solved(one), Draws(1, 0), 400)
    assert later is not first
    assert later.merit_days == first.merit_days[: len(later.merit_days)]
    assert later.merit_days[-1] < 400 < first.merit_days[-1] < 900
    assert {day for day, _, _ in later.agenda} == {d for d, _, _ in first.agenda if d < 400}


def test_another_law_has_another_timetable(sought):
    days = []
    for granted in ("2003-04-15", "2003-04-16"):
        made = scenario(WORLD, {"p": decree(granted=granted)})
        (occasion,) = timetable(made, solved(made), Draws(1, 0), 900).occasions
        days.append(occasion.grant_day)
    assert days[1] == days[0] + 1
    assert len(sought) == 2


def test_days_by_chance_are_those_of_the_replication(sought):
    bare = {key: part for key, part in customary().items() if key not in ("every", "dates")}
    made = scenario(WORLD, {"c": bare | {"granted": {"random": ["2003-02-03", "2003-12-07"]}}})
    days = {
        timetable(made, solved(made), Draws(1, number), 1000).occasions[0].grant_day
        for number in range(20)
    }
    assert len(days) > 10
    assert len(sought) == 20


def test_those_asked_for_lately_are_remembered():
    kept: Remembered[str, int] = Remembered(2)
    for key in ("a", "b", "a", "c"):
        kept.of(key, lambda key=key: ord(key))
    assert len(kept) == 2
    assert kept.of("a", lambda: 0) == ord("a")
    assert kept.of("b", lambda: 0) == 0


def test_what_cannot_be_found_is_sought_again():
    kept: Remembered[str, int] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        kept.of("a", lambda: 1 // 0)
    assert kept.of("a", lambda: 7) == 7


def test_threads_find_it_once():
    kept, found, together = Remembered[str, int](1), list[int](), Barrier(4)

    def ask() -> None:
        together.wait()
        kept.of("a", lambda: found.append(1) or 5)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1]
