"""Freed memory stays with the process that runs cells, where the C library can be told so."""

import platform
import subprocess
import sys

import pytest

MEGABYTES = """
import sys
from pathlib import Path
import numpy as np
from sim.study.memory import keep_freed_memory

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20

if sys.argv[1] == "keep":
    assert keep_freed_memory()
before = held()
pieces = [np.ones(2**23) for _ in range(4)]
del pieces
print(held() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
@pytest.mark.parametrize("asked", ["keep", "usual"])
def test_freed_memory_is_kept_when_asked(asked: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", MEGABYTES, asked], check=True, capture_output=True, text=True
    )
    assert (int(found.stdout) > 200) == (asked == "keep")
