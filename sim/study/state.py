"""What a study's folder holds, and joining several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.study.cells import MODEL_VERSION
from sim.study.database import DamagedError
from sim.study.lock import held
from sim.study.store import FILE, LOCK, Store
from sim.study.study import Study


@dataclass(frozen=True)
class Line:
    """Cells of one labelled design point: how many are there of those asked for."""

    label: str
    there: int
    wanted: int


@dataclass(frozen=True)
class State:
    """The state of a study.

    Attributes
    ----------
    lines
        By design point that was asked for last.
    there, wanted
        Cells that are there of those asked for, each counted once.
    other
        Cells there that were not asked for: of other files, seeds or versions.
    damaged
        Cells whose checksum does not hold; 0 where checksums were not looked at.
    busy
        Whether a process works on it.
    """

    folder: Path
    lines: tuple[Line, ...]
    there: int
    wanted: int
    other: int
    damaged: int
    busy: bool
    size_bytes: int

    def as_json(self) -> dict[str, object]:
        """Return the state as plain data."""
        return {
            "there": self.there,
            "wanted": self.wanted,
            "other": self.other,
            "damaged": self.damaged,
            "busy": self.busy,
            "size_bytes": self.size_bytes,
            "model_version": MODEL_VERSION,
            "points": [
                {"label": line.label, "there": line.there, "wanted": line.wanted}
                for line in self.lines
            ],
        }

    def in_words(self) -> str:
        """Write the state for a reader; many points are added up."""
        size = f"{self.size_bytes / 1e6:.1f} MB"
        words = [f"{self.folder}: {self.there} of {self.wanted} cells, {size}"]
        shown = [line for line in self.lines if line.there < line.wanted] or self.lines
        words += [f"  {line.label}: {line.there} of {line.wanted}" for line in shown[:MOST_LINES]]
        if len(shown) > MOST_LINES:
            words.append(f"  and {len(shown) - MOST_LINES} more")
        if self.other:
            words.append(f"  {self.other} cells of other files, seeds or versions")
        if self.damaged:
            words.append(f"  {self.damaged} cells are damaged; running again computes them anew")
        if self.busy:
            words.append("  a process works on it now")
        elif self.there < self.wanted:
            words.append("  nobody works on it; the same command goes on")
        return "\n".join(words)


MOST_LINES = 30


def state_of(folder: Path, *, checksums: bool = False) -> State:
    """Look at a study's folder without changing it.

    Raises
    ------
    DamagedError
        If it holds no study, or one that cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise DamagedError(f"{folder} holds no study")
    with Store(path, read_only=True) as store:
        wanted = store.wanted()
        lines = tuple(Line(w.label, store.number(w), w.replications) for w in wanted)
        damaged = len(store.damaged()) if checksums else 0
        other = store.number()
    there: dict[tuple[str, int], int] = {}  # two labels may mean the same cells
    asked: dict[tuple[str, int], int] = {}
    for w, line in zip(wanted, lines, strict=True):
        key = (w.point, w.seed)
        there[key] = max(there.get(key, 0), line.there)
        asked[key] = max(asked.get(key, 0), line.wanted)
    return State(
        folder, lines, sum(there.values()), sum(asked.values()), other - sum(there.values()),
        damaged, held(folder / LOCK), path.stat().st_size,
    )  # fmt: skip


def joined(folders: Sequence[Path], out: Path) -> str:
    """Take the cells of several studies into one folder; return what to tell.

    Raises
    ------
    StoreError
        If two studies hold one cell with different counts.
    DamagedError
        If a folder holds no study.
    """
    for folder in folders:
        if not (folder / FILE).is_file():
            raise DamagedError(f"{folder} holds no study")
    with Study(out) as study:
        wanted = study.store.wanted()
        for folder in folders:
            study.store.take_all(folder / FILE)
            with Store(folder / FILE, read_only=True) as part:
                wanted = wanted or part.wanted()
        study.store.describe((), wanted)
        number = study.store.number()
    return f"{out}: {number} cells"
