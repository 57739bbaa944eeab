"""Table 2, who is freed and why not: the stages of a decree and each exclusion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import fill

from sim.paper.numbers import printed
from sim.paper.table import GUARD, Cell, Column, Group, Panel, Row, Table

Data = Mapping[str, str | int | float | bool | None]
Means = Mapping[tuple[str, str, str], float]
NOTE_WIDTH = 92
DECREE = "(decree)"
STAGES = (
    ("held", "held when lists close"),
    ("beyond its reach", "  held for offences after its reach"),
    ("meets a clause", "meet a clause"),
    ("barred", "  barred"),
    ("eligible", "eligible"),
    ("not reached", "  file not reached"),
    ("recommended", "recommended, where asked for"),
    ("approved", "approved"),
    ("selected", "selected within the cap"),
    ("declined", "  do not take it up"),
    ("granted", "granted"),
    ("expired waiting", "  term ran out while waiting"),
    ("died waiting", "  died while waiting"),
    ("executed waiting", "  executed while waiting"),
    ("moved while waiting", "  taken by another decree"),
    ("still waiting", "  still waiting at the end"),
    ("released", "released by the decree"),
    ("extinguished", "sentence extinguished before it began"),
    ("reduced", "term reduced"),
    ("credited", "days credited"),
    ("release point moved", "release point moved"),
    ("sent home", "  of the released: to serve the rest at home"),
    ("case ended", "  of the released: their case ended before a final sentence"),
    ("sent abroad", "  of the released: sent abroad"),
    ("struck from the record", "  of the released: struck from the record"),
    ("exiled", "  of the released: exiled"),
)
CLAUSE_STAGES = (
    ("meets this clause", "meet it"), ("eligible", "eligible, booked here"),
    ("recommended", "recommended"), ("selected", "selected"), ("released", "released"),
    ("reduced", "term reduced"), ("credited", "days credited"),
    ("release point moved", "release point moved"), ("sent home", "sent home"),
    ("case ended", "case ended"),
    ("sent abroad", "sent abroad"), ("struck from the record", "struck from the record"),
)  # fmt: skip
LOSSES = (
    "not reached",
    "beyond its reach", "declined", "expired waiting", "died waiting", "executed waiting",
    "moved while waiting", "still waiting", "extinguished", "exiled", "credited",
    "release point moved", "sent home", "case ended", "sent abroad", "struck from the record",
)  # fmt: skip
"""Stages that are left out where nobody came to them."""


def waterfalls(
    rows: Sequence[Data],
    outcomes: Sequence[Data],
    scenario: str,
    groups: Mapping[str, Sequence[str]],
    marks: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Table]:
    """Build the waterfall of each decree of a scenario.

    Parameters
    ----------
    rows, outcomes
        Rows of ``waterfall.csv`` and ``outcomes.csv``.
    groups
        Columns after the first two: their headings, and the groups that each adds up.
    marks
        Marks of each decree's numbers.
    """
    own = [row for row in rows if row["scenario"] == scenario]
    tables = []
    for decree in dict.fromkeys(str(row["decree"]) for row in own):
        means = {
            (str(r["clause"]), str(r["stage"]), str(r["group"])): float(r["mean"] or 0)
            for r in own
            if r["decree"] == decree
        }
        reported = {
            str(o["stage"]): _reported(o)
            for o in outcomes
            if o["scenario"] == scenario and o["decree"] == decree
        }
        tables.append(_decree(means, reported, scenario, decree, groups, (marks or {}).get(decree)))
    return tables


def _decree(
    means: Means,
    reported: Mapping[str, Cell],
    scenario: str,
    decree: str,
    groups: Mapping[str, Sequence[str]],
    marks: tuple[str, ...] | None,
) -> Table:
    held = means.get((DECREE, "held", "all"), 0.0)

    def row(clause: str, stage: str, label: str, said: Cell) -> Row:
        everyone = means.get((clause, stage, "all"), 0.0)
        share = Cell(100 * everyone / held, decimals=1) if held else Cell()
        others = [
            Cell(sum(means.get((clause, stage, group), 0.0) for group in members))
            for members in groups.values()
        ]
        depth = (len(label) - len(label.lstrip())) // 2
        return Row(label.strip(), (Cell(everyone), share, *others, said), depth=depth)

    panels = [Panel("", tuple(_stages(means, reported, row)))]
    for clause in dict.fromkeys(c for c, _, _ in means if c != DECREE):
        rows = [
            row(clause, stage, label, Cell())
            for stage, label in CLAUSE_STAGES
            if stage not in ("reduced", *LOSSES) or means.get((clause, stage, "all"))
        ]
        panels.append(Panel(f"clause {clause!r}", tuple(rows)))
    columns = [Column("all", marks=marks or ()), Column("% of held"), *map(Column, groups)]
    columns.append(Column("reported (grade)", words=True))
    return Table(
        f"waterfall-{scenario}-{decree}",
        f"Who is freed, and why not (persons): {scenario}, decree {decree}",
        tuple(columns), tuple(panels), notes=(NOTE,), number=2, stub=f"decree {decree}",
        groups=(Group("of these", 2, 2 + len(groups)),) if groups else (), fixed=2,
    )  # fmt: skip


NOTE = (
    "Means over replications, two figures; full precision and intervals are in waterfall.csv. A "
    "person is booked under the clause by which he would leave first; `meet it` counts all who "
    "meet a clause. `only` means barred for no other reason. Yearly decrees: sum over occasions."
)


def _stages(
    means: Means, reported: Mapping[str, Cell], row: Callable[[str, str, str, Cell], Row]
) -> Iterator[Row]:
    """List the stages of a decree, with those named by exclusions below the held and the barred."""
    stages = list(dict.fromkeys(stage for clause, stage, _ in means if clause == DECREE))
    for stage, label in STAGES:
        if stage in LOSSES and not means.get((DECREE, stage, "all")):
            continue
        yield row(DECREE, stage, label, reported.get(stage, Cell()))
        if stage == "held":
            for key in (s for s in stages if s.startswith("held and named")):
                yield row(DECREE, key, f"  {key[9:]}", Cell())
        if stage == "barred":
            for key in (s for s in stages if s.startswith("barred ")):
                yield row(DECREE, key, f"    {key[7:]}", Cell())


def _reported(outcome: Data) -> Cell:
    """Put what was reported in a cell; its grade, sources and note are told beside it."""
    said = f"{outcome['grade']}: {outcome['source']}"
    note = str(outcome["note"] or "")
    return Cell(float(outcome["value"] or 0), decimals=0, words=said, footnote=note)


def waterfall_table(
    rows: Sequence[Data],
    outcomes: Sequence[Data],
    scenario: str,
    groups: Mapping[str, Sequence[str]],
) -> str:
    """Write the waterfall of a scenario's decrees as plain text; parameters of `waterfalls`."""
    tables = waterfalls(rows, outcomes, scenario, groups)
    return waterfall_text(*tables, title=f"Who is freed, and why not: {scenario}")


