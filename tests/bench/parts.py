"""The parts of the bench: each prints what it measures and returns ratios by name."""

import statistics
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import Prisons, prisons
from sim.custody.streams import Draws
from sim.scenario.scenario import Scenario
from sim.study.cells import Point
from sim.study.execute import Task, execute, processes, run_task
from tests.bench import choices as made
from tests.bench.own_draws import floor_of, words_asked
from tests.bench.reference_work import HELD
from tests.bench.scenarios import SIX, many_decrees, reference, shipped, standing_decree
from tests.bench.timing import child, command_seconds, side_by_side, slope

Ratios = dict[str, float]
ROUNDS = 7
WORLD_HELD = 11_500_000
"""In custody in the world's prisons."""
EMPTY_TYPER = """
import typer
app = typer.Typer()
@app.command()
def main() -> None:
    pass
app()
"""


def _say(name: str, value: float, unit: str = "ms") -> None:
    print(f"  {name:44} {value:10.2f} {unit}", flush=True)


def _of_ratios(ratios: Ratios) -> Ratios:
    for name, ratio in ratios.items():
        print(f"  {name:44} {ratio:10.2f} x")
    print(flush=True)
    return ratios


def reference_work() -> Ratios:
    """W beside *interrupts*, *floor* and its own day clock, each in processes of its own."""
    print(f"reference work W, {HELD:,} held, ten years; medians of CPU time")
    first: dict[str, list[float]] = {"product": [], "floor": []}
    later: dict[str, list[float]] = {"product": [], "floor": []}
    slow: dict[str, list[float]] = {"interrupts": [], "day": []}
    for number in range(ROUNDS):
        for what in first:
            seconds = child(what, HELD, 6)["seconds"]
            first[what].append(seconds[0])
            later[what] += seconds[1:]
        for what in slow if number < ROUNDS // 2 else ():
            slow[what].append(child(what, HELD, 1)["seconds"][0])
    medians = {name: statistics.median(found) for name, found in (later | slow).items()}
    opening = {name: statistics.median(found) for name, found in first.items()}
    for name, seconds in medians.items():
        _say(name, 1e3 * seconds)
    for name, seconds in opening.items():
        _say(f"{name}, first call of a process", 1e3 * seconds)
    found = child("product", 5 * HELD, 1)
    _say("memory of a cell, 500,000 held", found["bytes"] / 1e6, "MB")
    _say("its columns", found["columns"] / 1e6, "MB")
    return _of_ratios({
        "w_over_floor": opening["product"] / opening["floor"],
        "w_over_floor_later_calls": medians["product"] / medians["floor"],
        "interrupts_over_w": medians["interrupts"] / medians["product"],
        "day_clock_over_w": medians["day"] / medians["product"],
        "memory_over_columns": found["bytes"] / found["columns"],
    })  # fmt: skip


def _cell(scenario: Scenario, world: Prisons) -> None:
    draws = Draws(1, 1)
    simulate(scenario, world, draws, people=people_at_hand(world, draws))


def _alone(scenario: Scenario, world: Prisons) -> None:
    """Run a cell as a study of one scenario does: nothing is kept for others."""
    simulate(scenario, world, Draws(1, 1))


def own_draws() -> Ratios:
    """The shipped world: the 2020 pardon over the floor of its draws; further scenarios."""
    print("dprk.yaml with everything on, eleven years; medians of CPU time")
    scenarios = [shipped(name) for name in SIX]
    world = prisons(scenarios[0])
    pardon = scenarios[SIX.index("2020-anniversary")]
    counts = words_asked(pardon, world)
    taken = side_by_side({"floor": floor_of(counts), "cell": lambda: _alone(pardon, world)}, ROUNDS)
    _say(f"floor of its {sum(counts):,} words", 1e3 * taken["floor"])
    _say("2020 pardon, alone", 1e3 * taken["cell"])
    each: list[list[float]] = []
    for replication in range(ROUNDS + 1):
        draws, marks = Draws(1, replication), [time.process_time()]
        people = people_at_hand(world, draws)
        for scenario in scenarios:
            simulate(scenario, world, draws, people=people)
            marks.append(time.process_time())
        each.append([b - a for a, b in pairwise(marks)])
    costs = [statistics.median(column) for column in zip(*each[1:], strict=True)]
    for name, seconds in zip(SIX, costs, strict=True):
        _say(f"{name}, of a replication", 1e3 * seconds)
    _say("1,000 replications of the six, two cores, about", sum(costs) * 1000 / 2 / 60, "minutes")
    further = sorted(seconds / costs[0] for seconds in costs[1:])
    return _of_ratios({
        "dprk_over_own_draws": taken["cell"] / taken["floor"],
        "further_scenario_over_first": statistics.median(further),
        "dearest_further_scenario_over_first": further[-1],
    })  # fmt: skip


