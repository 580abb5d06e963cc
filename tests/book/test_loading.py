"""A page is soon there and lies still: what arrives before its first formula, how far its parts move.

Seconds would measure the machine of the test. Counted are the bytes that have been asked for when
the first formula stands, packed as a web server packs texts, and what the browser says of layout
shift. A formula that is wider than its room by a hair may begin another line: so one page in eight
may be less than good, and none may be a bad one.
"""

import gzip
from functools import cache
from urllib.parse import urlsplit

import chromium
import pytest

from tests.book.test_pages import PAGES

#: Bytes a second of a line of 10 Mbit/s, and how long a page may keep it busy.
LINE, SECONDS = 10e6 / 8, 1.0
#: The most that the parts of a good page move, as the browser weighs it, and where a bad one begins.
GOOD, BAD = 0.1, 0.25
PACKED = {".html", ".css", ".js", ".svg", ".json"}
CHAPTERS = [path for path in PAGES if path.startswith("book/") and "/api/" not in path]
WIDTHS = (chromium.WIDE, chromium.PHONE)

WATCH = """
window.loading = {shift: 0, asked: []};
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) loading.shift += entry.value;
})).observe({type: 'layout-shift', buffered: true});
new MutationObserver((_, observer) => {
  if (!document.querySelector('mjx-container')) return;
  observer.disconnect();
  loading.asked = [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource')].map(entry => entry.name);
}).observe(document, {childList: true, subtree: true});
"""


@cache
def sent(path):
    """The bytes in which a server sends a file."""
    content = path.read_bytes()
    return len(gzip.compress(content) if path.suffix in PACKED else content)


@pytest.fixture(scope="module")
def seen(browser, pages):
    """What is seen of each page, wide and on a phone by turns, where MathJax comes late.

    So a page is drawn before its formulas are set, as on a slow line. What moves in the first half
    second is not counted: the browser takes the new size of the window for an input.
    """
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    found = {}
    with chromium.served(pages, late="tex-chtml.js", seconds=1.0) as address:
        for place, path in enumerate(CHAPTERS):
            chromium.set_width(browser, WIDTHS[place % 2])
            browser.get(f"{address}/{path}")
            browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
            browser.execute_async_script(chromium.SETTLED)
            found[path] = browser.execute_script("return window.loading")
            found[path]["formulas"] = browser.execute_script(
                "return document.querySelectorAll('mjx-container').length"
            )
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    return found


def weight(pages, asked):
    files = {pages / urlsplit(name).path.lstrip("/") for name in asked if name.startswith("http")}
    return {path.name: sent(path) for path in files}


@pytest.mark.browser
@pytest.mark.parametrize("path", CHAPTERS)
def test_a_page_is_soon_there(seen, pages, path):
    asked = seen[path]["asked"]
    assert bool(asked) == bool(seen[path]["formulas"])
    bytes_of = weight(pages, asked)
    heaviest = sorted(bytes_of.items(), key=lambda row: -row[1])
    assert sum(bytes_of.values()) < LINE * SECONDS, heaviest[:8]


@pytest.mark.browser
def test_every_chapter_has_formulas(seen):
    """What is counted until the first formula is counted on all of them."""
    without = [path for path, what in seen.items() if not what["formulas"]]
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
    shifts = {path: what["shift"] for path, what in seen.items()}
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
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    try:
        with chromium.served(tmp_path) as address:
            browser.get(f"{address}/index.html")
            browser.execute_async_script(wait)
            browser.execute_script(grow)
            browser.execute_async_script(wait)
            assert browser.execute_script("return window.loading.shift") > GOOD
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert sum(weight(tmp_path, ["http://127.0.0.1/heavy.bin"]).values()) > LINE * SECONDS
