"""The words of a report: question, answer, scenarios, differences, how to make it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from html import escape

from sim.analysis.measures import MEASURE
from sim.paper.bibliography import Reference
from sim.paper.effects import difference_cell
from sim.paper.figures.tornado import MAIN
from sim.paper.numbers import printed
from sim.paper.parameters import graded_parts
from sim.paper.provenance import column_marks
from sim.paper.source import Source
from sim.paper.table import MARKS
from sim.scenario.graded import ASSUMPTION, DERIVED
from sim.scenario.words.difference import BY_PATH, WORLD, Change, difference
from sim.scenario.words.explanation import CITED, Section, explained

Known = Mapping[str, Reference]


def paragraph(text: str) -> str:
    """Write a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def heading(source: Source) -> str:
    """Say what the report is about."""
    about = source.about
    if "title" in about:
        return f"Report of a sweep: {about['title']}"
    policies = [name for name in source.policies if name not in source.baselines[:1]]
    if policies and source.baselines:
        return f"What would it do? {_and(policies)}, compared with {_and(source.baselines)}"
    return f"Report: {', '.join(one.title for one in source.scenarios.values())}"


def _and(names: list[str] | tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def question(source: Source) -> Iterator[str]:
    """Write what is asked."""
    world = next(iter(source.scenarios.values())).world
    if source.baselines:
        yield paragraph(
            "What does each policy change in the prisons, compared with "
            f"{_and(source.baselines)}? Policy and baseline are simulated with the same people and "
            "the same luck, so that what differs between them is the policy's doing."
        )
    yield paragraph(
        f"The world is “{world.name}”: {world.held.value:,.0f} held (grade {world.held.grade}) in "
        f"{len(world.camps)} prisons, from {world.start} to the day before {world.end}."
    )
    align = source.about.get("align")
    if align:
        yield paragraph(
            f"First planned releases were moved to {align}: rules are compared, not years."
        )
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(one.title)}</dd>"
        for name, one in source.scenarios.items()
    )
    yield f"<dl>{rows}</dl>"


def headline(source: Source) -> Iterator[str]:
    """Write the main difference of each policy in a sentence, with its three layers of doubt."""
    if not source.is_comparison:
        return
    results = source.results
    found = {
        baseline: [_answer(source, policy, baseline) for policy in results.policies
                   if (policy, baseline, MAIN) in results.differences]
        for baseline in results.baselines
    }  # fmt: skip
    if any(found.values()):
        yield paragraph(
            f"{MAIN.capitalize()}, {MEASURE[MAIN].unit}, difference from the baseline. Error is "
            "half the 95% interval of the simulated mean; chance is the middle 95% of single "
            "replications; assumptions is the span when one at a time is changed, a lower bound "
            "of ignorance. None of them is an interval about the real prisons."
        )
    for baseline, items in found.items():
        if items:
            yield f"<h3>Compared with {escape(baseline)}</h3>\n<ul>{''.join(items)}</ul>"


def _answer(source: Source, policy: str, baseline: str) -> str:
    """Write the main difference of a policy; what it rests on stands with the first baseline."""
    results = source.results
    found = results.differences[policy, baseline, MAIN]
    cell = printed(difference_cell(found, results.span(policy, baseline, MAIN)))
    relative = f" ({cell.relative})" if cell.relative else ""
    layers = ", ".join(f"{kind} {text}" for kind, text in cell.layers)
    doubt = "the same in every replication" if found.constant else layers
    marks = [MARKS[mark] for mark in column_marks(results, policy)]
    first = baseline == results.baselines[0]
    rests = f" The policy {'; '.join(marks)}." if marks and first else ""
    return (
        f"<li><strong>{escape(policy)}</strong>: <strong>{escape(cell.main)}</strong>"
        f"{escape(relative)}; {escape(doubt)}.{escape(rests)}</li>"
    )


def scenarios(source: Source, known: Known) -> Iterator[str]:
    """Write every scenario in words."""
    for name, scenario in source.scenarios.items():
        found = explained(scenario)
        inside = "\n".join(_section(found, known, 3, top=True))
        yield (
            f"<details><summary>{escape(name)}: {escape(found.heading)}</summary>\n"
            f"{inside}\n</details>"
        )


