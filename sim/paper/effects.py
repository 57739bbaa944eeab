"""Table 1, effects: what each policy changes, with the three layers of doubt told apart."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from sim.analysis.compare import Comparison, span
from sim.analysis.estimates import Difference
from sim.analysis.measures import MEASURES, PANELS, Measure
from sim.paper.numbers import NOT_OBSERVED, count, half_width, interval, per_cent, signed
from sim.scenario.decree import Decree
from sim.scenario.graded import ASSUMPTION, DERIVED
from sim.scenario.load import Scenario

GUARD = "Scenario results under stated assumptions; not estimates of what happened."
WIDTH = 100
PAGE_WIDTH = 132
"""Characters in which a block of the table must fit, unless it holds one policy alone."""
LEVELS = ("eligible", "months remitted per person freed")
"""Measures that are given as levels: a difference would say nothing."""


def effects_table(comparison: Comparison, baseline: str) -> str:
    """Write the table of paired differences from one baseline as plain text."""
    policies = [p for p in comparison.policies if p != baseline]
    lines = [f"Table 1. Effects: difference from {baseline}", GUARD, ""]
    lines += _legend(comparison, baseline, policies)
    for block in _blocks(comparison, baseline, policies):
        lines += [*_grid(comparison, baseline, block), ""]
    lines += _notes(comparison, baseline, policies)
    return "\n".join(lines)


def _blocks(comparison: Comparison, baseline: str, policies: list[str]) -> Iterator[list[str]]:
    """Put as many policies side by side as a page is wide."""
    block: list[str] = []
    for policy in policies:
        wider = [*block, policy]
        if block and max(map(len, _grid(comparison, baseline, wider))) > PAGE_WIDTH:
            yield block
            wider = [policy]
        block = wider
    yield block


def _grid(comparison: Comparison, baseline: str, policies: list[str]) -> list[str]:
    """Lay out rows and columns of some policies."""
    rows = list(_rows(comparison, baseline, policies))
    widths = [max(len(line) for row in rows for line in row[i]) for i in range(len(policies) + 2)]
    header = ["", baseline, *policies]
    widths = [max(width, len(name)) for width, name in zip(widths, header, strict=True)]
    lines = [_line(header, widths), "-" * (sum(widths) + 2 * len(widths))]
    for row in rows:
        for i in range(max(map(len, row))):
            lines.append(_line([c[i] if i < len(c) else "" for c in row], widths))
    return lines


def _line(cells: list[str], widths: list[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    parts = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]
    return "  ".join(parts).rstrip()


def _legend(comparison: Comparison, baseline: str, policies: list[str]) -> list[str]:
    lines = [f"  {name}: {comparison.scenario(name).title}" for name in (baseline, *policies)]
    for policy in policies:
        window = comparison.windows[policy]
        lines.append(f"  {policy} is measured from {window.date_of(window.origin_day)}")
    return [*lines, ""]


def _rows(comparison: Comparison, baseline: str, policies: list[str]) -> Iterator[list[list[str]]]:
    origins = {comparison.windows[p].origin_day for p in policies}
    for panel in PANELS:
        yield [[panel.upper()], *([""] for _ in range(len(policies) + 1))]
        for measure in (m for m in MEASURES if m.headline and m.panel == panel):
            cells = [_cell(comparison, baseline, policy, measure) for policy in policies]
            level = [""]
            if policies and len(origins) == 1:
                one = comparison.estimates.get((baseline, policies[0], measure.name))
                level = [NOT_OBSERVED if one is None else count(one.mean, 3)]
                if not _same_level(comparison, baseline, policies, measure):
                    level = ["varies"]
                if measure.name in LEVELS and (one is None or one.mean == 0):
                    level = [""]
            yield [[f"  {_label(measure)}"], level, *cells]


def _same_level(
    comparison: Comparison, baseline: str, policies: list[str], measure: Measure
) -> bool:
    """Say whether the baseline's level is one in the windows of all policies."""
    found = [comparison.estimates.get((baseline, p, measure.name)) for p in policies]
    return len({None if one is None else one.mean for one in found}) == 1


def _label(measure: Measure) -> str:
    if measure.name in LEVELS:
        return f"{measure.name} (level)"
    return measure.difference_name


