"""A law in words says what the law says: each form of a rule against its sentence, by hand."""

# ruff: noqa: RUF001 - single quotation marks stand around a sentence that has double ones

import json
import re
from datetime import date
from fractions import Fraction

import pytest

from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.predicate import (
    AGES,
    DATES,
    LENGTHS,
    OPPOSITE,
    PARTS,
    AgeIs,
    CountIs,
    DateIs,
    Either,
    Every,
    LengthIs,
    NumberIs,
    OffenceIs,
    On,
    OneOf,
    PardonsIs,
    PartIs,
    ReleasedIs,
    ShareIs,
    SpellsIs,
    Table,
    Tagged,
)
from sim.scenario.load import load, shipped_folder
from sim.scenario.reports import is_reports_file, load_reports
from sim.scenario.sweeps.sweep import is_sweep_file, load_sweep
from sim.scenario.words.conditions import condition_in_words
from sim.scenario.words.dates import _runs
from sim.scenario.words.decree import STAGES, decree_in_words
from sim.scenario.words.explanation import as_markdown, as_text, explained
from sim.scenario.words.phrases import (
    amount,
    basis,
    counted,
    day,
    fraction,
    in_letters,
    length,
    listed,
    sentence,
    share_in_words,
    times,
)
from sim.scenario.words.readings import readings_in_words
from tests.scenario.laws import law, scenario_of

SHIPPED = sorted(shipped_folder().rglob("*.yaml"))


def read(data):
    flags = {"boolean": ("has means",), "category": ("conduct",), "conduct": ("good", "bad"),
             "number": ("fines",), "length": ("bad days",), "date": ("child born",),
             "offence number": ("points",), "offence length": ("maximum",)}  # fmt: skip
    return ConditionReader({"decree": ("first",), **flags}, each_part=True).read(data)


# --- Phrases.


def test_lists_and_numbers_agree():
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == [
        "a", "a and b", "a, b or c"]  # fmt: skip
    assert [counted(1, "person"), counted(7000, "person"), counted(0, "day")] == [
        "1 person", "7,000 persons", "0 days"]  # fmt: skip
    assert [in_letters(1), in_letters(10), in_letters(11)] == ["one", "ten", "11"]
    assert [times(1), times(2), times(3)] == ["once", "twice", "3 times"]
    assert [amount(36000.0), amount(1.4), amount(0.06)] == ["36,000", "1.4", "0.06"]
    assert day(date(2020, 10, 8)) == "8 October 2020"


def test_lengths_are_in_the_largest_unit_that_is_exact():
    # 5 years are 1,826 days; 1,827 are a day more; 548 days are 18 months; 3 times 365.25 is 1,096.
    assert [length(d) for d in (1826, 1827, 548, 1096, 1, 0)] == [
        "5 years", "1,827 days", "18 months", "3 years", "1 day", "0 days"]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ("7/10", "seven tenths (70%)"),
        ("2/5", "two fifths (40%)"),
        ("1/2", "half (50%)"),
        ("1/4", "a quarter (25%)"),
        ("2/3", "two thirds"),
        ("1/8", "an eighth (12.5%)"),
        ("69/100", "69%"),
        ("1", "the whole (100%)"),
        ("0", "0%"),
    ],
)
def test_shares_are_in_letters_where_that_is_customary(share, words):
    assert share_in_words(Fraction(share)) == words


def test_a_fraction_without_a_customary_word_is_a_per_cent():
    assert fraction(Fraction(17, 40)) == "42.5%"


def test_a_sentence_begins_with_a_capital_and_ends_with_one_stop():
    assert [sentence("a b"), sentence("A."), sentence("so it goes!")] == [
        "A b.", "A.", "So it goes!"]  # fmt: skip


@pytest.mark.parametrize(
    ("sources", "grade", "words"),
    [
        (["a"], "A", "as reported by [a], grade A"),
        (["a", "b", "derived"], "B", "derived from [a] and [b], grade B"),
        (["a", "assumption"], "C", "an assumption informed by [a], grade C"),
        (["assumption"], "C", "an assumption without source, grade C"),
        (["a"], "C", "an assumption informed by [a], grade C"),
        (["derived"], "B", "computed from other values, grade B"),
        (["a"], None, "as reported by [a]"),
    ],
)
def test_what_a_value_rests_on_is_said_with_its_grade(sources, grade, words):
    assert basis(sources, grade) == words


# --- Conditions.

