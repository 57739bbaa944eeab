"""Compiles the kernel when the package is built; without a C compiler the package goes without.

A wheel with the library inside is for one kind of machine and any Python; one without is for all.
An editable install leaves the library beside its source.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("sim", "custody", "kernel")
FLAGS = (
    "-std=c11",
    "-O3",
    "-fPIC",
    "-shared",
    "-fvisibility=hidden",
    "-fwrapv",
    "-ffp-contract=off",
)


class CompiledKernel(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the library before the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the library into the wheel; an editable install needs no more."""
        if self.target_name != "wheel":
            return
        library = Path(self.root) / FOLDER / f"words-{sysconfig.get_platform()}.so"
        why = failure(Path(self.root) / FOLDER / "words.c", library)
        if why:
            self.app.display_warning(f"no kernel is compiled, NumPy does its work: {why}")
        elif version != "editable":
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["artifacts"].append(f"/{(FOLDER / library.name).as_posix()}")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform}"


def failure(source: Path, library: Path) -> str | None:
    """Compile a library, unless it is there; say why it cannot be, else None.

    The library is replaced at one stroke: who has opened the old one keeps it.
    """
    if os.environ.get("AMNESTY_KERNEL") == "none":
        return "AMNESTY_KERNEL is none"
    command = compiler()
    if command is None:
        return "no C compiler was found"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        built = Path(folder) / library.name
        words = [*command, *FLAGS, f'-DSOURCE="{digest}"', str(source), "-o", str(built)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        except OSError as error:
            return str(error)
        if done.returncode or not built.exists():
            return (done.stderr.strip().splitlines() or ["the compiler failed"])[0]
        built.replace(library)
    return None


def compiler() -> list[str] | None:
    """Return the command of a C compiler: of ``CC``, of Python's own, or one that is there."""
    for command in (os.environ.get("CC"), sysconfig.get_config_var("CC"), "cc", "gcc", "clang"):
        words = shlex.split(command) if command else []
        if words and shutil.which(words[0]):
            return words
    return None
