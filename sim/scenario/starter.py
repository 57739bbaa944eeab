"""First files: a commented pardon to begin from, or a copy of a shipped file."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sim.scenario.load import BIBLIOGRAPHY, find, shipped_folder
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario

_PLAIN = re.compile(r"[A-Za-z][A-Za-z -]*")
_NAME = re.compile(r"[\w][\w .,%=+()-]*")


def start(folder: Path, name: str, world: Scenario) -> list[Path]:
    """Write a commented starter scenario, and the shipped bibliography beside it.

    Parameters
    ----------
    folder
        Where it is written.
    name
        The name of the file, with or without ``.yaml``.
    world
        The world in which the pardon is set; its file is what the starter extends.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ScenarioError
        If the file exists or the name is none.
    """
    file = _new(folder, name)
    file.write_text(starter(world, _extended(world, folder)), encoding="utf-8")
    return [file, *_bibliography(folder, shipped_folder())]


def copy(folder: Path, original: str, name: str | None = None) -> list[Path]:
    """Copy a shipped file with its bibliography, so that a line of it can be changed.

    Parameters
    ----------
    original
        A file, or the name of a shipped one.
    name
        What the copy is called; by default what the original is.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ScenarioError
        If there is no such file, or the copy exists.
    """
    source = find(Path(original), Path())
    if not source.is_file():
        raise ScenarioError([Problem(original, 0, "", "no such file, neither here nor shipped")])
    file = _new(folder, name or source.name)
    shutil.copyfile(source, file)
    beside = source.parent if (source.parent / BIBLIOGRAPHY).is_file() else shipped_folder()
    return [file, *_bibliography(folder, beside)]


def _new(folder: Path, name: str) -> Path:
    """Return the path of a file that does not exist yet."""
    stem = name.removesuffix(".yaml")
    if not _NAME.fullmatch(stem):
        message = "no name of a file; expected such as 'my-pardon', without a folder"
        raise ScenarioError([Problem(name, 0, "", message)])
    file = folder / f"{stem}.yaml"
    if file.exists():
        message = "exists and is not overwritten; give another name"
        raise ScenarioError([Problem(str(file), 0, "", message)])
    return file


def _bibliography(folder: Path, source: Path) -> list[Path]:
    """Copy the bibliography unless one is there; the shipped one is always read as well."""
    target = folder / BIBLIOGRAPHY
    if target.exists():
        return []
    shutil.copyfile(source / BIBLIOGRAPHY, target)
    return [target]


def _extended(world: Scenario, folder: Path) -> str:
    """Name the world's file as a file in the folder finds it."""
    file = Path(world.tree.file).resolve()
    for root in (folder.resolve(), shipped_folder()):
        if file.is_relative_to(root):
            return file.relative_to(root).as_posix()
    return file.as_posix()


