"""A solved world as tables: what people are drawn from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.custody.camps import camps_drawn, origins_by_camp
from sim.custody.crackdowns import Campaign, campaigns
from sim.custody.flags import FlagTable
from sim.custody.points import Points
from sim.custody.sentencing import ENDLESS, LIFE, delay_distribution
from sim.custody.stays import of_each
from sim.custody.steady import Steady, solve
from sim.custody.tables import CutTable, TruncatedTable, poisson_table
from sim.custody.trials import Judgments
from sim.scenario.scenario import Scenario

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Prisons:
    """A solved world as tables from which people are drawn; made once, shared by replications.

    Segments of a table stand for what the draw depends on: where a person comes from (``start``,
    ``past`` release, ``new`` admission), offence, hazard class or origin.
    """

    scenario: Scenario
    steady: Steady
    offence: CutTable
    sentence: CutTable
    merits: CutTable
    elapsed: TruncatedTable
    health: CutTable
    origin: CutTable
    camp: CutTable
    camp_given_origin: NDArray[np.float64]
    age: CutTable
    held_count: CutTable
    admission_count: CutTable
    past_count: CutTable
    past_window_days: int
    delay: CutTable | None
    campaigns: tuple[Campaign, ...]
    past: Prisons | None = None
    endless_served: CutTable | None = None

    @property
    def days(self) -> int:
        """Days simulated."""
        return self.scenario.world.days

    @property
    def points(self) -> Points:
        """Release points of the world."""
        return self.steady.stays.points

    def digest(self) -> str:
        """Hash of every table: the same tables give the same cells on every processor."""
        return self._digest

    @cached_property
    def flags(self) -> dict[str, FlagTable]:
        """Tables of the world's flags by name."""
        return {name: FlagTable(flag) for name, flag in self.scenario.world.flags.items()}

    @cached_property
    def judgments(self) -> Judgments | None:
        """Tables of the phases before a final sentence; None where there are none."""
        trials, waits = self.steady.trials, self.steady.axis.waits
        return None if trials is None or waits is None else Judgments.of(trials, waits)

    @cached_property
    def _digest(self) -> str:
        tables = (
            self.offence, self.sentence, self.merits, self.elapsed, self.health, self.origin,
            self.camp, self.age, self.held_count, self.admission_count, self.past_count,
        )  # fmt: skip
        parts = [table.digest() for table in tables]
        label = round(self.steady.label_probability * 2**32)
        parts += [str(self.steady.hazards.tolist()), str(label)]
        for hazard in (self.steady.liberty, self.steady.returning, self.steady.by_age):
            if hazard is not None:
                parts += [str(hazard.edges.tolist()), str(hazard.rates.tolist())]
        course = self.steady.course
        if course is not None:
            rates = (course.following, course.leaving, course.hazards)
            parts += [str(one.tolist()) for one in rates]
        parts += [table.digest() for table in self.flags.values()]
        if self.judgments is not None:
            parts += [self.judgments.wait.digest(), self.judgments.appeal.digest()]
        if self.delay is not None:
            parts.append(self.delay.digest())
        if self.endless_served is not None:
            parts.append(self.endless_served.digest())
        if self.steady.stays.executions is not None:
            parts.append(f"executions {self.steady.stays.executions}")
        parts += [campaign.digest() for campaign in self.campaigns]
        if self.past is not None:
            parts.append(self.past.digest())
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def prisons(scenario: Scenario) -> Prisons:
    """Solve a world and tabulate it.

    Raises
    ------
    ScenarioError
        If the world cannot be solved.
    """
    steady = solve(scenario)
    stock, leaving = steady.drawn_joint, steady.leaving_joint
    window = int(steady.returning.edges[-1]) if steady.returning is not None else 0
    past = steady.admissions_per_day * leaving.sum() * window
    held, by_camp = scenario.world.held.value, origins_by_camp(scenario)
    if steady.varying is not None:  # some of those drawn are not kept
        held = steady.admissions_per_day * float(stock.sum())
    return Prisons(
        scenario, steady, *_offence_tables(steady),
        merits=_table([steady.stays.held[c, :, n] for c in range(len(steady.hazards))
                       for n in range(len(steady.stays.lengths))]),
        elapsed=TruncatedTable(
            [curve for by_class in steady.stays.weights for curve in by_class]
        ),
        health=_table([*_columns(stock), *_columns(leaving), steady.health]),
        origin=_table([stock.sum(axis=0), leaving.sum(axis=0), steady.origin_first]),
        camp=_table(list(camps_drawn(scenario, by_camp))), camp_given_origin=by_camp,
        age=_table([*steady.age_all, *steady.age_first]),
        held_count=poisson_table(held), admission_count=poisson_table(steady.first_per_day),
        past_count=poisson_table(past), past_window_days=window,
        delay=_delay(scenario), campaigns=campaigns(scenario, steady),
        past=None if scenario.past is None else prisons(scenario.past),
        endless_served=_endless_served(steady),
    )  # fmt: skip


def _delay(scenario: Scenario) -> CutTable | None:
    found = delay_distribution(scenario)
    return None if found is None else CutTable([(found.days, found.weights)])


def _endless_served(steady: Steady) -> CutTable | None:
    """Days served of sentences without a term, up to those beyond which the hazard is constant.

    The last value stands for these and for all beyond. Segments are (sentence, class).
    """
    stays = steady.stays
    if stays.survival is None or not np.any(steady.endless > 0):
        return None
    segments = []
    for beside in stays.beside:
        survival = stays.survival.with_hazard(beside)
        curve = survival.curve.copy()
        curve[:, -1] = survival.since(curve.shape[1] - 1)
        days = np.arange(1, curve.shape[1] + 1)
        segments += [(days, weights if weights.sum() < np.inf else np.ones(len(days)))
                     for weights in curve]  # fmt: skip
    return CutTable(segments)


def _table(segments: list[NDArray[np.float64]]) -> CutTable:
    """Tabulate indices, as many for each segment; one that nobody reaches gets equal weights."""
    weights = np.array(segments)
    weights[~(weights.sum(axis=1) > 0)] = 1
    values = np.arange(weights.shape[1])
    return CutTable([(values, row) for row in weights])


def _columns(joint: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    return list(joint.T)


def _offence_tables(steady: Steady) -> tuple[CutTable, CutTable]:
    """Offence by (source, class) and sentence by (source, class, offence)."""
    stays = steady.stays
    alive = stays.leaving[0]
    weights = []
    for fixed_days, endless in zip(
        stays.held.sum(axis=1), of_each(steady.endless, stays.endless_held), strict=True
    ):
        weights.append(np.column_stack((steady.imposed * fixed_days, endless)))
    for c in range(len(steady.hazards)):
        weights.append(np.column_stack((steady.imposed * alive[c], 0 * steady.endless)))
    weights.append(_new(steady))
    offence = _table([steady.mix * w.sum(axis=1) for w in weights])
    days = np.append(stays.lengths, ENDLESS[: steady.endless.shape[1]])
    segments = []
    for by_offence in weights:
        for w in by_offence:
            segments.append((days, w if w.sum() > 0 else np.ones(len(w))))
    return offence, CutTable(segments)


def _new(steady: Steady) -> NDArray[np.float64]:
    """Weights of sentences imposed, by (offence, place on the axis): what is drawn at admission."""
    if steady.trials is None:
        return np.column_stack((steady.imposed, steady.endless))
    fixed_ones = len(steady.axis.lengths)
    weights = np.zeros((len(steady.sentences), fixed_ones + steady.endless.shape[1]))
    for j, one in enumerate(steady.sentences):
        fixed = one.days < LIFE
        weights[j, steady.axis.places(np.array(j), one.days[fixed])] = one.weights[fixed]
        weights[j, fixed_ones + one.days[~fixed] - LIFE] = one.weights[~fixed]
    return weights


def places_by_camp(prisons: Prisons) -> Ints:
    """Places of each camp: its share of those held, over the occupancy, rounded half up.

    Returns
    -------
    Ints
        Shape (camps,); without camps where the world's occupancy is 0, which no places give.
    """
    world = prisons.scenario.world
    if world.occupancy.value <= 0:
        return np.zeros(0, dtype=np.int64)
    sizes = np.array([camp.size.value for camp in world.camps.values()])
    places = world.held.value * sizes / sizes.sum() / world.occupancy.value
    return np.asarray(np.floor(places + 0.5).astype(np.int64))
