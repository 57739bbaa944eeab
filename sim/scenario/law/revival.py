"""Conditional remission: what a new offence brings back of a sentence that was remitted."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.blocks import Block
from sim.scenario.law.points import KNOWN, known_at_admission
from sim.scenario.law.predicate import DateIs, leaves
from sim.scenario.law.waits import DecreeLength
from sim.scenario.law.when import Condition

Since = Literal["law", "release", "delivery"]


class Revival(Block):
    """A new offence that brings back what was remitted, to be served after the new term.

    ``when`` is read of the new sentence; ``within`` runs to the day of the new offence, from the
    grant (``law``), from leaving prison (``release``), or from the day on which the remission took
    effect for the person (``delivery``): a cut on the grant, a release on its day.
    """

    when: Condition | None = None
    within: DecreeLength
    since: Since = Field("law", alias="from")

    @model_validator(mode="after")
    def _is_known_of_a_new_sentence(self) -> Self:
        for leaf in leaves(self.when) if self.when is not None else ():
            date = isinstance(leaf, DateIs) and leaf.attribute == "offence date"
            if not (date or known_at_admission(leaf)):
                raise ValueError(f"of a new sentence can be asked: offence date, {KNOWN}")
        return self

    @property
    def deciding(self) -> object:
        """What can change a result."""
        return (self.when, self.within.value, self.since)
