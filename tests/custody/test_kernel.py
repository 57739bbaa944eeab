"""The compiled kernel gives what NumPy gives, and is not opened unless it is of this source."""

import copy
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hatch_build
from sim.custody import exponentials, hazards, kernel, philox, tables
from sim.custody.columns import DTYPES
from sim.custody.kernel import library
from sim.custody.kernel.calls import SIGNATURES
from sim.custody.kernel.operands import KINDS, Pinned
from sim.custody.model import simulate
from sim.custody.people import people_at_hand
from sim.custody.prisons import prisons
from sim.custody.streams import Draws, Stream
from tests.theory.worlds import busy_world, customary, decree, extreme_world, scenario, shipped

ROOT = Path(__file__).parents[2]
TOP = 2**64 - 1
WORD = st.integers(0, TOP) | st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**32, 2**63, TOP - 1, TOP])
PLACE = st.integers(0, 2**63 - 1) | st.integers(0, 9) | st.integers(2**62 - 5, 2**62 + 5)
SIZE = st.sampled_from([0, 1, 3, 511, 512, 513, 1025])
SHAPES = st.sampled_from(["plain", "strided", "backwards", "read-only", "unaligned"])


def laid(array, shape):
    """The same numbers, laid out otherwise in memory."""
    n, array = len(array), np.ascontiguousarray(array)
    if shape == "strided":
        wide = np.zeros((n, 3), dtype=array.dtype)
        wide[:, 1] = array
        return wide[:, 1]
    if shape == "backwards":
        return array[::-1].copy()[::-1]
    if shape == "unaligned":
        return np.frombuffer(b"x" + array.tobytes(), dtype=np.uint8)[1:].view(array.dtype)
    array.flags.writeable = shape != "read-only"
    return array


