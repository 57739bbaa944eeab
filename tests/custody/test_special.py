"""SciPy's special functions come without the rest of its package, and are the same functions."""

import subprocess
import sys

import pytest

ALONE = """
import sys
from sim.custody import special
assert "scipy.special" not in sys.modules and "numpy.f2py" not in sys.modules
import scipy.special, scipy.stats
for name in special.__all__:
    assert getattr(special, name) is getattr(scipy.special._ufuncs, name), name
assert scipy.special.gammainc(2.0, 1.0) == special.gammainc(2.0, 1.0)
assert scipy.stats.gamma(2.0).cdf(1.0) == special.gammainc(2.0, 1.0)
"""

AFTER = """
import scipy.special
from sim.custody import special
for name in special.__all__:
    assert getattr(special, name) is getattr(scipy.special._ufuncs, name), name
"""

NOT_ALONE = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        package = sys.modules.get("scipy.special")
        if name == "scipy.special._ufuncs_cxx" and not hasattr(package, "__file__"):
            raise ImportError("not alone")

sys.meta_path.insert(0, Refusing())
from sim.custody import special
assert "numpy.f2py" in sys.modules, "the whole package"
assert special.ndtr(0.0) == 0.5
"""


@pytest.mark.parametrize("code", [ALONE, AFTER, NOT_ALONE])
def test_the_functions_are_those_of_scipy(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def test_binomial_numbers_are_counted_right() -> None:
    from math import comb

    from sim.custody.special import binom

    for n in range(55):
        for k in range(n + 1):
            assert binom(n, k) == pytest.approx(comb(n, k), rel=1e-13)
