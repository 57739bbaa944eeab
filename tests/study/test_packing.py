"""Cells survive packing, whatever they hold; other bytes are refused."""

import zlib
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sim.study.cells import Summary
from sim.study.packing import pack, unpack

WORDS = st.text(max_size=5)
COUNTS = arrays(
    np.int64, array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=5),
    elements=st.one_of(st.integers(-3, 90), st.integers(-(2**62), 2**62)),
)  # fmt: skip
SMALL = arrays(np.int32, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=5))
SUMMARIES = st.builds(
    Summary, st.just("label"), st.just(3), st.just("address"), st.dictionaries(WORDS, COUNTS),
    SMALL, COUNTS, st.dictionaries(WORDS, COUNTS),
    st.dictionaries(st.tuples(WORDS, WORDS, WORDS), COUNTS), st.lists(WORDS).map(tuple),
)  # fmt: skip


def same(one, other):
    for field in fields(Summary):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(ours, dict):
            assert list(ours) == list(theirs)
            for key in ours:
                np.testing.assert_array_equal(ours[key], theirs[key], strict=True)
        elif isinstance(ours, np.ndarray):
            np.testing.assert_array_equal(ours, theirs, strict=True)
        else:
            assert ours == theirs


@given(SUMMARIES)
def test_a_summary_survives(summary):
    same(unpack(pack(summary), "label", 3, "address"), summary)


@given(SUMMARIES)
def test_equal_summaries_are_packed_alike(summary):
    assert pack(summary) == pack(unpack(pack(summary), "label", 3, "address"))


@pytest.mark.parametrize(
    "other", [b"", b"no zlib", zlib.compress(b"{}"), zlib.compress(b'{"groups": [], "arrays": []}'),
              zlib.compress(b'{"groups": [], "arrays": [[["camp stock"], "<i4", [2, 2]]]}\nshort')]
)  # fmt: skip
def test_other_bytes_are_no_cell(other):
    with pytest.raises(ValueError, match="not a packed cell"):
        unpack(other, "label", 0, "address")
