"""The scenarios that are timed: the reference work in other sizes, and decrees by the hundred."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.scenario.load import build, load
from sim.scenario.scenario import Scenario
from sim.scenario.tree import Tree, replaced

WORLD = Path(__file__).with_name("reference-work.yaml")
SHIPPED = Path(__file__).parents[2] / "scenarios"
SIX = ("no-pardon", "customary", "2015-anniversary", "2015-anniversary-few", "2019-surprise",
       "2020-anniversary")  # fmt: skip
"""The scenarios of the demo."""
DECREES_A_YEAR, DECREE_YEARS = 20, 20


def reference(held: int, years: int = 10) -> Scenario:
    """Return W with another number held or another horizon; caps and days follow the file."""
    scenario = load(WORLD)
    graded = {
        k: Tree(v, "bench", 0)
        for k, v in (("value", held), ("unit", "persons"), ("source", "derived"), ("grade", "B"))
    }
    tree = replaced(scenario.tree, ("world", "held"), Tree(graded, "bench", 0))
    end = date(2000 + years, 1, 1).isoformat()
    tree = replaced(tree, ("world", "end"), Tree(end, "bench", 0))
    # Every horizon has both decrees.
    for name, day in (("long-terms", "2002-10-04"), ("seventy-per-cent", "2003-10-08")):
        if years != 10:
            tree = replaced(tree, ("decrees", name, "granted"), Tree(day, "bench", 0))
    return build(scenario.name, tree)


def shipped(name: str) -> Scenario:
    """Load a shipped scenario."""
    return load(SHIPPED / f"{name}.yaml")


def many_decrees(world: str = "dprk") -> tuple[Scenario, Scenario]:
    """Twenty years of a shipped world without decrees, and with twenty dated ones a year.

    Every second one frees whoever has served 70%, the others the fifty longest served of each camp
    among those with long sentences.
    """
    start = shipped(world).world.start
    end = start.replace(year=start.year + DECREE_YEARS)
    lines = [f"title: Many decrees\nextends: {SHIPPED / world}.yaml\nworld: {{end: {end}}}"]
    named = ["decrees:"]
    for number in range(DECREES_A_YEAR * DECREE_YEARS):
        day = start + timedelta(days=10 + round(number * 365.25 / DECREES_A_YEAR))
        long = number % 2
        rule = (
            '{sentence: ">= 5 years", served: ">= 3 years"}' if long else '{served share: ">= 70%"}'
        )
        cap = "{cap: 50 per camp, rank: longest served, " if long else "{"
        named.append(
            f"  d{number}: {cap}source: assumption, grade: C, granted: {day}, "
            f"clauses: {{those: {{when: {rule}, then: release}}}}}}"
        )
    with TemporaryDirectory() as folder:
        none, many = Path(folder) / "none.yaml", Path(folder) / "many.yaml"
        none.write_text("\n".join(lines) + "\n", encoding="utf-8")
        many.write_text("\n".join([*lines, *named]) + "\n", encoding="utf-8")
        return load(none), load(many)


def standing_decree(world: str = "dprk") -> tuple[Scenario, Scenario]:
    """A shipped world without decrees, and with one in force for a year, looked at every day."""
    start = shipped(world).world.start
    first = start.replace(year=start.year + 3)
    last = first.replace(year=first.year + 1) - timedelta(days=1)
    decree = (
        "decrees: {licence: {source: assumption, grade: C, "
        f"in force: {{from: {first}, to: {last}}}, checked: daily, "
        'clauses: {those: {when: {served share: ">= 70%"}, then: release}}}}'
    )
    title = f"title: A standing decree\nextends: {SHIPPED / world}.yaml\n"
    with TemporaryDirectory() as folder:
        file = Path(folder) / "standing.yaml"
        file.write_text(title + decree + "\n", encoding="utf-8")
        return shipped("no-pardon"), load(file)
