"""Words that are kept are those that would be drawn, whoever asks, for what, and in any order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.custody import shelf
from sim.custody.persons import OF_A_SPELL
from sim.custody.streams import ARRIVALS, PAST_RELEASES, Draws, Stream

# Compiled, words cost less than keeping them.
pytestmark = pytest.mark.usefixtures("by_numpy")
SIZES = (2 * shelf.PAGE + 5, 3, shelf.PAGE)
"""Persons held, released before, and arriving; the last fill a page to its end."""


def kept(*sizes, room=None):
    draws = Draws(5, 7)
    draws.expect(*(sizes or SIZES))
    if room is not None:
        draws.shelf.room = room
    return draws


def crowd(word, n):
    """Persons of all ranges, some beyond their ends, with spells and lines of all sorts."""
    random = np.random.default_rng(word)
    origin = random.choice([0, PAST_RELEASES, ARRIVALS], n, p=[0.6, 0.05, 0.35])
    person = origin + random.integers(0, random.choice([4, 3 * shelf.PAGE]), n)
    spell = random.integers(0, 1 + random.choice([1, shelf.SPELLS + 2]), n)
    line = np.where(random.random(n) < random.choice([0, 0.1]), 2**63 + 5, 0).astype(np.uint64)
    return person, spell, line


@settings(max_examples=15, deadline=None)
@given(
    asks=st.lists(st.tuples(st.integers(0, 2**32), st.sampled_from([1, 5, 100, 5000, 20_000]),
                            st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=4),
    room=st.sampled_from([0, 3 * shelf.PAGE, shelf.WORDS_KEPT]),
)  # fmt: skip
def test_words_do_not_depend_on_what_is_kept(asks, room):
    keeping, fresh = kept(room=room), Draws(5, 7)
    for word, n, occurrence, salt in asks:
        person, spell, line = crowd(word, n)
        for stream, address in (
            (Stream.MERIT, {"spell": spell, "line": line, "occurrence": occurrence, "salt": salt}),
            (Stream.SEX, {"spell": 0, "line": line}),
            (Stream.SEX, {"spell": 0, "line": 0}),
        ):
            found, expected = (d.at(stream, person, **address) for d in (keeping, fresh))
            np.testing.assert_array_equal(found, expected)
        ours, theirs = (d.several(OF_A_SPELL, person, spell=spell, line=line)
                        for d in (keeping, fresh))  # fmt: skip
        for stream in OF_A_SPELL:
            np.testing.assert_array_equal(ours(stream), theirs(stream))
    assert keeping.shelf.room >= 0


def test_what_is_asked_by_many_is_kept_and_what_is_asked_by_few_is_not():
    draws, person = kept(), np.arange(0, shelf.PAGE, 4)
    draws.at(Stream.RETURN, person, spell=1, line=0)
    book = draws.shelf.books[(Stream.RETURN,), 0, 0]
    assert (book.slot >= 0).nonzero()[0].tolist() == [draws.shelf.pages]  # the first of spell 1
    draws.at(Stream.RETURN, np.arange(2 * shelf.PAGE, 2 * shelf.PAGE + 5), spell=0, line=0)
    assert book.used == 1


def test_another_number_of_persons_empties_it():
    draws = kept()
    draws.at(Stream.RETURN, np.arange(shelf.PAGE), spell=0, line=0)
    draws.expect(*SIZES)
    assert draws.shelf.books
    draws.expect(10, 0, 10)
    assert not draws.shelf.books
    assert draws.shelf.room == shelf.WORDS_KEPT


@pytest.mark.parametrize("sizes", [(0, 0, 0), (0, 0, 9000), (9000, 0, 0), (0, 9000, 0)])
def test_ranges_may_be_empty(sizes):
    draws, person = kept(*sizes), np.arange(9000) + (np.array(sizes) > 0).argmax() * PAST_RELEASES
    expected = Draws(5, 7).at(Stream.DEATH, person, spell=0, line=0)
    for _ in range(2):
        np.testing.assert_array_equal(draws.at(Stream.DEATH, person, spell=0, line=0), expected)