CONDITIONS = [
    ({"offence": "theft"}, "those who are held for theft"),
    ({"offence": ["a", "b", "c"]}, "those who are held for a, b or c"),
    ({"offence": {"not": "murder"}}, "those who are not held for murder"),
    ({"offence": {"tag": "economic"}}, "those whose offence is classed as economic"),
    (
        {"offence": {"tag": ["economic", "violent"]}},
        "those whose offence is classed as economic or violent",
    ),
    (
        {"offence": {"tag": "economic"}, "gravity": "petty"},
        "those whose offence is petty and classed as economic",
    ),
    ({"gravity": "ordinary"}, "those whose offence is not petty"),
    ({"not": {"gravity": "ordinary"}}, "those whose offence is petty"),
    ({"camp": "Kaechon"}, "those who are held in Kaechon"),
    ({"origin": "Pyongyang"}, "those who come from Pyongyang"),
    ({"not": {"origin": "Pyongyang"}}, "those who do not come from Pyongyang"),
    ({"residence": "Chagang"}, "those who have their residence in Chagang"),
    ({"health": ["ill", "weak"]}, "those whose state of health is ill or weak"),
    ({"sex": "women"}, "those who are women"),
    ({"not": {"sex": "women"}}, "those who are men"),
    ({"sentence": ">= 10 years"}, "those whose sentence is at least 10 years"),
    ({"sentence": "< 3 years"}, "those whose sentence is under 3 years"),
    ({"not": {"sentence": "< 3 years"}}, "those whose sentence is at least 3 years"),
    ({"not": {"term": "== 5 years"}}, "those whose term is under 5 years or more than 5 years"),
    ({"served": "> 5 years"}, "those who have served more than 5 years"),
    ({"remaining": "<= 2 years"}, "those who have at most 2 years left to the end of the term"),
    (
        {"remaining": "> 1 year and <= 2 years"},
        "those who have more than 1 year and at most 2 years left to the end of the term",
    ),
    (
        {"until due": "== 1 month"},
        "those who have exactly 1 month left until release is due",
    ),
    (
        {"served share": ">= 70%"},
        "those who have served at least seven tenths (70%) of the term",
    ),
    (
        {"served share of sentence": "> 1/2", "served": "< 5 years"},
        "those who have served more than half (50%) of the sentence and under 5 years",
    ),
    ({"age": ">= 60 years"}, "those whose age is at least 60 years"),
    (
        {"age at offence": "< 18 years"},
        "those whose age at the time of the offence was under 18 years",
    ),
    ({"reductions": ">= 1"}, "those whose sentence has been reduced before by pardon or for merit"),
    ({"reductions": {"by": "merit"}}, "those whose sentence has been reduced before for merit"),
    (
        {"reductions": {"by": "first", "count": "== 0"}},
        "those whose sentence has not been reduced before by “The first wave”",
    ),
    (
        {"reductions": {"by": "pardon", "count": "< 3"}},
        "those whose sentence has been reduced before at most twice by pardon",
    ),
    (
        [{"offence": "theft"}, {"sex": "women", "served": ">= 1 day"}],
        (
            "any of the following: (a) those who are held for theft, or (b) those who are women "
            "and who have served at least 1 day"
        ),
    ),
    (
        {"sex": "men", "not": {"offence": "theft", "origin": "Pyongyang"}},
        "those who are men and (who are not held for theft, or who do not come from Pyongyang)",
    ),
    (
        {"offence": {"not": "a"}, "not": {"offence": "b"}},
        "those who are not held for a and who are not held for b",
    ),
    ({"offence": {"points": ">= 2.5"}}, "those whose offence has “points” of at least 2.5"),
    (
        {"offence": {"not": {"maximum": "< 5 years"}}},
        "those whose offence has “maximum” of at least 5 years",
    ),
    (
        {"earlier spells": {"offence": "theft", "served share": ">= 1/2"}},
        (
            "those who have at least 1 earlier spell in custody of this kind (at its end they were "
            "among those who are held for theft and who have served at least half (50%) of the "
            "term)"
        ),
    ),
    (
        {"earlier spells": {"offence": "theft"}, "served": ">= 2 years"},
        (
            "those who have at least 1 earlier spell in custody of this kind (at its end they were "
            "among those who are held for theft) and who have served at least 2 years"
        ),
    ),
    (
        {"not": {"earlier spells": {"sentence": "> 2 years", "count": ">= 2"}}},
        (
            "those who have under 2 earlier spells in custody of this kind (at the end of each "
            "they were among those whose sentence is more than 2 years)"
        ),
    ),
    ({"parts": ">= 2"}, "those the parts of whose sentence number at least 2"),
    (
        {"any part": {"offence": "theft", "sentence": ">= 3 years"}},
        "those of whose sentence a part is for theft and is at least 3 years long",
    ),
    (
        {"not": {"any part": {"offence": {"tag": "b"}}}},
        "those of whose sentence every part is for an offence not classed as b",
    ),
    (
        {"this part": [{"offence": {"not": "theft"}}, {"offence": {"points": "> 2"}}]},
        (
            "those of whose sentence the part in question (is not for theft, or is for an offence "
            "that has “points” of more than 2)"
        ),
    ),
    (
        {
            "all parts": {
                "sentence": {
                    "table": [
                        {"when": {"offence": "theft"}, "is": "< 2 years"},
                        {"otherwise": "< 3 years"},
                    ]
                }
            }
        },
        (
            "those of whose sentence every part meets the first of these lines that names it "
            "(where it is for theft, it is under 2 years long; otherwise, it is under 3 years long)"
        ),
    ),
    ({"earlier spells": "< 1"}, "those who have no earlier spell in custody"),
    (
        {"time in prison": ">= 15 years"},
        "those who have been held, in all their spells, for at least 15 years",
    ),
    (
        {"time since last release": {"value": ">= 5 years", "after": "decree"}},
        "those who were last released by a decree at least 5 years ago (or never)",
    ),
    (
        {"time since last release on grant": "< 3 years"},
        "those who were last released under 3 years ago (reckoned to the day of the grant)",
    ),
    (
        {"earlier pardons": "< 1"},
        "those who have never, in all their spells, been pardoned",
    ),
    (
        {"earlier spells": ">= 1", "served": ">= 1 year"},
        "those who have an earlier spell in custody and who have served at least 1 year",
    ),
    (
        {"earlier pardons": {"by": "first", "count": ">= 2"}},
        "those who have, in all their spells, been pardoned at least twice by “The first wave”",
    ),
    ({"has means": True}, "those of whom “has means” holds"),
    ({"not": {"has means": True}}, "those of whom “has means” does not hold"),
    ({"conduct": {"not": "bad"}}, "those whose “conduct” is not bad"),
    ({"fines": ">= 300"}, "those whose “fines” is at least 300"),
    ({"bad days": "> 90 days"}, "those whose “bad days” is more than 90 days"),
    ({"child born": "> 2014-07-09"}, "those whose “child born” lies after 9 July 2014"),
    ({"child born": "< 6 years ago"}, "those whose “child born” lies under 6 years ago"),
    ({"admitted": "<= 2015-07-09"}, "those who were admitted on or before 9 July 2015"),
    (
        {"offence date": "< 2 years ago", "sentence final": "== 2015-07-09"},
        (
            "those whose offence was committed under 2 years ago and whose sentence became final "
            "on 9 July 2015"
        ),
    ),
    (
        {"served on 2020-10-10": ">= 1 year"},
        "those who have served at least 1 year (reckoned to 10 October 2020)",
    ),
    (
        {"age 30 days before grant": ">= 60 years"},
        "those whose age is at least 60 years (reckoned to 1 month before the day of the grant)",
    ),
    (
        {"age reached in the year": ">= 60 years"},
        "those whose age reached in the year is at least 60 years",
    ),
    (
        {"served share of sentence": {"value": "< 1/2", "counting": ["pardon", "merit"]}},
        (
            "those who have served under half (50%) of the sentence (cuts for merit and by pardon "
            "counted as served)"
        ),
    ),
    (
        {
            "offence": "a",
            "served": {
                "table": [
                    {"when": {"sex": "women", "has means": False}, "is": "> 1 day"},
                    {"otherwise": "> 1 year"},
                ]
            },
        },
        (
            "those who are held for a and who meet the first of these lines that names them (of "
            "those who are women and of whom “has means” does not hold, those who have served more "
            "than 1 day; of all others, those who have served more than 1 year)"
        ),
    ),
    (
        {"not": {"served": {"table": [{"when": {"sex": "women"}, "is": "> 1 day"}]}}},
        (
            "those who meet the first of these lines that names them (of those who are women, "
            "those who have served at most 1 day; of all others, nobody)"
        ),
    ),
]


