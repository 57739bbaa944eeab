"""A law in words as LaTeX, for the methods section: headings, paragraphs, items, citations."""

from __future__ import annotations

import re
from collections.abc import Collection

from sim.paper.tex import cited, escaped
from sim.scenario.words.explanation import CITED, Section

HEADINGS = ("section", "subsection", "paragraph", "paragraph")
_QUOTES = {"\N{LEFT DOUBLE QUOTATION MARK}": "``", "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
           "\N{LEFT SINGLE QUOTATION MARK}": "`",
           "\N{RIGHT SINGLE QUOTATION MARK}": "'"}  # fmt: skip


def law_tex(section: Section, sources: Collection[str], depth: int = 0) -> str:
    r"""Return a section as LaTeX for ``\input``: unnumbered headings, sources cited by key.

    Parameters
    ----------
    sources
        Keys of the bibliography; a key in brackets that is not among them stays as it is.
    depth
        0 starts with ``\section*``, 1 with ``\subsection*``.
    """
    command = HEADINGS[min(depth, len(HEADINGS) - 1)]
    blocks = [f"\\{command}*{{{_plain(section.heading, sources)}}}"]
    paragraphs = [_plain(text, sources) for text in section.paragraphs]
    if command == "paragraph" and paragraphs:
        blocks = [f"{blocks[0]} {paragraphs[0]}", *paragraphs[1:]]
    else:
        blocks += paragraphs
    if section.items:
        items = "\n".join(f"  \\item {_plain(text, sources)}" for text in section.items)
        blocks.append(f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}")
    blocks += [_plain(text, sources) for text in section.closing]
    blocks += [law_tex(one, sources, depth + 1).rstrip() for one in section.sections]
    return "\n\n".join(blocks) + "\n"


def _plain(text: str, sources: Collection[str]) -> str:
    """Escape a text, its citations apart."""
    parts = re.split(f"({CITED.pattern.replace('(', '(?:')})", text)
    return "".join(
        cited([part[1:-1]]) if CITED.fullmatch(part) and part[1:-1] in sources else _quoted(part)
        for part in parts
    )


def _quoted(text: str) -> str:
    return "".join(_QUOTES.get(sign, sign) for sign in escaped(text))
