"""Draws over what is not known, from the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.messages import plain_values, say, stop
from sim.cli.work import Work

if TYPE_CHECKING:
    from sim.analysis.drawn import Draws
    from sim.analysis.estimates import Floats
    from sim.paper.ignorance import Layers
    from sim.scenario.draws.ranges import Range, Switch
    from sim.scenario.scenario import Scenario


class Drawing:
    """Draws, runs and tells."""

    def __init__(
        self,
        work: Work,
        design: str,
        points: Floats,
        drawn: Sequence[Range | Switch],
        replications: int,
        seed: int,
        rows: int,
    ) -> None:
        self.work, self.design, self.points, self.drawn = work, design, points, drawn
        self.replications, self.seed, self.rows = replications, seed, rows

    def run(self, policies: list[Scenario], baseline: Scenario, *, as_json: bool) -> None:
        """Plan the draws, compute their cells beside those as written, print and save."""
        from sim.analysis.compare import answer
        from sim.analysis.drawn import DESIGNS, plan_draws
        from sim.analysis.ignorance import read_draws
        from sim.analysis.question import question

        began = time.monotonic()
        written = question([baseline, *policies], replications=self.replications, seed=self.seed)
        if not self.work.quiet:
            say(f"Drawing {len(self.points)} worlds of {len(self.drawn)} assumptions")
        with self.work.crew() as crew, crew.at_work() as (executor, _):
            plan = plan_draws(policies, baseline, self.points, drawn=self.drawn, executor=executor)
        self._refuse_gaps(plan)
        with self.work.study() as study:
            asked = [*written.asked, *plan.asked(self.replications)]
            self.work.compute(study, asked, self.seed)
            if self.work.shard is not None:
                return
            central = answer(written, study)
            found = read_draws(plan, study, self.replications, self.seed)
        from sim.paper.ignorance import layers_of

        with plain_values("--design"):
            layers = layers_of(central, plan, found, self.design, DESIGNS[self.design], self.seed)
        self._finish(layers, time.monotonic() - began, as_json=as_json)

    def _refuse_gaps(self, plan: Draws) -> None:
        """Refuse draws that tell nothing, before their cells are computed."""
        gaps, whole = plan.left_out, self.design in ("morris", "saltelli")
        if gaps and (whole or not plan.possible):
            stop(f"--design: {len(gaps)} of {len(plan.design)} draws describe no possible world"
                 f"{', and these indices need every draw' if whole else ''}; the first: "
                 f"{gaps[0].why}. Leave assumptions out (--only)"
                 f"{', or use lhs' if whole else ''}")  # fmt: skip

    def _finish(self, layers: Layers, seconds: float, *, as_json: bool) -> None:
        from sim.paper.ignorance import about_layers, files_of_layers, ignorance_tables
        from sim.paper.manifest import command_line, described

        about = about_layers(layers, self.rows)
        so = described(about, layers.written.scenarios, command_line(), seconds)
        tables = ignorance_tables(layers, self.rows)
        files, data = files_of_layers(layers, tables)
        self.work.finish(files, so, tables, {**data, "manifest": so} if as_json else None)
