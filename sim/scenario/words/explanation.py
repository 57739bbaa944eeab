"""A whole file in plain English: a scenario, a world or a sweep, as text, Markdown or data."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sim.scenario.lengths import read_length, read_share
from sim.scenario.load import build
from sim.scenario.occasions import first_release_day
from sim.scenario.reports import Reports
from sim.scenario.scenario import Scenario
from sim.scenario.sweeps.sweep import Sweep, Variant
from sim.scenario.tree import PATCH, merged
from sim.scenario.words.decree import Statement, decree_in_words
from sim.scenario.words.difference import BY_PATH, WORLD, Change, difference
from sim.scenario.words.phrases import (
    amount,
    day,
    in_letters,
    length,
    percent,
    sentence,
)
from sim.scenario.words.reported import event_in_words, event_reports, reports_in_words
from sim.scenario.words.setting import setting_in_words, world_in_words
from sim.scenario.written import unframed, without, written_ends

WIDTH = 90
_NAMED = ("exclusion ", "clause ")
CITED = re.compile(r"\[([^\s\[\]]+)\]")
"""How a source stands in a sentence."""
_SIGNS = re.compile(r"([*_`<\\])")


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs and items below it, and sections within."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    name: str = ""
    """The key of a decree or a variant, the name of a file, empty elsewhere."""
    closing: tuple[str, ...] = ()
    """Paragraphs after the items."""

    def as_json(self) -> dict[str, object]:
        """Return the section as plain data."""
        return {
            "heading": self.heading,
            "name": self.name or None,
            "paragraphs": list(self.paragraphs),
            "items": list(self.items),
            "closing": list(self.closing),
            "sections": [section.as_json() for section in self.sections],
        }


def explained(asked: Scenario | Sweep | Reports) -> Section:
    """Write a scenario, a world, a sweep or a file of reports in plain English."""
    if isinstance(asked, Reports):
        return _reports(asked)
    return _sweep(asked) if isinstance(asked, Sweep) else _scenario(asked)


def as_text(section: Section, depth: int = 0) -> str:
    """Write a section as text, wrapped."""
    line = "=-"[depth] * min(len(section.heading), WIDTH) if depth < 2 else ""
    blocks = [section.heading + (f"\n{line}" if line else "")]
    blocks += map(_filled, section.paragraphs)
    if section.items:
        blocks.append("\n".join(_filled(text, "- ") for text in section.items))
    blocks += map(_filled, section.closing)
    if depth >= 2:  # a stage: its heading stands above its text without a gap
        blocks = ["\n".join(blocks[:2]), *blocks[2:]]
    return "\n\n".join([*blocks, *(as_text(s, depth + 1) for s in section.sections)])


def _filled(text: str, mark: str = "") -> str:
    indent = " " * len(mark)
    return textwrap.fill(
        text, WIDTH, initial_indent=mark, subsequent_indent=indent, break_on_hyphens=False
    )


def as_markdown(section: Section, sources: Collection[str] = (), depth: int = 1) -> str:
    """Write a section as Markdown, its sources as citations that Pandoc reads."""

    def plain(text: str) -> str:
        cited = CITED.sub(lambda m: f"[@{m[1]}]" if m[1] in sources else m[0], text)
        parts = re.split(r"(\[@[^\]]+\])", cited)
        return "".join(p if p.startswith("[@") else _SIGNS.sub(r"\\\1", p) for p in parts)

    blocks = [f"{'#' * depth} {plain(section.heading)}", *map(plain, section.paragraphs)]
    if section.items:
        blocks.append("\n".join(f"- {plain(text)}" for text in section.items))
    blocks += map(plain, section.closing)
    below = (as_markdown(one, sources, depth + 1) for one in section.sections)
    return "\n\n".join([*blocks, *below])


def _reports(reports: Reports) -> Section:
    sections = [
        Section(name, event_in_words(event), tuple(event_reports(event)))
        for name, event in reports.file.events.items()
    ]
    return Section(reports.title, reports_in_words(reports), (), tuple(sections), reports.name)


def _measured(scenario: Scenario, stated: date) -> str:
    """Say from which day effects are measured: a decree with a day of its own goes before."""
    planned = first_release_day(scenario)
    if planned is None:
        return f"Effects are measured from {day(stated)} on."
    first = scenario.world.start + timedelta(days=planned)
    return f"Effects are measured from the first planned release on, {day(first)}."


def _scenario(scenario: Scenario) -> Section:
    document = scenario.document
    head = [setting_in_words(scenario)]
    if document.note:
        head.append(sentence(f"Note: {document.note}"))
    if document.measured_from:
        head.append(_measured(scenario, document.measured_from))
    sections = [_decree(scenario, name) for name in scenario.decrees]
    if not sections:
        head.append("There is no decree: nobody is released or reduced by one.")
        sections.append(Section("The world", world_in_words(scenario.world)))
    elif len(sections) > 1:
        number = in_letters(len(sections))
        head.append(
            f"There are {number} decrees. Their effects add up; whom one of them has selected for "
            "release is outside the others until released."
        )
    if document.rests_on:
        sections.append(_rests_on(scenario))
    return Section(scenario.title, tuple(head), (), tuple(sections), scenario.name)


def _decree(scenario: Scenario, name: str) -> Section:
    statements = decree_in_words(scenario, name)
    stages = [
        _stage(stage, list(said)) for stage, said in groupby(statements, lambda one: one.stage)
    ]
    heading = scenario.decrees[name].title or name
    return Section(f"Decree: {heading}", (), (), tuple(stages), name)


def _stage(stage: str, statements: Sequence[Statement]) -> Section:
    """Make exclusions and clauses items, the rest one paragraph."""
    named = [one.text for one in statements if one.about.startswith(_NAMED)]
    rest = " ".join(one.text for one in statements if not one.about.startswith(_NAMED))
    after = (rest,) if rest else ()
    return Section(stage, (), tuple(named), closing=after) if named else Section(stage, after)


def _rests_on(scenario: Scenario) -> Section:
    items = []
    for name, entry in scenario.document.rests_on.items():
        if entry.range_of is not None:
            said = _range(scenario, entry.range_of)
        else:
            said = "; ".join(filter(None, (entry.note, *_instead(scenario, name))))
        items.append(sentence(f"{name}: {said}"))
    intro = "Each of these assumptions is varied alone, all others being as stated."
    return Section("What it rests on", (intro,), tuple(items))


def _range(scenario: Scenario, path: str) -> str:
    """Write the range of a value at a dotted path, and the value itself."""
    found = scenario.tree.at(path.split("."))
    assert found is not None
    assert isinstance(found.value, Mapping)
    value, low, high = (_number(unframed(end)) for end in written_ends(found))
    unit = found.value.get("unit")
    of = f" {unit.value}" if unit is not None else ""
    return f"from {low} to {high}{of}, in place of {value}"


def _number(written: object) -> str:
    if isinstance(written, int | float):
        return amount(written)
    text = str(written)
    try:
        return percent(read_share(text)) if "/" in text else length(read_length(text))
    except ValueError:
        return text


def _instead(scenario: Scenario, name: str) -> Iterator[str]:
    """Say in words what an alternative changes."""
    patch = scenario.tree.at(("rests on", name, PATCH))
    assert patch is not None
    changed = build(scenario.name, merged(without(scenario.tree, "rests on"), patch))
    yield from map(_instead_of, difference(scenario, changed).changes)


_QUOTED = "‘{}’"  # noqa: RUF001 - quotation marks around those of a sentence


def _instead_of(change: Change) -> str:
    """Say what holds in place of what."""
    if change.stage in (WORLD, BY_PATH):
        return f"{change.about} is {change.other} in place of {change.one}"
    one, other = _QUOTED.format(change.one), _QUOTED.format(change.other)
    if not change.other:
        return f"left out is {one}"
    if not change.one:
        return f"added is {other}"
    return f"in place of {one} stands {other}"


def _sweep(sweep: Sweep) -> Section:
    swept, number = sweep.scenario, len(sweep.variants)
    notes = [sentence(f"Note: {sweep.note}")] if sweep.note else []
    variants = f"{in_letters(number)} variant{'s' if number != 1 else ''}"
    verb, each = ("are", "Each variant") if number != 1 else ("is", "The variant")
    head = [
        f"“{swept.title}” ({swept.name}) and {variants} of it {verb} compared with each other"
        + (f", and with “{sweep.baseline.title}” ({sweep.baseline.name})" if sweep.baseline else "")
        + f". {each} is told by what it says differently; all else stays as it is.",
        setting_in_words(swept),
    ]
    sections = [_variant(swept, variant) for variant in sweep.variants]
    return Section(sweep.title, (*notes, *head), (), tuple(sections), sweep.name)


def _variant(swept: Scenario, variant: Variant) -> Section:
    """Write a variant as what it says differently."""
    found = difference(swept, variant.scenario)
    paragraphs = [sentence(f"Note: {variant.note}")] if variant.note else []
    if not found.changes:
        paragraphs.append(f"It says the same as {swept.name}.")
    elif found.first_day is not None:
        paragraphs.append(f"It can differ from {swept.name} from {day(found.first_day)} on.")
    items = [f"{change.stage}: {_instead_of(change)}" for change in found.changes]
    return Section(f"Variant: {variant.label}", tuple(paragraphs), tuple(map(sentence, items)),
                   (), variant.label)  # fmt: skip
