"""What every column of every data file means, and in which unit it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from sim.paper.data import Row, csv_text

NAME = "data-dictionary.csv"
Meaning = tuple[str, str]
MEASURED = "unit of the measure"
COMMON: dict[str, Meaning] = {
    "scenario": ("name of the scenario", ""),
    "baseline": ("scenario with which it is compared", ""),
    "measure": ("what is measured; of a difference, what it is called", ""),
    "measured_for": ("policy in whose window of days it is read", ""),
    "group": ("group of persons", ""),
    "day": ("day on which it is read, or on which its window ends", "ISO 8601"),
    "unit": ("unit of the measure", ""),
    "mean": ("mean over replications", MEASURED),
    "sd": ("standard deviation of single replications", MEASURED),
    "low": ("lower end of the 95% interval of the mean (simulation error)", MEASURED),
    "high": ("upper end of the 95% interval of the mean (simulation error)", MEASURED),
    "p2_5": ("2.5% quantile of single replications (chance)", MEASURED),
    "p97_5": ("97.5% quantile of single replications (chance)", MEASURED),
    "replications": ("replications", "count"),
    "low_simultaneous": (
        "lower end of the interval that covers all policies of the measure at once (Bonferroni)",
        MEASURED,
    ),
    "high_simultaneous": (
        "upper end of the interval that covers all policies of the measure at once (Bonferroni)",
        MEASURED,
    ),
    "p_adjusted": ("p-value of no difference, adjusted for all policies of the measure (Holm)", ""),
    "constant": ("whether the difference is the same in every replication", "true or false"),
    "baseline_mean": ("mean of the baseline over the same replications", MEASURED),
    "pairing_gain": (
        "variance of the difference of independent runs over that of the paired ones", "ratio",
    ),
    "percent": ("mean difference over the mean of the baseline; empty: that mean is 0", "per cent"),
    "percent_low": ("lower end of its 95% interval (Fieller); empty: none", "per cent"),
    "percent_high": ("upper end of its 95% interval (Fieller); empty: none", "per cent"),
    "decree": ("name of the decree", ""),
    "clause": ("name of the clause; (decree) for the decree as a whole", ""),
    "stage": ("stage of the decree, or exclusion", ""),
    "assumption": ("what is assumed: its name, or the path of its value", ""),
    "draw": ("row of the design of draws, from 1", ""),
    "replication": ("number of the replication, from 0", ""),
    "note": ("what else is said of it", ""),
}  # fmt: skip
OF_FILE: dict[tuple[str, str], Meaning] = {
    ("waterfall.csv", "mean"): ("mean over replications of those who reach the stage", "persons"),
    ("waterfall.csv", "low"): ("lower end of the 95% interval of the mean", "persons"),
    ("waterfall.csv", "high"): ("upper end of the 95% interval of the mean", "persons"),
    ("outcomes.csv", "stage"): ("stage of the decree of which a number was reported", ""),
    ("outcomes.csv", "value"): ("number that was reported", "see unit"),
    ("outcomes.csv", "low"): ("least that the reports allow", "see unit"),
    ("outcomes.csv", "high"): ("most that the reports allow", "see unit"),
    ("outcomes.csv", "unit"): ("unit of the number reported", ""),
    ("outcomes.csv", "grade"): ("A reported, B derived from reports, C assumed", ""),
    ("outcomes.csv", "source"): ("keys of the sources, apart by spaces", ""),
    ("assumptions.csv", "assumption"): (
        "assumption that is changed; (as in the files) where none is, in the same replications", "",
    ),
    ("assumptions.csv", "end"): ("low or high end of its range, or instead", ""),
    ("assumptions.csv", "value"): ("what it is set to, as a file would say it", ""),
    ("cells.csv", "value"): ("value of the measure in the cell; empty: not observed", MEASURED),
    ("cells.csv", "address"): ("hash of all that determines the cell", ""),
    ("stock.csv", "day"): ("first day of a month, at whose end the stock is counted", "ISO 8601"),
    ("exile.csv", "place"): ("place to which persons were exiled", ""),
    ("rebound.csv", "initial_gap"): (
        "baseline minus policy in the mean stock at the end of the last day of releases", "persons",
    ),
    ("rebound.csv", "half_life_days"): (
        "days until half of the initial gap is left; empty: not within the horizon", "days",
    ),
    ("sweep.csv", "variant"): ("name of the variant", ""),
    ("sweep.csv", "coordinates"): ("what the variant sets: path=value, apart by semicolons", ""),
    ("draws.csv", "mean"): ("mean difference over the replications of the draw", MEASURED),
    ("design.csv", "quantile"): ("quantile at which the assumption is drawn", "share"),
    ("design.csv", "possible"): ("whether the draw describes a possible world", "true or false"),
    ("influences.csv", "rank"): ("place by the size of the swing, from 1", ""),
    ("influences.csv", "value"): ("the assumption as written", "as written"),
    ("influences.csv", "low"): ("low end of its range, or off", "as written"),
    ("influences.csv", "high"): ("high end of its range, or on", "as written"),
    ("influences.csv", "swing"): (
        "mean over draws in the upper half of the range less that in the lower half", MEASURED,
    ),
    ("influences.csv", "swing_low"): ("lower end of its 95% interval (Welch)", MEASURED),
    ("influences.csv", "swing_high"): ("upper end of its 95% interval (Welch)", MEASURED),
    ("influences.csv", "swing_low_simultaneous"): (
        "lower end of the interval that covers all assumptions at once", MEASURED,
    ),
    ("influences.csv", "swing_high_simultaneous"): (
        "upper end of the interval that covers all assumptions at once", MEASURED,
    ),
    ("influences.csv", "lower_half"): ("mean over draws in the lower half", MEASURED),
    ("influences.csv", "upper_half"): ("mean over draws in the upper half", MEASURED),
    ("influences.csv", "partial_rank_correlation"): (
        "partial rank correlation of assumption and difference", "",
    ),
    ("backtest.csv", "reports"): ("file of reports", ""),
    ("left-out.csv", "reports"): ("file of reports whose scenarios are drawn", ""),
    ("backtest.csv", "event"): ("pardon of which something was reported", ""),
    ("backtest.csv", "report"): ("name of the report", ""),
    ("backtest.csv", "counts"): ("whom it counts: released, reduced or beneficiaries", ""),
    ("backtest.csv", "of"): ("of whom it is a share; empty: it is a count", ""),
    ("backtest.csv", "covers"): ("camps that it covers", ""),
    ("backtest.csv", "unit"): ("unit of the report and of what is predicted", ""),
    ("backtest.csv", "outlet"): ("who published it first", ""),
    ("backtest.csv", "source"): ("keys of the sources, apart by spaces", ""),
    ("backtest.csv", "grade"): ("A reported, B derived from reports, C assumed", ""),
    ("backtest.csv", "status"): ("rumoured, announced, inferred; empty: reported", ""),
    ("backtest.csv", "variant"): ("scenario with which it is compared; empty: with none", ""),
    ("backtest.csv", "scenario"): ("file of that scenario", ""),
    ("backtest.csv", "post_hoc"): ("why the scenario is no forecast; empty: it may be one", ""),
    ("backtest.csv", "world"): ("world in which the scenario runs", ""),
    ("backtest.csv", "value"): ("number that was reported", "see unit"),
    ("backtest.csv", "low"): ("least that the report allows", "see unit"),
    ("backtest.csv", "high"): ("most that the report allows", "see unit"),
    ("backtest.csv", "p2_5"): ("2.5% quantile of what is predicted, over all cells", "see unit"),
    ("backtest.csv", "median"): ("median of what is predicted, over all cells", "see unit"),
    ("backtest.csv", "p97_5"): ("97.5% quantile of what is predicted, over all cells", "see unit"),
    ("backtest.csv", "percentile"): ("cells below the report, ties half", "per cent"),
    ("backtest.csv", "percentile_low"): ("cells below its least, ties half", "per cent"),
    ("backtest.csv", "percentile_high"): ("cells below its most, ties half", "per cent"),
    ("backtest.csv", "reading"): ("inside, below or above the band, cannot tell, not compared", ""),
    ("backtest.csv", "cells"): ("cells in which the quantity is defined", "count"),
    ("backtest.csv", "conflicts"): ("reports of the event that contradict it", ""),
    ("left-out.csv", "world"): ("world and first day of the group of scenarios drawn", ""),
    ("left-out.csv", "why"): ("why the draw describes no possible world", ""),
    ("clauses.csv", "share"): ("mean share of the difference that the clause makes", MEASURED),
}  # fmt: skip
_LEFT = "left_after_"


def dictionary_text(files: Mapping[str, str]) -> str:
    """Describe every column of the CSV files among some files.

    Parameters
    ----------
    files
        Texts by file name, as a study's folder holds them; other files are passed over.

    Returns
    -------
    str
        CSV with the columns ``file``, ``column``, ``meaning`` and ``unit``.

    Raises
    ------
    KeyError
        If a column is not described.
    """
    return csv_text(row for name, text in files.items() for row in _rows(name, text))


def _rows(name: str, text: str) -> Iterator[Row]:
    if not name.endswith(".csv") or name == NAME:
        return
    header = next(csv.reader(io.StringIO(text)), [])
    for column in header:
        meaning, unit = meaning_of(name, column)
        yield {"file": name, "column": column, "meaning": meaning, "unit": unit}


def meaning_of(file: str, column: str) -> Meaning:
    """Return what a column of a file means, and its unit.

    Raises
    ------
    KeyError
        If it is not described.
    """
    if (file, column) in OF_FILE:
        return OF_FILE[file, column]
    if file == "rebound.csv" and column.startswith(_LEFT):
        years = column.removeprefix(_LEFT).removesuffix("_years")
        meaning = f"share of the initial gap left {years} years after the first planned release"
        return f"{meaning}; empty: not observed", "share"
    if column not in COMMON:
        raise KeyError(f"{file} has a column {column!r} that {NAME} does not describe")
    return COMMON[column]
