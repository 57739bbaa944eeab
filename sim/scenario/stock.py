"""Where the stock of day 0 comes from: a file of prisoners, or the decrees of the years before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sim.scenario.lengths import in_year
from sim.scenario.problems import Problem, dotted
from sim.scenario.tree import Scalar, Tree, replaced
from sim.scenario.world import World
from sim.scenario.written import without

SNAPSHOT = ("world", "stock", "snapshot")
SEASONED = ("world", "stock", "seasoned", "decrees")
NOT_OF_THE_PAST = ("stock", "earlier reductions", "crackdowns")
"""Keys of a world that the years before its start do not have."""


def with_stock(
    tree: Tree, found: list[Problem], decrees_of: Callable[[Tree, list[Problem]], Tree | None]
) -> Tree:
    """Complete what a world says of its stock: the hash of a file, the decrees of another.

    Parameters
    ----------
    tree
        A whole file after merging.
    found
        Collects what is wrong.
    decrees_of
        Reads the decrees of the file that a leaf names.
    """
    snapshot, decrees = tree.at(SNAPSHOT), tree.at(SEASONED)
    if snapshot is not None:
        tree = replaced(tree, SNAPSHOT, _hashed(snapshot, found))
    if decrees is not None and isinstance(decrees.value, str):
        other = decrees_of(decrees, found)
        if other is not None:
            return replaced(tree, SEASONED, other)
        world = tree.at(("world",))
        assert world is not None
        return replaced(tree, ("world",), without(world, "stock"))  # its mistake is told
    return tree


def _hashed(snapshot: Tree, found: list[Problem]) -> Tree:
    """Write where the file is, seen from here, and the SHA-256 of its bytes."""
    named = snapshot.at(("file",)) or snapshot
    if not isinstance(named.value, str):
        return snapshot
    beside = Path(named.file).parent / named.value
    path = beside if beside.is_file() else Path(named.value)
    stated = snapshot.at(("sha256",))
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        message = f"no such file: {named.value!r}, neither beside this one nor in this folder"
        found.append(Problem(named.file, named.line, dotted(SNAPSHOT), message))
        return snapshot
    if stated is not None and stated.value != digest:
        message = f"has changed: its SHA-256 is {digest}, not the one that is stated"
        found.append(Problem(stated.file, stated.line, dotted(SNAPSHOT), message))

    def leaf(value: Scalar) -> Tree:
        return replace(named, value=value)

    keys = dict(snapshot.value) if isinstance(snapshot.value, Mapping) else {}
    return replace(
        snapshot, value={**keys, "file": leaf(str(path)), "sha256": stated or leaf(digest)}
    )


def years_before(tree: Tree, world: World) -> Tree:
    """Return the file of the years before the start: the same world under the past decrees."""
    assert world.stock is not None
    assert world.stock.seasoned is not None
    whole, decrees = tree.at(("world",)), tree.at(SEASONED)
    assert whole is not None
    assert decrees is not None
    assert isinstance(whole.value, Mapping)
    first = in_year(world.start.year - world.stock.seasoned.years,
                    (world.start.month, world.start.day))  # fmt: skip
    kept = {key: part for key, part in whole.value.items() if key not in NOT_OF_THE_PAST}
    kept["start"] = replace(kept["start"], value=first.isoformat())
    top = {"title": Tree("The years before", tree.file, 1), "world": replace(whole, value=kept)}
    return Tree({**top, "decrees": decrees}, tree.file, 1)