@pytest.mark.parametrize(("data", "words"), CONDITIONS, ids=[str(c[0]) for c in CONDITIONS])
def test_a_condition_reads_as_the_law_it_is(data, words):
    assert condition_in_words(read(data), {"first": "The first wave"}) == words


def test_a_condition_without_parts_names_everybody_and_its_negation_nobody():
    assert condition_in_words(Every(())) == "all who are held"
    assert condition_in_words(Either(())) == "nobody"


def test_alternatives_of_what_is_not_so_are_never_drawn_together():
    # Not held for a, or not held for b: everybody. Drawn together it would name nobody with a or b.
    predicate = read([{"offence": {"not": "a"}}, {"offence": {"not": "b"}}])
    assert condition_in_words(predicate) == (
        "any of the following: (a) those who are not held for a, or (b) those who are not held for "
        "b"
    )


LEAVES = [
    *(OneOf(kind, names, among) for kind in ("offence", "camp", "origin", "residence", "health")
      for names in (("a",), ("a", "b")) for among in (True, False)),
    OneOf("gravity", ("petty",)), OneOf("gravity", ("ordinary",)), OneOf("sex", ("women",)),
    OneOf("sex", ("men",)), Tagged("a"), Tagged("b"), Tagged("a", carries=False),
    *(LengthIs(kind, sign, days) for kind in LENGTHS for sign in OPPOSITE for days in (365, 366)),
    *(AgeIs(kind, sign, 18) for kind in AGES for sign in OPPOSITE),
    *(ShareIs(of, sign, Fraction(share)) for of in ("term", "sentence") for sign in ("<", ">=")
      for share in ("7/10", "2/3")),
    *(CountIs(by, ">=", count) for by in ("any", "pardon", "merit", "first") for count in (1, 2)),
    CountIs("any", "==", 0),
    *(LengthIs("served", ">", 365, on, cuts) for on in (None, On("grant"), On("grant", 30))
      for cuts in ((), ("merit",), ("merit", "pardon"))),
    *(LengthIs(kind, ">", 365, since=True) for kind in DATES),
    *(DateIs(kind, sign, date(2015, 1, 1)) for kind in DATES for sign in ("<", "<=")),
    *(NumberIs("fines", ">", number) for number in (1, 2)),
    *(ReleasedIs(after, sign, 365) for after in ("any", "expiry", "decree", "first")
      for sign in (">", "<")),
    *(PardonsIs(by, ">=", count) for by in ("any", "first") for count in (1, 2)),
    *(NumberIs("earlier spells", sign, 1) for sign in OPPOSITE),
    *(NumberIs("parts", sign, 2) for sign in OPPOSITE),
    *(SpellsIs(rule, sign, count) for rule in (Tagged("a"), Tagged("b")) for sign in OPPOSITE
      for count in (1, 2)),
    *(PartIs(whose, LengthIs("sentence", sign, 365)) for whose in PARTS for sign in OPPOSITE),
    *(PartIs(whose, rule) for whose in PARTS for rule in (Tagged("a"), OneOf("offence", ("a",)))),
    *(OffenceIs(name, ">", Fraction(2), in_days=False) for name in ("points", "harm")),
    OffenceIs("maximum", ">", Fraction(2), in_days=True),
    *(OneOf(kind, ("true",), among) for kind in ("fined", "rich") for among in (True, False)),
    Table(((Tagged("a"), Tagged("b")),)),
    Table(((Tagged("a"), Tagged("b")), (Every(()), Tagged("b")))),
]  # fmt: skip


