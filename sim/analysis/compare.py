"""Comparing policies with baselines: the paired difference that each policy makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from sim.analysis.estimates import Difference, Estimate, difference, estimate, family
from sim.analysis.measures import (
    MEASURES,
    Values,
    Window,
    column,
    measure_all,
    window_of,
)
from sim.scenario.load import Scenario
from sim.scenario.occasions import first_release_day
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.variants import alternatives, same_world, shifted
from sim.study.cells import Point, Summary
from sim.study.execute import execute, solved, tasks

HEADLINE = (
    "freed by decree", "held 1 year after", "held 5 years after", "person-years in custody",
    "deaths in custody or after",
)  # fmt: skip
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Cell:
    """Measures of one cell under each window in which it is read, and its waterfalls."""

    label: str
    replication: int
    address: str
    values: dict[str, Values]
    waterfalls: dict[tuple[str, str, str], np.ndarray[tuple[int], np.dtype[np.int64]]]
    groups: tuple[str, ...]
    monthly_stock: tuple[int, ...]
    exiled_to: tuple[int, ...]


@dataclass(frozen=True)
class Swing:
    """What one assumption, changed alone, does to a policy's differences."""

    policy: str
    assumption: str
    end: str
    value: str
    differences: dict[str, Difference]


@dataclass(frozen=True)
class Comparison:
    """The outcome of a comparison.

    Attributes
    ----------
    policies, baselines
        Labels of the scenarios compared and of those they are compared with.
    estimates
        By (scenario, window label, measure).
    differences
        By (policy, baseline, measure).
    swings
        One-at-a-time changes of assumptions.
    central
        Differences from the first baseline in the replications of the swings, nothing changed;
        by (policy, measure).
    """

    scenarios: tuple[Scenario, ...]
    policies: tuple[str, ...]
    baselines: tuple[str, ...]
    windows: dict[str, Window]
    seed: int
    replications: int
    cells: tuple[Cell, ...]
    estimates: dict[tuple[str, str, str], Estimate]
    differences: dict[tuple[str, str, str], Difference]
    swings: tuple[Swing, ...] = ()
    central: dict[tuple[str, str], Difference] = field(default_factory=dict)
    swing_replications: int = 0
    digests: dict[str, str] = field(default_factory=dict)

    def scenario(self, label: str) -> Scenario:
        """Return a scenario by its label."""
        return next(s for s in self.scenarios if s.name == label)


def aligned(scenarios: Sequence[Scenario], align: date | None) -> list[Scenario]:
    """Move each scenario's dated decrees so that its first planned release falls on a date.

    Raises
    ------
    ScenarioError
        If that date, or another date moved with it, does not lie within the days simulated.
    """
    if align is None:
        return list(scenarios)
    return [_aligned(scenario, align) for scenario in scenarios]


def _aligned(scenario: Scenario, align: date) -> Scenario:
    world = scenario.world
    target = (align - world.start).days
    if not 0 <= target < world.days:
        message = (
            f"{align} must not come before the world's start, {world.start}, nor after its last "
            f"day, {world.end - timedelta(days=1)}"
        )
        raise ScenarioError([Problem("--align", 0, "", message)])
    first = first_release_day(scenario)
    if first is None:
        return scenario
    try:
        return shifted(scenario, target - first)
    except ScenarioError as error:
        told = f" (moved by {target - first} days, to align with {align})"
        raise ScenarioError(replace(p, message=p.message + told) for p in error.problems) from None