def linear(*, most: int = 1_000_000) -> Ratios:
    """Slopes of time over people and over years."""
    print("linear: W in other sizes; medians of CPU time")
    held = [size for size in (10_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
            if size <= most]  # fmt: skip
    by_held = {}
    for size in held:
        calls = max(3, min(7, 2_000_000 // size))
        # The first call of a process meets memory that the system has yet to hand out.
        by_held[size] = statistics.median(child("product", size, calls)["seconds"][1:])
        _say(f"{size:,} held", 1e3 * by_held[size])
    years = (5, 10, 20, 50)
    scenarios = [reference(HELD, span) for span in years]
    work = {}
    for span, scenario in zip(years, scenarios, strict=True):
        work[f"{span} years"] = partial(_cell, scenario, prisons(scenario))
    by_years = side_by_side(work, 5)
    for name, seconds in by_years.items():
        _say(name, 1e3 * seconds)
    large = [size for size in held if size >= 100_000]
    return _of_ratios({
        "slope_people": slope(large, [by_held[size] for size in large]),
        "slope_people_from_10000": slope(held, list(by_held.values())),
        "slope_years": slope(years, list(by_years.values())),
    })  # fmt: skip


def linear_to_ten_million() -> Ratios:
    """The same up to ten million held."""
    return linear(most=10_000_000)


def decrees() -> Ratios:
    """Four hundred dated decrees over twenty years, beside none."""
    print("twenty dated decrees a year for twenty years, dprk.yaml; medians of CPU time")
    none, many = many_decrees()
    world = prisons(none)
    taken = side_by_side({"none": lambda: _cell(none, world), "400": lambda: _cell(many, world)}, 5)
    for name, seconds in taken.items():
        _say(f"{name} decrees", 1e3 * seconds)
    return _of_ratios({"decrees_400_over_none": taken["400"] / taken["none"]})


def standing() -> Ratios:
    """A decree looked at every day for a year, beside none."""
    print("a standing decree, looked at daily for a year, dprk.yaml; medians of CPU time")
    none, one = standing_decree()
    world = prisons(none)
    taken = side_by_side(
        {"none": lambda: _cell(none, world), "standing": lambda: _cell(one, world)}, 5
    )
    for name, seconds in taken.items():
        _say(name, 1e3 * seconds)
    return _of_ratios({"standing_over_none": taken["standing"] / taken["none"]})


def choices() -> Ratios:
    """Pieces of the engine, each beside the one that it was chosen over."""
    print(f"choices on {made.ROWS:,} rows, the one dropped over the one kept; medians of CPU time")
    ratios = {}
    for name, (dropped, kept) in made.choices().items():
        taken = side_by_side({"dropped": dropped, "kept": kept}, made.ROUNDS)
        ratios[name] = taken["dropped"] / taken["kept"]
    return _of_ratios(ratios)


def _pool(kind: str) -> AbstractContextManager[Executor | None]:
    if kind == "one":
        return nullcontext(None)
    if kind == "default":
        return processes(2)
    if kind == "threads":
        return ThreadPoolExecutor(2)
    return ProcessPoolExecutor(2, get_context(kind))


def workers() -> Ratios:
    """Two workers over one on cells of about 50 ms; wall time, since waiting is what counts."""
    print("two workers on cells of about 50 ms; wall time")
    point = Point("W", reference(100_000))
    run_task(Task((point,), 1, (0,)))
    tasks = [Task((point,), 1, (number,)) for number in range(24)]
    taken: dict[str, list[float]] = {}
    for _ in range(3):
        for kind in ("one", "default", "threads", "fork", "spawn"):
            with _pool(kind) as pool:
                if pool is not None:  # every worker has begun and solved the world
                    list(execute(tasks[:4], pool))
                began = time.perf_counter()
                list(execute(tasks, pool))
                taken.setdefault(kind, []).append(time.perf_counter() - began)
    for kind, seconds in taken.items():
        _say(f"a cell, {kind}", 1e3 * statistics.median(seconds) / len(tasks))
    over = {kind: statistics.median(a / b for a, b in zip(taken["one"], found, strict=True))
            for kind, found in taken.items() if kind != "one"}  # fmt: skip
    return _of_ratios({"two_workers_over_one": over.pop("default")} | {
        f"two_{kind}_over_one": ratio for kind, ratio in over.items()
    })  # fmt: skip


def start() -> Ratios:
    """The command line beside a Typer program that does nothing."""
    print("start of the command line; medians of CPU time")
    amnesty = str(Path(sys.executable).with_name("amnesty"))
    with TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY_TYPER, encoding="utf-8")
        file = str(Path(__file__).parents[2] / "scenarios" / "2020-anniversary.yaml")
        commands = {"empty": [sys.executable, str(empty), "--help"],
                    "help": [sys.executable, amnesty, "--help"],
                    "check": [sys.executable, amnesty, "check", file]}  # fmt: skip
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(ROUNDS + 1):
            for name, command in commands.items():
                seconds = command_seconds(command, folder)
                if number:  # the first round writes the bytecode
                    taken[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    for name, seconds in medians.items():
        _say(name, 1e3 * seconds)
    return _of_ratios({"help_over_empty_typer": medians["help"] / medians["empty"],
                       "check_over_empty_typer": medians["check"] / medians["empty"]})  # fmt: skip


def study() -> Ratios:
    """A study of six scenarios and a hundred replications on two workers; wall time."""
    print("a study of six scenarios, 100 replications, two workers; wall time")
    points = tuple(Point(name, shipped(name)) for name in SIX)
    tasks = [Task(points, 1, (number,)) for number in range(100)]
    began = time.perf_counter()
    with processes(2) as pool:
        cells = sum(len(done) for done in execute(tasks, pool))
    seconds = time.perf_counter() - began
    _say(f"{cells} cells", seconds, "s")
    _say("1,000 replications, about", seconds * 10 / 60, "minutes")
    print(flush=True)
    return {"study_100_seconds_per_cell": seconds / cells}


def whole_world() -> Ratios:
    """The world's prisoners for ten years: memory."""
    print(f"{WORLD_HELD:,} held for ten years, one replication")
    found = child("product", WORLD_HELD, 1)
    _say("CPU time", found["seconds"][0], "s")
    _say("memory", found["bytes"] / 1e9, "GB")
    return _of_ratios({"world_gigabytes": found["bytes"] / 1e9,
                       "world_memory_over_columns": found["bytes"] / found["columns"]})  # fmt: skip