def unordered(predicate):
    """Return a condition without the order of its parts, and without parts said twice."""
    if isinstance(predicate, Every | Either):
        parts = {
            below
            for part in map(unordered, predicate.parts)
            for below in (part[1] if part[0] == type(predicate).__name__ else [part])
        }
        return min(parts, key=repr) if len(parts) == 1 else (
            type(predicate).__name__, frozenset(parts))  # fmt: skip
    return ("leaf", predicate)


def joined(one, other):
    return [kind(pair) for kind in (Every, Either) for x in one for y in other
            for pair in ((x, y), (y, x)) if x != y]  # fmt: skip


@pytest.mark.slow
def test_no_two_conditions_read_alike():
    """All leaves, all trees of three leaves three deep, and four with a leaf on top."""
    leaves = [OneOf("origin", ("a",)), Tagged("b"), LengthIs("served", ">", 365)]
    pairs = joined(leaves, leaves)
    deep = joined([*leaves, *pairs], [*leaves, *pairs])
    meanings = {}
    for condition in (*LEAVES, *joined(LEAVES, leaves), *deep, *joined(leaves, deep)):
        meanings.setdefault(condition_in_words(condition), set()).add(unordered(condition))
    assert [words for words, found in meanings.items() if len(found) > 1] == []
    assert len(meanings) > 4_000


@pytest.mark.parametrize(
    ("data", "starts"),
    [
        ({"offence": "theft"}, []),
        ({"sentence": "< 3 years"}, ["“At least”", "A year", "A life sentence counts"]),
        ({"served": "< 3 years"}, ["“At least”", "A year"]),
        ({"age": "< 18 years"}, ["“At least”", "Ages"]),
        ({"remaining": "< 3 years"}, ["“At least”", "A year", "A life sentence has no term"]),
        (
            {"served share": ">= 70%"},
            ["“At least”", "A year", "Since days are whole", "A life sentence has no term"],
        ),
        (
            {"served share": "> 70%"},
            ["“At least”", "A year", "“More than” a share", "A life sentence has no term"],
        ),
    ],
    ids=str,
)
def test_only_the_readings_that_matter_are_told(data, starts):
    told = readings_in_words([read(data)])
    assert len(told) == len(starts)
    assert all(text.startswith(start) for text, start in zip(told, starts, strict=True))


# --- Decrees.

HEAD = "title: T\nextends: dprk.yaml\ndecrees:\n  d:\n    source: dailynk-2020-07\n    grade: A\n"
PLAIN = "    granted: 2020-10-08\n"
THEFT = "    clauses: {thieves: {when: {offence: theft}, then: release}}\n"


def test_thresholds_of_an_earlier_day_are_projected_to_nothing(tmp_path):
    told = statements(tmp_path, f"{PLAIN}    thresholds_on: 2020-09-01\n{THEFT}")["thresholds"]
    assert "reckoned to 1 September 2020. The term is the one known when the lists close" in told
    assert "projected" not in told


def test_where_files_are_reviewed_not_everybody_is_put_on_the_list(tmp_path):
    work = "    ordered: 2020-07-01\n    review: {officers per camp: 1, files a day: 2}\n"
    said = statements(tmp_path, PLAIN + work + THEFT)
    assert said["no review"].endswith("whoever is eligible and reached by the review is put on the "
                                      "list and approved.")  # fmt: skip


def test_where_people_await_trial_a_reach_is_said_of_final_sentences(tmp_path):
    head = "title: T\nextends: laws/pending-cases.yaml\ndecrees:\n  amnesty: null\n  d:\n"
    body = (
        "    source: dailynk-2020-07\n    grade: A\n    granted: 2010-07-01\n"
        "    reach: {offences until: 2010-03-01}\n" + THEFT
    )
    said = statements(tmp_path, body, head)
    assert "becomes final later is read on that day, from which on the" in said["reach"]
    assert "extinguished" not in said["reach"]
    assert said["judgment"].startswith("All this is given to those whose sentence is final once it")


def test_whoever_a_reach_meets_later_is_not_released_with_the_others(tmp_path):
    reach = "    reach: {offences until: 2020-03-01}\n    release: {education: 9 days from grant}\n"
    said = statements(tmp_path, PLAIN + reach + THEFT)
    assert said["days"] == (
        "Those on the lists are released on 17 October 2020, the later of the day of the grant and "
        "the end of education. Whoever is read later is educated from that day on, or from the "
        "grant if that is later."
    )
    assert "on the day of admission, from which on the decree has its effect" in said["reach"]


def test_a_moved_release_point_is_said_of_whom_a_reach_meets(tmp_path):
    rests = "source: dailynk-2020-07, grade: A"
    head = (
        "title: T\nextends: laws/three-prisons.yaml\nworld:\n  release point:\n"
        f"    fraction: {{value: 2/3, {rests}}}\n    earlier by: {{value: 1 year, {rests}}}\n"
        "decrees:\n  d:\n"
    )
    body = (
        "    source: dailynk-2020-07\n    grade: A\n    granted: 2010-04-15\n"
        "    reach: {offences until: 2010-03-30}\n    clauses: {c: {when: {offence: theft}, "
        "then: {release point: {fraction: 1/2}}}}\n"
    )
    said = statements(tmp_path, body, head)["clause c"]
    assert "This is said of all whom the decree reaches," in said
    (setting, *_) = explained(load(tmp_path / "own.yaml")).paragraphs
    released = "ordinarily released after two thirds of the term, 1 year earlier than that."
    assert released in " ".join(setting.split())


