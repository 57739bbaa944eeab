"""The manifest of a run: how its numbers came about, so that others can make them again."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sim.analysis.compare import Comparison
from sim.paper.waterfall import offence_groups
from sim.scenario.load import Scenario
from sim.study.cells import MODEL_VERSION

MANIFEST = "manifest.json"
PACKAGES = ("simpy", "numpy", "scipy", "pydantic", "ruamel.yaml", "typer", "rich", "pandas")


def manifest(comparison: Comparison, command: list[str], seconds: float) -> dict[str, object]:
    """Describe how a comparison came about: inputs and their hashes, seed, code, machine."""
    about = {
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
    return described(about, comparison.scenarios, command, seconds)


def described(
    about: Mapping[str, object],
    scenarios: Iterable[Scenario],
    command: list[str],
    seconds: float,
) -> dict[str, object]:
    """Add to what a result is about what all results have: scenarios, code, machine."""
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
        "code": _revision(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }


def waterfall_groups(comparison: Comparison) -> dict[str, list[str]]:
    """Columns of the waterfall table."""
    offences = comparison.scenarios[0].world.offences
    tags = {name: list(offence.tags) for name, offence in offences.items()}
    first = next(iter(comparison.outcomes.values()))
    return offence_groups(tags, first.groups)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _revision() -> dict[str, str | bool]:
    """Return the commit of the code, ``unknown`` without git."""
    here = Path(__file__).resolve().parent

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True,
                              check=True, timeout=10)  # fmt: skip
        return done.stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return {"commit": "unknown"}


def command_line() -> list[str]:
    """Return the command as it was typed, without the path of the program."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]
