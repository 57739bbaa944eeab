r"""Text in LaTeX: escaped, also against the traps of ``\\``.

A bracket or a star after it is taken as its option, so both are put in braces everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.scenario.graded import ASSUMPTION, DERIVED

_ESCAPED = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "{": r"\{", "}": r"\}",
    "[": "{[}", "]": "{]}", "*": "{*}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"{''}", "\N{MINUS SIGN}": "$-$", "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MULTIPLICATION SIGN}": r"$\times$", "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
}  # fmt: skip
_QUOTED = re.compile(r"(?<!\w)(['`])([^'`]*)['`](?!\w)")


def escaped(text: str) -> str:
    """Escape text for LaTeX; quotation marks are paired, dashes never joined."""
    text = "".join(c if c.isprintable() else " " for c in text)
    text = text.replace(">=", "\N{GREATER-THAN OR EQUAL TO}")
    text = text.replace("<=", "\N{LESS-THAN OR EQUAL TO}")
    text = _QUOTED.sub("\ue000\\2\ue001", text).replace("`", "\ue002")
    text = "".join(_ESCAPED.get(c, c) for c in text)
    text = re.sub(r"-(?=-)", "-{}", text)
    quotes = {"\ue000": "`", "\ue001": "'", "\ue002": r"\textasciigrave{}"}
    return "".join(quotes.get(c, c) for c in text)


def cited(keys: Sequence[str]) -> str:
    r"""Name sources with ``\cite``; what is assumed or derived is said in words."""
    said = [key for key in keys if key in (ASSUMPTION, DERIVED)]
    named = [key for key in keys if key not in said]
    return ", ".join(([f"\\cite{{{','.join(named)}}}"] if named else []) + said)


def figure_tex(name: str, caption: str, *, wide: bool) -> str:
    """Write a floating figure: the file, its caption and its label; as wide as a column or page."""
    kind = "figure*" if wide else "figure"
    return (
        f"\\begin{{{kind}}}[tp]\n\\centering\n\\includegraphics[width=\\linewidth]{{{name}}}\n"
        f"\\caption{{{escaped(caption)}}}\\label{{fig:{label_of(name)}}}\n\\end{{{kind}}}\n"
    )


def label_of(name: str) -> str:
    """Return a name as a label can have it: ASCII letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "table"
