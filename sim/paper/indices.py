"""Morris' and Sobol' indices as tables: which assumptions matter, alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from sim.analysis.compare import HEADLINE
from sim.analysis.indices import Screening, VarianceShares
from sim.analysis.measures import MEASURE
from sim.paper.effects import GUARD, WIDTH
from sim.paper.numbers import PLUS_MINUS, count, signed

Indices = Sequence[Screening] | Sequence[VarianceShares]
SCREENING = (
    "mu*: mean absolute change of the difference as the assumption moves across its range "
    "(Morris), mu: the same with its sign, sigma: its standard deviation, which tells of "
    "interaction or curvature."
)
SHARES = (
    "Shares of the variance between draws that the assumption explains alone (first order) and "
    "with all interactions (total)."
)


def indices_table(found: Indices, policy: str, draws: int, seed: int, rows: int) -> str:
    """Write the indices of the first headline measure as plain text, largest first."""
    screening = isinstance(found[0], Screening)
    head = ["assumption", *(["mu*", "mu", "sigma"] if screening else ["first order", "total"])]
    body = [_row(one) for one in sorted(found, key=_size, reverse=True)[:rows]]
    widths = [max(len(row[i]) for row in (head, *body)) for i in range(len(head))]
    kind = "Screening" if screening else "Shares of variance"
    title = f"{kind}: {policy}, {MEASURE[HEADLINE[0]].difference_name}"
    lines = [*wrap(title, WIDTH), GUARD, ""]
    for row in (head, *body):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    note = (
        f"{SCREENING if screening else SHARES} {draws} draws, seed {seed}; 95% bootstrap intervals."
    )
    return "\n".join([*lines, "", *wrap(note, WIDTH)])


def _size(one: Screening | VarianceShares) -> float:
    return one.mu_star if isinstance(one, Screening) else one.total


def _row(one: Screening | VarianceShares) -> list[str]:
    if isinstance(one, VarianceShares):
        return [one.name, _share(one.first, one.first_half), _share(one.total, one.total_half)]
    half = "no interval" if one.half is None else f"{PLUS_MINUS}{count(one.half)}"
    sigma = "" if one.sigma is None else count(one.sigma)
    return [one.name, f"{count(one.mu_star)} {half}", signed(one.mu), sigma]


def _share(value: float, half: float) -> str:
    return f"{value:.2f} {PLUS_MINUS}{half:.2f}"
