"""Gap: how many fewer are held than in the baseline, over the years."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.estimates import Floats
from sim.analysis.trajectories import Ends, trajectory
from sim.paper.figures.look import pens
from sim.paper.figures.picture import Picture, file_name
from sim.paper.figures.series import Chart, Line, drawn_days, marks_of
from sim.paper.figures.stock import ends_of, ignorance_of, note_of, yearly_of
from sim.paper.source import Source

KIND = "gap"


def pictures(source: Source, scenarios: list[str], baseline: str | None) -> Iterator[Picture]:
    """Draw the paired gap of policies, one figure for each baseline."""
    if len(source.about["scenarios"]) < 2 or not source.baselines:
        raise source.lacks("compares nothing with a baseline")
    for one in [baseline] if baseline else source.baselines:
        names = [name for name in scenarios or source.policies if name != one]
        if names:
            yield _picture(source, names, one)


def _picture(source: Source, names: list[str], baseline: str) -> Picture:
    marks = marks_of(source, names)
    days = drawn_days(source.scenarios[names[0]].world.days, marks)
    theirs = source.stock(baseline)
    lines = [
        Line(name, trajectory(theirs - source.stock(name)).at(days),
             _ends(source, name, baseline, days))
        for name in names
    ]  # fmt: skip
    chart = Chart(
        "gap", "persons", source.start, days, lines, marks, yearly_of(source, names),
        pens(source.baselines, source.policies), ignorance_of(source), zero=True,
    )  # fmt: skip
    title = f"Gap: {baseline} minus policy in the number held, replication by replication"
    return Picture(
        file_name(KIND, baseline), KIND, title, note_of(source, chart),
        f"Lines over the years {chart.date_of(days[0])} to {chart.date_of(days[-1])}: how many "
        f"fewer are held than in {baseline} under {', '.join(names)}.",
        tuple(chart.rows()), chart.paint,
    )  # fmt: skip


def _ends(source: Source, name: str, baseline: str, days: list[int]) -> Ends | None:
    if baseline != source.baselines[0] or name not in source.policies:
        return None

    def gap(policy: Floats, base: Floats) -> Floats:
        found: Floats = (base - policy).mean(axis=0)[days]
        return found

    means = source.means_when_changed(name, gap)
    return ends_of(source, means) if means else None
