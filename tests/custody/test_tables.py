"""Words become whole numbers exactly as the tables say, on every processor."""

import math
import os
import subprocess
import sys
from bisect import bisect_left
from decimal import Decimal, localcontext
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.custody import exponentials
from sim.custody.exponentials import exponential, log_table_digest
from sim.custody.streams import Draws, Stream
from sim.custody.tables import CutTable, TruncatedTable, happens, poisson_table
from sim.custody.words import CHUNK

pytestmark = pytest.mark.usefixtures("either_way")
FALSE_ALARM = 1e-6
WORD = st.integers(0, 2**64 - 1)
WEIGHT = st.sampled_from([0.0, 0.0, 1.0, 3.0, 1e-9, 1e-12]) | st.floats(0, 1e6)
WEIGHTS = st.lists(WEIGHT, min_size=1, max_size=30).filter(lambda weights: sum(weights) > 0)
CURVES = st.lists(WEIGHTS, min_size=1, max_size=4)


def words_of(uppers):
    """Words whose upper 32 bits are given; the lower ones must not matter."""
    return np.array([(int(u) << 32) + (7919 * int(u)) % 2**32 for u in uppers], dtype=np.uint64)


def scaled(weights, scale):
    """The cut points, in Python's own arithmetic."""
    running = list(accumulate(weights))
    return [round(cut / running[-1] * scale) for cut in running]


def first_upper(pick, value):
    """The smallest upper half of a word whose pick is at least `value` (2**32 if there is none)."""
    return bisect_left(range(2**32), value, key=lambda u: pick(words_of([u]))[0])


def random_words(n, person=0):
    return Draws(20150801, 0).column(Stream.SENTENCE, person, n)


# --- Events.


@given(st.floats(0, 1), WORD)
def test_an_event_happens_below_its_rounded_probability(probability, word):
    limit = round(probability * 2**32)
    uppers = [u for u in (word >> 32, limit - 1, limit, 0, 2**32 - 1) if 0 <= u < 2**32]
    expected = [u < limit for u in uppers]
    assert happens(words_of(uppers), probability).tolist() == expected
    assert happens(words_of(uppers), np.full(len(uppers), probability)).tolist() == expected


def test_certain_events_always_happen_and_impossible_ones_never():
    words = np.array([0, 1, 2**32, 2**64 - 1], dtype=np.uint64)
    assert happens(words, 1.0).all()
    assert not happens(words, 0.0).any()
    assert happens(words, np.array([1.0, 0.0, 1.0, 0.0])).tolist() == [True, False, True, False]


def test_probabilities_are_rounded_half_to_even():
    uppers = words_of([0, 1, 2])
    assert happens(uppers, 0.5 * 2.0**-32).tolist() == [False, False, False]
    assert happens(uppers, 1.5 * 2.0**-32).tolist() == [True, True, False]


@pytest.mark.parametrize("wrong", [-1e-9, 1.0000001, math.nan, math.inf])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="from 0 to 1, found"):
        happens(words_of([5]), wrong)
    with pytest.raises(ValueError, match="from 0 to 1, found"):
        happens(words_of([5, 6]), np.array([0.5, wrong]))


# --- Cut tables.


@given(CURVES, st.lists(st.tuples(st.integers(0, 3), WORD), max_size=20))
def test_pick_is_the_inverse_of_the_cumulative_weights(curves, rows):
    segments = [([10 * n - 50 for n in range(len(own))], own) for own in curves]
    table = CutTable(segments)
    addresses = [(segment % len(curves), word >> 32) for segment, word in rows]
    for number, own in enumerate(curves):
        ends = {u for cut in scaled(own, 2**32) for u in (cut - 1, cut) if 0 <= u < 2**32}
        addresses += [(number, u) for u in sorted(ends)]
    expected = []
    for number, upper in addresses:
        cuts = scaled(curves[number], 2**32)
        expected.append(next(i for i, cut in enumerate(cuts) if cut > upper))
        assert curves[number][expected[-1]] > 0
    segment, words = np.array([s for s, _ in addresses]), words_of([u for _, u in addresses])
    assert table.pick_index(segment, words).tolist() == expected
    assert table.pick(segment, words).tolist() == [10 * i - 50 for i in expected]
    alone = [table.pick(int(s), words[[row]])[0] for row, s in enumerate(segment)]
    assert alone == table.pick(segment, words).tolist()


