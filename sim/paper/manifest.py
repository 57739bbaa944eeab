"""The manifest of a run: how its numbers came about, so that others can make them again."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.analysis.compare import Comparison
from sim.custody import kernel
from sim.paper.waterfall import offence_groups
from sim.scenario.scenario import Scenario
from sim.study.cells import MODEL_VERSION

MANIFEST = "manifest.json"
EPOCH = "SOURCE_DATE_EPOCH"
"""Variable of the environment that reproducible builds set: seconds since 1970."""
OF_THE_MAKING = frozenset(
    ["package_version", "command", "code", "python", "platform", "kernel", "packages", "finished",
     "seconds"]
)  # fmt: skip
"""Keys that tell how a study was made, and not what it is."""
PACKAGES = ("simpy", "numpy", "scipy", "pydantic", "pyyaml", "typer", "rich", "pandas")


def manifest(comparison: Comparison, command: list[str], seconds: float) -> dict[str, object]:
    """Describe how a comparison came about: inputs and their hashes, seed, code, machine."""
    return described(about_comparison(comparison), comparison.scenarios, command, seconds)


def about_comparison(comparison: Comparison) -> dict[str, object]:
    """Say what was compared; a comparison is asked again from this."""
    return {
        "kind": "comparison",
        "align": None if comparison.align is None else comparison.align.isoformat(),
        "seed": comparison.seed,
        "replications": comparison.replications,
        "assumption_replications": comparison.swing_replications,
        "baselines": list(comparison.baselines),
        "policies": list(comparison.policies),
        "windows": {
            name: {"from": window.date_of(window.origin_day).isoformat()}
            for name, window in comparison.windows.items()
        },
        "tables_sha256": comparison.digests,
        "groups": waterfall_groups(comparison),
    }


def described(
    about: Mapping[str, object],
    scenarios: Iterable[Scenario],
    command: list[str],
    seconds: float,
) -> dict[str, object]:
    """Add to what a result is about what all results have: scenarios, code, machine.

    Where ``SOURCE_DATE_EPOCH`` is set, so that the same study gives the same bytes, that is the
    time, and nothing is said of commit, machine, Python and duration.
    """
    made = stated_time()
    here: dict[str, object] = {
        "code": _revision(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "kernel": kernel.state,
        "seconds": round(seconds, 1),
    }
    return {
        "format": 1,
        "model_version": MODEL_VERSION,
        "package_version": _version("amnesty-sim"),
        "command": command,
        **about,
        "generator": "Philox4x64-10, one address per draw",
        "scenarios": {
            s.name: {
                "title": s.title,
                "sha256": s.address,
                "world": s.world.name,
                **({"prisoners": s.prisoners.digest} if s.prisoners else {}),
            }
            for s in scenarios
        },
        **(here if made is None else {}),
        "packages": {name: _version(name) for name in PACKAGES},
        "finished": (made or datetime.now(UTC)).isoformat(timespec="seconds"),
    }


def stated_time() -> datetime | None:
    """Return the time that ``SOURCE_DATE_EPOCH`` states; None where it is not set.

    Raises
    ------
    ValueError
        If it is no number of seconds.
    """
    text = os.environ.get(EPOCH)
    if text is None:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"expected seconds since 1970; found {text!r}") from None


def waterfall_groups(comparison: Comparison) -> dict[str, list[str]]:
    """Columns of the waterfall table."""
    offences = comparison.scenarios[0].world.offences
    tags = {name: list(offence.tags) for name, offence in offences.items()}
    first = next(iter(comparison.outcomes.values()))
    return offence_groups(tags, first.groups)


def versions() -> str:
    """Name the versions of program and model, which decide what a cell is."""
    return f"amnesty {_version('amnesty-sim')}, model version {MODEL_VERSION}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _revision(file: Path = Path(__file__)) -> dict[str, str | bool]:
    """Return the commit of the code, ``unknown`` without git or where git does not keep the code.

    A package installed below the repository of a paper is no part of that repository.
    """
    here = file.resolve().parent

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True,
                              check=True, timeout=10)  # fmt: skip
        return done.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", file.name)
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return {"commit": "unknown"}


def command_line() -> list[str]:
    """Return the command as it was typed, without the path of the program."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]
