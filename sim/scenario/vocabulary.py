"""The words of a file: names that it chooses for its decrees to use, and keys without effect."""

from __future__ import annotations

from collections.abc import Mapping

from sim.scenario.flags import flag_words
from sim.scenario.tree import Tree

Words = dict[str, tuple[str, ...]]

NAMED = (
    ("camps",), ("offences",), ("origins",), ("health", "states"),
    ("health", "in custody"), ("exile", "destinations"), ("flags",),
    ("crackdowns",),
)  # fmt: skip
"""Parts of a world whose keys are names that the file chooses."""
WITHOUT_EFFECT = (
    "title", "note", "source", "grade", "status", "cases", "rests on", "extends", "acting body",
    "reported", "measured from", "outcomes", "file",
)  # fmt: skip
"""Keys whose values cannot change a result."""


def words_of_world(tree: Tree) -> Words:
    """Collect the words that a file's world defines, which its decrees may name."""

    def keys(*path: str) -> tuple[str, ...]:
        found = tree.at(path)
        return tuple(found.value) if found and isinstance(found.value, Mapping) else ()

    tags: set[str] = set()
    for name in keys("world", "offences"):
        found = tree.at(("world", "offences", name, "tags"))
        plain = found.plain() if found else []
        tags.update(map(str, plain if isinstance(plain, list) else [plain]))
    places = (*keys("world", "origins"), *keys("world", "exile", "destinations"))
    return {
        "offence": keys("world", "offences"),
        "tag": tuple(sorted(tags)),
        "camp": keys("world", "camps"),
        "origin": keys("world", "origins"),
        "residence": tuple(dict.fromkeys(places)),
        "health": keys("world", "health", "states"),
        "decree": keys("decrees"),
        **_offence_numbers(tree),
        **flag_words({name: _flag_kind(tree, name) for name in keys("world", "flags")}),
    }


def _offence_numbers(tree: Tree) -> Words:
    """Names of the numbers and lengths that some offence has."""
    found: dict[str, set[str]] = {"offence number": set(), "offence length": set()}
    offences = tree.at(("world", "offences"))
    for path, one in offences.mappings() if offences is not None else ():
        if len(path) == 3 and path[1] == "numbers":
            value = one.at(("value",))
            length = value is not None and isinstance(value.value, str)
            found["offence length" if length else "offence number"].add(path[2])
    return {kind: tuple(sorted(names)) for kind, names in found.items()}


def _flag_kind(tree: Tree, name: str) -> tuple[str, tuple[str, ...]]:
    """Return kind and values of a flag, as far as they can be told before it is read."""
    here = ("world", "flags", name)
    kind, shares = tree.at((*here, "kind")), tree.at((*here, "shares"))
    values = tuple(shares.value) if shares and isinstance(shares.value, Mapping) else ()
    return str(kind.value) if kind else "category" if shares else "boolean", values
