"""The root of a function of one variable, by Brent's method."""

from __future__ import annotations

from collections.abc import Callable

RELATIVE = 8.881784197001252e-16
"""Four times the spacing of floats at 1: no root is told more exactly."""
STEPS = 100


def root(function: Callable[[float], float], low: float, high: float, within: float) -> float:
    """Return where a continuous function is 0, between two points at which its signs differ.

    Inverse quadratic interpolation where it helps, halving where it does not (Brent 1973,
    *Algorithms for Minimization without Derivatives*, chapter 4). Step for step the arithmetic of
    `scipy.optimize.brentq`, whose package takes longer to import than a file takes to check.

    Parameters
    ----------
    within
        How far from the root the answer may be.

    Raises
    ------
    ValueError
        If the signs do not differ.
    """
    before, now, other = low, high, 0.0
    f_before, f_now, f_other = function(low), function(high), 0.0
    if f_before * f_now > 0:
        raise ValueError("the function has the same sign at both ends")
    if f_before == 0:
        return low
    step_before = step = 0.0
    for _ in range(STEPS):
        if f_before != 0 and f_now != 0 and (f_before < 0) != (f_now < 0):
            other, f_other = before, f_before
            step_before = step = now - before
        if abs(f_other) < abs(f_now):
            before, now, other = now, other, now
            f_before, f_now, f_other = f_now, f_other, f_now
        least = (within + RELATIVE * abs(now)) / 2
        half = (other - now) / 2
        if f_now == 0 or abs(half) < least:
            return now
        trial = None
        if abs(step_before) > least and abs(f_now) < abs(f_before):
            trial = _interpolated((before, now, other), (f_before, f_now, f_other))
            if not 2 * abs(trial) < min(abs(step_before), 3 * abs(half) - least):
                trial = None
        step_before, step = (half, half) if trial is None else (step, trial)
        before, f_before = now, f_now
        if abs(step) > least:
            now += step
        else:
            now += least if half > 0 else -least
        f_now = function(now)
    return now


def _interpolated(points: tuple[float, float, float], values: tuple[float, float, float]) -> float:
    """Return the step from the second point to where a curve through the points is 0."""
    before, now, other = points
    f_before, f_now, f_other = values
    if before == other:
        return -f_now * (now - before) / (f_now - f_before)
    d_before = (f_before - f_now) / (before - now)
    d_other = (f_other - f_now) / (other - now)
    return (
        -f_now
        * (f_other * d_other - f_before * d_before)
        / (d_other * d_before * (f_other - f_before))
    )
