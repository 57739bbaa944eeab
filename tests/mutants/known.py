"""Mutants that change nothing which anybody could see, each with the reason."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

from tests.mutants.mutations import Mutant

LIST = Path(__file__).with_name("equivalent.toml")


def known_to_be_equal(mutant: Mutant) -> str | None:
    """Why a mutant is known to change nothing that anybody could see; None if it is not.

    An entry names a file and what else narrows it: functions, what is changed, into what.
    """
    return next((str(one["why"]) for one in entries() if names(one, mutant)), None)


def names(one: dict[str, str | list[str]], mutant: Mutant) -> bool:
    """Say whether an entry names a mutant."""
    said = {
        "functions": _function_at(mutant.path, mutant.line),
        "before": mutant.before,
        "after": mutant.after,
    }
    return one["file"] == mutant.file and all(said[key] in one[key] for key in said if key in one)


@cache
def entries() -> list[dict[str, str | list[str]]]:
    """Return what is listed."""
    found = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]
    for one in found:
        for key in ("functions", "before", "after"):
            if isinstance(one.get(key), str):
                one[key] = [one[key]]
    return list(found)


def _function_at(path: Path, line: int) -> str:
    """Name of the innermost function around a line; nothing at the top of the file."""
    found = ""
    for first, last, name in _functions(path):
        if first <= line <= last:
            found = name
    return found


@cache
def _functions(path: Path) -> list[tuple[int, int, str]]:
    """First line, last line and name of every function, those within others after them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [(node.lineno, node.end_lineno or node.lineno, node.name)
             for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]  # fmt: skip
    return sorted(found)
