"""A condition as a part of a decree holds it: read where it stands, with every mistake."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo

from sim.scenario.blocks import AS_READ, words_of
from sim.scenario.law.conditions import ConditionReader
from sim.scenario.law.predicate import Predicate


def _read_predicate(data: object, info: ValidationInfo) -> Predicate:
    return ConditionReader(words_of(info), (info.context or {}).get("sources")).read(data)


def _read_rule(data: object, info: ValidationInfo) -> Predicate:
    sources = (info.context or {}).get("sources")
    return ConditionReader(words_of(info), sources, each_part=True).read(data)


Condition = Annotated[Predicate, AS_READ, BeforeValidator(_read_predicate)]
Rule = Annotated[Predicate, AS_READ, BeforeValidator(_read_rule)]
"""A condition of a clause or an exclusion, which may be about the part in question."""
