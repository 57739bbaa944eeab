r"""Numbers for running text: LaTeX macros, and the same values as CSV and JSON.

A macro is named after what it holds, in letters alone: ``\freedByDecreeTwentyTwentyAnniversary``
is the difference in *freed by decree* that ``2020-anniversary`` makes against the first baseline;
``docs/tables.md`` has the rules. Numbers are rounded as in the tables, without a plus sign.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.analysis.measures import MEASURE
from sim.paper.data import csv_text, ten_digits
from sim.paper.effects import difference_cell, simulated
from sim.paper.numbers import plain, printed
from sim.paper.results import Results
from sim.paper.table import GUARD, LAYERS, Cell
from sim.paper.tex import escaped
from sim.paper.waterfall import DECREE

_ONES = (
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
    "Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen",
    "Nineteen",
)  # fmt: skip
_TENS = ("", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety")


@dataclass(frozen=True)
class Said:
    """A number to be said in a text: its name, how it is printed, and what it is."""

    name: str
    text: str
    value: float
    what: str
    scenario: str
    unit: str


def in_letters(text: str) -> str:
    """Turn a name into letters: words capitalised, numbers as they are read.

    Years are read in pairs, other numbers above 99 digit by digit; other signs are left out.
    """
    parts = re.findall(r"[A-Za-z]+|[0-9]+", text)
    return "".join(_read(p) if p.isdigit() else p[0].upper() + p[1:] for p in parts)


def _read(digits: str) -> str:
    number = int(digits)
    if len(digits) == 4 and 1100 <= number <= 2099 and number % 100 >= 10:
        return _read(digits[:2]) + _read(digits[2:])
    if (digits[0] == "0" and len(digits) > 1) or number > 99:
        return "".join(_ONES[int(digit)] for digit in digits)
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (_ONES[number % 10] if number % 10 else "")


def said(results: Results) -> list[Said]:
    """List all numbers of a study that a text may need, each under a name of its own."""
    found = [*_differences(results), *_levels(results), *_stages(results)]
    runs = float(results.replications)
    found.append(Said("studyReplications", f"{runs:,.0f}", runs, "replications", "", ""))
    found.append(Said("studySeed", str(results.seed), float(results.seed), "seed", "", ""))
    return _unique(found)


def _differences(results: Results) -> Iterator[Said]:
    for (policy, baseline, measure), found in sorted(results.differences.items()):
        named = MEASURE[measure].difference_name
        against = "" if baseline == results.baselines[0] else f" against {baseline}"
        cell = difference_cell(found, results.span(policy, baseline, measure))
        what = f"{named}, difference from {baseline}"
        yield from _parts(f"{named} {policy}{against}", cell, what, policy, MEASURE[measure].unit)


def _levels(results: Results) -> Iterator[Said]:
    shared = len(set(results.windows.values())) == 1
    for (scenario, window, measure), found in sorted(results.estimates.items()):
        own = scenario == window or (shared and window == results.policies[0])
        name = f"level {measure} {scenario}" + ("" if own else f" when {window}")
        if scenario != window and shared and not own and scenario in results.windows:
            continue
        cell = Cell(found.mean, figures=3, layers=simulated(found))
        what = f"{measure}, level, read as for {window}"
        yield from _parts(name, cell, what, scenario, MEASURE[measure].unit)


def _stages(results: Results) -> Iterator[Said]:
    for row in results.waterfall:
        if row["group"] == "all":
            clause = "" if row["clause"] == DECREE else f" {row['clause']}"
            name = f"stage {row['stage']} {row['scenario']} {row['decree']}{clause}"
            cell = Cell(float(row["mean"] or 0))
            what = f"{row['stage']}, decree {row['decree']}{clause and ', clause' + clause}"
            yield from _parts(name, cell, what, str(row["scenario"]), "persons")


def _parts(name: str, cell: Cell, what: str, scenario: str, unit: str) -> Iterator[Said]:
    """List a number, what it is in per cent, and the ends of its layers."""
    head = in_letters(name)
    head = head[0].lower() + head[1:]
    one = printed(cell)
    assert cell.value is not None
    yield Said(head, _unsigned(one.main), cell.value, what, scenario, unit)
    if cell.of and one.relative:
        share = _unsigned(one.relative.removesuffix("%"))
        yield Said(f"{head}PerCent", share, 100 * cell.value / cell.of, what, scenario, "per cent")
    texts = dict(one.layers)
    for layer in cell.layers:
        if layer.low is None or layer.high is None:
            continue
        title = layer.kind.capitalize()
        if layer.kind == LAYERS[0]:
            half = (layer.high - layer.low) / 2
            text = texts[layer.kind].lstrip("\N{PLUS-MINUS SIGN}")
            yield Said(f"{head}{title}", text, half, f"{what}, half the interval", scenario, unit)
            continue
        low, _, high = texts[layer.kind].partition(" to ")
        for end, text, value in (("Low", low, layer.low), ("High", high, layer.high)):
            about = f"{what}, {layer.kind}, {end.lower()}"
            yield Said(f"{head}{title}{end}", _unsigned(text), value, about, scenario, unit)


def _unsigned(text: str) -> str:
    return text.removeprefix("+")


def _unique(found: Sequence[Said]) -> list[Said]:
    """Tell numbers of one name apart by a letter at the end, in their order."""
    seen: dict[str, int] = {}
    told = []
    for one in found:
        number = seen[one.name] = seen.get(one.name, 0) + 1
        while number > 1 and f"{one.name}{_nth(number)}" in seen:
            number += 1
        name = one.name if number == 1 else f"{one.name}{_nth(number)}"
        seen.setdefault(name, 1)
        told.append(Said(name, one.text, one.value, one.what, one.scenario, one.unit))
    return told


def _nth(number: int) -> str:
    """Return B for the second, C for the third; Z is followed by ZB."""
    return "Z" * ((number - 1) // 25) + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(number - 1) % 25]


def numbers_tex(results: Results) -> str:
    r"""Write the numbers as LaTeX macros; one that is defined already stops the document."""
    lines = [f"% {GUARD}", f"\\newcommand{{\\studyGuard}}{{{escaped(GUARD)}}}"]
    for one in said(results):
        text = escaped(one.text).replace("$-$", r"\ensuremath{-}").replace(",", "{,}")
        lines.append(f"\\newcommand{{\\{one.name}}}{{{text}}}")
    return "\n".join(lines) + "\n"


def numbers_csv(results: Results) -> str:
    """Write the numbers as CSV: as printed, and in full."""
    return csv_text(
        {"name": one.name, "printed": plain(one.text), "value": ten_digits(one.value),
         "unit": one.unit, "scenario": one.scenario, "what": one.what, "note": GUARD}
        for one in said(results)
    )  # fmt: skip


def numbers_json(results: Results) -> str:
    """Write the numbers as JSON, by name."""
    rows = {
        one.name: {"printed": one.text, "value": ten_digits(one.value), "unit": one.unit,
                   "scenario": one.scenario, "what": one.what}
        for one in said(results)
    }  # fmt: skip
    return json.dumps({"note": GUARD, "numbers": rows}, indent=1, ensure_ascii=False) + "\n"
