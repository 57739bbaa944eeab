"""Column types of LaTeX: numbers aligned at the point, words broken where there is no room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.paper.numbers import plain
from sim.paper.sheet import GAP, Sheet

NARROWEST = 8
"""Characters that a column of words has at least."""


def column_types(sheet: Sheet, width: float) -> str:
    """Write the column types; words share the room that numbers leave."""
    pairs = list(zip(sheet.widths, sheet.aligns, strict=True))
    room = width - sum(w for w, align in pairs if align != "words") - GAP * (len(pairs) + 1)
    wide = [at for at, (_, align) in enumerate(pairs) if align == "words"]
    full = {-1: sheet.label_width, **{at: sheet.widths[at] for at in wide}}
    wanted = full
    if sum(full.values()) > room:
        wanted = {at: min(size, _typical(sheet, at)) for at, size in full.items()}
    shares = dict(zip(wanted, _shares(list(wanted.values()), room), strict=True))
    left, short = room - sum(shares.values()), {at: full[at] - shares[at] for at in full}
    if left > 0 and sum(short.values()) > 0:
        part = min(1.0, left / sum(short.values()))
        shares = {at: shares[at] + part * short[at] for at in full}
    types = [_words(full[-1], shares[-1], width) if wide else "l"]
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


def _typical(sheet: Sheet, column: int) -> float:
    """Return in what width most of a column's words fit, labels being column -1."""
    lines = [line for _, lines in sheet.panels for line in lines if not line.minor]
    if column < 0:
        sizes = [len(line.label) + 2 * line.depth + 2 for line in lines if line.label]
    else:
        texts = [[slot for slot in line.slots for _ in range(slot.span)] for line in lines]
        sizes = [len(slots[column].text) for slots in texts if slots[column].text]
    sizes.sort()
    return float(sizes[int(0.85 * (len(sizes) - 1))]) + 1 if sizes else NARROWEST


def _words(wanted: float, share: float, width: float) -> str:
    """Write the type of a column of words: as wide as they are, or broken into lines."""
    if share >= wanted:
        return "l"
    size = f"{share / width / 1.03:.3f}\\textwidth"  # letters run a little wider than digits
    return f">{{\\raggedright\\arraybackslash\\hangindent=2em}}p{{{size}}}"


def _shares(wanted: Sequence[float], room: float) -> list[float]:
    """Give narrow columns what they want, and the others equal shares of the rest."""
    shares = [0.0] * len(wanted)
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    for rank, column in enumerate(order):
        fair = max(NARROWEST, room / (len(order) - rank))
        shares[column] = min(wanted[column], fair)
        room -= shares[column]
    return shares


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
