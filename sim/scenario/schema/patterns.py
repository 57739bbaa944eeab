"""How values are written, as patterns of JSON Schema: lengths, shares, dates, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pydantic.json_schema import JsonSchemaValue

from sim.scenario.graded import ASSUMPTION, DERIVED, Grade, Status
from sim.scenario.law.amounts import WHOLES
from sim.scenario.law.predicate import AGES, CATEGORIES, LENGTHS, SHARES, WORDS
from sim.scenario.load import Scenario
from sim.scenario.tree import TRUTH_WORDS

_NUMBER = r"\d+(\.\d+)?"
_LENGTH = rf"{_NUMBER}\s*(day|month|year)s?"
_SHARE = r"((100(\.0+)?|\d{1,2}(\.\d+)?)\s*%|\d+/\d+)"
_MONTH_DAY = (
    r"((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|[12]\d))"
)
_COMPARED = r"(<=|>=|==|<|>)\s*"


def strings(pattern: str, *examples: str) -> JsonSchemaValue:
    """Return the schema of a text of one form, with examples."""
    return {"type": "string", "pattern": rf"^\s*{pattern}\s*$", "examples": list(examples)}


LENGTH = strings(_LENGTH, "5 years", "18 months", "60 days")
SHARE: JsonSchemaValue = {
    "anyOf": [strings(_SHARE, "70%", "2/3"), {"type": "number", "minimum": 0, "maximum": 1}]
}
POSITIVE: JsonSchemaValue = {
    "anyOf": [{"type": "number", "minimum": 0}, strings(rf"{_NUMBER}\s*%", "40%")]
}
DATE = strings(rf"\d{{4}}-{_MONTH_DAY}", "2020-10-08")
MONTH_DAY = strings(_MONTH_DAY, "02-16")
_RATIO = r"(\d+(\.\d+)?\s*%|\d+(/\d+|\.\d+)?)"
CAP = strings(
    rf"(none|\d+ (per camp|in all)|({_SHARE}|[01](\.\d+)?) of stock( per camp| in all)?"
    rf"|until stock <= {_RATIO} of capacity( per camp| in all)?)",
    "none", "50 per camp", "5000 in all", "5% of stock", "until stock <= 90% of capacity",
)  # fmt: skip
CAP_END: JsonSchemaValue = {
    "anyOf": [{"type": "integer"}, strings(r"(\d+(\.\d+)?\s*%|\d+/\d+|\d+)", "5%")]
}
EDUCATION = strings(rf"{_LENGTH} from (listing|grant)", "60 days from listing")
_WHOLE = rf"({'|'.join(WHOLES)})"
_PER = rf"per (complete|started) ([1-9]\d* )?(day|month|year)s? {_WHOLE}"
PART = strings(
    rf"({_LENGTH}|half the (sentence|term)|({_SHARE}|{_NUMBER}) of {_WHOLE}|{_LENGTH} {_PER})",
    "3 years", "half the sentence", "1/4 of remaining", "15 days per complete month remaining",
)  # fmt: skip
_TRUTH = "|".join("".join(f"[{sign}{sign.upper()}]" for sign in word) for word in TRUTH_WORDS)
NAME: JsonSchemaValue = {"not": {"pattern": rf"\.|^({_TRUTH})$"}}
"""A name that a file chooses: without a dot, and no word for true or false."""
CONDITION: JsonSchemaValue = {"$ref": "#/$defs/Condition"}


def conditions(words_of: Scenario | None) -> dict[str, JsonSchemaValue]:
    """Return the definitions of conditions, with the words of one world or any."""
    words = known_words(words_of) if words_of is not None else {}
    properties: dict[str, JsonSchemaValue] = {}
    cited = _words(None if words_of is None else known_sources(words_of))
    ages = rf"{_NUMBER}\s*years?"
    properties |= dict.fromkeys(LENGTHS, _threshold(_LENGTH, ">= 5 years", cited))
    properties |= dict.fromkeys(SHARES, _threshold(_SHARE, ">= 70%", cited))
    properties |= dict.fromkeys(AGES, _threshold(ages, "< 18 years", cited))
    for name in CATEGORIES:
        tags = words.get("tag") if name == "offence" else None
        properties[name] = _category(name, {**words, **WORDS}.get(name), tags)
    properties["reductions"] = _reductions()
    properties["not"] = CONDITION
    mapping: JsonSchemaValue = {
        "type": "object", "additionalProperties": False, "properties": properties,
    }  # fmt: skip
    return {
        "Condition": {
            "description": "Whom a rule names: all keys must hold; of a list, any entry.",
            "if": {"type": "array"},
            "then": {"type": "array", "minItems": 1, "items": CONDITION},
            "else": mapping,
        }
    }


def known_words(scenario: Scenario) -> Mapping[str, tuple[str, ...]]:
    """Return the words that a scenario's world defines, by category."""
    world = scenario.world
    tags = {tag for offence in world.offences.values() for tag in offence.tags}
    places = (*world.origins, *(world.exile.destinations if world.exile else ()))
    return {
        "offence": tuple(world.offences),
        "tag": tuple(sorted(tags)),
        "camp": tuple(world.camps),
        "origin": tuple(world.origins),
        "residence": tuple(dict.fromkeys(places)),
        "health": tuple(world.health.states),
    }


