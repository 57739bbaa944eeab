"""One table in every format: the same numbers, and each format's own traps."""

import csv
import io
import re
import zipfile
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.compare import Swing
from sim.analysis.measures import MEASURES
from sim.paper import word as word_module
from sim.paper.effects import effects
from sim.paper.folder import FolderError
from sim.paper.html import html
from sim.paper.latex import document, latex
from sim.paper.layout import laid_out
from sim.paper.levels import levels
from sim.paper.markdown import markdown
from sim.paper.numbers import printed
from sim.paper.plain_text import plain_text
from sim.paper.printed_csv import table_csv
from sim.paper.printing import FORMATS, INTERVALS, Look, print_tables
from sim.paper.results import results_of
from sim.paper.table import GUARD, Cell, Column, Layer, Panel, Row, Table
from sim.paper.tex import cited, escaped, label_of
from sim.paper.word import MissingWordError, word
from tests.paper.compiled import compiles
from tests.paper.made_up import always, comparison, once, varying
from tests.paper.tools import need

HEADLINES = [m.name for m in MEASURES if m.headline]
NASTY = "100% of A & B_1 #2 $3 ~x^2 \\ {y} [z] * <a|b> \"q\" 'p' `r` --"


def three():
    """Three policies with numbers of every kind; the second has assumptions, the last a trap."""
    kinds = [varying(36_512.0, 1234, 1e6), always(0), varying(-0.000_012_3, 0.000_001, 0.0),
             once(-3), varying(2.5e12, 1e12, 1e12)]  # fmt: skip
    names = ("first", "second_one & co", "박정희 100%")
    found = {
        name: {m: kinds[(i + j) % 5] for j, m in enumerate(HEADLINES) if (i + j) % 6}
        for i, name in enumerate(names)
    }
    swing = Swing("second_one & co", "held", "low", "5", {HEADLINES[0]: varying(-9.0)})
    return effects(results_of(comparison(found, swings=(swing,))), "none")


def one_cell(cell, name="policy", unit="persons"):
    return Table("t", "Title", (Column(name, relative=True),),
                 (Panel("panel", (Row("row", (cell,), unit),)),))  # fmt: skip


def expected_numbers(table):
    """Every printed number and layer of a table, as often as it stands there."""
    found = []
    for row in (row for panel in table.panels for row in panel.rows):
        for cell in row.cells:
            one = printed(cell)
            if cell.value is not None:
                found += [one.main, one.relative.removesuffix("%"), *(t for _, t in one.layers)]
            elif cell.missing:
                found.append(cell.missing)
    return sorted(filter(None, found))


# --- The same numbers everywhere.


class Cells(HTMLParser):
    """The texts of the cells of a table in HTML, marks left out."""

    def __init__(self):
        super().__init__()
        self.found, self.open, self.raised = [], False, False

    def handle_starttag(self, tag, attrs):
        if tag == "td":
            self.open = True
            self.found.append("")
        self.raised = self.raised or tag == "sup"

    def handle_endtag(self, tag):
        self.open = self.open and tag != "td"
        self.raised = self.raised and tag != "sup"

    def handle_data(self, data):
        if self.open and not self.raised:
            self.found[-1] += data


def of_html(table):
    parser = Cells()
    parser.feed(html(table))
    return [x.strip("()[]{}") for x in parser.found]


def of_markdown(table):
    rows = [x for x in markdown(table).splitlines() if x.startswith("|")][2:]
    cells = [re.sub(r"<sup>.*?</sup>", "", c).replace("\\", "").strip()
             for row in rows for c in row.strip("|").split(" | ")[1:]]  # fmt: skip
    return [c.strip("()[]{} |") for c in cells]


def of_latex(table):
    text = latex(table, width=10_000)
    body = text.split("\\midrule")[1].split("\\bottomrule")[0]
    found = []
    for line in re.split(r"\\\\(?:\[-3.2pt\]|\*)?\n", body):
        for cell in re.split(r"(?<!\\)&", line)[1:]:
            bare = re.sub(r"\\tnote\{[^}]*\}|\\multicolumn\{\d+\}\{.\}|\\scriptsize ", "", cell)
            bare = bare.replace("\\{", "").replace("\\}", "").replace("$\\pm$", "±")
            bare = re.sub(r"[{}\[\]()]", "", bare.replace("$-$", "−")).strip()
            if re.fullmatch(r"[+-]?\d+(\.\d+)?", bare):  # siunitx groups and sets the minus
                whole, dot, rest = bare.replace("-", "−").partition(".")
                sign = whole[0] if whole[0] in "+−" else ""
                bare = f"{sign}{int(whole.removeprefix(sign)):,}{dot}{rest}"
            found.append(bare)
    return found


def of_docx(table):
    docx = pytest.importorskip("docx")
    grids = docx.Document(io.BytesIO(word(table))).tables
    found = []
    for number, grid in enumerate(grids):
        for row in grid.rows:
            seen = set()
            for place in row.cells[1 if number == 0 else 2 :]:  # the first column is repeated
                if id(place._tc) in seen:
                    continue
                seen.add(id(place._tc))
                texts = [r.text for r in place.paragraphs[0].runs if not r.font.superscript]
                found.append("".join(texts).strip("()[]{}"))
    return found


