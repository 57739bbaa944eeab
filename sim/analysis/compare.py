"""Comparing policies with baselines: the paired difference that each policy makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sim.analysis.estimates import Difference, Estimate, difference, estimate, family
from sim.analysis.measures import MEASURES, Measure, Window
from sim.analysis.outcomes import Outcomes
from sim.analysis.question import Pair, Question, question, read
from sim.analysis.ratios import Ratio, relative
from sim.analysis.rebound import Rebound, rebound
from sim.scenario.occasions import last_release_day
from sim.scenario.scenario import Scenario
from sim.study.study import Crew, Progress, Study

HEADLINE = (
    "freed by decree", "held 1 year after", "held 5 years after", "person-years in custody",
    "deaths in custody or after",
)  # fmt: skip


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
    outcomes
        By scenario.
    estimates
        By (scenario, window label, measure).
    differences
        By (policy, baseline, measure).
    swings
        One-at-a-time changes of assumptions.
    central
        Differences from the first baseline in the replications of the swings, nothing changed;
        by (policy, measure).
    relatives
        Differences as shares of the baseline's mean, by (policy, baseline, measure).
    rebounds
        By (policy, baseline): how fast the gap in the stock fills again, of dated decrees that
        leave one.
    """

    scenarios: tuple[Scenario, ...]
    policies: tuple[str, ...]
    baselines: tuple[str, ...]
    windows: dict[str, Window]
    seed: int
    replications: int
    outcomes: dict[str, Outcomes]
    estimates: dict[tuple[str, str, str], Estimate]
    differences: dict[tuple[str, str, str], Difference]
    swings: tuple[Swing, ...] = ()
    central: dict[tuple[str, str], Difference] = field(default_factory=dict)
    swing_replications: int = 0
    digests: dict[str, str] = field(default_factory=dict)
    rebounds: dict[tuple[str, str], Rebound] = field(default_factory=dict)
    relatives: dict[tuple[str, str, str], Ratio] = field(default_factory=dict)
    align: date | None = None

    def scenario(self, label: str) -> Scenario:
        """Return a scenario by its label."""
        return next(s for s in self.scenarios if s.name == label)


def compare(
    scenarios: Sequence[Scenario],
    *,
    baselines: Sequence[str] = (),
    replications: int = 20,
    seed: int = 1,
    workers: int = 1,
    align: date | None = None,
    assumptions: int = 0,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run scenarios on common random numbers and pair them with their baselines.

    Parameters
    ----------
    baselines
        Labels of the scenarios to compare with; the first scenario by default.
    workers
        Processes; 1 for this one.
    align
        Move each dated scenario so that its first planned release falls on this date.
    assumptions
        Replications of the one-at-a-time runs that ``rests on`` lists, at most `replications`;
        0 for none. They are compared with the first baseline.
    folder
        Keeps the cells, and has those that are there already; by default they are dropped.

    Raises
    ------
    ScenarioError
        If worlds differ or cannot be solved, or a scenario cannot be measured within the horizon.
    ValueError
        If two scenarios have one name, or a baseline is none of them.
    """
    asked = question(
        scenarios, baselines=baselines, replications=replications, seed=seed, align=align,
        assumptions=assumptions,
    )  # fmt: skip
    with Study(folder) as study:
        study.compute(asked.asked, seed, crew=Crew(workers), progress=progress)
        return answer(asked, study)


def answer(asked: Question, study: Study) -> Comparison:
    """Read the cells of a question from a study and draw the comparison from them.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    DamagedError
        If a cell is damaged.
    """
    found = read(asked, study)
    tables = study.store.tables()
    early = asked.pairs and _differences(found, asked.policies, asked.baselines[:1], asked.few)
    return Comparison(
        asked.scenarios, asked.policies, asked.baselines, asked.windows, asked.seed,
        asked.replications, {s.name: found[s.name] for s in asked.scenarios},
        _estimates(found, asked.policies, asked.baselines),
        _differences(found, asked.policies, asked.baselines, asked.replications),
        tuple(_swing(pair, found) for pair in asked.pairs),
        {(policy, measure): d for (policy, _, measure), d in dict(early or {}).items()}, asked.few,
        {s.world.name: tables[s.world_address] for s in asked.scenarios},
        _rebounds(asked, found), _relatives(asked, found),
        asked.align,
    )  # fmt: skip


def _estimates(
    found: Mapping[str, Outcomes], policies: Sequence[str], baselines: Sequence[str]
) -> dict[tuple[str, str, str], Estimate]:
    """Levels of each policy in its own window, and of each baseline in every policy's."""
    wanted = [(p, p) for p in policies]
    wanted += [(b, p) for b in baselines for p in policies if b != p]
    return {
        (label, window, measure.name): estimate(values)
        for label, window in wanted
        for measure in MEASURES
        if (values := found[label].column(window, measure.name)) is not None
    }


def _differences(
    found: Mapping[str, Outcomes], policies: Sequence[str], baselines: Sequence[str], first: int
) -> dict[tuple[str, str, str], Difference]:
    """Pair policies with baselines over the first replications."""
    differences: dict[tuple[str, str, str], Difference] = {}
    for baseline in baselines:
        for measure in MEASURES:
            one: dict[str, Difference] = {}
            for policy in policies:
                if policy != baseline:
                    paired = _paired(measure, found[policy], found[baseline], policy, first)
                    if paired is not None:
                        one[policy] = paired
            for policy, d in zip(one, family(list(one.values())), strict=True):
                differences[policy, baseline, measure.name] = d
    return differences


def _paired(
    measure: Measure, policy: Outcomes, baseline: Outcomes, window: str, first: int | None = None
) -> Difference | None:
    """Pair two scenarios replication by replication; None where either is not observed."""
    ours, theirs = (found.column(window, measure.name) for found in (policy, baseline))
    if ours is None or theirs is None:
        return None
    return difference(ours[:first], theirs[:first], averted=measure.averted is not None)


def _relatives(asked: Question, found: Mapping[str, Outcomes]) -> dict[tuple[str, str, str], Ratio]:
    """Write differences as shares of the baseline, where it is not 0."""
    shares = {}
    for baseline in asked.baselines:
        for policy in (p for p in asked.policies if p != baseline):
            for measure in MEASURES:
                ours, theirs = (found[s].column(policy, measure.name) for s in (policy, baseline))
                if ours is None or theirs is None:
                    continue
                share = relative(ours, theirs, averted=measure.averted is not None)
                if share is not None:
                    shares[policy, baseline, measure.name] = share
    return shares


def _rebounds(asked: Question, found: Mapping[str, Outcomes]) -> dict[tuple[str, str], Rebound]:
    """Follow the mean gap that each policy of dated decrees leaves; years count from its window."""
    rebounds = {}
    for scenario in asked.scenarios:
        last = last_release_day(scenario)
        if scenario.name not in asked.policies or last is None:
            continue
        origin = asked.windows[scenario.name].origin_day
        for baseline in asked.baselines:
            gap = found[baseline].mean_stock - found[scenario.name].mean_stock
            left = rebound(gap, origin, release_days=max(last - origin, 0) + 1)
            if left is not None:
                rebounds[scenario.name, baseline] = left
    return rebounds


def _swing(pair: Pair, found: Mapping[str, Outcomes]) -> Swing:
    policy, baseline = found[pair.policy_point.label], found[pair.baseline_point.label]
    differences = {
        measure.name: paired
        for measure in MEASURES
        if (paired := _paired(measure, policy, baseline, pair.policy)) is not None
    }
    change = pair.change
    return Swing(pair.policy, change.assumption, change.end, change.value, differences)


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
