"""Back test: reports of real pardons scored against what scenarios gave before anyone looked.

A report is scored by its percentile in the predictive distribution: all cells of all possible
draws of what is not known, with equal weight. Both ignorance and chance are in it, since a report
is one realisation of one of the possible worlds. Nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.drawn import LeftOut, plan_draws
from sim.analysis.estimates import Floats
from sim.custody.waterfalls import DECREE
from sim.scenario.draws.ranges import parameters
from sim.scenario.reports import Report, Reports
from sim.scenario.scenario import Scenario
from sim.scenario.variants import without_decrees
from sim.study.cells import Point, Summary
from sim.study.designs import latin_hypercube
from sim.study.study import Ask, Study

TOO_WIDE = 10
"""A predictive band more than so many times as high as it begins tells nothing."""
BAND = (2.5, 50.0, 97.5)
BELOW, INSIDE, ABOVE = "below the band", "inside the band", "above the band"
CANNOT_TELL = "cannot tell"
STAGES = {
    "released": ("released",),
    "reduced": ("reduced",),
    "beneficiaries": ("released", "reduced"),
    "held": ("held",),
}
"""Stages of the waterfall that add up to what a report counts."""
ALL = 0
"""The group of everybody, first in every waterfall."""


@dataclass(frozen=True)
class Predictions:
    """Cells to compute: possible draws of all scenarios of a file of reports.

    Attributes
    ----------
    points
        By the name of the scenario, one design point for each possible draw.
    draws
        Draws asked for in each group of scenarios of one world.
    left_out
        By the name of a world and its first day: draws that describe no possible world.
    """

    points: Mapping[str, tuple[Point, ...]]
    draws: int
    left_out: Mapping[str, tuple[LeftOut, ...]]

    def asked(self, replications: int) -> list[Ask]:
        """List the cells to compute."""
        return [Ask(point, replications) for points in self.points.values() for point in points]


@dataclass(frozen=True)
class Score:
    """A report beside what a scenario gives, alike with alike.

    Attributes
    ----------
    value, low, high
        Of the report: persons, or a share between 0 and 1.
    p2_5, median, p97_5
        Quantiles of the predictive distribution, in the same unit.
    percentile, percentile_low, percentile_high
        Per cent of cells below the report's value and its ends; ties count half.
    cells
        Cells in which the quantity is defined.
    """

    event: str
    variant: str
    report: str
    world: str
    value: float
    low: float
    high: float
    p2_5: float
    median: float
    p97_5: float
    percentile: float
    percentile_low: float
    percentile_high: float
    cells: int

    @property
    def reading(self) -> str:
        """What the comparison says: where the report lies, or that nobody can tell."""
        if self.p97_5 > TOO_WIDE * self.p2_5:
            return CANNOT_TELL
        if self.high < self.p2_5:
            return BELOW
        return ABOVE if self.low > self.p97_5 else INSIDE


@dataclass(frozen=True)
class BackTest:
    """Files of reports, the draws of each, and how its reports lie in them."""

    every: tuple[Reports, ...]
    plans: tuple[Predictions, ...]
    scored: tuple[tuple[Score, ...], ...]
    replications: int
    seed: int


def compared(reports: Reports) -> Iterator[tuple[str, str, str]]:
    """List event, variant and report of what has something alike."""
    for event, one in reports.file.events.items():
        for variant in one.variants:
            for name, report in one.reports.items():
                if report.not_compared is None:
                    yield event, variant, name


def plan_predictions(
    reports: Reports, draws: int, seed: int, *, executor: Executor | None = None
) -> Predictions:
    """Draw what is not known of every scenario that a report is compared with.

    Scenarios of one world and horizon are drawn together, so that their variants rest on the same
    draws. A draw that describes no possible world is left out and counted.
    """
    points: dict[str, tuple[Point, ...]] = {}
    left_out = {}
    for name, scenarios in of_one_world(reports).items():
        baseline = without_decrees(scenarios[0], f"{name}, no pardon")
        drawn = parameters((*scenarios, baseline))
        design = latin_hypercube(draws, len(drawn), seed)
        plan = plan_draws(scenarios, baseline, design, drawn=drawn, executor=executor)
        left_out[name] = plan.left_out
        for i, scenario in enumerate(scenarios):
            points[scenario.name] = tuple(
                replace(point, label=f"{reports.name}/{point.label}")
                for point in (draw.policies[i] for draw in plan.possible)
            )
    return Predictions(points, draws, left_out)


def of_one_world(reports: Reports) -> dict[str, list[Scenario]]:
    """Group the scenarios that a report is compared with by their world, flags and days included.

    A group is called after its world and first day, and after its first scenario as well where
    another group has these too.
    """
    wanted = {(event, variant) for event, variant, _ in compared(reports)}
    groups: dict[str, list[Scenario]] = {}
    called: dict[str, str] = {}
    for (event, variant, world), scenario in reports.scenarios.items():
        if (event, variant) not in wanted:
            continue
        if scenario.world_address not in called:
            name = f"{world} from {scenario.world.start}"
            called[scenario.world_address] = f"{name}, {scenario.name}" if name in groups else name
        group = groups.setdefault(called[scenario.world_address], [])
        if scenario.name not in {one.name for one in group}:
            group.append(scenario)
    return groups


def counted(summary: Summary, report: Report) -> float:
    """Count in a cell what a report counts: persons, or the share of a whole.

    Several decrees add up. Those held are counted when the first of them closes its lists. Of
    a camp the whole country is taken: cells keep no releases by camp. NaN where the whole is 0.
    """
    names = dict.fromkeys(decree for decree, _, _ in summary.waterfalls)
    decrees = list(report.decree or names)
    number = _sum(summary, decrees, report.counts)
    if report.of is None:
        return number
    whole = _sum(summary, decrees[:1] if report.of.what == "held" else decrees, report.of.what)
    return number / whole if whole else float("nan")


def _sum(summary: Summary, decrees: Iterable[str], what: str) -> float:
    stages = [(decree, DECREE, stage) for decree in decrees for stage in STAGES[what]]
    return float(sum(int(summary.waterfalls[stage][ALL]) for stage in stages))


def score(
    where: tuple[str, str, str], world: str, report: Report, predicted: Floats
) -> Score:  # fmt: skip
    """Place a report in the predictive distribution, shape (cells,).

    Raises
    ------
    ValueError
        If the quantity is defined in no cell.
    """
    found = predicted[~np.isnan(predicted)]
    if not len(found):
        raise ValueError(f"{where[2]!r}: the quantity is defined in no cell")
    value, low, high = report.bounds()
    p2_5, median, p97_5 = (float(q) for q in np.percentile(found, BAND))
    return Score(
        *where, world, value, low, high, p2_5, median, p97_5,
        percentile(found, value), percentile(found, low), percentile(found, high), len(found),
    )  # fmt: skip


def percentile(found: Floats, value: float) -> float:
    """Return the per cent of numbers below a value, those equal to it counted half."""
    return float(100 * (np.mean(found < value) + np.mean(found == value) / 2))


def scores(
    reports: Reports, plan: Predictions, study: Study, replications: int, seed: int
) -> list[Score]:
    """Score all reports that have something alike, in every world, from the cells of a study.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    """
    wanted: dict[tuple[str, str], list[str]] = {}
    for event, variant, name in compared(reports):
        wanted.setdefault((event, variant), []).append(name)
    found = {}
    for (event, variant), names in wanted.items():
        asked = [reports.report(event, name) for name in names]
        for world in reports.worlds:
            points = plan.points[reports.scenarios[event, variant, world].name]
            table = _table(points, asked, study, replications, seed)
            for name, report, column in zip(names, asked, table.T, strict=True):
                where = (event, variant, name)
                found[(*where, world)] = score(where, world, report, column)
    order = [(*where, world) for where in compared(reports) for world in reports.worlds]
    return [found[key] for key in order]


def read_backtest(
    every: Sequence[Reports],
    plans: Sequence[Predictions],
    study: Study,
    replications: int,
    seed: int,
) -> BackTest:
    """Score all files of reports from the cells of a study.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    """
    scored = tuple(
        tuple(scores(one, plan, study, replications, seed))
        for one, plan in zip(every, plans, strict=True)
    )
    return BackTest(tuple(every), tuple(plans), scored, replications, seed)


def _table(
    points: Sequence[Point], asked: Sequence[Report], study: Study, replications: int, seed: int
) -> Floats:
    """Count what reports count in all cells of some points, shape (cells, reports)."""
    return np.array([
        [counted(summary, report) for report in asked]
        for point in points
        for summary in study.summaries(Ask(point, replications), seed)
    ])  # fmt: skip
