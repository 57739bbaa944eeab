"""Custody before judgment: from arrest to judgment, and to the day on which a sentence is final.

An admission is then an arrest. Days held before judgment are days served. Whoever is acquitted
leaves on the day of judgment; whoever is convicted leaves on the day on which he ordinarily would
have, counted from the arrest, and not before the day of judgment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.hazards import NEVER
from sim.custody.sentencing import SentenceDistribution, phase_distribution
from sim.custody.streams import Stream
from sim.custody.tables import CutTable, happens
from sim.scenario.scenario import Scenario

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
WordsOf = Callable[[Stream], NDArray[np.uint64]]
OF_A_TRIAL = (Stream.TRIAL, Stream.VERDICT, Stream.APPEAL, Stream.APPEAL_DAYS)
"""What is drawn anew for each spell where people are held before judgment."""
AT_ONCE = SentenceDistribution(np.zeros(1, dtype=np.int64), np.ones(1), 0.0)


@dataclass(frozen=True)
class Trials:
    """The phases before a final sentence, solved.

    Attributes
    ----------
    wait
        Days from arrest to judgment, at least 1.
    convicted
        Share of those judged who are convicted.
    appealing
        Share of those convicted whose sentence is not final at once.
    appeal
        Days until it is, of these.
    """

    wait: SentenceDistribution
    convicted: float
    appealing: float
    appeal: SentenceDistribution

    @staticmethod
    def of(scenario: Scenario) -> Trials | None:
        """Solve those of a world; None where all are sentenced at their admission.

        Raises
        ------
        ScenarioError
            If a stated mean cannot be reached within its bounds.
        """
        phases = scenario.world.before_judgment
        if phases is None:
            return None
        here = ("world", "before judgment")
        path = (*here, "awaiting trial", "lasts")
        wait = phase_distribution(scenario, path, phases.awaiting_trial.lasts)
        convicted = phases.awaiting_trial.convicted.value
        if phases.appealing is None:
            return Trials(wait, convicted, 0.0, AT_ONCE)
        path = (*here, "appealing", "lasts")
        appeal = phase_distribution(scenario, path, phases.appealing.lasts)
        return Trials(wait, convicted, phases.appealing.share.value, appeal)


@dataclass(frozen=True)
class Judgments:
    """The phases as tables, and their place among the stays of the steady state.

    Attributes
    ----------
    trials
        The phases, solved.
    wait, appeal
        Days from arrest to judgment; days that an appeal takes.
    waits
        Days from arrest to judgment of each fixed stay (`sim.custody.courts.Axis`), shape (n,). The
        last ones, as many as there are such times, end with an acquittal.
    """

    trials: Trials
    wait: CutTable
    appeal: CutTable
    waits: Ints

    @staticmethod
    def of(trials: Trials, waits: Ints) -> Judgments:
        """Tabulate the phases."""
        wait, appeal = (CutTable([(one.days, one.weights)]) for one in (trials.wait, trials.appeal))
        return Judgments(trials, wait, appeal, waits)

    def drawn(
        self, words: WordsOf, admitted: NDArray[np.integer], due: NDArray[np.integer]
    ) -> dict[str, Ints]:
        """Draw when people arrested are judged, and find when they leave.

        Parameters
        ----------
        admitted, due
            Days of arrest, and of ordinary release if convicted at once, shape (n,).

        Returns
        -------
        dict
            The columns ``judged``, ``final`` (never, for those acquitted) and ``due``.
        """
        judgment = np.add(admitted, self.wait.pick(0, words(Stream.TRIAL)), dtype=np.int64)
        convicted = happens(words(Stream.VERDICT), self.trials.convicted)
        return self._columns(words, judgment, convicted, due)

    def at_start(
        self,
        words: WordsOf,
        places: NDArray[np.integer],
        admitted: NDArray[np.integer],
        due: NDArray[np.integer],
    ) -> dict[str, Ints]:
        """Find when those held at the start are judged, by the places of their stays.

        The time to judgment of a sentence without a term is drawn: it does not change how long
        that lasts.
        """
        drawn = self.wait.pick(0, words(Stream.TRIAL)).astype(np.int64)
        fixed = places < len(self.waits)
        wait = np.where(fixed, np.append(self.waits, 0)[np.where(fixed, places, -1)], drawn)
        judgment = np.add(admitted, wait, dtype=np.int64)
        return self._columns(words, judgment, ~self.acquitted(places), due)

    def acquitted(self, places: NDArray[np.integer]) -> Mask:
        """Say of places of stays which end with an acquittal, shape (n,)."""
        last, times = len(self.waits), len(self.trials.wait.days)
        return np.asarray((places >= last - times) & (places < last))

    def _columns(
        self, words: WordsOf, judgment: Ints, convicted: Mask, due: NDArray[np.integer]
    ) -> dict[str, Ints]:
        appeals = happens(words(Stream.APPEAL), self.trials.appealing)
        lasts = self.appeal.pick(0, words(Stream.APPEAL_DAYS)).astype(np.int64)
        final = np.where(convicted, judgment + np.where(appeals, lasts, 0), NEVER)
        return {"judged": judgment, "final": final, "due": not_before(due, judgment, final)}


def not_before(
    due: NDArray[np.integer], judgment: NDArray[np.integer], final: NDArray[np.integer]
) -> Ints:
    """Day of ordinary release: never before judgment, and on it for those acquitted."""
    found = np.where(final >= NEVER, judgment, np.maximum(due, judgment))
    return np.asarray(found, dtype=np.int64)
