"""SciPy's special functions, without the rest of its package.

`scipy.special` makes each of its functions fit for other array libraries and for that loads parts
of NumPy, among them a compiler of Fortran, that nobody asks for here: a sixth of the time of
checking a file. The compiled module of the functions needs none of it. Where it cannot be loaded
alone, the package is imported as usual: the functions are the same.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["bdtr", "binom", "gammainc", "ndtr", "stdtr", "stdtrit"]

PACKAGE = "scipy.special"


def _load_alone() -> None:
    """Load the compiled functions before their package, which then finds them there."""
    found = find_spec(PACKAGE)
    if PACKAGE in sys.modules or found is None or found.submodule_search_locations is None:
        return
    alone = ModuleType(PACKAGE)
    alone.__path__ = found.submodule_search_locations
    sys.modules[PACKAGE] = alone
    try:
        import_module(f"{PACKAGE}._ufuncs")
    except ImportError:  # the import below says what is missing
        pass
    finally:
        del sys.modules[PACKAGE]


if TYPE_CHECKING:
    from scipy.special import bdtr, binom, gammainc, ndtr, stdtr, stdtrit
else:
    _load_alone()
    try:
        from scipy.special._ufuncs import bdtr, binom, gammainc, ndtr, stdtr, stdtrit
    except ImportError:
        from scipy.special import bdtr, binom, gammainc, ndtr, stdtr, stdtrit
