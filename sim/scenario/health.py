"""States of health, and how they change while people are in custody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from sim.scenario.blocks import Block
from sim.scenario.graded import Number, Proportion
from sim.scenario.problems import nearest

MOST_CHANGES = 3
"""So many changes may follow one another in a spell."""
MOST_PER_YEAR = 1000.0
"""A rate under which hardly anybody stays for a day, and sums of which fit an integer."""


class Health(Block):
    """A state of health: its share, and factors on deaths in custody and at liberty."""

    share: Proportion
    in_custody: Number = Field(alias="hazard in custody")
    at_liberty: Number = Field(alias="hazard at liberty")


class HealthChange(Block):
    """A change of health in custody: out of one state into another, at a constant rate."""

    out_of: str = Field(alias="from")
    to: str
    per_year: Number = Field(alias="per year")


class HealthStates(Block):
    """States of health, whether their shares are of admissions or of the stock, and changes."""

    of: Literal["admissions", "stock"] = "admissions"
    states: dict[str, Health]
    in_custody: dict[str, HealthChange] = Field(default_factory=dict, alias="in custody")

    @property
    def following(self) -> dict[str, HealthChange]:
        """The change out of each state that people leave in custody."""
        return {one.out_of: one for one in self.in_custody.values()}

    def reached(self, state: str) -> tuple[str, ...]:
        """States in which somebody may be who was admitted in one, in their order."""
        after, found = self.following, [state]
        while found[-1] in after:
            found.append(after[found[-1]].to)
        return tuple(found)


def health_problems(health: HealthStates) -> Iterator[tuple[tuple[str, ...], str]]:
    """List what no single change shows: paths below the health of a world, and messages."""
    changes, seen = health.in_custody, dict[str, str]()
    unknown = False
    for name, change in changes.items():
        here = ("in custody", name)
        for key, state in (("from", change.out_of), ("to", change.to)):
            if state not in health.states:
                unknown = True
                yield (*here, key), f"unknown state {state!r}: {nearest(state, health.states)}"
        if change.out_of in seen:
            unknown = True
            message = (f"people leave {change.out_of!r} by {seen[change.out_of]!r} "
                       "already: one way leads out of a state")  # fmt: skip
            yield (*here, "from"), message
        seen.setdefault(change.out_of, name)
        if change.per_year.value > MOST_PER_YEAR:
            message = f"at {change.per_year.value:g} per year nobody stays for a day"
            yield (*here, "per year"), message
    if not unknown:
        yield from _cycles(changes)


def _cycles(changes: Mapping[str, HealthChange]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Refuse a way that leads back, and one of too many changes."""
    after = {one.out_of: (name, one.to) for name, one in changes.items()}
    for name, change in changes.items():
        state, steps = change.to, 1
        while state in after and steps <= len(changes):
            state, steps = after[state][1], steps + 1
        if steps > len(changes) or change.to == change.out_of:
            message = f"leads back to {change.out_of!r}: changes may not go in a circle"
            yield ("in custody", name, "to"), message
            return
        if steps > MOST_CHANGES:
            message = f"{steps} changes follow one another; expected at most {MOST_CHANGES}"
            yield ("in custody", name), message
            return
