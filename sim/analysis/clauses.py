"""Which clause of a decree does what: all its subsets, run on the same random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.attribution import MOST_CLAUSES, shapley
from sim.analysis.compare import HEADLINE
from sim.analysis.estimates import Estimate, Floats
from sim.analysis.measures import MEASURE, Window, window_of
from sim.analysis.outcomes import outcomes
from sim.scenario.draws.subsets import clause_subsets
from sim.scenario.scenario import Scenario
from sim.scenario.variants import same_world
from sim.study.cells import Point
from sim.study.execute import solved
from sim.study.study import Ask, Study

Clauses = frozenset[str]


@dataclass(frozen=True)
class ClauseQuestion:
    """The subsets of every decree's clauses, and what all are compared with."""

    scenario: Scenario
    baseline: Scenario
    window: Window
    subsets: Mapping[str, Mapping[Clauses, Point]]
    seed: int
    replications: int

    @property
    def asked(self) -> list[Ask]:
        """The cells of all subsets; the decree whole is computed once."""
        points = [point for found in self.subsets.values() for point in found.values()]
        points.append(Point(self.baseline.name, self.baseline))
        return [Ask(point, self.replications) for point in points]


@dataclass(frozen=True)
class ClauseShares:
    """Shares of differences from the baseline.

    Attributes
    ----------
    shares
        By (decree, clause, measure).
    whole
        By (decree, measure): what the shares add up to, the decree less the same without clauses.
    """

    asked: ClauseQuestion
    shares: Mapping[tuple[str, str, str], Estimate]
    whole: Mapping[tuple[str, str], float]


def clause_question(
    scenario: Scenario, baseline: Scenario, *, replications: int = 20, seed: int = 1
) -> ClauseQuestion:
    """Settle which subsets are run.

    Raises
    ------
    ScenarioError
        If the scenario cannot be measured within the horizon.
    ValueError
        If it has no decree, or one with too many clauses.
    """
    same_world(baseline, scenario)
    if not scenario.decrees:
        raise ValueError("it has no decree whose clauses could share an effect")
    for name, decree in scenario.decrees.items():
        if len(decree.clauses) > MOST_CLAUSES:
            raise ValueError(
                f"decree {name!r} has {len(decree.clauses)} clauses, {2 ** len(decree.clauses)} "
                f"subsets; at most {MOST_CLAUSES} clauses can be attributed"
            )
    solved(scenario)
    subsets = {
        name: {
            kept: Point(f"{name}: {variant.name}", variant)
            for kept, variant in clause_subsets(scenario, name).items()
        }
        for name in scenario.decrees
    }
    like = window_of(baseline) if baseline.decrees else None
    window = window_of(scenario, None, like)
    return ClauseQuestion(scenario, baseline, window, subsets, seed, replications)


def clause_shares(asked: ClauseQuestion, study: Study) -> ClauseShares:
    """Read all subsets and share the differences out; what is not observed is left out.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    """
    shares: dict[tuple[str, str, str], Estimate] = {}
    whole: dict[tuple[str, str], float] = {}
    for decree, points in asked.subsets.items():
        found = {kept: _read(asked, point, study) for kept, point in points.items()}
        everything = max(found, key=len)
        for measure in HEADLINE:
            values = {kept: one[measure] for kept, one in found.items()}
            known = {kept: value for kept, value in values.items() if value is not None}
            if len(known) < len(values):
                continue
            sign = -1.0 if MEASURE[measure].averted is not None else 1.0
            signed = {kept: sign * value for kept, value in known.items()}
            for clause, share in shapley(signed).items():
                shares[decree, clause, measure] = share
            total = signed[everything] - signed[frozenset()]
            whole[decree, measure] = float(total.mean())
    return ClauseShares(asked, shares, whole)


def _read(asked: ClauseQuestion, point: Point, study: Study) -> dict[str, Floats | None]:
    cells = study.summaries(Ask(point, asked.replications), asked.seed)
    windows = {"": asked.window}
    found = outcomes(point.label, cells, windows, asked.scenario.world.start)
    return {measure: found.column("", measure) for measure in HEADLINE}
