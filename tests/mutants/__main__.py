"""Run as ``python -m tests.mutants``; what other processes call stands in a module of its own."""

import importlib
import sys

from tests.mutants.run import main

if __name__ == "__main__":
    for heavy in ("numpy", "scipy.optimize", "pydantic", "yaml", "simpy", "pandas"):
        importlib.import_module(heavy)
    sys.exit(main())
