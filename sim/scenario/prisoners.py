"""A file of prisoners in place of a drawn stock: read, and every mistake told by row and column.

One row for each person held at the end of the day before the world's start. What a cell leaves
open is drawn from the world, given what the row says.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.scenario.lengths import FOR_LIFE, OF_DEATH, read_date, read_length, read_sentence
from sim.scenario.problems import Problem, ScenarioError, nearest, shown
from sim.scenario.world import EXECUTIONS, World

Ints = NDArray[np.int64]
OPEN = -(1 << 40)
"""Stands for what a row does not say."""
COLUMNS = (
    "id", "sex", "born", "origin", "residence", "offence", "gravity", "offence date", "sentence",
    "admitted", "camp", "health", "reduced by pardon", "reductions", "reduced by merit",
)  # fmt: skip
FLAG = "flag "
"""What stands before the name of a flag, as a column's name."""
MOST_PROBLEMS = 20
"""So many mistakes of a file are told at once."""


@dataclass(frozen=True)
class Prisoners:
    """Those held at the start, in the order of their rows.

    Attributes
    ----------
    file, digest
        Where they stand, and the SHA-256 of the bytes.
    count
        Number of rows.
    columns
        By name, shape (count,): codes in the order of the world's words, days since the world's
        start, days of lengths; ``OPEN`` where a row says nothing, `FOR_LIFE` and `OF_DEATH`
        for sentences without a term.
    """

    file: str
    digest: str
    count: int
    columns: Mapping[str, Ints] = field(compare=False, repr=False)

    def known(self, column: str) -> Ints:
        """Return a column; all open if the file does not have it."""
        return self.columns.get(column, np.full(self.count, OPEN, dtype=np.int64))


