"""The command as users call it, and the small prisons on which it is tried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from typer.testing import CliRunner, Result

from sim.cli import app

FILES = Path(__file__).parent / "files"
PROGRAM = (sys.executable, "-c", "from sim.cli import main; main()")
ROOT = Path(__file__).parents[2]


def amnesty(*words: object) -> Result:
    """Run the command in this process; any traceback fails the test."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def file(name: str) -> Path:
    """Return a file of the small prisons."""
    return FILES / f"{name}.yaml"


def files(*names: str) -> list[Path]:
    """Return several of them."""
    return [file(name) for name in names]


def copies(folder: Path, *names: str) -> Path:
    """Copy the small prisons and some of their policies into a folder."""
    for name in ("prisons", *names):
        shutil.copy(file(name), folder)
    return folder


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Replace a passage of a copied file, once."""
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment with the package found, without colours or a terminal."""
    plain = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR")}
    return {**plain, "PYTHONPATH": str(ROOT), **more}


def program(words: Sequence[object], **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, words)],
        capture_output=True, text=True, encoding="utf-8", env=environment(**more), timeout=120,
        check=False,
    )  # fmt: skip
