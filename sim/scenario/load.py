"""From files to scenarios: extends, merging, checking; all mistakes of a file at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sim.scenario.document import read_document
from sim.scenario.prisoners import read_prisoners
from sim.scenario.problems import Problem, ScenarioError, dotted, missing, shown
from sim.scenario.scenario import Scenario
from sim.scenario.stock import SEASONED, with_stock, years_before
from sim.scenario.tree import PATCH, Tree, apart, from_plain, merged
from sim.scenario.yaml_files import read_tree

BIBLIOGRAPHY = "sources.bib"
RESOLVED = "(resolved) "
"""How places in a resolved scenario begin."""
SWEEP_KEYS = ("sweep", "variants", "vary")
"""Keys of a sweep file, which is no scenario."""
_BIB_KEY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios: inside the package, or beside it."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "scenarios"


def load(path: str | Path, *, world: str | Path | None = None) -> Scenario:
    """Load and check a scenario or a world.

    Parameters
    ----------
    path
        A YAML file; a name without a folder is also looked up among the shipped files.
    world
        Another world's file, taken in place of the first file of the chain of ``extends``.

    Raises
    ------
    ScenarioError
        With every mistake found in the files.
    """
    file = _given(Path(path))
    found: list[Problem] = []
    root = None
    if world is not None:
        whole = _chain(_given(Path(world)), (), found)
        build(Path(world).stem, whole, found)  # its mistakes are told, decrees included
        root = _world_alone(whole)
    scenario = build(file.stem, _chain(file, (), found, root), found)
    _try_patches(scenario)
    return scenario


def _given(path: Path) -> Path:
    """Find a file that the user names."""
    file = find(path, Path())
    if not file.exists():
        near = missing(path, path.parent, shipped_folder() / path.parent)
        raise ScenarioError([Problem(str(path), 0, "", near)])
    return file


def find(path: Path, beside: Path) -> Path:
    """Look for a file beside another, then among the shipped ones."""
    for candidate in (beside / path, shipped_folder() / path):
        if candidate.exists():
            return candidate
    return beside / path


def _chain(
    path: Path, below: tuple[Path, ...], found: list[Problem], root: Tree | None = None
) -> Tree:
    """Read a file and lay it over what it extends; `root` replaces the world at the bottom."""
    tree = read_tree(path, found)
    here = path.resolve()
    assert isinstance(tree.value, Mapping)
    if is_sweep(tree):
        message = "is a sweep; expected a scenario or a world ('amnesty sweep' runs it)"
        raise ScenarioError([Problem(str(path), tree.line, "", message)])
    if is_reports(tree):
        message = (
            "is a file of reports; expected a scenario or a world ('amnesty backtest' reads it)"
        )
        raise ScenarioError([Problem(str(path), tree.line, "", message)])
    parent = tree.value.get("extends")
    if parent is None:
        return tree if root is None else _other_world(tree, root)
    if here in below:
        circle = " -> ".join(p.name for p in (*below[below.index(here) :], here))
        raise ScenarioError([Problem(str(path), parent.line, "extends", f"a circle: {circle}")])
    if not isinstance(parent.value, str):
        message = f"expected the name of one file, found {shown(parent.plain())}"
        raise ScenarioError([Problem(str(path), parent.line, "extends", message)])
    target = find(Path(parent.value), path.parent)
    if not target.exists():
        message = f"no such file: {parent.value!r}, neither beside this one nor shipped"
        raise ScenarioError([Problem(str(path), parent.line, "extends", message)])
    return merged(_chain(target, (*below, here), found, root), tree, found)


def is_sweep(tree: Tree) -> bool:
    """Tell whether a file's own keys are those of a sweep."""
    assert isinstance(tree.value, Mapping)
    own = set(tree.value)
    scenario = own & {"extends", "world", "decrees"}
    return "sweep" in own or bool(own & set(SWEEP_KEYS) and not scenario)


def is_reports(tree: Tree) -> bool:
    """Tell whether a file's own keys are those of a file of reports."""
    assert isinstance(tree.value, Mapping)
    own = set(tree.value)
    return "events" in own and not own & {"extends", "world", "decrees", *SWEEP_KEYS}


def _world_alone(tree: Tree) -> Tree:
    """Keep a file's world and title: decrees of another file are not what is asked."""
    assert isinstance(tree.value, Mapping)
    kept = {key: child for key, child in tree.value.items() if key in ("title", "world")}
    return Tree(kept, tree.file, tree.line)


def _other_world(tree: Tree, root: Tree) -> Tree:
    """Take another world in place of the one at the bottom; decrees beside it stay."""
    assert isinstance(tree.value, Mapping)
    if "decrees" not in tree.value:
        return root
    rest = {key: child for key, child in tree.value.items() if key != "world"}
    return merged(root, Tree(rest, tree.file, tree.line))