def starter(world: Scenario, extended: str) -> str:
    """Write a starter scenario: it passes every check, and each line says what else may stand.

    Parameters
    ----------
    world
        The world whose words the starter uses.
    extended
        How the world's file is named in ``extends``.
    """
    offences = list(world.world.offences)
    granted = world.world.start + timedelta(days=world.world.days // 2)
    early, late = (granted + timedelta(days=days) for days in (-7, 7))
    room = min(60, (granted - world.world.start).days // 2)
    words = {
        "extended": _word(extended),
        "ordered": str(granted - timedelta(days=room)),
        "lists": str(granted - timedelta(days=room // 2)),
        "granted": str(granted), "early": str(early), "late": str(late),
        "barred": _word(offences[-1]),
        "freed": _word(offences[0]),
        "offences": _comment(", ".join(map(_word, offences))),
        "exile": _exile(world),
    }  # fmt: skip
    text = _TEXT
    if len(offences) < 2:  # there is no other offence to free
        text = _without(_without(text, "a grave crime is barred:", 3), "grave crime:", 3)
    return "".join(_filled(line, words) for line in text.splitlines(keepends=True))


def _filled(line: str, words: Mapping[str, str]) -> str:
    """Put words in their places, and the comment where it was."""
    key, hash_, comment = line.partition(" # ")
    column = len(key)
    for place, value in words.items():
        key, comment = (part.replace(f"<{place}>", value) for part in (key, comment))
    return f"{key.rstrip() + ' ':{column}}{hash_}{comment}" if hash_ else key


def _comment(text: str) -> str:
    mark = f"{' ' * 8}# "
    return textwrap.fill(text, 96, initial_indent=mark, subsequent_indent=mark)


def _exile(world: Scenario) -> str:
    origin = next(iter(world.world.origins))
    if world.world.exile is None:
        return "# exile: this world names no places to send people to"
    return f"# exile: {{origin: {_word(origin)}, to: chosen by camp}}   # those from there go away"


def _word(text: str) -> str:
    """Quote a word where YAML needs it."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in ("y", "n", "yes", "no", "on", "off",
                                                           "true", "false", "null")  # fmt: skip
    return text if plain or re.fullmatch(r"[\w./-]+\.yaml", text) else json.dumps(text)


def _without(text: str, first: str, lines: int) -> str:
    """Leave out some lines, from the one that begins with `first` on."""
    kept = text.splitlines(keepends=True)
    at = next(i for i, line in enumerate(kept) if line.strip().startswith(first))
    return "".join(kept[:at] + kept[at + lines :])


_TEXT = """\
# A pardon to begin from. Change a line, then: amnesty check FILE; amnesty explain FILE;
# amnesty compare no-pardon.yaml FILE. Every key is explained in docs/language.md.
title: My pardon                       # what it is called in tables
extends: <extended>                    # the world, or another pardon of which this one is a variant

decrees:
  my-pardon:                           # a name of your own; a file may hold several decrees
    source: assumption                 # keys of sources.bib, one or a list; assumption: no source
    grade: C                           # A reported, B derived from reports, C assumed
    # status: announced                # or reported, rumoured, inferred
    ordered: <ordered>                 # the camps are told; may be left out
    lists_due: <lists>                 # who qualifies is read on this day; left out: when granted
    thresholds_on: lists               # when time served is read: lists, grant, release, a date
    granted:                           # or: every: year, with dates: [02-16, 10-10]
      value: <granted>                 # the day with which it runs
      between: [<early>, <late>]       # what is not known of the date; grade C needs it

    exclude:                           # who is barred, by name; may be left out
      grave crime:                     # a name of your own
        offence: <barred>              # or a list such as [<freed>, <barred>]; there are
<offences>
      sentence already reduced:
        reductions: {by: pardon, count: ">= 1"}   # by: pardon, merit, any; count: ">= 2" …

    clauses:                           # who qualifies and what follows; one clause is enough
      half served:                     # a name of your own
        when:                          # all of these must hold; a list of mappings: any of them
          served share:                # or sentence, term, served, remaining, age, sex, offence …
            value: ">= 50%"            # >= at least, > more than, <= at most, < under; or 1/2
            low: 40%                   # the range held possible; grade C needs it
            high: 70%                  # both ends or none
            grade: C                   # what the threshold rests on; left out: as the decree
            source: assumption
        then: release                  # or a reduction, as below
      long sentence:
        when: {sentence: ">= 10 years"}   # in years, months, days; "> 4 years and <= 8 years"
        then: {reduce: {by: 1 year, at most: half the sentence}}   # or by: 1/4 of remaining

    review:                            # who must agree; may be left out, or stand on a clause
      recommended: {value: 80%, low: 50%, high: 100%}   # by the officer in charge
      approved: {value: 90%, low: 50%, high: 100%}      # by the centre
    cap: none                          # or {value: 50 per camp, low: 10, high: 200}, 5000 in all
    rank: longest served share         # who comes first under a cap; lottery, oldest, ill first …
    counts: releases                   # what takes a place under a cap: releases, reductions, both

    release:                           # what a release brings; may be left out
      education: {value: 30 days from listing, low: 0 days, high: 60 days}   # or from grant
      over: 1 day                      # releases are spread over so many days
      escort: false                    # recorded only
      supervision: false               # true: supervised afterwards
      # job: {value: 70%, low: 30%, high: 95%}   # the share that gets a job
      <exile>

    cases:                             # what must happen to whom: amnesty check tries each
      # who: also camp, origin, health, sex, gravity, age at offence, recommended: false …
      half of eight years is enough:
        who: {offence: <freed>, sentence: 8 years, served: 4 years}
        then: released                 # or stays, reduced, barred, not eligible, exiled …
      a day less is not enough:
        who: {offence: <freed>, sentence: 8 years, served: 1460 days}
        then: [stays, not eligible]
      ten years become nine:
        who: {offence: <freed>, sentence: 10 years, served: 1 year}
        then: [stays, reduced, {term: 3288 days}]
      who was pardoned before is barred:
        who: {offence: <freed>, sentence: 8 years, served: 4 years, reduced: 6 months}
        then: [stays, barred]
      a grave crime is barred:
        who: {offence: <barred>, sentence: 8 years, served: 6 years}
        then: [stays, barred]
"""
