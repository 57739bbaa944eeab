"""Axes of a sweep: key paths with values, as a user writes them, laid into a merged file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sim.scenario.problems import Problem, ScenarioError, dotted, nearest
from sim.scenario.tree import Tree, merged
from sim.scenario.vocabulary import NAMED
from sim.scenario.yaml_files import read_value

OPTION = "--vary"
CHANGEABLE = ("world", "decrees", "measured from")
"""Top keys of a file that a variant may change; the others decide no result."""
LONGEST_LABEL = 80
OF_A_VALUE = ("value", "low", "high", "grade", "source")
"""Keys that say nothing without what they are of."""
_NAMED_IN_WORLD = (*(("world", *path) for path in NAMED), ("world", "ages at offence"))
_NAMED_IN_DECREE = ("clauses", "exclude")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^.=]*))\s*""")
_PLAIN = re.compile(r"~|[-+.]?\w[\w.+-]*")
_IN_WORDS = ((">=", "at least "), ("<=", "at most "), ("==", ""), (">", "over "), ("<", "under "))
_SIGNS = str.maketrans("", "", "\"'[]{}")
_UNFIT = re.compile(r"[^\w .,%=+()-]+")


@dataclass(frozen=True)
class Axis:
    """A key path and the values that it takes, each as written and as read."""

    path: tuple[str, ...]
    points: tuple[tuple[str, Tree], ...]

    @property
    def name(self) -> str:
        """The path with dots, keys quoted where they contain one."""
        return ".".join(f'"{key}"' if set(key) & set(".=") else key for key in self.path)

    def problem(self, message: str) -> Problem:
        """Return a mistake located where the axis is written."""
        leaf = self.points[0][1]
        return Problem(leaf.file, leaf.line, self.name, message)


def vary(text: str) -> Axis:
    """Read an axis such as ``decrees.party-75th.cap=none,20 per camp,100 per camp``.

    Keys may be quoted (those that contain a dot or ``=`` must be), values too; a comma within
    quotes, brackets or braces does not separate. Values are YAML scalars, or lists and mappings
    within a line; a comparison needs no quotes; ``null`` removes the key.

    Raises
    ------
    ScenarioError
        If the text is no path with values.
    """
    written = text.encode("utf-8", "backslashreplace").decode()
    try:
        if written != text:
            raise ValueError("holds half a character, which no file can hold")
        path, rest = keys(text)
        if not rest.startswith("="):
            raise ValueError("expected a path and its values, such as 'world.held=20000,70000'")
        points = [(piece.strip(), _value(piece.strip())) for piece in _pieces(rest[1:])]
    except ValueError as error:
        raise ScenarioError([Problem(OPTION, 0, written, str(error))]) from None
    return Axis(path, tuple(points))


def keys(text: str) -> tuple[tuple[str, ...], str]:
    """Read a dotted path; return its keys and what follows it.

    Raises
    ------
    ValueError
        If a key is empty.
    """
    found, at = [], 0
    while True:
        match = _KEY.match(text, at)
        assert match is not None
        key = next(group for group in match.groups() if group is not None).strip()
        if not key:
            raise ValueError(f"an empty key; a path is written such as 'world.held', not {text!r}")
        found.append(key)
        at = match.end() + 1
        if text[match.end() : at] != ".":
            return tuple(found), text[match.end() :]


def _pieces(text: str) -> Iterator[str]:
    """Split at the commas outside quotes, brackets and braces."""
    start, depth, quote, before = 0, 0, "", ","
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and before != "\\" else quote
        elif sign in "'\"" and (before in ",[{:" or before == sign):
            quote = sign  # elsewhere an apostrophe
        elif sign in "[{" and (depth or before == ","):
            depth += 1
        elif sign in "]}" and depth:
            depth -= 1
        elif sign == "," and not depth:
            yield text[start:at]
            start = at + 1
        before = before if sign == " " and not quote else sign
    yield text[start:]


def _value(text: str) -> Tree:
    """Read a value; what would be a sign of YAML in a file, such as ``>=``, is text here."""
    if not text:
        raise ValueError("an empty value; write null to remove the key, '' for an empty text")
    if text[0] not in "'\"[{" and not _PLAIN.fullmatch(text):
        return Tree(text, OPTION, 0)
    tree, problems = read_value(text, OPTION)
    if problems:
        raise ValueError("; ".join(problem.message for problem in problems))
    return tree


def placed(tree: Tree, file: str) -> Tree:
    """Return the same value as if it stood in a file, on no line."""
    if isinstance(tree.value, Mapping):
        return Tree({key: placed(child, file) for key, child in tree.value.items()}, file, 0)
    if isinstance(tree.value, Sequence) and not isinstance(tree.value, str):
        return Tree([placed(child, file) for child in tree.value], file, 0)
    return Tree(tree.value, file, 0)


