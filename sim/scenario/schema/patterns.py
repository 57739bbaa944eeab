"""How values are written, as patterns of JSON Schema: lengths, shares, dates, conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from pydantic.json_schema import JsonSchemaValue

from sim.scenario.graded import ASSUMPTION, DERIVED, Grade, Status
from sim.scenario.law.amounts import WHOLES
from sim.scenario.law.graded_thresholds import COUNTING
from sim.scenario.law.predicate import (
    AGES,
    ANCHORS,
    CATEGORIES,
    COUNTED,
    DATES,
    EXPECTED,
    LAST_RELEASE,
    LENGTHS,
    NUMBERS,
    OF_A_SPELL,
    ON,
    PARTS,
    SENTENCE,
    SHARES,
    WORDS,
)
from sim.scenario.law.thresholds import kind_of_attribute
from sim.scenario.lengths import WITHOUT_TERM
from sim.scenario.scenario import Scenario
from sim.scenario.yaml_files import TRUTH_WORDS

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
DAY: JsonSchemaValue = {
    "anyOf": [DATE, strings(rf"{_LENGTH} (before|after) the grant", "60 days before the grant")]
}
EVERY = strings(r"(year|[1-9]\d* years?)", "year", "5 years")
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
_WHOLE = rf"({'|'.join(WHOLES)}|served( from \d.+| from [a-z]+)?( to .+)?|[^\d\s].*)"
"""A length that every person has, served time within two days, or a flag that is a length."""
_PER = rf"per (complete|started) ([1-9]\d* )?(day|month|year)s? {_WHOLE}"
PART = strings(
    rf"({_LENGTH}|half the (sentence|term)|({_SHARE}|{_NUMBER}) of {_WHOLE}|{_LENGTH} {_PER})",
    "3 years", "half the sentence", "1/4 of remaining", "15 days per complete month remaining",
)  # fmt: skip
_TRUTH = "|".join("".join(f"[{sign}{sign.upper()}]" for sign in word) for word in TRUTH_WORDS)
NAME: JsonSchemaValue = {"not": {"pattern": rf"\.|^({_TRUTH})$"}}
"""A name that a file chooses: without a dot, and no word for true or false."""
CONDITION: JsonSchemaValue = {"$ref": "#/$defs/Condition"}
_PART: JsonSchemaValue = {"$ref": "#/$defs/PartCondition"}

_KINDS: Mapping[str, Iterable[str]] = {
    "length": (*LENGTHS, LAST_RELEASE), "number": NUMBERS, "share": SHARES, "age": AGES,
    "date": DATES,
}  # fmt: skip
_AFTER: JsonSchemaValue = {"type": "string", "examples": ["any", "expiry", "decree"]}
_FORMS: Mapping[str, tuple[str, str, JsonSchemaValue]] = {
    "length": (_LENGTH, ">= 5 years", LENGTH),
    "share": (_SHARE, ">= 70%", SHARE),
    "age": (rf"{_NUMBER}\s*years?", "< 18 years", strings(rf"{_NUMBER}\s*years?", "18 years")),
    "date": (
        rf"(\d{{4}}-{_MONTH_DAY}|{_LENGTH} ago)", "< 2015-07-09", {"anyOf": [DATE, LENGTH]},
    ),
    "number": (_NUMBER, ">= 3", {"anyOf": [strings(_NUMBER, "3"), {"type": "number"}]}),
}  # fmt: skip
"""The pattern of a number, an example of a comparison, and how an end of a range is written."""


def conditions(words_of: Scenario | None) -> dict[str, JsonSchemaValue]:
    """Return the definitions of conditions, with the words of one world or any."""
    words = known_words(words_of) if words_of is not None else {}
    cited = _words(None if words_of is None else known_sources(words_of))
    kinds = {name: _comparison(kind, cited) for kind in _KINDS for name in _KINDS[kind]}
    properties = dict(kinds)
    words_for = _words(tuple(WITHOUT_TERM))
    for name in (SENTENCE, EXPECTED):
        properties[name] = {"anyOf": [words_for, kinds[name]]}
    for name in COUNTING:
        properties[name] = _comparison(
            str(kind_of_attribute(name)), cited, also={"counting": _words(COUNTED)}
        )
    properties[LAST_RELEASE] = _comparison("length", cited, also={"after": _AFTER})
    for name in CATEGORIES:
        tags = words.get("tag") if name == "offence" else None
        properties[name] = _category(name, {**words, **WORDS}.get(name), tags)
    properties["reductions"] = properties["earlier pardons"] = _reductions()
    properties["not"] = CONDITION
    properties["earlier spells"] = _spells(properties["earlier spells"])
    for name in PARTS:
        properties[name] = _PART
    days = rf"on (\d{{4}}-{_MONTH_DAY}|{'|'.join(ANCHORS)})"
    days = rf" ({days}|{_LENGTH} before ({'|'.join(ANCHORS)}))"
    mapping: JsonSchemaValue = {
        "type": "object",
        "properties": properties,
        "patternProperties": {rf"^{name}{days}$": properties[name] for name in ON},
        "additionalProperties": _any_flag(cited),
    }
    if words_of is not None:
        mapping["additionalProperties"] = False
        for name, flag in words_of.world.flags.items():
            properties[name] = _flag(flag.is_a, flag.words, cited)
    of_a_part = _only({"offence": properties["offence"], "sentence": properties["sentence"],
                       "not": _PART})  # fmt: skip
    return {
        "SpellCondition": {
            "description": "What earlier spells were like, read as they ended; how many.",
            **_only(
                {
                    **{name: properties[name] for name in OF_A_SPELL},
                    "count": strings(rf"{_COMPARED}\d+( and {_COMPARED}\d+)*", ">= 1"),
                }
            ),
        },
        "PartCondition": {
            "description": "What a part of a sentence is for, and how long it is.",
            "if": {"type": "array"},
            "then": {"type": "array", "minItems": 1, "items": _PART},
            "else": of_a_part,
        },
        "Condition": {
            "description": "Whom a rule names: all keys must hold; of a list, any entry.",
            "if": {"type": "array"},
            "then": {"type": "array", "minItems": 1, "items": CONDITION},
            "else": mapping,
        },
    }


def _spells(count: JsonSchemaValue) -> JsonSchemaValue:
    """Return a number of earlier spells, or what they were like beside how many there are."""
    return {"description": str(count.get("description", "")),
            "anyOf": [count, {"$ref": "#/$defs/SpellCondition"}]}  # fmt: skip


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


def _flag(kind: str, words: tuple[str, ...], cited: JsonSchemaValue) -> JsonSchemaValue:
    """Return what a flag is compared with."""
    if kind == "boolean":
        return {"type": "boolean"}
    return _category("", words, None) if kind == "category" else _comparison(kind, cited)


def _any_flag(cited: JsonSchemaValue) -> JsonSchemaValue:
    """Return what a flag of some world may be compared with."""
    kinds = [_comparison(kind, cited) for kind in ("number", "length", "date")]
    return {"anyOf": [{"type": "boolean"}, _category("", None, None), *kinds]}


def _comparison(
    kind: str, cited: JsonSchemaValue, *, also: Mapping[str, JsonSchemaValue] | None = None
) -> JsonSchemaValue:
    """Return a comparison: bare, graded, or by table; an end of its range has no comparison."""
    number, example, end = _FORMS[kind]
    one = rf"{_COMPARED.replace('==|', '') if kind == 'share' else _COMPARED}{number}"
    bare = strings(rf"{one}(\s+and\s+{one})*", example)
    properties: dict[str, JsonSchemaValue] = {
        "value": bare, "low": end, "high": end, "source": cited,
        "grade": {"enum": list(get_args(Grade))},
        "status": {"enum": list(get_args(Status))},
        "note": {"type": "string"},
    }  # fmt: skip
    threshold: JsonSchemaValue = {
        "description": f"A comparison such as '{example}'; a band has an 'and'.",
        "if": {"type": "object"},
        "then": {**_object(properties), "required": ["value"]},
        "else": bare,
    }
    whole = {**_object({**properties, "table": rows(threshold), **(also or {})}),
             "anyOf": [{"required": ["value"]}, {"required": ["table"]}]}  # fmt: skip
    return {**threshold, "then": whole}


def rows(value: JsonSchemaValue) -> JsonSchemaValue:
    """Return the rows of a table whose entries have the form of a value."""
    note: JsonSchemaValue = {"type": "string"}
    row = {**_object({"when": CONDITION, "is": value, "note": note}), "required": ["when", "is"]}
    last = {**_object({"otherwise": value, "note": note}), "required": ["otherwise"]}
    return {"type": "array", "minItems": 1, "items": {"anyOf": [row, last]}}


def _object(properties: dict[str, JsonSchemaValue]) -> JsonSchemaValue:
    return {"type": "object", "additionalProperties": False, "properties": properties}


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
        numbers = {"anyOf": [_comparison(kind, _words(None)) for kind in ("number", "length")]}
        part = {**_only({"tag": _words(tags)}), "additionalProperties": numbers}
        inside["not"] = {"anyOf": [_words(known), part]}
        whole = {**_only(inside), "additionalProperties": numbers}
        return {"if": {"type": "object"}, "then": whole, "else": _words(known)}
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
