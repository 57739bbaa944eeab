"""What a scenario rests on: assumptions to vary one at a time, by name."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.blocks import Block


class RestsOn(Block):
    """One assumption to vary alone: the ends of a stated range, or a patch of the files."""

    range_of: str | None = Field(None, alias="range of")
    instead: dict[str, object] | None = None
    note: str | None = None
