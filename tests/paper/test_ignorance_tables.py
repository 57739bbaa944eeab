"""Tables of draws: error, chance and ignorance side by side, indices, and rows that are saved."""

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.drawn import Draw, Draws, LeftOut
from sim.analysis.ignorance import Ignorance
from sim.analysis.indices import Screening, VarianceShares
from sim.analysis.sensitivity import influences, split_variance, spread
from sim.paper.ignorance import (
    Layers,
    design_rows,
    draw_rows,
    files_of_layers,
    ignorance_tables,
    influence_rows,
    layers_of,
    layers_table,
    left_out_rows,
)
from sim.paper.numbers import MINUS, PLUS_MINUS
from sim.scenario.draws.ranges import chosen, parameters
from sim.study.cells import Point
from tests.paper.made_up import WINDOW, comparison, once, scenario, varying

FREED, HELD, YEARS = "freed by decree", "held 1 year after", "person-years in custody"
DRAWN = chosen(parameters((scenario("short"), scenario("none"))), ["world.held", "bar on robbers"])
HELD_NAME, BAR = (one.name for one in DRAWN)
DESIGN = np.array([[0.1, 0.9], [0.3, 0.2], [0.6, 0.7], [0.9, 0.4]])
# Two replications of each draw: means 10, 20, 30 and −20.
VALUES = np.array([[9.0, 11.0], [20.0, 20.0], [28.0, 32.0], [-20.0, -20.0]])


def plan(left_out=()):
    possible = tuple(
        Draw(number, (Point(f"draw {number}/short", scenario("short")),),
             Point(f"draw {number}/none", scenario("none")), {"short": WINDOW})
        for number in range(1, 5) if number not in left_out
    )  # fmt: skip
    why = tuple(LeftOut(n, ("world.held",), "world.held: too many") for n in left_out)
    return Draws(DRAWN, ("short",), "none", DESIGN, possible, why)


def layers(values=None, *, left_out=(), differences=None, indices=None, replications=4):
    made = plan(left_out)
    by_measure = {FREED: VALUES, HELD: -VALUES} if values is None else values
    kept = [draw.number - 1 for draw in made.possible]
    found = {
        ("short", measure): Ignorance(
            "short", measure, made, x[kept], influences(made.names, made.quantiles, x[kept]),
            spread(x[kept]), split_variance(x[kept]),
        )
        for measure, x in by_measure.items()
    }  # fmt: skip
    differences = differences or {FREED: varying(47.0), HELD: varying(-16.0)}
    written = comparison({"short": differences}, replications=replications)
    return Layers(written, made, found, "Latin hypercube", 3, indices or {})


def line(text, name):
    (found,) = [row for row in text.splitlines() if row.startswith(name)]
    return found.split(name)[1].split("  ")


def cells(text, name):
    return [cell.strip() for cell in line(text, name) if cell.strip()]


def flat(text):
    return " ".join(text.split())


# --- Three layers.


def test_the_layers_stand_side_by_side_and_are_not_added():
    text = layers_table(layers(), "short")
    assert text.startswith(
        "Error, chance, ignorance: short, difference from none\nScenario results"
    )
    # Chance: two units on either side. The middle 95% of −20, 10, 20, 30 by linear interpolation:
    # 7.5% of the way from −20 to 10, and from 30 back to 20.
    assert cells(text, "freed by decree") == [
        "+47", f"{PLUS_MINUS}1.0", "+45 to +49", f"{MINUS}18 to +29", "75%", "25%"
    ]  # fmt: skip
    assert cells(text, HELD) == [
        f"{MINUS}16", f"{PLUS_MINUS}1.0", f"{MINUS}18 to {MINUS}14", f"{MINUS}29 to +18", "25%",
        "75%",
    ]  # fmt: skip


def test_the_note_says_what_each_layer_is_and_is_not():
    text = flat(layers_table(layers(), "short"))
    assert "half the 95% interval of the mean over 4 paired replications" in text
    assert "the middle 95% of 4 draws of 2 assumptions;" in text
    assert "which is no probability of anything in the real prisons" in text


def test_draws_that_describe_no_world_are_counted_in_the_note():
    found = layers(left_out=(2,))
    assert "4 draws of 2 assumptions, of which 1 describe no possible world and are left out" in (
        flat(layers_table(found, "short"))
    )
    assert left_out_rows(found) == [{"draw": 2, "why": "world.held: too many"}]


def test_one_replication_has_neither_error_nor_chance():
    found = layers(differences={FREED: once(47.0)}, replications=1)
    assert cells(layers_table(found, "short"), "freed by decree") == [
        "+47", "no interval", f"{MINUS}18 to +29", "75%", "25%"
    ]  # fmt: skip


def test_a_measure_that_is_not_observed_has_no_row():
    text = layers_table(layers({FREED: VALUES}), "short")
    assert "\nfreed by decree" in text
    assert HELD not in text
    alone = layers(differences={HELD: varying(1.0)})
    assert "freed by decree" not in layers_table(alone, "short")


def test_draws_that_never_vary_are_a_point():
    text = layers_table(layers({FREED: np.zeros((4, 2))}), "short")
    assert cells(text, "freed by decree")[3:] == ["0 to 0", "0%", "0%"]


def test_lines_fit_a_page():
    for text in ignorance_tables(layers(), 20).values():
        assert max(map(len, text.splitlines())) <= 150


# --- Which tables there are.


