"""What is wrong with a file: where, what was found, what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

BELOW = {
    "in a decree, beside 'clauses'": (
        "acting body", "ordered", "lists_due", "granted", "thresholds_on", "every", "in force",
        "checked", "reach", "exclude", "cap", "rank", "counts", "places", "drive", "cases",
    ),
    "in a clause, beside 'when'": ("then", "despite"),
    "below 'release' of a decree": (
        "education", "over", "escort", "exile", "supervision", "tranches", "latency",
    ),
    "below 'then' of a clause": (
        "reduce", "commute", "credit", "revived if", "serve the rest", "expunge", "abroad",
    ),
    "below 'when'": (
        "offence", "gravity", "camp", "residence", "sentence", "term", "served", "remaining",
        "until due", "served share", "served share of sentence", "age", "age at offence", "sex",
        "reductions", "earlier spells", "earlier pardons", "legal status",
    ),
}  # fmt: skip
"""Where keys stand that are often written in another place."""
OF_A_CASE = {
    "age": "'born' or 'age at offence'", "remaining": "'sentence' and 'served'",
    "term": "'sentence' and 'reduced'", "served share": "'sentence' and 'served'",
    "reductions": "'reduced'", "earlier spells": "'history'", "earlier pardons": "'history'",
}  # fmt: skip
"""What the person of a case has in the place of what a condition asks."""
ALIKE = 0.85
"""From this likeness on, a valid word is held to be meant even where the word found has a place."""
SHOWN = 60
"""Characters of a value that a message repeats."""
SYNONYMS = {"freed": "released", "pardoned": "granted", "shortened": "reduced"}
"""Words for which the language has another one."""
LISTED = 24
"""Valid words that a message lists."""
ENDINGS = (".yaml", ".yml")
"""Endings of scenario files."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one file; ``line`` counts from 1, 0 where no line is known."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """Name file, line, key path and what to mend."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ScenarioError(Exception):
    """A file cannot be used; ``problems`` lists everything found wrong in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Travel between processes with the problems, not with their text."""
        return type(self), (self.problems,)


def shown(value: object) -> str:
    """Write a value found in a file, shortened where it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 2] + " …"


def missing(path: Path, *folders: Path) -> str:
    """Say that there is no such file, and which scenario in some folders has the nearest name."""
    names: dict[str, str] = {}
    for folder in folders:
        if folder.is_dir():
            names |= {f.stem: f.name for f in sorted(folder.iterdir()) if f.suffix in ENDINGS}
    close = get_close_matches(path.stem, names, n=1, cutoff=0.75)
    if not close:
        return "no such file"
    return f"no such file; did you mean {str(path.with_name(names[close[0]]))!r}?"


def unknown_key(key: str, keys: Iterable[str]) -> str:
    """Refuse a key, with the place where it belongs or the valid key nearest to it."""
    known = sorted(set(keys))
    of_a_case = "takes up" in known
    if of_a_case and key in OF_A_CASE:
        return f"unknown key {key!r}: of the person of a case write {OF_A_CASE[key]}"
    place = next((where for where, words in BELOW.items() if key in words), None)
    if place and not get_close_matches(key, known, n=1, cutoff=ALIKE):
        return f"unknown key {key!r} here: it stands {place}"
    flags = "" if not of_a_case else "; a flag of the world stands below 'flags'"
    return f"unknown key {key!r}: {nearest(key, known)}{flags}"


def nearest(word: str, words: Iterable[str]) -> str:
    """Suggest the valid word nearest to `word`, or list the valid ones."""
    known = sorted(set(words))
    if (meant := SYNONYMS.get(word)) in known:
        return f"did you mean {meant!r}?"
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    if len(known) > LISTED:
        return f"expected one of {len(known)}, such as {', '.join(known[:3])}"
    return "expected one of: " + ", ".join(known) if known else "nothing is expected here"


def dotted(path: Sequence[str | int]) -> str:
    """Write a key path with dots."""
    return ".".join(map(str, path))
