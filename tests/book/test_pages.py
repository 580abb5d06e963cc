"""The built book: no warnings, and every page soon there and readable without a network, on any screen.

Seconds would measure the machine of the test. Counted are the bytes that have been asked for when
the first formula stands, packed as a web server packs texts, and what the browser says of layout
shift. A formula that is wider than its room by a hair may begin another line: so one page in eight
may be less than good, and none may be a bad one.
"""

import gzip
import importlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import chromium
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from sphinx.util.inventory import InventoryFile

from gnnconv_lib.site.api_page import api_pages, documented_symbols, public_modules
from gnnconv_lib.site.staging import API_PAGE, page_sources

ROOT = Path(__file__).resolve().parents[2]
API = [f"{API_PAGE}/{name}.html" for name in api_pages()]
GENERATED = ["search.html", "genindex.html", "py-modindex.html"]
PAGES = [source.with_suffix(".html").as_posix() for source in page_sources(ROOT)] + API + GENERATED
CHAPTERS = [path for path in PAGES if path.startswith("book/") and path not in API]

#: Bytes a second of a line of 10 Mbit/s, and how long a page may keep it busy.
LINE, SECONDS = 10e6 / 8, 1.0
#: The most that the parts of a good page move, as the browser weighs it, and where a bad one begins.
GOOD, BAD = 0.1, 0.25
PACKED = {".html", ".css", ".js", ".svg", ".json"}


@pytest.fixture(scope="module")
def seen(browser, pages, address):
    """What is seen of each page, which is loaded on a wide screen and on a phone by turns.

    MathJax comes late to the chapters: they are drawn before their formulas are set, as on a slow
    line. A page is loaded at the width at which the last one was left: the browser would take a new
    one for an input, and would not count what moves in the first half second.
    """
    found = {}
    orders = (chromium.WIDTHS, chromium.WIDTHS[::-1])
    chromium.set_width(browser, chromium.WIDE)
    with (
        chromium.watched(browser),
        chromium.served(pages, late="tex-chtml.js", seconds=1.0) as late,
    ):
        for place, path in enumerate(PAGES):
            home = late if path in CHAPTERS else address
            found[path] = chromium.look(browser, home, path, orders[place % 2])
    return found


def test_the_book_builds_without_warnings(book_build):
    finished, _ = book_build
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "WARNING" not in finished.stderr


def test_every_page_is_looked_at(pages):
    built = {path.relative_to(pages).as_posix() for path in pages.rglob("*.html")}
    # The code of the claims is no page of the book, and has none of its own settings.
    templates = {path for path in built if path.startswith(("_static/", "code/"))}
    # sphinx-proof adds an index of its own.
    assert built - templates - {"index.html", "prf-prf.html"} == set(PAGES)


def test_the_index_leads_to_the_first_page(pages):
    assert f"url={PAGES[0]}" in (pages / "index.html").read_text(encoding="utf-8")


def test_every_public_symbol_is_documented(pages):
    with (pages / "objects.inv").open("rb") as stream:
        inventory = InventoryFile.load(stream, "", lambda base, path: path)
    documented = {name for kind in inventory if kind.startswith("py:") for name in inventory[kind]}
    for module, symbols in documented_symbols().items():
        missing = {full_name for _, full_name in symbols} - documented
        assert not missing, f"The page book/back/api lacks {sorted(missing)} of {module}."


@pytest.mark.parametrize("name", public_modules())
def test_every_module_says_what_it_offers(name):
    module = importlib.import_module(name)
    own = [
        symbol
        for symbol, value in vars(module).items()
        if not symbol.startswith("_") and getattr(value, "__module__", None) == name
    ]
    # Claims are known by their ids.
    listed = hasattr(module, "__all__") or name.startswith("gnnconv_lib.audit.")
    assert listed or not own, f"{name} needs an __all__."
    assert module.__doc__, f"{name} needs a docstring."


def test_no_page_names_a_script_style_or_font_of_a_third_party(pages):
    for path in pages.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert 'src="http' not in text, path
        assert 'rel="stylesheet" href="http' not in text, path


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "kind", ["failed", "foreign", "console", "formulas", "images", "overflow", "cards", "clipped"]
)
def test_page_in_the_browser(seen, path, kind):
    assert getattr(seen[path], kind) == []