def build(name: str, tree: Tree, found: Sequence[Problem] = ()) -> Scenario:
    """Check a merged tree and make it a scenario.

    Parameters
    ----------
    name
        What the scenario is called.
    tree
        The merged files.
    found
        Problems met while reading them, which are told with the others.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    problems = list(found)
    tree = with_stock(tree, problems, _decrees_of)
    files = tree.files()
    sources = known_sources({Path(file).parent for file in files})
    if any(file.startswith(RESOLVED) for file in files):
        sources |= named_sources(tree.plain())
    return _scenario(name, tree, sources, problems)


def _decrees_of(named: Tree, found: list[Problem]) -> Tree | None:
    """Read the decrees of the file that a leaf names; None with a problem if there are none."""
    path = find(Path(str(named.value)), Path(named.file).parent)
    where = ".".join(SEASONED)
    if not path.exists():
        message = f"no such file: {named.value!r}, neither beside this one nor shipped"
        found.append(Problem(named.file, named.line, where, message))
        return None
    decrees = _chain(path, (), found).at(("decrees",))
    if decrees is None:
        found.append(Problem(named.file, named.line, where, f"{named.value!r} has no decrees"))
    return decrees


def _scenario(
    name: str,
    tree: Tree,
    sources: frozenset[str],
    found: Sequence[Problem] = (),
    kept: Collection[str] | None = None,
) -> Scenario:
    """Read a tree as a document, and what stands beside its world.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    document, mistakes = read_document(tree, sources)
    problems = [*found, *mistakes]
    if problems or document is None:
        raise ScenarioError(problems)
    names = tuple(sorted(sources if kept is None else kept))
    stock = document.world.stock
    if stock is None:
        return Scenario(name, document, tree, names)
    if stock.snapshot is not None:
        prisoners = read_prisoners(Path(stock.snapshot.file), document.world)
        return Scenario(name, document, tree, names, prisoners)
    past = _scenario(f"{name}, before", years_before(tree, document.world), sources)
    late = [
        Problem(place.file, place.line, dotted((*SEASONED, other, "granted")),
                f"{decree.granted.value} does not lie before the world's start, {start}")
        for start in [document.world.start]
        for other, decree in past.decrees.items()
        for place in [tree.place((*SEASONED, other, "granted"))]
        if decree.granted and decree.granted.value and decree.granted.value >= start
    ]  # fmt: skip
    late += [
        Problem(place.file, place.line, dotted((*SEASONED, other)),
                "a decree of the years before cannot move release points, credit days, send home "
                "or abroad, strike from the record or remit on condition")
        for other, decree in past.decrees.items()
        for place in [tree.place((*SEASONED, other))]
        for then in [[clause.then for clause in decree.clauses.values()]]
        if any(
            one.release_point or one.revived_if or one.credit or one.serve_the_rest
            or one.expunge or one.abroad for one in then
        )
    ]  # fmt: skip
    if late:
        raise ScenarioError(late)
    before = (document.world.start - past.world.start).days
    return Scenario(name, document, tree, names, None, replace(past, ends_on=before))


def from_resolved(
    name: str,
    data: Mapping[str, object],
    file: str,
    shared: Iterable[Iterable[Sequence[str | int]]] = (),
) -> Scenario:
    """Make a scenario again from its resolved form, as a study's folder keeps it.

    Its sources are taken as they are, also in what is made of it: the bibliography may have stayed
    where it was written.

    Parameters
    ----------
    shared
        Groups of places that have one value between them, such as by an alias
        (`sim.scenario.draws.ranges.shared_places`); a resolved form does not tell.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    problems: list[Problem] = []
    groups = {tuple(path): number for number, group in enumerate(shared, 1) for path in group}
    whole = apart(from_plain(data, RESOLVED + file), groups)
    tree = with_stock(whole, problems, _decrees_of)
    return _scenario(name, tree, named_sources(data), problems, ())


def named_sources(data: object) -> frozenset[str]:
    """Collect all words that stand as sources."""
    if isinstance(data, Mapping):
        named = data.get("source", ())
        words = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        below = (named_sources(child) for child in data.values())
        return frozenset(map(str, words)).union(*below)
    if isinstance(data, list):
        return frozenset().union(*(named_sources(child) for child in data))
    return frozenset()


def _try_patches(scenario: Scenario) -> None:
    """Read a scenario with each of its alternatives, so that a mistake there is found now.

    Raises
    ------
    ScenarioError
        With the mistakes of all of them.
    """
    rest = scenario.tree.value
    assert isinstance(rest, Mapping)
    base = Tree({k: v for k, v in rest.items() if k != "rests on"}, scenario.tree.file, 1)
    problems: list[Problem] = []
    for name, entry in scenario.document.rests_on.items():
        patch = scenario.tree.at(("rests on", name, PATCH))
        if entry.instead is None or patch is None:
            continue
        found: list[Problem] = []
        try:
            build(scenario.name, merged(base, patch, found), found)
        except ScenarioError as error:
            here = f"rests on.{name}.{PATCH}"
            problems += [replace(p, path=f"{here}.{p.path}") for p in error.problems]
    if problems:
        raise ScenarioError(problems)


def known_sources(folders: Iterable[Path]) -> frozenset[str]:
    """Keys of the bibliographies in these folders and of the shipped one."""
    keys: set[str] = set()
    for folder in {*folders, shipped_folder()}:
        bibliography = folder / BIBLIOGRAPHY
        if bibliography.is_file():
            keys.update(_BIB_KEY.findall(bibliography.read_text(encoding="utf-8")))
    return frozenset(keys)
