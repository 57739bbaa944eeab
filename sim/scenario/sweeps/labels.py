"""What the points of a grid are called: in words, where a reader sees them.

The key paths with the values written there are the point's coordinates, in every data file.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.scenario.tree import Tree

_READ = {"lists": "when lists close", "grant": "at the grant", "release": "on the release"}
_NAMES = {
    "thresholds_on": "thresholds read",
    "lists_due": "lists closed",
    "ordered": "ordered",
    "granted": "granted",
}
"""Keys that are no words, or of which a value says when."""
LAST = "value"


def in_words(path: Sequence[str], text: str, leaf: Tree) -> str:
    """Write what one axis sets: ``cap 20 per camp``, ``without education``, ``no cap``.

    Parameters
    ----------
    path
        The last keys of the axis, as many as tell it from the others.
    text, leaf
        The value as written and as read; null removes the key.
    """
    keys = [key for key in path if key != LAST] or list(path)
    name = _named(keys)
    if leaf.value is None or leaf.value is False:
        return f"without {name}"
    if leaf.value is True:
        return f"with {name}"
    if text == "none":
        return f"no {name}"
    if keys[-1] == "thresholds_on":
        text = _READ.get(text, text)
    return f"{name} {text}"


def _named(keys: Sequence[str]) -> str:
    """Name a key by itself, an entry of a list by its place, others by what they stand in."""
    last, above = keys[-1], keys[:-1]
    name = _NAMES.get(last, last.replace("_", " "))
    if last.isdecimal():
        name = f"entry {int(last) + 1}"
    return f"{name} of {_named(above)}" if above else name
