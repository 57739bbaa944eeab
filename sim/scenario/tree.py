"""Files as trees that remember the file and line of every leaf, and variants laid over them.

A variant is merged key by key over the file that it extends (``null`` removes a key). What stands
below ``instead`` is itself a variant, kept whole until it is laid over its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sim.scenario.problems import Problem, nearest

PATCH = "instead"
Scalar = str | int | float | bool | None
Place = tuple[str | int, ...]
"""A path of keys."""


@dataclass(frozen=True)
class Tree:
    """A value of a file with its place: mapping, sequence or scalar."""

    value: Mapping[str, Tree] | Sequence[Tree] | Scalar
    file: str
    line: int
    column: int = 0

    def plain(self) -> object:
        """Return the same data without places."""
        if isinstance(self.value, Mapping):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return [child.plain() for child in self.value]
        return self.value

    def at(self, path: Sequence[str | int]) -> Tree | None:
        """Return the subtree at a path of keys, or None."""
        here: Tree = self
        for key in path:
            if isinstance(here.value, Mapping) and key in here.value:
                here = here.value[str(key)]
            elif isinstance(here.value, list | tuple) and isinstance(key, int):
                if key >= len(here.value):
                    return None
                here = here.value[key]
            else:
                return None
        return here

    def place(self, path: Sequence[str | int]) -> Tree:
        """Return the deepest existing subtree on the way along a path."""
        for length in range(len(path), 0, -1):
            found = self.at(path[:length])
            if found is not None:
                return found
        return self

    def files(self) -> frozenset[str]:
        """Name the files from which the values come."""
        children: Iterable[Tree] = ()
        if isinstance(self.value, Mapping):
            children = self.value.values()
        elif isinstance(self.value, list | tuple):
            children = self.value
        return frozenset((self.file,)).union(*(child.files() for child in children))

    def mappings(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tree]]:
        """Walk all mappings in file order, with their paths."""
        if isinstance(self.value, Mapping):
            yield path, self
            for key, child in self.value.items():
                yield from child.mappings((*path, key))


def merged(
    base: Tree, over: Tree, found: list[Problem] | None = None, path: tuple[str, ...] = ()
) -> Tree:
    """Lay `over` on `base`, key by key; a key set to null is removed.

    Parameters
    ----------
    base, over
        The file below and the file above.
    found
        Collects a problem for each null that removes nothing.
    path
        Where the two trees stand in their files.
    """
    if not (isinstance(base.value, Mapping) and isinstance(over.value, Mapping)):
        return over
    result = dict(base.value)
    for key, child in over.value.items():
        here = (*path, key)
        if child.value is None:
            if key not in result and found is not None:
                meant = nearest(key, base.value)
                if not meant.endswith("?"):
                    meant = "leave out a key of which nothing is said"
                message = f"null removes nothing: {meant}"
                found.append(Problem(child.file, child.line, ".".join(here), message))
            result.pop(key, None)
        elif key == PATCH:
            result[key] = child
        else:
            below = result.get(key, Tree({}, child.file, child.line))
            result[key] = merged(below, child, found, here)
    return replace(over, value=result)


def replaced(tree: Tree, path: Sequence[str], leaf: Tree) -> Tree:
    """Return the tree with the subtree at `path` replaced by `leaf`."""
    if not path:
        return leaf
    assert isinstance(tree.value, Mapping)
    child = replaced(tree.value[path[0]], path[1:], leaf)
    return replace(tree, value={**tree.value, path[0]: child})


def from_plain(data: object, file: str) -> Tree:
    """Return plain data as a tree whose leaves all stand on line 1 of a file."""
    if isinstance(data, Mapping):
        return Tree({str(key): from_plain(child, file) for key, child in data.items()}, file, 1)
    if isinstance(data, list | tuple):
        return Tree([from_plain(child, file) for child in data], file, 1)
    assert data is None or isinstance(data, str | int | float)
    return Tree(data, file, 1)


def apart(tree: Tree, shared: Mapping[Place, int]) -> Tree:
    """Give every part of a tree a column of its own, but for places that share one by its number.

    Parts that stand at one place of a file are one statement, as an alias is. What stands below
    ``instead`` is known by the place at which it will be laid.
    """
    own = count(1 + max(shared.values(), default=0))

    def placed(part: Tree, path: Place) -> Tree:
        known = path[3:] if path[:1] == ("rests on",) and path[2:3] == (PATCH,) else path
        value = part.value
        if isinstance(value, Mapping):
            value = {key: placed(child, (*path, key)) for key, child in value.items()}
        elif isinstance(value, list | tuple):
            value = [placed(child, (*path, i)) for i, child in enumerate(value)]
        return replace(part, value=value, column=shared.get(known) or next(own))

    return placed(tree, ())
