"""A JSON Schema of scenarios, worlds, sweeps and reports, with which an editor helps.

Generated from the models that read the files. What a model reads from a text, such as ``5 years``,
has a pattern here; a file that extends another may leave out what stands there, and may set keys
to null. What a schema cannot see (sums of shares, the order of dates, what other files say) is
told by ``amnesty check`` alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast, get_args

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sim.scenario import document, graded, world
from sim.scenario.blocks import at_least_one
from sim.scenario.law import (
    afterwards,
    amounts,
    cases,
    chances,
    clauses,
    dates,
    decree,
    effects,
    points,
    selection,
    timing,
    waits,
    when,
    work,
)
from sim.scenario.law.effects import END_THE_CASE
from sim.scenario.lengths import read_date, read_length, read_month_day, read_share
from sim.scenario.reports import Names, ReportsFile
from sim.scenario.scenario import Scenario
from sim.scenario.schema.keys import HELP
from sim.scenario.schema.patterns import (
    CAP,
    CAP_END,
    CONDITION,
    DATE,
    DAY,
    EDUCATION,
    EVERY,
    LENGTH,
    MONTH_DAY,
    NAME,
    PART,
    POSITIVE,
    SHARE,
    conditions,
    known_sources,
    known_words,
    strings,
)

ADDRESS = "https://json-schema.org/draft/2020-12/schema"
PARTIAL = "partial "
_DEFINITIONS = "#/$defs/"


def _reader(annotated: object) -> object:
    """Return the function that reads an annotated value."""
    return get_args(annotated)[-1].func


_HERE_A_CONDITION: JsonSchemaValue = {"const": "condition"}
"""Stands for the definition of conditions, which the generator does not know."""
_READ: dict[object, JsonSchemaValue] = {
    read_length: LENGTH,
    read_share: SHARE,
    read_date: DATE,
    read_month_day: MONTH_DAY,
    _reader(graded.Share): SHARE,
    _reader(graded.Amount): POSITIVE,
    world.read_snapshot: {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["file"],
                "properties": {"file": {"type": "string"}, "sha256": {"type": "string"}},
            },
        ]
    },
    world.read_past: {"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1}]},
    _reader(world.Ages): strings(r"\d+ to \d+", "14 to 17"),
    _reader(amounts.End): {"anyOf": [LENGTH, SHARE]},
    amounts.OneAmount.model_fields["value"].metadata[0].func: PART,
    _reader(when.Condition): _HERE_A_CONDITION,
    _reader(when.Rule): _HERE_A_CONDITION,
    _reader(decree.ReportedStage): {"enum": list(decree.REPORTABLE)},
    selection.DecreeCap.model_fields["value"].metadata[0].func: CAP,
    _reader(selection.End): CAP_END,
    _reader(dates.Years): EVERY,
    dates.DecreeDay.model_fields["value"].metadata[0].func: DAY,
    afterwards.DecreeEducation.model_fields["value"].metadata[0].func: EDUCATION,
    _reader(cases.Sentence): {"anyOf": [LENGTH, {"enum": ["life", "death"]}]},
    _reader(graded.SentenceDays): {"anyOf": [LENGTH, {"const": "life"}]},
    decree.Decree.model_fields["thresholds_on"].metadata[0].func: {
        "anyOf": [{"enum": list(get_args(timing.Threshold))}, *DAY["anyOf"]]
    },
}
"""What stands in a file for each function that reads a value from a text."""
_LISTS = {
    _reader(graded.Sources),
    get_args(Names)[2].func,
    clauses.Clause.model_fields["despite"].metadata[0].func,
    decree.Decree.model_fields["rank"].metadata[0].func,
    chances.Chance.model_fields["odds"].metadata[0].func,
}
"""Functions that take one entry for a list of one."""


class _Generator(GenerateJsonSchema):
    """Puts a pattern where a model reads a text, and leaves defaults out."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """Write what a function reads from a text."""
        function = schema["function"]["function"]
        if function in _READ:
            return dict(_READ[function])
        inner = self.generate_inner(schema["schema"])
        if function in _LISTS:
            return {"anyOf": [inner["items"], inner]}
        if function is at_least_one:
            kind = "minItems" if inner.get("type") == "array" else "minProperties"
            return {**inner, kind: 1}
        return inner

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse keys that no file can have, or that have not the form of ages."""
        found = {**super().dict_schema(schema), "propertyNames": NAME}
        return {**found, "additionalProperties": False} if "patternProperties" in found else found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave defaults out: the language page tells them."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave null out: a key is left out instead, unless it removes what is extended."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:
        """Leave titles out: the key says as much."""
        return False


