"""Mappings of a file: frozen, without unknown keys, and with every mistake said plainly."""

from __future__ import annotations

import re
from collections.abc import Collection

from pydantic import (
    BaseModel,
    ConfigDict,
    GetPydanticSchema,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from sim.scenario.problems import nearest, shown, unknown_key

AS_READ = GetPydanticSchema(lambda *_: core_schema.any_schema())
"""Of a type whose values a reader has made: nothing is built to look at them again."""


def custom(message: str) -> PydanticCustomError:
    """Return a validation error with this very message."""
    return PydanticCustomError("amnesty", "{message}", {"message": message})


class Block(BaseModel):
    """A mapping of a file: frozen, and every unknown key is refused with the nearest word."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _speak_plainly(cls, data: object, handler: ModelWrapValidatorHandler[Block]) -> Block:
        try:
            return handler(data)
        except ValidationError as error:
            keys = [field.alias or name for name, field in cls.model_fields.items()]
            lines = [
                InitErrorDetails(
                    type=custom(_plain(line, keys)), loc=line["loc"], input=line["input"]
                )
                for line in error.errors(include_url=False)
            ]
            raise ValidationError.from_exception_data(cls.__name__, lines) from None


_EXPECTED = {
    "model_type": "a mapping of keys",
    "dict_type": "a mapping of keys",
    "string_type": "a word or a text",
    "tuple_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
}
_GRADED = "low: …, high: …, source: assumption, grade: C}"
_SUCH = {
    "Number": f"{{value: …, unit: …, {_GRADED}",
    "Proportion": f"{{value: 70%, {_GRADED}",
    "Length": f"{{value: 5 years, {_GRADED}",
    "Reduce": "{by: 3 years}",
    "Credit": "{by: 30 days}",
    "Commute": "{from: life, to: 20 years}",
    "Drive": "{arrests per release: 50%, within: 3 months}",
    "InForce": "{from: 2018-01-01, to: 2018-12-31}",
    "MovedPoint": "{fraction: 1/2}",
    "Reach": "{offences until: 2020-07-01}",
    "Review": "{recommended: 60%}",
    "Revival": "{within: 5 years, from: law}",
    "Surprise": "{rate: 0.5}",
    "Tranche": "{when: {health: ill}, out: 30 days after the grant}",
}
"""How a mapping is written whose keys a file leaves out."""
_QUOTED = re.compile(r"'([^']*)'")


def _plain(line: ErrorDetails, keys: list[str]) -> str:
    """Say what pydantic found in words that name what stands in the file."""
    kind, found, path = line["type"], line["input"], line["loc"]
    if kind == "extra_forbidden" and len(path) == 1:
        return unknown_key(str(path[0]), keys)
    if kind == "missing":
        return f"{path[-1]!r} is missing"
    if kind == "literal_error":
        words = _QUOTED.findall(line["ctx"]["expected"])
        return f"unknown word {shown(found)}: {nearest(str(found), words)}"
    if kind == "model_type" and line["ctx"]["class_name"] in _SUCH:
        return f"expected such as {_SUCH[line['ctx']['class_name']]}, found {shown(found)}"
    if kind == "dict_type" and path[-1] == "exclude":
        return f"expected such as {{serious crime: {{offence: murder}}}}, found {shown(found)}"
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {shown(found)}"
    return line["msg"].removeprefix("Value error, ")


def at_least_one(value: object) -> object:
    """Refuse an empty list or mapping."""
    if isinstance(value, Collection) and not value:
        raise ValueError("names nothing; expected at least one")
    return value


def as_list(value: object) -> object:
    """Read one thing as a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def words_of(info: ValidationInfo) -> dict[str, tuple[str, ...]]:
    """Names that the world gives, by category."""
    words: dict[str, tuple[str, ...]] = (info.context or {}).get("words", {})
    return words
