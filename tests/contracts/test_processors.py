"""The same tables and the same cells on a processor that can do less."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import hashlib
import sys
import numpy as np
from sim.custody.model import simulate
from sim.custody.prisons import prisons
from sim.custody.columns import DTYPES
from sim.custody.streams import Draws
from tests.theory.worlds import busy_world, customary, decree, extreme_world, scenario, shipped

worlds = [shipped("dprk", 36_000), shipped("reference work", 100_000)]
worlds += [scenario(busy_world(), {"p": decree(), "c": customary()})]
for number, made in enumerate(worlds):
    tables = prisons(made)
    print(made.name, tables.digest())
    if number != 1:
        cell = simulate(made, tables, Draws(7, 1))
        digest = hashlib.sha256()
        for name in DTYPES:
            digest.update(getattr(cell.register, name).tobytes())
        for name, series in sorted(cell.record.series.items()):
            digest.update(name.encode() + series.tobytes())
        for key, counts in sorted(cell.record.waterfalls.items()):
            digest.update(repr(key).encode() + counts.tobytes())
        print(made.name, digest.hexdigest())
print(len(np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])), file=sys.stderr)
"""


def fingerprint(**environment: str) -> tuple[str, int]:
    """Digests of tables and cells, and the number of features that NumPy found."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, int(done.stderr.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def here() -> tuple[str, int]:
    return fingerprint()


@pytest.mark.slow
def test_without_the_optional_instructions(here):
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if not found:
        pytest.skip("NumPy dispatches to no optional instructions of this processor")
    plain, left = fingerprint(NPY_DISABLE_CPU_FEATURES=" ".join(found), PYTHONHASHSEED="1")
    assert left == 0
    assert plain == here[0]


@pytest.mark.slow
def test_without_the_compiled_kernel(here):
    assert fingerprint(AMNESTY_KERNEL="none") == here


@pytest.mark.slow
def test_with_other_kernels_for_sums_of_products(here):
    """BLAS chooses its kernels by the processor; the name is ignored where it means nothing."""
    assert fingerprint(OPENBLAS_CORETYPE="Prescott", OPENBLAS_NUM_THREADS="1") == here