@cache
def sent(path):
    """The bytes in which a server sends a file."""
    content = path.read_bytes()
    return len(gzip.compress(content) if path.suffix in PACKED else content)


def weight(pages, asked):
    files = {pages / urlsplit(name).path.lstrip("/") for name in asked if name.startswith("http")}
    return {path.name: sent(path) for path in files}


@pytest.mark.browser
@pytest.mark.parametrize("path", CHAPTERS)
def test_a_page_is_soon_there(seen, pages, path):
    asked = seen[path].asked
    assert bool(asked) == bool(seen[path].typeset)
    bytes_of = weight(pages, asked)
    heaviest = sorted(bytes_of.items(), key=lambda row: -row[1])
    assert sum(bytes_of.values()) < LINE * SECONDS, heaviest[:8]


@pytest.mark.browser
def test_every_chapter_has_formulas(seen):
    """What is counted until the first formula is counted on all of them."""
    without = [path for path in CHAPTERS if not seen[path].typeset]
    assert [path for path in without if "/back/" not in path] == []


def test_scripts_that_only_the_search_runs_are_not_loaded_elsewhere(pages):
    for path in CHAPTERS:
        page = (pages / path).read_text(encoding="utf-8")
        assert "fontawesome.js" not in page, path
        assert "searchindex.js" not in page, path
        assert "(prefers-color-scheme: dark)" in page, path
    assert "searchindex.js" in (pages / "search.html").read_text(encoding="utf-8")


@pytest.mark.browser
def test_pages_lie_still(seen):
    shifts = {path: seen[path].shift for path in CHAPTERS}
    moved = {path: shift for path, shift in shifts.items() if shift >= GOOD}
    assert len(moved) <= len(shifts) / 8, moved
    assert all(shift < BAD for shift in shifts.values()), moved


@pytest.mark.browser
def test_what_moves_and_what_is_heavy_is_seen(browser, tmp_path):
    (tmp_path / "heavy.bin").write_bytes(bytes(2_000_000))
    (tmp_path / "index.html").write_text('<div id="late"></div>' + "<p>words</p>" * 30)
    grow = "document.getElementById('late').style.height = '300px'"
    wait = "setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 600)"
    wait = f"const done = arguments[arguments.length - 1]; {wait}"
    chromium.set_width(browser, chromium.WIDE)
    with chromium.watched(browser), chromium.served(tmp_path) as address:
        browser.get(f"{address}/index.html")
        browser.execute_async_script(wait)
        browser.execute_script(grow)
        browser.execute_async_script(wait)
        assert browser.execute_script("return window.loading.shift") > GOOD
    assert sum(weight(tmp_path, ["http://127.0.0.1/heavy.bin"]).values()) > LINE * SECONDS


@pytest.mark.browser
def test_the_search_finds_a_word_of_the_book(browser, address):
    browser.get(f"{address}/search.html?q=ledger")
    results = WebDriverWait(browser, 10).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#search-results li a")
    )
    assert results


@pytest.mark.browser
def test_there_is_one_search_box_on_a_page(browser, address):
    browser.get(f"{address}/{PAGES[0]}")
    boxes = browser.find_elements(By.CSS_SELECTOR, "[class*=search-button]:is(button)")
    assert len([box for box in boxes if box.is_displayed()]) == 1


@pytest.mark.browser
def test_dark_mode_follows_the_system(browser, address):
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    try:
        browser.get(f"{address}/{PAGES[0]}")
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("data-theme") == "dark"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_pages_show_what_was_executed_and_it_is_what_is_stored(pages):
    text = (pages / "book/back/status.html").read_text(encoding="utf-8")
    assert "Execution times" in text
    assert "no line differs" in text


def test_a_chapter_finds_the_stored_measurements_when_the_book_is_built(pages):
    text = (pages / "book/scale/how-far-it-scales.html").read_text(encoding="utf-8")
    assert re.search(r"targets met = [1-9]\d* of [1-9]\d*", text)