def numpys(work):
    """What NumPy makes of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", None)
        return work()


def same(work):
    """Both do the same work, with equal results or equal errors."""
    found = []
    for way in (work, lambda: numpys(work)):
        try:
            found.append(way())
        except ValueError as error:
            found.append(str(error))
    one, other = found
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert one.flags.writeable
    assert np.array_equal(one, other)
    return one


def random_words(seed, n):
    random = np.random.default_rng(seed)
    words = random.integers(0, TOP, n, dtype=np.uint64, endpoint=True)
    edges = np.array([0, 1, 2**32 - 1, 2**32, 2**63, TOP], dtype=np.uint64)
    return np.where(random.random(n) < 0.2, random.choice(edges, n), words)


HALF = st.integers(0, 2**32 - 1) | st.sampled_from([0, 1, 2**31, 2**32 - 1])


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**300) | st.sampled_from([0, 2**32 - 1, 2**32, 2**128 - 1, 2**128]),
    path=st.tuples(HALF, HALF, HALF, HALF),
)
def test_the_key_of_a_stream(calls, seed, path):
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=path)
    assert calls.key_of(seed, path) == tuple(sequence.generate_state(2, np.uint64).tolist())


@settings(max_examples=60, deadline=None)
@given(key=st.tuples(WORD, WORD), first=PLACE, n=SIZE, upper=st.tuples(WORD, WORD, WORD))
def test_a_run_of_words(calls, key, first, n, upper):
    words = calls.words_run(key, first, n, upper)
    assert np.array_equal(words, philox.run_words(np.array(key, np.uint64), first, n, upper))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32), n=SIZE, key=st.tuples(WORD, WORD), occurrence=WORD,
    top=st.sampled_from([5, 10_000, 2**40, 2**62 + 3, 2**63 - 1]), shape=SHAPES,
    spell=st.sampled_from([3, np.int8, np.int16, np.int32, np.int64, np.uint64, np.bool_]),
    line=st.sampled_from([0, TOP, np.uint64, np.int32]),
)  # fmt: skip
def test_words_anywhere(calls, seed, n, key, occurrence, top, shape, spell, line):
    random = np.random.default_rng(seed)
    places = laid(random.integers(0, top, n, endpoint=True), shape)
    parts = [
        one if isinstance(one, int) else laid(random.integers(0, 2, n).astype(one), shape)
        for one in (spell, line)
    ]
    words = calls.words_at(key, places, parts[0], occurrence, parts[1])
    full = [np.asarray(one).astype(np.uint64) for one in parts]
    expected = philox.scattered_words(
        np.array(key, np.uint64), np.array(places), full[0], occurrence, full[1]
    )
    assert np.array_equal(words, expected)


def test_what_is_negative_is_refused_in_the_same_words():
    draws, some = Draws(1, 2), np.arange(600)
    for person, spell, line in [(some - 1, 0, 0), (some, some - 7, 0), (some, 0, -some)]:
        error = same(lambda p=person, s=spell, w=line: draws.at(Stream.CAMP, p, spell=s, line=w))
        assert "must not be negative" in error or "must be from 0" in error
    words = same(lambda: draws.several((Stream.CAMP,), some, spell=some, line=some)(Stream.CAMP))
    assert len(words) == 600


CURVES = st.lists(
    st.lists(st.sampled_from([0.0, 1e-12, 0.5, 1.0, 1e9]) | st.floats(0, 1), min_size=1,
             max_size=80).filter(any),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(curves=CURVES, seed=st.integers(0, 2**32), n=SIZE, shape=SHAPES,
       kind=st.sampled_from(["one", np.int8, np.int32, np.int64, np.uint32]),
       beyond=st.integers(-1, 1))  # fmt: skip
def test_inversion(calls, curves, seed, n, shape, kind, beyond):
    random, words = np.random.default_rng(seed), random_words(seed, n)
    # Words on the cut points and beside them.
    table = tables.CutTable([(range(-3, len(own) - 3), own) for own in curves])
    cuts = (table._cuts & np.uint64(2**32 - 1)) << np.uint64(32)
    near = random.choice(np.concatenate((cuts, cuts - np.uint64(1))), n)
    words = laid(np.where(random.random(n) < 0.5, near, words), shape)
    last = len(curves) - 1
    lowest, highest = (0, last) if kind == np.uint32 else (min(beyond, 0), last + max(beyond, 0))
    which = random.integers(lowest, highest, n, endpoint=True)
    own = int(which[0]) if kind == "one" and n else 0
    own = own if kind == "one" else laid(which.astype(kind), shape)
    same(lambda: table.pick(own, words))
    same(lambda: table.pick_index(own, words))
    truncated = tables.TruncatedTable(curves)
    lengths = np.array([len(one) for one in curves])[np.clip(which, 0, last)]
    limit = random.integers(1, lengths, endpoint=True) if n else lengths
    same(lambda: truncated.pick(own if kind != "one" else which, limit, words))
    if n:
        limit[-1] = (0, lengths[-1] + 1)[beyond]
        same(lambda: truncated.pick(which, limit, words))


def test_a_table_longer_than_its_guide(calls):
    """Long stretches of keys in one bucket are searched, not stepped through."""
    weights = np.concatenate((np.full(70_000, 1e-9), [1.0], np.full(70_000, 1e-9)))
    table = tables.CutTable([(range(len(weights)), weights)] * 2)
    halves = np.concatenate((np.arange(3000), 2**32 - 1 - np.arange(3000))).astype(np.uint64)
    words = np.concatenate((random_words(5, 5000), halves << np.uint64(32)))
    picked = same(lambda: table.pick(np.arange(len(words)) % 2, words))
    assert len(np.unique(picked)) > 500


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), n=SIZE, shape=SHAPES, share=st.floats(0, 1))
def test_words_alone(calls, seed, n, shape, share):
    words = laid(random_words(seed, n), shape)
    same(lambda: exponentials.exponential(words))
    same(lambda: tables.happens(words, share))
    bounds = [(k + half) / 2**32 for k in (0, 6, 2**32 - 1) for half in (0.25, 0.5, 0.75)]
    for bound in (0.0, 1.0, *bounds):
        same(lambda bound=bound: tables.happens(words, bound))
    assert "probability" in same(lambda: tables.happens(words, 1.5))


def test_exponentials_where_doubles_round(calls):
    near = [2**k + j * 2 ** max(0, k - 58) for k in range(8, 64) for j in range(-70, 70)]
    words = np.array([2**64 - one for one in near if one > 0], dtype=np.uint64)
    same(lambda: exponentials.exponential(words))


EXACT = hazards.EXACT
AMOUNT = st.one_of(
    st.integers(-(2**62), 2**62), st.integers(-9, 9), st.integers(EXACT - 9, EXACT + 9),
    st.integers(1, 50).map(lambda k: k * 10**12),
)  # fmt: skip
RATE = st.integers(0, 2**62) | st.integers(-2, 9) | st.integers(EXACT - 3, EXACT + 3)


@settings(max_examples=300, deadline=None)
@given(pairs=st.lists(st.tuples(AMOUNT, RATE), max_size=30), shape=SHAPES)
def test_days_until_tolerances_are_used_up(calls, pairs, shape):
    tolerance = np.array([a for a, _ in pairs], dtype=np.int64)
    rate = np.array([b for _, b in pairs], dtype=np.int64)
    laid_out = laid(tolerance, shape), laid(rate, shape)
    days = same(lambda: hazards.days_until_used_up(*laid_out))
    for (amount, per_day), found in zip(pairs, days.tolist(), strict=True):
        exact = -(-amount // per_day) if per_day > 0 else hazards.NEVER
        assert found == min(exact, hazards.NEVER)
    for number in (0, 3, 10**8):
        same(lambda number=number: hazards.days_until_used_up(tolerance, np.int64(number)))


def test_operands_that_are_not_whole_numbers_are_refused(calls):
    table, words = tables.CutTable([([1, 2], [1.0, 1.0])]), np.zeros(4, dtype=np.uint64)
    with pytest.raises(TypeError):
        table.pick(np.zeros(4), words)
    with pytest.raises(ValueError, match="one for each of 4"):
        table.pick(np.zeros(3, dtype=np.int64), words)
    with pytest.raises(ValueError, match="64 bits"):
        exponentials.exponential(np.zeros(4, dtype=np.uint32))


def test_every_type_of_a_column_is_known():
    assert {np.dtype(one) for one in ("int8", "int16", "int32", "int64", "bool", "uint64")} <= {
        *KINDS
    }
    swapped = np.arange(5).astype(np.dtype(np.int64).newbyteorder())
    assert swapped.dtype not in KINDS
    same(lambda: Draws(1, 1).at(Stream.CAMP, np.arange(5), spell=swapped, line=0))


def test_copies_of_a_table_have_addresses_of_their_own(calls):
    table = tables.CutTable([([5, 6, 7], [1.0, 2.0, 3.0])])
    words = random_words(1, 700)
    expected = table.pick(0, words)
    for other in (copy.deepcopy(table), pickle.loads(pickle.dumps(table))):
        assert other.pinned.address != table.pinned.address
        assert np.array_equal(other.pick(0, words), expected)
    assert Pinned([np.arange(6)[::2]]).arrays[0].flags.c_contiguous


WORLDS = {
    "busy": scenario(busy_world(), {"p": decree(), "c": customary()}),
    "extreme": scenario(extreme_world()),
    "dprk-70k": shipped("dprk-70k", 9_000),
    "dprk": shipped("dprk", 800),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if "dprk" in name else ()) for name in WORLDS],
)
def test_whole_cells_are_the_same(calls, name):
    made = WORLDS[name]
    world = prisons(made)

    def cell():
        draws = Draws(7, 1)
        both = [simulate(made, world, draws, people=people_at_hand(world, draws))]
        return [*both, simulate(made, world, draws, clock="day")]

    for one, other in zip(cell(), numpys(cell), strict=True):
        for name in DTYPES:
            mine, others = (getattr(run.register, name) for run in (one, other))
            assert mine.dtype == others.dtype
            assert np.array_equal(mine, others), name
        for part in ("series", "curves", "waterfalls"):
            mine, others = (getattr(run.record, part) for run in (one, other))
            assert mine.keys() == others.keys()
            for name, counts in mine.items():
                assert counts.dtype == others[name].dtype, name
                assert np.array_equal(counts, others[name]), name
        assert np.array_equal(one.record.stock_by_camp, other.record.stock_by_camp)
        assert np.array_equal(one.record.exiled_to, other.record.exiled_to)


def test_threads_share_the_library(calls):
    def work(number):
        words = Draws(3, number).column(Stream.DEATH, number, 40_000)
        return exponentials.exponential(words).sum()

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(work, range(40)))
    assert together == [work(number) for number in range(40)]


# --- The library itself.


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    if hatch_build.compiler() is None or os.environ.get("AMNESTY_KERNEL") == "none":
        pytest.skip("nothing can be compiled")
    path = tmp_path_factory.mktemp("kernel") / "words.so"
    assert hatch_build.failure(library.SOURCE, path) is None
    return path


def test_it_is_opened_and_has_every_function(built):
    opened, state = library.open_library(built)
    assert state == library.COMPILED
    for name in SIGNATURES:
        assert hasattr(opened, name)


def test_a_library_of_another_source_is_refused(built, tmp_path, monkeypatch):
    edited = tmp_path / "words.c"
    edited.write_bytes(library.SOURCE.read_bytes() + b"\n")
    other = tmp_path / "other.so"
    assert hatch_build.failure(edited, other) is None
    opened, state = library.open_library(other)
    assert opened is None
    assert "another source: install again" in state
    monkeypatch.setattr(library, "SOURCE", edited)
    assert library.open_library(built)[0] is None
    assert library.open_library(other)[0] is not None


def test_what_is_no_library_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv(library.SWITCH, raising=False)
    broken = tmp_path / "words.so"
    assert library.open_library(broken) == (None, "NumPy (no library was built)")
    broken.write_bytes(b"\x7fELF")
    opened, state = library.open_library(broken)
    assert opened is None
    assert "cannot be opened" in state
    monkeypatch.setenv(library.SWITCH, "none")
    assert library.open_library(broken) == (None, "NumPy (AMNESTY_KERNEL is none)")


def test_a_compiler_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv(library.SWITCH, raising=False)
    wrong = tmp_path / "words.c"
    wrong.write_text("#error here\n", encoding="ascii")
    if hatch_build.compiler():
        assert "here" in hatch_build.failure(wrong, tmp_path / "words.so")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CC", "no-such-compiler -x")
    monkeypatch.setattr(hatch_build.sysconfig, "get_config_var", lambda name: None)
    assert hatch_build.failure(wrong, tmp_path / "words.so") == "no C compiler was found"
    assert [one.name for one in tmp_path.iterdir()] == ["words.c"]


def test_the_kernel_is_there_where_it_can_be(calls):
    assert kernel.state == library.COMPILED


def test_it_is_never_compiled_when_it_is_imported():
    asked = "import sys, sim.custody.kernel; print('subprocess' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
