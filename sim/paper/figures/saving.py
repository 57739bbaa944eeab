"""Figures as files, equal byte by byte wherever the numbers and matplotlib are."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.paper.figures.look import Look, settings
from sim.paper.figures.picture import Painted, Picture
from sim.paper.folder import FolderError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("pdf", "svg", "png")
DOTS_PER_INCH = 300
UNTOLD = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
}
"""What files would say of the day and the program."""


class MissingFiguresError(FolderError):
    """matplotlib is not installed."""


def need_matplotlib() -> None:
    """Refuse to draw without the library, before anything is read.

    Raises
    ------
    MissingFiguresError
        If it is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        message = "figures need matplotlib: pip install 'amnesty-sim[figures]'"
        raise MissingFiguresError(message) from None


def drawn(picture: Picture, form: str, look: Look) -> bytes:
    """Draw a figure in a format."""
    with _at_work(look):
        return _written(picture.paint(look).figure, form)


def drawn_with_hovers(picture: Picture, look: Look) -> tuple[bytes, Painted]:
    """Draw a figure as SVG, and return with it what its marks tell."""
    with _at_work(look):
        painted = picture.paint(look)
        painted.figure.patch.set_visible(False)  # the page's own paper is seen
        for axes in painted.figure.axes:
            axes.patch.set_visible(False)
        return _written(painted.figure, "svg"), painted


def _written(figure: Figure, form: str) -> bytes:
    found = io.BytesIO()
    figure.savefig(found, format=form, metadata=UNTOLD[form], dpi=DOTS_PER_INCH)
    return found.getvalue()


@contextmanager
def _at_work(look: Look) -> Iterator[None]:
    """Set matplotlib up for one figure, whatever the user's own settings say."""
    import matplotlib

    quiet = logging.getLogger("matplotlib.font_manager")
    before = quiet.level
    quiet.setLevel(logging.ERROR)
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings(look))
        # Letters that no installed typeface has are drawn as boxes; the numbers are right.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        try:
            yield
        finally:
            quiet.setLevel(before)
