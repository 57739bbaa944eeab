"""What courts hand down: sentences by offence, on an axis of all that can be served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import per_day
from sim.custody.points import Points
from sim.custody.sentencing import (
    ENDLESS,
    LIFE,
    SentenceDistribution,
)
from sim.custody.stays import MeritRule, Stays, mean_held
from sim.custody.trials import Trials
from sim.scenario.scenario import Scenario
from sim.scenario.world import World

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """The fixed sentences of a world, one block of them for each kind of offence.

    Offences are of one kind if equal sentences have equal release points. With custody before
    judgment there is a block for each kind and time to judgment, and after them an entry for each
    such time of those who are acquitted.

    Attributes
    ----------
    lengths, codes
        Days and code of the release point of each entry, shape (n,).
    kinds
        Kind of each offence, shape (offences,).
    size
        Entries of a block: the different fixed sentences.
    waits, times
        Days from arrest to judgment of each entry, shape (n,), and how many such times there are;
        None and 1 where all are sentenced at their admission.
    """

    lengths: NDArray[np.int64]
    codes: NDArray[np.int16]
    kinds: NDArray[np.int64]
    size: int
    waits: NDArray[np.int64] | None = None
    times: int = 1

    @staticmethod
    def of(
        points: Points, sentences: tuple[SentenceDistribution, ...], trials: Trials | None = None
    ) -> Axis:
        """Sort offences into kinds."""
        all_lengths = {days for s in sentences for days in s.days[s.days < LIFE].tolist()}
        lengths = np.array(sorted(all_lengths), dtype=np.int64)
        by_offence = np.array([
            points.codes(np.full(len(lengths), j), lengths) for j in range(len(sentences))
        ])  # fmt: skip
        codes, kinds = np.unique(by_offence, axis=0, return_inverse=True)
        size = len(lengths)
        if trials is None:
            return Axis(np.tile(lengths, len(codes)), codes.ravel(), kinds.ravel(), size)
        wait = trials.wait.days
        none = np.zeros(len(wait), dtype=np.int64)
        return Axis(
            np.append(np.tile(lengths, len(codes) * len(wait)), none),
            np.append(np.repeat(codes, len(wait), axis=0).ravel(), none).astype(np.int16),
            kinds.ravel(), size,
            np.append(np.tile(np.repeat(wait, size), len(codes)), wait), len(wait),
        )  # fmt: skip

    def places(
        self, offence: NDArray[np.integer], days: NDArray[np.integer], time: int = 0
    ) -> NDArray[np.int64]:
        """Entries of fixed sentences, of whom a judgment comes after one of the times."""
        block = self.kinds[offence] * self.times + time
        return np.asarray(block * self.size + np.searchsorted(self.lengths[: self.size], days))


@dataclass(frozen=True)
class Law:
    """What courts hand down, and how it is served."""

    axis: Axis
    points: Points
    mix: Floats
    imposed: Floats
    endless: Floats
    executions: int | None

    def stays(self, world: World, per_year: Floats) -> Stays:
        """Find how long people stay under hazards of death per year, by class."""
        axis = self.axis
        hazards = np.array([per_day(one) for one in per_year], dtype=np.int64)
        return Stays.of(
            hazards, axis.lengths, MeritRule.of(world.merit), world.start, self.points, axis.codes,
            axis.waits, self.executions,
        )  # fmt: skip

    def held(self, stays: Stays) -> Floats:
        """Return expected days held of an admission, by hazard class."""
        return mean_held(stays, self.mix, self.imposed, self.endless)

    @staticmethod
    def of(
        scenario: Scenario, sentences: tuple[SentenceDistribution, ...], trials: Trials | None
    ) -> Law:
        """Put together what courts hand down in a world: each sentence at its place on the axis."""
        world, points = scenario.world, Points(scenario.world)
        axis = Axis.of(points, sentences, trials)
        mix = np.array([offence.share.value for offence in world.offences.values()])
        imposed = np.zeros((len(mix), len(axis.lengths)))
        executions = None
        if world.executions is not None:
            executions = per_day(world.executions.per_year.value)
        endless = np.zeros((len(mix), 1 if executions is None else len(ENDLESS)))
        for j, one in enumerate(sentences):
            fixed = one.days < LIFE
            endless[j, one.days[~fixed] - LIFE] = one.weights[~fixed]
            if trials is None:
                imposed[j, axis.places(np.array(j), one.days[fixed])] = one.weights[fixed]
                continue
            endless[j] *= trials.convicted
            for time, share in enumerate(trials.wait.weights):
                places = axis.places(np.array(j), one.days[fixed], time)
                imposed[j, places] = one.weights[fixed] * (share * trials.convicted)
            imposed[j, -axis.times :] = trials.wait.weights * (1 - trials.convicted)
        return Law(axis, points, mix, imposed, endless, executions)