def schema(words_of: Scenario | None = None) -> dict[str, object]:
    """Return the JSON Schema of scenario files, worlds, sweeps and files of reports.

    Parameters
    ----------
    words_of
        A scenario whose world's words (offences, camps, origins, states of health, tags) and
        bibliography alone are allowed; any word is without.
    """
    text = json.dumps(document.Document.model_json_schema(schema_generator=_Generator))
    whole = json.loads(text.replace(json.dumps(_HERE_A_CONDITION), json.dumps(CONDITION)))
    definitions: dict[str, JsonSchemaValue] = {**whole.pop("$defs"), **conditions(words_of)}
    definitions["Document"] = whole
    definitions["RestsOn"]["properties"]["instead"] = _ref(f"{PARTIAL}Change")
    definitions["Change"] = _part_of(whole, ("world", "decrees", "measured from"))
    reports: JsonSchemaValue = ReportsFile.model_json_schema(schema_generator=_Generator)
    definitions |= {**reports.pop("$defs"), "ReportsFile": reports}
    for name, one in definitions.items():
        one.pop("title", None)
        _help(name, one)
    if words_of is not None:
        _name_words(definitions, words_of)
    partial = {f"{PARTIAL}{name}": _partial(one) for name, one in definitions.items()}
    definitions = {**definitions, **partial}
    return {
        "$schema": ADDRESS,
        "title": "A scenario, world, sweep or file of reports of amnesty",
        "description": "Whom a pardon frees, in which prisons, when, and what that rests on.",
        "if": {"anyOf": [{"required": [key]} for key in ("sweep", "variants", "vary")]},
        "then": _ref("Sweep"),
        "else": {
            "if": {"required": ["extends"]},
            "then": _ref(f"{PARTIAL}Document"),
            "else": {
                "if": {"required": ["events"]},
                "then": _ref("ReportsFile"),
                "else": _ref("Document"),
            },
        },
        "$defs": {name: _bare(name, one) for name, one in definitions.items()} | {"Sweep": _SWEEP},
    }


def _ref(name: str) -> JsonSchemaValue:
    return {"$ref": f"{_DEFINITIONS}{name}"}


_SWEEP: JsonSchemaValue = {
    "type": "object",
    "description": "A sweep: a scenario, the changes in which it is tried, and its baseline.",
    "additionalProperties": False,
    "required": ["title", "sweep"],
    "anyOf": [{"required": ["variants"]}, {"required": ["vary"]}],
    "properties": {
        "title": {"type": "string", "description": "What the sweep is called in tables."},
        "note": {"type": "string", "description": "Anything; no effect."},
        "sweep": {"type": "string", "description": "The file of the scenario that is swept."},
        "baseline": {"type": "string", "description": "The file that all are compared with."},
        "variants": {
            "type": "object",
            "description": "Changes by name, each laid over the scenario.",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["change"],
                "properties": {"note": {"type": "string"}, "change": _ref(f"{PARTIAL}Change")},
            },
        },
        "vary": {
            "type": "object",
            "description": "Key paths with the values that each takes; several are crossed.",
            "additionalProperties": {"type": "array", "minItems": 1},
        },
    },
}