@pytest.mark.parametrize("crowd", [1, 50, 3000], ids="{} in a corner".format)
def test_pick_equals_a_search_of_the_cut_points(crowd):
    weights = np.concatenate([np.full(crowd, 1e-9), np.arange(300.0), np.full(crowd, 1e-9)])
    table = CutTable([(range(len(own)), own) for own in (weights, weights[::-1], np.ones(5))])
    n = 2 * CHUNK + 3
    words = random_words(n)
    words[::3] >>= np.uint64(22)  # a third in the crowded corner
    words[1::3] |= np.uint64(2**64 - 2**42)  # and a third in the other
    segment = np.resize(np.array([0, 1, 2, 1, 0], dtype=np.int8), n)
    cuts = [np.array(scaled(own.tolist(), 2**32)) for own in (weights, weights[::-1], np.ones(5))]
    expected = np.empty(n, dtype=np.int64)
    for number, own in enumerate(cuts):
        rows = segment == number
        expected[rows] = np.searchsorted(own, (words[rows] >> np.uint64(32)).astype(int), "right")
    assert np.array_equal(table.pick(segment, words), expected)


@pytest.mark.parametrize("edge", [2**31, 2**22, 2**32 - 2**20])
def test_cut_points_beside_the_edges_of_the_guide_are_not_missed(edge):
    cuts = [edge - 1, edge, edge + 1, 2**32]
    table = CutTable([(range(4), np.diff([0, *cuts]).astype(float))])
    uppers = [edge - 2, edge - 1, edge, edge + 1]
    assert table.pick(0, words_of(uppers)).tolist() == [0, 1, 2, 3]
    for cut in cuts[:3]:
        halves = CutTable([([-5, 5], [float(cut), float(2**32 - cut)])])
        assert halves.pick(0, words_of([cut - 1, cut])).tolist() == [-5, 5]


def test_every_value_has_exactly_its_share_of_the_words():
    weights = [0.0, 0.1, 0.25, 0.0, 1e-10, 0.4, 0.25, 0.0]
    table = CutTable([(range(8), weights)])
    edges = [first_upper(lambda words: table.pick(0, words), value) for value in range(9)]
    counts = [upper - lower for lower, upper in pairwise(edges)]
    assert sum(counts) == 2**32
    assert counts == [upper - lower for lower, upper in pairwise([0, *scaled(weights, 2**32)])]
    for weight, count in zip(weights, counts, strict=True):
        assert abs(count - weight / sum(weights) * 2**32) <= 1
        assert weight > 0 or count == 0


def test_tables_are_frozen_and_their_digest_sees_every_change():
    rest = ([1, 2], [1.0, 1.0])
    base = CutTable([([1, 2, 3], [1.0, 2.0, 3.0]), rest])
    for name in ("_cuts", "_values", "_starts"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(base, name)[0] = 1
    others = [
        [([1, 2, 3], [1.0, 2.0, 3.00001]), rest],
        [([1, 2, 4], [1.0, 2.0, 3.0]), rest],
        [([1, 2, 3], [1.0, 2.0, 3.0])],
        [rest, ([1, 2, 3], [1.0, 2.0, 3.0])],
    ]
    digests = {CutTable(other).digest() for other in others}
    assert len(digests | {base.digest()}) == 5
    assert CutTable([([1, 2, 3], [2.0, 4.0, 6.0]), rest]).digest() == base.digest()
    curves = [[[1.0, 2.0], [1.0]], [[1.0], [1.0, 2.0]], [[1.0, 2.0]], [[1.0, 2.1], [1.0]]]
    assert len({TruncatedTable(own).digest() for own in curves}) == 4


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [([], [])],
        [([1, 2], [0.0, 0.0])],
        [([1, 2], [2.0, -1.0])],
        [([1, 2], [1.0, math.nan])],
        [([1, 2], [1.0, math.inf])],
        [([1, 2], [1.0])],
        [([1], [1.0]), ([2**31], [1.0])],
    ],
)
def test_tables_that_cannot_be_drawn_from_are_refused(segments):
    with pytest.raises(ValueError, match=r"weight|empty"):
        CutTable(segments)


@pytest.mark.parametrize("segment", [-1, 2, np.array([0, 2]), np.array([-1, 0])])
def test_a_segment_that_is_not_there_is_refused(segment):
    table = CutTable([([1], [1.0])] * 2)
    with pytest.raises(ValueError, match="segment must be from 0 to 1"):
        table.pick(segment, words_of([1, 2]))
    with pytest.raises(ValueError, match="segment must be from 0 to 1"):
        table.pick_index(segment, words_of([1, 2]))


