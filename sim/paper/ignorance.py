"""Results of draws over what is not known, beside simulation error and chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from sim.analysis.compare import HEADLINE, Comparison
from sim.analysis.drawn import Draws
from sim.analysis.ignorance import Ignorance, ignorance
from sim.analysis.indices import morris_indices, sobol_indices
from sim.analysis.measures import MEASURE
from sim.analysis.outcomes import Outcomes
from sim.paper.data import Row, csv_text, resolved_files, ten_digits
from sim.paper.effects import GUARD, WIDTH
from sim.paper.indices import Indices, indices_table
from sim.paper.numbers import count, half_width, interval, signed
from sim.paper.sensitivity_table import sensitivity_table
from sim.scenario.draws.ranges import Range, shared_places


@dataclass(frozen=True)
class Layers:
    """What draws came to, for every policy and measure, beside the scenarios as written."""

    written: Comparison
    plan: Draws
    found: Mapping[tuple[str, str], Ignorance]
    design: str
    seed: int
    indices: Mapping[tuple[str, str], Indices]


def layers_of(
    written: Comparison,
    plan: Draws,
    outcomes: Mapping[str, Outcomes],
    kind: str,
    design: str,
    seed: int,
) -> Layers:
    """Gather what draws came to; measures that a cell does not observe are left out.

    Raises
    ------
    ValueError
        If the kind of design has indices of its own, which need every draw, and some are
        impossible.
    """
    found = {
        (policy, measure): one
        for policy in plan.policies
        for measure in MEASURE
        if (one := ignorance(plan, outcomes, policy, measure)) is not None
    }
    indices: dict[tuple[str, str], Indices] = {}
    if kind in ("morris", "saltelli"):
        if plan.left_out:
            first = plan.left_out[0]
            raise ValueError(
                f"{design} need every draw, and {len(plan.left_out)} describe no possible world; "
                f"the first: {first.why}. Leave assumptions out (--only), or use lhs"
            )
        for (policy, measure), one in found.items():
            if measure in HEADLINE:
                means = one.outcomes.mean(axis=1)
                if kind == "saltelli" and means.min() == means.max():
                    continue  # it has no variance to share out
                indices[policy, measure] = (
                    morris_indices(plan.names, plan.design, means, seed=seed)
                    if kind == "morris"
                    else sobol_indices(plan.names, means, seed=seed)
                )
    return Layers(written, plan, found, design, seed, indices)


def layers_table(layers: Layers, policy: str) -> str:
    """Write simulation error, chance and ignorance of one policy's headline side by side."""
    baseline = layers.plan.baseline
    rows = [["", "as written", "error", "chance", "range of draws", "above 0", "below 0"]]
    for measure in HEADLINE:
        one = layers.written.differences.get((policy, baseline, measure))
        drawn = layers.found.get((policy, measure))
        if one is None or drawn is None:
            continue
        e, s = one.estimate, drawn.spread
        chance = "" if e.p2_5 is None or e.p97_5 is None else interval(e.p2_5, e.p97_5)
        rows.append([
            MEASURE[measure].difference_name, signed(e.mean), half_width(e.low, e.high), chance,
            interval(s.low, s.high), f"{count(100 * s.positive)}%", f"{count(100 * s.negative)}%",
        ])  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    title = f"Error, chance, ignorance: {policy}, difference from {baseline}"
    lines = [*wrap(title, WIDTH), GUARD, ""]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    return "\n".join([*lines, "", *wrap(_note(layers), WIDTH)])


def _note(layers: Layers) -> str:
    plan, written = layers.plan, layers.written
    out = len(plan.left_out)
    left = f", of which {out} describe no possible world and are left out" if out else ""
    return (
        f"error: half the 95% interval of the mean over {written.replications} paired "
        "replications. chance: the middle 95% of single replications. range of draws: the middle "
        f"95% of {len(plan.design)} draws of {len(plan.names)} assumptions{left}; above and below "
        "0: in so many of 100 draws, which is no probability of anything in the real prisons."
    )