def compare(
    scenarios: Sequence[Scenario],
    *,
    baselines: Sequence[str] = (),
    replications: int = 20,
    seed: int = 1,
    workers: int = 1,
    align: date | None = None,
    assumptions: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Run scenarios on common random numbers and pair them with their baselines.

    Parameters
    ----------
    baselines
        Labels of the scenarios to compare with; the first scenario by default.
    align
        Move each dated scenario so that its first planned release falls on this date.
    assumptions
        Replications of the one-at-a-time runs that ``rests on`` lists, at most `replications`;
        0 for none. They are compared with the first baseline.

    Raises
    ------
    ScenarioError
        If worlds differ, or a scenario cannot be measured within the horizon.
    ValueError
        If two scenarios have one name, or a baseline is none of them.
    """
    moved = aligned(scenarios, align)
    for scenario in moved[1:]:
        same_world(scenario, moved[0])
    names = list(dict.fromkeys(baselines)) or [moved[0].name]
    _refuse_names([s.name for s in moved], names)
    first = next(s for s in moved if s.name == names[0])
    policies = [s for s in moved if s.name not in names or (s.decrees and s is not first)]
    if len(moved) == 1:
        policies = moved
    plain = any(not s.decrees for s in policies)
    like = window_of(first, align) if first.decrees and plain else None
    windows = {s.name: window_of(s, align, like) for s in policies}
    points = [Point(s.name, s) for s in moved]
    pairs = []
    if assumptions:
        for policy in policies:
            if policy is not first:
                pairs += [(policy, a) for a in alternatives(policy, first)]
    extra = []
    for number, (_, alternative) in enumerate(pairs):
        extra += [Point(f"{number}/policy", alternative.scenario),
                  Point(f"{number}/baseline", alternative.baseline)]  # fmt: skip
    few = min(assumptions, replications)
    cells = _run(points, extra, windows, seed, replications, few, workers, progress)
    main = [c for c in cells if c.label in {s.name for s in moved}]
    labels = [s.name for s in policies]
    early = [c for c in main if c.replication < few]
    central = _differences(early, labels, names[:1]) if pairs else {}
    return Comparison(
        tuple(moved), tuple(labels), tuple(names), windows, seed,
        replications, tuple(main), _estimates(main, labels, names),
        _differences(main, labels, names),
        tuple(_swing(cells, n, p.name, a.assumption, a.end, a.value)
              for n, (p, a) in enumerate(pairs)),
        {(policy, measure): d for (policy, _, measure), d in central.items()},
        few, {s.world.name: solved(s).digest() for s in moved},
    )  # fmt: skip


def _refuse_names(known: Sequence[str], baselines: Sequence[str]) -> None:
    for name in known:
        if known.count(name) > 1:
            raise ValueError(f"two scenarios are called {name!r}")
    for name in baselines:
        if name not in known:
            raise ValueError(f"no baseline {name!r} among the scenarios: {', '.join(known)}")


@dataclass(frozen=True)
class _Keep:
    """Reduces a cell to its measures, in the worker."""

    windows: dict[str, Window]

    def __call__(self, point: Point, summary: Summary) -> Cell:
        values: dict[str, Values] = {
            name: measure_all(summary, window) for name, window in self.windows.items()
        }
        stock = summary.series["stock"]
        first = [i for i in range(len(stock)) if _is_first(point.scenario.world.start, i)]
        return Cell(
            summary.label, summary.replication, summary.address, values,
            dict(summary.waterfalls), summary.groups, tuple(int(stock[i]) for i in first),
            tuple(int(n) for n in summary.exiled_to),
        )  # fmt: skip


def _is_first(start: date, day: int) -> bool:
    return (start + timedelta(days=day)).day == 1


def _run(
    points: list[Point],
    extra: list[Point],
    windows: dict[str, Window],
    seed: int,
    replications: int,
    few: int,
    workers: int,
    progress: Progress | None,
) -> list[Cell]:
    work = tasks(points, seed, replications) + tasks(extra, seed, few)
    total = sum(len(task.points) for task in work)
    cells: list[Cell] = []
    for done in execute(work, _Keep(windows), workers=workers):
        cells += done
        if progress is not None:
            progress(len(cells), total)
    return cells


def _values(cells: Sequence[Cell], label: str, window: str, measure: str) -> list[float | None]:
    found = sorted((c for c in cells if c.label == label), key=lambda c: c.replication)
    return [c.values[window][measure] for c in found]


def _estimates(
    cells: Sequence[Cell], policies: Sequence[str], baselines: Sequence[str]
) -> dict[tuple[str, str, str], Estimate]:
    """Levels of each policy in its own window, and of each baseline in every policy's."""
    found = {}
    wanted = [(p, p) for p in policies]
    wanted += [(b, p) for b in baselines for p in policies if b != p]
    for label, window in wanted:
        for measure in MEASURES:
            values = column(_values(cells, label, window, measure.name))
            if values is not None:
                found[label, window, measure.name] = estimate(values)
    return found


def _differences(
    cells: Sequence[Cell], policies: Sequence[str], baselines: Sequence[str]
) -> dict[tuple[str, str, str], Difference]:
    found: dict[tuple[str, str, str], Difference] = {}
    for baseline in baselines:
        for measure in MEASURES:
            one: dict[str, Difference] = {}
            for policy in policies:
                if policy == baseline:
                    continue
                ours = column(_values(cells, policy, policy, measure.name))
                theirs = column(_values(cells, baseline, policy, measure.name))
                if ours is not None and theirs is not None:
                    averted = measure.averted is not None
                    one[policy] = difference(ours, theirs, averted=averted)
            for policy, d in zip(one, family(list(one.values())), strict=True):
                found[policy, baseline, measure.name] = d
    return found


def _swing(
    cells: Sequence[Cell], number: int, policy: str, assumption: str, end: str, value: str
) -> Swing:
    differences = {}
    for measure in MEASURES:
        ours = column(_values(cells, f"{number}/policy", policy, measure.name))
        theirs = column(_values(cells, f"{number}/baseline", policy, measure.name))
        if ours is not None and theirs is not None:
            averted = measure.averted is not None
            differences[measure.name] = difference(ours, theirs, averted=averted)
    return Swing(policy, assumption, end, value, differences)


def span(comparison: Comparison, policy: str, baseline: str, measure: str) -> (
    tuple[float, float] | None
):  # fmt: skip
    """Lowest and highest difference over the one-at-a-time runs, the central one included.

    All over the same replications, so that the span is not partly chance.
    """
    central = comparison.central.get((policy, measure))
    if central is None or baseline != comparison.baselines[0]:
        return None
    means = [
        s.differences[measure].estimate.mean
        for s in comparison.swings
        if s.policy == policy and measure in s.differences
    ]
    if not means:
        return None
    means.append(central.estimate.mean)
    return min(means), max(means)
