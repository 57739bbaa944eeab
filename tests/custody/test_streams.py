"""Every random word has an address, and nothing but its address decides it."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim.custody import philox
from sim.custody.streams import (
    ARRIVALS,
    HELD_AT_START,
    PAST_RELEASES,
    Draws,
    Stream,
    decree_salt,
    drive_line,
)

pytestmark = pytest.mark.usefixtures("either_way")
FALSE_ALARM = 1e-6
DRAWS = Draws(seed=20200708, replication=3)
WORD = st.integers(0, 2**64 - 1)
PERSON = st.integers(0, 3 * 2**40) | st.integers(0, 40) | st.integers(2**40 - 9, 2**40 + 9)


def by_definition(draws: Draws, stream: int, person: int, **rest: int) -> int:
    """One word, written out from the layout that the module documents, with NumPy alone."""
    salt = rest.get("salt", 0)
    path = (draws.replication, stream, salt % 2**32, salt // 2**32)
    key = np.random.SeedSequence(entropy=draws.seed, spawn_key=path).generate_state(2, np.uint64)
    upper = [rest.get(name, 0) for name in ("spell", "occurrence", "line")]
    counter = sum(word * 2 ** (64 * i) for i, word in enumerate([person // 4, *upper]))
    generator = np.random.Philox(key=key, counter=(counter - 1) % 2**256)
    return int(generator.random_raw(4)[person % 4])


def uniforms(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    return (words >> np.uint64(11)) * 2.0**-53


# --- The counter function.


@given(st.tuples(WORD, WORD), st.lists(st.tuples(WORD, WORD, WORD, WORD), min_size=1, max_size=5))
def test_philox_words_are_those_of_numpy(key, counters):
    keys, columns = np.array(key, dtype=np.uint64), np.array(counters, dtype=np.uint64).T
    words = philox.philox_words(keys, *columns)
    for counter, block in zip(counters, words, strict=True):
        start = (sum(word << (64 * i) for i, word in enumerate(counter)) - 1) % 2**256
        expected = np.random.Philox(key=keys, counter=start).random_raw(4)
        assert block.tolist() == expected.tolist()


def test_philox_lane_is_a_column_of_philox_words_across_chunks():
    n = 2 * philox.CHUNK + 5
    rng = np.random.default_rng(1)
    counters = rng.integers(0, 2**64 - 1, size=(4, n), dtype=np.uint64)
    key, lane = np.array([5, 2**63], dtype=np.uint64), rng.integers(0, 4, size=n)
    words = philox.philox_words(key, *counters)
    assert np.array_equal(philox.philox_lane(key, lane, *counters), words[np.arange(n), lane])
    assert words[-1].tolist() == philox.philox_words(key, *counters[:, -1:])[0].tolist()


# --- Column and at.


@given(first=PERSON, count=st.integers(0, 70), spell=st.integers(0, 9), occurrence=WORD, salt=WORD)
def test_column_and_at_agree(first, count, spell, occurrence, salt):
    rest = {"spell": spell, "occurrence": occurrence, "salt": salt}
    column = DRAWS.column(Stream.DEATH, first, count, **rest)
    persons = np.arange(first, first + count)
    assert column.shape == (count,)
    assert np.array_equal(DRAWS.at(Stream.DEATH, persons, line=0, **rest), column)
    if count:
        assert int(column[-1]) == by_definition(DRAWS, 30, first + count - 1, **rest)


@given(person=PERSON, spell=WORD, occurrence=WORD, line=WORD, salt=WORD, seed=st.integers(0, 2**99))
def test_any_single_word_can_be_reached(person, seed, **rest):
    draws = Draws(seed, 2**32 - 1)
    found = draws.at(Stream.EXILE, np.array([person]), **rest)
    assert found.tolist() == [by_definition(draws, 53, person, **rest)]


COSTS = {
    "as measured": {},
    "all sparse": {"FEW": 0, "RUN_NS": 10**12, "GROUPS": 0},
    "sparse by groups": {"FEW": 0, "RUN_NS": 10**12, "WORTH_A_GROUP": 1},
    "one run each": {"FEW": 10**6},
    "runs over everything": {"FEW": 0, "WORD_NS": 0, "WORTH_A_GROUP": 1, "GROUPS": 99},
    "runs over blocks": {"FEW": 0, "BLOCK": 16, "RUN_NS": 0, "CALL_NS": 0, "WORTH_A_GROUP": 1},
}


@pytest.mark.parametrize("costs", COSTS.values(), ids=COSTS)
@pytest.mark.parametrize("spread", [1, 3, 40])
@pytest.mark.parametrize("mixed", ["nothing", "spell", "line", "spell and line"])
def test_the_way_taken_never_shows(monkeypatch, costs, spread, mixed):
    for name, value in costs.items():
        monkeypatch.setattr(philox, name, value)
    rng = np.random.default_rng(spread)
    persons = rng.integers(0, 700 * spread, size=700) + 7
    persons[200:400].sort()
    spell = rng.integers(0, 4 if "spell" in mixed else 1, size=700).astype(np.int16)
    line = np.where(rng.random(700) < 0.3, 2**63 + 5, 0).astype(np.uint64) * ("line" in mixed)
    found = DRAWS.at(Stream.RETURN, persons, spell=spell, line=line, occurrence=2)
    for row in range(700):
        address = {"spell": int(spell[row]), "line": int(line[row]), "occurrence": 2}
        assert int(found[row]) == by_definition(DRAWS, 31, int(persons[row]), **address)


@pytest.mark.parametrize("share", [1.0, 0.3, 0.05, 0.001])
def test_a_large_subset_has_the_words_of_the_column(share):
    everybody = DRAWS.column(Stream.OFFENCE, ARRIVALS - 50_000, 100_000)
    chosen = np.flatnonzero(np.random.default_rng(2).random(100_000) < share)
    persons = chosen + ARRIVALS - 50_000
    assert np.array_equal(DRAWS.at(Stream.OFFENCE, persons, spell=0, line=0), everybody[chosen])


def test_ranges_of_ids_are_mixed_freely():
    persons = np.concatenate([np.arange(9000) + start for start in (ARRIVALS, HELD_AT_START)])
    found = DRAWS.at(Stream.SEX, persons, spell=np.zeros(18000, np.int32), line=0)
    assert np.array_equal(found[:9000], DRAWS.column(Stream.SEX, ARRIVALS, 9000))
    assert np.array_equal(found[9000:], DRAWS.column(Stream.SEX, HELD_AT_START, 9000))


# --- Nothing else decides, and everything in the address does.


def test_every_part_of_the_address_changes_every_word():
    base = {"spell": 1, "occurrence": 1, "salt": 2**40 + 1}
    changes = [{name: value + 1} for name, value in base.items()] + [{"salt": 2**41 + 1}]
    columns = [DRAWS.column(Stream.JOB, 50, 400, **base | change) for change in [{}, *changes]]
    columns += [DRAWS.column(Stream.LOTTERY, 50, 400, **base)]
    columns += [
        replace(DRAWS, **change).column(Stream.JOB, 50, 400, **base)
        for change in ({"seed": 5}, {"seed": 5 + 2**32}, {"replication": 4}, {"replication": 0})
    ]
    columns += [DRAWS.at(Stream.JOB, np.arange(50, 450), line=1, **base)]
    columns += [DRAWS.column(Stream.JOB, 450, 400, **base)]
    assert len(np.unique(np.concatenate(columns))) == len(columns) * 400


def test_the_parts_of_the_address_cannot_stand_for_each_other():
    def draw(spell, occurrence, line):
        persons = np.arange(8, 40)
        address = {"spell": spell, "occurrence": occurrence, "line": line}
        return DRAWS.at(Stream.CAMP, persons, **address).tolist()

    words = draw(1, 0, 0) + draw(0, 1, 0) + draw(0, 0, 1) + draw(0, 0, 0)
    words += DRAWS.column(Stream.CAMP, 8, 32, salt=1).tolist()
    words += DRAWS.column(Stream.CAMP, 8, 32, salt=2**32).tolist()
    assert len(set(words)) == 6 * 32


def test_a_larger_study_keeps_the_words_of_a_smaller_one():
    whole = DRAWS.column(Stream.SENTENCE, 6, 1000)
    assert np.array_equal(DRAWS.column(Stream.SENTENCE, 6, 10), whole[:10])
    assert np.array_equal(DRAWS.column(Stream.SENTENCE, 11, 20), whole[5:25])


def test_the_order_of_replications_and_threads_does_not_matter():
    def draw(replication):
        draws = Draws(9, replication)
        return draws.column(Stream.DEATH, 3, 5000).sum(), draws.column(Stream.AGE, 0, 10).tolist()

    forwards = [draw(k) for k in range(20)]
    with ThreadPoolExecutor(4) as pool:
        backwards = list(pool.map(draw, reversed(range(20))))
    assert forwards == backwards[::-1]
    assert len({tuple(ages) for _, ages in forwards}) == 20


def test_words_stay_what_they_were():
    words = Draws(seed=1, replication=0).column(Stream.OFFENCE, 2, 3).tolist()
    assert words == [0x29BF3A5C5085F673, 0x7C85128C59AF8301, 0xDACA17E940F27A54]


# --- The table of streams, ids, decrees.


STREAMS = """
    1 HELD_COUNT 2 ADMISSION_COUNT 3 PAST_RELEASE_COUNT 4 RELEASED_AGO 10 OFFENCE 11 SENTENCE
    12 ELAPSED 13 MERIT_BEFORE 14 CAMP 15 ORIGIN 16 SEX 17 AGE 18 HEALTH 19 GRAVITY
    20 EARLIER_REDUCTION 30 DEATH 31 RETURN 32 MERIT 50 RECOMMENDATION 51 APPROVAL 52 LOTTERY
    53 EXILE 54 DESTINATION 55 JOB 56 DRIVE_ARREST 57 DRIVE_DAY 58 TAKE_UP
