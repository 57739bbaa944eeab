"""Spoiled files, hundreds of them: whatever stands in them, a message and never a traceback."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.scenario.load import load, shipped_folder
from sim.scenario.problems import ScenarioError
from tests.cli.command import FILES, amnesty, file

NAMES = ("prisons", "short", "halves", "yearly")
TEXTS = {name: file(name).read_text(encoding="utf-8") for name in NAMES}
SHIPPED = {p.stem: p.read_text(encoding="utf-8") for p in sorted(shipped_folder().glob("*.yaml"))}
SCALAR = re.compile(r"(?<=[:\[] )[^\s,{}\[\]][^,{}\[\]\n]*|(?<=\[)[^,{}\[\]\n]+")
KEY = re.compile(r"[\w'’ -]+(?=:(?: |$))", re.MULTILINE)
WRONG = [
    "", "null", "~", "true", "no", "-1", "0", "1", "0.5", "1e400", ".nan", ".inf", "9" * 30, "0x1F",
    "5 years", "0 days", "999999 years", "60 persons", "60%", "101%", "-5%", "1/0", "2/3", "life",
    "2020-13-10", "2011-02-29", "2011-06-01", "9999-12-31", "0001-01-01", "02-29", "[]", "{}",
    "[1, 2]", "{a: 1}", "{value: 1}", "[[[]]]", "'quoted'", '"> 4 years and <= 8 years"',
    '">= 5"',
    "none", "release", "5 per camp", "0 in all", "*unknown", "&name x", "!!python/name:os.system",
    "!!binary aGk=", "? x", "- x", "|", "\x00", "\u2028", "\U0001f511", "a: b: c", "#", "%", "@",
    "jubilee", "theft", "north", "well", "Pyongyang", "14 to 17", "17 to 14", "lists", "assumption",
]  # fmt: skip


def replace(text, match, new):
    return text[: match.start()] + new + text[match.end() :]


def spoil_scalars(data, text, pattern, wrong):
    """Replace one match of a pattern by something else, or swap two."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    one, other = sorted((data.draw(st.sampled_from(found)) for _ in range(2)), key=re.Match.start)
    if data.draw(st.booleans()):
        return replace(text, one, data.draw(st.sampled_from(wrong)))
    return replace(replace(text, other, one.group()), one, other.group())


def spoil_lines(data, text):
    """Drop a line or a block, repeat a line, or move it to the right."""
    lines = text.splitlines(keepends=True)
    row = data.draw(st.integers(0, max(0, len(lines) - 1)))
    depths = [len(line) - len(line.lstrip()) for line in lines]
    end = row + 1
    kind = data.draw(st.sampled_from(["drop", "block", "repeat", "indent"]))
    if kind == "block":
        while end < len(lines) and depths[end] > depths[row]:
            end += 1
    new = {"repeat": lines[row:end] * 2, "indent": ["  ", *lines[row:end]]}.get(kind, [])
    return "".join([*lines[:row], *new, *lines[end:]])


def spoil_text(data, text):
    """Cut a text off, or write something into it."""
    at = data.draw(st.integers(0, len(text)))
    if data.draw(st.booleans()):
        return text[:at]
    return text[:at] + data.draw(st.text(max_size=3)) + text[at:]


def mutate(data, text):
    """Spoil a text once."""
    match data.draw(st.sampled_from(["value", "value", "value", "key", "lines", "text"])):
        case "value":
            return spoil_scalars(data, text, SCALAR, WRONG)
        case "key":
            return spoil_scalars(data, text, KEY, [*WRONG, "titles", "world", "decrees"])
        case "lines":
            return spoil_lines(data, text)
        case _:
            return spoil_text(data, text)


def small(path):
    """Whether a sound file can be run in a moment."""
    world = load(path).world
    return world.held.value <= 2000 and world.days <= 4000


def check_and_run(path, *, pair=True):
    """Check a file, run it if that is quick, and see that every end is a known one."""
    checked = amnesty("check", path)
    assert checked.exit_code in (0, 2, 3)
    if checked.exit_code == 2:
        assert checked.stdout == ""
        assert checked.stderr.strip()
    try:
        quick = small(path)
    except ScenarioError:
        assert checked.exit_code == 2
        return
    assert checked.exit_code in (0, 3)
    pairs = ["compare", file("none"), path, "--align", "2013-01-01", "--assumptions", 1]
    if quick:
        for words in (["run", path], pairs)[: 1 + pair]:
            result = amnesty(*words, "--replications", 1, "--workers", 1)
            assert result.exit_code in (0, 2), result.stderr
            if result.exit_code == 2:
                assert result.stdout == ""
                assert result.stderr.strip()


def spoil(data, folder):
    """Write the small prisons and a policy, one of them spoiled."""
    name = data.draw(st.sampled_from(NAMES))
    for other, text in TEXTS.items():
        (folder / f"{other}.yaml").write_text(text, encoding="utf-8")
    text = TEXTS[name]
    for _ in range(data.draw(st.integers(1, 3))):
        text = mutate(data, text)
    (folder / f"{name}.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    return folder / f"{'short' if name == 'prisons' else name}.yaml"


QUIET = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@settings(max_examples=30, **QUIET)
@given(st.data())
def test_spoiled_files_are_told(tmp_path, data):
    check_and_run(spoil(data, tmp_path), pair=False)


@pytest.mark.slow
@settings(max_examples=200, **QUIET)
@given(st.data())
def test_many_spoiled_files_are_told(tmp_path, data):
    check_and_run(spoil(data, tmp_path))


@pytest.mark.slow
@settings(max_examples=200, **QUIET)
@given(st.data())
def test_spoiled_shipped_files_are_told(tmp_path, data):
    name = data.draw(st.sampled_from(list(SHIPPED)))
    (tmp_path / f"{name}.yaml").write_bytes(
        mutate(data, SHIPPED[name]).encode("utf-8", "surrogatepass")
    )
    assert amnesty("check", tmp_path / f"{name}.yaml").exit_code in (0, 2, 3)


@pytest.mark.parametrize("path", sorted(FILES.glob("*.yaml")), ids=lambda p: p.stem)
def test_unspoiled_files_are_sound(path):
    assert amnesty("check", path).exit_code == (3 if path.stem == "wrong-case" else 0)


@settings(max_examples=20, **QUIET)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")))
@example(b"\xef\xbb\xbf")
@example(b"---\n---\n")
@example(b"title: a\n---\ntitle: b\n")
@example(b"a: &a [*a]\n")
@example(b"a: " + b"[" * 300)
@example(b"<<: {a: 1}\n")
@example(b"%YAML 9.9\n---\na: 1\n")
def test_any_bytes_are_told(tmp_path, content):
    path = tmp_path / "any.yaml"
    path.write_bytes(content)
    result = amnesty("check", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(str(path))
