"""Table 3 as text, from outcomes made up so that it is known what they rest on."""

import re

import numpy as np
import pytest

from sim.analysis.drawn import Draw, Draws, LeftOut
from sim.analysis.ignorance import Ignorance
from sim.analysis.robustness import Reversal, exceeding, regrets
from sim.analysis.sensitivity import influences, split_variance, spread
from sim.paper.bibliography import references
from sim.paper.effects import GUARD
from sim.paper.latex import latex
from sim.paper.numbers import MINUS, PLUS_MINUS
from sim.paper.plain_text import plain_text
from sim.paper.sensitivity_table import sensitivity, sensitivity_table
from sim.scenario.draws.ranges import parameters
from sim.scenario.load import load
from sim.study.cells import Point
from sim.study.designs import latin_hypercube
from tests.cli.command import file

SHORT, NONE = load(file("short")), load(file("none"))
FOUND = parameters((SHORT, NONE))
NAMES = [one.name for one in FOUND]
HELD, SWITCH = NAMES.index("world.held"), NAMES.index("bar on robbers")
DRAWS = 40


def made_up(outcomes, *, policies=("short",), left_out=(), **more):
    """Put together what draws came to, shape (draws, replications)."""
    design = latin_hypercube(len(outcomes) + len(left_out), len(NAMES))
    kept = design[: len(outcomes)]
    possible = tuple(
        Draw(n, tuple(Point(f"draw {n}/{p}", SHORT) for p in policies),
             Point(f"draw {n}/none", NONE), {}) for n in range(1, len(outcomes) + 1)
    )  # fmt: skip
    plan = Draws(FOUND, policies, "none", design, possible, left_out)
    return Ignorance(
        "short", "freed by decree", plan, outcomes, influences(NAMES, kept, outcomes),
        spread(outcomes), split_variance(outcomes), **more,
    )  # fmt: skip


def by_held(draws=DRAWS):
    """Ten freed per unit of the quantile of the number held, and 100 with the switch on."""
    design = latin_hypercube(draws, len(NAMES))
    mean = 10 * design[:, HELD] + 100 * (design[:, SWITCH] > 0.5)
    return np.column_stack([mean - 1, mean + 1])


@pytest.fixture(scope="module")
def text():
    return sensitivity_table(made_up(by_held()), SHORT, seed=3)


def row(text, name):
    return next(line for line in text.splitlines() if line.startswith(name))


def test_the_table_says_what_it_is(text):
    first, second, *_ = text.splitlines()
    assert first == "Table 3. What it rests on: short, freed by decree, difference from none"
    assert second == GUARD


def test_the_widest_swing_comes_first(text):
    body = [line for line in text.splitlines() if PLUS_MINUS in line]
    assert body[0].startswith("bar on robbers")
    swing = influences(NAMES, latin_hypercube(DRAWS, len(NAMES)), by_held())[0]
    assert f"+{swing.swing:.0f}"[:2] in body[0]
    assert "*" in body[0]


def test_rows_say_what_is_assumed_and_on_what_it_rests(text):
    shown = sensitivity_table(made_up(by_held()), SHORT, rows=len(NAMES))
    held = row(shown, "number held")  # named as the file's `rests on` names it
    assert "200 (100 to 400) persons" in held
    assert " C " in held
    assert "assumption" in held
    assert "off or on: without it" in row(text, "bar on robbers")
    assert "as in the file" in row(text, "bar on robbers")


def test_the_rest_is_counted_not_hidden():
    found = made_up(by_held())
    text = " ".join(sensitivity_table(found, SHORT, rows=2).split())
    told = re.search(r"(\d+) assumptions are not shown; none swings by more than ([\d.,]+)", text)
    assert int(told[1]) == len(NAMES) - 2
    widest = abs(found.influences[2].swing)
    assert float(told[2]) == pytest.approx(widest, rel=0.06)  # two figures
    assert "not shown" not in sensitivity_table(found, SHORT, rows=len(NAMES))


def test_notes_say_how_it_was_made(text):
    flat = " ".join(text.split())
    assert f"40 draws of {len(NAMES)} assumptions at once (Latin hypercube, seed 3)" in flat
    assert "2 replications of each, all draws on the same random numbers." in flat
    assert "the stated value is the median of its draws" in flat
    assert "In 100% of assumption draws the difference is above zero, in 0% below." in flat
    assert "the probability that" not in flat
    assert "impossible" not in flat
    assert "no possible world" not in flat


