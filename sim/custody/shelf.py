"""Words that a replication has drawn for its people, kept for its other decrees and scenarios.

A word is a function of its address, so it does not matter who asked first, nor whether it is kept.
Where many of a page's words are asked for, the whole page is drawn and kept: a run of words costs a
small part of as many single ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.findings import Notes
from sim.custody.lives import Lives

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Run = Callable[[int, int, int, int], Words]
"""Gives the words of one stream, spell, first person and number of persons."""
Scattered = Callable[[Ints], Words]
"""Gives the words of some of the persons asked for, by their places, shape (streams, n)."""
Name = tuple[tuple[int, ...], int, int]
"""Streams, salt, occurrence."""

RANGE_BITS = 40
"""The bits of a person's id above these say where he comes from."""
SPELLS = 4
"""Words of so many first spells are kept; later ones are rare."""
PAGE_BITS = 13
PAGE = 1 << PAGE_BITS
"""Persons on a page."""
ONCE, AGAIN = 256, 48
"""A page is drawn when so many of its words are wanted: of what is asked on one occasion, and of
what is asked again and again.
"""
WORDS_KEPT = 1 << 24
"""So many words are kept at most in a replication: 128 MB."""


@dataclass
class _Book:
    """Pages of words: `slot` of a page, -1 if it is not there, and their words, (slots, streams,
    `PAGE`).
    """  # noqa: D205 - one sentence

    slot: NDArray[np.int64]
    words: Words
    used: int = 0


class Shelf:
    """Words kept, once it is told how many persons there are in each range of ids."""

    def __init__(self) -> None:
        self.sizes: Ints = np.zeros(0, dtype=np.int64)
        self.first: Ints = self.sizes
        self.pages = 0
        self.books: dict[Name, _Book] = {}
        self.room = WORDS_KEPT
        self.notes: Notes = {}
        self.lives = Lives(0)
        self._people: NDArray[np.generic] = self.sizes

    def notes_of(self, people: NDArray[np.generic]) -> Notes:
        """Return what has been found of people so far: small numbers, by name, one for each.

        Known are those whose column of ids was given last, this very one; their lives as well.
        """
        if self._people is not people:
            self._people, self.notes, self.lives = people, {}, Lives(len(people))
        return self.notes

    def expect(self, *sizes: int) -> None:
        """Say how many persons the ranges of ids hold, from the first on."""
        if tuple(self.sizes) != sizes:
            self.sizes = np.array(sizes, dtype=np.int64)
            pages = np.cumsum([0, *(-(-size // PAGE) for size in sizes)])
            self.first, self.pages = pages[:-1] * PAGE, int(pages[-1])
            self.books, self.room = {}, WORDS_KEPT

    def words(
        self, name: Name, persons: Ints, spells: Words, lines: Words, run: Run, scattered: Scattered
    ) -> Words | None:
        """Return the words of persons, spells and lines, shape (streams, n); None if it has none.

        `run` and `scattered` draw what is not there.
        """
        if not self.pages or not len(persons):
            return None
        book = self.books.get(name)
        if book is None:
            if self.room < len(name[0]) * PAGE:
                return None
            none = np.full(SPELLS * self.pages, -1, dtype=np.int64)
            book = _Book(none, np.empty((1, len(name[0]), PAGE), dtype=np.uint64))
            self.books[name] = book
        place, slot = self._find(book, persons, spells, lines)
        missing = slot < 0
        if missing.any():
            self._draw(book, place[missing], AGAIN if name[1:] == (0, 0) else ONCE, run)
            slot = np.where(place < 0, -1, book.slot[place >> PAGE_BITS])
            missing = slot < 0
        at = slot * (len(name[0]) * PAGE) + (place & (PAGE - 1))
        each = np.arange(len(name[0]))[:, None] * PAGE
        found: Words = book.words.reshape(-1).take(at + each, mode="clip")
        if missing.any():
            rest = np.flatnonzero(missing)
            found[:, rest] = scattered(rest)
        return found

    def _find(
        self, book: _Book, persons: Ints, spells: Words, lines: Words
    ) -> tuple[Ints, NDArray[np.int64]]:
        """Return the place of each word, -1 where none is kept, and the slot of its page."""
        origin = np.minimum(persons >> RANGE_BITS, len(self.sizes) - 1)
        within = persons - (origin << RANGE_BITS)
        place = self.first[origin] + within + spells.astype(np.int64) * (self.pages * PAGE)
        known = (within < self.sizes[origin]) & (spells < SPELLS) & (lines == 0)
        if not known.all():
            place[~known] = -1
            return place, np.where(known, book.slot[np.where(known, place, 0) >> PAGE_BITS], -1)
        return place, book.slot[place >> PAGE_BITS]

    def _draw(self, book: _Book, place: Ints, worth: int, run: Run) -> None:
        """Draw the pages of which many words are wanted."""
        wanted = np.bincount(place[place >= 0] >> PAGE_BITS)
        streams = book.words.shape[1]
        for page in np.flatnonzero(wanted >= worth).tolist():
            if self.room < streams * PAGE:
                return
            if book.used == len(book.words):
                book.words = np.resize(book.words, (2 * book.used, streams, PAGE))
            spell, start = divmod(page * PAGE, self.pages * PAGE)
            origin = int(np.searchsorted(self.first, start, side="right")) - 1
            person = (origin << RANGE_BITS) + start - int(self.first[origin])
            for stream in range(streams):
                book.words[book.used, stream] = run(stream, spell, person, PAGE)
            book.slot[page] = book.used
            book.used += 1
            self.room -= streams * PAGE