def _section(section: Section, known: Known, level: int, *, top: bool = False) -> Iterator[str]:
    if not top:
        yield f"<h{min(level, 6)}>{_cited(section.heading, known)}</h{min(level, 6)}>"
    yield from (f"<p>{_cited(text, known)}</p>" for text in section.paragraphs)
    if section.items:
        yield f"<ul>{''.join(f'<li>{_cited(text, known)}</li>' for text in section.items)}</ul>"
    yield from (f"<p>{_cited(text, known)}</p>" for text in section.closing)
    for one in section.sections:
        yield from _section(one, known, level if top else level + 1)


def _cited(text: str, known: Known) -> str:
    """Escape a text; sources in brackets become links to the list of sources."""
    parts, at = [], 0
    for found in CITED.finditer(text):
        if found[1] in known:
            parts.append(escape(text[at : found.start()]))
            parts.append(f'<a href="#{_anchor(found[1])}">[{escape(known[found[1]].short)}]</a>')
            at = found.end()
    return "".join([*parts, escape(text[at:])])


def _anchor(key: str) -> str:
    return escape(f"source-{key}")


def differences(source: Source, known: Known) -> Iterator[str]:
    """Write what each policy says differently from its baseline, and from which day on."""
    if not source.baselines:
        return
    baseline = source.baselines[0]
    for name in source.policies:
        if name == baseline or name not in source.scenarios:
            continue
        found = difference(source.scenarios[baseline], source.scenarios[name])
        verdict, *_ = found.in_words().splitlines()
        yield f"<h3>{escape(name)}</h3>\n{paragraph(verdict)}"
        items = "".join(_change(one, known) for one in found.changes)
        if items:
            number = len(found.changes)
            yield (
                f"<details><summary>{number} difference{'s' if number > 1 else ''} from "
                f"{escape(baseline)}</summary><ul>{items}</ul></details>"
            )


def _change(change: Change, known: Known) -> str:
    where = f"<strong>{escape(change.stage)}</strong>"
    if change.decree:
        where += f" ({escape(change.decree)})"
    if change.stage in (WORLD, BY_PATH):
        values = f"{change.about}: {change.one} → {change.other}"
        return f"<li>{where}: {escape(values)}</li>"
    texts = [f"no longer: {_cited(change.one, known)}"] if change.one else []
    texts += [_cited(change.other, known)] if change.other else []
    return f"<li>{where}: {' Instead: '.join(texts)}</li>"


def sources(source: Source, known: Known) -> str:
    """List the sources that scenarios name, once each."""
    keys = {
        key for one in source.scenarios.values() for part in graded_parts(one.resolved)
        for key in part.sources
    } - {ASSUMPTION, DERIVED}  # fmt: skip
    items = []
    for key in sorted(keys):
        one = known.get(key)
        told = f"{escape(one.short)}. {escape(one.title)}." if one else ""
        items.append(f'<li id="{_anchor(key)}">{told} <code>{escape(key)}</code></li>')
    return f'<ul class="references">{"".join(items)}</ul>'


def again(source: Source) -> Iterator[str]:
    """Write how the study is made again and checked."""
    about: Mapping[str, object] = dict(source.about)
    command, code, packages = about.get("command"), about.get("code"), about.get("packages")
    yield paragraph("The study was made by this command:")
    words = [str(word) for word in command] if isinstance(command, list) else []
    yield f"<pre>{escape(shlex.join(words))}</pre>"
    commit = code.get("commit", "unknown") if isinstance(code, Mapping) else "unknown"
    changed = ", with changes" if isinstance(code, Mapping) and code.get("changed") else ""
    python = f"Python {about['python']}; " if "python" in about else ""
    listed = (
        ", ".join(f"{name} {version}" for name, version in packages.items())
        if isinstance(packages, Mapping) else ""
    )  # fmt: skip
    yield paragraph(
        f"Package version {about.get('package_version')}, model version "
        f"{about.get('model_version')}, code {commit}{changed}; {python}{listed}. "
        "The same files, seed and number of replications give the same cells on any "
        "machine and any number of workers."
    )
    yield paragraph(
        "The folder checks itself: files against the hashes below, cells against their checksums, "
        "a sample of cells run again, data files computed again from the cells:"
    )
    yield "<pre>amnesty verify DIR</pre>"
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><code>{escape(digest)}</code></td></tr>'
        for name, digest in source.about["files_sha256"].items()
    )
    yield (
        "<details><summary>Files and their SHA-256</summary>"
        '<div class="scroll" role="region" tabindex="0" aria-label="Files and their SHA-256">'
        '<div class="amnesty-table"><table><caption>Files and their SHA-256</caption><thead><tr>'
        '<th scope="col">file</th><th scope="col">SHA-256</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></div></details>"
    )
