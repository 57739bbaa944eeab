"""Column types of LaTeX: numbers aligned at the point, words broken where there is no room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sim.paper.numbers import plain
from sim.paper.sheet import GAP, HEADING, Sheet, Slot, broken
from sim.paper.tex import cited

NARROWEST = 6
"""Characters that a column of words has at least."""
LONGEST = 24
"""Longer words have to be broken."""


def column_types(sheet: Sheet, width: float) -> str:
    """Write the column types; words share the room that numbers leave."""
    pairs = list(zip(sheet.widths, sheet.aligns, strict=True))
    room = width - sum(w for w, align in pairs if align != "words") - GAP * (len(pairs) + 1)
    wide = [at for at, (_, align) in enumerate(pairs) if align == "words"]
    full = {-1: sheet.label_width, **{at: sheet.widths[at] for at in wide}}
    shares = full if sum(full.values()) <= room else _shares(sheet, full, room)
    types = [_words(full[-1], shares[-1], width, hang_em=2) if wide else "l"]
    firsts = _firsts(sheet)
    for at, align in enumerate(sheet.aligns):
        if at in firsts:
            types.append("!{\\hspace{4pt}}")
        if align == "number":
            types.append(f"S[table-format={_format(_texts(sheet, at))}]")
        else:
            types.append(_words(full[at], shares[at], width) if align == "words" else "c")
    return "@{}" + "".join(types) + "@{}"


def _firsts(sheet: Sheet) -> set[int]:
    """Return where columns of several on paper begin: they stand a little apart."""
    found, at = set(), 0
    for head in sheet.heads:
        if head.span > 1:
            found.add(at)
        at += head.span
    return found


def _words(wanted: float, share: float, width: float, hang_em: int = 1) -> str:
    """Write the type of a column of words: as wide as they are, or broken into lines."""
    if share >= wanted:
        return "l"
    size = f"{share / width / 1.03:.3f}\\textwidth"  # letters run a little wider than digits
    return f">{{\\raggedright\\arraybackslash\\hangindent={hang_em}em}}p{{{size}}}"


def _shares(sheet: Sheet, full: Mapping[int, float], room: float) -> dict[int, float]:
    """Share the room among columns of words so that the table is short; labels are column -1.

    Each has room for its longest word. What is left goes, a character at a time, to the column
    where it shortens high rows most.
    """
    texts = list(zip(*_rows(sheet, list(full)), strict=True))
    sizes = [[len(text) for text in column] for column in texts]
    shares = [min(size, _least(sheet, at)) for at, size in full.items()]
    if sum(shares) > room:
        return {at: size * room / sum(shares) for at, size in zip(full, shares, strict=True)}
    gains = [_gain(column, share) for column, share in zip(sizes, shares, strict=True)]
    for _ in range(int(room - sum(shares))):
        best = max(range(len(shares)), key=gains.__getitem__)
        if not gains[best]:
            break
        shares[best] += 1
        gains[best] = _gain(sizes[best], shares[best])
    return dict(zip(full, shares, strict=True))


def _gain(sizes: Sequence[int], share: float) -> float:
    """Tell how much shorter a column's texts get by one character; the highest count most."""
    return sum(
        max(1.0, size / share) ** 3 - max(1.0, size / (share + 1)) ** 3
        for size in sizes
        if size > share
    )


def _least(sheet: Sheet, column: int) -> float:
    """Return the width of a column's longest word, headings included."""
    words = [word for (text,) in _rows(sheet, [column]) for word in text.split()]
    if column >= 0:
        at = 0
        for head in sheet.heads:
            words += broken(head.text, HEADING) if at == column else []
            at += head.span
    return min(LONGEST, max([NARROWEST, *(len(word) + 1 for word in words)]))


def _rows(sheet: Sheet, columns: Sequence[int]) -> Iterator[list[str]]:
    """Yield what stands in some columns, row by row; labels are column -1."""
    for _, lines in sheet.panels:
        for line in (line for line in lines if not line.minor):
            texts = [text for slot in line.slots for text in (_text(slot), *[""] * (slot.span - 1))]
            label = "  " * (line.depth + 1) + line.label
            yield [label if at < 0 else texts[at] for at in columns]


def _text(slot: Slot) -> str:
    """Return a slot's text, citations as short as numbers."""
    said = cited(slot.keys)
    return (
        re.sub(r"\\cite{[^}]*}", lambda keys: "[00]" * len(keys[0].split(",")), said) or slot.text
    )


def _texts(sheet: Sheet, column: int) -> Iterator[str]:
    """Yield the numbers that stand in one column on paper."""
    for line in (line for _, lines in sheet.panels for line in lines):
        at = 0
        for slot in line.slots:
            if at == column and slot.number:
                yield plain(slot.text)
            at += slot.span


def _format(numbers: Iterator[str]) -> str:
    """Write the siunitx format in which all numbers of a column fit."""
    whole, after, sign = 1, 0, False
    for text in numbers:
        sign = sign or text[0] in "+-"
        digits = text.lstrip("+-").partition(".")
        whole, after = max(whole, len(digits[0])), max(after, len(digits[2]))
    return f"{'+' if sign else ''}{whole}.{after}"
