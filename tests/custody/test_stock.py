"""A stock from a file of prisoners, or left by the decrees of the years before."""

from __future__ import annotations

import csv
from datetime import timedelta

import numpy as np
import pytest

from sim.custody.hazards import NEVER
from sim.custody.model import everybody, simulate
from sim.custody.people import people_at_hand
from sim.custody.sentencing import LIFE
from sim.custody.streams import ARRIVALS, Draws
from sim.custody.traits import sex_of
from sim.scenario.lengths import read_date
from sim.scenario.load import from_resolved
from sim.scenario.problems import ScenarioError
from tests.theory.worlds import busy_world, graded, offence, scenario, solved

DRAWS = Draws(401, 0)
START = read_date("2001-01-01")
EVERYBODY = {"all": {"when": {"served": ">= 0 days"}, "then": "release"}}
REST = {"source": "derived", "grade": "B"}


def written(folder, rows, name="prisoners.csv"):
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def world_with(path, **changes):
    return busy_world(stock={"snapshot": str(path)}, **changes)


def by_file(path, decrees=None, **changes):
    return scenario(world_with(path, **changes), decrees)


def problems(path):
    with pytest.raises(ScenarioError) as caught:
        by_file(path)
    return [(p.line, p.path, p.message) for p in caught.value.problems]


FULL = {
    "id": "a", "sex": "women", "born": "1970-05-06", "origin": "coast", "residence": "hills",
    "offence": "theft", "gravity": "petty", "offence date": "1999-02-03",
    "sentence": "4 years", "admitted": "1999-06-07", "camp": "south", "health": "ill",
    "reduced by pardon": "6 months", "reductions": "2", "reduced by merit": "1 month",
}  # fmt: skip


def day(text):
    return (read_date(text) - START).days


def test_a_row_that_says_everything_is_the_person(tmp_path):
    made = by_file(written(tmp_path, [FULL]))
    world, c = made.world, everybody(solved(made), DRAWS)
    (row,) = np.flatnonzero((c["admitted"] < 0) & (c["person"] < 2**40))
    assert c["admitted"][row] == day("1999-06-07")
    assert c["due"][row] == day("1999-06-07") + 1461 - 183 - 30
    assert c["born"][row] == day("1970-05-06")
    assert list(world.origins)[c["origin"][row]] == "coast"
    assert c["residence"][row] == list(world.origins).index("hills")
    assert list(world.offences)[c["offence"][row]] == "theft"
    assert list(world.camps)[c["camp"][row]] == "south"
    assert list(world.health.states)[c["health"][row]] == "ill"
    assert (c["merit_count"][row], c["merit_days"][row]) == (1, 30)
    assert (c["earlier_count"][row], c["earlier_days"][row]) == (2, 183)
    assert sex_of(solved(made), DRAWS, c["person"][[row]], c["line"][[row]]).tolist() == [True]


def test_a_law_reads_what_the_row_says(tmp_path):
    conditions = {
        "reductions": {"by": "pardon", "count": "== 2"}, "sentence": "== 4 years", "sex": "women",
        "gravity": "petty", "residence": "hills", "age at offence": "== 28 years",
    }  # fmt: skip
    decree = {**REST, "granted": "2001-01-01", "reach": {"offences until": "1999-02-03"}}
    for changed, freed in (({}, 1), ({"offence date": "1999-02-04"}, 0), ({"sex": "men"}, 0)):
        clauses = {"she": {"when": conditions, "then": "release"}}
        path = written(tmp_path, [FULL | changed])
        made = by_file(path, {"d": {**decree, "clauses": clauses}}, held=graded(0, "persons"))
        record = simulate(made, solved(made), DRAWS).record
        assert record.series["releases by decree"].sum() == freed
        assert record.series["stock"][0] == 1 - freed


