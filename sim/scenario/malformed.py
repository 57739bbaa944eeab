"""What to mend in a file that is no YAML: the reader's own message, and what usually lies behind.

The compiled reader says where it lost its way, in words for those who wrote it.
"""

from __future__ import annotations

import re

from yaml import MarkedYAMLError

from sim.scenario.problems import Problem

_HINTS = {
    r"mapping values are not allowed": (
        "a text that holds ': ' needs quotes, and a key stands on a line of its own, as deep as "
        "those beside it"
    ),
    r"did not find expected key|expected <block end>": (
        "a line stands deeper or less deep than those beside it, or a quote within a quoted text "
        "ends it"
    ),
    r"expected comment or line break|chomping or indentation": (
        "a text that begins with '>' or '|' needs quotes, such as \">= 5 years\""
    ),
    r"expected ',' or '[]}]'": "what is opened{where} is not closed, or a comma is missing",
    r"unexpected end of stream": "the quote that is opened{where} is not closed",
    r"undefined alias": (
        "a text that begins with '*' needs quotes; else it repeats what '&' names above"
    ),
    r"another document": "'---' begins a second file; write two files",
    r"could not find expected ':'": "a key needs a colon and a space after it",
    r"block sequence entries": "'- ' begins an entry of a list, on a line of its own below its key",
    r"Unicode character escape": "it holds half a character, which no file can hold",
}
"""What is said behind a message, by what stands in it."""
_SPACE = "a tab stands here; write spaces"
_SIGN = "a text that begins with {sign!r} needs quotes, such as {example}"


def malformed(name: str, text: str, error: MarkedYAMLError) -> Problem:
    """Say where a text is no YAML, in the reader's words, and what to mend."""
    mark = error.problem_mark
    line = mark.line + 1 if mark else 0
    said = str(error.problem)
    hint = _hint(said, _at(text, line - 1, mark.column) if mark else "", _where(error, line))
    return Problem(name, line, "", f"no YAML: {said}" + (f": {hint}" if hint else ""))


def _hint(said: str, sign: str, where: str) -> str:
    """Return what usually lies behind a message; empty where nothing is known."""
    if "cannot start any token" in said:
        example = '">= 5 years"' if sign in (">", "|") else f'"{sign}…"'
        return _SPACE if sign == "\t" else _SIGN.format(sign=sign, example=example)
    found = next((hint for words, hint in _HINTS.items() if re.search(words, said)), "")
    return found.format(where=where)


def _at(text: str, line: int, column: int) -> str:
    """Return the character at a place, empty beyond the end."""
    lines = text.split("\n")
    return lines[line][column : column + 1] if line < len(lines) else ""


def _where(error: MarkedYAMLError, line: int) -> str:
    """Name the line on which began what the reader was reading, if it is another one."""
    began = error.context_mark.line + 1 if error.context_mark else line
    return f" on line {began}" if began != line else " here"
