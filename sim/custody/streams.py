"""Random words with an address, so that no draw depends on the order in which things happen.

The address of a word is (seed, replication, stream, salt, occurrence, line, spell, person). A
stream is a decision: offence, sentence, death. The first four choose the key of a Philox
generator, the rest its counter, so that any word can be had without the ones before it::

    key     = SeedSequence(seed, spawn_key=(replication, stream, salt_low, salt_high))
    counter = [person // 4, spell, occurrence, line], of whose four words person % 4 is taken

Two scenarios that agree on a person's address agree on everything that is drawn for him.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, unique
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.custody import kernel
from sim.custody.philox import run_words, scattered_words, words_of_keys
from sim.custody.shelf import RANGE_BITS, Shelf

Words: TypeAlias = NDArray[np.uint64]
Persons: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.integer]

HELD_AT_START = 0
"""First id of those held on day 0."""
PAST_RELEASES = 1 << RANGE_BITS
"""First id of those released before day 0."""
ARRIVALS = 2 << RANGE_BITS
"""First id of those first admitted from day 0 on."""


BEFORE = 3 * 2**40
"""First id of those first admitted in the simulated years before the start."""
CRACKDOWNS = 2**45
"""First id of those whom crackdowns add."""


ONE_BY_ONE, TOGETHER = 3, 8192
"""So few persons are drawn one by one; so many words are drawn together at most."""


@unique
class Stream(IntEnum):
    """The decisions that are drawn. An id is fixed for good and never used again."""

    HELD_COUNT = 1  # number held at the start; the person is 0
    ADMISSION_COUNT = 2  # first admissions of a day; the person is the day
    PAST_RELEASE_COUNT = 3  # number of past releases that may still return
    RELEASED_AGO = 4  # how long ago a past release happened
    CRACKDOWN_COUNT = 5  # people whom a crackdown adds on a day; the person is the day
    CRACKDOWN_SPARED = 6  # whether an admission is left out where fewer are admitted
    STATED = 7  # what the row of a file leaves open, given what it says
    OFFENCE = 10  # offence of a spell
    SENTENCE = 11  # sentence imposed
    ELAPSED = 12  # time served at the start
    MERIT_BEFORE = 13  # merit cuts before the start
    CAMP = 14  # camp of a spell
    ORIGIN = 15  # province a person comes from
    SEX = 16  # sex
    AGE = 17  # age at offence
    HEALTH = 18  # health on admission
    GRAVITY = 19  # gravity of the offence
    EARLIER_REDUCTION = 20  # whether and when the label of an earlier pardon switches on
    DELAY = 21  # time from the offence to admission
    PART = 22  # whether a sentence has a part for another offence; the salt is that of its name
    PART_SHARE = 23  # how much of the sentence that part takes; the salt is the same
    SURVIVED = 24  # whether a person of the start lived through more than the least hazard
    SERVED_LIFE = 25  # time served of a sentence for life, once the hazard is constant
    EXECUTION = 26  # how long after a sentence of death it is carried out
    FLAG = 28  # value of a flag, of a person or of a spell; the salt is that of its name
    DEATH = 30  # tolerance: the hazard a person survives
    RETURN = 31  # whether and when a released person returns
    MERIT = 32  # merit cut of a year
    FIRST_CHANGE = 36  # how long health stays as it was on admission
    SECOND_CHANGE = 37  # how long in the second state of health of a spell
    THIRD_CHANGE = 38  # how long in the third
    TRIAL = 40  # how long a person awaits trial
    VERDICT = 41  # whether he is convicted
    APPEAL = 42  # whether the sentence is appealed against
    APPEAL_DAYS = 43  # how long an appeal takes
    EXPECTED = 44  # expected sentence of those held at the start who will be acquitted
    RECOMMENDATION = 50  # whether the officer in charge recommends
    APPROVAL = 51  # whether the centre approves
    LOTTERY = 52  # place in a draw by lot, and among ties
    EXILE = 53  # whether an exile is complied with
    DESTINATION = 54  # where an exile leads
    JOB = 55  # whether a job is found
    DRIVE_ARREST = 56  # whether a release brings an arrest
    DRIVE_DAY = 57  # how long after the release that arrest comes
    TAKE_UP = 58  # whether an offer is taken up
    LATENCY = 60  # how many days a release is late
    GRANT_DAY = 61  # which of some days a grant falls on; the person is 0
    SURPRISE = 62  # waits between surprises; the person is the number of the surprise
    FILE = 63  # place of a file in a review by lot


@lru_cache(maxsize=4096)
def decree_salt(name: str) -> int:
    """Return the 64-bit number, never 0, that sets a decree's streams apart by its name.

    Streams that belong to no decree have salt 0.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") or 1


