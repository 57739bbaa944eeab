"""Inner loops of the draws in C, where a library has been built; NumPy does the same elsewhere.

What is compiled is integer arithmetic that has nothing to do with the law. NumPy's code is the
definition; with the library and without it every number is the same.
"""

from sim.custody.kernel.calls import Calls
from sim.custody.kernel.library import open_library

_library, state = open_library()
compiled: Calls | None = None if _library is None else Calls(_library)
"""The compiled functions; None where NumPy does the work. `state` says which, and why."""
