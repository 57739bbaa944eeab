"""The key of a figure: above it, in as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.paper.figures.look import Look

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

LETTER = 0.62
"""Width of a letter, as a share of its height, rounded up."""


def key_above(figure: Figure, look: Look, entries: Sequence[tuple[Artist, str]]) -> None:
    """Put the key above a figure, which grows by as much."""
    if not entries:
        return
    longest = max(len(label) for _, label in entries)
    letters = look.width * 72 / (0.9 * look.points * LETTER)
    columns = max(1, min(len(entries), int(letters / (longest + 7))))
    lines = -(-len(entries) // columns)
    figure.set_figheight(float(figure.get_figheight()) + (1.1 * lines + 0.5) * look.line)
    figure.legend(
        [artist for artist, _ in entries], [label for _, label in entries],
        loc="outside upper left", ncols=columns, columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip
