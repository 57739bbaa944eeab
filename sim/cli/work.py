"""Computing a study from the command line: who works, what is kept, what is told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.messages import plain_values, say, shown_progress, stop

if TYPE_CHECKING:
    from sim.analysis.compare import Comparison
    from sim.analysis.precise import Wish
    from sim.analysis.question import Question
    from sim.study.precision import Precision
    from sim.study.study import Ask, Crew, Plan, Shard, Study


class Work:
    """How a study is computed and where it is kept.

    Parameters
    ----------
    workers
        Processes; 0 for one per processor.
    out, force
        The study's folder, and whether to drop the cells that it has.
    shard, cluster
        The options of these names.
    """

    def __init__(
        self,
        workers: int,
        out: Path | None,
        force: bool,
        quiet: bool,
        shard: str | None = None,
        cluster: str | None = None,
    ) -> None:
        from sim.paper.folder import check_folder
        from sim.paper.manifest import EPOCH, stated_time
        from sim.study.execute import processors

        self.shard = _shard(shard, out)
        if cluster is not None:
            from sim.study.cluster import answering

            answering(cluster)
        with plain_values(EPOCH):
            stated_time()
        if out is not None:
            check_folder(out)
        self.workers, self.out, self.force = workers or processors(), out, force
        self.quiet, self.cluster = quiet, cluster

    @contextmanager
    def crew(self) -> Iterator[Crew]:
        """Provide those who compute."""
        from sim.study.study import Crew

        if self.cluster is None:
            yield Crew(self.workers)
            return
        from sim.study.cluster import cluster

        with cluster(self.cluster) as crew:
            yield crew

    @contextmanager
    def study(self) -> Iterator[Study]:
        """Open the study's folder; cells that are there are kept unless told otherwise."""
        from sim.study.study import Study

        with Study(self.out, afresh=self.force) as study:
            yield study

    def tell(self, asked: Sequence[Ask], seed: int) -> None:
        """Tell what would be computed, and how long that takes."""
        from sim.scenario.words.phrases import counted
        from sim.study.study import expected_seconds, open_to_look

        with open_to_look(None if self.force else self.out) as study:
            plan = study.plan(asked, seed, self.shard)
            seconds = expected_seconds(plan, self.workers)
        typer.echo(f"{plan.there} cells are there already; {plan.to_compute} to compute")
        for ask in asked:
            typer.echo(f"  {ask.point.label}: {counted(ask.replications, 'replication')}")
        if plan.missing:
            typer.echo(f"some {lasting(seconds)} with {self.workers} workers")

    def compute(self, study: Study, asked: Sequence[Ask], seed: int) -> None:
        """Compute the missing cells and tell which were there."""
        self._told(self._computed(study, asked, seed))

    def _computed(self, study: Study, asked: Sequence[Ask], seed: int) -> Plan:
        with shown_progress(self.quiet) as progress, self.crew() as crew:
            return study.compute(asked, seed, crew=crew, shard=self.shard, progress=progress)

    def _told(self, plan: Plan) -> None:
        if self.out is None:
            return
        for key in plan.damaged:
            say(f"A cell was damaged and was computed again: replication {key.replication} of "
                f"point {key.point[:12]}")  # fmt: skip
        changed = f" ({', '.join(plan.changed)} changed)" if plan.changed else ""
        if plan.there or self.shard is not None:
            say(f"{plan.there} cells were there, {plan.to_compute} computed{changed}")

    def answer(
        self,
        asked: Question,
        *,
        as_json: bool = False,
        wishes: Sequence[Wish] = (),
        budget: int = 0,
    ) -> None:
        """Compute what is missing, print the results and save them."""
        from sim.analysis.compare import answer

        began = time.monotonic()
        rule = self.rule(asked, wishes, budget) if wishes else None
        with self.study() as study:
            if rule is None:
                self.compute(study, asked.asked, asked.seed)
            else:
                asked = self._replicated(study, asked, rule)
            if self.shard is not None:
                return
            found = answer(asked, study)
        self.save(found, time.monotonic() - began, as_json=as_json)

    def rule(self, asked: Question, wishes: Sequence[Wish], budget: int) -> Precision:
        """Settle when to stop replicating, before a folder is touched."""
        from sim.analysis.precise import rule_for

        if self.shard is not None:
            stop("--precision looks at all cells together; it cannot be used with --shard")
        with plain_values("--precision"):
            return rule_for(asked, wishes, budget)

    def _replicated(self, study: Study, asked: Question, rule: Precision) -> Question:
        """Replicate until differences are precise enough, and tell how that ended."""
        from sim.analysis.precise import replicate
        from sim.study.cells import Key

        before, broken = study.store.there(), frozenset(study.store.damaged())
        with (
            plain_values("--precision"),
            shown_progress(self.quiet) as progress,
            self.crew() as crew,
        ):
            asked, judged = replicate(asked, rule, study, crew=crew, progress=progress)
        plan = self._computed(study, asked.asked, asked.seed)  # the one-at-a-time runs as well
        say(judged.reason[0].upper() + judged.reason[1:])
        wanted = {
            Key(ask.point.key, asked.seed, replication)
            for ask in asked.asked
            for replication in range(ask.replications)
        }
        damaged = tuple(sorted(broken & wanted))
        computed = study.store.number() - len(before) + len(damaged)
        there = len((before - broken) & wanted)
        self._told(replace(plan, there=there, to_compute=computed, damaged=damaged))
        return asked

    def save(self, found: Comparison, seconds: float, *, as_json: bool) -> None:
        """Write the folder of a comparison, then print."""
        from sim.paper.data import as_json as json_of
        from sim.paper.folder import files_of
        from sim.paper.manifest import command_line, manifest
        from sim.paper.report import tables_of

        described = manifest(found, command_line(), seconds)
        tables = tables_of(found)
        printed = json_of(found, described) if as_json else None
        self.finish(files_of(found, tables), described, tables, printed)

    def finish(
        self,
        files: Mapping[str, str],
        described: dict[str, object],
        tables: Mapping[str, str],
        printed: object = None,
    ) -> None:
        """Write the folder, then print the tables, or JSON where that is asked for."""
        from sim.paper.dictionary import NAME, dictionary_text
        from sim.paper.folder import SaveError, write_folder

        files = {**files, NAME: dictionary_text(files)}
        unsaved = None
        try:  # before anything is printed, so that a reader who leaves early loses nothing
            if self.out is not None:
                write_folder(self.out, files, described)
                say(f"Saved in {self.out}")
        except SaveError as error:
            unsaved = error
        if printed is not None:
            typer.echo(json.dumps(printed, indent=1, ensure_ascii=False))
        else:
            typer.echo("\n\n\n".join(tables.values()))
        if unsaved is not None:
            raise unsaved


def _shard(text: str | None, out: Path | None) -> Shard | None:
    """Read which part of a study is to be computed."""
    from sim.study.study import Shard

    if text is None:
        return None
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        stop(f"--shard: expected a part and the number of parts, such as 2/8; found {text!r}")
    if out is None:
        stop("--shard: give --out as well; a part is kept for 'amnesty merge'")
    return Shard(int(number), int(of))


def lasting(seconds: float) -> str:
    """Write how long something takes."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
