"""Whom a decree meets beside those held: who is sentenced later for an offence of before."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.graded import DecreeDate, Said


class Reach(Said):
    """Offences up to a day, whenever their sentences begin.

    Of those held, and of those admitted after the lists are closed, a decree with a reach meets
    whose offence was committed on ``offences until`` or before, and nobody else.
    """

    offences_until: DecreeDate = Field(alias="offences until")
