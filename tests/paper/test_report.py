"""The report of a study: one page, whole in itself, that says what the folder says."""

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from sim.paper.figures.drawing import pictures_of
from sim.paper.folder import FolderError
from sim.paper.table import GUARD
from sim.paper.webpage.plates import plate
from sim.paper.webpage.report import report, write_report
from tests.cli.command import amnesty, changed, copies, files

EMPTY = {"meta", "link", "br", "img", "path", "use", "rect", "stop"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "run"
    done = amnesty("compare", *files("none", "short"), "--replications", 3, "--seed", 4,
                   "--assumptions", 1, "--workers", 1, "--out", folder, "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def page(study):
    return report(study)


class Page(HTMLParser):
    """Elements with their attributes, texts by element, and whether all are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def of(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@pytest.fixture(scope="module")
def parsed(page):
    return Page(page)


# --- Whole in itself, and readable by all.


def test_the_page_is_well_formed_and_every_link_leads_somewhere_in_it(parsed):
    assert parsed.open == []
    ids = [attrs["id"] for _, attrs in parsed.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for attrs in parsed.of("a")]
    assert len(links) > 20
    assert all(link[1:] in ids for link in links if link.startswith("#"))
    for _, attrs in parsed.found:
        for key in ("href", "xlink:href", "src"):
            assert attrs.get(key, "#").startswith(("#", "data:")), attrs
        for value in attrs.values():
            for name in re.findall(r"url\(([^)]*)\)", value or ""):
                assert name.removeprefix("#") in ids


def test_nothing_is_asked_of_any_host(page):
    without = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", without)
    assert "@import" not in page
    assert "fetch(" not in page


def test_landmarks_headings_and_names_are_there_for_those_who_listen(parsed):
    for tag in ("header", "main", "nav", "footer"):
        assert len(parsed.of(tag)) == 1, tag
    assert parsed.of("html")[0]["lang"] == "en"
    assert parsed.of("a")[0]["href"] == "#content"  # the first stop of the keyboard
    levels = [int(tag[1]) for tag, _ in parsed.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for attrs in parsed.of("svg"):
        assert attrs["role"] == "img"
        assert len(attrs["aria-label"]) > 40
    assert len(parsed.of("caption")) == len(parsed.of("table"))
    assert all(attrs.get("scope") for attrs in parsed.of("th"))
    for _, attrs in parsed.found:
        if attrs.get("role") == "region":
            assert attrs["aria-label"]
            assert attrs["tabindex"] == "0"  # what scrolls can be scrolled by keyboard


# --- It says what the folder says.


def test_every_figure_stands_in_the_page_with_its_caption(study, page, parsed):
    pictures = pictures_of(study).pictures
    ids = {attrs.get("id") for attrs in parsed.of("figure")}
    assert {f"figure-{picture.name}" for picture in pictures} <= ids
    assert len(parsed.of("svg")) == len(pictures)
    assert page.count(GUARD) >= 2 * len(pictures)


def test_the_answer_is_the_number_of_the_table(study, page):
    table = (study / "effects-none.txt").read_text(encoding="utf-8")
    line = next(x for x in table.splitlines() if x.strip().startswith("held 1 year after"))
    number, relative = re.search(r"(\S+) \((\S+)\)$", line).groups()
    assert f"<strong>{number}</strong> ({relative}); error" in page
    assert "assumptions " in page.split("Compared with none")[1].split("</ul>")[0]


def test_scenarios_differences_grades_sources_command_and_hashes_are_told(study, page):
    manifest = json.loads((study / "manifest.json").read_text(encoding="utf-8"))
    assert "Everybody with a short sentence is freed" in page
    assert "Who qualifies" in page
    assert "are identical, person by person, before 16 May 2011" in page
    assert "The STRESS-DES checklist" in page
    assert "amnesty verify DIR" in page
    assert f"<pre>{manifest['command'][0]}" in page
    for digest in manifest["files_sha256"].values():
        assert digest in page
    assert manifest["code"]["commit"] in page


def test_the_page_is_the_same_again(study, page, tmp_path):
    assert write_report(study, tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_marks_tell_the_numbers_of_the_figure(study):
    (forest,) = pictures_of(study, "forest").pictures
    drawn = plate(forest)
    told = re.findall(r"<title>([^<]*)</title>", drawn)
    assert len(told) == len(forest.rows) == 5
    assert all(text.startswith("short: ") for text in told)
    (tornado,) = pictures_of(study, "tornado").pictures
    assert len(re.findall("<title>", plate(tornado))) == len(tornado.rows)


def test_text_of_files_is_never_taken_for_markup(tmp_path):
    folder = copies(tmp_path, "none", "short")
    nasty = "<script>alert(1)</script> & \"q\" 'p' 사면"
    path = changed(folder, "short", "title: Everybody with a short sentence is freed",
                   f"title: {json.dumps(nasty, ensure_ascii=False)}")  # fmt: skip
    path.rename(folder / "a & b.yaml")
    done = amnesty("compare", folder / "none.yaml", folder / "a & b.yaml", "--replications", 1,
                   "--workers", 1, "--out", tmp_path / "run", "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    text = report(tmp_path / "run")
    parsed = Page(text)
    assert parsed.open == []
    assert "<script>alert" not in text
    assert len(parsed.of("script")) == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; " in text
    assert "사면" in text


# --- Other studies, and what is refused.


def test_a_single_run_and_a_folder_without_cells_have_a_report(study, tmp_path):
    single = tmp_path / "single"
    amnesty("run", *files("none"), "--replications", 1, "--workers", 1, "--out", single, "--quiet")
    done = amnesty("report", single)
    assert done.exit_code == 0, done.stderr
    assert "Levels: " in (single / "report.html").read_text(encoding="utf-8")
    shared = shutil.copytree(study, tmp_path / "shared")
    (shared / "cells.sqlite").unlink()
    text = report(shared)
    assert 'id="figure-forest-none"' in text
    assert 'id="figure-stock"' not in text


@pytest.mark.slow
def test_sweeps_draws_and_shares_of_clauses_have_a_report(tmp_path):
    made = {
        "sweep": ["--vary", "decrees.jubilee.cap=none,5 in all", "--replications", 2],
        "sensitivity": ["--draws", 8, "--only", "held", "--only", "drive", "--replications", 2],
        "attribute": ["--replications", 2],
    }
    shown = {"sweep": "cap 5 in all", "sensitivity": "simulation error", "attribute": "half served"}
    for command, words in made.items():
        folder = tmp_path / command
        done = amnesty(command, *files("short"), *words, "--workers", 1, "--out", folder, "--quiet")
        assert done.exit_code == 0, done.stderr
        parsed = Page(report(folder))
        assert parsed.open == []
        assert any(shown[command] in text for _, text in parsed.texts), command


def test_no_study_no_library_and_no_place_are_told(study, tmp_path, monkeypatch):
    with pytest.raises(FolderError, match="holds no run"):
        report(tmp_path)
    assert amnesty("report", study, "--out", tmp_path / "no" / "page.html").exit_code == 1
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    done = amnesty("report", study)
    assert done.exit_code == 2
    assert "amnesty-sim[figures]" in done.stderr
