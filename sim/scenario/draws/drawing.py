"""Draws of what is not known: scenarios at stated quantiles of their ranges, in one drawn world.

The rule, for a value with a range ``low`` to ``high`` and a quantile between 0 and 1:

- The stated value is the median of its draws. Below it draws are uniform between the value and
  ``low``, above it between the value and ``high``; on the logarithm where all three are positive
  and ``high`` is four times ``low`` or more, to one decimal. Quantiles 0 and 1 are the ends.
- Lengths are rounded to whole days, ages to whole years, dates, places and persons to whole
  numbers, the step of sentences to whole months where its ends are whole months.
- A structural switch is on above 1/2, so that 1/2 for everything is the scenario as written.
- Shares that must sum to 1 are brought back to 1 in proportion; those without a range stay.

The rule says nothing about how likely a value is. It is a way to visit the ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from sim.scenario.contradictions import summing
from sim.scenario.draws.ranges import Switch, names_by_path, parameters, patches
from sim.scenario.lengths import read_share
from sim.scenario.load import build
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Scalar, Tree, merged, replaced
from sim.scenario.variants import same_world
from sim.scenario.vocabulary import WITHOUT_EFFECT
from sim.scenario.written import (
    Kind,
    Path,
    framed,
    has_range,
    kind_of,
    number_of,
    scalar,
    text_of,
    without,
    written_ends,
)

MEDIAN = 0.5
LOG_FROM = 4
"""Draws are on the logarithm from this ratio of the ends on; 6 months to 2 years have it."""
SHARE_DIGITS = 12
WORLD, DECREES = "world", "decrees"
QuantileAt = Callable[[Path], float]


def at_quantile(low: float, value: float, high: float, quantile: float) -> float:
    """Return the number at a quantile: the value at 1/2, the ends at 0 and 1.

    Raises
    ------
    ValueError
        If the quantile does not lie between 0 and 1, or the value not between the ends.
    """
    _check_quantile(quantile)
    if not low <= value <= high:
        raise ValueError(f"the range {low:g} to {high:g} does not hold {value:g}")
    end, way = (low, 1 - 2 * quantile) if quantile < MEDIAN else (high, 2 * quantile - 1)
    if low > 0 and round(high / low, 1) >= LOG_FROM:
        return float(value ** (1 - way) * end**way)
    return float(value + (end - value) * way)


def _check_quantile(quantile: float) -> None:
    if not 0 <= quantile <= 1:
        raise ValueError(f"a quantile lies between 0 and 1; found {quantile!r}")


def drawn(
    scenario: Scenario, baseline: Scenario, at: Mapping[str, float]
) -> tuple[Scenario, Scenario]:
    """Draw a policy and its baseline in one world; see `drawn_together`."""
    policy, paired = drawn_together((scenario, baseline), at)
    return policy, paired


def drawn_together(scenarios: Sequence[Scenario], at: Mapping[str, float]) -> tuple[Scenario, ...]:
    """Draw scenarios of one world at stated quantiles, all in the same drawn world.

    Parameters
    ----------
    scenarios
        Policies and baselines of one world. One name gives one quantile in all of them.
    at
        Quantiles by the names of `parameters`; what is not named stays as written.

    Raises
    ------
    ScenarioError
        If worlds or their ranges differ, or if what is drawn is no possible scenario.
    ValueError
        If a name or a quantile is none.
    """
    known = parameters(scenarios)
    for name, quantile in at.items():
        if name not in {one.name for one in known}:
            raise ValueError(f"nothing to draw is called {name!r}")
        _check_quantile(quantile)
    for scenario in scenarios[1:]:
        same_world(scenario, scenarios[0])
    on = {one.name for one in known if isinstance(one, Switch) and at.get(one.name, 0) > MEDIAN}
    world = _world(scenarios, on, at)
    return tuple(_drawn_one(scenario, world, on, at) for scenario in scenarios)


def _drawn_one(scenario: Scenario, world: Tree, on: set[str], at: Mapping[str, float]) -> Scenario:
    tree = scenario.tree
    for name, patch in patches(scenario).items():
        if name in on:
            tree = merged(tree, patch)
    tree = without(replaced(tree, (WORLD,), world), "rests on")  # it may name what a switch removes
    decrees = tree.at((DECREES,))
    if decrees is not None:
        tree = replaced(tree, (DECREES,), _redrawn(decrees, (DECREES,), _lookup(scenario, at)))
    return build(scenario.name, tree)


def _world(scenarios: Sequence[Scenario], on: set[str], at: Mapping[str, float]) -> Tree:
    """Draw the one world of all scenarios, with what their switches change in it."""
    tree = scenarios[0].tree
    changes: dict[str, Tree] = {}
    quantile = _lookup(scenarios[0], at)
    for scenario in scenarios:
        for name, patch in patches(scenario).items():
            change = patch.at((WORLD,))
            if name not in on or change is None:
                continue
            other = changes.setdefault(name, change)
            if other.plain() != change.plain():
                path = ("rests on", name, "instead", WORLD)
                raise scenario.problem(path, "another scenario changes the world otherwise")
            quantile = _either(quantile, _lookup(scenario, at))
    for change in changes.values():
        tree = merged(tree, Tree({WORLD: change}, change.file, change.line))
    before = tree.at((WORLD,))
    assert before is not None
    return _summing(scenarios[0], before, _redrawn(before, (WORLD,), quantile))


def _lookup(scenario: Scenario, at: Mapping[str, float]) -> QuantileAt:
    names = names_by_path(scenario)
    return lambda path: at.get(names.get(path, ""), MEDIAN)


def _either(first: QuantileAt, second: QuantileAt) -> QuantileAt:
    """Ask the second where the first knows of no draw."""

    def quantile(path: Path) -> float:
        found = first(path)
        return second(path) if found == MEDIAN else found

    return quantile


def _redrawn(tree: Tree, path: Path, quantile: QuantileAt) -> Tree:
    """Set every value with a range to its quantile."""
    if has_range(tree):
        if quantile(path) == MEDIAN:
            return tree
        assert isinstance(tree.value, Mapping)
        value = tree.value["value"]
        text = written_at(kind_of(path, tree), *written_ends(tree), quantile(path))
        return Tree({**tree.value, "value": replace(value, value=text)}, tree.file, tree.line)
    if isinstance(tree.value, Mapping):
        children = {
            key: child if key in WITHOUT_EFFECT else _redrawn(child, (*path, key), quantile)
            for key, child in tree.value.items()
        }
        return Tree(children, tree.file, tree.line)
    if isinstance(tree.value, list | tuple):
        parts = [_redrawn(v, (*path, i), quantile) for i, v in enumerate(tree.value)]
        return Tree(parts, tree.file, tree.line)
    return tree


def written_at(kind: Kind, value: Scalar, low: Scalar, high: Scalar, quantile: float) -> Scalar:
    """Write the draw of a value as a file would, with what is written around it."""
    if quantile == MEDIAN:
        return value
    least, stated, most = (number_of(kind, text) for text in (low, value, high))
    found = at_quantile(least, stated, most, quantile)
    text = text_of(kind, found)
    if quantile == 0 or number_of(kind, text) <= least:
        text = low
    elif quantile == 1 or number_of(kind, text) >= most:
        text = high
    return framed(value, text)


def _summing(scenario: Scenario, before: Tree, after: Tree) -> Tree:
    """Bring shares that must sum to 1 back to it, those with a range in proportion."""
    for where, inside in summing(after).items():
        below = where[1:]
        entries = after.at(below)
        if entries is None or not isinstance(entries.value, Mapping):
            continue
        paths = [(*below, name, *inside) for name in entries.value]
        free = [path for path in paths if (leaf := after.at(path)) and has_range(leaf)]
        if all(_share(before, path) == _share(after, path) for path in free):
            continue
        rest = 1 - sum(_share(after, path) for path in paths if path not in free)
        total = sum(_share(after, path) for path in free)
        if total == 0 and rest > 0:
            raise scenario.problem(where, "all shares that have a range are drawn as 0")
        for path in free:
            share = _share(after, path) * rest / total if total else Fraction(0)
            after = replaced(after, path, _with_share(after, path, share))
    return after


def _share(world: Tree, path: Sequence[str]) -> Fraction:
    leaf = world.at((*path, "value"))
    return read_share(leaf.value if leaf is not None else None)


def _with_share(world: Tree, path: Sequence[str], share: Fraction) -> Tree:
    """Set a share; its range is widened where the sum drives it beyond an end."""
    entry = world.at(path)
    assert entry is not None
    assert isinstance(entry.value, Mapping)
    text = float(f"{float(share):.{SHARE_DIGITS}g}")
    children = {**entry.value, "value": replace(entry.value["value"], value=text)}
    for key, pick in (("low", min), ("high", max)):
        end = entry.value[key]
        if pick(read_share(scalar(end)), read_share(text)) == read_share(text):
            children[key] = replace(end, value=text)
    return Tree(children, entry.file, entry.line)
