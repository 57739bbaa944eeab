"""A study's folder, as figures and the report read it: data files, scenarios and cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.analysis.drawn import draw_label
from sim.analysis.estimates import Floats
from sim.analysis.question import swing_labels
from sim.analysis.readings import followed_months
from sim.analysis.survival import Incidence, life_table, observed_incidence
from sim.paper.data import Row, read_csv
from sim.paper.folder import FolderError
from sim.paper.results import About, Results, made, manifest_of, read_results
from sim.scenario.load import from_resolved
from sim.scenario.occasions import occasions
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.study.cells import Key, Summary
from sim.study.store import FILE, Store


class NothingToDraw(FolderError):  # noqa: N818 - no mistake of anybody
    """A folder lacks what a figure needs."""


@dataclass
class Source:
    """A study's folder, read once for all its figures; no cell is computed.

    Raises
    ------
    FolderError
        If the folder holds no run, or damaged files.
    """

    folder: Path
    _stocks: dict[str, NDArray[np.int32]] = field(default_factory=dict)
    _curves: dict[tuple[str, str, int], list[Incidence]] = field(default_factory=dict)

    @cached_property
    def about(self) -> About:
        """The manifest."""
        return manifest_of(self.folder)

    @property
    def is_comparison(self) -> bool:
        """Whether the study compares policies with baselines."""
        return "policies" in self.about

    @cached_property
    def results(self) -> Results:
        """The data files of a comparison."""
        return read_results(self.folder)

    def rows(self, name: str) -> list[Row]:
        """Read a data file; empty where the study has none."""
        if name not in self.about["files_sha256"]:
            return []
        try:
            return list(read_csv(self.folder / name))
        except (OSError, ValueError):
            raise FolderError(f"the files of the run in {self.folder} are damaged") from None

    def lacks(self, what: str) -> NothingToDraw:
        """Say what the folder lacks."""
        return NothingToDraw(f"{self.folder} {what}")

    # --- Scenarios.

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios of the study, as they were run."""
        import json

        found = {}
        for name in self.about["scenarios"]:
            path = self.folder / "scenarios" / f"{name}.json"
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
                found[name] = from_resolved(name, data, path.name)
            except (OSError, ValueError, ScenarioError):
                raise FolderError(f"{path} is missing or damaged") from None
        return found

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the scenarios that are compared with a baseline."""
        if self.is_comparison:
            return self.results.policies
        return tuple(dict.fromkeys(str(row["scenario"]) for row in self.rows("draws.csv")))

    @property
    def baselines(self) -> tuple[str, ...]:
        """Names of the baselines."""
        if self.is_comparison:
            return self.results.baselines
        return tuple(dict.fromkeys(str(row["baseline"]) for row in self.rows("draws.csv")))

    @property
    def start(self) -> date:
        """The first day simulated."""
        return next(iter(self.scenarios.values())).world.start

    @property
    def made(self) -> str:
        """How the numbers were made, in a sentence."""
        return made(self.about)

    def release_days(self, scenario: str) -> list[tuple[int, str]]:
        """First planned release day of each occasion of dated decrees, with the decree's name."""
        one = self.scenarios[scenario]
        return [
            (occasion.release_day, occasion.decree)
            for occasion in occasions(one)
            if not one.decrees[occasion.decree].recurs
        ]

    def origin_day(self, scenario: str) -> int:
        """Return the day from which a policy is measured."""
        stated = self.about.get("windows", {}).get(scenario)
        if stated is not None:
            return (date.fromisoformat(stated["from"]) - self.start).days
        days = [day for day, _ in self.release_days(scenario)]
        if not days:
            raise self.lacks(f"does not say from which day {scenario} is measured")
        return min(days)

    def date_of(self, day: int) -> date:
        """Return the calendar date of a day."""
        return self.start + timedelta(days=day)

    # --- Cells.

    def summaries(self, label: str, replications: int) -> Iterator[Summary]:
        """Read the cells of a design point by its label, replication by replication.

        Raises
        ------
        NothingToDraw
            If the folder does not hold them.
        DamagedError
            If one is damaged.
        """
        if not (self.folder / FILE).is_file():
            raise self.lacks(f"holds no cells ({FILE}), which this figure is drawn from")
        with Store(self.folder / FILE, read_only=True) as store:
            points = {wanted.label: wanted.point for wanted in store.wanted()}
            for number in range(replications):
                try:
                    yield store.summary(Key(points[label], self.about["seed"], number), label)
                except KeyError:
                    raise self.lacks(f"lacks cells of {label}; run its command again") from None

    def stock(self, label: str, replications: int | None = None) -> Floats:
        """Held at the end of each day, shape (replications, days)."""
        number = self.about["replications"] if replications is None else replications
        if label not in self._stocks or len(self._stocks[label]) < number:
            self._read(label, number)
        return self._stocks[label][:number].astype(np.float64)

    def incidence(self, label: str, kind: str) -> tuple[Floats, Floats]:
        """Cumulative incidence of return and of death, shapes (replications, months) both.

        Of those released by ``kind`` (``expiry`` or ``decree``) in the five years from the
        first month of the window; NaN where not observed.
        """
        origin = self._origin_like(label)
        key = (label, kind, origin)
        if key not in self._curves:
            months = followed_months(self.start, origin)
            self._curves[key] = [
                observed_incidence(life_table(summary.curves, kind, *months))
                for summary in self.summaries(label, self.about["replications"])
            ]
        curves = self._curves[key]
        return np.stack([c.returned for c in curves]), np.stack([c.died for c in curves])

    def _origin_like(self, label: str) -> int:
        """Return the origin of a policy, or of the first policy for a baseline."""
        return self.origin_day(label if label in self.policies else self.policies[0])

    def _read(self, label: str, number: int) -> None:
        held = [summary.series["stock"] for summary in self.summaries(label, number)]
        self._stocks[label] = np.stack(held).astype(np.int32)

    # --- What is not known.

    def means_when_changed(self, policy: str, of: Callable[[Floats, Floats], Floats]) -> (
        list[Floats]
    ):  # fmt: skip
        """Compute a mean series in every run in which assumptions are changed.

        Parameters
        ----------
        of
            From the stock of the policy and of its first baseline, shapes (replications, days),
            to a series of shape (days,).

        Returns
        -------
        list
            Empty where the study changes no assumption of the policy.
        """
        baseline = self.baselines[0]
        if not self.is_comparison:
            number = self.about["replications"]
            return [
                of(*(self.stock(draw_label(draw, s), number) for s in (policy, baseline)))
                for draw in self._draws(policy)
            ]
        found = self.results
        ends = dict.fromkeys((s.assumption, s.end) for s in found.swings if s.policy == policy)
        if not ends:
            return []
        number = found.swing_replications
        runs = [(policy, baseline), *(swing_labels(policy, *end) for end in ends)]
        return [of(*(self.stock(label, number) for label in pair)) for pair in runs]

    def _draws(self, policy: str) -> Sequence[int]:
        rows = (row for row in self.rows("draws.csv") if row["scenario"] == policy)
        return list(dict.fromkeys(int(str(row["draw"])) for row in rows))
