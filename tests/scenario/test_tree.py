"""Files become trees that keep every place; variants are laid over them key by key."""

import textwrap

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.problems import ScenarioError
from sim.scenario.tree import Tree, merged, replaced
from sim.scenario.yaml_files import read_tree, read_value

FILE = """\
title: A world
# a remark
world:
  start: 2015-01-01
  held: {value: 36_000, unit: persons}
  shares: [0.5, 1e-3, 70%, "3"]
  none: null
  escort: true
  text: >-
    two
    lines
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="file.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        return path

    return write_file


def problems_of(path, **options):
    with pytest.raises(ScenarioError) as error:
        read_tree(path, **options)
    return [(problem.line, problem.path, problem.message) for problem in error.value.problems]


def plant(value, file="f", line=1):
    """Make a tree of plain data."""
    if isinstance(value, dict):
        return Tree({key: plant(child, file) for key, child in value.items()}, file, line)
    if isinstance(value, list):
        return Tree([plant(child, file) for child in value], file, line)
    return Tree(value, file, line)


def test_plain_data_is_what_the_file_says_and_dates_stay_text(write):
    assert read_tree(write(FILE)).plain() == {
        "title": "A world",
        "world": {
            "start": "2015-01-01",
            "held": {"value": 36000, "unit": "persons"},
            "shares": [0.5, 0.001, "70%", "3"],
            "none": None,
            "escort": True,
            "text": "two lines",
        },
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [(("title",), 1), (("world",), 3), (("world", "start"), 4), (("world", "held", "unit"), 5),
     (("world", "shares", 2), 6), (("world", "text"), 9)],
)  # fmt: skip
def test_every_leaf_knows_its_line(write, path, line):
    found = read_tree(write(FILE)).at(path)
    assert found is not None
    assert found.line == line


def test_the_place_of_a_missing_key_is_the_mapping_that_lacks_it(write):
    tree = read_tree(write(FILE))
    assert tree.place(("world", "held", "source")).line == 5
    assert tree.place(("world", "shares", 9)).line == 6
    assert tree.place(("nowhere",)) is tree


def test_a_byte_order_mark_is_no_part_of_the_first_key(write):
    assert read_tree(write(b"\xef\xbb\xbftitle: A")).plain() == {"title": "A"}


def test_an_alias_stands_for_its_anchor_and_keeps_its_place(write):
    tree = read_tree(write("a: &x\n  b: 1\nc: *x\n"))
    assert tree.plain() == {"a": {"b": 1}, "c": {"b": 1}}
    assert tree.at(("c", "b")).line == 2


def test_repeated_keys_are_all_told(write):
    text = "a: 1\nb: {c: 1, c: 2}\na: 2\n"
    assert problems_of(write(text)) == [
        (2, "b.c", "the key 'c' stands here twice; remove one"),
        (3, "a", "the key 'a' stands here twice; remove one"),
    ]


def test_with_a_list_to_collect_them_mistakes_do_not_stop_the_reading(write):
    found = []
    tree = read_tree(write("a: 1\na: 2\nb: 3\n"), found)
    assert tree.plain() == {"a": 2, "b": 3}
    assert [problem.line for problem in found] == [2]


@pytest.mark.parametrize("key", ["yes", "No", "on", "OFF", "true", "n"])
def test_words_that_some_readers_take_for_booleans_are_no_keys(write, key):
    ((line, path, message),) = problems_of(write(f"a:\n  {key}: 1\n"))
    assert (line, path) == (2, f"a.{key}")
    assert "true or false" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is no UTF-8 text"),
        (b"title: a\x00b\n", "no YAML"),
        (b"title: [a\nb: c\n", "no YAML"),
        (b"title: a\n\tb: c\n", "no YAML"),
        (b"a: 1\n---\nb: 2\n", "no YAML"),
        (b"just words\n", "expected keys"),
        (b"- a\n- b\n", "expected keys"),
        (b"[" * 100_000, "nested too deeply"),
        (b"a: " + b"{b: " * 101 + b"1" + b"}" * 101, "nested too deeply"),
        (b"? [a, b]\n: c\n", "a key must be a word"),
        (b"a: &x {b: *x}\n", "an alias that contains itself"),
        (b"a: {b, c: 1}\n", "a text with a comma needs quotes"),
    ],
)
def test_what_cannot_be_read_is_refused(write, content, words):
    problems = problems_of(write(content))
    assert any(words in message for _, _, message in problems), problems


def test_aliases_of_aliases_that_make_billions_of_values_are_refused(write):
    lines = [
        "a0: &a0 1",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11)),
    ]
    ((line, path, message),) = problems_of(write("\n".join(lines)))
    assert (line, path[:2]) == (1, "a6")
    assert message == "more than 200,000 values; an alias counts as all that it stands for"


@pytest.mark.parametrize("loader", [yaml.BaseLoader, getattr(yaml, "CBaseLoader", None)])
@pytest.mark.parametrize("word", ['"\\ud83d"', '"ti\\udc00tle"'])
def test_half_a_character_is_refused_with_and_without_compiled_code(
    write, monkeypatch, loader, word
):
    if loader is None:
        pytest.skip("the library of YAML has no compiled code here")
    monkeypatch.setattr("sim.scenario.yaml_files._LOADER", loader)
    ((line, _, message),) = problems_of(write(f"a: 1\nb: {word}\n"))
    assert line == 2
    assert "holds half a character, which no file can hold" in message


def test_a_value_with_half_a_character_is_no_yaml():
    with pytest.raises(ValueError, match="no YAML"):
        read_value("held: \udcff", "--vary")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1), ("-1", -1), ("+1", 1), ("1_000", 1000), ("012", 12), ("1.5", 1.5), (".5", 0.5),
        ("1.", 1.0), ("1e3", 1000.0), ("1.e3", 1000.0), ("-1.5e-3", -0.0015), ("1.5_0", 1.5),
        ("~", None), ("null", None), ("NULL", None), ("", None), ("true", True), ("FALSE", False),
        *((text, text) for text in (
            "yes", "no", "on", "off", "nUll", "2015-01-01", "12:30", "1:30:00", "0x1F", "0o17",
            ".inf", ".nan", "_", "_1", "._5", "+", ".", "e1", "1e", "0.1.2", "1,000", "70%", "<<",
        )),
        ("'1'", "1"), ('"null"', "null"), ("''", ""),
    ],
)  # fmt: skip
def test_a_scalar_is_what_yaml_1_2_says_and_else_text(write, written, value):
    found = read_tree(write(f"a: {written}\n")).plain()["a"]
    assert (type(found), found) == (type(value), value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    assert problems_of(tmp_path) == [(0, "", "is a folder; expected a YAML file")]
    assert problems_of(tmp_path / "none.yaml") == [(0, "", "no such file")]


def test_a_value_in_braces_may_be_an_empty_text_or_null(write):
    assert read_tree(write("a: {b: '', c: null, d: ~}\n")).plain() == {
        "a": {"b": "", "c": None, "d": None}
    }


KEYS = st.sampled_from("abc")
SCALARS = st.integers(0, 3) | st.text("xy", max_size=2)
DATA = st.dictionaries(KEYS, st.deferred(lambda: SCALARS | DATA | st.lists(SCALARS, max_size=2)))
PATCH = st.dictionaries(KEYS, st.deferred(lambda: SCALARS | PATCH | st.none()))


def expected_merge(base, over):
    """Merge as the language says, written for plain data."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    result = dict(base)
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = expected_merge(result.get(key, {}), value)
    return result