def statements(tmp_path, body, head=HEAD):
    file = tmp_path / "own.yaml"
    file.write_text(head + body, encoding="utf-8")
    return {one.about: one.text for one in decree_in_words(load(file), "d")}


def test_a_plain_decree_says_what_is_not_asked(tmp_path):
    assert statements(tmp_path, PLAIN + THEFT) == {
        "sources": "Unless a part says otherwise, the decree is as reported by [dailynk-2020-07], "
        "grade A.",
        "granted": "The decree is granted on 8 October 2020; the lists close on the same day.",
        "thresholds": "Everything is read on the day on which the lists close, time served, time "
        "remaining, shares of the term and ages included.",
        "exclusions": "Nobody is barred.",
        "clause thieves": "Qualifying for release under “thieves” are those who are held for "
        "theft.",
        "no review": "No recommendation by the officer in charge and no approval by the centre is "
        "asked for: whoever is eligible is put on the list and approved.",
        "cap": "There is no limit on numbers.",
        "education": "Those to be released leave prison without education.",
        "days": "All are released on the day of the grant.",
    }


@pytest.mark.parametrize(
    ("line", "about", "words"),
    [
        ("acting body: the presidium", "act", "This is an act of the presidium."),
        ("status: rumoured", "act", "This decree is known as a rumour only."),
        ("reported: 2020-07-30", "act", "It became known on 30 July 2020."),
        ("note: told once", "note", "Note: told once."),
        ("ordered: 2020-07-23", "ordered", "The camps are told on 23 July 2020."),
        (
            "lists_due: {value: 2020-08-10, between: [2020-08-01, 2020-08-20], grade: B}",
            "lists",
            (
                "The lists close on 10 August 2020 (1 August 2020 to 20 August 2020 is held "
                "possible; derived from [dailynk-2020-07], grade B)."
            ),
        ),
        (
            "cap: {value: 1 per camp, low: 1, high: 5, grade: C, source: assumption}",
            "cap",
            (
                "At most 1 person may be selected from each camp (1 to 5 is held possible; an "
                "assumption without source, grade C)."
            ),
        ),
        ("cap: 5000 in all", "cap", "At most 5,000 persons may be selected in all."),
        ("cap: 5000 in all", "rank", "If more persons than places are approved, lots are drawn."),
        (
            "cap: 5000 in all",
            "places",
            (
                "Places are given out when the lists close, after review; those of persons who "
                "die, or whose term ends before their release, are lost."
            ),
        ),
        (
            "rank: oldest",
            "cap",
            (
                "There is no limit on numbers; the order that is stated (the oldest come first) "
                "has no effect without one."
            ),
        ),
        (
            "release: {education: 60 days from grant}",
            "education",
            (
                "Those to be released are first educated for 60 days from the grant, and are held "
                "meanwhile."
            ),
        ),
        (
            # 60 days after 8 October 2020: 23 in October, 30 in November, 7 in December.
            "release: {education: 60 days from grant, over: 2 days}",
            "days",
            (
                "Releases begin on 7 December 2020, the later of the day of the grant and the end "
                "of education, spread evenly over 2 days in each camp."
            ),
        ),
        (
            "release: {escort: true}",
            "escort",
            "They are escorted home, which is recorded and changes no result.",
        ),
        (
            "release: {escort: {per camp and day: {value: 10, low: 5, high: 20}}}",
            "escort",
            (
                "In each camp 10 a day are escorted home; the others wait in custody for a turn, "
                "and those who have waited longest go first, then by lot (5 to 20 is held "
                "possible)."
            ),
        ),
        (
            "release: {exile: {origin: Pyongyang, to: chosen by camp}}",
            "exile",
            (
                "Those who come from Pyongyang are exiled to places that the camp chooses; in this "
                "world 90% of them comply."
            ),
        ),
        ("release: {supervision: true}", "supervision", "They are supervised after their release."),
        ("release: {job: 7/10}", "job", "70% of those released are given a job."),
        (
            "drive: {arrests per release: 50%, within: 3 months}",
            "drive",
            (
                "Arrests follow: each release brings within 3 months the arrest of one new person "
                "with a probability of 50%."
            ),
        ),
        (
            "outcomes: {released: {value: 1, unit: persons, source: rfa-2020-total, grade: A}}",
            "outcome released",
            "Reports count 1 person as released (as reported by [rfa-2020-total], grade A).",
        ),
        (
            "review: {recommended: 60%}",
            "recommended",
            "The officer in charge recommends each person with a probability of 60%.",
        ),
        ("review: {recommended: 60%}", "no review", "No approval by the centre is asked for."),
        (
            "exclude: {grave: {offence: murder}}",
            "exclusion grave",
            "Barred as “grave” are those who are held for murder.",
        ),
    ],
)
def test_each_part_of_a_decree_has_its_sentence(tmp_path, line, about, words):
    assert words in statements(tmp_path, f"{PLAIN}    {line}\n{THEFT}")[about]


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("{by: 3 years}", "Their term is reduced by 3 years."),
        (
            "{by: 3 years, at most: half the sentence}",
            "Their term is reduced by 3 years, but by no more than half the sentence.",
        ),
        ("{by: 1/4 of remaining}", "Their term is reduced by a quarter of the time remaining."),
        (
            "{by: 1/3 of served from 2018-01-01 to 1 year before grant}",
            (
                "Their term is reduced by a third of the time served from 1 January 2018 to 1 year "
                "before the day of the grant."
            ),
        ),
        ("{by: 2/3 of term}", "Their term is reduced by two thirds of the term."),
        ("{by: 50% of sentence}", "Their term is reduced by half the sentence."),
    ],
)
def test_a_reduction_says_by_how_much(tmp_path, then, words):
    clause = f"    clauses: {{c: {{when: {{offence: theft}}, then: {{reduce: {then}}}}}}}\n"
    told = statements(tmp_path, PLAIN + clause)
    assert told["clause c"] == (
        f"Qualifying for a reduction under “c” are those who are held for theft. {words}"
    )
    assert ("Fractions are rounded down" in told["reductions"]) == (
        " of " in then or "half" in then
    )


