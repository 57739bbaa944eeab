"""A figure before it is drawn: its name, its words, its numbers, and how to paint it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.paper.data import Row, csv_text, ten_digits
from sim.paper.figures.look import Look
from sim.paper.table import GUARD

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Hover:
    """What is told of each mark of a group when a pointer rests on it.

    Attributes
    ----------
    group
        Name of the group in the drawing.
    texts
        One for each mark, in the order in which they are drawn.
    """

    group: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Painted:
    """A drawing and what its marks tell."""

    figure: Figure
    hovers: tuple[Hover, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A figure with all that is in it but ink.

    Attributes
    ----------
    name
        Name of its files, without ending.
    kind
        What kind of figure it is.
    title, note
        The caption: what is seen, and how to read it.
    summary
        What is seen, for those who cannot see it.
    rows
        The numbers that are drawn.
    paint
        Draws it in a look.
    """

    name: str
    kind: str
    title: str
    note: str
    summary: str
    rows: tuple[Row, ...]
    paint: Callable[[Look], Painted]

    @property
    def caption(self) -> str:
        """The caption as running text."""
        return f"{self.title}. {self.note} {GUARD}"

    @property
    def numbers(self) -> str:
        """The numbers as CSV, with ten significant digits."""
        return csv_text({k: ten_digits(v) for k, v in row.items()} for row in self.rows)


def file_name(*words: str) -> str:
    """Join words to a name that every file system takes."""
    return "-".join(re.sub(r"[^\w.]+", "-", word).strip("-.") for word in words)
