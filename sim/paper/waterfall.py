"""Table 2, who is freed and why not: the stages of a decree and each exclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.paper.effects import GUARD
from sim.paper.numbers import count

Row = Mapping[str, str | int | float | bool | None]
DECREE = "(decree)"
STAGES = (
    ("held", "held when lists close"),
    ("meets a clause", "meet a clause"),
    ("barred", "  barred"),
    ("eligible", "eligible"),
    ("recommended", "recommended, where asked for"),
    ("approved", "approved"),
    ("selected", "selected within the cap"),
    ("granted", "granted"),
    ("expired waiting", "  term ran out while waiting"),
    ("died waiting", "  died while waiting"),
    ("moved while waiting", "  taken by another decree"),
    ("still waiting", "  still waiting at the end"),
    ("released", "released by the decree"),
    ("reduced", "term reduced"),
    ("exiled", "  of the released: exiled"),
)
CLAUSE_STAGES = (
    ("meets this clause", "meet it"), ("eligible", "eligible, booked here"),
    ("recommended", "recommended"), ("selected", "selected"), ("released", "released"),
    ("reduced", "term reduced"),
)  # fmt: skip
LOSSES = ("expired waiting", "died waiting", "moved while waiting", "still waiting", "exiled")


def waterfall_table(
    rows: Sequence[Row],
    outcomes: Sequence[Row],
    scenario: str,
    groups: Mapping[str, Sequence[str]],
) -> str:
    """Write the waterfall of a scenario's decrees as plain text.

    Parameters
    ----------
    rows, outcomes
        Rows of ``waterfall.csv`` and ``outcomes.csv``.
    groups
        Columns after the first two: their headings, and the groups that each adds up.
    """
    own = [row for row in rows if row["scenario"] == scenario]
    decrees = list(dict.fromkeys(str(row["decree"]) for row in own))
    parts = []
    for decree in decrees:
        cells = {
            (str(r["clause"]), str(r["stage"]), str(r["group"])): float(r["mean"] or 0)
            for r in own
            if r["decree"] == decree
        }
        reported = [o for o in outcomes if o["scenario"] == scenario and o["decree"] == decree]
        parts.append(_decree(cells, reported, decree, groups))
    head = [f"Table 2. Who is freed, and why not: {scenario}", GUARD]
    return "\n\n".join(["\n".join(head), *parts, _NOTE])


_NOTE = (
    "Means over replications, two figures; full precision and intervals are in waterfall.csv. A\n"
    "person is booked under the clause by which he would leave first; `meet it` counts all who\n"
    "meet a clause. `only` means barred for no other reason. Yearly decrees: sum over occasions."
)


def _decree(
    cells: Mapping[tuple[str, str, str], float],
    reported: Sequence[Row],
    decree: str,
    groups: Mapping[str, Sequence[str]],
) -> str:
    held = cells.get((DECREE, "held", "all"), 0.0)
    table = [[f"decree {decree}", "all", "% of held", *groups, "reported (grade)"]]
    said = {str(o["stage"]): _said(o) for o in reported}
    for stage, label in STAGES:
        if stage in LOSSES and not cells.get((DECREE, stage, "all")):
            continue
        table.append(_row(cells, DECREE, stage, label, groups, held, said.get(stage, "")))
        if stage == "held":
            for key in dict.fromkeys(s for _, s, _ in cells if s.startswith("held and named")):
                table.append(_row(cells, DECREE, key, f"  {key[9:]}", groups, held, ""))
        if stage == "barred":
            for key in dict.fromkeys(s for c, s, _ in cells if s.startswith("barred ")):
                table.append(_row(cells, DECREE, key, f"    {key[7:]}", groups, held, ""))
    for clause in dict.fromkeys(c for c, _, _ in cells if c != DECREE):
        table.append([f"clause {clause!r}"] + [""] * (len(table[0]) - 1))
        for stage, label in CLAUSE_STAGES:
            if stage == "reduced" and not cells.get((clause, stage, "all")):
                continue
            table.append(_row(cells, clause, stage, f"  {label}", groups, held, ""))
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for number, row in enumerate(table):
        first, *rest = zip(row, widths, strict=True)
        line = "  ".join([first[0].ljust(first[1]), *(t.rjust(w) for t, w in rest[:-1])])
        lines.append(f"{line}  {rest[-1][0]}".rstrip())
        if number == 0:
            lines.append("-" * len(lines[0]))
    return "\n".join(lines)


def _row(
    cells: Mapping[tuple[str, str, str], float],
    clause: str,
    stage: str,
    label: str,
    groups: Mapping[str, Sequence[str]],
    held: float,
    said: str,
) -> list[str]:
    everyone = cells.get((clause, stage, "all"), 0.0)
    share = f"{100 * everyone / held:.1f}" if held else ""
    others = [
        count(sum(cells.get((clause, stage, group), 0.0) for group in members))
        for members in groups.values()
    ]
    return [label, count(everyone), share, *others, said]


def _said(outcome: Row) -> str:
    text = f"{float(outcome['value'] or 0):,.0f} ({outcome['grade']}: {outcome['source']})"
    return f"{text} {outcome['note']}" if outcome["note"] else text


def offence_groups(tags: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, list[str]]:
    """Gather offences under their first tag; other groups stand for themselves."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if name == "all":
            continue
        own = tags.get(name) or ()
        groups.setdefault(own[0] if own else name, []).append(name)
    return groups
