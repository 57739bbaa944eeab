"""YAML files read into trees, with every mistake of what is no YAML, or not ours.

Composed, not constructed: dates stay text, and duplicate keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml
from yaml import (
    CollectionEndEvent,
    CollectionStartEvent,
    MappingNode,
    MarkedYAMLError,
    Node,
    ScalarNode,
    SequenceNode,
    YAMLError,
)

from sim.scenario.malformed import malformed
from sim.scenario.problems import Problem, ScenarioError, shown
from sim.scenario.tree import Scalar, Tree

TYPE_PREFIX = "tag:yaml.org,2002:"
DEEPEST = 100
"""A file nested deeper is refused; laws need a dozen levels."""
MOST = 200_000
"""A file of more values is refused: aliases of aliases can make billions of a few lines."""
TRUTH_WORDS = ("y", "yes", "n", "no", "on", "off", "true", "false")
_LONE = re.compile("[\ud800-\udfff]")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Reads every scalar as text: what it is, is said below, since older YAML takes `no` for false."""
_KINDS = {
    "null": re.compile("|~|null|Null|NULL"),
    "bool": re.compile("true|True|TRUE|false|False|FALSE"),
    "int": re.compile("[-+]?[0-9][0-9_]*"),
    "float": re.compile(r"[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?"),
}
"""Plain scalars that are no text, as in the core schema of YAML 1.2; the first that fits."""


def read_tree(path: Path, found: list[Problem] | None = None) -> Tree:
    """Read one YAML file.

    Parameters
    ----------
    path
        The file.
    found
        Collects mistakes that leave the rest readable, such as a repeated key; without it, they
        are raised.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is empty, is no UTF-8 text, is no YAML mapping, or repeats
        a key.
    """
    name = str(path)
    try:
        written = path.read_bytes()
    except IsADirectoryError:
        raise ScenarioError([Problem(name, 0, "", "is a folder; expected a YAML file")]) from None
    except FileNotFoundError:
        raise ScenarioError([Problem(name, 0, "", "no such file")]) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ScenarioError([Problem(name, 0, "", message)]) from None
    tree, problems = _parsed(name, written)
    if problems and found is None:
        raise ScenarioError(problems)
    if found is not None:
        found += problems
    return tree


@lru_cache(maxsize=64)
def _parsed(name: str, written: bytes) -> tuple[Tree, tuple[Problem, ...]]:
    """Read a file's bytes; several scenarios of one world read it once."""
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError([Problem(name, 0, "", "is no UTF-8 text; expected YAML")]) from None
    try:
        node = _composed(text)
    except MarkedYAMLError as error:
        raise ScenarioError([malformed(name, text, error)]) from None
    except (YAMLError, ValueError) as error:
        what = str(error).splitlines()[0]
        raise ScenarioError([Problem(name, 0, "", f"no YAML: {what}")]) from None
    if node is None:
        raise ScenarioError([Problem(name, 0, "", "is empty; expected a scenario or a world")])
    builder = _Builder(name, node)
    tree = builder.build(node, "", ())
    if not isinstance(tree.value, Mapping):
        message = "expected keys such as 'title:' and 'decrees:'"
        raise ScenarioError([*builder.problems, Problem(name, tree.line, "", message)])
    return tree, tuple(builder.problems)


def read_value(text: str, file: str) -> tuple[Tree, list[Problem]]:
    """Read a value written in one line, and what is wrong with it.

    Raises
    ------
    ValueError
        If it is no YAML.
    """
    try:
        node = _composed(text)
    except (YAMLError, UnicodeEncodeError):
        raise ValueError(f"no YAML: {shown(text)}; a bracket or a quote is not closed") from None
    if node is None:
        return Tree(None, file, 1), []
    builder = _Builder(file, node)
    return builder.build(node, "", ()), builder.problems


