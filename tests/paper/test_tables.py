"""The text of tables: every kind of number in its place, and what is not known said so."""

import re
from datetime import date

import pytest

from sim.analysis.compare import HEADLINE, Swing, compare
from sim.analysis.measures import MEASURES, PANELS
from sim.paper.assumptions import assumptions_table
from sim.paper.effects import GUARD, PAGE_WIDTH, effects_table
from sim.paper.report import levels_table, tables_of
from sim.paper.waterfall import offence_groups, waterfall_table
from sim.scenario.load import load
from tests.cli.command import file
from tests.paper.made_up import always, comparison, once, varying


def rows(table):
    """Lines of a table by their label; continuation lines are joined to theirs."""
    found, label = {}, None
    for line in table.splitlines():
        if line.startswith("  ") and line[2] != " ":
            label = re.split(r"\s{2,}", line.strip())[0]
            found[label] = [re.split(r"\s{2,}", line.strip())[1:]]
        elif line.startswith("    ") and label:
            found[label].append(re.split(r"\s{2,}", line.strip()))
    return found


# --- Table 1.


@pytest.mark.parametrize(
    ("difference", "lines"),
    [
        (always(0), [["100", "0 (always)"]]),
        (always(-17), [["100", "−17 (always)"]]),
        (varying(-17.2), [["100", "−17 (−8.6%)"], ["error ±1.0"], ["chance −19 to −15"]]),
        (
            varying(36_512.0, 1234, 1e6),
            [["100", "+37,000 (+3.7%)"], ["error ±1,200"], ["chance +34,000 to +39,000"]],
        ),
        (
            varying(0.000_012_3, 0.000_001, 0.0),
            [["100", "+0.000012"], ["error ±0.0000010"], ["chance +0.000010 to +0.000014"]],
        ),
        (
            varying(2.5e12, 1e12, 1e12),
            [
                ["100", "+2,500,000,000,000 (+250%)"],
                ["error ±1,000,000,000,000"],
                ["chance +500,000,000,000 to +4,500,000,000,000"],
            ],
        ),
        (once(-3), [["100", "−3.0 (−1.5%)"], ["error no interval"]]),
        (once(0), [["100", "0 (0.0%)"], ["error no interval"]]),
    ],
    ids=["nothing", "constant", "negative", "huge", "tiny", "immense", "once", "nothing once"],
)
def test_a_cell_of_effects(difference, lines):
    table = effects_table(comparison({"policy": {"held 1 year after": difference}}), "none")
    assert rows(table)["held 1 year after"] == lines


def test_what_is_not_observed_is_said_and_is_no_zero():
    table = effects_table(comparison({"policy": {}}, levels={}), "none")
    for label, lines in rows(table).items():
        if any(label.startswith((m.name, m.averted or m.name)) for m in MEASURES):
            assert lines[0][-1] == "not observed", label
    assert "0" not in re.sub(r".*\n-{3,}\n|\n\n.*", "", table, flags=re.S)


def test_months_remitted_where_nobody_was_freed():
    levels = {"freed by decree": 0.0, "eligible": 9.0}
    found = rows(effects_table(comparison({"policy": {}}, levels=levels), "none"))
    assert found["months remitted per person freed (level)"] == [["none freed"]]
    levels = {"freed by decree": 0.5, "eligible": 9.0}
    found = rows(effects_table(comparison({"policy": {}}, levels=levels), "none"))
    assert found["months remitted per person freed (level)"] == [["in some runs none freed"]]
    assert found["eligible (level)"] == [["9.00", "9.0 ±1.0"]]


@pytest.mark.parametrize("number", [1, 3, 8])
def test_one_and_eight_policies_stand_in_columns(number):
    names = [f"policy {i}" for i in range(number)]
    found = {name: {"held 1 year after": varying(-10.0 - i)} for i, name in enumerate(names)}
    table = effects_table(comparison(found), "none")
    blocks = re.findall(r"^( +none .*)\n(-+)$", table, re.M)
    assert [name for header, _ in blocks for name in names if name in header] == names
    lines = [x for x in table.splitlines() if x.startswith("  held 1 year after")]
    for (header, rule), line in zip(blocks, lines, strict=True):
        here = [name for name in names if name in header]
        for name in here:  # right-aligned under their names
            end, i = header.index(name) + len(name), names.index(name)
            assert line[:end].endswith(f"−{10 + i} (−{(10 + i) / 2:.1f}%)"), line
        assert len(header) <= len(rule) <= PAGE_WIDTH
    assert not any(x != x.rstrip() for x in table.splitlines())


def test_table_1_carries_its_guard_panels_windows_and_marks():
    table = effects_table(comparison({"policy": {"exiled": varying(2.0)}}), "none")
    assert table.splitlines()[1] == GUARD
    positions = [table.index(f"\n{panel.upper()}") for panel in PANELS]
    assert positions == sorted(positions)
    assert "policy is measured from 2011-06-25" in table
    assert "Everybody with a short sentence is freed" in table
    text = " ".join(table.split())
    assert "clause 'short sentence' is rumoured" in text
    assert "assumed (grade C): the decree as a whole" in text
    assert "(one outlet)" not in text  # an assumption is no outlet


