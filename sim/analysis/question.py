"""What is asked: which policies are compared with which baselines, from which day, in which cells.

Everything is settled and checked here, before anything runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sim.analysis.measures import Window, window_of
from sim.analysis.outcomes import Outcomes, outcomes
from sim.scenario.occasions import first_release_day
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario
from sim.scenario.variants import Alternative, alternatives, same_world, shifted
from sim.study.cells import Point
from sim.study.execute import solved
from sim.study.study import Ask, Study


@dataclass(frozen=True)
class Pair:
    """A policy and its first baseline with one assumption changed in both."""

    policy: str
    change: Alternative
    policy_point: Point
    baseline_point: Point


@dataclass(frozen=True)
class Question:
    """What is compared with what, and which cells that takes.

    Attributes
    ----------
    scenarios
        All scenarios, policies and baselines alike, moved where they are aligned.
    policies, baselines
        Labels of those compared and of those they are compared with.
    windows
        By policy: from which day it is measured.
    replications, few
        Of the comparison, and of the one-at-a-time runs.
    pairs
        The one-at-a-time runs, compared with the first baseline.
    align
        The date to which scenarios were moved, if they were.
    """

    scenarios: tuple[Scenario, ...]
    policies: tuple[str, ...]
    baselines: tuple[str, ...]
    windows: dict[str, Window]
    seed: int
    replications: int
    few: int
    pairs: tuple[Pair, ...]
    align: date | None = None

    @property
    def asked(self) -> list[Ask]:
        """Cells of the comparison, then those of the one-at-a-time runs."""
        asked = [Ask(Point(s.name, s), self.replications) for s in self.scenarios]
        for pair in self.pairs:
            asked += [Ask(pair.policy_point, self.few), Ask(pair.baseline_point, self.few)]
        return asked


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


def question(
    scenarios: Sequence[Scenario],
    *,
    baselines: Sequence[str] = (),
    replications: int = 20,
    seed: int = 1,
    align: date | None = None,
    assumptions: int = 0,
) -> Question:
    """Settle what is compared with what.

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
        If worlds differ or cannot be solved, or a scenario cannot be measured within the horizon.
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
    pairs = _pairs(policies, first) if assumptions else ()
    worlds = {s.world_address: s for s in (first, *(pair.change.baseline for pair in pairs))}
    for scenario in worlds.values():
        solved(scenario)  # what cannot be solved is told before anything runs
    return Question(
        tuple(moved), tuple(s.name for s in policies), tuple(names), windows, seed, replications,
        min(assumptions, replications), pairs, align,
    )  # fmt: skip


def _refuse_names(known: Sequence[str], baselines: Sequence[str]) -> None:
    for name in known:
        if known.count(name) > 1:
            raise ValueError(f"two scenarios are called {name!r}")
    for name in baselines:
        if name not in known:
            raise ValueError(f"no baseline {name!r} among the scenarios: {', '.join(known)}")


def _pairs(policies: Sequence[Scenario], baseline: Scenario) -> tuple[Pair, ...]:
    """Make the one-at-a-time variants of every policy, under labels of their own."""
    found = [
        (policy.name, change)
        for policy in policies
        if policy is not baseline
        for change in alternatives(policy, baseline)
    ]
    labels = [swing_labels(name, change.assumption, change.end) for name, change in found]
    return tuple(
        Pair(name, change, Point(ours, change.scenario), Point(theirs, change.baseline))
        for (name, change), (ours, theirs) in zip(found, labels, strict=True)
    )


def swing_labels(policy: str, assumption: str, end: str) -> tuple[str, str]:
    """Return the labels under which a one-at-a-time run and its baseline are kept."""
    label = f"{policy}: {assumption}, {end}"
    return label, f"{label} (baseline)"


def read(asked: Question, study: Study) -> dict[str, Outcomes]:
    """Read what the cells of a question came to, by label.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    DamagedError
        If a cell is damaged.
    """
    return {
        ask.point.label: outcomes(
            ask.point.label, study.summaries(ask, asked.seed), asked.windows,
            ask.point.scenario.world.start,
        )
        for ask in asked.asked
    }  # fmt: skip