def waterfall_text(*tables: Table, title: str | None = None) -> str:
    """Write waterfalls as plain text, under one heading."""
    heading = tables[0].title if title is None and tables else title
    head = f"Table 2. {heading}\n{GUARD}"
    return "\n\n".join([head, *map(_text, tables), fill(NOTE, NOTE_WIDTH)])


def _text(table: Table) -> str:
    """Lay out the waterfall of a decree."""
    header = [table.stub, *(column.name for column in table.columns)]
    grid = [header]
    for panel in table.panels:
        if panel.name:
            grid.append([panel.name] + [""] * len(table.columns))
        for row in panel.rows:
            cells = [printed(cell).main for cell in row.cells[:-1]]
            indent = "  " * (row.depth + bool(panel.name))
            grid.append([indent + row.label, *cells, said(row.cells[-1])])
    widths = [max(len(row[i]) for row in grid) for i in range(len(header))]
    lines = []
    for number, line in enumerate(grid):
        first, *rest = zip(line, widths, strict=True)
        text = "  ".join([first[0].ljust(first[1]), *(t.rjust(w) for t, w in rest[:-1])])
        lines.append(f"{text}  {rest[-1][0]}".rstrip())
        if number == 0:
            lines.append("-" * len(lines[0]))
    return "\n".join(lines)


def said(cell: Cell) -> str:
    """Write what was reported, with grade, sources and note."""
    if cell.value is None:
        return printed(cell).main
    text = f"{printed(cell).main} ({cell.words})"
    return f"{text} {cell.footnote}" if cell.footnote else text


def offence_groups(tags: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, list[str]]:
    """Gather offences under their first tag; other groups stand for themselves."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if name == "all":
            continue
        own = tags.get(name) or ()
        groups.setdefault(own[0] if own else name, []).append(name)
    return groups