def drive_line(salt: int, freed_line: Words, freed_spell: Numbers) -> Words:
    """Return the `line` of the persons whom a drive arrests, never 0.

    Such a person bears the id of the freed person whose release brought the arrest; the line tells
    the two apart. Its upper 48 bits are the decree's, its lower 16 the freed spell plus 1: two
    spells never share a line, two decrees do so once in 2**48 pairs.

    Raises
    ------
    ValueError
        If a freed person was arrested in a drive himself (line other than 0): such persons bring
        no further arrest. If a spell does not fit its 16 bits.
    """
    if np.any(freed_line):
        raise ValueError("a person arrested in a drive brings no further arrest: line must be 0")
    _refuse_outside("salt", salt, 2**64)
    spell = _counter_word("freed_spell", freed_spell, 2**16 - 1)
    return np.uint64(salt >> 16 << 16) | (spell + np.uint64(1))


@dataclass(frozen=True)
class Draws:
    """The random words of one replication. Each is a function of its address and of nothing else.

    Raises
    ------
    ValueError
        If `seed` is negative, or `replication` is outside 0 to 2**32 - 1 (beyond which another
        seed and replication could share its key).
    """

    seed: int
    replication: int
    shelf: Shelf = field(default_factory=Shelf, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a seed or replication without a key of its own."""
        _refuse_outside("seed", self.seed, None)
        _refuse_outside("replication", self.replication, 2**32)

    def column(
        self,
        stream: Stream,
        first: int,
        count: int,
        *,
        spell: int = 0,
        occurrence: int = 0,
        salt: int = 0,
    ) -> Words:
        """Return the words of the persons `first` to ``first + count - 1``, line 0.

        Raises
        ------
        ValueError
            If any part of the address is negative.
        """
        _refuse_outside("first", first, 2**63)
        _refuse_outside("count", count, 2**63)
        _refuse_outside("spell", spell, 2**64)
        _refuse_outside("occurrence", occurrence, 2**64)
        upper = (spell, occurrence, 0)
        if kernel.compiled is not None:
            return kernel.compiled.words_run(self.key_words(stream, salt), first, count, upper)
        return run_words(self._key(stream, salt), first, count, upper)

    def at(
        self,
        stream: Stream,
        person: Persons,
        *,
        spell: Numbers | int,
        line: Words | int,
        occurrence: int = 0,
        salt: int = 0,
    ) -> Words:
        """Return the words of the listed persons, in their order, whatever it is.

        `spell` and `line` hold one value per person or one for all. The time taken grows with the
        number of persons, whichever they are; where they lie close together it is less. Where
        `column` covers them, the words are those of `column`.

        Raises
        ------
        ValueError
            If any part of an address is negative.
        """
        _refuse_outside("occurrence", occurrence, 2**64)
        if kernel.compiled is not None:
            key = self.key_words(stream, salt)
            words = kernel.compiled.words_at(key, person, spell, occurrence, line)
            if words is not None:
                return words
        persons, spells, lines = _address(person, spell, line)
        kept = self._kept((stream,), persons, spells, lines, occurrence, salt)
        if kept is not None:
            return np.asarray(kept[0])
        return scattered_words(self._key(stream, salt), persons, spells, occurrence, lines)

    def several(
        self, streams: Sequence[Stream], person: Persons, *, spell: Numbers, line: Words
    ) -> Callable[[Stream], Words]:
        """Return the words of the listed persons in several streams, as `at` gives them.

        Of few persons all streams are drawn at once, which costs little more than one.

        Raises
        ------
        ValueError
            If any part of an address is negative.
        """
        persons, spells, lines = _address(person, spell, line)
        if kernel.compiled is not None:
            return lambda stream: self.at(stream, persons, spell=spells, line=lines)
        kept = self._kept(tuple(streams), persons, spells, lines, 0, 0)
        words = self._scattered(streams, persons, spells, lines, 0, 0) if kept is None else kept
        return dict(zip(streams, words, strict=True)).__getitem__

    def expect(self, held: int, past_releases: int, arrivals: int) -> None:
        """Say how many persons there are: from now on their words are kept once drawn."""
        self.shelf.expect(held, past_releases, arrivals)

    def _kept(
        self,
        streams: tuple[Stream, ...],
        persons: Persons,
        spells: Words,
        lines: Words,
        occurrence: int,
        salt: int,
    ) -> Words | None:
        """Return words, those that are kept and the rest; None if none are kept."""

        def run(number: int, spell: int, first: int, count: int) -> Words:
            return self.column(
                streams[number], first, count, spell=spell, occurrence=occurrence, salt=salt
            )

        def scattered(rows: Persons) -> Words:
            which, where = (part[rows] if part.ndim else part for part in (spells, lines))
            return self._scattered(streams, persons[rows], which, where, occurrence, salt)

        name = (streams, salt, occurrence)
        return self.shelf.words(name, persons, spells, lines, run, scattered)

    def _scattered(
        self,
        streams: Sequence[Stream],
        persons: Persons,
        spells: Words,
        lines: Words,
        occurrence: int,
        salt: int,
    ) -> Words:
        """Draw words one by one, shape (streams, n)."""
        keys = np.stack([self._key(stream, salt) for stream in streams])
        if len(streams) > 1 and ONE_BY_ONE < len(persons) <= TOGETHER // len(streams):
            return words_of_keys(keys, persons, spells, occurrence, lines)
        return np.stack([
            scattered_words(key, persons, spells, occurrence, lines) for key in keys
        ])  # fmt: skip

    def _key(self, stream: Stream, salt: int) -> Words:
        _refuse_outside("salt", salt, 2**64)
        return _key_of(self.seed, self.replication, int(stream), salt)

    def key_words(self, stream: Stream, salt: int = 0) -> tuple[int, int]:
        """Return the two words of the key of a stream."""
        _refuse_outside("salt", salt, 2**64)
        return _key_words_of(self.seed, self.replication, int(stream), salt)


def _address(
    person: Persons, spell: Numbers | int, line: Words | int
) -> tuple[Persons, Words, Words]:
    """Return the parts of addresses in their types.

    Raises
    ------
    ValueError
        If any is negative.
    """
    persons = np.asarray(person, dtype=np.int64)
    if persons.size and persons.min() < 0:
        raise ValueError(f"person must not be negative, found {persons.min()}")
    return persons, _counter_word("spell", spell), _counter_word("line", line)


@lru_cache(maxsize=4096)
def _key_of(seed: int, replication: int, stream: int, salt: int) -> Words:
    path = _path(replication, stream, salt)
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=path)
    key = np.asarray(sequence.generate_state(2, np.uint64), dtype=np.uint64)
    key.flags.writeable = False
    return key


@lru_cache(maxsize=4096)
def _key_words_of(seed: int, replication: int, stream: int, salt: int) -> tuple[int, int]:
    if kernel.compiled is not None:
        return kernel.compiled.key_of(seed, _path(replication, stream, salt))
    low, high = _key_of(seed, replication, stream, salt).tolist()
    return low, high


def _path(replication: int, stream: int, salt: int) -> tuple[int, int, int, int]:
    return replication, stream, salt & 0xFFFFFFFF, salt >> 32


def _refuse_outside(name: str, value: int, bound: int | None) -> None:
    if value < 0 or (bound is not None and value >= bound):
        limits = "not be negative" if bound is None else f"be from 0 to {bound - 1}"
        raise ValueError(f"{name} must {limits}, found {value}")


def _counter_word(name: str, value: Numbers | int, bound: int = 2**64) -> Words:
    """Return `value` as unsigned words; shape () if it is one number for all."""
    if isinstance(value, int):
        _refuse_outside(name, value, bound)
    elif value.size:
        _refuse_outside(name, int(value.min()), bound)
        _refuse_outside(name, int(value.max()), bound)
    return np.asarray(value, dtype=np.uint64)
