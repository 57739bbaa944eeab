"""Conditions as a decree writes them, read into a small tree, with every mistake and its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import get_args

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from sim.scenario.graded import ASSUMPTION, DERIVED, Grade, Status, custom
from sim.scenario.law.predicate import (
    AGES,
    ATTRIBUTES,
    CATEGORIES,
    LENGTHS,
    SHARES,
    WORDS,
    AgeIs,
    CountIs,
    Either,
    Every,
    Leaf,
    LengthIs,
    OneOf,
    Predicate,
    ShareIs,
    Tagged,
    either,
    opposite,
)
from sim.scenario.lengths import DAYS_IN, in_words, read_length, read_share
from sim.scenario.problems import nearest, shown

SAID = {"grade": get_args(Grade), "status": get_args(Status)}
THRESHOLD_KEYS = ("value", "low", "high", "source", "grade", "status", "note")
SWAPPED = {"=>": ">=", "=<": "<="}
_COMPARISON = re.compile(r"(<=|>=|==|<|>)\s*(.+)")


Path = tuple[str | int, ...]
LeafReader = Callable[[str, str, str], Leaf]


def _size(leaf: Leaf) -> Fraction | int:
    """Return the number with which a leaf compares."""
    match leaf:
        case LengthIs(_, _, days):
            return days
        case AgeIs(_, _, years):
            return years
        case ShareIs(_, _, share):
            return share
        case _:
            return 0


def _no_comparison(name: str, text: str, found: object, reader: LeafReader) -> str:
    """Say how a comparison is written that has none of the signs."""
    if text[:2] in SWAPPED:
        return f"expected a comparison; write {SWAPPED[text[:2]]!r} for {text[:2]!r}"
    example = {**dict.fromkeys(SHARES, ">= 70%"), **dict.fromkeys((*LENGTHS, *AGES), ">= 5 years")}
    try:
        reader(name, ">=", text)
        such = f">= {text}"
    except ValueError:
        such = example.get(name, ">= 1")
    return f"expected a comparison such as {such!r}, found {found!r}"


class ConditionReader:
    """Reads conditions and collects every mistake with its path.

    Parameters
    ----------
    words
        Valid values by category (``offence``, ``camp`` …) and ``tag``; a category that is
        missing here is not checked.
    sources
        Keys of the bibliography; not checked without.
    """

    def __init__(
        self, words: Mapping[str, tuple[str, ...]], sources: Iterable[str] | None = None
    ) -> None:
        self.words = {**words, **WORDS}
        self.sources = None if sources is None else frozenset(sources)
        self.mistakes: list[InitErrorDetails] = []

    def read(self, data: object) -> Predicate:
        """Read a predicate.

        Raises
        ------
        ValidationError
            With one line for each mistake, located below this predicate.
        """
        result = self._any(data, ())
        if self.mistakes:
            raise ValidationError.from_exception_data("predicate", self.mistakes)
        return result

    def _wrong(self, path: Path, message: str, found: object) -> None:
        self.mistakes.append(InitErrorDetails(type=custom(message), loc=path, input=found))

    def _any(self, data: object, path: Path) -> Predicate:
        if isinstance(data, list) and data:
            return Either(tuple(self._any(part, (*path, i)) for i, part in enumerate(data)))
        if isinstance(data, Mapping):
            parts = tuple(self._attribute(str(k), v, (*path, str(k))) for k, v in data.items())
            return parts[0] if len(parts) == 1 else Every(parts)
        message = "expected conditions such as {offence: theft} or a list of them"
        self._wrong(path, f"{message}, found {shown(data)}", data)
        return Every(())

    def _attribute(self, name: str, data: object, path: Path) -> Predicate:
        if name == "not":
            return opposite(self._any(data, path))
        if name not in ATTRIBUTES:
            self._wrong(path, f"unknown attribute {name!r}: {nearest(name, ATTRIBUTES)}", data)
            return Every(())
        if name == "reductions":
            return self._reductions(data, path)
        if name in CATEGORIES:
            return self._category(name, data, path)
        reader: LeafReader = self._length
        if name in SHARES:
            reader = self._share
        elif name in AGES:
            reader = self._age
        return self._threshold(name, data, path, reader)

    def _threshold(self, name: str, data: object, path: Path, reader: LeafReader) -> Predicate:
        """Read a threshold, bare or graded: {value: '>= 40%', low: 30%, high: 50%, grade: B}."""
        if not isinstance(data, Mapping):
            return self._comparisons(name, data, path, reader)
        for key in data:
            if key not in THRESHOLD_KEYS:
                message = f"unknown key {key!r}: {nearest(str(key), THRESHOLD_KEYS)}"
                self._wrong((*path, str(key)), message, data)
        for key, known in SAID.items():
            if key in data and data[key] not in known:
                message = f"unknown {key} {data[key]!r}: {nearest(str(data[key]), known)}"
                self._wrong((*path, key), message, data)
        self._source(data, path)
        if "value" not in data:
            self._wrong(path, "'value' is missing", data)
            return Every(())
        before = len(self.mistakes)
        result = self._comparisons(name, data["value"], (*path, "value"), reader)
        if len(self.mistakes) == before:
            self._range(name, data, result, path, reader)
        return result

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
        self,
        name: str,
        data: Mapping[object, object],
        threshold: Predicate,
        path: Path,
        reader: LeafReader,
    ) -> None:
        """Refuse half a range, one of another kind, and one that does not hold the threshold."""
        if ("low" in data) != ("high" in data):
            self._wrong(path, "a range has both ends: 'low' and 'high'", data)
        elif "low" not in data:
            if data.get("grade") == "C":
                message = "grade C (assumed) needs a range: give 'low' and 'high'"
                self._wrong(path, message, data)
        elif isinstance(threshold, Every | Either):
            self._wrong(path, "a band has no range; write two thresholds", data)
        else:
            ends = []
            for key in ("low", "high"):
                try:
                    ends.append(_size(reader(name, "<", str(data[key]))))
                except ValueError as error:
                    self._wrong((*path, key), str(error), data)
            if len(ends) == 2 and not ends[0] <= _size(threshold) <= ends[1]:
                message = (
                    f"the range {data['low']} to {data['high']} does not hold {data['value']!r}"
                )
                self._wrong(path, message, data)

    def _category(self, name: str, data: object, path: Path) -> Predicate:
        if isinstance(data, Mapping) and data:
            parts: list[Predicate] = []
            for key, value in data.items():
                here = (*path, str(key))
                if key == "not":
                    parts.append(opposite(self._category(name, value, here)))
                elif key == "tag" and name == "offence":
                    parts.append(either(Tagged(w) for w in self._checked("tag", value, here)))
                else:
                    expected = ("not", "tag") if name == "offence" else ("not",)
                    self._wrong(here, f"unknown key {key!r}: {nearest(str(key), expected)}", value)
            return parts[0] if len(parts) == 1 else Every(tuple(parts))
        return OneOf(name, self._checked(name, data, path))

    def _checked(self, kind: str, data: object, path: Path) -> tuple[str, ...]:
        values = data if isinstance(data, list) else [data]
        known = self.words.get(kind)
        for value in values:
            if not isinstance(value, str) or (known is not None and value not in known):
                suggestion = nearest(str(value), known or ())
                self._wrong(path, f"unknown {kind} {value!r}: {suggestion}", value)
        if not values:
            self._wrong(path, f"an empty list names no {kind}", data)
        return tuple(map(str, values))

    def _reductions(self, data: object, path: Path) -> Predicate:
        by, count = "any", data
        if isinstance(data, Mapping):
            for key in data:
                if key not in ("by", "count"):
                    message = f"unknown key {key!r}: {nearest(str(key), ('by', 'count'))}"
                    self._wrong((*path, str(key)), message, data)
            by, count = str(data.get("by", "any")), data.get("count", ">= 1")
            known = ("any", "pardon", "merit", *self.words.get("decree", ()))
            if by not in known:
                self._wrong((*path, "by"), f"unknown giver {by!r}: {nearest(by, known)}", by)
        return self._comparisons(by, count, path, self._count)

    def _comparisons(self, name: str, data: object, path: Path, reader: LeafReader) -> Predicate:
        """Read ``>= 5 years``, a band such as ``> 4 years and <= 8 years``, or a bare count."""
        parts: list[Predicate] = []
        for text in str(data).split(" and "):
            match = _COMPARISON.fullmatch(text.strip())
            if match is None:
                self._wrong(path, _no_comparison(name, text.strip(), data, reader), data)
                continue
            try:
                parts.append(reader(name, match[1], match[2]))
            except ValueError as error:
                self._wrong(path, str(error), data)
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _length(self, name: str, operator: str, text: str) -> LengthIs:
        return LengthIs(name, operator, read_length(text))  # type: ignore[arg-type]

    def _age(self, name: str, operator: str, text: str) -> AgeIs:
        days = read_length(text)
        years = round(days / DAYS_IN["year"])
        if in_words(days).split()[1].rstrip("s") != "year":
            raise ValueError(f"ages are compared in whole years; found {text!r}")
        return AgeIs(name, operator, years)  # type: ignore[arg-type]

    def _share(self, name: str, operator: str, text: str) -> ShareIs:
        if operator == "==":
            raise ValueError("a served share is never compared with '=='; use a band")
        if not text.strip().endswith("%") and "/" not in text:
            raise ValueError(f"a served share is a per cent or a fraction; found {text!r}")
        return ShareIs(SHARES[name], operator, read_share(text))  # type: ignore[arg-type]

    def _count(self, by: str, operator: str, text: str) -> CountIs:
        if not text.isdecimal():
            raise ValueError(f"expected a whole number, found {text!r}")
        return CountIs(by, operator, int(text))  # type: ignore[arg-type]
