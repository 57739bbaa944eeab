"""Random flags of a world, and what laws ask of them."""

from __future__ import annotations

from typing import Any

from tests.oracle.worlds import Chooser, Node, graded, without_nones

KINDS = ("boolean", "category", "number", "length", "date")
BANDS = {
    "number": (["0 to 0", "1 to 3", "2 to 500"], "3"),
    "length": (["0 days to 30 days", "31 days to 2 years"], "31 days"),
    "date": (["0 days to 1 year", "1 year to 9 years"], "1 year"),
    "category": (["good", "fair", "bad"], ""),
}
NAMES = {"boolean": "has means", "category": "conduct", "number": "fines paid",
         "length": "days in bad conditions", "date": "youngest child born"}  # fmt: skip


def flags_of(some: Chooser, world: Node) -> Node:
    """Up to five flags, one of each kind; tables over what is settled when they are drawn."""
    found: dict[str, Node] = {}
    for kind in some.few(KINDS, 0, 5):
        drawn = "each spell" if kind == "date" else some.one(("once", "each spell"))
        flag = without_nones({
            "kind": some.one((kind, None)) if kind in ("boolean", "category") else kind,
            "drawn": some.one((drawn, None)) if drawn == "once" else drawn,
            "unit": "pieces" if kind == "number" else None,
            **_shares(some, kind),
            "by": some.maybe({"a row": {"when": _when(some, world, drawn, found),
                                        **_shares(some, kind)}}),
        })  # fmt: skip
        found[NAMES[kind]] = flag
    return found


def _shares(some: Chooser, kind: str) -> Node:
    if kind == "boolean":
        return {"share": graded(some.one((0, 0.3, 0.5, 1)))}
    words = BANDS[kind][0]
    return {"shares": {w: graded(x) for w, x in some.shares(some.first(words, len(words))).items()}}


def _when(some: Chooser, world: Node, drawn: str, above: Node) -> Node:
    asks: list[Any] = [{"sex": "women"}, {"origin": next(iter(world["origins"]))}]
    if drawn == "each spell":
        asks += [{"offence": next(iter(world["offences"]))}, {"age at offence": ">= 30 years"},
                 {"camp": {"not": next(iter(world["camps"]))}}]  # fmt: skip
    if above.get("has means", {}).get("drawn", "once") == "once" and "has means" in above:
        asks.append({"has means": some.often(0.5)})
    return some.one(asks)


def ask_of_a_flag(some: Chooser, name: str, start: str) -> Node:
    """A condition on one flag."""
    kind = next(kind for kind, one in NAMES.items() if one == name)
    sign = some.one(("<", "<=", ">", ">=", "=="))
    if kind == "boolean":
        return {name: some.often(0.5)}
    if kind == "category":
        few = some.few(BANDS[kind][0], 1, 2)
        return {name: {"not": few} if some.often(0.3) else few}
    if kind == "date" and some.often(0.5):
        return {name: f"{sign} {start}"}
    return {name: f"{sign} {BANDS[kind][1]}{' ago' if kind == 'date' else ''}"}