"""


def test_stream_ids_are_fixed():
    fixed = re.findall(r"(\d+) (\w+)", STREAMS)
    assert len(fixed) == 27
    assert {stream.name: str(int(stream)) for stream in Stream}.items() >= {
        (name, number) for number, name in fixed
    }


def test_ranges_of_ids_leave_room_for_a_trillion_each():
    assert (HELD_AT_START, PAST_RELEASES, ARRIVALS) == (0, 2**40, 2**41)
    starts = [HELD_AT_START, PAST_RELEASES, ARRIVALS]
    assert all(upper - lower == 2**40 for lower, upper in pairwise(starts))
    words = [DRAWS.column(Stream.AGE, start, 1000) for start in starts]
    assert len(np.unique(words)) == 3000


def test_a_decrees_streams_follow_from_its_name_alone():
    assert decree_salt("party-75th") == int.from_bytes(bytes.fromhex("cd191073debf81cd"), "little")
    names = [f"decree {n}" for n in range(1000)]
    assert len({decree_salt(name) for name in names}) == 1000
    assert all(0 < decree_salt(name) < 2**64 for name in names)


def test_drive_lines_tell_decrees_and_spells_apart():
    spells = np.arange(2**16 - 1)
    nobody = np.zeros(len(spells), dtype=np.uint64)
    lines = [drive_line(decree_salt(name), nobody, spells) for name in ("a", "b")]
    lines.append(drive_line(0, nobody, spells))
    assert lines[0].dtype == np.uint64
    assert len(np.unique(lines)) == 3 * len(spells)
    assert np.min(lines) > 0


def test_drive_lines_refuse_a_second_drive_and_a_spell_too_many():
    with pytest.raises(ValueError, match="no further arrest"):
        drive_line(1, np.array([0, 7], dtype=np.uint64), np.array([0, 0]))
    with pytest.raises(ValueError, match="freed_spell must be from 0 to 65534, found 65535"):
        drive_line(1, np.array([0, 0], dtype=np.uint64), np.array([0, 65535]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Draws(-1, 0), "seed must not be negative, found -1"),
        (lambda: Draws(0, -2), "replication must be from 0 to 4294967295, found -2"),
        (lambda: Draws(0, 2**32), "replication must be from 0"),
        (lambda: DRAWS.column(Stream.AGE, -4, 2), "first must be .* found -4"),
        (lambda: DRAWS.column(Stream.AGE, 0, -1), "count must be"),
        (lambda: DRAWS.column(Stream.AGE, 0, 1, spell=-1), "spell must be"),
        (lambda: DRAWS.column(Stream.AGE, 0, 1, occurrence=-1), "occurrence must be"),
        (lambda: DRAWS.column(Stream.AGE, 0, 1, salt=2**64), "salt must be"),
        (lambda: DRAWS.at(Stream.AGE, np.array([3, -1]), spell=0, line=0), "person must not"),
        (lambda: DRAWS.at(Stream.AGE, np.array([3]), spell=-1, line=0), "spell must be from"),
        (lambda: DRAWS.at(Stream.AGE, np.array([3]), spell=np.array([-1]), line=0), "spell must"),
        (
            lambda: DRAWS.at(Stream.AGE, np.array([3, 3]), spell=np.array([0, -1]), line=0),
            "found -1",
        ),
        (lambda: DRAWS.at(Stream.AGE, np.array([3]), spell=0, line=0, occurrence=-1), "occurrence"),
        (lambda: DRAWS.at(Stream.AGE, np.array([3]), spell=0, line=-1), "line must be"),
    ],
)
def test_refuses_what_has_no_address(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- The words are random. Fixed seed; each test would raise a false alarm once in a million seeds.


def test_words_are_uniform():
    words = DRAWS.column(Stream.SENTENCE, 1, 2**20)
    for shift in (56, 24, 0):
        counts = np.bincount((words >> np.uint64(shift)).view(np.int64) & 255, minlength=256)
        assert stats.chisquare(counts).pvalue > FALSE_ALARM
    assert stats.kstest(uniforms(words), "uniform").pvalue > FALSE_ALARM


@pytest.mark.parametrize("change", ["person", "spell", "replication", "stream", "occurrence"])
def test_neighbouring_addresses_are_uncorrelated(change):
    n = 2**18
    others = {
        "person": DRAWS.column(Stream.DEATH, 1, n),
        "spell": DRAWS.column(Stream.DEATH, 0, n, spell=1),
        "replication": Draws(DRAWS.seed, 4).column(Stream.DEATH, 0, n),
        "stream": DRAWS.column(Stream.RETURN, 0, n),
        "occurrence": DRAWS.column(Stream.DEATH, 0, n, occurrence=1),
    }
    one, other = uniforms(DRAWS.column(Stream.DEATH, 0, n)), uniforms(others[change])
    correlation = np.corrcoef(one, other)[0, 1]
    assert abs(correlation) * np.sqrt(n) < stats.norm.isf(FALSE_ALARM / 2)


@pytest.mark.parametrize("number", [0, 1, 3, 4, 5, 100, 2048, 2049])
def test_several_streams_at_once_are_those_one_by_one(number):
    draws = Draws(3, 5)
    streams = (Stream.HEALTH, Stream.OFFENCE, Stream.SENTENCE, Stream.CAMP)
    person = np.array([k * 7919 % 10_007 + 2**40 * (k % 3) for k in range(number)], dtype=np.int64)
    spell = np.arange(number) % 5 + 1
    line = np.where(np.arange(number) % 4, 0, 2**63 + 17).astype(np.uint64)
    words = draws.several(streams, person, spell=spell, line=line)
    for stream in streams:
        one = draws.at(stream, person, spell=spell, line=line)
        np.testing.assert_array_equal(words(stream), one, err_msg=stream.name)


def test_several_streams_refuse_negative_addresses():
    person = np.array([5, -1, 3, 2], dtype=np.int64)
    line, spell = np.zeros(4, dtype=np.uint64), np.ones(4, dtype=np.int64)
    with pytest.raises(ValueError, match="person must not be negative, found -1"):
        Draws(1, 0).several((Stream.CAMP,), person, spell=spell, line=line)
    with pytest.raises(ValueError, match="spell must be from 0 to"):
        Draws(1, 0).several((Stream.CAMP,), np.abs(person), spell=-spell, line=line)
