"""A headless Chromium without a network, and what it sees of a page."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

PHONE, WIDE = 390, 1440
WIDTHS = (WIDE, 1280, 768, PHONE)

WAIT_UNTIL_RENDERED = """
const done = arguments[arguments.length - 1];
const formulas = window.MathJax && MathJax.startup ? MathJax.startup.promise : Promise.resolve();
formulas.then(() => document.fonts.ready).then(() => done(true), error => done(String(error)));
"""

SETTLED = """
const done = arguments[arguments.length - 1];
setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))), 100);
"""

# Side bars slide: without this every width would have to be waited for.
STILL = """
const style = document.createElement('style');
style.textContent = '*, *::before, *::after { transition: none !important; animation: none !important; }';
document.head.append(style);
"""

# How far what is drawn moves while a page is loaded, and what it had asked for when its first formula
# stood.
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

DARK = """
document.documentElement.dataset.theme = document.documentElement.dataset.mode = 'dark';
"""

LIGHT = DARK.replace("'dark'", "'light'")

FORMULAS = r"""
const problems = [];
document.querySelectorAll('mjx-merror, [data-mjx-error]').forEach(
  e => problems.push('error in formula: ' + e.textContent));
document.querySelectorAll('.math.notranslate').forEach(e => {
  if (!e.querySelector('mjx-container')) problems.push('not typeset: ' + e.textContent); });
// What is closed is typeset when it is opened.
const skip = 'code, pre, script, style, textarea, mjx-container, .math-later';
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.data;
  if (/\\\(|\\\[|\$\$|\\[a-zA-Z]{2,}/.test(text) && !walker.currentNode.parentElement.closest(skip))
    problems.push('raw formula: ' + text.trim().slice(0, 80));
}
return problems;
"""

IMAGES = """
return [...document.querySelectorAll('img')].flatMap(image => {
  const name = image.getAttribute('src');
  const problems = [];
  const alt = (image.getAttribute('alt') || '').trim();
  if (!alt || alt === name || /\\.(png|svg)$/.test(alt))
    problems.push('no alternative text: ' + name);
  if (image.complete && image.naturalWidth === 0) problems.push('not shown: ' + name);
  return problems;
});
"""

OVERFLOW = """
const limit = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= limit) return [];
const wide = [...document.body.querySelectorAll('*')].filter(
  e => e.getBoundingClientRect().right > limit + 1 && e.getBoundingClientRect().width > 0);
const names = wide.slice(0, 5).map(
  e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40));
