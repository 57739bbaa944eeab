"""Columns of words share a LaTeX page: long words whole, no row higher than it has to be."""

import re

import pytest

from sim.paper.latex import PAGE, latex
from sim.paper.layout import laid_out
from sim.paper.table import Cell, Column, Panel, Row, Table
from sim.paper.tex import escaped
from sim.paper.tex_columns import GAP, column_types


def table_of(*rows, heads=("one", "two", "three"), keys=()):
    body = tuple(
        Row(f"row {number}", tuple(
            Cell(words=words, keys=keys if at == len(row) - 1 else ())
            for at, words in enumerate(row)
        ))
        for number, row in enumerate(rows)
    )  # fmt: skip
    columns = tuple(Column(head, words=True) for head in heads)
    return Table("t", "T", columns, (Panel("", body),), notes=(), long=True, stub="")


def widths(table, width=PAGE):
    """Widths of the columns in characters, labels first; None for one as wide as its words."""
    types = column_types(laid_out(table, "none", width).sheets[0], width)
    plain = re.sub(r">{[^}]*}p{([\d.]+)\\textwidth}", r"\1;", types.replace("@{}", ""))
    found = re.findall(r"([\d.]+);|(l)", plain)
    return [None if fits else float(share) * width * 1.03 for share, fits in found]


def test_what_fits_is_not_broken():
    assert widths(table_of(("a", "few", "words"))) == [None] * 4


@pytest.mark.parametrize("page", [60, PAGE, 150])
def test_broken_columns_fit_the_page(page):
    text = "words of which there are very many " * 8
    found = widths(table_of((text, "few", text), (text * 2, "a few more", "")), page)
    assert sum(size or 7 for size in found) + GAP * 3 <= page + 1


def test_the_longest_text_gets_the_most_room_and_a_word_stays_whole():
    _, long, date, _ = widths(
        table_of(("many words " * 40, "2020-10-01 to 2020-10-10 and more", "so " * 60))
    )
    assert long > 40
    assert date >= len("2020-10-01")


def test_equal_texts_get_equal_room_and_all_of_it_is_used():
    text = "equal words " * 30
    found = widths(table_of((text, text, text)))
    assert max(found[1:]) - min(found[1:]) <= 1.5
    assert sum(size or 7 for size in found) > PAGE - 12


def test_sources_take_the_room_of_their_numbers():
    named = "a-source-2020, another-source-2021, a-third-one-2022"
    text = "words to be read " * 12
    with_keys = table_of((text, text, named), keys=("a-2020", "b-2021", "c-2022"))
    *_, cited = widths(with_keys)
    *_, spelt = widths(table_of((text, text, named)))
    assert cited < spelt


def test_words_longer_than_a_column_can_be_do_not_push_others_off_the_page():
    found = widths(table_of(("x" * 90, "y" * 90, "z" * 90)), 60)
    assert sum(size or 7 for size in found) <= 61


def test_comparisons_are_signs_in_latex():
    assert escaped("served >= 70% and <= 2 years") == r"served $\geq$ 70\% and $\leq$ 2 years"
    assert r"$\geq$ 70\%" in latex(table_of((">= 70%", "", "")))
