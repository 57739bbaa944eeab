"""The course of health in custody: when people change from state to state, and what that means.

The waiting time in a state is a unit exponential used up at the rate of leaving it, in the
integers of all tolerances. So the days of all changes of a spell are known with its admission. A
change comes after the deaths of its day: the hazard of a day is that of the state at the end of
the day before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.custody.ageing import Survival
from sim.custody.exponentials import exponential
from sim.custody.hazards import NEVER, UNIT, days_until_used_up, per_day
from sim.custody.streams import Stream
from sim.scenario.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Columns = Mapping[str, NDArray[np.generic] | int]

CHANGES = ("first_change", "second_change", "third_change")
"""Columns of the days of changes; ``NEVER`` where a change does not come."""
BLOCK = 128
"""Days over which survival is found at once."""
STREAMS = (Stream.FIRST_CHANGE, Stream.SECOND_CHANGE, Stream.THIRD_CHANGE)


@dataclass(frozen=True)
class Course:
    """How health changes in custody, and the hazards of death there.

    Attributes
    ----------
    following
        The state after each; the state itself where nobody leaves it, shape (states,).
    leaving
        Rate per day of leaving each state, in units of 10**-12, shape (states,).
    hazards
        Hazard of death per day by state and origin, in the same unit, shape (states, origins).
    longest
        Most changes of a spell.
    """

    following: Ints
    leaving: Ints
    hazards: Ints
    longest: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the days of changes that there can be."""
        return CHANGES[: self.longest]

    @staticmethod
    def of(world: World, base: float) -> Course | None:
        """Read it from a world, given the base hazard a year; None where health does not change."""
        health = world.health
        if not health.in_custody:
            return None
        names, after = list(health.states), health.following
        following = [names.index(after[name].to if name in after else name) for name in names]
        rates = [after[name].per_year.value if name in after else 0.0 for name in names]
        relative = relative_hazards(world)
        return Course(
            np.array(following, dtype=np.int64),
            np.array([per_day(rate) for rate in rates], dtype=np.int64),
            np.array([[per_day(base * one) for one in row] for row in relative], dtype=np.int64),
            max(len(health.reached(name)) - 1 for name in names),
        )

    def changes(
        self,
        words: Callable[[Stream], NDArray[np.uint64]],
        health: NDArray[np.generic] | int,
        admitted: NDArray[np.generic],
    ) -> dict[str, NDArray[np.int32]]:
        """Draw the days of changes of spells, given health on admission; a column for each."""
        state = np.broadcast_to(np.asarray(health, dtype=np.int64), admitted.shape)
        day, found = admitted.astype(np.int64), {}
        for name, stream in zip(self.columns, STREAMS, strict=False):
            wait = days_until_used_up(exponential(words(stream)), self.leaving[state])
            day = np.where(wait < NEVER, np.minimum(day + wait, NEVER), NEVER)
            found[name] = day.astype(np.int32)
            state = self.following[state]
        return found

    def state_on(self, columns: Columns, day: NDArray[np.integer] | int) -> NDArray[np.int8]:
        """State of health on a day, after what changes on it, shape (n,).

        Parameters
        ----------
        columns
            ``health`` on admission and the days of changes.
        day
            A day for all, or one for each, no later than that of leaving.
        """
        state = np.asarray(columns["health"])
        for name in self.columns:
            state = np.where(np.asarray(columns[name]) <= day, self.following[state], state)
        return np.asarray(state).astype(np.int8)

    def used(
        self, columns: Columns, first: NDArray[np.integer] | int, last: NDArray[np.integer] | int
    ) -> Ints:
        """Return the sum of the hazards of the days after one up to another, shape (n,)."""
        state = np.asarray(columns["health"], dtype=np.int64)
        origin = np.asarray(columns["origin"], dtype=np.int64)
        since, until = np.asarray(first, dtype=np.int64), np.asarray(last, dtype=np.int64)
        sums = np.zeros(np.broadcast_shapes(state.shape, since.shape), dtype=np.int64)
        for name in self.columns:
            change = np.clip(np.asarray(columns[name], dtype=np.int64), since, until)
            sums = sums + self.hazards[state, origin] * (change - since)
            state, since = np.where(change < until, self.following[state], state), change
        return np.asarray(sums + self.hazards[state, origin] * (until - since))

    def dies_on(self, columns: Columns) -> Ints:
        """Day of death in custody if held for ever, shape (n,)."""
        names = ("health", "origin", "base", "tolerance", *self.columns)
        told = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(columns[name], dtype=np.int64)) for name in names)
        )
        state, origin, day, left, *changes = told
        found, alive = np.full(len(day), NEVER), np.ones(len(day), dtype=np.bool_)
        for change in (*changes, np.full(len(day), NEVER)):
            rate, end = self.hazards[state, origin], np.maximum(change, day)
            wait = days_until_used_up(left, rate)
            at = np.where(wait < NEVER, day + wait, 2 * NEVER)
            found = np.where(alive & (at <= end), at, found)
            alive = alive & (at > end)
            # Of those still alive no more is used up than they have; what overflows is of others.
            left = np.where(alive, left - rate * (end - day), 1)
            state, day = self.following[state], end
        return np.asarray(found)

    def survival(
        self, classes: NDArray[np.int64], days: int, beside: int = 0
    ) -> tuple[Survival, ...]:
        """Tell who of those admitted is alive in each state, by class and days since admission.

        Parameters
        ----------
        classes
            Class of each state on admission and origin, shape (states, origins).
        days
            Days for which curves are tabulated; what lies beyond is summed up.
        beside
            Another hazard, the same in all states, per day in units of 10**-12.
        """
        states, number = len(self.following), int(classes.max()) + 1
        curves = np.zeros((number, days + 1, states))
        moves = np.zeros((number, states, states))
        for state, origin in np.ndindex(*classes.shape):
            kind = classes[state, origin]
            moves[kind] = self._moves(origin) * np.exp(-beside / UNIT)
            curves[kind, 0] = np.arange(states) == state
        several = [np.broadcast_to(np.eye(states), moves.shape)]
        for _ in range(min(BLOCK, days + 1)):
            several.append(several[-1] @ moves)
        steps, now = np.array(several[:-1]), curves[:, 0]
        for day in range(0, days + 1, BLOCK):
            block = np.einsum("cs,dcst->cdt", now, steps[: days + 1 - day])
            curves[:, day : day + BLOCK] = block
            now = np.einsum("cs,cst->ct", now, several[-1])
        # Nobody comes back to a state, so the sums follow one another in the order of changes.
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = curves[:, days].copy()
            for state in self._in_order():
                after = self.following[state]
                gone = moves[:, state, after].copy() if after != state else np.zeros(number)
                rest[:, state] /= 1 - moves[:, state, state]
                rest[:, after] += np.where(gone > 0, rest[:, state] * gone, 0.0)
        none = np.zeros(number, dtype=np.int64)
        return tuple(Survival(curves[:, :, s], none, rest[:, s]) for s in range(states))

    def _moves(self, origin: int) -> Floats:
        """P(alive and in another state on the next day), by both states."""
        states = len(self.following)
        alive = np.exp(-self.hazards[:, origin] / UNIT)
        stays = np.exp(-self.leaving / UNIT)
        found = np.diag(alive * stays)
        for state in range(states):
            if self.following[state] != state:
                found[state, self.following[state]] = alive[state] * -np.expm1(
                    -self.leaving[state] / UNIT
                )
        return np.asarray(found)

    def _in_order(self) -> list[int]:
        """States, each before that which follows it."""
        depth = []
        for state in range(len(self.following)):
            steps = 0
            while self.following[state] != state:
                state, steps = int(self.following[state]), steps + 1
            depth.append(steps)
        return sorted(range(len(depth)), key=lambda state: -depth[state])


def together(by_state: tuple[Survival, ...]) -> Survival:
    """Add up who is alive in one state or another."""
    curves = np.array([one.curve for one in by_state])
    rests = np.array([one.rest for one in by_state])
    spared = tuple(one.spared for one in by_state if one.spared is not None)
    return Survival(
        curves.sum(axis=0), by_state[0].last, rests.sum(axis=0),
        together(spared) if spared else None,
    )  # fmt: skip


def relative_hazards(world: World) -> Floats:
    """Hazards in custody relative to the base, by state of health and origin."""
    factors = np.array([o.hazard.value if o.hazard else 1.0 for o in world.origins.values()])
    states = np.array([state.in_custody.value for state in world.health.states.values()])
    return np.asarray(states[:, None] * factors[None, :])