def _composed(text: str) -> Node | None:
    """Compose a text; the depth is looked at before, since compiled code dies of it."""
    depth = 0
    for event in yaml.parse(text, _LOADER):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise YAMLError("nested too deeply")
    return yaml.compose(text, _LOADER)


class _Builder:
    """Turns composed nodes into a `Tree` and collects what is wrong on the way."""

    def __init__(self, file: str, root: Node) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.shared = _shared(root)
        self.built = 0

    def build(self, node: Node, path: str, above: tuple[int, ...]) -> Tree:
        line = node.start_mark.line + 1
        self.built += 1
        if self.built > MOST:
            message = f"more than {MOST:,} values; an alias counts as all that it stands for"
            raise ScenarioError([Problem(self.file, line, path, message)])
        if id(node) in above:
            raise ScenarioError([Problem(self.file, line, path, "an alias that contains itself")])
        if isinstance(node, MappingNode):
            inside = self._mapping(node, path, (*above, id(node)))
            return Tree(inside, self.file, line, node.start_mark.column)
        if isinstance(node, SequenceNode):
            children = [
                self.build(child, f"{path}.{i}", (*above, id(node)))
                for i, child in enumerate(node.value)
            ]
            return Tree(children, self.file, line)
        assert isinstance(node, ScalarNode)
        return Tree(self._scalar(node, path), self.file, line)

    def _mapping(self, node: MappingNode, path: str, above: tuple[int, ...]) -> dict[str, Tree]:
        result: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._problem(line, path, "a key must be a word")
                continue
            key = self._text(key_node, path)
            here = f"{path}.{key}" if path else key
            if key in result:
                self._problem(line, here, f"the key {key!r} stands here twice; remove one")
            if node.flow_style and _is_missing(value_node):
                message = f"no value for {key!r}; within braces a text with a comma needs quotes"
                if ":" in key:
                    message = f"no value for {key!r}; a colon after a key needs a space behind it"
                self._problem(line, here, message)
                continue
            if "." in key:
                self._problem(line, here, f"a key has no dot, paths are written with dots: {key!r}")
            if key.lower() in TRUTH_WORDS:
                message = f"{key!r} is a word that some YAML readers take for true or false"
                self._problem(line, here, message)
            result[key] = self.build(value_node, here, above)
            if not isinstance(value_node, MappingNode | SequenceNode) or self._below(
                value_node, line
            ):
                result[key] = replace(result[key], line=line)
        return result

    def _scalar(self, node: ScalarNode, path: str) -> Scalar:
        text = self._text(node, path)
        tag = str(node.tag).removeprefix(TYPE_PREFIX)
        if tag != "str":
            self._problem(node.start_mark.line + 1, path, f"the tag {node.tag} is not used here")
        if node.style:
            return text
        match next((kind for kind, form in _KINDS.items() if form.fullmatch(text)), "str"):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text.replace("_", ""))
            case "float":
                return float(text.replace("_", ""))
        return text

    def _text(self, node: ScalarNode, path: str) -> str:
        """Return a scalar's text; YAML can escape half a surrogate pair, which nobody can write."""
        text = str(node.value)
        if not _LONE.search(text):
            return text
        written = text.encode("ascii", "backslashreplace").decode()
        message = f"holds half a character, which no file can hold: {written}"
        self._problem(node.start_mark.line + 1, path, message)
        return _LONE.sub("?", text)

    def _below(self, node: Node, line: int) -> bool:
        """Tell whether a value begins below its key; what is shared keeps where it stands."""
        return id(node) not in self.shared and node.start_mark.line + 1 > line

    def _problem(self, line: int, path: str, message: str) -> None:
        self.problems.append(Problem(self.file, line, path, message))


def _shared(root: Node) -> set[int]:
    """Find the nodes that stand in several places, as what an alias repeats does, by identity."""
    seen: set[int] = set()
    shared: set[int] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            shared.add(id(node))
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            pending += [part for pair in node.value for part in pair]
        elif isinstance(node, SequenceNode):
            pending += node.value
    return shared


def _is_missing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == "" and not node.style