def test_a_graded_threshold_says_what_it_rests_on(tmp_path):
    clause = (
        "    clauses: {c: {then: release, when: {sentence: {value: '>= 10 years', low: 5 years, "
        "high: 12 years, grade: C, source: assumption, status: inferred, note: a guess}}}}\n"
    )
    assert statements(tmp_path, PLAIN + clause)["clause c"] == (
        "Qualifying for release under “c” are those whose sentence is at least 10 years. The limit "
        "of 10 years for the sentence is an assumption without source, grade C, and inferred; 5 "
        "years to 12 years is held possible. Note: a guess."
    )


@pytest.mark.parametrize(
    ("when", "limit"),
    [
        ("{offence: {points: %s}}", "3 for “points” of the offence"),
        ("{offence: {not: {points: %s}}}", "3 for “points” of the offence"),
        ("{offence: {maximum: %s}}", "3 years for “maximum” of the offence"),
        ("{any part: {sentence: %s}}", "3 years for the sentence of a part"),
        ("{all parts: {sentence: %s}}", "3 years for the sentence of every part"),
        ("{earlier spells: {sentence: %s}}", "3 years for the sentence of an earlier spell"),
        ("{not: {served: %s}}", "3 years for the time served"),
    ],
)
def test_a_graded_threshold_says_whose_it_is(tmp_path, when, limit):
    number = 3 if "points" in when else "3 years"
    graded = f"{{value: '< {number}', grade: B, source: hrnk-map}}"
    world = (
        "world: {offences: {theft: {numbers: {points: {value: 2, unit: points, source: hrnk-map, "
        "grade: B}, maximum: {value: 5 years, source: hrnk-map, grade: B}}}}}\n"
    )
    clause = f"    clauses: {{c: {{then: release, when: {when % graded}}}}}\n"
    head = HEAD.replace("decrees:\n", world + "decrees:\n")
    told = statements(tmp_path, PLAIN + clause, head)["clause c"]
    assert f"The limit of {limit} is " in told


def test_a_clause_says_what_it_overrides_and_how_it_is_known(tmp_path):
    body = (
        f"{PLAIN}    exclude: {{grave: {{offence: murder}}}}\n"
        "    clauses: {c: {when: {sex: women}, then: release, despite: grave, status: rumoured, "
        "grade: B}}\n"
    )
    assert statements(tmp_path, body)["clause c"] == (
        "Qualifying for release under “c” are those who are women. They qualify even if they are "
        "barred as “grave”. This clause is known as a rumour only. It is derived from "
        "[dailynk-2020-07], grade B."
    )


def test_who_must_agree_is_said_clause_by_clause(tmp_path):
    body = (
        f"{PLAIN}    review: {{recommended: 80%}}\n    clauses:\n"
        "      a: {when: {sex: women}, then: release, review: {recommended: 60%}}\n"
        "      b: {when: {offence: theft}, then: release}\n"
        "      c: {when: {offence: fraud}, then: release, review: {approved: 1/2}}\n"
    )
    told = statements(tmp_path, body)
    assert told["recommended"] == (
        "Under “a”, the officer in charge recommends each person with a probability of 60%. Under "
        "“b” and “c”, the officer in charge recommends each person with a probability of 80%."
    )
    assert told["approved"] == (
        "Under “c”, the centre approves each person with a probability of 50%. Under “a” and “b”, "
        "no approval by the centre is asked for."
    )
    assert "no review" not in told


def test_what_follows_a_draw_by_lot_in_a_rank_is_not_told(tmp_path):
    rank = "    cap: 5 in all\n    rank: [least remaining, oldest, lottery, longest served]\n"
    assert statements(tmp_path, PLAIN + rank + THEFT)["rank"] == (
        "Those with the least time remaining, then the oldest, come first; life sentences come "
        "last; ties are settled by lot."
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ("releases", "Only releases take a place; reductions are not limited."),
        ("reductions", "Only reductions take a place; releases are not limited."),
        ("both", "Releases and reductions alike take a place."),
    ],
)
def test_what_takes_a_place_is_said_where_terms_are_cut(tmp_path, counts, words):
    body = (
        f"{PLAIN}    cap: 5 in all\n    counts: {counts}\n"
        "    clauses: {c: {when: {sex: women}, then: {reduce: {by: 1 year}}}}\n"
    )
    assert statements(tmp_path, body)["places"].startswith(words)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("grant", "the day of the grant, 8 October 2020. "),
        ("release", "the first planned day of release, 7 December 2020. "),
        ("2020-09-01", "1 September 2020. "),
    ],
)
def test_the_day_of_the_thresholds_is_said(tmp_path, on, words):
    body = (
        f"    lists_due: 2020-08-10\n{PLAIN}    thresholds_on: {on}\n"
        f"    release: {{education: 60 days from grant}}\n{THEFT}"
    )
    told = statements(tmp_path, body)["thresholds"]
    assert told == (
        f"Time served, time remaining, shares of the term and ages are reckoned to {words}They are "
        "projected to it from the term known when the lists close, the day on which everything "
        "else is read."
    )


