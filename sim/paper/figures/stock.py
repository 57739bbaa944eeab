"""Stock: how many are held over the years, by scenario."""

from __future__ import annotations

from collections.abc import Iterator

from sim.analysis.estimates import Floats
from sim.analysis.trajectories import Ends, middle, span, trajectory
from sim.paper.figures.look import pens
from sim.paper.figures.picture import Picture
from sim.paper.figures.series import Chart, Line, drawn_days, marks_of
from sim.paper.source import Source
from sim.scenario.occasions import occasions

KIND = "stock"


def pictures(source: Source, scenarios: list[str], baseline: str | None) -> Iterator[Picture]:
    """Draw the stock of the baseline and of policies, all in one figure."""
    names = shown(source, scenarios, baseline)
    marks = marks_of(source, names)
    days = drawn_days(source.scenarios[names[0]].world.days, marks)
    first = source.baselines[0] if source.baselines else None
    lines = [
        Line(name, trajectory(source.stock(name)).at(days), *_ends(source, name, first, days))
        for name in names
    ]
    chart = Chart(
        "held", "persons", source.start, days, lines, marks, yearly_of(source, names),
        pens(source.baselines, source.policies), ignorance_of(source),
    )  # fmt: skip
    yield Picture(
        KIND, KIND, "Held at the end of each day, by scenario", note_of(source, chart),
        f"Lines over the years {chart.date_of(days[0])} to {chart.date_of(days[-1])}: the mean "
        f"number held in {', '.join(names)}.",
        tuple(chart.rows()), chart.paint,
    )  # fmt: skip


def shown(source: Source, scenarios: list[str], baseline: str | None) -> list[str]:
    """List the scenarios that are drawn, the baseline first."""
    if not source.policies:
        raise source.lacks("is no study of scenarios over the years")
    bases = [baseline] if baseline else list(source.baselines)
    wanted = scenarios or list(source.policies)
    return list(dict.fromkeys([*(b for b in bases if not scenarios or baseline), *wanted]))


def yearly_of(source: Source, names: list[str]) -> dict[str, list[int]]:
    """Find the planned releases of yearly decrees, by scenario."""
    found = {}
    for name in names:
        one = source.scenarios[name]
        days = [o.release_day for o in occasions(one) if one.decrees[o.decree].every]
        if days:
            found[name] = [day for day in days if day < one.world.days]
    return found


def _ends(
    source: Source, name: str, baseline: str | None, days: list[int]
) -> tuple[Ends | None, Ends | None]:
    """Find the ends of a policy's stock, and of its baseline's, when assumptions change."""
    if name not in source.policies or name == baseline or baseline is None:
        return None, None
    ours = source.means_when_changed(name, lambda policy, _: policy.mean(axis=0)[days])
    if not ours:
        return None, None
    theirs = source.means_when_changed(name, lambda _, base: base.mean(axis=0)[days])
    return ends_of(source, ours), ends_of(source, theirs)


def ends_of(source: Source, means: list[Floats]) -> Ends:
    """Return the span of one-at-a-time runs, or the middle 95% of draws."""
    return span(means) if source.is_comparison else middle(means)


def ignorance_of(source: Source) -> str:
    """Name the band of ignorance in the key."""
    return "assumptions" if source.is_comparison else "middle 95% of draws"


def note_of(source: Source, chart: Chart) -> str:
    """Say how the figure is read."""
    said = ["Lines: means over replications."]
    if any(line.found.replications > 1 for line in chart.lines):
        said.append("Chance: the middle 95% of single replications.")
    if any(line.ends is not None for line in chart.lines):
        if source.is_comparison:
            number = source.results.swing_replications
            said.append(
                "Below, assumptions: span of the means when one listed assumption at a time is "
                f"changed ({number} replication{'s' if number > 1 else ''} each), a lower bound "
                "of ignorance."
            )
        else:
            said.append("Below: the middle 95% of the means of draws of all that is not known.")
    if chart.marks:
        said.append("Dashed uprights: first planned releases of dated decrees.")
    if chart.yearly:
        said.append("Ticks on the axis: yearly decrees.")
    return " ".join([*said, source.made])