# --- Truncated tables.


@given(CURVES, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99), WORD), max_size=30))
def test_truncated_pick_is_the_inverse_up_to_the_limit(curves, rows):
    table = TruncatedTable(curves)
    expected, address = [], []
    for number, limit, word in rows:
        own = scaled(curves[number % len(curves)], 2**31)
        last = limit % len(own) + 1
        target = (word >> 32) * own[last - 1] // 2**32
        found = next(i for i, cut in enumerate(own, start=1) if cut > target)
        expected.append(min(found, last))
        address.append((number % len(curves), last))
    curve, limits = np.array(address, dtype=np.int32).reshape(-1, 2).T
    picked = table.pick(curve, limits, np.array([word for *_, word in rows], dtype=np.uint64))
    assert picked.tolist() == expected
    assert np.all((picked >= 1) & (picked <= limits))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_truncated_pick_gives_each_index_exactly_its_share_of_the_words(limit):
    weights = [5.0, 0.0, 2.5, 1e-3, 1.0, 3.0]
    table, own = TruncatedTable([[1.0], weights]), scaled(weights, 2**31)
    edges = [
        first_upper(lambda words: table.pick(1, limit, words), index)
        for index in range(1, limit + 2)
    ]
    # u * C[limit] >> 32 < C[i] holds for exactly the u below C[i] * 2**32 / C[limit].
    exact = [0, *(-(-cut * 2**32 // own[limit - 1]) for cut in own[:limit])]
    assert edges == exact
    for weight, (lower, upper) in zip(weights, pairwise(edges), strict=False):
        assert (upper - lower) / 2**32 == pytest.approx(weight / sum(weights[:limit]), abs=2e-9)


def test_truncated_pick_never_passes_the_limit_in_a_large_draw():
    curves = [np.exp(-np.arange(n) / 900) for n in (7300, 1, 365)]
    table, n = TruncatedTable(curves), 100_000
    curve = np.resize(np.array([0, 1, 2, 0], dtype=np.int8), n)
    limit = (1 + np.arange(n) % np.array([7300, 1, 365])[curve]).astype(np.int32)
    picked = table.pick(curve, limit, random_words(n))
    assert np.all((picked >= 1) & (picked <= limit))
    assert np.all(table.pick(curve, limit, words_of([2**32 - 1] * n)) == limit)
    assert np.all(table.pick(curve, limit, words_of([0] * n)) == 1)


def test_where_rounding_leaves_no_weight_the_limit_is_drawn():
    table = TruncatedTable([[1e-300, 1e-300, 1e-300, 1.0]])
    assert table.pick(0, 3, words_of([0, 2**31, 2**32 - 1])).tolist() == [3, 3, 3]
    assert table.pick(0, 4, words_of([0, 2**31, 2**32 - 1])).tolist() == [4, 4, 4]


@pytest.mark.parametrize(("curve", "limit"), [(0, 0), (0, 4), (1, 2), (np.array([0, 1]), 2)])
def test_a_limit_beyond_its_curve_is_refused(curve, limit):
    table = TruncatedTable([[1.0, 1.0, 1.0], [1.0]])
    with pytest.raises(ValueError, match="a limit must be"):
        table.pick(curve, limit, words_of([1, 2]))


# --- Exponential and Poisson.


def awkward_words():
    """Words at both ends, and around the edges of buckets and of powers of two."""
    edges = [2**64 - 2**e * k // 4096 for e in range(20, 65) for k in (4096, 4097, 6000, 8191)]
    ends = [0, 1, 2, 2**11, 2**20, 2**40, 2**64 - 1, 2**64 - 2, 2**64 - 2**11]
    near = {word + step for word in (*edges, *ends) for step in (-1000, -1, 0, 1, 1000)}
    return sorted(word for word in near if 0 <= word < 2**64)


def test_exponential_is_the_logarithm():
    words = awkward_words() + random_words(500).tolist()
    values = exponential(np.array(words, dtype=np.uint64)).tolist()
    with localcontext(prec=50):
        for word, value in zip(words, values, strict=True):
            exact = -(Decimal(2**64 - word) / 2**64).ln() * 10**12
            assert -2 <= exact - value <= min(Decimal(7), 1 + exact * Decimal("1e-8"))
    assert min(values) == 1
    assert 0 <= 44_361_419_555_836 - max(values) <= 7  # 64 log 2


def test_exponential_never_falls_as_the_word_grows():
    around = np.arange(-300, 300) * 2**37
    chains = [np.array(awkward_words(), dtype=np.uint64), np.sort(random_words(10**6))]
    chains += [
        np.uint64(2**63) + around.astype(np.uint64),
        random_words(1) + np.arange(1000, dtype=np.uint64),
    ]
    assert all(np.all(np.diff(exponential(chain)) >= 0) for chain in chains)


def test_exponential_draws_follow_the_law():
    values = exponential(random_words(400_000)) / exponentials.EXPONENTIAL_UNIT
    assert stats.kstest(values, "expon").pvalue > FALSE_ALARM
    for power, mean, variance in ((1, 1, 1), (2, 2, 20)):
        z = (np.mean(values**power) - mean) / math.sqrt(variance / len(values))
        assert abs(z) < stats.norm.isf(FALSE_ALARM / 2)


def test_the_tables_of_logarithms_are_the_same_everywhere():
    assert log_table_digest() == (
        "7dcb6c1f56e10441617c2865ee099b2ae9da54980fe2da58d98d8b1950354ade"
    )


@pytest.mark.parametrize("mean", [1e-12, 0.01, 0.7, 1.0, 7.3, 100.0, 12345.6, 1e8])
def test_poisson_tables_are_the_law(mean):
    table, law = poisson_table(mean), stats.poisson(mean)
    deviation = math.sqrt(mean)
    for value in {max(0, math.floor(mean + z * deviation)) for z in (-6, -4, -1, 0, 0.5, 3, 6)}:
        cut = first_upper(lambda words: table.pick(0, words), value + 1)
        assert cut / 2**32 == pytest.approx(law.cdf(value), abs=3e-8 if mean > 1e6 else 3e-10)
    assert law.sf(table.pick(0, words_of([2**32 - 1]))[0]) < 2**-32


def test_a_poisson_mean_of_nought_gives_nobody():
    assert poisson_table(0).pick(0, words_of([0, 2**32 - 1])).tolist() == [0, 0]


@pytest.mark.parametrize("mean", [-0.1, math.nan, 1.1e8, math.inf])
def test_a_mean_that_is_none_is_refused(mean):
    with pytest.raises(ValueError, match="mean of a count"):
        poisson_table(mean)


def test_poisson_draws_follow_the_law():
    draws = poisson_table(20.5).pick(0, random_words(400_000))
    law = stats.poisson(20.5)
    counts = np.bincount(np.clip(draws, 5, 40), minlength=41)[5:]
    expected = np.concatenate([[law.cdf(5)], law.pmf(np.arange(6, 40)), [law.sf(39)]]) * 400_000
    assert stats.chisquare(counts, expected).pvalue > FALSE_ALARM


# --- The same on every processor.

FINGERPRINT = """
import hashlib
import numpy as np
from sim.custody import exponentials, tables
from sim.custody.streams import Draws, Stream
draws, digest = Draws(7, 1), hashlib.sha256()
words = draws.column(Stream.DEATH, 3, 70_001)
rng = np.arange(70_001)
sparse = draws.at(Stream.DEATH, rng * 977, spell=rng % 3, line=0)
weights = [1 / (k + 0.3) for k in range(3000)]
cuts = tables.CutTable([(range(3000), weights), (range(7), weights[:7])])
curves = tables.TruncatedTable([weights, weights[::-1]])
for part in (
    words, sparse, exponentials.exponential(words), tables.happens(sparse, 1 / (rng + 1)),
    cuts.pick(rng % 2, sparse), curves.pick(rng % 2, rng % 3000 + 1, words),
):
    digest.update(part.tobytes())
digests = [t.digest() for t in (cuts, curves, tables.poisson_table(1e6 / 7))]
print(len(np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])))
print(digest.hexdigest(), *digests, exponentials.log_table_digest())
"""


def fingerprint(disabled, **environment):
    done = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(disabled)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    features, hashes = done.stdout.splitlines()
    return int(features), hashes


def test_a_plain_processor_gives_the_same_numbers():
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if not found:
        pytest.skip("NumPy dispatches to no optional instructions of this processor")
    features, hashes = fingerprint([])
    fewer, plain = fingerprint(found, AMNESTY_KERNEL="none")
    assert features == len(found)
    assert fewer == 0
    assert hashes == plain


def test_numbers_stay_what_they_were():
    for environment in ({}, {"AMNESTY_KERNEL": "none"}):
        assert fingerprint([], **environment)[1].split()[0] == (
            "90d10fb9902caab9eff2b101d594f43577d2fcad2328209d76d1a75f8c240334"
        )
