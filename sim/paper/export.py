"""A study's cells as tables for other programs: counts by day, and waterfalls, per replication."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.paper.folder import SaveError
from sim.study.cells import Key, Summary, Wanted
from sim.study.database import DamagedError
from sim.study.store import FILE, Store

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet")
DICTIONARY = {
    "scenario": ("name of the scenario or design point", ""),
    "replication": ("number of the replication, from 0", ""),
    "date": ("the day", "ISO 8601"),
    "decree": ("name of the decree", ""),
    "clause": ("name of the clause; (decree) for the decree as a whole", ""),
    "stage": ("stage of the waterfall", ""),
    "group": ("group of persons", ""),
    "count": ("persons, or terms, that reached the stage", "count"),
    "stock": ("held at the end of the day", "persons"),
}


def export(folder: Path, out: Path, form: str, series: Sequence[str] = ()) -> list[Path]:
    """Write the cells that a study asks for: ``series``, ``waterfall`` and a data dictionary.

    Parameters
    ----------
    form
        ``csv`` or ``parquet``.
    series
        Names of the counts by day that are wanted; all by default.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DamagedError
        If the folder holds no study, or a cell is damaged.
    SaveError
        If a file cannot be written.
    ValueError
        If a series is unknown, or pyarrow is needed and not installed.
    """
    path = folder / FILE
    if not path.is_file():
        raise DamagedError(f"{folder} holds no study")
    with Store(path, read_only=True) as store:
        found = [(wanted, list(_summaries(store, wanted))) for wanted in store.wanted()]
        starts = store.starts()
    days = _by_day(found, starts, series)
    falls = _waterfalls(found)
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in (("series", days), ("waterfall", falls)):
            if len(table):
                written.append(_write(table, out / f"{name}.{form}"))
        written.append(_dictionary(days, falls, out / "export-dictionary.csv"))
    except OSError as error:
        raise SaveError(f"{out}: {error.strerror or error}; not all was exported") from None
    return written


def _summaries(store: Store, wanted: Wanted) -> Iterator[Summary]:
    """Read the cells that are there; a study may be half done."""
    for replication in range(wanted.replications):
        try:
            yield store.summary(Key(wanted.point, wanted.seed, replication), wanted.label)
        except KeyError:
            continue


def _by_day(
    found: Sequence[tuple[Wanted, list[Summary]]], starts: dict[str, date], series: Sequence[str]
) -> pd.DataFrame:
    import pandas as pd

    frames = []
    for wanted, summaries in found:
        for summary in summaries:
            unknown = [name for name in series if name not in summary.series]
            if unknown:
                known = ", ".join(summary.series)
                raise ValueError(f"no series {unknown[0]!r}: expected one of {known}")
            names = list(series) or list(summary.series)
            days = len(summary.series[names[0]])
            frames.append(pd.DataFrame({
                "scenario": wanted.label, "replication": summary.replication,
                "date": np.datetime64(starts[wanted.point], "D") + np.arange(days),
                **{name: summary.series[name] for name in names},
            }))  # fmt: skip
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _waterfalls(found: Sequence[tuple[Wanted, list[Summary]]]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (wanted.label, summary.replication, *stage, group, int(count))
        for wanted, summaries in found
        for summary in summaries
        for stage, counts in summary.waterfalls.items()
        for group, count in zip(summary.groups, counts, strict=True)
    ]
    names = ["scenario", "replication", "decree", "clause", "stage", "group", "count"]
    return pd.DataFrame(rows, columns=names)


def _write(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        dated = table.copy()
        if "date" in dated:
            dated["date"] = dated["date"].dt.strftime("%Y-%m-%d")
        dated.to_csv(path, index=False, lineterminator="\n")
        return path
    try:
        table.to_parquet(path, index=False)
    except ImportError:
        raise ValueError("Parquet needs pyarrow: pip install 'amnesty-sim[parquet]'") from None
    return path


def _dictionary(days: pd.DataFrame, falls: pd.DataFrame, path: Path) -> Path:
    """Say of every column what it means."""
    lines = ["file,column,meaning,unit"]
    for file, table in (("series", days), ("waterfall", falls)):
        for column in table.columns:
            meaning, unit = DICTIONARY.get(str(column), (f"{column}, on the day", "count"))
            lines.append(f"{file},{json.dumps(column)},{json.dumps(meaning)},{unit}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
