"""A root is where the sign changes, and the same float that SciPy finds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from sim.custody.roots import root


@given(st.floats(-20, 20), st.floats(0.01, 30), st.floats(0.01, 30), st.integers(0, 3))
def test_it_is_scipys(place, below, above, kind):
    def function(x):
        away = x - place
        return (away**3 + away, math.atan(away), math.expm1(min(away, 50)), away)[kind]

    low, high = place - below, place + above
    if function(low) * function(high) < 0:
        assert root(function, low, high, 1e-13) == brentq(function, low, high, xtol=1e-13)


def test_ends_may_be_roots():
    assert root(lambda x: x - 1, 1, 3, 1e-13) == 1
    assert root(lambda x: x - 3, 1, 3, 1e-13) == 3


def test_without_a_change_of_sign_there_is_none():
    with pytest.raises(ValueError, match="same sign"):
        root(lambda x: x * x + 1, -1, 2, 1e-13)
