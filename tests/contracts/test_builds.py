"""What is built holds the kernel where there is a compiler, and is whole where there is none."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(__file__).parents[2]
WITHOUT = {"AMNESTY_KERNEL": "none"}
PARTS = ("LICENSE", "README.md", "hatch_build.py", "pyproject.toml", "scenarios", "sim")


def run(*words, cwd, **environment):
    done = subprocess.run(
        words, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path):
    """A copy of what is built, with what an earlier build has left."""
    for name in PARTS:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.so")
            shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    return tmp_path


def wheel(tree, **environment):
    told = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", cwd=tree, **environment)
    (made,) = (tree / "dist").glob("*.whl")
    inside = tree / "inside"
    with zipfile.ZipFile(made) as archive:
        archive.extractall(inside)
    made.unlink()
    state = run(
        sys.executable, "-c", "from sim.custody import kernel; print(kernel.state)",
        cwd=inside, PYTHONPATH=str(inside),
    )  # fmt: skip
    return made.name, [one.name for one in inside.rglob("kernel/words*")], state.strip(), told


def test_a_wheel_with_the_kernel(tree):
    if hatch_build.compiler() is None or os.environ.get("AMNESTY_KERNEL") == "none":
        pytest.skip("nothing can be compiled")
    name, found, state, _ = wheel(tree)
    library = f"words-{sysconfig.get_platform()}.so"
    assert sorted(found) == sorted([library, "words.c"])
    assert state == "compiled"
    assert "-py3-none-" in name
    assert not name.endswith("-any.whl")


def test_a_wheel_without_a_compiler_is_for_any_machine(tree):
    stale = tree / "sim" / "custody" / "kernel" / f"words-{sysconfig.get_platform()}.so"
    stale.write_bytes(b"of an earlier build")
    name, found, state, told = wheel(tree, **WITHOUT)
    assert name.endswith("-py3-none-any.whl")
    assert found == ["words.c"]
    assert state == "NumPy (no library was built)" or WITHOUT.items() <= os.environ.items()
    assert "no kernel is compiled" in told


def test_a_source_archive_holds_what_builds_it(tree):
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", cwd=tree)
    (made,) = (tree / "dist").glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = {"/".join(name.split("/")[1:]) for name in archive.getnames()}
    assert {"hatch_build.py", "pyproject.toml", "sim/custody/kernel/words.c"} <= names
    assert not [name for name in names if name.endswith(".so")]