return ['page is ' + document.documentElement.scrollWidth + ' px wide', ...names];
"""

# A column is clipped where a cell of it, or what the cell holds, reaches out of a box that hides it.
CLIPPED = r"""
const problems = [];
document.querySelectorAll('.bd-content table').forEach((table, place) => {
  const columns = new Set();
  table.querySelectorAll('th, td').forEach(cell => {
    const head = cell.closest('thead');
    if (!cell.offsetWidth || head && getComputedStyle(head).position === 'absolute') return;
    let limit = document.documentElement.clientWidth;
    for (let box = cell.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.overflowX !== 'visible' && style.display !== 'table-cell')
        limit = Math.min(limit, box.getBoundingClientRect().left + box.clientLeft + box.clientWidth);
    }
    const right = Math.max(cell.getBoundingClientRect().right,
      cell.getBoundingClientRect().left + (cell.clientWidth && cell.scrollWidth));
    if (right > limit + 1) columns.add(cell.cellIndex);
  });
  if (columns.size) problems.push('table ' + (place + 1) + ': ' + columns.size + ' clipped columns, '
    + table.textContent.trim().replace(/\s+/g, ' ').slice(0, 40));
});
return problems;
"""

# In dark mode a figure needs an opaque light ground.
CARDS = """
return [...document.querySelectorAll('.bd-content .cell_output img')].filter(image => {
  const style = getComputedStyle(image);
  const [red, green, blue, opacity = 1] = style.backgroundColor.match(/[\\d.]+/g).map(Number);
  return opacity < 1 || Math.min(red, green, blue) < 240 || style.filter !== 'none';
}).map(image => 'no light card: ' + image.getAttribute('src'));
"""


@dataclass
class Page:
    """What the browser saw of one page: lists of faults, and how it was loaded.

    Fields:
        shift: how far its parts moved meanwhile, as the browser weighs it.
        asked: the addresses that had been asked for when its first formula stood.
        typeset: how many formulas it has.
    """

    failed: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    overflow: list[str] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    clipped: list[str] = field(default_factory=list)
    shift: float = 0.0
    asked: list[str] = field(default_factory=list)
    typeset: int = 0


def missing() -> str | None:
    """Why there is no browser, or None if there is one."""
    if shutil.which("chromedriver") is None:
        return "chromedriver is not installed (Debian: chromium-driver)"
    if _binary() is None:
        return "Chromium is not installed"
    return None


def start(profile: Path) -> webdriver.Chrome:
    """A running browser that can reach 127.0.0.1 only."""
    options = Options()
    options.binary_location = _binary()
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    # Leaves the start page, whose own requests are not those of the book.
    browser.get("about:blank")
    # A page of a headless browser has no focus of its own: its events of focus would not be sent.
    browser.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    return browser


@contextmanager
def served(folder: Path, late: str = "", seconds: float = 0.0) -> Iterator[str]:
    """The address of a server on 127.0.0.1 that offers the files of a folder.

    Files whose name ends in `late` come so many seconds later, each time anew.
    """
    handler = functools.partial(_Handler, directory=str(folder), late=late, seconds=seconds)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def watched(browser: webdriver.Chrome) -> Iterator[None]:
    """Inside the block every page that is loaded counts what moves on it and what it asks for."""
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def look(
    browser: webdriver.Chrome, address: str, path: str, widths: Sequence[int] = WIDTHS
) -> Page:
    """Load a page once, at the first of the widths, and look at it at each, on a phone in both themes.

    The browser must be `watched`, or nothing is known of how the page was loaded.
    """
    page = Page()
    for log in ("performance", "browser"):
        browser.get_log(log)
    set_width(browser, widths[0])
    browser.get(f"{address}/{path}")
    outcome = browser.execute_async_script(WAIT_UNTIL_RENDERED)
    if outcome is not True:
        page.formulas.append(f"MathJax failed: {outcome}")
    browser.execute_async_script(SETTLED)
    loading = browser.execute_script("return window.loading ?? {shift: 0, asked: []}")
    page.shift, page.asked = loading["shift"], loading["asked"]
    browser.execute_script(STILL)
    for width in widths:
        set_width(browser, width)
        browser.execute_async_script(SETTLED)
        page.overflow += [f"{text} [{width} px]" for text in browser.execute_script(OVERFLOW)]
        page.clipped += [f"{text} [{width} px]" for text in browser.execute_script(CLIPPED)]
        if width == PHONE:
            # A theme changes colours; what it would widen shows where there is least room.
            browser.execute_script(DARK)
            page.cards += browser.execute_script(CARDS)
            page.overflow += [
                f"{text} [dark, {width} px]" for text in browser.execute_script(OVERFLOW)
            ]
            browser.execute_script(LIGHT)
    page.formulas += browser.execute_script(FORMULAS)
    page.images += browser.execute_script(IMAGES)
    page.typeset = browser.execute_script(
        "return document.querySelectorAll('mjx-container').length"
    )
    _read_requests(browser.get_log("performance"), address, page)
    page.console += [
        entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
    ]
    return page


def _read_requests(log: list[dict[str, Any]], address: str, page: Page) -> None:
    addresses: dict[str, str] = {}
    for entry in log:
        message = json.loads(entry["message"])["message"]
        method, values = message["method"], message["params"]
        if method == "Network.requestWillBeSent":
            asked = values["request"]["url"]
            addresses[values["requestId"]] = asked
            if not asked.startswith((f"{address}/", "data:", "blob:")):
                page.foreign.append(asked)
        elif method == "Network.responseReceived" and values["response"]["status"] >= 400:
            page.failed.append(f"{values['response']['status']} {values['response']['url']}")
        elif method == "Network.loadingFailed" and not values.get("canceled"):
            asked = addresses.get(values["requestId"], "?")
            page.failed.append(f"{values['errorText']} {asked}")


def set_width(browser: webdriver.Chrome, width: int) -> None:
    """Make the window so wide, in pixels."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE},
    )


def _binary() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, late: str, seconds: float, **named: Any) -> None:
        self.late, self.seconds = late, seconds
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        if self._is_late():
            time.sleep(self.seconds)
        super().do_GET()

    def end_headers(self) -> None:
        if self._is_late():
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _is_late(self) -> bool:
        return bool(self.late) and self.path.endswith(self.late)

    def log_message(self, *arguments: object) -> None:
        pass
