"""Thresholds as a decree writes them: bare, graded with their range and source, or by table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar, get_args

from pydantic_core import InitErrorDetails

from sim.scenario.blocks import custom
from sim.scenario.graded import (
    ASSUMPTION,
    DERIVED,
    Grade,
    Status,
)
from sim.scenario.law.predicate import (
    COUNTED,
    EXPECTED,
    LAST_RELEASE,
    SENTENCE,
    Compared,
    Every,
    LengthIs,
    On,
    OneOf,
    Predicate,
    Table,
)
from sim.scenario.law.thresholds import (
    AGO,
    COMPARISON,
    LeafReader,
    contradiction,
    leaf_reader,
    no_comparison,
    share_meant,
    size_of,
)
from sim.scenario.lengths import WITHOUT_TERM, names_no_term
from sim.scenario.problems import nearest, shown

SAID = {"grade": get_args(Grade), "status": get_args(Status)}
THRESHOLD_KEYS = ("value", "low", "high", "source", "grade", "status", "note", "table")
COUNTING = ("served", "served share of sentence")
"""Attributes of which it may be said that cuts count as time served."""
Path = tuple[str | int, ...]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Threshold:
    """An attribute that is compared: its name, the kind of its values, and how one is read."""

    name: str
    kind: str
    reader: LeafReader
    on: On | None = None


class ThresholdReader(ABC):
    """Reads thresholds and collects every mistake with its path.

    Parameters
    ----------
    sources
        Keys of the bibliography; not checked without.
    """

    def __init__(self, sources: Iterable[str] | None) -> None:
        self.sources = None if sources is None else frozenset(sources)
        self.mistakes: list[InitErrorDetails] = []

    @abstractmethod
    def _any(self, data: object, path: Path) -> Predicate:
        """Read whom a row of a table names."""

    def _wrong(self, path: Path, message: str, found: object) -> None:
        self.mistakes.append(InitErrorDetails(type=custom(message), loc=path, input=found))

    def _threshold(self, read: Threshold, data: object, path: Path) -> Predicate:
        """Read a threshold: bare, graded (``value:`` beside its range), or by ``table:``."""
        without = read.name in (SENTENCE, EXPECTED)
        if without and (named := self._without_term(read.name, data, path)) is not None:
            return named
        if not isinstance(data, Mapping):
            return self._comparisons(read, data, path)
        also = {**dict.fromkeys(COUNTING, "counting"), LAST_RELEASE: "after"}.get(read.name)
        keys = (*THRESHOLD_KEYS, also) if also else THRESHOLD_KEYS
        for key in data:
            if key not in keys:
                message = f"unknown key {key!r}: {nearest(str(key), keys)}"
                self._wrong((*path, str(key)), message, data)
        if read.name in COUNTING and "counting" in data:
            read = self._counting(read, data["counting"], (*path, "counting"))
        if "table" in data:
            return self._table(read, data, path)
        for key, known in SAID.items():
            if key in data and data[key] not in known:
                message = f"unknown {key} {data[key]!r}: {nearest(str(data[key]), known)}"
                self._wrong((*path, key), message, data)
        self._source(data, path)
        if "value" not in data:
            self._wrong(path, "'value' is missing", data)
            return Every(())
        before = len(self.mistakes)
        result = self._comparisons(read, data["value"], (*path, "value"))
        if len(self.mistakes) == before:
            self._range(read, data, result, path)
        return result

    def _without_term(self, name: str, data: object, path: Path) -> Predicate | None:
        """Read ``death`` or ``[life, death]`` in the place of a length; None if it is no word."""
        values = tuple(data) if isinstance(data, list) else (data,)
        if values and all(map(names_no_term, values)):
            return OneOf(name, tuple(map(str, values)))
        if not (isinstance(data, str) and data.isalpha()):
            return None
        message = (
            f"unknown sentence {data!r}: {nearest(data, WITHOUT_TERM)}, or such as '>= 5 years'"
        )
        self._wrong(path, message, data)
        return Every(())

    def _counting(self, read: Threshold, data: object, path: Path) -> Threshold:
        words = tuple(map(str, data)) if isinstance(data, list) else (str(data),)
        for word in words:
            if word not in COUNTED:
                self._wrong(path, f"unknown cut {word!r}: {nearest(word, COUNTED)}", data)
        counting = tuple(word for word in COUNTED if word in words)
        return replace(read, reader=leaf_reader(read.kind, read.on, counting))

    def _table(self, read: Threshold, data: Mapping[object, object], path: Path) -> Predicate:
        """Read the rows of a table, each with its own threshold."""
        for key in set(data) - {"table", "counting", "after", "note"}:
            self._wrong((*path, str(key)), f"{key!r} stands in the rows of a table", data)
        rows = self.rows(data["table"], (*path, "table"),
                         lambda one, here: self._threshold(read, one, here))  # fmt: skip
        return Table(tuple(rows))

    def rows(
        self, data: object, path: Path, value: Callable[[object, Path], Value]
    ) -> list[tuple[Predicate, Value]]:
        """Read ``[{when: …, is: …}, {otherwise: …}]``: whom each row names, and what it says."""
        found: list[tuple[Predicate, Value]] = []
        if not (isinstance(data, list) and data):
            expected = "expected rows such as {when: {sex: women}, is: …} and {otherwise: …}"
            self._wrong(path, f"{expected}, found {shown(data)}", data)
            return found
        for i, row in enumerate(data):
            here = (*path, i)
            keys = set(row) - {"note"} if isinstance(row, Mapping) else set()
            if keys == {"when", "is"}:
                when = self._any(row["when"], (*here, "when"))
                found.append((when, value(row["is"], (*here, "is"))))
            elif keys == {"otherwise"}:
                if i < len(data) - 1:
                    self._wrong(here, "'otherwise' is the last row: those below never hold", row)
                found.append((Every(()), value(row["otherwise"], (*here, "otherwise"))))
            else:
                expected = "a row has 'when' and 'is', or is {otherwise: …}"
                self._wrong(here, f"{expected}; found {shown(row)}", row)
        return found

    def _source(self, data: Mapping[object, object], path: Path) -> None:
        names = data.get("source", [])
        for name in names if isinstance(names, list) else [names]:
            known = self.sources
            if known is not None and str(name) not in (*known, ASSUMPTION, DERIVED):
                message = f"unknown source {name!r}: {nearest(str(name), known)}"
                self._wrong((*path, "source"), message, data)
            if name == ASSUMPTION and data.get("grade") != "C":
                self._wrong(path, "what rests on an assumption is grade C: write 'grade: C'", data)

    def _range(
        self, read: Threshold, data: Mapping[object, object], threshold: Predicate, path: Path
    ) -> None:
        """Refuse half a range, one of another kind, and one that does not hold the threshold."""
        if ("low" in data) != ("high" in data):
            self._wrong(path, "a range has both ends: 'low' and 'high'", data)
        elif "low" not in data:
            if data.get("grade") == "C":
                message = "grade C (assumed) needs a range: give 'low' and 'high'"
                self._wrong(path, message, data)
        elif not isinstance(threshold, Compared):
            self._wrong(path, "a band has no range; write two thresholds", data)
        else:
            ends = []
            ago = AGO if isinstance(threshold, LengthIs) and threshold.since else ""
            for key in ("low", "high"):
                try:
                    ends.append(size_of(read.reader(read.name, "<", f"{data[key]}{ago}")))
                except ValueError as error:
                    self._wrong((*path, key), str(error), data)
            if len(ends) == 2 and not ends[0] <= size_of(threshold) <= ends[1]:
                message = (
                    f"the range {data['low']} to {data['high']} does not hold {data['value']!r}"
                )
                self._wrong(path, message, data)

    def _comparisons(self, read: Threshold, data: object, path: Path) -> Predicate:
        """Read ``>= 5 years``, a band such as ``> 4 years and <= 8 years``, or a bare count."""
        parts: list[Compared] = []
        for text in str(data).split(" and "):
            match = COMPARISON.fullmatch(text.strip())
            if match is None:
                message = no_comparison(read.kind, text.strip(), data, read.reader, read.name)
                self._wrong(path, message, data)
                continue
            try:
                parts.append(read.reader(read.name, match[1], match[2]))
            except ValueError as error:
                self._wrong(path, f"{error}{share_meant(read.name, match[2])}", data)
        if len(parts) > 1 and contradiction(parts):
            self._wrong(path, f"can never hold: nothing is {data!r}", data)
        return parts[0] if len(parts) == 1 else Every(tuple(parts))