def read_prisoners(path: Path, world: World) -> Prisoners:
    """Read a CSV or Parquet file of prisoners against the words of a world.

    Raises
    ------
    ScenarioError
        With the mistakes of the file: its name, the row (the head is row 1), the column.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ScenarioError([Problem(str(path), 0, "", message)]) from None
    head, rows = _table(str(path), written, path.suffix.lower())
    problems = list(
        _wrong_head(str(path), head, (*COLUMNS, *(FLAG + name for name in world.flags)))
    )
    if problems:
        raise ScenarioError(problems)
    columns: dict[str, Ints] = {}
    for place, name in enumerate(head):
        if name != "id":
            cells = [row[place] for row in rows]
            columns[name] = _column(str(path), name, cells, _reader(name, world), problems)
    ids = [row[head.index("id")] for row in rows] if "id" in head else []
    problems += _twice(str(path), ids)
    if not problems:
        problems += _contradictions(str(path), columns, world)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda p: p.line)[:MOST_PROBLEMS])
    digest = hashlib.sha256(written).hexdigest()
    return Prisoners(str(path), digest, len(rows), columns)


@lru_cache(maxsize=4)
def _table(file: str, written: bytes, suffix: str) -> tuple[list[str], list[list[str]]]:
    if suffix == ".parquet":
        return _parquet(file, written)
    if suffix != ".csv":
        message = f"expected a file that ends in .csv or .parquet, found {suffix!r}"
        raise ScenarioError([Problem(file, 0, "", message)])
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError([Problem(file, 0, "", "is no UTF-8 text; expected CSV")]) from None
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ScenarioError([Problem(file, 0, "", f"no CSV: {error}")]) from None
    if not found:
        raise ScenarioError([Problem(file, 0, "", "is empty; expected a row of column names")])
    head = [name.strip() for name in found[0]]
    rows = [[cell.strip() for cell in row] for row in found[1:]]
    problems = [
        Problem(file, number, "", f"has {len(row)} cells; the head has {len(head)}")
        for number, row in enumerate(rows, start=2)
        if len(row) != len(head)
    ]
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return head, rows


def _parquet(file: str, written: bytes) -> tuple[list[str], list[list[str]]]:
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(written))
    except ImportError:
        message = "Parquet needs pyarrow: pip install 'amnesty-sim[parquet]'"
        raise ScenarioError([Problem(file, 0, "", message)]) from None
    except (ValueError, OSError) as error:
        message = f"no Parquet: {str(error).splitlines()[0]}"
        raise ScenarioError([Problem(file, 0, "", message)]) from None
    columns = [[_text(cell) for cell in frame[name].tolist()] for name in frame.columns]
    rows = [[column[i] for column in columns] for i in range(len(frame))]
    return [str(name).strip() for name in frame.columns], rows


def _text(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _wrong_head(file: str, head: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
    for place, name in enumerate(head):
        if name not in known:
            yield Problem(file, 1, name, f"unknown column {name!r}: {nearest(name, known)}")
        elif name in head[:place]:
            yield Problem(file, 1, name, "stands here twice; remove one")


def _twice(file: str, ids: Sequence[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, one in enumerate(ids, start=2):
        if one and one in first:
            yield Problem(file, number, "id", f"{one!r} stands in row {first[one]} already")
        first.setdefault(one, number)


def _reader(name: str, world: World) -> Callable[[str], int]:
    """Return what reads a cell of a column."""
    places = (*world.origins, *(world.exile.destinations if world.exile else ()))
    words: dict[str, Sequence[str]] = {
        "sex": ("men", "women"), "gravity": ("ordinary", "petty"), "offence": list(world.offences),
        "origin": list(world.origins), "camp": list(world.camps),
        "health": list(world.health.states), "residence": list(dict.fromkeys(places)),
    }  # fmt: skip
    if name.startswith(FLAG):
        return _reader_of_flag(name.removeprefix(FLAG), world)
    if name in words:
        return lambda text: _code(name, text, words[name])
    if name in ("born", "admitted", "offence date"):
        return lambda text: (read_date(text) - world.start).days
    if name == "reductions":
        return _count
    if name == "sentence":
        return lambda text: _sentence(text, world)
    return read_length


def _reader_of_flag(name: str, world: World) -> Callable[[str], int]:
    """Return what reads a cell of a flag: a code, a number, days, or a day since the start."""
    flag = world.flags[name]
    match flag.is_a:
        case "number":
            return _count
        case "length":
            return read_length
        case "date":
            return lambda text: (read_date(text) - world.start).days
        case "boolean":  # as a table of Parquet writes them too
            return lambda text: _code(name, text.lower(), flag.words)
    return lambda text: _code(name, text, flag.words)


def _sentence(text: str, world: World) -> int:
    found = read_sentence(text)
    if found == OF_DEATH and world.executions is None:
        raise ValueError(f"'death' needs {EXECUTIONS}")
    return found


def _code(name: str, text: str, known: Sequence[str]) -> int:
    if text not in known:
        raise ValueError(f"unknown {name} {text!r}: {nearest(text, known)}")
    return known.index(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"expected a whole number, found {shown(text)}")
    return int(text)


def _column(
    file: str, name: str, cells: Sequence[str], read: Callable[[str], int], problems: list[Problem]
) -> Ints:
    """Read a column; each text that occurs is read once."""
    known: dict[str, int | str] = {"": OPEN}
    for text in dict.fromkeys(cells):
        if text:
            try:
                known[text] = read(text)
            except ValueError as error:
                known[text] = str(error)
    for number, text in enumerate(cells, start=2):
        if isinstance(wrong := known[text], str):
            problems.append(Problem(file, number, name, wrong))
    values = [found if isinstance(found := known[text], int) else OPEN for text in cells]
    return np.array(values, dtype=np.int64)


def _contradictions(file: str, columns: Mapping[str, Ints], world: World) -> Iterator[Problem]:
    """List rows whose cells cannot all be true."""
    n = len(next(iter(columns.values()))) if columns else 0

    def get(name: str) -> tuple[Ints, NDArray[np.bool_]]:
        found = columns.get(name, np.full(n, OPEN, dtype=np.int64))
        return found, found != OPEN

    admitted, when = get("admitted")
    sentence, stated = get("sentence")
    pardon, merit = (np.where(known, cut, 0) for cut, known in map(
        get, ("reduced by pardon", "reduced by merit")))  # fmt: skip
    offence, done = get("offence date")
    born, birth = get("born")
    times, counted = get("reductions")
    fixed = stated & (sentence < FOR_LIFE)
    left = sentence - pardon - merit
    over = fixed & when & (left >= 1) & (admitted + left < 0)
    since = np.where(done, offence, np.where(when, admitted, 0))
    checks = (
        ("admitted", when & (admitted >= 0), f"lies not before the world's start, {world.start}"),
        ("offence date", done & when & (offence > admitted), "lies after the admission"),
        ("offence date", done & ~when & (offence >= 0), "lies not before the world's start"),
        ("born", birth & (born >= since), "lies after the offence"),
        ("sentence", fixed & (sentence < 1), "is no sentence"),
        ("sentence", over, f"ran out before the world's start, {world.start}"),
        ("reduced by pardon", fixed & (sentence >= 1) & (left < 1), "leaves nothing"),
        ("reductions", counted & (times == 0) & (pardon > 0), "is 0, but a cut is stated"),
    )
    for name, wrong, message in checks:
        for row in np.flatnonzero(wrong):
            yield Problem(file, int(row) + 2, name, message)