def test_each_policy_has_its_tables():
    assert list(ignorance_tables(layers(), 20)) == ["layers-short", "rests-on-draws-short"]
    shares = tuple(VarianceShares(name, 0.25, 0.05, 0.75, 0.1) for name in (HELD_NAME, BAR))
    made = layers(indices={("short", FREED): shares})
    assert list(ignorance_tables(made, 20)) == [
        "layers-short", "rests-on-draws-short", "rests-on-indices-short"
    ]  # fmt: skip


def test_shares_of_variance_largest_total_first():
    shares = (VarianceShares("small", 0.1, 0.01, 0.2, 0.02), VarianceShares("large", 0.3, 0.04,
                                                                            0.6, 0.05))  # fmt: skip
    text = ignorance_tables(layers(indices={("short", FREED): shares}), 20)
    table = text["rests-on-indices-short"]
    assert table.startswith("Shares of variance: short, freed by decree")
    assert cells(table, "large") == [f"0.30 {PLUS_MINUS}0.04", f"0.60 {PLUS_MINUS}0.05"]
    assert table.index("\nlarge") < table.index("\nsmall")
    assert "4 draws, seed 3" in flat(table)
    one = ignorance_tables(layers(indices={("short", FREED): shares}), 1)
    assert "small" not in one["rests-on-indices-short"]


def test_screening_tells_a_mean_effect_with_its_sign():
    found = (Screening("x", 12.0, 3.0, -12.0, 4.0), Screening("y", 20.0, None, 20.0, None))
    table = ignorance_tables(layers(indices={("short", FREED): found}), 20)[
        "rests-on-indices-short"
    ]
    assert table.startswith("Screening: short, freed by decree")
    assert cells(table, "x") == [f"12 {PLUS_MINUS}3.0", f"{MINUS}12", "4.0"]
    assert cells(table, "y") == ["20 no interval", "+20"]
    assert table.index("\ny") < table.index("\nx")


def test_indices_need_every_draw():
    made, written = plan(left_out=(2,)), layers().written
    outcomes = {point.label: written.outcomes["short"] for point in made.points}
    message = r"1 describe no possible world; the first: world\.held: too many"
    for kind in ("morris", "saltelli"):
        with pytest.raises(ValueError, match=message):
            layers_of(written, made, outcomes, kind, "These points", 1)
    assert not layers_of(written, made, outcomes, "lhs", "Latin hypercube", 1).indices


# --- Rows.


def test_one_row_a_policy_measure_and_draw():
    rows = list(draw_rows(layers(left_out=(2,))))
    assert [(r["measure"], r["draw"], r["mean"]) for r in rows] == [
        (FREED, 1, 10.0), (FREED, 3, 30.0), (FREED, 4, -20.0),
        (HELD, 1, -10.0), (HELD, 3, -30.0), (HELD, 4, 20.0),
    ]  # fmt: skip
    assert {(r["scenario"], r["baseline"], r["replications"]) for r in rows} == {
        ("short", "none", 2)
    }


def test_the_design_is_saved_whole_impossible_draws_included():
    rows = list(design_rows(layers(left_out=(2,))))
    assert len(rows) == 8
    assert [r["quantile"] for r in rows] == DESIGN.ravel().tolist()
    assert [r["assumption"] for r in rows] == [HELD_NAME, BAR] * 4
    assert [r["draw"] for r in rows if not r["possible"]] == [2, 2]


def test_influences_carry_the_range_and_the_swing():
    rows = [r for r in influence_rows(layers()) if r["measure"] == FREED]
    assert [r["rank"] for r in rows] == [1, 2]
    by_name = {r["assumption"]: r for r in rows}
    # Held: draws 1, 2 below one half (10, 20), 3, 4 above (30, −20). The bar is off in draws 2
    # and 4 (20, −20), on in 1 and 3 (10, 30).
    held, bar = by_name[HELD_NAME], by_name[BAR]
    assert (held["lower_half"], held["upper_half"], held["swing"]) == (15.0, 5.0, -10.0)
    assert (bar["lower_half"], bar["upper_half"], bar["swing"]) == (0.0, 20.0, 20.0)
    assert (held["value"], held["low"], held["high"]) == ("200", "100", "400")
    assert (bar["value"], bar["low"], bar["high"]) == ("off", "off", "on")
    assert held["swing_low_simultaneous"] < held["swing_low"] < -10 < held["swing_high"]


def test_averted_measures_are_named_as_their_difference():
    rows = list(draw_rows(layers({YEARS: VALUES})))
    assert {r["measure"] for r in rows} == {"person-years averted"}


def test_files_hold_the_tables_and_the_rows_and_leave_out_what_is_empty():
    made = layers()
    tables = ignorance_tables(made, 20)
    files, data = files_of_layers(made, tables)
    assert set(files) == {
        "draws.csv", "design.csv", "influences.csv", "layers-short.txt",
        "rests-on-draws-short.txt", "scenarios/none.json", "scenarios/short.json",
    }  # fmt: skip
    assert set(data) == {"draws", "design", "influences", "left_out"}
    assert files["layers-short.txt"] == tables["layers-short"] + "\n"
    assert files["draws.csv"].count("\n") == 1 + len(data["draws"])
    assert "left-out.csv" in files_of_layers(layers(left_out=(1,)), tables)[0]


def test_a_plan_without_a_possible_draw_has_no_tables_of_draws():
    made = replace(layers(), found={}, plan=plan(left_out=(1, 2, 3, 4)))
    assert list(ignorance_tables(made, 20)) == ["layers-short"]
    assert list(draw_rows(made)) == list(influence_rows(made)) == []
    assert len(left_out_rows(made)) == 4