@pytest.mark.parametrize("of", [of_html, of_markdown, of_latex, of_docx])
def test_every_number_stands_in_every_format_rounded_alike(of):
    table = three()
    wanted, found = expected_numbers(table), of(table)
    assert len(wanted) > 60
    for text in set(wanted):
        assert found.count(text) == wanted.count(text), text


def test_every_number_stands_in_text():
    table = three()
    text = plain_text(table)
    for number in set(expected_numbers(table)):
        assert number in text


def test_csv_has_a_line_per_cell_and_numbers_that_programs_read():
    table = three()
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    values = [c.value for p in table.panels for r in p.rows for c in r.cells if c != Cell()]
    assert len(rows) == len(values)
    for row, value in zip(rows, values, strict=True):
        assert row["note"] == GUARD
        if value is None:
            assert row["value"] == ""
            assert row["missing"]
        else:
            assert float(row["value"]) == pytest.approx(value, rel=0.051, abs=1e-12)
    [huge] = {r["error"] for r in rows if r["value"] == "+2500000000000"}
    assert huge == "1000000000000"
    assert {r["chance_low"] for r in rows if r["value"] == "+37000"} == {"+34000"}


def test_relative_numbers_come_first_and_layers_below_or_beside():
    layers = (Layer("error", -18.2, -16.2), Layer("chance", -19.2, -15.2))
    table = one_cell(Cell(-17.2, signed=True, of=200.0, layers=layers))
    [sheet] = laid_out(table).sheets
    (_, lines), *_ = sheet.panels
    assert [[s.text for s in line.slots] for line in lines] == [
        ["−8.6", "−17"], ["(±1.0)"], ["[−19 to −15]"],
    ]  # fmt: skip
    [sheet] = laid_out(table, "beside").sheets
    assert [s.text for s in sheet.panels[0][1][0].slots] == ["−8.6", "−17", "±1.0", "−19 to −15"]
    assert [head.text for head in sheet.below] == ["%", "absolute", "±", "chance"]
    [sheet] = laid_out(table, "none").sheets
    assert [s.text for line in sheet.panels[0][1] for s in line.slots] == ["−8.6", "−17"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("interval", INTERVALS)
def test_every_format_carries_the_guard_and_the_marks(form, interval):
    found = print_tables([three()], Look(form, interval))
    if isinstance(found, bytes):
        docx = pytest.importorskip("docx")
        paragraphs = docx.Document(io.BytesIO(found)).paragraphs
        found = " ".join(p.text for p in paragraphs)
    assert GUARD in found
    if form == "csv":
        assert "C R" in found
    else:
        flat = " ".join(found.replace("{}", "").split())
        assert "rests on a rumour" in flat or "is rumoured" in flat


def test_what_never_varies_is_marked_and_has_no_interval():
    steady = Cell(5.0, layers=(Layer("error", 5, 5), Layer("chance", 5, 5)))
    [sheet] = laid_out(one_cell(steady)).sheets
    [line] = sheet.panels[0][1]
    assert (line.slots[0].text, line.slots[0].marks) == ("5.0", ("=",))


def test_a_table_refuses_rows_that_do_not_fit():
    with pytest.raises(ValueError, match="'row': 1 cells, not 2"):
        Table("t", "T", (Column("a"), Column("b")), (Panel("", (Row("row", (Cell(),)),)),))


def test_a_caption_for_several_tables_is_refused():
    with pytest.raises(FolderError, match="names one table"):
        print_tables([three(), three()], Look("latex", caption="Mine"))


# --- LaTeX.


def test_escapes_of_latex():
    assert escaped("A & B_1") == r"A \& B\_1"
    assert escaped("5% #2 $3") == r"5\% \#2 \$3"
    assert escaped("~x^2 \\") == r"\textasciitilde{}x\textasciicircum{}2 \textbackslash{}"
    assert escaped("{y} [z] *") == r"\{y\} {[}z{]} {*}"
    assert escaped("−3 ± 1") == r"$-$3 $\pm$ 1"
    assert escaped("clause 'a b' of the party's") == "clause `a b' of the party's"
    assert escaped("`held` counts") == "`held' counts"
    assert escaped("a--b---c") == "a-{}-b-{}-{}-c"
    assert escaped("박 é\n\tü\0") == "박 é  ü "


@given(st.text())
def test_nothing_special_to_tex_is_left(text):
    bare = escaped(text)
    assert bare.isprintable()
    for command in re.findall(r"\\[a-z]+\{\}|\\[&%_#${}]|\$\\?[a-z]+\$|\$-\$", bare):
        bare = bare.replace(command, "")
    assert not re.search(r"[\\&%#$~^_]", bare)
    assert not re.search(r"(?<!\{)[\[*]", bare)


def test_no_line_begins_with_what_a_line_break_would_take_as_its_option():
    for interval in INTERVALS:
        text = latex(three(), interval=interval)
        broken = re.sub(r"\\\\\[-3\.2pt\]|\\\\\*\n", "", text)
        assert not re.search(r"\\\\\s*[\[*]", broken)


def test_minus_signs_are_minus_signs():
    text = latex(one_cell(Cell(-1234.0, layers=(Layer("chance", -1300.0, -1100.0),))))
    assert "& -1200 \\\\" in text  # in a column of siunitx, which sets a minus
    assert r"{[}$-$1,300 to $-$1,100{]}" in text


def test_the_column_of_numbers_is_as_wide_as_its_numbers():
    table = one_cell(Cell(-0.000_012))
    assert "S[table-format=+1.6]" in latex(table)
    assert "S[table-format=5.0]" in latex(one_cell(Cell(36_000.0)))


@pytest.mark.parametrize("number", [1, 12])
def test_wide_tables_are_split_and_keep_one_number_and_one_label(number):
    names = [f"policy {i}" for i in range(number)]
    found = {n: dict.fromkeys(HEADLINES, varying(-1234.5)) for n in names}
    text = latex(effects(results_of(comparison(found)), "none"))
    parts = text.count("\\begin{table*}")
    assert text.count("\\label{tab:effects-none}") == 1
    assert text.count("\\addtocounter{table}{-1}") == parts - 1
    assert (parts == 1) == (number == 1)
    assert ("(part 1 of" in text) == (parts > 1)
    assert text.count("\\begin{tablenotes}") == text.count(GUARD) == parts
    assert [n for n in names if f"{{{n}\\textsuperscript" in text] == names


def test_parts_are_of_even_width():
    found = {f"policy {i}": dict.fromkeys(HEADLINES, varying(-1234.5)) for i in range(5)}
    table = effects(results_of(comparison(found)), "none")
    [four] = laid_out(table.only(range(5))).sheets
    parts = laid_out(table, width=four.width).sheets
    assert [len(sheet.heads) - 1 for sheet in parts] == [3, 2]  # and not four and one


def test_a_caption_is_text_and_a_label_is_taken_as_it_is():
    text = latex(one_cell(Cell(1.0)), caption="50% & more", label="tab:mine")
    assert r"\caption{50\% \& more}\label{tab:mine}" in text
    assert label_of("effects-no pardon_é") == "effects-no-pardon"


def test_sources_are_cited():
    assert cited(("un-coi-2014", "hrw-2007", "derived")) == r"\cite{un-coi-2014,hrw-2007}, derived"
    assert cited(("assumption",)) == "assumption"


def test_standalone_is_a_document_and_a_part_is_none():
    assert latex(three(), standalone=True).startswith("\\documentclass")
    assert "documentclass" not in latex(three())


# --- Markdown, HTML, Word.


def test_markdown_has_as_many_cells_in_every_line():
    table = three()
    lines = [x for x in markdown(table).splitlines() if x.startswith("| ")]
    bare = [re.sub(r"\\.", "", x) for x in lines]
    assert len({x.count("|") for x in bare}) == 1


def test_names_do_not_break_markdown_or_html():
    table = one_cell(Cell(1.0), name="a|b <script>*x*_y_</script>")
    assert r"a\|b \<script\>\*x\*\_y\_\</script\>" in markdown(table)
    text = html(table, standalone=True)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text  # it asks for nothing from elsewhere


def test_columns_of_html_add_up():
    text = html(three())
    widths = set()
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.S):
        spans = re.findall(r"<t[hd]([^>]*)>", row)
        widths.add(sum(int((re.search(r'colspan="(\d+)"', s) or [0, "1"])[1]) for s in spans))
    assert len(widths) == 1


