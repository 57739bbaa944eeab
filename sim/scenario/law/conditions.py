"""Conditions as a decree writes them, read into a small tree, with every mistake and its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from sim.scenario.law.graded_thresholds import Path, Threshold, ThresholdReader
from sim.scenario.law.predicate import (
    ATTRIBUTES,
    CATEGORIES,
    LAST_RELEASE,
    OF_A_PART,
    OF_A_SPELL,
    PARTS,
    THIS_PART,
    WORDS,
    YES,
    Compared,
    CountIs,
    Either,
    Every,
    OneOf,
    PartIs,
    Predicate,
    SpellsIs,
    Tagged,
    either,
    opposite,
)
from sim.scenario.law.thresholds import (
    kind_of_attribute,
    leaf_reader,
    offence_length,
    offence_number,
    read_count,
    read_on,
    read_pardons,
    released_reader,
)
from sim.scenario.problems import nearest, shown

FLAGS = ("boolean", "category", "number", "length", "date")
"""Kinds of flags; words of a kind are the names of a world's flags of that kind."""

RELEASES = ("any", "expiry", "decree")
"""Kinds of releases, beside the names of decrees."""


class ConditionReader(ThresholdReader):
    """Reads conditions and collects every mistake with its path.

    Parameters
    ----------
    words
        Valid values by category (``offence``, ``camp`` …) and ``tag``; a category that is
        missing here is not checked.
    sources
        Keys of the bibliography; not checked without.
    each_part
        Whether conditions may be about the part of a sentence in question.
    """

    def __init__(
        self,
        words: Mapping[str, tuple[str, ...]],
        sources: Iterable[str] | None = None,
        *,
        each_part: bool = False,
    ) -> None:
        super().__init__(sources)
        self.each_part, self.within_a_part, self.of_a_spell = each_part, False, False
        self.words = {**words, **WORDS}

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

    def _any(self, data: object, path: Path) -> Predicate:
        if isinstance(data, list) and data:
            return Either(tuple(self._any(part, (*path, i)) for i, part in enumerate(data)))
        if isinstance(data, Mapping):
            parts = tuple(self._attribute(str(k), v, (*path, str(k))) for k, v in data.items())
            return parts[0] if len(parts) == 1 else Every(parts)
        message = "expected conditions such as {offence: theft} or a list of them"
        self._wrong(path, f"{message}, found {shown(data)}", data)
        return Every(())

    def _attribute(self, key: str, data: object, path: Path) -> Predicate:
        if self.within_a_part and key not in OF_A_PART:
            message = f"a part has an offence and a sentence: {nearest(key, OF_A_PART)}"
            self._wrong(path, f"{key!r} is not asked of a part; {message}", data)
            return Every(())
        if self.of_a_spell and key not in OF_A_SPELL:
            message = f"{key!r} is not asked of an earlier spell: {nearest(key, OF_A_SPELL)}"
            self._wrong(path, message, data)
            return Every(())
        if key == "not":
            return opposite(self._any(data, path))
        if key == "earlier spells" and isinstance(data, Mapping) and "value" not in data:
            return self._spells(data, path)
        if key in PARTS:
            return self._part(key, data, path)
        try:
            name, on = read_on(key)
        except ValueError as error:
            self._wrong(path, str(error), data)
            return Every(())
        kind = kind_of_attribute(name) or self.flag_kind(name)
        if name in ("reductions", "earlier pardons"):
            return self._given(name, data, path)
        if name == LAST_RELEASE:
            reader = released_reader(self._after(data, path), on)
            return self._threshold(Threshold(name, "length", reader, on), data, path)
        if name in CATEGORIES or kind == "category":
            return self._category(name, data, path)
        if kind == "boolean":
            return self._boolean(name, data, path)
        if kind is None:
            self._wrong(path, f"unknown attribute {name!r}: {self._meant(name)}", data)
            return Every(())
        return self._threshold(Threshold(name, kind, leaf_reader(kind, on, ()), on), data, path)

    def _part(self, whose: str, data: object, path: Path) -> Predicate:
        """Read what a part of a sentence is for, and how long it is."""
        if whose == THIS_PART and not self.each_part:
            message = (
                "'this part' belongs to the conditions of a clause or an exclusion; "
                "here write 'any part' or 'all parts'"
            )
            self._wrong(path, message, data)
        self.within_a_part = True
        rule = self._any(data, path)
        self.within_a_part = False
        return PartIs(whose, rule)

    def _spells(self, data: Mapping[object, object], path: Path) -> Predicate:
        """Read what earlier spells were like, and how many there are."""
        if "table" in data:
            return self._threshold(
                Threshold("earlier spells", "number", leaf_reader("number", None, ())), data, path
            )
        asked = {key: value for key, value in data.items() if key != "count"}
        if not asked:
            expected = "expected what they were like, such as {offence: theft}"
            self._wrong(path, f"{expected}; a count alone is written '>= 1'", data)
            return Every(())
        self.of_a_spell = True
        rule = self._any(asked, path)
        self.of_a_spell = False

        def reader(name: str, operator: str, text: str) -> Compared:
            size = read_count(name, operator, text)
            assert isinstance(size, CountIs)
            return SpellsIs(rule, size.operator, size.count)

        count, here = data.get("count", ">= 1"), (*path, "count")
        return self._comparisons(Threshold("count", "count", reader), count, here)

    def flag_kind(self, name: str) -> str | None:
        """Return the kind of a flag of the world; None if it has no such flag."""
        return next((kind for kind in FLAGS if name in self.words.get(kind, ())), None)

    def _meant(self, name: str) -> str:
        if name == "tag":
            return "tags are those of the offence; write 'offence: {tag: …}'"
        if name in ("any", "any of", "or"):
            return "any of several conditions is written as a list of them"
        flags = [flag for kind in FLAGS for flag in self.words.get(kind, ())]
        meant = nearest(name, (*ATTRIBUTES, *flags))
        return (
            meant
            if meant.endswith("?")
            else f"{meant}; what else a law asks is a flag of the world"
        )

    def _boolean(self, name: str, data: object, path: Path) -> Predicate:
        if not isinstance(data, bool):
            self._wrong(path, f"expected true or false, found {shown(data)}", data)
        return OneOf(name, (YES,), among=data is not False)

    def _category(self, name: str, data: object, path: Path) -> Predicate:
        if isinstance(data, Mapping) and data:
            parts: list[Predicate] = []
            for key, value in data.items():
                here = (*path, str(key))
                if key == "not":
                    parts.append(opposite(self._category(name, value, here)))
                elif key == "tag" and name == "offence":
                    parts.append(either(Tagged(w) for w in self._checked("tag", value, here)))
                elif name == "offence" and key in self.words.get("offence number", ()):
                    parts.append(
                        self._threshold(Threshold(key, "number", offence_number), value, here)
                    )
                elif name == "offence" and key in self.words.get("offence length", ()):
                    parts.append(
                        self._threshold(Threshold(key, "length", offence_length), value, here)
                    )
                else:
                    expected: tuple[str, ...] = ("not", "tag") if name == "offence" else ("not",)
                    if name == "offence":
                        expected += self.words.get("offence number", ())
                        expected += self.words.get("offence length", ())
                    self._wrong(here, f"unknown key {key!r}: {nearest(str(key), expected)}", value)
            return parts[0] if len(parts) == 1 else Every(tuple(parts))
        return OneOf(name, self._checked(name, data, path))

    def _checked(self, kind: str, data: object, path: Path) -> tuple[str, ...]:
        values = data if isinstance(data, list) else [data]
        known = self.words.get(kind)
        for value in values:
            if not isinstance(value, str) or (known is not None and value not in known):
                self._wrong(path, f"unknown {kind} {value!r}: {self._word(kind, value)}", value)
        if not values:
            self._wrong(path, f"an empty list names no {kind}", data)
        return tuple(map(str, values))

    def _word(self, kind: str, value: object) -> str:
        """Say what to write for a word that is not known."""
        text, known = str(value), self.words.get(kind) or ()
        if text.removeprefix("not ") in known:
            return f"write {{not: {text.removeprefix('not ')}}}"
        if kind == "offence" and text in self.words.get("tag", ()):
            return f"it is a tag; write {{tag: {text}}}"
        return nearest(text, known)

    def _given(self, name: str, data: object, path: Path) -> Predicate:
        """Read how many reductions, or pardons ever, somebody has had, and by whom."""
        by, count = "any", data
        if isinstance(data, Mapping):
            for key in data:
                if key not in ("by", "count"):
                    message = f"unknown key {key!r}: {nearest(str(key), ('by', 'count'))}"
                    self._wrong((*path, str(key)), message, data)
            by, count = str(data.get("by", "any")), data.get("count", ">= 1")
            givers = ("any", "pardon", "merit") if name == "reductions" else ("any",)
            known = (*givers, *self.words.get("decree", ()))
            if by not in known:
                self._wrong((*path, "by"), f"unknown giver {by!r}: {nearest(by, known)}", by)
        reader = read_count if name == "reductions" else read_pardons
        return self._comparisons(Threshold(by, "count", reader), count, path)

    def _after(self, data: object, path: Path) -> str:
        """Read which kind of release is meant: any, by expiry, by decree, or by a named one."""
        after = str(data.get("after", "any")) if isinstance(data, Mapping) else "any"
        known = (*RELEASES, *self.words.get("decree", ()))
        if after not in known:
            message = f"unknown release {after!r}: {nearest(after, known)}"
            self._wrong((*path, "after"), message, after)
        return after
