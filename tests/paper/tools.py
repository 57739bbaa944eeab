"""Programs that some tests need and that are not Python's."""

import os
import shutil

import pytest

ALL_THERE = "AMNESTY_TESTS_SKIP_NOTHING"
"""Set where every tool was installed: a test that cannot find its own fails."""


def need(*tools: str) -> None:
    """Skip a test where a tool is not installed; fail it where all should be."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if not missing:
        return
    told = f"not installed: {', '.join(missing)}"
    if os.environ.get(ALL_THERE):
        pytest.fail(told)
    pytest.skip(told)
