"""Finds the compiled library and opens it, unless it was built from another source.

The library is built when the package is (``hatch_build.py``), never when it is imported. It bears
the digest of its source, which has to be that of the file beside it.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).with_name("words.c")
SWITCH = "AMNESTY_KERNEL"
"""Set to ``none``, neither is a library built nor is one opened."""
COMPILED = "compiled"


def library_path() -> Path:
    """Return where the library for this kind of machine is."""
    return SOURCE.with_name(f"words-{sysconfig.get_platform()}.so")


def open_library(path: Path | None = None) -> tuple[ctypes.CDLL | None, str]:
    """Open the library; without one, say why there is none."""
    if os.environ.get(SWITCH) == "none":
        return None, f"NumPy ({SWITCH} is none)"
    path = library_path() if path is None else path
    if not path.exists():
        return None, "NumPy (no library was built)"
    try:
        library = ctypes.CDLL(str(path))
        library.kernel_source.restype = ctypes.c_char_p
        built_from = library.kernel_source().decode()
    except (OSError, AttributeError) as error:
        return None, f"NumPy (the library cannot be opened: {error})"
    if built_from != hashlib.sha256(SOURCE.read_bytes()).hexdigest():
        return None, "NumPy (the library was built from another source: install again)"
    return library, COMPILED
