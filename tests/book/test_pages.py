"""The built book: no warnings, and every page readable without a network, on any screen."""

import importlib
import re
from pathlib import Path

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


@pytest.fixture(scope="module")
def seen(browser, address):
    return {path: chromium.look(browser, address, path) for path in PAGES}


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