def ignorance_tables(layers: Layers, rows: int) -> dict[str, str]:
    """Write all tables, by file name."""
    tables = {}
    for policy in layers.plan.policies:
        scenario = layers.written.scenario(policy)
        tables[f"layers-{policy}"] = layers_table(layers, policy)
        first = layers.found.get((policy, HEADLINE[0]))
        if first is not None:
            tables[f"rests-on-draws-{policy}"] = sensitivity_table(
                first, scenario, design=layers.design, seed=layers.seed, rows=rows
            )
        indices = layers.indices.get((policy, HEADLINE[0]))
        if indices is not None:
            tables[f"rests-on-indices-{policy}"] = indices_table(
                indices, policy, len(layers.plan.design), layers.seed, rows
            )
    return tables


def draw_rows(layers: Layers) -> Iterator[Row]:
    """One row per policy, measure and draw: the mean difference of its replications."""
    for (policy, measure), found in layers.found.items():
        for draw, values in zip(layers.plan.possible, found.outcomes, strict=True):
            yield {
                "scenario": policy, "baseline": layers.plan.baseline,
                "measure": MEASURE[measure].difference_name, "draw": draw.number,
                "mean": ten_digits(float(values.mean())), "replications": len(values),
            }  # fmt: skip


def design_rows(layers: Layers) -> Iterator[Row]:
    """One row per draw and assumption: its quantile, and whether the draw is possible."""
    possible = {draw.number for draw in layers.plan.possible}
    for number, row in enumerate(layers.plan.design, 1):
        for name, quantile in zip(layers.plan.names, row, strict=True):
            yield {
                "draw": number, "assumption": name, "quantile": ten_digits(float(quantile)),
                "possible": number in possible,
            }  # fmt: skip


def influence_rows(layers: Layers) -> Iterator[Row]:
    """One row per policy, measure and assumption, widest swing first."""
    known = {one.name: one for one in layers.plan.parameters}
    for (policy, measure), found in layers.found.items():
        for one in found.influences:
            parameter = known[one.name]
            ranged = parameter if isinstance(parameter, Range) else None
            yield {
                "scenario": policy, "baseline": layers.plan.baseline,
                "measure": MEASURE[measure].difference_name, "assumption": one.name,
                "rank": one.rank, "value": ranged.value if ranged else "off",
                "low": ranged.low if ranged else "off", "high": ranged.high if ranged else "on",
                "swing": ten_digits(one.swing), "swing_low": ten_digits(one.low),
                "swing_high": ten_digits(one.high),
                "swing_low_simultaneous": ten_digits(one.low_simultaneous),
                "swing_high_simultaneous": ten_digits(one.high_simultaneous),
                "lower_half": ten_digits(one.lower), "upper_half": ten_digits(one.upper),
                "partial_rank_correlation": ten_digits(one.partial),
            }  # fmt: skip


def left_out_rows(layers: Layers) -> Sequence[Row]:
    """One row per draw that describes no possible world, with the reason."""
    return [{"draw": one.number, "why": one.why} for one in layers.plan.left_out]


def files_of_layers(
    layers: Layers, tables: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[Row]]]:
    """Texts of all files by name, and the same rows as data."""
    data = {
        "draws": list(draw_rows(layers)), "design": list(design_rows(layers)),
        "influences": list(influence_rows(layers)), "left_out": list(left_out_rows(layers)),
    }  # fmt: skip
    files = {f"{name.replace('_', '-')}.csv": csv_text(rows) for name, rows in data.items()}
    files |= {f"{name}.txt": table + "\n" for name, table in tables.items()}
    files |= resolved_files(layers.written.scenarios)
    return {name: text for name, text in files.items() if text}, data


def about_layers(layers: Layers, rows: int) -> dict[str, object]:
    """Say what was drawn; draws are drawn again from this.

    Parameters
    ----------
    rows
        Assumptions shown in a table.
    """
    plan, written = layers.plan, layers.written
    shared = {scenario.name: shared_places(scenario) for scenario in written.scenarios}
    return {
        "kind": "sensitivity", "seed": layers.seed, "replications": written.replications,
        "draws": len(plan.design), "possible_draws": len(plan.possible), "design": layers.design,
        "compared": list(plan.policies), "against": plan.baseline, "drawn": list(plan.names),
        "shared": {name: groups for name, groups in shared.items() if groups}, "table_rows": rows,
        "tables_sha256": written.digests,
    }  # fmt: skip
