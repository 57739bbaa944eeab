"""Table 3, what it rests on: assumptions by their swing over draws of all that is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill, wrap

from sim.analysis.ignorance import Ignorance
from sim.analysis.measures import MEASURE
from sim.analysis.robustness import Reversal
from sim.analysis.sensitivity import Influence
from sim.paper.bibliography import Reference, named
from sim.paper.effects import WIDTH
from sim.paper.numbers import PLUS_MINUS, count, interval, printed, signed
from sim.paper.table import Cell, Column, Layer, Panel, Row, Table
from sim.scenario.draws.ranges import Range, Switch
from sim.scenario.scenario import Scenario

ROWS = 20
WIDEST = {"assumption": 34, "as written": 26, "sources": 22, "order": 9}
"""Characters beyond which the cells of a column are wrapped."""
RULE = (
    "Drawing: the stated value is the median of its draws; on either side they are uniform between "
    "the value and the end of its range, on the logarithm where value and ends are positive and "
    "the ends differ fourfold or more. Lengths are whole days. Shares that must sum to 1 are "
    "brought back to it in proportion, which may carry one beyond its range. A switch is on in "
    "half of the draws. The draws visit what the sources leave open; they do not weigh it."
)


def sensitivity(
    found: Ignorance,
    scenario: Scenario,
    *,
    design: str = "Latin hypercube",
    seed: int = 1,
    rows: int = ROWS,
    known: Mapping[str, Reference] | None = None,
) -> Table:
    """Build the table of what one measure of one policy rests on, widest swing first.

    Parameters
    ----------
    scenario
        The policy as written; its ``rests on`` names assumptions.
    design, seed, rows
        How the draws were made, and how many assumptions are shown; both for the notes.
    known
        A bibliography: sources are then named by author and year, by their keys otherwise.
    """
    plan, measure = found.plan, MEASURE[found.measure]
    several = len(plan.policies) > 1
    columns = [Column(name, words=True) for name in ("as written", "grade", "sources")]
    columns += [Column(name, measure.unit) for name in ("swing", "lower half", "upper half")]
    columns += [Column("order", words=True)] if several else []
    parameters = {one.name: one for one in plan.parameters}
    names = _names(scenario)
    body = [
        _row(parameters[one.name], one, names, known,
             found.reversals.get(one.name, ()) if several else None)
        for one in found.influences[:rows]
    ]  # fmt: skip
    return Table(
        f"draws-{found.policy}-{found.measure.replace(' ', '-')}",
        f"What it rests on: {found.policy}, {measure.difference_name}, difference from "
        f"{plan.baseline}",
        tuple(columns), (Panel("", tuple(body)),),
        notes=(*_notes(found, design, seed, rows), RULE, *_robust(found)), number=3,
        stub="assumption", fixed=len(columns),
    )  # fmt: skip


def sensitivity_table(
    found: Ignorance,
    scenario: Scenario,
    *,
    design: str = "Latin hypercube",
    seed: int = 1,
    rows: int = ROWS,
) -> str:
    """Write what one measure of one policy rests on as plain text; see `sensitivity`."""
    return sensitivity_text(sensitivity(found, scenario, design=design, seed=seed, rows=rows))


def sensitivity_text(table: Table) -> str:
    """Lay out the table of draws as plain text."""
    grid = [[table.stub, *(column.name for column in table.columns)]]
    grid += [[row.label, *map(_text, row.cells)] for row in table.panels[0].rows]
    lines = [*wrap(table.numbered_title, WIDTH), table.guard, "", *_grid(grid), ""]
    lines += [fill(note, WIDTH, subsequent_indent="  ") for note in table.notes]
    return "\n".join(lines)


def _text(cell: Cell) -> str:
    """Write a cell on one line, its error beside it and its marks after it."""
    one = printed(cell)
    return " ".join([one.main, *(text for _, text in one.layers)]) + "".join(cell.marks)


def _names(scenario: Scenario) -> dict[str, str]:
    """Names that the file gives to ranges, by their path."""
    entries = scenario.document.rests_on.items()
    return {entry.range_of: name for name, entry in entries if entry.range_of is not None}


def _row(
    parameter: Range | Switch,
    one: Influence,
    names: dict[str, str],
    known: Mapping[str, Reference] | None,
    turned: Sequence[Reversal] | None,
) -> Row:
    name = names.get(one.name, one.name.removeprefix("world.").replace(".", ", "))
    written = "off or on"
    if isinstance(parameter, Range):
        unit = f" {parameter.unit}" if parameter.unit else ""
        written = f"{parameter.value} ({parameter.low} to {parameter.high}){unit}"
        if len(parameter.paths) > 1:
            name += f" (and {len(parameter.paths) - 1} more places)"
        if parameter.switch is not None:
            name += f" (where {parameter.switch} is on)"
    elif parameter.note:
        written += f": {parameter.note}"
    sources = ", ".join(parameter.source) if known is None else named(parameter.source, known)
    cells = [Cell(words=written), Cell(words=parameter.grade or ""),
             Cell(words=sources or "as in the file", keys=parameter.source),
             _swing(one), _mean(one.lower), _mean(one.upper)]  # fmt: skip
    if turned is not None:
        cells.append(Cell(words=_turned(turned)))
    return Row(name, tuple(cells))


def _mean(value: float | None) -> Cell:
    return Cell(missing="no draw") if value is None else Cell(value, signed=True)


def _swing(one: Influence) -> Cell:
    if one.swing is None:
        return Cell(missing="no draws")
    if one.low is None or one.high is None:
        return Cell(one.swing, signed=True)
    apart = one.low_simultaneous, one.high_simultaneous
    clear = None not in apart and _sign(apart[0]) * _sign(apart[1]) > 0
    error = Layer("error", one.low, one.high)
    return Cell(one.swing, signed=True, layers=(error,), marks=("*",) if clear else ())


def _sign(value: float | None) -> int:
    return 0 if value is None else (value > 0) - (value < 0)


def _turned(turned: Sequence[Reversal]) -> str:
    """Say whether policies change places between the halves of a range."""
    if not turned:
        return "same"
    return "changes" if any(one.clear for one in turned) else "unclear"


def _grid(rows: Sequence[list[str]]) -> list[str]:
    """Lay out rows whose long cells are wrapped; numbers stand on the right."""
    header = rows[0]
    wrapped = [
        [wrap(cell, WIDEST.get(name, 60)) or [""] for name, cell in zip(header, row, strict=True)]
        for row in rows
    ]
    widths = [max(len(line) for row in wrapped for line in row[i]) for i in range(len(header))]
    lines = []
    for row in wrapped:
        for k in range(max(map(len, row))):
            cells = []
            for name, cell, width in zip(header, row, widths, strict=True):
                text = cell[k] if k < len(cell) else ""
                left = name in WIDEST or name == "grade"
                cells.append(text.ljust(width) if left else text.rjust(width))
            lines.append("  ".join(cells).rstrip())
        if row is wrapped[0]:
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
    return lines


def _notes(found: Ignorance, design: str, seed: int, rows: int) -> list[str]:
    plan, over = found.plan, found.spread
    made = (
        f"{len(plan.design)} draw{'s' if len(plan.design) != 1 else ''} of "
        f"{len(plan.parameters)} assumptions at once ({design}, seed "
        f"{seed}), {over.replications} replication{'s' if over.replications != 1 else ''} of each, "
        "all draws on the same random numbers."
    )
    if plan.left_out:
        where = ", ".join(f"{path} ({n})" for path, n in plan.reasons().items())
        made += (
            f" {len(plan.left_out)} of {len(plan.design)} draws describe no possible world and are "
            f"left out; they contradict themselves at: {where}."
        )
    swing = (
        "swing: mean over the draws in the upper half of a range less that in the lower half, all "
        f"else varying as well; {PLUS_MINUS} half its 95% interval over draws (Welch). * the "
        f"simultaneous interval of all {len(found.influences)} assumptions excludes zero. Of a "
        "switch, the halves are off and on."
    )
    hidden = found.influences[rows:]
    if hidden:
        widest = max((abs(one.swing) for one in hidden if one.swing is not None), default=0.0)
        swing += (
            f" {len(hidden)} assumptions are not shown; none swings by more than {count(widest)}."
        )
    return [made, _range(found), swing]


def _range(found: Ignorance) -> str:
    over = found.spread
    text = (
        f"Over the draws the mean is {signed(over.mean)}; the middle 95% of draws have "
        f"{interval(over.low, over.high)}. In {_share(over.positive)} of assumption draws the "
        f"difference is above zero, in {_share(over.negative)} below"
    )
    text += f", in {_share(over.zero)} zero." if over.zero else "."
    if found.split is not None and found.split.share is not None:
        text += (
            f" Of the variance of single realisations over all draws, {_share(found.split.share)} "
            f"is between draws (ignorance), {_share(1 - found.split.share)} within them (chance)."
        )
    elif found.split is None:
        text += " With one draw or one replication, ignorance and chance cannot be told apart."
    return text


def _robust(found: Ignorance) -> list[str]:
    notes = [
        f"In {_share(pair.above)} of assumption draws {pair.first} exceeds {pair.second}, in "
        f"{_share(pair.below)} it falls below, in {_share(pair.equal)} they are equal."
        for pair in found.exceeding
    ]
    if found.exceeding:
        notes.append(
            "order: whether any two policies change places between the halves of a range; unclear "
            "where the 95% interval of their difference holds zero in a half."
        )
    for name, turned in found.reversals.items():
        for one in (one for one in turned if one.clear):
            ahead, behind = (one.first, one.second) if one.upper > 0 else (one.second, one.first)
            notes.append(f"In the upper half of {name}, {ahead} passes {behind}.")
    if found.regrets:
        told = "; ".join(
            f"{one.policy} at worst {count(one.worst)}, on average {count(one.mean)}, behind "
            f"nobody in {_share(one.leads)} of draws"
            for one in found.regrets
        )
        wanted = "more" if found.more_is_better else "less"
        notes.append(
            f"Regret (what a policy falls short of the best of its draw, {wanted} being taken as "
            f"better): {told}."
        )
    return notes


def _share(share: float) -> str:
    """Write a share of draws without claiming all or none where it is neither."""
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    return f"{min(max(100 * share, 0.1), 99.9):.3g}%"
