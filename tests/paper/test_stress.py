"""The checklist: every item there, what the folder says is said, the rest is left open."""

import json
import shutil

import pytest

from sim.paper.folder import FolderError
from sim.paper.latex import document, latex
from sim.paper.printing import FORMATS, Look, print_tables
from sim.paper.source import Source
from sim.paper.stress import OPEN, stress_table
from tests.cli.command import amnesty, files
from tests.paper.compiled import compiles
from tests.paper.tools import need

ITEMS = [
    "1.1",
    "1.2",
    "1.3",
    "2.1",
    "2.2",
    "2.3",
    "2.4",
    "2.5.1",
    "2.5.2",
    "2.5.3",
    "2.5.4",
    "2.5.5",
    "3.1",
    "3.2",
    "3.3",
    "3.4",
    "4.1",
    "4.2",
    "4.3",
    "5.1",
    "5.2",
    "5.3",
    "5.4",
    "6.1",
]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "run"
    done = amnesty("compare", *files("none", "short"), "--replications", 2, "--seed", 77, "--align",
                   "2012-01-01", "--workers", 1, "--out", folder, "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return folder


def said(folder):
    table = stress_table(Source(folder))
    rows = [row for panel in table.panels for row in panel.rows]
    return {row.label.split()[0]: [cell.words for cell in row.cells] for row in rows}


def test_every_item_of_the_guideline_is_there_and_said(study):
    found = said(study)
    assert list(found) == ITEMS
    assert all(filled for filled, _ in found.values())
    left = {number for number, (_, asked) in found.items() if asked.startswith(OPEN)}
    assert left == {"1.1", "1.2", "1.3", "2.1", "3.1", "3.4", "4.3", "5.4", "6.1"}
    assert all(not asked or asked.startswith(OPEN) for _, asked in found.values())


def test_it_says_what_the_study_is(study):
    found = {number: filled for number, (filled, _) in said(study).items()}
    manifest = json.loads((study / "manifest.json").read_text(encoding="utf-8"))
    assert "2012-01-01" in found["1.3"]
    assert "compared with none" in found["1.3"]
    assert "jubilee (2 clauses, 2 exclusions)" in found["2.3"]
    assert "None is varied" in found["3.4"]
    assert "2,922 days, 2010-01-01 to the day before 2018-01-01" in found["4.2"]
    assert "2 replications, seed 77" in found["4.3"]
    assert manifest["packages"]["numpy"] in found["5.1"]
    assert manifest["code"]["commit"][:12] in found["6.1"]
    assert "amnesty compare" not in found["6.1"] or "--align 2012-01-01" in found["6.1"]


def test_caps_and_assumptions_are_those_of_the_study(tmp_path):
    capped = tmp_path / "capped"
    amnesty("compare", *files("none", "short"), "--replications", 1, "--assumptions", 1,
            "--workers", 1, "--out", capped, "--quiet")  # fmt: skip
    found = said(capped)
    assert "number held, what counts as short, bar on robbers, arrest drive" in found["3.4"][0]
    assert "No decree of this study has a cap" in found["2.5.4"][0]


def test_every_format_has_every_item(study, tmp_path):
    for form in FORMATS:
        if form == "docx":
            continue
        text = print_tables([stress_table(Source(study))], Look(form))
        assert all(number in text for number in ITEMS), form
    out = tmp_path / "checklist.docx"
    done = amnesty("table", study, "stress", "--format", "docx", "--out", out)
    assert done.exit_code == 0, done.stderr
    assert out.stat().st_size > 10_000


def test_the_checklist_of_no_study_is_refused(study, tmp_path):
    with pytest.raises(FolderError, match="holds no run"):
        stress_table(Source(tmp_path))
    folder = shutil.copytree(study, tmp_path / "damaged")
    (folder / "scenarios/short.json").unlink()
    done = amnesty("table", folder, "stress")
    assert done.exit_code == 2
    assert "short.json" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdflatex", "xelatex"])
def test_it_compiles(study, engine, tmp_path):
    need(engine)
    compiles(engine, document(latex(stress_table(Source(study)))), tmp_path)