def test_a_yearly_decree_says_its_days_and_how_often_they_come(tmp_path):
    # 2015 to 2025 are eleven years.
    body = f"    every: year\n    dates: [02-16, 10-10]\n{THEFT}"
    assert statements(tmp_path, body)["granted"] == (
        "The decree recurs every year on 16 February and 10 October: within the years simulated, "
        "22 occasions. The lists close on the day itself."
    )


def test_statements_come_in_the_order_of_the_stages():
    scenario = load("2020-anniversary.yaml")
    stages = [one.stage for one in decree_in_words(scenario, "party-75th")]
    assert list(dict.fromkeys(stages)) == list(STAGES)
    assert stages == sorted(stages, key=STAGES.index)


# --- Files.


def told(path):
    if is_reports_file(path):
        return explained(load_reports(path))
    asked = load_sweep(path) if is_sweep_file(path) else load(path)
    return explained(asked)


def sentences_of(section):
    yield from (*section.paragraphs, *section.items, *section.closing)
    for below in section.sections:
        yield from sentences_of(below)


def check_prose(section):
    for text in sentences_of(section):
        assert text == text.strip(), text
        assert re.match(r"[A-Z0-9“‘(]", text), text
        assert text.endswith((".", ".’")), text
        assert "  " not in text, text
        assert not re.search(r"\b1 (days|months|years|persons|camps|occasions)\b", text), text
        assert not re.search(r"\.\.|,,| ,| \.|\(\)|\( | \)|None|Fraction\(", text), text
        assert not re.search(
            r"thresholds_on|lists_due|rests on|\b(when|then|value|low|high):", text
        )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_reads_as_prose(path):
    section = told(path)
    check_prose(section)
    assert as_text(section).startswith(section.heading + "\n===")
    assert max(map(len, as_text(section).splitlines())) <= 100
    assert json.loads(json.dumps(section.as_json()))["heading"] == section.heading


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_nothing_that_a_shipped_decree_names_is_left_out(path):
    if is_sweep_file(path) or is_reports_file(path):
        return
    scenario, text = load(path), " ".join(as_text(told(path)).split())
    for decree in scenario.decrees.values():
        for name in (*decree.clauses, *decree.exclude):
            assert f"“{name}”" in text
        dates = [decree.ordered, decree.lists_due, decree.granted]
        for one in filter(None, dates):
            assert day(one.value) in text
        if decree.cap.value:
            assert f"At most {counted(decree.cap.value.places, 'person')}" in text
        cited = {*decree.source, *(s for c in decree.clauses.values() for s in c.source or ())}
        assert all(f"[{name}]" in text for name in cited - {"assumption", "derived"})


def test_a_file_without_a_decree_describes_its_world():
    text = as_text(told(shipped_folder() / "no-pardon.yaml"))
    assert "There is no decree: nobody is released or reduced by one." in text
    assert "People are admitted for theft (24%), fraud (10%)" in text


def test_what_a_scenario_rests_on_is_said_with_what_holds_instead():
    sections = {
        one.heading: one for one in told(shipped_folder() / "2020-anniversary.yaml").sections
    }
    items = sections["What it rests on"].items
    assert items[0] == "Number held: from 20,000 to 100,000 persons, in place of 36,000."
    assert items[3].startswith("Bar on earlier reductions: without it; left out is ‘Barred as")
    assert "added is ‘Arrests follow: each release brings within 3 months" in items[4]


def test_a_range_is_written_as_its_value_is(tmp_path):
    paths = {
        "share": "decrees.party-75th.clauses.border crossing and smuggling.when.served share",
        "education": "decrees.party-75th.release.education",
    }
    rest = "".join(f"  {name}: {{range of: {path}}}\n" for name, path in paths.items())
    file = tmp_path / "own.yaml"
    text = f"title: Own\nextends: 2020-anniversary.yaml\nrests on:\n{rest}"
    file.write_text(text, encoding="utf-8")
    (section,) = [one for one in told(file).sections if one.heading == "What it rests on"]
    assert section.items[-2:] == (
        "Share: from 40% to 80%, in place of 70%.",
        "Education: from 3 days to 60 days, in place of 60 days.",
    )


def test_a_variant_of_a_sweep_is_told_by_what_it_says_differently():
    sweep = told(shipped_folder() / "sweeps" / "2020-left-open.yaml")
    variants = {one.name: one for one in sweep.sections}
    assert "eight variants of it are compared" in sweep.paragraphs[0]
    assert variants["economic offences of any gravity"].items == (
        (
            "Who qualifies: in place of ‘Qualifying for release under “economic crime” are those "
            "whose offence is petty and classed as economic.’ stands ‘Qualifying for release under "
            "“economic crime” are those whose offence is classed as economic.’"
        ),
    )
    grid = told(shipped_folder() / "sweeps" / "2020-education.yaml").sections
    assert grid[0].paragraphs == ("It says the same as 2020-anniversary.",)


def test_markdown_cites_what_stands_in_the_bibliography_and_escapes_the_rest(tmp_path):
    body = f"    note: a *star* and [nobody]\n{PLAIN}{THEFT}"
    file = tmp_path / "own.yaml"
    file.write_text(HEAD + body, encoding="utf-8")
    scenario = load(file)
    text = as_markdown(explained(scenario), scenario.sources)
    assert text.startswith("# T\n\n")
    assert "as reported by [@dailynk-2020-07], grade A" in text
    assert r"Note: a \*star\* and [nobody]." in text