def test_what_rows_leave_open_is_as_in_the_steady_state(tmp_path):
    """Each offence within 5 standard deviations of its share, and means of the time served.

    Some dozen comparisons: a false alarm in 150,000.
    """
    n = 20_000
    made = by_file(written(tmp_path, [{"id": str(i)} for i in range(n)]))
    plain = scenario(busy_world(held=graded(n, "persons")))
    known = people_at_hand(solved(plain), Draws(402, 0))
    held = (known["admitted"] < 0) & (known["person"] < 2**40)
    found = everybody(solved(made), DRAWS)
    mine = (found["admitted"] < 0) & (found["person"] < 2**40)
    assert mine.sum() == n
    for name in ("offence", "origin", "health", "camp", "merit_count"):
        one, other = (np.bincount(c[name][m], minlength=12) / m.sum()
                      for c, m in ((found, mine), (known, held)))  # fmt: skip
        error = np.sqrt(2 * np.maximum(other, 1 / n) / n)
        assert np.all(np.abs(one - other) < 5 * error), name
    for name in ("admitted", "born", "due"):
        one, other = (c[name][m & (c["imposed"] < LIFE)] for c, m in ((found, mine), (known, held)))
        error = np.sqrt((one.var() + other.var()) / n)
        assert abs(one.mean() - other.mean()) < 5 * error, name


def test_what_is_left_open_depends_on_what_is_said(tmp_path):
    """Who has served five years has no short sentence; life sentences bear long times served."""
    admitted = (START - timedelta(days=1826)).isoformat()
    rows = [{"admitted": admitted} for _ in range(500)]
    made = by_file(written(tmp_path, rows))
    c = everybody(solved(made), DRAWS)
    mine = (c["admitted"] < 0) & (c["person"] < 2**40)
    assert np.all(c["admitted"][mine] == -1826)
    assert np.all(c["due"][mine] >= 0)
    assert c["imposed"][mine].min() >= 1826
    usual = np.bincount(people_at_hand(solved(scenario(busy_world())), DRAWS)["offence"])
    assert np.bincount(c["offence"][mine], minlength=len(usual)).tolist() != usual.tolist()


def test_nobody_is_admitted_before_the_offence_or_as_a_child(tmp_path):
    rows = [{"offence date": "2000-11-01", "born": "", "sentence": "4 years"}] * 200
    rows += [{"offence date": "", "born": "1984-12-01", "sentence": "life"}] * 200
    c = everybody(solved(by_file(written(tmp_path, rows))), DRAWS)
    mine = (c["admitted"] < 0) & (c["person"] < 2**40)
    assert np.all(c["admitted"][mine][:200] >= day("2000-11-01"))
    assert np.all(c["admitted"][mine][200:] - c["born"][mine][200:] >= 5479)


def test_arrivals_and_past_releases_stay_who_they_are(tmp_path):
    made = by_file(written(tmp_path, [FULL]))
    plain = scenario(busy_world())
    ones, others = everybody(solved(made), DRAWS), people_at_hand(solved(plain), DRAWS)
    for name in ("person", "admitted", "offence", "imposed", "born", "tolerance"):
        rest = [c[name][c["person"] >= 2**40] for c in (ones, others)]
        assert np.array_equal(*rest), name


def test_parquet_says_what_csv_says(tmp_path):
    pd, _ = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    rows = [FULL, {**dict.fromkeys(FULL, ""), "id": "b", "reductions": "1"}]
    made = by_file(written(tmp_path, rows))
    frame = pd.DataFrame([{k: v or None for k, v in row.items()} for row in rows])
    frame["admitted"] = pd.to_datetime(frame["admitted"])
    frame["reductions"] = frame["reductions"].astype(float)
    frame.to_parquet(tmp_path / "prisoners.parquet")
    other = by_file(tmp_path / "prisoners.parquet")
    ones, others = (everybody(solved(one), DRAWS) for one in (made, other))
    assert all(np.array_equal(ones[name], others[name]) for name in ones)
    assert made.address != other.address  # by its bytes


def test_the_bytes_decide_the_address_and_not_the_place(tmp_path):
    path = written(tmp_path, [FULL])
    (tmp_path / "elsewhere").mkdir()
    same = written(tmp_path / "elsewhere", [FULL], "other.csv")
    one, other = by_file(path), by_file(same)
    assert one.address == other.address
    assert by_file(written(tmp_path, [FULL | {"id": "b"}])).address != one.address
    again = from_resolved("again", other.resolved, "again.yaml")
    assert again.address == one.address
    written(tmp_path / "elsewhere", [FULL, FULL | {"id": "b"}], "other.csv")
    with pytest.raises(ScenarioError, match="has changed"):
        from_resolved("again", other.resolved, "again.yaml")


