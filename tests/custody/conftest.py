"""The compiled kernel, for tests that need it and for tests that go both ways."""

import os

import pytest

from hatch_build import compiler
from sim.custody import kernel


def need_kernel():
    """Skip where nothing could be compiled; where it could be, that is a failure if none may be."""
    if kernel.compiled is None:
        strict = os.environ.get("AMNESTY_TESTS_SKIP_NOTHING") and compiler()
        if strict and os.environ.get("AMNESTY_KERNEL") != "none":
            pytest.fail(f"there is a C compiler, but {kernel.state}")
        pytest.skip(kernel.state)


@pytest.fixture(scope="module", params=["compiled", "numpy"])
def either_way(request):
    """The kernel, then NumPy in its place."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(kernel, "compiled", None)
        else:
            need_kernel()
        yield request.param


@pytest.fixture(scope="module")
def by_numpy():
    """NumPy in place of the kernel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", None)
        yield


@pytest.fixture(scope="module")
def calls():
    """The compiled functions."""
    need_kernel()
    return kernel.compiled