def lay(tree: Tree, path: Sequence[str], leaf: Tree) -> Tree:
    """Return the tree with `leaf` at `path`; null removes the key.

    Where a graded value stands its ``value`` is replaced; a mapping is laid over a mapping. What
    the path names beyond the tree is made; a bare value becomes a graded one for that.
    """
    if not path:
        graded = isinstance(tree.value, Mapping) and "value" in tree.value
        if graded and not isinstance(leaf.value, Mapping):
            return lay(tree, ("value",), leaf)
        return merged(tree, leaf)
    key, rest = path[0], path[1:]
    if isinstance(tree.value, list | tuple):
        entries = dict(enumerate(tree.value))
        below = entries.pop(int(key))
        if rest or leaf.value is not None:
            entries[int(key)] = lay(below, rest, leaf)
        return Tree([entries[at] for at in sorted(entries)], tree.file, tree.line)
    children = dict(tree.value) if isinstance(tree.value, Mapping) else {"value": tree}
    if rest or leaf.value is not None:
        children[key] = lay(children.get(key, Tree({}, leaf.file, leaf.line)), rest, leaf)
    else:
        del children[key]
    return Tree(children, tree.file, tree.line)


def astray(tree: Tree, axes: Sequence[Axis]) -> Iterator[Problem]:
    """List axes that lie within one another, and paths that lead nowhere."""
    for one, other in combinations(axes, 2):
        length = min(len(one.path), len(other.path))
        if one.path[:length] == other.path[:length]:
            where = "is varied twice" if one.path == other.path else f"meets {one.name!r}"
            yield other.problem(f"{where}; one axis for each value")
    for axis in axes:
        if axis.path[0] not in CHANGEABLE:
            found = nearest(axis.path[0], CHANGEABLE)
            yield axis.problem(f"no key {axis.path[0]!r} that decides a result: {found}")
        else:
            for _, leaf in axis.points:
                message = _nowhere(tree, axis.path, leaf)
                if message is not None:
                    yield axis.problem(message)


def _nowhere(tree: Tree, path: Sequence[str], leaf: Tree) -> str | None:
    """Say at which key a path leaves the file, unless the language may allow it there.

    Keys of the language are left to the check of the changed file; names (of decrees, clauses,
    camps …) are the file's own, so that only an entry as a whole can be new.
    """
    here = tree
    for known, key in enumerate(path):
        inside = here.value
        if isinstance(inside, list | tuple):
            if not (key.isdecimal() and int(key) < len(inside)):
                where = f"{dotted(path[:known])!r}, which has {len(inside)}"
                return f"no entry {key!r} under {where}, counted from 0"
            here = inside[int(key)]
            continue
        children = inside if isinstance(inside, Mapping) else {"value": here}
        if key in children:
            here = children[key]
            continue
        last = known == len(path) - 1
        new = last and isinstance(leaf.value, Mapping)
        if leaf.value is None or (_names(path[:known]) and not new):
            where = f" under {dotted(path[:known])!r}" if known else ""
            return f"no key {key!r}{where}: {nearest(key, children)}"
        return None
    return None


def _names(above: Sequence[str]) -> bool:
    """Tell whether the keys below a path are names that the file chooses."""
    in_decree = len(above) == 3 and above[0] == "decrees" and above[2] in _NAMED_IN_DECREE
    return in_decree or tuple(above) in (*_NAMED_IN_WORLD, ("decrees",))


def last_keys(axes: Sequence[Axis]) -> list[tuple[str, ...]]:
    """Return of each axis as few of its last keys as tell it from the others."""
    names = []
    for axis in axes:
        others = [other.path for other in axes if other is not axis]
        length = 2 if axis.path[-1] in OF_A_VALUE or axis.path[-1].isdecimal() else 1
        while length < len(axis.path) and any(
            other[-length:] == axis.path[-length:] for other in others
        ):
            length += 1
        names.append(axis.path[-length:])
    return names


def flat(value: object) -> str:
    """Write a value in one line, as on the command line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flat(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flat, value)) + "]"
    return str(value)


def in_label(text: str, leaf: Tree) -> str:
    """Write a value for a label: of a graded one the value alone."""
    value = leaf.at(("value",))
    return text if value is None else flat(value.plain())


def fit(text: str, taken: Sequence[str]) -> str:
    """Make a label fit for a file name and a column, and unlike those taken.

    Comparisons are put into words, other signs that a file system may refuse become hyphens.
    """
    for sign, words in _IN_WORDS:
        text = re.sub(rf"{sign}\s*", words, text)
    text = " ".join(_UNFIT.sub("-", text.translate(_SIGNS)).split())
    text = text[:LONGEST_LABEL].strip(" .") or "variant"
    known, number, label = {name.casefold() for name in taken}, 1, text
    while label.casefold() in known:
        number += 1
        label = f"{text} ({number})"
    return label
