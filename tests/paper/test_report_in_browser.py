"""The report in a real browser: it loads, shows every figure, complains of nothing, asks nobody."""

import pytest

from sim.paper.figures.drawing import pictures_of
from sim.paper.webpage.report import write_report
from tests.cli.command import amnesty, files
from tests.paper.browser import CHROMIUM, Browser
from tests.paper.tools import need

pytestmark = pytest.mark.slow
WIDTHS = (420, 900, 1400)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "run"
    done = amnesty("compare", *files("none", "short", "halves"), "--replications", 4, "--seed", 4,
                   "--assumptions", 2, "--workers", 1, "--out", folder, "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def page(study):
    return write_report(study)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    need(CHROMIUM)
    with Browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def opened(browser, page):
    """The page, opened anew in a middling window."""
    browser.asked.clear()
    browser.errors.clear()
    browser.look(900)
    browser.open(page)
    return browser


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_loads_shows_every_figure_and_asks_for_nothing(
    browser, page, study, width, dark, tmp_path
):
    browser.asked.clear()
    browser.errors.clear()
    browser.look(width, dark=dark)
    browser.open(page)
    shown = browser.evaluate(
        "[...document.querySelectorAll('.plate svg')].map(s => [s.getBoundingClientRect().width, "
        "s.getBoundingClientRect().height, s.querySelectorAll('path,use').length])"
    )
    assert len(shown) == len(pictures_of(study).pictures)
    assert all(w >= min(width, 600) * 0.8 and h > 60 and marks > 3 for w, h, marks in shown)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    ink, paper = browser.evaluate(
        "(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))"
    )
    assert contrast(ink, paper) > 7
    assert (luminance(paper) < 0.1) == dark
    shot = tmp_path / "page.png"
    browser.picture(shot, 0, 3000)
    assert shot.stat().st_size > 20_000
    assert browser.asked == [page.resolve().as_uri()]
    assert browser.errors == []


def test_the_watcher_sees_requests_and_errors(browser, page, tmp_path):
    bad = tmp_path / "bad.html"
    text = page.read_text(encoding="utf-8")
    bad.write_text(text.replace("</main>", '<img src="missing.png"></main><script>none()</script>'),
                   encoding="utf-8")  # fmt: skip
    browser.asked.clear()
    browser.errors.clear()
    browser.look(900)
    browser.open(bad)
    assert any(url.endswith("missing.png") for url in browser.asked)
    assert any("none is not defined" in error for error in browser.errors)


def test_tables_are_sorted_by_number_and_by_word_and_put_back(opened):
    column = (
        "(() => {const t = document.querySelector('section table'); "
        "return [...t.tBodies].map(b => [...b.rows].filter(r => r.className != 'panel')"
        ".map(r => [r.cells[0].textContent, r.cells[1].textContent]));})()"
    )
    before = opened.evaluate(column)
    click = "document.querySelectorAll('section table thead tr:last-child button')[{}].click()"
    head = "document.querySelectorAll('section table thead tr:last-child th')[{}]"
    state = head + ".getAttribute('aria-sort')"
    opened.evaluate(click.format(0))
    assert opened.evaluate(state.format(0)) == "ascending"
    for body in opened.evaluate(column):
        assert body == sorted(body, key=lambda row: row[0])
    opened.evaluate(click.format(1))
    assert opened.evaluate(state.format(0)) == "none"
    for body in opened.evaluate(column):
        numbers = [number(row[1]) for row in body]
        known = [n for n in numbers if n is not None]
        assert known == sorted(known)
        assert numbers[: len(known)] == known  # what is missing comes last
    opened.evaluate(click.format(1))
    assert opened.evaluate(state.format(1)) == "descending"
    opened.evaluate(click.format(1))
    assert opened.evaluate(state.format(1)) == "none"
    assert opened.evaluate(column) == before


def test_rows_under_one_label_keep_it_when_they_are_sorted(opened):
    rows = (
        "(() => {const t = [...document.querySelectorAll('table')]"
        ".find(t => t.caption.textContent.startsWith('Table 3. What it rests on: short')); {} "
        "return [...t.tBodies[0].rows].map(r => [r.cells[0].textContent, r.cells[1].textContent]);"
        "})()"
    )
    opened.evaluate("document.querySelectorAll('details').forEach(d => {d.open = true})")
    found = opened.evaluate(rows.replace("{}", "t.querySelectorAll('button')[2].click();"))
    assert all(label for label, _ in found)
    ends = {label for label, where in found if where.startswith(("low", "high"))}
    assert ends == {"number held", "what counts as short"}


def test_the_keyboard_reaches_skip_link_contents_and_buttons_and_focus_is_seen(opened):
    opened.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "jump"
    assert opened.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    opened.press("Enter")
    assert opened.evaluate("document.activeElement.id || location.hash") in ("content", "#content")
    seen = set()
    for _ in range(25):
        opened.press("Tab")
        seen.add(opened.evaluate("document.activeElement.tagName"))
        outline = opened.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert {"SUMMARY", "A"} <= seen
    opened.evaluate("document.querySelector('[aria-labelledby=effects] table button').focus()")
    opened.press("Enter")
    assert opened.evaluate(
        "document.activeElement.closest('th').getAttribute('aria-sort')"
    ) == "ascending"  # fmt: skip


def test_resting_on_a_mark_tells_its_value(opened):
    place = opened.evaluate(
        "(() => {const m = document.querySelector('#figure-forest-none [data-told]'); "
        "m.scrollIntoView({block: 'center'}); const b = m.getBoundingClientRect(); "
        "return [b.x + b.width / 2, b.y + b.height / 2, m.dataset.told];})()"
    )
    opened.point(place[0], place[1])
    tip = "(t => [t.hidden, t.textContent])(document.querySelector('.tip'))"
    assert opened.evaluate(tip) == [False, place[2]]
    opened.point(5, 5)
    assert opened.evaluate(tip)[0]
    # Lines are told as well: their marks are there, though not seen.
    assert opened.evaluate("document.querySelectorAll('#figure-stock [data-told]').length") > 50


def test_everything_that_can_be_used_has_a_name(opened):
    tree = opened.call("Accessibility.getFullAXTree")["nodes"]
    named = {"button", "link", "image", "table", "region", "navigation", "heading"}
    kinds = set()
    for node in tree:
        role = node.get("role", {}).get("value")
        if role in named and not node.get("ignored"):
            kinds.add(role)
            assert node.get("name", {}).get("value"), node
    assert kinds >= {"button", "link", "image", "region", "navigation", "heading"}


def test_it_prints_with_everything_unfolded(opened, tmp_path):
    opened.look(900, media="print")
    opened.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert opened.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert opened.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    opened.printed(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    opened.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert opened.evaluate("document.querySelectorAll('details:not([open])').length") > 3


def test_without_its_script_the_page_is_read_all_the_same(browser, page, tmp_path):
    plain = tmp_path / "plain.html"
    text = page.read_text(encoding="utf-8")
    plain.write_text(text.split("<script>")[0] + "</body></html>", encoding="utf-8")
    browser.errors.clear()
    browser.open(plain)
    assert browser.evaluate("document.querySelectorAll('.plate svg title').length") > 50
    assert browser.evaluate("document.querySelectorAll('table').length") > 3
    assert browser.errors == []


def number(text):
    """The number that a cell begins with, None if it has none."""
    plain = text.replace("\N{MINUS SIGN}", "-").replace(",", "").strip("±+ =")
    try:
        return float(plain.rstrip("="))
    except ValueError:
        return None


def luminance(colour):
    """Relative luminance of a colour (WCAG 2)."""
    parts = [int(x) / 255 for x in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Contrast ratio of two colours (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