def test_the_span_of_assumptions_stands_beside_error_and_chance():
    swing = Swing("policy", "number held", "low", "100", {"exiled": varying(-9.0)})
    made = comparison({"policy": {"exiled": varying(2.0), "eligible": varying(1.0)}},
                      swings=(swing,))  # fmt: skip
    assert rows(effects_table(made, "none"))["exiled"][-1] == ["assumptions −9.0 to +2.0"]


def test_a_constant_difference_does_not_hide_what_assumptions_change():
    def swing(mean):
        return Swing("policy", "drive", "instead", "on", {"arrests in drives": varying(mean)})

    for mean, last in ((48.0, ["assumptions 0 to +48"]), (0.0, ["100", "0 (always)"])):
        made = comparison({"policy": {"arrests in drives": always(0)}}, swings=(swing(mean),))
        assert rows(effects_table(made, "none"))["arrests in drives"][-1] == last


# --- Table 3.


def headline(mean):
    return {measure: varying(mean) for measure in HEADLINE}


def test_table_3_puts_the_widest_swing_first_and_ties_in_the_order_of_the_file():
    swings = [Swing("policy", name, "instead", "set", headline(mean))
              for name, mean in [("zeal", 5.0), ("apathy", 5.0), ("width", 90.0)]]  # fmt: skip
    made = comparison({"policy": headline(5.0)}, swings=tuple(swings))
    made.central.update({("policy", m): varying(5.0) for m in HEADLINE})
    lines = assumptions_table(made, "policy").splitlines()[4:8]
    assert [line.split()[0] for line in lines] == ["(as", "width", "zeal", "apathy"]


def test_table_3_says_what_was_not_observed():
    made = comparison({"policy": {}}, swings=(Swing("policy", "held", "low", "5", {}),))
    table = assumptions_table(made, "policy")
    row = next(x for x in table.splitlines() if x.startswith("held "))
    assert row.count("not observed") == len(HEADLINE)
    assert "low: 5" in row


# --- Levels and waterfalls of real runs.


@pytest.fixture(scope="module")
def run():
    return compare([load(file("short"))], replications=3, seed=2)


def test_levels_print_error_and_chance(run):
    table = levels_table(run)
    for measure in (m for m in MEASURES if m.headline):
        assert re.search(rf"^{measure.name} +\d[\d,.]* +error ±\d\S* +chance \d", table, re.M)
    assert "Measured from 2011-06-05; 3 replications, seed 2." in table


def test_levels_of_one_replication_have_no_interval_and_no_chance():
    table = levels_table(compare([load(file("short"))], replications=1))
    assert re.search(r"^held on the eve +\d+ +error no interval$", table, re.M)
    assert "chance" not in table


def test_levels_past_the_horizon_are_not_observed():
    table = levels_table(compare([load(file("halves"))], replications=2, align=date(2016, 6, 1)))
    assert re.search(r"^held 1 year after +\d", table, re.M)
    assert re.search(r"^held 5 years after +not observed$", table, re.M)
    assert re.search(r"^months remitted per person freed +not observed$", table, re.M)


def test_a_run_has_levels_and_a_waterfall_and_a_comparison_its_effects(run):
    assert list(tables_of(run)) == ["levels", "waterfall"]
    assert list(tables_of(compare([load(file("none"))], replications=1))) == ["levels"]
    made = comparison({"policy": {}}, swings=(Swing("policy", "held", "low", "5", {}),))
    assert list(tables_of(made)) == ["effects-none", "rests-on-policy"]


def test_the_waterfall_falls_and_tells_reasons_and_reports(run):
    table = tables_of(run)["waterfall"]
    lines = {re.split(r"\s{2,}", x.strip())[0]: x for x in table.splitlines() if x.strip()}
    stages = ("held when lists close", "meet a clause", "eligible",
              "recommended, where asked for", "selected within the cap",
              "released by the decree")  # fmt: skip
    counts = [float(re.split(r"\s{2,}", lines[s].strip())[1].replace(",", "")) for s in stages]
    assert counts == sorted(counts, reverse=True)
    assert "by robbers" in lines
    assert "only by reduced before" in lines
    assert lines["released by the decree"].endswith("25 (C: assumption) as retold")
    assert "clause 'half served'" in lines


def test_a_waterfall_of_nobody_divides_by_nothing():
    rows = [{"scenario": "s", "decree": "d", "clause": "(decree)", "stage": "held",
             "group": "all", "mean": 0}]  # fmt: skip
    table = waterfall_table(rows, [], "s", {})
    assert re.search(r"^held when lists close +0$", table, re.M)


def test_offences_are_gathered_under_their_first_tag():
    tags = {"theft": ["economic"], "fraud": ["economic", "petty"], "murder": []}
    names = ["all", "theft", "murder", "fraud", "ill"]
    assert offence_groups(tags, names) == {
        "economic": ["theft", "fraud"], "murder": ["murder"], "ill": ["ill"],
    }  # fmt: skip