@given(DATA, PATCH)
def test_variants_are_merged_key_by_key_and_null_removes(base, over):
    assert merged(plant(base), plant(over)).plain() == expected_merge(base, over)


@given(DATA)
def test_an_empty_variant_changes_nothing(base):
    assert merged(plant(base), plant({})).plain() == base
    assert merged(plant({}), plant(base)).plain() == base


def test_a_list_is_replaced_as_a_whole():
    assert merged(plant({"a": [1, 2, 3]}), plant({"a": [4]})).plain() == {"a": [4]}


def test_each_merged_leaf_keeps_the_file_that_says_it():
    tree = merged(plant({"a": {"b": 1, "c": 2}}, "base"), plant({"a": {"c": 3}}, "variant"))
    assert tree.at(("a", "b")).file == "base"
    assert tree.at(("a", "c")).file == "variant"
    assert tree.files() == {"base", "variant"}


def test_a_null_that_removes_nothing_is_told():
    found = []
    merged(plant({"cap": 1, "a": {}}), plant({"cpa": None, "a": {"b": None}}), found)
    assert [(problem.path, problem.message) for problem in found] == [
        ("cpa", "null removes nothing: did you mean 'cap'?"),
        ("a.b", "null removes nothing: leave out a key of which nothing is said"),
    ]


def test_a_patch_below_instead_keeps_its_nulls():
    patch = {"x": {"instead": {"decrees": {"d": {"cap": None}}}}}
    tree = merged(plant({}), plant(patch))
    assert merged(tree, plant({"y": 1})).plain() == {**patch, "y": 1}


def test_a_leaf_can_be_replaced_without_touching_the_tree():
    tree = plant({"a": {"b": 1, "c": 2}})
    assert replaced(tree, ("a", "b"), plant(5)).plain() == {"a": {"b": 5, "c": 2}}
    assert tree.plain() == {"a": {"b": 1, "c": 2}}