def known_sources(scenario: Scenario) -> tuple[str, ...]:
    """Return what a source may be: the bibliography, and what stands for no publication."""
    return (*scenario.sources, ASSUMPTION, DERIVED)


def _threshold(number: str, example: str, cited: JsonSchemaValue) -> JsonSchemaValue:
    """Return a comparison, bare or graded; an end of its range has no comparison."""
    share = number == _SHARE
    one = rf"{_COMPARED.replace('==|', '') if share else _COMPARED}{number}"
    bare = strings(rf"{one}(\s+and\s+{one})*", example)
    end = SHARE if share else strings(number, example.split(" ", 1)[1])
    return {
        "description": f"A comparison such as '{example}'; a band has an 'and'.",
        "if": {"type": "object"},
        "then": {
            "type": "object",
            "additionalProperties": False,
            "required": ["value"],
            "properties": {
                "value": bare, "low": end, "high": end, "source": cited,
                "grade": {"enum": list(get_args(Grade))},
                "status": {"enum": list(get_args(Status))},
                "note": {"type": "string"},
            },
        },
        "else": bare,
    }  # fmt: skip


def _words(known: tuple[str, ...] | None) -> JsonSchemaValue:
    """Return a word or a list of words."""
    word: JsonSchemaValue = {"type": "string"} if known is None else {"enum": list(known)}
    return {"anyOf": [word, {"type": "array", "minItems": 1, "items": word}]}


def _category(
    name: str, known: tuple[str, ...] | None, tags: tuple[str, ...] | None
) -> JsonSchemaValue:
    inside: dict[str, JsonSchemaValue] = {"not": _words(known)}
    if name == "offence":
        inside["tag"] = _words(tags)
        inside["not"] = {"anyOf": [_words(known), _only({"tag": _words(tags)})]}
    return {"if": {"type": "object"}, "then": _only(inside), "else": _words(known)}


def _only(properties: dict[str, JsonSchemaValue]) -> JsonSchemaValue:
    return {
        "type": "object", "additionalProperties": False, "minProperties": 1,
        "properties": properties,
    }  # fmt: skip


def _reductions() -> JsonSchemaValue:
    count = strings(rf"{_COMPARED}\d+( and {_COMPARED}\d+)*", ">= 1")
    by: JsonSchemaValue = {"type": "string", "examples": ["any", "pardon", "merit"]}
    return {
        "description": "Earlier cuts within this spell: how many, and by whom.",
        "if": {"type": "object"},
        "then": _only({"by": by, "count": count}),
        "else": count,
    }
