"""A page is soon there and lies still: what arrives before its first formula, how far its parts move.

Seconds would measure the machine of the test. Counted are the bytes that have arrived when the
first formula stands, and what the browser says of layout shift.
"""

import chromium
import pytest

from tests.book.test_pages import PAGES

#: Bytes a second of a line of 10 Mbit/s, and the seconds of it that a page may take.
LINE, SECONDS = 10e6 / 8, 1.5
#: The most that the parts of a page may move, as the browser weighs it.
SHIFT = 0.1
CHAPTERS = [path for path in PAGES if path.startswith("book/") and "/back/" not in path]

WATCH = """
window.loading = {shift: 0, bytes: null};
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) loading.shift += entry.value;
})).observe({type: 'layout-shift', buffered: true});
new MutationObserver((_, observer) => {
  if (!document.querySelector('mjx-container')) return;
  observer.disconnect();
  const arrived = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  loading.bytes = arrived.reduce((sum, entry) => sum + entry.transferSize, 0);
  loading.largest = arrived.sort((a, b) => b.transferSize - a.transferSize).slice(0, 12)
    .map(entry => entry.transferSize + ' ' + entry.name.split('/').pop());
}).observe(document, {childList: true, subtree: true});
"""


@pytest.fixture(scope="module")
def address(pages):
    with chromium.served(pages) as address:
        yield address


@pytest.fixture
def loaded(browser, address):
    """A function that loads a page at a width from nothing and says what was seen."""
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})

    def load(path, width):
        chromium.set_width(browser, width)
        browser.get(f"{address}/{path}")
        browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
        browser.execute_async_script(chromium.SETTLED)
        return browser.execute_script("return window.loading")

    yield load
    browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


@pytest.mark.browser
@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapter_is_soon_there_and_lies_still(loaded, path):
    for width in (chromium.WIDE, chromium.PHONE):
        seen = loaded(path, width)
        assert seen["shift"] < SHIFT, width
        if seen["bytes"] is not None:
            assert seen["bytes"] < LINE * SECONDS, seen["largest"]