def test_random_laws_read_as_prose():
    """What no shipped file has: negations, odd thresholds, every rank and way to read a date."""
    for number in range(25):
        check_prose(explained(scenario_of(law(number))))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([(2, 16)], ["16 February"]),
        ([(6, 29), (6, 30), (7, 1)], ["29 June", "30 June", "1 July"]),
        ([(6, 29), (6, 30), (7, 1), (7, 2)], ["each day from 29 June to 2 July"]),
        ([(12, 30), (12, 31), (1, 1), (1, 2)], ["each day from 30 December to 2 January"]),
        ([(2, 27), (2, 28), (3, 1), (3, 2)], ["27 February", "28 February", "1 March", "2 March"]),
        (
            [(1, 1), *((4, n) for n in range(1, 5))],
            ["1 January", "each day from 1 April to 4 April"],
        ),
    ],
)
def test_days_in_a_row_are_a_run(days, told):
    assert list(_runs(days)) == told


def test_a_commutation_names_those_who_alone_can_meet_it(tmp_path):
    commuted = "{commute: {from: life, to: 20 years}}"
    clauses = (
        f"    clauses: {{asked: {{when: {{sentence: life}}, then: {commuted}}}, "
        f"unasked: {{when: {{served: '>= 9 years'}}, then: {commuted}}}}}\n"
    )
    said = statements(tmp_path, PLAIN + clauses)
    assert said["clause asked"].startswith(
        "Qualifying for a commutation under “asked” are those whose sentence is one for life. Their"
    )
    assert said["clause unasked"].startswith(
        "Qualifying for a commutation under “unasked” are, of those with a sentence for life, "
        "those who have served at least 9 years. Their"
    )


def test_a_share_without_a_last_digit_is_written_as_a_fraction(tmp_path):
    share = "{value: '>= 2/3', low: 1/3, high: 3/4, grade: C, source: assumption}"
    said = statements(
        tmp_path,
        PLAIN + f"    clauses: {{a: {{when: {{served share: {share}}}, then: release}}}}\n",
    )
    assert "The limit of 2/3 for the share of the term served is an assumption" in said["clause a"]


@pytest.mark.parametrize(
    "waits",
    [
        "tranches: {women: {when: {sex: women}, out: 3 days after the grant}}",
        "latency: 5 days",
        "escort: {per camp and day: 2}",
        "exile: {origin: Pyongyang, to: chosen by camp, approval: 9 days}",
    ],
)
def test_where_some_wait_not_all_are_released_on_the_first_day(tmp_path, waits):
    said = statements(tmp_path, PLAIN + THEFT + f"    release: {{{waits}}}\n")
    assert said["days"] == "Releases begin on the day of the grant."


def test_classes_that_hold_everybody_have_days_of_their_own(tmp_path):
    classes = "{women: {when: {sex: women}, out: 3 days after the grant}, men: {out: 2020-11-01}}"
    plain = PLAIN + THEFT + f"    release: {{tranches: {classes}}}\n"
    said = statements(tmp_path, plain)
    assert said["days"] == "Each of the classes below is released from a day of its own on."
    assert said["tranches"].endswith(
        "all others. Of several, the first that names a person counts."
    )
    taught = plain.replace("{tranches", "{education: 9 days from grant, over: 2 days, tranches")
    said = statements(tmp_path, taught)
    assert said["days"].endswith("of its own on, spread evenly over 2 days in each camp.")
    assert said["tranches"].endswith("counts. Nobody goes before the end of education.")
    some = plain.replace("men: {out", "men: {when: {offence: theft}, out")
    said = statements(tmp_path, some)["tranches"]
    assert said.endswith("counts. Who is in none goes on the first day.")


def test_measured_is_from_the_first_planned_release_where_there_is_one(tmp_path):
    head = HEAD.replace("decrees:", "measured from: 2016-01-01\ndecrees:", 1)
    statements(tmp_path, "    in force: {from: 2018-01-01, to: 2018-12-31}\n" + THEFT, head)
    assert "Effects are measured from 1 January 2016 on." in explained_text(tmp_path)
    statements(tmp_path, PLAIN + THEFT, head)
    told = "Effects are measured from the first planned release on, 8 October 2020."
    assert told in explained_text(tmp_path)


def explained_text(tmp_path):
    return " ".join(explained(load(tmp_path / "own.yaml")).paragraphs)


def test_a_standing_decree_closes_no_lists(tmp_path):
    standing = "    in force: {from: 2018-01-01, to: 2018-12-31}\n    take-up: 90%\n"
    said = statements(tmp_path, standing + THEFT)
    assert said["take-up"].endswith("it is settled on the day of the check.")
    assert not any("lists" in text for about, text in said.items() if about != "no review")


def test_how_comparisons_are_read_is_said_of_those_in_tables_too(tmp_path):
    rows = "[{when: {age: '>= 60 years'}, is: 2 years}, {otherwise: 1 year}]"
    said = statements(
        tmp_path,
        PLAIN
        + f"    clauses: {{all: {{when: {{offence: theft}}, then: {{reduce: {{by: {{table: {rows}"
        "}}}}}\n",
    )
    assert said["readings"].endswith("Ages are completed years.")


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (
            "laws/death-to-life.yaml",
            "0.1 executions per person and year (0 to 0.4 is held possible",
        ),
        (
            "laws/gravely-ill.yaml",
            "“falls ill”: in custody people change from well to ill at a rate",
        ),
    ],
)
def test_a_law_tells_how_its_world_executes_and_makes_ill(law, words):
    (setting, *_) = explained(load(shipped_folder() / law)).paragraphs
    assert words in " ".join(setting.split())