def test_impossible_draws_are_counted_with_their_place():
    left = tuple(LeftOut(n, ("world.origins",), "x") for n in (41, 42))
    flat = " ".join(sensitivity_table(made_up(by_held(), left_out=left), SHORT).split())
    assert "2 of 42 draws describe no possible world and are left out" in flat
    assert "world.origins (2)" in flat


def test_signs_of_draws_are_shares_of_draws():
    outcomes = np.repeat(np.array([[-1.0], [0], [0], [2], [3], [4], [5], [6]]), 2, axis=1)
    flat = " ".join(sensitivity_table(made_up(outcomes), SHORT).split())
    expected = (
        "In 62.5% of assumption draws the difference is above zero, in 12.5% below, in 25% zero"
    )
    assert expected in flat


def test_a_share_that_is_neither_all_nor_nothing_is_not_written_so():
    outcomes = np.ones((3000, 1))
    outcomes[0] = -1
    flat = " ".join(sensitivity_table(made_up(outcomes), SHORT, rows=1).split())
    assert "In 99.9% of assumption draws the difference is above zero, in 0.1% below." in flat


def test_ignorance_and_chance_are_told_apart(text):
    split = split_variance(by_held())
    assert split.chance == 2  # one up, one down
    flat = " ".join(text.split())
    assert f"{100 * split.share:.3g}% is between draws (ignorance)" in flat


def test_one_replication_cannot_be_split():
    flat = " ".join(sensitivity_table(made_up(by_held()[:, :1]), SHORT).split())
    assert "1 replication of each" in flat
    assert "ignorance and chance cannot be told apart" in flat


def test_one_draw_has_no_swings_and_breaks_nothing():
    text = sensitivity_table(made_up(by_held()[:1]), SHORT)
    assert "no draw" in text
    assert "1 draws" not in text


def test_outcomes_that_never_vary_are_no_news():
    text = sensitivity_table(made_up(np.zeros((10, 2))), SHORT, rows=1)
    line = next(line for line in text.splitlines() if PLUS_MINUS in line)
    assert f"0 {PLUS_MINUS}0" in line
    assert "*" not in line
    assert "In 0% of assumption draws the difference is above zero" in " ".join(text.split())


def test_order_and_regret_of_several_policies():
    ours = by_held().mean(axis=1)
    outcomes = np.array([ours, np.full(DRAWS, 55.0)])
    pair = ("short", "steady")
    text = sensitivity_table(
        made_up(
            by_held(), policies=pair,
            reversals={"bar on robbers": (Reversal("short", "steady", -50, 50, clear=True),),
                       "world.held": (Reversal("short", "steady", -1, 2, clear=False),)},
            exceeding=exceeding(pair, outcomes), regrets=regrets(pair, outcomes),
        ),
        SHORT, rows=len(NAMES),
    )  # fmt: skip
    assert row(text, "bar on robbers").endswith("changes")
    assert row(text, "number held").endswith("unclear")
    assert row(text, "women").endswith("same")
    flat = " ".join(text.split())
    assert "In 50% of assumption draws short exceeds steady, in 50% it falls below" in flat
    assert "In the upper half of bar on robbers, short passes steady." in flat
    assert "In the upper half of world.held" not in flat
    assert "more being taken as better" in flat


def test_negative_swings_have_a_true_minus():
    text = sensitivity_table(made_up(-by_held()), SHORT, rows=1)
    assert MINUS in row(text, "bar on robbers")
    assert "-1" not in row(text, "bar on robbers")


def test_lines_fit_a_page(text):
    assert max(map(len, text.splitlines())) <= 150


def test_the_table_is_one_in_every_format(tmp_path):
    found = made_up(by_held())
    table = sensitivity(found, SHORT, seed=3, rows=len(NAMES), known=references())
    swing = found.influences[0]
    row = table.panels[0].rows[0]
    assert row.label == "bar on robbers"
    assert (row.cells[3].value, row.cells[3].marks) == (swing.swing, ("*",))
    text = latex(table)
    written = f"+{swing.swing:.0f}"
    assert re.search(rf"{re.escape(written[:2])}\d+\\tnote\{{\{{\*\}}\}}", text)
    assert "the simultaneous interval excludes zero" in text
    assert plain_text(table).splitlines()[0].startswith("Table 3. What it rests on: short")