def _cell(comparison: Comparison, baseline: str, policy: str, measure: Measure) -> list[str]:
    if measure.name in LEVELS:
        one = comparison.estimates.get((policy, policy, measure.name))
        if one is None:
            return [missing(comparison, policy)]
        return [f"{count(one.mean)} {half_width(one.low, one.high)}"]
    found = comparison.differences.get((policy, baseline, measure.name))
    if found is None:
        return [NOT_OBSERVED]
    ends = span(comparison, policy, baseline, measure.name)
    if found.constant:
        lines = [f"{signed(found.estimate.mean)} (always)"]
        if ends is not None and ends[0] == ends[1]:
            ends = None
    else:
        lines = _layers(found)
    if ends is not None:
        lines.append(f"assumptions {interval(*ends)}")
    return lines


def missing(comparison: Comparison, policy: str) -> str:
    """Say why a level has no estimate: beyond the horizon, or nobody was freed."""
    freed = comparison.estimates.get((policy, policy, "freed by decree"))
    if freed is None:
        return NOT_OBSERVED
    return "in some runs none freed" if freed.mean else "none freed"


def _layers(found: Difference) -> list[str]:
    e = found.estimate
    relative = per_cent(e.mean, found.baseline_mean)
    lines = [f"{signed(e.mean)} ({relative})" if relative else signed(e.mean)]
    lines.append(f"error {half_width(e.low, e.high)}")
    if e.p2_5 is not None and e.p97_5 is not None:
        lines.append(f"chance {interval(e.p2_5, e.p97_5)}")
    return lines


def _notes(comparison: Comparison, baseline: str, policies: list[str]) -> list[str]:
    window = comparison.windows[policies[0]] if policies else None
    notes = [
        (
            "Numbers are rounded to two figures, which is more than most of their inputs bear; "
            "full precision is in the data files."
        ),
        (
            f"error: half the 95% interval of the mean over {comparison.replications} paired "
            "replications (common random numbers, Student's t); it shrinks with replications and "
            "says nothing about the real prisons. Intervals here are pointwise; simultaneous ones "
            "are in the data files."
        ),
        "chance: the middle 95% of single replications.",
    ]
    if comparison.swings and baseline == comparison.baselines[0]:
        named = list(dict.fromkeys(s.assumption for s in comparison.swings))
        notes.append(
            "assumptions: span of the differences when one of these is changed at a time "
            f"({comparison.swing_replications} replications each): {', '.join(named)}. It is a "
            "lower bound of ignorance: other assumptions, and several at once, are not varied."
        )
    if window is not None:
        notes.append(
            "Windows: one and five years after the first planned release; sums over five years "
            "(decrees from the close of their lists). Averted is baseline minus policy. Deaths "
            "averted counts custody and liberty alike and leaves out those whom a drive arrested."
        )
    if baseline == "customary":
        notes.append("Each policy replaces the customary pardons; it does not come on top of them.")
    for name in (baseline, *policies):
        notes += _rests_on(comparison.scenario(name))
    notes.append(f"Seed {comparison.seed}; world: {comparison.scenario(baseline).world.name}.")
    return [fill(note, WIDTH, subsequent_indent="  ") for note in notes]


def _rests_on(scenario: Scenario) -> list[str]:
    """Say what is a rumour, inferred, or assumed in a policy, and who reported it."""
    notes = []
    for name, decree in scenario.decrees.items():
        outlets = {s.split("-")[0] for s in decree.source if s not in (ASSUMPTION, DERIVED)}
        marks = [f"{kind} {label!r} is {status}" for kind, label, status in _statuses(decree)]
        written = scenario.tree.at(("decrees", name))
        assumed = list(_assumed(written.plain() if written else None))
        if assumed:
            marks.append("assumed (grade C): " + ", ".join(assumed))
        said = f"{scenario.name}, decree {name}: source {', '.join(decree.source)}"
        if len(outlets) == 1:
            said += " (one outlet)"
        notes.append("; ".join([said, *marks]) + ".")
    return notes


def _statuses(decree: Decree) -> Iterator[tuple[str, str, str]]:
    for kind, parts in (("clause", decree.clauses), ("exclusion", decree.exclude)):
        for label, part in parts.items():
            if part.status in ("rumoured", "inferred"):
                yield kind, label, part.status


def _assumed(part: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Name every part of a decree that says that it is grade C, as its file does."""
    if not isinstance(part, dict):
        return
    if part.get("grade") == "C":
        yield ".".join(path) or "the decree as a whole"
    for key, value in part.items():
        if key not in ("cases", "outcomes"):
            yield from _assumed(value, (*path, str(key)))