@pytest.mark.parametrize(
    ("changed", "line", "column", "words"),
    [
        ({"offence": "thefd"}, 2, "offence", "did you mean 'theft'?"),
        ({"sex": "woman"}, 2, "sex", "did you mean 'women'?"),
        ({"sentence": "4"}, 2, "sentence", "needs its unit"),
        ({"born": "1970-13-01"}, 2, "born", "no date"),
        ({"reductions": "two"}, 2, "reductions", "whole number"),
        ({"admitted": "2001-01-01"}, 2, "admitted", "not before the world's start"),
        ({"offence date": "1999-06-08"}, 2, "offence date", "after the admission"),
        ({"born": "1999-02-03"}, 2, "born", "after the offence"),
        ({"sentence": "18 months"}, 2, "sentence", "ran out before"),
        ({"sentence": "6 months"}, 2, "reduced by pardon", "leaves nothing"),
        ({"reductions": "0"}, 2, "reductions", "a cut is stated"),
    ],
)
def test_mistakes_are_told_by_row_and_column(tmp_path, changed, line, column, words):
    found = problems(written(tmp_path, [FULL | changed]))
    assert len(found) == 1
    assert found[0][:2] == (line, column)
    assert words in found[0][2]


def test_a_head_and_rows_that_do_not_fit(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,offense\na,theft\n", encoding="utf-8")
    assert "did you mean 'offence'?" in problems(path)[0][2]
    path.write_text("id,offence\na,theft,2\n", encoding="utf-8")
    assert problems(path) == [(2, "", "has 3 cells; the head has 2")]
    path.write_text("id\na\nb\na\n", encoding="utf-8")
    assert problems(path) == [(4, "id", "'a' stands in row 2 already")]
    path.write_text("", encoding="utf-8")
    assert "is empty" in problems(path)[0][2]


def test_a_file_of_nobody_is_a_world_of_nobody(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,offence\n", encoding="utf-8")
    made = by_file(path, held=graded(0, "persons"))
    assert not simulate(made, solved(made), DRAWS).record.series["stock"].any()


# --- The years before.

PAST = {
    "first": {**REST, "granted": "1999-04-05", "clauses": {
        "half": {"when": {"served share": ">= 50%"}, "then": "release"},
        "rest": {"when": {"served": ">= 0 days"}, "then": {"reduce": {"by": "5 months"}}}}},
    "second": {**REST, "granted": "2000-12-30", "cap": "20 in all", "clauses": EVERYBODY},
}  # fmt: skip


def seasoned(decrees=None, past=PAST, years=3, **changes):
    stock = {"seasoned": {"years": years, "decrees": past}}
    return scenario(busy_world(stock=stock, held=graded(400, "persons"), **changes), decrees)


def test_two_pieces_are_one():
    """The years before and those after, run apart, give what one run of both gives."""
    made = seasoned()
    prisons = solved(made)
    apart = simulate(made, prisons, DRAWS).register
    past = prisons.past
    assert past is not None
    whole = simulate(past.scenario, past, DRAWS, people=people_at_hand(past, DRAWS)).register
    start, days = made.past.ends_on, prisons.days

    def spells(r, shift):
        r_left, r_came = r.left.astype(int) - shift, r.admitted.astype(int) - shift
        rows = (r_left >= 0) & (r_came < days) & (r.person < 2**41)
        rows |= (r_left >= 0) & (r_came < days) & (r.person >= 3 * 2**40) & (r.person < 4 * 2**40)
        names = ("person", "spell", "cause", "offence", "residence")
        columns = [getattr(r, name)[rows].tolist() for name in names]
        left = np.where(r.left[rows] < NEVER, r_left[rows], NEVER)
        return set(zip(*columns, r_came[rows].tolist(), left.tolist(), strict=True))

    one, other = spells(apart, 0), spells(whole, start)
    assert len(one) > 400
    assert one == other


def test_arrivals_stay_who_they_are():
    ones = everybody(solved(seasoned()), DRAWS)
    others = people_at_hand(solved(scenario(busy_world(held=graded(400, "persons")))), DRAWS)
    for name in ("person", "admitted", "offence", "imposed", "born", "tolerance"):
        new = [c[name][(c["person"] >= ARRIVALS) & (c["person"] < ARRIVALS + 2**40)]
               for c in (ones, others)]  # fmt: skip
        assert np.array_equal(*new), name


def test_past_decrees_are_the_earlier_reductions():
    """Who was cut in 1999 has one; the label of the world is not used beside them."""
    made = seasoned(
        {
            "d": {
                **REST,
                "granted": "2001-01-01",
                "clauses": {
                    "once": {
                        "when": {"reductions": {"by": "pardon", "count": "== 1"}},
                        "then": "release",
                    }
                },
            }
        }
    )
    prisons = solved(made)
    people = everybody(prisons, DRAWS)
    once = (people["admitted"] < 0) & (people["earlier_count"] == 1)
    assert once.any()
    assert np.all(people["earlier_days"][once] > 0)
    assert made.world.earlier_reductions is not None
    freed = simulate(made, prisons, DRAWS, people=people).record.series["releases by decree"][0]
    assert freed == (once & (people["due"] > 0)).sum()


def test_a_sentence_is_what_it_was_before_the_cuts_of_the_past():
    """Four years less the five months of 1999 are four years still, if the sentence is asked."""
    conditions = {"sentence": ">= 4 years", "reductions": {"by": "pardon", "count": "== 1"}}
    clauses = {"long": {"when": conditions, "then": "release"}}
    made = seasoned({"d": {**REST, "granted": "2001-01-01", "clauses": clauses}})
    c = everybody(solved(made), DRAWS)
    term = c["due"].astype(int) - c["admitted"] + c["merit_days"]
    meant = (
        (c["admitted"] < 0)
        & (c["earlier_count"] == 1)
        & (c["imposed"] < LIFE)
        & (term + c["earlier_days"] >= 1461)
    )
    assert np.array_equal(c["imposed"][meant], term[meant])
    freed = simulate(made, solved(made), DRAWS, people=c).record.series["releases by decree"][0]
    assert freed == (meant & (c["due"] > 0)).sum() > 0


def test_pardons_of_the_past_are_earlier_pardons():
    clauses = {"once": {"when": {"earlier pardons": "== 1"}, "then": "release"}}
    made = seasoned({"d": {**REST, "granted": "2001-01-01", "clauses": clauses}})
    c = everybody(solved(made), DRAWS)
    meant = (c["admitted"] < 0) & (c["earlier_count"] == 1) & (c["due"] > 0)
    freed = simulate(made, solved(made), DRAWS, people=c).record.series["releases by decree"][0]
    assert freed == meant.sum() > 0


def test_a_pardon_before_leaves_fewer():
    many = {"all": {**REST, "granted": "2000-12-31", "clauses": EVERYBODY}}
    made = seasoned(past=many)
    stock = simulate(made, solved(made), DRAWS).record.series["stock"]
    assert stock[0] < 20  # those admitted since, and on the day
    assert stock[-1] > 200


def test_nobody_is_seasoned_twice():
    made = seasoned()
    prisons = solved(made)
    with pytest.raises(ValueError, match="has to be known first"):
        people_at_hand(prisons, DRAWS)


FLAGS = {
    "first offender": {"share": graded("50%")},
    "conduct": {"shares": {"good": graded("40%"), "bad": graded("60%")}, "drawn": "each spell"},
    "children": {"kind": "number", "unit": "children", "shares": {"0 to 3": graded("100%")}},
    "days in bad conditions": {"kind": "length", "shares": {"0 days to 1 year": graded("100%")}},
    "youngest child born": {
        "kind": "date", "drawn": "each spell", "shares": {"1 day to 5 years": graded("100%")},
    },
}  # fmt: skip
SAID = {
    "flag first offender": "true", "flag conduct": "bad", "flag children": "7",
    "flag days in bad conditions": "90 days", "flag youngest child born": "1998-03-04",
}  # fmt: skip


def named(made, replication=0):
    """Who of those held at the start the clause of a decree on the first day names."""
    draws = Draws(401, replication)
    return simulate(made, solved(made), draws).record.waterfalls["d", "all", "meets this clause"][0]


@pytest.mark.parametrize(
    "when",
    [
        {"first offender": True}, {"conduct": "bad"}, {"children": "== 7"},
        {"days in bad conditions": "== 90 days"}, {"youngest child born": "== 1998-03-04"},
    ],
)  # fmt: skip
def test_a_file_says_flags(tmp_path, when):
    rows = [{"id": str(i), "sentence": "4 years", "admitted": "2000-12-01", **SAID}
            for i in range(12)]  # fmt: skip
    rows += [{**dict.fromkeys(rows[0], ""), "id": f"open {i}", "sentence": "4 years"}
             for i in range(12)]  # fmt: skip
    clauses = {"all": {"when": when, "then": "release"}}
    law = {"d": {**REST, "granted": "2001-01-01", "clauses": clauses}}
    made = by_file(written(tmp_path, rows), law, flags=FLAGS, returns=None)
    said = 12
    share = {"first offender": 0.5, "conduct": 0.6}.get(next(iter(when)), 0)
    more = [named(made, k) - said for k in range(3)]
    assert min(more) >= 0
    assert (sum(more) > 0) == (share > 0)
    assert sum(more) <= 36


def test_a_flag_drawn_once_stays_with_the_person_and_one_of_a_spell_does_not(tmp_path):
    rows = [{"id": str(i), "sentence": "1 month", "admitted": "2000-12-20",
             "flag first offender": "true", "flag conduct": "bad"} for i in range(80)]  # fmt: skip
    back = {"first offender": True, "earlier spells": ">= 1"}
    clauses = {"once": {"when": back, "then": "release"},
               "anew": {"when": {"conduct": "bad", "earlier spells": ">= 1"}, "then": "release"},
               "both": {"when": {"earlier spells": ">= 1"}, "then": "release"}}  # fmt: skip
    always = {
        "offending": graded(50, "per year"), "detection": graded("100%"),
        "imprisonment": graded("100%"),
        "by time free": [{"until": graded("2 years"), "factor": graded(1, "relative")}],
    }  # fmt: skip
    law = {"d": {**REST, "granted": "2001-06-01", "clauses": clauses}}
    plain = dict(FLAGS, **{"first offender": {"share": graded("0%")}})
    made = by_file(written(tmp_path, rows), law, flags=plain, returns=always,
                   held=graded(1, "persons"))  # fmt: skip
    falls = simulate(made, solved(made), DRAWS).record.waterfalls
    once, anew, both = (falls["d", name, "meets this clause"][0] for name in clauses)
    assert both >= once > 20
    assert 0 < anew < both


def test_mistakes_in_flags_of_a_file(tmp_path):
    row = {**FULL, **SAID}
    wrong = {"flag children": "2.5", "flag conduct": "goood", "flag first offender": "perhaps",
             "flag days in bad conditions": "90", "flag youngest child born": "soon"}  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        by_file(written(tmp_path, [row | wrong]), flags=FLAGS)
    told = {problem.path: problem.message for problem in caught.value.problems}
    assert told.keys() == wrong.keys()
    assert told["flag children"] == "expected a whole number, found '2.5'"
    assert "did you mean 'good'?" in told["flag conduct"]
    assert "unknown first offender 'perhaps'" in told["flag first offender"]
    with pytest.raises(ScenarioError, match="unknown column 'flag conductt'"):
        by_file(written(tmp_path, [FULL | {"flag conductt": "bad"}]), flags=FLAGS)
    with pytest.raises(ScenarioError, match="unknown column 'flag conduct'"):
        by_file(written(tmp_path, [FULL | {"flag conduct": "bad"}]))


def test_a_cut_for_merit_before_the_start_leaves_a_term_however_short_it_is(tmp_path):
    """Two years are 731 days: no sentence of the file bears that cut, those of the world do."""
    rows = [{"id": str(n), "sentence": "730 days"} for n in range(60)]
    merit = {"each": "02-28", "after": graded("0 days"), "probability": graded("100%"),
             "cut": graded("2 years")}  # fmt: skip
    long = {"theft": offence("100%", "4 years", least="3 years", most="5 years")}
    made = by_file(written(tmp_path, rows), merit=merit, offences=long)
    c = everybody(solved(made), DRAWS)
    held = c["admitted"][:60].astype(int)
    assert (c["merit_count"][:60] == 0).all()
    assert (c["due"][:60] == held + 730).all()
    assert (c["due"][:60] >= 0).all()
