"""Sweeps: every variant of a scenario, paired with its baseline in its own world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.attribution import PlaceValue, place_values
from sim.analysis.estimates import Difference, Estimate, Floats, difference, estimate, family
from sim.analysis.measures import MEASURES, Window, window_of
from sim.analysis.outcomes import Outcomes, outcomes
from sim.scenario.scenario import Scenario
from sim.scenario.sweeps.points import Variant, paired, repeated
from sim.scenario.variants import same_world
from sim.study.cells import Point
from sim.study.execute import solved
from sim.study.study import Ask, Study

AS_WRITTEN = "(as in the file)"


@dataclass(frozen=True)
class Row:
    """A variant, the baseline of its world, and from which day both are measured."""

    label: str
    coordinates: tuple[tuple[str, str], ...]
    policy: Point
    baseline: Point
    window: Window


@dataclass(frozen=True)
class SweepQuestion:
    """What is swept: the scenario as written first, then its variants.

    Attributes
    ----------
    repeated
        Variants that ask nothing new, each with what asks the same before it.
    """

    title: str
    scenario: Scenario
    baseline: Scenario
    rows: tuple[Row, ...]
    repeated: tuple[tuple[str, str], ...]
    seed: int
    replications: int

    @property
    def asked(self) -> list[Ask]:
        """The cells that the sweep takes; what two rows share is computed once."""
        points = {p.label: p for row in self.rows for p in (row.policy, row.baseline)}
        return [Ask(point, self.replications) for point in points.values()]


@dataclass(frozen=True)
class Sweep:
    """The outcome of a sweep.

    Attributes
    ----------
    levels
        By (row, measure).
    differences
        By (row, measure), from the baseline of the row's world; a family is all rows.
    places
        By measure: what one more place brings between neighbouring caps, where nothing but the
        number of a cap is swept.
    reach
        Of those caps: ``per camp`` or ``in all``.
    """

    asked: SweepQuestion
    levels: Mapping[tuple[str, str], Estimate]
    differences: Mapping[tuple[str, str], Difference]
    tables: Mapping[str, str]
    places: Mapping[str, tuple[PlaceValue, ...]]
    reach: str | None


def sweep_question(
    scenario: Scenario,
    variants: Sequence[Variant],
    baseline: Scenario,
    *,
    title: str,
    replications: int = 20,
    seed: int = 1,
) -> SweepQuestion:
    """Settle what is swept, before anything runs.

    Raises
    ------
    ScenarioError
        If a world cannot be solved, or a variant cannot be measured within the horizon.
    """
    same_world(baseline, scenario)
    baselines = [baseline, *paired(variants, baseline)]
    whole = [Variant(AS_WRITTEN, (), scenario), *variants]
    pairs = list(zip(whole, baselines, strict=True))
    return paired_question(pairs, title=title, replications=replications, seed=seed)


def paired_question(
    pairs: Sequence[tuple[Variant, Scenario]], *, title: str, replications: int, seed: int
) -> SweepQuestion:
    """Settle what is swept: variants, each with the baseline of its world, as written first.

    Raises
    ------
    ScenarioError
        If a world cannot be solved, or a variant cannot be measured within the horizon.
    """
    rows = []
    for variant, theirs in pairs:
        solved(theirs)
        like = window_of(theirs) if theirs.decrees else None
        window = window_of(variant.scenario, None, like)
        point = Point(variant.scenario.name, variant.scenario)
        rows.append(
            Row(variant.label, variant.coordinates, point, Point(theirs.name, theirs), window)
        )
    (first, baseline), variants = pairs[0], [variant for variant, _ in pairs[1:]]
    return SweepQuestion(
        title, first.scenario, baseline, tuple(rows), tuple(repeated(first.scenario, variants)),
        seed, replications,
    )  # fmt: skip


def sweep_answer(asked: SweepQuestion, study: Study) -> Sweep:
    """Read a sweep's cells and pair every row.

    Raises
    ------
    KeyError
        If a cell has not been computed.
    """
    found = {row.label: _read(asked, row, study) for row in asked.rows}
    levels: dict[tuple[str, str], Estimate] = {}
    differences: dict[tuple[str, str], Difference] = {}
    places: dict[str, tuple[PlaceValue, ...]] = {}
    reach, caps = _caps(asked.rows)
    for measure in MEASURES:
        one: dict[str, Difference] = {}
        paired: dict[str, Floats] = {}
        for label, (ours, theirs) in found.items():
            policy, baseline = (side.column(label, measure.name) for side in (ours, theirs))
            if policy is None or baseline is None:
                continue
            averted = measure.averted is not None
            levels[label, measure.name] = estimate(policy)
            one[label] = difference(policy, baseline, averted=averted)
            paired[label] = baseline - policy if averted else policy - baseline
        for label, d in zip(one, family(list(one.values())), strict=True):
            differences[label, measure.name] = d
        if caps and all(label in paired for _, label in caps):
            numbers, values = [n for n, _ in caps], [paired[label] for _, label in caps]
            places[measure.name] = place_values(numbers, values)
    return Sweep(asked, levels, differences, study.store.tables(), places, reach)


def _caps(rows: Sequence[Row]) -> tuple[str | None, list[tuple[int, str]]]:
    """Return the reach of the caps that are swept, and their numbers with their rows' labels.

    The cap as written is among them where it has the same reach. Empty unless the number of one
    cap is all that is swept.
    """
    swept = [(row.coordinates, row.label) for row in rows if row.coordinates]
    if len({tuple(path for path, _ in where) for where, _ in swept}) != 1:
        return None, []
    if len(swept[0][0]) != 1 or not swept[0][0][0][0].endswith(".cap"):
        return None, []
    words = [(where[0][1].split(maxsplit=1), label) for where, label in swept]
    numbered = [(int(w[0]), w[1], label) for w, label in words if len(w) == 2 and w[0].isdecimal()]
    reaches = {reach for _, reach, _ in numbered}
    if len(reaches) != 1:
        return None, []
    reach = reaches.pop()
    caps = {number: label for number, _, label in numbered}
    own = _cap_as_written(rows[0], swept[0][0][0][0], reach)
    if own is not None:
        caps.setdefault(own, rows[0].label)
    return (reach, sorted(caps.items())) if len(caps) > 1 else (None, [])


def _cap_as_written(row: Row, path: str, reach: str) -> int | None:
    """Return the places that the scenario itself has, None if they have another reach or none."""
    name = path.removeprefix("decrees.").removesuffix(".cap").strip("'\"")
    decree = row.policy.scenario.decrees.get(name)
    cap = None if decree is None or row.coordinates else decree.cap.value
    if cap is None or cap.of != "persons":
        return None
    return cap.places if reach == ("per camp" if cap.per == "camp" else "in all") else None


def _read(asked: SweepQuestion, row: Row, study: Study) -> tuple[Outcomes, Outcomes]:
    windows = {row.label: row.window}
    policy, baseline = (
        outcomes(
            point.label, study.summaries(Ask(point, asked.replications), asked.seed), windows,
            point.scenario.world.start,
        )
        for point in (row.policy, row.baseline)
    )  # fmt: skip
    return policy, baseline
