"""Sources by author and year, from the bibliographies that scenarios cite."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from sim.scenario.graded import ASSUMPTION, DERIVED
from sim.scenario.load import BIBLIOGRAPHY, shipped_folder

_ENTRY = re.compile(r"@(?P<kind>\w+)\s*\{\s*(?P<key>[^,\s]+)\s*,")
_FIELD = re.compile(r"(?P<name>\w+)\s*=\s*")


@dataclass(frozen=True)
class Reference:
    """An entry of a bibliography; ``short`` is its author and year, unique among the others."""

    key: str
    author: str
    year: str
    title: str
    short: str


def references(*folders: Path) -> dict[str, Reference]:
    """Read the shipped bibliography and those of some folders, by key.

    Entries of one author and year are told apart by letters, in the order of their keys.
    """
    found: dict[str, Mapping[str, str]] = {}
    for folder in (shipped_folder(), *folders):
        file = folder / BIBLIOGRAPHY
        if file.is_file():
            found |= dict(_entries(file.read_text(encoding="utf-8")))
    heads = {key: (one.get("author", key), one.get("year", "n.d.")) for key, one in found.items()}
    told = {}
    for key in sorted(found):
        author, year = heads[key]
        same = sorted(other for other in found if heads[other] == heads[key])
        letter = f"{'-' if year == 'n.d.' else ''}{ascii_lowercase[same.index(key) % 26]}"
        short = f"{author} {year}{letter if len(same) > 1 else ''}"
        told[key] = Reference(key, author, year, found[key].get("title", ""), short)
    return told


def named(keys: tuple[str, ...], known: Mapping[str, Reference]) -> str:
    """Name sources by author and year; a key that is not known stands as it is."""
    words = (key if key in (ASSUMPTION, DERIVED) else known[key].short if key in known else key
             for key in keys)  # fmt: skip
    return "; ".join(words)


def cited_entries(keys: Collection[str], *folders: Path) -> str:
    """Return the entries of some keys as BibTeX, as they stand in the bibliographies.

    A folder that holds them as ``sources.bib`` says by itself what its scenarios cite.
    """
    found: dict[str, str] = {}
    for folder in (shipped_folder(), *folders):
        file = folder / BIBLIOGRAPHY
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        for match in _ENTRY.finditer(text):
            if match["key"] in keys:
                brace = text.index("{", match.start())
                found[match["key"]] = text[match.start() : _value(text, brace)[1]]
    return "".join(f"{found[key]}\n\n" for key in sorted(found))


def _entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Read the entries of a BibTeX file; its comments and strings are passed over."""
    for match in _ENTRY.finditer(text):
        if match["kind"].lower() in ("comment", "string", "preamble"):
            continue
        at, fields = match.end(), {}
        while (field := _FIELD.match(text, _space(text, at))) is not None:
            value, at = _value(text, field.end())
            fields[field["name"].lower()] = " ".join(
                value.replace("{", "").replace("}", "").split()
            )
            at = _space(text, at)
            if at < len(text) and text[at] == ",":
                at += 1
        yield match["key"], fields


def _space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _value(text: str, at: int) -> tuple[str, int]:
    """Return a field's value and where it ends: braces balance, quotation marks pair."""
    if at < len(text) and text[at] == "{":
        depth = 0
        for end in range(at, len(text)):
            depth += (text[end] == "{") - (text[end] == "}")
            if depth == 0:
                return text[at + 1 : end], end + 1
    if at < len(text) and text[at] == '"':
        end = text.find('"', at + 1)
        return text[at + 1 : end], end + 1
    end = at
    while end < len(text) and text[end] not in ",}\n":
        end += 1
    return text[at:end], end