def test_equal_tables_make_equal_documents():
    pytest.importorskip("docx")
    found = word(three())
    assert found == word(three())
    with zipfile.ZipFile(io.BytesIO(found)) as parts:  # no part tells when it was written
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_word_without_its_library_is_told(monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "docx":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingWordError, match=r"amnesty-sim\[word\]"):
        word_module.word(three())


def test_levels_of_several_scenarios_stand_side_by_side():
    table = levels(results_of(comparison({"one": {}, "two": {}})))
    assert [column.name for column in table.columns] == ["none", "one", "two"]
    text = plain_text(table)
    row = next(x for x in text.splitlines() if x.strip().startswith("held on the eve"))
    assert row.split()[-3:] == ["100", "100", "100"]
    assert "[98.0 to 102]" in text  # as many figures as the level has


# --- Compiled.


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
@pytest.mark.parametrize("interval", INTERVALS)
def test_tables_compile_alone_and_in_two_columns(engine, interval, tmp_path):
    need(engine)
    table = three()
    if engine == "pdflatex":  # which has no Korean
        table = table.only([i for i, c in enumerate(table.columns) if c.name.isascii()])
    nasty = one_cell(Cell(-3.0, footnote=NASTY), name=NASTY)
    bodies = "\n".join(latex(t, interval=interval) for t in (table, nasty))
    compiles(engine, document(bodies), tmp_path)
    columns = document(bodies).replace("{article}", "[twocolumn]{article}")
    compiles(engine, columns, tmp_path)
