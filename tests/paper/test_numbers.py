"""Numbers as readers see them."""

import math

import pytest

from sim.paper.numbers import count, half_width, interval, per_cent, signed, significant


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (1, "1.0"),
        (7.04, "7.0"),
        (7.06, "7.1"),
        (12, "12"),
        (12.6, "13"),
        (99.4, "99"),
        (99.6, "100"),
        (9.96, "10"),
        (0.996, "1.0"),
        (0.0996, "0.10"),
        (123, "120"),
        (127, "130"),
        (999, "1,000"),
        (36_000, "36,000"),
        (36_512, "37,000"),
        (999_999, "1,000,000"),
        (1_234_567_890, "1,200,000,000"),
        (2.5e15, "2,500,000,000,000,000"),
        (0.051, "0.051"),
        (0.000_001_23, "0.0000012"),
        (-5.26, "−5.3"),
        (-1234, "−1,200"),
        (-0.000_4, "−0.00040"),
    ],
)
def test_two_figures(value, written):
    assert count(value) == written


def test_more_figures():
    assert count(36_512, 3) == "36,500"
    assert count(8.8149, 3) == "8.81"
    assert count(612.4, 3) == "612"
    assert count(99.96, 3) == "100"
    assert count(1, 1) == "1"


def test_the_minus_sign_is_a_minus_sign():
    for text in (count(-3), signed(-3), interval(-3, -1), per_cent(-3, 10)):
        assert "-" not in text
        assert "\N{MINUS SIGN}" in text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (-0.0, "0"),
        (3, "+3.0"),
        (0.3, "+0.30"),
        (0.000_03, "+0.000030"),
        (-0.000_03, "−0.000030"),
        (-42.2, "−42"),
        (1e9, "+1,000,000,000"),
    ],
)
def test_differences_carry_their_sign(value, written):
    assert signed(value) == written


@pytest.mark.parametrize(
    ("value", "of", "written"),
    [
        (17, 612, "+2.8%"),
        (-17, 612, "−2.8%"),
        (0, 612, "0.0%"),
        (-0.0, 612, "0.0%"),
        (0.01, 612, "0.0%"),
        (0.5, 612, "+0.08%"),
        (1224, 612, "+200%"),
        (5, 0, ""),
        (0, 0, ""),
    ],
)
def test_relative_differences(value, of, written):
    assert per_cent(value, of) == written


def test_error_is_half_the_interval():
    assert half_width(-10, 14) == "±12"
    assert half_width(3, 3) == "±0"
    assert half_width(None, None) == "no interval"


def test_ranges():
    assert interval(-2.04, 31.2) == "−2.0 to +31"
    assert interval(0, 130, sign=False) == "0 to 130"


def test_ends_that_differ_do_not_look_equal():
    assert interval(3_871, 3_934) == "+3,870 to +3,930"
    assert interval(3_920, 3_934) == "+3,920 to +3,930"
    assert interval(3_931, 3_934) == "+3,931 to +3,934"
    assert interval(39_311, 39_312) == "+39,310 to +39,310", "no more than four figures"
    assert interval(3_931, 3_931) == "+3,900 to +3,900"
    assert interval(0.1204, 0.1241, sign=False) == "0.120 to 0.124"


def test_significant_keeps_zero_and_what_is_not_finite():
    assert significant(0.0, 2) == 0
    assert significant(math.inf, 2) == math.inf
    assert count(math.nan) == "undefined"
    assert signed(-math.inf) == "undefined"
