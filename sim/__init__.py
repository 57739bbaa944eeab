"""A discrete-event simulation of a prison population under amnesty policies.

``sim.load`` reads a scenario, ``sim.simulate`` runs one cell, ``sim.compare`` runs a comparison and
keeps its cells where a folder is given; ``sim.frames`` turns its result into data frames. A
``sim.Study`` is such a folder.
"""

from importlib import import_module

__all__ = ["Study", "compare", "frames", "load", "simulate"]
_PLACES = {
    "load": "sim.scenario.load",
    "simulate": "sim.study.execute",
    "Study": "sim.study.study",
    "compare": "sim.analysis.compare",
    "frames": "sim.paper.frames",
}


def __getattr__(name: str) -> object:
    """Import a room when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
