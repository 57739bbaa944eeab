"""All figures that a study's folder allows, and their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.paper.figures import (
    exile,
    forest,
    gap,
    incidence,
    running_mean,
    stock,
    tornado,
    waterfall,
)
from sim.paper.figures.look import STYLES
from sim.paper.figures.picture import Picture
from sim.paper.figures.saving import FORMATS, drawn, need_matplotlib
from sim.paper.folder import FolderError, SaveError
from sim.paper.reading import known_measures, known_word
from sim.paper.source import NothingToDraw, Source
from sim.paper.tex import figure_tex

ALL = "all"
FOLDER = "figures"
"""Where figures are put within a study's folder, unless told otherwise."""


@dataclass(frozen=True)
class Choice:
    """What is drawn: by default all scenarios, baselines and headline measures."""

    scenarios: tuple[str, ...] = ()
    baseline: str | None = None
    measures: tuple[str, ...] = ()


Of = Callable[[Source, Choice], Iterator[Picture]]
KINDS: Mapping[str, Of] = {
    stock.KIND: lambda s, c: stock.pictures(s, list(c.scenarios), c.baseline),
    gap.KIND: lambda s, c: gap.pictures(s, list(c.scenarios), c.baseline),
    forest.KIND: lambda s, c: forest.pictures(s, list(c.scenarios), c.baseline, c.measures),
    tornado.KIND: lambda s, c: tornado.pictures(s, list(c.scenarios), c.measures),
    waterfall.KIND: lambda s, c: waterfall.pictures(s, list(c.scenarios)),
    incidence.KIND: lambda s, c: incidence.pictures(s, list(c.scenarios)),
    exile.KIND: lambda s, c: exile.pictures(s, list(c.scenarios)),
    running_mean.KIND: lambda s, c: running_mean.pictures(
        s, list(c.scenarios), c.baseline, c.measures
    ),
}


@dataclass(frozen=True)
class Found:
    """Figures, and by kind why there is none."""

    pictures: tuple[Picture, ...]
    missing: Mapping[str, str]


def pictures_of(folder: Path, kind: str = ALL, choice: Choice | None = None) -> Found:
    """Build the figures of a study, without drawing them.

    Parameters
    ----------
    kind
        One of `KINDS`, or ``all``.

    Raises
    ------
    FolderError
        If the folder holds no run, has no such kind, scenario, baseline or measure, or lacks what
        the one kind asked for needs.
    DamagedError
        If a cell is damaged.
    """
    chosen = choice or Choice()
    chosen = replace(chosen, measures=tuple(known_measures(chosen.measures)))
    known_word(kind, (*KINDS, ALL), "kind of figure")
    source = Source(folder)
    _refuse_unknown(source, chosen)
    found: list[Picture] = []
    missing = {}
    for name in KINDS if kind == ALL else [kind]:
        try:
            some = list(KINDS[name](source, chosen))
            if not some:
                raise source.lacks(f"has nothing for {name}")
            found += some
        except NothingToDraw as lack:
            if kind != ALL:
                raise
            missing[name] = str(lack)
        except (KeyError, ValueError, TypeError, IndexError):
            raise FolderError(f"the files of the run in {folder} are damaged") from None
    return Found(tuple(found), missing)


def _refuse_unknown(source: Source, choice: Choice) -> None:
    names = tuple(source.about["scenarios"])
    swept = tuple(dict.fromkeys(str(r["variant"]) for r in source.rows("sweep.csv")))
    for scenario in choice.scenarios:
        known_word(scenario, swept or names, f"scenario in {source.folder}:")
    if choice.baseline is not None:
        known_word(choice.baseline, source.baselines, f"baseline in {source.folder}:")


def draw(
    folder: Path,
    kind: str = ALL,
    *,
    out: Path | None = None,
    style: str = "double",
    formats: Sequence[str] = FORMATS,
    choice: Choice | None = None,
) -> tuple[list[Path], Mapping[str, str]]:
    """Draw figures of a study and write them, each with its numbers and its caption.

    Beside a PDF lies the figure as LaTeX takes it in.

    Parameters
    ----------
    kind
        One of `KINDS`, or ``all``, which leaves out what the folder does not allow.
    out
        Folder of the figures; by default ``figures`` in the study's.
    style
        One of `STYLES`.
    formats
        Some of `FORMATS`.

    Returns
    -------
    tuple
        The files written, and by kind why there is no figure.

    Raises
    ------
    FolderError
        As `pictures_of`; or if a style or format is unknown, or matplotlib is not installed.
    SaveError
        If a file cannot be written.
    """
    known_word(style, tuple(STYLES), "style")
    for form in formats:
        known_word(form, FORMATS, "format")
    need_matplotlib()
    found = pictures_of(folder, kind, choice)
    if not found.pictures:
        raise FolderError("; ".join(found.missing.values()))
    place = folder / FOLDER if out is None else out
    written = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for picture in found.pictures:
            for form in formats:
                written.append(place / f"{picture.name}.{form}")
                written[-1].write_bytes(drawn(picture, form, STYLES[style]))
            texts = {"csv": picture.numbers, "txt": picture.caption + "\n"}
            if "pdf" in formats:
                texts["tex"] = figure_tex(picture.name, picture.caption, wide=style != "single")
            for ending, text in texts.items():
                written.append(place / f"{picture.name}.{ending}")
                written[-1].write_bytes(text.encode())
    except OSError as error:
        message = f"{error.filename or place}: {error.strerror or error}; not all was drawn"
        raise SaveError(message) from None
    return written, found.missing