def _part_of(whole: JsonSchemaValue, keys: tuple[str, ...]) -> JsonSchemaValue:
    """Return an object with some of the keys of another."""
    properties = {key: whole["properties"][key] for key in keys}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _help(name: str, one: JsonSchemaValue) -> None:
    """Add what each key means, for an editor to show."""
    for key, value in one.get("properties", {}).items():
        said = HELP.get(f"{name}.{key}") or HELP.get(key)
        if said and "description" not in value:
            value["description"] = said


def _bare(name: str, one: JsonSchemaValue) -> JsonSchemaValue:
    """Let a value stand alone where a decree may say no more, and a condition for an exclusion."""
    kind = name.removeprefix(PARTIAL)
    if kind == "Effect":
        return {
            "description": one.get("description", ""),
            "anyOf": [one, {"enum": ["release", END_THE_CASE]}],
        }
    if kind == "Exclusion":
        condition = _ref(f"{PARTIAL if name != kind else ''}Condition")
        return {"description": one.get("description", ""), "anyOf": [one, condition]}
    if kind == "DecreeAmount":
        bare = _ref(f"{PARTIAL if name != kind else ''}OneAmount")
        table = {**one, "properties": {k: v for k, v in one["properties"].items() if k != "one"}}
        has_table = {"type": "object", "required": ["table"]}
        return {"description": one.get("description", ""), "if": has_table, "then": table,
                "else": bare}  # fmt: skip
    rooms = (graded, afterwards, amounts, chances, clauses, dates, effects, points, waits, work,
             selection)  # fmt: skip
    model = next((getattr(room, kind) for room in rooms if hasattr(room, kind)), None)
    said = isinstance(model, type) and issubclass(model, graded.Said)
    if not said or "value" not in one["properties"]:
        return one
    value = one["properties"]["value"]
    return {
        "description": one.get("description", ""),
        "if": {"type": "object"}, "then": one, "else": value,
    }  # fmt: skip


def _partial(one: object) -> JsonSchemaValue:
    """Return a schema for what is laid over another file: nothing is required, null removes."""
    return cast(JsonSchemaValue, _walk(one))


def _walk(one: object) -> object:
    if isinstance(one, list):
        return [_walk(part) for part in one]
    if not isinstance(one, Mapping):
        return one
    result: dict[str, object] = {}
    for key, value in one.items():
        if key in ("required", "minProperties"):
            continue
        if key in ("properties", "patternProperties") and isinstance(value, Mapping):
            result[key] = {name: _or_null(below) for name, below in value.items()}
        elif key == "additionalProperties" and isinstance(value, Mapping):
            result[key] = _or_null(value)
        elif key == "$ref":
            name = str(value).removeprefix(_DEFINITIONS).removeprefix(PARTIAL)
            result[key] = f"{_DEFINITIONS}{PARTIAL}{name}"
        else:
            result[key] = _walk(value)
    return result


def _or_null(one: object) -> object:
    below = _walk(one)
    said = {"description": one["description"]} if isinstance(one, Mapping) and (
        "description" in one) else {}  # fmt: skip
    return {**said, "anyOf": [below, {"type": "null"}]}


def _name_words(definitions: dict[str, JsonSchemaValue], scenario: Scenario) -> None:
    """Allow the words of one world and the keys of its bibliography alone."""
    sources = {"enum": list(known_sources(scenario))}
    for one in definitions.values():
        for key, value in one.get("properties", {}).items():
            if key == "source":
                one["properties"][key] = {**value, "anyOf": [sources, {
                    "type": "array", "items": sources, "minItems": 1}]}  # fmt: skip
    for key, words in known_words(scenario).items():
        for kind in ("Who", "Later", "PartSaid"):
            if key in definitions[kind]["properties"]:
                definitions[kind]["properties"][key] = {"enum": list(words)}
    origins = list(scenario.world.origins)
    definitions["DecreeExile"]["properties"]["origin"] = {"enum": origins}
